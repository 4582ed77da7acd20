"""Simulating until intervals are narrow enough: when to look, when to stop, what is missing.

Whoever looks often stops too early: he waits for a moment at which the spread is small by chance.
So there are few looks, and none before 30 days. Both numbers come from what was measured: see
docs/precision.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil, isnan, nan, sqrt
from typing import Any, Final

from simqueue.scenario import Scenario
from simqueue.scenario.study_values import Aim
from simqueue.study.interval import t_quantile
from simqueue.study.matters import MEASURE_OF
from simqueue.study.record import DayRecord
from simqueue.study.run import Progress, run
from simqueue.study.stored import enough
from simqueue.study.study import Study
from simqueue.study.tally import Tally

FIRST_LOOK: Final = 30  # days; chosen from what tests/theory/test_precision.py measures
GROWTH: Final = 1.5  # each look comes after half as many days more
MOST_DAYS: Final = 1000
FURTHEST: Final = 10_000_000  # days; more are not worth a number


@dataclass(frozen=True)
class Reached:
    """One aim after some days: how wide the interval is, and how wide it may be, in `unit`.

    `relative` is the share of the mean that was asked for, None where an amount was. `more_days`
    is how many further days would probably do, from the spread of those simulated; 0 when met,
    None when it cannot be said.
    """

    name: str
    measure: str
    mean: float
    half_width: float
    asked: float
    relative: float | None
    unit: str
    more_days: int | None

    @property
    def met(self) -> bool:
        """Whether the interval is narrow enough; an unknown width is not."""
        return self.half_width <= self.asked

    def plain(self) -> dict[str, Any]:
        """For JSON, which knows no nan."""
        numbers = {"mean": self.mean, "half_width": self.half_width, "asked": self.asked}
        return {
            "measure": self.measure,
            **{name: None if isnan(value) else value for name, value in numbers.items()},
            "relative": self.relative,
            "unit": self.unit,
            "met": self.met,
            "more_days": self.more_days,
        }


@dataclass(frozen=True)
class Precision:
    """What was asked for, and what came of it within at most so many days."""

    aims: tuple[Reached, ...]
    days: int
    most: int

    @property
    def missed(self) -> tuple[Reached, ...]:
        """The aims that were not met."""
        return tuple(each for each in self.aims if not each.met)

    @property
    def more_days(self) -> int | None:
        """Further days after which all would probably be met; None when it cannot be said."""
        needed = [each.more_days for each in self.aims]
        known = [days for days in needed if days is not None]
        return max(known, default=0) if len(known) == len(needed) else None

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "met": not self.missed,
            "days": self.days,
            "most_days": self.most,
            "more_days": self.more_days,
            "aims": {each.name: each.plain() for each in self.aims},
        }


def looks(most: int) -> Iterator[int]:
    """After how many days the intervals are looked at; the last look is after `most` days.

    >>> list(looks(100))
    [30, 45, 68, 100]
    """
    days = FIRST_LOOK
    while days < most:
        yield days
        days = ceil(days * GROWTH)
    yield most


def reached(tally: Tally, aims: Mapping[str, Aim]) -> tuple[Reached, ...]:
    """Each aim (by its name in a study file) beside what the tally of the whole day says."""
    return tuple(_reached(tally, name, aim) for name, aim in aims.items())


def _reached(tally: Tally, name: str, aim: Aim) -> Reached:
    measure = MEASURE_OF[name]
    relative = aim.half_width if aim.relative else None
    if measure not in tally.units:
        return Reached(name, measure, nan, nan, nan, relative, "", None)
    found = tally.estimate(measure)
    asked = aim.half_width * (abs(found.mean) if aim.relative else 1.0)
    more: int | None = 0
    if not found.half_width <= asked:
        more = more_days(found.half_width, found.n, asked)
    unit = found.unit
    return Reached(name, measure, found.mean, found.half_width, asked, relative, unit, more)


def more_days(half_width: float, days: int, asked: float) -> int | None:
    """Further days until the interval is as narrow as asked, if days go on to spread as they do.

    None when the width is not known, or no number of days is enough.
    """
    if isnan(half_width) or isnan(asked) or asked <= 0 or days < 2:
        return None
    spread = half_width * sqrt(days) / t_quantile(days - 1)
    few, many = days, 2 * days
    while t_quantile(many - 1) * spread > asked * sqrt(many):
        few, many = many, 2 * many
        if few > FURTHEST:
            return None
    while many - few > 1:
        middle = (few + many) // 2
        wide = t_quantile(middle - 1) * spread > asked * sqrt(middle)
        few, many = (middle, many) if wide else (few, middle)
    return many - days


def run_precise(
    scenario: Scenario,
    aims: Mapping[str, Aim],
    most: int = MOST_DAYS,
    *,
    keep: int = 1,
    engine: str = "auto",
    progress: Progress | None = None,
    known: Sequence[DayRecord] = (),
    workers: int | None = 1,
) -> Study:
    """Simulate until every aim is met or `most` days are done; `Study.precision` says which.

    How many days there are depends on scenario, seed, aims and `most` alone; the study is the one
    that `run` with so many days gives. ValueError when `most` is below 1.
    """
    if most < 1:
        raise ValueError(f"most days: must be at least 1 (got {most})")
    simulate = partial(run, scenario, keep=keep, engine=engine, progress=progress, workers=workers)
    records, study = known, None
    for days in looks(most):
        study = simulate(days, known=records)
        records = max(study.records, records, key=len)
        found = reached(study.day, aims)
        hopeless = any(isnan(each.mean) for each in found)  # no day has a value
        if study.partial or hopeless or all(each.met for each in found):
            break
    assert study is not None
    done = study.replications
    if not (study.partial or enough(study.records, done, keep)):  # days stored for a longer run
        study = simulate(done)
    study.precision = Precision(found, study.replications, most)
    return study
