"""What can only be checked across parts of a scenario: hours, shares, rosters, who may serve."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simqueue import units
from simqueue.customers.arrivals import rate
from simqueue.customers.spec import ArrivalsSpec, SegmentSpec
from simqueue.fields import ByClock, Place, Problem, did_you_mean
from simqueue.scenario import staff_checks, stop_checks
from simqueue.scenario.returns_desk import ReturnsDeskSpec
from simqueue.shop.spec import BehaviourSpec, LaneSpec, StaffingSpec, StoreSpec
from simqueue.shop.stations import StationSpec
from simqueue.shop.stoppages import OutageSpec
from simqueue.tables.codes import Payment

if TYPE_CHECKING:
    from simqueue.scenario.model import Scenario

MOST_CUSTOMERS = 20_000_000
MOST_SERVERS = 10_000
COMPLETE = frozenset(
    {"customers", "lanes", "staffing", "benchmark_wait", "stations", "returns_desk"}
)


@dataclass(frozen=True)
class Parts:
    """The parts of a scenario that could be read; lists by their place in the file.

    `complete` names the lists of which every entry could be read.
    """

    store: StoreSpec | None
    arrivals: ArrivalsSpec | None
    customers: Mapping[int, SegmentSpec]
    lanes: Mapping[int, LaneSpec]
    behaviour: BehaviourSpec | None
    staffing: StaffingSpec | None
    targets: Mapping[str, float]
    benchmark_wait: float | None
    complete: frozenset[str] = COMPLETE
    premium: ByClock[float] | None = None
    stations: Mapping[int, StationSpec] = field(default_factory=dict)
    returns_desk: ReturnsDeskSpec | None = None
    initial: Mapping[str, int] = field(default_factory=dict)
    outages: Mapping[int, OutageSpec] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario) -> Parts:
        """The parts of a whole scenario."""
        return cls(
            scenario.store,
            scenario.arrivals,
            dict(enumerate(scenario.customers)),
            dict(enumerate(scenario.lanes)),
            scenario.behaviour,
            scenario.staffing,
            scenario.targets,
            scenario.benchmark_wait,
            premium=scenario.economics.premium,
            stations=dict(enumerate(scenario.stations)),
            returns_desk=scenario.returns_desk,
            initial=scenario.initial,
            outages=dict(enumerate(scenario.outages)),
        )


def problems(parts: Parts) -> list[Problem]:
    """Everything that does not fit together, with its place."""
    checks = (
        *(_names, _rosters, _limits, _shares, _mean_services, _benchmark, _premium),
        staff_checks.calls,
        *stop_checks.CHECKS,
    )
    found = [problem for check in checks for problem in check(parts)]
    hours = None if parts.store is None else Hours(parts.store)
    found += staff_checks.breaks(parts, hours)
    if hours is not None:
        found += [*_tables(parts, hours), *_arrivals(parts, hours)]
        found += staff_checks.shifts(parts, hours)
        found += [problem for check in stop_checks.BY_HOURS for problem in check(parts, hours)]
        if not found:  # else the same mistake would be told twice
            found += [*stop_checks.nobody_helps(parts), *_nobody_serves(parts, hours)]
    return found


class Hours:
    """The clock of the scenario."""

    def __init__(self, store: StoreSpec) -> None:
        self.theory = store.is_theory
        self.opens = store.opens or 0
        self.closes = units.DAY_S if store.closes is None else store.closes
        self.length_s = store.horizon or float(self.closes - self.opens)

    def times(self, tables: Iterable[ByClock[Any]]) -> list[int]:
        """The times at which one of the tables changes, opening first."""
        inside = {t for table in tables for t, _ in table.points if self.opens < t < self.closes}
        return [self.opens, *sorted(inside)]


def _plain(place: Place, text: str) -> Problem:
    return Problem(place, text, None, tell_value=False)


def _names(parts: Parts) -> Iterator[Problem]:
    lanes = [(i, lane.lane) for i, lane in parts.lanes.items()]
    segments = [(i, segment.segment) for i, segment in parts.customers.items()]
    for block, key, named in (("lanes", "lane", lanes), ("customers", "segment", segments)):
        seen: set[str] = set()
        for i, name in named:
            if name in seen:
                yield Problem((block, i, key), "must be a name of its own", name)
            seen.add(name)


def _rosters(parts: Parts) -> Iterator[Problem]:
    for i, lane in parts.lanes.items():
        servers = "machines" if lane.has_machines else "tills"
        if lane.n_servers > MOST_SERVERS:
            yield Problem(("lanes", i, servers), f"must be at most {MOST_SERVERS}", lane.n_servers)
        removed = lane.n_servers == 0  # whatever its roster says
        for time, number in lane.roster.points if lane.roster and not removed else ():
            if number > lane.n_servers:
                place: Place = ("lanes", i, "roster")
                if lane.roster and not lane.roster.is_constant:
                    place = (*place, units.clock_text(time))
                text = f"must be at most {lane.n_servers}, the number of {servers}"
                yield Problem(place, text, number)


def _limits(parts: Parts) -> Iterator[Problem]:
    if "customers" not in parts.complete or not parts.customers:
        return
    baskets = [items for s in parts.customers.values() for items in s.items.values()]
    smallest = min(items.smallest for items in baskets)
    for i, lane in parts.lanes.items():
        if lane.max_items is not None and lane.max_items < smallest:
            text = f"must be at least {smallest:.0f}: no customer has fewer items"
            yield Problem(("lanes", i, "max_items"), text, lane.max_items)


def _shares(parts: Parts) -> Iterator[Problem]:
    if "customers" not in parts.complete or not parts.customers:
        return
    shares = [segment.share for segment in parts.customers.values()]
    told: set[str] = set()
    for time in sorted({time for share in shares for time, _ in share.points}):
        total = f"{100 * math.fsum(share.at(time) for share in shares):.6g}"
        if total == "100" or total in told:
            continue
        told.add(total)
        when = "" if all(share.is_constant for share in shares) else f" at {units.clock_text(time)}"
        text = f"must have shares that add up to 100 %; they add up to {total} %{when}"
        yield _plain(("customers",), text)


def _mean_services(parts: Parts) -> Iterator[Problem]:
    if parts.behaviour is None or "lanes" not in parts.complete:
        return
    names = [lane.lane for lane in parts.lanes.values()]
    for name in parts.behaviour.lane_choice.mean_service:
        if name not in names:
            place = ("behaviour", "lane_choice", "mean_service", name)
            yield _plain(place, f"no lane {name!r}{did_you_mean(name, names)}")


def _benchmark(parts: Parts) -> Iterator[Problem]:
    wanted = "wait_vs_benchmark" in parts.targets
    if wanted and parts.benchmark_wait is None and "benchmark_wait" in parts.complete:
        yield _plain(("benchmark_wait",), "is missing: the target wait_vs_benchmark needs it")


def _premium(parts: Parts) -> Iterator[Problem]:
    """Without opening hours there is no evening to be paid better for."""
    theory = parts.store is not None and parts.store.is_theory
    if theory and parts.premium is not None and not parts.premium.is_constant:
        yield _plain(("economics", "premium"), "does not go by clock with a horizon")


def _tables(parts: Parts, hours: Hours) -> Iterator[Problem]:
    """Clock tables must begin at opening and stay within opening hours."""
    tables: list[tuple[Place, ByClock[Any] | None]] = []
    for i, segment in parts.customers.items():
        tables += [(("customers", i, "share"), segment.share)]
        tables += [(("customers", i, "items"), segment.items)]
    for i, lane in parts.lanes.items():
        tables += [(("lanes", i, "roster"), lane.roster)]
        own = lane.attendants if isinstance(lane.attendants, ByClock) else None
        tables += [(("lanes", i, "attendants"), own)]
    tables += stop_checks.tables(parts)
    for place, table in tables:
        if table is None or table.is_constant:
            continue
        times = [time for time, _ in table.points]
        outside = [t for t in times if not hours.opens <= t < hours.closes]
        for time in outside:
            open_ = f"from {units.clock_text(hours.opens)} to {units.clock_text(hours.closes)}"
            text = f"must be a time when the shop is open, {open_}"
            yield Problem((*place, units.clock_text(time)), text, units.clock_text(time))
        if not outside and times[0] != hours.opens:
            opening = units.clock_text(hours.opens)
            text = f'must say what holds at opening, "{opening}"'
            if hours.theory:
                text = 'must say what holds at the start, "00:00"'
            yield _plain(place, f'{text}; it begins at "{units.clock_text(times[0])}"')


def _arrivals(parts: Parts, hours: Hours) -> Iterator[Problem]:
    arrivals = parts.arrivals
    if arrivals is None:
        return
    if hours.theory and arrivals.customers_per_day is not None:
        yield _plain(("arrivals", "customers_per_day"), "does not go with a horizon")
        return
    if arrivals.trace is not None:
        return
    points = arrivals.rate_points()
    place: Place = ("arrivals",)
    if arrivals.shape is not None:
        place = ("arrivals", "shape")
    if not isinstance(arrivals.shape, str) and len(points) > 1:
        place = (*place, "per_hour")
    if points[0][0] > hours.opens:
        opening = f'opening, "{units.clock_text(hours.opens)}"'
        begins = units.clock_text(points[0][0])
        yield _plain(place, f'must begin at or before {opening}; it begins at "{begins}"')
        return
    flow = rate(points, hours.opens, hours.length_s, arrivals.interpolate == "linear")
    if arrivals.customers_per_day is not None:
        if flow.total <= 0:
            yield _plain(place, "must have customers between opening and closing")
        return
    for time, per_hour in points:
        if not hours.theory and time >= hours.closes and per_hour > 0:
            text = "must be a time when the shop is open, or have 0 customers"
            yield Problem((*place, units.clock_text(time)), text, per_hour)
    if flow.total > MOST_CUSTOMERS:
        text = f"must give at most {MOST_CUSTOMERS:,} customers in one replication"
        yield _plain(place, f"{text}; these are {flow.total:,.0f}")


def _nobody_serves(parts: Parts, hours: Hours) -> Iterator[Problem]:
    """Customers whom no open lane serves: too many items, the wrong payment, no liking."""
    if not {"customers", "lanes", "staffing"} <= parts.complete:
        return
    lanes = list(parts.lanes.values())
    called = staff_checks.on_call(parts)
    for i, segment in parts.customers.items():
        tables: list[ByClock[Any]] = [
            segment.share,
            segment.items,
            *(lane.roster_or_all for lane in lanes),
        ]
        for time in hours.times(tables):
            if segment.share.at(time) == 0:
                continue
            open_lanes = [
                x for x in lanes if x.roster_or_all.at(time) or (x.lane == called and x.n_servers)
            ]
            reason = _why_unserved(segment, open_lanes, time) or _closed_to_scanners(
                segment, lanes, open_lanes
            )
            if reason:
                when = f"at {units.clock_text(time)} " if len(hours.times(tables)) > 1 else ""
                yield _plain(("customers", i), f"must be served by some lane; {when}{reason}")
                break


def _closed_to_scanners(
    segment: SegmentSpec, lanes: list[LaneSpec], open_lanes: list[LaneSpec]
) -> str:
    """Why those who have scanned cannot pay; '' when they can, or when nobody scans."""
    theirs = [lane for lane in lanes if lane.kind == "scan_and_go" and lane.n_servers]
    if not theirs or segment.scan_and_go == 0 or any(lane in open_lanes for lane in theirs):
        return ""
    return "some of them scan as they shop, and no scan_and_go lane is open"


def _why_unserved(segment: SegmentSpec, lanes: list[LaneSpec], time: int) -> str:
    """Why somebody of the segment finds no lane among the open ones; '' when everybody does."""
    if not lanes:
        return "no lane is open"
    if segment.scan_and_go == 1 and any(lane.kind == "scan_and_go" for lane in lanes):
        return ""
    machines = segment.self_service == 1
    willing = [lane for lane in lanes if lane.kind != "scan_and_go"]
    if not willing:
        return "only lanes for those who scan as they shop are open, and not all of them do"
    willing = [lane for lane in willing if machines or lane.kind != "self_service"]
    if not willing:
        return "only machines are open, which not all of this segment consider"
    if segment.member < 1:
        willing = [lane for lane in willing if not (lane.accepts and lane.accepts.members)]
    if not willing:
        return "only lanes for members are open, and not all of this segment are members"
    largest = segment.items.at(time).largest
    for way, share in zip(Payment, segment.pays.shares, strict=True):
        name = way.name.lower()
        takes = [x for x in willing if not x.accepts or name in (x.accepts.payment or (name,))]
        if share > 0 and not takes:
            return f"no open lane accepts {name} from everybody in this segment"
        limits = [math.inf if x.max_items is None else x.max_items for x in takes]
        if share > 0 and max(limits) < largest:
            size = (
                "no limit to their items" if math.isinf(largest) else f"up to {largest:.0f} items"
            )
            text = f"they have {size}, the open lanes take at most {max(limits):.0f}"
            return f"{text} (give the items a 'most', or a lane more)"
    return ""
