"""The log of people who make several visits, worked out by hand from traces written by hand."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from simqueue.engine import derive_log
from simqueue.tables import Condition, Ending, Kind, Log, Visits
from tests.engine_day import broken, tables
from tests.trace_rows import Row, table

STATION, TILLS, MACHINE = 0, 1, 2  # lanes of the days below, each with one server of that number
KINDS = [Kind.STATION, Kind.STAFFED, Kind.SELF_SERVICE]


def log_of(rows: list[Row], visits: Visits, arrivals: list[float], **changes: Any) -> Log:
    """The log of a day on which these rows happened, in a shop with a station, till and machine."""
    opened: list[Row] = [(0.0, "OPEN", -1, lane, lane) for lane in range(len(KINDS))]
    workload, system = tables(arrivals, [[1], [1], [1]], kind=KINDS, **changes)
    return derive_log(replace(workload, visits=visits), system, table([*opened, *rows]))


def same(found: Any, expected: list[float]) -> bool:
    """Whether the numbers are equal, nan being equal to nan."""
    return bool(np.array_equal(found, expected, equal_nan=True))


def test_a_visit_to_a_station_and_one_to_the_till_are_two_rows_of_one_person():
    """At the station from 0 to 10, at the till from 15: he came there when he joined, not before.

    The second person turns away at the station, comes to the till all the same, and turns away
    there; the third, who would come only after paying, does not come.
    """
    visits = Visits(
        customer=[0, 1, 2, 0, 1, 2],
        stop=[1, 1, 1, 0, 0, 0],
        after=[-1, -1, -1, 0, 1, 2],
        delay_s=[0, 0, 0, 5, 5, 5],
        condition=[*[Condition.ALWAYS] * 5, Condition.PAID],
    )
    rows: list[Row] = [
        (0.0, "JOIN", 0, STATION, -1),
        (0.0, "START", 0, STATION, 0),
        (1.0, "BALK", 1, -1, 2),
        (2.0, "BALK", 2, -1, 2),
        (6.0, "BALK", 4, -1, 5),
        (10.0, "END", 0, STATION, 0),
        (15.0, "JOIN", 3, TILLS, -1),
        (15.0, "START", 3, TILLS, 1),
        (25.0, "END", 3, TILLS, 1),
    ]
    log = log_of(rows, visits, [0.0, 1.0, 2.0, 99.0, 99.0, 99.0])
    assert log.customer.tolist() == [0, 1, 2, 0, 1, 2]
    assert log.stop.tolist() == [1, 1, 1, 0, 0, 0]
    assert same(log.arrival_s, [0.0, 1.0, 2.0, 15.0, 6.0, np.nan])
    assert log.ending.tolist() == [
        *(Ending.SERVED, Ending.BALKED, Ending.BALKED),
        *(Ending.SERVED, Ending.BALKED, Ending.NOT_COME),
    ]
    assert same(log.end_s, [10.0, 1.0, 2.0, 25.0, 6.0, np.nan])
    assert not log.before_s.any()


FAILING: list[Row] = [
    (0.0, "JOIN", 0, MACHINE, -1),
    (0.0, "START", 0, MACHINE, 2),
    (4.0, "JOIN", 1, MACHINE, -1),
    (10.0, "FAILED", 0, MACHINE, 2),
    (10.0, "START", 1, MACHINE, 2),
    (12.0, "JOIN", 2, TILLS, -1),
    (12.0, "START", 2, TILLS, 1),
    (20.0, "END", 1, MACHINE, 2),
    (22.0, "END", 2, TILLS, 1),
]


def test_what_a_failed_transaction_has_cost_stands_in_the_visit_after_it():
    """Failed at the machine from 0 to 10, then to the till: 10 s lost before, and not paid there.

    The other's transaction does not fail, so his visit to the till is not made.
    """
    visits = Visits(
        customer=[0, 1, 0, 1],
        stop=[0] * 4,
        after=[-1, -1, 0, 1],
        delay_s=[0, 0, 2, 2],
        condition=[Condition.ALWAYS] * 2 + [Condition.FAILED] * 2,
    )
    log = log_of(FAILING, visits, [0.0, 4.0, 0.0, 0.0])
    assert log.ending.tolist() == [
        *(Ending.FAILED, Ending.SERVED, Ending.SERVED, Ending.NOT_COME),
    ]
    assert log.before_s.tolist() == [0.0, 0.0, 10.0, 0.0]
    assert log.wait_s.tolist()[:3] == [0.0, 6.0, 0.0]
    assert log.own_scanning_s.tolist() == [0.0, 10.0, 0.0, 0.0]  # of those who paid there
    assert log.ahead_at_join.tolist() == [0, 1, 0, -1]  # who is served counts until he has failed


def test_only_people_at_the_same_stop_slip_past():
    """While the first waits at the till somebody else starts at the station: no slip.

    Later by first joining, not by number: visit 2 comes after visit 3, and starts before it.
    """
    visits = Visits(
        customer=[0, 1, 2, 3],
        stop=[0, 1, 0, 0],
        after=[-1, -1, 1, -1],
        delay_s=[0.0] * 4,
        condition=[Condition.ALWAYS] * 4,
    )
    rows: list[Row] = [
        (0.0, "JOIN", 0, TILLS, -1),
        (1.0, "JOIN", 3, TILLS, -1),
        (1.0, "JOIN", 1, STATION, -1),
        (1.0, "START", 1, STATION, 0),
        (11.0, "END", 1, STATION, 0),
        (11.0, "JOIN", 2, MACHINE, -1),
        (11.0, "START", 2, MACHINE, 2),
        (12.0, "START", 0, TILLS, 1),
        (21.0, "END", 2, MACHINE, 2),
        (22.0, "END", 0, TILLS, 1),
        (22.0, "START", 3, TILLS, 1),
        (32.0, "END", 3, TILLS, 1),
    ]
    log = log_of(rows, visits, [0.0, 1.0, 0.0, 1.0])
    assert log.slips_other_kind.tolist() == [1, 0, 0, 1]
    assert not log.slips_same_line.any()
    assert not log.slips_same_kind.any()


TWICE: list[Row] = [
    (0.0, "JOIN", 0, MACHINE, -1),
    (0.0, "START", 0, MACHINE, 2),
    (2.0, "CALL", 0, MACHINE, 2),
    (3.0, "HELP", 0, MACHINE, 2),
    (8.0, "HELPED", 0, MACHINE, 2),
    (12.0, "CALL", 0, MACHINE, 2),
    (15.0, "HELP", 0, MACHINE, 2),
    (21.0, "HELPED", 0, MACHINE, 2),
    (28.0, "END", 0, MACHINE, 2),
]


def test_who_calls_twice_waits_twice_and_is_helped_twice():
    """Calls at 2 and 12, helped from 3 for 5 s and from 15 for 6 s; he scans 2 + 4 + 7 s."""
    column = {
        "before_call_s": 2.0,
        "again_after_s": 4.0,
        "after_call_s": 7.0,
        "help_s": 5.0,
        "again_help_s": 6.0,
        "service_s": 13.0,
    }
    changes = {name: [[value]] * 3 for name, value in column.items()}
    visits = Visits([0], [0], [-1], [0.0], [Condition.ALWAYS])
    log = log_of(TWICE, visits, [0.0], **changes)
    assert (log.help_wait_s[0], log.help_s[0], log.own_scanning_s[0]) == (4.0, 11.0, 13.0)
    slow = log_of(TWICE, visits, [0.0], **changes, server_pace=[1.0, 1.0, 1.5])
    assert slow.own_scanning_s[0] == (2.0 * 1.5 + 4.0 * 1.5) + 7.0 * 1.5
    assert slow.help_s[0] == 11.0


def test_calls_of_a_service_he_was_sent_on_from_count_where_they_were_made():
    """Helped at the machine, sent on to the till: help there stays, and he is served by staff."""
    rows: list[Row] = [
        *TWICE[:5],
        (9.0, "BROKE", 0, MACHINE, 2),
        (9.0, "SENT_ON", 0, MACHINE, 2),
        (9.0, "JOIN", 0, TILLS, -1),
        (11.0, "START", 0, TILLS, 1),
        (24.0, "END", 0, TILLS, 1),
    ]
    visits = Visits([0], [0], [-1], [0.0], [Condition.ALWAYS])
    times = {"before_call_s": [[inf], [inf], [2.0]], "help_s": [[0.0], [0.0], [5.0]]}
    changes = times | {"service_s": [[13.0]] * 3, "stoppages": broken((9.0, MACHINE, 99.0))}
    log = log_of(rows, visits, [0.0], **changes)
    assert (log.help_wait_s[0], log.help_s[0]) == (1.0, 5.0)
    assert (log.own_scanning_s[0], log.served_by_staff_s[0]) == (0.0, 13.0)
    assert (log.join_s[0], log.start_s[0], log.wait_s[0]) == (0.0, 11.0, 11.0)
    assert (log.lane[0], log.server[0]) == (TILLS, 1)
    gone = [*rows[:8], (11.0, "RENEGE", 0, TILLS, -1)]
    log = log_of(gone, visits, [0.0], **changes)
    assert same(log.start_s, [np.nan])
    assert (log.server[0], log.wait_s[0], log.ending[0]) == (-1, 11.0, Ending.RENEGED)
