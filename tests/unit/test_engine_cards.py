"""The engine against days on which cards fail, worked by hand and written before they were run."""

from __future__ import annotations

from tests.behaviour_day import kinds
from tests.engine_day import ALWAYS, PAID, STATION, broken, traced, visits, without_cards
from tests.plain_day import STAFFED, choice

ALL = {"needs_card": [True] * 4}


def test_who_needs_a_card_is_held_until_cards_work():
    """Cards fail from 5 to 25: 0 is held from 10, pays at 25, gap to 27; cash pays at 11."""
    rows = traced(
        [0.0, 1.0, 2.0],
        [[1, 1]],
        gap_s=[[2.0, 0.0, 0.0]],
        no_cards=without_cards((5.0, 20.0)),
        needs_card=[True, False, False],
    )
    assert rows[2:] == [
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "START", 0, 0, 0),
        (1.0, "JOIN", 1, 1, -1),
        (1.0, "START", 1, 1, 1),
        (2.0, "JOIN", 2, 0, -1),
        (5.0, "NO_CARDS", -1, -1, -1),
        (10.0, "HELD", 0, 0, 0),
        (11.0, "END", 1, 1, 1),
        (11.0, "FREE", 1, 1, 1),
        (25.0, "CARDS", -1, -1, -1),
        (25.0, "END", 0, 0, 0),
        (27.0, "FREE", 0, 0, 0),
        (27.0, "START", 2, 0, 0),
        (37.0, "END", 2, 0, 0),
        (37.0, "FREE", 2, 0, 0),
    ]


def test_those_held_go_on_in_order_of_their_numbers():
    """1 is held at 3 and 0 at 10; at 20 customer 0 goes first, and an arrival comes after both."""
    rows = traced(
        [0.0, 0.0, 20.0],
        [[1, 1]],
        service_s=[[10.0, 3.0, 10.0]],
        no_cards=without_cards((1.0, 19.0)),
        needs_card=[True] * 3,
    )
    assert kinds(rows, "HELD", "CARDS", "END", "JOIN")[2:] == [
        (3.0, "HELD", 1, 1, 1),
        (10.0, "HELD", 0, 0, 0),
        (20.0, "CARDS", -1, -1, -1),
        (20.0, "END", 0, 0, 0),
        (20.0, "END", 1, 1, 1),
        (20.0, "JOIN", 2, 0, -1),
        (30.0, "END", 2, 0, 0),
    ]


def test_at_one_instant_a_service_ends_before_cards_fail_and_before_they_work():
    """Ends at 10: paid if cards fail from 10; held if they fail until 10, and paid at once."""
    rows = traced([0.0], [[1]], no_cards=without_cards((10.0, 5.0)), needs_card=[True])
    assert kinds(rows, "HELD", "END") == [(10.0, "END", 0, 0, 0)]
    rows = traced([0.0], [[1]], no_cards=without_cards((5.0, 5.0)), needs_card=[True])
    assert [row for row in rows if row[0] == 10.0] == [
        (10.0, "HELD", 0, 0, 0),
        (10.0, "CARDS", -1, -1, -1),
        (10.0, "END", 0, 0, 0),
        (10.0, "FREE", 0, 0, 0),
    ]


def test_a_window_that_begins_where_another_ends_lets_those_held_pay_in_between():
    """Windows 5 to 12 and 12 to 30: 0, held at 10, pays at 12; 1 is held from 22 to 30."""
    rows = traced([0.0, 1.0], [[1]], no_cards=without_cards((5.0, 7.0), (12.0, 18.0)), **ALL)
    assert kinds(rows, "HELD", "NO_CARDS", "CARDS", "END")[1:] == [
        (10.0, "HELD", 0, 0, 0),
        (12.0, "CARDS", -1, -1, -1),
        (12.0, "END", 0, 0, 0),
        (12.0, "NO_CARDS", -1, -1, -1),
        (22.0, "HELD", 1, 0, 0),
        (30.0, "CARDS", -1, -1, -1),
        (30.0, "END", 1, 0, 0),
    ]


def test_who_leaves_without_paying_frees_the_till_at_once():
    """LEFT at 10 and FREE, no gap; the visit he would make after paying is not made."""
    rows = traced(
        [0.0, 1.0, 0.0, 0.0],
        [[1]],
        gap_s=[[4.0] * 4],
        no_cards=without_cards((5.0, 10.0), leaves=True),
        visits=visits((-1, 0.0, 0), (-1, 0.0, 0), (0, 90.0, PAID), (0, 80.0, ALWAYS)),
        **ALL,
    )
    assert rows[5:] == [
        (10.0, "LEFT", 0, 0, 0),
        (10.0, "FREE", 0, 0, 0),
        (10.0, "START", 1, 0, 0),
        (15.0, "CARDS", -1, -1, -1),
        (20.0, "END", 1, 0, 0),
        (24.0, "FREE", 1, 0, 0),
        (90.0, "JOIN", 3, 0, -1),
        (90.0, "START", 3, 0, 0),
        (100.0, "END", 3, 0, 0),
        (104.0, "FREE", 3, 0, 0),
    ]


def test_stations_take_no_cards_and_failures_come_first():
    """Nobody pays at a station; a transaction that fails, fails with or without cards."""
    window = {"no_cards": without_cards((5.0, 20.0)), "needs_card": [True]}
    rows = traced([0.0], [[1]], kind=[STATION], **window)
    assert kinds(rows, "HELD", "END") == [(10.0, "END", 0, 0, 0)]
    rows = traced([0.0], [[1]], kind=[STAFFED], fails=[[True]], **window)
    assert kinds(rows, "HELD", "END", "FAILED") == [(10.0, "FAILED", 0, 0, 0)]


def test_a_stoppage_of_the_till_does_not_hold_him_longer():
    """Held 10 to 25, the till stopped 12 to 40: he pays at 25, the next starts at 40."""
    rows = traced(
        [0.0, 1.0],
        [[1]],
        no_cards=without_cards((5.0, 20.0)),
        needs_card=[True, False],
        stoppages=broken((12.0, 0, 28.0), sends_on=True),
    )
    assert kinds(rows, "SENT_ON", "END", "START")[1:] == [
        (25.0, "END", 0, 0, 0),
        (40.0, "START", 1, 0, 0),
        (50.0, "END", 1, 0, 0),
    ]


def test_the_expected_wait_of_a_held_till_is_until_cards_work():
    """At 11 till 1 is held until 25 and the gap of 2 s: 16 s; till 2 is busy until 26 or 28."""
    for service_s, line in ((14.75, 1), (16.25, 0)):
        rows = traced(
            [0.0, 11.0, 11.0],
            [[1], [1]],
            may_use=[[True, False, True], [False, True, True]],
            service_s=[[10.0] * 3, [service_s] * 3],
            gap_s=[[2.0] * 3, [0.0] * 3],
            no_cards=without_cards((5.0, 20.0)),
            needs_card=[True, False, False],
            choice=choice("expected_wait_items"),
        )
        assert [row[3] for row in kinds(rows, "JOIN") if row[2] == 2] == [line]
