"""Running alternatives on the same days: each day's customers are drawn once and shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import inf, isnan, nan

from simqueue.scenario import Scenario
from simqueue.scenario.comparable import same_customers
from simqueue.scenario.study_values import Aim
from simqueue.study.day import drawn, simulate_day
from simqueue.study.engine import engine_for, expected_visits
from simqueue.study.interruption import interruptions_noted
from simqueue.study.matters import MEASURE_OF
from simqueue.study.paired import difference, together
from simqueue.study.precision import FIRST_LOOK, looks, more_days
from simqueue.study.record import DayRecord
from simqueue.study.run import Collected, Days, Progress, processes_for, refuse_week
from simqueue.study.study import Study
from simqueue.study.tally import Tally
from simqueue.study.workers import in_order
from simqueue.tables import Workload


@dataclass(frozen=True)
class Aims:
    """How narrow the differences have to be: names of a study file, and when to give up."""

    wanted: Mapping[str, Aim]
    most: int = 1000

    def missed(self, tallies: Sequence[Tally]) -> list[str]:
        """The names whose difference from the first is not narrow enough in some alternative."""
        widths = {name: _widths(tallies, name, aim) for name, aim in self.wanted.items()}
        return [name for name, (wide, asked, _) in widths.items() if not wide <= asked]

    def more_days(self, tallies: Sequence[Tally]) -> int | None:
        """Further days that would probably do, going by how much these differ; None = unknown."""
        found = [_widths(tallies, name, aim) for name, aim in self.wanted.items()]
        needed = [0 if wide <= asked else more_days(wide, n, asked) for wide, asked, n in found]
        known = [days for days in needed if days is not None]
        return max(known, default=0) if len(known) == len(needed) else None


def _widths(tallies: Sequence[Tally], name: str, aim: Aim) -> tuple[float, float, int]:
    """Half the width of the widest interval, what was asked for, and the days behind it."""
    measure = MEASURE_OF[name]
    if any(measure not in tally.units for tally in tallies):
        return nan, nan, 0
    first, *others = tallies
    found = together([difference(first, other, measure) for other in others])
    widest = max(found, key=lambda d: inf if isnan(d.half_width_all) else d.half_width_all)
    asked = aim.half_width * (abs(widest.reference) if aim.relative else 1.0)
    return widest.half_width_all, asked, widest.n


def run_together(
    scenarios: Sequence[Scenario],
    replications: int | None = None,
    *,
    engine: str = "auto",
    progress: Progress | None = None,
    aims: Aims | None = None,
    known: Sequence[Sequence[DayRecord]] = (),
    workers: int | None = 1,
) -> list[Study]:
    """Simulate every scenario on the same days; one study for each, all of the same length.

    `replications` replaces the scenarios' own (those of the first). With `aims` there are as many
    days as it takes until the intervals for all alternatives together are narrow enough; they are
    looked at when `simqueue.study.precision.looks` says. `known` holds for each scenario what is
    kept of its days 0, 1, ... that need not be simulated again. `progress(done, of)` counts days
    of single scenarios. Ctrl-C ends the run after the day that all have: the studies then say that
    they are partial. `engine` and `workers` as for `run`, with its errors. ValueError when there is
    no day or no scenario.
    """
    if not scenarios:
        raise ValueError("run_together: needs at least one scenario")
    for scenario in scenarios:
        refuse_week(scenario)
    days = scenarios[0].replications if replications is None else replications
    days = days if aims is None else aims.most
    if days < 1:
        raise ValueError(f"replications: must be at least 1 (got {days})")
    planned = days if aims is None else min(days, FIRST_LOOK)
    known = known or [()] * len(scenarios)
    engine, processes = _prepared(engine, workers, scenarios, [planned - len(k) for k in known])
    collected = [
        Collected(scenario.model_copy(update={"replications": planned}), engine, 0)
        for scenario in scenarios
    ]
    done, interrupted = _simulate(collected, days, processes, progress, aims, known)
    for each in collected:
        asked = days if interrupted or aims is None else done
        each.scenario = each.scenario.model_copy(update={"replications": asked})
    return [each.study() for each in collected]


def _prepared(
    engine: str, workers: int | None, scenarios: Sequence[Scenario], days: Sequence[int]
) -> tuple[str, int]:
    """The engine and the number of processes for so many days of each scenario."""
    to_do = [scenario for scenario, n in zip(scenarios, days, strict=True) if n > 0]
    visits = sum(expected_visits(each) for each in to_do)
    most = max(0, *days)
    processes = processes_for(engine, workers, most, visits * most)
    return engine_for(engine, to_do, most, workers=processes), processes


@dataclass(frozen=True)
class SharedDays:
    """Any day of several scenarios as it is kept, in whatever process."""

    each: tuple[Days, ...]
    shares: tuple[int, ...]  # for each scenario the first one that has the same customers
    known: tuple[int, ...]  # days of each that need not be simulated

    def __call__(self, replication: int) -> list[DayRecord | None]:
        """The day in every scenario; None where it is known."""
        workloads: dict[int, Workload] = {}
        found: list[DayRecord | None] = []
        for days, first, known in zip(self.each, self.shares, self.known, strict=True):
            if replication < known:
                found.append(None)
                continue
            if first not in workloads:
                workloads[first] = drawn(days.scenario, replication)
            day = simulate_day(days.scenario, replication, days.engine, workloads[first])
            found.append(days.kept(day))
        return found


def _simulate(
    collected: Sequence[Collected],
    days: int,
    processes: int,
    progress: Progress | None,
    aims: Aims | None,
    known: Sequence[Sequence[DayRecord]],
) -> tuple[int, bool]:
    """Simulate day after day; how many were done, and whether somebody interrupted."""
    shares = sharing([each.scenario for each in collected])
    each_day = tuple(each.each for each in collected)
    work = SharedDays(each_day, tuple(shares), tuple(len(records) for records in known))
    when = set(looks(days)) if aims is not None else set()
    coming = in_order(work, range(days), processes)
    with interruptions_noted() as interruptions, closing(coming):
        for replication, found in enumerate(coming):
            for k, (each, record) in enumerate(zip(collected, found, strict=True)):
                each.add(known[k][replication] if record is None else record)
                if progress is not None and record is not None:
                    progress(replication * len(collected) + k + 1, days * len(collected))
            done = replication + 1
            if interruptions:
                return done, done < days
            if aims is None or done not in when:
                continue
            if not aims.missed([each.tallies["day"] for each in collected]):
                return done, False
    return days, False


def sharing(scenarios: Sequence[Scenario]) -> list[int]:
    """For each scenario the first one that has the same customers."""
    return [
        next(j for j, other in enumerate(scenarios) if same_customers(other, scenario))
        for scenario in scenarios
    ]
