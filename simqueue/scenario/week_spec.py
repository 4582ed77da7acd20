"""What a planner writes about the days of a week: each is the scenario with some changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field, PlainValidator

from simqueue.fields import Problem, Spec, refuse
from simqueue.scenario.economics import Days

WEEKS_A_YEAR: Final = 52.0
MOST_KINDS: Final = 31
MOST_DAYS: Final = 7  # of one kind; a week has no more


def _count(value: object) -> int:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not 1 <= value <= MOST_DAYS:  # type: ignore[operator]  # whole implies a number
        raise ValueError(f"must be a whole number of days from 1 to {MOST_DAYS}")
    return value  # type: ignore[return-value]  # same


def _settings(value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError("must be a mapping, as in {arrivals.customers_per_day: 5464}")
    return {str(path): said for path, said in value.items()}


class WeekDaySpec(Spec):
    """A kind of day: how many of them a week has, and what is different on it."""

    silent: ClassVar[frozenset[str]] = frozenset({"days_per_year"})

    count: Annotated[int, BeforeValidator(_count)] = Field(
        1, description="How many such days a week has, as in 4."
    )
    days_per_year: Days | None = Field(
        None, description="How many such days a year has, as in 200; if empty, 52 times the count."
    )
    set: Annotated[dict[str, Any], PlainValidator(_settings)] = Field(
        default_factory=dict,
        description="What is different on it, as in {arrivals.customers_per_day: 5464}.",
    )

    @property
    def a_year(self) -> float:
        """How many such days a year has."""
        return WEEKS_A_YEAR * self.count if self.days_per_year is None else self.days_per_year


def slug_of(day: str) -> str:
    """The name of a kind of day for folders: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", day.lower()).strip("-")[:40]


def _week(value: object) -> object:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError("must be a mapping of days, as in {saturday: {count: 1, set: {...}}}")
    if len(value) > MOST_KINDS:
        raise ValueError(f"must have at most {MOST_KINDS} kinds of days")
    slugs = [slug_of(str(name)) for name in value]
    refuse(
        Problem(
            (str(name),), "must be a name with letters or digits, unlike the others", None, False
        )
        for k, name in enumerate(value)
        if not slugs[k] or slugs[k] in slugs[:k]
    )
    return {str(name): ({} if said is None else said) for name, said in value.items()}


Week = Annotated[dict[str, WeekDaySpec], BeforeValidator(_week)]
