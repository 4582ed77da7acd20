"""Adding up days: ratios of totals, daily values, groups taken together."""

from __future__ import annotations

from math import isnan, nan

import numpy as np
import pytest

from simqueue.study.interval import interval, ratio_interval
from simqueue.study.tally import Tally

TOPS = np.array([[10.0, 0.0, 6.0], [20.0, 0.0, 2.0]])  # two days, three groups
BOTTOMS = np.array([[2.0, 0.0, 3.0], [8.0, 0.0, 1.0]])


@pytest.fixture
def tally() -> Tally:
    """Two days of a ratio and of a daily measure in three groups."""
    found = Tally(("a", "b", "c"))
    for top, bottom in zip(TOPS, BOTTOMS, strict=True):
        found.add_ratio("wait_mean_s", "s", top, bottom)
        found.add_daily("wait_max_s", "s", top + 1)
    found.units["wait_max_s"] = "s"
    return found


def test_a_ratio_is_of_totals(tally):
    """The mean over days is 30 / 10 = 3, not the mean of 5 and 2.5."""
    assert tally.estimate("wait_mean_s").mean == 3.0  # the first group, unless one is named
    assert tally.estimate("wait_mean_s", 0) == ratio_interval(TOPS[:, 0], BOTTOMS[:, 0], "s")


def test_a_daily_measure_is_a_mean_of_days(tally):
    """Percentiles and extremes are averaged over days."""
    assert tally.estimate("wait_max_s", 2) == interval(np.array([7.0, 3.0]), "s")


def test_what_each_day_says(tally):
    """Day by day and group by group; nan where there was nobody."""
    assert np.array_equal(
        tally.daily("wait_mean_s"), [[5.0, nan, 2.0], [2.5, nan, 2.0]], equal_nan=True
    )
    assert tally.daily("wait_max_s").tolist() == (TOPS + 1).tolist()


def test_a_group_of_nobody_has_no_value(tally):
    """Where nobody came on any day there is no mean."""
    found = tally.estimate("wait_mean_s", 1)
    assert isnan(found.mean)
    assert found.n == 0


def test_groups_taken_together(tally):
    """Groups a and c: 16 / 5 and 22 / 9 on the two days, 38 / 14 in all."""
    found = tally.over("wait_mean_s", np.array([0, 2]))
    assert found == ratio_interval(np.array([16.0, 22.0]), np.array([5.0, 9.0]), "s")
    assert found.mean == 38 / 14


def test_all_groups_together_are_the_whole(tally):
    """Over all groups a ratio is the ratio of all totals."""
    assert tally.over("wait_mean_s", np.arange(3)).mean == TOPS.sum() / BOTTOMS.sum()


def test_all_measures_of_a_group(tally):
    """The measures come by name, with their units."""
    found = tally.estimates(2)
    assert list(found) == ["wait_mean_s", "wait_max_s"]
    assert {e.unit for e in found.values()} == {"s"}
    assert found["wait_max_s"] == tally.estimate("wait_max_s", 2)
    assert tally.estimates() == tally.estimates(0)


def test_totals_are_what_was_added(tally):
    """What was added up can be had, per day and group."""
    tops, bottoms = tally.totals("wait_mean_s")
    assert np.array_equal(tops, TOPS)
    assert np.array_equal(bottoms, BOTTOMS)


def test_tallies_do_not_share_days():
    """A new tally is empty."""
    Tally(("a",)).add_daily("x", "1", np.ones(1))
    assert Tally(("a",)).estimates() == {}
