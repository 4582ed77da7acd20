"""The scenario: everything a planner wrote and every default, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from simqueue.customers.spec import ArrivalsSpec, SegmentSpec
from simqueue.experience.spec import ExperienceSpec
from simqueue.fields import Count, CountFrom1, Seconds, Spec, Text, reads, refuse, writes
from simqueue.scenario.checks import Parts, problems
from simqueue.scenario.economics import EconomicsSpec
from simqueue.scenario.returns_desk import ReturnsDeskSpec
from simqueue.scenario.targets import Targets
from simqueue.scenario.week_spec import Week
from simqueue.shop.spec import BehaviourSpec, LaneSpec, StaffingSpec, StoreSpec
from simqueue.shop.stations import Counter, StationSpec
from simqueue.shop.stoppages import OutageSpec

MOST_SEED = 2**63 - 1


def _about(value: object) -> object:
    return "" if value is None else value


def _seed(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("must be a whole number of at least 0")
    if value > MOST_SEED:
        raise ValueError(f"must be at most {MOST_SEED}")
    return value


class Scenario(Spec):
    """One day of a shop (or a steady state): store, customers, lanes, and how they behave and feel.

    Complete: every default is written in, and `resolve` of what it writes gives the same scenario.
    """

    later: ClassVar[frozenset[str]] = frozenset({"consequences", "survey"})

    scenario: Text = Field(description="Name of the scenario, as in Saturday as it is.")
    about: Annotated[str, BeforeValidator(_about)] = Field(
        "", description="What it is and where its numbers come from, as in Our roster in May."
    )
    seed: Annotated[int, BeforeValidator(_seed)] = Field(
        1, description="Number that fixes all chance, as in 2026."
    )
    replications: CountFrom1 = Field(
        20,
        description="How many days are simulated, as in 20.",
        json_schema_extra={"basis": "assumption", "source": "mostly enough, the +- says how sure"},
    )
    store: StoreSpec = Field(description='Opening hours, as in {opens: "08:00", closes: "21:00"}.')
    arrivals: ArrivalsSpec = Field(
        description="When customers come, as in {customers_per_day: 5464, shape: saturday}."
    )
    customers: tuple[SegmentSpec, ...] = Field(
        description="The kinds of customers, a list, as in [{segment: all, share: 1, items: "
        "{about: 12}}]."
    )
    lanes: tuple[LaneSpec, ...] = Field(
        description="The places to pay, a list, as in [{lane: tills, kind: staffed, tills: 3}]."
    )
    stations: tuple[StationSpec, ...] = Field(
        (),
        description="Places some people go to before the lanes, a list, as in [{station: deli, "
        "servers: 2, service: {about: 90 s}}].",
    )
    returns_desk: Annotated[ReturnsDeskSpec | None, reads("off"), writes("off")] = Field(
        None,
        description="A desk for things brought back, as in {servers: 1, service: {about: 3 min}, "
        "after_paying: 2 %}; or off.",
    )
    initial: dict[str, Count] = Field(
        default_factory=dict,
        description="People already in line when the doors open, by lane or station, as in "
        "{staffed: 5}.",
    )
    outages: tuple[OutageSpec, ...] = Field(
        (),
        description='Times when nothing works or no card does, a list, as in [{at: "12:00", '
        "lasts: 20 min}].",
    )
    behaviour: BehaviourSpec = Field(
        BehaviourSpec(), description="What customers do at the lines, as in {renege: off}."
    )
    staffing: StaffingSpec = Field(
        StaffingSpec(),
        description="How tills are opened and closed, as in {on_close: finish_line}.",
    )
    experience: ExperienceSpec = Field(
        ExperienceSpec(), description="How waiting feels, as in {model: judged-wait}."
    )
    targets: Targets = Field(
        default_factory=dict, description="What to aim at, as in {wait_p95: 6 min, nps: 40}."
    )
    benchmark_wait: Seconds | None = Field(
        None, description="The usual wait in the industry, by the clock, as in 5 min."
    )
    economics: EconomicsSpec = Field(
        EconomicsSpec(), description="What things cost, as in {cashier_per_hour: 13}."
    )
    week: Week = Field(
        default_factory=dict,
        description="The kinds of days of a week, each with what is different on it, as in "
        "{weekday: {count: 4}, saturday: {set: {arrivals.customers_per_day: 5464}}}.",
    )

    @field_validator("replications")
    @classmethod
    def _not_too_many(cls, value: int) -> int:
        if value > 1_000_000:
            raise ValueError("must be at most 1000000")
        return value

    @field_validator("customers", "lanes")
    @classmethod
    def _not_empty(cls, value: tuple[Any, ...]) -> tuple[Any, ...]:
        if not value:
            raise ValueError("must have at least one entry")
        return value

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Scenario:
        refuse(problems(Parts.of(self)))
        return self

    @property
    def is_theory(self) -> bool:
        """Whether this is a steady-state run rather than a day of a shop."""
        return self.store.is_theory

    @property
    def counters(self) -> tuple[Counter, ...]:
        """The places besides the lanes: stations in order, then the desk; stop k is entry k - 1."""
        desk = () if self.returns_desk is None else (self.returns_desk,)
        return (*self.stations, *desk)

    @property
    def place_names(self) -> tuple[str, ...]:
        """Lanes, stations and desk, numbered as in the tables."""
        return (*(lane.lane for lane in self.lanes), *(place.name for place in self.counters))

    @property
    def opens_s(self) -> float:
        """Opening in seconds from midnight; 0 in a steady-state run, whose clock starts there."""
        return float(self.store.opens or 0)

    @property
    def length_s(self) -> float:
        """Seconds from opening until no more customers come in."""
        if self.store.horizon is not None:
            return self.store.horizon
        return float((self.store.closes or 0) - (self.store.opens or 0))

    @property
    def warm_up_s(self) -> float:
        """Customers who come earlier are left out of the measures; 0 for a day of a shop."""
        return self.store.warm_up or 0.0

    @property
    def slug(self) -> str:
        """The name for folders and files: small letters, digits and hyphens."""
        return re.sub(r"[^a-z0-9]+", "-", self.scenario.lower()).strip("-")[:80] or "scenario"

    def replaced(self, changes: Mapping[str, object]) -> Scenario:
        """The scenario with other values at the given paths, as in {"lanes.express.tills": 3}.

        Raises ScenarioError when a path hits nothing or the result makes no sense.
        """
        from simqueue.scenario.load import resolve
        from simqueue.scenario.written import to_mapping

        return resolve(to_mapping(self), overrides=changes.items())
