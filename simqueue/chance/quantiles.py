"""Numerical helpers for quantiles: tables over the normal score, truncation, means.

u is a raw uniform in (0, 1); z is its normal score. Tables are laid over z because it stretches
both tails: an even grid in u would have no points where the rare long services are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Quantile = Callable[[Floats], Floats]

FARTHEST_Z = 8.3  # beyond it a double cannot tell u from 0 or 1
_TINY = 1e-300


def normal_score(u: Floats) -> Floats:
    """The standard normal quantile of u; shape of u."""
    from scipy.special import ndtri

    z: Floats = ndtri(u)
    return z


def tabulated(exact: Callable[[Floats, Floats], Floats], bend: float) -> Quantile:
    """A quantile by linear interpolation of ln x over z, with relative error below 1e-6.

    exact(p, q) gives x for a lower tail p and an upper tail q = 1 - p; bend is the largest second
    derivative of ln x by z, which sets the number of grid points.
    """
    from scipy.special import ndtr

    step = np.sqrt(8.0 * 4e-7 / max(bend, 0.05))
    points = min(int(np.ceil(2 * FARTHEST_Z / step)), 400_000)
    z = np.linspace(-FARTHEST_Z, FARTHEST_Z, points + 1)
    log_x = np.log(np.maximum(exact(ndtr(z), ndtr(-z)), _TINY))
    between = evenly_interpolated(z, log_x)

    def quantile(u: Floats) -> Floats:
        x: Floats = np.exp(between(normal_score(u)))
        return x

    return quantile


def evenly_interpolated(grid: Floats, values: Floats) -> Quantile:
    """What `np.interp` gives on a grid with even steps, to the last bit, in a tenth of its time.

    It searches a long grid anew for each number; where steps are even the place is known.
    """
    last = len(grid) - 2
    per_step = (last + 1) / (grid[-1] - grid[0])
    widths = np.diff(grid)
    slope = np.diff(values) / widths
    surely_inside = widths.min() * (1 - 1e-9)

    def between(x: Floats) -> Floats:
        inside = x.clip(grid[0], grid[-1])
        place = np.minimum(((inside - grid[0]) * per_step).astype(np.int64), last)
        beyond = inside - grid.take(place)
        all_inside = beyond.min(initial=0.0) >= 0 and beyond.max(initial=0.0) < surely_inside
        if not all_inside:
            place -= inside < grid[place]  # rounding may have put it beside its step
            place += (inside >= grid[place + 1]) & (place < last)
            beyond = inside - grid.take(place)
        found: Floats = slope.take(place) * beyond + values.take(place)
        return found if all_inside else np.where(inside == grid[-1], values[-1], found)

    return between


@lru_cache(maxsize=64)
def gamma_quantile(shape: float) -> Quantile:
    """The quantile of the gamma distribution with this shape and scale 1, by a table."""
    from scipy.special import gammainccinv, gammaincinv

    def exact(p: Floats, q: Floats) -> Floats:
        with np.errstate(under="ignore"):
            x: Floats = np.where(p < 0.5, gammaincinv(shape, p), gammainccinv(shape, q))
        return x

    # In the lower tail x is about (p * Gamma(shape + 1)) ** (1 / shape), so ln x bends by at most
    # 1 / shape; in the upper tail ln x flattens.
    return tabulated(exact, 1.0 / shape)


@lru_cache(maxsize=64)
def hyperexponential_quantile(weights: tuple[float, ...], means: tuple[float, ...]) -> Quantile:
    """The quantile of a mixture of exponentials, by bisection on a grid and a table."""
    share = np.array(weights) / np.sum(weights)
    rate = 1.0 / np.array(means)

    def exact(p: Floats, q: Floats) -> Floats:
        low = np.full(p.shape, np.log(min(means)) - 45.0)  # e**-45 is far below the smallest p
        high = np.full(p.shape, np.log(max(means)) + 5.0)  # e**5 = 148 means
        for _ in range(70):  # each step halves the bracket of at most 50 + ln(max / min)
            middle = 0.5 * (low + high)
            power = -np.exp(middle)[:, None] * rate
            below = -np.expm1(power) @ share < p
            above = np.exp(power) @ share > q
            short = np.where(p < 0.5, below, above)
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        x: Floats = np.exp(0.5 * (low + high))
        return x

    return tabulated(exact, 8.0)


@lru_cache(maxsize=64)
def negative_binomial_cdf(mean: float, r: float) -> Floats:
    """P(X <= 1), P(X <= 2), ... of 1 + negative binomial with mean `mean - 1` and size r."""
    from scipy.special import betainc

    k = np.arange(negative_binomial_length(mean, r), dtype=float)
    cdf: Floats = betainc(r, k + 1.0, r / (r + mean - 1.0))
    return cdf


def negative_binomial_length(mean: float, r: float) -> int:
    """How many values carry all but about 1e-16 of the probability."""
    excess = max(mean - 1.0, 1e-9)
    decay = np.log1p(r / excess)  # the far tail falls by this per step
    return int(excess + 40.0 / decay + 12.0 * np.sqrt(excess + excess**2 / r)) + 2


def share_below(quantile: Quantile, most: float) -> float:
    """The largest u whose quantile is at most `most`: the share that truncation keeps."""
    low, high = 0.0, 1.0
    for _ in range(1100):  # halves down to the smallest u a double can hold, if need be
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        if float(quantile(np.array([middle]))[0]) <= most:
            low = middle
        else:
            high = middle
    return low


def mean_by_quadrature(quantile: Quantile) -> float:
    """The mean of a distribution from its quantile: trapezoids over the normal score."""
    from scipy.special import ndtr

    z = np.linspace(-8.2, 8.2, 2**17 + 1)
    density = np.exp(-0.5 * z * z)
    return float(np.sum(quantile(ndtr(z)) * density) / np.sum(density))
