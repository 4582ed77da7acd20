"""Running a scenario: one day after the other, until all are done or somebody interrupts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from simqueue.scenario import Scenario
from simqueue.study import psychology
from simqueue.study.audit import Audit
from simqueue.study.day import Day, simulate_day
from simqueue.study.engine import engine_for, expected_visits
from simqueue.study.frame import Frame, frame
from simqueue.study.interruption import interruptions_noted
from simqueue.study.record import DayRecord, add, empty_tallies, record
from simqueue.study.study import Study, Waits
from simqueue.study.workers import in_order, workers_for

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[int, int], None]
KEEP_ALL = -1
MOST_RECORDS = (
    1000  # days kept whole; later ones are in the tallies only, so that memory is bounded
)
VISIT_S, SIMPY_VISIT_S = 1.4e-6, 27e-6  # about, by benchmarks/pipeline.py and auto.py
STORED = "stored"  # instead of an engine's name, where all days are known


def run(
    scenario: Scenario,
    replications: int | None = None,
    *,
    seed: int | None = None,
    keep: int = 1,
    engine: str = "auto",
    progress: Progress | None = None,
    stop_after: int | None = None,
    known: Sequence[DayRecord] = (),
    workers: int | None = 1,
) -> Study:
    """Simulate `replications` days of the scenario and measure them.

    `replications` and `seed` replace the scenario's own. `keep` days' customers are kept whole
    (KEEP_ALL = every day's). `progress(done, of)` is called after each day. Ctrl-C ends the run
    after the days being simulated, as `stop_after` days do: the study then says that it is partial.
    A second Ctrl-C raises KeyboardInterrupt at once. `engine` is "simpy", "compiled" or "auto": the
    one that is done first; the results are the same, and the study says which it was.
    `known` is what is kept of days 0, 1, ... that need not be simulated again (`Study.records` of
    an earlier run, which must have kept their customers where these are asked for).
    `workers` processes share the days (None = as many as are worth starting); the results are the
    same. ValueError when `replications` or `workers` is less than 1, or for an engine that does not
    exist; WorkerLostError when one of several processes ends before its time.
    """
    changes = {"replications": replications, "seed": seed}
    given = {name: value for name, value in changes.items() if value is not None}
    scenario = scenario.model_copy(update=given)
    refuse_week(scenario)
    if scenario.replications < 1:
        raise ValueError(f"replications: must be at least 1 (got {scenario.replications})")
    last = min(scenario.replications, stop_after or scenario.replications)
    engine, processes = _prepared(engine, workers, scenario, last - len(known))
    collected = Collected(scenario, engine, keep)
    for found in known[:last]:
        collected.add(found)
    days = in_order(collected.each, range(collected.days, last), processes)
    with interruptions_noted() as interruptions, closing(days):
        for found in days:
            collected.add(found)
            if progress is not None:
                progress(collected.days, scenario.replications)
            if interruptions:
                break
    return collected.study()


def refuse_week(scenario: Scenario) -> None:
    """ValueError for a scenario of a whole week where one kind of day is simulated."""
    if scenario.week:
        raise ValueError(
            f"{scenario.scenario!r} is a week: simulate its days one by one, as in"
            " [day.scenario for day in simqueue.scenario.week.days_of(scenario)]"
        )


def _prepared(engine: str, workers: int | None, scenario: Scenario, days: int) -> tuple[str, int]:
    """The engine and the number of processes that so many days are to be simulated with."""
    processes = processes_for(engine, workers, days, days * expected_visits(scenario))
    if days <= 0:
        return STORED, 1
    return engine_for(engine, [scenario], days, workers=processes), processes


def processes_for(engine: str, workers: int | None, days: int, visits: float) -> int:
    """How many processes share so many days, with so many visits in all; `workers` as for `run`."""
    return workers_for(workers, days, visits * (SIMPY_VISIT_S if engine == "simpy" else VISIT_S))


@dataclass(frozen=True)
class Days:
    """Any day of a scenario as it is kept, in whatever process."""

    scenario: Scenario
    engine: str
    keep: int  # days of which everybody's row is kept

    @cached_property
    def frame(self) -> Frame:
        """What all days have in common."""
        return frame(self.scenario)

    def __call__(self, replication: int) -> DayRecord:
        """Simulate a day and keep what a study needs of it."""
        return self.kept(simulate_day(self.scenario, replication, self.engine))

    def kept(self, day: Day) -> DayRecord:
        """What a study needs of a day."""
        size = psychology.kept_size(self.scenario.replications)
        return record(day, size, whole=day.replication < self.keep, table=self.frame)


class Collected:
    """What has been gathered of the days so far."""

    def __init__(self, scenario: Scenario, engine: str, keep: int) -> None:
        self.scenario = scenario
        self.engine = engine
        self.keep = scenario.replications if keep == KEEP_ALL else keep
        self.each = Days(scenario, engine, self.keep)
        self.tallies = empty_tallies(self.each.frame)
        self.audit = Audit()
        self.kept: dict[int, pa.Table] = {}
        self.customers = 0
        self.records: list[DayRecord] = []

    @property
    def days(self) -> int:
        """Days taken so far."""
        return self.audit.days

    def take(self, day: Day) -> None:
        """Add a day."""
        self.add(self.each.kept(day))

    def add(self, found: DayRecord) -> None:
        """Add what is kept of a day."""
        add(self.tallies, found.sheet)
        if found.customers is not None and found.replication < self.keep:
            self.kept[found.replication] = found.customers
        self.customers += found.to_pay
        self.audit += found.audit
        if len(self.records) < MOST_RECORDS:
            self.records.append(found)

    def study(self) -> Study:
        """The study of the days taken."""
        means = {name: e.mean for name, e in self.tallies["day"].estimates().items()}
        size = psychology.sample_size(min(self.scenario.replications, MOST_RECORDS))
        cases = [psychology.cut(found.sample, size) for found in self.records]
        return Study(
            scenario=self.scenario,
            engine=self.engine,
            day=self.tallies["day"],
            lane=self.tallies["lane"],
            segment=self.tallies["segment"],
            quarter=self.tallies["quarter"],
            lane_quarter=self.tallies["lane_quarter"],
            psychology=psychology.ranges(cases, self.scenario.experience, means, self.customers),
            audit=self.audit,
            waits=[Waits(found.wait_s, found.quarter, found.lane) for found in self.records],
            kept=self.kept,
            partial=self.days < self.scenario.replications,
            cases=cases,
            records=self.records,
        )
