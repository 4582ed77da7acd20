"""Arrivals at the door and a time in the shop: M_t/G/infinity, so joins are a Poisson process.

Those who come in at a rate that follows the clock and shop independently of each other come to the
tills as a Poisson process whose rate is that of the door spread by the shopping time (Palm, 1943;
Khinchine, 1955; Eick, Massey and Whitt, 1993). So the number in every quarter hour is Poisson with
a mean that is computed here, and numbers of different quarter hours are independent.

The bounds on z are 3.5, about 1 in 2,000 by chance for each.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import expon, lognorm, uniform

from simqueue.study.day import prepared
from tests.theory.harness import LARGEST_Z, Block, exponential, till_lane
from tests.theory.places import loaded, seen

QUARTER_S = 900.0
PER_HOUR = {"08:00": 60, "08:30": 240, "09:00": 120, "09:45": 360, "10:00": 30}
OPEN_S = 2.5 * 3600
QUARTERS = 14  # the last hour after the doors have closed
Law = Callable[[np.ndarray], np.ndarray]  # distribution function of the time in the shop


def door(shopping: Block, **blocks: object) -> Block:
    """A shop whose arrivals are counted at the door; nobody waits for a till."""
    return {
        "scenario": "from door to till",
        "store": {"opens": "08:00", "closes": "10:30"},
        "arrivals": {"per_hour": PER_HOUR, "at": "door", "shopping": shopping},
        "customers": [{"segment": "all", "share": 1, "items": {"fixed": 1}}],
        "lanes": [till_lane(200, {"fixed": "30 s"})],
        "behaviour": {"balk": "off", "renege": "off", "jockey": "off"},
        **blocks,
    }


def pieces() -> list[tuple[float, float, float]]:
    """The rate at the door as (from_s, to_s, per second)."""
    starts = [3600.0 * (int(t[:2]) - 8) + 60.0 * int(t[3:]) for t in PER_HOUR]
    return list(
        zip(starts, [*starts[1:], OPEN_S], (r / 3600 for r in PER_HOUR.values()), strict=True)
    )


def mean_joins(law: Law, points: int = 20_001) -> np.ndarray:
    """Expected joins in each quarter hour: the rate at the door against the law of the time inside.

    By a quarter hour's end have joined, of those who came in at u, a share law(end - u); the
    integral over u by the midpoint rule, exact enough for steps in the law, too.
    """
    edges = QUARTER_S * np.arange(QUARTERS + 1)
    joined = np.zeros(QUARTERS + 1)
    for start, end, rate in pieces():
        width = (end - start) / points
        u = start + width * (np.arange(points) + 0.5)
        joined += rate * width * np.array([law(edge - u).sum() for edge in edges])
    return np.diff(joined)


def fixed(seconds: float) -> Law:
    """Always the same time."""
    return lambda x: (x >= seconds).astype(float)


def lognormal(mean: float, cv: float) -> Law:
    """Lognormal with this mean and coefficient of variation."""
    sigma = np.log1p(cv**2) ** 0.5
    return lognorm(sigma, scale=mean / (1 + cv**2) ** 0.5).cdf


def mixed(share: float, one: Law, other: Law) -> Law:
    """One law for a share, another for the rest."""
    return lambda x: share * one(x) + (1 - share) * other(x)


FIXED = {"fixed": "10 min", "per_item": "2 min", "noise": {"fixed": 1}}
SPREAD = {"fixed": "15 min", "per_item": "5 min", "noise": {"lognormal": {"mean": 1, "cv": 0.6}}}
EVEN = {"fixed": "20 min", "per_item": "0 s", "noise": {"uniform": {"low": 0.5, "high": 1.5}}}
CASES = [
    ("fixed", FIXED, fixed(720.0)),
    ("lognormal", SPREAD, lognormal(1200.0, 0.6)),
    ("uniform", EVEN, uniform(600.0, 1200.0).cdf),
]


def counts(shop: Block, days: int, seed: int) -> np.ndarray:
    """Joins at the tills by day and quarter hour, as they are drawn before anything happens."""
    scenario = loaded(shop, seed)
    edges = QUARTER_S * np.arange(QUARTERS + 1)
    return np.array(
        [np.histogram(prepared(scenario, day)[0].arrival_s, edges)[0] for day in range(days)]
    )


def seen_counts(shop: Block, days: int, seed: int) -> np.ndarray:
    """Joins at the tills by day and quarter hour, as they happened."""
    edges = QUARTER_S * np.arange(QUARTERS + 1)
    return np.array(
        [
            np.histogram(day.log.join_s[day.log.stop == 0], edges)[0]
            for day in seen(shop, days, seed)
        ]
    )


def check_poisson(found: np.ndarray, mean: np.ndarray, sharp: float) -> None:
    """Fail unless counts (days, quarters) are independent Poisson with these means.

    Means by quarter hour; the spread over all cells against its Poisson law, variance/mean = 1;
    products of neighbouring quarter hours, and of those two apart, against 0. `sharp` is what the
    spread and the products can tell: their standard errors are below it.
    """
    days = len(found)
    some = mean > 0.5
    assert not found[:, mean < 1e-9].any()
    z = (found.mean(axis=0) - mean)[some] / np.sqrt(mean[some] / days)
    assert np.abs(z).max() <= LARGEST_Z, f"means: z = {np.round(z, 1)}"
    scaled = (found[:, some] - mean[some]) / np.sqrt(mean[some])
    error = np.sqrt(np.sum(2 + 1 / mean[some]) / days) / some.sum()
    assert error <= sharp
    assert abs(np.mean(scaled**2) - 1) <= LARGEST_Z * error, f"spread {np.mean(scaled**2):.4f}"
    for apart in (1, 2):
        products = scaled[:, apart:] * scaled[:, :-apart]
        error = 1 / np.sqrt(products.size)
        assert error <= sharp
        assert abs(products.mean()) <= LARGEST_Z * error, f"products {products.mean():.4f}"


@pytest.mark.parametrize(("shopping", "law"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_joins_are_poisson_with_the_exact_mean(shopping, law):
    """Means, spread and independence of quarter hours, whatever the shopping time."""
    check_poisson(counts(door(shopping), 1000, seed=231), mean_joins(law), sharp=0.02)


@pytest.mark.truth
@pytest.mark.parametrize(("shopping", "law"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_joins_are_poisson_with_the_exact_mean_closely(shopping, law):
    """The same with 20 times as many days."""
    check_poisson(counts(door(shopping), 20_000, seed=232), mean_joins(law), sharp=0.004)


def test_joins_are_poisson_after_fitting_rooms():
    """A third go to fitting rooms, free for all, half way: still Poisson, with the longer time.

    Those 15 minutes of shopping are 20 for them: an exponential time in the room with mean 4
    minutes, and a minute's walk.
    """
    shop = door(
        {"fixed": "15 min", "per_item": "0 s", "noise": {"fixed": 1}},
        stations=[{"station": "rooms", "servers": 300, "service": exponential(240.0), "at": "50 %",
                   "walk": "60 s"}],
        customers=[{"segment": "all", "share": 1, "items": {"fixed": 1},
                    "visits": {"rooms": 1 / 3}}],
    )  # fmt: skip
    law = mixed(1 / 3, expon(960.0, 240.0).cdf, fixed(900.0))
    check_poisson(seen_counts(shop, 500, seed=233), mean_joins(law), sharp=0.03)


def test_everybody_who_came_in_joins_once():
    """Expected joins add up to expected arrivals; the mean time inside is what was written."""
    for _, _, law in CASES:
        assert mean_joins(law)[-1] < 1.0
        people = sum((end - start) * rate for start, end, rate in pieces())
        assert mean_joins(law).sum() == pytest.approx(people, abs=0.2)
    assert lognormal(1200.0, 0.6)(np.array([1e9]))[0] == pytest.approx(1.0)


def test_other_processes_are_noticed():
    """The check has power: people in pairs, evenly spaced people and other means all fail it."""
    mean = mean_joins(fixed(720.0))
    rng = np.random.default_rng(3)
    good = rng.poisson(mean, (1000, QUARTERS))
    check_poisson(good, mean, sharp=0.02)
    pairs = 2 * rng.poisson(mean / 2, (1000, QUARTERS))
    even = np.floor(mean + rng.random((1000, QUARTERS))).astype(int)
    busy_days = rng.poisson(mean * rng.gamma(400, 1 / 400, (1000, 1)))
    for wrong in (pairs, even, busy_days, rng.poisson(1.02 * mean, (1000, QUARTERS))):
        with pytest.raises(AssertionError):
            check_poisson(wrong, mean, sharp=0.02)
