"""Durations, shares, clock times and rates."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simqueue import units


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("20 s", 20),
        ("90s", 90),
        ("4 min", 240),
        ("1.5 min", 90),
        ("1:30 min", 90),
        ("1:30 h", 5400),
        ("2000 h", 7_200_000),
        ("1 h 30 min", 5400),
        ("  2 Minutes ", 120),
        ("1 d", 86_400),
        ("0 s", 0),
        ("1e3 s", 1000),
        (".5 h", 1800),
    ],
)
def test_durations_are_read_in_seconds(written, seconds):
    """An hour has 60 minutes and a minute 60 seconds, however they are written."""
    assert units.seconds(written) == seconds


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        (4, "did you mean '4 s' or '4 min'"),
        (0.5, "did you mean"),
        ("90", "a duration needs a unit"),
        ("4 mn", "the units are s, min, h and d"),
        ("1,5 min", "write a point"),
        ("-5 min", "negative"),
        ("1:30 s", "goes with min or h"),
        ("four min", "as in '90 s' or '4 min'"),
        ("", "as in"),
        (True, "as in"),
        (None, "as in"),
        ("1e300 h", "at most"),
        ("4 min later", "as in"),
        ("4 min 3 later", "the units are"),
    ],
)
def test_durations_without_sense_are_refused_with_help(written, hint):
    """A duration needs a number and a known unit, and the refusal says so."""
    with pytest.raises(ValueError, match="must") as error:
        units.seconds(written)
    assert hint in str(error.value)


@given(st.floats(0, units.LONGEST_S))
def test_a_written_duration_reads_as_the_same_number(value):
    """Writing a duration loses nothing, not even the last bit."""
    assert units.seconds(units.duration_text(value)) == value


@given(st.floats(0, 1))
def test_a_written_share_reads_as_the_same_number(value):
    """Writing a share loses nothing, not even the last bit."""
    assert units.share(units.share_text(value)) == value


@given(st.integers(0, units.DAY_S))
def test_a_written_clock_time_reads_as_the_same_second(value):
    """Every second of the day has a clock time that reads as itself."""
    assert units.clock(units.clock_text(value)) == value


@pytest.mark.parametrize(
    ("written", "share"),
    [("55 %", 0.55), ("55%", 0.55), (0.55, 0.55), (1, 1.0), ("0 percent", 0.0)],
)
def test_shares_are_parts_of_one(written, share):
    """A percentage is a hundredth of the number before the sign."""
    assert units.share(written) == share


@pytest.mark.parametrize(
    ("written", "hint"),
    [(55, "did you mean '55 %'"), ("55", "as in '55 %'"), ("101 %", "between"), (-0.1, "between"),
     (True, "as in"), ("5,5 %", "write a point"), (float("nan"), "finite")],
)  # fmt: skip
def test_shares_outside_0_and_1_are_refused(written, hint):
    """A share lies between 0 and 1; a bare 55 is asked for its per cent sign."""
    with pytest.raises(ValueError, match="must") as error:
        units.share(written)
    assert hint in str(error.value)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("08:00", 28_800), ("8:00", 28_800), ("17:30", 63_000), ("24:00", 86_400), ("00:00:05", 5)],
)
def test_clock_times_count_from_midnight(written, seconds):
    """A clock time is its seconds since midnight."""
    assert units.clock(written) == seconds


@pytest.mark.parametrize("written", ["24:01", "25:00", "8", "08:60", "8:5", 8, 8.5, None, "noon"])
def test_what_is_no_clock_time_is_refused(written):
    """Hours run to 24:00, minutes to 59, and both are written."""
    with pytest.raises(ValueError, match="must be a time on the clock"):
        units.clock(written)


@pytest.mark.parametrize(
    ("written", "rate"),
    [(60, 60), (0.5, 0.5), ("2 per min", 120), ("1 / s", 3600), ("48 a day", 2)],
)
def test_rates_are_read_per_hour(written, rate):
    """A rate with another unit of time is converted to one per hour."""
    assert units.per_hour(written) == pytest.approx(rate, rel=1e-15)


@pytest.mark.parametrize("written", ["many", -1, True, "2 per mile", 1e9, float("inf"), None])
def test_what_is_no_rate_is_refused(written):
    """A rate is a finite number, not negative, of a size that a shop could have."""
    with pytest.raises(ValueError, match="must"):
        units.per_hour(written)


def test_examples_in_the_docstrings_hold():
    """The examples of the module give what they say."""
    assert doctest.testmod(units).failed == 0
