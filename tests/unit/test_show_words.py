"""Numbers and names as people read them."""

from __future__ import annotations

import doctest
import unicodedata
from math import nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simqueue.show import next_command, words


@pytest.mark.parametrize("module", [words, next_command])
def test_examples_in_docstrings_hold(module):
    """Every example that the documentation of a function shows is what it returns."""
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (0.49, "0:00"), (59.6, "1:00"), (5999.4, "99:59"), (5999.6, "1 h 40"),
     (86400 * 5, "120 h 00"), (nan, "-")],
)  # fmt: skip
def test_durations_round_before_they_are_split(seconds, text):
    """59.6 seconds are one minute, never 0:60; from 100 minutes on hours are told."""
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 seconds"), (1, "1 second"), (60, "1 minute"), (360, "6 minutes"), (390, "6:30 minutes"),
     (7200, "2 h 00"), (nan, "an unknown time")],
)  # fmt: skip
def test_durations_in_sentences(seconds, text):
    """Whole minutes are told as words, others with their seconds."""
    assert words.spoken_duration(seconds) == text


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 1))
def test_a_share_that_is_not_nothing_never_reads_as_nothing(value):
    """Only 0 reads as 0 % and only 1 as 100 %: a rare event is not denied by rounding."""
    said = words.share(value)
    assert (said in ("0 %", "0.0 %")) == (value == 0)
    assert (said in ("100 %", "100.0 %")) == (value == 1)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.5, "half"), (0.34, "3 in 10"), (0.2999, "1 in 3"), (0.1, "1 in 10"), (0.05, "1 in 20"),
     (0.01, "1 in 100"), (0.001, "1 in 1,000"), (0.93, "9 in 10"), (0.99, "9 in 10"),
     (0.996, "everybody"), (nan, "nobody")],
)  # fmt: skip
def test_shares_as_so_many_customers(value, said):
    """Below three tenths one in so many, above it tenths; nearly all is not all."""
    assert words.one_in(value) == said


@settings(max_examples=200, deadline=None)
@given(st.floats(0.001, 0.2999))
def test_one_in_so_many_is_near_the_share(value):
    """What is said differs from the share by at most a sixth of it."""
    said = float(words.one_in(value).removeprefix("1 in ").replace(",", ""))
    assert 1 / said == pytest.approx(value, rel=1 / 6)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [(0.2, "1 customer in 5 waits"), (0.62, "6 customers in 10 wait"),
     (0.5, "half of the customers wait"), (0.0, "nobody waits"), (1.0, "everybody waits"),
     (0.0001, "fewer than 1 customer in 1,000 waits")],
)  # fmt: skip
def test_the_verb_follows_the_subject(value, sentence):
    """One customer waits, several wait."""
    who = words.customers_in(value)
    assert f"{who} {words.verb(who, 'waits', 'wait')}" == sentence


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [("staffed", "staffed", "staffed tills"), ("Front tills", "staffed", "Front tills"),
     ("self-service", "self_service", "self-service machines"),
     ("lane 4", "express", "lane 4 tills"),
     ("a\nb", "staffed", "a b tills"), ("\u202e", "staffed", " tills")],
)  # fmt: skip
def test_lanes_are_named_once(name, kind, said):
    """A name that already says tills is not given another noun."""
    assert words.lane_name(name, kind) == said


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.integers(2, 30))
def test_names_cannot_steer_the_screen(text, most):
    """Only printable characters on one line are left, at most as many as there is room for."""
    said = words.shortened(text, most)
    assert len(said) <= most
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in said)
    assert words.shortened(said, most) == said


def test_lists_and_counts():
    """One, two and more things; one day, two days."""
    assert words.joined(["a", "b", "c"]) == "a, b and c"
    assert words.joined(["a", "b"]) == "a and b"
    assert words.counted(1, "day") == "1 day"
    assert words.counted(0, "day") == "0 days"


def test_text_is_wrapped_to_eighty_columns():
    """A paragraph fits the screen; a single longer word keeps its line."""
    lines = words.wrapped("word " * 60).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) == 4  # 60 words of 5 characters, 16 to a line
    assert words.wrapped("x" * 100) == "x" * 100


@pytest.mark.parametrize(
    "text",
    [words.points, words.fine_points, words.share, words.fine_share, words.hours, words.number,
     words.count, words.duration, lambda v: words.money(v, "EUR")],
)  # fmt: skip
def test_what_is_not_known_is_a_dash(text):
    """No table ever shows nan."""
    assert text(nan) == "-"
