"""Quantities that go up and down with the clock, read off the trace: queue lengths, open tills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.tables import Event, Trace

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

IN_QUEUE = {Event.JOIN: 1, Event.START: -1, Event.RENEGE: -1, Event.LEAVE: -1}
IN_SERVICE = {Event.START: 1, Event.END: -1}
OCCUPIED = {Event.START: 1, Event.FREE: -1}


@dataclass(frozen=True)
class Steps:
    """A right-continuous step function: 0 before `time_s[0]`, then `level[k]` from `time_s[k]`."""

    time_s: Floats
    level: Integers

    def integral_to(self, moments_s: Floats) -> Floats:
        """Area under the function from 0 to each moment, in level x seconds."""
        if not len(self.time_s):
            return np.zeros(len(moments_s))
        pieces = np.diff(self.time_s) * self.level[:-1]
        area = np.concatenate([[0.0], np.cumsum(pieces)])
        tail = np.maximum(0.0, moments_s - self.time_s[-1]) * self.level[-1]
        found: Floats = np.interp(moments_s, self.time_s, area) + tail
        return found

    def averages(self, edges_s: Floats) -> Floats:
        """Time average between consecutive edges; shape (len(edges_s) - 1,)."""
        averages: Floats = np.diff(self.integral_to(edges_s)) / np.diff(edges_s)
        return averages

    def at(self, moments_s: Floats) -> Integers:
        """The level just after each moment."""
        if not len(self.time_s):
            return np.zeros(len(moments_s), dtype=np.int64)
        place = np.searchsorted(self.time_s, moments_s, side="right")
        return np.concatenate([[0], self.level])[place]

    def highest(self) -> int:
        """The highest level that lasted for some time."""
        lasted = np.append(np.diff(self.time_s) > 0, True)[: len(self.level)]
        return int(self.level[lasted].max(initial=0))

    def quantile(self, share: float, edges_s: tuple[float, float]) -> float:
        """The lowest level that is not exceeded for `share` of the time between the edges."""
        moments = np.clip(np.append(self.time_s, edges_s[1]), *edges_s)
        first = max(0.0, float(moments[0]) - edges_s[0])
        lasting = np.append(first, np.diff(moments))
        levels = np.append(0, self.level)
        order = np.argsort(levels, kind="stable")
        passed = np.cumsum(lasting[order])
        place = int(np.searchsorted(passed, share * (edges_s[1] - edges_s[0])))
        return float(levels[order][min(place, len(order) - 1)])


def steps(trace: Trace, changes: dict[Event, int], among: NDArray[np.bool_] | None = None) -> Steps:
    """The step function that each of the `changes` moves up or down, over the rows in `among`."""
    by_event = np.zeros(len(Event), dtype=np.int64)
    for event, change in changes.items():
        by_event[event] = change
    delta = by_event[trace.event]
    rows = delta != 0 if among is None else (delta != 0) & among
    return Steps(trace.time_s[rows], np.cumsum(delta[rows]))


def open_spells(trace: Trace, n_servers: int, closes_s: float) -> list[list[tuple[float, float]]]:
    """When somebody was at each server: S lists of (from, to) in seconds.

    A server still open at the end of the trace stays until the doors close and its line is empty.
    """
    spells: list[list[tuple[float, float]]] = [[] for _ in range(n_servers)]
    since: dict[int, float] = {}
    last_free = _last_free(trace)
    changes = np.isin(trace.event, (Event.OPEN, Event.CLOSED))
    for time_s, event, server in zip(
        trace.time_s[changes], trace.event[changes], trace.server[changes], strict=True
    ):
        if event == Event.OPEN:
            since.setdefault(int(server), float(time_s))
        else:
            spells[server].append((since.pop(int(server)), float(time_s)))
    line_of = {int(s): int(line) for s, line in zip(trace.server[changes], trace.line[changes],
                                                    strict=True)}  # fmt: skip
    for server, start in since.items():
        spells[server].append((start, max(closes_s, last_free.get(line_of[server], 0.0))))
    return spells


def _last_free(trace: Trace) -> dict[int, float]:
    """When the last server of each line became free for the last time."""
    rows = trace.event == Event.FREE
    return dict(zip(trace.line[rows].tolist(), trace.time_s[rows].tolist(), strict=True))


def time_inside(spells: list[tuple[float, float]], edges_s: Floats) -> Floats:
    """Seconds of the spells that fall between consecutive edges; shape (len(edges_s) - 1,)."""
    total = np.zeros(len(edges_s) - 1)
    for start, end in spells:
        reach: Any = np.clip(edges_s, start, end)
        total += np.diff(reach)
    return total
