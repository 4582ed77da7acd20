"""The engine against days with stoppages worked by hand; every trace was written before it was run.

Service takes 10 s and everything is as on a plain day unless a test says otherwise.
"""

from __future__ import annotations

from math import inf

from tests.behaviour_day import kinds, roster, walking
from tests.engine_day import broken, traced
from tests.plain_day import SELF_SERVICE, choice


def test_a_stopped_till_takes_nobody_until_it_is_repaired():
    """Stopped from 2 to 7 with nobody there: who joins at 3 starts at 7."""
    assert traced([3.0], [[1]], stoppages=broken((2.0, 0, 5.0))) == [
        (0.0, "OPEN", -1, 0, 0),
        (2.0, "BROKE", 0, 0, 0),
        (3.0, "JOIN", 0, 0, -1),
        (7.0, "REPAIRED", 0, 0, 0),
        (7.0, "START", 0, 0, 0),
        (17.0, "END", 0, 0, 0),
        (17.0, "FREE", 0, 0, 0),
    ]


def test_stoppages_on_top_of_each_other_count_only_once():
    """Stopped 4 to 9 and 6 to 16 is stopped 12 s: 10 becomes 22; 7 to 9 adds nothing."""
    rows = traced([0.0], [[1]], stoppages=broken((4.0, 0, 5.0), (6.0, 0, 10.0), (7.0, 0, 2.0)))
    assert rows[3:] == [
        (4.0, "BROKE", 0, 0, 0),
        (6.0, "BROKE", 1, 0, 0),
        (7.0, "BROKE", 2, 0, 0),
        (9.0, "REPAIRED", 0, 0, 0),
        (9.0, "REPAIRED", 2, 0, 0),
        (16.0, "REPAIRED", 1, 0, 0),
        (22.0, "END", 0, 0, 0),
        (22.0, "FREE", 0, 0, 0),
    ]


def test_at_one_instant_a_service_ends_before_the_till_stops():
    """At 10 customer 0 ends and 1 starts, then the till stops; at 15 it works, then 2 joins."""
    rows = traced([0.0, 1.0, 15.0], [[1]], stoppages=broken((10.0, 0, 5.0)))
    assert rows[4:] == [
        (10.0, "END", 0, 0, 0),
        (10.0, "FREE", 0, 0, 0),
        (10.0, "START", 1, 0, 0),
        (10.0, "BROKE", 0, 0, 0),
        (15.0, "REPAIRED", 0, 0, 0),
        (15.0, "JOIN", 2, 0, -1),
        (25.0, "END", 1, 0, 0),
        (25.0, "FREE", 1, 0, 0),
        (25.0, "START", 2, 0, 0),
        (35.0, "END", 2, 0, 0),
        (35.0, "FREE", 2, 0, 0),
    ]


def test_stoppages_of_busy_tills_spare_idle_held_and_stopped_ones():
    """Idle at 2, in the gap (14 to 18) at 15, stopped already at 6: only the one at 5 strikes."""
    stoppages = broken(*((t, 0, 1.5) for t in (2.0, 5.0, 6.0, 15.0)), when_busy=True)
    rows = traced([2.5], [[1]], gap_s=[[4.0]], stoppages=stoppages)
    assert rows[1:] == [
        (2.5, "JOIN", 0, 0, -1),
        (2.5, "START", 0, 0, 0),
        (5.0, "BROKE", 1, 0, 0),
        (6.5, "REPAIRED", 1, 0, 0),
        (14.0, "END", 0, 0, 0),
        (18.0, "FREE", 0, 0, 0),
    ]


def test_a_gap_is_not_lengthened_and_the_till_then_waits_for_its_repair():
    """Gap 10 to 14, stopped 12 to 17: free at 14, next customer at 17."""
    rows = traced([0.0, 1.0], [[1]], gap_s=[[4.0, 0.0]], stoppages=broken((12.0, 0, 5.0)))
    assert rows[4:8] == [
        (10.0, "END", 0, 0, 0),
        (12.0, "BROKE", 0, 0, 0),
        (14.0, "FREE", 0, 0, 0),
        (17.0, "REPAIRED", 0, 0, 0),
    ]
    assert rows[8] == (17.0, "START", 1, 0, 0)


HELP = {
    "kind": [SELF_SERVICE],
    "before_call_s": [[2.0]],
    "after_call_s": [[5.0]],
    "help_s": [[3.0]],
    "attendants_s": [0.0, 6.0],
    "attendants_pool": [0, 0],
    "attendants_on": [0, 1],
}


def test_a_stoppage_delays_help_going_on_but_not_the_wait_for_it():
    """Call at 2, help from 6 to 9, end at 14. Stopped 4 to 8: the same. Stopped 7 to 11: 4 s more.

    Stopped 1 to 3: the call comes at 4, the rest stays as it was, for help comes at 6 anyway.
    """
    for at_s, lasts_s, call, helped, end in (
        (4.0, 4.0, 2.0, 9.0, 14.0),
        (7.0, 4.0, 2.0, 13.0, 18.0),
        (1.0, 2.0, 4.0, 9.0, 14.0),
    ):
        rows = traced([0.0], [[1]], **HELP, stoppages=broken((at_s, 0, lasts_s)))
        assert kinds(rows, "CALL", "HELP", "HELPED", "END") == [
            (call, "CALL", 0, 0, 0),
            (6.0, "HELP", 0, 0, 0),
            (helped, "HELPED", 0, 0, 0),
            (end, "END", 0, 0, 0),
        ]


def test_nobody_joins_a_line_that_stands_still_while_another_moves():
    """Till 2 is stopped: 1 joins the longer line of till 1. That being full, 2 joins till 2's."""
    stoppages = broken((0.5, 1, 5.5))
    rows = traced([1.0, 2.0, 3.0], [[1, 1]], line_capacity=[2, 1000], stoppages=stoppages)
    assert kinds(rows, "JOIN", "REPAIRED") == [
        (1.0, "JOIN", 0, 0, -1),
        (2.0, "JOIN", 1, 0, -1),
        (3.0, "JOIN", 2, 1, -1),
        (6.0, "REPAIRED", 0, 1, 1),
    ]
    assert rows[-8] == (6.0, "START", 2, 1, 1)


def test_the_length_of_a_line_is_per_till_that_works():
    """Two tills, one line: with one stopped, 1 in service there is 1 per till, not a half.

    Customer 2 sees 1 / 1 there and 1 / 1 at the other till, whose line has the lower number.
    """
    rows = traced([0.0, 0.0, 2.0], [[1], [2]], stoppages=broken((1.0, 2, 50.0)))
    assert kinds(rows, "JOIN") == [
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "JOIN", 1, 1, -1),
        (2.0, "JOIN", 2, 0, -1),
    ]


def test_where_nothing_works_the_expected_wait_counts_the_repair():
    """At 2 an idle till is stopped until 50, a busy one until 20 with 15 + 10 s to go: 23 < 48."""
    rows = traced(
        [0.0, 2.0],
        [[1, 1]],
        choice=choice("expected_wait_items"),
        stoppages=broken((0.0, 1, 50.0), (1.0, 0, 15.0)),
    )
    assert kinds(rows, "JOIN", "END") == [
        (0.0, "JOIN", 0, 0, -1),
        (2.0, "JOIN", 1, 0, -1),
        (25.0, "END", 0, 0, 0),
        (35.0, "END", 1, 0, 0),
    ]


# Sent on


def test_who_is_served_at_a_till_that_stops_can_be_sent_on():
    """Customer 0 goes to the end of the other line at 3; his service begins anew there at 11."""
    stoppages = broken((3.0, 0, 20.0), sends_on=True)
    assert traced([0.0, 1.0], [[1, 1]], stoppages=stoppages)[2:] == [
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "START", 0, 0, 0),
        (1.0, "JOIN", 1, 1, -1),
        (1.0, "START", 1, 1, 1),
        (3.0, "BROKE", 0, 0, 0),
        (3.0, "SENT_ON", 0, 0, 0),
        (3.0, "FREE", 0, 0, 0),
        (3.0, "JOIN", 0, 1, -1),
        (11.0, "END", 1, 1, 1),
        (11.0, "FREE", 1, 1, 1),
        (11.0, "START", 0, 1, 1),
        (21.0, "END", 0, 1, 1),
        (21.0, "FREE", 0, 1, 1),
        (23.0, "REPAIRED", 0, 0, 0),
    ]


def test_who_finds_no_other_line_stays_until_the_till_works():
    """One line only, and all of it stopped: he stays, and his service ends 20 s later."""
    rows = traced([0.0], [[1]], stoppages=broken((3.0, 0, 20.0), sends_on=True))
    assert kinds(rows, "SENT_ON", "END") == [(30.0, "END", 0, 0, 0)]


def test_in_a_shared_line_who_is_sent_on_stands_at_its_end():
    """Tills A and B, 2 waits; A stops at 4: 0 stands behind 2, who starts at B at 10."""
    rows = traced([0.0, 0.0, 1.0], [[2]], stoppages=broken((4.0, 0, 90.0), sends_on=True))
    assert kinds(rows, "JOIN", "SENT_ON", "START")[-4:] == [
        (4.0, "SENT_ON", 0, 0, 0),
        (4.0, "JOIN", 0, 0, -1),
        (10.0, "START", 2, 0, 1),
        (20.0, "START", 0, 0, 1),
    ]


def test_nobody_is_sent_on_while_he_waits_for_help_or_is_helped():
    """Call at 2, help 6 to 9: stops at 4 and 7 keep him, one at 10 sends him to the other line."""
    lanes = {
        **HELP,
        "kind": [SELF_SERVICE, 0],
        "before_call_s": [[2.0], [inf]],
        "after_call_s": [[5.0], [0.0]],
        "help_s": [[3.0], [0.0]],
    }
    for at_s, sent in ((4.0, False), (7.0, False), (10.0, True), (1.0, True)):
        stoppages = broken((at_s, 0, 1.0), sends_on=True)
        rows = traced([0.0], [[1], [1]], **lanes, stoppages=stoppages)
        assert [row[0] for row in kinds(rows, "SENT_ON")] == ([at_s] if sent else [])
        assert [row[3] for row in kinds(rows, "END")] == [int(sent)]


def test_patience_runs_from_the_first_wait_even_if_he_was_served_in_between():
    """0 never waited before he is sent on at 3: with 5 s of patience he gives up at 8.

    Customer 2 waits from 2; when he is sent on at 12 his 11 s are over at 13.
    """
    stoppages = broken((3.0, 0, 1.0), sends_on=True)
    rows = traced([0.0, 1.0], [[1, 1]], patience_s=[5.0, inf], stoppages=stoppages)
    assert kinds(rows, "RENEGE") == [(8.0, "RENEGE", 0, 1, -1)]
    stoppages = broken((12.0, 0, 9.0), sends_on=True)
    rows = traced(
        [0.0, 1.0, 2.0, 11.0],
        [[1, 1]],
        patience_s=[inf, inf, 11.0, inf],
        service_s=[[10.0, 50.0, 10.0, 10.0]],
        stoppages=stoppages,
    )
    assert kinds(rows, "SENT_ON", "RENEGE") == [
        (12.0, "SENT_ON", 2, 0, 0),
        (13.0, "RENEGE", 2, 1, -1),
    ]


def test_a_closing_till_that_stops_closes_when_its_customer_is_sent_on():
    """Told to close at 2, stopped at 3: SENT_ON, FREE, CLOSED, then he joins the other line."""
    rows = traced(
        [0.0],
        [[1], [1]],
        **roster((0.0, 0, 1), (0.0, 1, 1), (2.0, 0, 0)),
        stoppages=broken((3.0, 0, 9.0), sends_on=True),
    )
    assert rows[4:10] == [
        (2.0, "CLOSING", -1, 0, 0),
        (3.0, "BROKE", 0, 0, 0),
        (3.0, "SENT_ON", 0, 0, 0),
        (3.0, "FREE", 0, 0, 0),
        (3.0, "CLOSED", -1, 0, 0),
        (3.0, "JOIN", 0, 1, -1),
    ]


# Closing and opening


def test_a_stopped_till_told_to_close_serves_its_line_out():
    """Stopped 0.5 to 20.5, told to close at 3, one waits: he starts at 20.5, it closes at 30.5.

    With 5 s of patience he is gone at 6, and the till closes at that moment.
    """
    closing = roster((0.0, 0, 1), (3.0, 0, 0))
    stoppages = broken((0.5, 0, 20.0))
    assert traced([1.0], [[1]], **closing, stoppages=stoppages)[3:] == [
        (3.0, "CLOSING", -1, 0, 0),
        (20.5, "REPAIRED", 0, 0, 0),
        (20.5, "START", 0, 0, 0),
        (30.5, "END", 0, 0, 0),
        (30.5, "FREE", 0, 0, 0),
        (30.5, "CLOSED", -1, 0, 0),
    ]
    assert traced([1.0], [[1]], **closing, stoppages=stoppages, patience_s=[5.0])[3:] == [
        (3.0, "CLOSING", -1, 0, 0),
        (6.0, "RENEGE", 0, 0, -1),
        (6.0, "CLOSED", -1, 0, 0),
        (20.5, "REPAIRED", 0, 0, 0),
    ]


def test_with_finish_current_a_stopped_till_closes_once_its_people_have_left():
    """Both wait at the stopped till 1, move to till 2 at 3.5; it closes after the second LEAVE."""
    rows = traced(
        [1.0, 2.0],
        [[1], [1]],
        **roster((0.0, 0, 1), (3.0, 1, 1), (3.5, 0, 0)),
        stoppages=broken((0.5, 0, 20.0)),
        finish_current=True,
    )
    assert rows[2:] == [
        (1.0, "JOIN", 0, 0, -1),
        (2.0, "JOIN", 1, 0, -1),
        (3.0, "OPEN", -1, 1, 1),
        (3.5, "CLOSING", -1, 0, 0),
        (3.5, "LEAVE", 0, 0, -1),
        (3.5, "JOIN", 0, 1, -1),
        (3.5, "START", 0, 1, 1),
        (3.5, "LEAVE", 1, 0, -1),
        (3.5, "CLOSED", -1, 0, 0),
        (3.5, "JOIN", 1, 1, -1),
        (13.5, "END", 0, 1, 1),
        (13.5, "FREE", 0, 1, 1),
        (13.5, "START", 1, 1, 1),
        (20.5, "REPAIRED", 0, 0, 0),
        (23.5, "END", 1, 1, 1),
        (23.5, "FREE", 1, 1, 1),
    ]


def test_a_stopped_till_with_people_waiting_is_not_idle_when_one_must_go():
    """Till 1: stopped, 1 waits; till 2: 1 served. Both have one person: the higher number goes."""
    rows = traced(
        [0.0, 1.0],
        [[1, 1]],
        may_use=[[True, True]],
        line_capacity=[1000, 1],
        **roster((0.0, 0, 2), (5.0, 0, 1)),
        stoppages=broken((0.0, 0, 30.0)),
    )
    assert kinds(rows, "JOIN", "CLOSING", "CLOSED")[:3] == [
        (0.0, "JOIN", 0, 1, -1),
        (1.0, "JOIN", 1, 0, -1),
        (5.0, "CLOSING", -1, 1, 1),
    ]


def test_when_a_shared_line_reopens_a_stopped_till_kept_for_it_closes():
    """Both tills serve the line out from 3, the stopped one unoccupied; at 5 the other reopens."""
    rows = traced(
        [0.0, 2.0],
        [[2]],
        **roster((0.0, 0, 2), (3.0, 0, 0), (5.0, 0, 1)),
        stoppages=broken((1.0, 1, 30.0)),
    )
    assert rows[4:] == [
        (1.0, "BROKE", 0, 0, 1),
        (2.0, "JOIN", 1, 0, -1),
        (3.0, "CLOSING", -1, 0, 1),
        (3.0, "CLOSING", -1, 0, 0),
        (5.0, "OPEN", -1, 0, 0),
        (5.0, "CLOSED", -1, 0, 1),
        (10.0, "END", 0, 0, 0),
        (10.0, "FREE", 0, 0, 0),
        (10.0, "START", 1, 0, 0),
        (20.0, "END", 1, 0, 0),
        (20.0, "FREE", 1, 0, 0),
        (31.0, "REPAIRED", 0, 0, 1),
    ]


def test_a_till_that_opens_while_it_is_stopped_takes_nobody_yet():
    """Closed and stopped at 1 until 9, opened at 5: who joins at 6 starts at 9."""
    rows = traced([6.0], [[1]], **roster((5.0, 0, 1)), stoppages=broken((1.0, 0, 8.0)))
    assert rows[:5] == [
        (1.0, "BROKE", 0, 0, 0),
        (5.0, "OPEN", -1, 0, 0),
        (6.0, "JOIN", 0, 0, -1),
        (9.0, "REPAIRED", 0, 0, 0),
        (9.0, "START", 0, 0, 0),
    ]


# Looking around


def test_people_look_around_when_a_till_works_again():
    """Till 2 is stopped until 5; then the last of three has 2 fewer ahead there, and goes."""
    rows = traced(
        [0.0, 1.0, 2.0],
        [[1, 1]],
        jockey=walking(0.0),
        stoppages=broken((0.0, 1, 5.0)),
    )
    assert [row for row in rows if row[0] == 5.0] == [
        (5.0, "REPAIRED", 0, 1, 1),
        (5.0, "LEAVE", 2, 0, -1),
        (5.0, "JOIN", 2, 1, -1),
        (5.0, "START", 2, 1, 1),
    ]


def test_nobody_changes_to_a_line_that_stands_still():
    """As before, but till 2 stays stopped: nobody leaves the line that moves."""
    rows = traced([0.0, 1.0, 2.0], [[1, 1]], jockey=walking(0.0), stoppages=broken((0.0, 1, 99.0)))
    assert kinds(rows, "LEAVE") == []


def test_who_looks_around_counts_only_tills_that_work_over_there():
    """Ahead of the last of line 0: 3. In the shared line 1 one is served and one waits.

    With till B stopped for good that is 2 per till: 1 fewer, nobody goes. Repaired at 1, B takes
    the one who waits, and 1 per till is 2 fewer.
    """
    for lasts_s, leaves in ((90.0, []), (1.0, [(1.0, "LEAVE", 5, 0, -1)])):
        rows = traced(
            [0.0] * 6,
            [[1], [2]],
            place=[1.0, 1.0, 0.0, 0.0, 0.0, 0.0],
            choice=choice("nearest"),
            service_s=[[100.0] * 6] * 2,
            jockey=walking(0.0),
            stoppages=broken((0.0, 2, lasts_s), (3.0, 2, 0.5)),
        )
        assert [row for row in kinds(rows, "LEAVE") if row[0] < 90.0] == leaves
