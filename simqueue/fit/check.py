"""A scenario against waits measured with a stopwatch: match, difference, or nobody can tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.fit.cells import refused
from simqueue.fit.equivalence import (
    CANNOT_TELL,
    DIFFERS,
    MATCHES,
    Comparison,
    Margin,
    Need,
    comparison,
    judged,
    need,
)
from simqueue.fit.observed import Observed
from simqueue.fit.sampling import studies_of, timed
from simqueue.scenario import Scenario
from simqueue.study.audit import Audit
from simqueue.study.day import Day, simulate_day
from simqueue.study.engine import engine_for
from simqueue.study.measures import LONG_WAIT_S, served
from simqueue.study.run import Progress
from simqueue.units import clock_text

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
USUAL_DAYS = 100
LEAST_DAYS = 40  # fewer cannot put a measurement among the rarest 5 % of simulated ones
MOST_DAYS = 5000
MOST_CELLS = 50_000_000  # simulated waits held at once
COMPARABLE = 0.8  # an observation counts when so many simulated days have a customer there
MOST_LEFT_OUT = 0.1  # of the observations; with more, nothing is called a match
BAND = (5.0, 95.0)  # of 100 simulated studies, 90 lie between
NO_SERVICE_S = 60.0  # the scale where nobody was served at all
LONG_WAIT_WORDS = "over 5 min"


class DaysError(ValueError):
    """A number of simulated days with which nothing can be said."""


@dataclass(frozen=True)
class Shape:
    """One property of the measured waits, and where it lies in 90 of 100 simulated studies."""

    name: str
    unit: str
    measured: float
    simulated: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        """Whether the measured value is nothing unusual."""
        return self.low <= self.measured <= self.high


@dataclass(frozen=True, eq=False)
class Curve:
    """Share of customers who wait at most `wait_s` (K,): measured, and over simulated studies."""

    wait_s: Floats
    measured: Floats
    median: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Check:
    """What stopwatch waits say about a scenario. `comparisons` begins with all waits together."""

    scenario: Scenario
    source: str
    observed: int
    observed_days: int
    replications: int
    margin: Margin
    audit: Audit
    comparisons: list[Comparison]
    shapes: list[Shape]
    curve: Curve
    left_out: int
    notes: tuple[str, ...]
    ignored_columns: tuple[str, ...] = ()

    @property
    def whole(self) -> Comparison:
        """All waits together."""
        return self.comparisons[0]

    @property
    def groups(self) -> list[Comparison]:
        """Lanes and hours."""
        return self.comparisons[1:]

    @property
    def verdict(self) -> str:
        """Of the whole check: a lane or an hour that differs spoils the match of the mean."""
        return DIFFERS if any(g.verdict == DIFFERS for g in self.groups) else self.whole.verdict

    @property
    def need(self) -> Need:
        """How many more days would probably tell."""
        return need(self.whole, self.observed_days, self.replications)

    def plain(self) -> dict[str, Any]:
        """For JSON; what has no limit is null."""
        more = self.need
        return {
            "scenario": self.scenario.scenario,
            "observed": self.source,
            "verdict": self.verdict,
            "observations": self.observed,
            "observations_left_out": self.left_out,
            "observed_days": self.observed_days,
            "replications": self.replications,
            "seed": self.scenario.seed,
            "margin": self.margin.text(),
            "needed": {"more_observed_days": more.observed_days,
                       "more_simulated_days": more.simulated_days},
            "comparisons": [_plain(c) for c in self.comparisons],
            "shape": [vars(s) | {"inside": s.inside} for s in self.shapes],
            "audit": {"ok": self.audit.ok, "days": self.audit.days,
                      "failures": list(self.audit.failures)},
            "notes": list(self.notes),
        }  # fmt: skip


def _plain(c: Comparison) -> dict[str, Any]:
    fields = vars(c) | {"difference_s": c.difference_s}
    return {
        name: value if not isinstance(value, float) or isfinite(value) else None
        for name, value in fields.items()
    }


def check(
    scenario: Scenario,
    observed: Observed,
    replications: int | None = None,
    margin: Margin | None = None,
    *,
    engine: str = "auto",
    progress: Progress | None = None,
) -> Check:
    """Simulate the scenario, time the same pattern of customers each day, and compare.

    `replications` days are simulated, by default as many as the scenario says, at least 100 and at
    least twice the days observed. Raises DaysError when it is below 40 or below the days
    observed, ScenarioError when the scenario has no customers where the stopwatch stood.
    """
    days = replications or max(USUAL_DAYS, scenario.replications, 2 * len(observed.days))
    least = max(LEAST_DAYS, len(observed.days))
    most = min(MOST_DAYS, max(least, MOST_CELLS // len(observed)))
    if not least <= days <= most:
        raise DaysError(f"must be from {least} to {most} simulated days (got {days})")
    engine = engine_for(engine, [scenario], days)
    simulated, service_s, audit = _simulated(scenario, observed, days, engine, progress)
    found = np.mean(~np.isnan(simulated), axis=0) >= COMPARABLE
    if not np.any(found):
        text = "the scenario has no customers at the times and lanes of these waits"
        raise refused(observed.name, text)
    usual = np.nanmean(simulated[:, found], axis=0)
    simulated = np.where(np.isnan(simulated[:, found]), usual, simulated[:, found])
    return _judge(scenario, observed, simulated, found, service_s, margin or Margin(), audit)


def _simulated(
    scenario: Scenario, observed: Observed, days: int, engine: str, progress: Progress | None
) -> tuple[Floats, float, Audit]:
    """The waits timed on each simulated day (R, n), the mean service, and the audit."""
    waits = np.full((days, len(observed)), np.nan)
    total, customers, audit = 0.0, 0, Audit()
    for replication in range(days):
        day: Day = simulate_day(scenario, replication, engine)
        waits[replication] = timed(day, observed)
        paid = served(day)
        total += float(np.sum((day.log.end_s - day.log.start_s)[paid]))
        customers += int(np.sum(paid))
        audit += day.audit()
        if progress is not None:
            progress(replication + 1, days)
    return waits, total / customers if customers else NO_SERVICE_S, audit


def _judge(
    scenario: Scenario,
    observed: Observed,
    simulated: Floats,
    found: Mask,
    service_s: float,
    margin: Margin,
    audit: Audit,
) -> Check:
    waits, day = observed.wait_s[found], observed.day[found]
    studies = studies_of(simulated, day)

    def compare(family: str, name: str, among: Mask) -> Comparison:
        return comparison(
            family, name, waits[among], simulated[:, among], studies[:, among], day[among],
            service_s, margin,
        )  # fmt: skip

    everybody = compare("all", "all", np.ones(len(waits), dtype=np.bool_))
    groups = [compare(*group) for group in _groups(scenario, observed, found)]
    left_out = len(observed) - len(waits)
    enough = left_out <= MOST_LEFT_OUT * len(observed)
    return Check(
        scenario, observed.name, len(waits), len(np.unique(day)), len(simulated), margin, audit,
        comparisons=judged(everybody, groups, enough),
        shapes=_shapes(waits, studies),
        curve=_curve(waits, studies),
        left_out=left_out,
        notes=_notes(observed, left_out, enough),
        ignored_columns=observed.ignored,
    )  # fmt: skip


def _groups(scenario: Scenario, observed: Observed, found: Mask) -> list[tuple[str, str, Mask]]:
    """Lanes, then hours of the clock, where there are at least two of a family."""
    groups: list[tuple[str, str, Mask]] = []
    if observed.lane is not None:
        lane = observed.lane[found]
        there = np.unique(lane)
        if len(there) > 1:
            groups += [("lane", scenario.lanes[k].lane, lane == k) for k in there]
    if observed.time_s is not None:
        hour = ((observed.time_s[found] + scenario.opens_s) // 3600).astype(np.int64)
        there = np.unique(hour)
        if len(there) > 1:
            groups += [("hour", f"{_clock(h)}-{_clock(h + 1)}", hour == h) for h in there]
    return groups


def _clock(hour: int) -> str:
    return clock_text(min(int(hour), 24) * 3600)


def _shapes(waits: Floats, studies: Floats) -> list[Shape]:
    """How the waits are spread, beside their mean; described, not tested."""
    what: dict[str, tuple[str, Callable[[Floats], Any]]] = {
        "half_wait_at_most_s": ("s", lambda w: np.percentile(w, 50, axis=-1)),
        "nine_in_ten_wait_at_most_s": ("s", lambda w: np.percentile(w, 90, axis=-1)),
        "wait_95_in_100_at_most_s": ("s", lambda w: np.percentile(w, 95, axis=-1)),
        "wait_over_5min_share": ("share", lambda w: np.mean(w > LONG_WAIT_S, axis=-1)),
        "waited_share": ("share", lambda w: np.mean(w > 0.5, axis=-1)),  # a stopwatch shows no less
    }
    shapes = []
    for name, (unit, value) in what.items():
        of_studies = value(studies)
        low, high = np.percentile(of_studies, BAND)
        middle = float(np.mean(of_studies))
        shapes.append(Shape(name, unit, float(value(waits)), middle, float(low), float(high)))
    return shapes


def _curve(waits: Floats, studies: Floats) -> Curve:
    """The share who wait at most so long, on a grid that shows nearly everybody."""
    longest = max(float(waits.max()), float(np.percentile(studies, 99.5)), 30.0)
    grid = np.linspace(0.0, longest, 201)
    shares = np.array([_at_most(study, grid) for study in studies])
    low, median, high = np.percentile(shares, (BAND[0], 50.0, BAND[1]), axis=0)
    return Curve(grid, _at_most(waits, grid), median, low, high)


def _at_most(waits: Floats, grid: Floats) -> Floats:
    found: Floats = np.searchsorted(np.sort(waits), grid, side="right") / len(waits)
    return found


def _notes(observed: Observed, left_out: int, enough: bool) -> tuple[str, ...]:
    notes = []
    if left_out:
        rest = "" if enough else ", too many to call anything a match"
        notes.append(
            f"{left_out} of {len(observed)} measured waits are left out{rest}: on most simulated"
            " days nobody joins that lane within a quarter hour of that time."
        )
    if observed.time_s is None:
        notes.append(
            "No times were noted, so the stopwatch may have stood anywhere in the day: write the"
            " time of joining beside each wait, and far fewer waits will tell."
        )
    if len(observed.days) == 1:
        notes.append("All waits are of one day. Days differ: two or three tell much more.")
    return tuple(notes)


__all__ = ["CANNOT_TELL", "DIFFERS", "MATCHES", "Check", "Curve", "DaysError", "Shape", "check"]
