"""Intervals over replications: against textbook formulas, SciPy, and repeated drawing."""

from __future__ import annotations

from math import isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from simqueue.study.interval import Estimate, interval, ratio_interval

values = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)


@settings(max_examples=150, deadline=None)
@given(values)
def test_the_interval_is_students(daily):
    """Mean and half width are those of SciPy's one-sample t interval at 95 %."""
    found = interval(np.array(daily))
    expected = stats.ttest_1samp(daily, 0.0).confidence_interval(0.95) if np.ptp(daily) else None
    assert found.mean == pytest.approx(np.mean(daily), rel=1e-12, abs=1e-9)
    assert found.n == len(daily)
    if expected is not None and np.std(daily) > 1e-6:
        assert found.low == pytest.approx(expected.low, rel=1e-6, abs=1e-6)
        assert found.high == pytest.approx(expected.high, rel=1e-6, abs=1e-6)


def test_an_interval_worked_by_hand():
    """1, 2, 3: mean 2, sd 1, t for 2 degrees 4.302653: half width 4.302653 / sqrt(3)."""
    found = interval(np.array([1.0, 2.0, 3.0]), "s")
    assert found.mean == 2
    assert found.half_width == pytest.approx(4.302653 / sqrt(3), rel=1e-6)
    assert (found.n, found.unit) == (3, "s")


def test_equal_days_are_sure():
    """Days that do not differ give an interval of no width."""
    assert interval(np.full(5, 7.0)) == Estimate(7.0, 0.0, 5)


@pytest.mark.parametrize(
    ("daily", "mean", "n"),
    [([], nan, 0), ([nan, nan], nan, 0), ([5.0], 5.0, 1), ([nan, 5.0], 5.0, 1)],
)
def test_too_few_days_have_no_interval(daily, mean, n):
    """One day has a mean and no interval; no day has neither."""
    found = interval(np.array(daily))
    assert found.mean == mean or isnan(found.mean) == isnan(mean)
    assert isnan(found.half_width)
    assert isnan(found.low)
    assert found.n == n


def test_days_without_a_value_are_left_out():
    """A day on which nobody was reneged, or waited, is not a day of zero."""
    assert interval(np.array([1.0, nan, 2.0, 3.0])) == interval(np.array([1.0, 2.0, 3.0]))


@settings(max_examples=150, deadline=None)
@given(values, st.floats(0.1, 1e4))
def test_equal_denominators_give_the_plain_interval(tops, bottom):
    """If every day has as many customers, the ratio has Student's interval of daily means."""
    tops = np.array(tops)
    ratio = ratio_interval(tops, np.full(len(tops), bottom))
    plain = interval(tops / bottom)
    scale = max(1e-12, np.abs(tops / bottom).max())
    assert ratio.mean == pytest.approx(plain.mean, rel=1e-9, abs=1e-12 * scale)
    assert ratio.half_width == pytest.approx(plain.half_width, rel=1e-6, abs=1e-9 * scale)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(0.1, 1e3)), min_size=2, max_size=20))
def test_the_jackknife_leaves_out_one_day_after_the_other(days):
    """The half width is t times the jackknife's standard error, computed one day at a time."""
    tops, bottoms = (np.array(column) for column in zip(*days, strict=True))
    n = len(days)
    without = [np.delete(tops, k).sum() / np.delete(bottoms, k).sum() for k in range(n)]
    error = sqrt((n - 1) / n * sum((x - np.mean(without)) ** 2 for x in without))
    found = ratio_interval(tops, bottoms)
    assert found.mean == pytest.approx(tops.sum() / bottoms.sum(), rel=1e-12)
    assert found.half_width == pytest.approx(stats.t.ppf(0.975, n - 1) * error, rel=1e-5, abs=1e-6)


def test_a_ratio_worked_by_hand():
    """10/1 and 0/1 with 20/2: 30/4 = 7.5; without each day 20/3, 10, 5."""
    found = ratio_interval(np.array([10.0, 0.0, 20.0]), np.array([1.0, 1.0, 2.0]), "s")
    without = [20 / 3, 10.0, 5.0]
    error = sqrt(2 / 3 * sum((x - sum(without) / 3) ** 2 for x in without))
    assert found.mean == 7.5
    assert found.half_width == pytest.approx(4.302653 * error, rel=1e-6)
    assert found.unit == "s"


def test_days_with_nothing_to_divide_by_are_left_out():
    """A day without any customer of a kind says nothing about how long that kind waits."""
    full = ratio_interval(np.array([4.0, 0.0, 6.0]), np.array([2.0, 0.0, 2.0]))
    assert full == ratio_interval(np.array([4.0, 6.0]), np.array([2.0, 2.0]))
    nothing = ratio_interval(np.zeros(3), np.zeros(3))
    assert isnan(nothing.mean)
    assert nothing.n == 0
    one = ratio_interval(np.array([4.0, 0.0]), np.array([2.0, 0.0]))
    assert (one.mean, one.n) == (2.0, 1)
    assert isnan(one.half_width)


@settings(max_examples=100, deadline=None)
@given(values, st.floats(0.5, 100), st.floats(-100, 100))
def test_units_do_not_matter(daily, factor, shift):
    """Measuring in another unit, or from another zero, scales the interval and nothing else."""
    daily = np.array(daily)
    assume(np.std(daily) > 1e-3)
    one, other = interval(daily), interval(daily * factor + shift)
    assert other.mean == pytest.approx(one.mean * factor + shift, rel=1e-9, abs=1e-6)
    assert other.half_width == pytest.approx(one.half_width * factor, rel=1e-6)


def test_the_intervals_cover_what_they_should():
    """Of 4,000 sets of 20 days, 95 % of the intervals hold the truth: false alarm 1e-6."""
    rng, sets, days = np.random.default_rng(5), 4000, 20
    customers = rng.poisson(80, (sets, days)).astype(float)
    waits = rng.normal(3 * customers, 2 * np.sqrt(customers))  # 3 each on average
    hits = 0
    for tops, bottoms in zip(waits, customers, strict=True):
        found = ratio_interval(tops, bottoms)
        hits += found.low <= 3 <= found.high
    # the jackknife is a little off at 20 days: allow half a percent besides chance
    assert abs(hits / sets - 0.95) < stats.norm.isf(5e-7) * sqrt(0.95 * 0.05 / sets) + 0.005
