"""What a planner writes about the returns desk: who comes to it, and what it takes there."""

from __future__ import annotations

from typing import ClassVar, Final

from pydantic import Field, model_validator

from simqueue.chance import Dimension, ItemsDistribution
from simqueue.chance.distributions import read as read_distribution
from simqueue.customers.spec import RateTable
from simqueue.fields import Problem, Seconds, Share, refuse
from simqueue.shop.stations import Counter

RETURNS_DESK: Final = "returns desk"  # its name among lanes and stations


class ReturnsDeskSpec(Counter):
    """A desk to which people bring things back, before anything else or after they have paid."""

    silent: ClassVar[frozenset[str]] = frozenset({"arrivals"})

    arrivals: RateTable | None = Field(
        None,
        description='Who comes only for the desk, as in {per_hour: {"08:00": 6, "12:00": 20}}.',
    )
    after_paying: Share = Field(
        0.0, description="Share of customers who go there after they have paid, as in 3 %."
    )
    items: ItemsDistribution = Field(
        read_distribution({"fixed": 1}, Dimension.ITEMS),
        description="How many articles people bring to the desk, as in {geometric: {mean: 1.5}}.",
        json_schema_extra={"basis": "assumption"},
    )
    walk: Seconds = Field(
        30.0,
        description="How long they walk from the tills to the desk, as in 30 s.",
        json_schema_extra={"basis": "assumption"},
    )

    @model_validator(mode="after")
    def _somebody(self) -> ReturnsDeskSpec:
        if self.arrivals is not None and len(self.arrivals.given) != 1:
            text = "must have one of csv, per_hour and constant_per_hour"
            refuse([Problem(("arrivals",), text, None, tell_value=False)])
        if self.arrivals is None and self.after_paying == 0:
            raise ValueError("must have arrivals, or a share after_paying above 0, or be left out")
        return self

    @property
    def name(self) -> str:
        """The name of the desk among lanes and stations."""
        return RETURNS_DESK
