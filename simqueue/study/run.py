"""Running a scenario: one day after the other, until all are done or somebody interrupts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simqueue.experience import Case
from simqueue.scenario import Scenario
from simqueue.study import psychology
from simqueue.study.audit import Audit
from simqueue.study.customers import customers_table
from simqueue.study.day import Day, simulate_day
from simqueue.study.interruption import interruptions_noted
from simqueue.study.record import add, empty_tallies, record
from simqueue.study.study import Study, Waits

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[int, int], None]
KEEP_ALL = -1


def run(
    scenario: Scenario,
    replications: int | None = None,
    *,
    seed: int | None = None,
    keep: int = 1,
    engine: str = "simpy",
    progress: Progress | None = None,
    stop_after: int | None = None,
) -> Study:
    """Simulate `replications` days of the scenario and measure them.

    `replications` and `seed` replace the scenario's own. `keep` days' customers are kept whole
    (KEEP_ALL = every day's). `progress(done, of)` is called after each day. Ctrl-C ends the run
    after the day being simulated, as `stop_after` days do: the study then says that it is partial.
    A second Ctrl-C raises KeyboardInterrupt at once.
    ValueError when `replications` is less than 1.
    """
    changes = {"replications": replications, "seed": seed}
    given = {name: value for name, value in changes.items() if value is not None}
    scenario = scenario.model_copy(update=given)
    if scenario.replications < 1:
        raise ValueError(f"replications: must be at least 1 (got {scenario.replications})")
    collected = _Collected(scenario, engine, keep)
    with interruptions_noted() as interruptions:
        for replication in range(min(scenario.replications, stop_after or scenario.replications)):
            collected.take(simulate_day(scenario, replication, engine))
            if progress is not None:
                progress(replication + 1, scenario.replications)
            if interruptions:
                break
    return collected.study()


class _Collected:
    """What has been gathered of the days so far."""

    def __init__(self, scenario: Scenario, engine: str, keep: int) -> None:
        self.scenario = scenario
        self.engine = engine
        self.keep = scenario.replications if keep == KEEP_ALL else keep
        self.tallies = empty_tallies(scenario)
        self.audit = Audit()
        self.waits: list[Waits] = []
        self.kept: dict[int, pa.Table] = {}
        self.cases: list[Case] = []
        self.customers = 0

    @property
    def days(self) -> int:
        """Days taken so far."""
        return self.audit.days

    def take(self, day: Day) -> None:
        """Add a day."""
        found = record(day)
        case = day.experience.case.rows(day.counted)
        sample = psychology.sampled(case, self.scenario.replications)
        kept = customers_table(day) if day.replication < self.keep else None
        add(self.tallies, found.entries)
        self.waits.append(Waits(found.wait_s, found.quarter, found.lane))
        if kept is not None:
            self.kept[day.replication] = kept
        self.cases.append(sample)
        self.customers += len(case)
        self.audit += found.audit

    def study(self) -> Study:
        """The study of the days taken."""
        means = {name: e.mean for name, e in self.tallies["day"].estimates().items()}
        return Study(
            scenario=self.scenario,
            engine=self.engine,
            **self.tallies,
            psychology=psychology.ranges(
                self.cases, self.scenario.experience, means, self.customers
            ),
            audit=self.audit,
            waits=self.waits,
            kept=self.kept,
            partial=self.days < self.scenario.replications,
        )
