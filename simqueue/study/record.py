"""From a day to the few numbers that a study keeps of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simqueue.experience import SAMPLE, Case
from simqueue.scenario import Scenario
from simqueue.study import (
    broken,
    costs,
    day_measures,
    measures,
    psychology,
    sales,
    staff_time,
    stop_measures,  # noqa: F401 - importing it registers its measures
    targets,
    trade,  # noqa: F401 - the same
    trade_clock,
    visit_measures,
)
from simqueue.study.audit import Audit
from simqueue.study.cells import QUARTER_S, Cells, quarter_of
from simqueue.study.customers import customers_table
from simqueue.study.day import Day
from simqueue.study.tally import EVERY_DAY, MOST_ROWS, Tally
from simqueue.units import clock_text

if TYPE_CHECKING:
    import pyarrow as pa

Floats = NDArray[np.float64]
Entry = tuple[str, str, str, Floats, Floats | None]  # grouping, measure, unit, top, bottom
GROUPINGS = ("day", "lane", "segment", "quarter", "lane_quarter")
UNIT_OF_DAILY = {"hours": "h", "s": "s"}
MONEY = (*costs.COSTS, "cost_per_day", "cost_per_year", "sales", "lost_sales")
# measured for each lane in each quarter hour too: what explains a queue, not how it is judged
BY_LANE_AND_QUARTER = (
    *("wait_mean_s", "wait_over_5min_share", "waited_share", "felt_mean_s"),
    *("stoppage_in_queue_mean_s", "stoppage_at_till_mean_s"),
)


@dataclass(frozen=True)
class DayRecord:
    """What a study keeps of one day; with it the day need not be simulated again."""

    replication: int
    entries: list[Entry]
    audit: Audit
    wait_s: NDArray[np.float32]
    quarter: NDArray[np.int16]
    lane: NDArray[np.int8]
    sample: Case  # customers to judge anew, as `psychology.sampled` orders them
    to_pay: int  # how many there were
    customers: pa.Table | None = None  # everybody, where that was asked for

    def __getstate__(self) -> dict[str, Any]:
        """The record for another process, its many short columns as one."""
        titles = [(*e[:3], len(e[3]), e[4] is not None) for e in self.entries]
        columns = [column for e in self.entries for column in e[3:] if column is not None]
        return {**vars(self), "entries": (titles, np.concatenate(columns or [np.empty(0)]))}

    def __setstate__(self, state: dict[str, Any]) -> None:
        titles, numbers = state["entries"]
        entries: list[Entry] = []
        at = 0
        for grouping, name, unit, n, is_ratio in titles:
            top, at = numbers[at : at + n], at + n
            bottom = numbers[at : at + n] if is_ratio else None
            at += n if is_ratio else 0
            entries.append((grouping, name, unit, top, bottom))
        self.__dict__.update(state, entries=entries)


@dataclass(frozen=True)
class Frame:
    """What all days of a scenario have in common: groups, clock, measures and prices."""

    groups: dict[str, tuple[str, ...]]
    edges_s: Floats  # of the stretches that lanes are measured in, from opening (Q + 1,)
    measures: dict[str, measures.Measure]
    costs: costs.Terms

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
    return Frame(groups, edges, measures.per_customer(scenario), costs.terms_of(scenario))


def empty_tallies(table: Frame) -> dict[str, Tally]:
    """A tally for each grouping, with no day in it; that of the whole day keeps every day."""
    return {
        name: Tally(groups, most_rows=EVERY_DAY if name == "day" else MOST_ROWS)
        for name, groups in table.groups.items()
    }


def record(
    day: Day, at_most: int = SAMPLE, *, whole: bool = False, table: Frame | None = None
) -> DayRecord:
    """Everything a study keeps of a day.

    At most so many customers are there to be judged anew; `whole` keeps everybody's row. `table`
    is the frame of the scenario, when somebody has it already.
    """
    table = table or frame(day.scenario)
    cells = _cells(day, table)
    customers = _customer_entries(day, table, cells)
    goods = {name: top for where, name, _, top, _ in customers if where == "day"}
    entries = [
        *customers,
        *_clock_entries(day, table, cells),
        *_daily_entries(day, table, cells, goods),
    ]
    entries += targets.met_entries(day.scenario, entries)
    stood = measures.joined(day)
    to_pay = np.flatnonzero(day.came & (day.log.stop == 0))
    chosen = to_pay[psychology.sampled(len(to_pay), at_most)]
    return DayRecord(
        day.replication,
        entries,
        day.audit(),
        day.log.wait_s[stood].astype(np.float32),
        cells.quarter[stood].astype(np.int16),
        day.log.lane[stood].astype(np.int8),
        day.experience.case.rows(chosen),
        len(to_pay),
        customers_table(day) if whole else None,
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
    lane, stop = day.log.lane, day.log.stop
    if stop.any():  # who passes by a station counts there all the same
        lane = np.where(stop > 0, len(day.scenario.lanes) + stop - 1, lane)
    return Cells(
        segment=day.log.segment.astype(np.int64),
        lane=lane.astype(np.int64),
        quarter=quarter_of(day.log.arrival_s, day.counted, table.n_quarters),
        counted=day.counted,
        at_checkouts=np.asarray(stop == 0),
        n_segments=len(table.groups["segment"]),
        n_lanes=len(table.groups["lane"]),
        n_quarters=table.n_quarters,
    )


def _customer_entries(day: Day, table: Frame, cells: Cells) -> list[Any]:
    """Means, counts and goods of every group of every grouping."""
    found = table.measures
    columns = [column for measure in found.values() for column in measure.function(day)]
    amounts = day_measures.counts(day) | sales.goods(day)
    sums = cells.sums([*columns, *amounts.values()])
    entries: list[Any] = []
    for grouping in GROUPINGS[:-1]:
        if not table.groups[grouping]:
            continue
        totals = list(sums.of(grouping))
        pairs = zip(totals[::2], totals[1::2], strict=False)
        for (name, measure), pair in zip(found.items(), pairs, strict=False):
            entries.append((grouping, name, measure.unit, *pair))
        counted = zip(amounts, totals[2 * len(found) :], strict=True)
        entries += [(grouping, name, _unit(name), values, None) for name, values in counted]
    if table.n_quarters:
        entries += _by_lane_and_quarter(found, list(sums.of("lane_quarter")))
    return entries


def _by_lane_and_quarter(found: dict[str, measures.Measure], totals: list[Floats]) -> list[Entry]:
    """The few measures that are taken of each lane in each quarter hour, without the others."""
    return [
        ("lane_quarter", name, measure.unit, totals[2 * k].copy(), totals[2 * k + 1].copy())
        for k, (name, measure) in enumerate(found.items())
        if name in BY_LANE_AND_QUARTER
    ]


def _clock_entries(day: Day, table: Frame, cells: Cells) -> list[Any]:
    """Queues, utilisation and open tills as time averages, for all but segments.

    The day and its quarter hours hold the lanes only; stations have theirs in the table of lanes.
    """
    clock = day_measures.lane_clock(day, table.edges_s)
    stretch_s = np.diff(table.edges_s)
    entries = []
    for grouping, total in _sums(table, len(day.scenario.lanes)).items():
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


def _sums(table: Frame, n_lanes: int) -> dict[str, Any]:
    """How (J, Q) arrays are added up in each grouping; `average` for what lanes have in common."""

    def over_lanes(values: Floats, average: bool) -> Floats:
        lanes = values[:n_lanes]
        return np.asarray(lanes.mean(axis=0) if average else lanes.sum(axis=0))

    sums: dict[str, Any] = {
        "day": lambda values, average=False: np.atleast_1d(over_lanes(values, average).sum()),
        "lane": lambda values, average=False: values.sum(axis=1),
    }
    if table.n_quarters:
        sums["quarter"] = lambda values, average=False: over_lanes(values, average)
        sums["lane_quarter"] = lambda values, average=False: values.ravel()
    return sums


def _daily_entries(day: Day, table: Frame, cells: Cells, goods: dict[str, Floats]) -> list[Any]:
    """What is one number a day, and percentiles; `goods` are the goods of the day."""
    entries: list[Any] = []
    whole = day_measures.daily_values(day)
    for name, value in {**whole, **_money(day, table, whole, goods)}.items():
        entries.append(("day", name, _unit(name), np.array([value]), None))
    waited = day_measures.call_responses_s(day)
    total, number = np.array([waited.sum()]), np.array([float(len(waited))])
    entries.append(("day", "call_response_mean_s", "s", total, number))
    low, high = day.experience.nps_interval()
    entries.append(("day", "nps_survey_low", "points", np.array([low]), None))
    entries.append(("day", "nps_survey_high", "points", np.array([high]), None))
    entries += _spread_entries(day, cells, table)
    came_in = visit_measures.came_in(day, len(table.groups["quarter"]), QUARTER_S)
    return entries + broken.entries(day) + came_in


def _spread_entries(day: Day, cells: Cells, table: Frame) -> list[Any]:
    """Standard deviation, percentiles and maximum of the waits of every group."""
    names = ("day", "lane", "segment", "quarter")[: 4 if table.n_quarters else 3]
    groupings = [(cells.group_of(name), len(table.groups[name])) for name in names]
    found = zip(names, day_measures.spreads(day, groupings), strict=True)
    return [(grouping, name, "s", values, None) for grouping, columns in found
            for name, values in zip(day_measures.SPREAD, columns, strict=True)]  # fmt: skip


def _money(
    day: Day, table: Frame, whole: dict[str, float], goods: dict[str, Floats]
) -> dict[str, float]:
    """Costs and sales of the day, given its hours of staff."""
    time = staff_time.staff_time(day, whole)
    found = costs.day_costs(day.scenario, time, sales.sales(day, goods), table.costs)
    return found if day.scenario.economics.premium is None else time.paid() | found


def _unit(name: str) -> str:
    if name in MONEY:
        return "money"
    return UNIT_OF_DAILY.get(name.rpartition("_")[2], "1")
