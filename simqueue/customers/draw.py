"""Who comes on one day, with what: every customer's own properties, before any lane is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.chance import Draws
from simqueue.customers.arrivals import arrival_times, day_factor, rate
from simqueue.customers.spec import ArrivalsSpec, SegmentSpec
from simqueue.fields import ByClock
from simqueue.tables import Payment, Workload

Floats = NDArray[np.float64]
Values = NDArray[Any]
DAY_S = 86_400.0
PERSONS_DIFFER = 0.2  # log sd of value of time and self-control between persons (assumption)


def draw(
    arrivals: ArrivalsSpec,
    segments: Sequence[SegmentSpec],
    *,
    opens_s: float,
    length_s: float,
    seed: int,
    replication: int,
) -> Workload:
    """The customers of one replication; the same seed and replication give the same people.

    `opens_s` seconds from midnight, `length_s` until the doors close (or the horizon).
    """
    draws = Draws(seed, replication)
    if arrivals.trace is not None:
        came_s = np.array(arrivals.trace.times_s(opens_s), dtype=np.float64)
        bought = arrivals.trace.items
        items = None if bought is None else np.array(bought, dtype=np.int64)
        return people(segments, came_s, draws, opens_s=opens_s, length_s=length_s, items=items)
    flow = rate(arrivals.rate_points(), opens_s, length_s, arrivals.interpolate == "linear")
    if arrivals.customers_per_day is not None:
        flow = flow.scaled(arrivals.customers_per_day / flow.total)
    arrival_s = arrival_times(flow.scaled(day_factor(arrivals.day_to_day_cv, draws)), draws)
    return people(segments, arrival_s, draws, opens_s=opens_s, length_s=length_s)


def people(
    segments: Sequence[SegmentSpec],
    arrival_s: Floats,
    draws: Draws,
    *,
    opens_s: float,
    length_s: float,
    items: Values | None = None,
) -> Workload:
    """Who comes at these times (N,), with what; `items` (N,) if their baskets are known."""
    n = len(arrival_s)
    clock_s = np.mod(opens_s + arrival_s, DAY_S) if length_s > DAY_S else opens_s + arrival_s
    segment = _segments(segments, clock_s, draws.uniform("segment", n))
    chosen = _PerSegment(segments, segment)
    return Workload(
        arrival_s=arrival_s,
        segment=segment,
        items=_items(segments, segment, clock_s, draws.uniform("items", n))
        if items is None
        else items,
        payment=_payment(segments, segment, draws.uniform("payment", n)),
        alone=draws.uniform("alone", n) < chosen(lambda s: s.alone),
        considers_machines=draws.uniform("machines", n) < chosen(lambda s: s.self_service),
        u_limit=draws.uniform("limit", n),
        u_choice=draws.uniform("choice", n),
        u_choice_again=draws.uniform("choice_again", n),
        place=draws.uniform("place", n),
        value_of_time=chosen(lambda s: s.value_of_time) * _person("value_of_time", n, draws),
        self_control=chosen(lambda s: s.self_control) * _person("self_control", n, draws),
        draws=draws,
        segments=tuple(s.segment for s in segments),
    )


def members(segments: Sequence[SegmentSpec], workload: Workload) -> NDArray[np.bool_]:
    """Whether each customer is a member, by the share of his segment; shape (N,)."""
    return some(segments, workload, "member", lambda s: s.member)


def some(
    segments: Sequence[SegmentSpec],
    workload: Workload,
    column: str,
    share_of: Callable[[SegmentSpec], float],
) -> NDArray[np.bool_]:
    """Whom a share of each segment takes in, by a column of draws; shape (N,)."""
    share = _PerSegment(segments, workload.segment)(share_of)
    if not share.any():
        return np.zeros(len(workload), dtype=np.bool_)
    chosen: NDArray[np.bool_] = workload.draws.uniform(column, len(workload)) < share
    return chosen


def _person(column: str, n: int, draws: Draws) -> Floats:
    """What makes persons of one segment differ: lognormal factors with mean 1; shape (N,)."""
    factors: Floats = np.exp(PERSONS_DIFFER * draws.normal(column, n) - PERSONS_DIFFER**2 / 2)
    return factors


class _PerSegment:
    """Looks a number of his segment up for every customer."""

    def __init__(self, segments: Sequence[SegmentSpec], segment: Values) -> None:
        self.segments = segments
        self.segment = segment

    def __call__(self, number: Callable[[SegmentSpec], float]) -> Floats:
        values: Floats = np.array([number(s) for s in self.segments], np.float64)[self.segment]
        return values


def _pieces(tables: Sequence[ByClock[Any]], clock_s: Floats) -> list[tuple[float, Values]]:
    """The stretches of the day on which no table changes: (their beginning, customers in them)."""
    begins = sorted({time for table in tables for time, _ in table.points} | {0})
    if len(begins) == 1:
        return [(begins[0], np.arange(len(clock_s)))]
    if np.all(clock_s[1:] >= clock_s[:-1]):  # within one day few times are looked for among many
        ends = [*np.searchsorted(clock_s, begins[1:]).tolist(), len(clock_s)]
        return [(b, np.arange(*span)) for b, span in zip(begins, pairwise([0, *ends]), strict=True)]
    piece = np.searchsorted(begins, clock_s, side="right") - 1
    return [(begin, np.flatnonzero(piece == k)) for k, begin in enumerate(begins)]


def _segments(segments: Sequence[SegmentSpec], clock_s: Floats, u: Floats) -> Values:
    segment = np.zeros(len(u), dtype=np.int64)
    for begin, rows in _pieces([s.share for s in segments], clock_s):
        up_to = np.cumsum([s.share.at(begin) for s in segments])
        segment[rows] = np.searchsorted(up_to / up_to[-1], u[rows], side="right")
    return np.minimum(segment, len(segments) - 1)


def _items(segments: Sequence[SegmentSpec], segment: Values, clock_s: Floats, u: Floats) -> Values:
    items = np.ones(len(u))
    for k, spec in enumerate(segments):
        mine = segment == k
        for begin, rows in _pieces([spec.items], clock_s):
            chosen = rows[mine[rows]]
            items[chosen] = spec.items.at(begin).quantile(u[chosen])
    return items.astype(np.int64)


def _payment(segments: Sequence[SegmentSpec], segment: Values, u: Floats) -> Values:
    payment = np.zeros(len(u), dtype=np.int64)
    ways = list(Payment)
    for k, spec in enumerate(segments):
        rows = np.flatnonzero(segment == k)
        up_to = np.cumsum([getattr(spec.pays, way.name.lower()) for way in ways])
        payment[rows] = np.searchsorted(up_to / up_to[-1], u[rows], side="right")
    return np.minimum(payment, len(ways) - 1)
