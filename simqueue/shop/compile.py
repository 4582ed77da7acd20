"""The shop as the customers of one day meet it: lanes turned into arrays for an engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.fields import ByClock
from simqueue.shop.compile_staff import behaviour_fields, staffing_fields, trainee_factors
from simqueue.shop.spec import BehaviourSpec, LaneChoiceSpec, LaneSpec, StaffingSpec
from simqueue.tables import Choice, Kind, Payment, System, Workload, frozen

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
DAY_S = 86_400.0
NO_LIMIT = 10**9  # more people than any line holds
METRES = {
    Kind.STAFFED: 2.5,
    Kind.EXPRESS: 2.5,
    Kind.SELF_SERVICE: 1.5,
}  # a server's width (assumed)
LEAST_OWN_SHARE = 0.05  # of a transaction, when the mean help would eat it up


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
) -> System:
    """The lanes as arrays for the customers of `workload`.

    `patience_s` (N,) clock seconds each is ready to wait (inf = for ever); `opens_s` seconds from
    midnight; `length_s` seconds until the doors close; `members` (N,) who may use lanes for members
    only (without it nobody).
    """
    choice = behaviour.lane_choice
    layout = _Layout(lanes, workload)
    per_customer = [_lane_times(lane, workload, choice.judged_by) for lane in lanes]
    may_use = np.array([_may_use(lane, workload, members) for lane in lanes])
    expected_us = np.array([times.expected_us for times in per_customer])
    rosters = [_timeline(lane.roster_or_all, opens_s, length_s) for lane in lanes]
    attendants = [_timeline(lane.attendants_or_none, opens_s, length_s) for lane in lanes]
    return System(
        lanes=tuple(lane.lane for lane in lanes),
        kind=frozen(layout.kind, "i8"),
        **layout.arrays(),
        may_use=frozen(may_use, "?"),
        service_s=_rows(per_customer, "service_s"),
        gap_s=_rows(per_customer, "gap_s"),
        before_call_s=_rows(per_customer, "before_call_s"),
        after_call_s=_rows(per_customer, "after_call_s"),
        help_s=_rows(per_customer, "help_s"),
        expected_us=frozen(expected_us, "i8"),
        mean_us=frozen(_mean_us(lanes, choice, per_customer, may_use), "i8"),
        perception=_perception(choice, len(layout.line_lane), workload),
        patience_s=frozen(patience_s, "f8"),
        **_changes(rosters, "roster", "lane", "open"),
        **_changes(attendants, "attendants", "pool", "on"),
        closes_s=length_s,
        choice=_choice(choice),
        **behaviour_fields(behaviour, workload),
        **staffing_fields(lanes, staffing, opens_s, length_s),
    )


class _Layout:
    """Lines and servers in order of the file, then till number."""

    def __init__(self, lanes: Sequence[LaneSpec], workload: Workload) -> None:
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

    def _add(self, j: int, lane: LaneSpec, workload: Workload) -> None:
        width = METRES[Kind(self.kind[j])]
        start = self._reached_m if lane.position_m is None else lane.position_m
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

    def _paces(self, lane: LaneSpec, j: int, workload: Workload) -> list[float]:
        """Factor on service time of the cashier at each till: mean 1, times that of a trainee."""
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


def _may_use(lane: LaneSpec, workload: Workload, members: Flags | None) -> Flags:
    allowed = np.ones(len(workload), dtype=np.bool_)
    if lane.kind_code == Kind.SELF_SERVICE:
        allowed &= workload.considers_machines
    if lane.max_items is not None:
        excess = workload.items - lane.max_items
        ignores = (workload.u_limit < lane.ignores_limit) & (excess <= lane.ignores_limit_by)
        allowed &= (excess <= 0) | ignores
    if lane.accepts is not None and lane.accepts.payment is not None:
        accepted = [Payment[way.upper()] for way in lane.accepts.payment]
        allowed &= np.isin(workload.payment, accepted)
    if lane.accepts is not None and lane.accepts.members:
        allowed &= False if members is None else members
    return allowed & (lane.n_servers > 0)


@dataclass(frozen=True)
class _Times:
    """What a lane's service means for each customer; arrays of shape (N,)."""

    service_s: Floats
    gap_s: Floats
    before_call_s: Floats
    after_call_s: Floats
    help_s: Floats
    mean_us: NDArray[np.int64]  # mean occupation of a server given the items
    expected_us: NDArray[np.int64]  # what customers take it to be: the mean, or the median


def _lane_times(lane: LaneSpec, workload: Workload, judged_by: str) -> _Times:
    n, kind = len(workload), "self" if lane.kind_code == Kind.SELF_SERVICE else "staffed"
    u, u_gap = (workload.draws.uniform(f"{part}_{kind}", n) for part in ("service", "gap"))
    model = lane.service_model
    service, gap = model.service_s(u, u_gap, workload.items, workload.payment)
    mean = model.mean_service_s(workload.items, workload.payment)
    mean_gap = model.mean_occupation_s(workload.items, workload.payment) - mean
    mean = mean * lane.shared_factor
    judged = mean
    if judged_by == "median":
        judged = model.median_service_s(workload.items, workload.payment) * lane.shared_factor
    service = service * lane.shared_factor
    never, none = np.full(n, np.inf), np.zeros(n)
    plain = _Times(
        service, gap, never, none, none, _whole_us(mean + mean_gap), _whole_us(judged + mean_gap)
    )
    return plain if lane.help is None else _with_help(lane, plain, mean, judged, mean_gap, workload)


def _with_help(
    lane: LaneSpec,
    plain: _Times,
    mean: Floats,
    judged: Floats,
    mean_gap: Floats,
    workload: Workload,
) -> _Times:
    """Split the transactions of those who call an attendant; see docs/model.md on help."""
    help_ = lane.help
    assert help_ is not None
    n = len(workload)
    chance = 1 - (1 - help_.chance) * (1 - help_.per_item) ** workload.items
    mean_help = chance * help_.takes.mean
    service = plain.service_s
    if lane.help_included:  # the measured transaction holds the help already: keep its mean
        service = service * np.maximum(LEAST_OWN_SHARE, 1 - mean_help / np.maximum(mean, 1e-9))
        mean, judged = (np.maximum(x, LEAST_OWN_SHARE * x + mean_help) for x in (mean, judged))
    else:
        mean, judged = mean + mean_help, judged + mean_help
    calls = workload.draws.uniform("help", n) < chance
    at = workload.draws.uniform("help_at", n) if help_.at is None else help_.at
    before = service * at
    takes = help_.takes.quantile(workload.draws.uniform("help_takes", n))
    return _Times(
        service_s=service,
        gap_s=plain.gap_s,
        before_call_s=np.where(calls, before, np.inf),
        after_call_s=np.where(calls, service - before, 0.0),
        help_s=np.where(calls, takes, 0.0),
        mean_us=_whole_us(mean + mean_gap),
        expected_us=_whole_us(judged + mean_gap),
    )


def _whole_us(seconds: Floats) -> NDArray[np.int64]:
    return np.floor(np.minimum(seconds, 1e9) * 1e6 + 0.5).astype(np.int64)


def _rows(per_customer: Sequence[_Times], name: str) -> Floats:
    return frozen([getattr(times, name) for times in per_customer], "f8")


def _mean_us(
    lanes: Sequence[LaneSpec],
    choice: LaneChoiceSpec,
    per_customer: Sequence[_Times],
    may_use: Flags,
) -> NDArray[np.int64]:
    """What the rule 'expected_wait_mean' takes a customer of each lane to need; shape (J,)."""
    users = np.maximum(1, may_use.sum(axis=1))
    mean_us = np.array([times.mean_us for times in per_customer])
    means = np.where(may_use, mean_us, 0).sum(axis=1) // users
    for j, lane in enumerate(lanes):
        if lane.lane in choice.mean_service:
            means[j] = _whole_us(np.array([choice.mean_service[lane.lane]]))[0]
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
