"""Studies put together by hand, so that what is said about them can be worked out on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simqueue.scenario import Scenario
from simqueue.scenario.load import loads
from simqueue.study.audit import Audit
from simqueue.study.psychology import PsychologyRange
from simqueue.study.study import Study, Waits
from simqueue.study.tally import Tally

QUARTER_S = 900.0
Wait = tuple[int, int, float]  # lane, quarter hour of arrival, seconds waited
STAFFED = "{lane: staffed, kind: staffed, tills: 4}"
MACHINES = "{lane: self-service, kind: self_service, machines: 6, attendants: 1}"


def shop(
    *lanes: str, hours: tuple[str, str] = ("08:00", "14:00"), more: str = "", name: str = "A shop"
) -> Scenario:
    """A shop with these lanes (YAML, one each; four tills without any), three days."""
    listed = "\n".join(f"  - {lane}" for lane in lanes or (STAFFED,))
    return loads(
        f"scenario: {name}\nreplications: 3\n"
        f'store: {{opens: "{hours[0]}", closes: "{hours[1]}"}}\n'
        "arrivals: {constant_per_hour: 60}\n"
        "customers: [{segment: all, share: 1, items: {fixed: 5}}]\n"
        f"lanes:\n{listed}\n{more}"
    )


def theory(more: str = "") -> Scenario:
    """A steady-state scenario with one till."""
    return loads(
        "scenario: M/M/1\nreplications: 3\nstore: {horizon: 100 h, warm_up: 1 h}\n"
        "arrivals: {constant_per_hour: 30}\n"
        "customers: [{segment: all, share: 1, items: {fixed: 1}}]\n"
        "lanes:\n  - {lane: till, kind: staffed, tills: 1, service: {exponential: {mean: 60 s}}}\n"
        + more
    )


def same_days(waits: Sequence[Wait], days: int = 3) -> list[list[Wait]]:
    """The same waits on every day: nothing differs between days."""
    return [list(waits)] * days


def study_of(
    scenario: Scenario,
    days: Sequence[Sequence[Wait]],
    *,
    daily: Mapping[str, Sequence[float]] | None = None,
    ratios: Mapping[str, tuple[Sequence[float], Sequence[float]]] | None = None,
    by_quarter: Mapping[str, Sequence[float]] | None = None,
    psychology: Mapping[str, tuple[float, float]] | None = None,
    busy: float = 0.5,
    audit: tuple[str, ...] = (),
    partial: bool = False,
) -> Study:
    """The study of days on which these people joined and waited so long.

    `daily` are values of the whole day, one per day; `ratios` what is added up and divided by;
    `by_quarter` ratio measures, one value per quarter hour on all days alike. Servers are open by
    the roster and occupied a share `busy` of the time.
    """
    n_quarters = 0 if scenario.is_theory else int(np.ceil(scenario.length_s / QUARTER_S))
    lanes = tuple(lane.lane for lane in scenario.lanes)
    tallies = {
        "day": Tally(("day",)),
        "lane": Tally(lanes),
        "segment": Tally(tuple(segment.segment for segment in scenario.customers)),
        "quarter": Tally(tuple(f"q{q}" for q in range(n_quarters))),
        "lane_quarter": Tally(tuple(f"{x}|q{q}" for x in lanes for q in range(n_quarters))),
    }
    for r, waits in enumerate(days):
        _add_waits(tallies, waits, len(lanes), n_quarters)
        _add_staff(tallies, scenario, n_quarters, busy)
        for name, values in (daily or {}).items():
            tallies["day"].add_daily(name, "1", np.array([values[r]]))
        for name, (top, bottom) in (ratios or {}).items():
            tallies["day"].add_ratio(name, "s", np.array([top[r]]), np.array([bottom[r]]))
        for name, shares in (by_quarter or {}).items():
            ones = np.ones(n_quarters)
            tallies["quarter"].add_ratio(name, "1", np.array(shares), ones)
    ranges = {
        name: PsychologyRange(low, high, 200, 4000, 4000)
        for name, (low, high) in (psychology or {}).items()
    }
    kept = [_kept(waits) for waits in days]
    return Study(
        scenario, "simpy", **tallies, psychology=ranges, audit=Audit(len(days), audit), waits=kept,
        partial=partial,
    )  # fmt: skip


def _add_waits(
    tallies: dict[str, Tally], waits: Sequence[Wait], n_lanes: int, n_quarters: int
) -> None:
    """Count and mean of waits in every grouping; everybody is of the first segment."""
    seconds = np.array([w for _, _, w in waits], dtype=np.float64)
    lane = np.array([j for j, _, _ in waits], dtype=np.int64)
    quarter = np.array([q for _, q, _ in waits], dtype=np.int64)
    zeros = np.zeros(len(waits), dtype=np.int64)
    places: dict[str, Any] = {"day": zeros, "lane": lane, "segment": zeros}
    if n_quarters:
        places |= {"quarter": quarter, "lane_quarter": lane * n_quarters + quarter}
    for grouping, place in places.items():
        tally = tallies[grouping]
        n = len(tally.groups)
        came = np.bincount(place, minlength=n).astype(np.float64)
        tally.add_ratio("wait_mean_s", "s", np.bincount(place, seconds, minlength=n), came)
        tally.add_daily("customers", "1", came)
        tally.add_daily("served", "1", came)
    p95 = float(np.percentile(seconds, 95)) if len(seconds) else float("nan")
    tallies["day"].add_daily("wait_p95_s", "s", np.array([p95]))


def _add_staff(tallies: dict[str, Tally], scenario: Scenario, n_quarters: int, busy: float) -> None:
    if not n_quarters:
        return
    starts = scenario.opens_s + QUARTER_S * np.arange(n_quarters)
    open_ = [[float(lane.roster_or_all.at(t)) for t in starts] for lane in scenario.lanes]
    open_s = QUARTER_S * np.array(open_).ravel()
    tally = tallies["lane_quarter"]
    tally.add_ratio("tills_open", "1", open_s, np.full(len(open_s), QUARTER_S))
    tally.add_ratio("utilisation", "share", busy * open_s, open_s)
    tally.add_ratio("queue_length_mean", "1", 0.0 * open_s, np.full(len(open_s), QUARTER_S))
    total = np.array([open_s.sum()])
    tallies["day"].add_ratio("utilisation", "share", busy * total, total)


def _kept(waits: Sequence[Wait]) -> Waits:
    return Waits(
        np.array([w for _, _, w in waits], dtype=np.float32),
        np.array([q for _, q, _ in waits], dtype=np.int16),
        np.array([j for j, _, _ in waits], dtype=np.int8),
    )


def people(
    lane: int, quarters: Sequence[int], long: int, of: int, long_s: float = 400.0
) -> list[Wait]:
    """In each of the quarter hours `of` people, `long` of whom wait `long_s`, the others not."""
    return [(lane, q, long_s if k < long else 0.0) for q in quarters for k in range(of)]
