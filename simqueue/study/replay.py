"""A day lived through once more, row by row of its trace, to see whether its laws hold.

Nothing is believed: the counts are those of the rows alone. On the way it is seen who found one in
front (`one_in_front`) and how long lines were (`lengths`). Letters: i customer (a visit), k row of
the trace, s server, `at` a line. Runs in plain Python or compiled (`simqueue.engine.two_ways`).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simqueue.engine.log.moments import ROWS, Rows
from simqueue.engine.log.refusals import refuse_other_shapes, refuse_rows_beyond
from simqueue.engine.two_ways import Column, way
from simqueue.study.lengths import Lengths, Span, Waiting, lengths, moves, waiting_of
from simqueue.study.one_in_front import Front, change_front, front_of, sees
from simqueue.tables import Event, System, Trace

JOIN, BALK, START, FREE = int(Event.JOIN), int(Event.BALK), int(Event.START), int(Event.FREE)
RENEGE, LEAVE, SENT_ON = int(Event.RENEGE), int(Event.LEAVE), int(Event.SENT_ON)
OPEN, CLOSING, CLOSED = int(Event.OPEN), int(Event.CLOSING), int(Event.CLOSED)
BROKE, REPAIRED = int(Event.BROKE), int(Event.REPAIRED)
GOES = (int(Event.END), int(Event.FAILED), int(Event.LEFT), SENT_ON)  # is no longer served
ENDS_WAITING = (START, RENEGE)
SERVER_CHANGES = (OPEN, CLOSING, CLOSED, BROKE, REPAIRED)
NOBODY = -1
NO_TIME: Final = (0.0, 0.0)


class Found(NamedTuple):
    """What a trace says about itself."""

    came: int  # visits that join a line or turn away
    joined_again: int  # how often somebody joins who has come before
    queue_s: float  # people waiting x seconds; on foot between two lines counts too
    one_at_a_time: bool  # each server: start, end and free again of one customer after the other
    never_idle: bool  # no server without a customer beside people who wait in its line
    one_in_front: NDArray[np.bool_] | None = None  # who found at most one waiting; shape (N,)


class Lived(NamedTuple):
    """A day that has been lived through."""

    found: Found
    lengths: Lengths


class People(NamedTuple):
    """One entry per visit."""

    has_come: Column
    is_sent_on: Column  # and waits for another start of service, or gives up
    finds: Column  # whether he found a line with at most one waiting
    started_s: Column


class Servers(NamedTuple):
    """One entry per server."""

    customer: Column  # being served, or gone in the gap; -1 = nobody
    in_gap: Column
    is_there: Column
    stoppages: Column  # going on


class Lines(NamedTuple):
    """One entry per line."""

    n: int
    waiting: Column
    idle: Column  # servers there that work, without a customer
    looked_s: Column  # time of the last row


def replay(trace: Trace, system: System | None = None, *, compiled: bool = False) -> Found:
    """Live through a day; with a `system`, who found one in front in its lines is told too.

    ValueError, with the row, for an event that there is not, and for numbers below -1.
    """
    return lived(trace, system, NO_TIME, compiled=compiled).found


def lived(trace: Trace, system: System | None, span: Span, *, compiled: bool = False) -> Lived:
    """Live through a day as `replay` does; how long lines were is told for a span of time."""
    by = way(compiled)
    columns = {name: np.asarray(getattr(trace, name), dtype) for name, dtype in ROWS.items()}
    n, n_lines, n_servers = (  # whatever the trace may say, there is room
        1 + int(columns[name].max(initial=0)) for name in ("customer", "line", "server")
    )
    refuse_rows_beyond(columns, n, n_lines, n_servers)
    if system is not None:
        refuse_other_shapes(0, system)
        n, n_lines = max(n, system.may_use.shape[1]), max(n_lines, system.n_lines)
    rows = Rows(len(trace), *(by.given(columns[name], dtype) for name, dtype in ROWS.items()))
    # one more of each: a row about nobody, -1, is about the last in plain Python
    people = People(*by.new(3, n + 1, "i1", 0), *by.new(1, n + 1, "f8", 0.0))
    till, tills = by.new(1, n_servers + 1, "i4", NOBODY), by.new(3, n_servers + 1, "i4", 0)
    seen = by.new(2, n_lines + 1, "i4", 0), by.new(1, n_lines + 1, "f8", 0.0)
    servers, lines = Servers(*till, *tills), Lines(n_lines, *seen[0], *seen[1])
    front = front_of(system, n_lines + 1, n_servers + 1, by)
    queue = waiting_of(system, n, n_lines, span, by)
    came, joined_again, queue_s, one_at_a_time, never_idle = by.function(live)(
        rows, people, servers, lines, front, queue
    )
    sees = None if system is None else np.array(people.finds[: front.n], dtype=np.bool_)
    found = Found(came, joined_again, queue_s, bool(one_at_a_time), bool(never_idle), sees)
    return Lived(found, lengths(queue))


def live(
    rows: Rows, people: People, servers: Servers, lines: Lines, front: Front, places: Waiting
) -> tuple[int, int, float, bool, bool]:
    """The fields of `Found`, in order, but for what people find."""
    n_rows, time_s, event, customer, line, server = rows
    waiting, idle, looked_s = lines.waiting, lines.idle, lines.looked_s
    came = joined_again = queue = 0
    queue_s, before_s = 0.0, time_s[0] if n_rows else 0.0
    one_at_a_time = never_idle = True
    for k in range(n_rows):
        what, i, at, s, now = event[k], customer[k], line[k], server[k], time_s[k]
        change = 0  # of the line
        if not now >= before_s:  # it runs back, or is no time
            one_at_a_time = False
        queue_s += queue * (now - before_s)
        before_s = now
        if at >= 0:
            if idle[at] > 0 and waiting[at] > 0 and now > looked_s[at]:
                never_idle = False
            looked_s[at] = now
        if what == FREE:
            one_at_a_time = is_free(servers, lines, i, at, s) and one_at_a_time
        elif what == JOIN:
            if people.has_come[i] == 0:
                people.has_come[i] = 1
                came += 1
                queue += 1
                people.finds[i] = sees(front, waiting, i)
            else:
                joined_again += 1
            change = 1
        elif what in ENDS_WAITING:
            if people.is_sent_on[i] == 0:
                queue -= 1
            else:  # he has been waiting all the time
                queue_s += now - people.started_s[i]
                people.is_sent_on[i] = 0
            change = -1 if at >= 0 else 0
            if what == START:
                people.started_s[i] = now
                one_at_a_time = starts(servers, lines, i, at, s) and one_at_a_time
        elif what in GOES:
            people.is_sent_on[i] = 1 if what == SENT_ON else 0
            front.people[at] -= 1
            one_at_a_time = goes(servers, i, s) and one_at_a_time
        elif what == BALK:
            came += 1 if people.has_come[i] == 0 else 0
            people.has_come[i] = 1
            people.finds[i] = sees(front, waiting, i)
        elif what == LEAVE:
            change = -1
        elif what in SERVER_CHANGES:
            change_server(servers, lines, what, at, s)
            change_front(front, what, at, s)
        if change != 0:
            waiting[at] += change
            front.people[at] += 0 if what == START else change
            moves(places, at, now, change)
    return came, joined_again, queue_s, one_at_a_time, never_idle and all_at_work(lines)


def all_at_work(lines: Lines) -> bool:
    """Whether nobody waits beside an idle server."""
    short = 0
    for at in range(lines.n):
        if lines.waiting[at] > 0 and lines.idle[at] > 0:
            short += 1
    return short == 0


def is_idle(servers: Servers, s: int) -> int:
    """Whether the server is there, works and has no customer, as 0 or 1."""
    if servers.is_there[s] == 0 or servers.stoppages[s] > 0:
        return 0
    return 1 if servers.customer[s] < 0 else 0


def starts(servers: Servers, lines: Lines, i: int, at: int, s: int) -> bool:
    """Customer i is served; whether the server had nobody before."""
    lines.idle[at] -= is_idle(servers, s)
    had_nobody = servers.customer[s] < 0
    servers.customer[s] = i
    servers.in_gap[s] = 0
    return bool(had_nobody)


def goes(servers: Servers, i: int, s: int) -> bool:
    """Customer i is no longer served; whether he was being served there."""
    was_here = servers.customer[s] == i and servers.in_gap[s] == 0
    if was_here:
        servers.in_gap[s] = 1
    return bool(was_here)


def is_free(servers: Servers, lines: Lines, i: int, at: int, s: int) -> bool:
    """The gap after customer i is over; whether there was one."""
    was_gone = servers.customer[s] == i and servers.in_gap[s] == 1
    if was_gone:
        servers.customer[s] = NOBODY
        lines.idle[at] += is_idle(servers, s)
    return bool(was_gone)


def change_server(servers: Servers, lines: Lines, what: int, at: int, s: int) -> None:
    """A server opens, closes, breaks down or is repaired."""
    lines.idle[at] -= is_idle(servers, s)
    if what == BROKE:
        servers.stoppages[s] += 1
    elif what == REPAIRED:
        servers.stoppages[s] -= 1
    elif what != CLOSING:
        servers.is_there[s] = 1 if what == OPEN else 0
    lines.idle[at] += is_idle(servers, s)
