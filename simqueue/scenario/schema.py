"""The JSON Schema of a scenario file, for editors: written from the models, true to the readers."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, WrapSerializer
from pydantic.fields import FieldInfo

import simqueue.experience.forms
import simqueue.rules  # noqa: F401 - importing a room registers what it offers
from simqueue import units
from simqueue.chance import (
    Dimension,
    Distribution,
    DurationDistribution,
    FactorDistribution,
    ItemsDistribution,
)
from simqueue.customers.spec import ArrivalsSpec, RateTable, day_shapes
from simqueue.customers.trace import TraceSpec
from simqueue.experience.parameter_table import TABLE, Parameter
from simqueue.experience.spec import FORMS, ExperienceSpec, WaitDisplay
from simqueue.fields import ByClock, Count, Spec, Switch
from simqueue.registry import choices
from simqueue.scenario.economics import (
    LONGEST_USE,
    MOST_DAYS,
    MOST_MONEY,
    MOST_PREMIUM,
    Days,
    Money,
    Premium,
    SomeShare,
    Years,
)
from simqueue.scenario.model import Scenario
from simqueue.scenario.schema_distributions import distribution, service
from simqueue.scenario.schema_rules import FILLED_IN, NARROWER, RULES
from simqueue.scenario.schema_stops import STOP_LIMITS, STOP_RULES, STOP_SPECIAL, trace
from simqueue.scenario.schema_values import (
    CLOCK_PATTERN,
    DEFINITIONS,
    DURATION,
    NOTHING,
    RATIO,
    SHARE,
    SOME_SHARE,
    VALUES,
    Schema,
    any_of,
    by_clock,
    defined,
    either,
    off,
    on,
    one_word,
    or_nothing,
    switched,
    told,
    up_to,
)
from simqueue.scenario.schema_words import MEANINGS, POINTS, TARGETS
from simqueue.scenario.targets import MEASURES, Targets
from simqueue.scenario.week_spec import MOST_DAYS as MOST_DAYS_A_WEEK
from simqueue.scenario.week_spec import MOST_KINDS, WeekDaySpec
from simqueue.scenario.written import basis_of, flow
from simqueue.shop.behaviour import (
    MOST_PEOPLE,
    BehaviourSpec,
    JockeySpec,
    LaneChoiceSpec,
    Patience,
    People,
    Wait,
)
from simqueue.shop.pools import Attendants, FromPool, Spare
from simqueue.shop.services import LinearSpec, Service
from simqueue.shop.spec import LaneSpec
from simqueue.shop.staff import OnDuty

DRAFT = "http://json-schema.org/draft-07/schema#"
_UNSAID: Final = object()


@cache
def schema_text() -> str:
    """The schema as JSON text, the same every time."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def schema() -> Schema:
    """The JSON Schema (draft-07) of a scenario file, with a hover text for every key."""
    return {
        "$schema": DRAFT,
        "description": "A shop's checkouts, as simqueue reads them.",
        **block(Scenario),
        "definitions": {
            **DEFINITIONS,
            **{_name(dimension): distribution(dimension) for dimension in Dimension},
            "service": service(block(LinearSpec)),
        },
    }


def block(kind: type[Spec]) -> Schema:
    """The schema of a block: its keys, what they may be, and what they mean."""
    hints = get_type_hints(kind, include_extras=True)
    filled_in = FILLED_IN.get(kind, ())
    known = kind.model_fields
    return {
        "type": "object",
        "properties": {name: _key(kind, name, hints[name]) for name in known},
        "required": [n for n, field in known.items() if field.is_required() and n not in filled_in],
        "additionalProperties": False,
        **(RULES | STOP_RULES).get(kind, {}),
    }


def _key(kind: type[Spec], name: str, hint: object) -> Schema:
    """One key of a block: its hover text, its value, and its default."""
    field = kind.model_fields[name]
    special = _SPECIAL.get((kind, name))
    value = special() if special else _value(hint)
    if narrower := (NARROWER | STOP_LIMITS).get((kind, name)):
        value = _narrowed(value, narrower)
    default = _default(field, hint, special is not None)
    said = {} if default is _UNSAID else {"default": default}
    return {**_about(field, default), **said, **value}


def _narrowed(value: Schema, by: Schema) -> Schema:
    """The value within narrower limits; an empty one stays possible."""
    if "$ref" in value:
        return or_nothing(by) if value["$ref"].endswith("_or_nothing") else by
    if "anyOf" in value:
        return {"anyOf": [s if s == NOTHING else _narrowed(s, by) for s in value["anyOf"]]}
    return {**value, **by}


def _about(field: FieldInfo, default: object) -> Schema:
    """The hover text: one sentence, and below it the default and how it is known."""
    sentence = field.description or ""
    if default in (_UNSAID, ""):
        return {"description": sentence}
    why = basis_of(field)
    text = f"{sentence}\n\nDefault: `{flow(default)}`{f' ({why})' if why else ''}."
    return {"description": sentence, "markdownDescription": text}


def _default(field: FieldInfo, hint: Any, special: bool) -> Any:  # noqa: ANN401 - data of any shape
    """The default as a file would write it; `_UNSAID` where the block below says it, or nothing."""
    if field.is_required():
        return _UNSAID
    default = field.get_default(call_default_factory=True)
    if isinstance(default, Spec) and not any(
        f.is_required() or getattr(default, n) != f.get_default(call_default_factory=True)
        for n, f in type(default).model_fields.items()
    ):
        return _UNSAID
    if default is None:
        word = "off" if special and WaitDisplay in get_args(hint) else _empty_word(hint)
        return word or _UNSAID
    return TypeAdapter(hint).dump_python(default, mode="json")


def _empty_word(hint: object) -> str:
    """The word that stands for an empty value, such as off or auto; '' when there is none."""
    extras = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    for extra in extras:
        if isinstance(extra, WrapSerializer):
            write: Callable[..., object] = extra.func
            return str(write(None, lambda value: value))
    return ""


def _value(hint: Any) -> Schema:  # noqa: ANN401 - a type of any kind
    """What a value of this type may look like in a file."""
    if hint in VALUES:
        return VALUES[hint]
    if hint in _COMPOUND:
        return _COMPOUND[hint]()
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        word = _empty_word(hint)
        rest = [x for x in get_args(args[0]) if x is not NoneType]
        if not word:
            return _value(args[0])
        (value,) = map(_value, rest)
        if value.get("type") == "object":
            return either(value, _word(word))
        if "else" in value:
            return {**value, "else": any_of(value["else"], _word(word))}
        return any_of(value, _word(word))
    if origin in (Union, UnionType):
        value = any_of(*(_value(x) for x in args if x is not NoneType))
        return or_nothing(value) if NoneType in args else value
    if origin is Literal:
        return one_word({word: MEANINGS[word] for word in args})
    if origin is ByClock:
        value = _value(args[0])
        if args[0] is ItemsDistribution:  # both are mappings
            return any_of(value, by_clock(value))
        return either(by_clock(value), value)
    if origin is tuple:
        return {"type": "array", "items": _value(args[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _value(args[1])}
    if isinstance(hint, type) and issubclass(hint, Spec):
        return block(hint)
    raise TypeError(f"no schema for {hint}")


def _word(word: str) -> Schema:
    return off(MEANINGS["off"]) if word == "off" else one_word({word: MEANINGS[word]})


def _name(dimension: Dimension) -> str:
    return f"{dimension.value}_distribution"


def _drawn(dimension: Dimension) -> Schema:
    return defined(_name(dimension))


def _targets() -> Schema:
    kinds = {id(units.seconds): DURATION, id(units.share): SHARE}
    properties = {}
    for name, limit in MEASURES.items():
        low, high = POINTS.get(name, (None, None))
        points: Schema = {"type": "number", "minimum": low, "maximum": high}
        value = kinds.get(id(limit.read), RATIO) if low is None else points
        properties[name] = {"description": TARGETS[name], **value}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _parameters() -> Schema:
    known = {name: _parameter(p) for name, p in TABLE.items() if p.settable}
    return {"type": "object", "properties": known, "additionalProperties": False}


def _parameter(p: Parameter) -> Schema:
    sentence = f"{p.basis[0].upper()}{p.basis[1:]}, as in {p.central:g}."
    source = f": {p.source}" if p.source else ""
    text = f"{sentence}\n\nFrom {p.low:g} to {p.high:g} {p.unit} ({p.kind}{source})."
    limits = {"type": "number", "minimum": p.at_least, "maximum": p.at_most}
    return {"description": sentence, "markdownDescription": text, **limits}


def _shapes() -> Schema:
    about = {name: f"Customers by quarter hour on a {name.replace('_', ' ')}, as measured."
             for name in day_shapes()}  # fmt: skip
    return any_of(one_word(about), block(RateTable), NOTHING)


def _of(family: str, names: tuple[str, ...] | None = None) -> Schema:
    entries = choices(family)
    return one_word({name: entries[name].summary for name in names or entries})


_COMPOUND: Final[dict[object, Callable[[], Schema]]] = {
    Switch: lambda: switched("", ""),
    DurationDistribution: lambda: _drawn(Dimension.DURATION),
    ItemsDistribution: lambda: _drawn(Dimension.ITEMS),
    FactorDistribution: lambda: _drawn(Dimension.FACTOR),
    Distribution: lambda: _drawn(Dimension.DURATION),
    Patience: lambda: any_of(
        one_word({"felt": "By what feels acceptable."}), _drawn(Dimension.DURATION)
    ),
    People: lambda: either(
        _drawn(Dimension.ITEMS),
        {
            "type": "number",
            "minimum": 0,
            "maximum": MOST_PEOPLE,
            **told("must be a number of people, as in 8, or a distribution"),
        },
    ),
    Wait: lambda: either(_drawn(Dimension.DURATION), DURATION),
    Service: lambda: defined("service"),
    Targets: _targets,
    Attendants: lambda: either(
        {
            "if": {"minProperties": 1, "propertyNames": {"pattern": CLOCK_PATTERN}},
            "then": by_clock(VALUES[Count]),
            "else": block(FromPool),
        },
        VALUES[Count],
    ),
    Spare: lambda: either(block(FromPool), {**VALUES[Count], "maximum": 10_000}),
    OnDuty: lambda: or_nothing(by_clock(VALUES[Count])),
    Money: lambda: {
        "type": "number",
        "minimum": 0,
        "maximum": MOST_MONEY,
        **told("must be a number of at least 0"),
    },
    Days: lambda: up_to(MOST_DAYS, "a number of days"),
    Years: lambda: up_to(LONGEST_USE, "a number of years"),
    Premium: lambda: {
        **RATIO,
        "maximum": MOST_PREMIUM,
        **told("must be a premium as a share of the wage, as in '25 %' or 0.25"),
    },
    SomeShare: lambda: SOME_SHARE,
}
# Keys whose validators take more, or less, than their type says.
_SPECIAL: Final[dict[tuple[type[Spec], str], Callable[[], Schema]]] = {
    (Scenario, "about"): lambda: {"type": ["string", "null"]},
    (Scenario, "seed"): lambda: {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
    (Scenario, "week"): lambda: any_of(
        {
            "type": "object",
            "maxProperties": MOST_KINDS,
            "additionalProperties": any_of(block(WeekDaySpec), NOTHING),
        },
        NOTHING,
    ),
    (WeekDaySpec, "count"): lambda: {"type": "integer", "minimum": 1, "maximum": MOST_DAYS_A_WEEK},
    (WeekDaySpec, "set"): lambda: any_of({"type": "object", "additionalProperties": True}, NOTHING),
    (ArrivalsSpec, "shape"): _shapes,
    (ArrivalsSpec, "trace"): lambda: trace(block(TraceSpec)),
    **STOP_SPECIAL,
    (LaneChoiceSpec, "rule"): lambda: _of("lane_choice"),
    (BehaviourSpec, "jockey"): lambda: either(
        block(JockeySpec), any_of(off("Nobody changes lines."), on("As usual."))
    ),
    (LaneSpec, "slower_when_shared"): lambda: any_of(
        {"type": "number", "minimum": 0.5, "maximum": 2}, _word("auto"), off("No slower.")
    ),
    (ExperienceSpec, "model"): lambda: _of("perception", FORMS),
    (ExperienceSpec, "wait_display"): lambda: either(block(WaitDisplay), off("No sign.")),
    (ExperienceSpec, "parameters"): _parameters,
}
