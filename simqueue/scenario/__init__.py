"""What did the planner write? YAML with places, the complete scenario, and writing it out again."""

from simqueue.scenario.economics import EconomicsSpec
from simqueue.scenario.faults import Fault, ScenarioError
from simqueue.scenario.load import faults, load, loads, resolve
from simqueue.scenario.model import Scenario
from simqueue.scenario.written import to_mapping, to_yaml

__all__ = [
    "EconomicsSpec",
    "Fault",
    "Scenario",
    "ScenarioError",
    "faults",
    "load",
    "loads",
    "resolve",
    "to_mapping",
    "to_yaml",
]
