"""What a planner writes about the customers: when they come, who they are, what they buy."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from simqueue import folder, units
from simqueue.chance import (
    Dimension,
    DurationDistribution,
    FactorDistribution,
    ItemsDistribution,
)
from simqueue.chance.distributions import read as read_distribution
from simqueue.customers.trace import TraceSpec
from simqueue.fields import (
    ByClock,
    Number,
    PerHour,
    Positive,
    Problem,
    Seconds,
    Share,
    Spec,
    Spread,
    Text,
    did_you_mean,
    refuse,
)
from simqueue.tables.codes import Payment

QUARTER_S = 900


@cache
def day_shapes() -> dict[str, tuple[tuple[int, float], ...]]:
    """Built-in shapes of a day by name: (seconds from midnight, share of the day per hour).

    Source: Antczak, Weron, Zabawa (2020), IEEE Access 8:228841; see the file itself.
    """
    text = resources.files("simqueue.customers").joinpath("data/day_shapes.csv").read_text("utf-8")
    rows = list(csv.reader(line for line in text.splitlines() if not line.startswith("#")))
    per_hour = 3600 / QUARTER_S
    return {
        name: tuple((units.clock(row[0]), per_hour * float(row[k])) for row in rows[1:])
        for k, name in enumerate(rows[0])
        if k
    }


class RateTable(Spec):
    """Customers per hour: by clock time, from a CSV file, or the same all day."""

    silent: ClassVar[frozenset[str]] = frozenset(
        {"per_hour", "constant_per_hour", "csv", "customers_per_day", "shape"}
    )

    per_hour: ByClock[PerHour] | None = Field(
        None, description='Customers per hour by clock time, as in {"08:00": 210, "09:00": 340}.'
    )
    constant_per_hour: PerHour | None = Field(
        None, description="Customers per hour, the same all day, as in 60."
    )
    csv: Text | None = Field(
        None, description="A file with the columns time,customers_per_hour, as in arrivals.csv."
    )

    @model_validator(mode="before")
    @classmethod
    def _read_csv(cls, data: Any, info: ValidationInfo) -> Any:  # noqa: ANN401 - anything in the file
        """Replace the name of a CSV file by its table, so that the scenario is complete."""
        if not isinstance(data, Mapping) or data.get("csv") is None:
            return data
        rest = {key: value for key, value in data.items() if key != "csv"}
        if rest.get("per_hour") is not None:
            refuse([Problem(("csv",), "does not go together with per_hour", None, False)])
        try:
            home = (info.context or {}).get("folder")
            return {**rest, "per_hour": _table(data["csv"], home)}
        except ValueError as error:
            refuse([Problem(("csv",), str(error), data["csv"])])

    @property
    def given(self) -> list[str]:
        """Which of the ways to give rates are used."""
        return [
            name for name in ("per_hour", "constant_per_hour") if getattr(self, name) is not None
        ]

    def points(self) -> tuple[tuple[float, float], ...]:
        """(seconds from midnight, customers per hour), ascending; empty when nothing is given."""
        if self.constant_per_hour is not None:
            return ((0.0, self.constant_per_hour),)
        if self.per_hour is None:
            return ()
        return tuple((float(time), rate) for time, rate in self.per_hour.points)


def _table(name: object, home: Any) -> dict[str, float]:  # noqa: ANN401 - a Path or None
    table: dict[str, float] = {}
    for line, row in folder.read_csv(name, home, ("time", "customers_per_hour")):
        try:
            time = units.clock_text(units.clock(row["time"]))
            rate = units.per_hour(float(row["customers_per_hour"]))
        except ValueError as error:
            raise ValueError(f"line {line} of the file: {error}") from None
        if time in table:
            raise ValueError(f"line {line} of the file: {time} is given twice")
        table[time] = rate
    return table


class ShoppingSpec(Spec):
    """How long people shop between the door and the checkouts: (fixed + per item) x noise."""

    fixed: Seconds = Field(
        300.0,
        description="Time in the shop whatever the basket, as in 5 min.",
        json_schema_extra={"basis": "assumption"},
    )
    per_item: Seconds = Field(
        30.0,
        description="Time in the shop for each item, as in 30 s.",
        json_schema_extra={"basis": "assumption"},
    )
    noise: FactorDistribution = Field(
        read_distribution({"lognormal": {"mean": 1, "cv": 0.3}}, Dimension.FACTOR),
        description="Factor by which people differ, as in {lognormal: {mean: 1, cv: 0.3}}.",
        json_schema_extra={"basis": "assumption"},
    )
    own_scanning_per_item: Seconds = Field(
        3.0,
        description="Time more for each item for those who scan as they shop, as in 3 s.",
        json_schema_extra={"basis": "assumption"},
    )


class ArrivalsSpec(RateTable):
    """When customers come to the checkouts."""

    silent: ClassVar[frozenset[str]] = RateTable.silent | {"trace", "shopping"}

    at: Literal["checkouts", "door"] = Field(
        "checkouts",
        description="Where these times are counted, as in checkouts; or at the door, and people "
        "shop before they come to the checkouts (door).",
        json_schema_extra={"basis": "assumption"},
    )
    shopping: ShoppingSpec | None = Field(
        None,
        description="With arrivals at the door: how long people shop, as in {fixed: 5 min, "
        "per_item: 30 s}.",
    )
    trace: TraceSpec | None = Field(
        None,
        description="A file of what really happened, a customer in each row, as in customers.csv.",
    )
    customers_per_day: Positive | None = Field(
        None, description="Expected customers while the shop is open, as in 5464."
    )
    shape: Text | RateTable | None = Field(
        None, description="How they spread over the day: saturday, or a table as in {csv: day.csv}."
    )
    interpolate: Literal["constant", "linear"] = Field(
        "constant",
        description="How rates go from one time of the table to the next, as in linear: along a "
        "straight line.",
    )
    day_to_day_cv: Spread = Field(
        0.0, description="Typical spread between days as a share of the mean, as in 0.1."
    )

    @field_validator("shape", mode="wrap")
    @classmethod
    def _one_shape(cls, value: Any, handler: Any, info: ValidationInfo) -> Any:  # noqa: ANN401 - pydantic's own
        if value is None or isinstance(value, RateTable):
            return value
        if isinstance(value, Mapping):
            table = RateTable.model_validate(value, context=info.context)
            if len(table.given) != 1:
                raise ValueError("must be one of csv, per_hour and constant_per_hour")
            return table
        if not isinstance(value, str) or value not in day_shapes():
            names = ", ".join(day_shapes())
            hint = did_you_mean(value, day_shapes())
            raise ValueError(f"must be one of {names}, or a table{hint}")
        return value

    @field_validator("customers_per_day")
    @classmethod
    def _not_too_many(cls, value: float | None) -> float | None:
        if value is not None and value > units.MOST_PER_HOUR:
            raise ValueError(f"must be at most {units.MOST_PER_HOUR:,.0f}")
        return value

    @model_validator(mode="before")
    @classmethod
    def _shopping_is_known(cls, data: Any) -> Any:  # noqa: ANN401 - anything in the file
        if isinstance(data, Mapping) and data.get("at") == "door":
            return {"shopping": {}, **{k: v for k, v in data.items() if v is not None}}
        return data

    @model_validator(mode="after")
    def _one_way(self) -> ArrivalsSpec:
        ways = [*self.given, *(k for k in ("shape", "trace") if getattr(self, k) is not None)]
        if not ways:
            raise ValueError("must have one of shape, per_hour, constant_per_hour, csv and trace")
        if self.shopping is not None and self.at != "door":
            refuse([Problem(("shopping",), "goes only with at: door", None, False)])
        if len(ways) > 1:
            raise ValueError(f"must have {ways[0]} or {ways[1]}, not both")
        if isinstance(self.shape, str) and self.customers_per_day is None:
            refuse([Problem(("customers_per_day",), "is missing: the shape needs it", None, False)])
        if self.trace is not None:
            refuse(
                Problem((name,), "does not go together with trace", None, False)
                for name in ("customers_per_day", "day_to_day_cv")
                if getattr(self, name)
            )
        return self

    def rate_points(self) -> tuple[tuple[float, float], ...]:
        """(seconds from midnight, customers per hour), ascending, before any scaling.

        With `customers_per_day` only the proportions matter; built-in shapes give the share of a
        day per hour.
        """
        if isinstance(self.shape, str):
            return tuple((float(time), rate) for time, rate in day_shapes()[self.shape])
        return self.points() if self.shape is None else self.shape.points()

    def default_of(self, name: str) -> object:
        """What the field would be if nothing were given; shopping goes with the door."""
        if name == "shopping" and self.at == "door":
            return ShoppingSpec()
        return super().default_of(name)


class PaysSpec(Spec):
    """How customers pay: shares that add up to 1."""

    cash: Share = Field(0.0, description="Share who pay cash, as in 20 %.")
    card: Share = Field(0.0, description="Share who insert a card, as in 60 %.")
    contactless: Share = Field(
        0.0, description="Share who hold a card to the terminal, as in 15 %."
    )
    phone: Share = Field(0.0, description="Share who pay by telephone, as in 5 %.")

    @model_validator(mode="after")
    def _adds_up(self) -> PaysSpec:
        total = math.fsum(self.shares)
        if abs(total - 1.0) > 1e-6:
            text = f"must have shares that add up to 100 %; they add up to {100 * total:.6g} %"
            raise ValueError(text)
        return self

    @property
    def shares(self) -> tuple[float, ...]:
        """The shares in the order of the codes of Payment."""
        return tuple(float(getattr(self, way.name.lower())) for way in Payment)


CARD_ONLY = PaysSpec.model_validate({"card": 1})


class SegmentSpec(Spec):
    """A kind of customer."""

    later: ClassVar[frozenset[str]] = frozenset({"own_scanning_pace"})

    segment: Text = Field(description="Name of this kind of customer, as in quick trip.")
    share: ByClock[Share] = Field(
        description='Share of all customers, or by clock, as in {"08:00": 70 %, "12:00": 40 %}.'
    )
    items: ByClock[ItemsDistribution] = Field(
        description="Size of the basket, as in {half_up_to: 4, nine_in_ten_up_to: 10, most: 15}."
    )
    alone: Share = Field(
        0.8,
        description="Share who shop alone, as in 80 %.",
        json_schema_extra={"basis": "assumption"},
    )
    self_service: Share = Field(
        1.0,
        description="Share who consider the machines, as in 60 %.",
        json_schema_extra={"basis": "assumption"},
    )
    scan_and_go: Share = Field(
        0.0,
        description="Share who scan as they shop and pay at a scan_and_go lane, as in 15 %.",
    )
    age_check: Share = Field(
        0.0,
        description="Share who buy what needs a look at their age at a machine, as in 8 %.",
    )
    visits: dict[str, Share] = Field(
        default_factory=dict,
        description="Share who go to a station before the lanes, by station, as in {deli: 30 %}.",
    )
    member: Share = Field(0.0, description="Share who are members of the shop's club, as in 40 %.")
    pays: PaysSpec = Field(
        CARD_ONLY,
        description="How they pay, as in {cash: 20 %, card: 80 %}.",
        json_schema_extra={"basis": "assumption"},
    )
    value_of_time: Positive = Field(
        1.0, description="1 is average; above 1 they are more in a hurry, as in 1.2."
    )
    self_control: Positive = Field(
        1.0, description="1 is average; above 1 they bear waiting better, as in 1.1."
    )
    patience: DurationDistribution | None = Field(
        None, description="How long this kind is ready to wait, as in {about: 10 min}."
    )
    acceptable_wait: Seconds | None = Field(
        None, description="The wait this kind finds acceptable, as in 5 min."
    )
    expected_wait: Seconds | None = Field(
        None, description="The wait this kind would say it expects, as in 4 min."
    )
    likes_self_service: Number = Field(
        0.0,
        description="How many points of the score they like machines more than others do, as in 2.",
    )
