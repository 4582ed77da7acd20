"""The naive simulator against tiny days of balking, changing lines and moving cashiers, by hand.

Every expected trace was written before it was run. Service takes 10 s unless the day says
otherwise; `kinds` picks the rows of the trace that a test is about.
"""

from __future__ import annotations

from math import inf
from typing import Any

from tests.oracle import simulate
from tests.plain_day import SELF_SERVICE, STAFFED, choice, column, day

SERVED, BALKED, RENEGED = 0, 1, 2
NO_OPEN_LANE, PATIENCE, LONG_LINE, LONG_WAIT = 1, 4, 5, 6

Rows = list[tuple[float, str, int, int, int]]


def kinds(rows: Rows, *names: str) -> Rows:
    """The rows of these kinds of event."""
    return [row for row in rows if row[1] in names]


def walking(walk_s: float, shorter_by: int = 2) -> dict[str, Any]:
    """Jockeying with this walk and gain."""
    return {"on": True, "shorter_by": shorter_by, "walk_s": walk_s}


def on_demand(lane: int, **changes: Any) -> dict[str, Any]:
    """A cashier may be called to a lane; by default nothing calls him and nothing sends him off."""
    plain = {"call_above": inf, "waited_over_s": inf, "close_below": 0.0}
    return {"on": True, "lane": lane, "walk_s": 0.0, "stay_s": 0.0, **plain, **changes}


def roster(*entries: tuple[float, int, int]) -> dict[str, Any]:
    """The roster as (time, lane, servers to be open)."""
    times, lanes, servers = (list(values) for values in zip(*entries, strict=True))
    return {"roster_s": times, "roster_lane": lanes, "roster_open": servers}


def shifts(*rows: tuple[float, float]) -> dict[str, Any]:
    """Spare cashiers as (start, end)."""
    return {"shift_start_s": [row[0] for row in rows], "shift_end_s": [row[1] for row in rows]}


def rest(*rows: tuple[float, int, float]) -> dict[str, Any]:
    """Breaks as (time, server, how long)."""
    times, servers, lasts = (list(values) for values in zip(*rows, strict=True))
    return {"break_s": times, "break_server": servers, "break_lasts_s": lasts}


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


# On demand


def test_a_cashier_is_called_opens_a_till_and_closes_it():
    """One till, mean line above 1 calls: 2 waiting at 2; he walks 3 s, opens till 2 at 5.

    Customer 4 has it from 6 to 16. Then nobody waits there and the mean line is 2 waiting / 2 tills
    = 1 < 1.5, but he stays 12 s, until 17. Customer 5 has it from 16.5 to 26.5: one is waiting
    (3; 2 started at 20), 0.5 < 1.5, the till closes. Had he to stay 11 s it would close at 16
    (there his shift ends at 16.2, lest customer 5 call him again).
    """
    calls: dict[str, Any] = {"call_above": 1.0, "close_below": 1.5, "walk_s": 3.0}
    for stay_s, closed_s in ((12.0, 26.5), (11.0, 16.0)):
        trace, log = simulate(
            day(
                [0.0, 1.0, 2.0, 3.0, 6.0, 16.5],
                [[1], [1]],
                **roster((0.0, 0, 1)),
                demand=on_demand(1, stay_s=stay_s, **calls),
                **shifts((0.0, 16.2)) if stay_s == 11.0 else shifts((0.0, inf)),
            )
        )
        assert kinds(trace, "CALLED", "CAME", "OPEN", "CLOSING", "CLOSED") == [
            (0.0, "OPEN", -1, 0, 0),
            (2.0, "CALLED", -1, -1, -1),
            (5.0, "CAME", -1, 1, 1),
            (5.0, "OPEN", -1, 1, 1),
            (closed_s, "CLOSED", -1, 1, 1),
        ]
        assert column(log, "start_s")[:5] == [0.0, 10.0, 20.0, 30.0, 6.0]


def test_a_till_with_a_gap_closes_on_demand_when_the_service_ends():
    """Customer 3 ends at 13, the till is held until 15: told to close at 13, closed at 15."""
    trace = simulate(
        day(
            [0.0, 1.0, 2.0, 3.0],
            [[1], [1]],
            gap_s=[[0.0] * 4, [2.0] * 4],
            **roster((0.0, 0, 1)),
            demand=on_demand(1, call_above=1.0, close_below=9.0),
            **shifts((0.0, inf)),
        )
    )[0]
    assert [row for row in trace if row[3] == 1 and row[0] > 3.0] == [
        (13.0, "END", 3, 1, 1),
        (13.0, "CLOSING", -1, 1, 1),
        (15.0, "FREE", 3, 1, 1),
        (15.0, "CLOSED", -1, 1, 1),
    ]


def test_the_last_open_till_is_not_closed_on_demand_unless_there_are_machines():
    """Till 2 opens on demand at 0.5; the other lane is told to close at 1.2 and has closed at 11.

    When customer 1 (1.5 to 11.5) ends, nobody waits. If the other lane has a till, till 2 is the
    last one and stays open; if it has a machine, till 2 closes.
    """
    for other, closed in ((STAFFED, []), (SELF_SERVICE, [(11.5, "CLOSED", -1, 1, 1)])):
        trace = simulate(
            day(
                [1.0, 1.5],
                [[1], [1]],
                kind=[other, STAFFED],
                may_use=[[True, False], [False, True]],
                **roster((0.0, 0, 1), (1.2, 0, 0)),
                demand=on_demand(1, waited_over_s=-1.0, call_above=-1.0, close_below=9.0),
                **shifts((0.5, inf)),
            )
        )[0]
        assert (0.5, "CAME", -1, 1, 1) in trace
        assert kinds(trace, "CLOSED")[-1:] == (closed or [(11.0, "CLOSED", -1, 0, 0)])


def test_the_mean_line_counts_the_machines_as_one_more_till():
    """Two waiting / (1 till + 1) = 1 is not above 1: the call comes with the third waiting."""
    mask = [[True] * 4, [False] * 4]
    trace = simulate(
        day(
            [0.0, 1.0, 2.0, 3.0],
            [[1, 1], [3]],
            kind=[STAFFED, SELF_SERVICE],
            may_use=mask,
            **roster((0.0, 0, 1), (0.0, 1, 3)),
            demand=on_demand(0, call_above=1.0),
            **shifts((0.0, inf)),
        )
    )[0]
    assert kinds(trace, "CALLED", "CAME") == [
        (3.0, "CALLED", -1, -1, -1),
        (3.0, "CAME", -1, 1, 1),
    ]


def test_a_call_by_the_longest_wait_looks_only_when_somebody_joins():
    """1 waits from 1; more than 5 s have passed when 3 joins at 7, not at 6 sharp with 2."""
    trace = simulate(
        day(
            [0.0, 1.0, 6.0, 7.0],
            [[1, 1]],
            **roster((0.0, 0, 1)),
            demand=on_demand(0, waited_over_s=5.0),
            **shifts((0.0, inf)),
        )
    )[0]
    assert kinds(trace, "CALLED") == [(7.0, "CALLED", -1, -1, -1)]


def test_a_call_lapses_when_nobody_is_spare_and_comes_to_nothing_when_his_shift_is_over():
    """The first shift is 3 to 6, a walk takes 4: called when it starts at 3, at 7 nobody comes.

    The call of customer 2 at 2 finds nobody; that of customer 3 at 8 neither.
    """
    trace = simulate(
        day(
            [0.0, 1.0, 2.0, 8.0],
            [[1, 1]],
            **roster((0.0, 0, 1)),
            demand=on_demand(0, call_above=1.0, walk_s=4.0),
            **shifts((3.0, 6.0)),
        )
    )[0]
    assert kinds(trace, "CALLED", "CAME") == [
        (3.0, "CALLED", -1, -1, -1),
        (7.0, "CAME", -1, -1, -1),
    ]


def test_a_cashier_opens_a_closing_till_again_and_stays_spare_if_there_is_none():
    """Till 2 is closing from 4 with two people; the cashier called at 5 opens it again.

    The second one, called at 6, finds no till and stays spare.
    """
    trace = simulate(
        day(
            [0.0, 1.0, 2.0, 3.0, 5.0, 6.0],
            [[1, 1]],
            **roster((0.0, 0, 2), (4.0, 0, 1)),
            demand=on_demand(0, call_above=1.0),
            **shifts((0.0, inf), (0.0, inf)),
        )
    )[0]
    assert [row for row in trace if 4.0 <= row[0] <= 6.0] == [
        (4.0, "CLOSING", -1, 1, 1),
        (5.0, "JOIN", 4, 0, -1),  # 3 waiting / 1 till open
        (5.0, "CALLED", -1, -1, -1),
        (5.0, "CAME", -1, 1, 1),
        (5.0, "OPEN", -1, 1, 1),
        (6.0, "JOIN", 5, 1, -1),  # 2 people there; 4 waiting / 2 tills
        (6.0, "CALLED", -1, -1, -1),
        (6.0, "CAME", -1, -1, -1),
    ]


def test_the_end_of_a_shift_closes_the_till_and_serves_its_line_out():
    """He opens till 2 at 2 for customer 3 (from 3) and leaves at 8: closing, closed at 13."""
    trace = simulate(
        day(
            [0.0, 1.0, 2.0, 3.0, 9.0],
            [[1], [1]],
            **roster((0.0, 0, 1)),
            demand=on_demand(1, call_above=1.0),
            **shifts((0.0, 8.0)),
        )
    )[0]
    assert kinds(trace, "CAME", "CLOSING", "CLOSED") == [
        (2.0, "CAME", -1, 1, 1),
        (8.0, "CLOSING", -1, 1, 1),
        (13.0, "CLOSED", -1, 1, 1),
    ]
    assert (9.0, "JOIN", 4, 0, -1) in trace
    assert kinds(trace, "CALLED") == [(2.0, "CALLED", -1, -1, -1)]  # at 9 nobody is spare


def test_the_roster_takes_over_a_till_that_was_opened_on_demand():
    """Two tills, one by demand from 2; two wanted from 5: no trace, and the cashier is spare.

    So the roster closes it at 7 (idle: till 2 took nobody), and a call at 9 finds it closed.
    """
    trace = simulate(
        day(
            [0.0, 1.0, 2.0, 9.0, 9.5],
            [[1, 1]],
            may_use=[[True] * 5],
            choice=choice("nearest"),  # everybody stands at 0 m, where till 1 is
            **roster((0.0, 0, 1), (5.0, 0, 2), (7.0, 0, 1)),
            demand=on_demand(0, call_above=1.0),
            **shifts((0.0, inf)),
        )
    )[0]
    assert kinds(trace, "CAME", "OPEN", "CLOSING", "CLOSED") == [
        (0.0, "OPEN", -1, 0, 0),
        (2.0, "CAME", -1, 1, 1),
        (2.0, "OPEN", -1, 1, 1),
        (7.0, "CLOSED", -1, 1, 1),
        (9.0, "CAME", -1, 1, 1),
        (9.0, "OPEN", -1, 1, 1),
    ]


# Breaks


def test_a_spare_cashier_covers_a_break_and_cannot_be_called_meanwhile():
    """Till 1 is relieved 1 to 6 and works on; the call of 2 finds nobody, that of 3 at 7 does."""
    trace = simulate(
        day(
            [0.0, 1.5, 2.0, 7.0],
            [[1], [1]],
            **roster((0.0, 0, 1)),
            demand=on_demand(1, call_above=1.0),
            **shifts((0.0, inf)),
            **rest((1.0, 0, 5.0)),
        )
    )[0]
    assert kinds(trace, "BREAK", "BACK", "CALLED", "CAME", "CLOSING", "CLOSED") == [
        (1.0, "BREAK", -1, 0, 0),
        (6.0, "BACK", -1, 0, 0),
        (7.0, "CALLED", -1, -1, -1),
        (7.0, "CAME", -1, 1, 1),
    ]


def test_an_uncovered_break_is_taken_late_and_the_roster_leaves_it_alone():
    """Due at 3: till 1 serves customers 0 and 2 out until 20, rests 15 s, opens again at 35.

    The roster wants two from 8 on, as before: one rests, one is open, so nothing happens; it wants
    one from 30 on: none beside the one resting, so till 2 closes; then 1 is wanted, so it opens.
    """
    trace = simulate(
        day(
            [0.0, 1.0, 2.0, 40.0],
            [[1, 1]],
            **roster((0.0, 0, 2), (8.0, 0, 2), (30.0, 0, 1)),
            **rest((3.0, 0, 15.0)),
        )
    )[0]
    assert kinds(trace, "BREAK", "BACK", "OPEN", "CLOSING", "CLOSED") == [
        (0.0, "OPEN", -1, 0, 0),
        (0.0, "OPEN", -1, 1, 1),
        (3.0, "BREAK", -1, 0, 0),
        (3.0, "CLOSING", -1, 0, 0),
        (20.0, "CLOSED", -1, 0, 0),
        (30.0, "CLOSED", -1, 1, 1),
        (35.0, "BACK", -1, 0, 0),
        (35.0, "OPEN", -1, 0, 0),
    ]


def test_the_roster_counts_a_resting_till_as_one_that_will_be_back():
    """Till 2 is idle at 3 and rests until 9. One is wanted from 5: that is the one resting.

    So till 1 closes after its customer at 10, and till 2 opens at 9. If two are wanted again from
    6, till 1 goes on; if none is wanted from 6, till 2 is back at 9 but stays closed.
    """
    asked = ("BREAK", "BACK", "OPEN", "CLOSING", "CLOSED")
    begins = [(3.0, "BREAK", -1, 1, 1), (3.0, "CLOSED", -1, 1, 1), (5.0, "CLOSING", -1, 0, 0)]
    back, opens = (9.0, "BACK", -1, 1, 1), (9.0, "OPEN", -1, 1, 1)
    closed = (10.0, "CLOSED", -1, 0, 0)
    then = {1: [back, opens, closed], 2: [(6.0, "OPEN", -1, 0, 0), back, opens], 0: [back, closed]}
    for wanted, expected in then.items():
        entries = roster((0.0, 0, 2), (5.0, 0, 1), (6.0, 0, wanted))
        trace = simulate(day([0.0], [[1, 1]], **entries, **rest((3.0, 1, 6.0))))[0]
        assert kinds(trace, *asked)[2:] == [*begins, *expected]


def test_a_break_of_the_only_server_of_a_shared_line_waits_for_the_whole_line():
    """One of two servers open, two people waiting at 3: it serves both (until 30), then rests.

    With the second server open too, it finishes only its customer at 10.
    """
    arrivals = [0.0, 1.0, 2.0]
    alone = simulate(day(arrivals, [[2]], **roster((0.0, 0, 1)), **rest((3.0, 0, 5.0))))[0]
    assert kinds(alone, "CLOSED", "BACK") == [(30.0, "CLOSED", -1, 0, 0), (35.0, "BACK", -1, 0, 0)]
    both = simulate(day(arrivals, [[2]], **roster((0.0, 0, 2)), **rest((3.0, 0, 5.0))))[0]
    assert kinds(both, "CLOSED", "BACK") == [(10.0, "CLOSED", -1, 0, 0), (15.0, "BACK", -1, 0, 0)]


def test_breaks_that_cannot_be_are_dropped():
    """A break of a closed till, of one opened on demand and of one that is resting leave no row."""
    trace = simulate(
        day(
            [0.0, 1.0, 2.0, 3.0],
            [[1, 1, 1]],
            **roster((0.0, 0, 1)),
            demand=on_demand(0, call_above=1.0),
            **shifts((0.0, inf)),
            **rest((1.5, 2, 5.0), (4.0, 1, 5.0), (5.0, 0, 5.0), (6.0, 0, 5.0)),
        )
    )[0]
    assert (2.0, "CAME", -1, 1, 1) in trace
    assert kinds(trace, "BREAK", "BACK") == [
        (5.0, "BREAK", -1, 0, 0),
        (35.0, "BACK", -1, 0, 0),
    ]
