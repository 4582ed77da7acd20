"""How many tills or machines each quarter hour needs, by formula from the work that arrives."""

from __future__ import annotations

from math import ceil, isnan, nan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simqueue.study.interval import Estimate
from simqueue.study.targets import LongWait, long_wait
from simqueue.theory import mmc_wait_longer

if TYPE_CHECKING:
    from simqueue.study.study import Study

Floats = NDArray[np.float64]
HARDLY_ANY = 0.001  # by formula nobody ever waiting would need servers without end


def servers_needed(load: float, occupation_s: float, rule: LongWait) -> float:
    """The fewest servers with one line at which no more than is allowed wait long; 0 for no work.

    `load` is the offered load (seconds of work per second), `occupation_s` how long a customer
    occupies a server. Formula: the waits of M/M/c, C(c, a) exp(-(c - a) t / h) (Erlang 1917).
    Own lines need slightly more, services more regular than exponential slightly less.

    >>> servers_needed(4.2, 70.0, LongWait(360.0, 0.05)), servers_needed(0.0, 70.0, LongWait(0, 0))
    (5.0, 0.0)
    """
    if isnan(load):
        return nan
    if load <= 0 or not occupation_s > 0:
        return 0.0
    servers = max(1, ceil(load))
    rate = load / occupation_s
    allowed = max(rule.allowed, HARDLY_ANY)
    while mmc_wait_longer(servers, rate, occupation_s, rule.limit_s) > allowed:
        servers += 1
    return float(servers)


def tills_needed(study: Study) -> Floats:
    """Servers that each lane needs in each quarter hour, (J, Q); from the mean load over days.

    What counts as a long wait, and for how many it is allowed, goes by the targets of the
    scenario (`simqueue.study.targets.long_wait`). Empty without a clock.
    """
    n_lanes, n_quarters = len(study.lane.groups), len(study.quarter.groups)
    if "offered_load" not in study.lane_quarter.units:
        return np.zeros((n_lanes, 0))
    work_s, span_s = (_mean(x, n_lanes) for x in study.lane_quarter.totals("offered_load"))
    _, customers = (_mean(x, n_lanes) for x in study.lane_quarter.totals("occupation_mean_s"))
    rule = long_wait(study.scenario.targets)
    needed = np.zeros((n_lanes, n_quarters))
    for j in range(n_lanes):
        occupation_s = work_s[j].sum() / max(customers[j].sum(), 1e-12)
        for q in range(n_quarters):
            needed[j, q] = servers_needed(work_s[j, q] / span_s[j, q], occupation_s, rule)
    return needed


def needed_by_quarter(study: Study) -> dict[str, dict[str, Estimate]]:
    """`tills_needed` and `machines_needed` of each quarter hour, by its beginning."""
    needed = tills_needed(study)
    lanes = study.scenario.lanes
    staffed = np.array([lane.kind in ("staffed", "express") for lane in lanes])
    rows = {
        "tills_needed": needed[: len(lanes)][staffed].sum(axis=0),
        "machines_needed": needed[: len(lanes)][~staffed].sum(axis=0),
    }
    if not needed.shape[1]:
        return {}
    return {
        quarter: {
            name: Estimate(float(values[q]), nan, study.replications, "1")
            for name, values in rows.items()
        }
        for q, quarter in enumerate(study.quarter.groups)
    }


def _mean(values: Floats, n_lanes: int) -> Floats:
    """The mean over days of (R, J * Q) as (J, Q)."""
    return np.asarray(values.mean(axis=0).reshape(n_lanes, -1))
