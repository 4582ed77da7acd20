"""Whether an alternative pays: the difference of costs, and how soon machines are paid for.

Days are paired by replication: both studies must have seen the same customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan, nan

import numpy as np
from numpy.typing import NDArray

from simqueue.scenario import Scenario
from simqueue.study.costs import (
    COSTS,
    LABELS,
    NotCounted,
    annuity,
    capital_per_machine,
    counted,
    n_machines,
    not_comparable,
    not_counted,
    parts_left_out,
)
from simqueue.study.interval import Estimate, interval
from simqueue.study.study import Study

Floats = NDArray[np.float64]
MONTHS = 12.0


@dataclass(frozen=True)
class CostDifference:
    """Other minus base, in money; below 0 the other is cheaper. Only what counts in both."""

    per_day: Estimate
    per_year: Estimate
    items: dict[str, Estimate]  # by measure, per day
    counted: tuple[str, ...]
    not_counted: list[NotCounted]
    currency: str


@dataclass(frozen=True)
class Payback:
    """How long until the savings have paid for the machines; range from the 95 % interval."""

    months: float  # inf = never, nan = not known (see `why`)
    low: float
    high: float
    investment: float
    saving_per_year: Estimate  # of what is paid year by year; the machines' price aside
    why: str = ""


def cost_difference(base: Study, other: Study) -> CostDifference:
    """By how much the other costs more a day and a year, with 95 % intervals over paired days.

    An item counts only where both scenarios count it (or do not need it), so that half a cost never
    speaks for one of them. ValueError when the currencies differ.
    """
    currency = _currency(base, other)
    both = comparable(base.scenario, other.scenario)
    items = {name: interval(_paired(base, other, name), "money") for name in both}
    total = _total(base, other, both)
    return CostDifference(
        interval(total, "money"),
        interval(total * _days(base.scenario), "money"),
        items,
        both,
        _left_out(base.scenario, other.scenario, both),
        currency,
    )


def _left_out(base: Scenario, other: Scenario, both: tuple[str, ...]) -> list[NotCounted]:
    """What at least one of the two leaves out, once each, in the order of the items."""
    found: dict[str, NotCounted] = {}
    for entry in (*not_counted(base), *not_counted(other)):
        known = found.get(entry.label)
        more = known is None or len(entry.keys) > len(known.keys)
        found[entry.label] = entry if known is None or more else known
    for name in {*counted(base), *counted(other)} - {*both}:
        if LABELS[name] not in found:
            why = "it is not counted alike in both"
            found[LABELS[name]] = NotCounted(name, LABELS[name], (), why)
    return sorted(found.values(), key=lambda entry: COSTS.index(entry.item))


def comparable(base: Scenario, other: Scenario) -> tuple[str, ...]:
    """The items that both count alike; what one of the two does not need costs it nothing."""
    left_out = [not_comparable(scenario) for scenario in (base, other)]
    either = {*counted(base), *counted(other)}
    found = [name for name in COSTS if name in either and not any(name in out for out in left_out)]
    if n_machines(base) and n_machines(other) and parts_left_out(base) != parts_left_out(other):
        found = [name for name in found if name != "machine_cost"]
    return tuple(found)


def payback_months(base: Study, other: Study) -> Payback:
    """Months until the savings a year have paid for the other's additional machines.

    Simple payback: price and installation of the machines bought in addition, over what is saved a
    year in everything else that counts in both (maintenance included). The range is that of the
    95 % interval of the saving; it says nothing about what is not counted.
    """
    days = _days(other.scenario)
    both = comparable(base.scenario, other.scenario)
    investment = capital(other.scenario) - capital(base.scenario)
    if isnan(investment):
        return _unknown(investment, "the price of the machines is not known")
    if isnan(days):
        return _unknown(investment, "economics.days_per_year is empty")
    if not both:
        return _unknown(investment, "no cost is counted in both")
    running = -_total(base, other, both)  # saved a day
    if "machine_cost" in both:  # its capital is the investment, not a saving or a cost
        running = running + capital_per_day(other.scenario) - capital_per_day(base.scenario)
    saving = interval(running * days, "money")
    if investment <= 0:
        return Payback(0.0, 0.0, 0.0, investment, saving, "nothing is invested")
    low, high = (_months(investment, end) for end in (saving.high, saving.low))
    return Payback(_months(investment, saving.mean), low, high, investment, saving)


def _unknown(investment: float, why: str) -> Payback:
    return Payback(nan, nan, nan, investment, Estimate(nan, nan, 0, "money"), why)


def _months(investment: float, saving_per_year: float) -> float:
    if isnan(saving_per_year):
        return nan
    return MONTHS * investment / saving_per_year if saving_per_year > 0 else inf


def capital(scenario: Scenario) -> float:
    """Price and installation of all machines; nan where neither is known."""
    machines = n_machines(scenario)
    return machines * capital_per_machine(scenario.economics) if machines else 0.0


def capital_per_day(scenario: Scenario) -> float:
    """The annuity of the machines, a day; 0 without machines or a price."""
    economics, invested = scenario.economics, capital(scenario)
    years, days = economics.machine.years, economics.spread_over_days
    if years is None or days is None or isnan(invested):
        return 0.0
    return annuity(invested, years, economics.discount_rate or 0.0) / days


def _currency(base: Study, other: Study) -> str:
    ours, theirs = base.scenario.economics.currency, other.scenario.economics.currency
    if ours != theirs:
        raise ValueError(f"economics.currency: must be the same in both (got {ours!r}, {theirs!r})")
    return ours


def _days(scenario: Scenario) -> float:
    return nan if scenario.economics.days_per_year is None else scenario.economics.days_per_year


def _paired(base: Study, other: Study, name: str) -> Floats:
    """Other minus base on each day that both have simulated; shape (R,)."""
    ours, theirs = base.day.daily(name)[:, 0], other.day.daily(name)[:, 0]
    n = min(len(ours), len(theirs))
    return np.asarray(theirs[:n] - ours[:n])


def _total(base: Study, other: Study, items: tuple[str, ...]) -> Floats:
    found = [_paired(base, other, name) for name in items]
    return np.sum(found, axis=0) if found else np.full(1, nan)
