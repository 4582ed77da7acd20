"""Does the 95 % interval contain the truth in 95 of 100 studies? A thousand small studies say."""

from __future__ import annotations

import numpy as np
import pytest

from simqueue.study.interval import interval, ratio_interval
from tests.theory.chains import Chain, simpson
from tests.theory.harness import exponential, run, steady, till_lane

MEAN_S = 60.0
HORIZON_S = 900.0
RATE = 2 / MEAN_S  # twice what the till can do: a line that grows is not skewed, as a short one is
MOST = 150  # people at which the chain is cut off; it never gets near


def expectations():
    """Exact means of a quarter of an hour of M/M/1 from empty: wait, queue, customers."""

    def moves(n):
        yield (n + 1,), RATE if n < MOST else 0.0
        yield (n - 1,), 1 / MEAN_S if n else 0.0

    chain = Chain((0,), moves)
    points = 241
    step = chain.transition(HORIZON_S / (points - 1))
    path = [np.eye(1, MOST + 1)[0]]
    for _ in range(points - 1):
        path.append(path[-1] @ step)
    assert path[-1][-1] < 1e-12
    shares = simpson(np.array(path), HORIZON_S) / HORIZON_S  # averaged over the time
    people = chain.values(lambda n: n)
    return {
        "wait_mean_s": shares @ people * MEAN_S,  # an arrival waits for everybody he finds
        "queue_length_mean": shares @ np.maximum(people - 1, 0),
        "customers": RATE * HORIZON_S,
    }


def cover(sets, replications, seeds):
    """Share of the sets whose interval contains the truth, for each measure.

    One long study is dealt out into sets: replications differ by nothing but their number in the
    random streams, so this is the same as that many small studies.
    """
    lanes = [till_lane(1, exponential(MEAN_S))]
    shop = steady(3600 * RATE, lanes, hours=HORIZON_S / 3600, warm_up=0.0)
    each = [covers(run(shop, sets * replications, seed), sets) for seed in seeds]
    return {name: np.mean([covered[name] for covered in each]) for name in each[0]}


def covers(study, sets):
    """For each measure, whether the interval of each of the sets contains the truth."""
    covered = {}
    for name, truth in expectations().items():
        if study.day.is_ratio(name):
            tops, bottoms = study.day.totals(name)
            pairs = zip(tops.reshape(sets, -1), bottoms.reshape(sets, -1), strict=True)
            found = [ratio_interval(top, bottom) for top, bottom in pairs]
        else:
            found = [interval(values) for values in study.day.daily(name).reshape(sets, -1)]
        covered[name] = [abs(e.mean - truth) <= e.half_width for e in found]
    return covered


def check(covered, sets):
    """Fail unless each share is 95 % within 3.3 binomial standard deviations."""
    slack = 3.3 * (0.95 * 0.05 / sets) ** 0.5
    assert covered == pytest.approx(dict.fromkeys(covered, 0.95), abs=slack)


def test_the_interval_covers_the_truth_in_95_of_100_studies():
    """1,000 studies of 5 short days: mean wait, queue and number of customers are each covered."""
    check(cover(sets=1000, replications=5, seeds=[91]), sets=1000)


@pytest.mark.truth
def test_the_interval_covers_the_truth_in_3800_of_4000_studies():
    """4,000 studies of 10 short days, with half the slack."""
    check(cover(sets=500, replications=10, seeds=range(92, 100)), sets=4000)


def test_too_narrow_intervals_would_be_noticed():
    """The check has power: intervals from the normal law instead of Student's t fail it."""
    rng = np.random.default_rng(5)
    values = rng.normal(size=(1000, 5))
    errors = values.std(axis=1, ddof=1) / 5**0.5
    share = np.mean(np.abs(values.mean(axis=1)) <= 1.96 * errors)
    with pytest.raises(AssertionError):
        check({"wait_mean_s": share}, sets=1000)
