"""Running alternatives on the same days: each day's customers are drawn once and shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from simqueue.scenario import Scenario
from simqueue.scenario.comparable import same_customers
from simqueue.scenario.study_values import Aim
from simqueue.study.day import drawn, simulate_day
from simqueue.study.engine import engine_for
from simqueue.study.interruption import interruptions_noted
from simqueue.study.matters import MEASURE_OF
from simqueue.study.paired import difference, together
from simqueue.study.run import Collected, Progress
from simqueue.study.study import Study
from simqueue.study.tally import Tally
from simqueue.tables import Workload

FIRST_LOOK: Final = 10  # days; before that a spread is hardly known
USUAL_DAYS: Final = 50  # by which the sample of customers to judge anew is spread


@dataclass(frozen=True)
class Aims:
    """How narrow the differences have to be: names of a study file, and when to give up."""

    wanted: Mapping[str, Aim]
    most: int = 1000

    def missed(self, tallies: Sequence[Tally]) -> list[str]:
        """The names whose difference from the first is not narrow enough in some alternative."""
        return [name for name, aim in self.wanted.items() if not _narrow(tallies, name, aim)]


def _narrow(tallies: Sequence[Tally], name: str, aim: Aim) -> bool:
    measure = MEASURE_OF[name]
    if any(measure not in tally.units for tally in tallies):
        return False
    first, *others = tallies
    found = together([difference(first, other, measure) for other in others])
    wide = max(d.half_width_all for d in found)
    return wide <= aim.half_width * (abs(found[0].reference) if aim.relative else 1.0)


def run_together(
    scenarios: Sequence[Scenario],
    replications: int | None = None,
    *,
    engine: str = "auto",
    progress: Progress | None = None,
    aims: Aims | None = None,
) -> list[Study]:
    """Simulate every scenario on the same days; one study for each, all of the same length.

    `replications` replaces the scenarios' own (those of the first). With `aims` there are as many
    days as it takes until the intervals for all alternatives together are narrow enough; they are
    looked at after 10 days and then each time there are half as many more, because an interval
    that is looked at often is too narrow by chance. `progress(done, of)` counts days of single
    scenarios. Ctrl-C ends the run after the day that all have: the studies then say that they are
    partial. `engine` as for `run`. ValueError when there is no day or no scenario.
    """
    if not scenarios:
        raise ValueError("run_together: needs at least one scenario")
    days = scenarios[0].replications if replications is None else replications
    days = days if aims is None else aims.most
    if days < 1:
        raise ValueError(f"replications: must be at least 1 (got {days})")
    planned = days if aims is None else min(days, USUAL_DAYS)
    engine = engine_for(engine, scenarios, planned)
    collected = [
        Collected(scenario.model_copy(update={"replications": planned}), engine, 0)
        for scenario in scenarios
    ]
    done, interrupted = _simulate(collected, days, engine, progress, aims)
    for each in collected:
        asked = days if interrupted or aims is None else done
        each.scenario = each.scenario.model_copy(update={"replications": asked})
    return [each.study() for each in collected]


def _simulate(
    collected: Sequence[Collected],
    days: int,
    engine: str,
    progress: Progress | None,
    aims: Aims | None,
) -> tuple[int, bool]:
    """Simulate day after day; how many were done, and whether somebody interrupted."""
    shares = sharing([each.scenario for each in collected])
    look = FIRST_LOOK
    with interruptions_noted() as interruptions:
        for replication in range(days):
            workloads: dict[int, Workload] = {}
            for k, each in enumerate(collected):
                first = shares[k]
                if first not in workloads:
                    workloads[first] = drawn(each.scenario, replication)
                each.take(simulate_day(each.scenario, replication, engine, workloads[first]))
                if progress is not None:
                    progress(replication * len(collected) + k + 1, days * len(collected))
            done = replication + 1
            if interruptions:
                return done, done < days
            if aims is not None and done == look:
                if not aims.missed([each.tallies["day"] for each in collected]):
                    return done, False
                look = done + max(1, done // 2)
    return days, False


def sharing(scenarios: Sequence[Scenario]) -> list[int]:
    """For each scenario the first one that has the same customers."""
    return [
        next(j for j, other in enumerate(scenarios) if same_customers(other, scenario))
        for scenario in scenarios
    ]
