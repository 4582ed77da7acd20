"""What is settled about single visits before lanes are compiled: by a trace, or by what failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Known:
    """Arrays of shape (R,), one entry per visit; None where nothing is settled for anybody."""

    lane: NDArray[np.int64] | None = None  # the only lane he may use; -1 = he is free
    service_s: NDArray[np.float64] | None = None  # at whatever lane; nan = as the lane has it
    scans: Flags | None = None  # whether he scans as he shops
    age_share: NDArray[np.float64] | None = None  # share of people like him whose age is checked
    members: Flags | None = None  # who may use lanes for members; None = nobody

    def taken(self, rows: Any) -> Known:  # noqa: ANN401 - whatever indexes an array
        """What is known of some of the visits."""
        return Known(**{k: None if v is None else v[rows] for k, v in vars(self).items()})
