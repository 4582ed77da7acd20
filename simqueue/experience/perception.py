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

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simqueue.experience.case import Case
from simqueue.experience.columns import where_known
from simqueue.experience.parameters import Parameters
from simqueue.tables import settled
from simqueue.tables.table import Table, column

Floats = NDArray[np.float64]
Logs = dict[str, Floats | float]  # logarithms by name, one for everybody or one for each, (N,)

W0_S: Final = 180.0  # the wait at which rho is read; a choice of unit when beta is 1
FACTORS_AT_LEAST: Final = 0.70  # one attention to time stands behind the factors: no full product
RATIO_AT_LEAST: Final = 0.7  # systematic felt / clock stays within what studies of queues report
RATIO_AT_MOST: Final = 2.0
LOUDEST_Z: Final = 3.0

_LN_FLOOR: Final = float(np.log(FACTORS_AT_LEAST))
_MOVING: Final = ("occupied", "moving", "known", "company")
_STILL: Final = ("occupied", "known", "company")
_IN_PROCESS: Final = ("in_process", "company")


@dataclass(frozen=True, eq=False)
class Minutes:
    """Felt seconds of N customers under one set of parameters; arrays of shape (N,)."""

    clock_s: Floats
    relative: Floats  # W~ / W0, 1 without a wait
    raw_s: Floats  # rho W0 (W~ / W0)**beta
    systematic_s: Floats  # felt on average by people in his place, after the clamp
    felt_s: Floats  # P
    displayed_felt_s: Floats  # F(D): what the displayed wait would feel like at z = 0; nan = none
    noise: tuple[Floats, Floats]  # logarithms of what the person and the occasion do to felt_s


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


_BY: Final = tuple(
    name.removeprefix("by_").removesuffix("_s")
    for name in Perception.columns()
    if name.startswith("by_")
)
PARTS: Final = ("queue_s", "help_wait_s", "halted_s", *(f"by_{name}_s" for name in _BY))


def minutes(case: Case, p: Parameters) -> Minutes:
    """Felt seconds of every customer; 0 for a wait of 0, finite for every finite wait.

    A displayed wait D becomes F(D) by the customer's own mix of moving and standing, so that a
    promise that is kept feels exactly as long as the wait did, at z = 0. The display speaks of
    the line only: waiting for help comes on top of what was promised.
    """
    moving, still, in_process = (np.exp(x) for x in _phases(case, p))
    weighted_queue = case.moving_s * moving + case.still_s * still
    weighted = weighted_queue + (case.help_wait_s + case.halted_s) * in_process
    clock = case.clock_s
    relative = _relative(weighted)
    raw = _unclamped_s(relative, p)
    systematic = _clamped_s(raw, clock)
    noise = noise_at(case.z_person, case.z_occasion, p)
    felt = systematic * np.exp(noise[0] + noise[1])
    shown = _displayed_felt_s(case, weighted_queue, still, p)
    return Minutes(clock, relative, raw, systematic, felt, shown, noise)


def systematic_s(clock_s: Floats, weighted_s: Floats, p: Parameters) -> Floats:
    """Mean felt seconds: rho W0 (W~/W0)**beta, kept between .7 and 2 times the clock.

    Of the clock's seconds nan stay nan, and 0 stay 0.
    """
    return _clamped_s(_unclamped_s(_relative(weighted_s), p), clock_s)


def _relative(weighted_s: Floats) -> Floats:
    """W~/W0; 1 without a wait, as powers of 0 and nan take many times as long as others."""
    relative = weighted_s / W0_S
    return np.asarray(relative + ~(relative > 0.0))  # choosing would take several times as long


def _unclamped_s(relative: Floats, p: Parameters) -> Floats:
    return np.asarray(p["rho"] * W0_S * relative ** p["beta"])


def _clamped_s(raw_s: Floats, clock_s: Floats) -> Floats:
    at_least = np.maximum(raw_s, RATIO_AT_LEAST * clock_s)
    return np.asarray(np.minimum(at_least, RATIO_AT_MOST * clock_s))


def _displayed_felt_s(
    case: Case, weighted_queue_s: Floats, still: Floats | float, p: Parameters
) -> Floats:
    """F(D), by each customer's own mix of moving and standing; nan where nothing was displayed."""
    displayed: Floats = case.displayed_s
    if not _shown(case).any():
        return displayed
    queue = case.moving_s + case.still_s
    waited = queue > 0.0
    mix = np.where(waited, weighted_queue_s / np.where(waited, queue, 1.0), still)
    half = p["sigma"] ** 2 / 2.0
    weighted = np.fmax(displayed * mix, 0.0)  # 0 where none was displayed
    return np.asarray(systematic_s(displayed, weighted, p) * np.exp(-half))


def _shown(case: Case) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(case.displayed_s))


def factors(case: Case, p: Parameters) -> Logs:
    """Logarithm of each attention factor of each customer, 0 where it does not act."""
    on, left = case.propositions, _left(case.asked, p)
    shown = _shown(case)

    def ln(name: str) -> float:
        return float(np.log(1.0 - left * (1.0 - p[name])))

    return {
        "occupied": ln("m_occupied") * (on.occupied and case.occupied),
        "moving": ln("m_progress") * on.moving,
        "in_process": ln("m_inprocess") * on.in_process,
        "known": ln("m_known") * (shown.astype("f8") if on.known and shown.any() else 0.0),
        "company": ln("m_group") * (case.in_company if on.company == "acts" else 0.0),
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
    parts = _parts(case, ln, _common(felt, p))
    none = np.zeros(len(case))
    columns = {f"by_{name}_s": parts.get(name, none) for name in _BY}
    columns |= {
        "felt_s": felt.felt_s,
        "queue_s": case.moving_s + case.still_s,
        "help_wait_s": case.help_wait_s,
        "halted_s": case.halted_s,
        "systematic_s": felt.systematic_s,
    }
    # scanning, being served and being helped: in process, felt as it is on average
    service = systematic_s(case.service_s, case.service_s * np.exp(ln["in_process"]), p)
    return Perception(
        **where_known(case.joined, columns),
        displayed_s=case.displayed_s,
        displayed_felt_s=settled(felt.displayed_felt_s),
        felt_service_s=settled(service),
    )


def _parts(case: Case, ln: Logs, common: Logs) -> dict[str, Floats]:
    """Felt seconds by what they are due to, beside the clock's own; those that are not all 0.

    `ln` are the logarithms of the attention factors, `common` of what acts in all phases alike.
    """
    ln, common = _acting(ln), _acting(common)
    in_process_s = case.help_wait_s + case.halted_s
    phases = ((case.moving_s, _MOVING), (case.still_s, _STILL), (in_process_s, _IN_PROCESS))
    parts: dict[str, Floats] = defaultdict(partial(np.zeros, len(case)))
    weights = np.zeros(len(case))
    for clock_s, names in phases:
        own = {name: ln[name] for name in ln if name in names}
        own |= _acting({"floor": _lift(sum(own.values()))})
        rows = _rows_with(clock_s)
        logs = {name: _at(rows, value) for name, value in (own | common).items()}
        weight = clock_s[rows] * _log_mean(np.asarray(sum(logs.values())))
        weights[rows] += weight
        for name in own:
            parts[name][rows] += weight * logs[name]
    return parts | {name: weights * value for name, value in common.items()}


def _common(felt: Minutes, p: Parameters) -> Logs:
    """Logarithms of what acts in all phases alike."""
    person, occasion = felt.noise
    return {
        "ratio": float(np.log(p["rho"])),
        "length": (p["beta"] - 1.0) * np.log(felt.relative),
        "clamp": _clamp(felt),
        "person": person,
        "occasion": occasion,
    }


def _clamp(felt: Minutes) -> Floats | float:
    """Logarithm of what keeping the ratio within limits changes, which it rarely does."""
    rows = np.flatnonzero((felt.systematic_s != felt.raw_s) & (felt.clock_s > 0.0))
    if not len(rows):
        return 0.0
    ln = np.zeros(len(felt.raw_s))
    ln[rows] = np.log(felt.systematic_s[rows] / felt.raw_s[rows])
    return ln


def _acting(logs: Logs) -> Logs:
    """Those that are other than 0 for anybody."""
    return {name: value for name, value in logs.items() if _acts(value)}


def _acts(value: Floats | float) -> bool:
    return bool(value.any() if isinstance(value, np.ndarray) else value)


def _rows_with(clock_s: Floats) -> NDArray[np.int64] | slice:
    """All rows; only those with some of a phase where these are few."""
    some = clock_s > 0.0
    few = 4 * np.count_nonzero(some) < len(some)
    return np.flatnonzero(some) if few else slice(None)


def _at(rows: NDArray[np.int64] | slice, value: Floats | float) -> Floats | float:
    return value[rows] if isinstance(value, np.ndarray) else value


def _phases(case: Case, p: Parameters) -> list[Floats | float]:
    """Logarithm of the product of factors in each phase, never below ln .70."""
    ln = factors(case, p)
    sums = [sum(ln[n] for n in acting) for acting in (_MOVING, _STILL, _IN_PROCESS)]
    return [total + _lift(total) for total in sums]


def _lift(total: Floats | float) -> Floats | float:
    lift: Floats | float = np.maximum(0.0, _LN_FLOOR - total)
    return lift


def _left(asked: str, p: Parameters) -> float:
    """How much of a factor is left when people are asked."""
    later = p["kappa_lag"]
    return {"at_till": 1.0, "same_day": (1.0 + later) / 2.0, "next_day": later}[asked]


def _log_mean(x: Floats) -> Floats:
    """Logarithmic mean of exp(x) and 1."""
    tiny = np.abs(x) < 1e-12
    if not tiny.any():
        return np.asarray(np.expm1(x) / x)
    safe = np.where(tiny, 1.0, x)
    return np.where(tiny, 1.0, np.expm1(safe) / safe)
