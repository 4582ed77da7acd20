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
