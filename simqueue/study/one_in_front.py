"""One in front: did a customer find a line with at most one person waiting?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.tables import Event, System, Trace


def one_in_front(trace: Trace, system: System, n: int) -> NDArray[np.bool_]:
    """For each of n arrivals, whether some open line for him had at most one waiting.

    The measure shops use ("one in front", Tesco 1994; "1 + 1", Irisys): one being served and at
    most one waiting. A line without room does not count.
    """
    arrivals = np.flatnonzero(trace.arrivals())
    customer = trace.customer[arrivals]
    found = np.zeros(n, dtype=np.bool_)
    for line in range(system.n_lines):
        mine = trace.line == line
        waiting = _before(trace, mine, (Event.JOIN,), (Event.START, Event.RENEGE, Event.LEAVE))[
            arrivals
        ]
        people = _before(trace, mine, (Event.JOIN,), (Event.END, Event.RENEGE, Event.LEAVE))[
            arrivals
        ]
        open_ = _servers_open(trace, mine)[arrivals] > 0
        room = people < system.line_capacity[line]
        may = system.may_use[system.line_lane[line], customer]
        found[customer] |= (waiting <= 1) & open_ & room & may
    return found


def _before(
    trace: Trace, mine: NDArray[Any], up: tuple[Event, ...], down: tuple[Event, ...]
) -> NDArray[np.int64]:
    """A count along the trace, as it stood before each row."""
    change = mine * (np.isin(trace.event, up).astype(np.int64) - np.isin(trace.event, down))
    after: NDArray[np.int64] = np.cumsum(change)
    return after - change


def _servers_open(trace: Trace, mine: NDArray[Any]) -> NDArray[np.int64]:
    """Servers of the line that take newcomers, as it stood before each row of the trace."""
    change = np.zeros(len(trace), dtype=np.int64)
    taking: set[int] = set()
    rows = np.flatnonzero(mine & np.isin(trace.event, (Event.OPEN, Event.CLOSING, Event.CLOSED)))
    for row in rows:
        server, before = int(trace.server[row]), len(taking)
        if trace.event[row] == Event.OPEN:
            taking.add(server)
        else:
            taking.discard(server)
        change[row] = len(taking) - before
    after: NDArray[np.int64] = np.cumsum(change)
    return after - change
