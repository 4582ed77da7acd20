"""From the people of a day to their visits, and what is settled about each before it begins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simqueue.customers.draw import some
from simqueue.customers.spec import SegmentSpec
from simqueue.customers.visit_draws import VisitDraws
from simqueue.customers.visits import Desk, Plan, Station, visits
from simqueue.scenario import Scenario
from simqueue.shop.known import Known
from simqueue.tables import Condition, Workload

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
ARRIVED = 0  # the group of people who come by themselves
NOBODY = -1


def coming(scenario: Scenario, people: Workload) -> tuple[Workload, Known]:
    """Every visit of the people of a day, and what is settled about it."""
    plan = plan_of(scenario)
    workload = people
    if not plan.is_plain or scenario.arrivals.trace is not None:
        workload = visits(
            people,
            scenario.customers,
            plan,
            opens_s=scenario.opens_s,
            length_s=scenario.length_s,
        )
    return workload, _known(scenario, workload, plan)


def plan_of(scenario: Scenario) -> Plan:
    """Where people go in this shop, in which order."""
    failing = [lane.sends_failed_to for lane in scenario.lanes if lane.sends_failed_to is not None]
    desk = scenario.returns_desk
    return Plan(
        stations=tuple(Station(x.station, x.at, x.walk) for x in scenario.stations),
        desk=None
        if desk is None
        else Desk(
            desk.name,
            desk.items,
            desk.after_paying,
            desk.walk,
            desk.arrivals,
            scenario.arrivals.day_to_day_cv,
        ),
        shopping=scenario.arrivals.shopping,
        scans=any(lane.kind == "scan_and_go" for lane in scenario.lanes),
        fails=max((spec.chance for spec in failing), default=0.0),
        fails_walk_s=max((spec.walk for spec in failing), default=0.0),
        initial=tuple(
            (name, _stop(scenario, name), n) for name, n in scenario.initial.items() if n
        ),
    )


def _stop(scenario: Scenario, name: str) -> int:
    """The stop of a lane or another place."""
    return max(0, scenario.place_names.index(name) - len(scenario.lanes) + 1)


def _known(scenario: Scenario, workload: Workload, plan: Plan) -> Known:
    segments = scenario.customers
    lane, service_s = None, None
    if isinstance(workload.draws, VisitDraws):
        lane = _lane(scenario, workload, plan)
        trace = scenario.arrivals.trace
        if trace is not None and trace.service_s is not None:
            service_s = _of_trace(workload, trace.service_s)
    return Known(
        lane=lane,
        service_s=service_s,
        scans=_if_any(segments, workload, plan.scans),
        age_share=_age_share(segments, workload),
    )


def _if_any(
    segments: Sequence[SegmentSpec], workload: Workload, scans: bool
) -> NDArray[np.bool_] | None:
    """Who scans as he shops; None where there is no lane for it."""
    return some(segments, workload, "scans", lambda s: s.scan_and_go) if scans else None


def _age_share(segments: Sequence[SegmentSpec], workload: Workload) -> Floats | None:
    shares = [segment.age_check for segment in segments]
    return np.array(shares).take(workload.segment) if any(shares) else None


def _lane(scenario: Scenario, workload: Workload, plan: Plan) -> Integers | None:
    """The one lane of those who have no choice: at opening, by a trace, after a failure."""
    visits_, rows = workload.visits, workload.draws.rows
    assert visits_ is not None
    lane = np.full(len(workload), NOBODY)
    names = [one.lane for one in scenario.lanes]
    at_lanes = visits_.stop == 0
    first_group = 1 + (plan.desk is not None)
    for k, (name, stop, _) in enumerate(plan.initial):
        if stop == 0:
            lane[at_lanes & (rows.group == first_group + k)] = names.index(name)
    trace = scenario.arrivals.trace
    if trace is not None and trace.lane is not None:
        given = np.array([NOBODY if x is None else names.index(x) for x in trace.lane])
        mine = at_lanes & (rows.group == ARRIVED)
        lane[mine] = given[rows.number[mine]]
    targets = [x.sends_failed_to.lane for x in scenario.lanes if x.sends_failed_to is not None]
    if targets:
        lane[visits_.condition == Condition.FAILED] = names.index(targets[0])
    return lane if np.any(lane != NOBODY) else None


def _of_trace(workload: Workload, values: Sequence[float | None]) -> Floats:
    """A column of the trace for each visit to the lanes; nan for others; shape (R,)."""
    assert workload.visits is not None
    rows = workload.draws.rows
    found = np.full(len(workload), np.nan)
    mine = (workload.visits.stop == 0) & (rows.group == ARRIVED)
    given = np.array([np.nan if value is None else value for value in values])
    found[mine] = given[rows.number[mine]]
    return found


def patience_at_stops_s(scenario: Scenario, workload: Workload, patience_s: Floats) -> Floats:
    """Patience of each visit: at other places by what these say, by a trace where it is given.

    `patience_s` (R,) is what holds at the lanes; all in clock seconds, inf = for ever.
    """
    if workload.visits is None:
        return patience_s
    found = patience_s.copy()
    trace = scenario.arrivals.trace
    if trace is not None and trace.patience_s is not None:
        rows = workload.draws.rows
        given = np.array([np.inf if x is None else x for x in trace.patience_s])
        mine = (workload.visits.stop == 0) & (rows.group == ARRIVED)
        found[mine] = given[rows.number[mine]]
    for k, counter in enumerate(scenario.counters, 1):
        there = workload.visits.stop == k
        found[there] = np.inf
        if counter.patience is not None:
            u = workload.draws.uniform("patience", len(workload))
            found[there] = counter.patience.quantile(u[there])
    return found
