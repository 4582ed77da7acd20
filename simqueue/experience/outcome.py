"""Layer 3, outcome: satisfaction with the visit, recommendation and effort, all from one state.

    S = (1 - w) S_rest + w C

They are one latent number shown in several ways, so their agreement is no evidence of anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simqueue.experience.case import Case
from simqueue.experience.columns import selected, where_known
from simqueue.experience.judgement import TAU_S
from simqueue.experience.parameters import Parameters
from simqueue.tables.table import Table, column

Floats = NDArray[np.float64]

CONTENT_FROM: Final = 70.0  # top-2 box = index of at least 70: about 79 % after short waits
NPS_LEVEL: Final = 8.31  # mean 0-10 answer at S = 78, so that the NPS is 28 there
NPS_AT: Final = 78.0  # ACSI, supermarkets, 2018-2019
LEAST_ANSWER_VARIANCE: Final = 0.5
LIKING_SPREAD: Final = 0.2  # assumption: persons differ in liking by .2 of their spread in S_rest


@dataclass(frozen=True, eq=False)
class Outcome(Table):
    """What would be asked, per customer; nan where unfinished."""

    satisfaction: NDArray[Any] = column("f8", "points", "S, opinion of the whole visit, 0-100")
    content_with_checkout: NDArray[Any] = column("f8", "1", "chance of a top-2 answer on C")
    promoter: NDArray[Any] = column("f8", "1", "chance that he answers 9 or 10")
    detractor: NDArray[Any] = column("f8", "1", "chance that he answers 0 to 6")
    effort: NDArray[Any] = column("f8", "1", "customer effort score, 1 (very low) to 5")


def satisfaction(case: Case, score: Floats, p: Parameters) -> Floats:
    """S of every customer; liking for self-service shifts S_rest at machines.

    Liking is that of the segment in points, and a person's own: .2 standard deviations of S_rest,
    about 3 points, the size of the shift's own range (assumption).
    """
    liking = case.liking + LIKING_SPREAD * p["rest_sd"] * case.z_liking
    shift = p["rest_shift_machines"] + liking
    rest = p["rest_mean"] + p["rest_sd"] * case.z_rest + shift * case.machine
    return np.asarray((1.0 - p["w"]) * rest + p["w"] * score)


def content_chance(systematic: Floats, p: Parameters) -> Floats:
    """Chance that the score reaches 70 (ordered probit): eps is the noise of the answer.

    The systematic score goes in, because the latent score already holds one draw of eps.
    """
    from scipy.special import ndtr

    return np.asarray(ndtr((systematic - CONTENT_FROM) / p["eps_sd"]))


def answer_chances(satisfied: Floats, spread: float, p: Parameters) -> tuple[Floats, Floats]:
    """Chances of (promoter, detractor) for each S; the 0-10 answer is a rounded normal value.

    Mean 8.31 + 0.10 (S - 78). `spread` is the standard deviation of S over all customers: the
    answer's own variance is what is left of nps_sd squared, at least .5.
    """
    from scipy.special import ndtr

    mean = NPS_LEVEL + p["nps_slope"] * (satisfied - NPS_AT)
    rest = p["nps_sd"] ** 2 - (p["nps_slope"] * spread) ** 2
    sd = np.sqrt(max(LEAST_ANSWER_VARIANCE, rest))
    return np.asarray(ndtr((mean - 8.5) / sd)), np.asarray(ndtr((6.5 - mean) / sd))


def effort(case: Case, felt_s: Floats, acceptable_s: Floats) -> Floats:
    """Customer effort score on its 1-5 scale (assumption: no study links it to checkout waits)."""
    ratio = np.log((felt_s + TAU_S) / (acceptable_s + TAU_S))
    return np.clip(1.8 + 0.8 * ratio + 0.5 * case.machine + 1.0 * case.helped, 1.0, 5.0)


def spread_of(satisfied: Floats, case: Case) -> float:
    """Standard deviation of S over the served; 0 when nobody was."""
    of_served = selected(satisfied, case.served)
    return float(np.std(of_served)) if len(of_served) else 0.0


def outcome(
    case: Case, score: Floats, systematic: Floats, felt_s: Floats, acceptable: Floats, p: Parameters
) -> Outcome:
    """The table of outcomes for scores and felt waits as judged, shape (N,) each."""
    satisfied = satisfaction(case, score, p)
    promoter, detractor = answer_chances(satisfied, spread_of(satisfied, case), p)
    columns = {
        "satisfaction": satisfied,
        "content_with_checkout": content_chance(systematic, p),
        "promoter": promoter,
        "detractor": detractor,
        "effort": effort(case, felt_s, acceptable),
    }
    over = case.served | case.gave_up
    return Outcome(**where_known(over, columns))


def nps_half_width(promoters: float, detractors: float, answers: int = 100) -> float:
    """Half the 95 % interval of the NPS that a survey of so many answers would find, in points.

    >>> round(nps_half_width(0.46, 0.18), 1)
    14.7
    """
    net = promoters - detractors
    variance = max(0.0, promoters + detractors - net * net) / answers
    return float(100.0 * 1.959963984540054 * np.sqrt(variance))
