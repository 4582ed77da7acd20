"""Adding up days: what to keep of each replication so that every figure has its interval."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simqueue.study.interval import Estimate, interval, ratio_interval
from simqueue.study.sheet import Title, Titles, places

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
            self._n //= 2
            for k in range(self._n):  # row by row, so that no second table is needed
                self._rows[k] = _mean([self._rows[2 * k], self._rows[2 * k + 1]])
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

    def table(self, columns: slice = slice(None)) -> Floats:
        """All rows, or some columns of them; shape (R, G)."""
        rows = self._rows[: self._n, columns]
        begun = [row[columns] for row in self._begun]
        return np.vstack([rows, _mean(begun)]) if begun else rows.copy()

    def part(self, columns: slice) -> Rows:
        """Some of the columns, to be gone on with by themselves."""
        found = Rows(0, self._most)
        found._per_row, found._n = self._per_row, self._n
        found._rows = self._rows[:, columns].copy()
        found._begun = [row[columns] for row in self._begun]
        return found


def _mean(rows: list[Floats]) -> Floats:
    """The mean of rows, of those only that have a number; nan where none has."""
    known = [~np.isnan(row) for row in rows]
    total = np.sum([np.where(k, row, 0.0) for k, row in zip(known, rows, strict=True)], axis=0)
    number = np.sum(known, axis=0)
    return np.asarray(np.where(number > 0, total / np.maximum(number, 1), np.nan))


class Place(NamedTuple):
    """Where a measure is kept: its columns in a table, which other measures may share."""

    rows: Rows
    top: slice
    bottom: slice | None  # of a ratio


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
    _places: dict[str, Place] = field(default_factory=dict)
    _together: Titles = ()  # of the measures that share one table, as they stand in it

    def add(self, titles: Titles, numbers: Floats) -> None:
        """One more day of all measures: C columns of shape (G,), one after the other, (C * G,).

        Measures share a table as long as every day has the same; else each has its own.
        """
        if not self._places:
            self._together = titles
            self._lay_out(titles, Rows(len(numbers), self.most_rows))
        if titles == self._together:
            self._places[titles[0].measure].rows.add(numbers)
            return
        at, n = 0, len(self.groups)
        for title in titles:
            columns = numbers[at : at + (1 + title.is_ratio) * n]
            self._add_one(title, columns)
            at += len(columns)

    def add_ratio(self, name: str, unit: str, top: Floats, bottom: Floats) -> None:
        """One more day of a ratio measure; top and bottom have shape (G,)."""
        self._add_one(Title(name, unit, is_ratio=True), np.concatenate([top, bottom]))

    def add_daily(self, name: str, unit: str, values: Floats) -> None:
        """One more day of a daily measure; shape (G,), nan where a group has no value."""
        self._add_one(Title(name, unit, is_ratio=False), values)

    def _add_one(self, title: Title, columns: Floats) -> None:
        """One more day of one measure, in a table of its own."""
        self._take_apart()
        if title.measure not in self._places:
            self._lay_out((title,), Rows(len(columns), self.most_rows))
        self.units[title.measure] = title.unit
        self._places[title.measure].rows.add(columns)

    def _lay_out(self, titles: Titles, rows: Rows) -> None:
        """Give measures their columns in a table."""
        n = len(self.groups)
        for title, at in zip(titles, places(titles), strict=True):
            bottom = slice((at + 1) * n, (at + 2) * n) if title.is_ratio else None
            self._places[title.measure] = Place(rows, slice(at * n, (at + 1) * n), bottom)
            self.units[title.measure] = title.unit

    def _take_apart(self) -> None:
        """Give each measure of the shared table one of its own."""
        for title in self._together:
            rows, top, bottom = self._places[title.measure]
            columns = slice(top.start, top.stop if bottom is None else bottom.stop)
            self._lay_out((title,), rows.part(columns))
        self._together = ()

    def is_ratio(self, name: str) -> bool:
        """Whether the measure is a ratio of totals rather than one value a day."""
        return name in self._places and self._places[name].bottom is not None

    def daily(self, name: str) -> Floats:
        """The measure of each day and group; shape (R, G), nan where it has none."""
        if not self.is_ratio(name):
            return self._places[name].rows.table(self._places[name].top)
        top, bottom = self.totals(name)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(bottom > 0, top / bottom, np.nan))

    def totals(self, name: str) -> tuple[Floats, Floats]:
        """What was added up and divided by, per day and group; each shape (R, G)."""
        rows, top, bottom = self._places[name]
        if bottom is None:
            raise KeyError(name)
        return rows.table(top), rows.table(bottom)

    def estimate(self, name: str, group: int = 0) -> Estimate:
        """The measure of one group over all days, with its interval."""
        unit = self.units[name]
        if not self.is_ratio(name):
            return interval(self.daily(name)[:, group], unit)
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
