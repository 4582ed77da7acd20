"""Which measure each target of a shop judges, and on how much of a day it is met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import nan
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simqueue.scenario import Scenario
from simqueue.study.sheet import Block, Titles, title

Floats = NDArray[np.float64]

FIVE_MINUTES_S: Final = 300.0
ONE_IN_TEN: Final = 0.10  # where the shop sets no target: long waits of one in ten are a problem

JUDGED: Final = {"day": "days", "quarter": "quarters"}  # groupings, and what they are called


@dataclass(frozen=True)
class Aim:
    """The measure a target judges, and whether it should be at most or at least the limit."""

    measure: str
    at_most: bool = True


AIMS: Final[dict[str, Aim]] = {
    "wait_mean": Aim("wait_mean_s"),
    "wait_p50": Aim("wait_p50_s"),
    "wait_p90": Aim("wait_p90_s"),
    "wait_p95": Aim("wait_p95_s"),
    "wait_p99": Aim("wait_p99_s"),
    "wait_max": Aim("wait_max_s"),
    "wait_over_5min": Aim("wait_over_5min_share"),
    "waited": Aim("waited_share"),
    "wait_vs_benchmark": Aim("wait_vs_benchmark"),
    "felt_mean": Aim("felt_mean_s"),
    "one_in_front": Aim("one_in_front_share", at_most=False),
    "checkout_csat": Aim("checkout_csat", at_most=False),
    "checkout_top2": Aim("checkout_top2", at_most=False),
    "csat": Aim("csat", at_most=False),
    "csat_top2": Aim("csat_top2_share", at_most=False),
    "nps": Aim("nps", at_most=False),
    "ces": Aim("ces"),
    "utilisation": Aim("utilisation"),
    "queue_length": Aim("queue_length_mean"),
    "reneged": Aim("reneged_share"),
    "balked": Aim("balked_share"),
}


@dataclass(frozen=True)
class LongWait:
    """What counts as a long wait, and for which share of customers it is allowed."""

    limit_s: float
    allowed: float


def long_wait(targets: Mapping[str, float]) -> LongWait:
    """The rule in force for these targets (seconds and shares, as the scenario keeps them).

    That of `wait_p95` or `wait_p90`, the first that is set; else five minutes, and the share of
    `wait_over_5min` or one in ten.
    """
    for name, allowed in (("wait_p95", 0.05), ("wait_p90", 0.10)):
        if name in targets:
            return LongWait(targets[name], allowed)
    return LongWait(FIVE_MINUTES_S, targets.get("wait_over_5min", ONE_IN_TEN))


def on_target(target: str, limit: float, values: Floats | float) -> NDArray[np.bool_]:
    """Which values are on the right side of the limit; the limit itself is on it, nan is not."""
    return np.asarray(values <= limit if AIMS[target].at_most else values >= limit)


def met(scenario: Scenario, blocks: Iterable[Block]) -> list[Block]:
    """For each target whether the day met it, and in which share of its quarter hours.

    Quarter hours without a value (nobody came) do not count; nan where there is nothing to judge.
    """
    values = _values(blocks, {AIMS[name].measure for name in scenario.targets})
    shares = [
        _share(target, limit, values.get((grouping, AIMS[target].measure)))
        for target, limit in scenario.targets.items()
        for grouping in JUDGED
    ]
    titles = _titles(tuple(scenario.targets))
    return [Block("day", titles, np.array(shares)[:, np.newaxis])] if shares else []


@cache
def _titles(targets: tuple[str, ...]) -> Titles:
    """The titles of what is told of some targets."""
    names = [f"{target}_{what}_on_target" for target in targets for what in JUDGED.values()]
    return tuple(title(name, "share", False) for name in names)


def _share(target: str, limit: float, known: Floats | None) -> float:
    """Which share of the values is on target; nan where there is none."""
    if known is None or not len(known):
        return nan
    return np.count_nonzero(on_target(target, limit, known)) / len(known)


def _values(blocks: Iterable[Block], wanted: set[str]) -> dict[tuple[str, str], Floats]:
    """The known values of some measures, by grouping (days and quarter hours) and measure."""
    found = {}
    for grouping, titles, columns in blocks:
        at = 0
        for measure, _, is_ratio in titles if grouping in JUDGED else ():
            if measure in wanted:
                values = _ratios(columns[at], columns[at + 1]) if is_ratio else columns[at]
                found[grouping, measure] = values[~np.isnan(values)]
            at += 1 + is_ratio
    return found


def _ratios(top: Floats, bottom: Floats) -> Floats:
    """The ratios of those groups that have one."""
    filled = bottom > 0
    return np.asarray(top[filled] / bottom[filled])
