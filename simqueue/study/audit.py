"""The self-audit of every run: laws that hold whatever the scenario says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.study.replay import Found, replay
from simqueue.tables import Ending, Event, Log, Trace

COUNTED = (
    Event.END,
    Event.BALK,
    Event.FAILED,
    Event.RENEGE,
    Event.LEFT,
    Event.LEAVE,
    Event.SENT_ON,
)
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
    trace: Trace,
    log: Log,
    felt_s: NDArray[Any],
    felt_parts_s: NDArray[Any],
    *,
    found: Found | None = None,
) -> Audit:
    """Check one day; `felt_parts_s` (N,) is the sum of the named parts of `felt_s` (N,).

    `found` is what `replay` says of the trace, when somebody has it already.
    """
    if found is None:
        found = replay(trace)
    laws = {
        "arrivals = served + balked + reneged + still inside": _conserved(found, trace, log),
        "Little's law: queue x time = sum of waits": _little(found, trace, log),
        "no server serves two": found.one_at_a_time,
        "no open server idle beside its own line": found.never_idle,
        "felt parts add up": _adds_up(felt_s, felt_parts_s),
    }
    failures = tuple(f"day {replication}: {law}" for law, holds in laws.items() if not holds)
    return Audit(1, failures)


def _conserved(found: Found, trace: Trace, log: Log) -> bool:
    """Everybody is accounted for, in the trace and in the log alike; nobody is in two lines.

    One row per visit; visits that were never made are in the log only.
    """
    count = _numbers(trace.event, COUNTED)
    served, balked, failed = count[Event.END], count[Event.BALK], count[Event.FAILED]
    reneged = count[Event.RENEGE] + count[Event.LEFT]
    inside = found.came - served - balked - failed - reneged
    endings = np.bincount(log.ending, minlength=len(Ending)).tolist()
    not_come = endings[Ending.NOT_COME]
    gives_up = np.flatnonzero(trace.event == int(Event.RENEGE))
    on_foot = int(np.sum(trace.line[gives_up] < 0))  # left while walking
    moved = count[Event.LEAVE] - on_foot + count[Event.SENT_ON]
    return bool(
        [served, balked, reneged, inside, failed, not_come] == endings
        and found.came + not_come == len(log)
        and found.joined_again == moved
    )


def _numbers(column: NDArray[Any], codes: Iterable[Event]) -> dict[Event, int]:
    """How often each code stands in a column."""
    return {code: int(np.count_nonzero(column == int(code))) for code in codes}


def _little(found: Found, trace: Trace, log: Log) -> bool:
    """The area under the queue is what all waits add up to, walkers and unfinished included.

    Who was sent on from a till that stopped has waited until his last start of service.
    """
    if not len(trace):
        return True
    unknown = np.isnan(log.wait_s)
    joined_s = log.join_s[unknown]
    still_s = trace.time_s[-1] - joined_s[~np.isnan(joined_s)]
    waits = float(np.sum(log.wait_s[~unknown]) + np.sum(still_s))
    return bool(abs(found.queue_s - waits) <= TOLERANCE * max(1.0, found.queue_s))


def _adds_up(felt_s: NDArray[Any], parts_s: NDArray[Any]) -> bool:
    """Whether the parts are equal to the whole but for rounding, and unknown where it is."""
    near = np.abs(felt_s - parts_s) <= TOLERANCE + TOLERANCE * np.abs(parts_s)
    far = np.flatnonzero(~near)  # or unknown
    return bool(np.all(np.isnan(felt_s[far]) & np.isnan(parts_s[far])))
