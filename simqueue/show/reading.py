"""Reading a study: measures that may be missing, stretches of the clock, words for its lanes."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from simqueue.show import words
from simqueue.study.interval import Estimate, interval
from simqueue.study.study import QUARTER_S, Study
from simqueue.study.tally import Tally
from simqueue.units import clock_text

Floats = NDArray[np.float64]
UNKNOWN = Estimate(nan, nan, 0)


@dataclass(frozen=True)
class Stretch:
    """Consecutive quarter hours, from `first` to before `end`, counted from opening."""

    first: int
    end: int

    def quarters(self) -> NDArray[np.int64]:
        """The quarter hours as groups of `study.quarter`."""
        return np.arange(self.first, self.end)

    def of_lane(self, lane: int, n_quarters: int) -> NDArray[np.int64]:
        """The quarter hours of a lane as groups of `study.lane_quarter`."""
        return lane * n_quarters + self.quarters()

    def __len__(self) -> int:
        return self.end - self.first


def measured(tally: Tally, name: str, group: int = 0) -> Estimate:
    """The estimate of a measure in a group; nan where the study does not have it."""
    if name not in tally.units or group >= len(tally.groups):
        return UNKNOWN
    return tally.estimate(name, group)


def measured_over(tally: Tally, name: str, groups: NDArray[np.int64]) -> Estimate:
    """A ratio measure over several groups together; nan where the study does not have it so."""
    if name not in tally.units or not len(groups) or not tally.totals(name)[0].size:
        return UNKNOWN
    return tally.over(name, groups)


def added_over(tally: Tally, name: str, groups: NDArray[np.int64]) -> Estimate:
    """A daily count added up over several groups; nan where the study does not have it."""
    if name not in tally.units or not len(groups):
        return UNKNOWN
    return interval(np.nansum(tally.daily(name)[:, groups], axis=1), tally.units[name])


def n_quarters(study: Study) -> int:
    """Quarter hours of the day; 0 in a theory scenario."""
    return len(study.quarter.groups)


def lane_words(study: Study, lane: int) -> str:
    """How to speak of a lane's servers, as in 'staffed tills'."""
    spec = study.scenario.lanes[lane]
    return words.lane_name(spec.lane, spec.kind)


def staffed_lanes(study: Study) -> list[int]:
    """The lanes with cashiers."""
    return [j for j, lane in enumerate(study.scenario.lanes) if lane.kind != "self_service"]


def clock_at(study: Study, quarter: int) -> str:
    """The clock time at which a quarter hour begins; closing time after the last one."""
    scenario = study.scenario
    return clock_text(scenario.opens_s + min(quarter * QUARTER_S, scenario.length_s))


def stretch_text(study: Study, stretch: Stretch) -> str:
    """A stretch by the clock, as in '12:00-14:00'."""
    return f"{clock_at(study, stretch.first)}-{clock_at(study, stretch.end)}"


def wait_percentile(study: Study, percent: float, stretch: Stretch | None = None) -> Estimate:
    """Percentile of the waits of those who came in the stretch: of each day, then the mean of days.

    Zeros included; nan when the study kept no waits.
    """
    daily = []
    for day in study.waits:
        mine = day.wait_s
        if stretch is not None:
            mine = mine[(day.quarter >= stretch.first) & (day.quarter < stretch.end)]
        daily.append(float(np.percentile(mine, percent)) if len(mine) else nan)
    return interval(np.array(daily, dtype=np.float64), "s")


def wait_minutes(study: Study) -> Floats:
    """Seconds waited per day by lane and quarter hour of arrival; shape (J, Q)."""
    shape = (len(study.lane.groups), n_quarters(study))
    if "wait_mean_s" not in study.lane_quarter.units:
        return np.zeros(shape)
    waited, _ = study.lane_quarter.totals("wait_mean_s")
    found: Floats = waited.mean(axis=0).reshape(shape)
    return found
