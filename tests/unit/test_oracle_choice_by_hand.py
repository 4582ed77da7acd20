"""The lane choices of the naive simulator, each worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle import simulate
from tests.plain_day import EXPRESS, SELF_SERVICE, STAFFED, choice, column, day

# At 10 s three lines of one till each look like this to customer 5, who may use them all:
#            in service (items, rest)   waiting (items, expected)   mean   position
#   line 0   9 items, 15 - 10 =  5 s    1 item,   8 s               10 s   0 m
#   line 1   20 items, 22 - 10 = 12 s   nobody                      30 s   5 m
#   line 2   4 items, 12 - 10 =  2 s    3 items, 30 s               20 s   10 m
THREE_LINES = [
    (choice("random"), 0.4, 1),  # floor(0.4 x 3)
    (choice("shortest_queue"), 0.0, 1),  # 2, 1, 2 people
    (choice("shortest_queue", count_in_service=False), 0.0, 1),  # 1, 0, 1
    (choice("fewest_items"), 0.0, 2),  # 10, 20, 7 items
    (choice("fewest_items", count_in_service=False), 0.0, 1),  # 1, 0, 3
    (choice("expected_wait_mean"), 0.0, 0),  # 2 x 10, 1 x 30, 2 x 20 s
    (choice("expected_wait_items"), 0.0, 1),  # 5 + 8, 12, 2 + 30 s
    (choice("expected_wait_items", count_in_service=False), 0.0, 1),  # the same
    (choice("nearest"), 0.0, 2),  # from 0.9 x 10 m: 9, 4, 1 m
    (choice("alternate"), 0.0, 0),  # line 2 was joined last
]


@pytest.mark.parametrize(("rule", "u", "line"), THREE_LINES)
def test_each_rule_chooses_as_worked_by_hand(rule, u, line):
    """Each rule picks the line with its lowest score in the table above."""
    assert joined_by_newcomer(choice=rule, u_choice=[0.0] * 5 + [u]) == line


def test_perception_changes_what_is_seen():
    """Two people seen as 0.8 are fewer than one seen as it is."""
    seen = [[1.0] * 5 + [factor] for factor in (0.4, 1.0, 1.0)]
    assert joined_by_newcomer(perception=seen) == 0


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, 0),  # lines 0 and 2 are equal: the first
        ({"ties_random": True}, 2),  # floor(0.5 x 2) = 1: the second of the two
        ({"prefer": SELF_SERVICE}, 2),
        ({"prefer": SELF_SERVICE, "ties_random": True}, 2),
        ({"prefer": STAFFED, "ties_random": True}, 0),
        ({"prefer": EXPRESS}, 0),  # line 1 is no longer the best: nothing to prefer
    ],
)
def test_equal_lines_are_settled_by_kind_then_by_lot_or_order(changes, line):
    """Lines 0 and 2 hold two people and line 1 seems to hold three: kind, lot or order decides."""
    seen = [[1.0] * 5 + [factor] for factor in (1.0, 3.0, 1.0)]
    found = joined_by_newcomer(
        choice=choice(**changes), u_choice=[0.5] * 6, perception=seen, kind=[0, 1, 2]
    )
    assert found == line


def joined_by_newcomer(**changes: Any) -> int:
    """The line that customer 5 joins at 10 s."""
    lane_of = [0, 0, 1, 2, 2]
    service = [15.0, 8.0, 22.0, 12.0, 30.0, 1.0]
    plain = {
        "items": [9, 1, 20, 4, 3, 1],
        "may_use": [[lane == j for lane in lane_of] + [True] for j in range(3)],
        "service_s": [service] * 3,
        "expected_us": [[0, 8_000_000, 0, 0, 30_000_000, 0]] * 3,
        "mean_us": [10_000_000, 30_000_000, 20_000_000],
        "line_position_m": [0.0, 5.0, 10.0],
        "place": [0.0] * 5 + [0.9],
    }
    trace, _ = simulate(day([0.0] * 5 + [10.0], [[1], [1], [1]], **(plain | changes)))
    (line,) = [row[3] for row in trace if row[1:3] == ("JOIN", 5)]
    return line


@pytest.mark.parametrize(("per_server", "line"), [(True, 0), (False, 1)])
def test_length_per_server(per_server, line):
    """3 people for 2 servers are 1.5 each, fewer than 2 people for one; without division more."""
    lane_of = [0, 0, 0, 1, 1]
    shared = day(
        [0.0] * 5 + [5.0],
        [[2], [1]],
        may_use=[[lane == j for lane in lane_of] + [True] for j in range(2)],
        choice=choice(per_server=per_server),
    )
    assert column(simulate(shared)[1], "line") == [0, 0, 0, 1, 1, line]


def test_work_ahead_is_dealt_to_the_server_that_is_free_first():
    """Rests of 3 and 9 s, 10 s and 1 s waiting: 3 + 10 = 13 and 9 + 1 = 10, so 10 s in the end.

    Dealing the sum over both servers would give (3 + 9 + 11) / 2 = 11.5 s. The other line, where
    one till needs 11 s more, therefore loses: 10 < 11 < 11.5.
    """
    dealt = day(
        [0.0] * 5 + [1.0],
        [[2], [1]],
        may_use=[[True] * 4 + [False, True], [False] * 4 + [True, True]],
        service_s=[[4.0, 10.0, 10.0, 1.0, 0.0, 5.0], [0.0, 0.0, 0.0, 0.0, 12.0, 5.0]],
        expected_us=[[0, 0, 10_000_000, 1_000_000, 0, 0], [0] * 6],
        choice=choice("expected_wait_items"),
    )
    assert column(simulate(dealt)[1], "line") == [0, 0, 0, 0, 1, 0]
