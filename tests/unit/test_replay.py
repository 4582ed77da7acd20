"""A day lived through once more for its laws: the same in plain Python and compiled."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from simqueue.engine import run
from simqueue.study.replay import Found, replay
from simqueue.tables import Event, Trace
from tests.differential import generate, generate_behaviour, generate_stoppages
from tests.plain_day import day

SOURCES = (
    (generate.small_day, generate.to_tables),
    (generate_behaviour.busy_day, generate_behaviour.to_tables),
    (generate_stoppages.stopping_day, generate_stoppages.to_tables),
)


@pytest.mark.parametrize(("make", "to_tables"), SOURCES, ids=["small", "busy", "stopping"])
def test_compiled_and_plain_python_find_the_same(make, to_tables):
    """Ties, closing tills, walks, stoppages: both ways give the same numbers, bit for bit."""
    for seed in range(40):
        trace = run(*to_tables(make(Random(seed), coarse=seed % 2 == 0)))
        assert replay(trace) == replay(trace, compiled=True), seed


def test_people_waiting_times_seconds():
    """Three come at 0, 1 and 2 to services of 10 s: they wait 0, 9 and 18 s, 27 in all."""
    trace = run(*generate.to_tables(day([0.0, 1.0, 2.0], [[1]])))
    assert replay(trace) == Found(3, 0, 27.0, one_at_a_time=True, never_idle=True)


def test_a_trace_that_runs_back_in_time():
    """Two rows exchanged in time are no day of one customer after the other."""
    trace = run(*generate.to_tables(day([0.0, 1.0], [[1]])))
    time_s = trace.time_s.copy()
    time_s[-1] = 0.0
    columns = {**trace.arrays(), "time_s": time_s}
    assert not replay(Trace(**columns)).one_at_a_time


@pytest.mark.parametrize("compiled", [False, True])
def test_a_trace_about_servers_that_there_are_not(compiled):
    """Whatever numbers a broken trace holds, it is looked at to its end and found wanting."""
    rows = [(0.0, Event.START, 7, 3, 900), (1.0, Event.END, 2, 3, -1), (1.0, Event.FREE, 9, 0, 5)]
    broken = Trace(*(np.array(column) for column in zip(*rows, strict=True)))
    assert not replay(broken, compiled=compiled).one_at_a_time
