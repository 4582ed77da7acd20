"""The self-audit of every run: laws that hold whatever the scenario says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.study.steps import IN_QUEUE, OCCUPIED
from simqueue.tables import Ending, Event, Log, System, Trace

TURNS = (Event.START, Event.END, Event.FREE)
GOES = (Event.END, Event.FAILED, Event.LEFT, Event.SENT_ON)  # who was served is no longer there
TOLERANCE = 1e-6  # relative, for sums of many floating-point times


@dataclass(frozen=True)
class Audit:
    """What was checked, over how many days, and what did not hold."""

    days: int = 0
    failures: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every law held on every day."""
        return not self.failures

    def __add__(self, other: Audit) -> Audit:
        return Audit(self.days + other.days, self.failures + other.failures)

    def line(self) -> str:
        """The audit in one line."""
        if self.ok:
            return "audit ok"
        return f"AUDIT FAILED: {'; '.join(self.failures[:3])}"


def audit_day(
    replication: int,
    system: System,
    trace: Trace,
    log: Log,
    felt_s: NDArray[Any],
    felt_parts_s: NDArray[Any],
) -> Audit:
    """Check one day; `felt_parts_s` (N,) is the sum of the named parts of `felt_s` (N,)."""
    laws = {
        "arrivals = served + balked + reneged + still inside": _conserved(trace, log),
        "Little's law: queue x time = sum of waits": _little(trace, log),
        "no server serves two": _one_at_a_time(trace, system),
        "no open server idle beside its own line": _never_idle(trace, system),
        "felt parts add up": bool(
            np.allclose(felt_s, felt_parts_s, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
        ),
    }
    failures = tuple(f"day {replication}: {law}" for law, holds in laws.items() if not holds)
    return Audit(1, failures)


def _count(trace: Trace, event: Event) -> int:
    return int(np.sum(trace.event == event))


def _conserved(trace: Trace, log: Log) -> bool:
    """Everybody is accounted for, in the trace and in the log alike; nobody is in two lines.

    One row per visit; visits that were never made are in the log only.
    """
    came = trace.arrivals()
    served, balked, failed = (_count(trace, e) for e in (Event.END, Event.BALK, Event.FAILED))
    reneged = _count(trace, Event.RENEGE) + _count(trace, Event.LEFT)
    inside = int(came.sum()) - served - balked - failed - reneged
    endings = np.bincount(log.ending, minlength=len(Ending)).tolist()
    not_come = endings[Ending.NOT_COME]
    on_foot = int(np.sum((trace.event == Event.RENEGE) & (trace.line < 0)))  # left while walking
    moved = _count(trace, Event.LEAVE) - on_foot + _count(trace, Event.SENT_ON)
    joined_again = int(np.sum((trace.event == Event.JOIN) & ~came))
    return (
        [served, balked, reneged, inside, failed, not_come] == endings
        and int(came.sum()) + not_come == len(log)
        and joined_again == moved
    )


def _little(trace: Trace, log: Log) -> bool:
    """The area under the queue is what all waits add up to, walkers and unfinished included.

    Who was sent on from a till that stopped has waited until his last start of service.
    """
    if not len(trace):
        return True
    joins = trace.arrivals() & (trace.event == Event.JOIN)
    gives_up = trace.event == Event.RENEGE
    queue = np.cumsum(joins.astype(np.int64) - _starts_that_count(trace) - gives_up)
    area = float(np.sum(np.diff(trace.time_s) * queue[:-1]))
    still = np.isnan(log.wait_s) & ~np.isnan(log.join_s)
    waits = float(np.nansum(log.wait_s) + np.sum(trace.time_s[-1] - log.join_s[still]))
    return abs(area - waits) <= TOLERANCE * max(1.0, area)


def _starts_that_count(trace: Trace) -> NDArray[np.bool_]:
    """Rows where somebody's service starts that he is not sent on from."""
    starts: NDArray[np.bool_] = trace.event == Event.START
    if not _count(trace, Event.SENT_ON):
        return starts
    rows = np.flatnonzero(starts)
    last = np.full(int(trace.customer.max()) + 1, -1)
    last[trace.customer[rows]] = rows
    last[trace.customer[trace.event == Event.RENEGE]] = -1  # in the end he was not served
    starts &= last[trace.customer] == np.arange(len(trace))
    return starts


def _one_at_a_time(trace: Trace, system: System) -> bool:
    """At every server START, END and FREE of the same customer follow each other, and time runs.

    Not every service ends with a payment.
    """
    ending = np.where(np.isin(trace.event, GOES), Event.END, trace.event)
    rows = np.isin(ending, TURNS)
    order = np.argsort(trace.server[rows], kind="stable")
    server, event, customer = (
        column[rows][order] for column in (trace.server, ending, trace.customer)
    )
    place = np.arange(len(server)) - np.searchsorted(server, server, side="left")
    turn = place % len(TURNS)
    expected = np.array(TURNS)[turn]
    whose = customer[np.arange(len(server)) - turn]  # of the START that the row belongs to
    return bool(
        np.all(event == expected)
        and np.all(customer == whose)
        and np.all(np.diff(trace.time_s) >= 0)
    )


def _never_idle(trace: Trace, system: System) -> bool:
    """Whenever time passes, a line with people waiting has no open server without a customer.

    A server that does not work is free to stand there.
    """
    opens = {Event.OPEN: 1, Event.CLOSED: -1}
    for line in range(system.n_lines):
        rows = trace.line == line
        waiting = _level(trace, rows, IN_QUEUE)
        occupied = _level(trace, rows, OCCUPIED)
        there = _level(trace, rows, opens) - _reopened(trace, rows) - _stopped(trace, rows)
        time_passes = np.append(np.diff(trace.time_s[rows]) > 0, True)
        if np.any(time_passes & (waiting > 0) & (there > occupied)):
            return False
    return True


def _level(trace: Trace, rows: NDArray[Any], changes: dict[Event, int]) -> NDArray[Any]:
    change = np.zeros(len(Event), dtype=np.int64)
    for event, amount in changes.items():
        change[event] = amount
    return np.cumsum(change[trace.event[rows]])


def _reopened(trace: Trace, rows: NDArray[Any]) -> NDArray[Any]:
    """How many OPEN events were about a server that had never closed: not a server more."""
    event, server = trace.event[rows], trace.server[rows]
    again = np.zeros(len(event), dtype=np.int64)
    there: set[int] = set()
    for row in np.flatnonzero((event == Event.OPEN) | (event == Event.CLOSED)).tolist():
        if event[row] == Event.OPEN:
            again[row] = int(server[row]) in there
            there.add(int(server[row]))
        else:
            there.discard(int(server[row]))
    return np.cumsum(again)


def _stopped(trace: Trace, rows: NDArray[Any]) -> NDArray[Any]:
    """How many servers are there that nobody occupies and that do not work."""
    event, server = trace.event[rows], trace.server[rows]
    stopped = np.zeros(len(event), dtype=np.int64)
    for s in np.unique(server[event == Event.BROKE]).tolist():
        mine = rows & (trace.server == s)
        spread = np.searchsorted(np.flatnonzero(mine), np.flatnonzero(rows), side="right")
        there = _level(trace, mine, {Event.OPEN: 1, Event.CLOSED: -1}) - _reopened(trace, mine)
        occupied = _level(trace, mine, OCCUPIED)
        stoppages = _level(trace, mine, {Event.BROKE: 1, Event.REPAIRED: -1})
        idle = (there > 0) & (occupied == 0) & (stoppages > 0)
        stopped += np.append([False], idle)[spread]
    return stopped
