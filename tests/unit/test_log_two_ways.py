"""The log and the measure "one in front", once in plain Python and once compiled; long lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest

from simqueue.engine import derive_log, run
from simqueue.engine.log import slips, standing
from simqueue.engine.two_ways import Compiled, InPython
from simqueue.study.replay import replay
from simqueue.tables import Event, System, Trace, Workload
from tests.differential import generate_behaviour, generate_stoppages
from tests.engine_day import tables

DAYS = 60  # of each sort; in all they hold every event of the trace


def simulated(seed: int) -> list[tuple[Workload, System, Trace]]:
    """A day on which people change line and staff come and go, and one on which things stop."""
    makers = (
        (generate_behaviour.busy_day, generate_behaviour.to_tables),
        (generate_stoppages.stopping_day, generate_stoppages.to_tables),
    )
    found = []
    for make, to_tables in makers:
        workload, system = to_tables(make(Random(seed), coarse=seed % 2 == 0))
        found.append((workload, system, run(workload, system)))
    return found


def test_the_compiled_log_is_the_same_bit_for_bit(monkeypatch):
    """Compiled, in plain Python, and with slips counted by sorting: all columns are equal."""
    happened: Counter[int] = Counter()
    for seed in range(DAYS):
        for workload, system, trace in simulated(seed):
            log = derive_log(workload, system, trace)
            assert derive_log(workload, system, trace, compiled=True).differences(log) == {}
            with monkeypatch.context() as patched:
                patched.setattr(slips, "MOST_LOOKED_AT", {InPython: -1, Compiled: -1})
                assert derive_log(workload, system, trace).differences(log) == {}
            happened.update(trace.event.tolist())
    assert set(happened) == {int(event) for event in Event}


def test_the_compiled_measure_is_the_same():
    """Compiled or not, the same people find one in front, and both answers occur."""
    found: Counter[bool] = Counter()
    for seed in range(DAYS):
        for _, system, trace in simulated(seed):
            *laws, seen = replay(trace, system)
            *same_laws, same = replay(trace, system, compiled=True)
            assert same_laws == laws
            assert same.tolist() == seen.tolist()
            found.update(seen.tolist())
    assert min(found[True], found[False]) > DAYS


def test_arrays_of_any_sort_may_be_given():
    """Columns that may be written to, of another dtype or layout, compile nothing else."""
    workload, system, trace = simulated(0)[0]
    log = derive_log(workload, system, trace, compiled=True)
    loose = Trace(*trace.arrays().values())
    for name, column in loose.arrays().items():
        object.__setattr__(loose, name, np.array(column, dtype="f8"))
    assert derive_log(workload, system, loose, compiled=True).differences(log) == {}


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("column", ["customer", "line", "server"])
@pytest.mark.parametrize("number", [-2, 900])
def test_a_row_about_what_is_not_there_is_refused(column, number, compiled):
    """Machine code looks at no index, so a number without an entry is named with its row."""
    workload, system = tables([0.0, 1.0], [[1]])
    trace = run(workload, system)
    row = trace.event.tolist().index(Event.START)
    values = trace.arrays()[column].copy()
    values[row] = number
    wrong = Trace(**{**trace.arrays(), column: values})
    with pytest.raises(ValueError, match=rf"trace\.{column}: .*row {row}: {number}\)"):
        derive_log(workload, system, wrong, compiled=compiled)


def test_who_leaves_a_line_in_which_he_does_not_stand_changes_nothing_there():
    """A broken trace lets 2 leave a line that only 0 and 1 have joined: both ways pass it over."""
    rows = [
        (0.0, Event.OPEN, -1, 0, 0), (0.0, Event.JOIN, 0, 0, -1), (0.0, Event.START, 0, 0, 0),
        (1.0, Event.JOIN, 1, 0, -1), (2.0, Event.LEAVE, 2, 0, -1), (5.0, Event.END, 0, 0, 0),
        (5.0, Event.FREE, 0, 0, 0), (5.0, Event.START, 1, 0, 0), (9.0, Event.END, 1, 0, 0),
    ]  # fmt: skip
    trace = Trace(*(np.array(column) for column in zip(*rows, strict=True)))
    workload, system = tables([0.0, 1.0, 2.0], [[1]])
    log = derive_log(workload, system, trace)
    assert derive_log(workload, system, trace, compiled=True).differences(log) == {}
    assert log.wait_s[:2].tolist() == [0.0, 4.0]
    assert log.last_in_line_s.tolist() == [0.0, 4.0, 0.0]


@pytest.fixture
def calls(monkeypatch) -> Counter[str]:
    """How often each customer is looked at while others move, by function."""
    counted: Counter[str] = Counter()

    def counting(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted_function(*args: Any) -> Any:
            counted[name] += 1
            return function(*args)

        return counted_function

    for name in ("step", "catch_up", "look_at_all"):
        monkeypatch.setattr(standing, name, counting(name, getattr(standing, name)))
    return counted


def test_a_long_line_costs_no_more_per_customer_than_a_short_one(calls):
    """A thousand people at once in front of one till: each is looked at once, not 500 times.

    Everybody takes 10 s, so the line never stands still. All but the second, who is the first to
    wait, find out when they leave the line what steps it has made.
    """
    n = 1000
    workload, system = tables([0.0] * n, [[1]])
    log = derive_log(workload, system, run(workload, system))
    assert log.steps.tolist() == [0, *range(n - 1)]
    assert log.behind_at_most.tolist() == [0, *range(n - 2, -1, -1)]
    assert not log.queue_still_s.any()
    assert calls == {"catch_up": n - 2, "look_at_all": 1}


def test_pauses_of_a_line_are_added_up_by_each():
    """Everybody takes 40 s: each step is 10 s beyond the 30 s after which a line stands still."""
    workload, system = tables([0.0, 1.0, 2.0, 3.0, 50.0], [[1]], service_s=[[40.0] * 5])
    log = derive_log(workload, system, run(workload, system))
    # until the step at 40: 39, 38 and 37 s; who joins at 50 waits 30 s for the step at 80
    assert log.queue_still_s.tolist() == [0.0, 9.0, 18.0, 27.0, 20.0]
    assert log.steps.tolist() == [0, 0, 1, 2, 2]
