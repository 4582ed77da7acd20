"""What the first screen says of the trade, of costs and of those who are worse off."""

from __future__ import annotations

import numpy as np
import pytest

from simqueue.scenario.load import loads
from simqueue.show.screen import first_screen
from simqueue.show.targets import TARGETS, verdicts
from simqueue.show.trade import costs_said, segments_said, trade_said
from simqueue.study import run
from simqueue.study.study import Study
from simqueue.study.targets import AIMS
from tests.shops import CORNER_SHOP
from tests.unit.show_studies import people, same_days, shop, study_of

PRICES = "cashier_per_hour: 13, attendant_per_hour: 13, days_per_year: 100, till_per_day: 5"


@pytest.fixture(scope="module")
def study() -> Study:
    """Two days of a corner shop that prices staff and tills."""
    return run(
        loads(CORNER_SHOP.replace("cashier_per_hour: 13, attendant_per_hour: 13", PRICES)), 2
    )


def test_costs_are_told_item_by_item_with_what_is_missing(study):
    """Each counted item, the totals, and the name of everything that is left out."""
    said = costs_said(study)
    staff, total = (study.metrics[name].mean for name in ("staff_cost", "cost_per_day"))
    assert said == (
        f"Costs a day: staff EUR {staff:,.0f}, tills EUR 10; together EUR {total:,.0f}, "
        f"EUR {100 * total:,.0f} a year. Not counted: hiring and training, machines, floor space, "
        "shrink, margin of lost baskets."
    )
    assert said in " ".join(first_screen(study, None, "").split())


def test_without_a_price_costs_are_not_mentioned():
    """No sentence of zeros."""
    plain = CORNER_SHOP.replace("economics: {cashier_per_hour: 13, attendant_per_hour: 13}\n", "")
    assert costs_said(run(loads(plain), 1)) == ""


def test_the_trade_in_one_sentence():
    """Throughput, pace, machines, helps and idle hours, as measured."""
    found = study_of(
        shop(),
        same_days(people(0, range(24), 0, 1)),
        daily={"idle_till_hours": [7.5] * 3},
        ratios={
            "transactions_per_till_hour": ([40.0] * 3, [1.0] * 3),
            "items_per_minute": ([18.25] * 3, [1.0] * 3),
            "self_service_share": ([0.3] * 3, [1.0] * 3),
            "self_service_sales_share": ([0.12] * 3, [1.0] * 3),
            "helps_per_100": ([20.0] * 3, [1.0] * 3),
            "help_wait_mean_s": ([75.0] * 3, [1.0] * 3),
        },
    )
    assert trade_said(found) == (
        "Trade: 40 customers per till hour at 18.2 articles a minute; machines take 30 % of "
        "customers and 12 % of sales; 20 calls for help per 100 there, answered after 1:15 min; "
        "open tills idle for 7.5 h."
    )


def test_what_was_not_measured_is_not_told():
    """A study without these measures says nothing of the trade."""
    assert trade_said(study_of(shop(), same_days(people(0, range(24), 0, 1)))) == ""


def two_kinds(waits: tuple[float, float], customers: tuple[float, float], target: str) -> Study:
    """A study with a mean wait for each of two segments, and the day's mean of both."""
    scenario = shop(more=f"targets: {{{target}}}\n")
    found = study_of(scenario, [[]] * 3)
    tally = type(found.segment)(("most", "few"))
    for _ in range(3):
        tally.add_ratio("wait_mean_s", "s", np.array(waits) * customers, np.array(customers))
        tally.add_daily("customers", "1", np.array(customers))
    found.segment = tally
    for name in ("wait_mean_s", "customers"):
        found.day._places.pop(name, None)
    for _ in range(3):
        total = np.array([np.dot(waits, customers)])
        found.day.add_ratio("wait_mean_s", "s", total, np.array([sum(customers)]))
        found.day.add_daily("customers", "1", np.array([sum(customers)]))
    return found


def test_a_small_kind_of_customer_that_misses_is_told_though_the_average_is_fine():
    """97 wait a minute, 3 wait ten: the mean of 76 s is met, the few are told."""
    found = two_kinds((60.0, 600.0), (97.0, 3.0), "wait_mean: 2 min")
    assert segments_said(found, verdicts(found, None)) == (
        "Met on the whole, missed for some: wait, mean: few (3 % of customers) 10:00 min."
    )


def test_a_target_that_is_missed_on_the_whole_is_not_told_again():
    """The table says MISSED already."""
    found = two_kinds((60.0, 600.0), (50.0, 50.0), "wait_mean: 2 min")
    assert segments_said(found, verdicts(found, None)) == ""


def test_nobody_misses_nothing_is_said():
    """Both kinds are on target."""
    found = two_kinds((60.0, 100.0), (97.0, 3.0), "wait_mean: 2 min")
    assert segments_said(found, verdicts(found, None)) == ""


def test_the_screen_and_the_study_judge_targets_alike():
    """Every target is judged by the same measure in the same direction."""
    assert set(TARGETS) == set(AIMS)
    for name, target in TARGETS.items():
        assert target.at_most == AIMS[name].at_most
        assert target.measure == AIMS[name].measure or name == "wait_vs_benchmark"
