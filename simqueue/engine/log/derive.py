"""From the trace to what is known of each visit: derived once, whatever the engine."""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np

from simqueue.engine.log.moments import NEEDED, Followed, Rows, visits_of
from simqueue.engine.log.slips import slips_of
from simqueue.engine.log.standing import standing_of
from simqueue.engine.log.stoppages import sufferers_of
from simqueue.engine.two_ways import InPython, Way, way
from simqueue.tables import Condition, Ending, Event, Log, System, Trace, Workload

Columns = dict[str, Any]

IS_NEEDED = np.isin(np.arange(len(Event)), NEEDED)
ROWS = {"time_s": "f8", "event": "i1", "customer": "i4", "line": "i4", "server": "i4"}
OF_VISITS = (
    *("lane", "line", "server", "join_s", "start_s", "why", "wait_s", "moves", "walk_s"),
    *("help_wait_s", "help_s", "own_scanning_s", "served_by_staff_s"),
)
OF_STANDING = ("ahead_at_join", "behind_at_most", "last_in_line_s", "queue_still_s", "steps")


def derive_log(workload: Workload, system: System, trace: Trace, *, compiled: bool = False) -> Log:
    """One row per visit, from what the trace says happened; columns as in `Log`.

    `compiled`: by machine code that Numba makes, equal bit for bit.
    """
    n, by = len(workload), way(compiled)
    rows = _rows(trace, by)
    followed = visits_of(n, system, rows, by)
    standing = standing_of(n, system.n_lines, rows, by)
    stops = np.zeros(n) if workload.visits is None else workload.visits.stop
    slips = slips_of(stops, system, followed, by)
    return Log(
        stop=stops,
        segment=workload.segment,
        items=workload.items,
        payment=workload.payment,
        alone=workload.alone,
        displayed_wait_s=np.full(n, nan),
        explained=np.zeros(n),
        lanes=system.lanes,
        kinds=tuple(system.kind.tolist()),
        separate_lines=_separate_lines(system),
        segments=workload.segments,
        **{name: getattr(followed.visits, name) for name in OF_VISITS},
        **{name: getattr(standing, name) for name in OF_STANDING},
        **{f"slips_{name}": column for name, column in slips._asdict().items()},
        **_stoppage_columns(system, trace, followed, by),
        **_columns_of_chains(workload, followed),
    )


def _rows(trace: Trace, by: Way, whole: bool = False) -> Rows:
    """The rows of the trace; in plain Python only those that most of the log comes from."""
    columns = {name: getattr(trace, name) for name in ROWS}
    if by is InPython and not whole:
        needed = np.flatnonzero(IS_NEEDED[trace.event])
        columns = {name: column[needed] for name, column in columns.items()}
    return Rows(*(by.given(columns[name], dtype) for name, dtype in ROWS.items()))


def _stoppage_columns(system: System, trace: Trace, followed: Followed, by: Way) -> Columns:
    n = len(followed.visits.line)
    if followed.staff_called or len(system.stoppages.at_s) or len(system.no_cards.at_s):
        of = sufferers_of(n, system, _rows(trace, by, whole=True), by)
        in_queue_s, at_till_s, explained_s = of[:3]
    else:
        in_queue_s = at_till_s = explained_s = np.zeros(n)
    return {
        "stoppage_in_queue_s": in_queue_s,
        "stoppage_at_till_s": at_till_s,
        "stoppage_explained_s": explained_s,
    }


def _columns_of_chains(workload: Workload, followed: Followed) -> Columns:
    """Whose visits they are, when each came, and what the visit before has cost him."""
    n, visits, chains = len(workload), followed.visits, workload.visits
    if chains is None:
        return {
            "customer": np.arange(n),
            "arrival_s": workload.arrival_s,
            "end_s": visits.end_s,
            "ending": visits.ending,
            "before_s": np.zeros(n),
        }
    join_s, end_s, ending = (np.asarray(c) for c in (visits.join_s, visits.end_s, visits.ending))
    follows = chains.after >= 0
    came_s = np.where(ending == Ending.BALKED, end_s, join_s)  # nan if he never came
    missing = follows & np.isnan(came_s)
    after_failing = follows & (chains.condition == Condition.FAILED) & ~missing
    lost_s = end_s[chains.after] - join_s[chains.after]
    return {
        "customer": chains.customer,
        "arrival_s": np.where(follows, came_s, workload.arrival_s),
        "end_s": end_s,
        "ending": np.where(missing, Ending.NOT_COME, ending),
        "before_s": np.where(after_failing, lost_s, 0.0),
    }


def _separate_lines(system: System) -> tuple[bool, ...]:
    """Which lanes have more than one line."""
    lines = np.bincount(system.line_lane, minlength=len(system.lanes))
    return tuple((lines > 1).tolist())
