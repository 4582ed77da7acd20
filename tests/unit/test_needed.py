"""Tills needed by formula: the fewest with which few enough wait long."""

from __future__ import annotations

from math import exp, factorial

import numpy as np
import pytest

from simqueue.scenario.load import loads
from simqueue.study import run
from simqueue.study.needed import servers_needed, tills_needed
from simqueue.study.targets import LongWait
from tests.shops import CORNER_SHOP

SIX_MINUTES = LongWait(360.0, 0.05)


def waits_longer(servers: int, load: float, occupation_s: float, limit_s: float) -> float:
    """Chance to wait longer than the limit in M/M/c, from the sums of Erlang (1917)."""
    if load >= servers:
        return 1.0
    top = load**servers / factorial(servers) * servers / (servers - load)
    chance = top / (sum(load**k / factorial(k) for k in range(servers)) + top)
    return chance * exp(-(servers - load) * limit_s / occupation_s)


@pytest.mark.parametrize("load", [0.1, 0.99, 1.0, 3.7, 4.96, 11.2])
@pytest.mark.parametrize("rule", [SIX_MINUTES, LongWait(60.0, 0.1), LongWait(300.0, 0.01)])
def test_it_is_the_fewest_that_do(load, rule):
    """With so many the formula allows it, with one less it does not."""
    found = int(servers_needed(load, 70.0, rule))
    assert waits_longer(found, load, 70.0, rule.limit_s) <= rule.allowed
    fewer = found - 1
    assert fewer == 0 or waits_longer(fewer, load, 70.0, rule.limit_s) > rule.allowed


def test_no_work_needs_nobody():
    """Where nobody comes no till is needed."""
    assert servers_needed(0.0, 70.0, SIX_MINUTES) == 0.0
    assert servers_needed(0.0, float("nan"), SIX_MINUTES) == 0.0


def test_nobody_at_all_may_wait_is_read_as_hardly_anybody():
    """An allowance of 0 is taken as 1 in 1,000, else no number would do by formula."""
    none, hardly = (servers_needed(3.0, 70.0, LongWait(60.0, x)) for x in (0.0, 0.001))
    assert none == hardly < 12


def test_more_work_never_needs_fewer():
    """The number grows with the load."""
    found = [servers_needed(x, 70.0, SIX_MINUTES) for x in np.arange(0.0, 12.0, 0.1)]
    assert np.all(np.diff(found) >= 0)


def test_the_table_of_quarter_hours_holds_what_the_load_needs():
    """Each quarter hour of a run has the number that its mean load over days asks for."""
    study = run(loads(CORNER_SHOP), 2)
    needed = tills_needed(study)
    table = list(study.by_quarter_hour().values())
    work, span = (x.mean(axis=0).reshape(2, 8) for x in study.lane_quarter.totals("offered_load"))
    for lane, name in ((0, "tills_needed"), (1, "machines_needed")):
        occupation = study.lane.estimate("occupation_mean_s", lane).mean
        for q in range(8):
            expected = servers_needed(work[lane, q] / span[lane, q], occupation, SIX_MINUTES)
            assert needed[lane, q] == expected
            assert table[q][name].mean == expected


def test_a_steady_state_has_no_quarter_hours():
    """Without a clock there is no table."""
    study = run(
        loads(
            "scenario: M/M/1\nstore: {horizon: 10 h}\narrivals: {constant_per_hour: 30}\n"
            "customers: [{segment: all, share: 1, items: {fixed: 1}}]\n"
            "lanes: [{lane: till, kind: staffed, tills: 1}]\n"
        ),
        1,
    )
    assert tills_needed(study).shape == (1, 0)
    assert study.by_quarter_hour() == {}
