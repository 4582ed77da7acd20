"""Stations, stoppages and failures keep everybody's luck: a parameter moves only what it says.

Rows are compared by whose visit they are and where to, not by their number: more visitors at one
place add rows and may change their order, but nothing about the visits that both days have.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from simqueue.customers.spec import ArrivalsSpec, SegmentSpec, ShoppingSpec
from simqueue.scenario import Scenario, loads
from simqueue.scenario.returns_desk import ReturnsDeskSpec
from simqueue.shop.spec import LaneSpec, StaffingSpec
from simqueue.shop.stations import StationSpec
from simqueue.shop.stoppages import (
    AgeChecksSpec,
    BreakdownsSpec,
    OutageSpec,
    PriceChecksSpec,
    RechecksSpec,
    SendsFailedToSpec,
)
from simqueue.study.coming import plan_of
from simqueue.study.day import prepared

EVERYTHING = """
scenario: everything around the tills
seed: 5
store: {opens: "08:00", closes: "10:00"}
arrivals: {per_hour: {"08:00": 200, "09:00": 300}, at: door,
  shopping: {fixed: 4 min, per_item: 20 s, own_scanning_per_item: 5 s,
             noise: {lognormal: {mean: 1, cv: 0.3}}}}
customers:
  - {segment: quick, share: 60 %, items: {geometric: {mean: 4}, most: 40}, age_check: 30 %,
     scan_and_go: 20 %, visits: {scale: 30 %, deli: 20 %}, pays: {cash: 40 %, card: 60 %}}
  - {segment: slow, share: 40 %, items: {half_up_to: 15, nine_in_ten_up_to: 30, most: 60},
     visits: {deli: 50 %}, pays: {cash: 50 %, card: 50 %}}
lanes:
  - {lane: staffed, kind: staffed, tills: 4, service: antczak2020_staffed,
     price_checks: {chance: 10 %, per_item: 0.5 %, takes: {about: 60 s}, staff: {pool: floor}},
     breakdowns: {time_between: {exponential: {mean: 30 min}}, repair: {about: 5 min}}}
  - {lane: express, kind: express, tills: 2, max_items: 10, price_checks: {chance: 10 %, at: 50 %}}
  - {lane: machines, kind: self_service, machines: 4, attendants: {pool: floor}, max_items: 30,
     service: {linear: {per_item: 9 s}}, help: {chance: 40 %, at: 30 %},
     age_checks: {takes: {about: 15 s}}, sends_failed_to: {lane: staffed, chance: 30 %},
     breakdowns: {time_between: {exponential: {mean: 1 h}}, repair: {about: 5 min}, when: busy}}
  - {lane: scan, kind: scan_and_go, machines: 2, rechecks: {chance: 30 %, takes: {about: 60 s}}}
stations:
  - {station: scale, servers: 2, service: {linear: {set_up: 8 s, per_item: 1 s}}, at: 40 %,
     walk: 10 s}
  - {station: deli, servers: 2, service: {about: 90 s}, patience: {about: 4 min},
     balk: {longer_than: {geometric: {mean: 5}}}, at: 60 %}
returns_desk: {servers: 1, service: {about: 3 min}, arrivals: {constant_per_hour: 60},
  after_paying: 20 %, items: {geometric: {mean: 1.5}}, walk: 30 s}
initial: {staffed: 4, deli: 3}
outages:
  - {at: "09:00", lasts: 5 min}
  - {at: "09:30", lasts: 5 min, what: cards, carry_cash: 50 %}
staffing:
  pools: {floor: {"08:00": 1, "09:00": 2}}
  on_demand: {lane: staffed, spare: {pool: floor}}
"""
PLACES = ("staffed", "express", "machines", "scan", "scale", "deli", "returns desk")
PER_ROW = ("patience_s", "needs_card", "balk_tolerance")
PER_PLACE = (
    *("may_use", "service_s", "gap_s", "before_call_s", "after_call_s", "help_s", "expected_us"),
    *("again_after_s", "again_help_s", "fails"),
)
STOPPAGES = ("at_s", "server", "lasts_s", "when_busy", "sends_on", "explained")
SPLIT = ("before_call_s", "after_call_s", "help_s")
AGAIN = ("again_after_s", "again_help_s")


def of(place: str, *names: str) -> set[str]:
    """Columns of one place."""
    return {f"{place}.{name}" for name in names}


NOTHING: set[str] = set()
CALLS = of("machines", *SPLIT, *AGAIN)
PRICE = of("staffed", *SPLIT, "expected_us")
RECHECK = of("scan", *SPLIT, *AGAIN, "expected_us")
AGED = CALLS | {"machines.expected_us"} | RECHECK  # ages are checked at both kinds of machines
STANDS = {f"stoppages.{name}" for name in STOPPAGES}  # of all servers, in order of time
WHO_SCANS = {f"{lane}.may_use" for lane in PLACES[:4]} | {"delay_s", "arrival_s"}

# (path, new value, what may move and does, of the visits that both days have)
CHANGES: list[tuple[str, Any, set[str]]] = [
    ("customers.quick.visits.deli", "60 %", {"after", "delay_s", "arrival_s"}),
    ("customers.slow.visits.deli", "0 %", {"after", "delay_s", "arrival_s"}),
    ("customers.quick.age_check", "5 %", AGED),
    ("customers.quick.scan_and_go", "60 %", WHO_SCANS),
    ("arrivals.at", "checkouts", {"arrival_s", "delay_s"}),
    ("arrivals.shopping.fixed", "9 min", {"arrival_s", "delay_s"}),
    ("arrivals.shopping.per_item", "30 s", {"arrival_s", "delay_s"}),
    ("arrivals.shopping.own_scanning_per_item", "30 s", {"arrival_s", "delay_s"}),
    ("arrivals.shopping.noise", {"fixed": 1}, {"arrival_s", "delay_s"}),
    ("arrivals.per_hour", {"08:00": 100, "09:00": 300}, {"arrival_s"}),
    ("lanes.staffed.price_checks", "off", PRICE | {"lane_pool"}),
    ("lanes.staffed.price_checks.chance", "30 %", PRICE),
    ("lanes.staffed.price_checks.per_item", "3 %", PRICE),
    ("lanes.staffed.price_checks.takes", {"about": "90 s"}, of("staffed", "help_s", "expected_us")),
    ("lanes.staffed.price_checks.at", "10 %", of("staffed", *SPLIT[:2])),
    ("lanes.staffed.price_checks.staff", None, {"lane_pool"}),
    ("lanes.staffed.breakdowns", "off", STANDS),
    ("lanes.staffed.breakdowns.time_between", {"exponential": {"mean": "60 min"}},
     STANDS),
    ("lanes.staffed.breakdowns.repair", {"about": "9 min"}, STANDS),
    ("lanes.staffed.breakdowns.when", "busy", STANDS),
    ("lanes.staffed.breakdowns.customer", "sent_on", {"stoppages.sends_on"}),
    ("lanes.staffed.breakdowns.explained", "yes", {"stoppages.explained"}),
    ("lanes.staffed.room", 6, NOTHING),
    ("lanes.machines.age_checks.takes", {"about": "40 s"},
     of("machines", "help_s", "again_help_s", "expected_us")),
    ("lanes.machines.age_checks.at", "90 %", CALLS),
    ("lanes.machines.help.chance", "10 %", CALLS | {"machines.expected_us"}),
    ("lanes.machines.sends_failed_to.chance", "60 %", {"machines.fails"}),
    ("lanes.machines.sends_failed_to.walk", "90 s", {"delay_s"}),
    ("lanes.machines.sends_failed_to", {"lane": "express", "chance": "30 %"},
     {"staffed.may_use", "express.may_use"}),
    ("lanes.machines.attendants", 1, {"lane_pool", "attendants"}),
    ("lanes.scan.rechecks.chance", "60 %", RECHECK),
    ("lanes.scan.rechecks.takes", {"about": "90 s"},
     of("scan", "help_s", "expected_us")),  # it comes first: an age check is the second
    ("lanes.scan.rechecks.at", "50 %", of("scan", *SPLIT, *AGAIN)),
    ("stations.scale.servers", 3, {"servers", "roster"}),
    ("stations.scale.line", "own", {"lines"}),
    ("stations.deli.self_service", "yes", NOTHING),
    ("stations.scale.roster", 1, {"roster"}),
    ("stations.scale.service", {"about": "40 s"}, of("scale", "service_s", "expected_us")),
    ("stations.scale.staff", {"pool": "floor"},
     of("scale", "service_s", "before_call_s", "help_s") | {"lane_pool"}),
    ("stations.scale.capacity", 4, {"lines"}),
    ("stations.scale.patience", {"about": "1 min"}, {"patience_s"}),
    ("stations.deli.patience", {"about": "1 min"}, {"patience_s"}),
    ("stations.deli.balk", {"longer_than": 3}, {"balk_tolerance"}),
    ("stations.scale.at", "10 %", {"arrival_s", "delay_s"}),
    ("stations.scale.at", "90 %", {"arrival_s", "delay_s", "after"}),
    ("stations.scale.walk", "60 s", {"delay_s"}),
    ("returns_desk.servers", 2, {"servers", "roster"}),
    ("returns_desk.line", "own", {"lines", "servers", "roster"}),
    ("returns_desk.roster", {"08:00": 0, "09:00": 1}, {"roster"}),
    ("returns_desk.service", {"about": "9 min"}, of("returns desk", "service_s", "expected_us")),
    ("returns_desk.staff", {"pool": "floor"},
     of("returns desk", "service_s", "before_call_s", "help_s") | {"lane_pool"}),
    ("returns_desk.capacity", 4, {"lines"}),
    ("returns_desk.patience", {"about": "1 min"}, {"patience_s"}),
    ("returns_desk.balk", {"longer_than": 3}, {"balk_tolerance"}),
    ("returns_desk.arrivals", {"constant_per_hour": 90}, {"arrival_s"}),
    ("returns_desk.after_paying", "40 %", NOTHING),
    ("returns_desk.items", {"fixed": 2}, {"items"}),
    ("returns_desk.walk", "90 s", {"delay_s"}),
    ("returns_desk.self_service", "yes", NOTHING),
    ("initial", {"staffed": 9}, NOTHING),
    ("outages[0].at", "08:30",
     {f"stoppages.{name}" for name in ("at_s", "server", "lasts_s", "when_busy")}),
    ("outages[0].lasts", "9 min", {"stoppages.lasts_s"}),
    ("outages[0].explained", "yes", {"stoppages.explained"}),
    ("outages[1].at", "09:40", {"no_cards"}),
    ("outages[1].carry_cash", "90 %", {"needs_card"}),
    ("outages[1].without_card", "leaves", {"no_cards"}),
    ("outages[1].what", "all", {"no_cards", "needs_card", *STANDS}),
    ("staffing.pools.floor", 3, {"attendants"}),
    ("staffing.on_demand", "off", {"demand"}),
]  # fmt: skip
ALSO: dict[str, dict[str, Any]] = {
    "arrivals.at": {"arrivals.shopping": None, "stations.scale.at": 1, "stations.deli.at": 1},
    "outages[1].what": {"outages[1].carry_cash": None, "outages[1].without_card": None},
    "returns_desk.line": {"returns_desk.servers": 2},
}


@cache
def everything() -> Scenario:
    """The scenario with everything around the tills switched on."""
    return loads(EVERYTHING)


def columns(scenario: Scenario) -> tuple[dict[str, int], dict[str, Any], dict[str, Any]]:
    """Row of every visit by what it is; columns (R,) of visits; what is not about visits."""
    workload, system = prepared(scenario, 0)
    plan, visits, rows = plan_of(scenario), workload.visits, workload.draws.rows
    assert visits is not None
    groups = ["", *([] if plan.desk is None else ["desk"]), *(name for name, _, _ in plan.initial)]
    sent = np.where(visits.after < 0, False, rows.again[visits.after])
    keys = [
        f"{groups[g]}/{n}/{plan.places[p]}/{'after failing/' if s else ''}{a}"
        for g, n, p, a, s in zip(rows.group, rows.number, rows.place, rows.again, sent, strict=True)
    ]
    assert len(set(keys)) == len(keys)
    by_row: dict[str, Any] = dict(workload.arrays())
    by_row |= {"delay_s": visits.delay_s, "condition": visits.condition}
    by_row["after"] = np.array(["" if a < 0 else keys[a] for a in visits.after])
    by_row |= {name: getattr(system, name) for name in PER_ROW if getattr(system, name).size}
    for name in PER_PLACE:
        table = getattr(system, name)
        by_row |= {f"{place}.{name}": table[j] for j, place in enumerate(PLACES) if table.size}
    shop: dict[str, Any] = {f"stoppages.{k}": getattr(system.stoppages, k) for k in STOPPAGES}
    no_cards = system.no_cards
    shop["no_cards"] = (no_cards.at_s.tolist(), no_cards.lasts_s.tolist(), no_cards.leaves)
    shop["lane_pool"] = system.lane_pool.tolist()
    shop["servers"] = np.bincount(system.line_lane[system.server_line]).tolist()
    shop["lines"] = list(zip(system.line_lane, system.line_capacity.tolist(), strict=True))
    tables = (("roster", ("s", "lane", "open")), ("attendants", ("s", "pool", "on")))
    for what, names in tables:
        shop[what] = [getattr(system, f"{what}_{name}").tolist() for name in names]
    shop["demand"] = system.demand
    return {key: row for row, key in enumerate(keys)}, by_row, shop


def moved(before: Any, after: Any) -> tuple[set[str], int]:
    """Columns that differ for visits that both have, or for the shop; and how many visits."""
    common = sorted(set(before[0]) & set(after[0]))
    mine, theirs = (np.array([one[0][key] for key in common]) for one in (before, after))
    names = set(before[1]) | set(after[1])
    found = {
        name
        for name in names
        if name not in before[1]
        or name not in after[1]
        or not same(before[1][name][mine], after[1][name][theirs])
    }
    found |= {name for name in before[2] if not same(before[2][name], after[2][name])}
    return found, len(common)


def same(one: Any, other: Any) -> bool:
    """Whether two columns, or two facts, are equal bit for bit."""
    if not isinstance(one, np.ndarray):
        return bool(one == other)
    if one.dtype.kind == "U":
        return one.tolist() == other.tolist()
    return one.shape == other.shape and one.tobytes() == other.tobytes()


@pytest.mark.parametrize(("path", "value", "expected"), CHANGES)
def test_a_parameter_moves_what_it_says(path, value, expected):
    """With one parameter changed the visits that both days have differ by just that."""
    changed = everything().replaced({path: value} | ALSO.get(path, {}))
    found, n_common = moved(columns(everything()), columns(changed))
    assert n_common > 300
    assert found == expected


def test_there_are_visits_of_every_sort_to_compare():
    """Hundreds of visits to the lanes and dozens to each other place, second ones among them."""
    keys, by_row, _ = columns(everything())
    for place, at_least in (("", 400), ("scale", 50), ("deli", 100), ("returns desk", 100)):
        assert sum(key.split("/")[2] == place for key in keys) > at_least
    assert sum(key.endswith("True") for key in keys) > 50
    for lane in PLACES[:4]:
        assert by_row[f"{lane}.may_use"].sum() > 40
    assert np.isfinite(by_row["machines.again_after_s"]).sum() > 10


SPECS = {
    SegmentSpec: ("customers.*", {"visits", "age_check", "scan_and_go"}),
    ArrivalsSpec: ("arrivals", {"at", "shopping"}),
    ShoppingSpec: ("arrivals.shopping", None),
    LaneSpec: (
        "lanes.*",
        {"breakdowns", "price_checks", "sends_failed_to", "age_checks", "rechecks", "room"},
    ),
    PriceChecksSpec: ("lanes.*.price_checks", None),
    BreakdownsSpec: ("lanes.*.breakdowns", None),
    AgeChecksSpec: ("lanes.*.age_checks", None),
    RechecksSpec: ("lanes.*.rechecks", None),
    SendsFailedToSpec: ("lanes.*.sends_failed_to", None),
    StationSpec: ("stations.*", None),
    ReturnsDeskSpec: ("returns_desk", None),
    OutageSpec: ("outages[*]", None),
    StaffingSpec: ("staffing", {"pools", "on_demand"}),
}
NOT_CHANGED = {
    "StationSpec": {"station"},  # see test_luck_goes_by_the_name_of_a_station
    "OutageSpec": {"until"},  # the same as lasts
    "SendsFailedToSpec": {"lane"},  # changed as a block
}


@pytest.mark.parametrize("spec", SPECS)
def test_no_parameter_is_forgotten(spec):
    """Every field of the blocks around the tills is changed above, or it is said why not."""
    block, wanted = SPECS[spec]
    parts = block.replace("[*]", ".*").split(".")
    paths = [path.replace("[", ".").replace("]", "").split(".") for path, _, _ in CHANGES]
    changed = {
        path[len(parts)]
        for path in paths
        if len(path) > len(parts) and all(b in ("*", p) for b, p in zip(parts, path, strict=False))
    }
    known = set(spec.model_fields) if wanted is None else wanted
    assert known - changed - NOT_CHANGED.get(spec.__name__, set()) == set()


def test_luck_goes_by_the_name_of_a_station():
    """A station put before another leaves all visits to the other one as they were."""
    data = loads(EVERYTHING).model_dump()
    data["stations"] = ({"station": "bakery", "servers": 1, "service": {"about": "20 s"},
                         "at": "10 %"}, *data["stations"])  # fmt: skip
    data["customers"][0]["visits"] = {"bakery": "50 %", **data["customers"][0]["visits"]}
    before = columns(everything())
    scenario = Scenario.model_validate(data)
    workload, system = prepared(scenario, 0)
    plan, rows = plan_of(scenario), workload.draws.rows
    deli = plan.places.index("deli")
    there = np.flatnonzero((rows.place == deli) & (rows.group == 0))
    mine = dict(zip(rows.number[there].tolist(), there.tolist(), strict=True))
    assert len(mine) > 100
    j = system.lanes.index("deli")
    for number, row in mine.items():
        old = before[0][f"/{number}/deli/False"]
        assert system.service_s[j, row] == before[1]["deli.service_s"][old]
        assert system.patience_s[row] == before[1]["patience_s"][old]


def test_a_person_keeps_his_traits_at_every_stop():
    """Segment, basket, payment and value of time are the same in all rows of a person."""
    workload, _ = prepared(everything(), 0)
    visits = workload.visits
    desk = visits.stop == 3
    for name in ("segment", "payment", "alone", "value_of_time", "self_control", "place"):
        values = getattr(workload, name)
        assert np.array_equal(values, values[visits.customer]), name
    person = workload.draws.uniform("acceptable_wait", len(workload))
    assert np.array_equal(person, person[visits.customer])
    assert np.array_equal(workload.items[~desk], workload.items[visits.customer][~desk])


def test_an_occasion_is_drawn_anew_at_every_stop():
    """How a wait felt, which line he takes and how patient he is are independent between stops."""
    workload, _ = prepared(everything(), 0)
    visits, n = workload.visits, len(workload)
    for name in ("felt_occasion", "choice", "patience", "judgement"):
        u = workload.draws.uniform(name, n)
        others = visits.customer != np.arange(n)
        assert not np.any(u[others] == u[visits.customer][others]), name
        assert abs(np.corrcoef(u[others], u[visits.customer][others])[0, 1]) < 0.15, name
