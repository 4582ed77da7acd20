"""The shop as the customers of one day meet it: lanes turned into arrays for an engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.fields import ByClock
from simqueue.shop.compile_counters import failure_fields, pool_fields
from simqueue.shop.compile_staff import behaviour_fields, staffing_fields, trainee_factors
from simqueue.shop.compile_stoppages import stoppage_fields
from simqueue.shop.compile_times import Plains, Times, counter_times, lane_times, spread, whole_us
from simqueue.shop.known import Known
from simqueue.shop.spec import BehaviourSpec, LaneChoiceSpec, LaneSpec, StaffingSpec
from simqueue.shop.stations import Counter
from simqueue.shop.stoppages import OutageSpec
from simqueue.tables import Choice, Kind, Payment, System, Workload, frozen

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
DAY_S = 86_400.0
NO_LIMIT = 10**9  # more people than any line holds
METRES = {
    Kind.STAFFED: 2.5,
    Kind.EXPRESS: 2.5,
    Kind.SELF_SERVICE: 1.5,
    Kind.SCAN_AND_GO: 1.0,
    Kind.STATION: 2.5,
}  # a server's width (assumed)
LANES = 0  # the stop at which people pay
Place = LaneSpec | Counter


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
    layout = _Layout(places, workload)
    if known.service_s is not None:
        layout.server_pace = [1.0] * len(layout.server_pace)  # the times hold at any till
    times = _times(lanes, counters, workload, choice.judged_by, known)
    may_use = _may_use_all(lanes, counters, workload, known)
    expected_us = np.array([one.expected_us for one in times])
    pools = {name: len(places) + k for k, name in enumerate(staffing.pools)}
    return System(
        lanes=tuple(place.name for place in places),
        kind=frozen(layout.kind, "i8"),
        **layout.arrays(),
        may_use=frozen(may_use, "?"),
        service_s=_rows(times, "service_s"),
        gap_s=_rows(times, "gap_s"),
        before_call_s=_rows(times, "before_call_s"),
        after_call_s=_rows(times, "after_call_s"),
        help_s=_rows(times, "help_s"),
        expected_us=frozen(expected_us, "i8"),
        mean_us=frozen(_mean_us(places, choice, times, may_use), "i8"),
        perception=_perception(choice, len(layout.line_lane), workload),
        patience_s=frozen(patience_s, "f8"),
        **_by_clock(lanes, counters, staffing, opens_s, length_s),
        closes_s=length_s,
        choice=_choice(choice),
        **behaviour_fields(behaviour, counters, workload),
        **staffing_fields(lanes, staffing, opens_s, length_s, pools),
        **pool_fields(places, pools),
        **_second_calls(times),
        **failure_fields(lanes, len(places), workload),
        **stoppage_fields(lanes, outages, workload, opens_s, length_s),
    )


class _Layout:
    """Lines and servers in order of the file, then till number."""

    def __init__(self, lanes: Sequence[Place], workload: Workload) -> None:
        self.kind = [lane.kind_code for lane in lanes]
        self.line_lane: list[int] = []
        self.line_capacity: list[int] = []
        self.line_position_m: list[float] = []
        self.server_line: list[int] = []
        self.server_number: list[int] = []
        self.server_pace: list[float] = []
        self._reached_m = 0.0
        self._used_paces: dict[int, int] = {}
        for j, lane in enumerate(lanes):
            self._add(j, lane, workload)

    def _add(self, j: int, lane: Place, workload: Workload) -> None:
        width = METRES[Kind(self.kind[j])]
        given_m = lane.position_m if isinstance(lane, LaneSpec) else None
        start = self._reached_m if given_m is None else given_m
        servers_per_line = [lane.n_servers] if lane.is_shared else [1] * lane.n_servers
        if not lane.n_servers:
            return
        for k, n_servers in enumerate(servers_per_line):
            self.server_line += [len(self.line_lane)] * n_servers
            self.line_lane.append(j)
            self.line_capacity.append(NO_LIMIT if lane.capacity is None else lane.capacity)
            self.line_position_m.append(start + (k + n_servers / 2) * width)
        self.server_number += list(range(1, lane.n_servers + 1))
        self.server_pace += self._paces(lane, j, workload)
        self._reached_m = max(self._reached_m, start + lane.n_servers * width)

    def _paces(self, lane: Place, j: int, workload: Workload) -> list[float]:
        """Factor on service time of the cashier at each till: mean 1, times that of a trainee."""
        if not isinstance(lane, LaneSpec):
            return [1.0] * lane.n_servers
        kind, first = self.kind[j], self._used_paces.get(self.kind[j], 0)
        self._used_paces[kind] = first + lane.n_servers
        paces = trainee_factors(lane, first, workload)
        if lane.cashiers_differ > 0:
            column = f"cashier_pace:{Kind(kind).name.lower()}"
            z = workload.draws.normal(column, first + lane.n_servers)[first:]
            paces = _mean_one(lane.cashiers_differ, z) * paces
        return [float(pace) for pace in paces]

    def arrays(self) -> dict[str, Any]:
        """The columns of System that describe lines and servers."""
        return {
            "line_lane": frozen(self.line_lane, "i8"),
            "line_capacity": frozen(self.line_capacity, "i8"),
            "line_position_m": frozen(self.line_position_m, "f8"),
            "server_line": frozen(self.server_line, "i8"),
            "server_number": frozen(self.server_number, "i8"),
            "server_pace": frozen(self.server_pace, "f8"),
        }


def _mean_one(cv: float, z: Floats) -> Floats:
    """Lognormal factors with mean 1 and the given coefficient of variation."""
    log_sd = np.sqrt(np.log1p(cv * cv))
    factors: Floats = np.exp(log_sd * z - log_sd * log_sd / 2)
    return factors


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
    allowed = np.ones(len(workload), dtype=np.bool_)
    if lane.kind_code == Kind.SELF_SERVICE:
        allowed &= workload.considers_machines
    if lane.kind_code == Kind.SCAN_AND_GO:
        allowed &= False if known.scans is None else known.scans
    if lane.max_items is not None:
        excess = workload.items - lane.max_items
        ignores = (workload.u_limit < lane.ignores_limit) & (excess <= lane.ignores_limit_by)
        allowed &= (excess <= 0) | ignores
    if lane.accepts is not None and lane.accepts.payment is not None:
        accepted = [Payment[way.upper()] for way in lane.accepts.payment]
        allowed &= np.isin(workload.payment, accepted)
    if lane.accepts is not None and lane.accepts.members:
        allowed &= False if known.members is None else known.members
    return allowed & (lane.n_servers > 0)


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


def _rows(per_customer: Sequence[Times], name: str) -> Floats:
    return frozen([getattr(times, name) for times in per_customer], "f8")


def _second_calls(per_customer: Sequence[Times]) -> dict[str, Any]:
    """The second calls, where somebody may have one."""
    if all(times.again_after_s is None for times in per_customer):
        return {}
    n = len(per_customer[0].service_s)
    without = {"again_after_s": np.full(n, np.inf), "again_help_s": np.zeros(n)}
    return {
        name: frozen(
            [no if getattr(t, name) is None else getattr(t, name) for t in per_customer], "f8"
        )
        for name, no in without.items()
    }


def _mean_us(
    places: Sequence[Place],
    choice: LaneChoiceSpec,
    times: Sequence[Times],
    may_use: Flags,
) -> NDArray[np.int64]:
    """What the rule 'expected_wait_mean' takes a customer of each lane to need; shape (J,)."""
    users = np.maximum(1, may_use.sum(axis=1))
    mean_us = np.array([one.mean_us for one in times])
    means = np.where(may_use, mean_us, 0).sum(axis=1) // users
    for j, place in enumerate(places):
        if place.name in choice.mean_service:
            means[j] = whole_us(np.array([choice.mean_service[place.name]]))[0]
    return np.asarray(means, dtype=np.int64)


def _perception(choice: LaneChoiceSpec, n_lines: int, workload: Workload) -> Floats:
    """Factor on what each customer sees of each line; (L, N), or (0, 0) if all see truly."""
    if choice.perception_error == 0:
        return frozen(np.zeros((0, 0)), "f8")
    n = len(workload)
    z = [workload.draws.normal(f"perception:{line}", n) for line in range(n_lines)]
    return frozen(_mean_one(choice.perception_error, np.reshape(z, (n_lines, n))), "f8")


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
    rosters, staff = (
        [_timeline(table, opens_s, length_s) for table in tables] for tables in (open_, there)
    )
    return {
        **_changes(rosters, "roster", "lane", "open"),
        **_changes(staff, "attendants", "pool", "on"),
    }


def _timeline(table: ByClock[int], opens_s: float, length_s: float) -> list[tuple[float, int]]:
    """(seconds from opening, value) from opening to closing; clock tables repeat every day."""
    changes = [(0.0, table.at(opens_s))]
    for day in range(int((opens_s + length_s) // DAY_S) + 1):
        for clock_s, value in table.points:
            time_s = day * DAY_S + clock_s - opens_s
            if 0 < time_s < length_s and value != changes[-1][1]:
                changes.append((time_s, value))
    return changes


def _changes(
    timelines: Sequence[list[tuple[float, int]]], what: str, where: str, unit: str
) -> dict[str, Any]:
    """All lanes' changes in order of time, then lane, as three arrays."""
    rows = sorted((time_s, j, n) for j, line in enumerate(timelines) for time_s, n in line)
    times, lanes, numbers = zip(*rows, strict=True) if rows else ((), (), ())
    return {
        f"{what}_s": frozen(times, "f8"),
        f"{what}_{where}": frozen(lanes, "i8"),
        f"{what}_{unit}": frozen(numbers, "i8"),
    }
