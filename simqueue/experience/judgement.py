"""Layer 2, judgement: from felt seconds to a latent score C of the checkout, 0-100, unclipped.

    d = ln((P + 30) / (R + 30)),  t = max(0, ln((P + 30) / (A + 30)))
    C = C0 + k max(0, -d) - v lambda k max(0, d) - v ka t
        - fairness - explanation - anxiety - last place + eps

R is what was expected, A what is acceptable, both in felt seconds. A display moves R to
(1 - pi) E + pi F(D). Loss beyond F(D) weighs lambda_ext, because a promise was broken; between a
shorter R and F(D) it weighs lambda.

Somebody who balked or gave up is judged as if he had waited until his patience ended: felt
seconds of at least patience_ratio x A. He has shown that it was too long for him, whatever the
clock says; a balker judged at no wait would make bad shops look good. He is held against his
habitual expectation alone: whether a display would have kept its promise nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simqueue.experience.case import Case
from simqueue.experience.columns import where_known
from simqueue.experience.parameter_table import TABLE
from simqueue.experience.parameters import Parameters
from simqueue.experience.perception import Minutes
from simqueue.tables.table import Table, column

Floats = NDArray[np.float64]

TAU_S: Final = 30.0  # felt seconds; below about half a minute differences hardly matter
REFERENCE_ITEMS: Final = 12.0  # the basket to which the median acceptable wait belongs


@dataclass(frozen=True, eq=False)
class Judgement(Table):
    """Points per customer: c0 + gain - the other terms + other = score. nan where unfinished."""

    score: NDArray[Any] = column("f8", "points", "latent score C of the checkout")
    systematic: NDArray[Any] = column("f8", "points", "the same without what else moved him")
    judged_felt_s: NDArray[Any] = column("f8", "felt s", "felt wait he judges by")
    reference_s: NDArray[Any] = column("f8", "felt s", "what he expected, display included")
    acceptable_s: NDArray[Any] = column("f8", "felt s", "what he finds acceptable")
    gain: NDArray[Any] = column("f8", "points", "won: shorter than expected")
    loss: NDArray[Any] = column("f8", "points", "lost: longer than expected")
    broken_promise: NDArray[Any] = column("f8", "points", "lost: longer than displayed")
    intolerable: NDArray[Any] = column("f8", "points", "lost: longer than acceptable")
    fairness: NDArray[Any] = column("f8", "points", "lost: overtaken, or picked out for a check")
    explanation: NDArray[Any] = column("f8", "points", "lost: a stoppage nobody explained")
    anxiety: NDArray[Any] = column("f8", "points", "lost: did I pick the right line?")
    last_place: NDArray[Any] = column("f8", "points", "lost: nobody behind him")
    other: NDArray[Any] = column("f8", "points", "whatever else moved him")


WAIT_TERMS: Final = ("loss", "broken_promise", "intolerable")
LOST_TERMS: Final = (*WAIT_TERMS, "fairness", "explanation", "anxiety", "last_place")


def acceptable_s(case: Case, p: Parameters) -> Floats:
    """What each customer finds acceptable, in felt seconds, shape (N,).

    Median of his segment (moved with the parameter when that is drawn from its range), lognormal
    between persons, growing with the basket, times self-control.
    """
    median = case.acceptable_s * (p["acceptable_wait_s"] / case.acceptable_base_s)
    person = np.exp(p["acceptable_sigma"] * case.z_acceptable)
    exponent = p["acceptable_exponent"] if case.propositions.value else 0.0
    basket = (case.items / REFERENCE_ITEMS) ** exponent
    return np.asarray(median * person * basket * case.self_control)


def judged_felt_s(case: Case, felt: Minutes, acceptable: Floats, p: Parameters) -> Floats:
    """The felt wait each customer judges by: his own, or the end of his patience if he left."""
    if not case.gave_up.any():
        return felt.felt_s
    patience = p["patience_ratio"] * acceptable
    return np.where(case.gave_up, np.maximum(felt.felt_s, patience), felt.felt_s)


def expected_s(case: Case, p: Parameters) -> Floats:
    """What each customer would say he expects, in felt seconds; the sign left aside.

    The scenario's number scaled by the draw of `expected_wait_s` against its central value: the
    relative uncertainty of what people expect stays, whatever the planner wrote.
    """
    central = TABLE["expected_wait_s"].central
    return np.asarray(case.expected_s * (p["expected_wait_s"] / central))


@dataclass(frozen=True, eq=False)
class Standards:
    """The felt wait by which each customer judges, and what he holds it against; felt s, (N,)."""

    judged_s: Floats
    reference_s: Floats  # R: expectation, moved by the share pi towards F(D) where that was shown
    promise_s: Floats | None  # F(D), inf for whoever was promised nothing; None = for everybody
    acceptable_s: Floats


def standards(case: Case, felt: Minutes, p: Parameters) -> Standards:
    """What the waits of a case are held against; a promise only by those who stayed to see it."""
    acceptable = acceptable_s(case, p)
    judged, reference = judged_felt_s(case, felt, acceptable, p), expected_s(case, p)
    promised = np.isfinite(felt.displayed_felt_s) & ~case.gave_up
    if not promised.any():
        return Standards(judged, reference, None, acceptable)
    moved = (1.0 - p["pi"]) * reference + p["pi"] * felt.displayed_felt_s
    promise = np.where(promised, felt.displayed_felt_s, np.inf)
    return Standards(judged, np.where(promised, moved, reference), promise, acceptable)


@dataclass(frozen=True, eq=False)
class Yardsticks:
    """Logarithms of what a felt wait is held against, shape (N,) each, + 30 s inside."""

    reference: Floats
    promise: Floats | None  # where the promise begins to be broken; inf or None without a display
    acceptable: Floats


def wait_terms(felt_s: Floats, marks: Yardsticks, case: Case, p: Parameters) -> dict[str, Floats]:
    """Points won and lost by the felt wait alone: gain, loss, broken_promise, intolerable."""
    none = np.zeros(len(felt_s))
    ln_p = np.log(felt_s + TAU_S)
    per_loss = case.value_of_time * p["k"]
    to_promise, broken = ln_p, none
    if marks.promise is not None:
        to_promise = np.minimum(ln_p, marks.promise)
        broken = per_loss * p["lambda_ext"] * np.maximum(none, ln_p - marks.promise)
    return {
        "gain": p["k"] * np.maximum(none, marks.reference - ln_p),
        "loss": per_loss * p["lambda"] * np.maximum(none, to_promise - marks.reference),
        "broken_promise": broken,
        "intolerable": case.value_of_time * p["ka"] * np.maximum(none, ln_p - marks.acceptable),
    }


def yardsticks(held: Standards) -> Yardsticks:
    """The logarithms of reference, promise and tolerance."""
    reference = np.log(held.reference_s + TAU_S)
    promise = held.promise_s
    if promise is not None:
        promise = np.maximum(reference, np.log(promise + TAU_S))
    return Yardsticks(reference, promise, np.log(held.acceptable_s + TAU_S))


def terms(case: Case, held: Standards, p: Parameters) -> dict[str, Floats]:
    """All terms of the score in points, by name, before whatever else moves a customer.

    Anxiety: the doubt whether one picked the right line, for whoever waited in a lane whose
    lines are separate (slips belong to fairness, so they do not drive it). Being picked out to
    have one's own scanning checked counts as so many slips. Explanation: once per visit. Last
    place: what 70 felt seconds more would cost, times the share of the wait in line that was
    spent last.
    """
    on = case.propositions
    marks, judged = yardsticks(held), held.judged_s
    found = wait_terms(judged, marks, case, p)
    none = np.zeros(len(case))
    unfair = case.slips + p["picked_out"] * case.picked_out
    found["fairness"] = p["fairness"] * -np.expm1(-unfair / 2.0) if on.fairness else none
    found["explanation"] = p["explanation"] * case.unexplained if on.explanation else none
    found["anxiety"] = p["anxiety"] * case.doubts_line if on.anxiety else none
    found["last_place"] = none
    if on.last_place:
        longer = judged + p["last_place_s"] * case.last_share
        found["last_place"] = net(found) - net(wait_terms(longer, marks, case, p))
    return found


def net(found: dict[str, Floats]) -> Floats:
    """Points of the felt wait alone, won minus lost."""
    return found["gain"] - found["loss"] - found["broken_promise"] - found["intolerable"]


def systematic_score(found: dict[str, Floats], p: Parameters) -> Floats:
    """C without eps, shape (N,)."""
    total = p["c0"] + found["gain"]
    for name in LOST_TERMS:
        total = total - found[name]
    return total


def judgement(case: Case, held: Standards, found: dict[str, Floats], p: Parameters) -> Judgement:
    """The table of points; balkers and those who gave up are in it, the unfinished are nan."""
    systematic = systematic_score(found, p)
    other = p["eps_sd"] * case.z_score
    columns = {
        "score": systematic + other,
        "systematic": systematic,
        "judged_felt_s": held.judged_s,
        "reference_s": held.reference_s,
        "acceptable_s": held.acceptable_s,
        "other": other,
        **{name: found[name] for name in ("gain", *LOST_TERMS)},
    }
    return Judgement(**where_known(case.served | case.gave_up, columns))
