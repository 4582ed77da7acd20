"""From a day to the few numbers that a study keeps of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.scenario import Scenario
from simqueue.study import (
    costs,
    day_measures,
    measures,
    sales,
    staff_time,
    targets,
    trade,  # noqa: F401 - importing it registers its measures
    trade_clock,
)
from simqueue.study.audit import Audit
from simqueue.study.cells import Cells
from simqueue.study.day import Day
from simqueue.study.tally import Tally
from simqueue.units import clock_text

Floats = NDArray[np.float64]
QUARTER_S = 900.0
GROUPINGS = ("day", "lane", "segment", "quarter", "lane_quarter")
UNIT_OF_DAILY = {"hours": "h", "s": "s"}
MONEY = (*costs.COSTS, "cost_per_day", "cost_per_year", "sales", "lost_sales")
# measured for each lane in each quarter hour too: what explains a queue, not how it is judged
BY_LANE_AND_QUARTER = ("wait_mean_s", "wait_over_5min_share", "waited_share", "felt_mean_s")


@dataclass
class DayRecord:
    """One day's contribution to every tally: (grouping, measure, unit, top, bottom or None)."""

    replication: int
    entries: list[tuple[str, str, str, Floats, Floats | None]]
    audit: Audit
    wait_s: NDArray[np.float32]
    quarter: NDArray[np.int16]
    lane: NDArray[np.int8]
    psychology: Any = None
    customers: Any = None


@dataclass(frozen=True)
class Frame:
    """The groups of every grouping, and the clock they are read by."""

    groups: dict[str, tuple[str, ...]]
    edges_s: Floats  # of the stretches that lanes are measured in, from opening (Q + 1,)
    units: dict[str, str] = field(default_factory=dict)

    @property
    def n_quarters(self) -> int:
        """Quarter hours; 0 in a theory scenario."""
        return len(self.groups["quarter"])


def frame(scenario: Scenario) -> Frame:
    """The groups of a scenario: lanes, segments, and quarter hours if it has a clock."""
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
    return Frame(groups, edges)


def empty_tallies(scenario: Scenario) -> dict[str, Tally]:
    """A tally for each grouping, with no day in it."""
    return {name: Tally(groups) for name, groups in frame(scenario).groups.items()}


def record(day: Day) -> DayRecord:
    """Everything a study keeps of a day."""
    table = frame(day.scenario)
    cells = _cells(day, table)
    entries = [
        *_customer_entries(day, table, cells),
        *_clock_entries(day, table, cells),
        *_daily_entries(day, table, cells),
    ]
    entries += targets.met_entries(day.scenario, entries)
    stood = measures.joined(day)
    return DayRecord(
        day.replication,
        entries,
        day.audit(),
        day.log.wait_s[stood].astype(np.float32),
        cells.quarter[stood].astype(np.int16),
        day.log.lane[stood].astype(np.int8),
    )


def add(
    tallies: dict[str, Tally], entries: list[tuple[str, str, str, Floats, Floats | None]]
) -> None:
    """Add a day's entries to the tallies."""
    for grouping, name, unit, top, bottom in entries:
        if bottom is None:
            tallies[grouping].add_daily(name, unit, top)
        else:
            tallies[grouping].add_ratio(name, unit, top, bottom)


def _cells(day: Day, table: Frame) -> Cells:
    """Which segment, lane and quarter hour each customer belongs to."""
    n = table.n_quarters
    with np.errstate(invalid="ignore"):  # who never came has no time of arrival
        quarter = np.minimum(day.log.arrival_s // QUARTER_S, max(n - 1, 0))
    return Cells(
        segment=day.log.segment.astype(np.int64),
        lane=day.log.lane.astype(np.int64),
        quarter=np.nan_to_num(quarter).astype(np.int64) if n else np.zeros(len(day.log), np.int64),
        counted=day.counted,
        at_checkouts=np.asarray(day.log.stop == 0),
        n_segments=len(table.groups["segment"]),
        n_lanes=len(table.groups["lane"]),
        n_quarters=n,
    )


def _customer_entries(day: Day, table: Frame, cells: Cells) -> list[Any]:
    found = measures.per_customer()
    pairs = [measure.function(day) for measure in found.values()]
    sums = cells.sums([values for pair in pairs for values in pair])
    return [
        (grouping, name, measure.unit, rows[2 * k], rows[2 * k + 1])
        for grouping, rows in sums.items()
        if table.groups[grouping]
        for k, (name, measure) in enumerate(found.items())
        if grouping != "lane_quarter" or name in BY_LANE_AND_QUARTER
    ]


def _clock_entries(day: Day, table: Frame, cells: Cells) -> list[Any]:
    """Queues, utilisation and open tills as time averages, for all but segments."""
    clock = day_measures.lane_clock(day, table.edges_s)
    stretch_s = np.diff(table.edges_s)
    entries = []
    for grouping, total in _sums(table).items():
        span = total(np.ones_like(clock.queue_s) * stretch_s, average=True)
        queue, people = total(clock.queue_s), total(clock.people_s)
        busy, there = total(clock.occupied_s), total(clock.open_s)
        entries += [
            (grouping, "queue_length_mean", "1", queue, span),
            (grouping, "people_mean", "1", people, span),
            (grouping, "utilisation", "share", busy, there),
            (grouping, "tills_open", "1", there, span),
        ]
    return entries + trade_clock.entries(day, clock, cells.quarter, shop=table.n_quarters > 0)


def _sums(table: Frame) -> dict[str, Any]:
    """How (J, Q) arrays are added up in each grouping; `average` for what lanes have in common."""

    def over_lanes(values: Floats, average: bool) -> Floats:
        return np.asarray(values.mean(axis=0) if average else values.sum(axis=0))

    sums: dict[str, Any] = {
        "day": lambda values, average=False: np.atleast_1d(over_lanes(values, average).sum()),
        "lane": lambda values, average=False: values.sum(axis=1),
    }
    if table.n_quarters:
        sums["quarter"] = lambda values, average=False: over_lanes(values, average)
        sums["lane_quarter"] = lambda values, average=False: values.ravel()
    return sums


def _daily_entries(day: Day, table: Frame, cells: Cells) -> list[Any]:
    entries: list[Any] = []
    whole = day_measures.daily_values(day)
    for name, value in {**whole, **_money(day, whole, cells)}.items():
        entries.append(("day", name, _unit(name), np.array([value]), None))
    waited = day_measures.call_responses_s(day)
    total, number = np.array([waited.sum()]), np.array([float(len(waited))])
    entries.append(("day", "call_response_mean_s", "s", total, number))
    low, high = day.experience.nps_interval()
    entries.append(("day", "nps_survey_low", "points", np.array([low]), None))
    entries.append(("day", "nps_survey_high", "points", np.array([high]), None))
    for grouping in ("day", "lane", "segment", "quarter"):
        entries += _group_entries(day, grouping, cells, len(table.groups[grouping]))
    return entries


def _group_entries(day: Day, grouping: str, cells: Cells, n: int) -> list[Any]:
    """Counts and percentiles of every group of a grouping."""
    group = cells.group_of(grouping)
    columns = day_measures.counts_by_group(day, group, n)
    columns |= day_measures.spread_by_group(day, group, n)
    columns |= sales.goods_by_group(day, group, n)
    return [(grouping, name, _unit(name), values, None) for name, values in columns.items()]


def _money(day: Day, whole: dict[str, float], cells: Cells) -> dict[str, float]:
    """Costs and sales of the day, given its hours of staff."""
    time = staff_time.staff_time(day, whole)
    goods = sales.goods_by_group(day, cells.group_of("day"), 1)
    found = costs.day_costs(day.scenario, time, sales.sales(day, goods))
    return found if day.scenario.economics.premium is None else time.paid() | found


def _unit(name: str) -> str:
    if name in MONEY:
        return "money"
    return UNIT_OF_DAILY.get(name.rpartition("_")[2], "1")
