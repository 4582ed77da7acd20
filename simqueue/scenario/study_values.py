"""What may stand in a study file: values to vary, aims of precision, limits, what matters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import floor
from typing import Any

from simqueue import units
from simqueue.fields import Problem, did_you_mean, refuse
from simqueue.scenario.targets import DURATION, MEASURES, Limit

MOST_VALUES = 10_000  # of one key
_AMOUNT = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(%|[a-zA-Z]*)\s*")
_CONSTRAINT = re.compile(r"\s*(>=|<=)\s*(.+)")


def _from(low: float) -> Limit:
    def read(value: object) -> float:
        found = units.number(value)
        if found < low:
            raise ValueError(f"must be a number of at least {low:g}")
        return found

    return Limit(read, units.number_text)


# targets of a shop, and what can be compared beside them
AMOUNTS: dict[str, Limit] = {
    **{name: limit for name, limit in MEASURES.items() if name != "wait_vs_benchmark"},
    **dict.fromkeys(("cost", "till_hours", "lost_baskets"), _from(0.0)),
}
GOALS = (*AMOUNTS, "wait_vs_benchmark")


@dataclass(frozen=True)
class Levels:
    """The values of one key to be tried: a list, or a range with or without a step.

    `values` is empty for a range without a step between ends that are not whole numbers: only a
    design that picks points by itself can use it (`at`).
    """

    values: tuple[Any, ...]
    low: float | None = None  # of a range; None for a list
    high: float | None = None
    step: float | None = None
    unit: str = ""  # '' | '%' | 's', 'min', ...

    @property
    def is_range(self) -> bool:
        """Whether it was written as a range."""
        return self.low is not None

    def at(self, u: float) -> Any:  # noqa: ANN401 - a value of the scenario
        """The value at u in [0, 1): each of a list equally likely, any point of a range.

        >>> Levels((0, 1, 2)).at(0.5), Levels((), 4.0, 8.0, None, "min").at(0.5)
        (1, '6.0 min')
        """
        if self.values:
            return self.values[min(floor(u * len(self.values)), len(self.values) - 1)]
        assert self.low is not None
        assert self.high is not None
        return _with_unit(self.low + u * (self.high - self.low), self.unit)

    def written(self) -> object:
        """As it stood in the file."""
        if self.low is None or self.high is None:
            return list(self.values)
        ends = {"from": _amount(self.low, self.unit), "to": _amount(self.high, self.unit)}
        step = {} if self.step is None else {"step": _amount(self.step, self.unit)}
        return {**ends, **step}


def _amount(value: float, unit: str) -> object:
    return _with_unit(units.number_text(value), unit)


def _with_unit(value: float, unit: str) -> Any:  # noqa: ANN401 - number or text
    return f"{value} {unit}" if unit else value


def levels(value: object) -> Levels:
    """Read a list of values or `{from, to, step}`; ValueError or ValidationError for neither."""
    if isinstance(value, Levels):
        return value
    if isinstance(value, (list, tuple)):
        return _listed(list(value))
    if isinstance(value, Mapping) and ("from" in value or "to" in value):
        return _ranged(value)
    raise ValueError(
        "must be a list of values, as in [0, 1, 2], or a range, as in {from: 4, to: 8}"
    )


def _listed(values: list[Any]) -> Levels:
    if not values:
        raise ValueError("must have at least one value")
    if len(values) > MOST_VALUES:
        raise ValueError(f"must have at most {MOST_VALUES} values")
    twice = [k for k, value in enumerate(values) if value in values[:k]]
    refuse(Problem((k,), "is given twice", values[k]) for k in twice)
    return Levels(tuple(values))


def _ranged(value: Mapping[str, Any]) -> Levels:
    known = ("from", "to", "step")
    strange = [key for key in value if key not in known]
    lacking = [key for key in known[:2] if key not in value]
    unknown = [
        Problem((key,), f"unknown key{did_you_mean(key, known)}", None, False) for key in strange
    ]
    missing = [Problem((key,), "is missing", None, False) for key in lacking]
    refuse([*unknown, *missing])
    read = {key: _read_amount(value[key], key) for key in value}
    (low, unit), (high, other) = read["from"], read["to"]
    step, step_unit = read.get("step", (None, unit))
    if not unit == other == step_unit:
        raise ValueError("must have one unit for from, to and step")
    if high <= low:
        raise ValueError("must be a range that goes up, as in {from: 4, to: 8}")
    if step is None and not unit and low == int(low) and high == int(high):
        step = 1.0
    if step is None:
        return Levels((), low, high, None, unit)
    if step <= 0:
        refuse([Problem(("step",), "must be above 0", value.get("step"))])
    steps = floor((high - low) / step + 1e-9)
    if steps >= MOST_VALUES:
        raise ValueError(f"must have at most {MOST_VALUES} values")
    found = (round(low + k * step, 12) for k in range(steps + 1))
    return Levels(tuple(_amount(x, unit) for x in found), low, high, step, unit)


def _read_amount(value: object, key: str) -> tuple[float, str]:
    """A number and its unit."""
    text = str(value) if isinstance(value, (int, float, str)) else ""
    match = _AMOUNT.fullmatch(text) if len(text) <= units.LONGEST_TEXT else None
    if match is None or isinstance(value, bool):
        refuse([Problem((key,), "must be a number, with a unit where it needs one", value)])
        raise AssertionError
    return units.number(float(match[1])), match[2]


@dataclass(frozen=True)
class Aim:
    """How narrow the 95 % interval of a measure shall be: half its width, or that over the mean."""

    half_width: float
    relative: bool

    def written(self, name: str) -> object:
        """As it stands in a file."""
        if self.relative:
            return units.share_text(self.half_width)
        return AMOUNTS[name].write(self.half_width)


def aim(name: str, value: object) -> Aim:
    """Read `2 %` (of the mean), or an amount in the measure's unit; ValueError for anything else.

    >>> aim("wait_mean", "2 %"), aim("checkout_csat", 0.5)
    (Aim(half_width=0.02, relative=True), Aim(half_width=0.5, relative=False))
    """
    if isinstance(value, Aim):
        return value
    if isinstance(value, str) and value.strip().endswith("%"):
        found = units.percentage(value)
        if found is None or not 0 < found < 1:
            raise ValueError("must be a share of the mean between 0 % and 100 %, as in '2 %'")
        return Aim(found, relative=True)
    return Aim(positive(name, value), relative=False)


def positive(name: str, value: object) -> float:
    """An amount of the measure above 0, in the unit the program keeps it."""
    limit = AMOUNTS[name]
    found = limit.read(value) if limit is DURATION else units.number(value)
    if found <= 0:
        raise ValueError("must be above 0")
    return found


def matter(name: str, value: object) -> float:
    """The smallest difference of a measure that matters; of shares `2 %` means two points."""
    if isinstance(value, str) and value.strip().endswith("%"):
        if AMOUNTS[name].read is not units.share:
            raise ValueError("must be an amount in the measure's own unit, not a percentage")
        return positive(name, units.percentage(value))
    return positive(name, value)


@dataclass(frozen=True)
class Constraint:
    """A limit that a plan must keep, in the unit the program keeps the measure."""

    at_least: bool
    limit: float


def constraint(name: str, value: object) -> Constraint:
    """Read `>= 75` or `<= 6 min`; ValueError for anything else.

    >>> constraint("wait_p95", "<= 6 min")
    Constraint(at_least=False, limit=360.0)
    """
    if isinstance(value, Constraint):
        return value
    match = _CONSTRAINT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("must be a limit, as in '>= 75' or '<= 6 min'")
    limit = MEASURES["wait_vs_benchmark"] if name == "wait_vs_benchmark" else AMOUNTS[name]
    plain = _AMOUNT.fullmatch(match[2])
    amount: object = float(plain[1]) if plain and not plain[2] else match[2]
    return Constraint(match[1] == ">=", limit.read(amount))


def by_name(
    read: Callable[[str, Any], Any], known: Iterable[str], example: str
) -> Callable[[object], dict[str, Any]]:
    """A reader of mappings from measures to what `read` makes of their values."""
    names = tuple(known)

    def reader(value: object) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValueError(f"must be a mapping, as in {example}")
        problems, found = [], {}
        for name, said in value.items():
            if name not in names:
                text = f"unknown measure{did_you_mean(name, names)}"
                problems.append(Problem((str(name),), text, None, tell_value=False))
                continue
            try:
                found[name] = read(name, said)
            except ValueError as error:
                problems.append(Problem((name,), str(error), said))
        refuse(problems)
        return found

    return reader
