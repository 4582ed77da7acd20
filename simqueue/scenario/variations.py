"""The same shop under other circumstances: more customers, absent cashiers, fewer at machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from simqueue.customers.spec import ArrivalsSpec, RateTable
from simqueue.fields import ByClock
from simqueue.scenario.load import resolve
from simqueue.scenario.model import Scenario
from simqueue.scenario.study_file import RobustnessSpec
from simqueue.scenario.written import to_mapping
from simqueue.shop.spec import LaneSpec

DEMAND, ABSENT, SHARE = "demand", "absent_cashiers", "self_service_share"
KINDS: Final = (DEMAND, ABSENT, SHARE)
WITH_CASHIERS: Final = ("staffed", "express")


@dataclass(frozen=True)
class Variation:
    """One circumstance: a relative change of customers or of a share, or a number of cashiers."""

    kind: str
    level: float

    @property
    def is_nothing(self) -> bool:
        """Whether everything is as it was."""
        return self.level == 0


def variations(spec: RobustnessSpec) -> Iterator[tuple[tuple[str | int, ...], Variation]]:
    """All circumstances that a study asks for, with their places in its `robustness`."""
    for kind in KINDS:
        for k, level in enumerate(getattr(spec, kind)):
            yield (kind, k), Variation(kind, float(level))


def varied(scenario: Scenario, variation: Variation) -> Scenario:
    """The scenario under other circumstances.

    The same people come, at other times where there are more or fewer of them. ValueError when the
    variation makes no sense for this scenario, ScenarioError when what it makes is no shop.
    """
    if variation.is_nothing:
        return scenario
    changes = {DEMAND: _more_customers, ABSENT: _fewer_cashiers, SHARE: _more_at_machines}
    changed = scenario.model_copy(update=changes[variation.kind](scenario, variation.level))
    return resolve(to_mapping(changed))


def _more_customers(scenario: Scenario, change: float) -> dict[str, Any]:
    """Every rate of arrivals times 1 + change; those who come only to bring things back too."""
    factor = 1 + change
    if scenario.arrivals.trace is not None:
        raise ValueError("does not go with arrivals.trace: those people came, no more and no fewer")
    changes: dict[str, Any] = {"arrivals": _scaled_arrivals(scenario.arrivals, factor)}
    desk = scenario.returns_desk
    if desk is not None and desk.arrivals is not None:
        scaled = {"arrivals": _scaled(desk.arrivals, factor)}
        changes["returns_desk"] = desk.model_copy(update=scaled)
    return changes


def _scaled_arrivals(arrivals: ArrivalsSpec, factor: float) -> RateTable:
    if arrivals.customers_per_day is not None:
        more = {"customers_per_day": arrivals.customers_per_day * factor}
        return arrivals.model_copy(update=more)
    if isinstance(arrivals.shape, RateTable):
        return arrivals.model_copy(update={"shape": _scaled(arrivals.shape, factor)})
    return _scaled(arrivals, factor)


def _scaled(table: RateTable, factor: float) -> RateTable:
    if table.per_hour is not None:
        points = tuple((time, rate * factor) for time, rate in table.per_hour.points)
        return table.model_copy(update={"per_hour": ByClock(points)})
    assert table.constant_per_hour is not None
    return table.model_copy(update={"constant_per_hour": table.constant_per_hour * factor})


def _fewer_cashiers(scenario: Scenario, absent: float) -> dict[str, Any]:
    """At every hour so many tills fewer, each from where most are open; a lane keeps its last."""
    mine = [k for k, lane in enumerate(scenario.lanes) if _has_cashiers(lane)]
    if not mine:
        raise ValueError("must be a shop with cashiers; here no lane has any")
    rosters = [scenario.lanes[k].roster_or_all for k in mine]
    changes = {t for roster in rosters if not roster.is_constant for t, _ in roster.points}
    times = sorted({int(scenario.opens_s), *changes})
    tables: list[list[tuple[int, int]]] = [[] for _ in mine]
    for time in times:
        left = _without([roster.at(time) for roster in rosters], int(absent))
        for table, number in zip(tables, left, strict=True):
            table.append((time, number))
    lanes = list(scenario.lanes)
    for k, table in zip(mine, tables, strict=True):
        lanes[k] = lanes[k].model_copy(update={"roster": ByClock(tuple(table))})
    return {"lanes": tuple(lanes)}


def _has_cashiers(lane: LaneSpec) -> bool:
    return lane.kind in WITH_CASHIERS and lane.n_servers > 0


def _without(open_: Sequence[int], absent: int) -> list[int]:
    """The open tills of each lane when so many cashiers are missing.

    >>> _without([7, 2], 2), _without([2, 1], 5), _without([0, 3], 1)
    ([5, 2], [1, 1], [0, 2])
    """
    left = list(open_)
    for _ in range(absent):
        most = max(left)
        if most <= 1:
            break
        left[left.index(most)] -= 1
    return left


def _more_at_machines(scenario: Scenario, change: float) -> dict[str, Any]:
    """Every segment's share who consider the machines times 1 + change, at most all of them."""
    if not any(lane.kind == "self_service" and lane.n_servers for lane in scenario.lanes):
        raise ValueError("must be a shop with self-service machines; here are none")
    segments = [
        each.model_copy(update={"self_service": min(1.0, each.self_service * (1 + change))})
        for each in scenario.customers
    ]
    return {"customers": tuple(segments)}
