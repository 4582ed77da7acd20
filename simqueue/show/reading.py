"""Reading a study: measures that may be missing, stretches of the clock, words for its lanes."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from simqueue.shop.spec import LaneSpec
from simqueue.shop.stations import Counter, StationSpec
from simqueue.show import words
from simqueue.study.interval import Estimate, interval
from simqueue.study.study import QUARTER_S, Study
from simqueue.study.tally import Tally
from simqueue.units import clock_text

Floats = NDArray[np.float64]
Place = LaneSpec | Counter
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


def places(study: Study) -> list[Place]:
    """What the planner wrote of lanes, stations and the returns desk, as numbered in tables."""
    return [*study.scenario.lanes, *study.scenario.counters]


def place(study: Study, number: int) -> Place:
    """One of them."""
    return places(study)[number]


def is_lane(study: Study, number: int) -> bool:
    """Whether people pay there."""
    return number < len(study.scenario.lanes)


def place_path(study: Study, number: int) -> str:
    """The block of the scenario file that the place stands in, as in 'lanes'."""
    spec = place(study, number)
    if isinstance(spec, LaneSpec):
        return "lanes"
    return "stations" if isinstance(spec, StationSpec) else "returns_desk"


def server_noun(study: Study, number: int) -> str:
    """What one of its servers is called: 'till', 'machine', or 'place' at a station."""
    spec = place(study, number)
    if not isinstance(spec, LaneSpec):
        return "place"
    return "machine" if spec.has_machines else "till"


def lane_words(study: Study, lane: int) -> str:
    """How to speak of a lane's servers, as in 'staffed tills'; of a station by its name."""
    spec = place(study, lane)
    if isinstance(spec, LaneSpec):
        return words.lane_name(spec.lane, spec.kind)
    return words.one_line(spec.name)


def staffed_lanes(study: Study) -> list[int]:
    """The lanes with cashiers."""
    return [j for j, lane in enumerate(study.scenario.lanes) if not lane.has_machines]


def waits_to_pay(study: Study) -> list[Floats]:
    """The waits at the checkouts of each day, seconds."""
    lanes = len(study.scenario.lanes)
    return [day.wait_s[day.lane < lanes].astype(np.float64) for day in study.waits]


def clock_at(study: Study, quarter: int) -> str:
    """The clock time at which a quarter hour begins; closing time after the last one."""
    scenario = study.scenario
    return clock_text(scenario.opens_s + min(quarter * QUARTER_S, scenario.length_s))


def stretch_text(study: Study, stretch: Stretch) -> str:
    """A stretch by the clock, as in '12:00-14:00'."""
    return f"{clock_at(study, stretch.first)}-{clock_at(study, stretch.end)}"


def from_to(study: Study, stretch: Stretch) -> str:
    """A stretch in a sentence, as in '12:00 to 14:00'."""
    return f"{clock_at(study, stretch.first)} to {clock_at(study, stretch.end)}"


def wait_percentile(study: Study, percent: float, stretch: Stretch | None = None) -> Estimate:
    """Percentile of the waits of those who came in the stretch: of each day, then the mean of days.

    At the checkouts, zeros included; nan when the study kept no waits.
    """
    daily, lanes = [], len(study.scenario.lanes)
    for day in study.waits:
        chosen = day.lane < lanes
        if stretch is not None:
            chosen &= (day.quarter >= stretch.first) & (day.quarter < stretch.end)
        mine = day.wait_s[chosen]
        daily.append(float(np.percentile(mine, percent)) if len(mine) else nan)
    return interval(np.array(daily, dtype=np.float64), "s")


def wait_minutes(study: Study) -> Floats:
    """Seconds waited per day by lane or station and quarter hour of arrival; shape (J, Q)."""
    shape = (len(study.lane.groups), n_quarters(study))
    return _seconds(study, "wait_mean_s", shape)


def still_part(study: Study, lane: int, stretch: Stretch) -> float:
    """For which part of the minutes waited in a lane all tills of the line stood still."""
    waited = wait_minutes(study)
    still = _seconds(study, "stoppage_in_queue_mean_s", waited.shape)
    rows = slice(stretch.first, stretch.end)
    return float(still[lane, rows].sum() / max(waited[lane, rows].sum(), 1e-9))


def _seconds(study: Study, name: str, shape: tuple[int, ...]) -> Floats:
    if name not in study.lane_quarter.units:
        return np.zeros(shape)
    seconds, _ = study.lane_quarter.totals(name)
    found: Floats = seconds.mean(axis=0).reshape(shape)
    return found
