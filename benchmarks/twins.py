"""The C++ twins: compiled when needed, called by address, on the tables that engines get.

`plain` knows lines, servers and patience; `at_work` help, jockeying, opening on demand, a roster.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.tables import System, Workload

HERE = Path(__file__).parent
FLAGS = ("-O3", "-ffp-contract=off", "-shared", "-fPIC", "-std=c++17")
ALL_DAY = (0.0, np.inf)

Floats = NDArray[np.float64]
Numbers = ctypes.c_int64
Seconds = ctypes.c_double
Address = ctypes.c_void_p


class Shop(ctypes.Structure):
    """`Shop` of twin_shop.cpp, field by field."""

    _fields_ = (
        *((name, Numbers) for name in ("n", "n_lanes", "n_lines", "n_servers", "n_changes")),
        ("n_cashiers", Numbers),
        *((name, Address) for name in ("kind", "line_lane", "server_line", "arrival", "service")),
        *((name, Address) for name in ("gap", "before_call", "after_call", "help", "patience")),
        *((name, Address) for name in ("u_choice", "u_choice_again", "may_use", "willing")),
        *((name, Address) for name in ("change_s", "change_lane", "change_attendants")),
        ("change_to", Address),
        *((name, Numbers) for name in ("jockeys", "shorter_by", "demand", "demand_lane")),
        *((name, Seconds) for name in ("jockey_walk_s", "call_above", "waited_over_s")),
        *((name, Seconds) for name in ("close_below", "call_walk_s", "stay_s")),
        ("start", Address),
    )


def can_be_built() -> bool:
    """Whether there is a C++ compiler."""
    return shutil.which("g++") is not None


@cache
def _library(name: str) -> ctypes.CDLL:
    folder = Path(tempfile.mkdtemp(prefix="simqueue-twin-"))
    made = folder / f"{name}.so"
    subprocess.run(["g++", *FLAGS, str(HERE / f"{name}.cpp"), "-o", str(made)], check=True)
    library = ctypes.CDLL(str(made))  # stays loaded when the file is gone
    shutil.rmtree(folder)
    return library


def plain(workload: Workload, system: System) -> Callable[[], Floats]:
    """A function that simulates the day: when each starts to be served, nan = never; (N,)."""
    build, start = _library("twin").twin, np.empty(len(workload))
    build.restype = Numbers
    arrays = [
        _array(system.line_lane, "i8"),
        _array(system.server_line, "i8"),
        *(_array(a, "f8") for a in (workload.arrival_s,)),
        _array(system.may_use, "u1"),
        *(_array(a, "f8") for a in (system.service_s, system.patience_s, workload.u_choice)),
        start,
    ]
    a = [Address(array.ctypes.data) for array in arrays]
    n, lines, servers = (Numbers(k) for k in (len(workload), system.n_lines, system.n_servers))

    def simulate() -> Floats:
        build(n, lines, a[0], servers, *a[1:])
        return arrays[-1]

    return simulate


def at_work(workload: Workload, system: System) -> Callable[[], Floats]:
    """The same by the twin that knows what people and staff do; system must be what it knows."""
    _check_known(system)
    build, n = _library("twin_shop").twin_shop, len(workload)
    build.restype = Numbers
    willing = system.willing if system.jockey.on else np.zeros(n)
    changes = _changes(system)
    arrays = {
        "kind": _array(system.kind, "i8"),
        "line_lane": _array(system.line_lane, "i8"),
        "server_line": _array(system.server_line, "i8"),
        "arrival": _array(workload.arrival_s, "f8"),
        **{name: _array(getattr(system, f"{name}_s"), "f8") for name in
           ("service", "gap", "before_call", "after_call", "help", "patience")},
        "u_choice": _array(workload.u_choice, "f8"),
        "u_choice_again": _array(workload.u_choice_again, "f8"),
        "may_use": _array(system.may_use, "u1"),
        "willing": _array(willing, "u1"),
        "change_s": _array([c[0] for c in changes], "f8"),
        **{name: _array([c[k] for c in changes], "i8") for k, name in
           ((1, "change_lane"), (2, "change_attendants"), (3, "change_to"))},
        "start": np.empty(n),
    }  # fmt: skip
    jockey, demand = system.jockey, system.demand
    shop = Shop(
        n=n, n_lanes=len(system.lanes), n_lines=system.n_lines, n_servers=system.n_servers,
        n_changes=len(changes), n_cashiers=len(system.shift_start_s),
        jockeys=jockey.on, shorter_by=jockey.shorter_by, jockey_walk_s=jockey.walk_s,
        demand=demand.on, demand_lane=demand.lane, call_above=demand.call_above,
        waited_over_s=demand.waited_over_s, close_below=demand.close_below,
        call_walk_s=demand.walk_s, stay_s=demand.stay_s,
        **{name: array.ctypes.data for name, array in arrays.items()},
    )  # fmt: skip

    def simulate() -> Floats:
        build(ctypes.byref(shop))
        return arrays["start"]

    return simulate


def _array(values: Any, dtype: str) -> NDArray[Any]:
    return np.ascontiguousarray(values, dtype)


def _changes(system: System) -> list[tuple[float, int, int, int]]:
    """Open servers and attendants by the clock: (seconds, lane, whether attendants, how many)."""
    roster = zip(system.roster_s, system.roster_lane, system.roster_open, strict=True)
    attendants = zip(system.attendants_s, system.attendants_pool, system.attendants_on, strict=True)
    found = [(float(t), int(j), 0, int(n)) for t, j, n in roster]
    found += [(float(t), int(j), 1, int(n)) for t, j, n in attendants]
    return sorted(found, key=lambda change: change[:3])


def _check_known(system: System) -> None:
    """Fail for a shop that has something the twin has never heard of."""
    shifts = {tuple(pair) for pair in zip(system.shift_start_s, system.shift_end_s, strict=True)}
    known = {
        "spare cashiers are there all day": shifts <= {ALL_DAY},
        "every till works at the same pace": bool((system.server_pace == 1.0).all()),
        "nobody calls twice": not system.again_after_s.size,
        "no breaks, stoppages or failures": not (
            len(system.break_s) or len(system.stoppages.at_s) or len(system.no_cards.at_s)
            or system.fails.size
        ),
        "nobody turns away": not system.balk_rule,
        "people stay where they stand when a till closes": not system.finish_current,
        "the shortest queue per till": system.choice.rule == "shortest_queue",
    }  # fmt: skip
    missing = [what for what, holds in known.items() if not holds]
    assert not missing, f"the twin needs: {missing}"
