"""What a planner writes about things that go wrong: breakdowns, checks, failures, outages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from simqueue.chance import Dimension, Distribution, DurationDistribution
from simqueue.chance.distributions import read as read_distribution
from simqueue.fields import (
    Clock,
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
from simqueue.shop.pools import FromPool

ALL_OF_IT = 1e-3  # seconds: a time between breakdowns below this is a slip of the pen


def _about(text: str) -> Distribution:
    return read_distribution({"about": text}, Dimension.DURATION)


class BreakdownsSpec(Spec):
    """How often each till or machine of a lane breaks down, and for how long."""

    time_between: DurationDistribution = Field(
        description="Time a till or machine works until it breaks down, as in "
        "{exponential: {mean: 40 h}}."
    )
    repair: DurationDistribution = Field(
        description="How long it then stands still, as in {about: 10 min}."
    )
    when: Literal["always", "busy"] = Field(
        "always",
        description="Whether it may break down at any time, as in always; or only with a customer "
        "there (busy).",
        json_schema_extra={"basis": "assumption"},
    )
    customer: Literal["waits", "sent_on"] = Field(
        "waits",
        description="What becomes of the customer being served: he waits, as in waits; or is sent "
        "on to another line, where he begins anew (sent_on).",
        json_schema_extra={"basis": "assumption"},
    )
    explained: Switch = Field(
        False, description="Whether people are told why nothing moves, as in yes."
    )

    @model_validator(mode="after")
    def _some_time(self) -> BreakdownsSpec:
        if self.time_between.mean < ALL_OF_IT:
            refuse([Problem(("time_between",), "must have a mean above 0 s", None, False)])
        return self


class PriceChecksSpec(Spec):
    """How often a cashier has to stop and ask for a price."""

    chance: Share = Field(0.0, description="Share of transactions that need one, as in 2 %.")
    per_item: Share = Field(0.0, description="Chance of needing one for each item, as in 0.1 %.")
    takes: DurationDistribution = Field(
        _about("60 s"),
        description="How long the check takes once somebody attends to it, as in {about: 60 s}.",
        json_schema_extra={"basis": "assumption"},
    )
    at: Share | None = Field(
        None, description="When in the transaction, as a share of it; drawn if empty, as in 50 %."
    )
    staff: FromPool | None = Field(
        None,
        description="Who has to come for it, as in {pool: floor}; without it the cashier asks "
        "himself.",
    )

    @model_validator(mode="after")
    def _somebody(self) -> PriceChecksSpec:
        if self.chance == 0 and self.per_item == 0:
            raise ValueError("must have a chance or a chance per_item above 0, or be off")
        return self


class AgeChecksSpec(Spec):
    """What it takes at a machine to sell what not everybody may buy."""

    takes: DurationDistribution = Field(
        _about("15 s"),
        description="How long an attendant takes to check an age, as in {about: 15 s}.",
        json_schema_extra={"basis": "assumption"},
    )
    at: Share | None = Field(
        None, description="When in the transaction, as a share of it; drawn if empty, as in 50 %."
    )


class RechecksSpec(Spec):
    """How often staff look through a basket that the customer has scanned in the shop."""

    chance: Share = Field(
        0.1,
        description="Share of customers who are looked at, as in 10 %.",
        json_schema_extra={"basis": "assumption"},
    )
    takes: DurationDistribution = Field(
        _about("60 s"),
        description="How long that takes, as in {about: 60 s}.",
        json_schema_extra={"basis": "assumption"},
    )
    at: Share | None = Field(
        0.0,
        description="When in the transaction, as a share of it; drawn if empty, as in 0 %: before "
        "paying.",
        json_schema_extra={"basis": "assumption"},
    )


class SendsFailedToSpec(Spec):
    """Customers whose transaction fails at the machine and who pay at a till instead."""

    lane: Text = Field(description="The staffed or express lane they are sent to, as in staffed.")
    chance: Share = Field(description="Share of transactions at the machines that fail, as in 2 %.")
    walk: Seconds = Field(
        20.0,
        description="How long it takes them to walk over, as in 20 s.",
        json_schema_extra={"basis": "assumption"},
    )

    @model_validator(mode="after")
    def _some(self) -> SendsFailedToSpec:
        if self.chance == 0:
            raise ValueError("must have a chance above 0, or be off")
        return self


class OutageSpec(Spec):
    """A time when no till and no machine works, or when none takes cards."""

    silent: ClassVar[frozenset[str]] = frozenset({"lasts", "until", "without_card", "carry_cash"})

    at: Clock = Field(description='When it begins, as in "12:00".')
    lasts: Seconds | None = Field(None, description="How long it lasts, as in 20 min.")
    until: Clock | None = Field(None, description='When it ends, as in "12:20"; or give lasts.')
    what: Literal["all", "cards"] = Field(
        "all",
        description="What fails: all tills and machines, as in all; or only paying without cash "
        "(cards).",
    )
    without_card: Literal["waits", "leaves"] | None = Field(
        None,
        description="What somebody does who cannot pay: he waits at the till, as in waits; or "
        "leaves his shopping there (leaves).",
        json_schema_extra={"basis": "assumption"},
    )
    carry_cash: Share | None = Field(
        None,
        description="Share of those who pay without cash and have enough of it with them, as in "
        "50 %.",
        json_schema_extra={"basis": "assumption"},
    )
    explained: Switch = Field(
        False, description="Whether people are told what is wrong, as in yes."
    )

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: Any) -> Any:  # noqa: ANN401 - anything in the file
        """Fill in what only an outage of cards has."""
        if not isinstance(data, Mapping) or data.get("what") != "cards":
            return data
        given = {key: value for key, value in data.items() if value is not None}
        return {"without_card": "waits", "carry_cash": "50 %", **given}

    @model_validator(mode="after")
    def _fits(self) -> OutageSpec:
        problems = []
        if self.lasts is None and self.until is None:
            problems.append(Problem(("lasts",), "is missing", None, tell_value=False))
        if self.lasts is not None and self.until is not None:
            text = "does not go together with lasts"
            problems.append(Problem(("until",), text, None, tell_value=False))
        if self.lasts == 0:
            problems.append(Problem(("lasts",), "must be longer than 0 s", "0 s"))
        if self.until is not None and self.until <= self.at:
            problems.append(Problem(("until",), "must be later than at", None, tell_value=False))
        if self.what == "all":
            problems += [
                Problem((name,), "goes only with what: cards", None, tell_value=False)
                for name in ("without_card", "carry_cash")
                if getattr(self, name) is not None
            ]
        refuse(problems)
        return self

    def default_of(self, name: str) -> object:
        """What the field would be if nothing were given; two go only with an outage of cards."""
        of_cards = {"without_card": "waits", "carry_cash": 0.5} if self.what == "cards" else {}
        return of_cards.get(name, super().default_of(name))

    @property
    def lasts_s(self) -> float:
        """How long it lasts."""
        if self.lasts is not None:
            return self.lasts
        return float((self.until or 0) - self.at)


Off = (reads("off"), writes("off"))
Breakdowns = Annotated[BreakdownsSpec | None, *Off]
PriceChecks = Annotated[PriceChecksSpec | None, *Off]
SendsFailedTo = Annotated[SendsFailedToSpec | None, *Off]
