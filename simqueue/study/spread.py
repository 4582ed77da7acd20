"""How values spread within groups: standard deviation, percentiles, maximum, all groups at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.study.levels import rows_by_group

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Grouping = tuple[NDArray[Any], int]  # the group of each of N values, -1 = none; how many there are


def spread_by_group(
    values: Floats, groupings: Sequence[Grouping], percents: Sequence[float]
) -> list[Floats]:
    """Standard deviation, percentiles and maximum of each group; nan where one is empty.

    Values have shape (N,), nan = unknown, left out as group -1 is; percentiles by linear
    interpolation. For each grouping of G groups a table of shape (2 + percents, G), in this order.
    """
    unknown = np.isnan(values)
    if unknown.any():
        groupings = [(np.where(unknown, -1, group), n) for group, n in groupings]
    parts = [_in_order(values, group, n) for group, n in groupings]
    ordered = np.concatenate([part for part, _ in parts])
    found = _spread(ordered, np.concatenate([number for _, number in parts]), percents)
    ends = np.cumsum([n for _, n in groupings])
    return np.split(found, ends[:-1], axis=1)


def _in_order(values: Floats, group: NDArray[Any], n: int) -> tuple[Floats, Integers]:
    """The values of group 0, 1, ... after each other, each the lowest first; their numbers (n,)."""
    rows, ends = rows_by_group(group, n)
    ordered, number = values.take(rows), ends.copy()
    number[1:] -= ends[:-1]
    start = 0
    for end in ends.tolist():
        if end > start + 1:
            ordered[start:end].sort()  # much faster than sorting their places
        start = end
    return ordered, number


def _spread(values: Floats, number: Integers, percents: Sequence[float]) -> Floats:
    """The spread of values in order within each of G groups, so many in each; (2 + P, G)."""
    filled = np.flatnonzero(number)
    size = number.take(filled)
    found = np.full((len(percents) + 2, len(number)), np.nan)
    if not len(size):
        return found
    ends = size.cumsum()
    first, last = ends - size, size - 1
    away = values - (np.add.reduceat(values, first) / size).repeat(size)
    place = np.divide(percents, 100)[:, np.newaxis] * last  # a row for each percentile
    below = place.astype(np.int64)
    low = values.take(first + below)
    high = values.take(first + np.minimum(below + 1, last))
    found[0, filled] = np.sqrt(np.add.reduceat(away * away, first) / size)
    found[1:-1, filled] = low + (high - low) * (place - below)
    found[-1, filled] = values.take(ends - 1)
    return found
