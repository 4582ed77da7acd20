"""Do the intervals of differences hold what they promise? Measured where the truth is known."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from simqueue.scenario.load import loads
from simqueue.study.compare import compare
from simqueue.study.paired import Difference, of_ratios, of_values, together
from simqueue.study.together import run_together
from simqueue.theory import erlang_c

Floats = NDArray[np.float64]
ALTERNATIVES = 4
DAYS = 12
THEORY = """\
scenario: M/M/2
seed: 5
replications: 10
store: {horizon: 60 h, warm_up: 5 h}
arrivals: {constant_per_hour: 90}
customers: [{segment: all, share: 1, items: {fixed: 1}}]
lanes: [{lane: tills, kind: staffed, tills: 2, line: shared, service: {exponential: {mean: 60 s}}}]
"""


def days(rng: np.random.Generator, shift: Floats) -> Floats:
    """Daily values of a reference and alternatives that differ from it by `shift`; (1 + K, DAYS).

    All see the same days, so they are alike (correlation about 0.8).
    """
    busy = rng.normal(0, 2, DAYS)
    own = rng.normal(0, 1, (1 + len(shift), DAYS))
    return np.asarray(busy + own + np.concatenate([[0.0], shift])[:, None])


def compared(values: Floats) -> list[Difference]:
    """Every alternative against the reference, with what holds for all together."""
    return together([of_values(values[[0, k]]) for k in range(1, len(values))])


def within(hits: int, of: int, wanted: float, sds: float = 3.5) -> bool:
    """Whether a share of hits agrees with the wanted one, but for chance."""
    return abs(hits / of - wanted) <= sds * sqrt(wanted * (1 - wanted) / of)


def coverage(tries: int, seed: int) -> tuple[int, int]:
    """How often single intervals, and all intervals of a study together, hold the truth."""
    rng = np.random.default_rng(seed)
    shift = np.array([0.0, 0.3, -1.0, 2.0])
    single = together_ = 0
    for _ in range(tries):
        found = compared(days(rng, shift))
        hits = [abs(d.mean - t) <= d.half_width for d, t in zip(found, shift, strict=True)]
        wide = [abs(d.mean - t) <= d.half_width_all for d, t in zip(found, shift, strict=True)]
        single += sum(hits)
        together_ += all(wide)
    return single, together_


def family_errors(tries: int, seed: int, shift: Floats) -> int:
    """How many studies call some difference sure that is none."""
    rng = np.random.default_rng(seed)
    none = np.flatnonzero(shift == 0)
    errors = 0
    for _ in range(tries):
        found = compared(days(rng, shift))
        errors += any(found[k].p_all < 0.05 for k in none)
    return errors


def ratio_coverage(tries: int, seed: int) -> int:
    """How often the jackknife's interval holds the true difference of two ratios of totals."""
    rng = np.random.default_rng(seed)
    hits = 0
    for _ in range(tries):
        customers = rng.gamma(25.0, 40.0, DAYS)  # the same in both, 1,000 a day
        pressure = customers / 1000.0
        tops = np.stack([customers * (10 + 5 * pressure + rng.normal(0, 1, DAYS)),
                         customers * (8 + 5 * pressure + rng.normal(0, 1, DAYS))])  # fmt: skip
        d = of_ratios(tops, np.stack([customers, customers]))
        hits += abs(d.mean + 2.0) <= d.half_width  # the mean waits differ by 2 whatever the day
    return hits


def test_intervals_hold_the_true_difference_in_95_of_100_studies() -> None:
    """600 studies of 4 alternatives: single intervals 95 %, all four together at least 95 %."""
    single, all_ = coverage(600, seed=1)
    assert within(single, 600 * ALTERNATIVES, 0.95, sds=5.0)  # the four of a study are alike
    assert all_ / 600 >= 0.95 - 3.5 * sqrt(0.95 * 0.05 / 600)


def test_an_interval_that_is_too_narrow_would_be_found() -> None:
    """The test above has power: intervals a fifth narrower hold the truth visibly less often."""
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(600):
        (d,) = compared(days(rng, np.array([0.0])))
        hits += abs(d.mean) <= 0.8 * d.half_width
    assert not within(hits, 600, 0.95)


@pytest.mark.parametrize("shift", [[0.0] * 4, [0.0, 0.0, 1.5, -3.0]])
def test_false_alarms_stay_below_5_in_100_studies(shift: list[float]) -> None:
    """Holm: some false 'better' or 'worse' in at most 5 % of 600 studies, whatever is true."""
    errors = family_errors(600, seed=3, shift=np.array(shift))
    assert errors / 600 <= 0.05 + 3.5 * sqrt(0.05 * 0.95 / 600)


def test_without_holm_there_would_be_more_false_alarms() -> None:
    """The test above has power: plain p values of four alternatives alarm visibly more often."""
    rng = np.random.default_rng(4)
    errors = sum(
        any(d.p < 0.05 for d in compared(days(rng, np.zeros(ALTERNATIVES)))) for _ in range(600)
    )
    assert errors / 600 > 0.05 + 3.5 * sqrt(0.05 * 0.95 / 600)


def test_the_jackknife_of_ratios_holds_the_true_difference() -> None:
    """Ratios of totals over 12 days of very different size: 95 in 100 intervals are right."""
    assert within(ratio_coverage(600, seed=5), 600, 0.95)


@pytest.mark.truth
def test_coverage_and_false_alarms_in_twenty_thousand_studies() -> None:
    """The same with a standard error of 0.15 %: coverage and false alarms."""
    tries = 20_000
    single, all_ = coverage(tries, seed=11)
    assert abs(single / (tries * ALTERNATIVES) - 0.95) < 0.004
    assert all_ / tries >= 0.945
    assert abs(ratio_coverage(tries, seed=12) / tries - 0.95) < 0.012
    for shift in ([0.0] * 4, [0.0, 0.0, 1.5, -3.0]):
        assert family_errors(tries, seed=13, shift=np.array(shift)) / tries <= 0.0555


@pytest.mark.truth
def test_the_difference_of_two_queues_is_that_of_the_formulas() -> None:
    """M/M/2 against M/M/3: the intervals of 16 studies hold the difference of Erlang's waits."""
    waits = {c: erlang_c(c, 1.5) * 60.0 / (c - 1.5) for c in (2, 3)}
    truth = waits[3] - waits[2]
    hits, estimates = 0, []
    for seed in range(16):
        one, two = (
            loads(THEORY, overrides=(("seed", seed), ("lanes[0].tills", c))) for c in (2, 3)
        )
        (rival,) = compare(run_together([one, two])).rivals
        d = rival.measures["wait_mean_s"].difference
        hits += d.low <= truth <= d.high
        estimates.append(d.mean)
    error = float(np.std(estimates, ddof=1)) / sqrt(len(estimates))
    assert error < 0.04 * abs(truth)  # else the next line would say little
    assert abs(np.mean(estimates) - truth) < 3.5 * error
    assert hits >= 16 * 0.95 - 3.5 * sqrt(16 * 0.95 * 0.05)
