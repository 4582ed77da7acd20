"""What the psychology itself does not know, beside the chance of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simqueue.experience import SAMPLE, Case, ExperienceSpec, range_of_cases

LEAST_KEPT: Final = 200  # of each day, so that other runs of 20 days and more can begin with it
GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio, made odd


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


def sample_size(days: int) -> int:
    """How many customers of each day are judged anew with every draw of the parameters."""
    return max(1, SAMPLE // days)


def kept_size(days: int) -> int:
    """How many customers of each day are kept to be judged anew, in this run or in another."""
    return max(LEAST_KEPT, sample_size(days))


def sampled(n: int, at_most: int) -> NDArray[np.int64]:
    """At most so many of n customers, evenly over the day, in an order that can be cut short.

    Customer i has the key i x the golden ratio, modulo 1; the smallest keys are spread evenly over
    the day however many are taken (multiplicative hashing, Knuth 1998, The Art of Computer
    Programming 3, section 6.4). So the sample for fewer is the beginning of the sample for more.
    """
    with np.errstate(over="ignore"):
        keys = np.arange(n, dtype=np.uint64) * GOLDEN
    if at_most < n:  # the smallest first, as few of many are wanted; no two keys are equal
        smallest = np.argpartition(keys, at_most)[:at_most]
        return smallest[np.argsort(keys[smallest])]
    return np.argsort(keys)


def cut(sample: Case, at_most: int) -> Case:
    """The sample for at most so many customers, out of one for as many or more."""
    return sample if len(sample) <= at_most else sample.rows(np.arange(at_most))


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
