"""From people to visits: who goes where before the lanes, when he comes there, and what follows.

A person comes to his first stop at a given time and to every other one after the one before it.
People keep what they are; see `visit_draws` for their luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from simqueue.chance import Distribution, DrawsApart
from simqueue.customers.arrivals import arrival_times, day_factor, rate
from simqueue.customers.draw import people, some
from simqueue.customers.spec import RateTable, SegmentSpec, ShoppingSpec
from simqueue.customers.visit_draws import Rows, VisitDraws
from simqueue.tables import Condition, Visits, Workload

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
LANES = 0  # the stop at which people pay


@dataclass(frozen=True)
class Station:
    """A stop before the lanes."""

    name: str
    at: float = 1.0  # share of the shopping time after which people go there
    walk_s: float = 0.0  # from there to the next stop


@dataclass(frozen=True)
class Desk:
    """A stop after the lanes, to which other people come as well."""

    name: str
    items: Distribution
    after_paying: float = 0.0  # share of those who have paid
    walk_s: float = 0.0
    arrivals: RateTable | None = None
    day_to_day_cv: float = 0.0


@dataclass(frozen=True)
class Plan:
    """The stops of a shop: 0 = the lanes, then the stations in order, then the desk."""

    stations: tuple[Station, ...] = ()
    desk: Desk | None = None
    shopping: ShoppingSpec | None = None  # between the door and the lanes
    scans: bool = False  # whether there are lanes for those who scan as they shop
    fails: float = 0.0  # largest share of transactions at machines that end at a till
    fails_walk_s: float = 0.0
    initial: tuple[tuple[str, int, int], ...] = ()  # lane or station, its stop, people at opening

    @property
    def is_plain(self) -> bool:
        """Whether everybody comes once, straight to the lanes."""
        return self == Plan(scans=self.scans)

    @property
    def places(self) -> tuple[str, ...]:
        """The names of the stops."""
        desk = () if self.desk is None else (self.desk.name,)
        return ("", *(station.name for station in self.stations), *desk)


@dataclass
class _Legs:
    """Visits in the order in which they are found; those of one person in their order."""

    person: list[Integers] = field(default_factory=list)
    stop: list[Integers] = field(default_factory=list)
    after: list[Integers] = field(default_factory=list)
    delay_s: list[Floats] = field(default_factory=list)
    condition: list[Integers] = field(default_factory=list)
    n: int = 0

    def add(
        self, person: Integers, stop: int, after: Integers, delay_s: Floats, condition: Condition
    ) -> Integers:
        """The numbers of new visits, one of each of these people."""
        n = len(person)
        self.person.append(person)
        self.stop.append(np.full(n, stop))
        self.after.append(after)
        self.delay_s.append(np.asarray(delay_s, dtype=np.float64))
        self.condition.append(np.full(n, int(condition)))
        self.n += n
        return np.arange(self.n - n, self.n)

    def arrays(self) -> tuple[Integers, Integers, Integers, Floats, Integers]:
        """Person, stop, visit before, delay and condition of every visit."""
        person, stop, after = map(np.concatenate, (self.person, self.stop, self.after))
        return person, stop, after, np.concatenate(self.delay_s), np.concatenate(self.condition)


def visits(
    arrived: Workload,
    segments: Sequence[SegmentSpec],
    plan: Plan,
    *,
    opens_s: float,
    length_s: float,
) -> Workload:
    """The rows of a day: every visit of everybody who comes, R of them.

    `arrived` are the people who come by themselves, at the door if there is shopping. Rows that
    come at a given time stand first, in order of arrival; `draws` of the result are `VisitDraws`,
    whose rows say who is who.
    """
    groups = [arrived, *_others(arrived, segments, plan, opens_s, length_s)]
    sizes = [len(group) for group in groups]
    group = np.repeat(np.arange(len(groups)), sizes)
    number = np.concatenate([np.arange(n) for n in sizes])
    everybody = np.arange(len(group))
    firsts = np.concatenate([[0], np.cumsum(sizes)])
    legs = _Legs()
    main = everybody[: sizes[0]]
    _route(legs, main, arrived, segments, plan, first_stop=-1)
    if plan.desk is not None:
        mine = everybody[firsts[1] : firsts[2]]
        legs.add(mine, len(plan.places) - 1, _nobody(mine), np.zeros(len(mine)), Condition.ALWAYS)
    skip = 1 + (plan.desk is not None)
    for k, (_, stop, _n) in enumerate(plan.initial):
        mine = everybody[firsts[skip + k] : firsts[skip + k + 1]]
        _route(legs, mine, groups[skip + k], segments, plan, first_stop=stop)
    return _table(groups, group, number, legs, plan)


def _others(
    arrived: Workload,
    segments: Sequence[SegmentSpec],
    plan: Plan,
    opens_s: float,
    length_s: float,
) -> list[Workload]:
    """Groups of further people: those who come to the desk, and those there at opening."""
    found, draws = [], arrived.draws
    if plan.desk is not None:
        apart = DrawsApart(draws, f"to {plan.desk.name}")
        came_s = np.zeros(0)
        if plan.desk.arrivals is not None:
            flow = rate(plan.desk.arrivals.points(), opens_s, length_s, False)
            came_s = arrival_times(flow.scaled(day_factor(plan.desk.day_to_day_cv, apart)), apart)
        found.append(people(segments, came_s, apart, opens_s=opens_s, length_s=length_s))
    for name, _, n in plan.initial:
        apart, there = DrawsApart(draws, f"before opening {name}"), np.zeros(n)
        found.append(people(segments, there, apart, opens_s=opens_s, length_s=length_s))
    return found


def _nobody(person: Integers) -> Integers:
    return np.full(len(person), -1)


def _route(
    legs: _Legs,
    person: Integers,
    group: Workload,
    segments: Sequence[SegmentSpec],
    plan: Plan,
    first_stop: int,
) -> None:
    """Add the visits of a group of people; at `first_stop` they are already, -1 = at none."""
    n = len(person)
    shops_s = shopping_s(group, segments, plan)
    before, reached, walk_s = _nobody(person), np.zeros(n), np.zeros(n)
    if first_stop > len(plan.stations):
        legs.add(person, first_stop, before, np.zeros(n), Condition.ALWAYS)
        return
    if first_stop == LANES:
        shops_s = np.zeros(n)
    else:
        by_time = sorted(enumerate(plan.stations, 1), key=lambda entry: (entry[1].at, entry[0]))
        begun = first_stop < 0
        for stop, station in by_time:
            if stop == first_stop:
                begun, going, reached = True, np.arange(n), np.full(n, station.at)
            elif begun:
                going = np.flatnonzero(_goes(group, segments, station.name))
            else:
                continue
            delay_s = (station.at - reached[going]) * shops_s[going] + walk_s[going]
            before[going] = legs.add(person[going], stop, before[going], delay_s, Condition.ALWAYS)
            reached[going], walk_s[going] = station.at, station.walk_s
    pays = legs.add(person, LANES, before, (1 - reached) * shops_s + walk_s, Condition.ALWAYS)
    _after_the_lanes(legs, person, pays, group, plan)


def _after_the_lanes(
    legs: _Legs, person: Integers, pays: Integers, group: Workload, plan: Plan
) -> None:
    """Add the till after a machine that failed, and the desk after paying."""
    draws, n = group.draws, len(person)
    sent, tills = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    if plan.fails > 0:
        sent = np.flatnonzero(draws.uniform("fails", n) < plan.fails)
        walk_s = np.full(len(sent), plan.fails_walk_s)
        tills = legs.add(person[sent], LANES, pays[sent], walk_s, Condition.FAILED)
    if plan.desk is None or plan.desk.after_paying == 0:
        return
    returns = draws.uniform("returns", n) < plan.desk.after_paying
    stop = len(plan.places) - 1
    for who, after in ((np.arange(n), pays), (sent, tills)):
        going = returns[who]
        walk_s = np.full(int(going.sum()), plan.desk.walk_s)
        legs.add(person[who[going]], stop, after[going], walk_s, Condition.PAID)


def _goes(group: Workload, segments: Sequence[SegmentSpec], name: str) -> NDArray[np.bool_]:
    """Who of a group goes to the station; shape (n,)."""
    return some(segments, group, f"visit:{name}", lambda s: s.visits.get(name, 0.0))


def shopping_s(group: Workload, segments: Sequence[SegmentSpec], plan: Plan) -> Floats:
    """How long each person shops before he comes to the lanes; shape (n,)."""
    n, spec = len(group), plan.shopping
    if spec is None:
        return np.zeros(n)
    per_item = np.full(n, spec.per_item)
    if plan.scans:
        scans = some(segments, group, "scans", lambda s: s.scan_and_go)
        per_item = per_item + spec.own_scanning_per_item * scans
    noise = spec.noise.quantile(group.draws.uniform("shopping", n))
    shops_s: Floats = (spec.fixed + per_item * group.items) * noise
    return shops_s


def _table(
    groups: Sequence[Workload], group: Integers, number: Integers, legs: _Legs, plan: Plan
) -> Workload:
    """The visits in the order of the tables: at given times first, then person by person."""
    person, stop, after, delay_s, condition = legs.arrays()
    at_s = np.concatenate([g.arrival_s for g in groups])[person] + delay_s
    given = after < 0
    first_row = np.empty(len(group), dtype=np.int64)
    came = np.flatnonzero(given)
    came = came[np.argsort(at_s[came], kind="stable")]
    first_row[person[came]] = np.arange(len(came))
    later = np.flatnonzero(~given)
    later = later[np.argsort(first_row[person[later]], kind="stable")]
    order = np.concatenate([came, later])
    row_of = np.empty(len(order), dtype=np.int64)
    row_of[order] = np.arange(len(order))
    person, stop = person[order], stop[order]
    table = Visits(
        customer=first_row[person],
        stop=stop,
        after=np.where(after < 0, -1, row_of[after])[order],
        delay_s=np.where(given, 0.0, delay_s)[order],
        condition=condition[order],
    )
    rows = Rows(group[person], number[person], stop, condition[order] == Condition.FAILED)
    draws = VisitDraws(rows, [(g.draws, len(g)) for g in groups], plan.places)
    columns = {
        name: np.concatenate([getattr(g, name) for g in groups])[person]
        for name in Workload.columns()
    }
    columns["arrival_s"] = np.where(given, at_s, np.nan)[order]  # others come when they come
    for column, stream in (("u_choice", "choice"), ("u_choice_again", "choice_again")):
        columns[column] = draws.uniform(stream, len(order))
    if plan.desk is not None:
        at_desk = stop == len(plan.places) - 1
        brought = plan.desk.items.quantile(draws.uniform("items:returns", len(order)))
        columns["items"] = np.where(at_desk, brought, columns["items"]).astype(np.int64)
    return replace(groups[0], **columns, draws=draws, visits=table)
