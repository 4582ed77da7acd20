"""The room's main door: what did a day feel like to its customers?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.experience.case import Case, prepare
from simqueue.experience.columns import selected
from simqueue.experience.forms import Feeling, form_named
from simqueue.experience.judgement import Judgement, judgement
from simqueue.experience.measures import measures_of
from simqueue.experience.outcome import Outcome, nps_half_width, outcome
from simqueue.experience.parameters import Parameters
from simqueue.experience.perception import Perception, perception
from simqueue.experience.sources import lost_points
from simqueue.experience.spec import ExperienceSpec
from simqueue.tables import Log, Workload

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Experience:
    """A day as it felt: three tables with one row per customer, and how they came about.

    Shares of S between customers enter the NPS by the spread over the whole day, so a lane's or a
    segment's NPS is read with `measures(chosen)`, never by judging its customers alone.
    """

    case: Case
    parameters: Parameters
    perception: Perception
    judgement: Judgement
    outcome: Outcome

    def measures(self, chosen: NDArray[np.bool_] | None = None) -> dict[str, float]:
        """All measures, over everybody or over the customers of a mask of shape (N,)."""
        felt: Any = self.perception.felt_s
        return measures_of(self.case, felt, self.judgement, self.outcome, chosen)

    def lost_points(self) -> dict[str, Floats]:
        """Points lost by source, shape (N,) each, see `sources.lost_points`."""
        return lost_points(self.case, self.perception, self.judgement)

    def nps_interval(self, answers: int = 100) -> tuple[float, float]:
        """The 95 % interval of the NPS that a survey of so many served customers would find.

        (nan, nan) when nobody was served.
        """
        served = self.case.served
        if not served.any():
            return float("nan"), float("nan")
        promoters = float(np.mean(selected(self.outcome.promoter, served)))
        detractors = float(np.mean(selected(self.outcome.detractor, served)))
        middle = 100.0 * (promoters - detractors)
        half = nps_half_width(promoters, detractors, answers)
        return max(-100.0, middle - half), min(100.0, middle + half)


def judge(
    workload: Workload,
    log: Log,
    spec: ExperienceSpec,
    parameters: Parameters | None = None,
    *,
    expected_wait_s: Floats | None = None,
    acceptable_median_s: Floats | None = None,
    liking: Floats | None = None,
) -> Experience:
    """What the day felt like, N customers; central values unless other parameters are given.

    The arrays, shape (N,), replace the scenario's values customer by customer, see `prepare`.
    """
    case = prepare(
        workload,
        log,
        spec,
        expected_wait_s=expected_wait_s,
        acceptable_median_s=acceptable_median_s,
        liking=liking,
    )
    return judge_case(case, spec.model, spec.central() if parameters is None else parameters)


def judge_case(case: Case, model: str, parameters: Parameters) -> Experience:
    """The same for a case that is ready, by the form of that name."""
    return experienced(form_named(model)(case, parameters))


def experienced(feeling: Feeling) -> Experience:
    """The full tables of what a form made of a case."""
    case, p, felt = feeling.case, feeling.parameters, feeling.minutes
    judged = judgement(case, feeling.standards, feeling.terms, p)
    result = outcome(
        case, judged.score, judged.systematic, judged.judged_felt_s, judged.acceptable_s, p
    )
    return Experience(case, p, perception(case, p, felt), judged, result)
