"""What can only be checked across parts of a scenario about cashiers: calls, shifts, breaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simqueue import units
from simqueue.fields import Place, Problem, did_you_mean
from simqueue.shop.spec import BreakSpec, LaneSpec

if TYPE_CHECKING:
    from simqueue.scenario.checks import Hours, Parts

MOST_CASHIERS = 10_000
MOST_SHIFTS = 1_000_000  # of a whole run, one per cashier


def on_call(parts: Parts) -> str | None:
    """The lane to which cashiers can be called, if any."""
    staffing = parts.staffing
    if staffing is None or staffing.on_demand is None or not staffing.has_spare:
        return None
    return staffing.on_demand.lane


def calls(parts: Parts) -> Iterator[Problem]:
    """The lane to open must be one with cashiers, and there must not be too many of them."""
    demand = None if parts.staffing is None else parts.staffing.on_demand
    if demand is None:
        return
    if isinstance(demand.spare, int) and demand.spare > MOST_CASHIERS:
        place: Place = ("staffing", "on_demand", "spare")
        yield Problem(place, f"must be at most {MOST_CASHIERS}", demand.spare)
    if "lanes" not in parts.complete:
        return
    kinds = {lane.lane: lane.kind for lane in parts.lanes.values()}
    if kinds.get(demand.lane) not in ("staffed", "express"):
        staffed = [name for name, kind in kinds.items() if kind in ("staffed", "express")]
        text = "must be a staffed or express lane of this scenario"
        hint = did_you_mean(demand.lane, staffed)
        yield Problem(("staffing", "on_demand", "lane"), text + hint, demand.lane)


def shifts(parts: Parts, hours: Hours) -> Iterator[Problem]:
    """Shifts must begin before closing and last until after opening."""
    staffing = parts.staffing
    if staffing is None or staffing.on_duty is None or staffing.shift is None:
        return
    place: Place = ("staffing", "on_duty")
    for time, _ in staffing.on_duty.points:
        clock = units.clock_text(time)
        if time >= hours.closes:
            text = f'must be a time before closing, "{units.clock_text(hours.closes)}"'
            yield Problem((*place, clock), text, clock)
        elif time + staffing.shift <= hours.opens:
            lasts = units.duration_text(staffing.shift)
            opening = units.clock_text(hours.opens)
            text = f'must be a time less than {lasts}, one shift, before opening, "{opening}"'
            yield Problem((*place, clock), text, clock)
    per_day = sum(staffing.on_duty.values())
    if per_day > MOST_CASHIERS:
        text = f"must have at most {MOST_CASHIERS:,} cashiers a day; these are {per_day:,}"
        yield Problem(place, text, None, tell_value=False)
    elif per_day * (1 + hours.length_s / units.DAY_S) > MOST_SHIFTS:
        text = f"must have at most {MOST_SHIFTS:,} shifts in one replication"
        yield Problem(place, text, None, tell_value=False)


def breaks(parts: Parts, hours: Hours | None) -> Iterator[Problem]:
    """A break is of a till that exists, while the shop is open, and after the one before."""
    for i, lane in parts.lanes.items():
        for k, rest in enumerate(lane.breaks):
            place: Place = ("lanes", i, "breaks", k)
            if rest.till > lane.n_servers:
                text = f"must be at most {lane.n_servers}, the number of tills"
                yield Problem((*place, "till"), text, rest.till)
            if hours is not None and not hours.opens <= rest.at < hours.closes:
                open_ = f"from {units.clock_text(hours.opens)} to {units.clock_text(hours.closes)}"
                text = f"must be a time when the shop is open, {open_}"
                yield Problem((*place, "at"), text, units.clock_text(rest.at))
            yield from _overlapping(place, rest, lane, k)


def _overlapping(place: Place, rest: BreakSpec, lane: LaneSpec, k: int) -> Iterator[Problem]:
    for other_k, other in enumerate(lane.breaks):
        first = (other.at, other_k) < (rest.at, k)
        if first and other.till == rest.till and other.at + other.lasts > rest.at:
            clock = units.clock_text(other.at)
            lasts = units.duration_text(other.lasts)
            text = f'must begin after the break of this till at "{clock}", which lasts {lasts}'
            yield Problem((*place, "at"), text, units.clock_text(rest.at))
            return
