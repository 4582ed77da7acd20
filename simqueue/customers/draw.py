"""Who comes on one day, with what: every customer's own properties, before any lane is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.chance import Draws
from simqueue.customers.arrivals import Rate, arrival_times, day_factor, rate, stretch
from simqueue.customers.spec import ArrivalsSpec, PaysSpec, SegmentSpec
from simqueue.fields import ByClock
from simqueue.tables import Workload, settled

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
    flow = _average_day(arrivals, opens_s, length_s)
    arrival_s = arrival_times(flow.scaled(day_factor(arrivals.day_to_day_cv, draws)), draws)
    return people(segments, settled(arrival_s), draws, opens_s=opens_s, length_s=length_s)


@lru_cache(maxsize=64)  # every day of a run asks for the same
def _average_day(arrivals: ArrivalsSpec, opens_s: float, length_s: float) -> Rate:
    """The rate of a day that is neither busier nor quieter than others."""
    flow = rate(arrivals.rate_points(), opens_s, length_s, arrivals.interpolate == "linear")
    if arrivals.customers_per_day is None:
        return flow
    return flow.scaled(arrivals.customers_per_day / flow.total)


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
    if items is None:
        items = settled(_items(segments, segment, clock_s, draws.uniform("items", n)))
    alone = draws.uniform("alone", n) < of_segment([s.alone for s in segments], segment)
    considers = of_segment([s.self_service for s in segments], segment)
    time = of_segment([s.value_of_time for s in segments], segment)
    control = of_segment([s.self_control for s in segments], segment)
    return Workload(
        arrival_s=arrival_s,
        segment=settled(segment),
        items=items,
        payment=_payment(segments, segment, draws.uniform("payment", n)),
        alone=settled(alone),
        considers_machines=settled(draws.uniform("machines", n) < considers),
        u_limit=draws.uniform("limit", n),
        u_choice=draws.uniform("choice", n),
        u_choice_again=draws.uniform("choice_again", n),
        place=draws.uniform("place", n),
        value_of_time=settled(time * _person("value_of_time", n, draws)),
        self_control=settled(control * _person("self_control", n, draws)),
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
    shares = [share_of(segment) for segment in segments]
    if not any(shares):
        return np.zeros(len(workload), dtype=np.bool_)
    chosen: NDArray[np.bool_] = workload.draws.uniform(column, len(workload)) < of_segment(
        shares, workload.segment
    )
    return chosen


def of_segment(numbers: Sequence[float], segment: Values) -> Floats | float:
    """The number of his segment for every customer, (N,); one number where all are the same."""
    if numbers.count(numbers[0]) == len(numbers):
        return numbers[0]
    values: Floats = np.array(numbers, np.float64).take(segment)
    return values


def _person(column: str, n: int, draws: Draws) -> Floats:
    """What makes persons of one segment differ: lognormal factors with mean 1; shape (N,)."""
    factors: Floats = np.exp(PERSONS_DIFFER * draws.normal(column, n) - PERSONS_DIFFER**2 / 2)
    return factors


def _segments(segments: Sequence[SegmentSpec], clock_s: Floats, u: Floats) -> Values:
    """Which segment each customer belongs to; shape (N,)."""
    begins, up_to = _shares(tuple(s.share for s in segments))
    return _picked(up_to, stretch(begins, clock_s), u)


@lru_cache(maxsize=64)  # every day of a run asks for the same
def _shares(tables: tuple[ByClock[float], ...]) -> tuple[Floats, Floats]:
    """When shares change, (P,), and from then on the cumulative ones, (K, P)."""
    begins = sorted({time for table in tables for time, _ in table.points} | {0})
    return np.array(begins, np.float64), _up_to([[t.at(begin) for t in tables] for begin in begins])


@lru_cache(maxsize=64)
def _ways(pays: tuple[PaysSpec, ...]) -> Floats:
    """The cumulative shares of the ways of paying, by segment; (ways, K)."""
    return _up_to([each.shares for each in pays])


def _up_to(shares: Sequence[Sequence[float]]) -> Floats:
    """Cumulative shares of the entries of each row, without entries that have 1 in all rows."""
    up_to = np.cumsum(shares, axis=1)
    up_to /= up_to[:, -1:]
    return np.asarray(up_to.T[up_to.min(axis=0) < 1])


def _picked(up_to: Floats, row: Values, u: Floats) -> Values:
    """The entry of his row of cumulative shares that each uniform falls upon; shape of u."""
    entry = np.zeros(len(u), dtype=np.int16)
    for share in up_to:
        entry += u >= share.take(row)
    return entry


def _items(segments: Sequence[SegmentSpec], segment: Values, clock_s: Floats, u: Floats) -> Values:
    """The size of each basket; shape (N,)."""
    items = np.ones(len(u), dtype=np.int32)
    for k, spec in enumerate(segments):
        mine = (segment == k).nonzero()[0]
        for baskets, rows in _in_force(spec.items, clock_s, mine):
            items[rows] = baskets.quantile(u.take(rows))
    return items


def _in_force(table: ByClock[Any], clock_s: Floats, rows: Values) -> Iterator[tuple[Any, Values]]:
    """Each value of a table by clock, and the customers among `rows` in whose time it holds."""
    if len(table.points) == 1:
        yield table.points[0][1], rows
        return
    times, values = zip(*table.points, strict=True)
    k = stretch(np.array(times, np.float64), clock_s.take(rows))
    for number, value in enumerate(values):
        yield value, rows[k == number]


def _payment(segments: Sequence[SegmentSpec], segment: Values, u: Floats) -> Values:
    """How each customer pays, as a code of Payment; shape (N,)."""
    return _picked(_ways(tuple(s.pays for s in segments)), segment, u)
