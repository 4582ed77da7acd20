"""Arrivals: the cumulative rate and its inverse worked by hand, and counted against Poisson."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from simqueue.chance import Draws
from simqueue.customers.arrivals import Rate, arrival_times, day_factor, rate, stretch

FALSE_ALARM = 1e-6  # of each statistical test on this page
HOUR, DAY = 3600.0, 86_400.0


def of_pieces(*pieces: tuple[float, float, float]) -> Rate:
    """A rate of (seconds, customers per second at the beginning, at the end) pieces."""
    lengths, begins, ends = (np.array(column, float) for column in zip(*pieces, strict=True))
    return Rate(np.concatenate([[0.0], np.cumsum(lengths)]), begins, ends)


rates = st.lists(
    st.tuples(
        st.floats(1, 1e4),
        st.one_of(st.just(0.0), st.floats(0.001, 2)),
        st.one_of(st.just(0.0), st.floats(0.001, 2)),
    ),
    min_size=1,
    max_size=8,
).map(lambda pieces: of_pieces(*pieces))


@pytest.mark.parametrize(
    ("flow", "expected", "time_s"),
    [
        (of_pieces((100, 1, 1)), 42.5, 42.5),
        (of_pieces((10, 1, 1), (10, 2, 2)), 4, 4),
        (of_pieces((10, 1, 1), (10, 2, 2)), 14, 12),  # 10 in the first 10 s, 4 more at 2 a second
        (of_pieces((10, 1, 1), (10, 0, 0), (10, 1, 1)), 10.5, 20.5),  # nobody from 10 to 20 s
        (of_pieces((10, 0, 0), (10, 1, 1)), 0, 10),  # the first moment at which anybody can come
        (of_pieces((10, 0, 2)), 2.5, 5),  # t^2 / 10
        (of_pieces((10, 0, 2)), 0, 0),
        (of_pieces((10, 2, 0)), 7.5, 5),  # 2 t - t^2 / 10
        (of_pieces((10, 2, 0)), 9.9, 10 - sqrt(100 - 99)),
        (of_pieces((10, 1, 3), (10, 3, 1)), 32.5, 15),  # 20, then 3 t - t^2 / 10 with t = 5
    ],
)
def test_times_worked_by_hand(flow, expected, time_s):
    """The expected number is reached at the time worked out by hand."""
    assert flow.inverse(np.array([float(expected)]))[0] == pytest.approx(time_s, abs=1e-12)


def test_nobody_changes_the_rate_of_days_to_come():
    """The rate that all days of a run share cannot be written to, scaled or not."""
    flow = rate(((0.0, 60.0), (36_000.0, 120.0)), 8 * HOUR, 4 * HOUR, False)
    for shared in (flow, flow.scaled(2.0)):
        for values in (shared.time_s, shared.begins, shared.ends):
            with pytest.raises(ValueError, match="read-only"):
                values += 1.0


@settings(max_examples=100, deadline=None)
@given(rates)
def test_the_cumulative_rate_is_the_integral(flow):
    """The expected customers are the area under the rate, piece by piece."""
    for k in range(len(flow.begins)):
        left, right = flow.time_s[k], flow.time_s[k + 1]
        ends = [flow.begins[k], flow.ends[k]]
        area, _ = integrate.quad(
            lambda t, x, y: np.interp(t, x, y), left, right, ([left, right], ends)
        )
        assert np.diff(flow.cumulative())[k] == pytest.approx(area, rel=1e-9, abs=1e-9)
    assert flow.total == flow.cumulative()[-1]


def brute_cumulative(flow: Rate, time_s: float) -> float:
    """Expected customers up to a time, by the area of trapezoids cut off there."""
    total = 0.0
    for left, right, begins, ends in zip(
        flow.time_s[:-1], flow.time_s[1:], flow.begins, flow.ends, strict=True
    ):
        x = min(max(time_s - left, 0.0), right - left)
        total += begins * x + (ends - begins) / (right - left) * x * x / 2
    return total


@settings(max_examples=200, deadline=None)
@given(rates, st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=20))
def test_the_inverse_undoes_the_cumulative_rate(flow, shares):
    """At the time found for an expected number, just that number is expected."""
    expected = np.array(sorted(shares)) * flow.total
    for value, time_s in zip(expected, flow.inverse(expected), strict=True):
        assert brute_cumulative(flow, time_s) == pytest.approx(value, rel=1e-9, abs=1e-7)


@settings(max_examples=300, deadline=None)
@given(rates)
def test_nobody_comes_after_the_doors_have_closed(flow):
    """Even the last number below the total is reached before the end, and none before 0."""
    if flow.total > 0:
        found = flow.inverse(np.array([0.0, np.nextafter(flow.total, 0.0)]))
        assert found[0] >= 0
        assert found[-1] < flow.time_s[-1]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=8).map(sorted),
    st.lists(st.integers(-1, 10), max_size=20),
    st.booleans(),
)
def test_a_value_lies_in_the_last_stretch_that_has_begun(begins, values, ascending):
    """In whatever order values come; one before all stretches counts to the first."""
    values = sorted(values) if ascending else values
    found = stretch(np.array(begins, float), np.array(values, float))
    expected = [max([k for k, begin in enumerate(begins) if begin <= v], default=0) for v in values]
    assert found.tolist() == expected


def test_scaling_changes_how_many_come_and_not_when():
    """Three times as many customers of one shape: each share of them comes at the same time."""
    flow = of_pieces((10, 1, 3), (5, 0, 0), (10, 3, 1))
    more, shares = flow.scaled(3.0), np.linspace(0, 0.999, 50)
    assert more.total == pytest.approx(3 * flow.total)
    assert np.allclose(more.inverse(shares * more.total), flow.inverse(shares * flow.total))


def test_a_table_that_begins_before_opening_is_cut():
    """Open from 07:30: the row of 06:00 holds until 08:00, the last one until the end."""
    flow = rate([(6 * HOUR, 36.0), (8 * HOUR, 72.0)], 7.5 * HOUR, 2 * HOUR, linear=False)
    assert flow.time_s.tolist() == [0.0, 1800.0, 7200.0]
    assert flow.begins.tolist() == flow.ends.tolist() == [0.01, 0.02]


def test_a_linear_table_that_begins_before_opening_is_cut_on_its_line():
    """Half way from 36 an hour at 07:00 to 72 at 08:00 the rate is 54; after 08:00 it stays 72."""
    flow = rate([(7 * HOUR, 36.0), (8 * HOUR, 72.0)], 7.5 * HOUR, 2 * HOUR, linear=True)
    assert flow.time_s.tolist() == [0.0, 1800.0, 7200.0]
    assert np.allclose(flow.begins, [0.015, 0.02])
    assert np.allclose(flow.ends, [0.02, 0.02])


def test_rows_outside_the_opening_hours_change_nothing():
    """What the table says after closing, or at closing itself, is not used."""
    points = [(8 * HOUR, 60.0), (9 * HOUR, 120.0)]
    later = [*points, (10 * HOUR, 500.0), (23 * HOUR, 0.0)]
    short, long = (rate(table, 8 * HOUR, 2 * HOUR, linear=False) for table in (points, later))
    assert short.time_s.tolist() == long.time_s.tolist()
    assert short.begins.tolist() == long.begins.tolist()


@pytest.mark.parametrize("linear", [False, True])
def test_a_table_that_ends_with_the_first_row_repeats_every_day(linear):
    """Without clock hours the table begins anew after 24 hours; every day is the same."""
    points = [(0.0, 60.0), (6 * HOUR, 90.0), (18 * HOUR, 60.0)]
    flow = rate(points, 0.0, 3 * DAY, linear)
    per_day = np.interp(np.arange(4) * DAY, flow.time_s, flow.cumulative())
    assert np.allclose(np.diff(per_day), per_day[1])
    within = flow.inverse(np.array([0.3, 1.3, 2.3]) * per_day[1])
    assert np.allclose(np.diff(within), DAY)


@pytest.mark.parametrize("linear", [False, True])
def test_how_long_a_run_lasts_does_not_change_its_first_day(linear):
    """A horizon of one day and one of two days have the same rate on the first."""
    points = [(0.0, 60.0), (HOUR, 90.0)]
    one, two = (rate(points, 0.0, days * DAY, linear) for days in (1, 2))
    at = np.linspace(0, DAY, 49)
    first = [np.interp(at, flow.time_s, flow.cumulative()) for flow in (one, two)]
    assert np.allclose(*first)


def test_a_part_of_a_second_day():
    """30 hours of 60 an hour before noon and 120 after: 12 x 60 + 12 x 120 + 6 x 60."""
    flow = rate([(0.0, 60.0), (12 * HOUR, 120.0)], 0.0, 30 * HOUR, linear=False)
    assert flow.total == pytest.approx(2520.0)


def test_customers_come_where_the_unit_process_says():
    """Gaps of 1, 2 and 3 in unit-rate time are arrivals at 0.5, 1.5, 3 s at 2 a second."""
    u = np.exp(-np.array([1.0, 2.0, 3.0, 100.0]))
    found = arrival_times(of_pieces((10, 2, 2)), Draws(1, 0, given={"arrival": u}))
    assert np.allclose(found, [0.5, 1.5, 3.0])


def test_more_customers_than_anybody_would_guess():
    """A day on which 10,000 come although 10 were expected is drawn to its end."""
    u = np.full(20_000, exp(-0.001))
    found = arrival_times(of_pieces((10, 1, 1)), Draws(1, 0, given={"arrival": u}))
    assert len(found) in (9_999, 10_000)
    assert found[-1] < 10


@pytest.mark.parametrize("flow", [of_pieces((10, 0, 0)), of_pieces((1, 1e-9, 1e-9))])
def test_a_day_without_customers(flow):
    """Where hardly anybody is expected nobody comes."""
    assert len(arrival_times(flow, Draws(1, 0))) == 0


CHANGING = [
    ("steps", rate([(0.0, 120.0), (HOUR, 480.0), (2 * HOUR, 0.0), (3 * HOUR, 60.0)], 0.0, 4 * HOUR,
                   linear=False)),
    ("lines", rate([(0.0, 0.0), (HOUR, 480.0), (2 * HOUR, 60.0), (3 * HOUR, 240.0)], 0.0, 4 * HOUR,
                   linear=True)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "flow"), CHANGING)
def test_counts_per_quarter_hour_are_poisson(name, flow):
    """Counts of 150 days fit the rate (chi-square) and vary as Poisson counts do (dispersion)."""
    days, edges = 150, np.arange(17) * 900.0
    expected = np.array([brute_cumulative(flow, edge) for edge in edges])
    counts = np.array(
        [np.histogram(arrival_times(flow, Draws(99, r)), edges)[0] for r in range(days)]
    )
    mean = np.diff(expected)
    assert not counts[:, mean == 0].any()
    counts, mean = counts[:, mean > 0], mean[mean > 0]
    fit = np.sum((counts.sum(axis=0) - days * mean) ** 2 / (days * mean))
    spread = np.sum((counts - mean) ** 2 / mean)
    for statistic, degrees in ((fit, len(mean)), (spread, counts.size)):
        low, high = stats.chi2.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], degrees)
        if statistic is spread:  # small counts have heavier tails than chi-square: variance 2 + 1/m
            sd = sqrt(np.sum(2 + 1 / np.tile(mean, days)))
            z = stats.norm.isf(FALSE_ALARM / 2)
            low, high = degrees - z * sd, degrees + z * sd
        assert low < statistic < high


@pytest.mark.parametrize("cv", [0.0, 0.01, 0.1, 0.5, 1.0, 2.0])
def test_the_day_factor_is_gamma_with_mean_1(cv):
    """Over all quantiles the factor has mean 1 and the given spread, and is SciPy's gamma."""
    u = (np.arange(4000) + 0.5) / 4000
    factors = np.array(
        [day_factor(cv, Draws(1, 0, given={"day": u[k : k + 1]})) for k in range(4000)]
    )
    assert factors.mean() == pytest.approx(1.0, abs=0.003)
    assert factors.std() == pytest.approx(cv, rel=0.05)  # 4,000 midpoints miss a bit of the tail
    if cv:
        assert np.allclose(factors, stats.gamma.ppf(u, 1 / cv**2, scale=cv**2), rtol=1e-9)


def test_days_differ_and_a_day_has_one_factor():
    """Another replication is another day; the factor is a column of its own."""
    factors = {day_factor(0.2, Draws(1, r)) for r in range(20)}
    assert len(factors) == 20
    one = Draws(1, 0)
    before = one.uniform("arrival", 10).tobytes()
    day_factor(0.2, one)
    assert one.uniform("arrival", 10).tobytes() == before
