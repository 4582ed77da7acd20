"""When customers come: a Poisson process whose rate follows the clock, by exact inversion.

Customer k is the k-th event of a process of rate one; his time is where the cumulative rate reaches
that event (Cinlar 1975, ch. 4). So a change of the rate moves customers in time, and draws no new
ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from simqueue.chance import Draws

Floats = NDArray[np.float64]
DAY_S = 86_400.0


@dataclass(frozen=True)
class Rate:
    """Customers per second as a function of seconds from opening.

    Between `time_s[k]` and `time_s[k + 1]` the rate goes straight from `begins[k]` to `ends[k]`.
    Shapes: time_s (K + 1,), begins and ends (K,); read-only, as all days of a run share them.
    """

    time_s: Floats
    begins: Floats
    ends: Floats

    def __post_init__(self) -> None:
        for values in (self.time_s, self.begins, self.ends):
            values.setflags(write=False)

    def cumulative(self) -> Floats:
        """Expected customers up to each of `time_s`; shape (K + 1,), read-only."""
        return self._cumulative

    @cached_property
    def _cumulative(self) -> Floats:
        found = np.zeros(len(self.time_s))
        np.cumsum(self._lasts_s * (self.begins + self.ends) / 2, out=found[1:])
        found.setflags(write=False)
        return found

    @property
    def _lasts_s(self) -> Floats:
        return self.time_s[1:] - self.time_s[:-1]

    @property
    def total(self) -> float:
        """Expected customers in all."""
        return float(self.cumulative()[-1])

    def scaled(self, factor: float) -> Rate:
        """The same shape, `factor` times as many customers."""
        return Rate(self.time_s, self.begins * factor, self.ends * factor)

    def inverse(self, expected: Floats) -> Floats:
        """When the expected number of customers reaches each value; ascending, below `total`."""
        begun = self.cumulative()[:-1]
        n = lying_in(begun, expected)
        missing = expected - begun.repeat(n)
        if np.array_equal(self.begins, self.ends):
            twice = (2 * self.begins).repeat(n)
        else:
            # root of begins x + slope x^2 / 2 = missing, in the form that does not cancel
            begins = self.begins.repeat(n)
            slope = ((self.ends - self.begins) / self._lasts_s).repeat(n)
            twice = begins + np.sqrt(np.maximum(0.0, begins**2 + 2 * slope * missing))
        inside = 2 * missing / np.maximum(twice, 1e-300)
        last_moment = np.nextafter(self.time_s[1:], 0.0)  # rounding must not reach closing time
        return np.minimum(self.time_s[:-1].repeat(n) + inside, last_moment.repeat(n))


def stretch(begins: Floats, values: Floats) -> NDArray[np.intp]:
    """The stretch each value lies in: the last that begins at or below it, else 0; as `values`."""
    if (values[1:] >= values[:-1]).all():
        return np.arange(len(begins)).repeat(lying_in(begins, values))
    return np.maximum(np.searchsorted(begins, values, side="right") - 1, 0)


def lying_in(begins: Floats, values: Floats) -> NDArray[np.intp]:
    """How many of the values, which ascend, lie in each stretch; shape of `begins`."""
    ends = np.append(values.searchsorted(begins[1:]), len(values))
    ends[1:] -= ends[:-1]
    return ends


def rate(
    points: Sequence[tuple[float, float]], opens_s: float, length_s: float, linear: bool
) -> Rate:
    """The rate from opening on, from (seconds from midnight, customers per hour) points.

    The first point must not lie after opening, the last one holds until midnight; then the table
    begins anew. With `linear` the points are joined by straight lines.
    """
    return _rate(tuple(points), opens_s, length_s, linear)


@lru_cache(maxsize=64)  # every day of a run asks for the same
def _rate(
    points: tuple[tuple[float, float], ...], opens_s: float, length_s: float, linear: bool
) -> Rate:
    clock, per_hour = (np.array(column, dtype=np.float64) for column in zip(*points, strict=True))
    closes_s = opens_s + length_s
    midnights = np.arange(np.ceil(closes_s / DAY_S)) * DAY_S
    changes = np.unique(np.append((midnights[:, None] + clock).ravel(), midnights))
    inside = changes[(changes > opens_s) & (changes < closes_s)]
    edges = np.concatenate([[opens_s], inside, [closes_s]])
    midnight = np.floor(edges[:-1] / DAY_S) * DAY_S  # no piece goes beyond the next one
    begins, ends = edges[:-1] - midnight, edges[1:] - midnight
    if linear:
        levels = [np.interp(at, clock, per_hour) / 3600.0 for at in (begins, ends)]
        return Rate(edges - opens_s, *levels)
    in_force = np.searchsorted(clock, begins, side="right") - 1
    level = per_hour[np.maximum(in_force, 0)] / 3600.0
    return Rate(edges - opens_s, level, level)


def arrival_times(flow: Rate, draws: Draws) -> Floats:
    """When each customer comes, ascending, in seconds from opening; shape (N,), N random."""
    total = flow.total
    n = int(total + 6 * np.sqrt(total) + 20)
    while True:
        unit_times = np.cumsum(-np.log(draws.uniform("arrival", n)))
        if unit_times[-1] > total:
            return flow.inverse(unit_times[: np.searchsorted(unit_times, total)])
        n *= 2


def day_factor(cv: float, draws: Draws) -> float:
    """How busy the day is compared with the average one: gamma with mean 1 and the given cv."""
    if cv == 0:
        return 1.0
    from scipy.special import gammaincinv

    shape = 1.0 / (cv * cv)
    return float(gammaincinv(shape, draws.uniform("day", 1)[0]) / shape)
