"""What a day at the checkouts costs, item by item; what is not counted is told by name.

An item is all or nothing: it counts when the scenario gives every amount that it needs here, else
it is nan and told in `not_counted`. (The parts of a machine's cost, each of which only adds, are
told one by one.) So half a cost never speaks for one lay-out against another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import expm1, isnan, log1p, nan
from typing import Final

from simqueue.scenario import EconomicsSpec, Scenario
from simqueue.shop.spec import LaneSpec
from simqueue.study.sales import Sales
from simqueue.study.staff_time import StaffTime

# in the order in which they are shown: the measure of each item and what it is called
LABELS: Final[dict[str, str]] = {
    "staff_cost": "staff",
    "hiring_cost": "hiring and training",
    "machine_cost": "machines",
    "till_cost": "tills",
    "floor_cost": "floor space",
    "shrink_cost": "shrink",
    "lost_margin": "margin of lost baskets",
    "cash_handling_cost": "cash handling",
}
COSTS: Final = tuple(LABELS)
STAFFED_KINDS: Final = ("staffed", "express")


# every key that an item may need, without the leading 'economics.'
_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "staff_cost": ("cashier_per_hour", "attendant_per_hour"),
    "hiring_cost": ("hiring_and_training",),
    "machine_cost": ("machine.price", "machine.installation", "machine.maintenance_per_year"),
    "till_cost": ("till_per_day",),
    "floor_cost": ("floor.till_m2", "floor.machine_m2", "floor.value_per_m2_year"),
    "shrink_cost": ("shrink.staffed", "shrink.self_service"),
    "lost_margin": ("margin_per_item",),
    "cash_handling_cost": ("cash_handling_per_payment",),
}
PARTS: Final[dict[str, str]] = {
    "machine.price": "price of the machines",
    "machine.installation": "installation of the machines",
    "machine.maintenance_per_year": "maintenance of the machines",
    "discount_rate": "interest on the money in the machines",
}


@dataclass(frozen=True)
class NotCounted:
    """A cost that a scenario leaves out: its measure, what it is called, which keys are empty."""

    item: str
    label: str
    keys: tuple[str, ...]
    why: str

    @property
    def text(self) -> str:
        """As it is told, as in 'shrink (economics.shrink.self_service is empty)'."""
        return f"{self.label} ({self.why})"

    @property
    def is_part(self) -> bool:
        """Whether the rest of its item is counted all the same."""
        return self.label in PARTS.values()


def annuity(amount: float, years: float, rate: float) -> float:
    """The equal payments at the end of each year that are worth `amount` today.

    `rate` is the interest a year; without interest the amount is spread evenly. Source: annuity
    formula, amount x rate / (1 - (1 + rate)^-years), as in Brealey, Myers and Allen (2011, ch. 2).

    >>> annuity(18000.0, years=7, rate=0.0) == 18000 / 7
    True
    >>> round(annuity(1000.0, years=2, rate=0.10), 2)  # 576.19 / 1.1 + 576.19 / 1.21 = 1000
    576.19
    """
    if rate == 0.0:
        return amount / years
    return amount * rate / -expm1(-years * log1p(rate))


def n_tills(scenario: Scenario) -> int:
    """Tills with a cashier that are installed."""
    return sum(lane.n_servers for lane in _lanes(scenario, STAFFED_KINDS))


def n_machines(scenario: Scenario) -> float:
    """Machines to be bought: those installed, and more where some are out of order.

    Where a lane simulates breakdowns, its machines are those that are bought.
    """
    uptime = scenario.economics.machine.uptime or 1.0
    return sum(
        lane.n_servers / (uptime if lane.breakdowns is None else 1.0)
        for lane in _machine_lanes(scenario)
    )


def can_lose_customers(scenario: Scenario) -> bool:
    """Whether anybody may leave without paying in this scenario."""
    behaviour = scenario.behaviour
    left = behaviour.balk is not None or behaviour.renege is not None
    left = left or any(outage.without_card == "leaves" for outage in scenario.outages)
    trace = scenario.arrivals.trace
    left = left or (trace is not None and trace.patience_s is not None)
    return left or any(lane.capacity is not None for lane in scenario.lanes)


def capital_per_machine(economics: EconomicsSpec) -> float:
    """Price and installation of a machine; nan when neither is given."""
    machine = economics.machine
    return _added(machine.price, machine.installation)


def machine_per_year(economics: EconomicsSpec) -> float:
    """What a machine costs a year: annuity of what was paid for it, and maintenance.

    nan when no part is given. Without a discount rate the capital is spread evenly over the years.
    """
    machine, capital = economics.machine, capital_per_machine(economics)
    if isnan(capital) or capital == 0:
        return _added(None if isnan(capital) else 0.0, machine.maintenance_per_year)
    if machine.years is None:
        return nan
    yearly = annuity(capital, machine.years, economics.discount_rate or 0.0)
    return yearly + (machine.maintenance_per_year or 0.0)


@dataclass(frozen=True)
class Terms:
    """What the costs of every day of a scenario have in common."""

    left_out: frozenset[str]  # items that are not comparable
    counted: tuple[str, ...]
    fixed: dict[str, float]


def terms_of(scenario: Scenario) -> Terms:
    """The terms of a scenario, the same on all of its days."""
    left_out = frozenset(not_comparable(scenario))
    return Terms(left_out, counted(scenario), fixed_costs(scenario))


def day_costs(
    scenario: Scenario, time: StaffTime, sales: Sales, terms: Terms | None = None
) -> dict[str, float]:
    """Every item of one day, with the totals a day and a year; nan where it is not counted.

    `terms` are those of the scenario, when somebody has them already.
    """
    economics = scenario.economics
    terms = terms or terms_of(scenario)
    found = item_costs(scenario, time, sales, terms.fixed)
    items = {name: nan if name in terms.left_out else found[name] for name in COSTS}
    total = sum(items[name] for name in terms.counted) if terms.counted else nan
    return {
        **items,
        "cost_per_day": total,
        "cost_per_year": total * _or_nan(economics.days_per_year),
        "sales": sales.items * _or_nan(economics.value_per_item),
        "lost_sales": sales.lost_items * _or_nan(economics.value_per_item),
    }


def item_costs(
    scenario: Scenario, time: StaffTime, sales: Sales, fixed: dict[str, float] | None = None
) -> dict[str, float]:
    """Each item of a day with such hours and sales; nan where a price that it needs is empty.

    `fixed` are the `fixed_costs` of the scenario, when somebody has them already.
    """
    economics = scenario.economics
    at_counters = time.paid_till_hours + time.paid_station_hours
    return {
        "staff_cost": _priced(at_counters, economics.cashier_per_hour)
        + _priced(time.paid_attendant_hours, economics.attendant_per_hour),
        "hiring_cost": _priced(time.hours, economics.hiring_and_training),
        **(fixed_costs(scenario) if fixed is None else fixed),
        "shrink_cost": _shrink(sales, economics),
        "lost_margin": _priced(sales.lost_items, economics.margin_per_item),
        "cash_handling_cost": _priced(sales.cash_payments, economics.cash_handling_per_payment),
    }


def fixed_costs(scenario: Scenario) -> dict[str, float]:
    """What machines, tills and floor cost a day, whoever comes; 0 where there are none of them."""
    economics = scenario.economics
    tills, machines = n_tills(scenario), n_machines(scenario)
    placed = sum(lane.n_servers for lane in _machine_lanes(scenario))
    days, floor = economics.spread_over_days, economics.floor
    area = _priced(tills, floor.till_m2) + _priced(placed, floor.machine_m2)
    per_machine = machine_per_year(economics)
    return {
        "machine_cost": machines * per_machine / _or_nan(days) if machines else 0.0,
        "till_cost": _priced(tills, economics.till_per_day),
        "floor_cost": _priced(area, floor.value_per_m2_year) / _or_nan(days) if area else 0.0,
    }


def counted(scenario: Scenario) -> tuple[str, ...]:
    """The items that count, in order: those that have a price here, nothing of theirs left out."""
    left_out = not_comparable(scenario)
    given = {item for item, keys in _KEYS.items() if any(_given(scenario, key) for key in keys)}
    return tuple(item for item in COSTS if item in given and item not in left_out)


def not_comparable(scenario: Scenario) -> set[str]:
    """The items that are left out as a whole."""
    return {entry.item for entry in not_counted(scenario) if not entry.is_part}


def parts_left_out(scenario: Scenario) -> set[str]:
    """The parts of the machines' cost that are left out of it."""
    return {entry.label for entry in not_counted(scenario) if entry.is_part}


def not_counted(scenario: Scenario) -> list[NotCounted]:
    """What the costs of a scenario leave out, in the order of the items.

    A cost of something that the scenario does not have (a machine, where there is none) is not
    missing.
    """
    found = list(_missing(scenario))
    if not can_lose_customers(scenario):
        found = [entry for entry in found if entry.item != "lost_margin"]
        found.append(
            NotCounted("lost_margin", LABELS["lost_margin"], ("behaviour.balk", "behaviour.renege"),
                       "nobody can leave: balk and renege are off")
        )  # fmt: skip
    return sorted(found, key=lambda entry: COSTS.index(entry.item))


def _missing(scenario: Scenario) -> Iterator[NotCounted]:
    for item, keys in _KEYS.items():
        empty = [key for key in keys if _needed(scenario, key) and not _given(scenario, key)]
        if not empty:
            continue
        if item == "machine_cost" and len(empty) < len(keys):
            yield from (_entry(item, PARTS[key], (key,)) for key in empty)
        else:
            yield _entry(item, LABELS[item], tuple(empty))
    capital = capital_per_machine(scenario.economics)
    if capital > 0 and n_machines(scenario) and not _given(scenario, "discount_rate"):
        yield _entry("machine_cost", PARTS["discount_rate"], ("discount_rate",))


def _entry(item: str, label: str, keys: tuple[str, ...]) -> NotCounted:
    named = tuple(f"economics.{key}" for key in keys)
    verb = "is" if len(named) == 1 else "are"
    return NotCounted(item, label, named, f"{' and '.join(named)} {verb} empty")


def _needed(scenario: Scenario, key: str) -> bool:
    """Whether the scenario has what the key is the price of."""
    if key == "attendant_per_hour":
        own = [lane.attendants_or_none for lane in _machine_lanes(scenario)]
        return any(max(on.values()) > 0 for on in (*own, *scenario.staffing.pools.values()))
    if key == "cashier_per_hour" and any(c.has_own_staff for c in scenario.counters):
        return True
    if key.startswith("machine.") or key in ("floor.machine_m2", "shrink.self_service"):
        return n_machines(scenario) > 0
    if key in ("cashier_per_hour", "till_per_day", "floor.till_m2", "shrink.staffed"):
        return n_tills(scenario) > 0
    if key == "cash_handling_per_payment":
        return any(segment.pays.shares[0] > 0 for segment in scenario.customers)
    return True


def _given(scenario: Scenario, key: str) -> bool:
    value: object = scenario.economics
    for name in key.split("."):
        value = getattr(value, name)
    return value is not None


def _lanes(scenario: Scenario, kinds: tuple[str, ...]) -> list[LaneSpec]:
    return [lane for lane in scenario.lanes if lane.kind in kinds]


def _machine_lanes(scenario: Scenario) -> list[LaneSpec]:
    return [lane for lane in scenario.lanes if lane.kind not in STAFFED_KINDS]


def _shrink(sales: Sales, economics: EconomicsSpec) -> float:
    value, shrink = _or_nan(economics.value_per_item), economics.shrink
    at_machines = sales.items - sales.staffed_items
    lost = _priced(sales.staffed_items, shrink.staffed)
    return (lost + _priced(at_machines, shrink.self_service)) * value


def _priced(amount: float, price: float | None) -> float:
    """Amount times price; nothing costs nothing, even where no price is known."""
    return 0.0 if amount == 0 else amount * _or_nan(price)


def _or_nan(value: float | None) -> float:
    return nan if value is None else value


def _added(*values: float | None) -> float:
    """The sum of what is given; nan when nothing is."""
    given = [value for value in values if value is not None]
    return sum(given) if given else nan
