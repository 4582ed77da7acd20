"""What customers and cashiers do beyond choosing a line and a roster, as fields of a System.

What is off is left out, so that a System has its own default there. N customers; seconds from
opening, `opens_s` from midnight; clock times come again every day of a run of several days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from simqueue.chance import Distribution
from simqueue.shop.behaviour import BalkSpec, BehaviourSpec, JockeySpec
from simqueue.shop.pools import FromPool
from simqueue.shop.spec import LaneSpec, OnDemandSpec, StaffingSpec
from simqueue.shop.stations import Counter
from simqueue.tables import Demand, Jockey, Workload, frozen

DAY_S = 86_400.0
Fields = dict[str, Any]


def behaviour_fields(
    behaviour: BehaviourSpec, counters: Sequence[Counter], workload: Workload
) -> Fields:
    """Who turns away from which line, and who changes lines; at counters by what they say."""
    fields: Fields = {}
    if behaviour.balk is not None:
        fields |= _balking(behaviour.balk, workload)
    if behaviour.jockey is not None:
        fields |= _jockeying(behaviour.jockey, workload)
    return fields if workload.visits is None else _elsewhere(fields, counters, workload)


def _elsewhere(fields: Fields, counters: Sequence[Counter], workload: Workload) -> Fields:
    """The fields for visits to other places too, where people turn away by other limits."""
    visits = workload.visits
    assert visits is not None
    at_lanes = visits.stop == 0
    if "willing" in fields:
        fields["willing"] = frozen(fields["willing"] & at_lanes, "?")
    limits = [(k, counter.balk) for k, counter in enumerate(counters, 1) if counter.balk]
    if "balk_rule" not in fields and not limits:
        return fields
    tolerance = np.full(len(workload), inf)
    if "balk_rule" in fields:
        tolerance[at_lanes] = fields["balk_tolerance"][at_lanes]
    for k, balk in limits:
        there = _balking(balk, workload)
        fields["balk_rule"] = there["balk_rule"]
        tolerance[visits.stop == k] = there["balk_tolerance"][visits.stop == k]
    return fields | {"balk_tolerance": frozen(tolerance, "f8")}


def staffing_fields(
    lanes: Sequence[LaneSpec],
    staffing: StaffingSpec,
    opens_s: float,
    length_s: float,
    pools: Mapping[str, int],
) -> Fields:
    """How tills close, who can be called when and where, and who rests when.

    `pools` are the numbers of the named pools of staff.
    """
    fields: Fields = {"finish_current": staffing.on_close == "finish_current"}
    if staffing.on_demand is not None:
        fields["demand"] = _demand(lanes, staffing.on_demand, pools)
    return fields | _shifts(staffing, opens_s, length_s) | _breaks(lanes, opens_s, length_s)


def _balking(balk: BalkSpec, workload: Workload) -> Fields:
    """Tolerances in people, or in whole microseconds of expected wait."""
    of_length = balk.rule == "longer_than"
    given = balk.longer_than if of_length else balk.expected_wait_over
    assert given is not None
    n = len(workload)
    if isinstance(given, Distribution):
        tolerance = given.quantile(workload.draws.uniform("balk", n))
    else:
        tolerance = np.full(n, given)
    if not of_length:
        tolerance = np.floor(tolerance * 1e6 + 0.5)
    return {"balk_rule": balk.rule, "balk_tolerance": frozen(tolerance, "f8")}


def _jockeying(jockey: JockeySpec, workload: Workload) -> Fields:
    willing = workload.draws.uniform("jockey", len(workload)) < jockey.willing
    return {
        "jockey": Jockey(on=True, shorter_by=jockey.shorter_by, walk_s=jockey.walk),
        "willing": frozen(willing, "?"),
    }


def _demand(lanes: Sequence[LaneSpec], spec: OnDemandSpec, pools: Mapping[str, int]) -> Demand:
    return Demand(
        pool=pools[spec.spare.pool] if isinstance(spec.spare, FromPool) else -1,
        on=True,
        lane=[lane.lane for lane in lanes].index(spec.lane),
        call_above=inf if spec.call_above is None else spec.call_above,
        waited_over_s=inf if spec.waited_over is None else spec.waited_over,
        close_below=spec.close_below,
        walk_s=spec.walk,
        stay_s=spec.stay,
    )


def _shifts(staffing: StaffingSpec, opens_s: float, length_s: float) -> Fields:
    """One row per cashier who can be called: a shift begins at opening at the earliest."""
    shifts: list[tuple[float, float]] = []
    if staffing.on_duty is not None and staffing.shift is not None:
        for midnight_s in midnights(opens_s, length_s):
            for clock_s, n in staffing.on_duty.points:
                begins = midnight_s + clock_s
                ends = begins + staffing.shift
                if begins < length_s and ends > 0:
                    shifts += [(max(0.0, begins), ends)] * n
    elif staffing.on_demand is not None and isinstance(staffing.on_demand.spare, int):
        shifts = [(0.0, inf)] * staffing.on_demand.spare
    if not shifts:
        return {}
    shifts.sort(key=lambda shift: shift[0])
    starts, ends_s = zip(*shifts, strict=True)
    return {"shift_start_s": frozen(starts, "f8"), "shift_end_s": frozen(ends_s, "f8")}


def _breaks(lanes: Sequence[LaneSpec], opens_s: float, length_s: float) -> Fields:
    """Breaks in order of time, then till."""
    rows: list[tuple[float, int, float]] = []
    first_server = 0
    for lane in lanes:
        for midnight_s in midnights(opens_s, length_s):
            for rest in lane.breaks:
                time_s = midnight_s + rest.at
                if 0 <= time_s < length_s:
                    rows.append((time_s, first_server + rest.till - 1, rest.lasts))
        first_server += lane.n_servers
    if not rows:
        return {}
    times, servers, lasts = zip(*sorted(rows), strict=True)
    return {
        "break_s": frozen(times, "f8"),
        "break_server": frozen(servers, "i8"),
        "break_lasts_s": frozen(lasts, "f8"),
    }


def midnights(opens_s: float, length_s: float) -> Iterator[float]:
    """When each day of the run began, in seconds from opening."""
    for day in range(int((opens_s + length_s) // DAY_S) + 1):
        yield day * DAY_S - opens_s
