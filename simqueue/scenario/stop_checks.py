"""What can only be checked across parts about stations, the desk, pools, stoppages and traces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from simqueue import units
from simqueue.fields import ByClock, Place, Problem, did_you_mean
from simqueue.scenario import staff_checks
from simqueue.scenario.returns_desk import RETURNS_DESK
from simqueue.shop.pools import FromPool
from simqueue.shop.spec import LaneSpec
from simqueue.shop.stations import Counter

if TYPE_CHECKING:
    from simqueue.scenario.checks import Hours, Parts

MOST_COUNTER_SERVERS = 10_000
MOST_BREAKDOWNS = 1_000_000  # of one replication
MOST_AT_OPENING = 10_000
ENOUGH = 20  # faults of one trace that are told


def _plain(place: Place, text: str) -> Problem:
    return Problem(place, text, None, tell_value=False)


def counters(parts: Parts) -> Iterator[tuple[Place, Counter]]:
    """The stations and the desk with their places in the file."""
    yield from ((("stations", i), station) for i, station in parts.stations.items())
    if parts.returns_desk is not None:
        yield ("returns_desk",), parts.returns_desk


def _names(parts: Parts) -> Iterator[Problem]:
    """Stations have names that no lane and no other station has; nothing is called as the desk."""
    seen = {lane.lane for lane in parts.lanes.values()}
    for i, station in parts.stations.items():
        if station.station in seen:
            text = "must be a name that no lane and no other station has"
            yield Problem(("stations", i, "station"), text, station.station)
        seen.add(station.station)
    if parts.returns_desk is None:
        return
    named = [(("lanes", i, "lane"), lane.lane) for i, lane in parts.lanes.items()]
    named += [(("stations", i, "station"), x.station) for i, x in parts.stations.items()]
    for place, name in named:
        if name == RETURNS_DESK:
            yield Problem(place, "must be another name: the returns desk has it", name)


def _rosters(parts: Parts) -> Iterator[Problem]:
    for place, counter in counters(parts):
        if counter.servers > MOST_COUNTER_SERVERS:
            text = f"must be at most {MOST_COUNTER_SERVERS}"
            yield Problem((*place, "servers"), text, counter.servers)
        roster = counter.roster if counter.servers else None
        for time, number in () if roster is None else roster.points:
            if number > counter.servers:
                at: Place = (*place, "roster")
                if roster is not None and not roster.is_constant:
                    at = (*at, units.clock_text(time))
                text = f"must be at most {counter.servers}, the number of servers"
                yield Problem(at, text, number)


def _visits(parts: Parts) -> Iterator[Problem]:
    """Segments visit stations that there are, by the share of people who do."""
    if "stations" not in parts.complete:
        return
    names = [station.station for station in parts.stations.values()]
    for i, segment in parts.customers.items():
        for name in segment.visits:
            if name not in names:
                text = f"no station {name!r}{did_you_mean(name, names)}"
                yield _plain(("customers", i, "visits", name), text)


def _used_pools(parts: Parts) -> Iterator[tuple[Place, str]]:
    """Where a pool of staff is named, and which."""
    for i, lane in parts.lanes.items():
        if isinstance(lane.attendants, FromPool):
            yield ("lanes", i, "attendants", "pool"), lane.attendants.pool
        if lane.price_checks is not None and lane.price_checks.staff is not None:
            yield ("lanes", i, "price_checks", "staff", "pool"), lane.price_checks.staff.pool
    for place, counter in counters(parts):
        if counter.staff is not None:
            yield (*place, "staff", "pool"), counter.staff.pool
    demand = None if parts.staffing is None else parts.staffing.on_demand
    if demand is not None and isinstance(demand.spare, FromPool):
        yield ("staffing", "on_demand", "spare", "pool"), demand.spare.pool


def _pools(parts: Parts) -> Iterator[Problem]:
    if parts.staffing is None or "staffing" not in parts.complete:
        return
    known = list(parts.staffing.pools)
    for place, name in _used_pools(parts):
        if name not in known:
            hint = did_you_mean(name, known) or "; name it under staffing.pools"
            yield _plain(place, f"no pool {name!r}{hint}")


def _initial(parts: Parts) -> Iterator[Problem]:
    if not {"lanes", "stations", "returns_desk"} <= parts.complete:
        return
    names = [lane.lane for lane in parts.lanes.values()]
    names += [counter.name for _, counter in counters(parts)]
    for name, number in parts.initial.items():
        if name not in names:
            text = f"no lane or station {name!r}{did_you_mean(name, names)}"
            yield _plain(("initial", name), text)
        if number > MOST_AT_OPENING:
            yield Problem(("initial", name), f"must be at most {MOST_AT_OPENING}", number)


def _failing(parts: Parts) -> Iterator[Problem]:
    """Failed customers are sent to one lane with tills, whichever machines they come from."""
    if "lanes" not in parts.complete:
        return
    lanes = {lane.lane: lane for lane in parts.lanes.values()}
    tills = [name for name, lane in lanes.items() if not lane.has_machines]
    first = None
    for i, lane in parts.lanes.items():
        spec = lane.sends_failed_to
        if spec is None:
            continue
        place: Place = ("lanes", i, "sends_failed_to")
        if spec.lane not in tills:
            text = "must be a staffed or express lane of this scenario"
            hint = did_you_mean(spec.lane, tills)
            yield Problem((*place, "lane"), text + hint, spec.lane)
        first = first or spec
        for key in ("lane", "walk"):
            if getattr(spec, key) != getattr(first, key):
                text = "must be the same for all machines of the shop"
                yield Problem((*place, key), text, spec.model_dump()[key])


def _balking(parts: Parts) -> Iterator[Problem]:
    """There is one rule for turning away, with limits of its own at each place."""
    rules = [] if parts.behaviour is None or parts.behaviour.balk is None else [parts.behaviour]
    wanted = rules[0].balk.rule if rules and rules[0].balk is not None else None
    for place, counter in counters(parts):
        if counter.balk is None:
            continue
        wanted = wanted or counter.balk.rule
        if counter.balk.rule != wanted:
            yield _plain((*place, "balk"), f"must have {wanted}, as elsewhere in this scenario")


def _doors(parts: Parts) -> Iterator[Problem]:
    if parts.arrivals is None or parts.arrivals.at == "door":
        return
    for i, station in parts.stations.items():
        if station.at != 1:
            yield _plain(("stations", i, "at"), "goes only with arrivals at the door")


def _cards(parts: Parts) -> Iterator[Problem]:
    """What people do without their card is the same all day, and the times do not overlap."""
    windows = [(i, x) for i, x in parts.outages.items() if x.what == "cards"]
    for i, window in windows[1:]:
        for key in ("without_card", "carry_cash"):
            if getattr(window, key) != getattr(windows[0][1], key):
                text = "must be the same in all outages of cards"
                yield Problem(("outages", i, key), text, window.model_dump()[key])
    windows.sort(key=lambda entry: entry[1].at)
    for (_, one), (i, other) in pairwise(windows):
        if one.at + one.lasts_s > other.at:
            text = "must begin after the outage before it is over"
            yield Problem(("outages", i, "at"), text, units.clock_text(other.at))


def _trace_lanes(parts: Parts) -> Iterator[Problem]:
    trace = None if parts.arrivals is None else parts.arrivals.trace
    if trace is None or trace.lane is None or "lanes" not in parts.complete:
        return
    known = [lane.lane for lane in parts.lanes.values() if lane.n_servers]
    wrong = ((k, name) for k, name in enumerate(trace.lane, 1) if name and name not in known)
    for k, name in list(wrong)[:ENOUGH]:
        text = f"customer {k} of {trace.origin}, column lane: no lane {name!r} with tills"
        yield _plain(("arrivals", "trace"), text + did_you_mean(name, known))


CHECKS: Final[Sequence[Callable[[Any], Iterator[Problem]]]] = (
    *(_names, _rosters, _visits, _pools, _initial, _failing, _balking, _doors, _cards),
    _trace_lanes,
)


def tables(parts: Parts) -> list[tuple[Place, ByClock[Any] | None]]:
    """Tables by clock that must begin at opening and stay within opening hours."""
    found: list[tuple[Place, ByClock[Any] | None]] = [
        ((*place, "roster"), counter.roster) for place, counter in counters(parts)
    ]
    pools = {} if parts.staffing is None else parts.staffing.pools
    return found + [(("staffing", "pools", name), table) for name, table in pools.items()]


def _open_hours(hours: Hours) -> str:
    return f"from {units.clock_text(hours.opens)} to {units.clock_text(hours.closes)}"


def _outages(parts: Parts, hours: Hours) -> Iterator[Problem]:
    for i, outage in parts.outages.items():
        if not hours.opens <= outage.at < hours.closes:
            text = f"must be a time when the shop is open, {_open_hours(hours)}"
            yield Problem(("outages", i, "at"), text, units.clock_text(outage.at))


def _trace_times(parts: Parts, hours: Hours) -> Iterator[Problem]:
    trace = None if parts.arrivals is None else parts.arrivals.trace
    if trace is None:
        return
    times = enumerate(trace.times_s(float(hours.opens)), 1)
    column = "arrival_s" if trace.arrival is None else "arrival"
    outside = [(k, at_s) for k, at_s in times if not 0 <= at_s < hours.length_s]
    for k, at_s in outside[:ENOUGH]:
        value = at_s if trace.arrival is None else units.clock_text(trace.arrival[k - 1])
        text = f"customer {k} of {trace.origin}, column {column}: must come before closing"
        if at_s < 0:
            text = f"customer {k} of {trace.origin}, column {column}: must come after opening"
        yield Problem(("arrivals", "trace"), text, value)


def _breakdowns(parts: Parts, hours: Hours) -> Iterator[Problem]:
    for i, lane in parts.lanes.items():
        if lane.breakdowns is None:
            continue
        spec = lane.breakdowns
        cycle_s = spec.time_between.mean + (spec.repair.mean if spec.when == "always" else 0.0)
        number = lane.n_servers * hours.length_s / cycle_s
        if number > MOST_BREAKDOWNS:
            text = f"must give at most {MOST_BREAKDOWNS:,} breakdowns in one replication"
            place: Place = ("lanes", i, "breakdowns", "time_between")
            yield _plain(place, f"{text}; these are {number:,.0f}")


def _desk_arrivals(parts: Parts, hours: Hours) -> Iterator[Problem]:
    desk = parts.returns_desk
    if desk is None or desk.arrivals is None:
        return
    place: Place = ("returns_desk", "arrivals", "per_hour")
    points = desk.arrivals.points()
    if points[0][0] > hours.opens:
        opening = f'opening, "{units.clock_text(hours.opens)}"'
        begins = units.clock_text(points[0][0])
        yield _plain(place, f'must begin at or before {opening}; it begins at "{begins}"')
    for time, per_hour in points:
        if not hours.theory and time >= hours.closes and per_hour > 0:
            text = "must be a time when the shop is open, or have 0 customers"
            yield Problem((*place, units.clock_text(time)), text, per_hour)


def _initial_open(parts: Parts, hours: Hours) -> Iterator[Problem]:
    """People in line at opening stand where somebody is there."""
    places = {lane.lane: lane.roster_or_all for lane in parts.lanes.values()}
    places |= {counter.name: counter.roster_or_all for _, counter in counters(parts)}
    for name, number in parts.initial.items():
        if number and name in places and places[name].at(hours.opens) == 0:
            text = "must be 0: nothing is open there when the doors open"
            yield Problem(("initial", name), text, number)


def _failing_open(parts: Parts, hours: Hours) -> Iterator[Problem]:
    """Whoever fails at a machine finds the lane open to which he is sent."""
    lanes = {lane.lane: lane for lane in parts.lanes.values()}
    called = staff_checks.on_call(parts)
    for i, lane in parts.lanes.items():
        spec = lane.sends_failed_to
        target = None if spec is None else lanes.get(spec.lane)
        if target is None or target.has_machines or (called == target.lane and target.n_servers):
            continue
        here, there = lane.roster_or_all, target.roster_or_all
        closed = [t for t in hours.times([here, there]) if here.at(t) and not there.at(t)]
        if closed:
            at = units.clock_text(closed[0])
            text = f"must be open while these machines are; at {at} it is closed"
            yield Problem(("lanes", i, "sends_failed_to", "lane"), text, target.lane)


BY_HOURS: Final[Sequence[Callable[[Any, Any], Iterator[Problem]]]] = (
    *(_outages, _trace_times, _breakdowns, _desk_arrivals, _initial_open, _failing_open),
)


def nobody_helps(parts: Parts) -> Iterator[Problem]:
    """Places whose calls nobody would answer at some time of the day."""
    ages = any(segment.age_check > 0 for segment in parts.customers.values())
    pools = {} if parts.staffing is None else parts.staffing.pools
    told: set[Place] = set()
    for place, staff, why in _called(parts, ages):
        where: Place = ("staffing", "pools", staff) if isinstance(staff, str) else place
        table = pools.get(staff) if isinstance(staff, str) else staff
        for time, number in () if table is None else table.points:
            at = where if table is None or table.is_constant else (*where, units.clock_text(time))
            if number == 0 and at not in told:
                told.add(at)
                yield Problem(at, f"must be at least 1 while {why}", 0)


def _called(parts: Parts, ages: bool) -> Iterator[tuple[Place, ByClock[int] | str, str]]:
    """Whom calls go to - attendants of a lane, or a pool by name - and why there are any."""
    for i, lane in parts.lanes.items():
        if lane.n_servers == 0:
            continue
        why = _why_called(lane, ages)
        if why:
            staff = lane.pool if lane.pool is not None else lane.attendants_or_none
            yield ("lanes", i, "attendants"), staff, why
        checks = lane.price_checks
        if checks is not None and checks.staff is not None:
            yield ("lanes", i), checks.staff.pool, f"{lane.lane} asks there for prices"
    for place, counter in counters(parts):
        if counter.staff is not None and counter.servers:
            yield place, counter.staff.pool, f"{counter.name} needs them"


def _why_called(lane: LaneSpec, ages: bool) -> str:
    if lane.help is not None:
        return "help is on"
    if lane.rechecks is not None and lane.rechecks.chance > 0:
        return "baskets are looked at"
    return "ages are checked" if lane.age_checks is not None and ages else ""
