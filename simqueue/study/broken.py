"""How often tills and machines break down, and for how long nothing works that is open."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simqueue.study.day import Day
from simqueue.study.day_measures import HOUR_S
from simqueue.study.sheet import Block, daily
from simqueue.tables import Event

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Spell = tuple[float, float]
DAY_S = 86_400.0


def blocks(day: Day) -> list[Block]:
    """Breakdowns and hours broken of the day and of its lanes; none where nothing breaks down."""
    scenario = day.scenario
    breaks_down = any(lane.breakdowns is not None for lane in scenario.lanes)
    if not breaks_down and not any(outage.what == "all" for outage in scenario.outages):
        return []
    n = len(day.system.lanes)
    hours = np.zeros(n)
    for server, spells in broken_spells(day).items():
        lane = day.system.line_lane[day.system.server_line[server]]
        hours[lane] += _shared_s(spells, day.open_spells[server]) / HOUR_S
    found: list[Block] = [
        daily("day", "broken_hours", "h", hours.sum(keepdims=True)),
        daily("lane", "broken_hours", "h", hours),
    ]
    if breaks_down:
        number = np.bincount(day.lane_of(_breakdowns(day)), minlength=n).astype(np.float64)
        found.append(daily("day", "breakdowns", "1", number.sum(keepdims=True)))
        found.append(daily("lane", "breakdowns", "1", number))
    return found


def broken_spells(day: Day) -> dict[int, list[Spell]]:
    """When each server was broken, overlapping stoppages as one; those that never were left out."""
    trace = day.trace
    rows = np.flatnonzero((trace.event == Event.BROKE) | (trace.event == Event.REPAIRED))
    going = dict.fromkeys(trace.server[rows].tolist(), 0)
    since: dict[int, float] = {}
    found: dict[int, list[Spell]] = {}
    columns = (trace.server[rows], trace.event[rows], trace.time_s[rows])
    for server, event, time_s in zip(*(c.tolist() for c in columns), strict=True):
        if event == Event.BROKE:
            since[server] = since[server] if going[server] else time_s
            going[server] += 1
        else:
            going[server] -= 1
            if not going[server]:
                found.setdefault(server, []).append((since[server], time_s))
    end_s = float(trace.time_s[-1]) if len(trace) else 0.0
    for server, number in going.items():
        if number:  # still broken when the last customer has left
            found.setdefault(server, []).append((since[server], end_s))
    return found


def _breakdowns(day: Day) -> Integers:
    """Rows of the trace at which an open till or machine broke down by itself, no outage."""
    trace = day.trace
    broke = np.flatnonzero(trace.event == Event.BROKE)
    broke = broke[~_by_outage(day)[trace.customer[broke]]]
    columns = (trace.server[broke].tolist(), trace.time_s[broke].tolist())
    is_open = [
        any(start <= at_s < end for start, end in day.open_spells[server])
        for server, at_s in zip(*columns, strict=True)
    ]
    return np.asarray(broke[np.array(is_open, dtype=np.bool_)])


def _by_outage(day: Day) -> NDArray[np.bool_]:
    """Which stoppages belong to an outage, as they begin with it and last as long; shape (F,)."""
    planned, scenario = day.system.stoppages, day.scenario
    found = np.zeros(len(planned.at_s), dtype=np.bool_)
    for outage in scenario.outages:
        if outage.what == "all":
            since_s = planned.at_s - (outage.at - scenario.opens_s)
            found |= (since_s % DAY_S == 0) & (planned.lasts_s == outage.lasts_s)
    return found


def _shared_s(some: list[Spell], others: list[Spell]) -> float:
    """Seconds that lie in a spell of both."""
    return sum(max(0.0, min(b, d) - max(a, c)) for a, b in some for c, d in others)
