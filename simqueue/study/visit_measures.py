"""What is measured of a whole visit to the shop: everything before the till, added to it.

As in `measures`; each stands with the visit to the checkouts, and is taken only where the scenario
has stations, or a door. Visits to the returns desk are another errand and stay apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.customers.visits import shopping_s
from simqueue.study.coming import ARRIVED, plan_of
from simqueue.study.day import Day
from simqueue.study.measures import Pair, joined, mean, measure
from simqueue.study.sheet import Block, daily
from simqueue.tables import Ending

Floats = NDArray[np.float64]


@measure("s", needs="stations")
def visit_wait_mean_s(day: Day) -> Pair:
    """Wait of a whole visit: at all stations, machines and tills, of those who joined a till."""
    return mean(_of_person(day, day.log.wait_s), _at_the_end(day))


@measure("s", needs="stations")
def station_wait_mean_s(day: Day) -> Pair:
    """The part of that wait that was spent at stations, mean of all, also who went to none."""
    at_stations = np.where(_is_station(day), day.log.wait_s, 0.0)
    return mean(_of_person(day, at_stations), _at_the_end(day))


@measure("s", needs="a door")
def door_to_till_mean_s(day: Day) -> Pair:
    """Time from the door to joining a line at the checkouts, stations included."""
    among = _at_the_end(day) & (day.workload.draws.rows.group == ARRIVED)
    with np.errstate(invalid="ignore"):
        took_s = day.log.join_s - door_s(day)[day.log.customer]
    return mean(took_s, among)


def door_s(day: Day) -> Floats:
    """When each person came in, by the number of his first row; nan without shopping; (N,)."""
    plan, visits = plan_of(day.scenario), day.workload.visits
    found = np.full(len(day.log), np.nan)
    if visits is None or plan.shopping is None:
        return found
    first = np.flatnonzero(visits.after < 0)
    share = np.array([1.0, *(station.at for station in plan.stations), 0.0])
    shops_s = shopping_s(day.workload, day.scenario.customers, plan)
    found[first] = day.log.arrival_s[first] - share[visits.stop[first]] * shops_s[first]
    return found


def came_in(day: Day, n_quarters: int, quarter_s: float) -> list[Block]:
    """How many people come into the shop: through the door, or to their first stop without one.

    Who is there at opening, or comes for the returns desk only, is left out. Taken only where the
    scenario has stations, of the day and by quarter hour.
    """
    if not day.scenario.stations or day.workload.visits is None:
        return []
    first = np.flatnonzero(day.workload.visits.after < 0)
    first = first[day.counted[first] & (day.workload.draws.rows.group[first] == ARRIVED)]
    came_s = door_s(day)[first] if day.scenario.arrivals.at == "door" else day.log.arrival_s[first]
    found: list[Block] = [daily("day", "came_in", "1", np.array([float(len(first))]))]
    if n_quarters:
        quarter = np.clip(came_s // quarter_s, 0, n_quarters - 1).astype(np.int64)
        number = np.bincount(quarter, minlength=n_quarters).astype(np.float64)
        found.append(daily("quarter", "came_in", "1", number))
    return found


def _is_station(day: Day) -> NDArray[np.bool_]:
    return np.asarray((day.log.stop > 0) & (day.log.stop <= len(day.scenario.stations)))


def _at_the_end(day: Day) -> NDArray[np.bool_]:
    """The visit of each person that ends at the checkouts, after a machine that failed; (N,)."""
    last = (day.log.stop == 0) & (day.log.ending != Ending.FAILED)
    return np.asarray(joined(day) & last)


def _of_person(day: Day, values: NDArray[Any]) -> Floats:
    """Values (N,) of stations and checkouts, nan as 0, added up over each person's visits; (N,)."""
    before = (day.log.stop == 0) | _is_station(day)
    person = day.log.customer
    sums = np.bincount(person[before], np.nan_to_num(values[before]), minlength=len(person))
    return np.asarray(sums[person])
