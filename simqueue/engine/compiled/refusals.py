"""What the event loop must not be given: it trusts its numbers, so they are looked at before.

Everything is told with its place: the column, its row, what it must be and what it is.
"""

from __future__ import annotations

import struct
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.tables import Condition, Kind, System, Workload

Array = NDArray[Any]
LARGEST = float(np.finfo(np.float64).max)
BELOW_ONE = float(np.nextafter(1.0, 0.0))
MOST_WHOLE = int(np.iinfo(np.int64).max)
LONG = (np.dtype(np.float64), np.dtype(np.int64))
FEW = 64
OF_LANES_AND_CUSTOMERS = (
    *("may_use", "service_s", "gap_s", "before_call_s", "after_call_s", "help_s", "expected_us"),
)
MOST_CUSTOMERS = 10**9  # ranks of simultaneous events have room for so many


def refuse_bad_input(workload: Workload, system: System) -> None:
    """ValueError, with the row, for a workload or system that no day can have."""
    refuse_bad_customers(workload, system)
    refuse_bad_shop(system)


def refuse_bad_customers(workload: Workload, system: System) -> None:
    """ValueError for what may differ from day to day, and for columns of the wrong shape."""
    n = len(workload)
    if n >= MOST_CUSTOMERS:
        raise ValueError(f"workload: must have fewer than {MOST_CUSTOMERS:,} rows (got {n:,})")
    _refuse_shapes(n, system)
    _refuse_arrivals(workload)
    _refuse_visits(workload)
    _refuse_services(system)
    _refuse("system.server_pace", system.server_pace, 0.0, "finite and 0 or more")
    _refuse_walks(system)


def refuse_bad_shop(system: System) -> None:
    """ValueError for lines, rosters and staff that no shop can have; the shapes are right."""
    _refuse_structure(system)
    _refuse_clock(system)
    _refuse("system.line_capacity", system.line_capacity, 0, "0 or more")
    _refuse("system.line_position_m", system.line_position_m, -LARGEST, "finite")


def _refuse_shapes(n: int, system: System) -> None:
    lanes, lines = len(system.lanes), system.n_lines
    shapes: tuple[tuple[tuple[int, ...], tuple[str, ...]], ...] = (
        ((lanes, n), OF_LANES_AND_CUSTOMERS),
        ((n,), ("patience_s",)),
        ((lanes,), ("kind", "mean_us")),
        ((lines,), ("line_capacity", "line_position_m")),
        ((system.n_servers,), ("server_pace",)),
        ((n,), ("willing",) if system.jockey.on else ()),
        ((n,), ("balk_tolerance",) if system.balk_rule else ()),
    )
    optional: tuple[tuple[tuple[int, ...], tuple[str, ...]], ...] = (
        ((lines, n), ("perception",)),
        ((n,), ("needs_card",)),
        ((lanes,), ("lane_pool",)),
        ((lanes, n), ("again_after_s", "again_help_s", "fails")),
    )
    for must_be_there, table in ((True, shapes), (False, optional)):
        for shape, names in table:
            for name in names:
                column = getattr(system, name)
                if column.shape != shape and (must_be_there or column.size):
                    raise ValueError(
                        f"system.{name}: must have the shape {shape} (got {column.shape})"
                    )


def _refuse_arrivals(workload: Workload) -> None:
    given = workload.arrival_s
    if workload.visits is not None:
        chained = np.flatnonzero(workload.visits.after >= 0)
        given = given[: chained[0]] if len(chained) else given
    in_order = given[1:] >= given[:-1]  # not of nan
    if given.size and not (in_order.all() and given[0] >= 0.0 and given[-1] <= LARGEST):
        _refuse("workload.arrival_s", given, 0.0, "finite and 0 or more")
        row = int(np.argmin(in_order)) + 1
        raise ValueError(
            f"workload.arrival_s[{row}]: must not be earlier than the row before "
            f"(got {given[row]!s} after {given[row - 1]!s})"
        )
    for name in ("u_choice", "u_choice_again"):
        u = getattr(workload, name)
        _refuse(f"workload.{name}", u, 0.0, "0 or more and below 1", BELOW_ONE)
    _refuse("workload.place", workload.place, 0.0, "finite and 0 or more")


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


def _refuse_walks(system: System) -> None:
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
    if lowest == 0 and values.dtype in LONG and _lie_above_zero(values, highest):
        return True
    if values.size <= FEW:  # then Python is quicker
        return all(lowest <= value <= highest for value in values.reshape(-1).tolist())
    return bool(values.min() >= lowest and (highest == inf or values.max() <= highest))


def _lie_above_zero(values: Array, highest: float) -> bool:
    """Whether all numbers lie from 0 to `highest`, in one look at them; -0.0 does not.

    Read as whole numbers without a sign, numbers from 0 on are in the same order, and those below
    0, as well as nan, are larger than all of them.
    """
    if not values.size:
        return True
    most = min(highest, MOST_WHOLE) if values.dtype == np.int64 else _bits(highest)
    return bool(values.view(np.uint64).max() <= most)


def _bits(value: float) -> int:
    """The bits of a number, read as a whole number without a sign."""
    whole: int = struct.unpack("=Q", struct.pack("=d", value))[0]
    return whole
