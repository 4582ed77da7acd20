"""What a planner writes under `experience`: how the wait is meant to feel, who is asked when."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from pydantic import Field, field_serializer, field_validator

from simqueue.experience.parameters import Parameters, faults
from simqueue.fields import (
    LATER,
    Number,
    Problem,
    Seconds,
    Spec,
    Spread,
    Switch,
    off_as_none,
    refuse,
)
from simqueue.registry import did_you_mean

FORMS = ("judged-wait", "linear", "power", "gap", "none")
LATER_FORMS = (
    "log",
    "affine",
    "peak-end",
    "expectation-only",
    "acceptability-only",
    "zone-of-tolerance",
    "antonides",
    "central-tendency",
)


class WaitDisplay(Spec):
    """A sign that shows people on joining how long they will wait."""

    rounds_to: Seconds = Field(
        60.0,
        description="The sign shows multiples of this, as in 1 min.",
        json_schema_extra={"basis": "assumption"},
    )
    error_cv: Spread = Field(
        0.2,
        description="Typical error of the sign as a share of the wait, as in 0.2.",
        json_schema_extra={"basis": "assumption"},
    )


class Propositions(Spec):
    """Which of Maister's (1985) propositions act; each has one home.

    Minutes: occupied, moving, in_process, known. Judgement: fairness, explanation, anxiety,
    last_place. Tolerance: value. Company is neutral unless it is told to act.
    """

    occupied: Switch = Field(
        True,
        description="Whether waiting with something to look at feels shorter, as in off.",
        json_schema_extra={
            "basis": "evidence",
            "source": "Borges et al. 2015; against: Pruyn, Smidts 1998",
        },
    )
    moving: Switch = Field(
        True,
        description="Whether waiting in a line that moves feels shorter, as in off.",
        json_schema_extra={
            "basis": "evidence",
            "source": "van der Bijl et al. 2011; Soman, Shi 2003",
        },
    )
    in_process: Switch = Field(
        True,
        description="Whether waiting after the service began feels shorter, as in off.",
        json_schema_extra={"basis": "evidence", "source": "Dube-Rioux et al. 1989"},
    )
    known: Switch = Field(
        True,
        description="Whether a wait whose length is displayed feels shorter, as in off.",
        json_schema_extra={
            "basis": "evidence",
            "source": "Watkins et al. 2011; against: Hui, Zhou 1996",
        },
    )
    fairness: Switch = Field(
        True,
        description="Whether being overtaken in one's own kind of line annoys, as in off.",
        json_schema_extra={
            "basis": "evidence",
            "source": "Pruyn, Smidts 1993; how much is an assumption",
        },
    )
    explanation: Switch = Field(
        True,
        description="Whether a stoppage that nobody explains annoys, as in off.",
        json_schema_extra={"basis": "evidence", "source": "Taylor 1994; how much is an assumption"},
    )
    anxiety: Switch = Field(
        True,
        description="Whether several lines make people wonder about the others, as in off.",
        json_schema_extra={"basis": "assumption", "source": "Maister 1985"},
    )
    last_place: Switch = Field(
        True,
        description="Whether waiting with nobody behind one is worse, as in off.",
        json_schema_extra={"basis": "evidence", "source": "Buell 2021"},
    )
    value: Switch = Field(
        True,
        description="Whether a longer wait is acceptable for a full trolley, as in off.",
        json_schema_extra={"basis": "assumption", "source": "Maister 1985"},
    )
    company: Literal["neutral", "acts"] = Field(
        "neutral",
        description="Whether company changes how long a wait feels, as in acts.",
        json_schema_extra={
            "basis": "assumption",
            "source": "Maister 1985 against Pruyn, Smidts 1999",
        },
    )


class ExperienceSpec(Spec):
    """The block `experience` of a scenario, complete and checked."""

    model: str = Field(
        "judged-wait",
        description="Form of the psychology, as in power: see `simqueue list perception`.",
        json_schema_extra={
            "basis": "assumption",
            "source": "one of several forms: docs/psychology.md",
        },
    )
    occupied: Switch = Field(
        False, description="Whether there is something to look at in the queue, as in yes."
    )
    stoppages_explained: Switch = Field(
        False,
        description="Whether staff say why when something holds up a line, as in yes.",
    )
    wait_display: WaitDisplay | None = Field(
        None, description="A sign with the wait, as in {rounds_to: 1 min, error_cv: 0.2}, or off."
    )
    expected_wait: Seconds = Field(
        240.0,
        description="How long a wait people would say they expect, as in 4 min.",
        json_schema_extra={
            "basis": "assumption",
            "source": "US shoppers said just under 5 min in 2009",
        },
    )
    asked: Literal["at_till", "same_day", "next_day"] = Field(
        "at_till", description="When the customers are asked for their opinion, as in next_day."
    )
    propositions: Propositions = Field(
        Propositions(),
        description="Which ideas on the psychology of waiting act, as in {anxiety: off}.",
    )
    parameters: dict[str, Number] = Field(
        default_factory=dict,
        description="Your own numbers, as in {rho: 1.3}; see docs/psychology.md.",
    )

    @field_validator("model")
    @classmethod
    def _known_form(cls, value: str) -> str:
        if value in LATER_FORMS:
            raise ValueError(LATER)
        if value not in FORMS:
            raise ValueError(f"must be one of {', '.join(FORMS)}{did_you_mean(value, FORMS)}")
        return value

    @field_validator("wait_display", mode="before")
    @classmethod
    def _off_is_none(cls, value: object) -> object:
        return off_as_none(value)

    @field_serializer("wait_display", mode="wrap")
    def _none_is_off(self, value: object, write: Any) -> object:  # noqa: ANN401 - pydantic's own writer
        return "off" if value is None else write(value)

    @field_validator("expected_wait")
    @classmethod
    def _within_limits(cls, value: float) -> float:
        if not 1.0 <= value <= 36000.0:
            raise ValueError("must be between 1 s and 10 h")
        return value

    @field_validator("parameters")
    @classmethod
    def _known_parameters(cls, values: dict[str, float]) -> dict[str, float]:
        found = faults(values)
        refuse((Problem((name,), text, values[name]) for name, text in found.items()), "parameters")
        return values

    def central(self) -> Parameters:
        """The central values, with this block's own numbers written over them."""
        return _central(tuple(self.parameters.items()))


@lru_cache(maxsize=64)  # every day of a run asks several times
def _central(overrides: tuple[tuple[str, float], ...]) -> Parameters:
    return Parameters(dict(overrides))
