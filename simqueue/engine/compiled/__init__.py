"""The compiled engine: the reference engine's day as one loop over arrays, compiled by Numba.

Numba is imported only when a day is simulated or the kernel is warmed up.
"""

from __future__ import annotations

import sys

from simqueue.engine.compiled import cache
from simqueue.engine.compiled.refusals import refuse_bad_customers
from simqueue.engine.compiled.shop import shop_of
from simqueue.tables import System, Trace, Workload


def simulate(workload: Workload, system: System) -> Trace:
    """Everything that happens on one day, in order; the same bytes as the reference engine.

    ValueError, with the row, for input that no day can have. Where the kernel cannot be compiled,
    which a rule of one's own may cause, the reference engine takes over and a line says so.
    """
    refuse_bad_customers(workload, system)
    shop = shop_of(system)
    from simqueue.engine.compiled.loader import CannotCompileError, run  # imports Numba

    try:
        return run(workload, system, shop)
    except CannotCompileError as error:
        from simqueue.engine.reference import simulate as simulate_with_simpy

        give_way(str(error))
        return simulate_with_simpy(workload, system)


def is_cached() -> bool:
    """Whether the kernel for the rules as registered now is on disk; without importing Numba."""
    return cache.found(cache.fingerprint()) is not None


def is_loaded() -> bool:
    """Whether this process has the kernel for the rules as registered now."""
    loader = sys.modules.get(f"{__name__}.loader")
    ask = getattr(loader, "is_loaded", None)  # not there while another thread imports it
    return ask is not None and bool(ask())


def warm_up() -> bool:
    """Compile the kernel, or load it from disk; False when it cannot be compiled."""
    return not why_not()


def why_not() -> str:
    """Why the kernel cannot be compiled or loaded; empty when it can, and then it is."""
    from simqueue.engine.compiled.loader import CannotCompileError, kernel  # imports Numba

    try:
        kernel()
    except CannotCompileError as error:
        return str(error)
    return ""


_said: set[str] = set()


def give_way(reason: str, instead: str = "simulating with SimPy instead") -> None:
    """Say, once, that something slower takes over and why."""
    line = f"compiled engine: {reason}; {instead}"
    if line not in _said:
        _said.add(line)
        print(line, file=sys.stderr)
