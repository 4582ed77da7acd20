"""How far the psychology itself is uncertain: the same logs judged with many sets of parameters.

This is the range marked *(psychology)*; it says nothing about days, which have their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simqueue.experience.case import Case, joined_cases, prepare
from simqueue.experience.columns import selected
from simqueue.experience.forms import Form, form_named
from simqueue.experience.judgement import systematic_score
from simqueue.experience.measures import MEASURES, felt_measures, score_measures
from simqueue.experience.outcome import (
    answer_chances,
    content_chance,
    effort,
    satisfaction,
    spread_of,
)
from simqueue.experience.parameters import Parameters, draw_parameters
from simqueue.experience.spec import ExperienceSpec
from simqueue.tables import Log, Workload

Floats = NDArray[np.float64]

SAMPLE: int = 4000


@dataclass(frozen=True)
class PsychologyRange:
    """For each measure the 5 % point, the central value and the 95 % point over the parameters.

    `central` is the measure at the central parameters for the same customers: where these are a
    sample, show the whole day's own value with the distances `low - central`, `high - central`.
    """

    low: dict[str, float]
    central: dict[str, float]
    high: dict[str, float]
    draws: int
    customers: int  # customers judged
    of_customers: int  # customers there were

    def around(self, name: str, value: float) -> tuple[float, float]:
        """The range of a measure moved to the value that all customers together gave."""
        shift = value - self.central[name]
        return self.low[name] + shift, self.high[name] + shift

    @property
    def said(self) -> str:
        """One sentence on what was judged."""
        if self.customers == self.of_customers:
            return f"{self.draws} sets of parameters, all {self.customers:,} customers"
        return (
            f"{self.draws} sets of parameters, a sample of {self.customers:,} "
            f"of {self.of_customers:,} customers"
        )


def psychology_range(
    log: Log,
    workload: Workload,
    spec: ExperienceSpec,
    parameters_list: Sequence[Parameters] | None = None,
    *,
    at_most: int = SAMPLE,
    expected_wait_s: Floats | None = None,
    acceptable_median_s: Floats | None = None,
    liking: Floats | None = None,
) -> PsychologyRange:
    """The range of every measure of one day over 200 draws of the parameters, or those given."""
    case = prepare(
        workload,
        log,
        spec,
        expected_wait_s=expected_wait_s,
        acceptable_median_s=acceptable_median_s,
        liking=liking,
    )
    return range_of_cases([case], spec, parameters_list, at_most=at_most)


def range_of_cases(
    cases: Sequence[Case],
    spec: ExperienceSpec,
    parameters_list: Sequence[Parameters] | None = None,
    *,
    at_most: int = SAMPLE,
    of_customers: int | None = None,
) -> PsychologyRange:
    """The same for several days together, e.g. a sample of each (`Case.sampled`).

    `of_customers` says how many there were when the cases are samples already. An evenly spaced
    sample over the day is taken when there are more than `at_most` customers.
    """
    whole = joined_cases(cases)
    sample = whole.sampled(at_most)
    form = form_named(spec.model)
    if parameters_list is None:
        parameters_list = draw_parameters(overrides=spec.parameters)
    rows = [quick_measures(sample, form, p) for p in parameters_list]
    found = np.array([[row[name] for name in MEASURES] for row in rows])
    low, high = np.percentile(found, [5.0, 95.0], axis=0)
    return PsychologyRange(
        low=dict(zip(MEASURES, low.tolist(), strict=True)),
        central=quick_measures(sample, form, spec.central()),
        high=dict(zip(MEASURES, high.tolist(), strict=True)),
        draws=len(rows),
        customers=len(sample),
        of_customers=len(whole) if of_customers is None else of_customers,
    )


def quick_measures(case: Case, form: Form, p: Parameters) -> dict[str, float]:
    """The `MEASURES` of a case without its tables: what `judge` would give, in a fraction of it."""
    feeling = form(case, p)
    case, p, felt = feeling.case, feeling.parameters, feeling.minutes
    found = felt_measures(selected(felt.clock_s, case.joined), selected(felt.felt_s, case.joined))
    systematic = systematic_score(feeling.terms, p)
    score = systematic + p["eps_sd"] * case.z_score
    satisfied = satisfaction(case, score, p)
    held = feeling.standards
    columns = (
        score,
        content_chance(systematic, p),
        satisfied,
        *answer_chances(satisfied, spread_of(satisfied, case), p),
        effort(case, held.judged_s, held.acceptable_s),
    )
    return found | score_measures(*(selected(values, case.served) for values in columns))
