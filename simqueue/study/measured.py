"""Everything that is measured of one day, for all groups, as one sheet."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from simqueue.study import (
    broken,
    costs,
    day_measures,
    sales,
    staff_time,
    targets,
    trade_clock,
    visit_measures,
)
from simqueue.study.cells import QUARTER_S, Among, Cells, Sums, quarter_of
from simqueue.study.day import Day
from simqueue.study.frame import Frame
from simqueue.study.lane_clock import LaneClock, lane_clock
from simqueue.study.sheet import Block, Sheet, Title, daily, gathered, ratio, title

Floats = NDArray[np.float64]
UNIT_OF_DAILY = {"hours": "h", "s": "s"}
MONEY = (*costs.COSTS, "cost_per_day", "cost_per_year", "sales", "lost_sales")
# measured for each lane in each quarter hour too: what explains a queue, not how it is judged
BY_LANE_AND_QUARTER = (
    *("wait_mean_s", "wait_over_5min_share", "waited_share", "felt_mean_s"),
    *("stoppage_in_queue_mean_s", "stoppage_at_till_mean_s"),
)
BY_THE_CLOCK = (
    Title("queue_length_mean", "1", is_ratio=True),
    Title("people_mean", "1", is_ratio=True),
    Title("utilisation", "share", is_ratio=True),
    Title("tills_open", "1", is_ratio=True),
)
SPREAD = tuple(Title(name, "s", is_ratio=False) for name in day_measures.SPREAD)


def measured(day: Day, table: Frame, cells: Cells) -> Sheet:
    """The sheet of a day, whose customers are in these cells."""
    counts = day_measures.counts(day) | sales.goods(day)
    columns = [column for each in table.measures.values() for column in each.function(day)]
    columns += counts.values()
    in_line = day.counted & (day.log.lane >= 0)  # who brought work, done or not
    sums = cells.sums([*columns, Among(trade_clock.occupies_s(day), in_line), in_line])
    work_s, customers = sums.of("lane_quarter" if table.n_quarters else "lane", [-2, -1])
    brought = trade_clock.Work(*(x.reshape(cells.n_lanes, -1) for x in (work_s, customers)))
    clock = lane_clock(day, table.edges_s)
    goods = sums.of("day", range(len(columns) - len(sales.GOODS), len(columns)))[:, 0]
    blocks = [
        *_of_customers(table, tuple(counts), sums),
        *_by_the_clock(len(day.scenario.lanes), clock, table),
        *trade_clock.blocks(day, clock, brought, shop=table.n_quarters > 0),
        *_of_the_day(day, table, dict(zip(sales.GOODS, goods.tolist(), strict=True))),
        *_spreads(day, cells, table),
        *broken.blocks(day),
        *visit_measures.came_in(day, table.n_quarters, QUARTER_S),
    ]
    return gathered([*blocks, *targets.met(day.scenario, blocks)], table.titles)


def cells_of(day: Day, table: Frame) -> Cells:
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


def _of_customers(table: Frame, counts: tuple[str, ...], sums: Sums) -> list[Block]:
    """Means, counts and goods of every group of every grouping."""
    means = tuple(title(name, measure.unit, True) for name, measure in table.measures.items())
    titles = means + tuple(_title(name) for name in counts)
    columns = slice(2 * len(means) + len(counts))
    found = [Block(name, titles, sums.of(name, columns)) for name in table.groupings]
    if table.n_quarters:
        few = [k for k, mean in enumerate(means) if mean.measure in BY_LANE_AND_QUARTER]
        both = sums.of("lane_quarter", [column for k in few for column in (2 * k, 2 * k + 1)])
        found.append(Block("lane_quarter", tuple(means[k] for k in few), both))
    return found


def _by_the_clock(n_lanes: int, clock: LaneClock, table: Frame) -> list[Block]:
    """Queues, utilisation and open tills as time averages, for all but segments.

    The day and its quarter hours hold the lanes only; stations have theirs in the table of lanes.
    """
    lasts_s = np.diff(table.edges_s)
    every = np.array([clock.queue_s, clock.people_s, clock.occupied_s, clock.open_s])  # (4, J, Q)
    over_lanes = every[:, :n_lanes].sum(axis=1)
    spans = np.tile(lasts_s, (every.shape[1], 1))
    groupings = [
        ("day", over_lanes.sum(axis=1, keepdims=True), lasts_s.sum(keepdims=True)),
        ("lane", every.sum(axis=2), spans.sum(axis=1)),
    ]
    if table.n_quarters:
        groupings.append(("quarter", over_lanes, lasts_s))
        groupings.append(("lane_quarter", every.reshape(len(every), -1), spans.ravel()))
    return [
        Block(name, BY_THE_CLOCK, (queue, span, people, span, busy, there, there, span))
        for name, (queue, people, busy, there), span in groupings
    ]


def _of_the_day(day: Day, table: Frame, goods: dict[str, float]) -> list[Block]:
    """What is one number a day; `goods` are the goods of the day."""
    whole = day_measures.daily_values(day)
    values = whole | _money(day, table, whole, goods)
    waited_s = day_measures.call_responses_s(day)
    number = np.array([float(len(waited_s))])
    low, high = day.experience.nps_interval()
    return [
        Block("day", tuple(map(_title, values)), np.array([*values.values()])[:, np.newaxis]),
        ratio("day", "call_response_mean_s", "s", waited_s.sum(keepdims=True), number),
        daily("day", "nps_survey_low", "points", np.array([low])),
        daily("day", "nps_survey_high", "points", np.array([high])),
    ]


def _spreads(day: Day, cells: Cells, table: Frame) -> list[Block]:
    """Standard deviation, percentiles and maximum of the waits of every group."""
    names = table.groupings
    groupings = [(cells.group_of(name), len(table.groups[name])) for name in names]
    found = zip(names, day_measures.spreads(day, groupings), strict=True)
    return [Block(name, SPREAD, spread) for name, spread in found]


def _money(
    day: Day, table: Frame, whole: dict[str, float], goods: dict[str, float]
) -> dict[str, float]:
    """Costs and sales of the day, given its hours of staff."""
    time = staff_time.staff_time(day, whole)
    found = costs.day_costs(day.scenario, time, sales.sales(day, goods), table.costs)
    return found if day.scenario.economics.premium is None else time.paid() | found


@cache
def _title(name: str) -> Title:
    """The title of a measure with one value a day, whose name tells its unit."""
    unit = "money" if name in MONEY else UNIT_OF_DAILY.get(name.rpartition("_")[2], "1")
    return title(name, unit, False)
