"""Who comes when called, and whose transaction fails, as fields of a System."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simqueue.shop.spec import LaneSpec
from simqueue.shop.stations import Counter
from simqueue.tables import Condition, Workload, frozen

Fields = dict[str, Any]
NOBODY = -1  # the cashier sees to it himself


def pool_fields(places: Sequence[LaneSpec | Counter], pools: Mapping[str, int]) -> Fields:
    """Whose staff answer the calls of each lane and counter; left out if only its own do."""
    numbers = [_pool(place, j, pools) for j, place in enumerate(places)]
    if numbers == list(range(len(places))):
        return {}
    return {"lane_pool": frozen(numbers, "i8")}


def _pool(place: LaneSpec | Counter, j: int, pools: Mapping[str, int]) -> int:
    if isinstance(place, Counter):
        return j if place.staff is None else pools[place.staff.pool]
    if place.pool is not None:
        return pools[place.pool]
    return NOBODY if place.price_checks is not None else j


def failure_fields(lanes: Sequence[LaneSpec], n_places: int, workload: Workload) -> Fields:
    """Whose transaction fails at which machines; left out if nobody's does."""
    sending = [(j, lane.sends_failed_to) for j, lane in enumerate(lanes) if lane.sends_failed_to]
    if not sending:
        return {}
    n = len(workload)
    fails = np.zeros((n_places, n), dtype=np.bool_)
    visits = workload.visits
    assert visits is not None, "who fails makes a second visit"
    first = (visits.stop == 0) & (visits.condition != Condition.FAILED)
    u = workload.draws.uniform("fails", n)
    for j, spec in sending:
        fails[j] = first & (u < spec.chance)
    return {"fails": frozen(fails, "?")}
