"""simqueue: what a shop's checkouts will feel like, before anyone moves a till.

>>> import simqueue as sq                                   # doctest: +SKIP
>>> study = sq.run(sq.load("scenarios/supermarket.yaml"))   # doctest: +SKIP
>>> study.metrics["wait_mean_s"]                            # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simqueue.fit.check import check
    from simqueue.scenario.faults import ScenarioError
    from simqueue.scenario.load import load, loads
    from simqueue.scenario.model import Scenario
    from simqueue.show.compared import Compared, ComparisonError, compare
    from simqueue.study.interval import Estimate
    from simqueue.study.run import run
    from simqueue.study.study import Study
    from simqueue.study.sweep import Sweep, sweep

_HOMES = {
    "Scenario": "simqueue.scenario",
    "ScenarioError": "simqueue.scenario",
    "load": "simqueue.scenario",
    "loads": "simqueue.scenario",
    "Compared": "simqueue.show.compared",
    "ComparisonError": "simqueue.show.compared",
    "compare": "simqueue.show.compared",
    "Estimate": "simqueue.study",
    "check": "simqueue.fit",
    "Study": "simqueue.study",
    "run": "simqueue.study",
    "Sweep": "simqueue.study.sweep",
    "sweep": "simqueue.study.sweep",
}

__all__ = [
    "Compared",
    "ComparisonError",
    "Estimate",
    "Scenario",
    "ScenarioError",
    "Study",
    "Sweep",
    "check",
    "compare",
    "load",
    "loads",
    "run",
    "sweep",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    """Public names are imported when first used: `simqueue --help` needs nothing heavy."""
    if name not in _HOMES:
        raise AttributeError(f"module 'simqueue' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
