"""Staff hours and changes of tills of a day, against rows that tell when somebody was where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simqueue.scenario import loads
from simqueue.study.day import Day, simulate_day
from simqueue.study.day_measures import daily_values
from tests.trace_rows import Row, table

SHOP = """\
scenario: two hours
store: {opens: "09:00", closes: "11:00"}
arrivals: {constant_per_hour: 30}
customers: [{segment: all, share: 1, items: {fixed: 5}}]
lanes:
  - {lane: tills, kind: staffed, tills: 3}
  - {lane: machines, kind: self_service, machines: 1, attendants: {"09:00": 1, "10:00": 2}}
  - {lane: scanned, kind: scan_and_go, machines: 1, attendants: 1}
staffing: {pools: {floor: {"09:00": 1, "10:00": 3}}}
"""
THERE = [(0.0, "OPEN", -1, 0, 0), (0.0, "OPEN", -1, 3, 3), (0.0, "OPEN", -1, 4, 4)]


def day_of(rows: list[Row]) -> Day:
    """A day of the shop on which just this happened."""
    day = simulate_day(loads(SHOP), 0)
    return replace(day, trace=table(sorted(rows, key=lambda row: row[0])))


def served(i: int, line: int, server: int, free_s: float) -> list[Row]:
    """Somebody who comes at the very end and keeps a server until then."""
    return [
        (7100.0, "JOIN", i, line, -1),
        (7100.0, "START", i, line, server),
        (free_s, "END", i, line, server),
        (free_s, "FREE", i, line, server),
    ]


def test_changes_of_tills_while_the_doors_are_open():
    """A till opens, closes after its line is served, and opens again: three changes.

    Neither what is there from the start nor the machines nor what happens from closing time on.
    """
    rows = [
        *THERE, (1800.0, "OPEN", -1, 1, 1), (2000.0, "CLOSED", -1, 3, 3),
        (3600.0, "CLOSING", -1, 1, 1), (3660.0, "CLOSED", -1, 1, 1), (5000.0, "OPEN", -1, 1, 1),
        (7200.0, "OPEN", -1, 2, 2), (7300.0, "CLOSED", -1, 2, 2),
    ]  # fmt: skip
    assert daily_values(day_of(rows))["changeovers"] == 3.0


def test_overtime_is_serving_out_and_what_is_left_after_closing():
    """60 s of a line that was closing, 30 s of one opened again, 300 s and 100 s after closing."""
    rows = [
        *THERE, (1800.0, "OPEN", -1, 1, 1), (3600.0, "CLOSING", -1, 1, 1),
        (3660.0, "CLOSED", -1, 1, 1), (4000.0, "CLOSING", -1, 0, 0), (4030.0, "OPEN", -1, 0, 0),
        *served(0, 0, 0, 7500.0), (7000.0, "OPEN", -1, 2, 2), (7300.0, "CLOSED", -1, 2, 2),
    ]  # fmt: skip
    assert daily_values(day_of(rows))["overtime_hours"] == pytest.approx(490.0 / 3600.0)


def test_attendants_stay_until_their_own_machines_are_empty():
    """Those of one lane leave when that is empty, those of a pool when the whole shop is."""
    rows = [*THERE, *served(0, 0, 0, 7500.0), *served(1, 3, 3, 7230.0), *served(2, 4, 4, 7260.0)]
    at_machines_s, where_scanned_s, on_floor_s = 3600.0 + 2 * 3630.0, 7260.0, 3600.0 + 3 * 3900.0
    found = daily_values(day_of(rows))["attendant_hours"]
    assert found == pytest.approx((at_machines_s + where_scanned_s + on_floor_s) / 3600.0)
