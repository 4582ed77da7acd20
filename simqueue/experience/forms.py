"""The named forms of the psychology: same case, same parameters, different beliefs.

Every form is `form(case, parameters) -> Feeling`; the spread between them is larger than that of
any parameter, which is why they are shown side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simqueue.experience.case import Case
from simqueue.experience.judgement import LOST_TERMS, TAU_S, Standards, standards, terms
from simqueue.experience.parameters import Parameters
from simqueue.experience.perception import Minutes, minutes
from simqueue.registry import find, register

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Feeling:
    """What a form makes of a case: felt minutes, what they are held against, terms in points.

    `case` and `parameters` are those it worked with, after its own changes to them. Its arrays are
    handed over: the tables of what was felt share them, and they become read-only.
    """

    case: Case
    parameters: Parameters
    minutes: Minutes
    standards: Standards
    terms: dict[str, Floats]


Form = Callable[[Case, Parameters], Feeling]


def form_named(name: str) -> Form:
    """The registered form of that name; KeyError with a suggestion when there is none."""
    found: Form = find("perception", name).function
    return found


@register("perception", "judged-wait", source="Maister 1985; Stevens 1957; see docs/psychology.md")
def judged_wait(case: Case, p: Parameters) -> Feeling:
    """Felt minutes by a power law with attention factors, judged by expectation and tolerance."""
    felt = minutes(case, p)
    held = standards(case, felt, p)
    return Feeling(case, p, felt, held, terms(case, held, p))


@register("perception", "linear", source="Mishalani et al. 2006")
def linear(case: Case, p: Parameters) -> Feeling:
    """As judged-wait, but every clock second adds the same: the exponent is one."""
    return judged_wait(case, seen_by("linear", p))


@register("perception", "power", source="Stevens 1957")
def power(case: Case, p: Parameters) -> Feeling:
    """As judged-wait, but felt minutes depend on the clock alone: no attention factors."""
    return judged_wait(without_attention(case), p)


@register("perception", "gap", source="Maister 1985, first law of service, turned round for waits")
def gap(case: Case, p: Parameters) -> Feeling:
    """Satisfaction falls in proportion to felt minus expected wait; nothing else counts.

    The slope is that of judged-wait where the wait feels as expected, k / (R + 30) per second,
    alike for gains and losses, so that the two forms differ in shape and not in strength.
    """
    felt = minutes(case, p)
    held = standards(case, felt, p)
    points = p["k"] * (held.reference_s - held.judged_s) / (held.reference_s + TAU_S)
    found = {name: np.zeros(len(case)) for name in LOST_TERMS}
    found["gain"] = np.maximum(0.0, points)
    found["loss"] = np.maximum(0.0, -points)
    return Feeling(case, p, felt, held, found)


@register("perception", "none", source="Pallikkara et al. 2024 (no significant link)")
def none(case: Case, p: Parameters) -> Feeling:
    """As judged-wait, but the checkout leaves no trace in the opinion of the visit: w is 0."""
    return judged_wait(case, p.replaced(w=0.0))


def seen_by(name: str, p: Parameters) -> Parameters:
    """The parameters of the minutes as the form uses them."""
    return p.replaced(beta=1.0) if name == "linear" else p


def without_attention(case: Case) -> Case:
    """The case with every proposition on minutes switched off."""
    off = {"occupied": False, "moving": False, "in_process": False, "known": False}
    changed = case.propositions.model_copy(update={**off, "company": "neutral"})
    return replace(case, propositions=changed)
