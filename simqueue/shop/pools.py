"""Staff whom several places share: a named pool, of whom whoever is free comes when called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from simqueue import units
from simqueue.fields import ByClock, Count, Spec, Text


class FromPool(Spec):
    """The staff of a pool under `staffing.pools`."""

    pool: Text = Field(description="Name of the pool under staffing.pools, as in floor.")


def _by_clock_or_pool(value: Any) -> str:  # noqa: ANN401 - anything in the file
    if isinstance(value, FromPool):
        return "(pool)"
    named = isinstance(value, Mapping) and not any(map(units.looks_like_clock, value))
    return "(pool)" if named else "(staff)"


def _number_or_pool(value: Any) -> str:  # noqa: ANN401 - anything in the file
    return "(pool)" if isinstance(value, (Mapping, FromPool)) else "(staff)"


Attendants = Annotated[
    Annotated[ByClock[Count], Tag("(staff)")] | Annotated[FromPool, Tag("(pool)")],
    Discriminator(_by_clock_or_pool),
]
Spare = Annotated[
    Annotated[Count, Tag("(staff)")] | Annotated[FromPool, Tag("(pool)")],
    Discriminator(_number_or_pool),
]
