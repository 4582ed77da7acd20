"""Waiting lines: who stands where, as chained lists, with running counts of what people see.

The reference engine counts a line anew whenever somebody looks at it; here whole numbers are kept
up to date, which comes to the same.
"""

from __future__ import annotations

from numpy import int64

from simqueue.engine.compiled.kernel.pointers import Row, inlined, jit
from simqueue.engine.compiled.kernel.tables import (
    NONE,
    ONE,
    STATION,
    customer,
    expected_us,
    items,
    line,
    server,
)
from simqueue.rules import LineView

# States of a customer, and duties of a server
AWAY, WAITS, WALKS = 0, 1, 2
CLOSED, OPEN, SERVING_OUT, LEAVING = int64(0), int64(1), int64(2), int64(3)
ITEMS, TIMES, KINDS = 1, 2, 3  # what a rule declares that it `sees`; 0 = people


@inlined
def _weigh(d: Row, queue: Row, i: int, sign: int) -> None:
    """Count customer i's basket among those waiting, or no longer."""
    if d.counts_items:
        queue.items_waiting += sign * items(d, i)
    if d.counts_work:
        queue.work_us += sign * expected_us(d, queue.lane * d.n + i)


@jit
def append(d: Row, l: int, i: int) -> None:
    """Customer i stands at the end of the line."""
    queue, person = line(d, l), customer(d, i)
    person.state, person.line = WAITS, l
    person.next, person.previous = -1, queue.last
    if queue.last >= 0:
        customer(d, queue.last).next = i
    else:
        queue.first = i
    queue.last = i
    queue.n_waiting += 1
    d.waiting += 1
    d.waiting_at_stations += queue.kind == STATION
    _weigh(d, queue, i, ONE)


@jit
def take_out(d: Row, l: int, i: int) -> None:
    """Customer i no longer waits in the line."""
    queue, person = line(d, l), customer(d, i)
    person.state = AWAY
    if person.previous >= 0:
        customer(d, person.previous).next = person.next
    else:
        queue.first = person.next
    if person.next >= 0:
        customer(d, person.next).previous = person.previous
    else:
        queue.last = person.previous
    queue.n_waiting -= 1
    d.waiting -= 1
    d.waiting_at_stations -= queue.kind == STATION
    _weigh(d, queue, i, -ONE)


@inlined
def has_room(queue: Row) -> bool:
    """Whether one more may stand here."""
    return queue.n_waiting + queue.n_serving < queue.capacity


@inlined
def seen_servers(queue: Row) -> int:
    """How many servers the line seems to have: open ones that work, or all open if none does."""
    return queue.n_working if queue.n_working > 0 else queue.n_open


@jit
def idle_server(d: Row, queue: Row) -> int:
    """The server with the lowest number that could start at once; there is one."""
    s = queue.first_server
    while not is_idle(server(d, s)):
        s += 1
    return s


@inlined
def is_idle(till: Row) -> bool:
    """Open, working, with nobody at it and no gap to finish."""
    return till.duty == OPEN and till.occupied == 0 and till.n_stops == 0


@inlined
def is_staffed(d: Row, l: int) -> bool:
    """Whether some server of the line is not closed, be it only to serve the line out."""
    queue = line(d, l)
    for s in range(queue.first_server, queue.first_server + queue.n_servers):
        if server(d, s).duty != CLOSED:
            return True
    return False


@jit
def seen(d: Row, l: int, sees: int) -> LineView:
    """What a customer sees of the line: only what the rule declares."""
    queue = line(d, l)
    times, things = sees == TIMES, sees == ITEMS
    return LineView(
        queue.n_waiting,
        queue.n_serving,
        seen_servers(queue),
        queue.items_waiting if things else 0,
        queue.items_serving if things else 0,
        queue.work_us if times else 0,
        rest_us(d, queue) if times else 0,
        queue.mean_us,
        queue.number,
        queue.kind,
        queue.position_m,
    )


@inlined
def rest_of_service_us(d: Row, s: int) -> int:
    """Whole microseconds until server s is planned to be free."""
    till = server(d, s)
    free_s = till.planned_free_s if till.occupied else d.now
    if till.n_stops > 0 and till.until_s > free_s:
        free_s = till.until_s
    if free_s <= d.now:
        return 0
    return int((free_s - d.now) * 1e6 + 0.5)


@jit
def rest_us(d: Row, queue: Row) -> int:
    """Microseconds until a server is free for one more, the waiting assigned in order.

    With one server that is what is left of the service plus all who wait.
    """
    first = queue.first_server
    if queue.n_servers == 1:
        return rest_of_service_us(d, first) + queue.work_us
    best = NONE
    for s in range(first, first + queue.n_servers):
        till = server(d, s)
        till.rest_us = -1
        if till.duty == OPEN and (till.n_stops == 0 or queue.n_working == 0):
            till.rest_us = rest_of_service_us(d, s)
            if best < 0 or till.rest_us < server(d, best).rest_us:
                best = s
    i = queue.first
    while i >= 0:
        server(d, best).rest_us += expected_us(d, queue.lane * d.n + i)
        for s in range(first, first + queue.n_servers):
            if server(d, s).rest_us >= 0 and _free_before(d, s, best):
                best = s
        i = customer(d, i).next
    return server(d, best).rest_us


@inlined
def _free_before(d: Row, s: int, best: int) -> bool:
    mine, other = server(d, s).rest_us, server(d, best).rest_us
    return mine < other or (mine == other and s < best)
