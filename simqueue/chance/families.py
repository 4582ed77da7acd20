"""The families of distributions: one function each, from its parameters to a Curve.

Parameters that carry the unit of the variable are named in `SIZES`; all others are plain numbers.
A function raises ValueError when a combination of parameters makes no sense. Nothing heavy is
computed before the first quantile is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simqueue.chance import quantiles as q
from simqueue.chance.quantiles import Floats
from simqueue.registry import register

SIZES = frozenset(
    {"fixed", "about", "half_up_to", "nine_in_ten_up_to", "mean", "sd", "low", "high"}
    | {"median", "scale", "means", "values"}
)
FLAT = ("half_up_to", "about", "bands", "fixed")  # parameters stand beside the family's name
Numbers = tuple[float, ...]
Bands = tuple[tuple[float, float, float], ...]  # first, last, share

_Z90 = 1.2815515655446004  # normal score of 90 %


@dataclass(frozen=True)
class Curve:
    """A distribution before rounding and truncation.

    No value lies below `lowest` or above `highest`. `rounding_adds` is what rounding up to whole
    items adds to the mean, or None where that has to be found numerically.
    """

    quantile: Callable[[Floats], Floats]
    mean: float
    lowest: float = 0.0
    may_be_cut: bool = True
    rounding_adds: float | None = None
    highest: float = math.inf


@register("distribution", source="lognormal through two points a planner knows")
def half_up_to(half_up_to: float, nine_in_ten_up_to: float) -> Curve:
    """Half of the values lie up to one number, nine in ten up to another."""
    if half_up_to <= 0:
        raise ValueError("half_up_to must be above 0")
    if nine_in_ten_up_to <= half_up_to:
        raise ValueError("nine_in_ten_up_to must be above half_up_to")
    sigma = math.log(nine_in_ten_up_to / half_up_to) / _Z90
    return _lognormal(math.log(half_up_to), _not_wild(sigma))


@register("distribution", source="lognormal, a quarter of the mean as spread (assumption)")
def about(about: float) -> Curve:
    """About so much: the mean, with a quarter of it as spread."""
    return lognormal(mean=about, cv=0.25)


@register("distribution", source="shares of bands, evenly spread within each")
def bands(bands: Bands) -> Curve:
    """Shares of bands such as "1-5": 42 %, evenly spread within each band."""
    ordered = sorted(bands)
    share = np.array([band[2] for band in ordered])
    ends = np.concatenate([[0.0], np.cumsum(share / share.sum())])
    ends[-1] = 1.0
    first = np.array([band[0] for band in ordered])
    width = np.array([band[1] - band[0] for band in ordered])
    mean = float(np.sum(share * (first + 0.5 * width)) / share.sum())

    def quantile(u: Floats) -> Floats:
        k = np.searchsorted(ends, u, side="left") - 1
        k = np.clip(k, 0, len(ordered) - 1)
        inside: Floats = (u - ends[k]) / np.maximum(ends[k + 1] - ends[k], 1e-300)
        x: Floats = first[k] + np.clip(inside, 0.0, 1.0) * width[k]
        return x

    lowest = math.nextafter(ordered[0][0], math.inf)  # u > 0 does not reach the end itself
    return Curve(quantile, mean, lowest, False, 0.5, ordered[-1][1])


@register("distribution")
def fixed(fixed: float) -> Curve:
    """Always the same value."""
    adds = max(math.ceil(fixed), 1) - fixed  # items: at least 1
    return Curve(lambda u: np.full(u.shape, fixed), fixed, fixed, False, adds, fixed)


@register("distribution")
def exponential(mean: float) -> Curve:
    """Exponential: without memory."""
    _above_0(mean=mean)
    return Curve(lambda u: -mean * np.log1p(-u), mean)


@register("distribution")
def uniform(low: float, high: float) -> Curve:
    """Uniform between two values."""
    if high <= low:
        raise ValueError("high must be above low")
    return Curve(lambda u: low + (high - low) * u, 0.5 * (low + high), low, highest=high)


@register("distribution")
def gamma(mean: float, cv: float) -> Curve:
    """Gamma with this mean and coefficient of variation."""
    _above_0(mean=mean, cv=cv)
    if not 0.01 <= cv <= 10:
        raise ValueError("cv must be between 0.01 and 10")
    return _gamma(mean, 1.0 / cv**2)


@register("distribution")
def lognormal(
    mean: float | None = None,
    cv: float | None = None,
    sd: float | None = None,
    median: float | None = None,
    sigma: float | None = None,
) -> Curve:
    """Lognormal by mean and cv, mean and sd, or median and sigma (the sd of the logarithm)."""
    given = {"mean": mean, "cv": cv, "sd": sd, "median": median, "sigma": sigma}
    names = {name for name, value in given.items() if value is not None}
    if mean is not None and sd is not None and names == {"mean", "sd"}:
        _above_0(mean=mean, sd=sd)
        cv = sd / mean
    elif median is not None and sigma is not None and names == {"median", "sigma"}:
        _above_0(median=median, sigma=sigma)
        return _lognormal(math.log(median), _not_wild(sigma))
    elif names != {"mean", "cv"}:
        raise ValueError("needs mean and cv, or mean and sd, or median and sigma")
    assert mean is not None
    assert cv is not None
    _above_0(mean=mean, cv=cv)
    variance = math.log1p(cv**2)
    return _lognormal(math.log(mean) - 0.5 * variance, _not_wild(math.sqrt(variance)))


@register("distribution")
def weibull(scale: float, shape: float) -> Curve:
    """Weibull with this scale and shape."""
    _above_0(scale=scale, shape=shape)
    if not 0.2 <= shape <= 100:
        raise ValueError("shape must be between 0.2 and 100")
    mean = scale * math.gamma(1.0 + 1.0 / shape)
    return Curve(lambda u: scale * np.power(-np.log1p(-u), 1.0 / shape), mean)


@register("distribution")
def erlang(mean: float, stages: float) -> Curve:
    """Erlang: the sum of so many equal exponential stages, with this mean in all."""
    _above_0(mean=mean)
    if stages != int(stages) or not 1 <= stages <= 10_000:
        raise ValueError("stages must be a whole number from 1 to 10000")
    return _gamma(mean, stages)


@register("distribution")
def hyperexponential(weights: Numbers, means: Numbers) -> Curve:
    """Hyperexponential: an exponential whose mean is itself drawn, by weight."""
    _same_length(weights=weights, means=means)
    _weights(weights)
    if min(means) <= 0:
        raise ValueError("means must be above 0")
    if max(means) > 1e6 * min(means):
        raise ValueError("means must not differ by more than a factor of a million")
    mean = math.fsum(w * m for w, m in zip(weights, means, strict=True)) / math.fsum(weights)

    def quantile(u: Floats) -> Floats:
        return q.hyperexponential_quantile(weights, means)(u)

    return Curve(quantile, mean)


@register("distribution")
def geometric(mean: float) -> Curve:
    """Geometric on 1, 2, 3, ... with this mean."""
    if mean < 1:
        raise ValueError("mean must be at least 1: the smallest value is 1")
    if mean == 1:
        return fixed(1.0)
    log_fail = math.log1p(-1.0 / mean)

    def quantile(u: Floats) -> Floats:
        return np.maximum(np.ceil(np.log1p(-u) / log_fail), 1.0)

    return Curve(quantile, mean, 1.0, rounding_adds=0.0)


@register("distribution")
def negative_binomial(mean: float, r: float) -> Curve:
    """Negative binomial on 1, 2, 3, ... with this mean of the whole variable and this size r."""
    _above_0(r=r)
    if mean < 1:
        raise ValueError("mean must be at least 1: the smallest value is 1")
    if r < 0.01 or q.negative_binomial_length(mean, r) > 500_000:
        raise ValueError("spreads too widely to be a basket: give a larger r or a smaller mean")

    def quantile(u: Floats) -> Floats:
        cdf = q.negative_binomial_cdf(mean, r)
        return 1.0 + np.minimum(np.searchsorted(cdf, u, side="left"), len(cdf) - 1)

    return Curve(quantile, mean, 1.0, rounding_adds=0.0)


@register("distribution")
def empirical(values: Numbers, weights: Numbers | None = None) -> Curve:
    """The values themselves, each as likely as its weight says."""
    weights = weights or (1.0,) * len(values)
    _same_length(values=values, weights=weights)
    _weights(weights)
    order = np.argsort(values, kind="stable")
    value, weight = np.array(values)[order], np.array(weights)[order]
    value, weight = value[weight > 0], weight[weight > 0]
    upto = np.cumsum(weight) / np.sum(weight)
    upto[-1] = 1.0
    mean = math.fsum(value * weight) / math.fsum(weight)
    adds = math.fsum((np.maximum(np.ceil(value), 1.0) - value) * weight) / math.fsum(weight)

    def quantile(u: Floats) -> Floats:
        picked: Floats = value[np.searchsorted(upto, u, side="left")]
        return picked

    return Curve(quantile, mean, float(value[0]), False, adds, float(value[-1]))


def _lognormal(mu: float, sigma: float) -> Curve:
    mean = math.exp(mu + 0.5 * sigma * sigma)
    return Curve(lambda u: np.exp(mu + sigma * q.normal_score(u)), mean)


def _gamma(mean: float, shape: float) -> Curve:
    return Curve(lambda u: (mean / shape) * q.gamma_quantile(shape)(u), mean)


def _not_wild(sigma: float) -> float:
    if sigma > 4:  # mean / median would be 3,000: a slip of the pen, not a shop
        raise ValueError("spreads too widely: the sd of the logarithm must be at most 4")
    return sigma


def _above_0(**given: float) -> None:
    for name, value in given.items():
        if value <= 0:
            raise ValueError(f"{name} must be above 0")


def _same_length(**lists: Numbers) -> None:
    (first, one), (second, two) = lists.items()
    if not one:
        raise ValueError(f"{first} must not be empty")
    if len(one) != len(two):
        raise ValueError(f"must have as many {second} as {first}")


def _weights(weights: Numbers) -> None:
    if min(weights) < 0 or math.fsum(weights) <= 0:
        raise ValueError("weights must not be negative, and not all 0")
