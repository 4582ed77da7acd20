"""What a planner writes about places before and beside the tills: counters, fitting rooms."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from simqueue.chance import DurationDistribution
from simqueue.fields import (
    ByClock,
    Count,
    CountFrom1,
    Problem,
    Seconds,
    Share,
    Spec,
    Switch,
    Text,
    reads,
    refuse,
    writes,
)
from simqueue.shop.behaviour import BalkSpec
from simqueue.shop.pools import FromPool
from simqueue.shop.services import Service
from simqueue.tables.codes import Kind


class Counter(Spec):
    """A place other than a lane where people stand in line and are served."""

    servers: Count = Field(
        description="How many can be served at the same time, as in 2; 0 removes it."
    )
    line: Literal["own", "shared"] = Field(
        "shared",
        description="One line for the whole place, as in shared; or one per server (own).",
        json_schema_extra={"basis": "assumption"},
    )
    roster: Annotated[ByClock[Count] | None, reads("all"), writes("all")] = Field(
        None, description='How many are open, by clock, as in {"08:00": 1, "11:00": 2}; or all.'
    )
    service: Service = Field(
        description="How long serving takes there, as in {about: 90 s}, or by item as in "
        "{linear: {set_up: 10 s, per_item: 3 s}}."
    )
    staff: FromPool | None = Field(
        None,
        description="Whose help every service there needs, as in {pool: floor}; empty: it has "
        "people of its own.",
    )
    self_service: Switch = Field(
        False,
        description="Whether people serve themselves, so that nobody is paid for standing there, "
        "as in yes: fitting rooms, scales.",
    )
    capacity: CountFrom1 | None = Field(
        None,
        description="Most people in a line there, those being served included, as in 10; others "
        "do without.",
    )
    patience: Annotated[DurationDistribution | None, reads("off"), writes("off")] = Field(
        None,
        description="How long they wait there before they go on without, as in {about: 5 min}; "
        "or off.",
    )
    balk: Annotated[BalkSpec | None, reads("off"), writes("off")] = Field(
        None, description="Whether they pass by long lines there, as in {longer_than: 6}; or off."
    )

    @model_validator(mode="after")
    def _nobody_or_somebody(self) -> Counter:
        if self.staff is not None and self.self_service:
            refuse([Problem(("self_service",), "does not go together with staff", None, False)])
        return self

    @property
    def has_own_staff(self) -> bool:
        """Whether people of its own stand at every server that is open."""
        return self.staff is None and not self.self_service

    @property
    def name(self) -> str:
        """The name of the place."""
        raise NotImplementedError

    @property
    def kind_code(self) -> Kind:
        """The kind as the code used in tables."""
        return Kind.STATION

    @property
    def n_servers(self) -> int:
        """How many can be served at the same time."""
        return self.servers

    @property
    def is_shared(self) -> bool:
        """Whether there is one line."""
        return self.line == "shared"

    @property
    def roster_or_all(self) -> ByClock[int]:
        """How many are open; without a roster all of them, all day."""
        if self.roster is None or self.servers == 0:
            return ByClock.always(self.servers)
        return self.roster


class StationSpec(Counter):
    """A place that some people visit before they come to the lanes."""

    station: Text = Field(description="Name of the place, as in deli.")
    at: Share = Field(
        1.0,
        description="When they go there, as a share of their shopping time, as in 60 %; with "
        "arrivals at the door.",
    )
    walk: Seconds = Field(
        0.0,
        description="How long they take from there to where they go next, as in 30 s.",
        json_schema_extra={"basis": "assumption"},
    )

    @property
    def name(self) -> str:
        """The name of the station."""
        return self.station
