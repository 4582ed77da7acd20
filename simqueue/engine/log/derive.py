"""From the trace to what is known of each visit: derived once, whatever the engine."""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.engine.log.moments import (
    JOIN,
    NEEDED,
    ROWS,
    STAFF_CALLED,
    Moments,
    Rows,
    Visits,
    moments_of,
)
from simqueue.engine.log.refusals import (
    refuse_other_day,
    refuse_other_stoppages,
    refuse_rows_beyond,
)
from simqueue.engine.log.slips import slips_of
from simqueue.engine.log.standing import Standing, floor_of
from simqueue.engine.log.stoppages import sufferers_of
from simqueue.engine.log.walk import walk
from simqueue.engine.two_ways import InPython, Way, way
from simqueue.tables import Condition, Ending, Event, Log, System, Trace, Workload, settled

IS_NEEDED = np.isin(np.arange(len(Event)), NEEDED)
OF_VISITS = (
    *("lane", "line", "server", "join_s", "start_s", "why", "wait_s", "moves", "walk_s"),
    *("help_wait_s", "help_s", "own_scanning_s", "served_by_staff_s"),
)
OF_STANDING = ("ahead_at_join", "behind_at_most", "last_in_line_s", "queue_still_s", "steps")


def derive_log(workload: Workload, system: System, trace: Trace, *, compiled: bool = False) -> Log:
    """One row per visit, from what the trace says happened; columns as in `Log`.

    `compiled`: by machine code that Numba makes, equal bit for bit. ValueError, with the row, for a
    trace about what there is not, and for a system of other visits.
    """
    n, by = len(workload), way(compiled)
    refuse_other_day(workload, system)
    moments, standing = _walked(n, system, trace, by)
    stops = _full(n, "i2", 0) if workload.visits is None else workload.visits.stop
    slips = slips_of(stops, system, moments, by)
    columns = {name: by.written(getattr(moments.visits, name)) for name in OF_VISITS}
    return Log(
        stop=stops,
        segment=workload.segment,
        items=workload.items,
        payment=workload.payment,
        alone=workload.alone,
        displayed_wait_s=_full(n, "f8", nan),
        explained=_full(n, "?", False),
        lanes=system.lanes,
        kinds=tuple(system.kind.tolist()),
        separate_lines=_separate_lines(system),
        segments=workload.segments,
        **columns,
        **{name: by.written(getattr(standing, name)) for name in OF_STANDING},
        **{f"slips_{name}": column for name, column in slips._asdict().items()},
        **_stoppage_columns(n, system, trace, moments, by),
        **_columns_of_chains(workload, moments.visits, by),
    )


def _walked(n: int, system: System, trace: Trace, by: Way) -> tuple[Moments, Standing]:
    """What one walk through the trace finds."""
    rows = rows_of(trace, n, system, by)
    moments = moments_of(n, rows.n, system, by)
    floor = floor_of(n, system.n_lines, int(np.count_nonzero(trace.event == JOIN)), by)
    by.function(walk)(rows, moments, floor)
    return moments, floor.standing


def rows_of(trace: Trace, n: int, system: System, by: Way, whole: bool = False) -> Rows:
    """The rows of the trace; in plain Python only those that most of the log comes from."""
    columns = {name: np.asarray(getattr(trace, name), dtype) for name, dtype in ROWS.items()}
    refuse_rows_beyond(columns, n, system.n_lines, system.n_servers)
    if whole:
        refuse_other_stoppages(columns, system)
    elif by is InPython:
        needed = np.flatnonzero(IS_NEEDED[columns["event"]])
        columns = {name: column[needed] for name, column in columns.items()}
    given = [by.given(columns[name], dtype) for name, dtype in ROWS.items()]
    return Rows(len(columns["event"]), *given)


def _stoppage_columns(
    n: int, system: System, trace: Trace, moments: Moments, by: Way
) -> dict[str, Any]:
    windows, called = len(system.no_cards.at_s), moments.orders.numbers[STAFF_CALLED]
    if called or windows or len(system.stoppages.at_s):
        of = sufferers_of(n, system, rows_of(trace, n, system, by, whole=True), by)
        in_queue_s, at_till_s, explained_s = (by.written(column) for column in of[:3])
    else:
        in_queue_s = at_till_s = explained_s = _full(n, "f8", 0.0)
    return {
        "stoppage_in_queue_s": in_queue_s,
        "stoppage_at_till_s": at_till_s,
        "stoppage_explained_s": explained_s,
    }


def _columns_of_chains(workload: Workload, visits: Visits, by: Way) -> dict[str, Any]:
    """Whose visits they are, when each came, and what the visit before has cost him."""
    n, chains = len(workload), workload.visits
    if chains is None:
        return {
            "customer": settled(np.arange(n, dtype="i4")),
            "arrival_s": workload.arrival_s,
            "end_s": by.written(visits.end_s),
            "ending": by.written(visits.ending),
            "before_s": _full(n, "f8", 0.0),
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


def _full(n: int, dtype: str, value: float) -> NDArray[Any]:
    """A column that is the same for all; read-only, so that tables share it."""
    return settled(np.full(n, value, dtype) if value else np.zeros(n, dtype))


def _separate_lines(system: System) -> tuple[bool, ...]:
    """Which lanes have more than one line."""
    lines = np.bincount(system.line_lane, minlength=len(system.lanes))
    return tuple((lines > 1).tolist())
