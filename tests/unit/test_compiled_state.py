"""The state of the compiled engine: room for the trace, empty days, columns of any layout."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from simqueue.engine import run
from simqueue.engine.compiled.state import State
from simqueue.tables import Workload
from tests.differential.generate import to_tables as plain_tables
from tests.differential.generate_stoppages import stopping_day, to_tables
from tests.plain_day import day


def both(workload, system):
    """The traces of both engines."""
    return run(workload, system, engine="simpy"), run(workload, system, engine="compiled")


@pytest.mark.parametrize("seed", range(60_000, 60_020))
def test_a_trace_that_needs_more_room_loses_nothing(seed, monkeypatch):
    """Whenever the room for the trace runs out, it grows, and the day goes on where it was."""
    grown = []
    grow = State.grow
    monkeypatch.setattr(State, "_expected_rows", lambda state: 0)
    monkeypatch.setattr(State, "grow", lambda state: (grown.append(seed), grow(state)))
    monkeypatch.setattr("simqueue.engine.compiled.state.SPARE_ROWS", 1)
    simpy, compiled = both(*to_tables(stopping_day(Random(seed), coarse=True)))
    assert len(grown) > 1
    assert simpy.equals(compiled)


def test_a_day_without_customers():
    """Without customers only the roster happens."""
    workload, system = plain_tables(day([1.0], [[1, 1], [2]]))
    nobody = Workload(**{name: values[:0] for name, values in workload.arrays().items()})
    columns = ("may_use", "service_s", "gap_s", "before_call_s", "after_call_s", "help_s")
    empty = {name: getattr(system, name)[:, :0] for name in (*columns, "expected_us")}
    simpy, compiled = both(nobody, replace(system, patience_s=np.zeros(0), **empty))
    assert simpy.equals(compiled)
    assert simpy.event.tolist() == [9] * 4  # four servers open


def test_columns_may_lie_in_memory_as_they_like():
    """Tables turned on their side, of other numbers or read-only give the same day."""
    workload, system = plain_tables(day([1.0, 1.5, 2.0, 2.5], [[1, 1], [2]]))
    turned = {
        "service_s": np.asfortranarray(system.service_s),
        "may_use": np.asfortranarray(system.may_use),
        "expected_us": np.asfortranarray(system.expected_us.astype("i4")),
        "server_line": system.server_line.astype("i2"),
    }
    simpy, compiled = both(workload, replace(system, **turned))
    assert simpy.equals(compiled)
    assert simpy.equals(run(workload, system, engine="compiled"))
