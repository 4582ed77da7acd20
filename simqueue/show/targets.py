"""Targets of the shop: which are met, over the whole day, when it is worst, and how often.

A target is *met* when the measure over all simulated days is on the right side of its limit; it is
*likely* met or missed when the limit lies inside the 95 % interval over days. Its share of days and
of quarter hours on target counts those that have a value: nobody waits in a quarter hour in which
nobody came. Quarter hours take all days together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray

from simqueue.show import words
from simqueue.show.reading import (
    UNKNOWN,
    Stretch,
    measured,
    measured_over,
    n_quarters,
    wait_percentile,
)
from simqueue.study.interval import Estimate
from simqueue.study.study import Study
from simqueue.study.targets import AIMS

Floats = NDArray[np.float64]
MET, MISSED = "met", "MISSED"


@dataclass(frozen=True)
class Target:
    """A kind of target: the measure it judges, in which direction, and how it is written."""

    name: str
    label: str
    measure: str
    at_most: bool
    text: Callable[[float], str]
    percentile: float = 0.0  # for percentiles of the wait, which need single waits in a stretch


def _target(
    name: str, label: str, text: Callable[[float], str], percentile: float = 0.0, measure: str = ""
) -> Target:
    """A target with the measure it judges; `measure` where the screen reads it off another one."""
    aim = AIMS[name]
    return Target(name, label, measure or aim.measure, aim.at_most, text, percentile)


TARGETS = {
    target.name: target
    for target in (
        _target("wait_mean", "wait, mean", words.duration_unit),
        _target("wait_p50", "half wait at most", words.duration_unit, 50),
        _target("wait_p90", "90 in 100 wait at most", words.duration_unit, 90),
        _target("wait_p95", "95 in 100 wait at most", words.duration_unit, 95),
        _target("wait_p99", "99 in 100 wait at most", words.duration_unit, 99),
        _target("wait_max", "longest wait", words.duration_unit, 100),
        _target("wait_over_5min", "wait over 5 minutes", words.share),
        _target("waited", "have to wait at all", words.share),
        _target("wait_vs_benchmark", "wait / benchmark", words.share, measure="wait_mean_s"),
        _target("felt_mean", "wait as it feels, mean", words.duration_unit),
        _target("one_in_front", "one in front or fewer", words.share),
        _target("checkout_csat", "checkout score", words.points),
        _target("checkout_top2", "checkout: top 2 of 5", words.share),
        _target("csat", "visit score", words.points),
        _target("csat_top2", "visit: top 2 of 5", words.share),
        _target("nps", "net promoter score", words.points),
        _target("ces", "customer effort, 1-5", words.number),
        _target("utilisation", "tills occupied", words.share),
        _target("queue_length", "people waiting, mean", words.number),
        _target("reneged", "give up waiting", words.share),
        _target("balked", "turn away", words.share),
    )
}


@dataclass(frozen=True)
class Verdict:
    """How a study stands to one target."""

    target: Target
    limit: float
    whole: Estimate
    then: Estimate  # in the stretch asked for; nan when the measure is not known there
    days_on_target: tuple[int, int]  # so many of so many
    quarters_on_target: tuple[int, int]

    @property
    def limit_text(self) -> str:
        """The limit as people read it."""
        return self.target.text(self.limit)

    @property
    def met(self) -> bool | None:
        """Whether the whole day is on target; None when nothing was measured."""
        return self.meets(self.whole)

    def meets(self, estimate: Estimate) -> bool | None:
        """Whether the estimate is on the right side of the limit; None when it is not known."""
        if isnan(estimate.mean):
            return None
        return bool(on_target(self.target, self.limit, np.array([estimate.mean]))[0])

    def word(self, estimate: Estimate) -> str:
        """'met' or 'MISSED', 'likely' where the interval over days holds the limit; '-' unknown."""
        met = self.meets(estimate)
        if met is None:
            return words.DASH
        text = MET if met else MISSED
        return f"likely {text}" if estimate.low < self.limit < estimate.high else text


def on_target(target: Target, limit: float, values: Floats) -> NDArray[np.bool_]:
    """Which values are on the right side of the limit; the limit itself is on it."""
    found: NDArray[np.bool_] = values <= limit if target.at_most else values >= limit
    return found


def verdicts(study: Study, stretch: Stretch | None) -> list[Verdict]:
    """How the study stands to each target of its scenario, in the scenario's order."""
    found = []
    for name, limit in study.scenario.targets.items():
        target = TARGETS.get(name)
        if target is not None:
            found.append(_verdict(study, target, float(limit), stretch))
    return found


def _verdict(study: Study, target: Target, limit: float, stretch: Stretch | None) -> Verdict:
    scale = _scale(study, target)
    whole = _scaled(measured(study.day, target.measure), scale)
    then = _scaled(_in_stretch(study, target, stretch), scale)
    days = _counted(target, limit, _daily(study, target) / scale)
    quarters = _counted(target, limit, _by_quarter(study, target) / scale)
    return Verdict(target, limit, whole, then, days, quarters)


def _scale(study: Study, target: Target) -> float:
    """What the measure is divided by before it meets the limit."""
    if target.name != "wait_vs_benchmark":
        return 1.0
    benchmark = study.scenario.benchmark_wait
    return benchmark or float("nan")


def _scaled(estimate: Estimate, scale: float) -> Estimate:
    return Estimate(estimate.mean / scale, estimate.half_width / scale, estimate.n, estimate.unit)


def _in_stretch(study: Study, target: Target, stretch: Stretch | None) -> Estimate:
    if stretch is None:
        return UNKNOWN
    if target.percentile:
        return wait_percentile(study, target.percentile, stretch)
    return measured_over(study.quarter, target.measure, stretch.quarters())


def _daily(study: Study, target: Target) -> Floats:
    if target.measure not in study.day.units:
        return np.empty(0)
    return study.day.daily(target.measure)[:, 0]


def _by_quarter(study: Study, target: Target) -> Floats:
    """The measure of each quarter hour over all days; empty where it has none."""
    if target.measure not in study.quarter.units:
        return np.empty(0)
    means = [study.quarter.estimate(target.measure, q).mean for q in range(n_quarters(study))]
    return np.array(means, dtype=np.float64)


def _counted(target: Target, limit: float, values: Floats) -> tuple[int, int]:
    known = values[~np.isnan(values)]
    return int(on_target(target, limit, known).sum()), len(known)
