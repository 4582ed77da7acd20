"""A week: kinds of days simulated apart, added up by how many of each a week and a year have.

Kinds of days have customers of their own, so what is not known of them adds up as variances do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simqueue.scenario import Scenario
from simqueue.scenario.week import DayKind
from simqueue.study.costs import COSTS, counted
from simqueue.study.interval import Estimate, t_quantile
from simqueue.study.study import Study

Floats = NDArray[np.float64]
# what a week and a year have more of than a day; all else is a mean over customers or days
TOTALS: Final = (
    *("customers", "served", "balked", "reneged", "lost_baskets", "till_hours", "overtime_hours"),
    *("attendant_hours", "station_hours", "idle_till_hours", "changeovers", "help_calls"),
    *("cashiers_called", "items_served", "lost_items", "cash_payments", "cost_per_day"),
    *("sales", "lost_sales", *COSTS),
)
NOT_ADDED: Final = ("cost_per_year",)  # of one kind of day; the year's own figure stands in `year`


@dataclass(frozen=True)
class WeekStudy:
    """The studies of all kinds of days, in order, and what they add up to."""

    scenario: Scenario
    kinds: tuple[DayKind, ...]
    studies: tuple[Study, ...]

    @property
    def days_a_week(self) -> int:
        """Days of a week that are named."""
        return sum(kind.count for kind in self.kinds)

    @property
    def days_a_year(self) -> float:
        """Days of a year that are named."""
        return sum(kind.a_year for kind in self.kinds)

    @property
    def partial(self) -> bool:
        """Whether some kind of day has fewer days than were asked for, or is missing."""
        return len(self.studies) < len(self.kinds) or any(study.partial for study in self.studies)

    def week(self) -> dict[str, Estimate]:
        """Every measure of a week: totals of what adds up, else means over customers or days."""
        return self._added([float(kind.count) for kind in self.kinds])

    def year(self) -> dict[str, Estimate]:
        """Every total of a year."""
        found = self._added([kind.a_year for kind in self.kinds])
        return {name: found[name] for name in TOTALS if name in found}

    def _added(self, weights: Sequence[float]) -> dict[str, Estimate]:
        alike = len({counted(study.scenario) for study in self.studies}) == 1
        shared = [n for n in self.studies[0].day.units
                  if all(n in study.day.units for study in self.studies)]  # fmt: skip
        names = [n for n in shared if n not in NOT_ADDED and (alike or n != "cost_per_day")]
        found = {name: added(self.studies, name, weights) for name in sorted(names)}
        return {name: e for name, e in found.items() if not np.isnan(e.mean)}

    def plain(self) -> dict[str, Any]:
        """What `simqueue run --json` prints, without the place of the outputs."""
        return {
            "scenario": self.scenario.scenario,
            "seed": self.scenario.seed,
            "days_a_week": self.days_a_week,
            "days_a_year": self.days_a_year,
            "week": {name: _plain(e) for name, e in self.week().items()},
            "year": {name: _plain(e) for name, e in self.year().items()},
            "days": {
                kind.name: {"count": kind.count, "days_per_year": kind.a_year, **study.summary()}
                for kind, study in zip(self.kinds, self.studies, strict=False)
            },
            "audit": {"ok": all(study.audit.ok for study in self.studies)},
            "partial": self.partial,
        }


def _plain(e: Estimate) -> dict[str, Any]:
    half = None if np.isnan(e.half_width) else e.half_width
    return {"mean": e.mean, "half_width": half, "unit": e.unit}


def added(studies: Sequence[Study], name: str, weights: Sequence[float]) -> Estimate:
    """A measure over so many days of each kind, with its 95 % interval.

    A total is the weighted sum of the daily means; a mean over customers is the ratio of such sums
    (its error by the delta method); any other measure is the weighted mean of the daily means.
    Variances of the kinds add up; Student's t has the degrees of freedom of Welch and Satterthwaite
    (Satterthwaite 1946, Biometrics Bulletin 2:110-114). nan where a kind has no value.
    """
    unit = studies[0].day.units[name]
    if studies[0].day.is_ratio(name):
        totals = [study.day.totals(name) for study in studies]
        tops = [top[:, 0] for top, _ in totals]
        bottoms = [bottom[:, 0] for _, bottom in totals]
        below = sum(w * float(np.mean(b)) for w, b in zip(weights, bottoms, strict=True))
        if not below > 0:
            return Estimate(nan, nan, 0, unit)
        above = sum(w * float(np.mean(t)) for w, t in zip(weights, tops, strict=True))
        ratio = above / below
        rest = [(t - ratio * b) / below for t, b in zip(tops, bottoms, strict=True)]
        return _with_interval(ratio, rest, weights, unit)
    daily = [study.day.daily(name)[:, 0] for study in studies]
    daily = [values[~np.isnan(values)] for values in daily]
    if not all(len(values) for values in daily):
        return Estimate(nan, nan, 0, unit)
    scale = 1.0 if name in TOTALS else 1.0 / sum(weights)
    scaled = [scale * values for values in daily]
    mean = sum(w * float(np.mean(v)) for w, v in zip(weights, scaled, strict=True))
    return _with_interval(mean, scaled, weights, unit)


def _with_interval(
    mean: float, daily: Sequence[Floats], weights: Sequence[float], unit: str
) -> Estimate:
    """The mean with the interval of a weighted sum of independent daily means."""
    n = sum(len(values) for values in daily)
    if any(len(values) < 2 for values in daily):
        return Estimate(mean, nan, n, unit)
    parts = [w**2 * float(np.var(v, ddof=1)) / len(v) for w, v in zip(weights, daily, strict=True)]
    total = sum(parts)
    if total == 0:
        return Estimate(mean, 0.0, n, unit)
    below = sum(part**2 / (len(v) - 1) for part, v in zip(parts, daily, strict=True))
    return Estimate(mean, t_quantile(total**2 / below) * sqrt(total), n, unit)
