"""Is the difference small enough? Two one-sided tests, besides the test for a difference.

Not finding a difference is no evidence that there is none: a few waits find nothing. So a match
must be shown, by rejecting that the difference is as large as a margin that matters (Schuirmann
1987, J. Pharmacokinetics and Biopharmaceutics 15:657-680; for simulation models Kleijnen 1995,
European J. of Operational Research 82:145-162, and Law 2015, Simulation Modeling and Analysis,
chapter 5: every model differs from its system, the question is whether it matters).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, inf, isfinite, nan, sqrt

import numpy as np
from numpy.typing import NDArray

from simqueue import units

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
LEVEL = 0.05  # of every test, as usual
LEAST_TO_MATCH = 10  # fewer waits are never called a match
LEAST_TO_TEST = 5  # fewer waits of an hour or a lane are not tested at all
LEAST_DAYS_BETWEEN = 3  # below, the days' own spread cannot be seen
MATCHES, DIFFERS, CANNOT_TELL = "matches", "differs", "cannot tell"


@dataclass(frozen=True)
class Margin:
    """The difference that matters: the larger of so many seconds and a share of the mean."""

    seconds: float = 30.0
    share: float = 0.25

    def of(self, mean_s: float) -> float:
        """The margin in seconds around this measured mean."""
        return max(self.seconds, self.share * mean_s)

    @classmethod
    def read(cls, text: str) -> Margin:
        """The margin from '30 s' or '25 %'; ValueError when it is neither or not above 0."""
        share = units.percentage(text.strip())
        found = cls(units.seconds(text), 0.0) if share is None else cls(0.0, share)
        if found.seconds == found.share == 0 or not 0 <= found.share <= 1:
            raise ValueError("must be above 0, and a share at most '100 %'")
        return found

    def text(self) -> str:
        """In words.

        >>> Margin().text(), Margin.read("25 %").text()
        ('30 s or 25 % of the measured mean, whichever is more', '25 % of the measured mean')
        """
        share = f"{units.share_text(self.share)} of the measured mean" if self.share else ""
        seconds = units.duration_text(self.seconds) if self.seconds else ""
        both = f"{seconds} or {share}, whichever is more"
        return both if share and seconds else share or seconds


@dataclass(frozen=True)
class Comparison:
    """The mean of n measured waits beside the simulated one, and what may be said of it.

    Seconds; `difference_s` is measured minus simulated. `low_s` to `high_s` holds the differences
    between shop and scenario that the data allow (90 %, the range that belongs to two one-sided
    tests at 5 %). `p_match` and `p_differ` are adjusted for the number of groups (Holm).
    """

    family: str  # all | lane | hour
    name: str
    n: int
    measured_s: float
    simulated_s: float
    low_s: float
    high_s: float
    margin_s: float
    error_s: float
    simulation_error_s: float
    p_match: float
    p_differ: float
    rank_p: float
    verdict: str = CANNOT_TELL

    @property
    def difference_s(self) -> float:
        """Measured minus simulated mean."""
        return self.measured_s - self.simulated_s


def comparison(
    family: str,
    name: str,
    measured: Floats,
    simulated: Floats,
    studies: Floats,
    day: Integers,
    service_s: float,
    margin: Margin,
) -> Comparison:
    """Compare measured waits (n,) with the same pattern on simulated days, without a verdict yet.

    `simulated` (R, n) has a simulated day in each row; `studies` (R, n) has independent simulated
    days for the observed days `day` (n,). `service_s`, the mean service, sets the scale.
    """
    n, n_days = len(measured), len(simulated)
    means = np.mean(studies, axis=1)
    mean, expected = float(np.mean(measured)), float(np.mean(simulated))
    spread = float(np.std(means, ddof=1))
    error = max(
        spread * _wider(measured, studies),
        _as_measured(measured - np.mean(simulated, axis=0), day),
        service_s / n,  # as if one customer more had waited for one service
    )
    own = float(np.std(np.mean(simulated, axis=1), ddof=1)) / sqrt(n_days)
    # an error that the measured waits show belongs to the mean that they show
    seen = expected if error == spread else max(expected, mean)
    found = Evidence(mean, expected, error, own, service_s, seen, n_days)
    low, high = allowed(found)
    delta = margin.of(mean)
    return Comparison(
        family, name, n, mean, expected, low, high, delta, error, own,
        p_match=p_match(found, delta), p_differ=_p_differ(found, means),
        rank_p=_rank_p(mean, means),
    )  # fmt: skip


def _wider(measured: Floats, studies: Floats) -> float:
    """How much more measured waits spread than simulated ones, at least 1.

    A shop that is more variable than the scenario has a less certain mean than the scenario says.
    """
    if len(measured) < 2:
        return 1.0
    usual = np.mean(studies, axis=0)
    there = float(np.mean(np.var(studies - usual, axis=1, ddof=1)))
    here = float(np.var(measured - usual, ddof=1))
    return sqrt(max(1.0, here / there)) if there > 0 else 1.0


def _as_measured(residuals: Floats, day: Integers) -> float:
    """The standard error that the measured waits alone show: as if independent, or between days."""
    n = len(residuals)
    if n < 2:
        return 0.0
    apart = float(np.std(residuals, ddof=1)) / sqrt(n)
    _, number = np.unique(day, return_inverse=True)
    counts = np.bincount(number)
    if len(counts) < LEAST_DAYS_BETWEEN:
        return apart
    daily = np.bincount(number, weights=residuals) / counts
    spread = float(np.std(daily, ddof=1))
    return max(apart, spread * sqrt(float(np.sum((counts / n) ** 2))))


@dataclass(frozen=True)
class Evidence:
    """A measured mean beside the `expected` one, in seconds, with what is known of their errors.

    `error` is that of the measured mean in a shop whose mean wait is `seen`, `own` that of the
    simulation, with `days` simulated days.
    """

    mean: float
    expected: float
    error: float
    own: float
    service_s: float
    seen: float
    days: int

    def variance_at(self, mean: float) -> float:
        """Variance of the measured mean if the shop's true mean wait were this.

        A shop with longer waits also has more variable ones. As in M/M/1, where a mean wait m goes
        with the variance m**2 + 2 m s, s the mean service (Kleinrock 1975).
        """
        growth = self._size(mean) / self._size(self.seen) if self.seen > 0 else 1.0
        return self.error**2 * growth

    def _size(self, mean: float) -> float:
        return mean**2 + 2 * mean * self.service_s


def allowed(e: Evidence) -> tuple[float, float]:
    """The differences that the data allow, each end at 5 %: (low, high); high may be inf.

    The upper end is the largest true mean at which so short a measured one is not yet surprising:
    the larger root of (m - mean)**2 = t**2 (variance_at(m) + own**2). No shop waits less than 0.
    """
    t = _t_quantile(1 - LEVEL, e.days - 1)
    reach = t * sqrt(e.error**2 + e.own**2)
    low, high = max(e.mean - reach, 0.0), e.mean + reach
    if e.seen > 0:
        k = t**2 * (e.error**2 / (e.seen**2 + 2 * e.seen * e.service_s))
        if k >= 1:
            return low - e.expected, inf
        half = e.mean + k * e.service_s
        inside = half**2 - (1 - k) * (e.mean**2 - (t * e.own) ** 2)
        high = max(high, (half + sqrt(max(0.0, inside))) / (1 - k))
    return low - e.expected, high - e.expected


def p_match(e: Evidence, delta: float) -> float:
    """The larger p-value of the two one-sided tests at the margin `delta` (Schuirmann 1987)."""
    longer = e.expected + delta
    spread = sqrt(max(e.variance_at(longer), e.error**2) + e.own**2)
    above = _p_above((longer - e.mean) / spread, e.days - 1)
    if delta >= e.expected:  # no shop waits less than nothing
        return above
    spread = sqrt(e.error**2 + e.own**2)
    return max(above, _p_above((e.mean - (e.expected - delta)) / spread, e.days - 1))


def _p_differ(e: Evidence, means: Floats) -> float:
    """Two-sided p-value that the scenario itself would measure so different a mean.

    The larger of Student's t in seconds and in cube roots of seconds, in which a mean of skewed
    waits is close to normal (Wilson and Hilferty 1931, for gamma variables).
    """
    p = 2 * _p_above(abs(e.mean - e.expected) / sqrt(e.error**2 + e.own**2), e.days - 1)
    roots = np.cbrt(means)
    spread = float(np.std(roots, ddof=1)) * sqrt(1 + 1 / e.days)
    if spread > 0:
        away = abs(float(np.cbrt(e.mean) - np.mean(roots)))
        p = max(p, 2 * _p_above(away / spread, e.days - 1))
    return min(1.0, p)


def _rank_p(mean: float, means: Floats) -> float:
    """Two-sided p-value by rank among simulated studies: needs no shape (Barnard 1963)."""
    side = min(int(np.sum(means >= mean)), int(np.sum(means <= mean)))
    return min(1.0, 2 * (side + 1) / (len(means) + 1))


def judged(all_: Comparison, groups: Sequence[Comparison], enough: bool) -> list[Comparison]:
    """The comparisons with adjusted p-values and verdicts, the one of all waits first.

    `enough` False forbids a match. With groups, half of the 5 % for false alarms goes to all waits
    together and half to the groups, so that one check calls a scenario wrong by chance in at most
    5 %; within the groups Holm's procedure (1979) applies.
    """
    tested = [g for g in groups if g.n >= LEAST_TO_TEST]
    share = 2.0 if tested else 1.0
    match = holm([g.p_match for g in tested])
    differ = holm([g.p_differ for g in tested])
    adjusted = {id(g): (m, d) for g, m, d in zip(tested, match, differ, strict=True)}
    found = [replace(all_, p_differ=min(1.0, share * all_.p_differ))]
    for group in groups:
        m, d = adjusted.get(id(group), (1.0, 1.0))
        found.append(replace(group, p_match=m, p_differ=min(1.0, share * d)))
    return [replace(c, verdict=_verdict(c, enough)) for c in found]


def _verdict(c: Comparison, enough: bool) -> str:
    inside = abs(c.difference_s) < c.margin_s
    if inside and enough and c.n >= LEAST_TO_MATCH and c.p_match <= LEVEL:
        return MATCHES
    if not inside and c.p_differ <= LEVEL and c.rank_p <= LEVEL:
        return DIFFERS
    return CANNOT_TELL


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values that keep the chance of any false rejection (Holm 1979).

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    adjusted, highest = [0.0] * len(p_values), 0.0
    for done, k in enumerate(sorted(range(len(p_values)), key=lambda k: p_values[k])):
        highest = max(highest, min(1.0, (len(p_values) - done) * p_values[k]))
        adjusted[k] = highest
    return adjusted


@dataclass(frozen=True)
class Need:
    """What would probably settle it: more days with the stopwatch, or more simulated ones."""

    observed_days: int = 0
    simulated_days: int = 0


def need(c: Comparison, observed_days: int, simulated_days: int) -> Need:
    """How many more days would tell, if the difference stays about what it is.

    A difference close to the margin would take for ever; it is taken to be no more than half the
    margin, which further days may show. Nothing where the verdict is clear.
    """
    if c.verdict != CANNOT_TELL or not isfinite(c.difference_s):
        return Need()
    if abs(c.difference_s) < c.margin_s:
        room = max(c.margin_s - abs(c.difference_s), c.margin_s / 2)
        wanted = room / _t_quantile(1 - LEVEL, simulated_days - 1)
    else:
        wanted = abs(c.difference_s) / _t_quantile(1 - LEVEL / 4, simulated_days - 1)
    more = 0
    own = c.simulation_error_s
    if own**2 > wanted**2 / 2:  # the simulation itself is too uncertain
        more = ceil(simulated_days * (own**2 / (wanted**2 / 4) - 1))
        own = wanted / 2
    days = ceil(observed_days * c.error_s**2 / (wanted**2 - own**2))
    few = ceil(observed_days * max(0, LEAST_TO_MATCH - c.n) / max(c.n, 1))
    return Need(max(days - observed_days, few, 0 if more else 1), more)


def _t_quantile(share: float, degrees: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, share))


def _p_above(t: float, degrees: int) -> float:
    """Chance that Student's t exceeds t."""
    from scipy.special import stdtr

    return float(stdtr(degrees, -t)) if not np.isnan(t) else nan
