"""SimPy's environment with events at absolute instants, in the order of docs/model.md."""

from __future__ import annotations

from heapq import heapify, heappush
from typing import Any

import simpy

from simqueue.tables import Instant

_AFTER_SIMPY = 2  # SimPy itself uses the priorities 0 (urgent) and 1 (normal)
_PER_KIND = 10**9  # more than any number of customers


class Clock(simpy.Environment):
    """An environment that can put an event at an exact time with its rank among simultaneous ones.

    SimPy schedules by delay and adds `now` to it: a given arrival time would come back with another
    last bit, so the event is put on SimPy's agenda directly. This is the only place that touches
    SimPy's insides.
    """

    def at(self, time_s: float, kind: Instant, key: int) -> simpy.Event:
        """An event that succeeds at `time_s`, after all earlier kinds and lower keys."""
        event = simpy.Event(self)
        event._ok = True
        event._value = None
        rank: Any = _AFTER_SIMPY + kind * _PER_KIND + key  # EventPriority() itself takes time
        heappush(self._queue, (time_s, rank, next(self._eid), event))
        return event

    def postpone(self, event: simpy.Event, by_s: float) -> None:
        """Let an event that is still to come happen `by_s` later, with the rank it had."""
        place = next(n for n, entry in enumerate(self._queue) if entry[3] is event)
        time_s, rank, _, _ = self._queue[place]
        self._queue[place] = (time_s + by_s, rank, next(self._eid), event)
        heapify(self._queue)
