"""How long lines are and for how long, counted while a day is lived through.

Letters: j lane, `at` a line. Runs in plain Python or compiled (`two_ways`).
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simqueue.engine.two_ways import Column, Way
from simqueue.tables import Kind, System

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Span = tuple[float, float]
FULL_LINE = 0.95  # queue_length_p95


class Lengths(NamedTuple):
    """How many waited at each of J lanes; the last entry: at all checkouts together."""

    highest: Integers  # (J + 1,) for any time at all
    usual: Floats  # (J + 1,) what was enough for `FULL_LINE` of the span


class Waiting(NamedTuple):
    """How many wait in groups of lines: each lane, all checkouts, and what nobody looks at."""

    n_levels: int  # at most so many are told apart
    begins_s: float  # the span
    ends_s: float
    lane: Column  # of each line, behind that of no line
    beside: Column  # the group that each lane belongs to as well
    level: Column  # of each group, here and in what follows
    highest: Column
    since_s: Column  # since when it has that level; inf = nobody has come yet
    lasted_s: Column  # each level, group after group


def waiting_of(system: System | None, n: int, n_lines: int, span: Span, by: Way) -> Waiting:
    """Nobody waits yet, of n customers; lines of no known lane are looked at by nobody."""
    lanes = 0 if system is None else len(system.lanes)
    lane, beside = np.full(n_lines + 1, lanes + 1), np.full(lanes + 2, lanes + 1)
    if system is not None:
        lane[1 : 1 + system.n_lines] = system.line_lane
        beside[:lanes][system.kind != int(Kind.STATION)] = lanes
    return Waiting(
        n + 1,
        float(span[0]),
        float(span[1]),
        by.given(lane, "i4"),
        by.given(beside, "i4"),
        *by.new(2, lanes + 2, "i4", 0),
        *by.new(1, lanes + 2, "f8", inf),
        *by.new(1, (lanes + 2) * (n + 1), "f8", 0.0),
    )


def moves(waiting: Waiting, at: int, now: float, change: int) -> None:
    """A line becomes longer or shorter, and with it that of its lane and of all checkouts."""
    n_levels, begins_s, ends_s, lanes, beside, levels, highest, since, lasted_s = waiting
    until_s = now if now < ends_s else ends_s
    group = lanes[at + 1]
    for _ in range(2):
        level, since_s = levels[group], since[group]
        if now > since_s:
            if level > highest[group]:
                highest[group] = level
            from_s = since_s if since_s > begins_s else begins_s
            if until_s > from_s:
                lasted_s[group * n_levels + level] += until_s - from_s
        since[group] = now
        if 0 <= level + change < n_levels:
            levels[group] = level + change
        group = beside[group]


def lengths(waiting: Waiting) -> Lengths:
    """What has been counted, when nothing happens any more."""
    level, since_s = np.asarray(waiting.level)[:-1], np.asarray(waiting.since_s)[:-1]
    highest = np.maximum(waiting.highest[:-1], level)
    seen = 1 + int(highest.max())  # of a large day few: the others are not looked at
    begins = [group * waiting.n_levels for group in range(len(level))]
    lasted_s = np.array([waiting.lasted_s[begin : begin + seen] for begin in begins])
    rest_s = waiting.ends_s - np.maximum(since_s, waiting.begins_s)
    lasted_s[np.arange(len(level)), level] += np.maximum(rest_s, 0.0)
    return Lengths(highest, _enough(lasted_s, waiting.ends_s - waiting.begins_s))


def _enough(lasted_s: Floats, span_s: float) -> Floats:
    """The lowest level that is not exceeded for `FULL_LINE` of the span; (G, W) gives (G,)."""
    lasted_s[:, 0] += span_s - lasted_s.sum(axis=1)  # before anybody came
    enough = lasted_s.cumsum(axis=1) >= FULL_LINE * span_s
    enough[:, -1] = True  # whatever rounding says
    lowest: Floats = enough.argmax(axis=1).astype(np.float64)
    return lowest
