"""Waits at one till by Lindley's recursion (1952): days whose truth is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
WARM_UP = 60  # customers before the stopwatch starts; enough for a till occupied half the time


def waits(
    rng: np.random.Generator, days: int, n: int, between_s: float, service_s: float
) -> Floats:
    """Waits of n customers in a row on each day, M/M/1 with these means; shape (days, n).

    Wait of the next = max(0, wait + service - time between the two).
    """
    between = rng.exponential(between_s, (days, WARM_UP + n))
    service = rng.exponential(service_s, (days, WARM_UP + n))
    wait = np.zeros((days, WARM_UP + n))
    for k in range(1, WARM_UP + n):
        wait[:, k] = np.maximum(0.0, wait[:, k - 1] + service[:, k - 1] - between[:, k])
    return wait[:, WARM_UP:]
