"""Lines and servers of the places of a shop, and who works there how fast: fields of a System."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simqueue.shop.spec import LaneSpec
from simqueue.shop.stations import Counter
from simqueue.tables import Kind, Workload, frozen

Floats = NDArray[np.float64]
Place = LaneSpec | Counter
NO_LIMIT = 10**9  # more people than any line holds
METRES = {
    Kind.STAFFED: 2.5,
    Kind.EXPRESS: 2.5,
    Kind.SELF_SERVICE: 1.5,
    Kind.SCAN_AND_GO: 1.0,
    Kind.STATION: 2.5,
}  # a server's width (assumed)


class _Front(NamedTuple):
    """What is to be seen of a place from the front."""

    kind: Kind
    n_servers: int
    is_shared: bool
    capacity: int | None
    begins_m: float | None  # None = where the one before it ends


def line_fields(places: Sequence[Place]) -> dict[str, Any]:
    """Lines and servers in order of the file, then till number."""
    return dict(_lines(tuple(_front(place) for place in places)))  # what is kept stays as it is


def _front(place: Place) -> _Front:
    begins_m = place.position_m if isinstance(place, LaneSpec) else None
    return _Front(place.kind_code, place.n_servers, place.is_shared, place.capacity, begins_m)


@lru_cache(maxsize=64)  # every day of a run asks for the same
def _lines(fronts: tuple[_Front, ...]) -> dict[str, Any]:
    line_lane: list[int] = []
    capacity: list[int] = []
    position_m: list[float] = []
    server_line: list[int] = []
    server_number: list[int] = []
    reached_m = 0.0
    for j, place in enumerate(fronts):
        if not place.n_servers:
            continue
        width = METRES[place.kind]
        start = reached_m if place.begins_m is None else place.begins_m
        per_line = [place.n_servers] if place.is_shared else [1] * place.n_servers
        for k, n_servers in enumerate(per_line):
            server_line += [len(line_lane)] * n_servers
            line_lane.append(j)
            capacity.append(NO_LIMIT if place.capacity is None else place.capacity)
            position_m.append(start + (k + n_servers / 2) * width)
        server_number += range(1, place.n_servers + 1)
        reached_m = max(reached_m, start + place.n_servers * width)
    return {
        "kind": frozen([place.kind for place in fronts], "i8"),
        "line_lane": frozen(line_lane, "i8"),
        "line_capacity": frozen(capacity, "i8"),
        "line_position_m": frozen(position_m, "f8"),
        "server_line": frozen(server_line, "i8"),
        "server_number": frozen(server_number, "i8"),
    }


def paces(places: Sequence[Place], workload: Workload) -> Floats:
    """Factor on service time of the cashier at each server: mean 1, times that of a trainee; (S,).

    Cashiers of one kind of lane are numbered through, whatever lane they work at.
    """
    found = np.ones(sum(place.n_servers for place in places))
    first = 0
    before: dict[Kind, int] = {}
    for place in places:
        kind, n = place.kind_code, place.n_servers
        if isinstance(place, LaneSpec):
            _set_paces(found[first : first + n], place, before.get(kind, 0), workload)
        first += n
        before[kind] = before.get(kind, 0) + n
    found.setflags(write=False)
    return found


def _set_paces(there: Floats, lane: LaneSpec, before: int, workload: Workload) -> None:
    """Change the factors of a lane's servers; `before` it there are so many of its kind."""
    numbers = slice(before, before + lane.n_servers)
    if lane.trainees is not None:
        u = workload.draws.uniform(f"trainee:{lane.kind_code.name.lower()}", numbers.stop)[numbers]
        there *= np.where(u < lane.trainees.share, lane.trainees.pace, 1.0)
    if lane.cashiers_differ > 0:
        column = f"cashier_pace:{lane.kind_code.name.lower()}"
        z = workload.draws.normal(column, numbers.stop)[numbers]
        there *= mean_one(lane.cashiers_differ, z)


def mean_one(cv: float, z: Floats) -> Floats:
    """Lognormal factors with mean 1 and the given coefficient of variation."""
    log_sd = np.sqrt(np.log1p(cv * cv))
    factors: Floats = np.exp(log_sd * z - log_sd * log_sd / 2)
    return factors
