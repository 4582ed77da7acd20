"""Step functions read off a trace, against counting moment by moment."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simqueue.study.steps import (
    IN_QUEUE,
    IN_SERVICE,
    OCCUPIED,
    areas,
    last_free,
    open_spells,
    rows_and_changes,
    server_changes,
)
from simqueue.tables import Event, Trace

# changes at whole seconds, several at one moment
steps = st.lists(st.tuples(st.integers(0, 20), st.integers(-2, 3)), max_size=25).map(
    lambda rows: sorted(rows, key=lambda row: row[0])
)
GRID = 0.25  # moments of the brute-force counts; changes are at multiples of it


def level_at(rows: list[tuple[int, int]], moment: float) -> int:
    """The level just after a moment, by adding up."""
    return sum(change for time, change in rows if time <= moment)


def on_grid(rows: list[tuple[int, int]], start: float, end: float) -> list[int]:
    """The level in each quarter of a second between two moments."""
    return [level_at(rows, moment) for moment in np.arange(start, end, GRID)]


def trace(*rows: tuple[float, Event, int, int, int]) -> Trace:
    """A trace of (time, event, customer, line, server) rows."""
    return Trace(*([row[k] for row in rows] for k in range(5)))


@settings(max_examples=150, deadline=None)
@given(
    steps,
    steps,
    st.lists(st.integers(0, 30), min_size=2, max_size=6, unique=True).map(sorted),
)
def test_areas_between_edges(rows, others, edges):
    """The area of each group in a stretch is the sum over its quarters of a second."""
    both = sorted([(*r, 0) for r in rows] + [(*r, 1) for r in others] + [(3, 7, -1)])
    times, deltas, groups = (np.array([row[k] for row in both]) for k in range(3))
    found = areas(times.astype(float), deltas, groups, 2, np.array(edges, float))
    for mine, area in zip((rows, others), found, strict=True):
        expected = [sum(on_grid(mine, a, b)) * GRID for a, b in pairwise(edges)]
        assert area == pytest.approx(expected, abs=1e-9)


def test_who_counts_in_the_queue_and_in_service():
    """People queue from joining to start or giving up, and are served from start to end."""
    rows = trace(
        (1.0, Event.JOIN, 0, 0, -1), (1.0, Event.START, 0, 0, 0), (2.0, Event.JOIN, 1, 0, -1),
        (3.0, Event.JOIN, 2, 0, -1), (4.0, Event.BALK, 3, -1, 2), (5.0, Event.RENEGE, 1, 0, -1),
        (6.0, Event.END, 0, 0, 0), (8.0, Event.FREE, 0, 0, 0), (8.0, Event.START, 2, 0, 0),
    )  # fmt: skip
    for changes, moved, levels in (
        (IN_QUEUE, [0, 1, 2, 3, 5, 8], [1, 0, 1, 2, 1, 0]),
        (IN_SERVICE, [1, 6, 8], [1, 0, 1]),
        (OCCUPIED, [1, 7, 8], [1, 0, 1]),
    ):
        found, change = rows_and_changes(rows, changes)
        assert (found.tolist(), change.cumsum().tolist()) == (moved, levels)


def test_when_somebody_was_at_a_till():
    """A till is manned from opening to closed, reopened meanwhile or not; else to the end."""
    rows = trace(
        (0.0, Event.OPEN, -1, 0, 0), (0.0, Event.OPEN, -1, 1, 1), (5.0, Event.CLOSING, -1, 0, 0),
        (7.0, Event.OPEN, -1, 0, 0), (8.0, Event.CLOSING, -1, 0, 0), (9.0, Event.CLOSED, -1, 0, 0),
        (20.0, Event.OPEN, -1, 0, 0), (30.0, Event.CLOSED, -1, 0, 0), (40.0, Event.OPEN, -1, 0, 0),
        (130.0, Event.FREE, 4, 1, 1),
    )  # fmt: skip
    spells = open_spells(server_changes(rows), 3, 100.0, last_free(rows, 3))
    assert spells == [[(0.0, 9.0), (20.0, 30.0), (40.0, 100.0)], [(0.0, 130.0)], []]


def test_a_till_opened_after_closing_for_nobody_was_manned_for_no_time():
    """Who comes back from a break after closing time, to an empty line, adds no (negative) time."""
    rows = trace(
        (0.0, Event.OPEN, -1, 0, 0), (90.0, Event.CLOSED, -1, 0, 0), (140.0, Event.OPEN, -1, 0, 0)
    )  # fmt: skip
    assert open_spells(server_changes(rows), 1, 100.0, last_free(rows, 1)) == [
        [(0.0, 90.0), (140.0, 140.0)]
    ]


def test_overtime_of_a_line_is_its_own():
    """A till whose own line is empty at closing goes; it does not wait for the neighbour's line."""
    rows = trace(
        (0.0, Event.OPEN, -1, 0, 0), (0.0, Event.OPEN, -1, 1, 1), (50.0, Event.FREE, 0, 0, 0),
        (150.0, Event.FREE, 1, 1, 1),
    )  # fmt: skip
    assert open_spells(server_changes(rows), 2, 100.0, last_free(rows, 2)) == [
        [(0.0, 100.0)],
        [(0.0, 150.0)],
    ]
