"""Targets: met, likely met, missed; on how many days and for how much of the time."""

from __future__ import annotations

from math import nan

import pytest

from simqueue.scenario.targets import MEASURES
from simqueue.show.reading import Stretch
from simqueue.show.targets import TARGETS, verdicts
from simqueue.study.interval import Estimate
from tests.unit.show_studies import people, same_days, shop, study_of

EVERY = range(24)


def only(targets, waits, stretch=None, **more):
    """The one verdict on a shop with one target."""
    study = study_of(shop(more=f"targets: {{{targets}}}\nbenchmark_wait: 5 min"), waits, **more)
    (verdict,) = verdicts(study, stretch)
    return verdict


def test_every_target_that_can_be_written_can_be_judged():
    """The scenario knows no target that the page does not, and none is missing."""
    assert set(TARGETS) == set(MEASURES)


def test_labels_fit_their_column():
    """A label leaves room before the limit."""
    assert max(len(target.label) for target in TARGETS.values()) <= 22


@pytest.mark.parametrize(
    ("waits", "met"), [([(0, 0, 60.0)], True), ([(0, 0, 60.1)], False), ([], None)]
)
def test_exactly_the_limit_is_on_target(waits, met):
    """A wait of one minute meets 'at most one minute'; without customers nothing is said."""
    assert only("wait_mean: 1 min", same_days(waits)).met is met


def test_some_targets_are_least_values():
    """A score of 75 or more is on target."""
    waits = same_days([(0, 0, 0.0)])
    assert only("checkout_csat: 75", waits, daily={"checkout_csat": [75.0] * 3}).met
    assert not only("checkout_csat: 75", waits, daily={"checkout_csat": [74.9] * 3}).met


@pytest.mark.parametrize(
    ("estimate", "word"),
    [
        (Estimate(50.0, 5.0, 3), "met"),
        (Estimate(58.0, 5.0, 3), "likely met"),
        (Estimate(62.0, 5.0, 3), "likely MISSED"),
        (Estimate(70.0, 5.0, 3), "MISSED"),
        (Estimate(58.0, nan, 1), "met"),
        (Estimate(nan, nan, 0), "-"),
    ],
)
def test_likely_means_that_the_limit_lies_in_the_interval(estimate, word):
    """A limit of 60: 50 +- 5 excludes it, 58 +- 5 does not; one day has no interval."""
    assert only("wait_mean: 60 s", same_days([(0, 0, 1.0)])).word(estimate) == word


def test_days_on_target_are_counted():
    """Means of 30, 90 and 60 s against one minute: two of three days; the whole is 60 s."""
    verdict = only("wait_mean: 1 min", [[(0, 0, 30.0)], [(0, 0, 90.0)], [(0, 0, 60.0)]])
    assert verdict.days_on_target == (2, 3)
    assert verdict.whole.mean == 60.0


def test_quarter_hours_on_target_take_the_days_together():
    """0 and 100 s at 08:00 are 50 on average, 200 s at 08:15; elsewhere nobody came."""
    verdict = only("wait_mean: 1 min", [[(0, 0, 0.0), (0, 1, 200.0)], [(0, 0, 100.0)]])
    assert verdict.quarters_on_target == (1, 2)


def test_the_stretch_is_judged_apart():
    """Everybody waits 400 s at noon, nobody elsewhere: met all day, missed then."""
    waits = same_days(people(0, EVERY, 0, 10) + people(0, [16, 17], 1, 1))
    verdict = only("wait_p95: 60 s", waits, Stretch(16, 18))
    assert verdict.word(verdict.whole) == "met"
    assert verdict.then.mean == pytest.approx(380.0)  # rank 19.95 of 0-21: between 0 s and 400 s
    assert verdict.word(verdict.then) == "MISSED"


def test_the_benchmark_is_a_ratio():
    """Three minutes against the five of the trade are 60 %, which is just allowed."""
    verdict = only("wait_vs_benchmark: 60 %", same_days([(0, 0, 180.0)]))
    assert verdict.whole.mean == pytest.approx(0.6)
    assert verdict.met
    assert verdict.limit_text == "60 %"


def test_a_measure_that_was_not_taken_is_not_judged():
    """No forecast of satisfaction: neither met nor missed."""
    verdict = only("nps: 40", same_days([(0, 0, 0.0)]))
    assert verdict.met is None
    assert verdict.word(verdict.whole) == "-"
    assert verdict.days_on_target == (0, 0)
