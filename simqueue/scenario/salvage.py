"""What can still be read of a faulty scenario, so that all of its faults are told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from simqueue.customers.spec import ArrivalsSpec, SegmentSpec
from simqueue.fields import Problem, Spec
from simqueue.scenario.checks import COMPLETE, Parts
from simqueue.scenario.economics import EconomicsSpec
from simqueue.scenario.returns_desk import ReturnsDeskSpec
from simqueue.scenario.targets import MEASURES
from simqueue.shop.spec import BehaviourSpec, LaneSpec, StaffingSpec, StoreSpec
from simqueue.shop.stations import StationSpec
from simqueue.shop.stoppages import OutageSpec

S = TypeVar("S", bound=Spec)


def salvaged(data: Mapping[str, Any], problems: Iterable[Problem], context: Any) -> Parts:  # noqa: ANN401 - pydantic's context
    """The readable parts; a block is read again without its faulty keys before it is given up."""
    blocks = {str(problem.place[0]) for problem in problems if problem.place}
    targets, initial = data.get("targets"), data.get("initial")
    economics = _read(EconomicsSpec, data.get("economics", {}), context)
    return Parts(
        store=_read(StoreSpec, data.get("store"), context),
        arrivals=_read(ArrivalsSpec, data.get("arrivals"), context),
        customers=_entries(SegmentSpec, data.get("customers"), context),
        lanes=_entries(LaneSpec, data.get("lanes"), context),
        behaviour=_read(BehaviourSpec, data.get("behaviour", {}), context),
        staffing=_read(StaffingSpec, data.get("staffing", {}), context),
        targets={n: 0.0 for n in targets if n in MEASURES} if isinstance(targets, Mapping) else {},
        stations=_entries(StationSpec, data.get("stations"), context),
        returns_desk=_read(ReturnsDeskSpec, data.get("returns_desk"), context),
        initial={str(n): 1 for n in initial} if isinstance(initial, Mapping) else {},
        outages=_entries(OutageSpec, data.get("outages"), context),
        benchmark_wait=None if data.get("benchmark_wait") is None else 0.0,
        complete=frozenset(COMPLETE - blocks),
        premium=None if economics is None else economics.premium,
    )


def _entries(kind: type[S], value: Any, context: Any) -> dict[int, S]:  # noqa: ANN401 - anything in the file
    if not isinstance(value, (list, tuple)):
        return {}
    read = {i: _read(kind, entry, context) for i, entry in enumerate(value)}
    return {i: spec for i, spec in read.items() if spec is not None}


def _read(kind: type[S], value: Any, context: Any) -> S | None:  # noqa: ANN401 - anything in the file
    try:
        return kind.model_validate(value, context=context)
    except ValidationError as error:
        wrong = {e["loc"][0] for e in error.errors(include_url=False) if e["loc"]}
    if not isinstance(value, Mapping):
        return None
    try:
        rest = {key: v for key, v in value.items() if key not in wrong}
        return kind.model_validate(rest, context=context)
    except ValidationError:
        return None
