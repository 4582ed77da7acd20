"""One in front: did a customer find a line with at most one person waiting?

Letters: i customer (a visit), k row of the trace, s server, `at` a line. `look_around` runs in
plain Python or compiled (`two_ways`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simqueue.engine.two_ways import Column, InPython, way
from simqueue.tables import Event, System, Trace

JOIN, BALK, START = int(Event.JOIN), int(Event.BALK), int(Event.START)
RENEGE, LEAVE = int(Event.RENEGE), int(Event.LEAVE)
OPEN, CLOSING, CLOSED = int(Event.OPEN), int(Event.CLOSING), int(Event.CLOSED)
BROKE, REPAIRED = int(Event.BROKE), int(Event.REPAIRED)
ENDS_SERVICE = (int(Event.END), int(Event.FAILED), int(Event.LEFT), int(Event.SENT_ON))
SERVER_CHANGES = (OPEN, CLOSING, CLOSED, BROKE, REPAIRED)
NEEDED = (JOIN, BALK, START, RENEGE, LEAVE, *ENDS_SERVICE, *SERVER_CHANGES)
IS_NEEDED = np.isin(np.arange(len(Event)), NEEDED)
COLUMNS = {"event": "i1", "customer": "i4", "line": "i4", "server": "i4"}


class Front(NamedTuple):
    """What customers see; one entry per line or server."""

    line_lane: Column
    capacity: Column
    may_use: Column  # lane after lane, one entry per customer
    waiting: Column
    people: Column  # waiting or in service
    taking: Column  # servers that take newcomers
    working: Column  # and are not broken
    takes: Column  # whether a server takes newcomers
    broken: Column  # stoppages going on at a server


def one_in_front(
    trace: Trace, system: System, n: int, *, compiled: bool = False
) -> NDArray[np.bool_]:
    """For each of n visits, whether some open line for him had at most one waiting.

    The measure shops use ("one in front", Tesco 1994; "1 + 1", Irisys): one being served and at
    most one waiting. A line without room does not count, nor one that stands still while another
    works; a visit looks at the lanes that serve it, at a station or at the checkouts.
    """
    by = way(compiled)
    columns = {name: getattr(trace, name) for name in COLUMNS}
    if by is InPython:
        needed = np.flatnonzero(IS_NEEDED[trace.event])
        columns = {name: column[needed] for name, column in columns.items()}
    front = Front(
        by.given(system.line_lane, "i4"),
        by.given(system.line_capacity, "i8"),
        by.given(system.may_use.ravel(), "?"),
        *by.new(4, system.n_lines, 0),
        *by.new(2, system.n_servers, 0),
    )
    (found,) = by.new(1, n, -1)
    rows = tuple(by.given(columns[name], dtype) for name, dtype in COLUMNS.items())
    by.function(look_around)(rows, front, system.may_use.shape[1], found)
    return np.array(found, dtype=np.int32) > 0


def look_around(
    rows: tuple[Column, Column, Column, Column], front: Front, n: int, found: Column
) -> None:
    """Write 1 for each visit that found such a line, 0 for each that did not."""
    event, customer, line, server = rows
    waiting, people = front.waiting, front.people
    for k in range(len(event)):
        what, i, at = event[k], customer[k], line[k]
        if what == JOIN:
            if found[i] < 0:
                found[i] = sees(front, n, i)
            waiting[at] += 1
            people[at] += 1
        elif what == START:
            waiting[at] -= 1
        elif what in ENDS_SERVICE:
            people[at] -= 1
        elif what in (RENEGE, LEAVE) and at >= 0:
            waiting[at] -= 1
            people[at] -= 1
        elif what == BALK:
            found[i] = sees(front, n, i)
        elif what in SERVER_CHANGES:
            change(front, what, at, server[k])


def sees(front: Front, n: int, i: int) -> int:
    """Whether customer i sees a line with at most one waiting, as 0 or 1."""
    some_work = short = 0
    for at in range(len(front.waiting)):
        if not front.taking[at] or front.people[at] >= front.capacity[at]:
            continue
        if not front.may_use[front.line_lane[at] * n + i]:
            continue
        if front.waiting[at] <= 1:
            if front.working[at]:
                return 1
            short = 1
        if front.working[at]:
            some_work = 1
    return short if not some_work else 0


def change(front: Front, what: int, at: int, s: int) -> None:
    """A server opens, closes, breaks down or is repaired."""
    did_take = front.takes[s]
    did_work = did_take if front.broken[s] == 0 else 0
    if what == BROKE:
        front.broken[s] += 1
    elif what == REPAIRED:
        front.broken[s] -= 1
    else:
        front.takes[s] = 1 if what == OPEN else 0
    works = front.takes[s] if front.broken[s] == 0 else 0
    front.taking[at] += front.takes[s] - did_take
    front.working[at] += works - did_work
