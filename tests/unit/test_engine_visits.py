"""The engine against days with several visits worked by hand, written before they were run.

Lane 0 is a station (or a machine), lane 1 a till; service takes 10 s at either.
"""

from __future__ import annotations

from math import inf
from typing import Any

from tests.behaviour_day import kinds, on_demand, shifts
from tests.engine_day import ALWAYS, FAILED, PAID, STATION, traced, visits
from tests.plain_day import SELF_SERVICE, STAFFED


def only(*lanes: int, n_lanes: int = 2) -> dict[str, Any]:
    """Each visit may use one lane only."""
    return {"may_use": [[lane == j for lane in lanes] for j in range(n_lanes)]}


def test_a_visit_follows_the_end_of_another_after_its_delay():
    """Weighing from 1 to 11, then 3 s to the tills: joins at 14, whatever arrival_s says."""
    rows = traced(
        [1.0, 0.0],
        [[1], [1]],
        kind=[STATION, STAFFED],
        **only(0, 1),
        visits=visits((-1, 0.0, ALWAYS), (0, 3.0, ALWAYS)),
    )
    assert rows[2:] == [
        (1.0, "JOIN", 0, 0, -1),
        (1.0, "START", 0, 0, 0),
        (11.0, "END", 0, 0, 0),
        (11.0, "FREE", 0, 0, 0),
        (14.0, "JOIN", 1, 1, -1),
        (14.0, "START", 1, 1, 1),
        (24.0, "END", 1, 1, 1),
        (24.0, "FREE", 1, 1, 1),
    ]


def test_followers_come_at_one_instant_by_number_after_those_who_come_anyway():
    """At 10: 1 arrives by the clock, then 2 and 3, who follow 0 at once; all join in this order."""
    rows = traced(
        [0.0, 10.0, 0.0, 0.0],
        [[1], [1]],
        **only(0, 1, 1, 1),
        visits=visits((-1, 0.0, 0), (-1, 0.0, 0), (0, 0.0, ALWAYS), (0, 0.0, PAID)),
    )
    assert kinds(rows, "JOIN", "END")[:5] == [
        (0.0, "JOIN", 0, 0, -1),
        (10.0, "END", 0, 0, 0),
        (10.0, "JOIN", 1, 1, -1),
        (10.0, "JOIN", 2, 1, -1),
        (10.0, "JOIN", 3, 1, -1),
    ]


def test_a_visit_may_follow_one_with_a_higher_number():
    """0, then 2, then 1: joins at 0, 10, 20."""
    rows = traced(
        [0.0, 0.0, 0.0],
        [[1]],
        visits=visits((-1, 0.0, 0), (2, 0.0, ALWAYS), (0, 0.0, ALWAYS)),
    )
    assert kinds(rows, "JOIN") == [
        (0.0, "JOIN", 0, 0, -1),
        (10.0, "JOIN", 2, 0, -1),
        (20.0, "JOIN", 1, 0, -1),
    ]


def came(rows: list[tuple[float, str, int, int, int]], first: int) -> list[tuple[float, int]]:
    """When which later visits were made."""
    return [(row[0], row[2]) for row in rows if row[1] in ("JOIN", "BALK") and row[2] >= first]


def test_conditions_are_about_how_the_visit_before_ended():
    """Paid: those who always come and those who come when he has paid; failed: always, failed."""
    chain = visits((-1, 0.0, 0), (0, 1.0, ALWAYS), (0, 2.0, PAID), (0, 3.0, FAILED))
    for fails, expected in (
        (False, [(11.0, 1), (12.0, 2)]),
        (True, [(11.0, 1), (13.0, 3)]),
    ):
        rows = traced(
            [0.0] * 4,
            [[1], [1]],
            kind=[SELF_SERVICE, STAFFED],
            **only(0, 1, 1, 1),
            visits=chain,
            fails=[[fails] + [False] * 3, [False] * 4],
        )
        assert came(rows, 1) == expected


def test_who_turns_away_or_gives_up_is_followed_only_by_visits_that_are_always_made():
    """0 is served; 1 gives up at 5, his next visit comes at 7; 2 finds no room, his comes at 3."""
    rows = traced(
        [0.0, 0.0, 1.0, 0.0, 0.0, 0.0],
        [[1], [1]],
        **only(0, 0, 0, 1, 1, 1),
        line_capacity=[2, 1000],
        patience_s=[inf, 5.0, inf, inf, inf, inf],
        visits=visits(*[(-1, 0.0, 0)] * 3, (1, 2.0, ALWAYS), (2, 2.0, ALWAYS), (2, 2.0, PAID)),
    )
    assert kinds(rows, "BALK", "RENEGE") == [(1.0, "BALK", 2, -1, 2), (5.0, "RENEGE", 1, 0, -1)]
    assert came(rows, 3) == [(3.0, 4), (7.0, 3)]


def test_a_failed_transaction_frees_the_machine_at_once_and_he_pays_at_a_till():
    """Fails at 10: no gap, 1 starts there; 0 comes to the till 4 s later, with its gap."""
    rows = traced(
        [0.0, 1.0, 0.0],
        [[1], [1]],
        kind=[SELF_SERVICE, STAFFED],
        **only(0, 0, 1),
        gap_s=[[2.0] * 3] * 2,
        fails=[[True, False, False], [False] * 3],
        visits=visits((-1, 0.0, 0), (-1, 0.0, 0), (0, 4.0, FAILED)),
    )
    assert rows[5:] == [
        (10.0, "FAILED", 0, 0, 0),
        (10.0, "FREE", 0, 0, 0),
        (10.0, "START", 1, 0, 0),
        (14.0, "JOIN", 2, 1, -1),
        (14.0, "START", 2, 1, 1),
        (20.0, "END", 1, 0, 0),
        (22.0, "FREE", 1, 0, 0),
        (24.0, "END", 2, 1, 1),
        (26.0, "FREE", 2, 1, 1),
    ]


def test_people_at_a_station_do_not_call_cashiers_to_the_tills():
    """Three wait at the station and nobody at the tills: no call above 0.5; at a till, there is."""
    for kind, called in ((STATION, 0), (STAFFED, 1)):
        rows = traced(
            [0.0, 1.0, 2.0, 3.0],
            [[1], [1], [1]],
            kind=[kind, STAFFED, STAFFED],
            **only(0, 0, 0, 0, n_lanes=3),
            roster_s=[0.0, 0.0],
            roster_lane=[0, 1],
            roster_open=[1, 1],
            demand=on_demand(2, call_above=0.5),
            **shifts((0.0, inf)),
        )
        assert len(kinds(rows, "CALLED")) == called
