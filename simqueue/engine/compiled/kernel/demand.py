"""Opening on demand: who is spare is called to a till when the lines grow."""

from __future__ import annotations

from numpy import int64

from simqueue.engine.compiled.kernel.agenda import plan
from simqueue.engine.compiled.kernel.duty import (
    CLOSED,
    FROM_POOL,
    OPEN,
    leave_till,
    open_server,
)
from simqueue.engine.compiled.kernel.pointers import Row, inlined, jit, stay_apart
from simqueue.engine.compiled.kernel.service import come_back
from simqueue.engine.compiled.kernel.tables import (
    CALLED,
    CAME,
    EXPRESS,
    INF,
    NONE,
    ZERO,
    cashier,
    customer,
    lane,
    line,
    note,
    pool,
    server,
)
from simqueue.engine.compiled.memory import COMES
from simqueue.tables import Instant

CASHIER_ARRIVES = int64(Instant.CASHIER_ARRIVES)


@inlined
def spare_cashier(d: Row) -> int:
    """The first cashier on duty who is at no till and stands in for nobody, or -1."""
    for c in range(d.n_cashiers):
        one = cashier(d, c)
        if one.on_shift and one.till < 0 and not one.covers:
            return c
    return -1


@jit
def somebody_is_spare(d: Row) -> bool:
    """Whether somebody can be called to a till."""
    if d.demand_pool >= 0:
        return pool(d, d.demand_pool).busy < pool(d, d.demand_pool).on_duty
    return spare_cashier(d) >= 0


@inlined
def mean_line(d: Row) -> float:
    """People waiting per open till, the machines' line counting as one till more."""
    waiting = d.waiting - d.waiting_at_stations
    places = d.open_tills + d.machines
    if places == 0:
        return INF if waiting else 0.0
    return waiting / places


@inlined
def somebody_waited_long(d: Row) -> bool:
    """Whether somebody at a till has waited longer than `waited_over_s`.

    Where nobody changes lines, the first in a line has waited longest.
    """
    if d.waited_over_s == INF:
        return False
    for l in range(d.n_lines):
        if line(d, l).kind > EXPRESS:
            continue
        i = line(d, l).first
        while i >= 0:
            if d.now - customer(d, i).joined_s > d.waited_over_s:
                return True
            i = customer(d, i).next if d.moves else -1
    return False


@jit
def look_to_call(d: Row, walk_s: float) -> None:
    """Call somebody if the lines are too long and nobody is on his way."""
    stay_apart()
    if not d.demand or d.pending or not somebody_is_spare(d):
        return
    if d.open_tills and not mean_line(d) > d.call_above and not somebody_waited_long(d):
        return
    d.pending = 1
    note(d, CALLED, NONE, NONE, NONE)
    if d.demand_pool >= 0:
        pool(d, d.demand_pool).busy += 1
    plan(d, d.now + walk_s, CASHIER_ARRIVES, ZERO, COMES, NONE, NONE)


@inlined
def till_to_open(d: Row) -> int:
    """The first till that still serves its line out, else the first closed one, or -1."""
    place = lane(d, d.demand_lane)
    closed = -1
    for s in range(place.first_server, place.first_server + place.n_servers):
        till = server(d, s)
        if till.rests:
            continue
        if till.duty != OPEN and till.duty != CLOSED:
            return s
        if till.duty == CLOSED and closed < 0:
            closed = s
    return closed


@jit
def come(d: Row) -> None:
    """Whoever was called opens a till, if there is one left and he is still there."""
    d.pending = 0
    c = FROM_POOL if d.demand_pool >= 0 else spare_cashier(d)
    s = till_to_open(d)
    if c < 0 or s < 0:
        note(d, CAME, NONE, NONE, NONE)
        if c == FROM_POOL:
            come_back(d, d.demand_pool)
        return
    till = server(d, s)
    note(d, CAME, NONE, till.line, s)
    leave_till(d, s)
    till.cashier = c
    if c != FROM_POOL:
        cashier(d, c).till = s
    till.may_close_s = d.now + d.stay_s
    open_server(d, s)


@jit
def may_go(d: Row, s: int) -> bool:
    """Whether the cashier called to server s is not needed there any more."""
    till = server(d, s)
    if not d.demand or till.cashier < 0 or till.duty != OPEN:
        return False
    other_tills = d.open_tills - (line(d, till.line).kind <= EXPRESS)
    return (
        d.machines + other_tills > 0
        and line(d, till.line).n_waiting == 0
        and d.now >= till.may_close_s
        and mean_line(d) < d.close_below
    )
