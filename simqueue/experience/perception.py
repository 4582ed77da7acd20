"""Layer 1, minutes: from seconds by the clock to seconds as felt, with named parts that add up.

    P = rho W0 (W~ / W0)**beta exp(sigma z - sigma**2 / 2),   W0 = 180 s

W is the clock wait in four phases (line moving, line standing, waiting for help, halted in
service), W~ the same with each phase multiplied by its attention factors. The noise has mean one,
so rho is a ratio of means. Own scanning and being served are apart (`felt_service_s`).
Choices: something to look at and a display act in the queue only; company acts in all phases;
waiting for help and being halted are in process. The lag of a later question shrinks every
factor towards 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simqueue.experience.case import Case
from simqueue.experience.parameters import Parameters
from simqueue.tables.table import Table, column

Floats = NDArray[np.float64]

W0_S: Final = 180.0  # the wait at which rho is read; a choice of unit when beta is 1
FACTORS_AT_LEAST: Final = 0.70  # one attention to time stands behind the factors: no full product
RATIO_AT_LEAST: Final = 0.7  # systematic felt / clock stays within what studies of queues report
RATIO_AT_MOST: Final = 2.0
LOUDEST_Z: Final = 3.0

FACTORS: Final = ("occupied", "moving", "in_process", "known", "company", "floor")
_MOVING: Final = ("occupied", "moving", "known", "company")
_STILL: Final = ("occupied", "known", "company")
_IN_PROCESS: Final = ("in_process", "company")


@dataclass(frozen=True, eq=False)
class Minutes:
    """Felt seconds of N customers under one set of parameters; arrays of shape (N,)."""

    clock_s: Floats
    weighted_s: Floats  # W~
    systematic_s: Floats  # felt on average by people in his place, after the clamp
    felt_s: Floats  # P
    displayed_felt_s: Floats  # F(D): what the displayed wait would feel like at z = 0; nan = none


@dataclass(frozen=True, eq=False)
class Perception(Table):
    """Felt seconds per customer; `PARTS` add up to `felt_s`. nan where the wait is not known."""

    felt_s: NDArray[Any] = column("f8", "felt s", "how long the wait felt")
    queue_s: NDArray[Any] = column("f8", "s", "waiting in line by the clock")
    help_wait_s: NDArray[Any] = column("f8", "s", "waiting for an attendant by the clock")
    halted_s: NDArray[Any] = column("f8", "s", "halted in service by the clock")
    by_ratio_s: NDArray[Any] = column("f8", "felt s", "waits feel longer than the clock says")
    by_length_s: NDArray[Any] = column("f8", "felt s", "long and short waits differ in this")
    by_occupied_s: NDArray[Any] = column("f8", "felt s", "something to look at")
    by_moving_s: NDArray[Any] = column("f8", "felt s", "the line moves")
    by_in_process_s: NDArray[Any] = column("f8", "felt s", "service has begun")
    by_known_s: NDArray[Any] = column("f8", "felt s", "the wait is displayed")
    by_company_s: NDArray[Any] = column("f8", "felt s", "company")
    by_floor_s: NDArray[Any] = column("f8", "felt s", "factors may not multiply below .70")
    by_clamp_s: NDArray[Any] = column("f8", "felt s", "ratio kept between .7 and 2")
    by_person_s: NDArray[Any] = column("f8", "felt s", "this person")
    by_occasion_s: NDArray[Any] = column("f8", "felt s", "this occasion")
    systematic_s: NDArray[Any] = column("f8", "felt s", "felt on average in his place")
    displayed_s: NDArray[Any] = column("f8", "s", "wait he was shown; nan = none")
    displayed_felt_s: NDArray[Any] = column("f8", "felt s", "what that would feel like")
    felt_service_s: NDArray[Any] = column("f8", "felt s", "being served, on average; no wait")


PARTS: Final = (
    "queue_s",
    "help_wait_s",
    "halted_s",
    *(name for name in Perception.columns() if name.startswith("by_")),
)


def minutes(case: Case, p: Parameters) -> Minutes:
    """Felt seconds of every customer; 0 for a wait of 0, finite for every finite wait.

    A displayed wait D becomes F(D) by the customer's own mix of moving and standing, so that a
    promise that is kept feels exactly as long as the wait did, at z = 0. The display speaks of
    the line only: waiting for help comes on top of what was promised.
    """
    moving, still, in_process = (np.exp(x) for x in _phases(case, p))
    queue = case.moving_s + case.still_s
    weighted_queue = case.moving_s * moving + case.still_s * still
    weighted = weighted_queue + (case.help_wait_s + case.halted_s) * in_process
    clock = case.clock_s
    systematic = systematic_s(clock, weighted, p)
    waited = queue > 0.0
    mix = np.where(waited, weighted_queue / np.where(waited, queue, 1.0), still)
    half = p["sigma"] ** 2 / 2.0
    shown = systematic_s(case.displayed_s, case.displayed_s * mix, p) * np.exp(-half)
    felt = systematic * np.exp(sum(_noise(case, p)))
    return Minutes(clock, weighted, systematic, felt, shown)


def systematic_s(clock_s: Floats, weighted_s: Floats, p: Parameters) -> Floats:
    """Mean felt seconds: rho W0 (W~/W0)**beta, kept between .7 and 2 times the clock."""
    raw = p["rho"] * W0_S * (weighted_s / W0_S) ** p["beta"]
    return np.clip(raw, RATIO_AT_LEAST * clock_s, RATIO_AT_MOST * clock_s)


def factors(case: Case, p: Parameters) -> dict[str, Floats | float]:
    """Logarithm of each attention factor of each customer, 0 where it does not act."""
    on = case.propositions
    shown = np.isfinite(case.displayed_s)
    return {
        "occupied": _ln(case, p, "m_occupied") * (on.occupied and case.occupied),
        "moving": _ln(case, p, "m_progress") * on.moving,
        "in_process": _ln(case, p, "m_inprocess") * on.in_process,
        "known": _ln(case, p, "m_known") * (shown if on.known else 0.0),
        "company": _ln(case, p, "m_group") * (case.in_company if on.company == "acts" else 0.0),
    }


def joining_factor(case: Case, p: Parameters) -> Floats:
    """Product of the attention factors of a line that stands, known on joining; shape (N,)."""
    return np.broadcast_to(np.exp(_phases(case, p)[1]), len(case))


def noise_at(z_person: Floats, z_occasion: Floats, p: Parameters) -> tuple[Floats, Floats]:
    """Logarithm of the mean-one noise as (person, occasion); together |z| is at most 3."""
    share, sigma = p["person_share"], p["sigma"]
    person, occasion = np.sqrt(share) * z_person, np.sqrt(1.0 - share) * z_occasion
    size = np.abs(person + occasion)
    cut = sigma * LOUDEST_Z / np.maximum(size, LOUDEST_Z)
    return (
        cut * person - share * sigma**2 / 2.0,
        cut * occasion - (1.0 - share) * sigma**2 / 2.0,
    )


def perception(case: Case, p: Parameters, felt: Minutes) -> Perception:
    """The table of felt seconds with its parts.

    In each phase ln(felt / clock) is a sum of logs; the logarithmic mean of felt and clock
    seconds turns each log into seconds, and these add up exactly.
    """
    ln = factors(case, p)
    waited = felt.clock_s > 0.0
    weighted = np.where(waited, felt.weighted_s, W0_S)
    raw = p["rho"] * W0_S * (weighted / W0_S) ** p["beta"]
    person, occasion = _noise(case, p)
    common: dict[str, Floats | float] = {
        "ratio": float(np.log(p["rho"])),
        "length": (p["beta"] - 1.0) * np.log(weighted / W0_S),
        "clamp": np.log(np.where(waited, felt.systematic_s, raw) / raw),
        "person": person,
        "occasion": occasion,
    }
    parts = {name: np.zeros(len(case)) for name in (*FACTORS, *common)}
    in_process_s = case.help_wait_s + case.halted_s
    phases = ((case.moving_s, _MOVING), (case.still_s, _STILL), (in_process_s, _IN_PROCESS))
    for clock_s, acting in phases:
        logs = {name: ln[name] for name in ln if name in acting}
        logs["floor"] = _lift(sum(logs.values()))
        logs |= common
        if not clock_s.any():  # nobody had any of this phase
            continue
        weight = clock_s * _log_mean(np.asarray(sum(logs.values())))
        for name, value in logs.items():
            if np.any(value):  # a factor that does not act adds nothing
                parts[name] += weight * value
    columns = {f"by_{name}_s": _known(case, values) for name, values in parts.items()}
    return Perception(
        felt_s=_known(case, felt.felt_s),
        queue_s=_known(case, case.moving_s + case.still_s),
        help_wait_s=_known(case, case.help_wait_s),
        halted_s=_known(case, case.halted_s),
        systematic_s=_known(case, felt.systematic_s),
        displayed_s=case.displayed_s,
        displayed_felt_s=felt.displayed_felt_s,
        felt_service_s=_felt_service_s(case, p),
        **columns,
    )


def _felt_service_s(case: Case, p: Parameters) -> Floats:
    """Felt seconds of scanning, being served and being helped: in process, on average."""
    inside = np.exp(factors(case, p)["in_process"])
    return systematic_s(case.service_s, case.service_s * inside, p)


def _phases(case: Case, p: Parameters) -> list[Floats]:
    """Logarithm of the product of factors in each phase, never below ln .70."""
    ln = factors(case, p)
    sums = [sum(ln[n] for n in acting) for acting in (_MOVING, _STILL, _IN_PROCESS)]
    return [total + _lift(total) for total in sums]


def _lift(total: Floats | float) -> Floats:
    return np.asarray(np.maximum(0.0, np.log(FACTORS_AT_LEAST) - total))


def _ln(case: Case, p: Parameters, name: str) -> float:
    """Logarithm of a factor as far as it is left when people are asked."""
    left = {"at_till": 1.0, "same_day": (1.0 + p["kappa_lag"]) / 2.0, "next_day": p["kappa_lag"]}
    return float(np.log(1.0 - left[case.asked] * (1.0 - p[name])))


def _noise(case: Case, p: Parameters) -> tuple[Floats, Floats]:
    return noise_at(case.z_person, case.z_occasion, p)


def _log_mean(x: Floats) -> Floats:
    """Logarithmic mean of exp(x) and 1."""
    tiny = np.abs(x) < 1e-12
    safe = np.where(tiny, 1.0, x)
    return np.where(tiny, 1.0, np.expm1(safe) / safe)


def _known(case: Case, values: Floats) -> Floats:
    return np.where(case.joined, values, np.nan)
