"""Paired differences: against SciPy, against a naive jackknife, and against what must be so."""

from __future__ import annotations

from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simqueue.study.paired import (
    LEVEL,
    Difference,
    days_needed,
    difference,
    holm,
    of_ratios,
    of_values,
    together,
)
from simqueue.study.tally import Tally

VALUES = np.array([[3.0, 5.0, 4.0, 8.0, 6.0, 7.5], [2.5, 5.5, 2.0, 6.0, 5.0, 6.0]])
TOPS = np.array([[30.0, 52.0, 41.0, 88.0], [20.0, 55.0, 30.0, 60.0]])
BOTTOMS = np.array([[10.0, 12.0, 9.0, 20.0], [9.0, 12.0, 10.0, 18.0]])


def found(mean: float, spread: float, n: int = 20) -> Difference:
    """A difference of n days with this mean and this spread of the days."""
    values = np.zeros((2, n))
    values[1] = stats.norm.ppf((np.arange(n) + 0.5) / n)
    values[1] *= spread / values[1].std(ddof=1)
    values[1] += mean - values[1].mean()
    return of_values(values)


def test_daily_values_give_the_paired_t_test_of_scipy() -> None:
    """Mean, 95 % interval and p value are those of scipy.stats.ttest_rel."""
    d = of_values(VALUES)
    truth = stats.ttest_rel(VALUES[1], VALUES[0])
    low, high = truth.confidence_interval(0.95)
    assert d.mean == pytest.approx(np.mean(VALUES[1] - VALUES[0]), rel=1e-12)
    assert (d.low, d.high) == pytest.approx((low, high), rel=1e-12)
    assert d.p == pytest.approx(truth.pvalue, rel=1e-12)
    assert (d.reference, d.alternative) == pytest.approx((5.583333333333333, 4.5), rel=1e-12)


def test_how_sure_it_is_better_is_the_one_sided_test() -> None:
    """`chance` is one minus the p value of scipy's one-sided paired t test, for either side."""
    d = of_values(VALUES)
    for better, alternative in ((-1, "less"), (1, "greater")):
        truth = stats.ttest_rel(VALUES[1], VALUES[0], alternative=alternative)
        assert d.chance(better) == pytest.approx(1 - truth.pvalue, rel=1e-9)
    assert isnan(d.chance(0))


def test_ratios_differ_by_a_jackknife_that_leaves_out_the_same_day() -> None:
    """The interval is that of pseudo-values worked out day by day with plain loops."""
    n = TOPS.shape[1]

    def ratio_difference(days: list[int]) -> float:
        one, two = (TOPS[k, days].sum() / BOTTOMS[k, days].sum() for k in (0, 1))
        return float(two - one)

    whole = ratio_difference(list(range(n)))
    pseudo = [
        n * whole - (n - 1) * ratio_difference([d for d in range(n) if d != out])
        for out in range(n)
    ]
    low, high = stats.t.interval(0.95, n - 1, np.mean(pseudo), stats.sem(pseudo))
    d = of_ratios(TOPS, BOTTOMS)
    assert d.mean == pytest.approx(whole, rel=1e-12)
    assert d.half_width == pytest.approx((high - low) / 2, rel=1e-10)


def test_equal_denominators_make_ratios_daily_values() -> None:
    """With as many customers each day the ratio's interval is that of the daily means."""
    bottoms = np.full_like(TOPS, 4.0)
    ratio, daily = of_ratios(TOPS, bottoms), of_values(TOPS / 4.0)
    assert ratio.mean == pytest.approx(daily.mean, rel=1e-12)
    assert ratio.half_width == pytest.approx(daily.half_width, rel=1e-10)


@given(st.lists(st.tuples(*[st.floats(-1e3, 1e3)] * 2), min_size=3, max_size=30))
@settings(max_examples=60, deadline=None)
def test_pairing_saves_exactly_twice_the_covariance(days: list[tuple[float, float]]) -> None:
    """Var(b - a) = Var(a) + Var(b) - 2 Cov(a, b); `pairing` is the ratio of both sides."""
    values = np.array(days).T
    covariance = np.cov(values)
    paired = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    d = of_values(values)
    assert d.spread**2 == pytest.approx(paired, rel=1e-6, abs=1e-6)
    if d.spread > 1e-3:
        saved = (covariance[0, 0] + covariance[1, 1]) / d.spread**2
        assert d.pairing == pytest.approx(saved, rel=1e-9)


def test_days_in_common_fall_out_of_the_difference() -> None:
    """What is added to both alternatives on a day leaves mean, interval and p value as they are."""
    busy = np.array([100.0, -40.0, 3.0, 77.0, 12.0, -9.0])
    one, two = of_values(VALUES), of_values(VALUES + busy)
    assert (two.mean, two.half_width, two.p) == pytest.approx((one.mean, one.half_width, one.p))
    assert two.pairing > 100 * one.pairing


def test_nothing_differs_from_itself() -> None:
    """The same days twice: exactly zero, no width, p value one, no side better."""
    for d in (of_values(VALUES[[0, 0]]), of_ratios(TOPS[[0, 0]], BOTTOMS[[0, 0]])):
        assert (d.mean, d.half_width, d.p, d.chance(1)) == (0.0, 0.0, 1.0, 0.5)


def test_the_same_change_on_every_day_is_certain() -> None:
    """A difference without spread has p value zero and is better for sure."""
    d = of_values(np.array([[1.0, 2.0, 4.0], [3.0, 4.0, 6.0]]))
    assert (d.mean, d.half_width, d.p) == (2.0, 0.0, 0.0)
    assert (d.chance(1), d.chance(-1)) == (1.0, 0.0)
    assert d.pairing == inf


def test_days_that_one_of_them_lacks_are_left_out() -> None:
    """A nan of either alternative drops the day; empty days of both drop out of a ratio."""
    gaps = VALUES.copy()
    gaps[0, 1], gaps[1, 4] = nan, nan
    kept = VALUES[:, [0, 2, 3, 5]]
    assert of_values(gaps) == of_values(kept)
    empty = np.zeros((2, 1))
    assert of_ratios(np.hstack([TOPS, empty]), np.hstack([BOTTOMS, empty])) == of_ratios(
        TOPS, BOTTOMS
    )


def test_one_day_says_nothing_of_its_own_uncertainty() -> None:
    """A single day has a difference but neither interval nor p value; no day has nothing."""
    one, none = of_values(VALUES[:, :1]), of_values(VALUES[:, :0])
    assert (one.mean, one.n) == (-0.5, 1)
    assert isnan(one.half_width)
    assert isnan(one.p)
    assert isnan(one.chance(1))
    assert isnan(none.mean)


def test_holm_by_hand() -> None:
    """Holm (1979): sorted p values times m, m-1, ..., never falling, at most 1; nan aside.

    p = .01, .02, .03, .005 with m = 4: .005*4 = .02, .01*3 = .03, .02*2 = .04, .03*1 -> .04.
    """
    assert holm([0.01, 0.02, 0.03, 0.005]) == pytest.approx([0.03, 0.04, 0.04, 0.02])
    assert holm([0.9, nan, 0.6])[0] == 1.0
    assert isnan(holm([0.9, nan, 0.6])[1])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
@settings(max_examples=80, deadline=None)
def test_holm_rejects_what_the_step_down_procedure_rejects(p_values: list[float]) -> None:
    """Adjusted p below 5 % exactly where the procedure, walked step by step, rejects."""
    rejected: set[int] = set()
    for rank, k in enumerate(sorted(range(len(p_values)), key=lambda k: p_values[k])):
        if p_values[k] * (len(p_values) - rank) >= LEVEL:
            break
        rejected.add(k)
    adjusted = holm(p_values)
    assert {k for k, p in enumerate(adjusted) if p < LEVEL} == rejected
    assert all(p <= q for p, q in zip(p_values, adjusted, strict=True))


def test_intervals_for_all_alternatives_together_are_wider() -> None:
    """With m alternatives the interval is Student's at 1 - 5 %/m; with one it is the same."""
    d = of_values(VALUES)
    (alone,) = together([d])
    assert alone.half_width_all == pytest.approx(d.half_width)
    three = together([d, d, d])[0]
    wanted = stats.t.ppf(1 - 0.05 / 3 / 2, d.n - 1) * stats.sem(VALUES[1] - VALUES[0])
    assert three.half_width_all == pytest.approx(wanted, rel=1e-10)


@pytest.mark.parametrize(
    ("mean", "spread", "matters", "m"),
    [(2.0, 8.0, 1.0, 1), (1.5, 9.0, 4.0, 1), (3.0, 9.0, 0.0, 4)],
)
def test_as_many_days_as_are_asked_for_find_it_in_four_cases_of_five(
    mean: float, spread: float, matters: float, m: int
) -> None:
    """The power of the t test at that number of days, by the noncentral t, is about 80 %."""
    n = days_needed(found(mean, spread), matters, m)
    assert n is not None
    apart = max(mean, matters - mean)
    quantile = stats.t.ppf(1 - 0.05 / m / 2, n - 1)
    power = 1 - stats.nct.cdf(quantile, n - 1, apart / (spread / np.sqrt(n)))
    assert 0.78 < power < 0.88
    fewer = n - 2
    quantile = stats.t.ppf(1 - 0.05 / m / 2, fewer - 1)
    assert 1 - stats.nct.cdf(quantile, fewer - 1, apart / (spread / np.sqrt(fewer))) < power


@pytest.mark.parametrize(("mean", "m"), [(0.0, 1), (0.3, 1), (0.0, 3)])
def test_so_many_days_show_that_a_difference_is_too_small_in_four_cases_of_five(
    mean: float, m: int
) -> None:
    """20,000 normal studies of that many days: in 80 % the whole interval is too small to matter.

    Both ends count where the true difference is near nothing: each may stick out.
    """
    n = days_needed(found(mean, 5.0), 2.0, m)
    assert n is not None
    days = np.random.default_rng(5).normal(mean, 5.0, (20_000, n))
    half = stats.t.ppf(1 - 0.05 / m / 2, n - 1) * days.std(axis=1, ddof=1) / np.sqrt(n)
    assert np.mean(np.abs(days.mean(axis=1)) + half < 2.0) == pytest.approx(0.8, abs=0.02)


def test_no_number_of_days_tells_nothing_from_nothing() -> None:
    """Where the mean is zero and nothing is too small to matter, no number of days is enough."""
    assert days_needed(found(0.0, 1.0), 0.0) is None
    assert days_needed(of_values(VALUES[:, :1]), 1.0) is None


def test_tallies_are_paired_over_the_days_that_both_have() -> None:
    """Two tallies of 6 and 4 days are compared over the first 4, ratios and daily values alike."""
    one, two = Tally(("day",)), Tally(("day",))
    for k, tally in enumerate((one, two)):
        for day in range(6 - 2 * k):
            tally.add_daily("value", "s", VALUES[k, day : day + 1])
            top, bottom = VALUES[k, day : day + 1], np.array([1.0 + day])
            tally.add_ratio("ratio", "s", top, bottom)
    assert difference(one, two, "value") == of_values(VALUES[:, :4], "s")
    bottoms = np.tile(np.arange(1.0, 5.0), (2, 1))
    assert difference(one, two, "ratio") == of_ratios(VALUES[:, :4], bottoms, "s")
