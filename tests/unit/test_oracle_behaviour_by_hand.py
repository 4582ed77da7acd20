"""The naive simulator against tiny days of balking and changing lines, worked by hand.

Every expected trace was written before it was run. Service takes 10 s unless the day says
otherwise; `kinds` picks the rows of the trace that a test is about.
"""

from __future__ import annotations

from math import inf
from typing import Any

from tests.behaviour_day import kinds, roster, walking
from tests.oracle import simulate
from tests.plain_day import choice, column, day

SERVED, BALKED, RENEGED = 0, 1, 2
NO_OPEN_LANE, PATIENCE, LONG_LINE, LONG_WAIT = 1, 4, 5, 6

# Balking


def test_balking_at_a_line_longer_than_the_tolerance():
    """People 1, 2, 2 ahead against tolerances 1, 1, 2: only the middle one turns away.

    A tolerance of 0 does not matter to customer 0, who finds the till idle.
    """
    trace, log = simulate(
        day(
            [0.0, 1.0, 2.0, 3.0],
            [[1]],
            balk_rule="longer_than",
            balk_tolerance=[0.0, 1.0, 1.0, 2.0],
        )
    )
    assert kinds(trace, "JOIN", "BALK") == [
        (0.0, "JOIN", 0, 0, -1),
        (1.0, "JOIN", 1, 0, -1),  # 1 is not more than 1
        (2.0, "BALK", 2, -1, LONG_LINE),  # 2 is
        (3.0, "JOIN", 3, 0, -1),
    ]
    assert column(log, "why") == [0, 0, LONG_LINE, 0]
    assert column(log, "ending") == [SERVED, SERVED, BALKED, SERVED]
    assert column(log, "end_s") == [10.0, 20.0, 2.0, 30.0]
    assert column(log, "moves") == [0, 0, 0, 0]


def test_the_length_that_is_balked_at_is_seen_as_in_the_choice():
    """Two servers share a line, one waits: 3 people / 2 = 1.5 each, times 2 as seen = 3; or 1."""
    shared: dict[str, Any] = {"balk_rule": "longer_than", "balk_tolerance": [inf, inf, inf, 2.5]}
    arrivals = [0.0, 1.0, 2.0, 3.0]
    twice = [[1.0, 1.0, 1.0, 2.0]]
    waiting_only = choice(count_in_service=False, per_server=False)
    plain = simulate(day(arrivals, [[2]], **shared))[1]
    seen_double = simulate(day(arrivals, [[2]], perception=twice, **shared))[1]
    only_one = simulate(day(arrivals, [[2]], perception=twice, choice=waiting_only, **shared))[1]
    assert [log[3]["ending"] for log in (plain, seen_double, only_one)] == [SERVED, BALKED, SERVED]


def test_balking_at_the_expected_wait():
    """At 4 s: 6 s left of the service, 10 s for the one waiting: 16 s is more than 15, not 16."""
    arrivals, rule = [0.0, 1.0, 4.0], "expected_wait_over"
    tolerances = {15e6: BALKED, 16e6: SERVED}
    for tolerance, expected in tolerances.items():
        patient = [0.0, inf, tolerance]
        log = simulate(day(arrivals, [[1]], balk_rule=rule, balk_tolerance=patient))[1]
        assert log[2]["ending"] == expected
        assert log[2]["why"] == (LONG_WAIT if expected == BALKED else 0)


# Changing line


def unequal(walk_s: float, **changes: Any) -> dict[str, Any]:
    """Two lanes of one till; four people stand at the first when the second opens at 5.

    Only customers 2 and 3 may use the second.
    """
    plain: dict[str, Any] = {
        "may_use": [[True] * 4, [False, False, True, True]],
        **roster((0.0, 0, 1), (5.0, 1, 1)),
        "jockey": walking(walk_s),
        "willing": [True] * 4,
    }
    return day([0.0, 1.0, 2.0, 3.0], [[1], [1]], **(plain | changes))


def test_the_last_of_a_line_walks_to_one_that_is_two_shorter():
    """At 5 till 2 opens: customer 3 has 3 ahead, there 0; he walks 4 s, joins and starts at 9.

    Then, at his start, 2 has two ahead here (0 in service, 1 waiting), one there: a gain of 1 is
    too little. Customer 0 ends at 10, 1 at 20, 2 at 30.
    """
    trace, log = simulate(unequal(4.0))
    assert trace == [
        (0.0, "OPEN", -1, 0, 0),
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "START", 0, 0, 0),
        (1.0, "JOIN", 1, 0, -1),
        (2.0, "JOIN", 2, 0, -1),
        (3.0, "JOIN", 3, 0, -1),
        (5.0, "OPEN", -1, 1, 1),
        (5.0, "LEAVE", 3, 0, -1),
        (9.0, "JOIN", 3, 1, -1),
        (9.0, "START", 3, 1, 1),
        (10.0, "END", 0, 0, 0),
        (10.0, "FREE", 0, 0, 0),
        (10.0, "START", 1, 0, 0),
        (19.0, "END", 3, 1, 1),
        (19.0, "FREE", 3, 1, 1),
        (20.0, "END", 1, 0, 0),
        (20.0, "FREE", 1, 0, 0),
        (20.0, "START", 2, 0, 0),
        (30.0, "END", 2, 0, 0),
        (30.0, "FREE", 2, 0, 0),
    ]
    assert column(log, "moves") == [0, 0, 0, 1]
    assert column(log, "walk_s") == [0.0, 0.0, 0.0, 4.0]
    assert column(log, "line") == [0, 0, 0, 1]
    assert column(log, "join_s") == [0.0, 1.0, 2.0, 3.0]
    assert column(log, "wait_s") == [0.0, 9.0, 18.0, 6.0]  # 3: from 3 to 9
    assert column(log, "ahead_at_join") == [0, 1, 2, 3]
    assert column(log, "behind_at_most") == [0, 2, 1, 0]
    # 1: 1 to 2; 2: 2 to 3 and, once 3 has left, 5 to 20; 3: 3 to 5
    assert column(log, "last_in_line_s") == [0.0, 1.0, 16.0, 2.0]
    assert column(log, "steps") == [0, 0, 1, 0]
    # customer 3 started at 9 in another lane of the same kind: before 1 (10) and 2 (20)
    assert column(log, "slips_same_kind") == [0, 1, 1, 0]


def test_a_gain_that_is_too_small_or_a_person_who_will_not_moves_nobody():
    """The same with 4 places wanted (3 are won), or with 3, always the last, not willing."""
    for changes in ({"jockey": walking(4.0, shorter_by=4)}, {"willing": [True] * 3 + [False]}):
        trace, log = simulate(unequal(4.0, **changes))
        assert kinds(trace, "LEAVE") == []
        assert column(log, "start_s") == [0.0, 10.0, 20.0, 30.0]


def test_a_walk_of_no_time_is_still_an_event_of_its_own():
    """Two have the same idea at 5, in order of the lines; both join at 5 in order of customers.

    Lines 0 and 1 hold 0, 2, 4 and 1, 3, 5; line 2 opens: the last of the first, 4, then the last
    of the second, 5, set off, each gaining 2; 4 starts, 5 waits behind him. The look after that
    start offers 5 nothing: one ahead of him here, two there.
    """
    trace, log = simulate(
        day(
            [0.0, 0.0, 1.0, 2.0, 3.0, 4.0],
            [[1, 1], [1]],
            **roster((0.0, 0, 2), (5.0, 1, 1)),
            jockey=walking(0.0),
            willing=[True] * 6,
        )
    )
    assert [row for row in trace if row[0] == 5.0] == [
        (5.0, "OPEN", -1, 2, 2),
        (5.0, "LEAVE", 4, 0, -1),
        (5.0, "LEAVE", 5, 1, -1),
        (5.0, "JOIN", 4, 2, -1),
        (5.0, "START", 4, 2, 2),
        (5.0, "JOIN", 5, 2, -1),
    ]
    assert column(log, "walk_s") == [0.0] * 6
    assert column(log, "moves") == [0, 0, 0, 0, 1, 1]


def test_a_walker_whose_line_has_closed_chooses_again_by_his_second_draw():
    """Till 2 opens at 5 and closes at 7, tills 3 and 4 open at 8: at 9 he takes the second of two.

    Two equal lines of no people; floor(0.6 * 2) = 1.
    """
    again = unequal(
        4.0,
        **roster((0.0, 0, 1), (5.0, 1, 1), (7.0, 1, 0), (8.0, 2, 2)),
    )
    again |= day([0.0, 1.0, 2.0, 3.0], [[1], [1], [1, 1]]) | {
        name: again[name] for name in ("roster_s", "roster_lane", "roster_open", "jockey")
    }
    again |= {
        "may_use": [[True] * 4, [True] * 4, [False, False, False, True]],
        "willing": [True] * 4,
        "choice": choice(ties_random=True),
        "u_choice_again": [0.0, 0.0, 0.0, 0.6],
    }
    trace, log = simulate(again)
    assert kinds(trace, "LEAVE", "CLOSED")[:2] == [
        (5.0, "LEAVE", 3, 0, -1),
        (7.0, "CLOSED", -1, 1, 1),
    ]
    assert [row for row in trace if row[0] == 9.0] == [
        (9.0, "JOIN", 3, 3, -1),
        (9.0, "START", 3, 3, 3),
    ]
    assert log[3]["walk_s"] == 4.0
    assert log[3]["lane"] == 2


def test_a_walker_without_a_line_goes_back_and_is_served_out():
    """Both tills are told to close at 7 and till 2 is idle: 3 goes back at 9 to till 1."""
    trace, log = simulate(
        unequal(4.0, **roster((0.0, 0, 1), (5.0, 1, 1), (7.0, 0, 0), (7.0, 1, 0)))
    )
    assert [row for row in trace if row[0] == 7.0] == [
        (7.0, "CLOSING", -1, 0, 0),
        (7.0, "CLOSED", -1, 1, 1),
    ]
    assert (9.0, "JOIN", 3, 0, -1) in trace
    assert column(log, "start_s") == [0.0, 10.0, 20.0, 30.0]
    assert trace[-1] == (40.0, "CLOSED", -1, 0, 0)


def test_a_walker_who_finds_everything_closed_leaves_the_shop():
    """A walk of 40 s, all told to close at 7: at 45 till 1 (closed at 30) and till 2 are closed."""
    trace, log = simulate(
        unequal(40.0, **roster((0.0, 0, 1), (5.0, 1, 1), (7.0, 0, 0), (7.0, 1, 0)))
    )
    assert trace[-2:] == [(30.0, "CLOSED", -1, 0, 0), (45.0, "RENEGE", 3, -1, -1)]
    assert log[3]["why"] == NO_OPEN_LANE
    assert log[3]["ending"] == RENEGED
    assert log[3]["wait_s"] == 42.0
    assert log[3]["walk_s"] == 40.0
    assert log[3]["line"] == 0


def test_patience_runs_on_while_he_walks():
    """Joined at 3 with 8 s: he sets off at 5, would arrive at 15 but gives up at 11 on his way.

    With 12 s both fall on 15: the walk ends first and the idle till takes him.
    """
    gives_up, gave_up = simulate(unequal(10.0, patience_s=[inf] * 3 + [8.0]))
    assert [row for row in gives_up if row[2] == 3] == [
        (3.0, "JOIN", 3, 0, -1),
        (5.0, "LEAVE", 3, 0, -1),
        (11.0, "RENEGE", 3, -1, -1),
    ]
    assert gave_up[3]["why"] == PATIENCE
    assert gave_up[3]["walk_s"] == 6.0
    assert gave_up[3]["wait_s"] == 8.0
    arrives, arrived = simulate(unequal(10.0, patience_s=[inf] * 3 + [12.0]))
    assert [row for row in arrives if row[2] == 3][2:] == [
        (15.0, "JOIN", 3, 1, -1),
        (15.0, "START", 3, 1, 1),
        (25.0, "END", 3, 1, 1),
        (25.0, "FREE", 3, 1, 1),
    ]
    assert arrived[3]["why"] == 0
    assert arrived[3]["wait_s"] == 12.0


def test_a_line_that_filled_up_meanwhile_takes_the_walker_all_the_same():
    """Room for one at till 2: customer 4, who may not use till 1, takes it at 6; 3 joins at 9."""
    full = day(
        [0.0, 1.0, 2.0, 3.0, 6.0],
        [[1], [1]],
        may_use=[[True] * 4 + [False], [False, False, True, True, True]],
        line_capacity=[9, 1],
        **roster((0.0, 0, 1), (5.0, 1, 1)),
        jockey=walking(4.0),
        willing=[True] * 5,
    )
    trace, log = simulate(full)
    assert kinds(trace, "LEAVE") == [(5.0, "LEAVE", 3, 0, -1)]  # later it has no room
    assert column(log, "start_s") == [0.0, 10.0, 20.0, 16.0, 6.0]
    assert column(log, "line") == [0, 0, 0, 1, 1]


def test_a_walker_who_comes_back_to_a_shared_line_is_served_though_it_was_closing():
    """Two servers are closing from 7, busy until 10 and 11, nobody waits; 2 comes back at 9.

    He left at 5 for a gain of 2 ahead / 2 servers - 0 = 1; the line serves on for him.
    """
    trace = simulate(
        day(
            [0.0, 1.0, 2.0],
            [[2], [1]],
            **roster((0.0, 0, 2), (5.0, 1, 1), (7.0, 0, 0), (7.0, 1, 0)),
            jockey=walking(4.0, shorter_by=1),
            willing=[True] * 3,
        )
    )[0]
    assert [row for row in trace if row[0] >= 5.0] == [
        (5.0, "OPEN", -1, 1, 2),
        (5.0, "LEAVE", 2, 0, -1),
        (7.0, "CLOSING", -1, 0, 1),
        (7.0, "CLOSING", -1, 0, 0),
        (7.0, "CLOSED", -1, 1, 2),
        (9.0, "JOIN", 2, 0, -1),
        (10.0, "END", 0, 0, 0),
        (10.0, "FREE", 0, 0, 0),
        (10.0, "START", 2, 0, 0),
        (11.0, "END", 1, 0, 1),
        (11.0, "FREE", 1, 0, 1),
        (11.0, "CLOSED", -1, 0, 1),
        (20.0, "END", 2, 0, 0),
        (20.0, "FREE", 2, 0, 0),
        (20.0, "CLOSED", -1, 0, 0),
    ]


# finish_current


def sent_on(**changes: Any) -> dict[str, Any]:
    """Two tills with two people each, the second to close at 5."""
    plain: dict[str, Any] = {**roster((0.0, 0, 2), (5.0, 0, 1)), "finish_current": True}
    return day([0.0, 1.0, 2.0, 3.0], [[1, 1]], **(plain | changes))


def test_finish_current_sends_those_waiting_to_other_lines():
    """At 5 till 2 finishes customer 1 (until 11); 3 changes to line 1 at once, behind 2."""
    trace, log = simulate(sent_on())
    assert [row for row in trace if row[0] == 5.0] == [
        (5.0, "CLOSING", -1, 1, 1),
        (5.0, "LEAVE", 3, 1, -1),
        (5.0, "JOIN", 3, 0, -1),
    ]
    assert (11.0, "CLOSED", -1, 1, 1) in trace
    assert column(log, "start_s") == [0.0, 1.0, 10.0, 20.0]
    assert column(log, "moves") == [0, 0, 0, 1]
    assert column(log, "walk_s") == [0.0] * 4
    assert column(log, "ahead_at_join") == [0, 0, 1, 1]
    assert column(log, "steps") == [0, 0, 0, 1]  # 2 starts ahead of him
    assert column(log, "last_in_line_s") == [0.0, 0.0, 3.0, 17.0]  # 2: 2 to 5; 3: 3 to 5 to 20


def test_finish_current_serves_out_those_who_have_no_other_line():
    """Line 1 is full with two people: 3 stays and is served at 11; the till closes at 21."""
    trace, log = simulate(sent_on(line_capacity=[2, 2]))
    assert kinds(trace, "LEAVE") == []
    assert column(log, "start_s") == [0.0, 1.0, 10.0, 11.0]
    assert (21.0, "CLOSED", -1, 1, 1) in trace


def test_finish_current_of_a_shared_line_that_closes_goes_to_other_lanes():
    """Two machines close at 5 with 2 and 3 waiting; the till (idle) takes 2, 3 waits behind him.

    Without a second lane both would stay; with one server left to the line they stay as well.
    """
    arrivals = [0.0, 1.0, 2.0, 3.0]
    mask = [[True] * 4, [False, False, True, True]]
    both: dict[str, Any] = {"may_use": mask, "finish_current": True}
    lanes = [[2], [1]]
    closes = roster((0.0, 0, 2), (5.0, 1, 1), (5.0, 0, 0))
    trace = simulate(day(arrivals, lanes, **both, **closes))[0]
    # at one instant lane 0 comes before lane 1: the till opens too late, and both stay
    assert kinds(trace, "LEAVE") == []
    closes = roster((0.0, 0, 2), (4.0, 1, 1), (5.0, 0, 0))
    trace = simulate(day(arrivals, lanes, **both, **closes))[0]
    assert [row for row in trace if row[0] == 5.0] == [
        (5.0, "CLOSING", -1, 0, 1),
        (5.0, "CLOSING", -1, 0, 0),
        (5.0, "LEAVE", 2, 0, -1),
        (5.0, "JOIN", 2, 1, -1),
        (5.0, "START", 2, 1, 2),
        (5.0, "LEAVE", 3, 0, -1),
        (5.0, "JOIN", 3, 1, -1),
    ]
    stays = roster((0.0, 0, 2), (4.0, 1, 1), (5.0, 0, 1))
    assert kinds(simulate(day(arrivals, lanes, **both, **stays))[0], "LEAVE") == []
