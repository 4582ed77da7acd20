"""The naive simulator against tiny days worked by hand.

The engines are judged by the oracle, so the oracle is judged here, by arithmetic on paper. Every
expected trace was written before it was run.
"""

from __future__ import annotations

from math import inf, nan
from typing import Any

from tests.oracle import simulate
from tests.plain_day import EXPRESS, SELF_SERVICE, STAFFED, choice, column, day

SERVED, BALKED, RENEGED, UNFINISHED = 0, 1, 2, 3
NO_OPEN_LANE, NO_ROOM, NOBODY_MAY_SERVE, PATIENCE = 1, 2, 3, 4

Rows = list[tuple[float, str, int, int, int]]


def test_one_till_serves_in_order_of_arrival():
    """Arrivals at 0, 4, 9 and 10 s of service each: starts at 0, 10, 20; waits 0, 6, 11."""
    trace, log = simulate(day([0.0, 4.0, 9.0], [[1]]))
    assert trace == [
        (0.0, "OPEN", -1, 0, 0),
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "START", 0, 0, 0),
        (4.0, "JOIN", 1, 0, -1),
        (9.0, "JOIN", 2, 0, -1),
        (10.0, "END", 0, 0, 0),
        (10.0, "FREE", 0, 0, 0),
        (10.0, "START", 1, 0, 0),
        (20.0, "END", 1, 0, 0),
        (20.0, "FREE", 1, 0, 0),
        (20.0, "START", 2, 0, 0),
        (30.0, "END", 2, 0, 0),
        (30.0, "FREE", 2, 0, 0),
    ]
    assert column(log, "wait_s") == [0.0, 6.0, 11.0]
    assert column(log, "end_s") == [10.0, 20.0, 30.0]
    assert column(log, "ahead_at_join") == [0, 1, 2]
    assert column(log, "behind_at_most") == [0, 1, 0]
    assert column(log, "last_in_line_s") == [0.0, 5.0, 11.0]  # 4 to 9; 9 to 20
    assert column(log, "steps") == [0, 0, 1]  # customer 2 steps up when 1 starts
    assert column(log, "served_by_staff_s") == [10.0, 10.0, 10.0]
    assert column(log, "own_scanning_s") == [0.0, 0.0, 0.0]


def test_pace_slows_the_service_but_not_the_gap():
    """At pace 2 service takes 20 s; the gap of 5 s holds the till, and is not a person in line."""
    trace, log = simulate(day([0.0, 21.0], [[1]], server_pace=[2.0], gap_s=[[5.0, 5.0]]))
    assert trace == [
        (0.0, "OPEN", -1, 0, 0),
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "START", 0, 0, 0),
        (20.0, "END", 0, 0, 0),
        (21.0, "JOIN", 1, 0, -1),
        (25.0, "FREE", 0, 0, 0),
        (25.0, "START", 1, 0, 0),
        (45.0, "END", 1, 0, 0),
        (50.0, "FREE", 1, 0, 0),
    ]
    assert column(log, "wait_s") == [0.0, 4.0]
    assert column(log, "ahead_at_join") == [0, 0]
    assert column(log, "served_by_staff_s") == [20.0, 20.0]


def test_patience_ends_the_wait_unless_service_comes_at_that_instant():
    """Service 40 s: patience 39 from 1 is just enough, 5 from 2 and 0 from 3 are not."""
    patience = [inf, 39.0, 5.0, inf, 0.0]
    trace, log = simulate(
        day([0.0, 1.0, 2.0, 3.0, 3.0], [[1]], service_s=[[40.0] * 5], patience_s=patience)
    )
    assert trace == [
        (0.0, "OPEN", -1, 0, 0),
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "START", 0, 0, 0),
        (1.0, "JOIN", 1, 0, -1),
        (2.0, "JOIN", 2, 0, -1),
        (3.0, "JOIN", 3, 0, -1),
        (3.0, "JOIN", 4, 0, -1),
        (3.0, "RENEGE", 4, 0, -1),
        (7.0, "RENEGE", 2, 0, -1),
        (40.0, "END", 0, 0, 0),
        (40.0, "FREE", 0, 0, 0),
        (40.0, "START", 1, 0, 0),
        (80.0, "END", 1, 0, 0),
        (80.0, "FREE", 1, 0, 0),
        (80.0, "START", 3, 0, 0),
        (120.0, "END", 3, 0, 0),
        (120.0, "FREE", 3, 0, 0),
    ]
    assert column(log, "ending") == [SERVED, SERVED, RENEGED, SERVED, RENEGED]
    assert column(log, "why") == [0, 0, PATIENCE, 0, PATIENCE]
    assert column(log, "wait_s") == [0.0, 39.0, 5.0, 77.0, 0.0]
    assert column(log, "start_s") == [0.0, 40.0, None, 80.0, None]
    assert column(log, "end_s") == [40.0, 80.0, 7.0, 120.0, 3.0]
    assert column(log, "behind_at_most") == [0, 3, 2, 1, 0]
    # 1 to 2; 2 to 3; 3 to 3 and, once customer 4 has gone again, 3 to 80
    assert column(log, "last_in_line_s") == [0.0, 1.0, 1.0, 77.0, 0.0]
    # customer 3 steps up at 7 (2 gives up) and at 40 (1 starts)
    assert column(log, "steps") == [0, 0, 0, 2, 0]
    # customer 1 stands 39 s: 9 beyond 30; customer 3 stands 4, 33 and 40 s: 3 + 10
    assert column(log, "queue_still_s") == [0.0, 9.0, 0.0, 13.0, 0.0]


def help_day(**changes: Any) -> dict[str, Any]:
    """Two machines with one line; both customers call after 5 s, 10 s of help, then 5 s more."""
    return day(
        [0.0, 1.0],
        [[2]],
        kind=[SELF_SERVICE],
        before_call_s=[[5.0, 5.0]],
        after_call_s=[[5.0, 5.0]],
        help_s=[[10.0, 10.0]],
        **changes,
    )


def test_one_attendant_answers_calls_in_order():
    """Calls at 5 and 6: help 5 to 15 for the first; 9 s later, 15 to 25, for the second."""
    trace, log = simulate(help_day(attendants_s=[0.0], attendants_pool=[0], attendants_on=[1]))
    assert trace == [
        (0.0, "OPEN", -1, 0, 0),
        (0.0, "OPEN", -1, 0, 1),
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "START", 0, 0, 0),
        (1.0, "JOIN", 1, 0, -1),
        (1.0, "START", 1, 0, 1),
        (5.0, "CALL", 0, 0, 0),
        (5.0, "HELP", 0, 0, 0),
        (6.0, "CALL", 1, 0, 1),
        (15.0, "HELPED", 0, 0, 0),
        (15.0, "HELP", 1, 0, 1),
        (20.0, "END", 0, 0, 0),
        (20.0, "FREE", 0, 0, 0),
        (25.0, "HELPED", 1, 0, 1),
        (30.0, "END", 1, 0, 1),
        (30.0, "FREE", 1, 0, 1),
    ]
    assert column(log, "help_wait_s") == [0.0, 9.0]
    assert column(log, "help_s") == [10.0, 10.0]
    assert column(log, "own_scanning_s") == [10.0, 10.0]
    assert column(log, "served_by_staff_s") == [0.0, 0.0]


def test_an_attendant_who_goes_off_duty_finishes_and_the_next_takes_the_call():
    """On duty 1, then 0 from 10, then 2 from 22: help 5 to 15 goes on; the second call waits 16."""
    trace, log = simulate(
        help_day(attendants_s=[0.0, 10.0, 22.0], attendants_pool=[0, 0, 0], attendants_on=[1, 0, 2])
    )
    assert trace[9:] == [
        (15.0, "HELPED", 0, 0, 0),
        (20.0, "END", 0, 0, 0),
        (20.0, "FREE", 0, 0, 0),
        (22.0, "HELP", 1, 0, 1),
        (32.0, "HELPED", 1, 0, 1),
        (37.0, "END", 1, 0, 1),
        (37.0, "FREE", 1, 0, 1),
    ]
    assert column(log, "help_wait_s") == [0.0, 16.0]


def test_without_attendants_both_machines_stay_held():
    """Two calls that nobody answers leave both customers and the one behind them unfinished."""
    held = day(
        [0.0, 1.0, 2.0],
        [[2]],
        kind=[SELF_SERVICE],
        before_call_s=[[5.0] * 3],
        after_call_s=[[5.0] * 3],
        help_s=[[10.0] * 3],
    )
    trace, log = simulate(held)
    assert [row[:3] for row in trace[6:]] == [(2.0, "JOIN", 2), (5.0, "CALL", 0), (6.0, "CALL", 1)]
    assert column(log, "ending") == [UNFINISHED] * 3
    assert column(log, "end_s") == [None] * 3
    assert column(log, "wait_s") == [0.0, 0.0, None]
    assert column(log, "ahead_at_join") == [0, 1, 2]


OWN_TILLS: Rows = [
    (0.0, "OPEN", -1, 0, 0),
    (0.0, "OPEN", -1, 1, 1),
    (0.0, "JOIN", 0, 0, -1),  # 0 and 0 people: the first line
    (0.0, "START", 0, 0, 0),
    (1.0, "JOIN", 1, 1, -1),  # 1 and 0 people
    (1.0, "START", 1, 1, 1),
    (2.0, "JOIN", 2, 0, -1),  # 1 and 1 people: the first line
    (3.0, "JOIN", 3, 1, -1),  # 2 and 1 people
    (5.0, "CLOSING", -1, 1, 1),  # 2 and 2 people: the highest number closes
    (6.0, "JOIN", 4, 0, -1),  # the only open line
    (10.0, "END", 0, 0, 0),
    (10.0, "FREE", 0, 0, 0),
    (10.0, "START", 2, 0, 0),
    (11.0, "END", 1, 1, 1),
    (11.0, "FREE", 1, 1, 1),
    (11.0, "START", 3, 1, 1),  # the closing till serves its line out
]
TILL_0_GOES_ON: Rows = [
    (20.0, "END", 2, 0, 0),
    (20.0, "FREE", 2, 0, 0),
    (20.0, "START", 4, 0, 0),
    (21.0, "END", 3, 1, 1),
    (21.0, "FREE", 3, 1, 1),
]
LAST_ENDS: Rows = [(30.0, "END", 4, 0, 0), (30.0, "FREE", 4, 0, 0)]


def test_a_till_of_its_own_line_serves_the_line_out():
    """Two tills with two people each, one to close at 5: till 2 serves both and closes at 21."""
    down = day(
        [0.0, 1.0, 2.0, 3.0, 6.0],
        [[1, 1]],
        roster_s=[0.0, 5.0],
        roster_lane=[0, 0],
        roster_open=[2, 1],
    )
    trace, log = simulate(down)
    assert trace == [*OWN_TILLS, *TILL_0_GOES_ON, (21.0, "CLOSED", -1, 1, 1), *LAST_ENDS]
    assert column(log, "line") == [0, 1, 0, 1, 0]
    # customer 2 (2 to 10), 3 (3 to 11), 4 (6 to 20); 3 starts at 11 before 4 but came earlier
    assert column(log, "wait_s") == [0.0, 0.0, 8.0, 8.0, 14.0]
    assert column(log, "slips_same_kind") == [0, 0, 0, 0, 0]


def test_a_till_that_is_still_closing_is_opened_again():
    """The same day with two tills wanted again from 15: till 2 opens at 15 and never closes."""
    again = day(
        [0.0, 1.0, 2.0, 3.0, 6.0],
        [[1, 1]],
        roster_s=[0.0, 5.0, 15.0],
        roster_lane=[0, 0, 0],
        roster_open=[2, 1, 2],
    )
    assert simulate(again)[0] == [
        *OWN_TILLS,
        (15.0, "OPEN", -1, 1, 1),
        *TILL_0_GOES_ON,
        *LAST_ENDS,
    ]


def test_an_idle_till_closes_before_a_busy_one_and_at_once():
    """With only till 1 busy, going from three to one closes tills 3 and 2 at that instant."""
    idle = day([0.0], [[1, 1, 1]], roster_s=[0.0, 5.0], roster_lane=[0, 0], roster_open=[3, 1])
    assert simulate(idle)[0][5:] == [
        (5.0, "CLOSED", -1, 2, 2),
        (5.0, "CLOSED", -1, 1, 1),
        (10.0, "END", 0, 0, 0),
        (10.0, "FREE", 0, 0, 0),
    ]


def test_a_shared_line_is_served_out_by_all_and_then_by_those_opened_again():
    """Two servers, none wanted from 5 with three waiting, one from 12: the second then stops."""
    arrivals = [0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 13.0]
    closed = day(
        arrivals, [[2]], roster_s=[0.0, 5.0, 12.0], roster_lane=[0, 0, 0], roster_open=[2, 0, 1]
    )
    trace, log = simulate(closed)
    assert trace[9:] == [
        (5.0, "CLOSING", -1, 0, 1),
        (5.0, "CLOSING", -1, 0, 0),
        (6.0, "BALK", 5, -1, NO_OPEN_LANE),
        (10.0, "END", 0, 0, 0),
        (10.0, "FREE", 0, 0, 0),
        (10.0, "START", 2, 0, 0),
        (11.0, "END", 1, 0, 1),
        (11.0, "FREE", 1, 0, 1),
        (11.0, "START", 3, 0, 1),
        (12.0, "OPEN", -1, 0, 0),  # still closing: opened again, the lowest number first
        (13.0, "JOIN", 6, 0, -1),
        (20.0, "END", 2, 0, 0),
        (20.0, "FREE", 2, 0, 0),
        (20.0, "START", 4, 0, 0),
        (21.0, "END", 3, 0, 1),
        (21.0, "FREE", 3, 0, 1),
        (21.0, "CLOSED", -1, 0, 1),  # customer 6 waits, but this one stops
        (30.0, "END", 4, 0, 0),
        (30.0, "FREE", 4, 0, 0),
        (30.0, "START", 6, 0, 0),
        (40.0, "END", 6, 0, 0),
        (40.0, "FREE", 6, 0, 0),
    ]
    assert column(log, "ending") == [SERVED] * 5 + [BALKED, SERVED]
    assert log[5]["join_s"] != log[5]["join_s"]  # nan
    assert log[5]["end_s"] == 6.0
    assert log[5]["ahead_at_join"] == -1


def test_a_shared_line_with_one_left_loses_its_busy_server_at_the_next_free():
    """Two busy servers and two waiting, one wanted from 5: server 2 ends at 11 and closes."""
    fewer = day(
        [0.0, 1.0, 2.0, 3.0], [[2]], roster_s=[0.0, 5.0], roster_lane=[0, 0], roster_open=[2, 1]
    )
    trace = simulate(fewer)[0]
    assert (5.0, "CLOSING", -1, 0, 1) in trace
    assert (11.0, "CLOSED", -1, 0, 1) in trace
    assert [row[:3] for row in trace if row[1] == "START"] == [
        (0.0, "START", 0),
        (1.0, "START", 1),
        (10.0, "START", 2),
        (20.0, "START", 3),
    ]


def test_an_opened_server_takes_the_first_of_a_shared_line():
    """One server with two waiting, two wanted from 4: the second opens and starts customer 1."""
    more = day([0.0, 1.0, 2.0], [[2]], roster_s=[0.0, 4.0], roster_lane=[0, 0], roster_open=[1, 2])
    trace = simulate(more)[0]
    assert trace[5:7] == [(4.0, "OPEN", -1, 0, 1), (4.0, "START", 1, 0, 1)]


def test_everything_at_one_instant_has_its_order():
    """At 10: an end, an opening, the end of two patiences and two arrivals, with room for 4.

    Customer 0 ends, 1 starts in that event; the second server opens and takes 2, whose patience
    ends at 10; 3 gives up at 10; that leaves two people, so that 4 and 5 both find room.
    """
    busy = day(
        [0.0, 1.0, 2.0, 3.0, 10.0, 10.0],
        [[2]],
        patience_s=[inf, inf, 8.0, 7.0, inf, inf],
        line_capacity=[4],
        roster_s=[0.0, 10.0],
        roster_lane=[0, 0],
        roster_open=[1, 2],
    )
    assert [row for row in simulate(busy)[0] if row[0] == 10.0] == [
        (10.0, "END", 0, 0, 0),
        (10.0, "FREE", 0, 0, 0),
        (10.0, "START", 1, 0, 0),
        (10.0, "OPEN", -1, 0, 1),
        (10.0, "START", 2, 0, 1),
        (10.0, "RENEGE", 3, 0, -1),
        (10.0, "JOIN", 4, 0, -1),
        (10.0, "JOIN", 5, 0, -1),
    ]


def test_each_reason_to_turn_away():
    """Lane 1 full, lane 2 not open: who may use both, lane 2 or none hears the right reason."""
    full = day(
        [0.0, 1.0, 2.0, 3.0],
        [[1], [1]],
        line_capacity=[1, 9],
        may_use=[[True, True, False, False], [False, True, True, False]],
        roster_s=[0.0],
        roster_lane=[0],
        roster_open=[1],
    )
    assert [row for row in simulate(full)[0] if row[1] == "BALK"] == [
        (1.0, "BALK", 1, -1, NO_ROOM),
        (2.0, "BALK", 2, -1, NO_OPEN_LANE),
        (3.0, "BALK", 3, -1, NOBODY_MAY_SERVE),
    ]


def test_slips_are_counted_by_the_line_that_was_faster():
    """Lines 1, 2 (tills) and 3 (express) in turn; customer 3 waits 3 to 100 behind a long service.

    Customers 4 (line 2, starts at 11) and 5 (line 3, starts at 12) came later and start before him.
    """
    slips = day(
        [0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
        [[1, 1], [1]],
        kind=[STAFFED, EXPRESS],
        service_s=[[100.0, 10.0, 10.0, 10.0, 10.0, 10.0], [10.0] * 6],
        choice=choice("alternate"),
    )
    log = simulate(slips)[1]
    assert column(log, "line") == [0, 1, 2, 0, 1, 2]
    assert column(log, "start_s") == [0.0, 1.0, 2.0, 100.0, 11.0, 12.0]
    assert column(log, "slips_same_line") == [0] * 6
    assert column(log, "slips_same_kind") == [0, 0, 0, 1, 0, 0]
    assert column(log, "slips_other_kind") == [0, 0, 0, 1, 0, 0]


def test_columns_that_belong_to_the_customer_are_passed_on():
    """The log repeats what he brought and leaves the columns of later parts neutral."""
    (row,) = simulate(day([2.5], [[1]], items=[7], segment=[3], payment=[2], alone=[False]))[1]
    brought = {"arrival_s": 2.5, "items": 7, "segment": 3, "payment": 2, "alone": False}
    neutral = {"moves": 0, "walk_s": 0.0, "stoppage_in_queue_s": 0.0, "explained": False}
    assert {name: row[name] for name in brought | neutral} == brought | neutral
    assert repr(row["displayed_wait_s"]) == repr(nan)
