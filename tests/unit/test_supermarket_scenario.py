"""The supermarket of the demo against the figures published for the shop it follows.

Source of all figures typed here: Antczak, Weron, Zabawa (2020), IEEE Access 8:228841, doi
10.1109/ACCESS.2020.3045919; aggregates of the inputs of their store 1, the Saturdays 3 and 10
February 2018. They are typed from the aggregates, not computed from the scenario.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simqueue.customers.arrivals import rate
from simqueue.scenario import Scenario, load
from simqueue.tables.codes import Payment

FILE = Path(__file__).parents[2] / "scenarios" / "supermarket.yaml"
HOUR_S = 3600

# hour: (baskets counted per hour, mean items, share of baskets <= 10 items, share > 20 items)
BASKETS = {
    7: (191.50, 14.424, 0.510, 0.230),
    8: (239.25, 17.634, 0.461, 0.298),
    9: (316.00, 16.830, 0.464, 0.291),
    10: (412.50, 17.539, 0.449, 0.296),
    11: (469.75, 17.858, 0.437, 0.313),
    12: (462.50, 17.532, 0.438, 0.320),
    13: (489.00, 16.819, 0.470, 0.274),
    14: (436.50, 17.627, 0.459, 0.317),
    15: (390.75, 17.360, 0.470, 0.304),
    16: (363.75, 16.757, 0.458, 0.278),
    17: (361.25, 15.995, 0.472, 0.257),
    18: (345.00, 16.357, 0.445, 0.284),
    19: (280.50, 15.174, 0.529, 0.249),
    20: (199.00, 14.876, 0.504, 0.232),
    21: (168.25, 11.572, 0.615, 0.160),
}
# hour: customers who arrive in its four quarter hours
ARRIVALS = {
    7: (39.66, 50.93, 53.31, 55.60),
    8: (58.45, 61.82, 64.56, 69.69),
    9: (76.33, 81.10, 86.16, 93.42),
    10: (102.48, 109.40, 112.94, 116.19),
    11: (120.78, 126.71, 132.24, 129.29),
    12: (125.77, 125.23, 127.53, 128.21),
    13: (131.75, 136.27, 131.27, 125.43),
    14: (118.86, 116.00, 115.30, 113.34),
    15: (109.40, 106.70, 104.30, 102.10),
    16: (98.35, 96.16, 95.71, 95.28),
    17: (94.03, 92.44, 93.24, 93.25),
    18: (95.27, 97.83, 91.64, 85.01),
    19: (79.71, 75.75, 71.11, 64.93),
    20: (56.83, 50.23, 48.71, 47.24),
    21: (45.84, 44.53, 43.22, 35.40),
}
CUSTOMERS_PER_DAY = 5464  # 5,450.2 of them between 07:00 and 22:00
# items: share of cash payments of baskets of that size, all days of store 1
CASH = {1: 0.622, 5: 0.544, 10: 0.469, 15: 0.479, 20: 0.404, 30: 0.333, 40: 0.350, 60: 0.258}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """The scenario of the demo."""
    return load(FILE)


def baskets(scenario: Scenario, segment: int, hour: int) -> np.ndarray:
    """Equally likely baskets of a segment, at the middles of 20,000 slices of probability."""
    u = (np.arange(20_000) + 0.5) / 20_000
    return np.asarray(scenario.customers[segment].items.at(hour * HOUR_S).quantile(u))


def mixed(scenario: Scenario, hour: int) -> tuple[float, float, float]:
    """Mean items, share <= 10 and share > 20 of all customers of an hour."""
    sums = np.zeros(3)
    for k, segment in enumerate(scenario.customers):
        items = baskets(scenario, k, hour)
        parts = np.array([items.mean(), np.mean(items <= 10), np.mean(items > 20)])
        sums += segment.share.at(hour * HOUR_S) * parts
    return float(sums[0]), float(sums[1]), float(sums[2])


@pytest.mark.parametrize("hour", BASKETS)
def test_the_baskets_of_every_hour_are_those_that_were_counted(
    scenario: Scenario, hour: int
) -> None:
    """Mean within 0.35 items, shares within half a point and one point (docs/numbers.md)."""
    _, mean, at_most_10, above_20 = BASKETS[hour]
    found = mixed(scenario, hour)
    assert abs(found[0] - mean) < 0.35
    assert abs(found[1] - at_most_10) < 0.005
    assert abs(found[2] - above_20) < 0.010


def test_the_mean_basket_of_the_day_is_the_one_that_was_counted(scenario: Scenario) -> None:
    """Over the day the mean is 16.67 items, within the tenth that the hours leave on average."""
    weight = np.array([row[0] for row in BASKETS.values()])
    counted = np.array([row[1] for row in BASKETS.values()])
    found = np.array([mixed(scenario, hour)[0] for hour in BASKETS])
    assert np.average(found, weights=weight) == pytest.approx(16.665, abs=0.1)
    assert np.abs(found - counted).mean() < 0.105


def test_large_and_small_baskets_are_as_common_as_counted(scenario: Scenario) -> None:
    """Between 07:00 and 22:00, 26.6 % bought at most 5 items and 9.0 % more than 40."""
    weight = np.array([row[0] for row in BASKETS.values()])
    small, large = np.zeros(len(weight)), np.zeros(len(weight))
    for row, hour in enumerate(BASKETS):
        for k, segment in enumerate(scenario.customers):
            items, share = baskets(scenario, k, hour), segment.share.at(hour * HOUR_S)
            small[row] += share * np.mean(items <= 5)
            large[row] += share * np.mean(items > 40)
    assert np.average(small, weights=weight) == pytest.approx(0.266, abs=0.005)
    assert np.average(large, weights=weight) == pytest.approx(0.090, abs=0.005)


def test_shares_of_the_kinds_of_customers_add_up_in_every_hour(scenario: Scenario) -> None:
    """Three kinds of customers make up all of them at any time of the day."""
    for hour in BASKETS:
        total = sum(segment.share.at(hour * HOUR_S) for segment in scenario.customers)
        assert total == pytest.approx(1.0, abs=1e-12)


def test_arrivals_follow_the_counted_quarter_hours(scenario: Scenario) -> None:
    """Every quarter hour has its share of the day's 5,464 customers, within half a customer."""
    flow = rate(scenario.arrivals.rate_points(), scenario.opens_s, scenario.length_s, False)
    quarters = np.arange(0, scenario.length_s + 1, 900.0)
    expected = np.diff(np.interp(quarters, flow.time_s, flow.cumulative()))
    counted = np.array([n for row in ARRIVALS.values() for n in row])
    assert scenario.arrivals.customers_per_day == CUSTOMERS_PER_DAY
    assert len(expected) == len(counted) == 60
    scaled = expected * CUSTOMERS_PER_DAY / flow.total
    assert np.abs(scaled - counted * CUSTOMERS_PER_DAY / counted.sum()).max() < 0.5


def test_cash_is_rarer_for_large_baskets_as_counted(scenario: Scenario) -> None:
    """The cash share of each kind of customer is that of its baskets, within two points."""
    for k, segment in enumerate(scenario.customers):
        items = baskets(scenario, k, 12)
        counted = np.interp(items, list(CASH), list(CASH.values())).mean()
        assert abs(segment.pays.shares[Payment.CASH] - counted) < 0.02


def test_the_roster_stays_below_the_cashiers_the_shop_offered(scenario: Scenario) -> None:
    """Staffed and express tills together never exceed the cashiers on offer in that hour."""
    offered = {7: 8.0, 8: 9.0, 9: 10.0, 10: 11.5, 11: 12.5, 12: 12.5, 13: 12.5, 14: 13.0,
               15: 12.0, 16: 11.0, 17: 8.5, 18: 8.5, 19: 7.5, 20: 6.5, 21: 6.5}  # fmt: skip
    for hour, cashiers in offered.items():
        open_tills = sum(
            lane.roster_or_all.at(hour * HOUR_S)
            for lane in scenario.lanes
            if lane.kind != "self_service"
        )
        assert open_tills <= cashiers
