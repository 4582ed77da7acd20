"""What a log must not be derived from.

Machine code trusts its indices, so they are looked at before.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.tables import Event, System, Workload

Columns = dict[str, NDArray[Any]]  # of the trace, by name

# Events for which a column holds something else: which stoppage, or a reason.
OTHER_NUMBERS = {"customer": (Event.BROKE, Event.REPAIRED), "server": (Event.BALK,)}
REASONS = np.iinfo(np.int8).max + 1  # a log has room for so many
TIMES = ("service_s", "before_call_s", "after_call_s", "help_s")  # of lanes and visits
OF_SECOND_CALLS = ("again_after_s", "again_help_s")  # may be left out


def refuse_rows_beyond(columns: Columns, n: int, n_lines: int, n_servers: int) -> None:
    """ValueError, with the row, for an event, customer, line or server that there is not."""
    _refuse_beyond("event", columns, 0, len(Event))
    _refuse_beyond("customer", columns, -1, n)
    _refuse_beyond("line", columns, -1, n_lines)
    _refuse_beyond("server", columns, -1, n_servers)


def _refuse_beyond(name: str, columns: Columns, least: int, most: int) -> None:
    values = columns[name]
    surely = min(most, REASONS) if name == "server" else most
    if not len(values) or (values.min() >= least and values.max() < surely):
        return
    beyond = (values < least) | (values >= most)
    if name in OTHER_NUMBERS:
        others = np.isin(columns["event"], OTHER_NUMBERS[name])
        too_many = np.abs(values, dtype=np.int64) >= REASONS
        beyond = np.where(others, too_many if name == "server" else False, beyond)
    if np.any(beyond):
        row = int(np.argmax(beyond))
        raise ValueError(
            f"trace.{name}: must be from {least} to {most - 1} (row {row}: {values[row]})"
        )


def refuse_other_stoppages(columns: Columns, system: System) -> None:
    """ValueError, with the row, for a stoppage or a time without cards that there is not."""
    event, number, n = columns["event"], columns["customer"], len(system.stoppages.at_s)
    beyond = np.isin(event, OTHER_NUMBERS["customer"]) & ((number < 0) | (number >= n))
    windows = np.cumsum(event == Event.NO_CARDS)
    beyond |= windows > len(system.no_cards.at_s)
    if np.any(beyond):
        row = int(np.argmax(beyond))
        raise ValueError(f"trace: row {row} is about a stoppage that there is not")


def refuse_other_day(workload: Workload, system: System) -> None:
    """ValueError for visits that are not one for each row or at no stop, and for another system."""
    refuse_other_shapes(len(workload), system)
    visits = workload.visits
    if visits is None:
        return
    if len(visits) != len(workload):
        raise ValueError(f"workload.visits: must have {len(workload)} rows (got {len(visits)})")
    if visits.stop.min(initial=0) < 0:
        row = int(np.argmin(visits.stop))
        raise ValueError(f"workload.visits.stop[{row}]: must be 0 or more (got {visits.stop[row]})")


def refuse_other_shapes(n: int, system: System) -> None:
    """ValueError for a system of fewer than n visits, or that does not fit itself."""
    lanes, lines, servers = len(system.lanes), system.n_lines, system.n_servers
    visits = max(n, system.service_s.shape[-1])
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(TIMES, (lanes, visits))
    shapes |= {name: (lanes, visits) for name in OF_SECOND_CALLS if getattr(system, name).size}
    shapes["may_use"] = (lanes, system.may_use.shape[-1])
    shapes |= {"kind": (lanes,), "line_capacity": (lines,), "server_pace": (servers,)}
    for name, shape in shapes.items():
        got = getattr(system, name).shape
        if got != shape:
            raise ValueError(f"system.{name}: must have the shape {shape} (got {got})")
    for name, most in (("line_lane", lanes), ("server_line", lines)):
        numbers = getattr(system, name).tolist()  # few: Python is quicker
        if numbers and not 0 <= min(numbers) <= max(numbers) < most:
            raise ValueError(f"system.{name}: must be from 0 to {most - 1}")
