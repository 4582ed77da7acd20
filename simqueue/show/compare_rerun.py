"""Making a comparison again from its provenance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simqueue.scenario import loads
from simqueue.scenario.study_file import RobustnessSpec
from simqueue.show.compare_publish import contents, plain
from simqueue.show.compare_verdict import all_verdicts
from simqueue.study.compare import Comparison, compare
from simqueue.study.robustness import robustness
from simqueue.study.run import Progress
from simqueue.study.together import run_together

Pair = tuple[float | None, float | None]


@dataclass(frozen=True)
class Again:
    """A comparison that was made again, with the files it would leave."""

    comparison: Comparison
    files: Mapping[str, bytes]

    def numbers(self, folder: Path) -> list[Pair]:
        """Stored and new mean of every difference that is in both."""
        stored = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
        made = plain(self.comparison, all_verdicts(self.comparison), str(folder))
        return [
            (before["differences"][name]["mean"], new["mean"])
            for before, after in zip(stored["alternatives"], made["alternatives"], strict=True)
            for name, new in after["differences"].items()
            if name in before["differences"]
        ]


def again(origin: Mapping[str, Any], folder: Path, progress: Progress | None) -> Again:
    """Compare once more what a provenance describes; KeyboardInterrupt when it was interrupted."""
    told = origin["alternatives"]
    scenarios = [loads(each["scenario"], name=f"{folder}/provenance.json") for each in told]
    days = origin["replications"]
    studies = run_together(scenarios, days, progress=progress)
    if studies[0].replications < days:
        raise KeyboardInterrupt  # part of a result cannot be compared with the whole
    changes = [each["changes"] for each in told]
    comparison = compare(
        studies,
        [each["name"] for each in told],
        matters=origin["matters"],
        on_purpose=changes,
        changes=changes,
        title=origin.get("title", ""),
    )
    has_figures = any(name.startswith("figures/") for name in origin["sha256"])
    held = None
    if "robustness" in origin:
        held = robustness(comparison, RobustnessSpec.model_validate(origin["robustness"]))
    files = contents(
        comparison, all_verdicts(comparison), str(folder), report=has_figures, robustness=held
    )
    return Again(comparison, files)
