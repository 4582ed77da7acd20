"""The points of a study's `vary`: what each sets, what is told of one that makes no sense."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from math import ceil, prod
from typing import Any

from simqueue.fields import Place
from simqueue.scenario.faults import Fault
from simqueue.scenario.study_paths import paths_of
from simqueue.scenario.study_values import Levels
from simqueue.scenario.written import flow

Vary = Mapping[str, Levels]
Values = tuple[Any, ...]  # of one point, in the order of `vary`


def settings_text(keys: Sequence[str], settings: Sequence[Any]) -> str:
    """Settings in words, as in lanes.express.tills = 2, staffed.line = shared."""
    return ", ".join(f"{key} = {flow(s)}" for key, s in zip(keys, settings, strict=True))


def changes_at(vary: Vary, values: Values) -> list[tuple[str, Any]]:
    """What a point changes, path by path."""
    pairs = zip(vary, values, strict=True)
    return [(path, value) for key, value in pairs for path in paths_of(key)]


def place_of(vary: Vary, values: Values, path: str) -> Place:
    """Where in the study the value of a path stands; all of `vary` where it is not varied."""
    key = next((key for key in vary if path in paths_of(key)), None)
    if key is None:
        return ("vary",)
    levels, value = vary[key], values[list(vary).index(key)]
    if levels.is_range or value not in levels.values:
        return ("vary", key)
    return ("vary", key, levels.values.index(value))


def told(vary: Vary, values: Values, fault: Fault) -> tuple[Place, str, bool]:
    """Where a fault of a point stands in the study, what it says, and whether its key is meant.

    A path that hits nothing is told at its key, whatever its values are.
    """
    place = place_of(vary, values, fault.file.removeprefix("set "))
    if not fault.where:
        return place[:2], fault.text, True
    return place, f"{fault.where}: {fault.text}", len(place) == 1


def as_in(vary: Vary, values: Values) -> str:
    """The point as an example, where it sets more than one key."""
    return f" (as in the point {settings_text(tuple(vary), values)})" if len(vary) > 1 else ""


def trial_points(vary: Vary, sampled: bool, most: int) -> Iterator[Values]:
    """Points that show whether a sweep makes sense: those of a grid, at most so many of them.

    Of a larger grid every second, every third, ... point. Of a sample, whose points only the sweep
    knows, all lower ends together, all middles, and all upper ends.
    """
    if sampled:
        yield from (tuple(axis.at(u) for axis in vary.values()) for u in (0.0, 0.5, 1.0))
        return
    axes = [axis.values for axis in vary.values()]
    step = ceil(prod(len(axis) for axis in axes) / most)
    yield from islice(product(*axes), 0, None, step)


def is_power_of_two(points: int) -> bool:
    """Whether a Sobol sequence of so many points is balanced."""
    return points & (points - 1) == 0


def power_of_two_near(points: int) -> int:
    """The power of two next to a number of points, the smaller one where both are as near.

    >>> power_of_two_near(250), power_of_two_near(96), power_of_two_near(1)
    (256, 64, 1)
    """
    below = 1 << (points.bit_length() - 1)
    return below if points - below <= 2 * below - points else 2 * below
