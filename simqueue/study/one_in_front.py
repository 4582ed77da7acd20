"""One in front: does somebody who looks around see a line with at most one person waiting?

The measure shops use ("one in front", Tesco 1994; "1 + 1", Irisys): one being served and at most
one waiting. A line without room does not count, nor one that stands still while another works; a
visit looks at the lanes that serve it, at a station or at the checkouts.

Letters: i customer (a visit), s server, `at` a line. Runs in plain Python or compiled (`two_ways`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simqueue.engine.two_ways import Column, Way
from simqueue.tables import Event, System

OPEN, CLOSING = int(Event.OPEN), int(Event.CLOSING)
BROKE, REPAIRED = int(Event.BROKE), int(Event.REPAIRED)


class Front(NamedTuple):
    """The lines as customers see them."""

    n: int  # customers
    n_lines: int  # that are looked at
    line_lane: Column
    capacity: Column
    may_use: Column  # lane after lane, one entry per customer
    people: Column  # of each line: waiting or in service
    taking: Column  # servers that take newcomers
    working: Column  # and are not broken
    takes: Column  # of each server: whether it takes newcomers
    broken: Column  # stoppages going on there


def front_of(system: System | None, n_lines: int, n_servers: int, way: Way) -> Front:
    """The lines before the day begins, with room for so many; None = nobody looks at them."""
    line_lane: NDArray[Any] = np.zeros(0)
    capacity: NDArray[Any] = np.zeros(0)
    may_use: NDArray[Any] = np.zeros((0, 0))
    if system is not None:
        line_lane, capacity, may_use = system.line_lane, system.line_capacity, system.may_use
    return Front(
        may_use.shape[1],
        len(line_lane),
        way.given(line_lane, "i4"),
        way.given(capacity, "i8"),
        way.given(may_use.reshape(-1), "u1"),
        *way.new(3, n_lines, "i4", 0),
        *way.new(2, n_servers, "i4", 0),
    )


def sees(front: Front, waiting: Column, i: int) -> int:
    """Whether customer i sees a line with at most one waiting, as 0 or 1."""
    if i < 0 or i >= front.n:
        return 0
    some_work = short = 0
    for at in range(front.n_lines):
        if front.taking[at] == 0 or front.people[at] >= front.capacity[at]:
            continue
        if not front.may_use[front.line_lane[at] * front.n + i]:
            continue
        if waiting[at] <= 1:
            if front.working[at] > 0:
                return 1
            short = 1
        if front.working[at] > 0:
            some_work = 1
    return short if some_work == 0 else 0


def change_front(front: Front, what: int, at: int, s: int) -> None:
    """A server opens, is about to close, closes, breaks down or is repaired."""
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
