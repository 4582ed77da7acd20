"""A week: what its days add up to."""

from __future__ import annotations

import json
from math import sqrt

import numpy as np
import pytest

from simqueue.scenario import loads
from simqueue.scenario.week import days_of
from simqueue.show.week import week_csv, week_page, week_screen
from simqueue.study.interval import t_quantile
from simqueue.study.run import run
from simqueue.study.together import run_together
from simqueue.study.week import WeekStudy
from tests.shops import CORNER_SHOP

WEEK = """\
week:
  weekday: {count: 4}
  saturday:
    days_per_year: 50
    set: {arrivals.per_hour: {"09:00": 90, "10:00": 120}, replications: 5}
"""
SCENARIO = loads(CORNER_SHOP + WEEK)


@pytest.fixture(scope="module")
def week() -> WeekStudy:
    """Both kinds of days simulated."""
    kinds = days_of(SCENARIO)
    return WeekStudy(SCENARIO, kinds, tuple(run(kind.scenario) for kind in kinds))


def test_each_day_is_the_scenario_with_its_changes() -> None:
    """Own customers by an own seed, own days a year, costs spread over all days that are named."""
    weekday, saturday = days_of(SCENARIO)
    assert (weekday.count, weekday.a_year, saturday.count, saturday.a_year) == (4, 208, 1, 50)
    assert weekday.scenario.arrivals == SCENARIO.arrivals
    assert saturday.scenario.arrivals.points()[0][1] == 90
    assert (weekday.scenario.replications, saturday.scenario.replications) == (3, 5)
    assert len({SCENARIO.seed, weekday.scenario.seed, saturday.scenario.seed}) == 3
    assert {k.scenario.economics.open_days_per_year for k in (weekday, saturday)} == {258}
    assert saturday.scenario.economics.days_per_year == 50
    assert not weekday.scenario.week


def test_the_order_of_days_changes_no_day() -> None:
    """A day's seed depends on its name, not on the days before it."""
    one = loads(CORNER_SHOP + "week: {a: , b: }")
    two = loads(CORNER_SHOP + "week: {b: , c: , a: }")
    seeds = [{kind.name: kind.scenario.seed for kind in days_of(each)} for each in (one, two)]
    assert all(seeds[1][name] == seed for name, seed in seeds[0].items())


def test_totals_are_weighted_sums_and_variances_add(week: WeekStudy) -> None:
    """Customers of 4 weekdays and 1 Saturday, with Welch and Satterthwaite's interval, by hand."""
    a, b = (study.day.daily("customers")[:, 0] for study in week.studies)
    found = week.week()["customers"]
    assert found.mean == pytest.approx(4 * a.mean() + b.mean())
    parts = 16 * a.var(ddof=1) / 3, b.var(ddof=1) / 5
    degrees = sum(parts) ** 2 / (parts[0] ** 2 / 2 + parts[1] ** 2 / 4)
    assert found.half_width == pytest.approx(t_quantile(degrees) * sqrt(sum(parts)))
    year = week.year()["customers"]
    assert year.mean == pytest.approx(208 * a.mean() + 50 * b.mean())


def test_the_mean_wait_is_that_of_all_customers_of_the_week(week: WeekStudy) -> None:
    """All seconds waited in a mean week over all who waited in it, not the mean of days."""
    (ta, ba), (tb, bb) = (study.day.totals("wait_mean_s") for study in week.studies)
    waited = 4 * ta.mean() + tb.mean()
    assert week.week()["wait_mean_s"].mean == pytest.approx(waited / (4 * ba.mean() + bb.mean()))


def test_what_does_not_add_up_is_a_mean_over_days(week: WeekStudy) -> None:
    """The wait that 95 in 100 do not exceed: the mean over the 5 days; no total of a year."""
    a, b = (study.day.daily("wait_p95_s")[:, 0].mean() for study in week.studies)
    assert week.week()["wait_p95_s"].mean == pytest.approx((4 * a + b) / 5)
    assert "wait_p95_s" not in week.year()
    assert "cost_per_year" not in week.week()


def test_the_interval_of_a_ratio_holds_in_95_of_100_weeks() -> None:
    """2,000 made-up weeks of two kinds of days: the true ratio is inside in 95 % +- 1.6 %."""
    from simqueue.study.study import Study
    from simqueue.study.tally import Tally

    rng = np.random.default_rng(4)
    shop = days_of(SCENARIO)
    right = []
    for _ in range(2000):
        studies = []
        for customers, wait in ((100, 30.0), (200, 60.0)):
            tally = Tally(("day",))
            for n in rng.normal(customers, 10, 12):
                top = n * rng.normal(wait, 8)
                tally.add_ratio("wait_mean_s", "s", np.array([top]), np.array([n]))
            study = object.__new__(Study)
            study.day = tally
            studies.append(study)
        found = week_added(studies)
        truth = (4 * 100 * 30 + 200 * 60) / (4 * 100 + 200)
        right.append(abs(found.mean - truth) <= found.half_width)
    assert shop[0].count == 4
    assert np.mean(right) == pytest.approx(0.95, abs=0.016)


def week_added(studies):
    """The mean wait of a week with four of the first kind and one of the second."""
    from simqueue.study.week import added

    return added(studies, "wait_mean_s", [4.0, 1.0])


def test_it_is_told_as_text_table_json_and_page(week: WeekStudy) -> None:
    """A line for each day and the week; everything in the table; valid JSON; the page escapes."""
    text = week_screen(week, None)
    for said in ("weekday", "4 x", "saturday", "the week", "A year, 258 such days"):
        assert said in text
    assert all(len(line) <= 80 for line in text.splitlines())
    table = week_csv(week).decode("utf-8")
    assert table.startswith("day,days,measure,mean,half_width,unit\n")
    assert "\nthe year,258" in table
    json.dumps(week.plain(), allow_nan=False)
    origin = {
        "simqueue": "0",
        "seed": 1,
        "made": "",
        "command": "<b>",
        "scenario": "",
        "environment": {},
    }
    assert "&lt;b&gt;" in week_page(week, origin)


def test_a_week_is_no_day() -> None:
    """What simulates one kind of day refuses a week and says what to do."""
    with pytest.raises(ValueError, match="is a week: simulate its days"):
        run(SCENARIO, 1)
    with pytest.raises(ValueError, match="is a week"):
        run_together([SCENARIO, SCENARIO], 1)
