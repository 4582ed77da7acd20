"""What is to be done in a sweep, whoever does it: points to jobs, finished points to disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from simqueue.study.sweep.plan import SweepPlan
from simqueue.study.sweep.store import Store
from simqueue.study.sweep.task import Done, Job, Task, run_points

Progress = Callable[[int, int], None]
Notice = Callable[[str], None]


def say_nothing(text: str) -> None:
    """Keep a notice to oneself."""


@dataclass
class Outcome:
    """How a sweep ended: points that could not be simulated, with why; whether it was stopped."""

    failed: dict[int, str] = field(default_factory=dict)
    interrupted: bool = False


@dataclass
class Work:
    """The points of a sweep as jobs, and what becomes of them when they are done."""

    plan: SweepPlan
    store: Store
    done: int = 0
    engine: str | None = None
    task: Task = run_points
    progress: Progress | None = None
    notice: Notice = say_nothing

    @property
    def version(self) -> str:
        """The version of simqueue that the sweep belongs to."""
        return str(self.plan.identity["simqueue"])

    def job(self, point: int) -> Job:
        """A point as plain data."""
        return point, self.plan.scenarios[point]

    def take(self, results: Sequence[Done]) -> None:
        """Put points that came back on disk, and tell how far the sweep is."""
        self.store.write(each for each in results if "fault" not in each)
        self.passed(len(results))

    def passed(self, points: int) -> None:
        """So many more points are dealt with."""
        self.done += points
        if self.progress is not None:
            self.progress(self.done, len(self.plan))
