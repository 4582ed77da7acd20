"""The complete scenario written out again: as plain data, and as YAML with its defaults marked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.fields import FieldInfo

from simqueue.fields import Spec
from simqueue.scenario.scalars import resolved

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.%/+-]*")
_NO_BLOCKS = ("shape", "pays")  # short enough for one line
COMMENT_AT = 44
BASES = ("evidence", "assumption")


def to_mapping(scenario: Spec) -> dict[str, Any]:
    """The scenario (or study) as plain data, every default written in; it reads as an equal one."""
    data: dict[str, Any] = _plain(scenario.model_dump())
    return data


def _plain(value: Any) -> Any:  # noqa: ANN401 - data of any shape
    if isinstance(value, Mapping):
        return {key: _plain(v) for key, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def to_yaml(scenario: Spec, what: str = "scenario") -> str:
    """The scenario (or study) as YAML, every default marked, with its source where known."""
    data = to_mapping(scenario)
    lines = [
        f"# The complete {what}. Defaults say whether evidence or an assumption is behind them."
    ]
    for name in data:
        lines += (
            ["", *_lines(scenario, data, name, 0)]
            if _is_block(data[name])
            else _lines(scenario, data, name, 0)
        )
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _is_block(value: object) -> bool:
    return isinstance(value, (dict, list)) and bool(value)


def _block(spec: Spec, data: Mapping[str, Any], indent: int) -> Iterator[str]:
    for name in data:
        yield from _lines(spec, data, name, indent)


def _lines(spec: Spec, data: Mapping[str, Any], name: str, indent: int) -> Iterator[str]:
    """The lines of one field, at so many spaces."""
    value, written = getattr(spec, name), data[name]
    pad = " " * indent
    if isinstance(value, Spec) and isinstance(written, dict) and name not in _NO_BLOCKS:
        yield f"{pad}{name}:"
        yield from _block(value, written, indent + 2)
    elif isinstance(value, tuple) and value and isinstance(value[0], Spec):
        yield f"{pad}{name}:"
        for entry, entry_data in zip(value, written, strict=True):
            first, *rest = _block(entry, entry_data, indent + 4)
            yield f"{pad}  - {first.lstrip()}"
            yield from rest
    else:
        text = f"{pad}{name}: {flow(written)}"
        comment = _comment(spec, name, value)
        yield f"{text:<{COMMENT_AT}}  # {comment}" if comment else text


def _comment(spec: Spec, name: str, value: object) -> str:
    """'default' and how it is known, where the value is the default."""
    if spec.default_of(name) != value:
        return ""
    why = basis_of(type(spec).model_fields[name])
    if not why:
        return "default"
    return f"default, {why}" if why.startswith(BASES) else f"default: {why}"


def basis_of(field: FieldInfo) -> str:
    """How the default is known, as in 'evidence: Trinkaus 1993'; '' where it claims nothing."""
    extra = field.json_schema_extra
    known = extra if isinstance(extra, dict) else {}
    return ": ".join(str(known[key]) for key in ("basis", "source") if key in known)


def flow(value: object) -> str:
    """The value on one line of YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_word(str(k))}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(v) for v in value) + "]"
    if isinstance(value, str):
        return _word(value)
    if value is None:
        return "null"
    return json.dumps(value)


def _word(text: str) -> str:
    """The text as it is where that is safe, else in quotes."""
    safe = _PLAIN.fullmatch(text) and text == text.strip() and resolved(text) == text
    return text if safe else "".join(map(_seen, json.dumps(text, ensure_ascii=False)))


def _seen(character: str) -> str:
    """The character, or its code where YAML would refuse it, break the line, or nobody sees it."""
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
