"""How long lines are, against standing there and looking every quarter of a second."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from simqueue.engine import run
from simqueue.engine.two_ways import InPython
from simqueue.study.lengths import Lengths, lengths, moves, waiting_of
from simqueue.study.replay import lived
from simqueue.tables import Event, Kind, System, Trace
from tests.differential import generate, generate_behaviour, generate_stoppages
from tests.engine_day import tables
from tests.trace_rows import table

SOURCES = (
    (generate.small_day, generate.to_tables),
    (generate_behaviour.busy_day, generate_behaviour.to_tables),
    (generate_stoppages.stopping_day, generate_stoppages.to_tables),
)
CHANGES = {Event.JOIN: 1, Event.START: -1, Event.RENEGE: -1, Event.LEAVE: -1}
Steps = list[tuple[float, int]]


def steps_of(trace: Trace, system: System, lanes: list[int]) -> Steps:
    """When which number of people joined (or left) the lines of some lanes."""
    rows = zip(trace.time_s.tolist(), trace.event.tolist(), trace.line.tolist(), strict=True)
    return [
        (time_s, CHANGES[Event(event)])
        for time_s, event, line in rows
        if event in CHANGES and line >= 0 and system.line_lane[line] in lanes
    ]


def stretches(steps: Steps, begin: float, end: float) -> list[tuple[float, int]]:
    """For how long there were how many, between two moments."""
    moments = sorted({begin, end, *(t for t, _ in steps if begin < t < end)})
    return [
        (until - since, sum(change for t, change in steps if t <= since))
        for since, until in pairwise(moments)
    ]


def looked_at(
    trace: Trace, system: System, span: tuple[float, float]
) -> tuple[list[int], list[float]]:
    """The most people for any time at all, and how many wait at most for 95 % of the span."""
    lanes = range(len(system.lanes))
    checkouts = [j for j in lanes if system.kind[j] != Kind.STATION]
    highest, usual = [], []
    for group in (*([j] for j in lanes), checkouts):
        steps = steps_of(trace, system, group)
        ever = stretches(steps, -1.0, 1e9)
        highest.append(max(n for lasts, n in ever if lasts > 0))
        inside = sorted((n, lasts) for lasts, n in stretches(steps, *span))
        lasted = np.cumsum([lasts for _, lasts in inside])
        enough = np.flatnonzero(lasted >= 0.95 * (span[1] - span[0]))
        usual.append(float(inside[enough[0]][0]))
    return highest, usual


def counted(trace: Trace, system: System, span: tuple[float, float], *, compiled: bool) -> Lengths:
    """What is counted on the way through the trace."""
    return lived(trace, system, span, compiled=compiled).lengths


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(("make", "to_tables"), SOURCES, ids=["small", "busy", "stopping"])
def test_lengths_are_those_that_somebody_saw(make, to_tables, compiled):
    """Of each lane and all checkouts: with walks, stations, breakdowns, spans inside the day."""
    longest = 0
    for seed in range(60):
        _, system = tables_made = to_tables(make(Random(seed), coarse=True))
        trace = run(*tables_made)
        for span in ((0.0, 40.0), (7.0, 23.5)):  # times are whole: sums of them are exact
            found = counted(trace, system, span, compiled=compiled)
            highest, usual = looked_at(trace, system, span)
            assert found.highest.tolist() == highest, seed
            assert found.usual.tolist() == usual, seed
        longest = max(longest, *highest)
    assert longest > 3


@pytest.mark.parametrize("compiled", [False, True])
def test_a_peak_of_no_duration_is_no_peak(compiled):
    """Three join at one moment and two of them are served at once: never more than one waits."""
    _, system = tables([0.0, 0.0, 0.0], [[2]])
    rows = [(1.0, "JOIN", i, 0, -1) for i in range(3)]
    rows += [(1.0, "START", i, 0, i) for i in range(2)] + [(3.0, "START", 2, 0, 0)]
    found = counted(table(rows), system, (0.0, 10.0), compiled=compiled)
    assert found.highest.tolist() == [1, 1]
    assert found.usual.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("compiled", [False, True])
def test_who_never_leaves_waits_until_the_end(compiled):
    """Two still stand there when nothing happens any more; in the lane where nobody came, none."""
    _, system = tables([0.0, 0.0], [[1], [1]])
    rows = [(1.0, "JOIN", i, 0, -1) for i in range(2)]
    found = counted(table(rows), system, (0.0, 10.0), compiled=compiled)
    assert found.highest.tolist() == [2, 0, 2]
    assert found.usual.tolist() == [2.0, 0.0, 2.0]
    late = counted(
        table([(11.0, *rest) for _, *rest in rows]), system, (0.0, 10.0), compiled=compiled
    )
    assert late.highest.tolist() == [2, 0, 2]
    assert late.usual.tolist() == [0.0, 0.0, 0.0]


def test_what_nobody_saw_takes_no_room():
    """Of 100,000 customers two waited at a time: what is read off is read off a few numbers."""
    waiting = waiting_of(None, 100_000, 1, (0.0, 10.0), InPython)
    for now, change in ((1.0, 1), (2.0, 1), (3.0, -1)):
        moves(waiting, 0, now, change)
    tracemalloc.start()
    try:
        lengths(waiting)
        assert tracemalloc.get_traced_memory()[1] < 50_000
    finally:
        tracemalloc.stop()
