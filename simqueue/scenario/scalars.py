"""Scalars of YAML 1.2 (core schema), and nothing else: no octal surprise, NO and 17:30 are text."""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_BASES = {"0o": (8, re.compile("[0-7]+")), "0x": (16, re.compile("[0-9a-fA-F]+"))}
MOST_DIGITS = 300  # longer numbers are no amounts of anything; they stay text


def resolved(text: str) -> Scalar:
    """The value of a plain (unquoted) scalar.

    >>> [resolved(t) for t in ("010", "1e3", "NO", "17:30", "2026-01-01", "0o17")]
    [10, 1000.0, 'NO', '17:30', '2026-01-01', 15]
    """
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > MOST_DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    base, digits = _BASES.get(text[:2], (0, None))
    if digits is not None and digits.fullmatch(text[2:]):
        return int(text[2:], base)
    return text
