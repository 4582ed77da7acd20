"""Adding up days: what to keep of each replication so that every figure has its interval."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simqueue.study.interval import Estimate, interval, ratio_interval

Floats = NDArray[np.float64]


@dataclass
class Tally:
    """Measures of one grouping (the whole day, lanes, segments, ...) with G groups, over R days.

    A ratio measure keeps what is added up and what it is divided by, per day and group; a daily
    measure keeps its value. Days are added in order of replication.
    """

    groups: tuple[str, ...]
    units: dict[str, str] = field(default_factory=dict)
    _tops: dict[str, list[Floats]] = field(default_factory=lambda: defaultdict(list))
    _bottoms: dict[str, list[Floats]] = field(default_factory=lambda: defaultdict(list))
    _values: dict[str, list[Floats]] = field(default_factory=lambda: defaultdict(list))

    def add_ratio(self, name: str, unit: str, top: Floats, bottom: Floats) -> None:
        """One more day of a ratio measure; top and bottom have shape (G,)."""
        self.units[name] = unit
        self._tops[name].append(top)
        self._bottoms[name].append(bottom)

    def add_daily(self, name: str, unit: str, values: Floats) -> None:
        """One more day of a daily measure; shape (G,), nan where a group has no value."""
        self.units[name] = unit
        self._values[name].append(values)

    def daily(self, name: str) -> Floats:
        """The measure of each day and group; shape (R, G), nan where it has none."""
        if name in self._values:
            return np.array(self._values[name])
        top, bottom = np.array(self._tops[name]), np.array(self._bottoms[name])
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(bottom > 0, top / bottom, np.nan))

    def totals(self, name: str) -> tuple[Floats, Floats]:
        """What was added up and divided by, per day and group; each shape (R, G)."""
        return np.array(self._tops[name]), np.array(self._bottoms[name])

    def estimate(self, name: str, group: int = 0) -> Estimate:
        """The measure of one group over all days, with its interval."""
        unit = self.units[name]
        if name in self._values:
            return interval(np.array(self._values[name])[:, group], unit)
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
