"""The lane-choice rules, each with scores worked by hand."""

from __future__ import annotations

import pytest

from simqueue.registry import choices, find
from simqueue.rules import Chooser, LineView
from simqueue.tables import Choice

# Two people wait with 7 items, one is served with 9; two tills are open.
LINE = LineView(
    n_waiting=2, n_serving=1, n_servers=2, items_waiting=7, items_serving=9,
    work_waiting_us=40_000_000, rest_us=33_000_000, mean_us=50_000_000,
    number=3, kind=0, position_m=12.5,
)  # fmt: skip
CHOOSER = Chooser(items=4, position_m=10.0, line_of_last=1, n_lines=5)

CASES = [
    ("random", True, True, 0.0),
    ("random_till", True, True, 0.0),
    ("shortest_queue", True, True, 1.5),  # 3 people for 2 tills
    ("shortest_queue", True, False, 3.0),
    ("shortest_queue", False, True, 1.0),  # 2 waiting
    ("shortest_queue", False, False, 2.0),
    ("fewest_items", True, True, 8.0),  # 16 items for 2 tills
    ("fewest_items", True, False, 16.0),
    ("fewest_items", False, True, 3.5),
    ("fewest_items", False, False, 7.0),
    ("expected_wait_mean", True, True, 75e6),  # 3 x 50 s for 2 tills
    ("expected_wait_mean", True, False, 150e6),
    ("expected_wait_mean", False, True, 50e6),
    ("expected_wait_mean", False, False, 100e6),
    ("expected_wait_items", True, True, 33e6),  # tills and service are in it already
    ("expected_wait_items", False, False, 33e6),
    ("nearest", True, True, 2.5),
    ("alternate", True, True, 1.0),  # line 1 was last, line 2 is next, line 3 after it
]


@pytest.mark.parametrize(("rule", "count_in_service", "per_server", "score"), CASES)
def test_scores_worked_by_hand(rule, count_in_service, per_server, score):
    """The score of the line above is the one worked out by hand."""
    p = Choice(rule, count_in_service=count_in_service, per_server=per_server)
    assert find("lane_choice", rule).function(LINE, CHOOSER, p) == score


@pytest.mark.parametrize(
    ("n_tills", "u", "score"), [(4, 0.24, -1), (4, 0.25, 1), (1, 0.99, -1), (0, 0.99, -1)]
)
def test_machines_stand_in_for_one_of_the_tills(n_tills, u, score):
    """A random till: among n tills the machines win one time in n, and without tills always."""
    machines, customer = LINE._replace(kind=2), CHOOSER._replace(n_tills=n_tills, u_kind=u)
    found = find("lane_choice", "random_till").function(machines, customer, Choice("random_till"))
    assert found == score


def test_every_rule_has_a_case():
    """No rule is without a hand-worked case, and none is called what users must not rely on."""
    assert set(choices("lane_choice")) == {case[0] for case in CASES}


@pytest.mark.parametrize(
    ("line_m", "customer_m", "distance"), [(3, 10, 7), (10, 3, 7), (5, 5, 0), (5, 4.5, 0.5)]
)
def test_distance_has_no_sign(line_m, customer_m, distance):
    """To the left is as far as to the right."""
    line, customer = LINE._replace(position_m=line_m), CHOOSER._replace(position_m=customer_m)
    assert find("lane_choice", "nearest").function(line, customer, Choice("nearest")) == distance


@pytest.mark.parametrize(("last", "order"), [(-1, [0, 1, 2]), (0, [1, 2, 0]), (2, [0, 1, 2])])
def test_alternate_goes_round(last, order):
    """The line after the last one comes first, then round; the first customer takes the first."""
    rule, customer = (
        find("lane_choice", "alternate").function,
        CHOOSER._replace(line_of_last=last, n_lines=3),
    )
    scores = {n: rule(LINE._replace(number=n), customer, Choice("alternate")) for n in range(3)}
    assert sorted(scores, key=scores.__getitem__) == order


@pytest.mark.parametrize(
    ("rule", "sees"),
    [("fewest_items", "items"), ("expected_wait_items", "times"), ("shortest_queue", "people"),
     ("random", "people"), ("nearest", "people"), ("alternate", "people"),
     ("expected_wait_mean", "people")],
)  # fmt: skip
def test_rules_say_what_they_need_to_see(rule, sees):
    """A rule declares whether it looks at baskets or times, so that others need not be counted."""
    assert find("lane_choice", rule).defaults["sees"] == sees


@pytest.mark.parametrize("rule", [case[0] for case in CASES if case[0] not in ("random",)])
def test_an_empty_line_is_never_worse(rule):
    """With nobody in it, and all else equal, no line scores higher than with people in it."""
    empty = LINE._replace(n_waiting=0, n_serving=0, items_waiting=0, items_serving=0,
                          work_waiting_us=0, rest_us=0)  # fmt: skip
    function = find("lane_choice", rule).function
    assert function(empty, CHOOSER, Choice(rule)) <= function(LINE, CHOOSER, Choice(rule))
