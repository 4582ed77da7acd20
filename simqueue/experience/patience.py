"""Felt patience turned into clock patience before a run, from what is known on joining a line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simqueue.experience.case import before_joining
from simqueue.experience.forms import seen_by, without_attention
from simqueue.experience.judgement import acceptable_s
from simqueue.experience.parameters import Parameters
from simqueue.experience.perception import (
    RATIO_AT_LEAST,
    RATIO_AT_MOST,
    W0_S,
    joining_factor,
    noise_at,
)
from simqueue.experience.spec import ExperienceSpec
from simqueue.tables import Workload

Floats = NDArray[np.float64]


def clock_patience_s(
    felt_patience_s: Floats,
    workload: Workload,
    spec: ExperienceSpec,
    parameters: Parameters | None = None,
) -> Floats:
    """Clock seconds after which a wait in line feels as long as given, shape (N,); inf stays inf.

    Uses what is known on joining: something to look at, a display, company, and how long waits
    feel to this person on this occasion. Whether the line will move is not known, so a line that
    stands is assumed: he gives up a little early if it moves.
    """
    p = seen_by(spec.model, spec.central() if parameters is None else parameters)
    case = before_joining(workload, spec)
    if spec.model == "power":
        case = without_attention(case)
    factor = joining_factor(case, p)
    target = np.asarray(felt_patience_s) / np.exp(sum(noise_at(case.z_person, case.z_occasion, p)))
    # systematic felt time grows with the clock, so the two limits on the ratio invert one by one
    free = W0_S / factor * (target / (p["rho"] * W0_S)) ** (1.0 / p["beta"])
    return np.clip(free, target / RATIO_AT_MOST, target / RATIO_AT_LEAST)


def patience_from_acceptable_wait(
    workload: Workload,
    spec: ExperienceSpec,
    parameters: Parameters | None = None,
    acceptable_median_s: Floats | None = None,
) -> Floats:
    """Felt patience as a multiple of the acceptable wait of each customer, shape (N,)."""
    p = spec.central() if parameters is None else parameters
    case = before_joining(workload, spec, acceptable_median_s)
    return p["patience_ratio"] * acceptable_s(case, p)
