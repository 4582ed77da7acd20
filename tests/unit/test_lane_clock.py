"""Lanes by the clock agree with walking through the steps of one level after the other."""

from __future__ import annotations

import numpy as np
import pytest

from simqueue.scenario import loads
from simqueue.study.day import Day, simulate_day
from simqueue.study.lane_clock import lane_clock
from simqueue.study.steps import IN_QUEUE, IN_SERVICE, OCCUPIED, areas, rows_and_changes
from simqueue.tables import Event
from tests.unit.show_shops import TEXTS


@pytest.fixture(scope="module", params=["people move", "overloaded", "empty"])
def day(request) -> Day:
    """A day on which customers change lines and give up, one with many, one without any."""
    return simulate_day(loads(TEXTS[request.param]), 2)


def edges(day: Day) -> np.ndarray:
    """Quarter hours until closing."""
    return np.append(np.arange(0.0, day.system.closes_s, 900.0), day.system.closes_s)


@pytest.mark.parametrize(
    ("name", "changes"), [("queue_s", IN_QUEUE), ("people_s", None), ("occupied_s", OCCUPIED)]
)
def test_areas_are_those_of_each_level(day, name, changes):
    """Level x seconds in a stretch is the area under the steps of that level alone."""
    n, at = len(day.system.lanes), edges(day)
    found = getattr(lane_clock(day, at), name)
    kinds = (IN_QUEUE, IN_SERVICE) if changes is None else (changes,)
    expected = 0.0
    for kind in kinds:
        rows, change = rows_and_changes(day.trace, kind)
        expected += areas(day.trace.time_s[rows], change, day.lane_of(rows), n, at)
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-6)


def test_services_are_counted_where_and_when_they_end(day):
    """Every END is in the stretch of its time; those after closing are in the whole day only."""
    clock = lane_clock(day, edges(day))
    rows = np.flatnonzero(day.trace.event == Event.END)
    for j in range(len(day.system.lanes)):
        times = day.trace.time_s[rows[day.lane_of(rows) == j]]
        inside, _ = np.histogram(times[times < day.system.closes_s], bins=edges(day))
        assert clock.ends[j].tolist() == inside.tolist()
        assert clock.whole.ends[j] == len(times)


def test_the_whole_day_lasts_until_the_last_has_left(day):
    """Open and occupied seconds of the whole day are the spells and services, added up."""
    whole = lane_clock(day, edges(day)).whole
    lane_of = day.system.line_lane[day.system.server_line]
    end_s = max(day.system.closes_s, day.trace.time_s[-1])
    for j in range(len(day.system.lanes)):
        spells = [spell for s in np.flatnonzero(lane_of == j) for spell in day.open_spells[s]]
        assert whole.open_s[j] == pytest.approx(sum(min(b, end_s) - a for a, b in spells))
        rows, moved = rows_and_changes(day.trace, OCCUPIED)
        until_0_s = -moved * day.trace.time_s[rows]
        assert whole.occupied_s[j] == pytest.approx(until_0_s[day.lane_of(rows) == j].sum())
