"""The shop as the customers of one day meet it: lanes turned into arrays for an engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.fields import ByClock
from simqueue.shop.compile_counters import failure_fields, pool_fields
from simqueue.shop.compile_lines import Place, line_fields, mean_one, paces
from simqueue.shop.compile_staff import behaviour_fields, staffing_fields
from simqueue.shop.compile_stoppages import stoppage_fields
from simqueue.shop.compile_times import Plains, Times, counter_times, lane_times, spread, whole_us
from simqueue.shop.known import Known
from simqueue.shop.spec import BehaviourSpec, LaneChoiceSpec, LaneSpec, StaffingSpec
from simqueue.shop.stations import Counter
from simqueue.shop.stoppages import OutageSpec
from simqueue.tables import Choice, Kind, Payment, System, Workload, frozen

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]
DAY_S = 86_400.0
LANES = 0  # the stop at which people pay


def compile_shop(
    lanes: Sequence[LaneSpec],
    behaviour: BehaviourSpec,
    staffing: StaffingSpec,
    workload: Workload,
    *,
    patience_s: Floats,
    opens_s: float,
    length_s: float,
    members: Flags | None = None,
    counters: Sequence[Counter] = (),
    outages: Sequence[OutageSpec] = (),
    known: Known | None = None,
) -> System:
    """The lanes and, after them, the stations and desk (`counters`) for the visits of `workload`.

    `patience_s` (R,) clock seconds each is ready to wait (inf = for ever); `opens_s` seconds from
    midnight; `length_s` seconds until the doors close; `members` (R,) who may use lanes for members
    only (without it nobody). Stop k of a visit is counter k, counted from 1.
    """
    known = replace(known or Known(), members=members)
    choice = behaviour.lane_choice
    places: list[Place] = [*lanes, *counters]
    lines = line_fields(places)
    pace = paces(places, workload)
    if known.service_s is not None:
        pace = frozen(np.ones(len(pace)), "f8")  # the times hold at any till
    times = _times(lanes, counters, workload, choice.judged_by, known)
    may_use = frozen(_may_use_all(lanes, counters, workload, known), "?")
    rows = partial(_rows, times, len(workload))
    pools = {name: len(places) + k for k, name in enumerate(staffing.pools)}
    return System(
        lanes=tuple(place.name for place in places),
        **lines,
        server_pace=pace,
        may_use=may_use,
        service_s=rows("service_s"),
        gap_s=rows("gap_s"),
        before_call_s=rows("before_call_s"),
        after_call_s=rows("after_call_s"),
        help_s=rows("help_s"),
        expected_us=rows("expected_us", np.int64),
        mean_us=_mean_us(places, choice, rows("mean_us", np.int64), may_use),
        perception=_perception(choice, len(lines["line_lane"]), workload),
        patience_s=frozen(patience_s, "f8"),
        **_by_clock(lanes, counters, staffing, opens_s, length_s),
        closes_s=length_s,
        choice=_choice(choice),
        **behaviour_fields(behaviour, counters, workload),
        **staffing_fields(lanes, staffing, opens_s, length_s, pools),
        **pool_fields(places, pools),
        **_second_calls(times, len(workload)),
        **failure_fields(lanes, len(places), workload),
        **stoppage_fields(lanes, outages, workload, opens_s, length_s),
    )


def _may_use_all(
    lanes: Sequence[LaneSpec], counters: Sequence[Counter], workload: Workload, known: Known
) -> Flags:
    """Whether each lane, then each other place, serves each visit; shape (J, R)."""
    may_use = np.array([_may_use(lane, workload, known) for lane in lanes])
    if known.scans is not None:  # who has scanned goes where that counts
        scanning = [lane.kind_code == Kind.SCAN_AND_GO for lane in lanes]
        goes_there = may_use[scanning].any(axis=0)
        may_use[np.logical_not(scanning)] &= ~goes_there
    if workload.visits is None:
        return may_use
    stop = workload.visits.stop
    if known.lane is not None:
        numbers = np.arange(len(lanes))[:, None]
        has_servers = np.array([lane.n_servers > 0 for lane in lanes])[:, None]
        may_use = np.where(known.lane >= 0, (known.lane == numbers) & has_servers, may_use)
    elsewhere = [(stop == k) & (x.n_servers > 0) for k, x in enumerate(counters, 1)]
    return np.concatenate(
        [may_use & (stop == LANES), np.reshape(elsewhere, (len(counters), len(workload)))]
    )


def _may_use(lane: LaneSpec, workload: Workload, known: Known) -> Flags:
    allowed = np.full(len(workload), lane.n_servers > 0)
    if lane.kind_code == Kind.SELF_SERVICE:
        allowed &= workload.considers_machines
    if lane.kind_code == Kind.SCAN_AND_GO:
        allowed &= False if known.scans is None else known.scans
    if lane.max_items is not None:
        allowed &= _few_enough(lane, lane.max_items, workload)
    if lane.accepts is not None and lane.accepts.payment is not None:
        accepted = [Payment[way.upper()] for way in lane.accepts.payment]
        allowed &= np.isin(workload.payment, accepted)
    if lane.accepts is not None and lane.accepts.members:
        allowed &= False if known.members is None else known.members
    return allowed


def _few_enough(lane: LaneSpec, most: int, workload: Workload) -> Flags:
    """Who has no more than `most` items, or ignores the limit with few more."""
    few: Flags = workload.items <= most
    if lane.ignores_limit > 0:
        hardly_more = workload.items <= most + lane.ignores_limit_by
        few |= (workload.u_limit < lane.ignores_limit) & hardly_more
    return few


def _times(
    lanes: Sequence[LaneSpec],
    counters: Sequence[Counter],
    workload: Workload,
    judged_by: str,
    known: Known,
) -> list[Times]:
    """Times of every visit at every lane, then at every other place."""
    if workload.visits is None:
        plains = Plains(workload, judged_by)
        return [lane_times(lane, workload, plains, known) for lane in lanes]
    n, stop = len(workload), workload.visits.stop
    at_lanes = np.flatnonzero(stop == LANES)
    there, known_there = taken(workload, at_lanes), known.taken(at_lanes)
    plains = Plains(there, judged_by)
    found = [spread(lane_times(x, there, plains, known_there), at_lanes, n) for x in lanes]
    for k, counter in enumerate(counters, 1):
        rows = np.flatnonzero(stop == k)
        times = counter_times(counter, taken(workload, rows), judged_by)
        found.append(spread(times, rows, n))
    return found


def taken(workload: Workload, rows: NDArray[np.int64]) -> Workload:
    """Some of the visits of a day, with their draws."""
    columns: dict[str, Any] = {k: values[rows] for k, values in workload.arrays().items()}
    return replace(workload, **columns, draws=workload.draws.taken(rows), visits=None)


def _rows(
    times: Sequence[Times], n: int, name: str, dtype: type[np.generic] = np.float64
) -> NDArray[Any]:
    """One of the times at every place, read-only; shape (J, n)."""
    table = np.empty((len(times), n), dtype)
    for row, there in zip(table, times, strict=True):
        row[:] = getattr(there, name)
    table.setflags(write=False)
    return table


def _second_calls(times: Sequence[Times], n: int) -> dict[str, Any]:
    """The second calls, where somebody may have one."""
    if all(there.again_after_s is None for there in times):
        return {}
    with_none = [
        there if there.again_after_s is not None
        else replace(there, again_after_s=np.inf, again_help_s=0.0)
        for there in times
    ]  # fmt: skip
    return {name: _rows(with_none, n, name) for name in ("again_after_s", "again_help_s")}


def _mean_us(
    places: Sequence[Place], choice: LaneChoiceSpec, mean_us: Integers, may_use: Flags
) -> Integers:
    """What the rule 'expected_wait_mean' takes a customer of each lane to need; shape (J,).

    `mean_us` and `may_use` (J, R): how long each visit is expected to take there, if it may.
    """
    users = np.maximum(1, [np.count_nonzero(row) for row in may_use])
    means = np.einsum("jr,jr->j", mean_us, may_use) // users
    for j, place in enumerate(places):
        if place.name in choice.mean_service:
            means[j] = whole_us(np.array([choice.mean_service[place.name]]))[0]
    return frozen(means, "i8")


def _perception(choice: LaneChoiceSpec, n_lines: int, workload: Workload) -> Floats:
    """Factor on what each customer sees of each line; (L, N), or (0, 0) if all see truly."""
    if choice.perception_error == 0:
        return frozen(np.zeros((0, 0)), "f8")
    n = len(workload)
    z = [workload.draws.normal(f"perception:{line}", n) for line in range(n_lines)]
    return frozen(mean_one(choice.perception_error, np.reshape(z, (n_lines, n))), "f8")


def _choice(spec: LaneChoiceSpec) -> Choice:
    return Choice(
        rule=spec.rule,
        count_in_service=spec.count_in_service,
        per_server=spec.per_server,
        ties_random=spec.ties == "random",
        prefer=-1 if spec.prefer is None else Kind[spec.prefer.upper()],
    )


def _by_clock(
    lanes: Sequence[LaneSpec],
    counters: Sequence[Counter],
    staffing: StaffingSpec,
    opens_s: float,
    length_s: float,
) -> dict[str, Any]:
    """How many servers are open and how many staff of each pool are there, as columns."""
    places: list[Place] = [*lanes, *counters]
    open_ = [place.roster_or_all for place in places]
    there = [*(lane.attendants_or_none for lane in lanes), *[ByClock.always(0)] * len(counters)]
    there += staffing.pools.values()
    rosters = _changes(tuple(open_), opens_s, length_s)
    staff = _changes(tuple(there), opens_s, length_s)
    return {
        **dict(zip(("roster_s", "roster_lane", "roster_open"), rosters, strict=True)),
        **dict(zip(("attendants_s", "attendants_pool", "attendants_on"), staff, strict=True)),
    }


@lru_cache(maxsize=256)  # every day of a run asks for the same
def _changes(
    tables: tuple[ByClock[int], ...], opens_s: float, length_s: float
) -> tuple[Floats, Integers, Integers]:
    """When some table changes, which of them, and to what: in order of time, then table."""
    timelines = [_timeline(table, opens_s, length_s) for table in tables]
    rows = sorted((time_s, j, n) for j, line in enumerate(timelines) for time_s, n in line)
    times, numbers, values = zip(*rows, strict=True) if rows else ((), (), ())
    return frozen(times, "f8"), frozen(numbers, "i8"), frozen(values, "i8")


def _timeline(table: ByClock[int], opens_s: float, length_s: float) -> list[tuple[float, int]]:
    """(seconds from opening, value) from opening to closing; clock tables repeat every day."""
    changes = [(0.0, table.at(opens_s))]
    for day in range(int((opens_s + length_s) // DAY_S) + 1):
        for clock_s, value in table.points:
            time_s = day * DAY_S + clock_s - opens_s
            if 0 < time_s < length_s and value != changes[-1][1]:
                changes.append((time_s, value))
    return changes
