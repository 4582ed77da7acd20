"""Values for the parameters of the psychology: central, overridden, or drawn from the ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simqueue.experience.parameter_table import TABLE, Parameter
from simqueue.registry import did_you_mean

# One "attention to time" drives these together, so their ranks are drawn with correlation .5.
ATTENTION: Final = ("m_occupied", "m_progress", "m_inprocess", "m_known")
RANK_CORRELATION: Final = 0.5


class Parameters(Mapping[str, float]):
    """One value for each parameter, read-only; the central values unless given otherwise.

    Raises KeyError for a name that `TABLE` does not hold.

    >>> Parameters()["rho"], Parameters(rho=1.2)["rho"]
    (1.36, 1.2)
    """

    def __init__(self, given: Mapping[str, float] | None = None, /, **named: float) -> None:
        chosen = {**(given or {}), **named}
        for name in chosen:
            if name not in TABLE:
                raise KeyError(f"no parameter {name!r}{did_you_mean(name, TABLE)}")
        self._values = {name: float(chosen.get(name, p.central)) for name, p in TABLE.items()}

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        moved = {n: v for n, v in self._values.items() if v != TABLE[n].central}
        return f"Parameters({moved})"

    def replaced(self, **named: float) -> Parameters:
        """The same with some values changed."""
        return Parameters(self._values, **named)


def faults(overrides: Mapping[str, float]) -> dict[str, str]:
    """What is wrong with overrides, by name: unknown names and values outside physical limits."""
    found = {}
    for name, value in overrides.items():
        known = TABLE.get(name)
        if known is None:
            found[name] = f"no such parameter{did_you_mean(name, TABLE)}"
        elif not known.settable:
            found[name] = "is set by 'expected_wait' of the experience or of a segment"
        elif not known.at_least <= value <= known.at_most:  # false for nan too
            found[name] = f"must be between {known.at_least:g} and {known.at_most:g}"
    return found


def loss_gain_ratio(p: Mapping[str, float]) -> float:
    """Points lost per points won, per unit of ln, beyond both expectation and tolerance.

    >>> round(loss_gain_ratio(Parameters()), 12)
    1.6
    """
    return p["lambda"] + p["ka"] / p["k"] if p["k"] > 0 else np.inf


def draw_parameters(
    n: int = 200, seed: int = 0, overrides: Mapping[str, float] | None = None
) -> list[Parameters]:
    """Draw n sets of parameters from their ranges, always the same for the same n and seed.

    Each parameter follows a two-piece normal distribution: its median is the central value, low
    and high are its 5 % and 95 % points, cut at three standard deviations and at the physical
    limits. (Reading low and high as hard limits of, say, a triangle would claim more certainty
    than the studies give.) The draws form a Latin hypercube: each n-th part of a distribution is
    met exactly once, so 200 draws are enough for a 5-95 % range. The attention factors have rank
    correlations of about .5, everything else is independent. Overrides stay fixed: the person
    who typed a number is taken at his word.
    """
    from scipy.special import ndtri

    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    normal = generator.standard_normal((n, len(TABLE) + 1))
    within = generator.random((n, len(TABLE)))
    # Pearson correlation of normals whose ranks correlate by the wanted value.
    shared = 2.0 * np.sin(np.pi * RANK_CORRELATION / 6.0)
    columns: dict[str, NDArray[np.float64]] = {}
    for number, (name, parameter) in enumerate(TABLE.items()):
        z = normal[:, number]
        if name in ATTENTION:
            z = np.sqrt(shared) * normal[:, -1] + np.sqrt(1.0 - shared) * z
        rank = np.argsort(np.argsort(z))
        columns[name] = _two_piece(parameter, ndtri((rank + within[:, number]) / n))
    fixed = dict(overrides or {})
    return [Parameters({name: v[i] for name, v in columns.items()} | fixed) for i in range(n)]


def _two_piece(parameter: Parameter, z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of a parameter for standard normal values z."""
    z = np.clip(z, -3.0, 3.0) / 1.6448536269514722  # 95 % point of the normal distribution
    below, above = parameter.central - parameter.low, parameter.high - parameter.central
    values = parameter.central + np.where(z < 0.0, below, above) * z
    return np.asarray(np.clip(values, parameter.at_least, parameter.at_most))
