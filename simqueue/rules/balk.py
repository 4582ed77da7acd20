"""Does a customer turn away from the line he would join? A rule compares it to his limit."""

from __future__ import annotations

from collections.abc import Callable

from simqueue.registry import register
from simqueue.rules.lane_choice import LineView, Sees, length
from simqueue.tables import Choice

Balk = Callable[[LineView, float, float, Choice], bool]


def balk(sees: Sees = "people") -> Callable[[Balk], Balk]:
    """Register a balking rule under its function's name; `sees` says what it needs to know."""
    return register("balk", sees=sees)


@balk()
def longer_than(line: LineView, seen: float, tolerance: float, p: Choice) -> bool:
    """Turns away when the line is longer than he would join; `seen` is how he misjudges it."""
    return length(line, p) * seen > tolerance


@balk(sees="times")
def expected_wait_over(line: LineView, seen: float, tolerance: float, p: Choice) -> bool:
    """Turns away when the expected wait is longer than he would bear (microseconds)."""
    return line.rest_us * seen > tolerance
