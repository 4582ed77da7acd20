"""Changing lines: the last in a line goes where fewer people stand ahead of him."""

from __future__ import annotations

from numpy import int64

from simqueue.engine.compiled.kernel.agenda import plan
from simqueue.engine.compiled.kernel.choosing import choose_again, needs_working
from simqueue.engine.compiled.kernel.customers import join, leave, leave_shop
from simqueue.engine.compiled.kernel.lines import (
    CLOSED,
    WALKS,
    has_room,
    is_staffed,
    seen_servers,
)
from simqueue.engine.compiled.kernel.pointers import Row, inlined, jit, stay_apart
from simqueue.engine.compiled.kernel.rules import gain
from simqueue.engine.compiled.kernel.service import follow_up
from simqueue.engine.compiled.kernel.tables import (
    NONE,
    RENEGE,
    choice,
    customer,
    line,
    may_use,
    open_line,
    server,
    willing,
)
from simqueue.engine.compiled.memory import WALK_ENDS
from simqueue.tables import Instant

END_OF_WALK = int64(Instant.END_OF_WALK)


@inlined
def settle(d: Row) -> None:
    """End an event: if it stirred something, the last in the lines look around."""
    if d.jockeys and d.stirred:
        d.stirred = 0
        if d.waiting:
            look(d)


@jit
def look(d: Row) -> None:
    """Ask each line's last customer once, from the longest line to the shortest."""
    stay_apart()
    n = order_by_length(d)
    for k in range(n):
        l = line(d, k).order
        i = line(d, l).last
        if i >= 0 and willing(d, i):
            ask(d, i, l)


@inlined
def order_by_length(d: Row) -> int:
    """Order the lines in which people wait, most people first; returns how many."""
    n = 0
    for l in range(d.n_lines):
        waiting = line(d, l).n_waiting
        if waiting == 0:
            continue
        k = n
        while k > 0 and line(d, line(d, k - 1).order).n_waiting < waiting:
            line(d, k).order = line(d, k - 1).order
            k -= 1
        line(d, k).order = l
        n += 1
    return n


@jit
def ask(d: Row, i: int, l: int) -> None:
    """Let customer i, the last of his line, set off if another is shorter by enough."""
    here = line(d, l)
    ahead, servers = here.n_waiting - 1 + here.n_serving, max(1, n_not_closed(d, here))
    working = needs_working(d, i)
    best, goal = 0.0, -1
    for k in range(d.n_open_lines):
        other = open_line(d, k)
        there = line(d, other)
        if (working and there.n_working == 0) or not has_room(there):
            continue
        if other == l or not may_use(d, there.lane * d.n + i):
            continue
        people = there.n_waiting + there.n_serving
        gained = float(gain(0, ahead, servers, people, seen_servers(there), choice(d, 0)))
        if goal < 0 or gained > best:
            best, goal = gained, other
    if goal < 0 or best < d.shorter_by:
        return
    leave(d, i, l)
    person = customer(d, i)
    person.state, person.line, person.goal = WALKS, l, goal
    plan(d, d.now + d.jockey_walk_s, END_OF_WALK, i, WALK_ENDS, i, NONE)


@inlined
def n_not_closed(d: Row, queue: Row) -> int:
    """How many servers of the line are open or closing."""
    n = 0
    for s in range(queue.first_server, queue.first_server + queue.n_servers):
        n += server(d, s).duty != CLOSED
    return n


@jit
def end_walk(d: Row, i: int) -> None:
    """Customer i arrives, unless he gave up; if the line has closed he chooses again."""
    person = customer(d, i)
    if person.state != WALKS:
        return
    l = int64(person.goal)
    if line(d, l).n_open == 0:
        l = choose_again(d, i)
        if l < 0:
            l = some_line(d, i, int64(person.line))
    if l >= 0:
        person.state = 0
        join(d, i, l)
        return
    leave_shop(d, i)
    if d.chained:
        follow_up(d, i, RENEGE)


@jit
def some_line(d: Row, i: int, l: int) -> int:
    """With no open line left: back to his own, or any that still serves people out, or -1."""
    if is_staffed(d, l):
        return l
    for other in range(d.n_lines):
        if may_use(d, line(d, other).lane * d.n + i) and is_staffed(d, other):
            return other
    return -1
