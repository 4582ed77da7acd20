"""What the trade measures of a day, customer by customer, beside waits: pace, machines, helps."""

from __future__ import annotations

import numpy as np

from simqueue.study.day import Day
from simqueue.study.measures import Pair, Values, joined, measure
from simqueue.study.sales import at_staffed, paid
from simqueue.tables import Event

MINUTE_S = 60.0


def _pace(day: Day, among: Values) -> Pair:
    minutes = (day.log.end_s - day.log.start_s) / MINUTE_S
    return np.where(among, day.log.items, 0.0), np.where(among, minutes, 0.0)


@measure("1/min")
def items_per_minute(day: Day) -> Pair:
    """Articles per minute of service at tills with a cashier, payment included, gaps left out."""
    return _pace(day, paid(day) & at_staffed(day))


@measure("1/min")
def items_per_minute_machines(day: Day) -> Pair:
    """The same for customers at machines, waiting for help included."""
    return _pace(day, paid(day) & ~at_staffed(day))


@measure("share")
def self_service_sales_share(day: Day) -> Pair:
    """Share of the articles sold, and so of the sales, that are paid at a machine."""
    bought = paid(day)
    items = np.where(bought, day.log.items, 0.0)
    return np.where(at_staffed(day), 0.0, items), items


@measure("1")
def helps_per_100(day: Day) -> Pair:
    """Calls for an attendant per hundred customers served at machines."""
    among = paid(day) & ~at_staffed(day)
    callers = day.trace.customer[day.trace.event == Event.CALL]
    calls = np.bincount(callers, minlength=len(day.log))
    return np.where(among, 100.0 * calls, 0.0), among


@measure("share")
def wait_vs_benchmark(day: Day) -> Pair:
    """Mean wait of all who joined a line, as a share of the scenario's benchmark_wait."""
    benchmark_s = day.scenario.benchmark_wait or 0.0
    among = joined(day)
    return np.where(among, day.log.wait_s, 0.0), among * benchmark_s
