"""What customers bring with them, whatever lanes they meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from simqueue.tables.table import Table, column


@dataclass(frozen=True, eq=False)
class Workload(Table):
    """One day's customers in order of arrival, and the raw draws that belong to them.

    `draws` gives further raw columns by name (`simqueue.chance.Draws`); it never depends on lanes.
    """

    arrival_s: NDArray[Any] = column("f8", "s", "arrival at the checkout area, from opening")
    segment: NDArray[Any] = column("i2", "code", "customer segment, in order of the file")
    items: NDArray[Any] = column("i4", "1", "articles in the basket")
    payment: NDArray[Any] = column("i1", "code", "how he pays (Payment)")
    alone: NDArray[Any] = column("?", "1", "whether he shops alone")
    considers_machines: NDArray[Any] = column("?", "1", "whether he would use self-service")
    u_limit: NDArray[Any] = column("f8", "1", "raw uniform: ignoring an item limit")
    u_choice: NDArray[Any] = column("f8", "1", "raw uniform: choice between equal lines")
    u_choice_again: NDArray[Any] = column("f8", "1", "raw uniform: the same, choosing again")
    place: NDArray[Any] = column("f8", "1", "where along the front he comes from, 0 to 1")
    value_of_time: NDArray[Any] = column("f8", "1", "1 = average; above 1 = more in a hurry")
    self_control: NDArray[Any] = column("f8", "1", "1 = average; multiplies tolerance")
    draws: Any = None
    segments: tuple[str, ...] = ("all",)
