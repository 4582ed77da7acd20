"""Distributions as a scenario gives them: read in a dimension, drawn by quantiles, written back.

The dimension says what the numbers are: durations need units, items are rounded up to whole
numbers of at least 1, factors are plain. The families themselves are in `families`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema

from simqueue import units
from simqueue.chance import quantiles
from simqueue.chance.dimension import Dimension
from simqueue.chance.families import FLAT, SIZES, Curve
from simqueue.chance.parameters import band_text, read_parameters
from simqueue.chance.quantiles import Floats
from simqueue.fields import Problem, did_you_mean, refuse
from simqueue.registry import choices, find


@dataclass(frozen=True)
class Distribution:
    """A distribution of durations (s), items or factors: family, parameters and a largest value."""

    dimension: Dimension
    name: str
    parameters: tuple[tuple[str, Any], ...]
    most: float | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Distribution, (self.dimension, self.name, self.parameters, self.most)

    def quantile(self, u: Floats) -> Floats:
        """The values at raw uniforms u in (0, 1); shape of u."""
        u = np.asarray(u, dtype=float)
        x = self._curve.quantile(u if self.most is None else u * self._kept)
        if self.dimension is Dimension.ITEMS:
            return np.ceil(x).clip(1.0, self._cap)
        return np.minimum(x, self._cap)

    @cached_property
    def mean(self) -> float:
        """The mean after truncation and rounding."""
        known, added = self._curve.mean, self._curve.rounding_adds
        if self.dimension is not Dimension.ITEMS:
            added = 0.0
        if self.most is None and added is not None:
            return known + added
        return quantiles.mean_by_quadrature(self.quantile)

    @cached_property
    def smallest(self) -> float:
        """A value that no draw lies below."""
        low = self._curve.lowest
        return max(1.0, float(np.ceil(low))) if self.dimension is Dimension.ITEMS else low

    @cached_property
    def largest(self) -> float:
        """A value that no draw exceeds; inf where there is none."""
        high = self._curve.highest if self.most is None else min(self.most, self._curve.highest)
        return max(1.0, float(np.ceil(high))) if self.dimension is Dimension.ITEMS else high

    @cached_property
    def _curve(self) -> Curve:
        curve: Curve = find("distribution", self.name).function(**dict(self.parameters))
        return curve

    @cached_property
    def _cap(self) -> float:
        """What no value may exceed; of items a whole number."""
        # a basket of a million is a slip of the tail
        cap = 1e6 if self.dimension is Dimension.ITEMS else units.LONGEST_S
        return cap if self.most is None else min(cap, self.most)

    @cached_property
    def _kept(self) -> float:
        """The share of the untruncated distribution that lies within `most`."""
        if self.most is None:
            return 1.0
        return quantiles.share_below(self._curve.quantile, self.most)

    def written(self) -> dict[str, Any]:
        """The mapping of a scenario file that reads as this distribution."""
        inner = {name: self._write(name, value) for name, value in self.parameters}
        out = inner if self.name in FLAT else {self.name: inner}
        return out if self.most is None else {**out, "most": self.dimension.write(self.most)}

    def _write(self, name: str, value: Any) -> object:  # noqa: ANN401 - a number or a tuple of them
        if name == "bands":
            return {band_text(a, b, self.dimension): units.share_text(s) for a, b, s in value}
        write = self.dimension.write if name in SIZES else units.number_text
        return [write(v) for v in value] if isinstance(value, tuple) else write(value)


def read(value: object, dimension: Dimension, home: Path | None = None) -> Distribution:
    """The distribution written as a mapping; pydantic's ValidationError with what is wrong where.

    `home` is the scenario's folder, for `{empirical: {csv: file}}`.
    """
    if isinstance(value, Distribution):
        if value.dimension is not dimension:
            raise ValueError(f"must be a distribution of {dimension.value}")
        return value
    if not isinstance(value, Mapping):
        hint = _fixed_hint(value, dimension)
        raise ValueError(f"must be a distribution, as in {dimension.example}{hint}")
    name = _family(value, dimension)
    inner = _parameters_part(value, name)
    place = () if name in FLAT else (name,)
    parameters = read_parameters(name, inner, place, dimension, home)
    most = _read_most(value, dimension)
    try:
        curve = find("distribution", name).function(**parameters)
    except ValueError as error:
        refuse([_blamed(str(error), inner, place)])
    _check_most(most, curve)
    return Distribution(dimension, name, tuple(parameters.items()), most)


def _fixed_hint(value: object, dimension: Dimension) -> str:
    try:
        dimension.read(value)
    except ValueError:
        return ""
    return f"; for one value write {{fixed: {value}}}"


def _family(value: Mapping[str, Any], dimension: Dimension) -> str:
    """The one key that names a family."""
    known = choices("distribution")
    found = [key for key in value if key in known]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(f"must be one distribution, not both {found[0]} and {found[1]}")
    if "nine_in_ten_up_to" in value:
        refuse([Problem(("half_up_to",), "is missing", None, tell_value=False)])
    wrong = [str(key) for key in value if key != "most"]
    if not wrong:
        raise ValueError(f"must be a distribution, as in {dimension.example}")
    text = f"no distribution {wrong[0]!r}" + did_you_mean(wrong[0], known)
    raise refused(wrong[0], text)


def refused(key: str, text: str) -> ValueError:
    """The error that blames one key of the mapping being read."""
    try:
        refuse([Problem((key,), text, None, tell_value=False)])
    except ValueError as error:
        return error
    raise AssertionError("a problem is always refused")


def _parameters_part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    if name in FLAT:
        return {key: v for key, v in value.items() if key != "most"}
    extra = [key for key in value if key not in (name, "most")]
    refuse(Problem((key,), "unknown key", None, tell_value=False) for key in extra)
    inner = value[name]
    if not isinstance(inner, Mapping):
        names = ", ".join(f"{n}: ..." for n in _names(name)[:2])
        refuse([Problem((name,), f"must be a mapping, as in {{{names}}}", inner)])
    return dict(inner)


def _names(name: str) -> list[str]:
    return list(inspect.signature(find("distribution", name).function).parameters)


def _read_most(value: Mapping[str, Any], dimension: Dimension) -> float | None:
    if value.get("most") is None:
        return None
    try:
        most = dimension.read(value["most"])
        if dimension is Dimension.ITEMS and not most.is_integer():
            raise ValueError("must be a whole number")
    except ValueError as error:
        refuse([Problem(("most",), str(error), value["most"])])
    return most


def _check_most(most: float | None, curve: Curve) -> None:
    if most is None:
        return
    if not curve.may_be_cut:
        text = "does not go with this distribution, which says its largest value itself"
        refuse([Problem(("most",), text, None, tell_value=False)])
    if most < curve.lowest or most <= 0:
        refuse([Problem(("most",), "must be above the smallest possible value", most)])


def _blamed(text: str, given: Mapping[str, Any], place: tuple[str, ...]) -> Problem:
    """The problem at the parameter that the text begins with, else at the family."""
    first, _, rest = text.partition(" ")
    if first in given:
        return Problem((*place, first), rest, given[first])
    return Problem(place, text, None, tell_value=False)


def _reader(dimension: Dimension) -> Callable[[Any, ValidationInfo], Distribution]:
    def validate(value: Any, info: ValidationInfo) -> Distribution:  # noqa: ANN401 - anything in the file
        return read(value, dimension, (info.context or {}).get("folder"))

    return validate


_WRITTEN = PlainSerializer(Distribution.written, return_type=dict[str, Any])
_SCHEMA = WithJsonSchema({"type": "object"})
DurationDistribution = Annotated[
    Distribution, PlainValidator(_reader(Dimension.DURATION)), _WRITTEN, _SCHEMA
]
ItemsDistribution = Annotated[
    Distribution, PlainValidator(_reader(Dimension.ITEMS)), _WRITTEN, _SCHEMA
]
FactorDistribution = Annotated[
    Distribution, PlainValidator(_reader(Dimension.FACTOR)), _WRITTEN, _SCHEMA
]
