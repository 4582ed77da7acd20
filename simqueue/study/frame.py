"""What all days of a scenario have in common: groups, clock, measures, prices."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simqueue.scenario import Scenario
from simqueue.study import (
    costs,
    measures,
    stop_measures,  # noqa: F401 - importing it registers its measures
    trade,  # noqa: F401 - the same
    visit_measures,  # noqa: F401 - the same
)
from simqueue.study.cells import QUARTER_S
from simqueue.study.sheet import Titles
from simqueue.units import clock_text

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Frame:
    """What all days of a scenario have in common: groups, clock, measures and prices."""

    groups: dict[str, tuple[str, ...]]
    edges_s: Floats  # of the stretches that lanes are measured in, from opening (Q + 1,)
    measures: dict[str, measures.Measure]
    costs: costs.Terms
    titles: dict[str, Titles] = field(default_factory=dict)  # of the day before, see `gathered`

    @property
    def n_quarters(self) -> int:
        """Quarter hours; 0 in a theory scenario."""
        return len(self.groups["quarter"])

    @property
    def groupings(self) -> tuple[str, ...]:
        """Those that customers are added up in, beside lanes by quarter hour."""
        return ("day", "lane", "segment", "quarter")[: 4 if self.n_quarters else 3]


def frame(scenario: Scenario) -> Frame:
    """The frame of a scenario: its lanes, segments, and quarter hours if it has a clock."""
    lanes = scenario.place_names
    if scenario.is_theory:
        edges = np.array([scenario.warm_up_s, scenario.length_s])
        quarters: tuple[str, ...] = ()
    else:
        n = int(np.ceil(scenario.length_s / QUARTER_S))
        edges = np.minimum(np.arange(n + 1) * QUARTER_S, scenario.length_s)
        quarters = tuple(clock_text(scenario.opens_s + edge) for edge in edges[:-1])
    groups = {
        "day": ("day",),
        "lane": lanes,
        "segment": tuple(segment.segment for segment in scenario.customers),
        "quarter": quarters,
        "lane_quarter": tuple(f"{lane}|{quarter}" for lane in lanes for quarter in quarters),
    }
    return Frame(groups, edges, measures.per_customer(scenario), costs.terms_of(scenario))
