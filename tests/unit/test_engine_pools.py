"""The engine against days with shared staff worked by hand, written before they were run.

Where a lane has machines, who calls does so after 2 s, is helped 3 s and then takes 5 s more.
"""

from __future__ import annotations

from math import inf
from typing import Any

from tests.behaviour_day import kinds, on_demand, roster, shifts
from tests.engine_day import traced
from tests.plain_day import SELF_SERVICE, STAFFED, choice


def machines(n: int, n_lanes: int, *lanes: int) -> dict[str, Any]:
    """Everybody calls at these lanes, nobody elsewhere."""

    def there(value: float, elsewhere: float) -> list[list[float]]:
        return [[value if j in lanes else elsewhere] * n for j in range(n_lanes)]

    return {
        "kind": [SELF_SERVICE if j in lanes else STAFFED for j in range(n_lanes)],
        "before_call_s": there(2.0, inf),
        "after_call_s": there(5.0, 0.0),
        "help_s": there(3.0, 0.0),
    }


def on_duty(*entries: tuple[float, int, int]) -> dict[str, Any]:
    """The number on duty as (time, pool, number)."""
    times, pools, numbers = (list(values) for values in zip(*entries, strict=True))
    return {"attendants_s": times, "attendants_pool": pools, "attendants_on": numbers}


def test_one_pool_answers_the_calls_of_two_lanes_in_their_order():
    """One attendant for both lanes: calls at 2, 2.5 and 3 are answered at 2, 5 and 8."""
    rows = traced(
        [0.0, 0.5, 1.0],
        [[2], [1]],
        **machines(3, 2, 0, 1),
        may_use=[[True, False, True], [False, True, False]],
        lane_pool=[2, 2],
        **on_duty((0.0, 2, 1)),
    )
    assert kinds(rows, "CALL", "HELP", "HELPED") == [
        (2.0, "CALL", 0, 0, 0),
        (2.0, "HELP", 0, 0, 0),
        (2.5, "CALL", 1, 1, 2),
        (3.0, "CALL", 2, 0, 1),
        (5.0, "HELPED", 0, 0, 0),
        (5.0, "HELP", 1, 1, 2),
        (8.0, "HELPED", 1, 1, 2),
        (8.0, "HELP", 2, 0, 1),
        (11.0, "HELPED", 2, 0, 1),
    ]


def test_calls_that_need_nobody_are_answered_at_once():
    """Pool -1: two calls at 2 are both answered at 2, with nobody on duty."""
    rows = traced([0.0, 0.0], [[2]], **machines(2, 1, 0), lane_pool=[-1])
    assert kinds(rows, "CALL", "HELP", "HELPED", "END") == [
        (2.0, "CALL", 0, 0, 0),
        (2.0, "HELP", 0, 0, 0),
        (2.0, "CALL", 1, 0, 1),
        (2.0, "HELP", 1, 0, 1),
        (5.0, "HELPED", 0, 0, 0),
        (5.0, "HELPED", 1, 0, 1),
        (10.0, "END", 0, 0, 0),
        (10.0, "END", 1, 0, 1),
    ]


def test_who_calls_twice_works_in_between():
    """Pace 2: call at 4, help to 7, call again at 7 + 2 x 4 = 15, help 1 s, 2 x 5 s more: 26."""
    rows = traced(
        [0.0],
        [[1]],
        **machines(1, 1, 0),
        server_pace=[2.0],
        again_after_s=[[4.0]],
        again_help_s=[[1.0]],
        **on_duty((0.0, 0, 1)),
    )
    assert rows[3:] == [
        (4.0, "CALL", 0, 0, 0),
        (4.0, "HELP", 0, 0, 0),
        (7.0, "HELPED", 0, 0, 0),
        (15.0, "CALL", 0, 0, 0),
        (15.0, "HELP", 0, 0, 0),
        (16.0, "HELPED", 0, 0, 0),
        (26.0, "END", 0, 0, 0),
        (26.0, "FREE", 0, 0, 0),
    ]


def test_the_expected_wait_counts_what_is_left_between_two_calls():
    """One machine, own 2 + 4 + 5 s, helps 3 and 1 s: at t, the wait planned for one more is

    11 at 0 (no help counted), 3 + 9 = 12 at 2, 9 at 5 (helped), 1 + 5 = 6 at 9, 5 at 10. The other
    till is idle to begin with and then planned to be busy for `rival` s, a little more or less.
    """
    for t, rest in ((0.0, 11.0), (2.0, 12.0), (5.0, 9.0), (9.0, 6.0), (10.0, 5.0)):
        for rival, line in ((rest + 0.25, 0), (rest - 0.75, 1)):
            rows = traced(
                [0.0, t + 0.5, t + 0.5],
                [[1], [1]],
                **machines(3, 2, 0),
                may_use=[[True, False, True], [False, True, True]],
                service_s=[[10.0] * 3, [rival] * 3],
                again_after_s=[[4.0] * 3, [inf] * 3],
                again_help_s=[[1.0] * 3, [0.0] * 3],
                choice=choice("expected_wait_items"),
                **on_duty((0.0, 0, 1)),
            )
            assert [row[3] for row in kinds(rows, "JOIN") if row[2] == 2] == [line]


def test_who_opens_a_till_is_missed_where_he_came_from():
    """One person: called to the till at 1, there from 4 until it closes at 15; then he helps.

    Customer 0 calls at 2 at the machine; 1 and 2 stand at till 1, 3 takes the new till at 5.
    """
    rows = traced(
        [0.0, 0.0, 1.0, 5.0],
        [[1], [1], [1]],
        **machines(4, 3, 0),
        may_use=[[True, False, False, False], [False, True, True, False], [False] * 3 + [True]],
        **roster((0.0, 0, 1), (0.0, 1, 1)),
        **on_duty((0.0, 0, 1)),
        demand=on_demand(2, call_above=0.4, close_below=1.0, walk_s=3.0, pool=0),
    )
    assert kinds(rows, "CALL", "CALLED", "CAME", "OPEN", "CLOSED", "HELP", "HELPED")[2:] == [
        (1.0, "CALLED", -1, -1, -1),
        (2.0, "CALL", 0, 0, 0),
        (4.0, "CAME", -1, 2, 2),
        (4.0, "OPEN", -1, 2, 2),
        (15.0, "CLOSED", -1, 2, 2),
        (15.0, "HELP", 0, 0, 0),
        (18.0, "HELPED", 0, 0, 0),
    ]


def test_who_finds_no_till_goes_back_and_answers_a_call():
    """Called at 1, the only till of the lane has been opened by the roster at 3: back at 4."""
    rows = traced(
        [0.0, 0.0, 1.0],
        [[1], [1], [1]],
        **machines(3, 3, 0),
        may_use=[[True, False, False], [False, True, True], [False] * 3],
        **roster((0.0, 0, 1), (0.0, 1, 1), (3.0, 2, 1)),
        **on_duty((0.0, 0, 1)),
        demand=on_demand(2, call_above=0.4, walk_s=3.0, pool=0),
    )
    assert [row for row in rows if row[0] == 4.0] == [
        (4.0, "CAME", -1, -1, -1),
        (4.0, "HELP", 0, 0, 0),
    ]


def test_he_goes_back_when_the_roster_takes_his_till_over():
    """There from 4; at 6 the roster wants one till open in his lane, which is the one he opened."""
    rows = traced(
        [0.0, 0.0, 1.0],
        [[1], [1], [1]],
        **machines(3, 3, 0),
        may_use=[[True, False, False], [False, True, True], [False] * 3],
        **roster((0.0, 0, 1), (0.0, 1, 1), (6.0, 2, 1)),
        **on_duty((0.0, 0, 1)),
        demand=on_demand(2, call_above=0.4, walk_s=3.0, pool=0),
    )
    assert [row for row in rows if 4.0 <= row[0] < 9.0] == [
        (4.0, "CAME", -1, 2, 2),
        (4.0, "OPEN", -1, 2, 2),
        (6.0, "HELP", 0, 0, 0),
    ]


def test_with_nobody_free_in_the_pool_a_call_lapses():
    """The one on duty helps from 2 to 5: who joins at 3 calls nobody, who joins at 6 does."""
    rows = traced(
        [0.0, 0.0, 3.0, 6.0],
        [[1], [1], [1]],
        **machines(4, 3, 0),
        may_use=[[True, False, False, False], [False, True, True, True], [False] * 4],
        **roster((0.0, 0, 1), (0.0, 1, 1)),
        **on_duty((0.0, 0, 1)),
        demand=on_demand(2, call_above=0.4, pool=0),
    )
    assert kinds(rows, "CALLED") == [(6.0, "CALLED", -1, -1, -1)]


def test_numbers_on_duty_change_by_pool_among_the_rosters_of_lanes():
    """At 4 the roster of lane 0, then pool 0, then the roster of lane 1, then pool 3."""
    rows = traced(
        [0.0, 0.0],
        [[2], [1]],
        **machines(2, 2, 0),
        may_use=[[True, True], [False, False]],
        lane_pool=[0, 3],
        roster_s=[0.0, 4.0, 4.0],
        roster_lane=[0, 1, 0],
        roster_open=[2, 1, 1],
        **on_duty((4.0, 3, 1), (4.0, 0, 1)),
    )
    assert [row for row in rows if row[0] == 4.0] == [
        (4.0, "CLOSING", -1, 0, 1),
        (4.0, "HELP", 0, 0, 0),
        (4.0, "OPEN", -1, 1, 2),
    ]


def test_shifts_end_after_all_numbers_on_duty_have_changed():
    """At 6 somebody comes on duty in pool 7 and helps; then a shift ends and a till closes."""
    rows = traced(
        [0.0],
        [[1], [1]],
        **machines(1, 2, 0),
        may_use=[[True], [False]],
        lane_pool=[7, 1],
        **roster((0.0, 0, 1)),
        **on_duty((6.0, 7, 1)),
        demand=on_demand(1),
        **shifts((0.0, 6.0)),
    )
    assert [row for row in rows if row[0] == 6.0] == [
        (6.0, "HELP", 0, 0, 0),
        (6.0, "CLOSED", -1, 1, 1),
    ]
