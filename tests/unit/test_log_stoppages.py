"""Spells of standing still in the log, worked out by hand from traces written by hand."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

from simqueue.engine import derive_log
from simqueue.tables import Ending, Kind, NoCards, Stoppages, Why, frozen
from tests.engine_day import tables
from tests.trace_rows import Row, table

OPENED: list[Row] = [(0.0, "OPEN", -1, 0, 0)]


def log_of(rows: list[Row], lanes: list[list[int]], **changes: Any) -> dict[str, list[Any]]:
    """The columns about stoppages of a day on which these rows happened; 10 s of service each."""
    n = 1 + max(row[2] for row in rows if row[1] == "JOIN")
    workload, system = tables([0.0] * n, lanes, **changes)
    log = derive_log(workload, system, table(rows))
    names = ("in_queue_s", "at_till_s", "explained_s")
    return {name: getattr(log, f"stoppage_{name}").tolist() for name in names}


def stoppages(*explained: bool) -> Stoppages:
    """So many stoppages; of what is in them the log needs only whether they were explained."""
    none = [0.0] * len(explained)
    return Stoppages(
        frozen(none, "f8"), frozen(none, "i8"), frozen(none, "f8"), *[frozen(explained, "?")] * 3
    )


def cards(*explained: bool) -> NoCards:
    """So many times without cards."""
    none = frozen([0.0] * len(explained), "f8")
    return NoCards(none, none, frozen(explained, "?"))


ONE_TILL: list[Row] = [
    *OPENED,
    (0.0, "JOIN", 0, 0, -1),
    (0.0, "START", 0, 0, 0),
    (2.0, "JOIN", 1, 0, -1),
    (4.0, "BROKE", 0, 0, 0),
    (6.0, "JOIN", 2, 0, -1),
    (9.0, "REPAIRED", 0, 0, 0),
    (15.0, "END", 0, 0, 0),
    (15.0, "START", 1, 0, 0),
    (25.0, "END", 1, 0, 0),
    (25.0, "START", 2, 0, 0),
    (35.0, "END", 2, 0, 0),
]


def test_a_breakdown_lasts_for_all_at_the_till_from_when_they_are_there():
    """Broken from 4 to 9: 5 s for who is served and who waits, 3 s for who joins at 6."""
    found = log_of(ONE_TILL, [[1]], stoppages=stoppages(False))
    assert found["at_till_s"] == [5.0, 0.0, 0.0]
    assert found["in_queue_s"] == [0.0, 5.0, 3.0]
    assert found["explained_s"] == [0.0, 0.0, 0.0]


def test_an_explained_breakdown_is_explained_to_all_who_suffer_it():
    """The same day, explained: all of it was."""
    found = log_of(ONE_TILL, [[1]], stoppages=stoppages(True))
    assert found["explained_s"] == [5.0, 5.0, 3.0]


def test_what_a_spell_was_explained_by_is_seen_when_it_begins():
    """An explained stoppage that begins within an unexplained one explains nothing to those there.

    Unexplained from 1 to 5, explained from 3 to 9: one spell of 8 s for those who saw it begin;
    who joins at 4 is told.
    """
    rows: list[Row] = [
        *OPENED,
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "START", 0, 0, 0),
        (1.0, "BROKE", 0, 0, 0),
        (3.0, "BROKE", 1, 0, 0),
        (4.0, "JOIN", 1, 0, -1),
        (5.0, "REPAIRED", 0, 0, 0),
        (9.0, "REPAIRED", 1, 0, 0),
        (18.0, "END", 0, 0, 0),
        (18.0, "START", 1, 0, 0),
        (28.0, "END", 1, 0, 0),
    ]
    found = log_of(rows, [[1]], stoppages=stoppages(False, True))
    assert found["at_till_s"] == [8.0, 0.0]
    assert found["in_queue_s"] == [0.0, 5.0]
    assert found["explained_s"] == [0.0, 5.0]


SHARED: list[Row] = [
    *OPENED,
    (0.0, "OPEN", -1, 0, 1),
    (0.0, "JOIN", 0, 0, -1),
    (0.0, "START", 0, 0, 0),
    (0.0, "JOIN", 1, 0, -1),
    (0.0, "START", 1, 0, 1),
    (1.0, "JOIN", 2, 0, -1),
    (2.0, "BROKE", 0, 0, 0),
    (4.0, "BROKE", 1, 0, 1),
    (7.0, "REPAIRED", 0, 0, 0),
    (8.0, "REPAIRED", 1, 0, 1),
    (14.0, "END", 1, 0, 1),
    (14.0, "START", 2, 0, 1),
    (15.0, "END", 0, 0, 0),
    (24.0, "END", 2, 0, 1),
]


def test_a_shared_line_stands_still_only_while_all_its_servers_do():
    """Two servers, broken from 2 to 7 and from 4 to 8: the line stops from 4 to 7."""
    found = log_of(SHARED, [[2]], stoppages=stoppages(True, False))
    assert found["at_till_s"] == [5.0, 4.0, 0.0]
    assert found["in_queue_s"] == [0.0, 0.0, 3.0]
    # told by the notice at the first server, which still stood when the second one stopped
    assert found["explained_s"] == [5.0, 0.0, 3.0]


def test_a_closed_server_does_not_keep_the_line_going():
    """The other server closes at 4 while one is broken from 2 to 8: from then on the line stands.

    The closing row alone changes nothing: that server still works.
    """
    rows: list[Row] = [
        *OPENED,
        (0.0, "OPEN", -1, 0, 1),
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "START", 0, 0, 0),
        (0.0, "JOIN", 1, 0, -1),
        (0.0, "START", 1, 0, 1),
        (1.0, "JOIN", 2, 0, -1),
        (2.0, "BROKE", 0, 0, 0),
        (3.0, "CLOSING", -1, 0, 1),
        (4.0, "END", 1, 0, 1),
        (4.0, "CLOSED", -1, 0, 1),
        (8.0, "REPAIRED", 0, 0, 0),
        (16.0, "END", 0, 0, 0),
        (16.0, "START", 2, 0, 0),
        (26.0, "END", 2, 0, 0),
    ]
    assert log_of(rows, [[2]], stoppages=stoppages(False))["in_queue_s"] == [0.0, 0.0, 4.0]
    reopened: list[Row] = [*rows[:11], (5.0, "OPEN", -1, 0, 1), *rows[11:]]
    assert log_of(reopened, [[2]], stoppages=stoppages(False))["in_queue_s"] == [0.0, 0.0, 1.0]


def test_who_gives_up_or_changes_line_suffers_until_then():
    """Broken from 2 to 12: one leaves for another line at 5, another gives up at 7."""
    rows: list[Row] = [
        *OPENED,
        (0.0, "OPEN", -1, 1, 1),
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "START", 0, 0, 0),
        (1.0, "JOIN", 1, 0, -1),
        (1.0, "JOIN", 2, 0, -1),
        (2.0, "BROKE", 0, 0, 0),
        (5.0, "LEAVE", 2, 0, -1),
        (6.0, "JOIN", 2, 1, -1),
        (6.0, "START", 2, 1, 1),
        (7.0, "RENEGE", 1, 0, -1),
        (12.0, "REPAIRED", 0, 0, 0),
        (16.0, "END", 2, 1, 1),
        (20.0, "END", 0, 0, 0),
    ]
    found = log_of(rows, [[1, 1]], stoppages=stoppages(False))
    assert found["in_queue_s"] == [0.0, 5.0, 3.0]
    assert found["at_till_s"] == [10.0, 0.0, 0.0]


def test_who_is_sent_on_suffers_where_he_was_and_where_he_waits_again():
    """Sent on at 2 by a breakdown that lasts 0 s for him; at the other till broken from 1 to 6."""
    rows: list[Row] = [
        *OPENED,
        (0.0, "OPEN", -1, 1, 1),
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "START", 0, 0, 0),
        (1.0, "BROKE", 0, 1, 1),
        (2.0, "BROKE", 1, 0, 0),
        (2.0, "SENT_ON", 0, 0, 0),
        (2.0, "FREE", 0, 0, 0),
        (2.0, "JOIN", 0, 1, -1),
        (6.0, "REPAIRED", 0, 1, 1),
        (6.0, "START", 0, 1, 1),
        (9.0, "REPAIRED", 1, 0, 0),
        (16.0, "END", 0, 1, 1),
    ]
    found = log_of(rows, [[1, 1]], stoppages=stoppages(True, False))
    assert found == {"in_queue_s": [4.0], "at_till_s": [0.0], "explained_s": [4.0]}


CALLED: list[Row] = [
    *OPENED,
    (0.0, "JOIN", 0, 0, -1),
    (0.0, "START", 0, 0, 0),
    (1.0, "JOIN", 1, 0, -1),
    (3.0, "CALL", 0, 0, 0),
    (5.0, "HELP", 0, 0, 0),
    (9.0, "HELPED", 0, 0, 0),
    (16.0, "END", 0, 0, 0),
    (16.0, "START", 1, 0, 0),
    (26.0, "END", 1, 0, 0),
]


def test_a_price_check_is_a_stoppage_at_a_till_and_help_at_a_machine():
    """A call from 3 to 9, helped from 5: 6 s of stoppage at a till, 2 s of waiting at a machine."""
    once = {"before_call_s": [[3.0, inf]], "after_call_s": [[7.0, 0.0]], "help_s": [[4.0, 0.0]]}
    for kind in (Kind.STAFFED, Kind.EXPRESS):
        workload, system = tables([0.0, 0.0], [[1]], kind=[kind], **once)
        log = derive_log(workload, system, table(CALLED))
        assert log.stoppage_at_till_s.tolist() == [6.0, 0.0]
        assert log.stoppage_in_queue_s.tolist() == [0.0, 6.0]
        assert log.served_by_staff_s.tolist() == [10.0, 10.0]
        assert not log.help_s.any()
        assert not log.help_wait_s.any()
    for kind in (Kind.SELF_SERVICE, Kind.SCAN_AND_GO):
        workload, system = tables([0.0, 0.0], [[1]], kind=[kind], **once)
        log = derive_log(workload, system, table(CALLED))
        assert not log.stoppage_at_till_s.any()
        assert not log.stoppage_in_queue_s.any()
        assert log.help_wait_s.tolist() == [2.0, 0.0]
        assert log.help_s.tolist() == [4.0, 0.0]
        assert log.own_scanning_s.tolist() == [10.0, 10.0]
    station = replace(system, kind=frozen([Kind.STATION], "i8"))
    log = derive_log(workload, station, table(CALLED))
    assert log.help_wait_s.tolist() == [2.0, 0.0]
    assert log.served_by_staff_s.tolist() == [4.0, 10.0]
    assert not log.help_s.any()


def test_who_is_held_because_cards_do_not_work_stands_still_until_he_pays():
    """Held from 10 to 14 in a time without cards from 8 on: 4 s for him and who waits behind."""
    rows: list[Row] = [
        *OPENED,
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "START", 0, 0, 0),
        (1.0, "JOIN", 1, 0, -1),
        (8.0, "NO_CARDS", -1, -1, -1),
        (10.0, "HELD", 0, 0, 0),
        (12.0, "JOIN", 2, 0, -1),
        (14.0, "CARDS", -1, -1, -1),
        (14.0, "END", 0, 0, 0),
        (14.0, "START", 1, 0, 0),
        (20.0, "NO_CARDS", -1, -1, -1),
        (24.0, "HELD", 1, 0, 0),
        (29.0, "CARDS", -1, -1, -1),
        (29.0, "END", 1, 0, 0),
        (29.0, "START", 2, 0, 0),
        (39.0, "END", 2, 0, 0),
    ]
    found = log_of(rows, [[1]], no_cards=cards(True, False))
    assert found["at_till_s"] == [4.0, 5.0, 0.0]
    assert found["in_queue_s"] == [0.0, 4.0, 7.0]
    assert found["explained_s"] == [4.0, 4.0, 2.0]


def test_who_cannot_pay_and_leaves_has_waited_all_the_same():
    """LEFT at 20 after waiting from 1 to 10: no payment, a wait of 9 s."""
    rows: list[Row] = [
        *OPENED,
        (0.0, "JOIN", 0, 0, -1),
        (0.0, "START", 0, 0, 0),
        (1.0, "JOIN", 1, 0, -1),
        (10.0, "END", 0, 0, 0),
        (10.0, "START", 1, 0, 0),
        (15.0, "NO_CARDS", -1, -1, -1),
        (20.0, "LEFT", 1, 0, 0),
        (20.0, "FREE", 1, 0, 0),
        (30.0, "CARDS", -1, -1, -1),
    ]
    workload, system = tables([0.0, 1.0], [[1]], no_cards=cards(False))
    log = derive_log(workload, system, table(rows))
    assert log.ending.tolist() == [Ending.SERVED, Ending.RENEGED]
    assert log.why.tolist() == [Why.NONE, Why.NO_PAYMENT]
    assert log.wait_s.tolist() == [0.0, 9.0]
    assert log.end_s.tolist() == [10.0, 20.0]
    assert log.served_by_staff_s.tolist() == [10.0, 0.0]
    assert not log.stoppage_at_till_s.any()
