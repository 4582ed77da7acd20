"""One day from end to end: draw, compile, run, log, judge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.customers import draw, members
from simqueue.engine import derive_log, run
from simqueue.experience import (
    Experience,
    clock_patience_s,
    displayed_wait_s,
    judge,
    patience_from_acceptable_wait,
)
from simqueue.scenario import Scenario
from simqueue.shop import compile_shop
from simqueue.study.audit import Audit, audit_day
from simqueue.study.one_in_front import one_in_front
from simqueue.study.steps import open_spells
from simqueue.tables import Log, System, Trace, Workload

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Day:
    """Everything about one replication; N customers, J lanes."""

    scenario: Scenario
    replication: int
    workload: Workload
    system: System
    trace: Trace
    log: Log
    experience: Experience

    @property
    def warm_up_s(self) -> float:
        """Customers who come earlier are left out of all measures."""
        return self.scenario.warm_up_s

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """Which customers count; shape (N,)."""
        return np.asarray(self.log.arrival_s >= self.warm_up_s, dtype=np.bool_)

    @cached_property
    def kind_of_customer(self) -> NDArray[np.int64]:
        """Kind of the lane each customer stood in; -1 = none; shape (N,)."""
        return np.where(self.log.lane >= 0, self.system.kind[self.log.lane], -1)

    @cached_property
    def one_in_front(self) -> NDArray[np.bool_]:
        """Whether each customer found a line with at most one waiting; shape (N,)."""
        return one_in_front(self.trace, self.system, len(self.log))

    @cached_property
    def open_spells(self) -> list[list[tuple[float, float]]]:
        """When somebody was at each server; S lists of (from, to) in seconds."""
        return open_spells(self.trace, self.system.n_servers, self.system.closes_s)

    @cached_property
    def lane_of_row(self) -> NDArray[np.int64]:
        """Lane that each row of the trace is about; -1 = none."""
        if not self.system.n_lines:
            return np.full(len(self.trace), -1)
        lane = self.system.line_lane[self.trace.line]
        return np.where(self.trace.line >= 0, lane, -1)

    def in_lane(self, lane: int) -> NDArray[np.bool_]:
        """Which rows of the trace belong to a lane."""
        return np.asarray(self.lane_of_row == lane)

    def audit(self) -> Audit:
        """The self-audit of this day."""
        felt = self.experience.perception
        parts = felt.queue_s + felt.help_wait_s
        for name, values in felt.arrays().items():
            if name.startswith("by_"):
                parts = parts + values
        return audit_day(self.replication, self.system, self.trace, self.log, felt.felt_s, parts)


def simulate_day(scenario: Scenario, replication: int, engine: str = "simpy") -> Day:
    """Replication number `replication` (from 0) of the scenario, simulated and judged."""
    workload = draw(
        scenario.arrivals,
        scenario.customers,
        opens_s=scenario.opens_s,
        length_s=scenario.length_s,
        seed=scenario.seed,
        replication=replication,
    )
    system = compile_shop(
        scenario.lanes,
        scenario.behaviour,
        scenario.staffing,
        workload,
        patience_s=patience_s(scenario, workload),
        opens_s=scenario.opens_s,
        length_s=scenario.length_s,
        members=members(scenario.customers, workload),
    )
    trace = run(workload, system, engine)
    return judged(scenario, replication, workload, system, trace)


def judged(
    scenario: Scenario, replication: int, workload: Workload, system: System, trace: Trace
) -> Day:
    """The day that a trace describes, with what it felt like."""
    spec = scenario.experience
    log = derive_log(workload, system, trace)
    log = replace(
        log,
        displayed_wait_s=displayed_wait_s(log.wait_s, spec, workload.draws),
        explained=np.full(len(log), spec.stoppages_explained),
    )
    experience = judge(
        workload,
        log,
        spec,
        expected_wait_s=_per_segment(scenario, workload, "expected_wait", spec.expected_wait),
        acceptable_median_s=_acceptable_s(scenario, workload),
        liking=_per_segment(scenario, workload, "likes_self_service", 0.0),
    )
    return Day(scenario, replication, workload, system, trace, log, experience)


def patience_s(scenario: Scenario, workload: Workload) -> Floats:
    """Clock seconds each customer is ready to wait before giving up, (N,); inf = for ever."""
    n, renege = len(workload), scenario.behaviour.renege
    patience = np.full(n, np.inf)
    if renege is None:
        return patience
    if isinstance(renege.patience, str):  # "felt"
        felt = patience_from_acceptable_wait(
            workload,
            scenario.experience,
            acceptable_median_s=_acceptable_s(scenario, workload),
        )
        return clock_patience_s(felt, workload, scenario.experience)
    u = workload.draws.uniform("patience", n)
    for k, segment in enumerate(scenario.customers):
        mine = workload.segment == k
        ready_s = (segment.patience or renege.patience).quantile(u[mine])
        patience[mine] = ready_s * segment.self_control
    if renege.scale == "felt":
        return clock_patience_s(patience, workload, scenario.experience)
    return patience


def _acceptable_s(scenario: Scenario, workload: Workload) -> Floats:
    median = scenario.experience.central()["acceptable_wait_s"]
    return _per_segment(scenario, workload, "acceptable_wait", median)


def _per_segment(scenario: Scenario, workload: Workload, field: str, default: float) -> Floats:
    """A number of the customer's segment, or the default where the segment names none; (N,)."""
    given: list[Any] = [getattr(segment, field) for segment in scenario.customers]
    numbers = np.array([default if value is None else value for value in given], np.float64)
    return np.asarray(numbers[workload.segment])
