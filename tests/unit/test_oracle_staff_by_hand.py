"""The naive simulator against tiny days of calls, shifts and breaks, worked by hand.

Every expected trace was written before it was run. Service takes 10 s unless the day says
otherwise; `kinds` picks the rows of the trace that a test is about.
"""

from __future__ import annotations

from math import inf
from typing import Any

from tests.behaviour_day import kinds, on_demand, rest, roster, shifts, walking
from tests.oracle import simulate
from tests.plain_day import SELF_SERVICE, STAFFED, choice, column, day

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


def test_a_till_with_a_gap_closes_on_demand_when_it_is_free_again():
    """Customer 3 ends at 13, the till is held until 15: it closes at 15, not before."""
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


def test_the_longest_wait_runs_from_the_first_joining_and_does_not_count_walkers():
    """Customer 1 joins at 1, walks 5 to 9 and waits on: when 3 joins at 12 he has waited 11 s.

    More than 10 s calls; when customer 2 joins at 6 nobody stands waiting. Till 1 is held by
    customer 0 until 20, the other lane by customer 2 from 6 to 16.
    """
    trace = simulate(
        day(
            [0.0, 1.0, 6.0, 12.0],
            [[1, 1], [1]],
            may_use=[[True, True, False, True], [False, True, True, False]],
            service_s=[[20.0, 10.0, 10.0, 10.0], [10.0] * 4],
            **roster((0.0, 0, 1), (5.0, 1, 1)),
            jockey=walking(4.0, shorter_by=1),
            willing=[True] * 4,
            demand=on_demand(0, waited_over_s=10.0),
            **shifts((0.0, inf)),
        )
    )[0]
    assert kinds(trace, "LEAVE")[0] == (5.0, "LEAVE", 1, 0, -1)
    assert (9.0, "JOIN", 1, 2, -1) in trace
    assert kinds(trace, "CALLED", "CAME") == [
        (12.0, "CALLED", -1, -1, -1),
        (12.0, "CAME", -1, 1, 1),
    ]


def test_a_call_lapses_when_nobody_is_spare_and_comes_to_nothing_when_his_shift_is_over():
    """The shift is 1.5 to 5, a walk takes 4: called at 2, when two wait; at 6 nobody comes.

    At 1.5 only one waits, which is not above 1. The call of customer 3 at 8 finds nobody.
    """
    trace = simulate(
        day(
            [0.0, 1.0, 2.0, 8.0],
            [[1, 1]],
            **roster((0.0, 0, 1)),
            demand=on_demand(0, call_above=1.0, walk_s=4.0),
            **shifts((1.5, 5.0)),
        )
    )[0]
    assert kinds(trace, "CALLED", "CAME") == [
        (2.0, "CALLED", -1, -1, -1),
        (6.0, "CAME", -1, -1, -1),
    ]


def test_the_first_of_a_shift_comes_at_once_the_others_walk():
    """Two shifts begin at 3, when two wait at one till: the first cashier opens till 2 at 3.

    The second stays spare, although the mean line (1 waits after till 2 has opened, 1 / 2) would
    not call him anyway; customer 3 at 8 finds 2 waiting at two tills, which is not above 1 either.
    """
    trace = simulate(
        day(
            [0.0, 1.0, 2.0, 8.0],
            [[1, 1]],
            **roster((0.0, 0, 1)),
            demand=on_demand(0, call_above=1.0, walk_s=4.0),
            **shifts((3.0, 60.0), (3.0, 60.0)),
        )
    )[0]
    assert kinds(trace, "CALLED", "CAME") == [
        (3.0, "CALLED", -1, -1, -1),
        (3.0, "CAME", -1, 1, 1),
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
