"""What a shop may aim at: measures with a limit each, in the units planners use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from simqueue import units
from simqueue.fields import Problem, did_you_mean, refuse


@dataclass(frozen=True)
class Limit:
    """How the limit of a measure is read and written."""

    read: Callable[[object], float]
    write: Callable[[float], object]


def _points(low: float, high: float) -> Limit:
    def read(value: object) -> float:
        expected = f"must be a number from {low:g} to {high:g}"
        try:
            found = units.number(value)
        except ValueError:
            raise ValueError(expected) from None
        if not low <= found <= high:
            raise ValueError(expected)
        return found

    return Limit(read, units.number_text)


def _ratio(value: object) -> float:
    found = units.percentage(value)
    if found is None or found < 0:
        raise ValueError("must be a ratio, as in '60 %' or 0.6")
    return found


DURATION = Limit(units.seconds, units.duration_text)
SHARE = Limit(units.share, units.share_text)
RATIO = Limit(_ratio, units.share_text)
MEASURES: dict[str, Limit] = {
    **dict.fromkeys(("wait_mean", "wait_p50", "wait_p90", "wait_p95", "wait_p99"), DURATION),
    **dict.fromkeys(("wait_max", "felt_mean"), DURATION),
    **dict.fromkeys(("waited", "wait_over_5min", "one_in_front"), SHARE),
    **dict.fromkeys(("checkout_top2", "csat_top2", "utilisation", "reneged", "balked"), SHARE),
    **dict.fromkeys(("checkout_csat", "csat"), _points(0, 100)),
    "wait_vs_benchmark": RATIO,
    "nps": _points(-100, 100),
    "ces": _points(1, 5),
    "queue_length": _points(0, 1e6),
}


def _read(value: Any) -> dict[str, float]:  # noqa: ANN401 - anything in the file
    if not isinstance(value, Mapping):
        raise ValueError("must be a mapping, as in {wait_p95: 6 min, one_in_front: 85 %}")
    problems, limits = [], {}
    for name, limit in value.items():
        if name not in MEASURES:
            hint = did_you_mean(name, MEASURES)
            problems.append(Problem((name,), f"unknown measure{hint}", None, tell_value=False))
            continue
        try:
            limits[name] = MEASURES[name].read(limit)
        except ValueError as error:
            problems.append(Problem((name,), str(error), limit))
    refuse(problems)
    return limits


def _write(limits: Mapping[str, float]) -> dict[str, object]:
    return {name: MEASURES[name].write(limit) for name, limit in limits.items()}


Targets = Annotated[
    dict[str, float],
    PlainValidator(lambda value: _read(value)),
    PlainSerializer(_write),
    WithJsonSchema({"type": "object"}),
]
