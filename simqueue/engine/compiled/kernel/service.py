"""Service: from the start to the end, with calls for help; whose times are sums written once."""

from __future__ import annotations

from numpy import int64

from simqueue.engine.compiled.kernel.agenda import nothing_due, set_due, will_return
from simqueue.engine.compiled.kernel.lines import OPEN, take_out
from simqueue.engine.compiled.kernel.pointers import Row, inlined, jit, stay_apart
from simqueue.engine.compiled.kernel.tables import (
    CALL,
    END,
    FAILED,
    HELD,
    HELP,
    HELPED,
    INF,
    LEFT,
    START,
    STATION,
    after_call_s,
    again_after_s,
    again_help_s,
    before_call_s,
    customer,
    fails,
    first_follower,
    follower,
    gap_s,
    help_s,
    items,
    lane,
    line,
    needs_card,
    note,
    pool,
    server,
    service_s,
    stir,
)
from simqueue.tables import Instant

END_OF_SERVICE, END_OF_GAP = int64(Instant.END_OF_SERVICE), int64(Instant.END_OF_GAP)
END_OF_HELP, CALL_FOR_HELP = int64(Instant.END_OF_HELP), int64(Instant.CALL_FOR_HELP)
ALWAYS, PAID = 0, 1  # as in Condition


@jit
def start(d: Row, s: int, i: int) -> None:
    """The service of customer i starts now at server s, which is free."""
    till = server(d, s)
    queue, place = line(d, till.line), lane(d, till.lane)
    if till.duty == OPEN and till.n_stops == 0:
        queue.n_idle -= 1
    till.occupied, till.serves, till.customer, till.calls = 1, 1, i, 0
    queue.n_serving += 1
    if d.counts_items:
        queue.items_serving += items(d, i)
    stir(d, START, i, till.line, s)
    at = till.lane * d.n + i
    gap = gap_s(d, at) if place.gaps else 0.0
    if place.calls and before_call_s(d, at) < INF:
        before = before_call_s(d, at)
        end_s = d.now + (before + _work_after_help_s(d, at, place)) * till.pace
        if place.calls_again and again_after_s(d, at) < INF:
            own = (before + again_after_s(d, at)) + after_call_s(d, at)
            end_s = d.now + own * till.pace
        till.planned_free_s = end_s + gap
        set_due(d, s, d.now + before * till.pace, CALL_FOR_HELP)
    else:
        end_s = d.now + service_s(d, at) * till.pace
        till.planned_free_s = end_s + gap
        set_due(d, s, end_s, END_OF_SERVICE)


@inlined
def start_first(d: Row, s: int) -> None:
    """Server s takes the first who waits in its line."""
    l = server(d, s).line
    i = line(d, l).first
    take_out(d, l, i)
    start(d, s, i)


@inlined
def calls_twice(d: Row, at: int, place: Row) -> bool:
    """Whether the customer of that lane and number calls a second time."""
    return place.calls_again != 0 and again_after_s(d, at) < INF


@jit
def _work_after_help_s(d: Row, at: int, place: Row) -> float:
    """Service time that is left after the first help, at pace 1."""
    if calls_twice(d, at, place):
        return again_after_s(d, at) + after_call_s(d, at)
    return after_call_s(d, at)


# Help


@jit
def call_for_help(d: Row, s: int) -> None:
    """The customer at server s calls; whoever is free comes at once."""
    till = server(d, s)
    i, p = till.customer, lane(d, till.lane).pool
    till.calls += 1
    note(d, CALL, i, till.line, s)
    _plan_with_help(d, s)
    nothing_due(d, s)
    if p < 0:
        _be_helped(d, s)
        return
    staff, person = pool(d, p), customer(d, i)
    person.next, person.line = -1, s  # he waits in no line: his place in the chain is free
    if staff.last_call >= 0:
        customer(d, staff.last_call).next = i
    else:
        staff.first_call = i
    staff.last_call = i
    answer(d, p)


@jit
def answer(d: Row, p: int) -> None:
    """Send whoever of the pool is free to the oldest calls."""
    stay_apart()
    staff = pool(d, p)
    while staff.first_call >= 0 and staff.busy < staff.on_duty:
        person = customer(d, staff.first_call)
        staff.first_call = person.next
        if person.next < 0:
            staff.last_call = -1
        staff.busy += 1
        _be_helped(d, int64(person.line))


@jit
def _be_helped(d: Row, s: int) -> None:
    till = server(d, s)
    note(d, HELP, till.customer, till.line, s)
    _plan_with_help(d, s)
    set_due(d, s, d.now + _help_s(d, till), END_OF_HELP)


@inlined
def _help_s(d: Row, till: Row) -> float:
    at = till.lane * d.n + till.customer
    return again_help_s(d, at) if till.calls == 2 else help_s(d, at)


@jit
def _plan_with_help(d: Row, s: int) -> None:
    """When the server will be free if help comes now."""
    till = server(d, s)
    at, place = till.lane * d.n + till.customer, lane(d, till.lane)
    rest = after_call_s(d, at)
    if till.calls == 1:
        rest = _work_after_help_s(d, at, place)
    till.planned_free_s = d.now + _help_s(d, till) + rest * till.pace + gap_s(d, at)


@jit
def end_help(d: Row, s: int) -> None:
    """The customer goes on; whoever helped goes to the next who has called."""
    till = server(d, s)
    at, place = till.lane * d.n + till.customer, lane(d, till.lane)
    note(d, HELPED, till.customer, till.line, s)
    if till.calls == 1 and calls_twice(d, at, place):
        rest = again_after_s(d, at) + after_call_s(d, at)
        set_due(d, s, d.now + again_after_s(d, at) * till.pace, CALL_FOR_HELP)
    else:
        rest = after_call_s(d, at)
        set_due(d, s, d.now + rest * till.pace, END_OF_SERVICE)
    till.planned_free_s = d.now + rest * till.pace + gap_s(d, at)
    if place.pool >= 0:
        come_back(d, place.pool)


@inlined
def come_back(d: Row, p: int) -> None:
    """One of the pool is free again."""
    pool(d, p).busy -= 1
    answer(d, p)


# The end


@inlined
def end_service(d: Row, s: int) -> bool:
    """The customer at server s has done; returns whether the server is free at once."""
    till = server(d, s)
    i, at = till.customer, till.lane * d.n + till.customer
    place = lane(d, till.lane)
    ending = END
    if till.held:
        till.held = 0
    elif place.fails and fails(d, at):
        ending = FAILED
    elif d.no_cards and d.cards_matter and place.kind != STATION and needs_card(d, i):
        if not d.cards_leave:
            hold(d, s)
            return False
        ending = LEFT
    part_with(d, s)
    stir(d, ending, i, till.line, s)
    if d.chained:
        follow_up(d, i, ending)
    if ending != END or not place.gaps or gap_s(d, at) == 0.0:
        return True
    till.planned_free_s = d.now + gap_s(d, at)
    set_due(d, s, till.planned_free_s, END_OF_GAP)
    return False


@jit
def part_with(d: Row, s: int) -> None:
    """Server s serves its customer no more; it may still be held."""
    till = server(d, s)
    till.serves = 0
    queue = line(d, till.line)
    queue.n_serving -= 1
    if d.counts_items:
        queue.items_serving -= items(d, till.customer)
    nothing_due(d, s)


@jit
def hold(d: Row, s: int) -> None:
    """The customer cannot pay now: he stays until cards work again."""
    till = server(d, s)
    note(d, HELD, till.customer, till.line, s)
    till.held = 1
    till.planned_free_s = d.cards_back_s + gap_s(d, till.lane * d.n + till.customer)
    nothing_due(d, s)


@jit
def follow_up(d: Row, i: int, ending: int) -> None:
    """The further visits that follow this end of visit i begin after their time."""
    stay_apart()
    f = first_follower(d, i)
    while f >= 0:
        visit = follower(d, f)
        if visit.condition == ALWAYS or ending == (END if visit.condition == PAID else FAILED):
            will_return(d, d.now + visit.delay_s, f)
        f = visit.next
