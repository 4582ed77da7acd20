"""Engines: what happens on one day. They draw nothing and know no psychology."""

from simqueue.engine.log import derive_log
from simqueue.engine.reference import simulate
from simqueue.tables import System, Trace, Workload


def run(workload: Workload, system: System, engine: str = "simpy") -> Trace:
    """Everything that happens on one day, in order; KeyError for an engine that does not exist."""
    return {"simpy": simulate}[engine](workload, system)


__all__ = ["derive_log", "run"]
