"""What the trade measures of lanes by the clock: throughput, idle hours, long lines, load."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from simqueue.study.day import Day
from simqueue.study.day_measures import HOUR_S
from simqueue.study.lane_clock import LaneClock, Whole
from simqueue.study.levels import levels
from simqueue.study.sheet import Block, daily, ratio
from simqueue.study.steps import IN_QUEUE, areas, rows_and_changes
from simqueue.tables import Event, Kind

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Work:
    """How much those who joined a line brought to it, done or not: what a planner must staff for.

    By lane and quarter hour of arrival; shape (J, Q).
    """

    work_s: Floats  # seconds for which they occupy a till or machine
    customers: Floats


def blocks(day: Day, clock: LaneClock, brought: Work, *, shop: bool) -> list[Block]:
    """All of this page for one day; `clock` has the lanes by quarter hour.

    In a theory scenario (`shop` False) the clock has one stretch, from the warm-up to the horizon,
    and the day is that stretch.
    """
    return [
        *_throughput(day, clock, shop=shop),
        *_idle(day, clock.whole),
        *_line_lengths(day),
        *_beyond_room(day, clock.edges_s, shop=shop),
        *_load(day, brought, clock.edges_s, shop=shop),
    ]


def occupies_s(day: Day) -> Floats:
    """How long each customer occupies a till or machine, gap included; shape (N,).

    For those who were not served to the end: how long it would be, help left out; 0 for those who
    joined no line.
    """
    times, began_s = _times(day, Event.START)
    freed, free_s = _times(day, Event.FREE)
    known = (times > 0) & (times == freed) & ~day.reneged
    found = np.asarray(free_s - began_s)
    rest = np.flatnonzero(~known)
    lane = day.log.lane.take(rest)
    planned_s = day.system.service_s[lane, rest] + day.system.gap_s[lane, rest]
    found[rest] = np.where(lane >= 0, planned_s, 0.0)
    return found


def _times(day: Day, event: Event) -> tuple[NDArray[np.int64], Floats]:
    """How often an event happened to each customer, and the sum of its times; (N,) each."""
    rows, n = day.rows_of(event), len(day.log)
    customer = day.trace.customer.take(rows)
    total_s = np.bincount(customer, day.trace.time_s.take(rows), minlength=n)
    return np.bincount(customer, minlength=n), total_s.astype(np.float64, copy=False)


def _throughput(day: Day, clock: LaneClock, *, shop: bool) -> list[Block]:
    """Transactions per open hour, of tills and of machines."""
    done, hours = clock.ends.astype(np.float64), clock.open_s / HOUR_S
    ends, there = done.sum(axis=1), clock.open_s.sum(axis=1) / HOUR_S
    if shop:  # after closing too
        ends, there = clock.whole.ends.astype(np.float64), clock.whole.open_s / HOUR_S
    found: list[Block] = []
    for what, mine in (("till", day.staffed_lanes), ("machine", day.machine_lanes)):
        name, unit = f"transactions_per_{what}_hour", "1/h"
        found.append(ratio("day", name, unit, _one(ends[mine]), _one(there[mine])))
        found.append(ratio("lane", name, unit, ends * mine, there * mine))
        if shop:
            found.append(ratio("quarter", name, unit, mine @ done, mine @ hours))
    return found


def _idle(day: Day, whole: Whole) -> list[Block]:
    """Hours at open staffed tills without a customer and without a gap to finish."""
    idle, staffed = (whole.open_s - whole.occupied_s) / HOUR_S, day.staffed_lanes
    return [
        daily("day", "idle_till_hours", "h", _one(idle[staffed])),
        daily("lane", "idle_till_hours", "h", np.where(staffed, idle, np.nan)),
    ]


def _line_lengths(day: Day) -> list[Block]:
    """People waiting in each lane: the most at one time, and what 95 % of the time is enough."""
    lengths = day.lived.lengths
    highest = lengths.highest[:-1].astype(np.float64)
    return [
        daily("lane", "queue_length_p95", "1", lengths.usual[:-1]),
        daily("lane", "queue_length_max", "1", highest),
    ]


def _beyond_room(day: Day, edges_s: Floats, *, shop: bool) -> list[Block]:
    """Share of the time in which some line is longer than the room painted for it."""
    room = np.array([inf if lane.room is None else lane.room for lane in day.scenario.lanes])
    if np.all(np.isinf(room)):
        return []
    n, system = len(room), day.system
    room = np.append(room, np.full(len(system.lanes) - n, inf))  # stations have none
    rows, change = rows_and_changes(day.trace, IN_QUEUE)
    time_s, line = day.trace.time_s.take(rows), day.trace.line.take(rows)
    lines = levels(time_s, change, line, system.n_lines)
    by_lane = lines.beyond(room[system.line_lane]).any_of(system.line_lane, len(system.lanes))
    anywhere = by_lane.any_of(np.zeros(len(system.lanes), dtype=np.int64), 1)
    lane_s, any_s = (
        areas(found.time_s, found.change, found.group, found.n, edges_s)
        for found in (by_lane, anywhere)
    )
    span = np.diff(edges_s)
    painted = np.where(np.isinf(room), 0.0, 1.0)[:, np.newaxis] * span  # nan where nothing is
    name, unit = "beyond_room_share", "share"
    found: list[Block] = [
        ratio("day", name, unit, _one(any_s), _one(span)),
        ratio("lane", name, unit, lane_s.sum(axis=1), painted.sum(axis=1)),
    ]
    if shop:
        found.append(ratio("quarter", name, unit, any_s[0], span))
        found.append(ratio("lane_quarter", name, unit, lane_s.ravel(), painted.ravel()))
    return found


def _load(day: Day, brought: Work, edges_s: Floats, *, shop: bool) -> list[Block]:
    """Work that arrives per second of the clock, and per customer who brings it.

    The day and its quarter hours hold the lanes only; stations have theirs in the table of lanes.
    """
    lanes = day.system.kind != int(Kind.STATION)
    span = np.diff(edges_s)
    spans = np.tile(span, (len(lanes), 1))
    all_s, customers = brought.work_s[lanes].sum(axis=0), brought.customers[lanes].sum(axis=0)
    found: list[Block] = []
    # the lanes have the clock in common, not the customers
    for name, unit, total, bottom in (
        ("offered_load", "1", span, spans),
        ("occupation_mean_s", "s", customers, brought.customers),
    ):
        found.append(ratio("day", name, unit, _one(all_s), _one(total)))
        found.append(ratio("lane", name, unit, brought.work_s.sum(axis=1), bottom.sum(axis=1)))
        if shop:
            found.append(ratio("quarter", name, unit, all_s, total))
            work_s = brought.work_s.ravel()
            found.append(ratio("lane_quarter", name, unit, work_s, bottom.ravel()))
    return found


def _one(values: Floats) -> Floats:
    """The sum as an array of one group."""
    return np.asarray(values.sum(keepdims=True).ravel())
