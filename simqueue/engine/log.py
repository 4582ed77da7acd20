"""From the trace to what is known of each customer: derived once, whatever the engine."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.engine.overtaking import later_but_earlier
from simqueue.engine.standing import Standing, stand_in_line
from simqueue.tables import Ending, Event, Kind, Log, System, Trace, Why, Workload

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def derive_log(workload: Workload, system: System, trace: Trace) -> Log:
    """One row per customer, from what the trace says happened; columns as in `Log`."""
    n = len(workload)
    visit = _Visit(n, trace)
    lane = _lane_of(visit.line, system)
    wait_s = np.where(np.isnan(visit.start_s), visit.renege_s, visit.start_s) - visit.join_s
    standing = stand_in_line(trace, n, system.n_lines)
    return Log(
        customer=np.arange(n),
        stop=np.zeros(n),
        arrival_s=workload.arrival_s,
        segment=workload.segment,
        items=workload.items,
        payment=workload.payment,
        alone=workload.alone,
        lane=lane,
        line=visit.line,
        server=visit.server,
        join_s=visit.join_s,
        start_s=visit.start_s,
        end_s=visit.end_s(),
        ending=visit.ending(),
        why=visit.why(system.jockey.walk_s),
        wait_s=wait_s,
        moves=visit.moves(),
        walk_s=visit.walk_s(),
        stoppage_in_queue_s=np.zeros(n),
        stoppage_at_till_s=np.zeros(n),
        stoppage_explained_s=np.zeros(n),
        before_s=np.zeros(n),
        displayed_wait_s=np.full(n, nan),
        explained=np.zeros(n),
        lanes=system.lanes,
        kinds=tuple(int(kind) for kind in system.kind),
        separate_lines=tuple(len(system.lines_of(j)) > 1 for j in range(len(system.lanes))),
        segments=workload.segments,
        **_standing_columns(standing),
        **_slips(visit, lane, system),
        **_service_columns(visit, lane, system),
    )


class _Visit:
    """The moments of each customer's visit, and where in the trace they stand; all shape (n,)."""

    def __init__(self, n: int, trace: Trace) -> None:
        self.n = n
        self.trace = trace
        self.join_s = self._when_first(Event.JOIN)
        self.start_s = self._when(Event.START)
        self.renege_s = self._when(Event.RENEGE)
        self.paid_s = self._when(Event.END)
        self.balk_s = self._when(Event.BALK)
        self.call_s = self._when(Event.CALL)
        self.help_s = self._when(Event.HELP)
        self.line = self._what(Event.JOIN, trace.line)
        self.server = self._what(Event.START, trace.server)

    def _rows(self, event: Event) -> Integers:
        return np.flatnonzero(self.trace.event == event)

    def _when(self, event: Event) -> Floats:
        rows = self._rows(event)
        column = np.full(self.n, nan)
        column[self.trace.customer[rows]] = self.trace.time_s[rows]
        return column

    def _when_first(self, event: Event) -> Floats:
        rows = self._rows(event)[::-1]  # the earliest is written last, and stays
        column = np.full(self.n, nan)
        column[self.trace.customer[rows]] = self.trace.time_s[rows]
        return column

    def moves(self) -> Integers:
        """How often each left a line for another."""
        customer = self.trace.customer[self._rows(Event.LEAVE)]
        return np.asarray(np.bincount(customer, minlength=self.n), dtype=np.int64)

    def walk_s(self) -> Floats:
        """Time between leaving a line for another and joining it, or giving up on the way."""
        rows = np.flatnonzero(np.isin(self.trace.event, (Event.LEAVE, Event.JOIN, Event.RENEGE)))
        rows = rows[np.argsort(self.trace.customer[rows], kind="stable")]
        sets_off = np.flatnonzero(self.trace.event[rows] == Event.LEAVE)
        sets_off = sets_off[sets_off + 1 < len(rows)]
        same = self.trace.customer[rows[sets_off]] == self.trace.customer[rows[sets_off + 1]]
        sets_off = sets_off[same]
        lasts = self.trace.time_s[rows[sets_off + 1]] - self.trace.time_s[rows[sets_off]]
        walker = self.trace.customer[rows[sets_off]]
        return np.asarray(np.bincount(walker, lasts, minlength=self.n), dtype=np.float64)

    def _what(self, event: Event, values: NDArray[Any], nothing: int = -1) -> Integers:
        rows = self._rows(event)
        column = np.full(self.n, nothing, dtype=np.int64)
        column[self.trace.customer[rows]] = values[rows]
        return column

    def row_of(self, event: Event, nothing: int) -> Integers:
        """Where in the trace the event of each customer stands."""
        return self._what(event, np.arange(len(self.trace)), nothing)

    def end_s(self) -> Floats:
        """When each left; nan for those still inside."""
        left = np.where(np.isnan(self.paid_s), self.renege_s, self.paid_s)
        return np.where(np.isnan(left), self.balk_s, left)

    def ending(self) -> Integers:
        """How each visit ended (Ending)."""
        return np.select(
            [~np.isnan(self.paid_s), ~np.isnan(self.balk_s), ~np.isnan(self.renege_s)],
            [Ending.SERVED, Ending.BALKED, Ending.RENEGED],
            Ending.UNFINISHED,
        )

    def why(self, walk_s: float) -> Integers:
        """Why each left without paying (Why), when walks between lines take `walk_s`.

        Patience that ends at the very end of a walk comes after it, so whoever leaves just then
        has found no line.
        """
        balked = self._what(Event.BALK, self.trace.server, Why.NONE)
        on_foot = self._what(Event.RENEGE, self.trace.line) == -1
        arrived = self.renege_s == self._when(Event.LEAVE) + walk_s
        left = np.where(on_foot & arrived, Why.NO_OPEN_LANE, Why.PATIENCE)
        return np.where(np.isnan(self.renege_s), balked, left)


def _lane_of(line: Integers, system: System) -> Integers:
    if not system.n_lines:
        return np.full(len(line), -1)
    return np.where(line >= 0, system.line_lane[line], -1)


def _standing_columns(standing: Standing) -> dict[str, NDArray[Any]]:
    return {
        "ahead_at_join": standing.ahead_at_join,
        "behind_at_most": standing.behind_at_most,
        "last_in_line_s": standing.last_in_line_s,
        "queue_still_s": standing.queue_still_s,
        "steps": standing.steps,
    }


def _slips(visit: _Visit, lane: Integers, system: System) -> dict[str, Integers]:
    """Later arrivals whose service started while the customer waited, by where it did."""
    never = len(visit.trace)  # a row of the trace that does not exist
    joined = np.flatnonzero(visit.line >= 0)
    started = visit.row_of(Event.START, never)[joined]
    stopped_waiting = np.minimum(started, visit.row_of(Event.RENEGE, never)[joined])
    line = visit.line[joined]
    kind = system.kind[lane[joined]] if len(joined) else line
    same_line, same_kind, any_kind = (
        _spread(later_but_earlier(group, stopped_waiting, started < never), joined, visit.n)
        for group in (line, kind, np.zeros_like(line))
    )
    return {
        "slips_same_line": same_line,
        "slips_same_kind": same_kind - same_line,
        "slips_other_kind": any_kind - same_kind,
    }


def _spread(values: Integers, rows: Integers, n: int) -> Integers:
    column = np.zeros(n, dtype=np.int64)
    column[rows] = values
    return column


def _service_columns(visit: _Visit, lane: Integers, system: System) -> dict[str, Floats]:
    """Time with staff, at machines, waiting for help and being helped, of those served."""
    served = np.flatnonzero(~np.isnan(visit.paid_s))
    j, pace = lane[served], system.server_pace[visit.server[served]]
    before, after = system.before_call_s[j, served], system.after_call_s[j, served]
    at_machine = np.isin(j, np.flatnonzero(system.kind == Kind.SELF_SERVICE))
    in_one_piece = system.service_s[j, served] * pace
    with np.errstate(invalid="ignore"):  # inf * pace + after where nobody called
        own = np.where(before < inf, before * pace + after * pace, in_one_piece)
    helped = ~np.isnan(visit.help_s)
    columns = {name: np.zeros(visit.n) for name in ("own_scanning_s", "served_by_staff_s")}
    columns["own_scanning_s"][served] = np.where(at_machine, own, 0.0)
    columns["served_by_staff_s"][served] = np.where(at_machine, 0.0, in_one_piece)
    columns["help_wait_s"] = np.where(helped, visit.help_s - visit.call_s, 0.0)
    columns["help_s"] = np.zeros(visit.n)
    rows = np.flatnonzero(helped)
    columns["help_s"][rows] = system.help_s[lane[rows], rows]
    return columns
