"""What the trade measures of a day, customer by customer, beside waits: pace, machines, helps."""

from __future__ import annotations

import numpy as np

from simqueue.study.cells import Among
from simqueue.study.day import Day
from simqueue.study.measures import Pair, Values, joined, mean, measure
from simqueue.study.sales import at_staffed, paid
from simqueue.tables import Event


def _pace(day: Day, among: Values) -> Pair:
    return Among(day.log.items, among), Among(day.service_min, among)


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
    items, bought = day.log.items, paid(day)
    return Among(items, bought & ~at_staffed(day)), Among(items, bought)


@measure("1")
def helps_per_100(day: Day) -> Pair:
    """Calls for an attendant per hundred customers served at machines."""
    among = paid(day) & ~at_staffed(day)
    callers = day.trace.customer.take(day.rows_of(Event.CALL))
    return mean(100.0 * np.bincount(callers, minlength=len(day.log)), among)


@measure("share")
def wait_vs_benchmark(day: Day) -> Pair:
    """Mean wait of all who joined a line, as a share of the scenario's benchmark_wait."""
    benchmark_s = day.scenario.benchmark_wait or 0.0
    among = joined(day)
    return Among(day.log.wait_s, among), among * benchmark_s
