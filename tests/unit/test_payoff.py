"""Whether an alternative pays: differences, break-even amounts and payback, worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isinf, isnan

import numpy as np
import pytest

from simqueue.scenario import Scenario
from simqueue.scenario.load import loads
from simqueue.study.audit import Audit
from simqueue.study.break_even import BreakEven, break_even
from simqueue.study.costs import annuity, day_costs, not_counted
from simqueue.study.interval import interval
from simqueue.study.payoff import comparable, cost_difference, payback_months
from simqueue.study.sales import Sales
from simqueue.study.staff_time import StaffTime
from simqueue.study.study import Study
from simqueue.study.tally import Tally

WAGES = "cashier_per_hour: 10, attendant_per_hour: 10, days_per_year: 300"
Mean = tuple[float, float, float, float, float, float]  # hours: tills, attendants; items: tills,
# machines, lost; payments in cash


def shop(economics: str, tills: int = 5, machines: int = 4, more: str = "") -> Scenario:
    """A shop with so many tills and machines, where one in four pays cash."""
    lanes = f"  - {{lane: tills, kind: staffed, tills: {tills}}}\n"
    if machines:
        lanes += f"  - {{lane: machines, kind: self_service, machines: {machines}}}\n"
    return loads(
        'scenario: a shop\nstore: {opens: "08:00", closes: "20:00"}\n'
        "arrivals: {constant_per_hour: 60}\n"
        "customers: [{segment: all, share: 1, items: {fixed: 5}, pays: {cash: 25 %, card: 75 %}}]\n"
        f"lanes:\n{lanes}economics: {{{economics}}}\n{more}"
    )


def study(scenario: Scenario, days: Sequence[Mean]) -> Study:
    """The study of days with these hours and items."""
    lanes = tuple(lane.lane for lane in scenario.lanes)
    tallies = {name: Tally(("day",)) for name in ("day", "segment", "quarter", "lane_quarter")}
    tallies["lane"] = Tally(lanes)
    for tills, attendants, at_tills, at_machines, lost, cash in days:
        time = StaffTime(tills, attendants, tills, attendants)
        sales = Sales(at_tills + at_machines, at_tills, lost, cash)
        found = {
            **day_costs(scenario, time, sales),
            **{"till_hours": tills, "attendant_hours": attendants, "lost_items": lost},
            **{"items_served": sales.items, "cash_payments": cash, "items_mean": 5.0},
        }
        for name, value in found.items():
            tallies["day"].add_daily(name, "money", np.array([value]))
        by_lane = [at_tills, at_machines][: len(lanes)]
        tallies["lane"].add_daily("items_served", "1", np.array(by_lane))
    return Study(scenario, "simpy", **tallies, psychology={}, audit=Audit(len(days)))


def day(
    tills: float = 50,
    attendants: float = 12,
    items: tuple[float, float] = (3000, 1000),
    lost: float = 0,
    cash: float = 200,
) -> Mean:
    """A day's hours at tills and of attendants, items at tills and machines, and so on."""
    return tills, attendants, *items, lost, cash


def by_key(found: list[BreakEven]) -> dict[str, BreakEven]:
    """Break-even amounts by the key of the scenario, without its block."""
    return {entry.key.removeprefix("economics."): entry for entry in found}


# --- differences --------------------------------------------------------------------------------


def test_the_difference_is_paired_by_day():
    """Days of 40 and 60 hours against 38 and 59: 1.5 hours less, whatever days differ."""
    base = study(shop(WAGES), [day(tills=40), day(tills=60)])
    other = study(shop(WAGES), [day(tills=38), day(tills=59)])
    found = cost_difference(base, other)
    assert found.per_day == interval(np.array([-20.0, -10.0]), "money")
    assert found.per_year.mean == pytest.approx(-15 * 300)
    assert found.per_year.half_width == pytest.approx(300 * found.per_day.half_width)
    assert found.items == {"staff_cost": found.per_day}


def test_items_add_up_to_the_difference():
    """Staff, tills and cash handling: their differences are the whole one."""
    prices = f"{WAGES}, till_per_day: 5, cash_handling_per_payment: 0.5"
    base = study(shop(prices, tills=6), [day(), day(tills=55)])
    other = study(shop(prices, tills=4), [day(tills=44, cash=100), day(tills=41, cash=150)])
    found = cost_difference(base, other)
    assert found.items["till_cost"].mean == -10.0
    assert found.items["cash_handling_cost"].mean == pytest.approx(-37.5)
    assert sum(e.mean for e in found.items.values()) == pytest.approx(found.per_day.mean)


def test_half_a_cost_speaks_for_nobody():
    """Without a wage for attendants, a shop without machines is not compared by its staff."""
    half = "cashier_per_hour: 10, till_per_day: 5, days_per_year: 300"
    base = study(shop(half, tills=6, machines=0), [day(attendants=0)] * 2)
    other = study(shop(half, tills=4), [day(tills=30)] * 2)
    found = cost_difference(base, other)
    assert found.counted == ("till_cost",)
    assert found.per_day.mean == -10.0
    assert "economics.attendant_per_hour" in {k for e in found.not_counted for k in e.keys}


def test_a_machine_that_one_shop_does_not_have_costs_it_nothing():
    """Four machines more cost what four machines cost."""
    prices = f"{WAGES}, machine: {{maintenance_per_year: 3000}}"
    base = study(shop(prices, machines=0), [day(attendants=0)] * 2)
    other = study(shop(prices, machines=4), [day(attendants=0)] * 2)
    assert cost_difference(base, other).per_day.mean == pytest.approx(4 * 3000 / 300)


def test_machines_priced_differently_are_not_compared():
    """A price without installation beside one with it would compare unlike things."""
    one = shop(f"{WAGES}, machine: {{price: 9000, years: 6}}")
    two = shop(f"{WAGES}, machine: {{price: 9000, installation: 900, years: 6}}")
    assert "machine_cost" not in comparable(one, two)
    assert "machine_cost" in comparable(one, one)
    found = cost_difference(study(one, [day()] * 2), study(two, [day()] * 2))
    assert "machines" in {entry.label for entry in found.not_counted}


def test_different_currencies_are_refused():
    """Euros and crowns are not subtracted."""
    base, other = (study(shop(f"{WAGES}, currency: {c}"), [day()]) for c in ("EUR", "CZK"))
    with pytest.raises(ValueError, match="currency"):
        cost_difference(base, other)


def test_nothing_counted_is_no_difference_of_nothing():
    """Without prices the difference is unknown, not 0."""
    base = study(shop("currency: EUR"), [day()] * 2)
    assert isnan(cost_difference(base, base).per_day.mean)
    assert break_even(base, base) == []


# --- break-even ---------------------------------------------------------------------------------


def saved(base: Study, other: Study) -> float:
    """What the other costs less a day, of what counts in both."""
    return -cost_difference(base, other).per_day.mean


def priced(key: str, amount: float) -> str:
    """The wages and one more price."""
    block, _, name = key.rpartition(".")
    if block == "machine":
        years = "" if name == "maintenance_per_year" else ", years: 6"
        return f"{WAGES}, machine: {{{name}: {amount!r}{years}}}"
    return f"{WAGES}, {key}: {amount!r}"


@pytest.mark.parametrize(
    "key",
    ["hiring_and_training", "till_per_day", "machine.maintenance_per_year",
     "cash_handling_per_payment"],
)  # fmt: skip
@pytest.mark.parametrize("dearer", [False, True])
def test_at_the_break_even_amount_nothing_is_saved_or_lost(key, dearer):
    """Priced at the amount told, both cost the same (its definition), in either direction."""
    days = ([day(tills=50, cash=100)] * 2, [day(tills=46, attendants=13, cash=300)] * 2)
    lanes = ({"tills": 5, "machines": 4}, {"tills": 7, "machines": 6})
    if dearer:
        days, lanes = days[::-1], lanes[::-1]
    base, other = (study(shop(WAGES, **n), d) for n, d in zip(lanes, days, strict=True))
    assert saved(base, other) * (-1 if dearer else 1) > 0
    found = by_key(break_even(base, other))[key]
    if key == "hiring_and_training":  # fewer hours: it speaks for the same side
        assert not found.reverses
        assert isinf(found.amount)
        return
    assert found.reverses
    assert found.per_day == pytest.approx(saved(base, other))
    again = [
        study(shop(priced(key, found.amount), **n), d) for n, d in zip(lanes, days, strict=True)
    ]
    assert cost_difference(*again).per_day.mean == pytest.approx(0.0, abs=1e-9)


def test_what_is_known_of_half_a_cost_moves_the_break_even():
    """Cashiers' wages save 100 a day, tills 10: attendants' 12 hours reverse it at 110 / 12."""
    half = "cashier_per_hour: 10, till_per_day: 5, days_per_year: 300"
    base = study(shop(half, tills=6, machines=0), [day(tills=50, attendants=0)] * 2)
    other = study(shop(half, tills=4), [day(tills=40, attendants=12)] * 2)
    found = by_key(break_even(base, other))["attendant_per_hour"]
    assert found.amount == pytest.approx(110 / 12)
    assert found.unit == "EUR per hour of an attendant"
    assert found.per_day == pytest.approx(10.0)  # of all that is not counted of the staff
    assert found.text == "staff: from EUR 9.167 per hour of an attendant on"


def test_shrink_at_machines_reverses_a_saving():
    """100 a day saved, 1,500 items x 2.00 more at machines: 3.67 % with 10 less at tills."""
    prices = f"{WAGES}, value_per_item: 2, shrink: {{staffed: 0.333333333333 %}}"
    base = study(shop(prices), [day(items=(3000, 1000))] * 2)
    other = study(shop(prices), [day(tills=40, items=(1500, 2500))] * 2)
    assert saved(base, other) == pytest.approx(100.0)
    found = by_key(break_even(base, other))["shrink.self_service"]
    assert found.amount == pytest.approx((100 + 10) / 3000)
    assert found.text == "shrink: from 3.67 % of the sales at machines on"


def test_the_interest_that_uses_up_a_saving():
    """With that interest the machines' annuity takes the whole saving."""
    prices = f"{WAGES}, machine: {{price: 10000, installation: 0, years: 6, "
    prices += "maintenance_per_year: 0}"
    base = study(shop(prices, machines=4), [day(tills=50)] * 2)
    other = study(shop(prices, machines=6), [day(tills=48)] * 2)
    saving = saved(base, other)
    assert saving == pytest.approx(20 - 2 * 10_000 / 6 / 300)
    found = by_key(break_even(base, other))["discount_rate"]
    annual = annuity(2 * 10_000, 6, found.amount)
    assert annual / 300 == pytest.approx(20.0, abs=1e-6)
    assert found.unit == "share a year"


def test_lost_baskets_that_nobody_modelled():
    """A saving of 100 a day against a margin of 0.50 on five items: 40 baskets more."""
    prices = f"{WAGES}, value_per_item: 2, margin_per_item: 0.5"
    base = study(shop(prices), [day(tills=50)] * 2)
    other = study(shop(prices), [day(tills=40)] * 2)
    found = by_key(break_even(base, other))["behaviour.balk"]
    assert found.amount == pytest.approx(40.0)
    assert found.text == "margin of lost baskets: from 40 lost baskets a day more in it on"


def test_an_amount_without_a_unit_of_its_own_is_told_a_day():
    """No value per item: shrink reverses at so much a day, whatever share that is."""
    base = study(shop(WAGES), [day(tills=50)] * 2)
    other = study(shop(WAGES), [day(tills=40)] * 2)
    found = by_key(break_even(base, other))["shrink.staffed"]
    assert isnan(found.amount)
    assert found.text == "shrink: from EUR 100.00 a day more on"


def test_a_saving_can_be_given():
    """The amount goes by the saving that is asked about."""
    base = study(shop(WAGES, tills=5), [day()] * 2)
    other = study(shop(WAGES, tills=7), [day(tills=45)] * 2)
    assert by_key(break_even(base, other, 30.0))["till_per_day"].amount == pytest.approx(15.0)


def test_every_cost_that_is_not_counted_has_its_amount():
    """Nothing that is left out goes without a word, and no word is said twice."""
    base = study(shop(WAGES), [day(tills=50)] * 2)
    other = study(shop(WAGES, machines=6), [day(tills=40)] * 2)
    found = break_even(base, other)
    assert {e.label for e in found} == {e.label for e in not_counted(other.scenario)}
    assert len({e.text for e in found}) == len(found)
    told = [e.text for e in found if e.item == "machine_cost"]
    assert told == [
        "machines: from EUR 100.00 a day more on",  # a price without years to spread it over
        "machines: from EUR 15,000 per machine and year on",
    ]


def test_floor_that_is_not_priced_at_all_may_reverse_a_saving():
    """Four machines more and one till less: metres and value together may cost any amount."""
    base = study(shop(WAGES, tills=5), [day(tills=50)] * 2)
    other = study(shop(WAGES, tills=4, machines=8), [day(tills=40)] * 2)
    (floor,) = (e for e in break_even(base, other) if e.item == "floor_cost")
    assert floor.reverses
    assert floor.text == "floor space: from EUR 100.00 a day more on"
    same = study(shop(WAGES, tills=5), [day(tills=40)] * 2)
    (floor,) = (e for e in break_even(base, same) if e.item == "floor_cost")
    assert not floor.reverses


def test_a_value_per_square_metre_reverses_a_saving_of_known_metres():
    """Four machines of 4 m2 more: 100 a day saved are eaten up at 100 x 300 / 16 per m2."""
    prices = f"{WAGES}, floor: {{till_m2: 12, machine_m2: 4}}"
    base = study(shop(prices), [day(tills=50)] * 2)
    other = study(shop(prices, machines=8), [day(tills=40)] * 2)
    found = by_key(break_even(base, other))["floor.value_per_m2_year"]
    assert found.amount == pytest.approx(100 * 300 / 16)


# --- payback ------------------------------------------------------------------------------------

BOUGHT = (
    f"{WAGES}, machine: {{price: 9000, installation: 1000, years: 8, maintenance_per_year: 600}}"
)


def test_payback_by_hand():
    """Two machines for 20,000; 10 hours x 10 saved a day, 2 x 600 a year maintenance: 8.33 months.

    300 x 100 - 1,200 = 28,800 a year.
    """
    base = study(shop(BOUGHT, machines=4), [day(tills=50)] * 3)
    other = study(shop(BOUGHT, machines=6), [day(tills=40)] * 3)
    found = payback_months(base, other)
    assert found.investment == 20_000.0
    assert found.saving_per_year.mean == pytest.approx(28_800.0)
    assert found.months == pytest.approx(12 * 20_000 / 28_800)
    assert found.low == pytest.approx(found.months)  # all days alike
    assert found.high == pytest.approx(found.months)


def test_the_range_of_the_payback_is_that_of_the_saving():
    """The ends of the interval of the saving are the ends of the range, the other way round."""
    base = study(shop(BOUGHT, machines=4), [day(tills=50), day(tills=50), day(tills=50)])
    other = study(shop(BOUGHT, machines=6), [day(tills=39), day(tills=40), day(tills=41)])
    found = payback_months(base, other)
    saving = found.saving_per_year
    assert found.low == pytest.approx(12 * 20_000 / saving.high)
    assert found.high == pytest.approx(12 * 20_000 / saving.low)
    assert found.low < found.months < found.high


def test_what_saves_nothing_never_pays():
    """More machines and more hours: never."""
    base = study(shop(BOUGHT, machines=4), [day(tills=50)] * 2)
    other = study(shop(BOUGHT, machines=6), [day(tills=51)] * 2)
    assert payback_months(base, other).months == inf


def test_a_saving_that_is_not_sure_may_never_pay():
    """Where the interval of the saving holds 0, the range has no end."""
    base = study(shop(BOUGHT, machines=4), [day(tills=50), day(tills=50), day(tills=50)])
    other = study(shop(BOUGHT, machines=6), [day(tills=20), day(tills=60), day(tills=55)])
    found = payback_months(base, other)
    assert 0 < found.low < found.months
    assert found.high == inf


def test_without_a_price_there_is_no_payback():
    """It is not known, and why is said."""
    base, other = (study(shop(WAGES, machines=n), [day()] * 2) for n in (4, 6))
    found = payback_months(base, other)
    assert isnan(found.months)
    assert found.why == "the price of the machines is not known"


def test_who_buys_nothing_has_nothing_to_pay_back():
    """Fewer machines: paid at once."""
    base, other = (study(shop(BOUGHT, machines=n), [day()] * 2) for n in (6, 4))
    assert payback_months(base, other).months == 0.0
