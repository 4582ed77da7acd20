"""Slips: how many who came later were served first, in the same line, kind of lane, and stop.

Whoever starts has overtaken all who joined before him and still wait: usually few, so each is
looked at. On a day on which too many would be, the counts are taken from sorted columns instead.

Letters: i, k customers, q a place in an order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simqueue.engine.log.moments import Followed
from simqueue.engine.log.overtaking import later_but_earlier
from simqueue.engine.two_ways import Column, Compiled, InPython, Way
from simqueue.tables import System

# How many overtaken customers are looked at, per customer, before sorting is quicker (measured).
MOST_LOOKED_AT = {InPython: 12, Compiled: 250}


class Slips(NamedTuple):
    """How many later arrivals started before each customer, by where they did."""

    same_line: Column
    same_kind: Column  # another line of a lane of the same kind
    other_kind: Column


class Waiting(NamedTuple):
    """Those who have not stopped waiting, by stop and in the order in which they joined."""

    before: Column  # who joined before each customer
    after: Column
    newest: Column  # of each stop
    stop: Column  # of each customer: checkouts or a station


def slips_of(stops: NDArray[Any], system: System, followed: Followed, way: Way) -> Slips:
    """All slips of a day; `stops` (N,) of the visits."""
    found = looked_past(stops, system, followed, way, MOST_LOOKED_AT[way] * len(stops))
    if found is not None:
        return found
    line, server = (np.array(column) for column in followed.visits[:2])
    if np.any((server >= 0) & (line != system.server_line[server])):
        # sent on and never served: he waits in one line and was served in another, which columns
        # sorted by line cannot tell
        found = looked_past(stops, system, followed, way, len(stops) ** 2)
        assert found is not None
        return found
    return by_sorting(stops, system.kind[system.line_lane], followed, line)


def looked_past(
    stops: NDArray[Any], system: System, followed: Followed, way: Way, most: int
) -> Slips | None:
    """Slips counted one by one, or None if that would be more than `most`."""
    n = len(stops)
    found = Slips(*way.new(3, n, 0))
    before, after = way.new(2, n, -1)
    (newest,) = way.new(1, int(stops.max(initial=0)) + 1, -1)
    waiting = Waiting(before, after, newest, way.given(stops, "i4"))
    server_line = way.given(system.server_line, "i4")
    kinds = way.given(system.kind[system.line_lane], "i4")
    look = way.function(look_past)
    return found if look(followed, server_line, kinds, waiting, found, most) else None


def look_past(
    followed: Followed,
    server_line: Column,
    kinds: Column,
    waiting: Waiting,
    found: Slips,
    most: int,
) -> bool:
    """Count slips one by one; returns whether there were at most so many, else gives up."""
    stop, start_s = followed.visits.stop, followed.visits.start_s
    line, server = followed.visits.line, followed.visits.server
    stopped = followed.orders.stopped
    before, after = waiting.before, waiting.after
    stand_in_order(followed, waiting)
    for q in range(followed.n_stopped):
        i = stopped[q]
        if stop[i] != q:  # he was sent on, and waited again
            continue
        k, later = before[i], after[i]
        if k >= 0:
            after[k] = later
        if later >= 0:
            before[later] = k
        if k < 0 or start_s[i] != start_s[i]:  # nan: he gave up
            continue
        faster = server_line[server[i]]
        while k >= 0:
            most -= 1
            if line[k] == faster:
                found.same_line[k] += 1
            elif kinds[line[k]] == kinds[faster]:
                found.same_kind[k] += 1
            else:
                found.other_kind[k] += 1
            k = before[k]
        if most < 0:
            return False
    return True


def stand_in_order(followed: Followed, waiting: Waiting) -> None:
    """Put all who joined in order, stop by stop."""
    before, after, newest, stop = waiting
    joined = followed.orders.joined
    for q in range(followed.n_joined):
        i = joined[q]
        k = newest[stop[i]]
        newest[stop[i]], before[i] = i, k
        if k >= 0:
            after[k] = i


def by_sorting(
    stops: NDArray[Any], kinds: NDArray[Any], followed: Followed, line: NDArray[Any]
) -> Slips:
    """The same counts, from columns sorted by line, kind and stop."""
    visits = followed.visits
    joined = np.array(followed.orders.joined[: followed.n_joined], dtype=np.int64)
    stop = np.array(visits.stop, dtype=np.int64)[joined]
    stop[stop < 0] = followed.n_stopped  # those who wait to the end
    started = ~np.isnan(np.array(visits.start_s)[joined])
    at, line = stops.astype(np.int64)[joined], line.astype(np.int64)[joined]
    n_kinds = 1 + kinds.max(initial=0)
    groups = at * len(kinds) + line, at * n_kinds + kinds[line], at
    same_line, same_kind, any_kind = (
        _spread(later_but_earlier(group, stop, started), joined, len(stops)) for group in groups
    )
    return Slips(same_line, same_kind - same_line, any_kind - same_kind)


def _spread(values: NDArray[Any], rows: NDArray[Any], n: int) -> NDArray[Any]:
    column = np.zeros(n, dtype=np.int64)
    column[rows] = values
    return column
