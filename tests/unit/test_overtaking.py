"""Counting slips: the fast count against its definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simqueue.engine.log.overtaking import later_but_earlier

rows = st.lists(st.tuples(st.integers(-2, 3), st.integers(0, 30), st.booleans()), max_size=60)


def by_definition(table: list[tuple[int, int, bool]]) -> list[int]:
    """Every pair compared."""
    return [
        sum(counts and group == other and later < key for other, later, counts in table[k + 1 :])
        for k, (group, key, _) in enumerate(table)
    ]


@settings(max_examples=400, deadline=None)
@given(rows)
def test_the_fast_count_is_the_count_of_pairs(table):
    """For each row: later rows of its group that count and have a smaller key, ties not counted."""
    columns = [np.array(column) for column in zip(*table, strict=True)] or [np.zeros(0, int)] * 3
    found = later_but_earlier(columns[0], columns[1], columns[2].astype(bool))
    assert found.tolist() == by_definition(table)


def test_counts_at_the_lengths_where_bits_are_added():
    """In reverse order everybody is overtaken by all who follow, whatever the length."""
    for n in (0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 63, 64, 65, 1000):
        found = later_but_earlier(np.zeros(n), np.arange(n)[::-1].copy(), np.ones(n, bool))
        assert found.tolist() == list(range(n - 1, -1, -1))


def test_groups_may_have_any_numbers():
    """Group numbers that are far apart or negative are names, not sizes."""
    group = np.array([10**9, -5, 10**9, -5])
    assert later_but_earlier(group, np.array([4, 3, 2, 1]), np.ones(4, bool)).tolist() == [
        1,
        1,
        0,
        0,
    ]
