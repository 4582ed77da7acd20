"""What a worker does: simulate points that it gets as plain data, and hand plain data back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from simqueue.scenario import Scenario, resolve, to_mapping
from simqueue.study.run import run
from simqueue.study.study import Study
from simqueue.study.sweep.edition import edition

Job = tuple[int, bytes]  # number of the point, its scenario as `packed` writes it
Done = dict[str, Any]
Task = Callable[[str, str | None, Sequence[Job]], list[Done]]
LONGEST_FAULT = 500


class OtherVersionError(RuntimeError):
    """A worker that has another version of simqueue than the sweep."""


def packed(scenario: Scenario) -> bytes:
    """The complete scenario as compressed JSON: a few kilobytes that any machine can read."""
    text = json.dumps(to_mapping(scenario), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8"), level=1)


def unpacked(data: bytes) -> Any:  # noqa: ANN401 - plain data
    """The scenario as plain data again."""
    return json.loads(zlib.decompress(data))


def run_points(of_version: str, engine: str | None, jobs: Sequence[Job]) -> list[Done]:
    """Simulate these points one after the other; what goes wrong in one is told in its place.

    Raises OtherVersionError when this machine has another version of the package.
    """
    here = edition()
    if here != of_version:
        raise OtherVersionError(f"a worker has simqueue {here}, this sweep is of {of_version}")
    return [run_point(number, data, engine) for number, data in jobs]


def run_point(number: int, data: bytes, engine: str | None = None) -> Done:
    """Simulate one point: its measures, what the audit found and how long it took.

    `interrupted` is set where Ctrl-C struck before all its days were done.
    """
    start = perf_counter()
    try:
        scenario = resolve(unpacked(data))
        chosen = {} if engine is None else {"engine": engine}
        study = run(scenario, keep=0, **chosen)  # type: ignore[arg-type]  # mypy reads ** as any option
    except Exception as error:  # one point's fault must not take the others with it
        fault = f"{type(error).__name__}: {error}"[:LONGEST_FAULT]
        return {"point": number, "fault": fault, "seconds": perf_counter() - start}
    return {
        "point": number,
        "measures": measures(study),
        "audit": list(study.audit.failures),
        "interrupted": study.partial,
        "seconds": perf_counter() - start,
    }


def measures(study: Study) -> dict[str, dict[str, Any]]:
    """Every measure of the whole day for JSON, with what the psychology leaves open."""
    found: dict[str, dict[str, Any]] = {}
    for name, estimate in sorted(study.metrics.items()):
        felt = study.psychology.get(name)
        found[name] = {
            "mean": _number(estimate.mean),
            "half_width": _number(estimate.half_width),
            "n": estimate.n,
            "unit": estimate.unit,
            **({} if felt is None else {"psychology": [_number(felt.low), _number(felt.high)]}),
        }
    return found


def _number(value: float) -> float | None:
    """The number, or None for nan, which JSON does not know."""
    return None if value != value else float(value)
