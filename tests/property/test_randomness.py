"""Changing a parameter moves what it says and nothing else: everybody keeps his own luck.

Every parameter of a scenario is changed in turn. What the customers bring and what each lane is for
them is compared column by column, bit for bit, for the customers that both days have. The raw
columns themselves must never move.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from simqueue.chance import COLUMNS, Draws
from simqueue.customers import draw, members
from simqueue.customers.spec import ArrivalsSpec, SegmentSpec
from simqueue.scenario import Scenario, loads
from simqueue.shop import compile_shop
from simqueue.shop.spec import (
    BehaviourSpec,
    HelpSpec,
    LaneChoiceSpec,
    LaneSpec,
    RenegeSpec,
    StaffingSpec,
    StoreSpec,
)
from simqueue.study.day import patience_s

EVERYTHING = """
scenario: everything
seed: 7
store: {opens: "08:00", closes: "10:00"}
arrivals: {per_hour: {"08:00": 200, "09:00": 300}, day_to_day_cv: 0.2}
customers:
  - {segment: quick, share: 60 %, items: {geometric: {mean: 4}, most: 40}, alone: 70 %,
     self_service: 60 %, pays: {cash: 20 %, card: 30 %, contactless: 40 %, phone: 10 %},
     patience: {about: 10 min}, acceptable_wait: 4 min, expected_wait: 3 min,
     likes_self_service: 2, value_of_time: 1.1, self_control: 0.9}
  - {segment: slow, share: 40 %, items: {half_up_to: 15, nine_in_ten_up_to: 30, most: 60},
     pays: {cash: 50 %, card: 50 %}}
lanes:
  - {lane: staffed, kind: staffed, tills: 4, roster: {"08:00": 2, "09:00": 4},
     service: antczak2020_staffed, cashiers_differ: 0.1, capacity: 12}
  - {lane: one, kind: staffed, tills: 2, line: shared, service: antczak2020_staffed,
     slower_when_shared: 1.1, cashiers_differ: 0.2, position_m: 20,
     accepts: {payment: [card, contactless, phone]}}
  - {lane: express, kind: express, tills: 2, max_items: 10, ignores_limit: 25 %,
     ignores_limit_by: 2, service: {linear: {set_up: 15 s, per_item: 3 s,
     noise: {lognormal: {mean: 1, cv: 0.3}}, payment: {cash: 18 s, card: 13 s}}}}
  - {lane: machines, kind: self_service, machines: 4, attendants: {"08:00": 1, "09:00": 2},
     max_items: 30, service: antczak2020_self_service,
     help: {chance: 20 %, per_item: 1 %, takes: {about: 20 s}, at: 50 %, included: yes}}
behaviour:
  lane_choice: {rule: expected_wait_mean, perception_error: 0.2, mean_service: {express: 40 s}}
  renege: {patience: {half_up_to: 8 min, nine_in_ten_up_to: 15 min}}
"""

# What belongs to each customer in each lane, when his basket or way of paying is another one.
BY_ITEMS = frozenset(
    {f"{lane}.{name}" for lane in ("staffed", "one", "express", "machines")
     for name in ("service_s", "expected_us")}
    | {f"{lane}.may_use" for lane in ("express", "machines")}
    | {f"machines.{name}" for name in ("before_call_s", "after_call_s", "help_s")}
)  # fmt: skip
BY_PAYMENT = frozenset({"payment", "one.may_use", "express.service_s", "express.expected_us"})
BY_HELP = frozenset({"machines.before_call_s", "machines.after_call_s", "machines.help_s"})
OF_PERSON = frozenset({"value_of_time", "self_control", "patience_s"})
BY_SEGMENT = BY_ITEMS | BY_PAYMENT | OF_PERSON | {"segment", "items", "alone", "considers_machines"}
MEDIANS = {f"{lane}.expected_us" for lane in ("staffed", "one", "express", "machines")}
NOTHING: frozenset[str] = frozenset()

# Columns of System that are not about single lanes.
OF_THE_SHOP = (
    *("closes_s", "perception", "patience_s", "balk_rule", "balk_tolerance", "jockey", "willing"),
    *("finish_current", "demand", "shift_start_s", "shift_end_s"),
    *("break_s", "break_server", "break_lasts_s"),
)

# (path, new value, what may move and does)
CHANGES: list[tuple[str, Any, frozenset[str] | set[str]]] = [
    ("store.opens", "08:10", {"arrival_s", "staffed.roster", "machines.attendants", "closes_s"}),
    ("store.closes", "11:00", {"closes_s"}),
    ("arrivals.per_hour", {"08:00": 250, "09:00": 100}, {"arrival_s"}),
    ("arrivals.interpolate", "linear", {"arrival_s"}),
    ("arrivals.day_to_day_cv", 0.5, {"arrival_s"}),
    ("customers.quick.items", {"geometric": {"mean": 6}, "most": 40}, BY_ITEMS | {"items"}),
    ("customers.slow.items", {"fixed": 33}, BY_ITEMS | {"items"}),
    ("customers.slow.alone", "10 %", {"alone"}),
    ("customers.quick.self_service", "20 %", {"considers_machines", "machines.may_use"}),
    ("customers.quick.pays", {"phone": 1}, BY_PAYMENT),
    ("customers.quick.value_of_time", 2, {"value_of_time"}),
    ("customers.quick.self_control", 2, {"self_control", "patience_s"}),
    ("customers.quick.patience", {"about": "20 min"}, {"patience_s"}),
    ("customers.slow.patience", {"about": "20 min"}, {"patience_s"}),
    ("customers.quick.acceptable_wait", "9 min", NOTHING),  # renege goes by its own patience
    ("customers.quick.expected_wait", "9 min", NOTHING),
    ("customers.quick.likes_self_service", 9, NOTHING),
    ("lanes.staffed.tills", 6, {"one.pace"}),  # the cashiers of a kind are numbered through
    ("lanes.staffed.roster", {"08:00": 3, "09:00": 1}, {"staffed.roster"}),
    ("lanes.staffed.service", "us_with_bagging_staffed",
     {"staffed.service_s", "staffed.gap_s", "staffed.expected_us"}),
    ("lanes.staffed.service", {"exponential": {"mean": "50 s"}},
     {"staffed.service_s", "staffed.gap_s", "staffed.expected_us"}),
    ("lanes.staffed.cashiers_differ", 0.3, {"staffed.pace"}),
    ("lanes.staffed.cashiers_differ", 0, {"staffed.pace"}),
    ("lanes.staffed.capacity", 5, {"staffed.capacity"}),
    ("lanes.staffed.line", "shared", {"staffed.service_s", "staffed.expected_us", "staffed.place"}),
    ("lanes.staffed.position_m", 100, {"staffed.place", "express.place", "machines.place"}),
    ("lanes.staffed.max_items", 20, {"staffed.may_use", "one.may_use"}),
    ("lanes.one.tills", 5, {"one.roster", "one.place", "express.place", "machines.place"}),
    ("lanes.one.tills", 0, {"one.roster", "one.may_use", "one.pace", "one.capacity", "one.place",
                            "express.place", "machines.place"}),
    ("lanes.one.slower_when_shared", 1.3, {"one.service_s", "one.expected_us"}),
    ("lanes.one.slower_when_shared", "off", {"one.service_s", "one.expected_us"}),
    ("lanes.one.accepts", {"payment": ["cash"]}, {"one.may_use"}),
    ("lanes.one.kind", "express", {"one.kind", "one.may_use", "one.pace"}),
    ("lanes.express.tills", 4, {"express.roster", "machines.place"}),
    ("lanes.express.max_items", 5, {"express.may_use"}),
    ("lanes.express.ignores_limit", "70 %", {"express.may_use"}),
    ("lanes.express.ignores_limit_by", 6, {"express.may_use"}),
    ("lanes.express.service.linear.set_up", "25 s", {"express.service_s", "express.expected_us"}),
    ("lanes.express.service.linear.noise", {"lognormal": {"mean": 1, "cv": 0.6}},
     {"express.service_s"}),
    ("lanes.express.service.linear.payment.cash", "30 s",
     {"express.service_s", "express.expected_us"}),
    ("lanes.machines.machines", 8, {"machines.roster", "machines.place"}),
    ("lanes.machines.attendants", 3, {"machines.attendants"}),
    ("lanes.machines.max_items", 8, {"machines.may_use"}),
    ("lanes.machines.help", "off", BY_HELP | {"machines.service_s"}),
    ("lanes.machines.help.chance", "60 %", BY_HELP | {"machines.service_s"}),
    ("lanes.machines.help.per_item", "5 %", BY_HELP | {"machines.service_s"}),
    ("lanes.machines.help.takes", {"about": "40 s"}, BY_HELP | {"machines.service_s"}),
    ("lanes.machines.help.at", "20 %", BY_HELP - {"machines.help_s"}),
    ("lanes.machines.help.at", None, BY_HELP - {"machines.help_s"}),
    ("lanes.machines.help.included", "no",
     (BY_HELP - {"machines.help_s"}) | {"machines.service_s", "machines.expected_us"}),
    ("behaviour.lane_choice.rule", "nearest", {"choice"}),
    ("behaviour.lane_choice.ties", "first", {"choice"}),
    ("behaviour.lane_choice.prefer", "staffed", {"choice"}),
    ("behaviour.lane_choice.count_in_service", "no", {"choice"}),
    ("behaviour.lane_choice.per_server", "no", {"choice"}),
    ("behaviour.lane_choice.perception_error", 0.5, {"perception"}),
    ("behaviour.lane_choice.perception_error", 0, {"perception"}),
    ("behaviour.lane_choice.mean_service", {"express": "90 s"}, {"express.mean_us"}),
    ("behaviour.lane_choice.judged_by", "median", MEDIANS),
    ("behaviour.balk", {"longer_than": 8}, {"balk_rule", "balk_tolerance"}),
    ("behaviour.balk", {"expected_wait_over": {"about": "6 min"}}, {"balk_rule", "balk_tolerance"}),
    ("behaviour.jockey", {"willing": "50 %"}, {"jockey", "willing"}),
    ("customers.quick.member", "50 %", {"member"}),
    ("lanes.express.accepts", {"members": "yes"}, {"express.may_use"}),
    ("lanes.staffed.trainees", {"share": "50 %", "pace": 1.3}, {"staffed.pace"}),
    ("lanes.staffed.breaks", [{"till": 1, "at": "08:30", "lasts": "15 min"}],
     {"break_s", "break_server", "break_lasts_s"}),
    ("staffing.on_close", "finish_current", {"finish_current"}),
    ("staffing.on_demand", {"lane": "staffed", "spare": 2},
     {"demand", "shift_start_s", "shift_end_s"}),
    ("staffing.on_duty", {"08:00": 1, "09:00": 2}, {"shift_start_s", "shift_end_s"}),
    ("staffing.shift", "4 h", {"shift_start_s", "shift_end_s"}),
    ("behaviour.renege", "off", {"patience_s"}),
    ("behaviour.renege.patience", {"about": "5 min"}, {"patience_s"}),
    ("behaviour.renege.patience", "felt", {"patience_s"}),
    ("behaviour.renege.scale", "felt", {"patience_s"}),
    ("experience.model", "linear", NOTHING),
    ("experience.occupied", "yes", NOTHING),
    ("experience.stoppages_explained", "yes", NOTHING),
    ("experience.wait_display", {"rounds_to": "1 min", "error_cv": 0.2}, NOTHING),
    ("experience.expected_wait", "9 min", NOTHING),
    ("experience.asked", "next_day", NOTHING),
    ("economics.cashier_per_hour", 20, NOTHING),
    ("targets", {"wait_p95": "6 min"}, NOTHING),
    ("replications", 3, NOTHING),
    ("scenario", "another name", NOTHING),
    ("lanes.staffed.lane", "tills", NOTHING),
    ("customers.quick.segment", "hurried", NOTHING),
    ("staffing.on_close", "finish_line", NOTHING),
]  # fmt: skip

# What has to change with it, so that the scenario makes sense.
ALSO: dict[str, dict[str, Any]] = {
    "store.opens": {
        "lanes.staffed.roster": {"08:10": 2, "09:00": 4},
        "lanes.machines.attendants": {"08:10": 1, "09:00": 2},
    },
    "lanes.staffed.max_items": {"lanes.one.accepts": None},
    "lanes.one.kind": {"lanes.one.max_items": 10},
    "staffing.on_duty": {"staffing.shift": "1 h"},
    "staffing.shift": {"staffing.on_duty": {"08:00": 1, "09:00": 2}},
}

# Fields that nothing above can change, and why.
NOT_CHANGED = {
    "StoreSpec": {"horizon", "warm_up"},  # see test_a_longer_horizon
    "ArrivalsSpec": {
        *("constant_per_hour", "csv", "customers_per_day", "shape"),  # see below
        *("at", "shopping"),  # see test_randomness_stops
        "trace",  # draws no times: see test_traces
    },
    "SegmentSpec": {
        "share",  # see below: shares must add up
        *("visits", "age_check", "scan_and_go"),  # see test_randomness_stops
    },
    "LaneSpec": {
        *("breakdowns", "price_checks", "sends_failed_to", "age_checks", "rechecks", "room"),
    },  # see test_randomness_stops
    "HelpSpec": set(),
    "LaneChoiceSpec": set(),
    "RenegeSpec": set(),
    "BehaviourSpec": set(),
    "StaffingSpec": {"pools"},  # see test_randomness_stops
}


@cache
def everything() -> Scenario:
    """The scenario with every mechanism switched on."""
    return loads(EVERYTHING)


def columns(scenario: Scenario, replication: int = 0) -> dict[str, Any]:
    """Everything that is drawn for a day: of customers (last axis), of each lane, of the choice."""
    clock = {"opens_s": scenario.opens_s, "length_s": scenario.length_s}
    workload = draw(
        scenario.arrivals, scenario.customers, seed=scenario.seed, replication=replication, **clock
    )
    patience = patience_s(scenario, workload)
    system = compile_shop(
        scenario.lanes,
        scenario.behaviour,
        scenario.staffing,
        workload,
        patience_s=patience,
        members=members(scenario.customers, workload),
        **clock,
    )
    found: dict[str, Any] = dict(workload.arrays())
    found |= {name: getattr(system, name) for name in OF_THE_SHOP}
    found |= {"choice": vars(system.choice), "n": len(workload), "draws": workload.draws}
    found["member"] = members(scenario.customers, workload)
    per_lane = ("may_use", "service_s", "gap_s", "before_call_s", "after_call_s", "help_s")
    for j, lane in enumerate(everything().lanes):  # by their place: a lane may get another name
        servers = np.isin(system.server_line, system.lines_of(j))
        found |= {f"{lane.lane}.{k}": getattr(system, k)[j] for k in (*per_lane, "expected_us")}
        found |= {
            f"{lane.lane}.kind": system.kind[j],
            f"{lane.lane}.mean_us": system.mean_us[j],
            f"{lane.lane}.pace": system.server_pace[servers],
            f"{lane.lane}.capacity": system.line_capacity[system.lines_of(j)],
            f"{lane.lane}.place": system.line_position_m[system.lines_of(j)],
            f"{lane.lane}.roster": timeline(system, j, ("roster", "lane", "open")),
            f"{lane.lane}.attendants": timeline(system, j, ("attendants", "pool", "on")),
        }
    return found


def timeline(system: Any, j: int, names: tuple[str, str, str]) -> list[tuple[float, int]]:
    """What a roster says about one lane."""
    what, where, last = names
    mine = getattr(system, f"{what}_{where}") == j
    times, numbers = (getattr(system, f"{what}_{k}")[mine].tolist() for k in ("s", last))
    return list(zip(times, numbers, strict=True))


def moved(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """The columns that differ for the customers, tills and lines that both have."""
    return {
        name
        for name, mine in one.items()
        if name not in ("n", "draws") and not equal(mine, other[name])
    }


def equal(mine: Any, theirs: Any) -> bool:
    """Whether two values are the same, arrays bit for bit where both have rows."""
    if not isinstance(mine, np.ndarray):
        return bool(mine == theirs)
    if mine.ndim != 1:
        if (mine.size == 0) != (theirs.size == 0):
            return False
        lines, n = (min(a, b) for a, b in zip(mine.shape, theirs.shape, strict=True))
        return mine[:lines, :n].tobytes() == theirs[:lines, :n].tobytes()
    if (len(mine) == 0) != (len(theirs) == 0):
        return False  # switched on or off
    n = min(len(mine), len(theirs))
    return mine[:n].tobytes() == theirs[:n].tobytes()


def means(names: set[str]) -> set[str]:
    """The mean services: averages over the day's customers, so they move with any of them."""
    return {name for name in names if name.endswith(".mean_us")}


def raw_columns_stand(found: dict[str, Any], seed: int) -> bool:
    """Whether the raw columns that the day was made of are those of its seed."""
    fresh, draws = Draws(seed, 0), found["draws"]
    names = [*COLUMNS, *(f"perception:{line}" for line in range(4))]
    names += ["cashier_pace:staffed", "trainee:staffed"]
    return all(draws.uniform(k, 700).tobytes() == fresh.uniform(k, 700).tobytes() for k in names)


@pytest.mark.parametrize(("path", "value", "expected"), CHANGES)
def test_a_parameter_moves_what_it_says(path, value, expected):
    """With one parameter changed just the columns that it is about move, and no raw column."""
    before, after = (
        columns(everything()),
        columns(everything().replaced({path: value} | ALSO.get(path, {}))),
    )
    found = moved(before, after)
    if not path.endswith("mean_service"):
        found -= means(found)
    assert found == expected
    assert raw_columns_stand(after, 7)


def test_the_scenario_has_customers_to_compare():
    """The comparisons above are about hundreds of customers, of all kinds."""
    found = columns(everything())
    assert found["n"] > 300
    for lane in ("one", "express", "machines"):
        assert 50 < found[f"{lane}.may_use"].sum() < found["n"]
    assert 30 < np.isfinite(found["machines.before_call_s"]).sum() < found["n"]


SPECS = (
    (StoreSpec, "store"), (ArrivalsSpec, "arrivals"), (SegmentSpec, "customers.*"),
    (LaneSpec, "lanes.*"), (HelpSpec, "lanes.*.help"), (BehaviourSpec, "behaviour"),
    (LaneChoiceSpec, "behaviour.lane_choice"), (RenegeSpec, "behaviour.renege"),
    (StaffingSpec, "staffing"),
)  # fmt: skip


@pytest.mark.parametrize(("spec", "block"), SPECS)
def test_no_parameter_is_forgotten(spec, block):
    """Every field of the customers, lanes and behaviour is changed above, or it is said why not."""
    depth = block.count(".") + 1
    changed = {
        parts[depth]
        for parts in (path.split(".") for path, _, _ in CHANGES)
        if len(parts) > depth
        and all(b in ("*", p) for b, p in zip(block.split("."), parts, strict=False))
    }
    assert set(spec.model_fields) - changed - NOT_CHANGED[spec.__name__] == set()


def test_shares_move_customers_between_segments_and_nobody_else():
    """With other shares some change segment; everybody else keeps everything he has."""
    shifted = everything().replaced(
        {"customers.quick.share": "50 %", "customers.slow.share": "50 %"}
    )
    before, after = columns(everything()), columns(shifted)
    found = moved(before, after)
    assert found - means(found) == BY_SEGMENT
    assert raw_columns_stand(after, 7)
    stay = before["segment"] == after["segment"]
    assert 0.8 < stay.mean() < 0.98
    for name, mine in before.items():
        if isinstance(mine, np.ndarray) and mine.shape[-1:] == stay.shape:
            assert mine[..., stay].tobytes() == after[name][..., stay].tobytes(), name


@pytest.mark.parametrize(
    "arrivals",
    [{"constant_per_hour": 240}, {"customers_per_day": 480, "shape": "saturday"},
     {"customers_per_day": 300, "shape": {"per_hour": {"08:00": 1, "09:30": 4}}},
     {"per_hour": {"08:00": 600}, "interpolate": "linear"}],
)  # fmt: skip
def test_another_way_of_coming_changes_only_when(arrivals):
    """Whatever says when customers come: the k-th one is the same person with the same basket."""
    before, after = columns(everything()), columns(everything().replaced({"arrivals": arrivals}))
    found = moved(before, after)
    assert found - means(found) == {"arrival_s"}
    assert raw_columns_stand(after, 7)


@pytest.mark.parametrize("at", [0, 2, 4])
def test_a_lane_more_changes_no_other_lane(at):
    """A lane added anywhere leaves what every customer would meet in every other lane."""
    extra = LaneSpec.model_validate(
        {"lane": "new", "kind": "self_service", "machines": 2, "help": {"chance": 0.5}}
    )
    lanes = list(everything().lanes)
    lanes.insert(at, extra)
    scenario = everything()
    workload = draw(scenario.arrivals, scenario.customers, opens_s=scenario.opens_s,
                    length_s=scenario.length_s, seed=7, replication=0)  # fmt: skip
    patience = patience_s(scenario, workload)
    clock = {"patience_s": patience, "opens_s": scenario.opens_s, "length_s": scenario.length_s}
    behave = (scenario.behaviour, scenario.staffing, workload)
    before = compile_shop(scenario.lanes, *behave, **clock)
    after = compile_shop(lanes, *behave, **clock)
    old = [j for j in range(5) if j != at]
    for name in (
        "may_use",
        "service_s",
        "gap_s",
        "before_call_s",
        "after_call_s",
        "help_s",
        "mean_us",
    ):
        assert getattr(after, name)[old].tobytes() == getattr(before, name).tobytes(), name
    kept = np.isin(after.line_lane[after.server_line], old)
    assert after.server_pace[kept].tobytes() == before.server_pace.tobytes()


def test_a_longer_horizon_adds_customers_and_changes_none():
    """In a steady-state run of twice the length the first half is the same."""
    theory = loads(
        "{scenario: t, seed: 3, store: {horizon: 10 h, warm_up: 1 h},"
        " arrivals: {constant_per_hour: 60},"
        " customers: [{segment: all, share: 1, items: {fixed: 1}}],"
        " lanes: [{lane: a, kind: staffed, tills: 2, service: {exponential: {mean: 60 s}}}]}"
    )
    days = [
        draw(s.arrivals, s.customers, opens_s=s.opens_s, length_s=s.length_s, seed=3, replication=0)
        for s in (theory, theory.replaced({"store.horizon": "20 h"}))
    ]
    short, long = days
    n = len(short)
    assert 450 < n < 750 < len(long)
    for name, values in short.arrays().items():
        assert values.tobytes() == getattr(long, name)[:n].tobytes(), name


def test_another_seed_or_replication_changes_everything():
    """The control: what is drawn does differ when the seed or the replication does."""
    drawn = {"arrival_s", "u_limit", "u_choice", "place", "items", "segment", "payment", "alone",
             "considers_machines", "patience_s", "perception", *BY_ITEMS}  # fmt: skip
    before = columns(everything())
    for other in (
        columns(everything().replaced({"seed": 8})),
        columns(everything(), replication=1),
    ):
        assert moved(before, other) >= drawn
        assert not raw_columns_stand(other, 7)
