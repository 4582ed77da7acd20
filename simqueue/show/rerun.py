"""Making a result again from its provenance, and comparing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isclose
from pathlib import Path
from typing import Any

from simqueue.scenario import loads
from simqueue.show.publish import contents
from simqueue.study.provenance import changed, environment
from simqueue.study.run import KEEP_ALL, Progress, run

RELATIVE = 1e-9  # what is promised between machine types and library versions


class NotOursError(Exception):
    """A folder whose provenance was not written by simqueue."""


@dataclass(frozen=True)
class Verdict:
    """Whether a result could be made again, and what differs if not."""

    folder: str
    identical: bool
    close: bool
    differing: tuple[str, ...]
    environment: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Identical, or as close as can be promised in another environment."""
        return self.identical or (self.close and bool(self.environment))

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "identical": self.identical,
            "same_to_1e-9": self.close,
            "differing_files": list(self.differing),
            "other_environment": list(self.environment),
        }

    def text(self) -> str:
        """The verdict in words."""
        if self.identical:
            return f"{self.folder}: identical, byte for byte."
        lines = [f"{self.folder}: not identical: {', '.join(self.differing)}."]
        if self.close:
            lines.append("All measures agree to 1e-9.")
        if self.environment:
            lines.append(f"Made elsewhere: {'; '.join(self.environment)}.")
        return "\n".join(lines)


def rerun(folder: Path, progress: Progress | None = None) -> Verdict:
    """Run again what `folder/provenance.json` describes; nothing is written.

    OSError when there is no such file, NotOursError when it is not the provenance of a result.
    """
    origin = _read(folder / "provenance.json")
    if "alternatives" in origin:
        return _comparison(origin, folder, progress)
    if "week" in origin:
        return _week(origin, folder, progress)
    scenario = loads(origin["scenario"], name=f"{folder}/provenance.json")
    words = {"all": KEEP_ALL, "none": 0}
    keep = words.get(origin["keep"]) if origin["keep"] in words else int(origin["keep"])
    study = run(scenario, keep=keep or 0, progress=progress, stop_after=origin["replications"])
    if study.replications < origin["replications"]:
        raise KeyboardInterrupt  # part of a result cannot be compared with the whole
    has_figures = any(name.startswith("figures/") for name in origin["sha256"])
    files = contents(study, str(folder), report=has_figures)
    differing = tuple(changed(origin["sha256"], files))
    return Verdict(
        str(folder),
        not differing,
        _close(folder / "summary.json", study.summary()),
        differing,
        _elsewhere(origin["environment"]),
    )


def _comparison(origin: dict[str, Any], folder: Path, progress: Progress | None) -> Verdict:
    """The same for a comparison."""
    from simqueue.show.compare_rerun import again

    made = again(origin, folder, progress)
    differing = tuple(changed(origin["sha256"], made.files))
    return Verdict(
        str(folder),
        not differing,
        _agree(made.numbers(folder)),
        differing,
        _elsewhere(origin["environment"]),
    )


def _week(origin: dict[str, Any], folder: Path, progress: Progress | None) -> Verdict:
    """The same for a week: each of its days again, and the totals that they gave."""
    days = [rerun(folder / str(day), progress) for day in origin["week"]]
    kept = ("scenario.resolved.yaml", "week.csv")
    files = {name: (folder / name).read_bytes() for name in kept if (folder / name).is_file()}
    differing = (
        *(f"{day}/{name}" for day, found in zip(origin["week"], days, strict=True)
          for name in found.differing),
        *changed(origin["sha256"], files),
    )  # fmt: skip
    return Verdict(
        str(folder),
        not differing,
        all(found.close for found in days),
        differing,
        _elsewhere(origin["environment"]),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        origin = json.loads(path.read_text(encoding="utf-8"))
        of_run = {"scenario", "replications", "keep", "sha256", "environment"}
        of_comparison = {"alternatives", "replications", "matters", "sha256", "environment"}
        of_week = {"scenario", "week", "sha256", "environment"}
        kinds = (of_run, of_comparison, of_week)
        if isinstance(origin, dict) and any(kind <= set(origin) for kind in kinds):
            return origin
    except ValueError:
        pass
    raise NotOursError(f"{path}: is not the provenance of a simqueue result")


def _close(path: Path, summary: dict[str, Any]) -> bool:
    """Whether the stored measures agree with the new ones to 1e-9, relatively."""
    stored = json.loads(path.read_text(encoding="utf-8"))["metrics"]
    return _agree(
        [
            (stored[name]["mean"], new["mean"])
            for name, new in summary["metrics"].items()
            if name in stored
        ]
    )


def _agree(pairs: list[tuple[float | None, float | None]]) -> bool:
    """Whether all stored and new values agree to 1e-9, relatively."""
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    return bool(pairs) and all(isclose(a, b, rel_tol=RELATIVE, abs_tol=RELATIVE) for a, b in known)


def _elsewhere(recorded: dict[str, str]) -> tuple[str, ...]:
    here = environment()
    return tuple(
        f"{name} {recorded.get(name)} (here {value})"
        for name, value in here.items()
        if recorded.get(name) != value
    )
