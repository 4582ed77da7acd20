"""What is measured of a day as a whole: queues, tills, staff, who came and was served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simqueue.study.day import Day
from simqueue.study.spread import Grouping, spread_by_group
from simqueue.study.steps import CLOSING
from simqueue.tables import Event, Kind

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
HOUR_S = 3600.0
MACHINES = (Kind.SELF_SERVICE, Kind.SCAN_AND_GO)
PERCENTS = (50.0, 90.0, 95.0, 99.0)
SPREAD = ("wait_sd_s", "wait_p50_s", "wait_p90_s", "wait_p95_s", "wait_p99_s", "wait_max_s")


@dataclass(frozen=True)
class Spells:
    """Stretches of time in which `number` people were on duty; all shape (K,)."""

    start_s: Floats
    end_s: Floats
    number: Floats

    @property
    def person_s(self) -> float:
        """Seconds of all people together."""
        return float(np.sum((self.end_s - self.start_s) * self.number))


def staff(day: Day) -> dict[str, float]:
    """Hours at tills, overtime, attendants' hours and changes of tills on one day."""
    tills, attendants = till_spells(day), attendant_spells(day)
    stations = len(day.scenario.counters)
    return {
        "till_hours": tills.person_s / HOUR_S,
        "overtime_hours": _overtime_s(day, tills) / HOUR_S,
        "attendant_hours": attendants.person_s / HOUR_S,
        "changeovers": float(_changeovers(day)),
        **({"station_hours": station_spells(day).person_s / HOUR_S} if stations else {}),
    }


def till_spells(day: Day) -> Spells:
    """When somebody sat at each staffed till."""
    return _server_spells(day, day.staffed_lanes)


def station_spells(day: Day) -> Spells:
    """When somebody stood at each station or returns desk that has people of its own."""
    own = [counter.has_own_staff for counter in day.scenario.counters]
    return _server_spells(day, np.array([False] * len(day.scenario.lanes) + own, dtype=np.bool_))


def _server_spells(day: Day, places: NDArray[np.bool_]) -> Spells:
    """When the servers of some places (J,) were open."""
    mine = places[day.system.line_lane[day.system.server_line]]
    found = [spell for s in np.flatnonzero(mine).tolist() for spell in day.open_spells[s]]
    start_s, end_s = np.array(found, dtype=np.float64).reshape(-1, 2).T
    return Spells(start_s, end_s, np.ones(len(found)))


def call_responses_s(day: Day) -> Floats:
    """Seconds from each call for a cashier until he opened a till; those who found none aside."""
    if not len(day.rows_of(Event.CALLED)):
        return np.zeros(0)
    rows = np.sort(np.concatenate([day.rows_of(event) for event in (Event.CALLED, Event.CAME)]))
    event, time_s, line = (
        day.trace.event[rows],
        day.trace.time_s[rows],
        day.trace.line[rows],
    )
    came = np.flatnonzero((event == Event.CAME) & (line >= 0))
    return np.asarray(time_s[came] - time_s[came - 1])  # one call at a time is pending


def _overtime_s(day: Day, tills: Spells) -> float:
    """Seconds at tills after the roster (or closing time) said to stop."""
    late_s = np.maximum(0.0, tills.end_s - np.maximum(tills.start_s, day.system.closes_s))
    return float(np.sum(late_s)) + _serving_out_s(day)


def _serving_out_s(day: Day) -> float:
    """Seconds at staffed tills between being told to close and being closed, doors still open."""
    staffed, closes_s = day.staffed_lines.tolist(), day.system.closes_s
    since: dict[int, float] = {}
    total = 0.0
    for time_s, event, line, server in day.server_changes:
        if not staffed[line]:
            continue
        if event == CLOSING:
            since[server] = time_s
        elif server in since:
            total += max(0.0, min(time_s, closes_s) - since.pop(server))
    return total


def attendant_spells(day: Day) -> Spells:
    """When attendants were on duty, until the machines of their lane are empty after closing.

    People of named pools, who serve several places, stay until the last of all customers has left.
    """
    system, found = day.system, [np.empty((3, 0))]
    pools = system.attendants_pool
    for pool in sorted(set(pools.tolist())):
        named = pool >= len(system.lanes)
        if not named and system.kind[pool] not in MACHINES:
            continue
        mine = pools == pool
        times, numbers = system.attendants_s[mine], system.attendants_on[mine]
        freed_s = day.freed_s if named else day.freed_s[system.line_lane == pool]
        until_s = max(system.closes_s, float(freed_s.max(initial=0.0)))
        found.append(np.array([times, np.append(times, until_s)[1:], numbers]))
    return Spells(*np.concatenate(found, axis=1))


def _changeovers(day: Day) -> int:
    """Openings and closings of staffed tills while the doors are open, the first opening aside."""
    staffed, closes_s = day.staffed_lines.tolist(), day.system.closes_s
    return sum(
        staffed[change.line] and 0 < change.time_s < closes_s and change.event != CLOSING
        for change in day.server_changes
    )


def daily_values(day: Day) -> dict[str, float]:
    """Measures that are one number a day."""
    lengths = day.lived.lengths
    return {
        **staff(day),
        "queue_length_max": float(lengths.highest[-1]),
        "queue_length_p95": float(lengths.usual[-1]),
        "cashiers_called": float(len(day.rows_of(Event.CALLED))),
        "help_calls": float(np.count_nonzero(day.counted & (day.log.help_s > 0))),
    }


def counts(day: Day) -> dict[str, NDArray[np.bool_]]:
    """Who came, was served, turned away, gave up: masks of shape (N,), to be counted by group.

    Who goes on from a machine that failed comes once. Baskets are lost at the checkouts only: who
    does without a station still comes to pay.
    """
    return {
        "customers": day.came,
        "served": day.served,
        "balked": day.balked,
        "reneged": day.reneged,
        "lost_baskets": day.lost,
    }


def spreads(day: Day, groupings: Sequence[Grouping]) -> list[Floats]:
    """`SPREAD` of the waits of each group of each grouping, zeros included; s, (SPREAD, G) each."""
    return spread_by_group(day.log.wait_s, groupings, PERCENTS)
