"""How long each visit takes at a lane, and when somebody has to be called: arrays for an engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

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
Values = Floats | float
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
    """What a lane's service means for each visit; (R,) each, or one number for all of them."""

    service_s: Values
    gap_s: Values
    before_call_s: Values
    after_call_s: Values
    help_s: Values
    mean_us: Integers  # mean occupation of a server given the items
    expected_us: Integers  # what customers take it to be: the mean, or the median
    again_after_s: Values | None = None  # from the first help to a second call; None = no second
    again_help_s: Values | None = None


@dataclass(frozen=True)
class _Cause:
    """A reason to call somebody: who does, when in the transaction, for how long; (R,) each."""

    calls: Flags
    at: Values
    takes_s: Floats  # 0 where nobody is called
    mean_s: Values  # the chance times the mean time


@dataclass(frozen=True)
class _Plain:
    """Services of a model, as long as nobody has to be called; (R,) each."""

    service_s: Floats
    gap_s: Floats
    mean_s: Floats
    judged_s: Floats  # what customers take it to be: the mean, or the median
    mean_gap_s: Floats

    @cached_property
    def times(self) -> Times:
        """What these services are to an engine."""
        return _undisturbed(self.service_s, self.gap_s, *self.whole_us(self.mean_s, self.judged_s))

    def whole_us(self, mean_s: Floats, judged_s: Floats) -> tuple[Integers, Integers]:
        """How long a server is occupied, by the mean and as customers judge it, with the gap."""
        mean_us = whole_us(mean_s + self.mean_gap_s)
        return mean_us, mean_us if judged_s is mean_s else whole_us(judged_s + self.mean_gap_s)

    def slower(self, factor: float) -> _Plain:
        """Every service takes `factor` times as long."""
        if factor == 1:
            return self
        mean, judged = _both(self.mean_s, self.judged_s, lambda seconds: seconds * factor)
        return _Plain(self.service_s * factor, self.gap_s, mean, judged, self.mean_gap_s)


def _both(
    mean: Floats, judged: Floats, change: Callable[[Floats], Floats]
) -> tuple[Floats, Floats]:
    """Both changed alike; where they are the same they stay so, and it is done once."""
    changed = change(mean)
    return changed, changed if judged is mean else change(judged)


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
        judged = model.median_service_s(*about) if self.by_median else mean
        # as what is left of the occupation: the sum of both is then the same to the last bit
        plain = _Plain(service, gap, mean, judged, (mean + mean_gap) - mean)
        self._found.append((model, stream, plain))
        return plain


def lane_times(lane: LaneSpec, workload: Workload, plains: Plains, known: Known) -> Times:
    """Times at a lane for every visit of the workload, as if it were made there."""
    plain = plains.of(lane.service_model, STREAMS[lane.kind_code]).slower(lane.shared_factor)
    causes = list(_causes(lane, workload, known))
    times = _with_calls(lane, causes, plain) if causes else plain.times
    return times if known.service_s is None else _as_known(times, known.service_s)


def counter_times(counter: Counter, workload: Workload, judged_by: str) -> Times:
    """Times at a station for every visit of the workload, as if it were made there."""
    n = len(workload)
    u, u_gap = (workload.draws.uniform(f"{part}_station", n) for part in ("service", "gap"))
    model = counter.service
    service, gap = model.service_s(u, u_gap, workload.items, workload.payment)
    mean_us = judged_us = whole_us(model.mean_occupation_s(workload.items, workload.payment))
    if judged_by == "median":
        judged_us = whole_us(model.median_occupation_s(workload.items, workload.payment))
    if counter.staff is None:
        return _undisturbed(service, gap, mean_us, judged_us)
    # all of it is the help of somebody who has to come
    return Times(0.0, gap, 0.0, 0.0, service, mean_us, judged_us)


def _undisturbed(service: Floats, gap: Floats, mean_us: Integers, judged_us: Integers) -> Times:
    return Times(service, gap, np.inf, 0.0, 0.0, mean_us, judged_us)


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
        again = lane.rechecks
        yield _cause("recheck", again.chance, again.at, again.takes, workload)
    if lane.age_checks is not None and known.age_share is not None:
        checks = lane.age_checks
        yield _cause("age_check", known.age_share, checks.at, checks.takes, workload)


def _at_least_once(chance: float, per_item: float, workload: Workload) -> Values:
    """The chance that something happens, once for the visit or with one of its items; (R,)."""
    if per_item == 0:
        return 1 - (1 - chance)
    found: Floats = 1 - (1 - chance) * (1 - per_item) ** workload.items
    return found


def _cause(
    name: str, chance: Values, at: float | None, takes: Distribution, workload: Workload
) -> _Cause:
    n, draws = len(workload), workload.draws
    calls = draws.uniform(name, n) < chance
    callers, takes_s = np.flatnonzero(calls), np.zeros(n)
    takes_s[callers] = takes.quantile(draws.uniform(f"{name}_takes", n).take(callers))
    return _Cause(
        calls=calls,
        at=draws.uniform(f"{name}_at", n) if at is None else at,
        takes_s=takes_s,
        mean_s=chance * takes.mean,
    )


def _with_calls(lane: LaneSpec, causes: list[_Cause], plain: _Plain) -> Times:
    """Split the transactions of those who call somebody; see docs/model.md on help."""
    service, mean_help = plain.service_s, sum(cause.mean_s for cause in causes)
    if lane.has_machines and lane.help_included:
        # the measured transaction holds the help already: keep its mean
        own_share = 1 - mean_help / np.maximum(plain.mean_s, 1e-9)
        service = service * np.maximum(LEAST_OWN_SHARE, own_share)
        means = _both(
            plain.mean_s,
            plain.judged_s,
            lambda seconds: np.maximum(seconds, LEAST_OWN_SHARE * seconds + mean_help),
        )
    else:
        means = _both(plain.mean_s, plain.judged_s, lambda seconds: seconds + mean_help)
    split = _once(causes[0], service) if len(causes) == 1 else _twice(causes[0], causes[1], service)
    occupied = plain.whole_us(*means)
    return Times(service, plain.gap_s, split[0], split[1], split[2], *occupied, *split[3:])


def _once(cause: _Cause, service: Floats) -> tuple[Floats, ...]:
    """Time before the call, time after the help, and the help."""
    before = service * cause.at
    return (
        np.where(cause.calls, before, np.inf),
        np.where(cause.calls, service - before, 0.0),
        cause.takes_s,
    )


def _twice(one: _Cause, other: _Cause, service: Floats) -> tuple[Floats, ...]:
    """The same for two causes, with the time between first help and second call, and that help."""
    both, some = one.calls & other.calls, one.calls | other.calls
    other_first = other.calls & (~one.calls | (other.at < one.at))
    first_at = np.where(other_first, other.at, one.at)
    last_at = np.where(other_first, one.at, other.at)
    before, until_second = service * first_at, service * last_at
    after = np.where(both, service - until_second, service - before)
    return (
        np.where(some, before, np.inf),
        np.where(some, after, 0.0),
        np.where(other_first, other.takes_s, one.takes_s),
        np.where(both, until_second - before, np.inf),
        np.where(other_first, one.takes_s, other.takes_s),
    )


def _as_known(times: Times, service_s: Floats) -> Times:
    """The times with services that a trace gives, as they were: nothing is added to them."""
    given = ~np.isnan(service_s)

    def instead(values: Values | None, other: Values) -> Floats | None:
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
        found = np.full(n, NOT_THERE.get(name, 0), dtype=np.asarray(values).dtype)
        found[rows] = values
        return found

    return Times(**{name: placed(name) for name in vars(times)})  # type: ignore[arg-type]  # same dtypes


def whole_us(seconds: Floats) -> Integers:
    """Whole microseconds, halves up."""
    found = np.minimum(seconds, 1e9)
    found *= 1e6
    found += 0.5
    return np.floor(found, out=found).astype(np.int64)
