"""Costs: formulas by hand, laws of adding up, and what is left out is told and never guessed."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from simqueue.fields import ByClock
from simqueue.scenario import Scenario
from simqueue.scenario.load import loads
from simqueue.study import run
from simqueue.study.costs import (
    COSTS,
    LABELS,
    annuity,
    counted,
    day_costs,
    fixed_costs,
    machine_per_year,
    not_counted,
)
from simqueue.study.day import Day, simulate_day
from simqueue.study.day_measures import Spells, staff
from simqueue.study.sales import Sales
from simqueue.study.staff_time import StaffTime, premium_s, staff_time
from simqueue.tables import Ending, Kind, Payment
from simqueue.units import clock
from tests.shops import CORNER_SHOP

WAGES = "economics: {cashier_per_hour: 13, attendant_per_hour: 13}\n"
EVERYTHING = """\
economics:
  cashier_per_hour: 12
  attendant_per_hour: 10
  premium: {"10:00": 25 %, "11:00": 100 %}
  hiring_and_training: 2
  value_per_item: 2
  margin_per_item: 0.5
  cash_handling_per_payment: 0.2
  till_per_day: 6
  machine: {price: 15000, installation: 3000, years: 6, maintenance_per_year: 1500, uptime: 80 %}
  floor: {till_m2: 12, machine_m2: 4, value_per_m2_year: 300}
  shrink: {staffed: 0.5 %, self_service: 2 %}
  discount_rate: 0 %
  days_per_year: 50
  open_days_per_year: 300
"""
TIME = StaffTime(10.0, 4.0, 12.0, 5.0)
SALES = Sales(items=1000.0, staffed_items=700.0, lost_items=40.0, cash_payments=30.0)


def shop(economics: str = EVERYTHING, text: str = CORNER_SHOP) -> Scenario:
    """The corner shop (two tills, two machines, one of four pays cash) with these economics."""
    cash = text.replace(
        "self_service: 60 %", "self_service: 60 %\n    pays: {cash: 25 %, card: 75 %}"
    )
    return loads(cash.replace(WAGES, economics))


def without(key: str) -> str:
    """Everything but one key of the economics."""
    lines = [line for line in EVERYTHING.splitlines() if not line.startswith(f"  {key}:")]
    assert len(lines) == len(EVERYTHING.splitlines()) - 1
    return "\n".join(lines) + "\n"


LOSING = CORNER_SHOP + "behaviour: {renege: {patience: {about: 3 min}}}\n"


# --- formulas by hand ---------------------------------------------------------------------------


def test_the_annuity_is_worth_what_was_paid():
    """Payments at the end of each year, discounted, add up to the amount (definition)."""
    for amount, years, rate in ((18_000.0, 7, 0.06), (500.0, 1, 0.5), (1e6, 30, 0.001)):
        payment = annuity(amount, years, rate)
        worth = sum(payment / (1 + rate) ** k for k in range(1, years + 1))
        assert worth == pytest.approx(amount, rel=1e-12)


def test_the_annuity_of_one_year_is_the_amount_with_interest():
    """1,000 at 8 % for a year is 1,080."""
    assert annuity(1000.0, 1, 0.08) == pytest.approx(1080.0)


def test_without_interest_the_annuity_spreads_evenly_and_is_the_limit_of_small_rates():
    """18,000 over 6 years are 3,000 a year; a tiny rate gives nearly the same."""
    assert annuity(18_000.0, 6, 0.0) == 3000.0
    assert annuity(18_000.0, 6, 1e-9) == pytest.approx(3000.0, rel=1e-7)


def test_a_machine_costs_its_annuity_and_its_maintenance():
    """18,000 / 6 years + 1,500 are 4,500 a year; 2 machines at 80 % uptime are 2.5 bought."""
    scenario = shop()
    assert machine_per_year(scenario.economics) == 4500.0
    assert fixed_costs(scenario)["machine_cost"] == 2.5 * 4500.0 / 300.0


def test_costs_per_year_are_spread_over_the_open_days():
    """Floor: (2 tills x 12 + 2 machines x 4) m2 x 300 / 300 open days; else over days_per_year."""
    assert fixed_costs(shop())["floor_cost"] == 32.0
    few = without("open_days_per_year")
    assert fixed_costs(shop(few))["floor_cost"] == 32.0 * 300 / 50


def test_every_item_by_hand():
    """Twelve and five paid hours, a thousand items, forty of lost baskets, thirty times cash."""
    found = day_costs(shop(text=LOSING), TIME, SALES)
    assert found["staff_cost"] == 12 * 12 + 5 * 10
    assert found["hiring_cost"] == 14 * 2  # hours by the clock
    assert found["till_cost"] == 12.0
    assert found["shrink_cost"] == pytest.approx(2 * (700 * 0.005 + 300 * 0.02))
    assert found["lost_margin"] == 20.0
    assert found["cash_handling_cost"] == 6.0
    assert found["sales"] == 2000.0
    assert found["lost_sales"] == 80.0
    assert found["cost_per_year"] == 50 * found["cost_per_day"]


# --- premiums -----------------------------------------------------------------------------------

EVENING = ByClock(((clock("18:00"), 0.25), (clock("20:00"), 0.5)))


def spells(*rows: tuple[str, str, int]) -> Spells:
    """Spells by the clock, in seconds from an opening at 08:00."""
    start, end, number = zip(*rows, strict=True)
    opens = clock("08:00")
    return Spells(
        np.array([clock(t) - opens for t in start], dtype=np.float64),
        np.array([clock(t) - opens for t in end], dtype=np.float64),
        np.array(number, dtype=np.float64),
    )


@pytest.mark.parametrize(
    ("rows", "hours"),
    [
        ([("08:00", "18:00", 1)], 0.0),  # before the first time there is no premium
        ([("17:00", "19:00", 1)], 0.25),
        ([("17:00", "22:00", 1)], 2 * 0.25 + 2 * 0.5),  # the last one holds for good
        ([("17:00", "19:00", 3)], 0.75),
        ([("19:00", "20:30", 1), ("20:00", "21:00", 2)], 0.25 + 0.25 + 1.0),
    ],
)
def test_a_premium_by_the_clock(rows, hours):
    """Hours of plain wage that are paid on top, worked by hand."""
    assert premium_s(spells(*rows), EVENING, clock("08:00")) / 3600 == pytest.approx(hours)


def test_a_premium_all_day():
    """Half as much again on every hour."""
    always = ByClock.always(0.5)
    assert premium_s(spells(("08:00", "18:00", 2)), always, clock("08:00")) == 10 * 3600.0


def test_paid_hours_of_a_day_against_adding_up_second_by_second():
    """Each second at a till counts with the premium in force then, after closing too."""
    day = simulate_day(shop(), 0)
    hours = staff(day)
    found = staff_time(day, hours)
    premium = {0: 0.0, 1: 0.25}  # hours from opening at 09:00; from 11:00 on 1.0
    expected = 0.0
    for s, mine in enumerate(day.open_spells):
        if day.system.kind[day.system.line_lane[day.system.server_line[s]]] == Kind.STAFFED:
            for start, end in mine:
                moments = np.arange(start, end, 0.5) + 0.25
                expected += 0.5 * sum(1 + premium.get(int(t // 3600), 1.0) for t in moments) / 3600
    assert found.paid_till_hours == pytest.approx(expected, abs=1e-3)
    assert found.paid_till_hours > 1.1 * found.till_hours  # the premium was put to the test
    assert found.paid_attendant_hours >= 1 + 1.25  # one attendant, an hour plain, one at +25 %


def test_overtime_after_closing_is_paid_with_the_premium_from_then_on():
    """+100 % from closing time adds exactly the hours after it."""
    late = shop('economics: {cashier_per_hour: 10, attendant_per_hour: 0, premium: {"11:00": 1}}\n')
    day = simulate_day(late, 0)
    hours = staff(day)
    after = sum(
        max(0.0, end - 7200.0)
        for s, mine in enumerate(day.open_spells)
        if day.system.kind[day.system.line_lane[day.system.server_line[s]]] == Kind.STAFFED
        for _, end in mine
    )
    assert after > 0
    paid = staff_time(day, hours).paid_till_hours
    assert paid - hours["till_hours"] == pytest.approx(after / 3600)


# --- laws ---------------------------------------------------------------------------------------


def test_costs_add_up_to_the_total():
    """With every price given nothing is left out, and the items are the total."""
    scenario = shop(text=LOSING)
    assert not_counted(scenario) == []
    assert counted(scenario) == COSTS
    found = day_costs(scenario, TIME, SALES)
    assert found["cost_per_day"] == pytest.approx(sum(found[name] for name in COSTS))


@pytest.mark.parametrize(
    ("key", "item"),
    [
        ("cashier_per_hour", "staff_cost"),
        ("attendant_per_hour", "staff_cost"),
        ("hiring_and_training", "hiring_cost"),
        ("cash_handling_per_payment", "cash_handling_cost"),
        ("till_per_day", "till_cost"),
        ("machine", "machine_cost"),
        ("floor", "floor_cost"),
        ("shrink", "shrink_cost"),
        ("margin_per_item", "lost_margin"),
    ],
)
def test_an_empty_cost_is_left_out_and_told(key, item):
    """Its item is nan, it is named with its key, and the total is that of all the others."""
    scenario = shop(without(key), LOSING)
    found, everything = (day_costs(s, TIME, SALES) for s in (scenario, shop(text=LOSING)))
    assert isnan(found[item])
    (told,) = not_counted(scenario)
    assert told.item == item
    assert all(name.startswith(f"economics.{key}") for name in told.keys)
    assert told.keys
    assert item not in counted(scenario)
    assert found["cost_per_day"] == pytest.approx(everything["cost_per_day"] - everything[item])


def test_zero_rates_cost_nothing_and_count():
    """A price of 0 is an answer: the item is 0 and not missing."""
    zero = "\n".join(
        ("economics:", "  cashier_per_hour: 0", "  attendant_per_hour: 0",
         "  hiring_and_training: 0", "  value_per_item: 0", "  margin_per_item: 0",
         "  cash_handling_per_payment: 0", "  till_per_day: 0",
         "  machine: {price: 0, installation: 0, years: 5, maintenance_per_year: 0}",
         "  floor: {till_m2: 0, machine_m2: 0, value_per_m2_year: 0}",
         "  shrink: {staffed: 0, self_service: 0}", "  discount_rate: 0", "  days_per_year: 50", "")
    )  # fmt: skip
    scenario = shop(zero, LOSING)
    found = day_costs(scenario, TIME, SALES)
    assert not_counted(scenario) == []
    assert {found[name] for name in (*COSTS, "cost_per_day", "cost_per_year")} == {0.0}


def test_without_any_price_there_is_no_cost_rather_than_none():
    """The total of nothing is unknown, not 0."""
    scenario = shop("", LOSING)
    found = day_costs(scenario, TIME, SALES)
    assert counted(scenario) == ()
    assert {entry.item for entry in not_counted(scenario)} == {*COSTS}
    assert all(isnan(value) for value in found.values())


def test_what_a_shop_does_not_have_is_not_missing():
    """Without machines nobody asks for their price; they cost 0."""
    tills = CORNER_SHOP[: CORNER_SHOP.index("  - lane: self-service")]
    scenario = loads(tills + "economics: {cashier_per_hour: 12}\n")
    told = {key for entry in not_counted(scenario) for key in entry.keys}
    assert not {key for key in told if "machine" in key or "attendant" in key or "self" in key}
    assert "economics.cash_handling_per_payment" not in told  # everybody pays by card
    found = day_costs(scenario, StaffTime(10, 0, 10, 0), SALES)
    assert found["machine_cost"] == 0.0
    assert found["cost_per_day"] == 120.0


def test_half_a_cost_is_none():
    """A wage for cashiers alone does not count the staff of a shop with attendants."""
    scenario = shop("economics: {cashier_per_hour: 12}\n", LOSING)
    assert isnan(day_costs(scenario, TIME, SALES)["staff_cost"])
    told = next(entry for entry in not_counted(scenario) if entry.item == "staff_cost")
    assert told.keys == ("economics.attendant_per_hour",)
    assert told.text == "staff (economics.attendant_per_hour is empty)"


def test_parts_of_a_machine_are_told_one_by_one():
    """Price and years count; installation, maintenance and interest are named."""
    some = "economics: {machine: {price: 6000, years: 6}, days_per_year: 100}\n"
    scenario = shop(some)
    assert fixed_costs(scenario)["machine_cost"] == 2 * 1000 / 100
    mine = [entry for entry in not_counted(scenario) if entry.item == "machine_cost"]
    assert [entry.keys[0] for entry in mine] == [
        "economics.machine.installation",
        "economics.machine.maintenance_per_year",
        "economics.discount_rate",
    ]
    assert "machine_cost" in counted(scenario)


def test_lost_customers_who_are_not_modelled_are_told():
    """Where nobody can leave, no lost basket is the model's doing: it is not counted as 0."""
    found = day_costs(shop(), TIME, SALES)
    assert isnan(found["lost_margin"])
    (told,) = not_counted(shop())
    assert told.item == "lost_margin"
    assert "balk and renege are off" in told.why


CARDS_FAIL = 'outages: [{at: "10:00", lasts: 10 min, what: cards, without_card: leaves}]\n'


@pytest.mark.parametrize("what", ["leaves", "waits"])
def test_who_leaves_for_want_of_a_card_is_a_lost_basket(what):
    """The same price of a lost basket as where people give up; who waits for the card pays."""
    scenario = shop(text=CORNER_SHOP + CARDS_FAIL.replace("leaves", what))
    left_out = [entry.item for entry in not_counted(scenario)]
    assert left_out == ([] if what == "leaves" else ["lost_margin"])


def test_the_patience_of_a_replayed_day_loses_baskets_too():
    """Nobody gives up by the scenario, but the rows say when people did."""
    first, rest = CORNER_SHOP.index("arrivals:"), CORNER_SHOP.index("customers:")
    replay = "arrivals: {trace: {arrival_s: [1], patience_s: [300]}}\n"
    scenario = shop(text=CORNER_SHOP[:first] + replay + CORNER_SHOP[rest:])
    assert not_counted(scenario) == []


def test_interest_makes_machines_dearer():
    """At 6 % the same machines cost more than spread evenly."""
    dear = shop(EVERYTHING.replace("discount_rate: 0 %", "discount_rate: 6 %"))
    assert fixed_costs(dear)["machine_cost"] > fixed_costs(shop())["machine_cost"]


def test_a_later_wage_does_not_change_what_happened():
    """Prices leave hours, sales and waits as they are."""
    plain, priced = run(shop(""), 1), run(shop(), 1)
    for name in ("till_hours", "items_served", "wait_mean_s"):
        assert plain.metrics[name].mean == priced.metrics[name].mean


def test_people_at_stations_and_in_pools_are_paid():
    """Two at a counter all day at the cashiers' wage, a pool of three at the attendants'."""
    text = (
        CORNER_SHOP.replace("    attendants: 1\n", "    attendants: {pool: floor}\n").replace(
            "self_service: 60 %", "self_service: 60 %\n    visits: {deli: 30 %}"
        )
        + "stations: [{station: deli, servers: 2, service: {about: 60 s}}]\n"
        + "staffing: {pools: {floor: 3}}\n"
    )
    wages = "economics: {cashier_per_hour: 10, attendant_per_hour: 1000}\n"
    study = run(loads(text.replace(WAGES, wages)), 1)
    value = {name: study.metrics[name].mean for name in study.metrics}
    last = float(simulate_day(study.scenario, 0).trace.time_s[-1])
    assert value["attendant_hours"] == pytest.approx(3 * max(2.0, last / 3600), abs=0.05)
    assert 2 * 2.0 <= value["station_hours"] < 2 * 2.2  # until the counter is empty
    staffed = value["till_hours"] + value["station_hours"]
    assert value["staff_cost"] == pytest.approx(10 * staffed + 1000 * value["attendant_hours"])


# --- a whole day --------------------------------------------------------------------------------


def naive_sales(day: Day) -> tuple[int, int, int, int]:
    """Items, items at tills, lost items and cash payments, customer by customer."""
    items = staffed = lost = cash = 0
    for i in range(len(day.log)):
        n = int(day.log.items[i])
        if day.log.ending[i] == Ending.SERVED:
            items += n
            staffed += n if day.log.lane[i] == 0 else 0
            cash += int(day.log.payment[i] == Payment.CASH)
        elif day.log.ending[i] in (Ending.BALKED, Ending.RENEGED):
            lost += n
    return items, staffed, lost, cash


def test_a_run_counts_every_item_of_every_day():
    """The daily measures of a run are prices times what the log of each day holds."""
    scenario = shop(text=LOSING)
    study = run(scenario, 2)
    lost_somebody = False
    for r in range(2):
        day = simulate_day(scenario, r)
        items, staffed, lost, cash = naive_sales(day)
        value = {name: study.day.daily(name)[r, 0] for name in study.day.units}
        assert value["sales"] == 2.0 * items
        assert value["lost_sales"] == 2.0 * lost
        assert value["lost_margin"] == 0.5 * lost
        shrink = 2 * (0.005 * staffed + 0.02 * (items - staffed))
        assert value["shrink_cost"] == pytest.approx(shrink)
        assert value["cash_handling_cost"] == pytest.approx(0.2 * cash)
        wages = 12 * value["paid_till_hours"] + 10 * value["paid_attendant_hours"]
        assert value["staff_cost"] == pytest.approx(wages)
        assert value["cost_per_day"] == pytest.approx(sum(value[name] for name in COSTS))
        lost_somebody |= lost > 0
    assert lost_somebody
    assert {study.day.units[name] for name in COSTS} == {"money"}


def test_lanes_and_segments_hold_the_day():
    """Items sold, lost items and cash payments of all segments are those of the day."""
    study = run(shop(text=LOSING), 2)
    for name in ("items_served", "lost_items", "cash_payments"):
        total = study.day.daily(name)[:, 0]
        assert np.array_equal(study.segment.daily(name).sum(axis=1), total)
    assert np.array_equal(study.lane.daily("items_served").sum(axis=1),
                          study.day.daily("items_served")[:, 0])  # fmt: skip


def test_every_item_has_words():
    """Each measure of cost has a label of its own."""
    assert len(set(LABELS.values())) == len(COSTS) == len(LABELS)
