"""The rules of turning away and of changing lines, each with cases worked by hand."""

from __future__ import annotations

import pytest

from simqueue.registry import choices, find
from simqueue.rules import LineView
from simqueue.tables import Choice

# Three people wait and two are served; two tills are open, one for one more after 33 s.
LINE = LineView(
    n_waiting=3, n_serving=2, n_servers=2, items_waiting=7, items_serving=9,
    work_waiting_us=40_000_000, rest_us=33_000_000, mean_us=50_000_000,
    number=3, kind=0, position_m=12.5,
)  # fmt: skip

LENGTHS = [
    # counted, per till, length: 5 people or the 3 who wait, for 2 tills or as they are
    (True, True, 2.5),
    (True, False, 5.0),
    (False, True, 1.5),
    (False, False, 3.0),
]


def balks(rule, seen, tolerance, counted=True, per_server=True):
    """Whether somebody turns away from the line above."""
    p = Choice(count_in_service=counted, per_server=per_server)
    return find("balk", rule).function(LINE, seen, tolerance, p)


@pytest.mark.parametrize(("counted", "per_server", "length"), LENGTHS)
def test_a_line_as_long_as_the_tolerance_is_joined(counted, per_server, length):
    """Only a line longer than what he would join turns him away, by however little."""
    assert not balks("longer_than", 1.0, length, counted, per_server)
    assert balks("longer_than", 1.0, length - 0.001, counted, per_server)
    assert not balks("longer_than", 1.0, length + 0.001, counted, per_server)


@pytest.mark.parametrize(
    ("seen", "tolerance", "turns_away"),
    [
        (2.0, 4.9, True),  # 2.5 per till look like 5
        (2.0, 5.0, False),
        (0.5, 1.25, False),  # they look like 1.25
        (0.5, 1.24, True),
        (1.0, 0.0, True),  # he would join nothing but an empty line
        (8.0, float("inf"), False),  # he would join anything
    ],
)
def test_a_misjudged_line_is_what_counts(seen, tolerance, turns_away):
    """The length he sees is the true one times his error."""
    assert balks("longer_than", seen, tolerance) is turns_away


@pytest.mark.parametrize(
    ("seen", "tolerance_us", "turns_away"),
    [
        (1.0, 33_000_000, False),  # just what he would bear
        (1.0, 32_999_999, True),
        (1.5, 49_000_000, True),  # 33 s look like 49.5 s
        (1.5, 50_000_000, False),
        (0.5, 16_500_000, False),
        (1.0, float("inf"), False),
    ],
)
@pytest.mark.parametrize(("counted", "per_server", "length"), LENGTHS)
def test_expected_wait_is_the_time_until_a_till_is_free(
    seen, tolerance_us, turns_away, counted, per_server, length
):
    """The wait he expects has tills and service in it already, however lines are counted."""
    assert balks("expected_wait_over", seen, tolerance_us, counted, per_server) is turns_away


def test_an_empty_line_is_never_too_long():
    """Nobody there: length 0, which no tolerance is below."""
    nobody = LINE._replace(n_waiting=0, n_serving=0, rest_us=0)
    for rule in choices("balk"):
        assert not find("balk", rule).function(nobody, 5.0, 0.0, Choice())


def test_rules_say_what_they_need_to_see():
    """The length is counted from people; the expected wait needs times."""
    sees = {name: entry.defaults["sees"] for name, entry in choices("balk").items()}
    assert sees == {"longer_than": "people", "expected_wait_over": "times"}


GAINS = [
    # ahead, tills, ahead there, tills there, per till, gain
    (3, 1, 1, 1, True, 2.0),
    (3, 1, 1, 1, False, 2.0),
    (1, 1, 0, 1, True, 1.0),  # behind one in service, beside an empty till: one place
    (1, 1, 1, 1, True, 0.0),
    (0, 1, 2, 1, True, -2.0),
    (6, 3, 1, 1, True, 1.0),  # 2 per till here, 1 there
    (6, 3, 1, 1, False, 5.0),  # five people fewer, whatever the tills
    (3, 1, 5, 2, True, 0.5),  # 3 here, 2.5 per till there
    (3, 1, 5, 2, False, -2.0),
]


@pytest.mark.parametrize(("ahead", "tills", "there", "tills_there", "per_server", "gain"), GAINS)
def test_places_gained_by_hand(ahead, tills, there, tills_there, per_server, gain):
    """The gain is people ahead here less people ahead there, per open till if lines are so seen.

    The one who would change is not among those ahead of him: of 3 people here and 1 there the last
    has 2 ahead, so that he gains 1 place.
    """
    p = Choice(per_server=per_server)
    assert find("jockey", "shorter_by").function(ahead, tills, there, tills_there, p) == gain


def test_the_gain_does_not_ask_whether_service_counts_in_lane_choice():
    """Those in service are ahead of him, however newcomers count a line."""
    rule = find("jockey", "shorter_by").function
    gains = {rule(3, 1, 1, 1, Choice(count_in_service=counted)) for counted in (True, False)}
    assert gains == {2.0}


def test_every_rule_has_cases():
    """No rule is without cases here."""
    assert set(choices("balk")) == {"longer_than", "expected_wait_over"}
    assert set(choices("jockey")) == {"shorter_by"}
