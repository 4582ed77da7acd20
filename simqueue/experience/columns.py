"""Columns on their way into a table: nan where a thing is not known, and no copies."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simqueue.tables import settled

Floats = NDArray[np.float64]


def where_known(known: NDArray[np.bool_], columns: Mapping[str, Floats]) -> dict[str, Floats]:
    """The columns, shape (N,) each, with nan wherever the mask says so; handed over to a table.

    Where everything is known they are the very arrays that were given, read-only from now on.
    """
    if known.all():
        return {name: settled(values) for name, values in columns.items()}
    return {name: settled(np.where(known, values, np.nan)) for name, values in columns.items()}


def selected(values: Floats, mask: NDArray[np.bool_]) -> Floats:
    """The values of a mask, shape (N,) both; the values themselves where that is everybody."""
    return values if mask.all() else values[mask]
