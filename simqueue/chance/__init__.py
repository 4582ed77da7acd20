"""Chance: raw draws by name, and the distributions that turn them into values."""

from simqueue.chance.dimension import Dimension
from simqueue.chance.distributions import (
    Distribution,
    DurationDistribution,
    FactorDistribution,
    ItemsDistribution,
)
from simqueue.chance.streams import COLUMNS, Draws, DrawsApart

__all__ = [
    "COLUMNS",
    "Dimension",
    "Distribution",
    "Draws",
    "DrawsApart",
    "DurationDistribution",
    "FactorDistribution",
    "ItemsDistribution",
]
