"""The models of the benchmark, written as a planner would, and compiled for an engine.

All times are whole multiples of 2**-32 s. Sums and differences of such numbers are exact up to
2**21 s, so it does not matter that one simulator adds up the gaps between arrivals and another is
given the arrival times: whoever simulates the same model finds the same starts of service, to the
last bit. (And no two events fall on one instant, where each simulator has an order of its own.)
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.customers import draw
from simqueue.customers.spec import ArrivalsSpec, SegmentSpec
from simqueue.scenario import load
from simqueue.shop import compile_shop
from simqueue.shop.spec import BehaviourSpec, LaneSpec, StaffingSpec
from simqueue.study.day import prepared
from simqueue.tables import System, Workload

Block = dict[str, Any]
Floats = NDArray[np.float64]

GRID_S = 2.0**-32
SUPERMARKET_FILE = Path(__file__).parents[1] / "scenarios" / "supermarket.yaml"
TIMES = ("service_s", "gap_s", "before_call_s", "after_call_s", "help_s", "patience_s")

ALL_ALIKE = [{"segment": "all", "share": 1, "items": {"fixed": 1}}]
SHOPPERS = [
    {"segment": "quick", "share": "45 %", "self_service": "80 %",
     "items": {"half_up_to": 4, "nine_in_ten_up_to": 9, "most": 12}},
    {"segment": "main", "share": "55 %", "self_service": "30 %",
     "items": {"half_up_to": 18, "nine_in_ten_up_to": 45, "most": 100}},
]  # fmt: skip

TILLS = {"lane": "tills", "kind": "staffed", "tills": 8,
         "service": {"exponential": {"mean": "60 s"}}}  # fmt: skip
OWN_LINES = [{**TILLS, "line": "own"}]
ONE_LINE = [{**TILLS, "line": "shared"}]
MIXED = [
    {"lane": "staffed", "kind": "staffed", "tills": 8,
     "service": {"linear": {"set_up": "15 s", "per_item": "3 s"}}},
    {"lane": "express", "kind": "express", "tills": 2, "max_items": 10,
     "service": {"linear": {"set_up": "15 s", "per_item": "3 s"}}},
    {"lane": "machines", "kind": "self_service", "machines": 6, "max_items": 30,
     "service": {"linear": {"set_up": "30 s", "per_item": "5 s"}}},
]  # fmt: skip
SUPERMARKET = [
    {"lane": "staffed", "kind": "staffed", "tills": 8, "service": "antczak2020_staffed"},
    {"lane": "express", "kind": "express", "tills": 2, "max_items": 10, "ignores_limit": "25 %",
     "service": "antczak2020_staffed"},
    {"lane": "machines", "kind": "self_service", "machines": 6, "max_items": 30,
     "attendants": 1, "service": "antczak2020_self_service",
     "help": {"chance": "20 %", "takes": {"about": "20 s"}}},
]  # fmt: skip


@dataclass(frozen=True)
class Model:
    """A model as blocks of a scenario, with constant arrivals and no roster."""

    name: str
    per_hour: float
    segments: list[Block]
    lanes: list[Block]
    mean_patience_s: float = np.inf
    behaviour: Block = field(default_factory=dict)
    staffing: Block = field(default_factory=dict)
    not_in_ciw: str = ""  # what Ciw cannot express; empty when it can

    def tables(self, n: int, seed: int = 1) -> tuple[Workload, System]:
        """About n customers, and the shop compiled for them."""
        length_s = n * 3600 / self.per_hour
        workload = draw(
            ArrivalsSpec.model_validate({"constant_per_hour": self.per_hour}),
            [SegmentSpec.model_validate(segment) for segment in self.segments],
            opens_s=0.0,
            length_s=length_s,
            seed=seed,
            replication=0,
        )
        u = workload.draws.uniform("patience", len(workload))
        system = compile_shop(
            [LaneSpec.model_validate(lane) for lane in self.lanes],
            BehaviourSpec.model_validate(self.behaviour),
            StaffingSpec.model_validate(self.staffing),
            workload,
            patience_s=-self.mean_patience_s * np.log1p(-u),
            opens_s=0.0,
            length_s=length_s,
        )
        return gridded(workload, system)


def gridded(workload: Workload, system: System) -> tuple[Workload, System]:
    """The same with all times on the grid."""
    workload = replace(workload, arrival_s=on_grid(workload.arrival_s))
    return workload, replace(system, **{name: on_grid(getattr(system, name)) for name in TIMES})


def supermarket_day(replication: int) -> tuple[Workload, System]:
    """A day of the scenario that the demo simulates, its times on the grid."""
    return gridded(*prepared(load(SUPERMARKET_FILE), replication))


def on_grid(seconds: Floats) -> Floats:
    """The nearest whole multiples of GRID_S; inf stays inf."""
    return np.floor(seconds / GRID_S + 0.5) * GRID_S


MODELS = (
    Model("8 tills, one line", 432, ALL_ALIKE, ONE_LINE),
    Model("8 tills, one line, patience", 528, ALL_ALIKE, ONE_LINE, mean_patience_s=240.0),
    Model("8 tills, 8 lines, the shortest", 432, ALL_ALIKE, OWN_LINES),
    Model("tills, express and machines", 580, SHOPPERS, MIXED),
    Model(
        "the same with gaps and help",
        460,
        SHOPPERS,
        SUPERMARKET,
        not_in_ciw="a till held after its customer has left, and a machine held for an attendant",
    ),
)

# The reference model: 8 tills with lines of their own, one express, six machines with one line.
BASKETS = [{"segment": "all", "share": 1, "items": {"geometric": {"mean": 12}},
            "self_service": "30 %"}]  # fmt: skip
BY_TILL = {"linear": {"set_up": "15 s", "per_item": "3 s",
                      "noise": {"lognormal": {"mean": 1, "cv": 0.3}}}}  # fmt: skip
BY_MACHINE = {"linear": {"set_up": "25 s", "per_item": "5 s",
                         "noise": {"lognormal": {"mean": 1, "cv": 0.4}}}}  # fmt: skip
PLAIN = [
    {"lane": "staffed", "kind": "staffed", "tills": 8, "service": BY_TILL},
    {"lane": "express", "kind": "express", "tills": 1, "max_items": 10, "service": BY_TILL},
    {"lane": "machines", "kind": "self_service", "machines": 6, "max_items": 15,
     "service": BY_MACHINE},
]  # fmt: skip
HELPED = [
    {**PLAIN[0], "roster": {"00:00": 6}},
    PLAIN[1],
    {**PLAIN[2], "attendants": 1, "help": {"chance": "20 %", "takes": {"about": "20 s"}}},
]
REFERENCE = Model("the reference model", 594, BASKETS, PLAIN, mean_patience_s=600.0)
AT_WORK = Model(
    "the same with attendants, jockeying and opening on demand",
    594,
    BASKETS,
    HELPED,
    mean_patience_s=600.0,
    behaviour={"jockey": {"shorter_by": 2, "walk": "5 s", "willing": "70 %"}},
    staffing={
        "on_demand": {"lane": "staffed", "call_above": 1, "waited_over": "5 min",
                      "close_below": 0.5, "walk": "30 s", "stay": "10 min", "spare": 2}
    },
    not_in_ciw="help, jockeying by willing customers, and tills that open and close",
)  # fmt: skip
