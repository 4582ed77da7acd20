"""Every figure of a day against a slow recomputation from its trace and log, in plain Python."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from simqueue.scenario import load, loads
from simqueue.study.day import Day, simulate_day
from simqueue.study.record import record
from tests import plain_measures
from tests.property.test_whole_shop_laws import shops, simulated
from tests.unit.show_shops import TEXTS

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SHIPPED = ("small-shop", "till-outage", "us-store")


def measured(day: Day) -> plain_measures.Found:
    """What the package says of a day, by grouping, group and measure."""
    found = {}
    for grouping, measure, _, top, bottom in record(day).entries:
        values = top
        if bottom is not None:
            values = np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)
        for group, value in enumerate(values.tolist()):
            found[grouping, group, measure] = value
    return found


def agree(day: Day) -> None:
    """Figures that the twin knows are the same; groups for which it has none are empty."""
    found, slow = measured(day), plain_measures.measured(day)
    assert len(slow) > 50
    assert {key: found[key] for key in slow} == pytest.approx(slow, rel=1e-9, abs=1e-9)
    known = {(grouping, measure) for grouping, _, measure in slow}
    others = [x for (g, k, m), x in found.items() if (g, m) in known and (g, k, m) not in slow]
    assert all(isnan(x) or x == 0 for x in others)


@pytest.mark.parametrize("name", SHIPPED)
def test_figures_of_scenarios_that_come_with_it(name):
    """Means, counts, percentiles and clocks of whole days agree, in every grouping."""
    agree(simulate_day(load(SCENARIOS / f"{name}.yaml"), 1))


@pytest.mark.parametrize(
    "name", ["people move", "overloaded", "around the tills", "empty", "theory"]
)
def test_figures_of_shops_in_which_much_goes_on(name):
    """Where people change lines, give up, go to stations or do not come; and without a clock."""
    agree(simulate_day(loads(TEXTS[name]), 2))


@settings(max_examples=30, deadline=None)
@given(shops())
def test_figures_of_any_shop(shop):
    """They agree with stations, calls, breaks, breakdowns and failing machines, however mixed."""
    agree(simulated(shop))
