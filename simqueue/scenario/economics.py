"""What a planner writes about money. Every cost is empty at first; an empty one is not counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from simqueue import units
from simqueue.fields import ByClock, Problem, Share, Spec, Text, refuse

MOST_MONEY: Final = 1e9  # far beyond any shop, small enough for sums of many days
MOST_DAYS: Final = 366.0
MOST_PREMIUM: Final = 10.0
LONGEST_USE: Final = 100.0  # years


def _money(value: object) -> float:
    found = units.number(value)
    if found < 0:
        raise ValueError("must be a number of at least 0")
    if found > MOST_MONEY:
        raise ValueError(f"must be a number of at most {MOST_MONEY:.0f}")
    return found


def _premium(value: object) -> float:
    found = units.percentage(value)
    if found is None or not 0 <= found <= MOST_PREMIUM:
        hint = f"; did you mean '{value} %'?" if found is not None and found > MOST_PREMIUM else ""
        raise ValueError(f"must be a premium as a share of the wage, as in '25 %' or 0.25{hint}")
    return found


def _up_to(most: float, words: str) -> Callable[[object], float]:
    def read(value: object) -> float:
        found = units.number(value)
        if not 0 < found <= most:
            raise ValueError(f"must be {words} above 0 and at most {most:.0f}")
        return found

    return read


def _some_share(value: object) -> float:
    found = units.share(value)
    if found == 0:
        raise ValueError("must be a share above 0 %")
    return found


_WRITTEN: Final = PlainSerializer(units.number_text)
Money = Annotated[float, BeforeValidator(_money), _WRITTEN]
Days = Annotated[float, BeforeValidator(_up_to(MOST_DAYS, "a number of days")), _WRITTEN]
Years = Annotated[float, BeforeValidator(_up_to(LONGEST_USE, "a number of years")), _WRITTEN]
Premium = Annotated[float, BeforeValidator(_premium), PlainSerializer(units.share_text)]
SomeShare = Annotated[float, BeforeValidator(_some_share), PlainSerializer(units.share_text)]


class MachineCosts(Spec):
    """What a self-service machine costs."""

    price: Money | None = Field(None, description="Price of a machine, as in 15000.")
    installation: Money | None = Field(
        None, description="What putting a machine in place costs, as in 3000."
    )
    years: Years | None = Field(None, description="How many years a machine is used, as in 7.")
    maintenance_per_year: Money | None = Field(
        None, description="What keeping a machine running costs a year, as in 1500."
    )
    uptime: SomeShare | None = Field(
        None,
        description="Share of the time a machine works; more are bought than work, as in 97 %.",
    )


class FloorCosts(Spec):
    """What the floor under the checkouts costs."""

    till_m2: Money | None = Field(
        None, description="Floor that a till takes, its line included, in square metres, as in 12."
    )
    machine_m2: Money | None = Field(
        None, description="Floor that a machine takes, in square metres, as in 4."
    )
    value_per_m2_year: Money | None = Field(
        None, description="What a square metre of floor is worth a year, as in 300."
    )


class ShrinkCosts(Spec):
    """Which part of the sales is lost to theft and mistakes at the checkout."""

    staffed: Share | None = Field(
        None, description="Share of the sales at tills with a cashier that is lost, as in 0.5 %."
    )
    self_service: Share | None = Field(
        None, description="Share of the sales at machines that is lost, as in 2 %."
    )


class EconomicsSpec(Spec):
    """What things cost; an empty cost is not counted, never guessed."""

    currency: Text = Field("EUR", description="The currency of all amounts, as in EUR.")
    cashier_per_hour: Money | None = Field(
        None, description="Cost of a cashier per hour, as in 13."
    )
    attendant_per_hour: Money | None = Field(
        None, description="Cost of an attendant at the machines per hour, as in 13."
    )
    premium: ByClock[Premium] | None = Field(
        None,
        description="On top of the wages from this time on, none before the first time, as in "
        '{"18:00": 25 %, "22:00": 50 %}; or all day.',
    )
    hiring_and_training: Money | None = Field(
        None, description="Cost of hiring and training per paid hour, as in 1.5."
    )
    value_per_item: Money | None = Field(None, description="Sales per item in a basket, as in 2.1.")
    margin_per_item: Money | None = Field(
        None, description="Margin per item in a basket, as in 0.55."
    )
    cash_handling_per_payment: Money | None = Field(
        None, description="What counting and carrying the money of a cash payment costs, as in 0.2."
    )
    till_per_day: Money | None = Field(
        None, description="What a till with a cashier costs a day, wages aside, as in 6."
    )
    machine: MachineCosts = Field(
        MachineCosts(), description="What a machine costs, as in {price: 15000, years: 7}."
    )
    floor: FloorCosts = Field(
        FloorCosts(), description="What the floor costs, as in {till_m2: 12, machine_m2: 4}."
    )
    shrink: ShrinkCosts = Field(
        ShrinkCosts(), description="What is lost of the sales, as in {staffed: 0.5 %}."
    )
    discount_rate: Share | None = Field(
        None, description="Interest on money tied up in machines, a year, as in 6 %."
    )
    days_per_year: Days | None = Field(None, description="How many such days a year has, as in 52.")
    open_days_per_year: Days | None = Field(
        None,
        description="How many days the shop is open a year, over which costs per year are spread; "
        "if empty, the days_per_year, as in 307.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> EconomicsSpec:
        refuse([*self._missing(), *self._too_much()])
        return self

    @property
    def spread_over_days(self) -> float | None:
        """The days a year over which costs per year are spread; None when they are not known."""
        return self.days_per_year if self.open_days_per_year is None else self.open_days_per_year

    def _missing(self) -> Iterator[Problem]:
        """What another key needs."""
        machine = self.machine
        if machine.years is None and not _empty(machine.price, machine.installation):
            yield _plain(("machine", "years"), "is missing: the price is spread over them")
        yearly = (machine.price, machine.installation, machine.maintenance_per_year)
        if self.spread_over_days is None and not _empty(*yearly, self.floor.value_per_m2_year):
            yield _plain(("days_per_year",), "is missing: costs per year are spread over the days")
        if self.value_per_item is None and not _empty(
            self.shrink.staffed, self.shrink.self_service
        ):
            yield _plain(("value_per_item",), "is missing: shrink is a share of the sales")
        if self.premium is not None and _empty(self.cashier_per_hour, self.attendant_per_hour):
            yield _plain(("premium",), "goes only with cashier_per_hour or attendant_per_hour")

    def _too_much(self) -> Iterator[Problem]:
        """What cannot be more than something else."""
        value, margin = self.value_per_item, self.margin_per_item
        if value is not None and margin is not None and margin > value:
            text = f"must be at most value_per_item, {value:g}"
            yield Problem(("margin_per_item",), text, margin)
        such, all_ = self.days_per_year, self.open_days_per_year
        if such is not None and all_ is not None and all_ < such:
            text = f"must be at least days_per_year, {such:g}"
            yield Problem(("open_days_per_year",), text, all_)


def _empty(*values: float | None) -> bool:
    return all(value is None for value in values)


def _plain(place: tuple[str, ...], text: str) -> Problem:
    return Problem(place, text, None, tell_value=False)
