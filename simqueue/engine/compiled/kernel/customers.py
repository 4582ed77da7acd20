"""Those who come: they join a line or turn away, change it, and may give up."""

from __future__ import annotations

from numpy import int64

from simqueue.engine.compiled.kernel.agenda import set_deadline
from simqueue.engine.compiled.kernel.choosing import (
    balks,
    choose,
    choose_again,
    find_eligible,
    why_nowhere,
)
from simqueue.engine.compiled.kernel.demand import look_to_call
from simqueue.engine.compiled.kernel.duty import close_if_nobody_waits, somebody_serves
from simqueue.engine.compiled.kernel.lines import (
    WAITS,
    WALKS,
    append,
    idle_server,
    take_out,
)
from simqueue.engine.compiled.kernel.pointers import Row, inlined, jit
from simqueue.engine.compiled.kernel.service import follow_up, start
from simqueue.engine.compiled.kernel.tables import (
    BALK,
    INF,
    JOIN,
    LEAVE,
    NONE,
    RENEGE,
    customer,
    line,
    note,
    patience_s,
    stir,
    u_choice,
)


@jit
def arrive(d: Row, i: int) -> None:
    """Customer i comes, and joins a line or turns away."""
    find_eligible(d, i)
    l = choose(d, i, u_choice(d, i))
    if l < 0:
        turn_away(d, i, why_nowhere(d, i))
    elif d.balk >= 0 and balks(d, i, l):
        turn_away(d, i, d.why_away)
    else:
        join(d, i, l)
        if d.demand:
            look_to_call(d, d.call_walk_s)


@inlined
def turn_away(d: Row, i: int, why: int) -> None:
    """Customer i leaves without joining a line."""
    note(d, BALK, i, NONE, why)
    if d.chained:
        follow_up(d, i, BALK)


@jit
def join(d: Row, i: int, l: int) -> None:
    """Customer i stands in the line, and is served at once if a server is idle."""
    note(d, JOIN, i, l, NONE)
    d.line_of_last = l
    queue = line(d, l)
    if queue.n_idle:
        start(d, idle_server(d, queue), i)
        return
    if queue.n_open == 0:
        somebody_serves(d, l)
    append(d, l, i)
    person = customer(d, i)
    if person.waited:  # a line is not his first, and his patience runs already
        return
    person.waited, person.joined_s = 1, d.now
    if patience_s(d, i) < INF:
        set_deadline(d, d.now + patience_s(d, i), i)


@jit
def give_up(d: Row, i: int) -> None:
    """Leave, if still waiting in a line or walking to one."""
    person = customer(d, i)
    if person.state == WAITS:
        l = int64(person.line)
        take_out(d, l, i)
        stir(d, RENEGE, i, l, NONE)
        close_if_nobody_waits(d, l)
    elif person.state == WALKS:
        leave_shop(d, i)
    else:
        return
    if d.chained:
        follow_up(d, i, RENEGE)


@inlined
def leave_shop(d: Row, i: int) -> None:
    """Customer i, between two lines, goes away."""
    customer(d, i).state = 0
    stir(d, RENEGE, i, NONE, NONE)


@jit
def leave(d: Row, i: int, l: int) -> None:
    """Step out of a line to go to another."""
    take_out(d, l, i)
    note(d, LEAVE, i, l, NONE)
    close_if_nobody_waits(d, l)


@jit
def move_on(d: Row, l: int) -> None:
    """Those who wait in a line that closes choose again at once, from its front."""
    i = line(d, l).first
    while i >= 0:
        behind = int64(customer(d, i).next)
        new = choose_again(d, i)
        if new >= 0:
            leave(d, i, l)
            join(d, i, new)
        i = behind
