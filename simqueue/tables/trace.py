"""What an engine hands over: everything that happened, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.tables.codes import Event
from simqueue.tables.table import Table, column


@dataclass(frozen=True, eq=False)
class Trace(Table):
    """Facts of one day in the order in which they happened; -1 where a column does not apply."""

    time_s: NDArray[Any] = column("f8", "s", "seconds from opening")
    event: NDArray[Any] = column("i1", "code", "what happened (Event)")
    customer: NDArray[Any] = column("i4", "row", "customer, numbered by arrival")
    line: NDArray[Any] = column("i4", "row", "line, in order of lane and till")
    server: NDArray[Any] = column("i4", "row", "till or machine; for BALK the reason (Why)")

    def arrivals(self) -> NDArray[np.bool_]:
        """Rows where a customer first joins a line, or turns away."""
        rows = np.flatnonzero((self.event == Event.JOIN) | (self.event == Event.BALK))
        customer = self.customer[rows]
        first = np.full(customer.max(initial=-1) + 1, -1)
        first[customer[::-1]] = rows[::-1]  # the earliest is written last, and stays
        mask = np.zeros(len(self), dtype=np.bool_)
        mask[first[first >= 0]] = True
        return mask
