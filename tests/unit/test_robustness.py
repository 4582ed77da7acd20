"""How far a choice holds: what decides, where the limit lies, and what is said of it."""

from __future__ import annotations

from math import inf

import pytest

from simqueue.scenario import loads
from simqueue.scenario.study_file import RobustnessSpec
from simqueue.scenario.variations import ABSENT, DEMAND, Variation
from simqueue.show.figure_robustness import robustness_figure
from simqueue.show.robustness import csv_rows, reach_said, robustness_said
from simqueue.study.compare import compare
from simqueue.study.interval import Estimate
from simqueue.study.robustness import CHOICE, Robustness, Trial, chosen, reach, robustness
from simqueue.study.together import run_together
from tests.shops import CORNER_SHOP

SHOP = loads(CORNER_SHOP).replaced({"arrivals": {"constant_per_hour": 75}, "lanes.staffed.tills": 3,
                                    "lanes.staffed.roster": 1})  # fmt: skip
MORE = SHOP.replaced({"lanes.staffed.roster": 2})
NOTHING = Estimate(0.0, 0.0, 4, "s")


def trial(level: float, kind: str = DEMAND, half: float = 0.0, **margins: float) -> Trial:
    """A circumstance with these margins, all of them with the same half width."""
    found = {name: Estimate(value, half, 4, "s") for name, value in margins.items()}
    return Trial(Variation(kind, level), NOTHING, NOTHING, found)


def test_the_limit_is_where_the_first_margin_is_used_up() -> None:
    """Margins 30 and 10 at 0 %, 10 and -10 at 20 %: the second is used up at 10 %, by hand."""
    along = [trial(0.0, choice=30, wait_p95=10), trial(0.2, choice=10, wait_p95=-10)]
    found = reach(along, DEMAND, 1, ("choice", "wait_p95"))
    assert found.level == pytest.approx(0.10)
    assert (found.first, found.tested) == ("wait_p95", 0.2)


def test_the_range_of_the_limit_is_where_the_intervals_are_used_up() -> None:
    """Margins 10 +- 4 and -10 +- 4: used up between (10 - 4) / 20 and (10 + 4) / 20 of the way."""
    along = [trial(0.0, half=4, wait_p95=10), trial(0.2, half=4, wait_p95=-10)]
    found = reach(along, DEMAND, 1, ("wait_p95",))
    assert (found.low, found.high) == pytest.approx((0.06, 0.14))
    open_end = reach([trial(0.0, half=4, a=10), trial(0.2, half=4, a=-2)], DEMAND, 1, ("a",))
    assert open_end.high == inf


def test_a_limit_below_lies_on_its_own_side() -> None:
    """Going down from 10 to -10 over 20 % fewer, the limit is 10 % fewer."""
    along = [trial(0.0, a=10), trial(-0.2, a=-10)]
    assert reach(along, DEMAND, -1, ("a",)).level == pytest.approx(-0.1)


def test_nothing_fails_as_far_as_was_tried() -> None:
    """Then the limit is not known, and the sure part ends where the interval is used up."""
    found = reach([trial(0.0, half=4, a=10), trial(0.1, half=4, a=2)], DEMAND, 1, ("a",))
    assert (found.level, found.first, found.high) == (0.1, "", inf)
    assert found.low == pytest.approx(0.075)


def test_cashiers_are_counted_in_whole_numbers() -> None:
    """The last number with which everything holds; none of it in between."""
    along = [trial(0.0, a=10), trial(1, ABSENT, a=5), trial(2, ABSENT, a=-5)]
    assert reach(along, ABSENT, 1, ("a",)).level == 1
    along = [trial(0.0, a=10), trial(1, ABSENT, a=-5)]
    assert reach(along, ABSENT, 1, ("a",)).level == 0


@pytest.fixture(scope="module")
def comparison():
    """One till or two for 75 customers an hour."""
    return compare(run_together([SHOP, MORE], 10), ["one till", "two tills"])


@pytest.fixture(scope="module")
def found(comparison) -> Robustness:
    """The choice with fewer and more customers, and with a cashier absent."""
    spec = RobustnessSpec.model_validate({"demand": ["-20 %", "10 %"], "absent_cashiers": [1]})
    return robustness(comparison, spec, days=4)


def test_the_better_alternative_is_the_choice(comparison) -> None:
    """Two tills are better than one by the clock; the other way round nothing is better."""
    choice = chosen(comparison)
    assert (choice.names, choice.measure) == (("two tills", "one till"), "wait_mean_s")
    turned = compare(list(reversed(comparison.studies)), ["two tills", "one till"])
    choice = chosen(turned)
    assert (choice.names, choice.is_reference) == (("two tills", "one till"), True)


def test_each_circumstance_is_the_pair_simulated_under_it(found: Robustness) -> None:
    """The margin of the choice is the difference of both shops run by themselves, the same days."""
    more = next(t for t in found.tested if t.variation == Variation(DEMAND, 0.1))
    arrivals = {"arrivals.constant_per_hour": 75 * 1.1}
    alone = [run_together([each.replaced(arrivals)], 4)[0] for each in (SHOP, MORE)]
    waits = [study.day.estimate("wait_mean_s").mean for study in alone]
    assert more.margins[CHOICE].mean == pytest.approx(waits[0] - waits[1])
    assert (more.before.mean, more.after.mean) == pytest.approx(tuple(waits))
    room = 360 - alone[1].day.estimate("wait_p95_s").mean
    assert more.margins["wait_p95"].mean == pytest.approx(room)


def test_without_the_second_cashier_the_choice_is_nothing_but_the_reference(found) -> None:
    """With one of two cashiers absent both shops have one till: no day differs."""
    absent = next(t for t in found.tested if t.variation.kind == ABSENT)
    assert absent.margins[CHOICE].mean == 0
    assert absent.fails((CHOICE,)) == [CHOICE]


def test_the_limit_of_customers_is_looked_for_beyond_what_was_asked(found: Robustness) -> None:
    """More than a tenth more are tried until something fails or half as many again came."""
    levels = [t.variation.level for t in found.tested if t.variation.kind == DEMAND]
    assert max(levels) > 0.1
    assert {t.variation.level for t in found.tested if t.asked} == {0.0, -0.2, 0.1, 1.0}
    limit = next(r for r in found.reaches if r.kind == DEMAND and r.tested > 0)
    assert abs(limit.low) <= abs(limit.level) <= abs(limit.high)


def test_it_is_told_in_words_and_tables(found: Robustness) -> None:
    """The screen names every circumstance and how far it holds; the tables have every margin."""
    text = " ".join(robustness_said(found).split())
    circumstances = ("as planned", "customers -20 %", "customers +10 %", "1 cashier absent")
    for said in (*circumstances, "4 simulated days", "Absent cashiers are missing where most"):
        assert said in text
    assert len(csv_rows(found)) == sum(len(t.margins) for t in found.tested)
    plain = found.plain()
    assert {each["kind"] for each in plain["holds_up_to"]} <= {DEMAND, ABSENT}
    figure = robustness_figure(found)
    assert len(figure.axes) == 2


def test_a_limit_reads_as_planners_say_it() -> None:
    """'Holds up to +14 % customers', with its range and what fails first."""
    along = [trial(0.0, half=2, wait_p95=14), trial(0.2, half=2, wait_p95=-6)]
    limit = reach(along, DEMAND, 1, ("wait_p95",))
    made = Robustness("b", "a", False, "wait_mean_s", 10, 1, ("wait_p95",), (), tuple(along),
                      (limit,))  # fmt: skip
    assert reach_said(made, limit) == (
        "Holds up to +14 % customers (95 % range over days: +12 % to +16 %);"
        " what fails first: 95 in 100 wait at most."
    )
