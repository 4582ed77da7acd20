"""Slips: how many who came later were served first, in the same line, kind of lane, and stop.

Whoever starts has overtaken all who joined before him and still wait: usually few, so each is
looked at. On a day on which too many would be, the counts are taken from sorted columns instead.

Letters: i, k customers, q a place in an order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simqueue.engine.log.moments import JOINED, STOPPED, Moments
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


class Starts(NamedTuple):
    """Who joined and who stopped waiting, in order, and where."""

    joined: Column
    stopped: Column
    stop: Column  # of each customer: the place of the last time in `stopped`
    line: Column
    server: Column  # -1 = not served
    place: Column  # checkouts or a station
    server_line: Column
    line_kind: Column
    n: int  # customers
    n_joined: int
    n_stopped: int


class Waiting(NamedTuple):
    """Those who have not stopped waiting, by place and in the order in which they joined."""

    before: Column  # who joined before each customer
    after: Column
    newest: Column  # of each place


def slips_of(stops: NDArray[Any], system: System, moments: Moments, way: Way) -> Slips:
    """All slips of a day; `stops` (N,) of the visits."""
    kinds = system.kind[system.line_lane]
    starts = _starts(stops, kinds, system, moments, way)
    found = looked_past(stops, starts, way, MOST_LOOKED_AT[way] * len(stops))
    if found is not None:
        return found
    line, server = (np.array(column) for column in (starts.line, starts.server))
    if np.any((server >= 0) & (line != system.server_line[server])):
        # sent on and never served: he waits in one line and was served in another, which columns
        # sorted by line cannot tell
        found = looked_past(stops, starts, way, len(stops) ** 2)
        assert found is not None
        return found
    return by_sorting(stops, kinds, starts, line)


def _starts(
    stops: NDArray[Any], kinds: NDArray[Any], system: System, moments: Moments, way: Way
) -> Starts:
    visits, orders = moments.visits, moments.orders
    return Starts(
        orders.joined,
        orders.stopped,
        moments.present.stop,
        visits.line,
        visits.server,
        way.given(stops, "i2"),
        way.given(system.server_line, "i4"),
        way.given(kinds, "i4"),
        len(stops),
        int(orders.numbers[JOINED]),
        int(orders.numbers[STOPPED]),
    )


def looked_past(stops: NDArray[Any], starts: Starts, way: Way, most: int) -> Slips | None:
    """Slips counted one by one, or None if that would be more than `most`."""
    n = starts.n
    (found,) = way.new(1, 3 * n, "i4", 0)
    places = int(stops.max(initial=0)) + 1
    waiting = Waiting(*way.new(2, n, "i4", -1), *way.new(1, places, "i4", -1))
    if not way.function(look_past)(starts, waiting, found, most):
        return None
    found = way.written(found)
    return Slips(found[:n], found[n : 2 * n], found[2 * n :])


def look_past(starts: Starts, waiting: Waiting, found: Column, most: int) -> bool:
    """Count slips one by one; returns whether there were at most so many, else gives up.

    `found`: those in the same line customer by customer, then those of the same kind, then others.
    """
    before, after, _ = waiting
    line, kinds, stop = starts.line, starts.line_kind, starts.stop
    stand_in_order(starts, waiting)
    for q in range(starts.n_stopped):
        i = starts.stopped[q]
        if stop[i] != q:  # he was sent on, and waited again
            continue
        k, later = before[i], after[i]
        if k >= 0:
            after[k] = later
        if later >= 0:
            before[later] = k
        if starts.server[i] < 0:  # he gave up
            continue
        faster = starts.server_line[starts.server[i]]
        while k >= 0:
            most -= 1
            others = int(line[k] != faster) + int(kinds[line[k]] != kinds[faster])
            found[others * starts.n + k] += 1
            k = before[k]
        if most < 0:
            return False
    return True


def stand_in_order(starts: Starts, waiting: Waiting) -> None:
    """Put all who joined in order, place by place."""
    before, after, newest = waiting
    for q in range(starts.n_joined):
        i = starts.joined[q]
        k = newest[starts.place[i]]
        newest[starts.place[i]], before[i], after[i] = i, k, -1
        if k >= 0:
            after[k] = i


def by_sorting(
    stops: NDArray[Any], kinds: NDArray[Any], starts: Starts, line: NDArray[Any]
) -> Slips:
    """The same counts, from columns sorted by line, kind and place."""
    joined = np.array(starts.joined[: starts.n_joined], dtype=np.int64)
    stop = np.array(starts.stop, dtype=np.int64)[joined]
    stop[stop < 0] = starts.n_stopped  # those who wait to the end
    started = np.array(starts.server)[joined] >= 0
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
