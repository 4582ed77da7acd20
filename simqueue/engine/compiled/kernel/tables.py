"""The tables of a day as functions: `server(d, s)` is the row of server s, and so on.

Letters: d the day, i customer (a visit), j lane, l line, s server.
"""

from __future__ import annotations

from numpy import int64

from simqueue.engine.compiled import memory
from simqueue.engine.compiled.kernel.pointers import (
    Row,
    jit,
    numbers_of,
    rows_of,
    writer_of,
)
from simqueue.tables import Event, Kind

line = rows_of("lines", memory.LINE)
server = rows_of("servers", memory.SERVER)
lane = rows_of("lanes", memory.LANE)
pool = rows_of("pools", memory.POOL)
customer = rows_of("customers", memory.CUSTOMER)
cashier = rows_of("cashiers", memory.CASHIER)
entry = rows_of("agenda", memory.ENTRY)
deadline = rows_of("deadlines", memory.COMING)
coming_back = rows_of("returns", memory.COMING)
stoppage = rows_of("stoppages", memory.STOPPAGE)
follower = rows_of("followers", memory.FOLLOWER)
choice = rows_of("choice", memory.CHOICE)

arrival_s, u_choice, u_choice_again, place, patience_s, balk_tolerance = (
    numbers_of(name, "f8")
    for name in (
        *("arrival_s", "u_choice", "u_choice_again", "place", "patience_s", "balk_tolerance"),
    )
)
items, first_follower = (numbers_of(name, "i4") for name in ("items", "first_follower"))
willing, needs_card = (numbers_of(name, "u1") for name in ("willing", "needs_card"))
# of lanes (or lines) and customers: number (j * d.n + i)
may_use, fails = (numbers_of(name, "u1") for name in ("may_use", "fails"))
service_s, gap_s, before_call_s, after_call_s, help_s, again_after_s, again_help_s, perception = (
    numbers_of(name, "f8")
    for name in (
        *("service_s", "gap_s", "before_call_s", "after_call_s", "help_s"),
        *("again_after_s", "again_help_s", "perception"),
    )
)
expected_us = numbers_of("expected_us", "i8")

due_s, set_due_s = numbers_of("due_s", "f8"), writer_of("due_s", "f8")
going, set_going = numbers_of("going", "i8"), writer_of("going", "i8")

listed, set_listed = numbers_of("listed", "i8"), writer_of("listed", "i8")
open_line, set_open_line = numbers_of("open_lines", "i8"), writer_of("open_lines", "i8")

_write_time = writer_of("time_s", "f8")
_write_event = writer_of("event", "i1")
_write_customer, _write_line, _write_server = (
    writer_of(name, "i4") for name in ("customer", "line", "server")
)

# Words as whole numbers of NumPy: for a plain 3 or -1 among its arguments, Numba would compile a
# function once more.
NONE = int64(-1)  # nobody, nowhere
ONE, ZERO = int64(1), int64(0)
JOIN, BALK, START, CALL, HELP, HELPED = (
    int64(e) for e in (Event.JOIN, Event.BALK, Event.START, Event.CALL, Event.HELP, Event.HELPED)
)
END, FREE, RENEGE, OPENS, CLOSING, CLOSES = (
    int64(e) for e in (Event.END, Event.FREE, Event.RENEGE, Event.OPEN, Event.CLOSING, Event.CLOSED)
)
LEAVE, CALLED, CAME, BREAK, BACK = (
    int64(e) for e in (Event.LEAVE, Event.CALLED, Event.CAME, Event.BREAK, Event.BACK)
)
BROKE, REPAIRED, SENT_ON, FAILED, LEFT, HELD, NO_CARDS, CARDS = (
    int64(e)
    for e in (
        *(Event.BROKE, Event.REPAIRED, Event.SENT_ON, Event.FAILED),
        *(Event.LEFT, Event.HELD, Event.NO_CARDS, Event.CARDS),
    )
)
STAFFED, EXPRESS, SELF_SERVICE, SCAN_AND_GO, STATION = (
    int64(k)
    for k in (Kind.STAFFED, Kind.EXPRESS, Kind.SELF_SERVICE, Kind.SCAN_AND_GO, Kind.STATION)
)
INF = float("inf")


@jit
def note(d: Row, event: int, i: int, l: int, s: int) -> None:
    """Write a fact into the trace."""
    k = d.n_rows
    _write_time(d, k, d.now)
    _write_event(d, k, event)
    _write_customer(d, k, i)
    _write_line(d, k, l)
    _write_server(d, k, s)
    d.n_rows = k + 1


@jit
def stir(d: Row, event: int, i: int, l: int, s: int) -> None:
    """Write a fact that makes people look around for a shorter line."""
    note(d, event, i, l, s)
    d.stirred = 1
