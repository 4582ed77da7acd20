"""JSON Schemas of distributions and service models: one form for each way to write them."""

from __future__ import annotations

import inspect
from typing import Final

from simqueue.chance.dimension import MOST_ITEMS, Dimension
from simqueue.chance.families import FLAT, SIZES
from simqueue.registry import choices
from simqueue.scenario.schema_values import (
    DURATION,
    DURATION_PATTERN,
    RATIO,
    SHARE,
    SOME_TIME,
    Schema,
    any_of,
    defined,
    either,
    one_word,
    told,
)
from simqueue.scenario.schema_words import FAMILIES, PARAMETERS

UNCUT: Final = ("bands", "fixed", "empirical")  # they say their largest value themselves
_WAYS: Final = {"lognormal": (("mean", "cv"), ("mean", "sd"), ("median", "sigma"))}
_LISTS: Final = ("values", "weights", "means")
_SIZES: Final[dict[Dimension, Schema]] = {
    Dimension.DURATION: DURATION,
    Dimension.ITEMS: {"type": "number", "minimum": 0, "maximum": MOST_ITEMS},
    Dimension.FACTOR: {"type": "number", "minimum": 0},
}
_ABOVE_0: Final[dict[Dimension, Schema]] = {
    Dimension.DURATION: SOME_TIME,
    Dimension.ITEMS: {"type": "number", "exclusiveMinimum": 0, "maximum": MOST_ITEMS},
    Dimension.FACTOR: {"type": "number", "exclusiveMinimum": 0},
}
_MAY_BE_0: Final = ("fixed", "low", "values")
_LIMITS: Final[dict[tuple[str, str], Schema]] = {
    ("gamma", "cv"): {"minimum": 0.01, "maximum": 10},
    ("weibull", "shape"): {"minimum": 0.2, "maximum": 100},
    ("erlang", "stages"): {"minimum": 1, "maximum": 10_000, "multipleOf": 1},
    ("geometric", "mean"): {"minimum": 1},
    ("negative_binomial", "mean"): {"minimum": 1},
    ("lognormal", "cv"): {"exclusiveMinimum": 0},
    ("negative_binomial", "r"): {"minimum": 0.01},
    ("lognormal", "sigma"): {"exclusiveMinimum": 0, "maximum": 4},
}
_NUMBER = r"\s*\d+(?:\.\d*)?\s*"
_DASH = r"(?:-|–|\bto\b)"
_BANDS: Final[dict[Dimension, str]] = {
    Dimension.DURATION: rf"^(?:{_NUMBER}|{DURATION_PATTERN}){_DASH}{DURATION_PATTERN}$",
    Dimension.ITEMS: rf"^{_NUMBER}(?:{_DASH}{_NUMBER})?$",
    Dimension.FACTOR: rf"^{_NUMBER}{_DASH}{_NUMBER}$",
}
_EXAMPLES: Final[dict[Dimension, dict[str, str]]] = {
    Dimension.DURATION: {
        "a": "4 min",
        "b": "10 min",
        "c": "30 min",
        "bands": '{"1-5 min": 40 %, "5-20 min": 60 %}',
    },
    Dimension.ITEMS: {"a": "4", "b": "10", "c": "15", "bands": '{"1-5": 42 %, "6-10": 58 %}'},
    Dimension.FACTOR: {"a": "1", "b": "1.5", "c": "2", "bands": '{"0.8-1": 60 %, "1-1.5": 40 %}'},
}


def distribution(dimension: Dimension) -> Schema:
    """Any distribution of such values, a form for each family."""
    forms = [form for name in choices("distribution") for form in _forms(name, dimension)]
    return either({"anyOf": forms}, _no_distribution(dimension))


def _no_distribution(dimension: Dimension) -> Schema:
    return {"type": "object", **told(f"must be a distribution, as in {dimension.example}")}


def service(linear: Schema) -> Schema:
    """A measured service model by name, `linear` with its parameters, or any duration."""
    entries = choices("service")
    named = {name: entry.summary for name, entry in entries.items() if name != "linear"}
    about = f"{entries['linear'].summary[:-1]}, as in {{set_up: 15 s, per_item: 3 s}}."
    written = _block({"linear": {"description": about, **linear}}, ["linear"])
    return any_of(
        {**one_word(named), "errorMessage": f"must be one of {', '.join(named)}, or a duration"},
        written,
        defined("duration_distribution"),
    )


def _forms(name: str, dimension: Dimension) -> list[Schema]:
    """The ways to write a distribution of this family, each a mapping."""
    summary = choices("distribution")[name].summary
    cut = {} if name in UNCUT else {"most": _parameter(name, "most", dimension)}
    if name in FLAT:
        own = {key: _parameter(name, key, dimension) for key in _names(name)}
        return [{"$comment": summary, **_block({**own, **cut}, list(own))}]
    example = FAMILIES[name].format(**_EXAMPLES[dimension])
    about = {"description": f"{summary[:-1]}, as in {example}."}
    ways = [_way(name, keys, dimension) for keys in _WAYS.get(name, (tuple(_names(name)),))]
    if name == "empirical":
        ways.append(_block({"csv": _parameter(name, "csv", dimension)}, ["csv"]))
    return [{"$comment": summary, **_block({name: {**about, **any_of(*ways)}, **cut}, [name])}]


def _names(name: str) -> list[str]:
    return list(inspect.signature(choices("distribution")[name].function).parameters)


def _way(name: str, keys: tuple[str, ...], dimension: Dimension) -> Schema:
    needed = [key for key in keys if (name, key) != ("empirical", "weights")]
    return _block({key: _parameter(name, key, dimension) for key in keys}, needed)


def _parameter(family: str, key: str, dimension: Dimension) -> Schema:
    """One parameter: a size in the unit of the dimension, a plain number, a list, or bands."""
    if key == "bands":
        return _bands(dimension)
    about = {"description": PARAMETERS[key].format(**_EXAMPLES[dimension])}
    if key == "csv":
        return {**about, "type": "string"}
    sizes = _SIZES if key in _MAY_BE_0 else _ABOVE_0
    if key == "most":
        whole = {"multipleOf": 1} if dimension is Dimension.ITEMS else {}
        return {**about, **sizes[dimension], **whole}
    one = sizes[dimension] if key in SIZES else {**RATIO, **told("must be a number")}
    if dimension is not Dimension.DURATION or key not in SIZES:
        limits = _LIMITS.get((family, key), {})
        if "minimum" in limits:
            one = {k: v for k, v in one.items() if k != "exclusiveMinimum"}
        one = {**one, **limits}
    if key in _LISTS:
        return {**about, "type": "array", "items": one, "minItems": 1}
    return {**about, **one}


def _bands(dimension: Dimension) -> Schema:
    summary = choices("distribution")["bands"].summary
    start, _, rest = summary.partition(" such as ")
    example = _EXAMPLES[dimension]["bands"]
    return {
        "description": f"{start},{rest.partition(',')[2][:-1]}, as in {example}.",
        "type": "object",
        "patternProperties": {_BANDS[dimension]: SHARE},
        "additionalProperties": False,
        "minProperties": 1,
        **told(f"must be bands and their shares, as in {example}"),
    }


def _block(properties: Schema, required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
