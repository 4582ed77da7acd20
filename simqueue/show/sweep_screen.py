"""What a sweep found, on one screen: the ends of what was tried, and where the table is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simqueue.scenario.written import flow
from simqueue.show import words
from simqueue.study.sweep.result import Sweep

SHOWN: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("wait_mean_s", "wait by the clock, mean", words.duration_unit),
    ("wait_p95_s", "95 in 100 wait at most", words.duration_unit),
    ("felt_mean_s", "wait as it feels, mean", words.duration_unit),
    ("checkout_csat", "checkout score, 0-100", words.points),
    ("one_in_front_share", "one in front or fewer", words.share),
    ("till_hours", "till hours", words.hours),
)
FEELINGS = "Feelings are forecast from published studies, not measured in your shop."
MOST_TOLD = 10


@dataclass(frozen=True)
class Ends:
    """The points with the lowest and the highest mean of a measure."""

    measure: str
    lowest: tuple[float, int]  # mean, point
    highest: tuple[float, int]

    def plain(self, found: Sweep) -> dict[str, Any]:
        """For JSON."""
        return {
            name: {"mean": mean, "point": point, "set": found.plan.changes(point)}
            for name, (mean, point) in (("lowest", self.lowest), ("highest", self.highest))
        }


def ends(found: Sweep) -> dict[str, Ends]:
    """The ends of every measure that some point has a value of, the first of equal points."""
    at: dict[str, list[tuple[float, int]]] = {}
    columns = (found.table.column(name).to_pylist() for name in ("measure", "mean", "point"))
    for measure, mean, point in zip(*columns, strict=True):
        if mean is not None:
            at.setdefault(measure, []).append((mean, point))
    return {
        name: Ends(name, min(values), max(values, key=lambda value: (value[0], -value[1])))
        for name, values in sorted(at.items())
    }


def sweep_screen(found: Sweep, study_path: str = "") -> str:
    """The screen: what was tried, the lowest and highest of the main measures and where, files.

    `study_path` is the study's file, for what to try next.
    """
    parts = [_title(found)]
    if found.points:
        parts.append(_table(found))
    if found.failed or found.unsound:
        parts.append(trouble(found))
    parts.append(_closing(found, study_path))
    return "\n\n".join(parts) + "\n"


def _title(found: Sweep) -> str:
    name = words.one_line(found.plan.title)
    identity = found.plan.identity
    n, of = found.points, len(found.plan)
    points = words.counted(of, "point") if n == of else f"{n:,} of {words.counted(of, 'point')}"
    days = words.counted(identity["replications"], "simulated day")
    audit = "AUDIT FAILED" if found.unsound else "audit ok"
    facts = f"{points}, {days} each, {identity['design']}   {audit}"
    line = f"{name}{' ' * max(8, 24 - len(name))}{facts}"
    return line if len(line) <= words.WIDTH else words.wrapped(name) + "\n" + words.wrapped(facts)


def _table(found: Sweep) -> str:
    at = ends(found)
    lines = [f"{'':<24}{'lowest':<12}{'highest':<12}at points"]
    named: list[int] = []
    for name, label, text in SHOWN:
        if name not in at:
            continue
        (low, low_at), (high, high_at) = at[name].lowest, at[name].highest
        lines.append(f"{label:<24}{text(low):<12}{text(high):<12}{low_at} and {high_at}")
        named += [point for point in (low_at, high_at) if point not in named]
    where = [
        words.wrapped(f"point {point}: {_set(found, point)}", indent="  ")
        for point in sorted(named)
    ]
    return "\n".join([*lines, "", *where])


def _set(found: Sweep, point: int) -> str:
    said = found.plan.changes(point).items()
    return words.one_line(", ".join(f"{key} = {flow(value)}" for key, value in said))


def trouble(found: Sweep) -> str:
    """Which points could not be simulated, or failed their audit, and why; like ones together."""
    told: dict[str, list[int]] = {}
    for point, why in sorted(found.failed.items()):
        told.setdefault(f"not simulated: {why}", []).append(point)
    for point, faults in sorted(found.unsound.items()):
        told.setdefault(f"audit failed: {'; '.join(faults)}", []).append(point)
    lines = [_told(found, why, points) for why, points in list(told.items())[:MOST_TOLD]]
    if len(told) > MOST_TOLD:
        lines.append(f"and {len(told) - MOST_TOLD} faults more")
    return "\n".join(lines)


def _told(found: Sweep, why: str, points: list[int]) -> str:
    first = f"point {points[0]} ({_set(found, points[0])})"
    more = f" and {words.counted(len(points) - 1, 'point')} more" if len(points) > 1 else ""
    return words.wrapped(words.one_line(f"{first}{more}: {why}"), indent="  ")


def _closing(found: Sweep, study_path: str) -> str:
    lines = [FEELINGS, f"Every measure of every point: {found.folder / 'points.csv'}"]
    if found.failed:
        lines.append(f"Points that failed: {found.folder / 'failed.csv'}")
    if study_path.isprintable() and found.points:
        call = f"simqueue.sweep({study_path!r}).plot({found.keys[0]!r}, 'wait_mean_s')"
        lines.append(f"Next, in Python: {call}")
    return "\n".join(lines)


def summary(found: Sweep) -> dict[str, Any]:
    """What `simqueue sweep --json` prints."""
    return {
        "study": found.plan.title,
        "design": found.plan.identity["design"],
        "replications": found.plan.identity["replications"],
        "keys": list(found.keys),
        "points": len(found.plan),
        "simulated": found.points,
        "failed": {str(point): why for point, why in sorted(found.failed.items())},
        "audit": {
            "ok": not found.unsound,
            "failures": {str(point): list(why) for point, why in sorted(found.unsound.items())},
        },
        "partial": found.partial,
        "measures": {name: each.plain(found) for name, each in ends(found).items()},
        "out": str(found.folder),
    }
