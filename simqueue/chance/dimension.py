"""What the numbers of a distribution are: durations, items, or plain factors."""

from __future__ import annotations

from enum import Enum

from simqueue import units

MOST_ITEMS = 100_000.0


class Dimension(Enum):
    """What the values of a distribution are."""

    DURATION = "duration"
    ITEMS = "items"
    FACTOR = "factor"

    def read(self, value: object) -> float:
        """One parameter with the unit of this dimension; ValueError when it has not."""
        if self is Dimension.DURATION:
            return units.seconds(value)
        found = units.number(value)
        if found < 0:
            raise ValueError("must not be negative")
        if self is Dimension.ITEMS and found > MOST_ITEMS:
            raise ValueError(f"must be at most {MOST_ITEMS:,.0f} items")
        return found

    def write(self, value: float) -> object:
        """The parameter as text or number that `read` turns into the same value."""
        if self is Dimension.DURATION:
            return units.duration_text(value)
        return units.number_text(value)

    @property
    def example(self) -> str:
        """How such a distribution may be written."""
        return {
            Dimension.DURATION: "{half_up_to: 8 min, nine_in_ten_up_to: 15 min}",
            Dimension.ITEMS: "{half_up_to: 4, nine_in_ten_up_to: 10}",
            Dimension.FACTOR: "{lognormal: {mean: 1, cv: 0.3}}",
        }[self]
