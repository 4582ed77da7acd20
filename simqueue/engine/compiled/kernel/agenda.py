"""What happens next, and in which order (docs/model.md, "Order at one instant").

Five sources, each sorted in itself, and at one instant exactly in this order: servers (the end of
a service, gap or help, a call for help), the agenda (staff, stoppages, walks), deadlines of
patience, first arrivals, further visits. Deadlines are never cancelled: whoever has been served by
then is passed over.
"""

from __future__ import annotations

from collections.abc import Callable

from simqueue.engine.compiled.kernel.pointers import Row, inlined, jit, stay_apart
from simqueue.engine.compiled.kernel.tables import (
    INF,
    ZERO,
    coming_back,
    deadline,
    due_s,
    entry,
    server,
    set_due_s,
)
from simqueue.engine.compiled.memory import PER_KIND


@jit
def set_due(d: Row, s: int, time_s: float, kind: int) -> None:
    """Server s has its next event of its own then."""
    set_due_s(d, s, time_s)
    server(d, s).kind = kind
    if s == d.soonest:
        d.soonest = -1
    elif d.soonest >= 0 and _later(d, d.soonest, s):
        d.soonest = s


@inlined
def nothing_due(d: Row, s: int) -> None:
    """Server s waits for something else to happen."""
    set_due_s(d, s, INF)
    if s == d.soonest:
        d.soonest = -1


@inlined
def _later(d: Row, s: int, other: int) -> bool:
    """Whether the event of server s comes after that of another."""
    mine, theirs = due_s(d, s), due_s(d, other)
    if mine != theirs:
        return mine > theirs
    a, b = server(d, s), server(d, other)
    if a.kind != b.kind:
        return a.kind > b.kind
    return a.customer > b.customer


@inlined
def soonest_server(d: Row) -> int:
    """The server whose event comes first; server 0 when none has any."""
    if d.soonest < 0:
        find_soonest(d)
    return d.soonest


@jit
def find_soonest(d: Row) -> None:
    """Look through all servers for the one whose event comes first."""
    # even and odd ones apart: what a step compares with is not ready at once
    a, a_s, a_next_s, b, b_s, b_next_s = ZERO, INF, INF, ZERO, INF, INF
    for s in range(0, d.n_servers, 2):  # there is room for one more
        a, a_s, a_next_s = first_two(a, a_s, a_next_s, s, due_s(d, s))
        b, b_s, b_next_s = first_two(b, b_s, b_next_s, s + 1, due_s(d, s + 1))
    a_next_s = b_next_s if b_next_s < a_next_s else a_next_s
    a, a_s, a_next_s = first_two(a, a_s, a_next_s, b, b_s)
    d.soonest = first_of_ties(d, a, a_s) if a_s == a_next_s else a


@inlined
def first_two(
    first: int, first_s: float, next_s: float, s: int, time_s: float
) -> tuple[int, float, float]:
    """Of some servers and one more whose event comes first; its time, and that of the next."""
    earlier = time_s < first_s
    later_s = first_s if earlier else time_s
    first, first_s = (s if earlier else first), (time_s if earlier else first_s)
    return first, first_s, (later_s if later_s < next_s else next_s)


@jit
def first_of_ties(d: Row, best: int, time_s: float) -> int:
    """Of the servers whose events fall on that instant the first by rank; there are several."""
    stay_apart()
    if time_s == INF:
        return best
    for s in range(d.n_servers):
        if due_s(d, s) == time_s and _later(d, best, s):
            best = s
    return best


# The agenda: a binary heap by time, rank (kind of instant, then key) and order of entry.


@inlined
def _comes_before(d: Row, a: int, b: int) -> bool:
    one, other = entry(d, a), entry(d, b)
    if one.time_s != other.time_s:
        return one.time_s < other.time_s
    if one.rank != other.rank:
        return one.rank < other.rank
    return one.turn < other.turn


@inlined
def _swap(d: Row, a: int, b: int) -> None:
    one, other = entry(d, a), entry(d, b)
    one.time_s, other.time_s = other.time_s, one.time_s
    one.rank, other.rank = other.rank, one.rank
    one.turn, other.turn = other.turn, one.turn
    one.what, other.what = other.what, one.what
    one.who, other.who = other.who, one.who
    one.number, other.number = other.number, one.number
    one.lasts_s, other.lasts_s = other.lasts_s, one.lasts_s


@jit
def plan(d: Row, time_s: float, kind: int, key: int, what: int, who: int, number: int) -> None:
    """Put something on the agenda: at that time, by that kind and key among simultaneous things."""
    stay_apart()
    k = d.n_agenda
    d.n_agenda = k + 1
    d.turn += 1
    new = entry(d, k)
    new.time_s, new.rank, new.turn = time_s, kind * PER_KIND + key, d.turn
    new.what, new.who, new.number = what, who, number
    while k > 0 and _comes_before(d, k, (k - 1) // 2):
        _swap(d, k, (k - 1) // 2)
        k = (k - 1) // 2


@inlined
def agenda_s(d: Row) -> float:
    """When the next thing on the agenda happens."""
    return entry(d, 0).time_s if d.n_agenda else INF


@jit
def take_from_agenda(d: Row) -> int:
    """Take the next thing off the agenda; it stays readable at the place returned."""
    last = d.n_agenda - 1
    d.n_agenda = last
    _swap(d, ZERO, last)
    k = ZERO
    while True:
        child = 2 * k + 1
        if child >= last:
            return last
        if child + 1 < last and _comes_before(d, child + 1, child):
            child += 1
        if not _comes_before(d, child, k):
            return last
        _swap(d, k, child)
        k = child


# Deadlines of patience, and further visits: binary heaps by time and customer.


def _heap_of(row_at: Callable[[Row, int], Row]) -> tuple[Callable[..., None], Callable[..., int]]:
    """Two functions on a heap: add (time, customer) to n others; take the first of n away."""

    @inlined
    def add(d: Row, n: int, time_s: float, i: int) -> None:
        k = n
        while k > 0:
            above = row_at(d, (k - 1) // 2)
            if not _earlier(time_s, i, above.time_s, above.customer):
                break
            here = row_at(d, k)
            here.time_s, here.customer = above.time_s, above.customer
            k = (k - 1) // 2
        here = row_at(d, k)
        here.time_s, here.customer = time_s, i

    @inlined
    def take(d: Row, n: int) -> int:
        first = row_at(d, 0).customer
        last = row_at(d, n - 1)
        k, child = 0, 1
        while child < n - 1:
            if child + 2 < n:
                left, right = row_at(d, child), row_at(d, child + 1)
                if _earlier(right.time_s, right.customer, left.time_s, left.customer):
                    child += 1
            below = row_at(d, child)
            if not _earlier(below.time_s, below.customer, last.time_s, last.customer):
                break
            here = row_at(d, k)
            here.time_s, here.customer = below.time_s, below.customer
            k, child = child, 2 * child + 1
        here = row_at(d, k)
        here.time_s, here.customer = last.time_s, last.customer
        return first

    return add, take


@inlined
def _earlier(time_s: float, i: int, other_s: float, other: int) -> bool:
    return time_s < other_s or (time_s == other_s and i < other)


_add_deadline, _take_deadline = _heap_of(deadline)
_add_return, _take_return = _heap_of(coming_back)


@inlined
def set_deadline(d: Row, time_s: float, i: int) -> None:
    """Customer i gives up then, if he still waits."""
    _add_deadline(d, d.n_deadlines, time_s, i)
    d.n_deadlines += 1


@inlined
def deadline_s(d: Row) -> float:
    """When the next deadline is."""
    return deadline(d, 0).time_s if d.n_deadlines else INF


@inlined
def take_deadline(d: Row) -> int:
    """Take the next deadline away; returns whose it is."""
    i = _take_deadline(d, d.n_deadlines)
    d.n_deadlines -= 1
    return i


@inlined
def will_return(d: Row, time_s: float, i: int) -> None:
    """The further visit i begins then."""
    _add_return(d, d.n_returns, time_s, i)
    d.n_returns += 1


@inlined
def return_s(d: Row) -> float:
    """When the next further visit begins."""
    return coming_back(d, 0).time_s if d.n_returns else INF


@inlined
def take_return(d: Row) -> int:
    """Take the next further visit away; returns its number."""
    i = _take_return(d, d.n_returns)
    d.n_returns -= 1
    return i
