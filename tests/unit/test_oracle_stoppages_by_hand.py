"""The naive simulator against tiny days on which servers stop, worked by hand.

Every expected trace was written before it was run. Service takes 10 s unless the day says
otherwise; a row BROKE or REPAIRED has the number of the stoppage where others have the customer.
"""

from __future__ import annotations

from math import inf
from typing import Any

from tests.behaviour_day import kinds, rest, roster, walking
from tests.oracle import simulate
from tests.plain_day import choice, column, day
from tests.stopped_day import cards_fail, on_duty, stops

SELF_SERVICE = 2
SERVED, RENEGED = 0, 2
NO_OPEN_LANE, PATIENCE, NO_PAYMENT = 1, 4, 7

# A server stops


def test_a_breakdown_makes_the_customer_and_those_behind_him_wait():
    """Broken from 4 to 10: the service of 0 ends at 16 instead of 10, that of 1 at 26."""
    trace, log = simulate(day([0.0, 1.0], [[1]], **stops((4.0, 0, 6.0))))
    assert trace == [
        (0.0, "OPEN", -1, 0, 0),
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "START", 0, 0, 0),
        (1.0, "JOIN", 1, 0, -1),
        (4.0, "BROKE", 0, 0, 0),
        (10.0, "REPAIRED", 0, 0, 0),
        (16.0, "END", 0, 0, 0),
        (16.0, "FREE", 0, 0, 0),
        (16.0, "START", 1, 0, 0),
        (26.0, "END", 1, 0, 0),
        (26.0, "FREE", 1, 0, 0),
    ]
    assert column(log, "stoppage_at_till_s") == [6.0, 0.0]
    assert column(log, "stoppage_in_queue_s") == [0.0, 6.0]
    assert column(log, "stoppage_explained_s") == [0.0, 0.0]
    assert column(log, "served_by_staff_s") == [10.0, 10.0]
    told = simulate(day([0.0, 1.0], [[1]], **stops((4.0, 0, 6.0), explained=True)))[1]
    assert column(told, "stoppage_explained_s") == [6.0, 6.0]


def test_overlapping_breakdowns_count_once():
    """From 4 to 10, 6 to 16 and 7 to 9: the till stands still for 12 s, so 10 becomes 22."""
    trace, log = simulate(day([0.0], [[1]], **stops((4.0, 0, 6.0), (6.0, 0, 10.0), (7.0, 0, 2.0))))
    assert trace[3:] == [
        (4.0, "BROKE", 0, 0, 0),
        (6.0, "BROKE", 1, 0, 0),
        (7.0, "BROKE", 2, 0, 0),
        (9.0, "REPAIRED", 2, 0, 0),
        (10.0, "REPAIRED", 0, 0, 0),
        (16.0, "REPAIRED", 1, 0, 0),
        (22.0, "END", 0, 0, 0),
        (22.0, "FREE", 0, 0, 0),
    ]
    assert column(log, "stoppage_at_till_s") == [12.0]


def test_what_strikes_busy_servers_only():
    """At 2 nobody is there, at 8 it stands still already: only the one at 7 counts, to 10."""
    busy = stops((2.0, 0, 9.0), (7.0, 0, 3.0), (8.0, 0, 9.0), when_busy=True)
    trace = simulate(day([5.0], [[1]], **busy))[0]
    assert trace[1:] == [
        (5.0, "JOIN", 0, 0, -1),
        (5.0, "START", 0, 0, 0),
        (7.0, "BROKE", 1, 0, 0),
        (10.0, "REPAIRED", 1, 0, 0),
        (18.0, "END", 0, 0, 0),
        (18.0, "FREE", 0, 0, 0),
    ]


def test_nobody_starts_at_a_till_that_stands_still():
    """Broken from 1 to 6: who joins at 2 starts at 6, though nobody was there."""
    trace, log = simulate(day([2.0], [[1]], **stops((1.0, 0, 5.0))))
    assert trace[1:5] == [
        (1.0, "BROKE", 0, 0, 0),
        (2.0, "JOIN", 0, 0, -1),
        (6.0, "REPAIRED", 0, 0, 0),
        (6.0, "START", 0, 0, 0),
    ]
    assert column(log, "stoppage_in_queue_s") == [4.0]


def test_a_gap_is_not_delayed_but_nobody_follows_before_the_repair():
    """Gap 10 to 14. Broken from 11 to 13: the next starts at 14; to 20: at 20."""
    gap = {"gap_s": [[4.0, 0.0]]}
    short = simulate(day([0.0, 1.0], [[1]], **gap, **stops((11.0, 0, 2.0))))[0]
    assert kinds(short, "FREE", "START")[1:3] == [(14.0, "FREE", 0, 0, 0), (14.0, "START", 1, 0, 0)]
    long = simulate(day([0.0, 1.0], [[1]], **gap, **stops((11.0, 0, 9.0))))[0]
    assert [row for row in long if 10.0 < row[0] < 30.0] == [
        (11.0, "BROKE", 0, 0, 0),
        (14.0, "FREE", 0, 0, 0),
        (20.0, "REPAIRED", 0, 0, 0),
        (20.0, "START", 1, 0, 0),
    ]


def helped(attendants: dict[str, Any], *rows: tuple[float, int, float]) -> list[Any]:
    """The rows after the first two of a machine: 5 s, a call, 4 s of help, 3 s; two customers."""
    each: dict[str, Any] = {"before_call_s": [[5.0, 5.0]], "help_s": [[4.0, 4.0]]}
    each |= {"after_call_s": [[3.0, 3.0]], "service_s": [[8.0, 8.0]], "kind": [SELF_SERVICE]}
    return simulate(day([0.0, 1.0], [[1]], **each, **attendants, **stops(*rows)))[0]


def test_help_that_is_going_on_is_delayed():
    """Helped from 5, broken from 6 to 16: HELPED at 19 instead of 9, END at 22 instead of 12."""
    trace = helped(on_duty((0.0, 0, 1)), (6.0, 0, 10.0))
    assert [row for row in trace if row[2] == 0 and row[0] > 1.0] == [
        (5.0, "CALL", 0, 0, 0),
        (5.0, "HELP", 0, 0, 0),
        (6.0, "BROKE", 0, 0, 0),
        (16.0, "REPAIRED", 0, 0, 0),
        (19.0, "HELPED", 0, 0, 0),
        (22.0, "END", 0, 0, 0),
        (22.0, "FREE", 0, 0, 0),
    ]


def test_help_that_starts_while_the_machine_stands_still_is_not_delayed():
    """Called at 5, helped from 8, broken 6 to 16: END at 15, but the next one starts at 16."""
    trace = helped(on_duty((8.0, 0, 1)), (6.0, 0, 10.0))
    assert [row for row in trace if 5.0 <= row[0] <= 16.0] == [
        (5.0, "CALL", 0, 0, 0),
        (6.0, "BROKE", 0, 0, 0),
        (8.0, "HELP", 0, 0, 0),
        (12.0, "HELPED", 0, 0, 0),
        (15.0, "END", 0, 0, 0),
        (15.0, "FREE", 0, 0, 0),
        (16.0, "REPAIRED", 0, 0, 0),
        (16.0, "START", 1, 0, 0),
    ]


# What customers see


def test_lines_that_stand_still_are_passed_over_while_others_move():
    """Till 1 broken from 0.5: 0 and 1 both take till 2. From 3 both are: 2 takes the empty one."""
    still = stops((0.5, 0, 100.0), (3.0, 1, 50.0))
    trace = simulate(day([1.0, 2.0, 4.0], [[1, 1]], **still))[0]
    assert kinds(trace, "JOIN") == [
        (1.0, "JOIN", 0, 1, -1),
        (2.0, "JOIN", 1, 1, -1),
        (4.0, "JOIN", 2, 0, -1),
    ]
    assert (100.5, "START", 2, 0, 0) in trace


def test_a_line_is_as_long_as_its_working_servers_make_it():
    """Two share line 0, one of them broken: two people there are 2, against 1 at the other till.

    Counted by both servers it would be a tie of 1 and 1, which the first line wins.
    """
    own = {"may_use": [[True, True, False, True], [False, False, True, True]]}
    day_ = day([1.0, 2.0, 3.0, 4.0], [[2], [1]], **own, **stops((0.5, 1, 100.0)))
    assert kinds(simulate(day_)[0], "JOIN")[-1] == (4.0, "JOIN", 3, 1, -1)


def test_the_expected_wait_knows_when_the_repair_ends():
    """Line 0 stands still to 14 with nobody, line 1 to 9 with 0, who will be there to 16.

    0 joined at 1 and was to be served to 11; stopped from 4 to 9 he is to 16. At 5 that is 9 s
    against 11 s: 1 takes line 0. Were 0's service not delayed, line 1 would win with 6 s.
    """
    rule = {"choice": choice("expected_wait_items"), "may_use": [[False, True], [True, True]]}
    trace = simulate(day([1.0, 5.0], [[1], [1]], **rule, **stops((3.0, 0, 11.0), (4.0, 1, 5.0))))[0]
    assert kinds(trace, "JOIN")[-1] == (5.0, "JOIN", 1, 0, -1)
    assert (14.0, "START", 1, 0, 0) in trace


def test_people_change_to_a_line_once_it_works_again():
    """Three stand at till 1 while till 2 is broken to 5; then the last gains 2 places."""
    change: dict[str, Any] = {"jockey": walking(0.0), "willing": [True] * 3}
    trace = simulate(day([1.0, 2.0, 3.0], [[1, 1]], **change, **stops((0.0, 1, 5.0))))[0]
    assert [row for row in trace if row[0] == 5.0] == [
        (5.0, "REPAIRED", 0, 1, 1),
        (5.0, "LEAVE", 2, 0, -1),
        (5.0, "JOIN", 2, 1, -1),
        (5.0, "START", 2, 1, 1),
    ]


# Closing and opening


def test_a_closing_till_that_stands_still_is_kept_for_those_who_wait():
    """Broken 0.5 to 20.5, told to close at 3 while 0 waits: he is served from 20.5, then CLOSED."""
    closing = roster((0.0, 0, 1), (3.0, 0, 0)) | stops((0.5, 0, 20.0))
    trace = simulate(day([1.0], [[1]], **closing))[0]
    assert trace[1:] == [
        (0.5, "BROKE", 0, 0, 0),
        (1.0, "JOIN", 0, 0, -1),
        (3.0, "CLOSING", -1, 0, 0),
        (20.5, "REPAIRED", 0, 0, 0),
        (20.5, "START", 0, 0, 0),
        (30.5, "END", 0, 0, 0),
        (30.5, "FREE", 0, 0, 0),
        (30.5, "CLOSED", -1, 0, 0),
    ]


def test_a_till_kept_for_nobody_closes_at_once():
    """The same, but 0 gives up at 6."""
    closing = roster((0.0, 0, 1), (3.0, 0, 0)) | stops((0.5, 0, 20.0))
    trace, log = simulate(day([1.0], [[1]], patience_s=[5.0], **closing))
    assert trace[3:] == [
        (3.0, "CLOSING", -1, 0, 0),
        (6.0, "RENEGE", 0, 0, -1),
        (6.0, "CLOSED", -1, 0, 0),
        (20.5, "REPAIRED", 0, 0, 0),
    ]
    # stood still all the time he waited: the till is closed only after he has gone
    assert column(log, "stoppage_in_queue_s") == [5.0]


def test_a_closed_till_that_is_broken_opens_but_takes_nobody():
    """Server 1 closes at 1, breaks at 2 to 30, opens at 5: 1 and 2 wait for server 0."""
    opening = roster((0.0, 0, 2), (1.0, 0, 1), (5.0, 0, 2)) | stops((2.0, 1, 28.0))
    trace = simulate(day([3.0, 4.0, 6.0], [[2]], **opening))[0]
    assert kinds(trace, "CLOSED", "OPEN", "START") == [
        (0.0, "OPEN", -1, 0, 0),
        (0.0, "OPEN", -1, 0, 1),
        (1.0, "CLOSED", -1, 0, 1),
        (3.0, "START", 0, 0, 0),
        (5.0, "OPEN", -1, 0, 1),
        (13.0, "START", 1, 0, 0),
        (23.0, "START", 2, 0, 0),
    ]


def test_a_broken_server_kept_for_a_line_closes_when_another_one_opens():
    """0 rests from 1 to 11, 1 breaks at 2; at 5 one is wanted, the one who rests: 1 is kept for
    customer 0 until 0 is back and takes him.
    """
    scene = roster((0.0, 0, 2), (5.0, 0, 1)) | rest((1.0, 0, 10.0)) | stops((2.0, 1, 30.0))
    trace = simulate(day([3.0], [[2]], **scene))[0]
    assert [row for row in trace if 1.0 <= row[0] <= 11.0] == [
        (1.0, "BREAK", -1, 0, 0),
        (1.0, "CLOSED", -1, 0, 0),
        (2.0, "BROKE", 0, 0, 1),
        (3.0, "JOIN", 0, 0, -1),
        (5.0, "CLOSING", -1, 0, 1),
        (11.0, "BACK", -1, 0, 0),
        (11.0, "OPEN", -1, 0, 0),
        (11.0, "CLOSED", -1, 0, 1),
        (11.0, "START", 0, 0, 0),
    ]


def test_the_idle_of_a_shared_line_close_first_even_if_they_stand_still():
    """Server 0 stopped with nobody, 1 and 2 busy, one waits: told to keep two, 0 is closed."""
    scene = roster((0.0, 0, 3), (5.0, 0, 2)) | stops((0.5, 0, 60.0))
    trace = simulate(day([1.0, 2.0, 3.0], [[3]], **scene))[0]
    assert kinds(trace, "CLOSED", "CLOSING") == [(5.0, "CLOSED", -1, 0, 0)]


# Sent on


def sent_on(**changes: Any) -> Any:
    """Till 1 breaks at 4 with customer 0 there, who goes to till 2, where 1 is served to 11."""
    return simulate(day([0.0, 1.0], [[1, 1]], **stops((4.0, 0, 30.0), sends_on=True), **changes))


def test_who_is_sent_on_stands_at_the_end_of_another_line_and_begins_anew():
    """He waits from 4 to 11 and is served his whole 10 s."""
    trace, log = sent_on()
    assert [row for row in trace if row[0] >= 4.0] == [
        (4.0, "BROKE", 0, 0, 0),
        (4.0, "SENT_ON", 0, 0, 0),
        (4.0, "FREE", 0, 0, 0),
        (4.0, "JOIN", 0, 1, -1),
        (11.0, "END", 1, 1, 1),
        (11.0, "FREE", 1, 1, 1),
        (11.0, "START", 0, 1, 1),
        (21.0, "END", 0, 1, 1),
        (21.0, "FREE", 0, 1, 1),
        (34.0, "REPAIRED", 0, 0, 0),
    ]
    assert column(log, "server") == [1, 1]
    assert column(log, "start_s") == [11.0, 1.0]
    assert column(log, "wait_s") == [11.0, 0.0]
    assert column(log, "stoppage_at_till_s") == [0.0, 0.0]
    assert column(log, "moves") == [0, 0]
    # the first START of 0, at 0, does not count: 1 came later and was served first, elsewhere
    assert column(log, "slips_same_line") == [1, 0]
    assert column(log, "line") == [1, 1]


def test_patience_runs_from_the_first_time_he_has_to_wait():
    """With 6 s he gives up at 10, 6 s after he was sent on, and counts as never served."""
    trace, log = sent_on(patience_s=[6.0, 6.0])
    assert (10.0, "RENEGE", 0, 1, -1) in trace
    assert column(log, "ending") == [RENEGED, SERVED]
    assert column(log, "why") == [PATIENCE, 0]
    assert column(log, "start_s") == [None, 1.0]
    assert column(log, "server") == [-1, 1]
    assert column(log, "wait_s") == [10.0, 0.0]


def test_nobody_is_sent_on_without_another_line():
    """Only till 1 serves him: he stays, and his service ends at 40."""
    only = {"may_use": [[True, False], [False, True]]}
    trace = simulate(day([0.0, 1.0], [[1], [1]], **only, **stops((4.0, 0, 30.0), sends_on=True)))[0]
    assert (40.0, "END", 0, 0, 0) in trace
    assert kinds(trace, "SENT_ON") == []


def test_a_shared_line_sends_on_to_its_other_server():
    """Server 1 of the line is idle and works: 0 starts there at 4; server 0, closing, closes."""
    scene = roster((0.0, 0, 2), (3.0, 0, 1)) | stops((4.0, 1, 30.0), sends_on=True)
    trace = simulate(day([0.0, 1.0, 11.0], [[2]], **scene))[0]
    # at 3 both are busy: server 1 is told to close; at 4 customer 1 there waits for server 0
    assert [row for row in trace if 3.0 <= row[0] <= 10.0] == [
        (3.0, "CLOSING", -1, 0, 1),
        (4.0, "BROKE", 0, 0, 1),
        (4.0, "SENT_ON", 1, 0, 1),
        (4.0, "FREE", 1, 0, 1),
        (4.0, "CLOSED", -1, 0, 1),
        (4.0, "JOIN", 1, 0, -1),
        (10.0, "END", 0, 0, 0),
        (10.0, "FREE", 0, 0, 0),
        (10.0, "START", 1, 0, 0),
    ]


def test_nobody_is_sent_on_while_he_is_helped():
    """Helped from 5 to 9 when it breaks at 6 to 16: he stays and pays at 22, as if not sent on."""
    each: dict[str, Any] = {"before_call_s": [[5.0]] * 2, "help_s": [[4.0]] * 2}
    each |= {"after_call_s": [[3.0]] * 2, "lane_pool": [-1, -1]}
    trace = simulate(day([0.0], [[1], [1]], **each, **stops((6.0, 0, 10.0), sends_on=True)))[0]
    assert (22.0, "END", 0, 0, 0) in trace


def test_patience_that_ended_while_he_was_served_is_no_reason_any_more():
    """Customer 2 waits from 1 to 2 with 5 s of patience, is served past 6, and sent on at 8.

    He waits behind 1 (at till 2 to 15), leaves at 9 for till 3, 10 s away, which opens then; at 10
    all lanes close, so at 19 nothing is open.
    """
    own = [[True, False, True], [False, True, True], [False, False, True]]
    service = [[2.0, 0.0, 10.0], [0.0, 14.5, 10.0], [10.0] * 3]
    opening = roster((0.0, 0, 1), (0.0, 1, 1), (9.0, 2, 1), *((10.0, j, 0) for j in range(3)))
    trace, log = simulate(
        day(
            [0.0, 0.5, 1.0],
            [[1], [1], [1]],
            may_use=own,
            service_s=service,
            patience_s=[inf, inf, 5.0],
            jockey=walking(10.0, shorter_by=1),
            willing=[True] * 3,
            **opening,
            **stops((8.0, 0, 30.0), sends_on=True),
        )
    )
    assert [row for row in trace if row[2] == 2] == [
        (1.0, "JOIN", 2, 0, -1),
        (2.0, "START", 2, 0, 0),
        (8.0, "SENT_ON", 2, 0, 0),
        (8.0, "FREE", 2, 0, 0),
        (8.0, "JOIN", 2, 1, -1),
        (9.0, "LEAVE", 2, 1, -1),
        (19.0, "RENEGE", 2, -1, -1),
    ]
    assert log[2]["why"] == NO_OPEN_LANE
    assert log[2]["wait_s"] == 18.0
    assert log[2]["walk_s"] == 10.0
    assert log[2]["server"] == -1


# Cards


def no_cards(**changes: Any) -> Any:
    """Cards fail from 8 to 20; 0 and 1 queue at a till, 1 has cash."""
    needs = {"needs_card": [True, False]}
    return simulate(day([0.0, 1.0], [[1]], **(needs | changes)))


def test_who_cannot_pay_holds_the_till():
    """0 is ready at 10, pays at 20; after a gap of 2 s customer 1 starts at 22."""
    trace, log = no_cards(gap_s=[[2.0, 2.0]], **cards_fail((8.0, 12.0), explained=True))
    assert [row for row in trace if 8.0 <= row[0] <= 22.0] == [
        (8.0, "NO_CARDS", -1, -1, -1),
        (10.0, "HELD", 0, 0, 0),
        (20.0, "CARDS", -1, -1, -1),
        (20.0, "END", 0, 0, 0),
        (22.0, "FREE", 0, 0, 0),
        (22.0, "START", 1, 0, 0),
    ]
    assert column(log, "stoppage_at_till_s") == [10.0, 0.0]
    assert column(log, "stoppage_in_queue_s") == [0.0, 10.0]
    assert column(log, "stoppage_explained_s") == [10.0, 10.0]


def test_who_cannot_pay_leaves_if_that_is_the_rule():
    """0 leaves his basket at 10, without a gap; 1 pays cash at 20, still without cards."""
    trace, log = no_cards(gap_s=[[2.0, 2.0]], **cards_fail((8.0, 40.0), leaves=True))
    assert [row for row in trace if 8.0 <= row[0] <= 20.0] == [
        (8.0, "NO_CARDS", -1, -1, -1),
        (10.0, "LEFT", 0, 0, 0),
        (10.0, "FREE", 0, 0, 0),
        (10.0, "START", 1, 0, 0),
        (20.0, "END", 1, 0, 0),
    ]
    assert column(log, "ending") == [RENEGED, SERVED]
    assert column(log, "why") == [NO_PAYMENT, 0]
    assert column(log, "end_s") == [10.0, 20.0]
    assert column(log, "wait_s") == [0.0, 9.0]
    assert column(log, "served_by_staff_s") == [0.0, 10.0]


def test_the_moment_at_which_cards_fail_still_pays_and_a_station_needs_none():
    """A service that ends at 10 when cards fail at 10 is paid; at a station nobody is held."""
    at_ten = cards_fail((10.0, 5.0))
    assert kinds(no_cards(**at_ten)[0], "HELD") == []
    assert kinds(no_cards(kind=[4], **cards_fail((8.0, 12.0)))[0], "HELD") == []
    assert kinds(no_cards(**cards_fail((9.0, 5.0)))[0], "HELD") == [(10.0, "HELD", 0, 0, 0)]


# How long a line stands still


def test_a_shared_line_stands_still_only_when_all_its_servers_do():
    """Server 0 is broken from 4 to 10, at server 1 a price check takes 6 to 8: 2 s for who waits.

    Customers 0 and 1 are served; 1 calls 5 s after his start at 1 and is helped for 2 s.
    """
    each: dict[str, Any] = {"before_call_s": [[inf, 5.0, inf]], "after_call_s": [[0.0, 5.0, 0.0]]}
    each |= {"help_s": [[0.0, 2.0, 0.0]], "lane_pool": [-1]}
    log = simulate(day([0.0, 1.0, 2.0], [[2]], **each, **stops((4.0, 0, 6.0), explained=True)))[1]
    assert column(log, "stoppage_in_queue_s") == [0.0, 0.0, 2.0]
    assert column(log, "stoppage_at_till_s") == [6.0, 2.0, 0.0]
    # when the line came to a stop, the breakdown that was explained was going on
    assert column(log, "stoppage_explained_s") == [6.0, 0.0, 2.0]
    assert column(log, "help_s") == [0.0, 0.0, 0.0]
    assert column(log, "served_by_staff_s") == [10.0, 10.0, 10.0]


def test_it_counts_whether_the_stop_was_explained_when_it_began():
    """Unexplained from 4 to 10, explained from 6 to 16: one spell of 12 s, not explained."""
    scene = stops((4.0, 0, 6.0), (6.0, 0, 10.0))
    scene["stoppages"]["explained"] = [False, True]
    log = simulate(day([0.0, 1.0], [[1]], **scene))[1]
    assert column(log, "stoppage_in_queue_s") == [0.0, 12.0]
    assert column(log, "stoppage_explained_s") == [0.0, 0.0]
    # who joins at 7 finds the explained one going on: 9 s, to 16
    log = simulate(day([0.0, 7.0], [[1]], **scene))[1]
    assert column(log, "stoppage_in_queue_s") == [0.0, 9.0]
    assert column(log, "stoppage_explained_s") == [0.0, 9.0]
