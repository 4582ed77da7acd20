"""Few numbers for many customers: felt wait, checkout score, satisfaction, NPS, effort."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simqueue.experience.case import Case
from simqueue.experience.judgement import Judgement
from simqueue.experience.outcome import CONTENT_FROM, Outcome

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SCORES: Final = ("checkout_csat", "checkout_top2", "csat", "csat_top2_share", "nps", "ces")
MEASURES: Final = ("felt_mean_s", "felt_ratio", *SCORES)


def felt_measures(clock_s: Floats, felt_s: Floats) -> dict[str, float]:
    """Mean felt wait and its ratio to the clock; nan where there is nobody, or no wait at all.

    Both cover the line and waiting for help, of everybody whose wait is known.
    """
    mean = _mean(felt_s)
    clock = _mean(clock_s)
    return {"felt_mean_s": mean, "felt_ratio": mean / clock if clock > 0.0 else float("nan")}


def score_measures(
    score: Floats,
    content: Floats,
    satisfied: Floats,
    promoter: Floats,
    detractor: Floats,
    effort: Floats,
) -> dict[str, float]:
    """Means over the customers given, named as `SCORES`; nan when there is nobody."""
    return {
        "checkout_csat": _mean(score),
        "checkout_top2": _mean(content),
        "csat": _mean(satisfied),
        "csat_top2_share": _mean(satisfied >= CONTENT_FROM),
        "nps": 100.0 * (_mean(promoter) - _mean(detractor)),
        "ces": _mean(effort),
    }


def measures_of(
    case: Case,
    felt_s: Floats,
    judged: Judgement,
    result: Outcome,
    chosen: Flags | None = None,
) -> dict[str, float]:
    """All measures over the chosen customers: `MEASURES` over the served, `*_all` with the lost.

    `*_all` also counts those who balked or gave up, judged as `judgement` says.
    """
    rows = np.ones(len(case), dtype=bool) if chosen is None else chosen
    known = case.joined & rows
    clock = case.clock_s
    found = felt_measures(clock[known], felt_s[known])
    for ending, mask in (("", case.served), ("_all", case.served | case.gave_up)):
        some = mask & rows
        columns: list[Any] = [
            judged.score,
            result.content_with_checkout,
            result.satisfaction,
            result.promoter,
            result.detractor,
            result.effort,
        ]
        scores = score_measures(*(values[some] for values in columns))
        found |= {name + ending: value for name, value in scores.items()}
    return found


def _mean(values: NDArray[Any]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
