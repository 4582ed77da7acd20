"""Which points of a space are tried: all of a grid, a Latin hypercube, or a Sobol sequence.

A design depends on what is varied and on nothing else: same study, same points.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.scenario.study_file import Sampling
from simqueue.scenario.study_values import Levels

SEED = 1  # of all designs: a study names its points, whatever seed its customers have
SOBOL, LATIN = "sobol", "latin_hypercube"
MOST_SOBOL_KEYS = 21_201  # as far as the direction numbers of Joe and Kuo (2008) go
Settings = tuple[Any, ...]


def count(vary: Mapping[str, Levels], sampling: Sampling) -> int:
    """How many points the design has."""
    if sampling.points is not None:
        return sampling.points
    return prod(len(levels.values) for levels in vary.values())


def settings(vary: Mapping[str, Levels], sampling: Sampling) -> list[Settings]:
    """What each key is set to at every point; in a full grid the last key varies fastest."""
    if sampling.points is None:
        return list(product(*(levels.values for levels in vary.values())))
    cube = uniforms(sampling.design, sampling.points, len(vary)).tolist()
    axes = list(vary.values())
    return [tuple(axis.at(u) for axis, u in zip(axes, row, strict=True)) for row in cube]


def uniforms(design: str, points: int, keys: int) -> NDArray[np.float64]:
    """The points of a Latin hypercube or of a scrambled Sobol sequence (Owen 1998).

    Shape (points, keys), each in [0, 1).
    """
    from scipy.stats import qmc

    method: Any = qmc.LatinHypercube if design == LATIN else qmc.Sobol
    return np.asarray(method(d=keys, seed=SEED).random(points), dtype=np.float64)


def is_balanced(sampling: Sampling) -> bool:
    """Whether a Sobol sequence has a power of two of points, which alone are balanced."""
    points = sampling.points or 1
    return sampling.design != SOBOL or points & (points - 1) == 0


def power_of_two_near(points: int) -> int:
    """The power of two next to a number of points, the smaller one where both are as near.

    >>> power_of_two_near(250), power_of_two_near(96), power_of_two_near(1)
    (256, 64, 1)
    """
    below = 1 << (points.bit_length() - 1)
    return below if points - below <= 2 * below - points else 2 * below
