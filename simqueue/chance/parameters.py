"""Reading the parameters of a distribution: numbers with units, lists, bands, CSV files."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from simqueue import folder, units
from simqueue.chance.dimension import MOST_ITEMS, Dimension
from simqueue.chance.families import SIZES, Bands
from simqueue.fields import Problem, did_you_mean, refuse
from simqueue.registry import find

_BAND = re.compile(r"\s*(.+?)\s*(?:-|–|\bto\b)\s*(.+?)\s*")
_LISTS = ("values", "weights", "means")


def read_parameters(
    name: str,
    given: Mapping[str, Any],
    place: tuple[str, ...],
    dimension: Dimension,
    home: Path | None,
) -> dict[str, Any]:
    """The parameters of a family by name, in the order of its function; all faults at once."""
    if name == "empirical" and "csv" in given:
        return _from_csv(given, dimension, home)
    signature = inspect.signature(find("distribution", name).function).parameters
    problems, out = [], {}
    for key, value in given.items():
        if key not in signature:
            text = "unknown key" + did_you_mean(key, signature)
            problems.append(Problem((*place, key), text, None, tell_value=False))
            continue
        try:
            out[key] = _read_one(key, value, dimension)
        except ValueError as error:
            problems.append(Problem((*place, key), str(error), value))
    for key, parameter in signature.items():
        if parameter.default is parameter.empty and key not in given:
            problems.append(Problem((*place, key), "is missing", None, tell_value=False))
    refuse(problems)
    return {key: out[key] for key in signature if key in out}


def _read_one(key: str, value: object, dimension: Dimension) -> object:
    if key == "bands":
        return _read_bands(value, dimension)
    one: Callable[[object], float] = dimension.read if key in SIZES else _plain
    if key not in _LISTS:
        return one(value)
    if not isinstance(value, (list, tuple)) or not value:
        raise ValueError("must be a list, as in [1, 2, 3]")
    return tuple(one(v) for v in value)


def _plain(value: object) -> float:
    found = units.percentage(value)
    if found is None:
        raise ValueError("must be a number")
    return found


def _read_bands(value: object, dimension: Dimension) -> Bands:
    if not isinstance(value, Mapping) or not value:
        raise ValueError('must be a mapping of bands to shares, as in {"1-5": 42 %, "6-10": 58 %}')
    bands = sorted((*_read_band(str(k), dimension), units.share(v)) for k, v in value.items())
    for (_, last, _), (first, _, _) in itertools.pairwise(bands):
        if first < last:
            raise ValueError("must have bands that do not overlap")
    total = sum(band[2] for band in bands)
    if abs(total - 1.0) > 1e-6:
        raise ValueError(
            f"must have shares that add up to 100 %; they add up to {100 * total:.6g} %"
        )
    return tuple(bands)


def _read_band(text: str, dimension: Dimension) -> tuple[float, float]:
    """First and last of a band; for items the first is exclusive, so that rounding up fits."""
    found = _BAND.fullmatch(text) if len(text) <= units.LONGEST_TEXT else None
    ends = (found[1], found[2]) if found else (text, text)
    try:
        if dimension is Dimension.DURATION:
            unit = re.sub(r"[\d.:\s]", "", ends[1])
            first, last = (units.seconds(x if x[-1].isalpha() else x + unit) for x in ends)
        else:
            first, last = (float(x) for x in ends)
    except ValueError:
        example = "'1-5 min'" if dimension is Dimension.DURATION else "'1-5'"
        raise ValueError(f"must have bands such as {example}, not {text[:40]!r}") from None
    if dimension is Dimension.ITEMS:
        whole = first.is_integer() and last.is_integer()
        if not whole or not 1 <= first <= last <= MOST_ITEMS:
            raise ValueError(f"must have bands of whole numbers from 1 up, not {text!r}")
        return first - 1.0, last
    if not 0 <= first < last < units.LONGEST_S:
        raise ValueError(f"must have bands from a smaller to a larger value, not {text!r}")
    return first, last


def band_text(first: float, last: float, dimension: Dimension) -> str:
    """The band as it is written in a file."""
    if dimension is Dimension.ITEMS:
        return f"{first + 1:.0f}-{last:.0f}"
    unit = " s" if dimension is Dimension.DURATION else ""
    return f"{units.number_text(first)}-{units.number_text(last)}{unit}"


def _from_csv(given: Mapping[str, Any], dimension: Dimension, home: Path | None) -> dict[str, Any]:
    """Values and weights of a file, so that the scenario is complete without it."""
    try:
        if len(given) > 1:
            raise ValueError("must stand alone, without values and weights")
        values, weights = [], []
        for line, row in folder.read_csv(given["csv"], home, ("value",), ("weight",)):
            try:
                values.append(_csv_value(row["value"], dimension))
                weights.append(units.number(float(row.get("weight", "1"))))
            except ValueError as error:
                raise ValueError(f"line {line} of the file: {error}") from None
    except ValueError as error:
        refuse([Problem(("empirical", "csv"), str(error), given["csv"])])
    return {"values": tuple(values), "weights": tuple(weights)}


def _csv_value(text: str, dimension: Dimension) -> float:
    if dimension is Dimension.DURATION:
        return units.seconds(text)
    return dimension.read(float(text))
