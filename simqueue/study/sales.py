"""What was sold on one day and what was not: items and payments of those who paid or left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.study.day import Day
from simqueue.tables import Ending, Kind, Payment

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
GOODS = ("items_served", "lost_items", "cash_payments")


@dataclass(frozen=True)
class Sales:
    """Items and payments of one day."""

    items: float  # paid for
    staffed_items: float  # of them at a till with a cashier
    lost_items: float  # in the baskets of those who left without paying
    cash_payments: float


def paid(day: Day) -> NDArray[np.bool_]:
    """Customers who paid at a till or a machine; shape (N,)."""
    at_checkouts = day.counted & (day.log.stop == 0)
    return np.asarray(at_checkouts & (day.log.ending == Ending.SERVED))


def at_staffed(day: Day) -> NDArray[np.bool_]:
    """Customers whose lane has a cashier; shape (N,)."""
    kind = day.kind_of_customer
    return np.asarray((kind == Kind.STAFFED) | (kind == Kind.EXPRESS))


def goods_by_group(day: Day, group: Integers, n: int) -> dict[str, Floats]:
    """Items paid for, items in lost baskets and payments in cash of each group; shape (n,) each.

    `group` (N,) is the group of each customer, -1 = none.
    """
    ending, items = day.log.ending, day.log.items.astype(np.float64)
    bought = paid(day)
    lost = (day.log.stop == 0) & ((ending == Ending.BALKED) | (ending == Ending.RENEGED))

    def added(values: Floats, among: NDArray[Any]) -> Floats:
        rows = np.flatnonzero(among & (group >= 0))
        return np.bincount(group[rows], values[rows], minlength=n).astype(np.float64)

    cash = bought & (day.log.payment == Payment.CASH)
    found = (added(items, bought), added(items, lost), added(np.ones(len(items)), cash))
    return dict(zip(GOODS, found, strict=True))


def sales(day: Day, goods: dict[str, Floats]) -> Sales:
    """The sales of a day whose goods have been added up over all of its customers."""
    staffed = paid(day) & at_staffed(day)
    items, lost_items, cash = (float(goods[name][0]) for name in GOODS)
    return Sales(items, float(np.sum(day.log.items[staffed])), lost_items, cash)
