"""When and where the tills are short: rules that a reader can check against the tables.

* A wait is *long* when it exceeds the shop's own limit: that of its target `wait_p95` or `wait_p90`
  (the first that is set), else five minutes.
* A lane is *short* in a quarter hour when more of its customers wait long than the limit allows:
  one in twenty for `wait_p95`, one in ten for `wait_p90`, the share itself for `wait_over_5min`,
  one in ten where the shop has set none of them. Customers count in the quarter hour in which they
  came; all days are taken together.
* A *short stretch* is at least half an hour of short quarter hours in a row. A single quarter hour
  that is not short does not interrupt it, as long as the whole stays short. Stretches in which
  fewer than 20 customers were seen over all days are left out: chance alone makes such.
* The *worst* stretch is the one in which most customers wait long. It is *certain* when the 95 %
  interval of its share over days lies above what is allowed.
* The *busiest* stretch is the two hours in which most minutes are waited; in a shop without waits,
  in which most customers come.
* Stations and the returns desk are held to the same rule; which stretch the screen is about is
  decided by the tills, and by the stations only where no till is short.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from math import isnan

import numpy as np
from numpy.typing import NDArray

from simqueue.show.reading import Stretch, is_lane, n_quarters, wait_minutes
from simqueue.study.interval import Estimate, ratio_interval
from simqueue.study.study import Study
from simqueue.study.targets import LongWait

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SHORTEST_QUARTERS = 2
FEWEST_CUSTOMERS = 20
BUSIEST_QUARTERS = 8


@dataclass(frozen=True)
class ShortStretch:
    """A lane that is short for a while."""

    lane: int
    stretch: Stretch
    share: Estimate  # of its customers then who wait long
    share_otherwise: float  # the same outside this lane's short stretches; nan if there is nothing
    long_waits: float  # customers a day who wait long in it
    certain: bool


def long_waits(study: Study, limit_s: float) -> tuple[Floats, Floats]:
    """How many waited long, and how many joined, by day, lane and quarter hour; each (R, J, Q)."""
    shape = (len(study.lane.groups), n_quarters(study))
    size = shape[0] * shape[1]
    long, came = [], []
    for day in study.waits:
        place = day.lane.astype(np.int64) * shape[1] + day.quarter
        long.append(np.bincount(place, weights=day.wait_s > limit_s, minlength=size))
        came.append(np.bincount(place, minlength=size).astype(np.float64))
    days = (len(study.waits), *shape)
    return np.reshape(long, days), np.reshape(came, days)


def short_stretches(study: Study, rule: LongWait) -> list[ShortStretch]:
    """All short stretches, the one with most long waits first; none in a theory scenario."""
    if not n_quarters(study) or not study.waits:
        return []
    long, came = long_waits(study, rule.limit_s)
    found = []
    for lane in range(long.shape[1]):
        found += _of_lane(lane, long[:, lane], came[:, lane], rule)
    return sorted(found, key=lambda s: (-s.long_waits, s.lane, s.stretch.first))


def _of_lane(lane: int, long: Floats, came: Floats, rule: LongWait) -> list[ShortStretch]:
    """The short stretches of one lane; `long` and `came` have shape (R, Q)."""
    longest = long.sum(axis=0)
    all_came = came.sum(axis=0)
    short = longest > rule.allowed * all_came
    inside = np.zeros(len(short), dtype=bool)
    stretches = []
    for stretch in runs(bridged(short)):
        rows = stretch.quarters()
        people = all_came[rows].sum()
        if people >= FEWEST_CUSTOMERS and longest[rows].sum() > rule.allowed * people:
            inside[rows] = True
            stretches.append(stretch)
    rest = all_came[~inside].sum()
    otherwise = float(longest[~inside].sum() / rest) if rest else float("nan")
    return [_stretch(lane, s, long, came, rule, otherwise) for s in stretches]


def _stretch(
    lane: int, stretch: Stretch, long: Floats, came: Floats, rule: LongWait, otherwise: float
) -> ShortStretch:
    rows = stretch.quarters()
    mine = long[:, rows].sum(axis=1)
    share = ratio_interval(mine, came[:, rows].sum(axis=1), "share")
    certain = not isnan(share.half_width) and share.low > rule.allowed
    return ShortStretch(lane, stretch, share, otherwise, float(mine.mean()), certain)


def bridged(short: Flags) -> Flags:
    """The same with single gaps between two short quarter hours filled."""
    filled = short.copy()
    filled[1:-1] |= short[:-2] & short[2:]
    return filled


def runs(short: Flags) -> list[Stretch]:
    """Runs of at least half an hour, or of the whole day where it is shorter than that."""
    least = min(SHORTEST_QUARTERS, len(short))
    found = []
    for value, group in groupby(range(len(short)), key=lambda q: bool(short[q])):
        quarters = list(group)
        if value and len(quarters) >= least:
            found.append(Stretch(quarters[0], quarters[-1] + 1))
    return found


def at_tills(study: Study, short: list[ShortStretch]) -> list[ShortStretch]:
    """Those of the stretches in which people wait to pay."""
    return [s for s in short if is_lane(study, s.lane)]


def at_stations(study: Study, short: list[ShortStretch]) -> list[ShortStretch]:
    """Those of the stretches in which people wait elsewhere."""
    return [s for s in short if not is_lane(study, s.lane)]


def busiest(study: Study, *, to_pay: bool = False) -> Stretch:
    """The two hours (or all of a shorter day) with most minutes waited, `to_pay` or anywhere."""
    n = n_quarters(study)
    length = min(BUSIEST_QUARTERS, n)
    places = len(study.scenario.lanes) if to_pay else None
    amount = wait_minutes(study)[:places].sum(axis=0)
    if not amount.any() and "customers" in study.quarter.units:
        amount = np.nansum(study.quarter.daily("customers"), axis=0)
    sums = np.convolve(amount, np.ones(length), mode="valid")
    # rounded, so that sums that differ only by the order of adding up tie, and the first wins
    first = int(np.argmax(np.round(sums, 6)))
    return Stretch(first, first + length)


def covered(stretches: list[ShortStretch], n: int) -> Flags:
    """Which quarter hours lie in a short stretch of any lane; shape (n,)."""
    inside = np.zeros(n, dtype=bool)
    for short in stretches:
        inside[short.stretch.quarters()] = True
    return inside
