"""Adding customers up by segment, lane and quarter hour in one pass, whatever the measure.

A cell is one segment, place and quarter hour. Every grouping (the day, lanes, segments, quarter
hours) is a sum of cells, so each measure goes through its customers once.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]
QUARTER_S = 900.0


class Among(NamedTuple):
    """Numbers (N,) of those in a mask (N,); the others count 0, whatever stands there, nan too."""

    values: NDArray[Any]
    mask: Mask


Column = NDArray[Any] | Among  # numbers or a mask of shape (N,)


@dataclass(frozen=True)
class Sums:
    """What M columns add up to in each group of each grouping; D of them are different."""

    totals: dict[str, Floats]  # by grouping of G groups: the different columns, (D, G)
    place: Integers  # (M,) which of these each column is

    def of(self, grouping: str, columns: slice | Sequence[int] = slice(None)) -> Floats:
        """The sums of all columns, or of some of them; shape (M, G)."""
        return self.totals[grouping].take(self.place[columns], axis=0)


@dataclass(frozen=True)
class Cells:
    """Which cell each of N customers belongs to; S segments, J lanes, Q quarter hours."""

    segment: Integers  # (N,)
    lane: Integers  # (N,) -1 = stood in no line
    quarter: Integers  # (N,) 0 where the scenario has no clock
    counted: Mask  # (N,) False: in no cell at all
    at_checkouts: Mask  # (N,) False: a visit to a station, which only lanes count
    n_segments: int
    n_lanes: int
    n_quarters: int

    @cached_property
    def _shape(self) -> tuple[int, int, int, int]:
        """Checkouts and stations, lane (and none), segment, quarter hour.

        There is no cell for visits to stations or in no line where nobody makes any.
        """
        visits = 1 if self.at_checkouts.all() else 2
        places = self.n_lanes + (1 if self.lane.min(initial=0) < 0 else 0)
        return visits, places, self.n_segments, max(1, self.n_quarters)

    @cached_property
    def _cell(self) -> Integers:
        """The cell of each customer, the one behind the last for those who do not count; (N,)."""
        visits, places, segments, quarters = self._shape
        place = self.lane
        if places > self.n_lanes:
            place = np.where(place < 0, self.n_lanes, place)
        if visits > 1:
            place = place + ~self.at_checkouts * places
        cell = (place * segments + self.segment) * quarters + self.quarter
        return cell if self.counted.all() else np.where(self.counted, cell, np.prod(self._shape))

    def sums(self, columns: Sequence[Column]) -> Sums:
        """The sum of each of M columns in every group of every grouping.

        What is given several times, as what many means divide by, is added up once: numbers that
        are the same array, masks that agree.
        """
        masks, n = _Masks(self._cell), int(np.prod(self._shape))
        keys = [masks.key(column) for column in columns]
        different = dict(zip(keys, columns, strict=True))
        added = np.empty((len(different), n))
        for total, column in zip(added, different.values(), strict=True):
            cell, values = masks.chosen(column)
            total[:] = np.bincount(cell, values, minlength=n + 1)[:n]
        number = {key: k for k, key in enumerate(different)}
        place = np.array([number[key] for key in keys], dtype=np.int64)
        return Sums(self._groupings(added.reshape(len(different), *self._shape)), place)

    def _groupings(self, total: Floats) -> dict[str, Floats]:
        by_place = total.sum(axis=3)  # (D, visits, places, Q)
        by_lane = by_place.sum(axis=1)[:, : self.n_lanes]  # stations too: (D, J, Q)
        by_quarter = by_place[:, 0].sum(axis=1)
        return {
            "day": by_quarter.sum(axis=1, keepdims=True),
            "lane": by_lane.sum(axis=2),
            "segment": total[:, 0].sum(axis=(1, 3)),
            "quarter": by_quarter[:, : self.n_quarters],
            "lane_quarter": by_lane[:, :, : self.n_quarters].reshape(len(total), -1),
        }

    def group_of(self, grouping: str) -> Integers:
        """The group of each customer in 'day', 'lane', 'segment' or 'quarter', -1 = none; (N,)."""
        if grouping == "day":
            group = np.zeros_like(self.lane)
        else:
            group = {"lane": self.lane, "segment": self.segment, "quarter": self.quarter}[grouping]
        mask = self.counted if grouping == "lane" else self.counted & self.at_checkouts
        return group if mask.all() else np.where(mask, group, -1)


def quarter_of(arrival_s: Floats, counted: Mask, n: int) -> Integers:
    """The quarter hour, of n, in which each customer came; 0 for who does not count; (N,).

    All are 0 where there is no clock (n = 0).
    """
    if not n:
        return np.zeros(len(arrival_s), dtype=np.int64)
    known_s = arrival_s if counted.all() else np.where(counted, arrival_s, 0.0)
    quarter = (known_s / QUARTER_S).astype(np.int64)
    quarter -= known_s < quarter * QUARTER_S  # where the ratio was rounded up to the next one
    return np.minimum(quarter, n - 1)


def is_mask(values: NDArray[Any]) -> bool:
    """Whether these are yes or no rather than numbers."""
    return values.dtype.kind == "b"  # told much faster than by comparing types


class _Masks:
    """Masks over customers, by their content: those that agree are one."""

    def __init__(self, cell: Integers) -> None:
        self._cell = cell
        self._contents: dict[int, bytes] = {}  # by the number of the array, which lives meanwhile
        self._rows: dict[bytes, tuple[Integers | None, Integers]] = {}

    def key(self, column: Column) -> Hashable:
        """What tells a column apart; columns with the same key add up to the same."""
        if isinstance(column, Among):
            return id(column.values), self._content(column.mask)
        return self._content(column) if is_mask(column) else id(column)

    def chosen(self, column: Column) -> tuple[Integers, NDArray[Any] | None]:
        """The cells of those whom a column counts, and their numbers; None = 1 for each."""
        if isinstance(column, Among):
            rows, cell = self._those_in(column.mask)
            return cell, column.values if rows is None else column.values.take(rows)
        if is_mask(column):
            return self._those_in(column)[1], None
        return self._cell, column

    def _content(self, mask: Mask) -> bytes:
        if id(mask) not in self._contents:
            self._contents[id(mask)] = mask.tobytes()
        return self._contents[id(mask)]

    def _those_in(self, mask: Mask) -> tuple[Integers | None, Integers]:
        """The rows of a mask, None = all, and their cells."""
        content = self._content(mask)
        if content not in self._rows:
            rows = None if mask.all() else np.flatnonzero(mask)
            self._rows[content] = rows, self._cell if rows is None else self._cell.take(rows)
        return self._rows[content]
