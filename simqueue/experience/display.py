"""The sign that tells people on joining how long they will wait."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simqueue.chance.streams import Draws
from simqueue.experience.spec import ExperienceSpec

Floats = NDArray[np.float64]


def displayed_wait_s(wait_s: Floats, spec: ExperienceSpec, draws: Draws | None) -> Floats:
    """The wait each customer is shown, in clock seconds, shape (N,); nan where none is shown.

    The true wait times a lognormal error with mean 1 and coefficient of variation `error_cv`
    (right on average, not in the median), then the nearest multiple of `rounds_to`, halves up.
    For somebody who gave up, the wait until he left stands in for the true one, which nobody
    knows; it counts as a sign that he saw, never as a promise (see `judgement`).
    """
    if spec.wait_display is None:
        return np.full(len(wait_s), np.nan)
    variance = np.log1p(spec.wait_display.error_cv**2)
    shown: Floats = np.asarray(wait_s, dtype=np.float64)
    if variance > 0.0 and draws is not None:
        z = draws.normal("display_error", len(wait_s))
        shown = shown * np.exp(np.sqrt(variance) * z - variance / 2.0)
    step = spec.wait_display.rounds_to
    return np.floor(shown / step + 0.5) * step if step > 0.0 else shown
