"""What the psychology leaves open about a difference: other parameters, other forms.

Both alternatives are judged with the same parameters each time, and by the same customers where
these are the same people; what happened on the days is held fixed. So what is unsure about all
waits alike falls out of the difference, and only what is unsure about the difference is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isnan, nan
from typing import Any, Final

import numpy as np

from simqueue.experience import Case, Parameters, draw_parameters, form_named, joined_cases
from simqueue.experience.forms import Form
from simqueue.experience.judgement import TAU_S
from simqueue.experience.measures import MEASURES
from simqueue.experience.spec import FORMS
from simqueue.experience.uncertainty import SAMPLE, quick_measures
from simqueue.study.study import Study

SCORE: Final = "checkout_csat"
NO_OPINION: Final = "none"  # the form by which waiting does not move satisfaction: no sign to agree


@dataclass(frozen=True)
class Feeling:
    """A felt measure's difference by psychology: its 5-95 % range, and who agrees on the sign.

    `draws_agreeing` of `draws` sets of parameters, and `forms_agreeing` of `forms` forms, give the
    sign that the difference has at the central parameters of the scenario's own form.
    """

    low: float
    central: float
    high: float
    draws_agreeing: int
    draws: int
    by_form: dict[str, float]

    @property
    def forms_agreeing(self) -> int:
        """Forms in which the difference has the same sign."""
        return sum(_sign(value) == _sign(self.central) != 0 for value in self.by_form.values())

    @property
    def forms(self) -> int:
        """Forms that were asked."""
        return len(self.by_form)

    def around(self, mean: float) -> tuple[float, float]:
        """The range moved to the difference that all customers together gave."""
        shift = mean - self.central
        return self.low + shift, self.high + shift

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "low": _number(self.low), "central": _number(self.central), "high": _number(self.high),
            "draws": self.draws, "draws_agreeing": self.draws_agreeing,
            "forms": self.forms, "forms_agreeing": self.forms_agreeing,
            "by_form": {name: _number(value) for name, value in self.by_form.items()},
        }  # fmt: skip


def feelings(studies: Sequence[Study], draws: int = 200) -> list[dict[str, Feeling]]:
    """For each study but the first, every felt measure's difference from the first.

    Empty where a study kept no customers to judge anew.
    """
    cases = [_sample(study) for study in studies]
    if any(case is None or not len(case) for case in cases):
        return [{} for _ in studies[1:]]
    known = [case for case in cases if case is not None]
    spec = studies[0].scenario.experience
    form = form_named(spec.model)
    own = spec.central()
    central = [quick_measures(case, form, own) for case in known]
    drawn = draw_parameters(draws, overrides=spec.parameters)
    ranged = [[quick_measures(case, form, p) for p in drawn] for case in known]
    forms = {name: form_named(name) for name in FORMS if name != NO_OPINION}
    judged = [{n: quick_measures(case, f, own) for n, f in forms.items()} for case in known]
    return [
        {name: _feeling(name, central, ranged, judged, k) for name in MEASURES
         if not isnan(central[k][name] - central[0][name])}
        for k in range(1, len(studies))
    ]  # fmt: skip


def once_normal(studies: Sequence[Study]) -> list[float]:
    """For each study but the first, the checkout score's difference once people are used to it.

    At first everybody expects what he always expected. Later his expectation has moved so far that
    waits surprise as much, or as little, as before the change: the mean of ln((P + 30)/(E + 30)) is
    what it was (assumption: expectations follow what is met, wholly and alike in all customers).
    What is left does not wear off: tolerance, fairness, being last, and losses that weigh more than
    gains. nan where a study kept nobody to judge, or where only one of the two shows the wait.
    """
    spec = studies[0].scenario.experience
    form, own = form_named(spec.model), spec.central()
    cases = [_sample(study) for study in studies]
    shown = [study.scenario.experience.wait_display is not None for study in studies]
    found, first = [], cases[0]
    for case, display in zip(cases[1:], shown[1:], strict=True):
        if first is None or case is None or display != shown[0]:
            found.append(nan)
            continue
        ratio = float(np.exp(_log_felt(case, form, own) - _log_felt(first, form, own)))
        expected = np.maximum(0.0, (case.expected_s + TAU_S) * ratio - TAU_S)
        settled = quick_measures(replace(case, expected_s=expected), form, own)
        found.append(settled[SCORE] - quick_measures(first, form, own)[SCORE])
    return found


def _log_felt(case: Case, form: Form, p: Parameters) -> float:
    """Mean logarithm of the felt waits of those served, as judgements see them; nan for nobody."""
    feeling = form(case, p)
    felt = feeling.minutes.felt_s[feeling.case.served]
    return float(np.mean(np.log(felt + TAU_S))) if len(felt) else nan


def _sample(study: Study) -> Case | None:
    return joined_cases(study.cases).sampled(SAMPLE) if study.cases else None


def _feeling(
    name: str,
    central: Sequence[dict[str, float]],
    ranged: Sequence[Sequence[dict[str, float]]],
    judged: Sequence[dict[str, dict[str, float]]],
    k: int,
) -> Feeling:
    apart = np.array([b[name] - a[name] for a, b in zip(ranged[0], ranged[k], strict=True)])
    middle = central[k][name] - central[0][name]
    low, high = np.nanpercentile(apart, [5.0, 95.0])
    agreeing = int(np.sum(np.sign(apart) == _sign(middle))) if _sign(middle) else 0
    by_form = {form: judged[k][form][name] - judged[0][form][name] for form in judged[0]}
    return Feeling(float(low), middle, float(high), agreeing, len(apart), by_form)


def _sign(value: float) -> int:
    return 0 if isnan(value) else (value > 0) - (value < 0)


def _number(value: float) -> float | None:
    return None if isnan(value) else float(value)
