"""Quantities that go up and down with the clock, read off the trace: queue lengths, open tills."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simqueue.tables import Event, Trace

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

IN_QUEUE = {Event.JOIN: 1, Event.START: -1, Event.RENEGE: -1, Event.LEAVE: -1}
IN_SERVICE = {Event.START: 1, Event.END: -1, Event.FAILED: -1, Event.LEFT: -1, Event.SENT_ON: -1}
OCCUPIED = {Event.START: 1, Event.FREE: -1}
# as plain numbers, which are compared faster
OPEN, CLOSING, CLOSED = int(Event.OPEN), int(Event.CLOSING), int(Event.CLOSED)


class Change(NamedTuple):
    """A server opens, is told to close, or closes."""

    time_s: float
    event: int
    line: int
    server: int


def rows_and_changes(trace: Trace, changes: dict[Event, int]) -> tuple[Integers, Integers]:
    """The rows of the trace that move a level, and by how much; (K,) each."""
    by_event = np.zeros(len(Event), dtype=np.int64)
    by_event[list(changes)] = list(changes.values())
    rows = np.flatnonzero((by_event != 0).take(trace.event))  # of a mask they are found much faster
    return rows, by_event.take(trace.event.take(rows))


def areas(time_s: Floats, change: Integers, group: Integers, n: int, edges_s: Floats) -> Floats:
    """Level x seconds of each of n groups in each stretch between edges; shape (n, Q).

    At `time_s` (ascending) the level of `group` moves by `change`; rows of group -1 are left out.
    """
    rows = np.flatnonzero((change != 0) & (group >= 0))
    time_s, moves, group = time_s[rows], change[rows].astype(np.float64), group[rows]
    n_stretches = len(edges_s) - 1
    stretch = stretch_of(time_s, edges_s)
    inside = (stretch >= 0) & (stretch < n_stretches)
    cell = (group * n_stretches + stretch)[inside]
    until_edge = edges_s[stretch[inside] + 1] - time_s[inside]
    partial = np.bincount(cell, moves[inside] * until_edge, minlength=n * n_stretches)
    moved = np.bincount(cell, moves[inside], minlength=n * n_stretches).reshape(n, n_stretches)
    early = stretch < 0
    first = np.bincount(group[early], moves[early], minlength=n)[:, None]
    level = first + np.cumsum(moved, axis=1) - moved  # at the beginning of each stretch
    return np.asarray(level * np.diff(edges_s) + partial.reshape(n, n_stretches))


def stretch_of(time_s: Floats, edges_s: Floats) -> Integers:
    """The stretch between edges in which each moment lies, moments ascending; same shape.

    -1 before the first edge. Few edges are looked for among many moments, not the other way round.
    """
    begins = np.searchsorted(time_s, edges_s, side="left")
    number = np.diff(np.concatenate([[0], begins, [len(time_s)]]))
    return np.repeat(np.arange(-1, len(edges_s)), number)


def server_changes(trace: Trace) -> list[Change]:
    """When servers open, are told to close and close, in order."""
    event = trace.event
    rows = np.flatnonzero((event == OPEN) | (event == CLOSING) | (event == CLOSED))
    columns = (trace.time_s, trace.event, trace.line, trace.server)
    return [Change(*row) for row in zip(*(c.take(rows).tolist() for c in columns), strict=True)]


def open_spells(
    changes: Iterable[Change], n_servers: int, closes_s: float, freed_s: Floats
) -> list[list[tuple[float, float]]]:
    """When somebody was at each server: S lists of (from, to) in seconds.

    A server still open at the end of the trace stays until the doors close and its line is empty;
    `changes` and `freed_s` (L,) are what `server_changes` and `last_free` say of the trace.
    """
    spells: list[list[tuple[float, float]]] = [[] for _ in range(n_servers)]
    since: dict[int, float] = {}
    line_of: dict[int, int] = {}
    for time_s, event, line, server in changes:
        line_of[server] = line
        if event == OPEN:
            since.setdefault(server, time_s)
        elif event == CLOSED:
            spells[server].append((since.pop(server), time_s))
    for server, start in since.items():
        end = max(closes_s, float(freed_s[line_of[server]]))
        spells[server].append((start, max(start, end)))  # who comes after closing may find nobody
    return spells


def last_free(trace: Trace, n_lines: int) -> Floats:
    """When a server of each line became free for the last time, 0 = never; shape (n_lines,)."""
    rows = np.flatnonzero(trace.event == int(Event.FREE))
    last = np.zeros(n_lines)
    last[trace.line.take(rows)] = trace.time_s.take(rows)  # of several rows the latest stays
    return last
