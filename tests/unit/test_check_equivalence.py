"""The statistics of a check, on days whose truth is known: how often is it wrong?"""

from __future__ import annotations

from collections import Counter
from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simqueue.fit import Margin
from simqueue.fit.equivalence import (
    CANNOT_TELL,
    DIFFERS,
    MATCHES,
    Comparison,
    Evidence,
    Need,
    allowed,
    comparison,
    holm,
    judged,
    need,
    p_match,
)
from simqueue.fit.sampling import studies_of
from tests.lindley import waits

BETWEEN_S, SERVICE_S, SIMULATED = 60.0, 30.0, 100  # M/M/1 at half load: the mean wait is 30 s
REPEATS = 150


def one_check(
    rng: np.random.Generator, days: int, n: int, service_s: float, groups: int = 0
) -> list[Comparison]:
    """A check of Lindley's till against one whose service takes `service_s`."""
    measured = waits(rng, days, n, BETWEEN_S, service_s).round().ravel()
    simulated = np.tile(waits(rng, SIMULATED, n, BETWEEN_S, SERVICE_S), (1, days))
    day = np.repeat(np.arange(days), n)
    studies = studies_of(simulated, day)
    part = np.tile(np.arange(n) * max(groups, 1) // n, days)

    def compare(family: str, among) -> Comparison:
        return comparison(
            family, family, measured[among], simulated[:, among], studies[:, among], day[among],
            SERVICE_S, Margin(),
        )  # fmt: skip

    whole = compare("all", np.ones(len(day), dtype=bool))
    return judged(whole, [compare("hour", part == k) for k in range(groups)], True)


def verdicts(days: int, n: int, service_s: float, groups: int = 0) -> Counter[str]:
    """How often each verdict is given over many checks; a difference in a group counts as one."""
    rng = np.random.default_rng([days, n, int(service_s), groups])
    found: Counter[str] = Counter()
    for _ in range(REPEATS):
        checks = one_check(rng, days, n, service_s, groups)
        apart = any(c.verdict == DIFFERS for c in checks)
        found[DIFFERS if apart else checks[0].verdict] += 1
    return found


def most_by_chance(share: float) -> int:
    """False alarms that so many repeats exceed once in a thousand when each has this chance."""
    return int(stats.binom.ppf(0.999, REPEATS, share))


def sure_significance(days: int, n: int) -> int:
    """How often the test for a difference alone rejects, whatever the margin."""
    rng = np.random.default_rng([days, n])
    checks = [one_check(rng, days, n, SERVICE_S)[0] for _ in range(REPEATS)]
    return sum(c.p_differ <= 0.05 and c.rank_p <= 0.05 for c in checks)


@pytest.mark.parametrize(("days", "n"), [(1, 5), (1, 60), (3, 40), (10, 30)])
def test_the_right_scenario_is_called_different_in_at_most_5_in_100(days, n):
    """Measured in the very shop that is simulated, `differs` is no commoner than its 5 %."""
    assert verdicts(days, n, SERVICE_S)[DIFFERS] <= most_by_chance(0.05)
    assert sure_significance(days, n) <= most_by_chance(0.05)


def test_many_hours_do_not_add_up_to_a_false_alarm():
    """With six hours compared as well, any `differs` at all still has at most its 5 %."""
    assert verdicts(3, 60, SERVICE_S, groups=6)[DIFFERS] <= most_by_chance(0.05)


def test_waits_treated_as_independent_would_raise_false_alarms():
    """The customers' own standard error, which ignores the queue, is wrong here by a factor of 2.

    That is why the simulated days give it: this is the mistake that is avoided.
    """
    rng = np.random.default_rng(1)
    days = waits(rng, 2000, 60, BETWEEN_S, SERVICE_S)
    naive = float(np.mean(np.std(days, axis=1, ddof=1))) / sqrt(60)
    true = float(np.std(days.mean(axis=1)))
    assert true > 2 * naive
    c = one_check(np.random.default_rng(2), 1, 60, SERVICE_S)[0]
    assert c.error_s > 0.75 * true


def test_five_waits_are_never_a_match():
    """Five waits of a noisy till never match, though their mean is often close."""
    assert verdicts(1, 5, SERVICE_S)[MATCHES] == 0


def test_a_match_is_rarely_claimed_of_a_shop_beyond_the_margin():
    """Service 39 for 30 s makes the wait 72 for 30 s (M/M/1): no more than 5 % match."""
    rho = 39 / 60
    assert 39 * rho / (1 - rho) - 30 > 30 * 1.25  # beyond the margin of 30 s
    for days, n in ((1, 60), (3, 60), (10, 60)):
        assert verdicts(days, n, 39.0)[MATCHES] <= most_by_chance(0.05)


def test_clearly_longer_waits_are_called_different():
    """Ten days at a till occupied 85 % instead of 50 % of the time: nine in ten checks see it."""
    assert verdicts(10, 60, 51.0)[DIFFERS] >= 0.9 * REPEATS


def test_more_days_tell_more():
    """With the right scenario more days find more matches, with a wrong one more differences."""
    right = [verdicts(days, 60, SERVICE_S)[MATCHES] for days in (1, 3, 12)]
    assert right[0] < right[1] < right[2]
    assert right[2] > 0.6 * REPEATS
    wrong = [verdicts(days, 60, 42.0)[DIFFERS] for days in (1, 3, 12)]
    assert wrong[0] < wrong[1] < wrong[2]


def test_one_day_against_simulated_days_is_the_textbooks_prediction_interval():
    """Without growth and floors the range is x - m -+ t s sqrt(1 + 1/R), t with R - 1 degrees."""
    s, r = 12.0, 50
    low, high = allowed(Evidence(100.0, 0.0, s, s / sqrt(r), 30.0, 0.0, r))
    reach = stats.t.ppf(0.95, r - 1) * s * sqrt(1 + 1 / r)
    assert low == pytest.approx(100 - reach)
    assert high == pytest.approx(100 + reach)


@given(
    st.floats(0.0, 500.0), st.floats(1.0, 500.0), st.floats(0.5, 60.0), st.floats(0.0, 5.0),
    st.floats(5.0, 200.0), st.floats(10.0, 120.0),
)  # fmt: skip
def test_range_and_p_value_say_the_same(mean, expected, error, own, delta, service):
    """The p-value is below 5 % exactly where the range lies within the margin."""
    found = Evidence(mean, expected, error, own, service, max(expected, mean), 100)
    low, high = allowed(found)
    p = p_match(found, delta)
    lower = -delta if delta < expected else -inf
    gap = min(abs(high - delta), abs(low - lower))
    if gap > 1e-6 * (1 + delta):
        assert (p <= 0.05) == (lower < low and high < delta)


def test_waits_that_could_be_of_any_length_have_no_upper_limit():
    """Where the error is as large as the mean, no length of the shop's waits can be excluded."""
    assert allowed(Evidence(30.0, 30.0, 60.0, 1.0, 30.0, 30.0, 100))[1] == inf


def test_a_shop_more_variable_than_the_scenario_is_less_certain():
    """Waits that spread three times as much make the error three times as large."""
    rng = np.random.default_rng(3)
    simulated = 100 + 10 * rng.standard_normal((100, 200))
    day = np.zeros(200, dtype=np.int64)
    wide = 100 + 30 * rng.standard_normal(200)
    calm = 100 + 10 * rng.standard_normal(200)
    errors = [
        comparison("all", "all", measured, simulated, simulated, day, 1.0, Margin()).error_s
        for measured in (wide, calm)
    ]
    assert errors[0] / errors[1] == pytest.approx(3.0, rel=0.25)
    assert errors[0] == pytest.approx(30 / sqrt(200), rel=0.25)


def test_days_that_differ_among_themselves_are_believed():
    """Three days at 0, 100 and 200 s show an error of 100 / sqrt(3), whatever is simulated."""
    measured = np.repeat([0.0, 100.0, 200.0], 50)
    simulated = np.full((100, 150), 100.0) + np.random.default_rng(4).normal(0, 1, (100, 150))
    c = comparison("all", "all", measured, simulated, simulated, np.repeat([0, 1, 2], 50), 1.0,
                   Margin())  # fmt: skip
    assert c.error_s >= 0.99 * 100 / sqrt(3)


def test_nobody_waits_here_or_there():
    """In a shop where nobody waits, thirty waits of zero match; nine do not suffice."""
    for n, verdict in ((30, MATCHES), (9, CANNOT_TELL)):
        none = np.zeros((40, n))
        c = comparison("all", "all", none[0], none, none, np.zeros(n, dtype=np.int64), 30.0,
                       Margin())  # fmt: skip
        assert judged(c, [], True)[0].verdict == verdict


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8))
def test_holm_rejects_what_stepping_down_rejects(p_values):
    """The adjusted p-values reject at 5 % what Holm's own procedure (1979) rejects step by step."""
    rejected = set()
    for step, k in enumerate(sorted(range(len(p_values)), key=lambda k: p_values[k])):
        if p_values[k] * (len(p_values) - step) > 0.05:
            break
        rejected.add(k)
    assert {k for k, p in enumerate(holm(p_values)) if p <= 0.05} == rejected


@pytest.mark.parametrize(
    ("text", "mean", "margin_s"),
    [("30 s", 1000.0, 30.0), ("25 %", 100.0, 25.0), ("2 min", 10.0, 120.0)],
)
def test_margins_as_planners_write_them(text, mean, margin_s):
    """A time or a share of the measured mean."""
    assert Margin.read(text).of(mean) == margin_s


def test_the_usual_margin_is_the_larger_of_two():
    """30 s at a mean of 60 s, 25 % at a mean of 240 s."""
    assert [Margin().of(mean) for mean in (60.0, 240.0)] == [30.0, 60.0]


@pytest.mark.parametrize("text", ["30", "0 s", "0 %", "-5 %", "120 %", "soon", "-1 min", ""])
def test_margins_that_are_none(text):
    """A number without a unit, nothing, and more than everything are refused."""
    with pytest.raises(ValueError, match="must"):
        Margin.read(text)


def _open(n: int = 60, error: float = 20.0, own: float = 0.0, difference: float = 0.0):
    return Comparison("all", "all", n, 60 + difference, 60.0, -9, 9, 30.0, error, own, 1, 1, 1)


def test_the_need_is_what_a_hand_can_work_out():
    """Half width 1.66 x 20 = 33.2 s against 30 s: (33.2/30)**2 = 1.23 days, so one more day.

    At twice the error 4.9 days, so four more; with five waits at least another day for ten.
    """
    assert need(_open(), 1, 100) == Need(1, 0)
    assert need(_open(error=40.0), 1, 100) == Need(4, 0)
    assert need(_open(n=5, error=1.0), 1, 100).observed_days == 1
    more = need(_open(error=1.0, own=20.0), 1, 100)
    assert more.simulated_days > 100
    assert more.observed_days == 0


def test_nothing_is_needed_when_the_verdict_is_clear():
    """A clear verdict asks for nothing."""
    clear = Comparison("all", "all", 60, 60, 60, -9, 9, 30, 5, 1, 0.01, 1, 1, MATCHES)
    assert need(clear, 1, 100) == Need()
