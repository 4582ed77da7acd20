"""What a cost that is not counted would have to be to reverse a decision."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isinf, isnan, nan
from typing import Final

import numpy as np

from simqueue.scenario import Scenario
from simqueue.study.costs import (
    STAFFED_KINDS,
    NotCounted,
    annuity,
    item_costs,
    n_machines,
    n_tills,
    not_counted,
)
from simqueue.study.payoff import capital, cost_difference
from simqueue.study.sales import Sales
from simqueue.study.staff_time import StaffTime
from simqueue.study.study import Study

ALMOST_NOTHING = 1e-9  # differences below this are rounding
FLOOR = "economics.floor"
HIGHEST_RATE = 10.0  # 1,000 % a year: no interest reverses it when this does not
# the unit of each amount that may be empty
UNITS: Final[dict[str, str]] = {
    f"economics.{key}": unit
    for key, unit in {
        "cashier_per_hour": "EUR per hour of a cashier",
        "attendant_per_hour": "EUR per hour of an attendant",
        "hiring_and_training": "EUR per paid hour",
        "machine.price": "EUR per machine",
        "machine.installation": "EUR per machine",
        "machine.maintenance_per_year": "EUR per machine and year",
        "till_per_day": "EUR per till and day",
        "floor.till_m2": "m2 per till",
        "floor.machine_m2": "m2 per machine",
        "floor.value_per_m2_year": "EUR per m2 and year",
        "shrink.staffed": "share of the sales at tills",
        "shrink.self_service": "share of the sales at machines",
        "margin_per_item": "EUR per item",
        "cash_handling_per_payment": "EUR per payment in cash",
    }.items()
}


@dataclass(frozen=True)
class BreakEven:
    """From which amount on something that is not counted turns the sign of a saving."""

    item: str  # measure
    label: str
    key: str  # of the scenario
    amount: float  # in `unit`; nan where the item has no unit of its own
    unit: str
    per_day: float  # extra cost a day of the other that leaves nothing of the saving
    reverses: bool  # False: whatever the amount, the sign stays
    text: str


def break_even(base: Study, other: Study, saving_per_day: float | None = None) -> list[BreakEven]:
    """For each cost that is not counted, the amount at which it would reverse the sign of a saving.

    `saving_per_day` is above 0 where the other is cheaper; None takes it from `cost_difference`.
    Empty when the saving is not known or nothing is saved or lost. Keys of an item of which the
    same is to be said are told once, under the first of them.
    """
    difference = cost_difference(base, other)
    saving = -difference.per_day.mean if saving_per_day is None else saving_per_day
    if isnan(saving) or abs(saving) < ALMOST_NOTHING:
        return []
    found = [
        _break_even(base, other, entry, key, saving, difference.currency)
        for entry in difference.not_counted
        for key in (entry.keys[:1] if entry.item == "lost_margin" else entry.keys) or ("",)
    ]
    return list({each.text: each for each in reversed(found)}.values())[::-1]


def _break_even(
    base: Study, other: Study, entry: NotCounted, key: str, saving: float, currency: str
) -> BreakEven:
    """One key of one item: saving = what is known of the item + amount x units."""
    unit = UNITS.get(key, "").replace("EUR", currency)
    if key == "economics.discount_rate":
        return _rate(base, other, entry, key, saving, currency)
    if key.startswith("behaviour."):
        return _baskets(other, entry, key, saving, currency)
    known, units = 0.0, nan
    if key:
        at_0, at_1 = (
            _item_mean(other, entry.item, key, x) - _item_mean(base, entry.item, key, x)
            for x in (0.0, 1.0)
        )
        known, units = at_0, at_1 - at_0
    if not isnan(known) and (saving - known) * saving <= 0:
        why = f"what is known of it alone reverses the sign ({currency} {known:+,.2f} a day)"
        return BreakEven(entry.item, entry.label, key, 0.0, unit, saving, True, _say(entry, why))
    alone = abs(units) < ALMOST_NOTHING and _needs_another(base, other, entry)
    amount = nan if isnan(units) or alone else _ratio(saving - known, units)
    if isinf(amount):
        why = "no amount changes the sign"
        return BreakEven(entry.item, entry.label, key, inf, unit, saving, False, _say(entry, why))
    why = _money_text(saving, currency)
    if not isnan(amount):
        why = f"from {_amount(amount, unit)} on"
    return BreakEven(entry.item, entry.label, key, amount, unit, saving, True, _say(entry, why))


def _needs_another(base: Study, other: Study, entry: NotCounted) -> bool:
    """Whether a key costs nothing only because what it is multiplied by is empty as well.

    Square metres without a value cost nothing, nor does a value without square metres; together
    they may.
    """
    areas = {f"{FLOOR}.till_m2", f"{FLOOR}.machine_m2"}
    placed, after = ((n_tills(s.scenario), n_machines(s.scenario)) for s in (base, other))
    both_empty = f"{FLOOR}.value_per_m2_year" in entry.keys and not areas.isdisjoint(entry.keys)
    return both_empty and placed != after


def _ratio(left: float, units: float) -> float:
    """The amount at which so many units use up what is left; inf where none does."""
    if abs(units) < ALMOST_NOTHING or left / units < 0:
        return inf
    return left / units


def _baskets(other: Study, entry: NotCounted, key: str, saving: float, currency: str) -> BreakEven:
    """How many customers the other would have to lose (or the base) where nobody can leave."""
    margin = other.scenario.economics.margin_per_item
    items = other.day.estimate("items_mean").mean
    basket = nan if margin is None else margin * items
    amount = nan if isnan(basket) or basket == 0 else abs(saving) / basket
    unit = "lost baskets a day"
    who = "more in it" if saving > 0 else "fewer in it"
    why = _money_text(saving, currency)
    if not isnan(amount):
        why = f"from {amount:,.3g} {unit} {who} on"
    return BreakEven(entry.item, entry.label, key, amount, unit, saving, True, _say(entry, why))


def _say(entry: NotCounted, why: str) -> str:
    return f"{entry.label}: {why}"


def _money_text(saving: float, currency: str) -> str:
    side = "more" if saving > 0 else "less"
    return f"from {currency} {abs(saving):,.2f} a day {side} on"


def _amount(amount: float, unit: str) -> str:
    if unit.startswith("share"):
        return f"{100 * amount:.3g} % of {unit.partition(' of ')[2]}"
    currency, _, rest = unit.partition(" per ")
    figures = f"{amount:,.0f}" if amount >= 1000 else f"{amount:.4g}"
    return f"{currency} {figures} per {rest}" if rest else f"{figures} {unit}"


def _item_mean(study: Study, item: str, key: str, amount: float) -> float:
    """The mean cost a day of an item, if the key were so much and other empty ones were nothing."""
    scenario = study.scenario
    empty = [k for entry in not_counted(scenario) if entry.item == item for k in entry.keys]
    priced = scenario
    for name in empty:
        if name.startswith("economics.") and name != "economics.discount_rate":
            priced = _with(priced, name, 0.0)
    return item_costs(_with(priced, key, amount), *_quantities(study))[item]


def _with(scenario: Scenario, key: str, amount: float) -> Scenario:
    """The scenario with another amount at a key of its economics."""
    block, _, name = key.removeprefix("economics.").rpartition(".")
    economics = scenario.economics
    if block:
        inner = getattr(economics, block).model_copy(update={name: amount})
        economics = economics.model_copy(update={block: inner})
    else:
        economics = economics.model_copy(update={name: amount})
    return scenario.model_copy(update={"economics": economics})


def _quantities(study: Study) -> tuple[StaffTime, Sales]:
    """Hours and sales of a mean day."""

    def mean(name: str) -> float:
        return study.day.estimate(name).mean

    paid = "paid_" if study.scenario.economics.premium is not None else ""
    items = np.nanmean(study.lane.daily("items_served"), axis=0)
    staffed = [j for j, lane in enumerate(study.scenario.lanes) if lane.kind in STAFFED_KINDS]
    stations = "station_hours" in study.day.units
    time = StaffTime(
        *(mean(f"{p}{who}_hours") for p in ("", paid) for who in ("till", "attendant")),
        *(mean(f"{p}station_hours") if stations else 0.0 for p in ("", paid)),
    )
    return time, Sales(
        mean("items_served"), float(items[staffed].sum()), mean("lost_items"), mean("cash_payments")
    )


def _rate(
    base: Study, other: Study, entry: NotCounted, key: str, saving: float, currency: str
) -> BreakEven:
    """The interest a year at which what it adds to the machines' cost uses up the saving."""

    def used(rate: float) -> float:
        """Which part of the saving the interest uses up."""
        extra = _interest_per_day(other.scenario, rate) - _interest_per_day(base.scenario, rate)
        return extra / saving

    unit = "share a year"
    if not used(HIGHEST_RATE) >= 1:
        why = "no interest changes the sign"
        return BreakEven(entry.item, entry.label, key, inf, unit, saving, False, _say(entry, why))
    low, high = 0.0, HIGHEST_RATE
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if used(middle) < 1 else (low, middle)
    why = f"from {100 * high:.3g} % a year on"
    return BreakEven(entry.item, entry.label, key, high, unit, saving, True, _say(entry, why))


def _interest_per_day(scenario: Scenario, rate: float) -> float:
    """What interest adds to the machines' cost of a day."""
    economics, invested = scenario.economics, capital(scenario)
    years, days = economics.machine.years, economics.spread_over_days
    if invested == 0.0:
        return 0.0
    if years is None or days is None:
        return nan
    return (annuity(invested, years, rate) - annuity(invested, years, 0.0)) / days
