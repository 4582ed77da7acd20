"""The result of a run: measures with their uncertainty, and the detail to explain them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simqueue.experience import Case
from simqueue.scenario import Scenario
from simqueue.study.audit import Audit
from simqueue.study.interval import Estimate
from simqueue.study.needed import needed_by_quarter
from simqueue.study.psychology import PsychologyRange
from simqueue.study.tally import Tally

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from simqueue.study.precision import Precision
    from simqueue.study.record import DayRecord

Floats = NDArray[np.float64]
QUARTER_S = 900.0


@dataclass(frozen=True)
class Waits:
    """The waits of one day, kept small for percentiles of any stretch; all shape (n,)."""

    wait_s: NDArray[np.float32]
    quarter: NDArray[np.int16]  # quarter hour of arrival, from opening
    lane: NDArray[np.int8]


@dataclass
class Study:
    """Measures of a scenario over its replications.

    `day`, `lane`, `segment`, `quarter` and `lane_quarter` hold the same measures for the whole day
    (one group), each lane, each segment, each quarter hour (none for a theory scenario) and each
    lane in each quarter hour (lane by lane).
    """

    scenario: Scenario
    engine: str
    day: Tally
    lane: Tally
    segment: Tally
    quarter: Tally
    lane_quarter: Tally
    psychology: dict[str, PsychologyRange]
    audit: Audit
    waits: list[Waits] = field(default_factory=list)  # of the first days, see `run.MOST_RECORDS`
    kept: dict[int, pa.Table] = field(default_factory=dict)
    partial: bool = False
    cases: list[Case] = field(default_factory=list)  # of each day a sample, to judge anew
    records: list[DayRecord] = field(default_factory=list)  # what a longer run need not repeat
    precision: Precision | None = None  # how sure it was to be, where that decided the days

    @property
    def replications(self) -> int:
        """Days simulated."""
        return self.audit.days

    @property
    def metrics(self) -> dict[str, Estimate]:
        """Every measure of the whole day."""
        return self.day.estimates()

    def by_lane(self) -> dict[str, dict[str, Estimate]]:
        """Measures of each lane."""
        return _by_group(self.lane)

    def by_segment(self) -> dict[str, dict[str, Estimate]]:
        """Measures of each customer segment."""
        return _by_group(self.segment)

    def by_quarter_hour(self) -> dict[str, dict[str, Estimate]]:
        """Measures of each quarter hour by its beginning; empty in a theory scenario.

        `tills_needed` and `machines_needed` are by formula from the mean load over days.
        """
        needed = needed_by_quarter(self)
        return {
            quarter: {**found, **needed.get(quarter, {})}
            for quarter, found in _by_group(self.quarter).items()
        }

    def customers(self, replication: int = 0) -> pa.Table:
        """One row per customer of a replication that was kept; KeyError if it was not.

        An Arrow table: `.to_pandas()`, or give it to polars or DuckDB.
        """
        if replication not in self.kept:
            raise KeyError(f"replication {replication} was not kept; use keep={replication + 1}")
        return self.kept[replication]

    def to_pandas(self) -> pd.DataFrame:
        """The measures of the whole day: measure, mean, half_width, n, unit."""
        import pandas as pd

        rows = [
            (name, e.mean, e.half_width, e.n, e.unit) for name, e in sorted(self.metrics.items())
        ]
        return pd.DataFrame(rows, columns=["measure", "mean", "half_width", "n", "unit"])

    def summary(self) -> dict[str, Any]:
        """What `simqueue run --json` prints, without the place of the outputs."""
        return {
            "scenario": self.scenario.scenario,
            "replications": self.replications,
            "engine": self.engine,
            "seed": self.scenario.seed,
            "metrics": {name: _plain(e) for name, e in sorted(self.metrics.items())},
            "psychology": {name: r.plain() for name, r in sorted(self.psychology.items())},
            "by_lane": _plain_groups(self.by_lane()),
            "by_segment": _plain_groups(self.by_segment()),
            "audit": {"ok": self.audit.ok, "days": self.audit.days,
                      "failures": list(self.audit.failures)},
            "partial": self.partial,
            **({} if self.precision is None else {"precision": self.precision.plain()}),
        }  # fmt: skip


def _by_group(tally: Tally) -> dict[str, dict[str, Estimate]]:
    return {group: tally.estimates(k) for k, group in enumerate(tally.groups)}


def _plain(estimate: Estimate) -> dict[str, Any]:
    """An estimate for JSON, which knows no nan."""
    return {
        "mean": _number(estimate.mean),
        "half_width": _number(estimate.half_width),
        "n": estimate.n,
        "unit": estimate.unit,
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _plain_groups(groups: dict[str, dict[str, Estimate]]) -> dict[str, dict[str, Any]]:
    return {
        group: {name: _plain(e) for name, e in sorted(measures.items())}
        for group, measures in groups.items()
    }
