"""What the blocks of a scenario ask beyond their keys, as far as a JSON Schema can say it."""

from __future__ import annotations

from typing import Any, Final

from simqueue import units
from simqueue.customers.spec import ArrivalsSpec, RateTable
from simqueue.experience.spec import ExperienceSpec
from simqueue.fields import Spec
from simqueue.scenario.economics import EconomicsSpec, MachineCosts
from simqueue.scenario.model import Scenario
from simqueue.scenario.schema_values import NOTHING, SOME_TIME, Schema, off
from simqueue.shop.spec import (
    MACHINES,
    ONLY_WITH,
    AcceptsSpec,
    BalkSpec,
    BreakSpec,
    HelpSpec,
    LaneSpec,
    OnDemandSpec,
    StaffingSpec,
    StoreSpec,
    TraineesSpec,
)
from simqueue.shop.staff import LONGEST_TRAINEE

# Keys that the block fills in by itself, though its model has no default for them.
FILLED_IN: Final[dict[type[Spec], tuple[str, ...]]] = {LaneSpec: ("line", "service")}

# Narrower limits of single keys, checked by the validators of their block.
NARROWER: Final[dict[tuple[type[Spec], str], Schema]] = {
    (Scenario, "replications"): {"maximum": 1_000_000},
    (Scenario, "customers"): {"minItems": 1},
    (Scenario, "lanes"): {"minItems": 1},
    (LaneSpec, "tills"): {"maximum": 10_000},
    (LaneSpec, "machines"): {"maximum": 10_000},
    (ArrivalsSpec, "customers_per_day"): {"maximum": units.MOST_PER_HOUR},
    (TraineesSpec, "pace"): {"minimum": 1, "maximum": LONGEST_TRAINEE},
    (BreakSpec, "lasts"): SOME_TIME,
    (ExperienceSpec, "expected_wait"): SOME_TIME,
    (StaffingSpec, "shift"): SOME_TIME,
    (AcceptsSpec, "payment"): {"minItems": 1, "uniqueItems": True},
}


def given(*keys: str) -> Schema:
    """The keys are there, with a value."""
    something = {key: {"not": NOTHING} for key in keys}
    return {"required": list(keys), "properties": something}


def when(condition: Schema, then: Schema) -> Schema:
    """Where the condition holds, the other must hold too."""
    return {"if": condition, "then": then}


def absent(reason: str, *keys: str) -> Schema:
    """The keys are not there, or empty."""
    return {"properties": {key: {**NOTHING, "errorMessage": reason} for key in keys}}


def _both(*schemas: Schema) -> Schema:
    properties = {k: v for s in schemas for k, v in s.get("properties", {}).items()}
    required = [key for s in schemas for key in s.get("required", [])]
    return {"properties": properties, **({"required": required} if required else {})}


def one_of(*keys: str) -> list[Schema]:
    """Exactly one of the keys has a value."""
    missing = f"must have one of {', '.join(keys)}"
    pairs = [
        when(given(key), absent(f"does not go together with {key}", *keys[k + 1 :]))
        for k, key in enumerate(keys[:-1])
    ]
    return [{"anyOf": [{**given(key), "errorMessage": missing} for key in keys]}, *pairs]


def _kind(*names: str) -> Schema:
    return {"properties": {"kind": {"enum": list(names)}}, "required": ["kind"]}


def _within(key: str, holds: Schema) -> Schema:
    """The block is there, and the condition holds in it."""
    return {"properties": {key: {"type": "object", **holds}}, "required": [key]}


_KINDS = ("staffed", "express", "self_service", "scan_and_go")
_OFF: Schema = {"enum": ["off", "no", False, None]}
_EMPTY: dict[str, Schema] = {
    "attendants": NOTHING,
    "age_checks": NOTHING,
    "rechecks": NOTHING,
    "breaks": {"maxItems": 0},
}


def _only(key: str, kinds: tuple[str, ...]) -> Schema:
    """The key goes only with these kinds of lanes."""
    reason = f"goes only with kind {' or '.join(kinds)}"
    others = [kind for kind in _KINDS if kind not in kinds]
    return when(
        _kind(*others), {"properties": {key: {**_EMPTY.get(key, _OFF), "errorMessage": reason}}}
    )


_LANE = {
    "allOf": [
        when(
            _kind(*MACHINES),
            _both(
                {"required": ["machines"], "properties": {"line": {"enum": ["shared", None]}}},
                absent("goes only with kind staffed or express", "tills"),
            ),
        ),
        when(
            _kind("staffed", "express"),
            _both(
                {"required": ["tills"]},
                absent("goes only with kind self_service or scan_and_go", "machines"),
            ),
        ),
        *(_only(key, kinds) for key, kinds in ONLY_WITH.items()),
        when(_kind("express"), given("max_items")),
    ]
}
_STORE = {
    **when(given("horizon"), absent("does not go with a horizon", "opens", "closes")),
    "else": _both(given("opens", "closes"), absent("goes only with a horizon", "warm_up")),
}
_ARRIVALS = {
    "allOf": [
        *one_of("shape", "per_hour", "constant_per_hour", "csv", "trace"),
        when(given("shopping"), {"properties": {"at": {"const": "door"}}, "required": ["at"]}),
        when(given("trace"), absent("does not go together with trace", "customers_per_day")),
        when(
            {"properties": {"shape": {"type": "string"}}, "required": ["shape"]},
            given("customers_per_day"),
        ),
    ]
}
_STAFFING = {
    "allOf": [
        when(given("on_duty"), given("shift")),
        when(given("shift"), given("on_duty")),
        when(
            _within("on_demand", given("spare")),
            absent("does not go together with on_demand.spare", "on_duty"),
        ),
        when(
            _within("on_demand", {}),
            {"anyOf": [given("on_duty"), {"properties": {"on_demand": given("spare")}}]},
        ),
    ]
}
_ON_DEMAND = when(
    {"properties": {"call_above": off("")}, "required": ["call_above"]},
    {"properties": {"waited_over": {"not": off("")}}, "required": ["waited_over"]},
)
_YEARLY = [
    *(("machine", key) for key in ("price", "installation", "maintenance_per_year")),
    ("floor", "value_per_m2_year"),
]
_ECONOMICS = {
    "allOf": [
        *(
            when(
                _within(block, given(key)),
                {"anyOf": [given("days_per_year"), given("open_days_per_year")]},
            )
            for block, key in _YEARLY
        ),
        *(
            when(_within("shrink", given(key)), given("value_per_item"))
            for key in ("staffed", "self_service")
        ),
        when(
            given("premium"),
            {"anyOf": [given("cashier_per_hour"), given("attendant_per_hour")]},
        ),
    ]
}
_MACHINE = {"allOf": [when(given(key), given("years")) for key in ("price", "installation")]}
_SCENARIO = {
    "allOf": [
        when(_within("targets", {"required": ["wait_vs_benchmark"]}), given("benchmark_wait")),
        when(
            _within("store", given("horizon")),
            {"properties": {"arrivals": absent("does not go with a horizon", "customers_per_day")}},
        ),
    ]
}
RULES: Final[dict[type[Spec], dict[str, Any]]] = {
    Scenario: _SCENARIO,
    StoreSpec: _STORE,
    RateTable: {"allOf": one_of("per_hour", "constant_per_hour", "csv")},
    ArrivalsSpec: _ARRIVALS,
    LaneSpec: _LANE,
    HelpSpec: {
        "anyOf": [
            {**given(key), "errorMessage": "must have a chance or a chance per_item"}
            for key in ("chance", "per_item")
        ]
    },
    BalkSpec: {"allOf": one_of("longer_than", "expected_wait_over")},
    OnDemandSpec: _ON_DEMAND,
    EconomicsSpec: _ECONOMICS,
    MachineCosts: _MACHINE,
    StaffingSpec: _STAFFING,
}
