"""JSON Schemas of single values - durations, shares, clock times, words - as the readers take them.

Keywords for numbers bind numbers only and `pattern` binds text only, so that one schema may say
both. `errorMessage` and `patternErrorMessage` are read by the YAML language server, and by nobody
else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simqueue import fields as f
from simqueue import units

Schema = dict[str, Any]

_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_PER_CENT = r"\s*(?:%|percent|per cent)\s*$"
_HOURS = ("h", "hr", "hrs", "hour", "hours")
_MINUTES = ("min", "mins", "minute", "minutes")
_SHORT = ("s", "sec", "secs", "second", "seconds")
_DAYS = ("d", "day", "days")


def any_case(words: Iterable[str]) -> str:
    """A pattern for one of the words, in capitals or not."""
    spelled = ("".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in w) for w in words)
    return f"(?:{'|'.join(spelled)})"


_UNIT = any_case((*_SHORT, *_MINUTES, *_HOURS, *_DAYS))
_PART = rf"\s*(?:\+?{_NUMBER}\s*{_UNIT}|\d+:[0-5]\d\s*{any_case((*_MINUTES, *_HOURS))})"
DURATION_PATTERN = rf"(?:{_PART})+\s*"
CLOCK_PATTERN = r"^\s*(?:(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?|24:00(?::00)?)\s*$"


def told(message: str) -> Schema:
    """The message an editor shows when the value is of another kind."""
    return {"errorMessage": message, "patternErrorMessage": message}


def _types(schema: Schema) -> list[str]:
    known = schema["type"]
    return known if isinstance(known, list) else [known]


_DURATION = told("must be a duration with a unit, as in '90 s' or '4 min'")
_UP_TO_100 = r"^\s*\+?0*(?:100(?:\.0*)?|\d{1,2}(?:\.\d*)?|\.\d+|\d(?:\.\d*)?[eE]-\d+)"
DEFINITIONS: Schema = {
    "duration": {"type": "string", "pattern": f"^{DURATION_PATTERN}$", **_DURATION},
    "some_time": {  # longer than nothing: some digit is not 0
        "type": "string",
        "pattern": f"^(?=.*[1-9]){DURATION_PATTERN}$",
        **told("must be a duration above 0 s with a unit, as in '90 s' or '4 min'"),
    },
    "share": {
        "type": ["number", "string"],
        "minimum": 0,
        "maximum": 1,
        "pattern": _UP_TO_100 + _PER_CENT,
        **told("must be a share, as in '55 %' or 0.55"),
    },
    "clock": {
        "type": "string",
        "pattern": CLOCK_PATTERN,
        **told('must be a time on the clock, as in "08:00" or "17:30"'),
    },
}
DEFINITIONS |= {
    f"{name}_or_nothing": {**known, "type": [*_types(known), "null"]}
    for name, known in DEFINITIONS.items()
}


def defined(name: str) -> Schema:
    """The schema of that name among the definitions."""
    return {"$ref": f"#/definitions/{name}"}


DURATION, SOME_TIME, SHARE, CLOCK = map(defined, ("duration", "some_time", "share", "clock"))
RATIO: Schema = {
    "type": ["number", "string"],
    "minimum": 0,
    "pattern": rf"^\s*\+?{_NUMBER}{_PER_CENT}",
    **told("must be a ratio, as in '60 %' or 0.6"),
}
SPREAD: Schema = {
    **RATIO,
    "maximum": 10,
    **told("must be a share of the mean, as in 0.1 or '10 %'"),
}
SOME_SHARE: Schema = {  # some digit is not 0
    **DEFINITIONS["share"],
    "exclusiveMinimum": 0,
    "pattern": r"^(?=.*[1-9])" + _UP_TO_100.removeprefix("^") + _PER_CENT,
    **told("must be a share above 0 %, as in '97 %' or 0.97"),
}
PER_HOUR: Schema = {
    "type": ["number", "string"],
    "minimum": 0,
    "maximum": units.MOST_PER_HOUR,
    "pattern": rf"^\s*\+?{_NUMBER}\s*(?:/|per|an|a)\s*{_UNIT}\s*$",
    **told("must be a rate per hour, as in 60, or '2 per min'"),
}
TEXT: Schema = {"type": ["string", "number"], "pattern": r"\S", "maxLength": 10_000}
COUNT: Schema = {
    "type": "integer",
    "minimum": 0,
    "maximum": 10**9,
    **told("must be a whole number of at least 0"),
}
NOTHING: Schema = {"type": "null"}
PAIRS = ("no", "yes"), ("off", "on"), ("false", "true")

# What a plain type of `fields` accepts; compound types are put together in `schema`.
VALUES: dict[object, Schema] = {
    f.Text: TEXT,
    f.Seconds: DURATION,
    f.Share: SHARE,
    f.Clock: CLOCK,
    f.PerHour: PER_HOUR,
    f.Spread: SPREAD,
    f.Count: COUNT,
    f.CountFrom1: {**COUNT, "minimum": 1, **told("must be a whole number of at least 1")},
    f.Number: {"type": "number", **told("must be a number")},
    f.NotNegative: {"type": "number", "minimum": 0, **told("must be a number of at least 0")},
    f.Positive: {"type": "number", "exclusiveMinimum": 0, **told("must be a number above 0")},
    type(None): NOTHING,
}


def up_to(most: float, words: str) -> Schema:
    """A number above 0 and at most `most`; `words` say of what."""
    message = f"must be {words} above 0 and at most {most:.0f}"
    return {"type": "number", "exclusiveMinimum": 0, "maximum": most, **told(message)}


def any_of(*schemas: Schema) -> Schema:
    """One of the schemas; nested choices are told as one."""
    flat = [s for x in schemas for s in (x["anyOf"] if set(x) == {"anyOf"} else [x])]
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


def either(block: Schema, other: Schema) -> Schema:
    """The block where the value is a mapping, else the other: faults are then told of the one."""
    return {"if": {"type": "object"}, "then": block, "else": other}


def or_nothing(schema: Schema) -> Schema:
    """The schema, or an empty value."""
    if "$ref" in schema and f"{schema['$ref'].rpartition('/')[2]}_or_nothing" in DEFINITIONS:
        return {"$ref": f"{schema['$ref']}_or_nothing"}
    if "enum" in schema:
        about = [*schema["enumDescriptions"], "Nothing."]
        return {**schema, "enum": [*schema["enum"], None], "enumDescriptions": about}
    if "else" in schema:
        return {**schema, "else": or_nothing(schema["else"])}
    if "type" in schema and schema["type"] not in ("object", "array"):
        return {**schema, "type": [*_types(schema), "null"]}
    return any_of(schema, NOTHING)


def one_word(about: Mapping[str, str]) -> Schema:
    """One of the words, each with what it means."""
    return {"enum": list(about), "enumDescriptions": list(about.values())}


def switched(on: str, off: str) -> Schema:
    """On or off, in any of the words for them; what each does may be ''."""
    words: dict[Any, str] = {"yes": on, "no": off, "on": on, "off": off}
    known: Schema = {
        "enum": [*words, True, False],
        "enumDescriptions": [*words.values(), on, off],
        "errorMessage": "must be on or off",
    }
    return any_of(known, _spelled(word for pair in PAIRS for word in pair))


def off(about: str) -> Schema:
    """Switched off, in any of the words for it."""
    known: Schema = {"enum": ["off", "no", False], "enumDescriptions": [about] * 3}
    return any_of(known, _spelled(pair[0] for pair in PAIRS))


def on(about: str) -> Schema:
    """Switched on, in any of the words for it."""
    known: Schema = {"enum": ["on", "yes", True], "enumDescriptions": [about] * 3}
    return any_of(known, _spelled(pair[1] for pair in PAIRS))


def _spelled(words: Iterable[str]) -> Schema:
    return {"type": "string", "pattern": f"^{any_case(words)}$"}


def by_clock(value: Schema) -> Schema:
    """A table of such values by clock time."""
    return {
        "type": "object",
        "patternProperties": {CLOCK_PATTERN: value},
        "additionalProperties": False,
        "minProperties": 1,
        **told('must be a time on the clock, as in "08:00" or "17:30"'),
    }
