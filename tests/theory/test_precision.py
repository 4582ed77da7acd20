"""Does an interval that decided by itself when to stop still contain the truth?

Days are stationary M/M/1 queues of some hundred customers whose mean wait is known exactly, so
their daily means are as skewed as those of busy shops, or more. They come from Lindley's recursion
and not from the program; the rule that stops is the program's own.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from simqueue.scenario import resolve
from simqueue.scenario.study_values import Aim
from simqueue.study import precision
from simqueue.study.matters import JUDGED
from simqueue.study.precision import looks, reached, run_precise
from simqueue.study.tally import Tally
from tests.theory.harness import exponential, steady, till_lane
from tests.theory.test_coverage import HORIZON_S, MEAN_S, RATE, expectations

MOST = 400
MEASURE = "wait_mean_s"
# load, customers a day: their daily means have a skewness of 1.5 and 2.9
LONG_DAYS, SHORT_DAYS = (0.8, 2000), (0.9, 300)


def daily_waits(studies, load, customers, seed):
    """Mean wait of each day of each study, shape (studies, MOST), and the true mean."""
    rng = np.random.default_rng(seed)
    shape = (studies, MOST)
    # M/M/1: P(wait > t) = load exp(-(1 - load) t)
    stationary_s = rng.exponential(1 / (1 - load), shape)
    wait = np.where(rng.random(shape) < load, stationary_s, 0.0)
    total = np.zeros(shape)
    for _ in range(customers):
        total += wait
        service, gap = rng.exponential(1.0, shape), rng.exponential(1 / load, shape)
        wait = np.maximum(0.0, wait + service - gap)
    return total / customers, load / (1 - load)


def stopped(daily, aim, when) -> Iterator[tuple[float, float, int]]:
    """Mean, half width and days of each study that met the aim at one of the looks."""
    for study in daily:
        tally, taken = Tally(("day",)), 0
        for days in when:
            for value in study[taken:days]:
                tally.add_daily(MEASURE, "s", np.array([value]))
            taken = days
            (found,) = reached(tally, {JUDGED[MEASURE].name: aim})
            if found.met:
                yield found.mean, found.half_width, days
                break


def cover(daily, truth, aim, when):
    """Share of the studies that stopped whose interval contains the truth, and their mean days."""
    found = np.array(list(stopped(daily, aim, when)))
    assert len(found) > 0.9 * len(daily)
    return np.mean(np.abs(found[:, 0] - truth) <= found[:, 1]), found[:, 2].mean()


def aims(daily, truth, days):
    """A share of the mean, and an amount, that are met after about so many days."""
    share = 1.96 * daily.std() / truth / days**0.5
    return Aim(share, relative=True), Aim(share * truth, relative=False)


def slack(studies, share):
    """What chance allows: 3.3 binomial standard deviations."""
    return 3.3 * (share * (1 - share) / studies) ** 0.5


def test_looks_are_few_and_the_last_is_the_budget():
    """After 30 days, then half as many more each time; a smaller budget is looked at once."""
    assert list(looks(1000)) == [30, 45, 68, 102, 153, 230, 345, 518, 777, 1000]
    assert list(looks(30)) == [30]
    assert list(looks(7)) == [7]


def test_stopping_keeps_what_the_table_of_the_docs_says():
    """500 studies of very skewed days: of those who stop near 60 days, 87 % are right or more."""
    daily, truth = daily_waits(500, *SHORT_DAYS, seed=11)
    for aim in aims(daily, truth, 60):
        share, _ = cover(daily, truth, aim, list(looks(MOST)))
        assert share >= 0.86 - slack(500, 0.86)


def test_looking_after_each_day_would_be_noticed(monkeypatch):
    """The check has power: whoever looks from day 2 on after each day is right far less often."""
    daily, truth = daily_waits(300, *SHORT_DAYS, seed=12)
    _, amount = aims(daily, truth, 60)
    share, _ = cover(daily, truth, amount, range(2, MOST))
    assert share < 0.86 - slack(300, 0.86)
    monkeypatch.setattr(precision, "FIRST_LOOK", 2)
    share, _ = cover(daily, truth, amount, list(looks(MOST)))
    assert share < 0.86 - slack(300, 0.86)


@pytest.mark.truth
@pytest.mark.parametrize(
    ("kind", "days", "least"),
    [
        *((LONG_DAYS, days, 0.92) for days in (20, 40, 80, 160)),
        *((SHORT_DAYS, days, 0.86) for days in (20, 40, 80, 160)),
    ],
)
def test_coverage_of_4000_studies(kind, days, least, record_property):
    """The table in docs/precision.md: actual coverage of intervals that decided when to stop."""
    studies = 4000
    daily, truth = daily_waits(studies, *kind, seed=13)
    for aim in aims(daily, truth, days):
        share, mean_days = cover(daily, truth, aim, list(looks(MOST)))
        record_property(f"{kind} {days} {aim.relative}", (share, mean_days))
        print(kind, days, "share" if aim.relative else "amount", f"{share:.3f}", round(mean_days))
        assert share >= least - slack(studies, least)


@pytest.mark.truth
def test_the_whole_program_stops_at_the_right_moment():
    """150 precise runs of M/M/1 from empty: intervals contain the exact mean wait as promised."""
    lanes = [till_lane(1, exponential(MEAN_S))]
    scenario = resolve(steady(3600 * RATE, lanes, HORIZON_S / 3600, 0.0))
    truth, right = expectations()[MEASURE], []
    for seed in range(150):
        study = run_precise(
            scenario.model_copy(update={"seed": seed}),
            {"wait_mean": Aim(0.1, relative=True)},
            MOST,
            keep=0,
        )
        found = study.metrics[MEASURE]
        assert study.precision is not None
        assert not study.precision.missed
        right.append(abs(found.mean - truth) <= found.half_width)
    assert np.mean(right) >= 0.93 - slack(150, 0.93)
