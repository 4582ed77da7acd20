"""What was sold on one day and what was not: items and payments of those who paid or left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simqueue.study.cells import Among, Column
from simqueue.study.day import Day
from simqueue.tables import Payment

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
    return day.paid


def at_staffed(day: Day) -> NDArray[np.bool_]:
    """Customers whose lane has a cashier; shape (N,)."""
    return day.at_staffed


def goods(day: Day) -> dict[str, Column]:
    """Items paid for, items in lost baskets and payments in cash of each customer; (N,) each."""
    items = day.log.items
    found = (Among(items, day.paid), Among(items, day.lost),
             day.paid & (day.log.payment == int(Payment.CASH)))  # fmt: skip
    return dict(zip(GOODS, found, strict=True))


def sales(day: Day, goods: dict[str, float]) -> Sales:
    """The sales of a day whose goods have been added up over all of its customers."""
    staffed = paid(day) & at_staffed(day)
    items, lost_items, cash = (goods[name] for name in GOODS)
    return Sales(items, float(np.sum(day.log.items[staffed])), lost_items, cash)
