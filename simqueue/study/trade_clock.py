"""What the trade measures of lanes by the clock: throughput, idle hours, long lines, load.

Entries are (grouping, measure, unit, top, bottom or None), as in `record`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from simqueue.study.day import Day
from simqueue.study.day_measures import HOUR_S, LaneClock
from simqueue.study.levels import levels
from simqueue.study.steps import IN_QUEUE, OCCUPIED, areas, change_of, stretch_of
from simqueue.tables import Ending, Event, Kind

Floats = NDArray[np.float64]
Entry = tuple[str, str, str, Floats, Floats | None]
FULL_LINE = 0.95  # queue_length_p95


@dataclass(frozen=True)
class Work:
    """How much the customers who came brought to each lane, by quarter hour of arrival; (J, Q)."""

    work_s: Floats  # seconds for which they occupy a till or machine
    customers: Floats


@dataclass(frozen=True)
class Whole:
    """Server-seconds of each lane from opening until the last customer has left; shape (J,)."""

    open_s: Floats
    occupied_s: Floats


def entries(day: Day, clock: LaneClock, quarter: NDArray[np.int64], *, shop: bool) -> list[Entry]:
    """All of this page for one day; `clock` has the lanes by quarter hour.

    `quarter` (N,) is the quarter hour of each customer. In a theory scenario (`shop` False) the
    clock has one stretch, from the warm-up to the horizon, and the day is that stretch.
    """
    whole = _whole_day(day, float(clock.edges_s[-1]))
    return [
        *_throughput(day, clock, whole if shop else None),
        *_idle(day, whole),
        *_line_lengths(day),
        *_beyond_room(day, clock.edges_s, shop=shop),
        *_load(day, work(day, quarter, len(clock.edges_s) - 1), clock.edges_s, shop=shop),
    ]


def work(day: Day, quarter: NDArray[np.int64], n_quarters: int) -> Work:
    """The work of those who joined a line, done or not: what a planner must staff for."""
    lane, shape = day.log.lane, (len(day.system.lanes), n_quarters)
    rows = np.flatnonzero(day.counted & (lane >= 0))
    cell = lane[rows] * n_quarters + quarter[rows]
    n = shape[0] * shape[1]
    work_s = np.bincount(cell, occupies_s(day)[rows], minlength=n).astype(np.float64)
    customers = np.bincount(cell, minlength=n).astype(np.float64)
    return Work(work_s.reshape(shape), customers.reshape(shape))


def occupies_s(day: Day) -> Floats:
    """How long each customer occupies a till or machine, gap included; shape (N,).

    For those who were not served to the end: how long it would be, help left out; 0 for those who
    joined no line.
    """
    trace, n = day.trace, len(day.log)
    lane = np.maximum(day.log.lane, 0)
    of = np.arange(n)
    planned = day.system.service_s[lane, of] + day.system.gap_s[lane, of]
    started, freed = day.rows_of(Event.START), day.rows_of(Event.FREE)
    begun, ended = (
        np.bincount(trace.customer[rows], trace.time_s[rows], minlength=n)
        for rows in (started, freed)
    )
    times = np.bincount(trace.customer[started], minlength=n)
    complete = (times > 0) & (times == np.bincount(trace.customer[freed], minlength=n))
    complete &= day.log.ending != Ending.RENEGED
    return np.where(day.log.lane >= 0, np.where(complete, ended - begun, planned), 0.0)


def _whole_day(day: Day, closes_s: float) -> Whole:
    """The lanes from opening until the last customer has left."""
    trace, n = day.trace, len(day.system.lanes)
    last_s = max(closes_s, float(trace.time_s[-1]) if len(trace) else 0.0)
    server_lane = day.system.line_lane[day.system.server_line]
    there = [(j, start, min(end, last_s)) for j, spells in zip(server_lane.tolist(),
             day.open_spells, strict=True) for start, end in spells]  # fmt: skip
    lane, start_s, end_s = np.array(there, dtype=np.float64).reshape(-1, 3).T
    open_s = np.bincount(lane.astype(np.int64), end_s - start_s, minlength=n)
    change = change_of(trace, OCCUPIED)
    rows = np.flatnonzero((change != 0) & (day.lane_of_row >= 0))
    area_s = change[rows] * (last_s - trace.time_s[rows])  # each step lasts until the end
    occupied_s = np.bincount(day.lane_of_row[rows], area_s, minlength=n)
    return Whole(open_s.astype(np.float64), occupied_s.astype(np.float64))


def _is_staffed(day: Day) -> NDArray[np.bool_]:
    return day.staffed_lanes


def _is_machine(day: Day) -> NDArray[np.bool_]:
    return day.machine_lanes


def _throughput(day: Day, clock: LaneClock, whole: Whole | None) -> list[Entry]:
    """Transactions per open hour, of tills and of machines; `whole` None: in theory."""
    n, n_quarters = clock.open_s.shape
    rows = day.rows_of(Event.END)
    lane = day.lane_of_row[rows]
    stretch = stretch_of(day.trace.time_s[rows], clock.edges_s)
    inside = (stretch >= 0) & (stretch < n_quarters)
    cell = lane[inside] * n_quarters + stretch[inside]
    done = np.bincount(cell, minlength=n * n_quarters).reshape(n, n_quarters).astype(np.float64)
    ends, hours = done.sum(axis=1), clock.open_s.sum(axis=1) / HOUR_S
    if whole is not None:  # after closing too
        ends, hours = np.bincount(lane, minlength=n).astype(np.float64), whole.open_s / HOUR_S
    found: list[Entry] = []
    for what, mine in (("till", _is_staffed(day)), ("machine", _is_machine(day))):
        name, unit = f"transactions_per_{what}_hour", "1/h"
        found.append(("day", name, unit, _one(ends[mine]), _one(hours[mine])))
        found.append(("lane", name, unit, np.where(mine, ends, 0.0), np.where(mine, hours, 0.0)))
        if whole is not None:
            there = clock.open_s[mine].sum(axis=0) / HOUR_S
            found.append(("quarter", name, unit, done[mine].sum(axis=0), there))
    return found


def _idle(day: Day, whole: Whole) -> list[Entry]:
    """Hours at open staffed tills without a customer and without a gap to finish."""
    idle, staffed = (whole.open_s - whole.occupied_s) / HOUR_S, _is_staffed(day)
    return [
        ("day", "idle_till_hours", "h", _one(idle[staffed]), None),
        ("lane", "idle_till_hours", "h", np.where(staffed, idle, np.nan), None),
    ]


def _line_lengths(day: Day) -> list[Entry]:
    """People waiting in each lane: the most at one time, and what 95 % of the time is enough."""
    change, n = change_of(day.trace, IN_QUEUE), len(day.system.lanes)
    waiting = levels(day.trace.time_s, change, day.lane_of_row, n)
    span = (day.warm_up_s, day.system.closes_s)
    return [
        ("lane", "queue_length_p95", "1", waiting.quantile(FULL_LINE, span), None),
        ("lane", "queue_length_max", "1", waiting.highest().astype(np.float64), None),
    ]


def _beyond_room(day: Day, edges_s: Floats, *, shop: bool) -> list[Entry]:
    """Share of the time in which some line is longer than the room painted for it."""
    room = np.array([inf if lane.room is None else lane.room for lane in day.scenario.lanes])
    if np.all(np.isinf(room)):
        return []
    n, system = len(room), day.system
    room = np.append(room, np.full(len(system.lanes) - n, inf))  # stations have none
    change = change_of(day.trace, IN_QUEUE)
    lines = levels(day.trace.time_s, change, day.trace.line, system.n_lines)
    by_lane = lines.beyond(room[system.line_lane]).any_of(system.line_lane, len(system.lanes))
    anywhere = by_lane.any_of(np.zeros(len(system.lanes), dtype=np.int64), 1)
    lane_s, any_s = (
        areas(found.time_s, found.change, found.group, found.n, edges_s)
        for found in (by_lane, anywhere)
    )
    span = np.diff(edges_s)
    painted = np.where(np.isinf(room), 0.0, 1.0)[:, np.newaxis] * span  # nan where nothing is
    name, unit = "beyond_room_share", "share"
    found: list[Entry] = [
        ("day", name, unit, _one(any_s), _one(span)),
        ("lane", name, unit, lane_s.sum(axis=1), painted.sum(axis=1)),
    ]
    if shop:
        found.append(("quarter", name, unit, any_s[0], span))
        found.append(("lane_quarter", name, unit, lane_s.ravel(), painted.ravel()))
    return found


def _load(day: Day, brought: Work, edges_s: Floats, *, shop: bool) -> list[Entry]:
    """Work that arrives per second of the clock, and per customer who brings it.

    The day and its quarter hours hold the lanes only; stations have theirs in the table of lanes.
    """
    n, lanes = len(brought.work_s), day.system.kind != Kind.STATION
    all_s = brought.work_s[lanes]
    span = np.diff(edges_s)
    spans = np.tile(span, (n, 1))
    found: list[Entry] = []
    for name, unit, bottom in (
        ("offered_load", "1", spans),
        ("occupation_mean_s", "s", brought.customers),
    ):
        shared = name == "offered_load"  # the lanes have the clock in common, not the customers
        total = span if shared else bottom[lanes].sum(axis=0)
        found.append(("day", name, unit, _one(all_s), _one(total)))
        found.append(("lane", name, unit, brought.work_s.sum(axis=1), bottom.sum(axis=1)))
        if shop:
            found.append(("quarter", name, unit, all_s.sum(axis=0), total))
            found.append(("lane_quarter", name, unit, brought.work_s.ravel(), bottom.ravel()))
    return found


def _one(values: Floats) -> Floats:
    """The sum as an array of one group."""
    return np.array([np.sum(values)])
