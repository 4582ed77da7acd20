"""From the tables of a published simulation to scenarios, on tables invented here."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import simqueue as sq
from benchmarks.published_shop import nearest_from, read_days, with_silence, write_day
from benchmarks.reproduce import RULES, Cell, Sums, beside, cells, main, markdown, write_scenarios
from simqueue.customers.arrivals import rate

ARRIVALS = """"timestamp","customer-transaction-count","NA"
2018-02-01 06:00:00,0,1
2018-02-01 07:00:10,60,1
2018-02-01 08:00:00,120,1
2018-02-01 09:00:00,0,1
2018-02-01 09:00:00,0,1
2018-02-02 06:00:00,0,1
2018-02-02 07:30:00,30,1
2018-02-02 08:00:00,0,1
"""
BASKETS = """"timestamp","1","3","1003","1120"
2018-02-01 06:30:00,1,0,0,0
2018-02-01 07:30:00,0,1,2.5,0
2018-02-02 07:30:00,0,0,1,0
"""
CASHIERS = """"timestamp","number-of-cashiers"
2018-02-01 03:00:00,2
2018-02-01 07:00:00,0
2018-02-01 07:30:00,3
2018-02-02 01:00:00,4
2018-02-02 07:00:00,1
"""


@pytest.fixture
def data(tmp_path):
    """A folder with tables of two days."""
    tables = {"arrivals": ARRIVALS, "baskets_by_hour": BASKETS, "cashiers": CASHIERS}
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_days_are_those_with_customers(data):
    """Each day has its own rates, baskets by the centre of the hour and beginnings of shifts."""
    first, second = read_days(data)
    assert (first.day, second.day) == (date(2018, 2, 1), date(2018, 2, 2))
    assert first.rates == [(21600, 0), (25210, 60), (28800, 120), (32400, 0)]
    assert first.baskets == {23400: {1: 1, 3: 0, 120: 0}, 27000: {1: 0, 3: 3.5, 120: 0}}
    assert first.cashiers == [(10800, 2), (27000, 3)]
    assert first.hours_on_duty == 20


def test_the_shop_opens_at_the_full_hour_before_anybody_may_come(data):
    """Customers begin half an hour before the first known rate at the earliest."""
    first, second = read_days(data)
    assert (first.opens, first.closes) == (6 * 3600, 9 * 3600)
    assert (second.opens, second.closes) == (7 * 3600, 8 * 3600)


def test_a_scenario_says_what_the_tables_say(data, tmp_path):
    """Rates, baskets by clock and shifts of the written scenario are those of the day."""
    scenario = sq.load(write_day(read_days(data)[0], tmp_path / "out"))
    flow = rate(scenario.arrivals.rate_points(), scenario.opens_s, scenario.length_s, linear=True)
    by_hand = 3600 * (0 + 60) / 2 + 10 * 60 + 3590 * (60 + 120) / 2 + 3600 * 120 / 2
    np.testing.assert_allclose(flow.total, (by_hand - 300) / 3600, rtol=1e-3)
    items = scenario.customers[0].items
    assert [time for time, _ in items.points] == [6 * 3600, 7 * 3600]
    assert items.at(6.5 * 3600).mean == 1
    assert items.at(7 * 3600).mean == 3
    assert scenario.staffing.on_duty.points == ((3 * 3600, 2), (27000, 3))


def test_shifts_that_end_before_opening_are_left_out(data, tmp_path):
    """A cashier who has gone home when the shop opens is not in the scenario."""
    scenario = sq.load(write_day(read_days(data)[1], tmp_path / "out"))
    assert scenario.staffing.on_duty.points == ((7 * 3600, 1),)


def test_nobody_comes_far_from_a_known_rate():
    """Half an hour after one rate and before the next, arrivals stop at once."""
    points = with_silence([(0, 0.0), (7200, 72.0), (9000, 10.0)])
    at = dict(points)
    assert at[1800] == 18
    assert at[5400] == 54
    assert at[1801] == at[5399] == 0
    assert points[-2:] == [(7200, 72.0), (9000, 10.0)]


def test_the_nearest_table_changes_half_way():
    """Between two centres the later table takes over in the middle."""
    assert nearest_from([1800, 5400], opens=0) == {0: 1800, 3600: 5400}


@pytest.mark.parametrize(
    ("table", "row"),
    [("arrivals", "2018-02-02 23:59:00,5,1"), ("cashiers", "2018-02-02 21:00:00,1")],
)
def test_days_that_hang_together_are_refused(data, table, row):
    """Customers or shifts across midnight cannot be run day by day."""
    path = data / f"{table}.csv"
    path.write_text(path.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="midnight"):
        read_days(data)


def test_all_rules_can_be_run(data, tmp_path):
    """Every rule makes a valid scenario of a written day."""
    path = write_scenarios(read_days(data), tmp_path / "out")[0]
    for rule in RULES:
        scenario = sq.load(path, overrides=[("behaviour.lane_choice", rule.choice)])
        assert scenario.behaviour.lane_choice.rule == rule.choice["rule"]


def sums(waited_s, joined, queued):
    """A day of two runs."""
    return Sums(
        "fewest items",
        np.array(waited_s),
        np.array(joined),
        np.array(queued),
        till_hours=np.array([10.0, 12.0]),
        changeovers=np.array([4.0, 6.0]),
        turned_away=np.array([0.0, 1.0]),
        audit=(),
    )


def test_the_days_of_a_run_are_taken_together():
    """Each run's waits over all days are divided by its customers, then runs are averaged."""
    rule = next(rule for rule in RULES if rule.name == "fewest items")
    days = [
        sums([100.0, 0.0], [10.0, 10.0], [5.0, 0.0]),
        sums([20.0, 60.0], [2.0, 10.0], [1.0, 6.0]),
    ]
    everybody, queued = cells(rule, days)
    assert everybody.mean_s == pytest.approx((120 / 12 + 60 / 20) / 2)
    assert queued.mean_s == pytest.approx((120 / 6 + 60 / 6) / 2)
    assert everybody.error_s == pytest.approx(3.5)
    assert beside(rule, days).customers == pytest.approx((10 + 11 + 2 + 11) / 4)


def test_a_cell_holds_up_to_its_tolerance():
    """2 % off is as close as allowed, a little more is not, and the table says which."""
    near = Cell("fewest items", "all", 100.0, 101.9, 0.1, 0.02)
    far = Cell("fewest items", "queued", 100.0, 97.9, 0.1, 0.02)
    assert near.holds
    assert not far.holds
    rows = markdown([near, far], [], 100.0).splitlines()
    assert "+1.9 %" in rows[2]
    assert "within" in rows[2]
    assert "-2.1 %" in rows[3]
    assert "OUTSIDE" in rows[3]


def test_a_folder_without_tables_is_told(tmp_path, capsys):
    """Without the tables the command says what is missing and where to get it, with code 4."""
    assert main([str(tmp_path)]) == 4
    told = capsys.readouterr().err
    assert "arrivals.csv" in told
    assert "docs/reproduction.md" in told
