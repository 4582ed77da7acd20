"""What the psychology itself does not know, beside the chance of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from simqueue.experience import SAMPLE, Case, ExperienceSpec, range_of_cases


@dataclass(frozen=True)
class PsychologyRange:
    """5-95 % range of a measure over draws of the psychology's parameters, days held fixed."""

    low: float
    high: float
    draws: int
    customers: int  # how many customers were judged anew for it
    of_customers: int = 0  # how many there were

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def sampled(case: Case, days: int) -> Case:
    """A day's share of the customers who are judged anew with every draw of the parameters."""
    return case.sampled(max(1, SAMPLE // days))


def ranges(
    cases: Sequence[Case], spec: ExperienceSpec, means: Mapping[str, float], of_customers: int
) -> dict[str, PsychologyRange]:
    """The range of each measure around its mean over all days.

    The draws judge a sample; the distances they find are put around `means`, which are measured
    on everybody. Empty when nobody came.
    """
    if not any(len(case) for case in cases):
        return {}
    found = range_of_cases(cases, spec, of_customers=of_customers)
    made = {}
    for name in found.low:
        low, high = found.around(name, means[name])
        if low == low:  # nan where nobody was served
            made[name] = PsychologyRange(low, high, found.draws, found.customers, of_customers)
    return made
