"""One day from end to end: draw, compile, run, log, judge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.customers import draw, members
from simqueue.customers.draw import of_segment
from simqueue.engine import derive_log, run
from simqueue.experience import (
    Experience,
    ExperienceSpec,
    clock_patience_s,
    displayed_wait_s,
    judge,
    patience_from_acceptable_wait,
)
from simqueue.scenario import Scenario
from simqueue.shop import compile_shop
from simqueue.study.audit import Audit, audit_day
from simqueue.study.coming import coming, patience_at_stops_s
from simqueue.study.replay import Lived, lived
from simqueue.study.steps import Change, last_free, open_spells, server_changes
from simqueue.tables import Ending, Event, Kind, Log, System, Trace, Workload, settled

Floats = NDArray[np.float64]
MINUTE_S = 60.0
LAST_COMMON = Event.FREE  # the events before it happen to nearly every customer
COMPILED = "compiled"  # the engine whose days are also read by machine code


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
    compiled: bool = False  # whether the trace is read by machine code

    @property
    def warm_up_s(self) -> float:
        """Customers who come earlier are left out of all measures."""
        return self.scenario.warm_up_s

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """Which customers count; shape (N,)."""
        return np.asarray(self.log.arrival_s >= self.warm_up_s, dtype=np.bool_)

    @cached_property
    def joined(self) -> NDArray[np.bool_]:
        """Visits that stood in a line and whose wait has an end; shape (N,)."""
        return np.asarray(self.counted & ~np.isnan(self.log.wait_s))

    @cached_property
    def served(self) -> NDArray[np.bool_]:
        """Visits in which somebody was served to the end; shape (N,)."""
        return self.counted & self._ended(Ending.SERVED)

    @cached_property
    def came(self) -> NDArray[np.bool_]:
        """Everybody who came, once: without the visits that failed at a machine; shape (N,)."""
        return self.counted & ~self._ended(Ending.FAILED)

    @cached_property
    def balked(self) -> NDArray[np.bool_]:
        """Visits in which somebody turned away without joining a line; shape (N,)."""
        return self.counted & self._ended(Ending.BALKED)

    @cached_property
    def reneged(self) -> NDArray[np.bool_]:
        """Visits in which somebody left after joining a line; shape (N,)."""
        return self.counted & self._ended(Ending.RENEGED)

    def _ended(self, ending: Ending) -> NDArray[np.bool_]:
        return np.asarray(self.log.ending == int(ending))  # as a plain number, which is quicker

    @cached_property
    def paid(self) -> NDArray[np.bool_]:
        """Customers who paid at a till or a machine; shape (N,)."""
        return np.asarray(self.served & (self.log.stop == 0))

    @cached_property
    def ended(self) -> NDArray[np.bool_]:
        """Customers whose visit to the checkouts has ended one way or another; shape (N,)."""
        return np.asarray(self.came & ~self._ended(Ending.UNFINISHED) & (self.log.stop == 0))

    @cached_property
    def lost(self) -> NDArray[np.bool_]:
        """Customers who left the checkouts without having paid; shape (N,)."""
        return np.asarray((self.balked | self.reneged) & (self.log.stop == 0))

    @cached_property
    def felt(self) -> NDArray[np.bool_]:
        """Visits whose wait was felt: a failed one is felt as a halt in the one after it; (N,)."""
        return np.asarray(self.counted & self.experience.case.joined)

    @cached_property
    def at_machine(self) -> NDArray[np.bool_]:
        """Visits to a machine, own scanning included; shape (N,)."""
        return np.append(self.machine_lanes, False).take(self.log.lane)  # lane -1 is the last

    @cached_property
    def at_staffed(self) -> NDArray[np.bool_]:
        """Visits to a lane that has a cashier; shape (N,)."""
        return np.append(self.staffed_lanes, False).take(self.log.lane)

    @cached_property
    def kind_of_customer(self) -> NDArray[np.int64]:
        """Kind of the lane each customer stood in; -1 = none; shape (N,)."""
        return np.append(self.system.kind, -1).take(self.log.lane)

    @cached_property
    def service_min(self) -> Floats:
        """Minutes from the start of service to its end; nan without one; shape (N,)."""
        return np.asarray((self.log.end_s - self.log.start_s) / MINUTE_S)

    @cached_property
    def net_promotion(self) -> Floats:
        """Chance of being a promoter less that of being a detractor, in points; shape (N,)."""
        outcome = self.experience.outcome
        return np.asarray(100.0 * (outcome.promoter - outcome.detractor))

    @cached_property
    def lived(self) -> Lived:
        """What the trace says about itself, what each customer found, and how long lines were."""
        span = (self.warm_up_s, self.system.closes_s)
        return lived(self.trace, self.system, span, compiled=self.compiled)

    @property
    def one_in_front(self) -> NDArray[np.bool_]:
        """Whether each customer found a line with at most one waiting; shape (N,)."""
        found = self.lived.found.one_in_front
        assert found is not None
        return found

    @cached_property
    def open_spells(self) -> list[list[tuple[float, float]]]:
        """When somebody was at each server; S lists of (from, to) in seconds."""
        system = self.system
        return open_spells(self.server_changes, system.n_servers, system.closes_s, self.freed_s)

    @cached_property
    def server_changes(self) -> list[Change]:
        """When servers open, are told to close and close, in order."""
        return server_changes(self.trace)

    @cached_property
    def freed_s(self) -> Floats:
        """When a server of each line became free for the last time, 0 = never; shape (L,)."""
        return last_free(self.trace, self.system.n_lines)

    def lane_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Lane that each of some rows of the trace is about; -1 = none."""
        return np.append(self.system.line_lane, -1).take(self.trace.line.take(rows))  # -1: the last

    @cached_property
    def staffed_lanes(self) -> NDArray[np.bool_]:
        """Which lanes have cashiers; shape (J,)."""
        kind = self.system.kind
        return np.asarray((kind == Kind.STAFFED) | (kind == Kind.EXPRESS))

    @cached_property
    def staffed_lines(self) -> NDArray[np.bool_]:
        """Which lines are those of cashiers; shape (L,)."""
        return self.staffed_lanes[self.system.line_lane]

    @cached_property
    def machine_lanes(self) -> NDArray[np.bool_]:
        """Which lanes have machines; shape (J,)."""
        kind = self.system.kind
        return np.asarray((kind == Kind.SELF_SERVICE) | (kind == Kind.SCAN_AND_GO))

    @cached_property
    def _found_rows(self) -> dict[Event, NDArray[np.int64]]:
        return {}

    @cached_property
    def _rare_rows(self) -> NDArray[np.int64]:
        """The rows of the trace with an event that does not happen to everybody."""
        return np.flatnonzero(self.trace.event > int(LAST_COMMON))

    def rows_of(self, event: Event) -> NDArray[np.int64]:
        """The rows of the trace with an event, in order."""
        found = self._found_rows.get(event)
        if found is None:
            if event > LAST_COMMON:
                rare = self._rare_rows
                found = rare[self.trace.event.take(rare) == int(event)]
            else:
                found = np.flatnonzero(self.trace.event == int(event))
            self._found_rows[event] = found
        return found

    def audit(self) -> Audit:
        """The self-audit of this day."""
        felt = self.experience.perception
        parts = felt.queue_s + felt.help_wait_s + felt.halted_s
        for name, values in felt.arrays().items():
            if name.startswith("by_"):
                parts += values
        return audit_day(
            self.replication,
            self.trace,
            self.log,
            felt.felt_s,
            parts,
            found=self.lived.found,
        )


def drawn(scenario: Scenario, replication: int) -> Workload:
    """The customers of a replication; scenarios that agree on them may share the result."""
    return draw(
        scenario.arrivals,
        scenario.customers,
        opens_s=scenario.opens_s,
        length_s=scenario.length_s,
        seed=scenario.seed,
        replication=replication,
    )


def prepared(
    scenario: Scenario, replication: int, people: Workload | None = None
) -> tuple[Workload, System]:
    """What an engine gets for a replication: every visit of everybody, and the shop they meet.

    `people` is what `drawn` gives for this replication, when somebody has it already.
    """
    if people is None:
        people = drawn(scenario, replication)
    workload, known = coming(scenario, people)
    system = compile_shop(
        scenario.lanes,
        scenario.behaviour,
        scenario.staffing,
        workload,
        patience_s=patience_s(scenario, workload),
        opens_s=scenario.opens_s,
        length_s=scenario.length_s,
        members=members(scenario.customers, workload),
        counters=scenario.counters,
        outages=scenario.outages,
        known=known,
    )
    return workload, system


def simulate_day(
    scenario: Scenario,
    replication: int,
    engine: str = "simpy",
    workload: Workload | None = None,
) -> Day:
    """Replication number `replication` (from 0) of the scenario, simulated and judged.

    `workload` is what `drawn` gives for this replication, when somebody has it already.
    """
    workload, system = prepared(scenario, replication, workload)
    trace = run(workload, system, engine)
    compiled = engine == COMPILED
    return judged(scenario, replication, workload, system, trace, compiled=compiled)


def judged(
    scenario: Scenario,
    replication: int,
    workload: Workload,
    system: System,
    trace: Trace,
    *,
    compiled: bool = False,
) -> Day:
    """The day that a trace describes, with what it felt like; the same bits if `compiled`."""
    spec = scenario.experience
    log = _told(derive_log(workload, system, trace, compiled=compiled), spec, workload)
    experience = judge(
        workload,
        log,
        spec,
        expected_wait_s=_per_segment(scenario, workload, "expected_wait", spec.expected_wait),
        acceptable_median_s=_acceptable_s(scenario, workload),
        liking=_per_segment(scenario, workload, "likes_self_service", 0.0),
    )
    return Day(scenario, replication, workload, system, trace, log, experience, compiled)


def _told(log: Log, spec: ExperienceSpec, workload: Workload) -> Log:
    """The log with what customers were shown and told, which is nothing to begin with."""
    changes: dict[str, Any] = {}
    if spec.wait_display is not None:
        shown_s = displayed_wait_s(log.wait_s, spec, workload.draws)
        changes["displayed_wait_s"] = settled(shown_s)
    if spec.stoppages_explained:
        changes["explained"] = settled(np.ones(len(log), dtype=np.bool_))
    return replace(log, **changes) if changes else log


def patience_s(scenario: Scenario, workload: Workload) -> Floats:
    """Clock seconds each customer is ready to wait before giving up, (N,); inf = for ever."""
    patience = _patience_at_lanes_s(scenario, workload)
    return patience_at_stops_s(scenario, workload, patience)


def _patience_at_lanes_s(scenario: Scenario, workload: Workload) -> Floats:
    """The same as if every visit were to the lanes."""
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
    numbers = [default if value is None else value for value in given]
    return settled(np.full(len(workload), of_segment(numbers, workload.segment), np.float64))
