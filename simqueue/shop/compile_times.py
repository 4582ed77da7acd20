"""How long each visit takes at a lane, and when somebody has to be called: arrays for an engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simqueue.chance import Distribution
from simqueue.shop.known import Known
from simqueue.shop.services import ServiceModel
from simqueue.shop.spec import LaneSpec
from simqueue.shop.stations import Counter
from simqueue.tables import Kind, Workload

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]
LEAST_OWN_SHARE = 0.05  # of a transaction, when the mean help would eat it up
STREAMS = {
    Kind.STAFFED: "staffed",
    Kind.EXPRESS: "staffed",
    Kind.SELF_SERVICE: "self",
    Kind.SCAN_AND_GO: "scan_and_go",
    Kind.STATION: "station",
}


@dataclass(frozen=True)
class Times:
    """What a lane's service means for each visit; arrays of shape (R,)."""

    service_s: Floats
    gap_s: Floats
    before_call_s: Floats
    after_call_s: Floats
    help_s: Floats
    mean_us: Integers  # mean occupation of a server given the items
    expected_us: Integers  # what customers take it to be: the mean, or the median
    again_after_s: Floats | None = None  # from the first help to a second call; None = no second
    again_help_s: Floats | None = None


@dataclass(frozen=True)
class _Cause:
    """A reason to call somebody: who does, when in the transaction, for how long; (R,) each."""

    calls: Flags
    at: Floats | float
    takes_s: Floats
    mean_s: Floats  # the chance times the mean time


@dataclass(frozen=True)
class _Plain:
    """Services of a model as they are at one till after the other; (R,) each."""

    service_s: Floats
    gap_s: Floats
    mean_s: Floats
    mean_gap_s: Floats
    median_s: Floats | None


class Plains:
    """The services of the lanes of a day; lanes with the same model share them."""

    def __init__(self, workload: Workload, judged_by: str) -> None:
        self.workload = workload
        self.by_median = judged_by == "median"
        self._found: list[tuple[ServiceModel, str, _Plain]] = []

    def of(self, model: ServiceModel, stream: str) -> _Plain:
        """What the model makes of the draws of a stream."""
        for known, used, found in self._found:
            if known == model and used == stream:
                return found
        workload = self.workload
        about, n = (workload.items, workload.payment), len(workload)
        u, u_gap = (workload.draws.uniform(f"{part}_{stream}", n) for part in ("service", "gap"))
        service, gap = model.service_s(u, u_gap, *about)
        mean, mean_gap = model.mean_times_s(*about)
        median = model.median_service_s(*about) if self.by_median else None
        # as what is left of the occupation: the sum of both is then the same to the last bit
        plain = _Plain(service, gap, mean, (mean + mean_gap) - mean, median)
        self._found.append((model, stream, plain))
        return plain


def lane_times(lane: LaneSpec, workload: Workload, plains: Plains, known: Known) -> Times:
    """Times at a lane for every visit of the workload, as if it were made there."""
    plain = plains.of(lane.service_model, STREAMS[lane.kind_code])
    service, gap, mean_gap = plain.service_s * lane.shared_factor, plain.gap_s, plain.mean_gap_s
    mean = plain.mean_s * lane.shared_factor
    judged = mean if plain.median_s is None else plain.median_s * lane.shared_factor
    causes = list(_causes(lane, workload, known))
    if not causes:
        times = _undisturbed(service, gap, mean + mean_gap, judged + mean_gap)
    else:
        times = _with_calls(lane, causes, service, gap, (mean, judged, mean_gap))
    return times if known.service_s is None else _as_known(times, known.service_s)


def counter_times(counter: Counter, workload: Workload, judged_by: str) -> Times:
    """Times at a station for every visit of the workload, as if it were made there."""
    n = len(workload)
    u, u_gap = (workload.draws.uniform(f"{part}_station", n) for part in ("service", "gap"))
    model = counter.service
    service, gap = model.service_s(u, u_gap, workload.items, workload.payment)
    mean = model.mean_occupation_s(workload.items, workload.payment)
    judged = mean
    if judged_by == "median":
        judged = model.median_occupation_s(workload.items, workload.payment)
    if counter.staff is None:
        return _undisturbed(service, gap, mean, judged)
    none = np.zeros(n)  # all of it is the help of somebody who has to come
    return Times(none, gap, none, none, service, whole_us(mean), whole_us(judged))


def _undisturbed(service: Floats, gap: Floats, mean: Floats, judged: Floats) -> Times:
    never, none = np.full(len(service), np.inf), np.zeros(len(service))
    return Times(service, gap, never, none, none, whole_us(mean), whole_us(judged))


def _causes(lane: LaneSpec, workload: Workload, known: Known) -> Iterator[_Cause]:
    """Why somebody may have to be called at this lane; at most two reasons."""
    if lane.help is not None:
        chance = _at_least_once(lane.help.chance, lane.help.per_item, workload)
        yield _cause("help", chance, lane.help.at, lane.help.takes, workload)
    if lane.price_checks is not None:
        spec = lane.price_checks
        chance = _at_least_once(spec.chance, spec.per_item, workload)
        yield _cause("price_check", chance, spec.at, spec.takes, workload)
    if lane.rechecks is not None and lane.rechecks.chance > 0:
        chance = np.full(len(workload), lane.rechecks.chance)
        yield _cause("recheck", chance, lane.rechecks.at, lane.rechecks.takes, workload)
    if lane.age_checks is not None and known.age_share is not None:
        checks = lane.age_checks
        yield _cause("age_check", known.age_share, checks.at, checks.takes, workload)


def _at_least_once(chance: float, per_item: float, workload: Workload) -> Floats:
    """The chance that something happens, once for the visit or with one of its items; (R,)."""
    if per_item == 0:
        return np.full(len(workload), 1 - (1 - chance))
    found: Floats = 1 - (1 - chance) * (1 - per_item) ** workload.items
    return found


def _cause(
    name: str, chance: Floats, at: float | None, takes: Distribution, workload: Workload
) -> _Cause:
    n, draws = len(workload), workload.draws
    return _Cause(
        calls=draws.uniform(name, n) < chance,
        at=draws.uniform(f"{name}_at", n) if at is None else at,
        takes_s=takes.quantile(draws.uniform(f"{name}_takes", n)),
        mean_s=chance * takes.mean,
    )


def _with_calls(
    lane: LaneSpec,
    causes: list[_Cause],
    service: Floats,
    gap: Floats,
    means: tuple[Floats, Floats, Floats],
) -> Times:
    """Split the transactions of those who call somebody; see docs/model.md on help."""
    mean, judged, mean_gap = means
    mean_help = causes[0].mean_s if len(causes) == 1 else causes[0].mean_s + causes[1].mean_s
    if lane.has_machines and lane.help_included:
        # the measured transaction holds the help already: keep its mean
        service = service * np.maximum(LEAST_OWN_SHARE, 1 - mean_help / np.maximum(mean, 1e-9))
        mean, judged = (np.maximum(x, LEAST_OWN_SHARE * x + mean_help) for x in (mean, judged))
    else:
        mean, judged = mean + mean_help, judged + mean_help
    split = _once(causes[0], service) if len(causes) == 1 else _twice(causes[0], causes[1], service)
    expected = (whole_us(mean + mean_gap), whole_us(judged + mean_gap))
    return Times(service, gap, split[0], split[1], split[2], *expected, *split[3:])


def _once(cause: _Cause, service: Floats) -> tuple[Floats, ...]:
    """Time before the call, time after the help, and the help."""
    before = service * cause.at
    return (
        np.where(cause.calls, before, np.inf),
        np.where(cause.calls, service - before, 0.0),
        np.where(cause.calls, cause.takes_s, 0.0),
    )


def _twice(one: _Cause, other: _Cause, service: Floats) -> tuple[Floats, ...]:
    """The same for two causes, with the time between first help and second call, and that help."""
    both, some = one.calls & other.calls, one.calls | other.calls
    other_first = other.calls & (~one.calls | (other.at < one.at))
    first_at = np.where(other_first, other.at, one.at)
    last_at = np.where(other_first, one.at, other.at)
    before, until_second = service * first_at, service * last_at
    takes_first = np.where(other_first, other.takes_s, one.takes_s)
    takes_second = np.where(other_first, one.takes_s, other.takes_s)
    after = np.where(both, service - until_second, service - before)
    return (
        np.where(some, before, np.inf),
        np.where(some, after, 0.0),
        np.where(some, takes_first, 0.0),
        np.where(both, until_second - before, np.inf),
        np.where(both, takes_second, 0.0),
    )


def _as_known(times: Times, service_s: Floats) -> Times:
    """The times with services that a trace gives, as they were: nothing is added to them."""
    given = ~np.isnan(service_s)

    def instead(values: Floats | None, other: Floats | float) -> Floats | None:
        return None if values is None else np.where(given, other, values)

    return Times(
        np.where(given, service_s, times.service_s),
        np.where(given, 0.0, times.gap_s),
        np.where(given, np.inf, times.before_call_s),
        np.where(given, 0.0, times.after_call_s),
        np.where(given, 0.0, times.help_s),
        times.mean_us,
        times.expected_us,
        instead(times.again_after_s, np.inf),
        instead(times.again_help_s, 0.0),
    )


NOT_THERE = {  # times of visits to other places
    "before_call_s": np.inf,
    "again_after_s": np.inf,
}


def spread(times: Times, rows: NDArray[np.int64], n: int) -> Times:
    """The times of some of the visits, `rows`, among all n of them."""

    def placed(name: str) -> NDArray[np.generic] | None:
        values = getattr(times, name)
        if values is None:
            return None
        found = np.full(n, NOT_THERE.get(name, 0), dtype=values.dtype)
        found[rows] = values
        return found

    return Times(**{name: placed(name) for name in vars(times)})  # type: ignore[arg-type]  # same dtypes


def whole_us(seconds: Floats) -> Integers:
    """Whole microseconds, halves up."""
    return np.floor(np.minimum(seconds, 1e9) * 1e6 + 0.5).astype(np.int64)
