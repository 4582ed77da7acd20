"""Which parts of the felt wait go with the points lost.

A wait loses points through ln(P + 30), so each term is split by shares of that logarithm: with
the logarithmic mean L of felt and clock seconds (30 s added to both), part / L is what a part of
the felt wait adds to ln((P + 30) / (W + 30)). What is left of the term goes with the wait itself,
line, help and halts by their seconds. A share may be negative: a line that moves takes away from
a loss. Shares say what the points go with, not what they are due to.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simqueue.experience.case import Case
from simqueue.experience.judgement import LOST_TERMS, TAU_S, WAIT_TERMS, Judgement
from simqueue.experience.perception import PARTS, Perception

Floats = NDArray[np.float64]

_WAITED = ("queue_s", "help_wait_s", "halted_s")


def lost_points(case: Case, felt: Perception, judged: Judgement) -> dict[str, Floats]:
    """Points lost by source, shape (N,) each; they add up to the lost terms of the judgement.

    Sources: the parts of the felt wait, `left` (the rest of the patience of those who left), and
    fairness, explanation, anxiety and last_place. Points won by short waits are no source.
    """
    p = judged.judged_felt_s
    clock = case.clock_s
    parts = {n: np.nan_to_num(getattr(felt, n)) for n in PARTS if n not in _WAITED}
    parts["left"] = p - np.nan_to_num(felt.felt_s)
    mean = _log_mean(p + TAU_S, clock + TAU_S)
    references = {
        "loss": judged.reference_s,
        "broken_promise": np.fmax(judged.reference_s, felt.displayed_felt_s),
        "intolerable": judged.acceptable_s,
    }
    rate = np.zeros(len(case))
    for name in WAIT_TERMS:
        rate += _rate(getattr(judged, name), p, references[name])
    found = {
        name.removeprefix("by_").removesuffix("_s"): rate * v / mean for name, v in parts.items()
    }
    rest = sum(getattr(judged, n) for n in WAIT_TERMS) - sum(found.values())
    whole = np.where(clock > 0.0, clock, 1.0)
    in_help, halted = case.help_wait_s / whole, case.halted_s / whole
    queue = rest * (1.0 - in_help - halted)
    waited = {"queue": queue, "help_wait": rest * in_help, "halted": rest * halted}
    points = {name: getattr(judged, name) for name in LOST_TERMS if name not in WAIT_TERMS}
    return waited | found | points


def _rate(term: Floats, p: Floats, reference: Floats) -> Floats:
    """Points of a term per unit of ln(P + 30); 0 where it lost nothing."""
    lost = term > 0.0
    extent = np.log((p + TAU_S) / (reference + TAU_S))
    return np.where(lost, term / np.where(lost, extent, 1.0), 0.0)


def _log_mean(a: Floats, b: Floats) -> Floats:
    """Logarithmic mean (a - b) / (ln a - ln b) of positive numbers, a itself where they agree."""
    x = np.log(a / b)
    near = np.abs(x) < 1e-9
    return np.where(near, a, (a - b) / np.where(near, 1.0, x))
