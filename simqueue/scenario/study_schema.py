"""The JSON Schema of a study file, for editors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from simqueue import units
from simqueue.fields import Spec
from simqueue.scenario.schema import DRAFT
from simqueue.scenario.schema_values import (
    COUNT,
    DEFINITIONS,
    DURATION,
    TEXT,
    Schema,
    told,
)
from simqueue.scenario.study_file import (
    DESIGNS,
    MOST_ALTERNATIVES,
    MOST_POINTS,
    AlternativeSpec,
    ObjectiveSpec,
    RobustnessSpec,
    StudyFile,
)
from simqueue.scenario.study_values import AMOUNTS, GOALS, MOST_VALUES

_COUNT_1: Final[Schema] = {**COUNT, "minimum": 1, "maximum": 1_000_000}
_CHANGE: Final[Schema] = {
    "type": ["number", "string"],
    "minimum": -1,
    "maximum": 10,
    "pattern": r"^\s*[-+]?[0-9.]+\s*(%|percent|per cent)\s*$",
    **told("must be a change as a share, as in '-10 %' or 0.1"),
}
_PER_CENT: Final[Schema] = {
    "type": "string",
    "pattern": r"^\s*\+?[0-9.]+\s*(%|percent|per cent)\s*$",
}
_ABOVE_0: Final[Schema] = {"type": "number", "exclusiveMinimum": 0}
_AMOUNT: Final[Schema] = {"type": ["number", "string"]}


@cache
def study_schema_text() -> str:
    """The schema as JSON text, the same every time."""
    return json.dumps(study_schema(), indent=1, ensure_ascii=False) + "\n"


def study_schema() -> Schema:
    """The JSON Schema (draft-07) of a study file, with a hover text for every key."""
    values = {
        "study": TEXT,
        "base": TEXT,
        "replications": _COUNT_1,
        "precision": _by_measure(AMOUNTS, _aim),
        "most_replications": _COUNT_1,
        "alternatives": {"type": "array", "items": _alternative(), "maxItems": MOST_ALTERNATIVES},
        "matters": _by_measure(AMOUNTS, _matter),
        "vary": {"type": "object", "minProperties": 1, "additionalProperties": _levels()},
        "sampling": _sampling(),
        "robustness": _robustness(),
        "objective": _objective(),
    }
    return {
        "$schema": DRAFT,
        "description": "Lay-outs of a shop's checkouts to compare, as simqueue reads them.",
        **_block(StudyFile, values),
        "definitions": DEFINITIONS,
    }


def _block(kind: type[Spec], values: Mapping[str, Schema]) -> Schema:
    """A block whose keys and hover texts come from the model."""
    fields = kind.model_fields
    return {
        "type": "object",
        "properties": {
            name: {"description": fields[name].description or "", **values[name]} for name in fields
        },
        "required": [name for name, field in fields.items() if field.is_required()],
        "additionalProperties": False,
    }


def _alternative() -> Schema:
    settings = {"type": ["object", "null"]}
    return _block(AlternativeSpec, {"name": TEXT, "file": TEXT, "set": settings})


def _by_measure(names: Iterable[str], value: Any) -> Schema:  # noqa: ANN401 - a function
    properties = {name: value(name) for name in names}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _aim(name: str) -> Schema:
    own = DURATION if _is_duration(name) else _ABOVE_0
    return {"anyOf": [own, _PER_CENT]}


def _matter(name: str) -> Schema:
    if _is_duration(name):
        return DURATION
    return {"anyOf": [_ABOVE_0, _PER_CENT]} if AMOUNTS[name].read is units.share else _ABOVE_0


def _is_duration(name: str) -> bool:
    return AMOUNTS[name].read is units.seconds


def _levels() -> Schema:
    ends = {"from": _AMOUNT, "to": _AMOUNT, "step": _AMOUNT}
    ranged = {"type": "object", "properties": ends, "required": ["from", "to"],
              "additionalProperties": False}  # fmt: skip
    listed = {"type": "array", "minItems": 1, "maxItems": MOST_VALUES, "uniqueItems": True}
    message = "must be a list of values, as in [0, 1], or a range, as in {from: 4, to: 8}"
    return {"anyOf": [listed, ranged], **told(message)}


def _sampling() -> Schema:
    points = {"type": "integer", "minimum": 1, "maximum": MOST_POINTS}
    designs = [
        {"type": "object", "properties": {name: points}, "required": [name],
         "additionalProperties": False}
        for name in DESIGNS[1:]
    ]  # fmt: skip
    return {"anyOf": [{"enum": [DESIGNS[0]]}, *designs]}


def _robustness() -> Schema:
    changes = {"type": "array", "items": _CHANGE, "minItems": 1, "uniqueItems": True}
    numbers = {"type": "array", "items": COUNT, "minItems": 1, "uniqueItems": True}
    values = {"demand": changes, "absent_cashiers": numbers, "self_service_share": changes}
    return _block(RobustnessSpec, values)


def _objective() -> Schema:
    goal: Schema = {"enum": list(GOALS)}
    limit: Schema = {
        "type": "string",
        "pattern": r"^\s*(>=|<=)\s*\S",
        **told("must be a limit, as in '>= 75' or '<= 6 min'"),
    }
    values = {"minimise": goal, "maximise": goal, "subject_to": _by_measure(GOALS, lambda _: limit)}
    one = [{"required": ["minimise"]}, {"required": ["maximise"]}]
    return {**_block(ObjectiveSpec, values), "oneOf": one}
