"""Adding up days: what to keep of each replication so that every figure has its interval."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simqueue.study.interval import Estimate, interval, ratio_interval

Floats = NDArray[np.float64]
EVERY_DAY: Final = 0
MOST_ROWS: Final = 1024  # even; more would hardly change an interval


class Rows:
    """Numbers of each day in G groups: a table with a row per day, nan where a group has none.

    Once `most` rows are full (`EVERY_DAY` = never), a row is the mean of two days that follow each
    other, later of four, and so on: days are independent, so for a mean and its interval their
    batches are as good as they are (Schmeiser 1982), and the table grows no further.
    """

    def __init__(self, n_groups: int, most: int = EVERY_DAY) -> None:
        self._most = most
        self._per_row = 1
        self._n = 0
        self._rows = np.empty((min(most, 8) or 8, n_groups))
        self._begun: list[Floats] = []  # days of a row that is not full

    def add(self, values: Floats) -> None:
        """One more day; shape (G,)."""
        if self._n == self._most != EVERY_DAY:
            self._rows[: self._n // 2] = _mean([self._rows[::2], self._rows[1::2]])
            self._n //= 2
            self._per_row *= 2
        elif self._n == len(self._rows):
            most = 2 * self._n if self._most == EVERY_DAY else min(2 * self._n, self._most)
            longer = np.empty((most, self._rows.shape[1]))
            longer[: self._n] = self._rows
            self._rows = longer
        if self._per_row == 1:
            self._rows[self._n] = values
            self._n += 1
            return
        self._begun.append(values)
        if len(self._begun) == self._per_row:
            self._rows[self._n] = _mean(self._begun)
            self._n += 1
            self._begun = []

    def table(self) -> Floats:
        """All rows; shape (R, G)."""
        rows = self._rows[: self._n]
        return np.vstack([rows, _mean(self._begun)]) if self._begun else rows.copy()


def _mean(rows: list[Floats]) -> Floats:
    """The mean of rows, of those only that have a number; nan where none has."""
    known = [~np.isnan(row) for row in rows]
    total = np.sum([np.where(k, row, 0.0) for k, row in zip(known, rows, strict=True)], axis=0)
    number = np.sum(known, axis=0)
    return np.asarray(np.where(number > 0, total / np.maximum(number, 1), np.nan))


@dataclass
class Tally:
    """Measures of one grouping (the whole day, lanes, segments, ...) with G groups, over R days.

    A ratio measure keeps what is added up and what it is divided by, per day and group; a daily
    measure keeps its value. Days are added in order of replication. After `most_rows` of them a
    "day" here is the mean of several that follow each other, see `Rows`.
    """

    groups: tuple[str, ...]
    units: dict[str, str] = field(default_factory=dict)
    most_rows: int = EVERY_DAY
    _tops: dict[str, Rows] = field(default_factory=dict)
    _bottoms: dict[str, Rows] = field(default_factory=dict)
    _values: dict[str, Rows] = field(default_factory=dict)

    def add_ratio(self, name: str, unit: str, top: Floats, bottom: Floats) -> None:
        """One more day of a ratio measure; top and bottom have shape (G,)."""
        self.units[name] = unit
        self._rows(self._tops, name).add(top)
        self._rows(self._bottoms, name).add(bottom)

    def add_daily(self, name: str, unit: str, values: Floats) -> None:
        """One more day of a daily measure; shape (G,), nan where a group has no value."""
        self.units[name] = unit
        self._rows(self._values, name).add(values)

    def _rows(self, kept: dict[str, Rows], name: str) -> Rows:
        if name not in kept:
            kept[name] = Rows(len(self.groups), self.most_rows)
        return kept[name]

    def is_ratio(self, name: str) -> bool:
        """Whether the measure is a ratio of totals rather than one value a day."""
        return name in self._tops

    def daily(self, name: str) -> Floats:
        """The measure of each day and group; shape (R, G), nan where it has none."""
        if name in self._values:
            return self._values[name].table()
        top, bottom = self.totals(name)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(bottom > 0, top / bottom, np.nan))

    def totals(self, name: str) -> tuple[Floats, Floats]:
        """What was added up and divided by, per day and group; each shape (R, G)."""
        return self._tops[name].table(), self._bottoms[name].table()

    def estimate(self, name: str, group: int = 0) -> Estimate:
        """The measure of one group over all days, with its interval."""
        unit = self.units[name]
        if name in self._values:
            return interval(self._values[name].table()[:, group], unit)
        top, bottom = self.totals(name)
        return ratio_interval(top[:, group], bottom[:, group], unit)

    def estimates(self, group: int = 0) -> dict[str, Estimate]:
        """All measures of one group."""
        return {name: self.estimate(name, group) for name in self.units}

    def over(self, name: str, groups: NDArray[np.int64]) -> Estimate:
        """A ratio measure of several groups taken together."""
        top, bottom = self.totals(name)
        return ratio_interval(
            top[:, groups].sum(axis=1), bottom[:, groups].sum(axis=1), self.units[name]
        )
