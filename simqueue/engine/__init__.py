"""Engines: what happens on one day. They draw nothing and know no psychology."""

from simqueue.engine.log import derive_log
from simqueue.engine.reference import simulate
from simqueue.tables import System, Trace, Workload


def run(workload: Workload, system: System, engine: str = "simpy") -> Trace:
    """Everything that happens on one day, in order; KeyError for an engine that does not exist.

    Both engines give the same bytes: "simpy" is meant to be read, "compiled" to be fast.
    """
    return {"simpy": simulate, "compiled": _compiled}[engine](workload, system)


def _compiled(workload: Workload, system: System) -> Trace:
    from simqueue.engine.compiled import simulate as simulate_compiled  # imports Numba

    return simulate_compiled(workload, system)


__all__ = ["derive_log", "run"]
