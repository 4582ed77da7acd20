"""Opening and closing: what servers do when they become free, open, close or wind down."""

from __future__ import annotations

from numpy import int64

from simqueue.engine.compiled.kernel.agenda import nothing_due, plan
from simqueue.engine.compiled.kernel.lines import (
    CLOSED,
    LEAVING,
    OPEN,
    SERVING_OUT,
    is_idle,
)
from simqueue.engine.compiled.kernel.pointers import Row, inlined, jit, stay_apart
from simqueue.engine.compiled.kernel.service import come_back, start_first
from simqueue.engine.compiled.kernel.tables import (
    CLOSES,
    CLOSING,
    FREE,
    NONE,
    ONE,
    OPENS,
    cashier,
    lane,
    line,
    note,
    server,
    set_open_line,
    stir,
)
from simqueue.engine.compiled.memory import REST_ENDS
from simqueue.tables import Instant

FROM_POOL = int64(1 << 40)  # in place of the number of a cashier
ROSTER = int64(Instant.ROSTER)


@jit
def count(d: Row, s: int, sign: int) -> None:
    """Count server s in what its line offers (sign 1), or take it out (-1) before it changes."""
    till = server(d, s)
    if till.duty != OPEN:
        return
    queue = line(d, till.line)
    queue.n_open += sign
    if queue.kind <= 1:
        d.open_tills += sign
    if till.n_stops == 0:
        queue.n_working += sign
        if not till.occupied:
            queue.n_idle += sign


@inlined
def change(d: Row, s: int, duty: int) -> None:
    """Server s takes up another duty."""
    count(d, s, -ONE)
    server(d, s).duty = duty
    count(d, s, ONE)
    list_open_lines(d)


@jit
def list_open_lines(d: Row) -> None:
    """Note the lines that have an open server, in order."""
    stay_apart()
    d.n_open_lines = 0
    for l in range(d.n_lines):
        if line(d, l).n_open:
            set_open_line(d, d.n_open_lines, l)
            d.n_open_lines += 1


@jit
def become_free(d: Row, s: int) -> None:
    """Server s is done with its customer and takes the next, if anybody."""
    till = server(d, s)
    till.occupied = 0
    if is_idle(till):
        line(d, till.line).n_idle += 1
    nothing_due(d, s)
    note(d, FREE, till.customer, till.line, s)
    take_next_or_close(d, s)


@jit
def take_next_or_close(d: Row, s: int) -> None:
    """Unoccupied server s takes the first in line if it may; else it closes if it should."""
    till = server(d, s)
    waiting = line(d, till.line).n_waiting
    if waiting and till.duty != LEAVING:
        if till.n_stops == 0:
            start_first(d, s)
    elif till.duty != OPEN:
        close(d, s)


@jit
def open_server(d: Row, s: int) -> None:
    """Open, or take newcomers again; an unoccupied server takes the first in line at once."""
    stay_apart()
    till = server(d, s)
    change(d, s, OPEN)
    stir(d, OPENS, NONE, till.line, s)
    queue = line(d, till.line)
    # the others of a shared line need not serve it out any more
    for other in range(queue.first_server, queue.first_server + queue.n_servers):
        if server(d, other).duty == SERVING_OUT:
            change(d, other, LEAVING)
            if not server(d, other).occupied:
                close(d, other)
    if queue.n_waiting and is_idle(till):
        start_first(d, s)


@jit
def close(d: Row, s: int) -> None:
    """Close; a cashier who was called here is free to go, a break begins."""
    stay_apart()
    till = server(d, s)
    change(d, s, CLOSED)
    note(d, CLOSES, NONE, till.line, s)
    leave_till(d, s)
    if till.rests:
        key = 2 * d.n_pools + 2 * d.n_cashiers + s
        plan(d, d.now + till.rest_s, ROSTER, key, REST_ENDS, s, NONE)


@jit
def leave_till(d: Row, s: int) -> None:
    """Whoever was called to server s is free again; if it stays open, it is no longer his."""
    till = server(d, s)
    c = till.cashier
    till.cashier = -1
    if c == FROM_POOL:
        come_back(d, d.demand_pool)
    elif c >= 0:
        cashier(d, c).till = -1


@jit
def wind_down(d: Row, s: int, serves_out: bool) -> None:
    """Stop taking newcomers: close now if unoccupied and not needed, else serve on for a while."""
    till = server(d, s)
    if not till.occupied and not serves_out:
        close(d, s)
        return
    change(d, s, SERVING_OUT if serves_out else LEAVING)
    note(d, CLOSING, NONE, till.line, s)


@inlined
def close_if_nobody_waits(d: Row, l: int) -> None:
    """Unoccupied servers that only served the line out close when it has become empty."""
    queue = line(d, l)
    if queue.n_waiting or not d.n_stoppages:
        return
    for s in range(queue.first_server, queue.first_server + queue.n_servers):
        till = server(d, s)
        if till.duty == SERVING_OUT and not till.occupied:
            close(d, s)


@jit
def somebody_serves(d: Row, l: int) -> None:
    """A line that somebody has joined is served out, if only by those about to leave."""
    queue = line(d, l)
    first, end = queue.first_server, queue.first_server + queue.n_servers
    for s in range(first, end):
        if server(d, s).duty == OPEN or server(d, s).duty == SERVING_OUT:
            return
    for s in range(first, end):
        if server(d, s).duty == LEAVING:
            change(d, s, SERVING_OUT)


@inlined
def n_rostered(d: Row, j: int) -> int:
    """How many servers of the lane are open by the roster."""
    place, n = lane(d, j), 0
    for s in range(place.first_server, place.first_server + place.n_servers):
        n += server(d, s).duty == OPEN and server(d, s).cashier < 0
    return n


@inlined
def n_resting(d: Row, j: int) -> int:
    """How many servers of the lane are on a break, or serve their line out before one."""
    place, n = lane(d, j), 0
    for s in range(place.first_server, place.first_server + place.n_servers):
        n += server(d, s).rests != 0
    return n
