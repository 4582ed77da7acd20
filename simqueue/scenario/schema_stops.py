"""JSON Schemas of stations, stoppages, pools and traces, beyond what their types say."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from simqueue.customers.trace import MOST_ITEMS, TraceSpec
from simqueue.fields import Spec
from simqueue.scenario.returns_desk import ReturnsDeskSpec
from simqueue.scenario.schema_rules import given, one_of, when
from simqueue.scenario.schema_values import (
    CLOCK_PATTERN,
    NOTHING,
    SOME_TIME,
    Schema,
    any_of,
    one_word,
    told,
)
from simqueue.shop.stations import StationSpec
from simqueue.shop.stoppages import OutageSpec, PriceChecksSpec
from simqueue.units import LONGEST_S

_SECONDS: Schema = {
    "type": "number",
    "minimum": 0,
    "maximum": LONGEST_S,
    **told("must be a number of seconds"),
}
_ITEMS: Schema = {
    "type": "number",
    "minimum": 1,
    "maximum": MOST_ITEMS,
    "multipleOf": 1,
    **told("must be a whole number of at least 1"),
}
_TIME: Schema = {"type": "string", "pattern": CLOCK_PATTERN, **told("must be a time on the clock")}


def _column(of: Schema) -> Schema:
    """A list of such values, or none."""
    return any_of({"type": "array", "items": of, "minItems": 1}, NOTHING)


def _or_null(of: Schema) -> Schema:
    return {**of, "type": [of["type"], "null"]}


_LANE: Schema = {"type": ["string", "null"], "maxLength": 1_000}
_COLUMNS: Final[dict[str, Schema]] = {
    "arrival_s": _SECONDS,
    "arrival": _TIME,
    "items": _ITEMS,
    "service_s": _SECONDS,
    "patience_s": _or_null(_SECONDS),
    "lane": _LANE,
}
# What such a block asks beyond its keys.
STOP_RULES: Final[dict[type[Spec], dict[str, Any]]] = {
    TraceSpec: {"allOf": one_of("arrival_s", "arrival")},
    OutageSpec: {
        "allOf": [
            *one_of("lasts", "until"),
            when(
                {"properties": {"what": {"not": {"const": "cards"}}}},
                {
                    "properties": {
                        key: {**NOTHING, "errorMessage": "goes only with what: cards"}
                        for key in ("without_card", "carry_cash")
                    }
                },
            ),
        ]
    },
    PriceChecksSpec: {
        "anyOf": [
            {**given(key), "errorMessage": "must have a chance or a chance per_item"}
            for key in ("chance", "per_item")
        ]
    },
    ReturnsDeskSpec: {
        "anyOf": [
            {**given(key), "errorMessage": "must have arrivals, or a share after_paying"}
            for key in ("arrivals", "after_paying")
        ]
    },
}
STOP_LIMITS: Final[dict[tuple[type[Spec], str], Schema]] = {
    (StationSpec, "servers"): {"maximum": 10_000},
    (ReturnsDeskSpec, "servers"): {"maximum": 10_000},
    (OutageSpec, "lasts"): SOME_TIME,
}


def trace(written_out: Schema) -> Schema:
    """The name of a file, or its columns written out."""
    named: Schema = {
        "type": "string",
        "pattern": r"\S",
        **told("must be the name of a CSV file, as in customers.csv"),
    }
    return any_of(named, written_out, NOTHING)


STOP_SPECIAL: Final[dict[tuple[type[Spec], str], Callable[[], Schema]]] = {
    **{(TraceSpec, name): partial(_column, of) for name, of in _COLUMNS.items()},
    (OutageSpec, "what"): lambda: one_word(
        {"all": "All tills and machines.", "cards": "Everything but paying cash."}
    ),
}
