"""Adding customers up by segment, lane and quarter hour in one pass, whatever the measure.

A cell is one segment, place and quarter hour. Every grouping (the day, lanes, segments, quarter
hours) is a sum of cells, so each measure goes through its customers once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """Which cell each of N customers belongs to; S segments, J lanes, Q quarter hours."""

    segment: Integers  # (N,)
    lane: Integers  # (N,) -1 = stood in no line
    quarter: Integers  # (N,) 0 where the scenario has no clock
    counted: NDArray[np.bool_]  # (N,) False: in no cell at all
    at_checkouts: NDArray[np.bool_]  # (N,) False: a visit to a station, which only lanes count
    n_segments: int
    n_lanes: int
    n_quarters: int

    @property
    def _shape(self) -> tuple[int, int, int, int]:
        """Station or checkouts, segment, lane (first: none), quarter hour."""
        return 2, self.n_segments, self.n_lanes + 1, max(1, self.n_quarters)

    @cached_property
    def _rows(self) -> Integers | slice:
        """The customers who count; all of them as a slice, which is quicker."""
        return slice(None) if self.counted.all() else np.flatnonzero(self.counted)

    @cached_property
    def _cell(self) -> Integers:
        """The cell of each customer who counts."""
        _, n_segments, n_places, n_quarters = self._shape
        place = (self.at_checkouts * n_segments + self.segment) * n_places + self.lane + 1
        return (place * n_quarters + self.quarter)[self._rows]

    def sums(self, values: Sequence[NDArray[Any]]) -> dict[str, list[Floats]]:
        """The sum of each of M arrays of shape (N,) in every group, by grouping: M of shape (G,).

        An array that is given several times, as what many means divide by, is added up once.
        """
        n = int(np.prod(self._shape))
        different = {id(column): column for column in values}
        place = {key: k for k, key in enumerate(different)}
        added = np.empty((len(different), n))
        for k, column in enumerate(different.values()):
            added[k] = np.bincount(self._cell, column[self._rows], minlength=n)
        found = self._groupings(added.reshape(len(different), *self._shape))
        rows = [place[id(column)] for column in values]
        return {grouping: [sums[k] for k in rows] for grouping, sums in found.items()}

    def _groupings(self, total: Floats) -> dict[str, Floats]:
        checkouts = total[:, 1]
        by_lane = total.sum(axis=(1, 2))[:, 1:]  # stations too: (M, J, Q)
        by_quarter = checkouts.sum(axis=(1, 2))
        return {
            "day": by_quarter.sum(axis=1, keepdims=True),
            "lane": by_lane.sum(axis=2),
            "segment": checkouts.sum(axis=(2, 3)),
            "quarter": by_quarter[:, : self.n_quarters],
            "lane_quarter": by_lane[:, :, : self.n_quarters].reshape(len(total), -1),
        }

    def group_of(self, grouping: str) -> Integers:
        """The group of each customer in 'day', 'lane', 'segment' or 'quarter', -1 = none; (N,)."""
        if grouping == "lane":
            return np.where(self.counted, self.lane, -1)
        here = {"day": np.zeros_like(self.lane), "segment": self.segment, "quarter": self.quarter}
        return np.where(self.counted & self.at_checkouts, here[grouping], -1)


def in_order(values: Floats) -> Integers:
    """The customers whose value is known, the lowest first; values (N,), nan = unknown."""
    rows = np.argsort(values, kind="stable")  # quicker where many do not wait at all
    return rows[: len(values) - int(np.count_nonzero(np.isnan(values)))]  # nan comes last


def spread_by_group(
    values: Floats,
    group: Integers,
    n: int,
    percents: Sequence[float],
    order: Integers | None = None,
) -> list[Floats]:
    """Standard deviation, percentiles and maximum of each of n groups; nan where one is empty.

    `values` and `group` have shape (N,), group -1 is left out; percentiles by linear
    interpolation. `order` is that of `in_order`, when somebody has it already. In this order;
    arrays of shape (n,).
    """
    rows = in_order(values) if order is None else order
    of = group[rows].astype(np.min_scalar_type(-n - 1))  # short numbers are sorted in no time
    rows = rows[np.argsort(of, kind="stable")]
    rows = rows[int(np.count_nonzero(of < 0)) :]
    ordered = values[rows]
    number = np.bincount(of[of >= 0], minlength=n)
    mine = np.repeat(np.arange(n), number)
    first = np.cumsum(number) - number
    filled, divisor = number > 0, np.maximum(number, 1)
    mean = np.bincount(mine, ordered, minlength=n) / divisor
    variance = np.bincount(mine, (ordered - mean[mine]) ** 2, minlength=n) / divisor
    last = np.maximum(number - 1, 0)
    place = np.divide(percents, 100)[:, None] * last  # a row for each percentile
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, last)
    padded = np.append(ordered, 0.0)  # groups of nobody at the end look there
    low, high = padded[first + below], padded[first + above]
    found = [np.sqrt(variance), *(low + (high - low) * (place - below)), padded[first + last]]
    return [np.where(filled, column, np.nan) for column in found]
