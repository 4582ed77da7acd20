"""What customers bring with them, whatever lanes they meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from simqueue.tables.table import Table, column


@dataclass(frozen=True, eq=False)
class Visits(Table):
    """How the rows of a workload hang together when people make several visits; R rows.

    Rows that come at a given time stand first, in order of arrival.
    """

    customer: NDArray[Any] = column("i4", "row", "the person; rows of one person share it")
    stop: NDArray[Any] = column("i2", "code", "0 = checkouts; stations; last = returns desk")
    after: NDArray[Any] = column("i4", "row", "visit that comes before; -1 = comes at arrival_s")
    delay_s: NDArray[Any] = column("f8", "s", "time between that visit and this one")
    condition: NDArray[Any] = column("i1", "code", "after which end of it he comes (Condition)")


@dataclass(frozen=True, eq=False)
class Workload(Table):
    """One day's customers in order of arrival, and the raw draws that belong to them.

    One row per visit: a customer at the checkouts, unless `visits` says otherwise. `draws` gives
    further raw columns by name (`simqueue.chance.Draws`); it never depends on lanes.
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
    visits: Visits | None = None
    segments: tuple[str, ...] = ("all",)
