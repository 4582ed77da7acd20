"""Adding up days: what to keep of each replication so that every figure has its interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simqueue.study.interval import Estimate, interval, ratio_interval

Floats = NDArray[np.float64]
EVERY_DAY: Final = 0
MOST_ROWS: Final = 1024  # even; more would hardly change an interval


class Rows:
    """Sums of a measure, a row for each day; shape (R, G).

    Where `most` rows are full, two days after each other share a row from then on, then four, and
    so on: days are independent, so their batches are as good as they for a mean and its interval
    (Schmeiser 1982 on batch means), and the table grows no further.
    """

    def __init__(self, n_groups: int, most: int) -> None:
        self.days = 0
        self._most = most
        self._per_row = 1
        self._rows = 0
        self._sums = np.empty((8, n_groups))

    def add(self, values: Floats) -> None:
        """One more day."""
        if self.days < self._rows * self._per_row:
            self._sums[self._rows - 1] += values
        else:
            if self._rows == self._most != EVERY_DAY:
                self._rows //= 2
                self._per_row *= 2
                self._sums[: self._rows] = self._sums[::2] + self._sums[1::2]
            elif self._rows == len(self._sums):
                self._sums = np.resize(self._sums, (2 * self._rows, self._sums.shape[1]))
            self._sums[self._rows] = values
            self._rows += 1
        self.days += 1

    def per_day(self) -> Floats:
        """The sums of each row, for one of its days; shape (R, G)."""
        found = self._sums[: self._rows] / self._per_row
        if self.days < self._rows * self._per_row:  # the last row is not full
            found[-1] *= self._per_row / (self.days - (self._rows - 1) * self._per_row)
        return found


@dataclass
class Tally:
    """Measures of one grouping (the whole day, lanes, segments, ...) with G groups, over R days.

    A ratio measure keeps what is added up and what it is divided by, per day and group; a daily
    measure keeps its value. Days are added in order of replication. After `most_rows` of them
    (`EVERY_DAY` = never) a row holds the means of several days, see `Rows`.
    """

    groups: tuple[str, ...]
    units: dict[str, str] = field(default_factory=dict)
    most_rows: int = EVERY_DAY
    _tops: dict[str, Rows] = field(default_factory=dict)
    _bottoms: dict[str, Rows] = field(default_factory=dict)
    _values: dict[str, Rows] = field(default_factory=dict)
    _known: dict[str, Rows] = field(default_factory=dict)

    def add_ratio(self, name: str, unit: str, top: Floats, bottom: Floats) -> None:
        """One more day of a ratio measure; top and bottom have shape (G,)."""
        self.units[name] = unit
        self._rows(self._tops, name).add(top)
        self._rows(self._bottoms, name).add(bottom)

    def add_daily(self, name: str, unit: str, values: Floats) -> None:
        """One more day of a daily measure; shape (G,), nan where a group has no value."""
        self.units[name] = unit
        known = values == values
        self._rows(self._values, name).add(np.where(known, values, 0.0))
        self._rows(self._known, name).add(known.astype(np.float64))

    def _rows(self, kept: dict[str, Rows], name: str) -> Rows:
        if name not in kept:
            kept[name] = Rows(len(self.groups), self.most_rows)
        return kept[name]

    def is_ratio(self, name: str) -> bool:
        """Whether the measure is a ratio of totals rather than one value a day."""
        return name in self._tops

    def daily(self, name: str) -> Floats:
        """The measure of each day and group; shape (R, G), nan where it has none."""
        pair = (self._values, self._known) if name in self._values else (self._tops, self._bottoms)
        top, bottom = (kept[name].per_day() for kept in pair)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(bottom > 0, top / bottom, np.nan))

    def totals(self, name: str) -> tuple[Floats, Floats]:
        """What was added up and divided by, per day and group; each shape (R, G)."""
        return self._tops[name].per_day(), self._bottoms[name].per_day()

    def estimate(self, name: str, group: int = 0) -> Estimate:
        """The measure of one group over all days, with its interval."""
        return next(iter(self._estimates(name, lambda rows: rows[:, [group]])))

    def estimates(self, group: int = 0) -> dict[str, Estimate]:
        """All measures of one group."""
        return {name: self.estimate(name, group) for name in self.units}
