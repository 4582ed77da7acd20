"""Whether the reference was ever checked against waits timed in the shop: a stored `check`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simqueue.scenario import Scenario
from simqueue.show import words

HOME = Path("outputs")


def stored_check(scenario: Scenario, home: Path = HOME) -> str:
    """How the last `simqueue check` of a scenario of this name came out; '' when there is none."""
    path = home / f"{scenario.slug}-check" / "check.json"
    found = _read(path)
    if found is None or found["scenario"] != scenario.scenario:
        return ""
    waits = words.counted(found["observations"], "measured wait")
    days = words.counted(found["observed_days"], "day")
    verdict = words.one_line(found["verdict"])
    return f"{words.one_line(scenario.scenario)}: {verdict}, against {waits} of {days} ({path})"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    kinds = {"scenario": str, "verdict": str, "observations": int, "observed_days": int}
    good = isinstance(found, dict) and all(isinstance(found.get(k), t) for k, t in kinds.items())
    return found if good else None
