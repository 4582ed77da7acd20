"""What a planner writes about the cashiers: closing tills, calling for help, breaks, trainees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, field_validator, model_validator

from simqueue import units
from simqueue.fields import (
    ByClock,
    Clock,
    Count,
    CountFrom1,
    NotNegative,
    Number,
    Problem,
    Seconds,
    Share,
    Spec,
    Text,
    reads,
    refuse,
    writes,
)
from simqueue.shop.pools import FromPool, Spare

LONGEST_TRAINEE = 10.0  # times as long; more is a slip of the pen


class BreakSpec(Spec):
    """A break of the cashier of one till."""

    till: CountFrom1 = Field(description="Number of the till within its lane, as in 1.")
    at: Clock = Field(description='When the break is due, as in "10:00".')
    lasts: Seconds = Field(description="How long the cashier rests, as in 15 min.")

    @field_validator("lasts")
    @classmethod
    def _some_time(cls, value: float) -> float:
        if value <= 0:
            raise ValueError("must be longer than 0 s")
        return value


class TraineesSpec(Spec):
    """Cashiers who are still learning."""

    share: Share = Field(description="Chance that a till of the lane has a trainee, as in 20 %.")
    pace: Number = Field(
        description="How many times as long a trainee needs for the same basket, as in 1.3."
    )

    @field_validator("pace")
    @classmethod
    def _slower(cls, value: float) -> float:
        if not 1 <= value <= LONGEST_TRAINEE:
            raise ValueError(f"must be a factor from 1 to {LONGEST_TRAINEE:g}")
        return value


class OnDemandSpec(Spec):
    """When another cashier is called to a till, and when he may go again."""

    silent: ClassVar[frozenset[str]] = frozenset({"spare"})

    lane: Text = Field(description="The staffed or express lane that is opened, as in staffed.")
    call_above: Annotated[NotNegative | None, reads("off"), writes("off")] = Field(
        2.0,
        description="Call when more people wait per open till than this, as in 2; or off.",
        json_schema_extra={"basis": "evidence", "source": "Antczak et al. 2020"},
    )
    waited_over: Annotated[Seconds | None, reads("off"), writes("off")] = Field(
        None, description="Call when somebody has waited longer than this, as in 4 min; or off."
    )
    close_below: NotNegative = Field(
        1.0,
        description="Close again when nobody waits there and fewer people wait per open till than "
        "this, as in 1.",
        json_schema_extra={"basis": "evidence", "source": "Antczak et al. 2020"},
    )
    walk: Seconds = Field(
        60.0,
        description="How long the cashier takes to come to the till, as in 60 s.",
        json_schema_extra={"basis": "evidence", "source": "about a minute: Antczak et al. 2020"},
    )
    stay: Seconds = Field(
        900.0,
        description="How long he stays at least, as in 15 min.",
        json_schema_extra={"basis": "assumption"},
    )
    spare: Spare | None = Field(
        None,
        description="How many cashiers can be called, all day, as in 4; or whoever is free of a "
        "pool, as in {pool: floor}; or give on_duty.",
    )

    @model_validator(mode="after")
    def _some_reason(self) -> OnDemandSpec:
        if self.call_above is None and self.waited_over is None:
            raise ValueError("must have call_above or waited_over, or be off")
        return self


def _at_clock_times(value: object) -> object:
    """A table by clock time or nothing; one number would say nothing about when."""
    if value is None or isinstance(value, ByClock):
        return value
    if not isinstance(value, Mapping) or not any(map(units.looks_like_clock, value)):
        raise ValueError('must say how many begin when, as in {"06:00": 6, "14:00": 4}')
    return value


def _written(table: ByClock[int] | None) -> dict[str, int] | None:
    return None if table is None else {units.clock_text(time): n for time, n in table.points}


OnDuty = Annotated[
    ByClock[Count] | None, BeforeValidator(_at_clock_times), PlainSerializer(_written)
]


class StaffingSpec(Spec):
    """How tills are opened and closed beyond the roster, and who helps in several places."""

    silent: ClassVar[frozenset[str]] = frozenset({"on_duty", "shift"})

    on_close: Literal["finish_line", "finish_current"] = Field(
        "finish_line",
        description="A till that closes serves its line out, as in finish_line; or only the one "
        "it serves, and the others choose again (finish_current).",
        json_schema_extra={"basis": "assumption"},
    )
    on_demand: Annotated[OnDemandSpec | None, reads("off"), writes("off")] = Field(
        None,
        description="Whether cashiers are called when lines grow, as in {lane: staffed, "
        "call_above: 2, spare: 4}; or off.",
    )
    on_duty: OnDuty = Field(
        None,
        description="How many cashiers begin a shift at which time and can be called, as in "
        '{"06:00": 6, "10:00": 2}.',
    )
    shift: Seconds | None = Field(None, description="How long such a shift lasts, as in 4 h.")
    pools: dict[str, ByClock[Count]] = Field(
        default_factory=dict,
        description="Staff whom several places share, by name: how many are there, as in {floor: "
        '{"08:00": 2, "16:00": 3}}.',
    )

    @field_validator("shift")
    @classmethod
    def _some_time(cls, value: float | None) -> float | None:
        if value is not None and value <= 0:
            raise ValueError("must be longer than 0 s")
        return value

    @model_validator(mode="after")
    def _who_can_be_called(self) -> StaffingSpec:
        problems = []
        spare = None if self.on_demand is None else self.on_demand.spare
        if self.on_demand is not None and spare is None and self.on_duty is None:
            text = "is missing: say how many cashiers can be called, or give staffing.on_duty"
            problems.append(Problem(("on_demand", "spare"), text, None, tell_value=False))
        if spare is not None and self.on_duty is not None:
            text = "does not go together with on_demand.spare"
            problems.append(Problem(("on_duty",), text, None, tell_value=False))
        if self.on_duty is not None and self.shift is None:
            text = "is missing: on_duty needs it"
            problems.append(Problem(("shift",), text, None, tell_value=False))
        if self.on_duty is None and self.shift is not None:
            problems.append(Problem(("shift",), "goes only with on_duty", None, tell_value=False))
        refuse(problems)
        return self

    @property
    def has_spare(self) -> bool:
        """Whether there is ever a cashier who can be called."""
        spare = None if self.on_demand is None else self.on_demand.spare
        if isinstance(spare, FromPool):
            return any(self.pools.get(spare.pool, ByClock.always(0)).values())
        return (spare or 0) > 0 or (self.on_duty is not None and any(self.on_duty.values()))
