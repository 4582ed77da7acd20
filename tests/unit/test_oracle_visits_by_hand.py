"""The naive simulator against tiny days of several visits and of shared staff, worked by hand.

Every expected trace was written before it was run. Service takes 10 s unless the day says
otherwise.
"""

from __future__ import annotations

from math import inf
from typing import Any

from tests.behaviour_day import kinds, on_demand, roster
from tests.oracle import simulate
from tests.plain_day import column, day
from tests.stopped_day import ALWAYS, FAILED, PAID, on_duty, visits

STAFFED, SELF_SERVICE, SCAN_AND_GO, STATION = 0, 2, 3, 4
SERVED, BALKED, ENDED_FAILED, NOT_COME = 0, 1, 4, 5

# Visits


def three_stops(**changes: Any) -> Any:
    """Somebody is weighed (lane 1), pays 5 s later (lane 0), and is back 100 s later (lane 2)."""
    chain = visits((7, 1, -1, 0.0, ALWAYS), (7, 0, 0, 5.0, ALWAYS), (7, 2, 1, 100.0, PAID))
    own = [[False, True, False], [True, False, False], [False, False, True]]
    kind = {"kind": [STAFFED, STATION, STATION]}
    return simulate(day([1.0, 0.0, 0.0], [[1]] * 3, may_use=own, **kind, **chain, **changes))


def test_one_visit_follows_upon_another():
    """Station 1 to 11, till 16 to 26, returns 126 to 136; each visit is a row of its own."""
    trace, log = three_stops()
    assert kinds(trace, "JOIN", "END") == [
        (1.0, "JOIN", 0, 1, -1),
        (11.0, "END", 0, 1, 1),
        (16.0, "JOIN", 1, 0, -1),
        (26.0, "END", 1, 0, 0),
        (126.0, "JOIN", 2, 2, -1),
        (136.0, "END", 2, 2, 2),
    ]
    assert column(log, "arrival_s") == [1.0, 16.0, 126.0]
    assert column(log, "customer") == [7, 7, 7]
    assert column(log, "stop") == [1, 0, 2]
    assert column(log, "served_by_staff_s") == [10.0, 10.0, 10.0]


def test_who_has_not_paid_brings_nothing_back():
    """The till is never open: he turns away at 16, and nobody comes at 116."""
    trace, log = three_stops(**roster((0.0, 1, 1), (0.0, 2, 1)))
    assert trace[-1] == (16.0, "BALK", 1, -1, 1)
    assert column(log, "ending") == [SERVED, BALKED, NOT_COME]
    assert column(log, "arrival_s") == [1.0, 16.0, None]
    assert column(log, "join_s") == [1.0, None, None]
    assert log[2]["lane"] == log[2]["line"] == log[2]["ahead_at_join"] == -1


def test_a_failed_transaction_is_paid_elsewhere_and_its_time_is_not_forgotten():
    """At the machine 2 to 12, no gap; at the till at once, where 1 is served from 5 to 15.

    Customer 2 joins the machine at 6, is served from 12. The 10 s at the machine are `before_s`.
    """
    again = visits(
        (0, 0, -1, 0.0, ALWAYS),
        (1, 0, -1, 0.0, ALWAYS),
        (2, 0, -1, 0.0, ALWAYS),
        (0, 0, 0, 0.0, FAILED),
        (2, 0, 2, 0.0, FAILED),
    )
    own = [[False, True, False, True, True], [True, False, True, False, False]]
    fails = [[False] * 5, [True, True, False, True, True]]
    gap = [[0.0] * 5, [3.0] * 5]
    trace, log = simulate(
        day(
            [2.0, 5.0, 6.0, 0.0, 0.0],
            [[1], [1]],
            kind=[STAFFED, SELF_SERVICE],
            may_use=own,
            fails=fails,
            gap_s=gap,
            **again,
        )
    )
    assert [row for row in trace if row[0] >= 6.0] == [
        (6.0, "JOIN", 2, 1, -1),
        (12.0, "FAILED", 0, 1, 1),
        (12.0, "FREE", 0, 1, 1),
        (12.0, "START", 2, 1, 1),
        (12.0, "JOIN", 3, 0, -1),
        (15.0, "END", 1, 0, 0),
        (15.0, "FREE", 1, 0, 0),
        (15.0, "START", 3, 0, 0),
        (22.0, "END", 2, 1, 1),
        (25.0, "END", 3, 0, 0),
        (25.0, "FREE", 3, 0, 0),
        (25.0, "FREE", 2, 1, 1),
    ]
    assert column(log, "ending") == [ENDED_FAILED, SERVED, SERVED, SERVED, NOT_COME]
    assert column(log, "end_s") == [12.0, 15.0, 22.0, 25.0, None]
    assert column(log, "before_s") == [0.0, 0.0, 0.0, 10.0, 0.0]
    assert column(log, "own_scanning_s") == [0.0, 0.0, 10.0, 0.0, 0.0]


def test_only_the_same_stop_is_compared_and_later_means_joined_later():
    """Row 6 follows upon row 0: it joins at 12, after row 4 and before row 5, who comes at 20.

    Lane 0 serves rows 0 (0 to 10), 4 (11 to 21) and 6 (21 to 31); lane 1, slow, rows 1 (0 to 31),
    2 (31 to 62) and 5 (62). Row 2 waits from 1 and is passed by 4 and 6, not by row 3 at the
    station, served at 5; row 5 is not passed by 6, which starts after he came but joined before.
    """
    alone = [(i, 0, -1, 0.0, ALWAYS) for i in range(6)]
    alone[3] = (3, 1, -1, 0.0, ALWAYS)
    used = [0, 1, 1, 2, 0, 1, 0]
    slow = [[10.0] * 7, [31.0] * 7, [10.0] * 7]
    log = simulate(
        day(
            [0.0, 0.0, 1.0, 5.0, 11.0, 20.0, 0.0],
            [[1], [1], [1]],
            kind=[STAFFED, STAFFED, STATION],
            may_use=[[lane == j for lane in used] for j in range(3)],
            service_s=slow,
            **visits(*alone, (0, 0, 0, 2.0, ALWAYS)),
        )
    )[1]
    assert column(log, "start_s") == [0.0, 0.0, 31.0, 5.0, 11.0, 62.0, 21.0]
    assert column(log, "slips_same_kind") == [0, 0, 2, 0, 0, 0, 0]
    assert column(log, "slips_other_kind") == [0] * 7


# Calls


def calls(lanes: int, **changes: Any) -> dict[str, Any]:
    """Machines of one each; customer i uses lane i, calls after 2 s, 3 s of help, 6 s to go."""
    n = lanes
    own = [[i == j for i in range(n)] for j in range(lanes)]
    each: dict[str, Any] = {"kind": [SELF_SERVICE] * lanes, "may_use": own}
    values = {"before_call_s": 2.0, "help_s": 3.0, "after_call_s": 6.0, "service_s": 8.0}
    each |= {name: [[value] * n for _ in range(lanes)] for name, value in values.items()}
    return day([float(i) for i in range(n)], [[1]] * lanes, **(each | changes))


def twice(lanes: int) -> dict[str, Any]:
    """Everybody calls again 4 s after the first help, for 5 s."""
    return {"again_after_s": [[4.0] * lanes] * lanes, "again_help_s": [[5.0] * lanes] * lanes}


def test_a_pool_answers_the_calls_of_several_lanes_in_order():
    """One person: called at 2 by lane 0, at 3 by lane 1 (helped 5 to 8), lane 2 needs nobody."""
    shared = on_duty((0.0, 1, 1)) | {"lane_pool": [1, 1, -1]}
    trace, log = simulate(calls(3, **shared))
    assert kinds(trace, "CALL", "HELP", "HELPED") == [
        (2.0, "CALL", 0, 0, 0),
        (2.0, "HELP", 0, 0, 0),
        (3.0, "CALL", 1, 1, 1),
        (4.0, "CALL", 2, 2, 2),
        (4.0, "HELP", 2, 2, 2),
        (5.0, "HELPED", 0, 0, 0),
        (5.0, "HELP", 1, 1, 1),
        (7.0, "HELPED", 2, 2, 2),
        (8.0, "HELPED", 1, 1, 1),
    ]
    assert column(log, "help_wait_s") == [0.0, 2.0, 0.0]
    assert column(log, "help_s") == [3.0, 3.0, 3.0]


def test_a_second_call_stands_behind_those_who_called_meanwhile():
    """Pace 1: calls at 2, 3, 4 for one person. 0 calls again at 9: after 2, who is helped 8 to 11.

    Then 0 is helped from 11 to 16, 1 (again at 12) from 16 to 21, 2 (again at 15) from 21 to 26.
    """
    shared = on_duty((0.0, 0, 1)) | {"lane_pool": [0, 0, 0]} | twice(3)
    trace, log = simulate(calls(3, **shared))
    assert kinds(trace, "HELP") == [
        (2.0, "HELP", 0, 0, 0),
        (5.0, "HELP", 1, 1, 1),
        (8.0, "HELP", 2, 2, 2),
        (11.0, "HELP", 0, 0, 0),
        (16.0, "HELP", 1, 1, 1),
        (21.0, "HELP", 2, 2, 2),
    ]
    assert kinds(trace, "END") == [
        (22.0, "END", 0, 0, 0),
        (27.0, "END", 1, 1, 1),
        (32.0, "END", 2, 2, 2),
    ]
    assert column(log, "help_wait_s") == [2.0, 2.0 + 4.0, 4.0 + 6.0]
    assert column(log, "help_s") == [8.0, 8.0, 8.0]


def test_two_calls_at_a_slow_server_count_by_the_kind_of_lane():
    """Pace 2: calls at 4 and 15, the end at 32; 24 s of work and 8 s of help."""
    expected = {
        SELF_SERVICE: {"own_scanning_s": 24.0, "help_s": 8.0},
        SCAN_AND_GO: {"own_scanning_s": 24.0, "help_s": 8.0},
        STAFFED: {"served_by_staff_s": 24.0, "stoppage_at_till_s": 8.0},
        STATION: {"served_by_staff_s": 8.0},
    }
    names = ("own_scanning_s", "served_by_staff_s", "help_s", "stoppage_at_till_s")
    for kind, columns in expected.items():
        slow: dict[str, Any] = {"server_pace": [2.0], "lane_pool": [-1], "kind": [kind]}
        trace, log = simulate(calls(1, **slow, **twice(1)))
        assert kinds(trace, "CALL", "HELPED", "END") == [
            (4.0, "CALL", 0, 0, 0),
            (7.0, "HELPED", 0, 0, 0),
            (15.0, "CALL", 0, 0, 0),
            (20.0, "HELPED", 0, 0, 0),
            (32.0, "END", 0, 0, 0),
        ]
        assert {name: log[0][name] for name in names} == dict.fromkeys(names, 0.0) | columns


# Cashiers from a pool


def from_a_pool(people: int, **changes: Any) -> Any:
    """Customers 0, 1, 3 may use the tills, of which one is open; 2 the machine, and calls at 4.

    A cashier comes from the pool that answers calls, 3 s after somebody has had to wait.
    """
    own = [[True, True, False, True], [False, False, True, False]]
    each: dict[str, Any] = {"kind": [STAFFED, SELF_SERVICE], "may_use": own}
    each |= {"before_call_s": [[inf] * 4, [2.0] * 4], "after_call_s": [[0.0] * 4, [8.0] * 4]}
    each |= {"help_s": [[0.0] * 4, [3.0] * 4], "lane_pool": [0, 0]}
    demand = on_demand(0, call_above=0.0, close_below=inf, walk_s=3.0, pool=0)
    each |= {"demand": demand, **roster((0.0, 0, 1), (0.0, 1, 1)), **on_duty((0.0, 0, people))}
    return simulate(day([0.0, 1.0, 2.0, 5.0], [[1, 1], [1]], **(each | changes)))


def test_who_is_called_to_a_till_is_missed_where_he_came_from():
    """He sets off at 1, sits at till 2 from 4, where 3 comes at 5; he helps 2 from 15 on."""
    trace, log = from_a_pool(1)
    assert kinds(trace, "CALLED", "CAME", "CALL", "HELP", "CLOSED") == [
        (1.0, "CALLED", -1, -1, -1),
        (4.0, "CALL", 2, 2, 2),
        (4.0, "CAME", -1, 1, 1),
        (15.0, "CLOSED", -1, 1, 1),
        (15.0, "HELP", 2, 2, 2),
    ]
    assert log[2]["help_wait_s"] == 11.0
    # with two people nobody waits for help
    assert from_a_pool(2)[1][2]["help_wait_s"] == 0.0


def test_who_finds_no_till_answers_calls_again():
    """The lane has one till: he comes at 4 for nothing and helps 2, who has called just before."""
    trace = from_a_pool(1, **shorter())[0]
    assert [row for row in trace if row[0] == 4.0] == [
        (4.0, "CALL", 2, 1, 1),
        (4.0, "CAME", -1, -1, -1),
        (4.0, "HELP", 2, 1, 1),
    ]


def shorter() -> dict[str, Any]:
    """The same shop with one till instead of two."""
    plain = day([0.0] * 4, [[1], [1]])
    names = ("line_lane", "line_capacity", "line_position_m", "server_line", "server_number")
    return {name: plain[name] for name in (*names, "server_pace")}


def test_the_roster_takes_a_till_over_and_frees_its_cashier():
    """At 8 the roster wants two tills: till 2 is its own now, and he goes to help 2."""
    two = roster((0.0, 0, 1), (0.0, 1, 1), (8.0, 0, 2))
    trace = from_a_pool(1, **two)[0]
    assert [row for row in trace if row[0] == 8.0] == [(8.0, "HELP", 2, 2, 2)]
    assert kinds(trace, "CLOSED", "CLOSING") == []


def test_people_at_stations_are_no_reason_to_call_and_machines_of_both_kinds_are_one_till():
    """Four wait at a station: the mean line is 0; one at the till: 1 / (1 till + 1) = 0.5."""
    own = [[False] * 5 + [True] * 2, [True] * 5 + [False] * 2, [False] * 7]
    each: dict[str, Any] = {"kind": [STAFFED, STATION, SCAN_AND_GO], "may_use": own}
    each |= roster((0.0, 0, 1), (0.0, 1, 1), (0.0, 2, 1)) | on_duty((0.0, 0, 1))
    for above, expected in ((0.4, [(6.0, "CALLED", -1, -1, -1)]), (0.5, [])):
        demand = on_demand(0, call_above=above, pool=0)
        shop = day([float(i) for i in range(7)], [[1, 1], [1], [1]], demand=demand, **each)
        assert kinds(simulate(shop)[0], "CALLED") == expected
