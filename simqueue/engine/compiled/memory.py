"""The state of a day as tables of rows: what the event loop reads and writes. No Numba here.

Letters: i customer (a visit), j lane, l line, s server. Whole numbers take 8 bytes wherever there
are few of them; -1 stands for nobody and nowhere.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# What stands on the agenda
SET_OPEN, ON_DUTY, SHIFT_BEGINS, SHIFT_ENDS, BREAK_BEGINS, COVER_ENDS, REST_ENDS = np.arange(7)
COMES, STOPS, REPAIR, CARDS_STOP, CARDS_BACK, WALK_ENDS = np.arange(7, 13)

PER_KIND = 10**9  # ranks of simultaneous events: kind * PER_KIND + key

# Arrays by address, for running with the compiler off; filled only while such a run lasts.
HELD: dict[int, NDArray[Any]] = {}


CACHE_LINE = 64  # bytes


def _row(*fields: tuple[str, str]) -> np.dtype[Any]:
    """A row with these fields, readable as attributes also with the compiler off."""
    return np.dtype((np.record, [(name, dtype) for name, dtype in fields]))


def _whole(*names: str) -> list[tuple[str, str]]:
    return [(name, "i8") for name in names]


def _seconds(*names: str) -> list[tuple[str, str]]:
    return [(name, "f8") for name in names]


LINE = _row(
    *_whole("n_waiting", "n_serving", "n_open", "n_working", "n_idle", "first", "last"),
    *_whole("items_waiting", "items_serving", "work_us", "mean_us", "number", "kind", "lane"),
    *_whole("capacity", "first_server", "n_servers", "kept", "order"),
    *_seconds("position_m"),
)
SERVER = _row(
    *_seconds("pace", "planned_free_s", "may_close_s", "rest_s", "until_s"),
    *_whole("customer", "serves", "occupied", "line", "lane", "duty", "kind", "calls"),
    *_whole("cashier", "rests", "n_stops", "held", "rest_us"),
)
LANE = _row(
    *_whole("kind", "pool", "n_lines", "first_server", "n_servers"),
    *_whole("target", "calls", "calls_again", "fails", "gaps"),
)
POOL = _row(*_whole("on_duty", "busy", "first_call", "last_call"))
CUSTOMER = _row(  # there are many: half a line of the cache for each
    *_seconds("joined_s"),
    *((name, "i4") for name in ("next", "previous", "line", "goal", "state", "waited")),
)
CASHIER = _row(*_seconds("end_s"), *_whole("on_shift", "till", "covers", "first_of_shift"))
ENTRY = _row(*_seconds("time_s", "lasts_s"), *_whole("rank", "turn", "what", "who", "number"))
COMING = _row(*_seconds("time_s"), *_whole("customer"))
STOPPAGE = _row(*_seconds("lasts_s"), *_whole("server", "when_busy", "sends_on"))
FOLLOWER = _row(*_seconds("delay_s"), *_whole("next", "condition"))
CHOICE = _row(
    ("count_in_service", "?"), ("per_server", "?"), ("ties_random", "?"), ("prefer", "i8")
)

TABLES = {
    "lines": LINE,
    "servers": SERVER,
    "lanes": LANE,
    "pools": POOL,
    "customers": CUSTOMER,
    "cashiers": CASHIER,
    "agenda": ENTRY,
    "deadlines": COMING,
    "returns": COMING,
    "stoppages": STOPPAGE,
    "followers": FOLLOWER,
    "choice": CHOICE,
}
# Columns of numbers: of customers (N,), of lanes and customers (J, N), servers, lines, the trace.
COLUMNS = {
    **dict.fromkeys(("arrival_s", "u_choice", "u_choice_again", "place"), "f8"),
    **dict.fromkeys(("patience_s", "balk_tolerance"), "f8"),
    **dict.fromkeys(("items", "first_follower"), "i4"),
    **dict.fromkeys(("willing", "needs_card", "may_use", "fails"), "u1"),
    **dict.fromkeys(("service_s", "gap_s", "before_call_s", "after_call_s", "help_s"), "f8"),
    **dict.fromkeys(("again_after_s", "again_help_s", "perception"), "f8"),
    "expected_us": "i8",
    "due_s": "f8",
    "going": "i8",
    **dict.fromkeys(("open_lines", "listed"), "i8"),
    "time_s": "f8",
    "event": "i1",
    **dict.fromkeys(("customer", "line", "server"), "i4"),
}
DAY = _row(
    *_seconds("now", "front_m", "jockey_walk_s", "call_above", "waited_over_s", "close_below"),
    *_seconds("call_walk_s", "stay_s", "cards_back_s"),
    *_whole("n", "n_lanes", "n_lines", "n_servers", "n_pools", "n_cashiers", "n_given"),
    *_whole("next_arrival", "n_rows", "capacity", "stirred", "soonest", "line_of_last"),
    *_whole("n_agenda", "n_deadlines", "n_returns", "turn", "n_going", "n_listed", "n_open_lines"),
    *_whole("rule", "sees", "ties_random", "prefer", "perceives"),
    *_whole("balk", "balk_sees", "why_away", "counts_items", "counts_work"),
    *_whole("jockeys", "shorter_by", "moves", "finish_current", "demand", "demand_lane"),
    *_whole(
        "demand_pool",
        "pending",
        "machines",
        "open_tills",
        "waiting",
        "waiting_at_stations",
    ),
    *_whole("n_broken", "no_cards", "cards_matter", "cards_leave", "chained", "n_stoppages"),
    *((f"{name}_at", "i8") for name in (*TABLES, *COLUMNS)),
)
FACTS = DAY.names or ()
DTYPES = {**TABLES, **{name: np.dtype(dtype) for name, dtype in COLUMNS.items()}, "day": DAY}


class Place(NamedTuple):
    """Where a table lies in a piece of memory."""

    start: int  # bytes from the beginning
    rows: int
    dtype: np.dtype[Any]

    def of(self, content: NDArray[np.uint8]) -> NDArray[Any]:
        """The table there; changing it changes the memory."""
        return np.ndarray(self.rows, self.dtype, content, self.start)


def placed(sizes: dict[str, int], start: int = 0) -> tuple[dict[str, Place], int]:
    """Places one after the other for tables of so many rows, from `start` on; where they end.

    Each has an address of its own, even without rows, and begins a line of the cache.
    """
    places = {}
    for name, rows in sizes.items():
        dtype = DTYPES[name]
        places[name] = Place(start, rows, dtype)
        start += -(-max(1, rows) * dtype.itemsize // CACHE_LINE) * CACHE_LINE
    return places, start


def room(size: int) -> tuple[NDArray[np.uint8], int]:
    """So many bytes, to be written before they are read, and their address.

    They begin a line of the cache.
    """
    content = np.empty(size + CACHE_LINE, np.uint8)
    address = content.ctypes.data
    begin = -address % CACHE_LINE
    return content[begin : begin + size], address + begin
