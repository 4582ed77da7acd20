"""What the event loop must not be given: it trusts its numbers, so they are looked at before.

Everything is told with its place: the column, its row, what it must be and what it is.
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.tables import Condition, Kind, System, Workload

Array = NDArray[Any]
LARGEST = float(np.finfo(np.float64).max)
FEW = 64
MOST_CUSTOMERS = 10**9  # ranks of simultaneous events have room for so many


def refuse_bad_input(workload: Workload, system: System) -> None:
    """ValueError, with the row, for a workload or system that no day can have."""
    n = len(workload)
    if n >= MOST_CUSTOMERS:
        raise ValueError(f"workload: must have fewer than {MOST_CUSTOMERS:,} rows (got {n:,})")
    _refuse_shapes(n, system)
    _refuse_arrivals(workload)
    _refuse_visits(workload)
    _refuse_structure(system)
    _refuse_services(system)
    _refuse_clock(system)
    _refuse_numbers(system)


def _refuse_shapes(n: int, system: System) -> None:
    lanes, lines = len(system.lanes), system.n_lines
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(
        ("may_use", "service_s", "gap_s", "before_call_s", "after_call_s", "help_s", "expected_us"),
        (lanes, n),
    )
    shapes |= {"patience_s": (n,), "kind": (lanes,), "mean_us": (lanes,)}
    shapes |= dict.fromkeys(("line_capacity", "line_position_m"), (lines,))
    shapes["server_pace"] = (system.n_servers,)
    if system.jockey.on:
        shapes["willing"] = (n,)
    if system.balk_rule:
        shapes["balk_tolerance"] = (n,)
    optional: dict[str, tuple[int, ...]] = {
        "perception": (lines, n),
        "needs_card": (n,),
        "lane_pool": (lanes,),
    }
    optional |= dict.fromkeys(("again_after_s", "again_help_s", "fails"), (lanes, n))
    shapes |= {name: shape for name, shape in optional.items() if getattr(system, name).size}
    for name, shape in shapes.items():
        got = getattr(system, name).shape
        if got != shape:
            raise ValueError(f"system.{name}: must have the shape {shape} (got {got})")


def _refuse_arrivals(workload: Workload) -> None:
    given = workload.arrival_s
    if workload.visits is not None:
        chained = np.flatnonzero(workload.visits.after >= 0)
        given = given[: chained[0]] if len(chained) else given
    _refuse("workload.arrival_s", given, 0.0, "finite and 0 or more")
    earlier = np.flatnonzero(given[1:] < given[:-1])
    if len(earlier):
        row = int(earlier[0]) + 1
        raise ValueError(
            f"workload.arrival_s[{row}]: must not be earlier than the row before "
            f"(got {given[row]!s} after {given[row - 1]!s})"
        )
    for name in ("u_choice", "u_choice_again", "place"):
        highest = inf if name == "place" else np.nextafter(1.0, 0.0)
        told = "finite and 0 or more" if name == "place" else "0 or more and below 1"
        _refuse(f"workload.{name}", getattr(workload, name), 0.0, told, highest)


def _refuse_visits(workload: Workload) -> None:
    visits = workload.visits
    if visits is None:
        return
    n = len(workload)
    if len(visits) != n:
        raise ValueError(f"workload.visits: must have {n} rows (got {len(visits)})")
    _refuse("workload.visits.after", visits.after, -1, f"a row, or -1, below {n}", n - 1)
    chained = visits.after >= 0
    late = np.flatnonzero(chained[:-1] & ~chained[1:])
    if len(late):
        raise ValueError(
            f"workload.visits.after[{late[0] + 1}]: rows that come at a given time must stand "
            "before all that follow others"
        )
    delay_s = np.where(chained, visits.delay_s, 0.0)
    _refuse("workload.visits.delay_s", delay_s, 0.0, "finite and 0 or more")
    last = max(Condition)
    _refuse("workload.visits.condition", visits.condition, 0, f"0 to {last:d}", last)


def _refuse_structure(system: System) -> None:
    lanes, lines, servers = len(system.lanes), system.n_lines, system.n_servers
    _refuse("system.kind", system.kind, 0, f"0 to {max(Kind):d} (Kind)", max(Kind))
    _refuse("system.line_lane", system.line_lane, 0, f"a lane from 0 to {lanes - 1}", lanes - 1)
    _refuse("system.server_line", system.server_line, 0, f"a line below {lines}", lines - 1)
    for name in ("line_lane", "server_line"):
        column = getattr(system, name)
        back = np.flatnonzero(column[1:] < column[:-1])
        if len(back):
            raise ValueError(f"system.{name}[{back[0] + 1}]: must be in ascending order")
    _refuse("system.roster_lane", system.roster_lane, 0, f"a lane below {lanes}", lanes - 1)
    _refuse("system.roster_open", system.roster_open, 0, "0 or more")
    _refuse("system.attendants_pool", system.attendants_pool, 0, "a pool")
    _refuse("system.attendants_on", system.attendants_on, 0, "0 or more")
    _refuse("system.lane_pool", system.lane_pool, -1, "a pool, or -1")
    of_servers = (
        ("break_server", system.break_server),
        ("stoppages.server", system.stoppages.server),
    )
    for name, column in of_servers:
        _refuse(f"system.{name}", column, 0, f"a server below {servers}", servers - 1)
    demand = system.demand
    if demand.on and not 0 <= demand.lane < lanes:
        raise ValueError(f"system.demand.lane: must be a lane below {lanes} (got {demand.lane})")
    if demand.pool < -1:
        raise ValueError(f"system.demand.pool: must be a pool, or -1 (got {demand.pool})")


def _refuse_services(system: System) -> None:
    """Times of customers in lanes; what stands where a customer may not go does not matter."""
    for name in ("service_s", "gap_s", "after_call_s", "help_s", "expected_us"):
        _refuse_cells(system, name, "finite and 0 or more", LARGEST)
    for name in ("before_call_s", "again_after_s"):
        _refuse_cells(system, name, "0 or more, or inf", inf)
    _refuse_cells(system, "again_help_s", "finite and 0 or more", LARGEST)
    if system.perception.size:
        _refuse("system.perception", system.perception.reshape(-1), 0.0, "0 or more")
    _refuse("system.patience_s", system.patience_s, 0.0, "0 or more, or inf", inf)
    if system.balk_rule:
        _refuse("system.balk_tolerance", system.balk_tolerance, -inf, "a number", inf)


def _refuse_cells(system: System, name: str, must_be: str, highest: float) -> None:
    values = getattr(system, name)
    if _lie_within(values, 0, highest):
        return
    bad = ~((values >= 0) & (values <= highest)) & system.may_use
    if bad.any():
        lane, row = np.argwhere(bad)[np.argmin(np.argwhere(bad)[:, 1])]
        raise ValueError(
            f"system.{name}[{lane}, {row}]: must be {must_be} (got {values[lane, row]!s})"
        )


def _refuse_clock(system: System) -> None:
    finite = ("roster_s", "attendants_s", "shift_start_s", "break_s", "break_lasts_s")
    for name in finite:
        _refuse(f"system.{name}", getattr(system, name), 0.0, "finite and 0 or more")
    _refuse("system.shift_end_s", system.shift_end_s, 0.0, "0 or more, or inf", inf)
    for name, windows in (("stoppages", system.stoppages), ("no_cards", system.no_cards)):
        for column in ("at_s", "lasts_s"):
            values = getattr(windows, column)
            _refuse(f"system.{name}.{column}", values, 0.0, "finite and 0 or more")


def _refuse_numbers(system: System) -> None:
    _refuse("system.server_pace", system.server_pace, 0.0, "finite and 0 or more")
    _refuse("system.line_capacity", system.line_capacity, 0, "0 or more")
    _refuse("system.line_position_m", system.line_position_m, -LARGEST, "finite")
    terms = (
        ("jockey.walk_s", system.jockey.walk_s),
        ("demand.walk_s", system.demand.walk_s),
        ("demand.stay_s", system.demand.stay_s),
    )
    for name, value in terms:
        if not 0.0 <= value < inf:
            raise ValueError(f"system.{name}: must be finite and 0 or more (got {value!s})")


def _refuse(
    name: str, column: Array, lowest: float, must_be: str, highest: float | None = None
) -> None:
    """Name the first row that lies outside; without a highest number, inf does."""
    most: Any = LARGEST if highest is None else highest
    if _lie_within(column, lowest, most):
        return
    row = int(np.argmin((column >= lowest) & (column <= most)))
    raise ValueError(f"{name}[{row}]: must be {must_be} (got {column[row]!s})")


def _lie_within(values: Array, lowest: float, highest: float) -> bool:
    """Whether all numbers do; nan does not."""
    if values.size <= FEW:  # then Python is quicker
        return all(lowest <= value <= highest for value in values.reshape(-1).tolist())
    return bool(values.min() >= lowest and (highest == inf or values.max() <= highest))
