"""How many tills each hour needs by formula, beside how many are open."""

from __future__ import annotations

from math import isnan

import numpy as np
from numpy.typing import NDArray

from simqueue.show import words
from simqueue.show.reading import clock_at, lane_words, n_quarters
from simqueue.study.needed import tills_needed
from simqueue.study.study import Study

HOUR_QUARTERS = 4
ABOUT = (
    "Needed by formula (M/M/c) in the hour's busiest quarter hour, so that no more wait long than"
    " your target allows, and how many are open on average. Queues left over from before are not in"
    " the formula; a till that stands still while serving counts as working."
)


def staffing_table(study: Study) -> dict[str, list[tuple[str, ...]]]:
    """Rows of hour, then 'needed / open' for every lane and station; {} without a clock."""
    needed = tills_needed(study)
    n = n_quarters(study)
    if not n or not needed.size or "tills_open" not in study.lane_quarter.units:
        return {}
    open_s, span_s = study.lane_quarter.totals("tills_open")
    there = (open_s.mean(axis=0) / span_s.mean(axis=0)).reshape(-1, n)
    places = range(len(study.lane.groups))
    head = ("", *(lane_words(study, j) for j in places))
    starts = range(0, n, HOUR_QUARTERS)
    body = [
        (
            f"{clock_at(study, q)}-{clock_at(study, min(q + HOUR_QUARTERS, n))}",
            *(_cell(needed[j, q : q + HOUR_QUARTERS], there[j, q : q + HOUR_QUARTERS])
              for j in places),
        )
        for q in starts
    ]  # fmt: skip
    return {"head": [head], "rows": body}


def _cell(needed: NDArray[np.float64], there: NDArray[np.float64]) -> str:
    """One hour of one place, as in '5 / 4.5'; an asterisk where more are needed than open."""
    most, mean = float(np.max(needed)), float(np.mean(there))
    if isnan(most):
        return words.DASH
    short = " *" if most > mean + 0.05 else ""
    return f"{most:.0f} / {f'{mean:.1f}'.removesuffix('.0')}{short}"
