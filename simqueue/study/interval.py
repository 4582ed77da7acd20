"""How sure: intervals over replications, never over customers treated as independent."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean over n replications with the half width of its 95 % interval (nan when n < 2)."""

    mean: float
    half_width: float
    n: int
    unit: str = "1"

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.mean + self.half_width


def interval(daily: Floats, unit: str = "1") -> Estimate:
    """Mean of daily values with a Student t interval; days without a value (nan) are left out.

    `daily` has shape (R,), one value per replication.
    """
    values = np.asarray(daily, dtype=np.float64)
    values = values[~np.isnan(values)]
    n = len(values)
    if n == 0:
        return Estimate(nan, nan, 0, unit)
    if n == 1:
        return Estimate(float(values[0]), nan, 1, unit)
    error = float(np.std(values, ddof=1)) / sqrt(n)
    return Estimate(float(np.mean(values)), t_quantile(n - 1) * error, n, unit)


def ratio_interval(numerators: Floats, denominators: Floats, unit: str = "1") -> Estimate:
    """Ratio of totals over days, with a jackknife interval (Miller 1974); inputs shape (R,).

    nan where the denominators add to nothing; days with an empty denominator carry no information
    and are left out.
    """
    top, bottom = np.asarray(numerators, np.float64), np.asarray(denominators, np.float64)
    counted = bottom > 0
    top, bottom = top[counted], bottom[counted]
    n = len(bottom)
    if n == 0:
        return Estimate(nan, nan, 0, unit)
    ratio = float(np.sum(top) / np.sum(bottom))
    if n == 1:
        return Estimate(ratio, nan, 1, unit)
    without = (np.sum(top) - top) / (np.sum(bottom) - bottom)
    pseudo = n * ratio - (n - 1) * without
    error = float(np.std(pseudo, ddof=1)) / sqrt(n)
    return Estimate(ratio, t_quantile(n - 1) * error, n, unit)


def t_quantile(degrees: float, confidence: float = CONFIDENCE) -> float:
    """Standard errors to both sides of a mean that an interval of this confidence reaches."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + confidence / 2))
