"""What is wrong in a scenario, and where: one line each, all of a file at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from re import split

from simqueue.fields import Place
from simqueue.units import looks_like_clock, number_text

LONGEST_VALUE = 60


@dataclass(frozen=True, order=True)
class Fault:
    """One fault: `line` and `column` count from 1; line 0 is a fault outside any file."""

    line: int
    column: int
    where: str
    text: str
    file: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        said = f"{place}: {self.where}: {self.text}" if self.where else f"{place}: {self.text}"
        return one_line(said)


class ScenarioError(Exception):
    """A scenario that cannot be simulated, with all its faults in order of place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults), key=_in_order))
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


def _in_order(fault: Fault) -> tuple[object, ...]:
    """Faults by place, and lines of one table by their numbers: 2 before 10."""
    words = [(len(word) * word.isdecimal(), word) for word in split(r"(\d+)", fault.text)]
    return fault.line, fault.column, fault.where, words, fault.file


def one_line(text: str) -> str:
    """The text with what cannot be seen on a line (its end, colours, marks) written out as a code.

    >>> one_line("a" + chr(10) + "b").count(chr(92))
    1
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else _code(c) for c in text)


def _code(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def where(place: Place) -> str:
    """The place as a path: lanes[2].roster@12:00.

    >>> where(("lanes", 2, "roster", "12:00"))
    'lanes[2].roster@12:00'
    """
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        elif looks_like_clock(part):
            text += f"@{part}"
        else:
            plain = len(part) <= LONGEST_VALUE and part.replace("_", "").replace("-", "").isalnum()
            shown = part if plain else f'"{shortened(part)}"'
            text += f".{shown}" if text else shown
    return text


def with_value(text: str, value: object) -> str:
    """The text with what was found instead, before any suggestion.

    >>> with_value("must be a number; did you mean '3'?", "three")
    "must be a number (got 'three'); did you mean '3'?"
    """
    what, separator, suggestion = text.partition("; ")
    if isinstance(value, (Mapping, list, tuple)) and not what.startswith("must be"):
        return text
    return f"{what} (got {shown(value)}){separator}{suggestion}"


def shown(value: object) -> str:
    """A value as the planner would recognise it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return repr(shortened(value))
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, float) and isfinite(value):
        return str(number_text(value))
    return shortened(str(value))


def shortened(text: str) -> str:
    """At most so much of the text that a line stays readable."""
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."
