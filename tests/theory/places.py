"""Whole days of visits, measured place by place, for shops of several places.

The harness measures what a study reports. Here every visit of a replication is seen, so that also
the numbers at two places at one moment can be compared with the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import yaml

from simqueue.engine import derive_log, run
from simqueue.scenario import Scenario, loads
from simqueue.study.day import prepared
from simqueue.tables import Event, Log, System, Trace, Workload
from tests.theory.harness import LARGEST_Z, Block, Found, steady

ENGINE = "compiled"  # bit for bit the SimPy engine's days: tests/differential
REPLICATIONS = 40
Floats = np.ndarray


@dataclass(frozen=True)
class Seen:
    """One replication: what came, what happened, and the log of it."""

    scenario: Scenario
    workload: Workload
    system: System
    trace: Trace
    log: Log

    @cached_property
    def span(self) -> tuple[float, float]:
        """From the end of the warm-up to closing, in seconds."""
        return self.scenario.warm_up_s, self.system.closes_s

    @property
    def seconds(self) -> float:
        """How long that is."""
        return self.span[1] - self.span[0]

    @cached_property
    def counted(self) -> np.ndarray:
        """Visits that joined a line within the span."""
        return (self.log.join_s >= self.span[0]) & (self.log.join_s < self.span[1])

    def at(self, place: str) -> np.ndarray:
        """Visits within the span that stood in a line of the place."""
        return self.counted & (self.log.lane == self.system.lanes.index(place))

    def level(self, place: str, ups: set[Event], downs: set[Event]) -> tuple[Floats, Floats]:
        """A number at a place as (times, level from then on)."""
        lanes = np.append(self.system.line_lane, -1)[self.trace.line]
        mine = lanes == self.system.lanes.index(place)
        up, down = (mine & np.isin(self.trace.event, list(kinds)) for kinds in (ups, downs))
        rows = up | down
        return self.trace.time_s[rows], np.cumsum(np.where(up, 1, -1)[rows])

    def people(self, place: str) -> tuple[Floats, Floats]:
        """People waiting or being served at a place, as (times, number from then on)."""
        ends = {Event.END, Event.FAILED, Event.LEFT, Event.SENT_ON, Event.RENEGE, Event.LEAVE}
        return self.level(place, {Event.JOIN}, ends)

    def waiting(self, place: str) -> tuple[Floats, Floats]:
        """People waiting at a place, as (times, number from then on)."""
        return self.level(place, {Event.JOIN}, {Event.START, Event.RENEGE, Event.LEAVE})

    def mean_over_time(self, *steps: tuple[Floats, Floats], of: Callable[..., Any]) -> float:
        """Time average within the span of a function of several step functions."""
        edges = np.unique(np.concatenate([self.span, *(times for times, _ in steps)]))
        edges = edges[(edges >= self.span[0]) & (edges <= self.span[1])]
        levels = [value_at(edges[:-1], *step) for step in steps]
        return float(np.sum(of(*levels) * np.diff(edges)) / self.seconds)


def value_at(moments: Floats, times: Floats, levels: Floats) -> Floats:
    """A step function just after each moment; 0 before its first time."""
    place = np.searchsorted(times, moments, side="right")
    return np.concatenate([[0], levels])[place]


def loaded(shop: Mapping[str, Any], seed: int) -> Scenario:
    """A scenario written as a mapping."""
    return loads(yaml.safe_dump({**shop, "seed": seed}, sort_keys=False))


def seen(shop: Mapping[str, Any], replications: int, seed: int) -> Iterator[Seen]:
    """The replications of a scenario, one after the other."""
    scenario = loaded(shop, seed)
    for replication in range(replications):
        workload, system = prepared(scenario, replication)
        trace = run(workload, system, ENGINE)
        log = derive_log(workload, system, trace, compiled=ENGINE == "compiled")
        yield Seen(scenario, workload, system, trace, log)


Pair = tuple[float, float]
Measure = Callable[[Seen], "float | Pair"]


def wait_at(place: str) -> Measure:
    """Mean wait of those who joined a line of the place, as (sum, number)."""

    def measure(day: Seen) -> Pair:
        mine = day.at(place) & ~np.isnan(day.log.wait_s)
        return float(day.log.wait_s[mine].sum()), float(mine.sum())

    return measure


def waited_at(place: str) -> Measure:
    """Share of them who had to wait."""

    def measure(day: Seen) -> Pair:
        waits = day.log.wait_s[day.at(place)]
        return float(np.sum(waits > 0)), float(np.sum(~np.isnan(waits)))

    return measure


def total_at(column: str, place: str) -> Measure:
    """Mean of a column of the log over those who joined a line of the place."""

    def measure(day: Seen) -> Pair:
        values = getattr(day.log, column)[day.at(place)]
        return float(np.nansum(values)), float(len(values))

    return measure


def arrivals_at(place: str) -> Measure:
    """People per second who joined a line of the place."""
    return lambda day: float(day.at(place).sum()) / day.seconds


def work_at(place: str) -> Measure:
    """Seconds of service per second that they brought with them, help included."""

    def measure(day: Seen) -> float:
        lane, mine = day.system.lanes.index(place), day.at(place)
        return float((day.system.service_s + day.system.help_s)[lane, mine].sum()) / day.seconds

    return measure


def measured(
    shop: Mapping[str, Any],
    replications: int,
    seed: int,
    measures: Mapping[str, Measure],
    known: Mapping[str, float],
) -> dict[str, Found]:
    """What was found, sharpened by the measures whose exact mean is `known` (control variates).

    As in the harness: a regression of each measure on what chance did to the known ones; refused
    when it moves the plain result by more than chance allows.
    """
    rows = [
        {name: m(day) for name, m in measures.items()} for day in seen(shop, replications, seed)
    ]
    values = {name: daily([row[name] for row in rows]) for name in measures}
    controls = [values[name] - truth for name, truth in known.items()]
    return {
        name: plain(daily_) if name in known or not controls else sharpened(daily_, controls)
        for name, daily_ in values.items()
    }


def daily(found: list[float | Pair]) -> Floats:
    """A value per replication; jackknife values where it is a ratio of sums."""
    if not isinstance(found[0], tuple):
        return np.array(found, dtype=float)
    top, bottom = np.array(found, dtype=float).T
    without = (top.sum() - top) / (bottom.sum() - bottom)
    return len(top) * top.sum() / bottom.sum() - (len(top) - 1) * without


def plain(values: Floats) -> Found:
    """Mean and standard error over replications."""
    return Found(float(values.mean()), float(values.std(ddof=1) / len(values) ** 0.5))


def sharpened(values: Floats, controls: list[Floats]) -> Found:
    """The mean with the chance error that the controls explain taken out."""
    design = np.column_stack([np.ones(len(values)), *controls])
    weights, (rest,), *_ = np.linalg.lstsq(design, values)
    variance = rest / (len(values) - design.shape[1]) * np.linalg.inv(design.T @ design)[0, 0]
    rough = plain(values)
    assert abs(weights[0] - rough.mean) <= LARGEST_Z * rough.error
    return Found(float(weights[0]), float(variance**0.5))


def passing(
    per_second: float, people: int, warm_up: float, lanes: list[Block], /, **blocks: Any
) -> Block:
    """A steady-state shop through which so many people pass in 40 replications; hours of warm-up.

    `blocks` replace what the harness writes, as in `customers`, or come on top.
    """
    hours = warm_up + people / REPLICATIONS / per_second / 3600
    return {**steady(3600 * per_second, lanes, hours, warm_up), **blocks}
