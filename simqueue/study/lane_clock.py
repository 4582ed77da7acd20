"""How full each lane is by the clock, how many it serves, and for how long its servers are there.

One pass through the trace counts every event in every lane and stretch of the clock; each level
that events move up and down is read off these counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add, sub
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.study.day import Day
from simqueue.study.steps import IN_QUEUE, IN_SERVICE, OCCUPIED
from simqueue.tables import Event

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Whole:
    """Each lane from opening until the last customer has left; shape (J,)."""

    open_s: Floats  # servers there x seconds
    occupied_s: Floats  # servers with a customer or in the gap x seconds
    ends: Integers  # services that ended


@dataclass(frozen=True)
class LaneClock:
    """Person- and server-seconds of each lane in each stretch of the clock; all shape (J, Q)."""

    queue_s: Floats  # people waiting x seconds
    people_s: Floats  # people waiting or in service x seconds
    occupied_s: Floats  # servers with a customer or in the gap x seconds
    open_s: Floats  # servers there x seconds
    ends: Integers  # services that ended
    edges_s: Floats  # (Q + 1,)
    whole: Whole


@dataclass(frozen=True)
class Happened:
    """What happened at J lanes in Q stretches of the clock, by event; shape (E, J, Q)."""

    number: Integers
    until_edge_s: Floats  # from each to the end of its stretch, added up
    lasts_s: Floats  # of each stretch (Q,)

    def area_s(self, changes: dict[Event, int]) -> Floats:
        """Level x seconds, of the level that each of the `changes` moves up or down; (J, Q)."""
        moved, partial = (_added(table, changes) for table in (self.number, self.until_edge_s))
        at_beginning = np.cumsum(moved, axis=1) - moved
        return np.asarray(at_beginning * self.lasts_s + partial)


def _added(table: NDArray[Any], changes: dict[Event, int]) -> NDArray[Any]:
    """What is counted of events that move a level up, less that of those that move it down."""
    ups = [table[event] for event, change in changes.items() if change > 0]
    downs = [table[event] for event, change in changes.items() if change < 0]
    return reduce(sub, downs, reduce(add, ups))


def lane_clock(day: Day, edges_s: Floats) -> LaneClock:
    """How full each lane was between consecutive edges (seconds from opening)."""
    end_s = max(float(edges_s[-1]), float(day.trace.time_s[-1]) if len(day.trace) else 0.0)
    every_s = np.concatenate([[0.0], edges_s, [end_s]])  # before the first edge, and until all left
    happened = happenings(day, every_s)
    queue, service, occupied = map(happened.area_s, (IN_QUEUE, IN_SERVICE, OCCUPIED))
    open_s, ends = _open_s(day, every_s), happened.number[Event.END]
    inner = slice(1, -1)
    return LaneClock(
        queue[:, inner],
        (queue + service)[:, inner],
        occupied[:, inner],
        open_s[:, inner],
        ends[:, inner],
        edges_s,
        Whole(open_s.sum(axis=1), occupied.sum(axis=1), ends.sum(axis=1)),
    )


def happenings(day: Day, edges_s: Floats) -> Happened:
    """What happened between consecutive edges, from the first event to the last."""
    trace, system = day.trace, day.system
    begins = np.searchsorted(trace.time_s, edges_s)  # rows, as these run on in time
    begins[0], begins[-1] = 0, len(trace)
    rows_in, n_stretches = np.diff(begins), len(edges_s) - 1
    shape = (len(Event), len(system.lanes) + 1, n_stretches)  # the last lane: none
    lane = np.append(system.line_lane, shape[1] - 1) * n_stretches
    event = np.arange(shape[0]) * (shape[1] * n_stretches)
    cell = event.take(trace.event) + lane.take(trace.line)  # line -1 is the last
    cell += np.repeat(np.arange(n_stretches), rows_in)
    n = int(np.prod(shape))
    number = np.bincount(cell, minlength=n)
    until_s: Any = np.bincount(cell, np.repeat(edges_s[1:], rows_in) - trace.time_s, minlength=n)
    number, until_s = (x.reshape(shape)[:, :-1] for x in (number, until_s))
    return Happened(number, until_s, np.diff(edges_s))


def _open_s(day: Day, edges_s: Floats) -> Floats:
    """For how long servers of each lane were open between consecutive edges; shape (J, Q)."""
    lane_of = day.system.line_lane[day.system.server_line].tolist()
    spells = [(lane, *spell) for lane, mine in zip(lane_of, day.open_spells, strict=True)
              for spell in mine]  # fmt: skip
    lane, start_s, end_s = np.array(spells, dtype=np.float64).reshape(-1, 3).T
    reach_s = np.minimum(np.maximum(edges_s, start_s[:, np.newaxis]), end_s[:, np.newaxis])
    inside_s = np.diff(reach_s, axis=1)
    lanes = range(len(day.system.lanes))
    return np.array([inside_s[lane == j].sum(axis=0) for j in lanes])
