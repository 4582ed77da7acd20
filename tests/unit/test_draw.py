"""Who comes with what: shares, baskets and persons counted against what the scenario says."""

from __future__ import annotations

import importlib
from math import sqrt
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simqueue.chance import Draws
from simqueue.customers import draw
from simqueue.customers.spec import ArrivalsSpec, SegmentSpec
from simqueue.tables import Payment

FALSE_ALARM = 1e-6  # of each statistical test on this page
Z = stats.norm.isf(FALSE_ALARM / 2)
HOUR = 3600.0


def segment(name: str = "all", share: Any = 1, items: Any = None, **more: Any) -> SegmentSpec:
    """A segment as a scenario writes it; baskets of one item."""
    about = {"segment": name, "share": share, "items": items or {"fixed": 1}}
    return SegmentSpec.model_validate({**about, **more})


def customers(*segments: SegmentSpec, arrivals: Any = None, **when: Any) -> Any:
    """A day's customers: 10,000 expected from 08:00 to 18:00 unless said otherwise."""
    spec = ArrivalsSpec.model_validate(arrivals or {"constant_per_hour": 1000})
    plain = {"opens_s": 8 * HOUR, "length_s": 10 * HOUR, "seed": 11, "replication": 0}
    return draw(spec, segments or (segment(),), **(plain | when))


def near(count: float, n: int, share: float) -> bool:
    """Whether a binomial count is as likely as anything but one case in a million."""
    return abs(count - n * share) <= Z * sqrt(n * share * (1 - share)) + 1


def given_u(monkeypatch: pytest.MonkeyPatch, **columns: list[float]) -> None:
    """Let the next day be drawn with these uniforms in some columns."""
    module = importlib.import_module("simqueue.customers.draw")
    arrays = {name: np.array(u) for name, u in columns.items()}
    monkeypatch.setattr(module, "Draws", lambda seed, r: Draws(seed, r, given=arrays))


def test_segments_come_in_their_shares_by_hour():
    """Before and after noon the segments have the shares of the table."""
    shares = {"a": (0.2, 0.7), "b": (0.5, 0.3), "c": (0.3, 0.0)}
    found = customers(*(segment(k, {"08:00": v[0], "12:00": v[1]}) for k, v in shares.items()))
    morning = found.arrival_s < 4 * HOUR
    for k, (before, after) in enumerate(shares.values()):
        assert near(np.sum(found.segment[morning] == k), np.sum(morning), before)
        assert near(np.sum(found.segment[~morning] == k), np.sum(~morning), after)
    assert found.segments == ("a", "b", "c")


def test_baskets_change_with_the_hour():
    """A table of baskets by clock is in force from its times on, customer by customer."""
    items = {"08:00": {"fixed": 3}, "12:00": {"fixed": 7}, "17:00": {"fixed": 2}}
    found = customers(segment(items=items))
    hour = 8 + found.arrival_s / HOUR
    assert np.array_equal(found.items, np.select([hour < 12, hour < 17], [3, 7], 2))


def test_each_segment_has_its_own_baskets():
    """The items of a customer come from his segment, at the same uniform as for everybody."""
    bands = {"bands": {"1-5": "50 %", "6-10": "50 %"}}
    found = customers(segment("small", 0.5, {"fixed": 1}), segment("any", 0.5, bands))
    assert set(found.items[found.segment == 0].tolist()) == {1}
    u = found.draws.uniform("items", len(found))[found.segment == 1]
    assert np.array_equal(found.items[found.segment == 1] <= 5, u <= 0.5)


@pytest.mark.parametrize("mean", [1.0, 2.5, 12.0])
def test_geometric_baskets_have_their_distribution(mean):
    """The number of items has the chances (1 - p)^(k - 1) p of the geometric distribution."""
    found = customers(segment(items={"geometric": {"mean": mean}}))
    assert found.items.min() >= 1
    for k in range(1, 8):
        chance = (1 / mean) * (1 - 1 / mean) ** (k - 1)
        assert near(np.sum(found.items == k), len(found), chance)


def test_ways_of_paying_come_in_their_shares():
    """Each way of paying has its share, in each segment its own."""
    shares = {"cash": 0.25, "card": 0.4, "contactless": 0.3, "phone": 0.05}
    found = customers(segment("a", 0.5, pays=shares), segment("b", 0.5, pays={"phone": 1}))
    a = found.payment[found.segment == 0]
    for name, share in shares.items():
        assert near(np.sum(a == Payment[name.upper()]), len(a), share)
    assert set(found.payment[found.segment == 1].tolist()) == {Payment.PHONE}


def test_company_and_machines_have_their_shares():
    """The shares who come alone and who consider machines are those of the segment."""
    found = customers(segment(alone=0.3, self_service=0.85))
    assert near(found.alone.sum(), len(found), 0.3)
    assert near(found.considers_machines.sum(), len(found), 0.85)


@pytest.mark.parametrize("share", [0, 1])
def test_shares_of_nobody_and_everybody_are_exact(share):
    """0 % is nobody and 100 % is everybody, without exception."""
    found = customers(
        segment("never", 1 - share, alone=share, self_service=share),
        segment("always", share, alone=share, self_service=share),
    )
    for values in (found.alone, found.considers_machines, found.segment):
        assert set(values.tolist()) == {share}


def test_properties_do_not_hang_together():
    """Whether somebody comes alone says nothing about machines, segment, basket or payment."""
    half = {"bands": {"1": 0.5, "2": 0.5}}
    found = customers(
        *(segment(k, 0.5, half, alone=0.5, self_service=0.5, pays={"cash": 0.5, "card": 0.5})
          for k in "ab")
    )  # fmt: skip
    halves = [found.alone, found.considers_machines, found.segment == 1, found.items == 2,
              found.payment == Payment.CARD, found.u_limit < 0.5, found.u_choice < 0.5,
              found.place < 0.5]  # fmt: skip
    for k, one in enumerate(halves):
        for other in halves[:k]:
            assert near(np.sum(one == other), len(found), 0.5)


def test_a_uniform_at_the_border_belongs_to_the_next_one(monkeypatch):
    """Shares of 25, 0, 50, 25 %: [0, .25) is the first, [.25, .75) the third, then the fourth."""
    u = [1e-17, 0.2499, 0.25, 0.7499, 0.75, 1 - 2.0**-53]
    given_u(monkeypatch, arrival=[0.9] * 6 + [1e-300], segment=u, payment=u, alone=u)
    pays = {"cash": 0.25, "card": 0, "contactless": 0.5, "phone": 0.25}
    four = [
        segment(k, s, pays=pays, alone=0.25) for k, s in zip("abcd", pays.values(), strict=True)
    ]
    found = customers(*four, arrivals={"constant_per_hour": 1})
    assert found.segment.tolist() == [0, 0, 2, 2, 3, 3]
    assert found.payment.tolist() == [0, 0, 2, 2, 3, 3]
    assert found.alone.tolist() == [True, True, False, False, False, False]


def test_shares_that_miss_100_percent_by_a_rounding_leave_nobody_out(monkeypatch):
    """Shares that add up to a little less than one still give everybody a segment."""
    given_u(monkeypatch, arrival=[0.9, 1e-300], segment=[1 - 2.0**-53])
    found = customers(*(segment(k, 1 / 3 - 1e-9) for k in "abc"), arrivals={"constant_per_hour": 1})
    assert found.segment.tolist() == [2]


def test_a_day_without_customers_is_a_day():
    """Where nobody comes every column is there and empty."""
    found = customers(arrivals={"constant_per_hour": 1e-6}, length_s=1.0)
    assert len(found) == 0
    assert {len(values) for values in found.arrays().values()} == {0}


def test_customers_per_day_is_what_is_expected():
    """The shape says when, customers_per_day how many: 40 days of 500 give 20,000 +- 5 sd."""
    arrivals = {"customers_per_day": 500, "shape": {"per_hour": {"08:00": 3, "12:00": 1}}}
    days = [customers(arrivals=arrivals, replication=r) for r in range(40)]
    counts = np.array([len(day) for day in days])
    assert abs(counts.sum() - 20_000) <= Z * sqrt(20_000)
    early = sum(int(np.sum(day.arrival_s < 4 * HOUR)) for day in days)
    assert near(early, int(counts.sum()), 12 / 18)  # 4 h at 3 against 6 h at 1


def test_a_busy_day_is_busy_all_day():
    """Between days the count varies by the day factor on top of Poisson: variance m + (cv m)^2."""
    arrivals = {"constant_per_hour": 50, "day_to_day_cv": 0.3}
    counts = np.array([len(customers(arrivals=arrivals, replication=r)) for r in range(400)])
    variance = 500 + (0.3 * 500) ** 2
    assert abs(counts.mean() - 500) < Z * sqrt(variance / 400)
    # variance of a sample variance: about 2 v^2 / n, and gamma days have some excess on top
    assert abs(counts.var(ddof=1) / variance - 1) < Z * sqrt((2 + 6 * 0.09) / 400)


@pytest.mark.parametrize("name", ["value_of_time", "self_control"])
def test_persons_differ_around_their_segment(name):
    """Value of time and self-control: the segment's mean, log sd 0.2 between persons."""
    found = customers(segment(**{name: 1.5}))
    values = getattr(found, name)
    n, logs = len(values), np.log(values / 1.5)
    assert abs(logs.mean() + 0.02) < Z * 0.2 / sqrt(n)  # so that the mean of the factor is 1
    assert abs(logs.std() / 0.2 - 1) < Z / sqrt(2 * n)


def test_clock_tables_repeat_in_a_long_run():
    """On the second and third day of a long run the baskets of noon are those of noon."""
    items = {"00:00": {"fixed": 3}, "12:00": {"fixed": 7}}
    found = customers(segment(items=items), opens_s=0.0, length_s=72 * HOUR)
    afternoon = np.mod(found.arrival_s, 24 * HOUR) >= 12 * HOUR
    assert afternoon.sum() > 20_000
    assert np.array_equal(found.items, np.where(afternoon, 7, 3))


def test_a_day_until_midnight_has_no_second_morning():
    """Open from 14:00 to 24:00, nobody gets the basket of the early morning."""
    items = {"00:00": {"fixed": 3}, "12:00": {"fixed": 7}}
    found = customers(segment(items=items), opens_s=14 * HOUR)
    assert set(found.items.tolist()) == {7}


def test_the_same_seed_and_replication_give_the_same_people():
    """Equal input is equal bit for bit; another replication or seed is not."""
    one, again = customers(), customers()
    assert one.equals(again)
    assert not one.equals(customers(replication=1))
    assert not one.equals(customers(seed=12))


def test_raw_columns_are_handed_on():
    """Uniforms for later decisions are the raw columns of their names."""
    found, raw = customers(), Draws(11, 0)
    columns = {"u_limit": "limit", "u_choice": "choice", "place": "place"}
    for name, column in columns.items():
        assert getattr(found, name).tobytes() == raw.uniform(column, len(found)).tobytes()
