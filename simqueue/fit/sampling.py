"""What a stopwatch would have measured on a simulated day: the same clock times, the same lanes.

Waits of customers who stand in one queue go up and down together, so sixty of them tell less than
sixty separate ones. How much less is not guessed: the same pattern of customers is timed on every
simulated day, and the spread of those results is the uncertainty of the measurement.
"""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from simqueue.fit.observed import Observed
from simqueue.study.day import Day
from simqueue.study.measures import joined

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
REACH_S = 900.0  # a customer who joins more than a quarter hour off stands for nobody who was timed
ANY_LANE = -1


def timed(day: Day, observed: Observed) -> Floats:
    """The waits of the simulated customers who stand for the observed ones; shape (n,).

    With times, those who joined (that lane) nearest to them, each customer once; without, as many
    customers one after the other from a random place in the day. nan where there is nobody.
    """
    rows = np.flatnonzero(joined(day))
    rows = rows[np.argsort(day.log.join_s[rows], kind="stable")]
    join_s, wait_s, lane = day.log.join_s[rows], day.log.wait_s[rows], day.log.lane[rows]
    found = np.full(len(observed), np.nan)
    start = _random_places(day, len(observed.days))
    for number, wanted, mine in _parts(observed):
        there = np.flatnonzero(lane == wanted) if wanted != ANY_LANE else np.arange(len(rows))
        if observed.time_s is None:
            count = min(len(mine), len(there))
            first = int(start[number] * (len(there) - count + 1))
            found[mine[:count]] = wait_s[there[first : first + count]]
            continue
        order = mine[np.argsort(observed.time_s[mine], kind="stable")]
        times = observed.time_s[order]
        place = nearest(join_s[there], times)
        if len(there):
            near = np.abs(join_s[there][place] - times) <= REACH_S
            found[order] = np.where(near, wait_s[there][place], np.nan)
    return found


def _parts(observed: Observed) -> Iterator[tuple[int, int, Integers]]:
    """The rows of each observed day and lane: (number of the day, lane or ANY_LANE, rows)."""
    lane = np.full(len(observed), ANY_LANE) if observed.lane is None else observed.lane
    for number in range(len(observed.days)):
        for wanted in np.unique(lane[observed.day == number]):
            rows = np.flatnonzero((observed.day == number) & (lane == wanted))
            yield number, int(wanted), rows


def _random_places(day: Day, n_days: int) -> Floats:
    """Where in the day a stopwatch without a clock began, in [0, 1), for each observed day."""
    key = (day.replication, crc32(b"check.start"))
    return np.random.default_rng(np.random.SeedSequence(day.scenario.seed, spawn_key=key)).random(
        n_days
    )


def nearest(joins: Floats, times: Floats) -> Integers:
    """For each of the ascending `times` the place of a join near it, no join twice if they suffice.

    Where several times want the same join they spread to both sides.

    >>> nearest(np.array([0.0, 10.0, 20.0, 30.0]), np.array([19.0, 21.0])).tolist()
    [1, 2]
    """
    n, of = len(times), len(joins)
    if not of:
        return np.zeros(n, dtype=np.int64)
    right = np.searchsorted(joins, times)
    left = np.maximum(right - 1, 0)
    right = np.minimum(right, of - 1)
    place = np.where(times - joins[left] <= joins[right] - times, left, right)
    if of < n:
        return place
    rank = np.arange(n)
    later = np.maximum.accumulate(place - rank) + rank
    earlier = np.minimum.accumulate((place - rank)[::-1])[::-1] + rank
    apart: Integers = np.clip((later + earlier) // 2, rank, of - n + rank)
    return apart


def studies_of(simulated: Floats, day: Integers) -> Floats:
    """Simulated days put together to whole studies; (R, n) -> (R, n).

    The k-th study takes its first day from simulated day k, its second from k + 1, and so on, so
    that days within a study are independent of each other, as days of a shop are.
    """
    n_days = len(simulated)
    rows = (np.arange(n_days)[:, None] + day[None, :]) % n_days
    return np.take_along_axis(simulated, rows, axis=0)
