"""Paired differences: two alternatives on the same days, and how sure the difference is.

A measure that is one value a day differs by the mean of the daily differences (Student t). A ratio
of totals differs by the difference of the two ratios, with the interval of the paired jackknife:
the pseudo-values of both alternatives leave out the same day, so their differences are treated as
daily values are (Miller 1974, Biometrika 61:1-15). Seeing the same customers makes days alike, and
what days have in common falls out of the difference (common random numbers; Law 2015, Simulation
Modeling and Analysis, section 11.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, isnan, nan, sqrt

import numpy as np
from numpy.typing import NDArray

from simqueue.study.interval import CONFIDENCE, t_quantile
from simqueue.study.tally import Tally

Floats = NDArray[np.float64]
LEVEL = 1.0 - CONFIDENCE
POWER = 0.8  # chance that so many days as are asked for will be enough, as usual
MOST_DAYS = 1_000_000


@dataclass(frozen=True)
class Difference:
    """An alternative minus the reference in one measure, over n days that both have.

    `half_width` is that of the 95 % interval of this difference alone, `half_width_all` of the
    interval that holds for all alternatives together (Bonferroni). `p` tests for no difference,
    `p_all` does so for all alternatives together (Holm). `pairing` is how many times as many days
    would be needed if the alternatives did not see the same customers.
    """

    reference: float
    alternative: float
    mean: float
    half_width: float
    n: int
    unit: str
    spread: float  # standard deviation of the daily differences (of the jackknife's pseudo-values)
    p: float
    pairing: float
    half_width_all: float = nan
    p_all: float = nan

    @property
    def low(self) -> float:
        """Lower end of the interval of this difference alone."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the interval of this difference alone."""
        return self.mean + self.half_width

    def chance(self, better: int) -> float:
        """How sure the alternative is better, 0 to 1; `better` is +1 where more is, -1 where less.

        One minus the one-sided p value; nan for measures without a better side (0).
        """
        if better == 0 or isnan(self.mean):
            return nan
        if isnan(self.half_width):
            return nan
        if self.mean == 0:
            return 0.5
        return 1 - self.p / 2 if self.mean * better > 0 else self.p / 2


def difference(
    reference: Tally, other: Tally, name: str, mine: int = 0, theirs: int = 0
) -> Difference:
    """The difference of a measure between two groups of tallies over the days they share."""
    days = min(n_days(reference, name), n_days(other, name))
    unit = reference.units[name]
    if reference.is_ratio(name):
        tops, bottoms = (
            np.stack([a[:days, mine], b[:days, theirs]])
            for a, b in zip(reference.totals(name), other.totals(name), strict=True)
        )
        return of_ratios(tops, bottoms, unit)
    values = np.stack([reference.daily(name)[:days, mine], other.daily(name)[:days, theirs]])
    return of_values(values, unit)


def n_days(tally: Tally, name: str) -> int:
    """Days of which the tally knows the measure."""
    return len(tally.totals(name)[0]) if tally.is_ratio(name) else len(tally.daily(name))


def of_values(values: Floats, unit: str = "1") -> Difference:
    """Row 1 minus row 0 of daily values, shape (2, R); days that one of them lacks are left out."""
    kept = values[:, ~np.isnan(values).any(axis=0)]
    n = kept.shape[1]
    means = kept.mean(axis=1) if n else np.full(2, nan)
    mean = float(np.mean(kept[1] - kept[0])) if n else nan
    return _over_days(means, mean, kept, n, unit)


def of_ratios(tops: Floats, bottoms: Floats, unit: str = "1") -> Difference:
    """Row 1 minus row 0 of ratios of totals, shapes (2, R); days empty in both are left out."""
    counted = (bottoms > 0).any(axis=0)
    tops, bottoms = tops[:, counted], bottoms[:, counted]
    n = tops.shape[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        total, by = tops.sum(axis=1, keepdims=True), bottoms.sum(axis=1, keepdims=True)
        ratios = np.where(by > 0, total / by, nan)
        without = np.where(by - bottoms > 0, (total - tops) / (by - bottoms), nan)
    pseudo = n * ratios - (n - 1) * without
    return _over_days(ratios[:, 0], float(ratios[1, 0] - ratios[0, 0]), pseudo, n, unit)


def _over_days(means: Floats, mean: float, values: Floats, n: int, unit: str) -> Difference:
    """The difference of two means with what the (pseudo-)values of n days say of it."""
    apart = values[1] - values[0]
    if n < 2 or not np.isfinite(apart).all():
        return Difference(float(means[0]), float(means[1]), mean, nan, n, unit, nan, nan, nan)
    spread = float(np.std(apart, ddof=1))
    error = spread / sqrt(n)
    unpaired = float(np.var(values[0], ddof=1) + np.var(values[1], ddof=1))
    pairing = unpaired / spread**2 if spread > 0 else (inf if unpaired > 0 else nan)
    return Difference(
        float(means[0]), float(means[1]), mean, t_quantile(n - 1) * error, n, unit, spread,
        two_sided(mean, error, n - 1), pairing,
    )  # fmt: skip


def two_sided(mean: float, error: float, degrees: int) -> float:
    """The p value of Student's t test for no difference; 1 where nothing differs on any day."""
    from scipy.special import stdtr

    if error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stdtr(degrees, -abs(mean) / error))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p values adjusted for all being looked at together (Holm 1979); nan stays nan.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    known = sorted((p, k) for k, p in enumerate(p_values) if not isnan(p))
    adjusted, highest = list(p_values), 0.0
    for rank, (p, k) in enumerate(known):
        highest = max(highest, min(1.0, (len(known) - rank) * p))
        adjusted[k] = highest
    return adjusted


def together(differences: Sequence[Difference]) -> list[Difference]:
    """The same differences with what holds for all of them together."""
    known = sum(not isnan(d.p) for d in differences)
    adjusted = holm([d.p for d in differences])
    return [
        replace(d, p_all=p, half_width_all=_wider(d, known))
        for d, p in zip(differences, adjusted, strict=True)
    ]


def _wider(d: Difference, alternatives: int) -> float:
    """Half the width of the interval when so many intervals shall all hold."""
    if isnan(d.half_width):
        return nan
    return t_quantile(d.n - 1, 1 - LEVEL / alternatives) * d.spread / sqrt(d.n)


def days_needed(d: Difference, matters: float, alternatives: int = 1) -> int | None:
    """Days after which the difference will probably be told from none, or from what matters.

    If the true difference is the one found: so many days that with a chance of 80 % the interval
    for all alternatives leaves out either zero or everything that matters, whichever comes first.
    None when one day's spread is not known or no number of days is enough.
    """
    if isnan(d.spread):
        return None
    if d.spread == 0:
        return d.n
    few, many = 1, max(2, d.n)
    while _chance_to_tell(d, matters, alternatives, many) < POWER:
        if many >= MOST_DAYS:
            return None
        few, many = many, min(2 * many, MOST_DAYS)
    if few == 1:
        return many  # as many as there are would do
    while many - few > 1:
        middle = (few + many) // 2
        enough = _chance_to_tell(d, matters, alternatives, middle) >= POWER
        few, many = (few, middle) if enough else (middle, many)
    return many


def _chance_to_tell(d: Difference, matters: float, alternatives: int, n: int) -> float:
    """The chance that n days settle a difference as large as the one found.

    Power of Student's t test for a difference, and of its interval lying wholly within what is too
    small to matter, on both sides; the standard error is taken as known.
    """
    from scipy.special import stdtr

    error = d.spread / sqrt(n)
    reach = t_quantile(n - 1, 1 - LEVEL / alternatives)
    size, room = abs(d.mean) / error, matters / error - reach
    differs = stdtr(n - 1, size - reach) if size > 0 else 0.0
    within = stdtr(n - 1, room - size) - stdtr(n - 1, -room - size) if room > 0 else 0.0
    return float(max(differs, within))
