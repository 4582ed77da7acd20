"""Durations, shares, clock times and rates: how planners write them, how the program keeps them.

Every reader takes what stood in the file (text or number) and raises ValueError with a text that
says what is expected; every writer gives a text that its reader turns into exactly the same value.
A suggestion follows the expectation after a semicolon.
"""

from __future__ import annotations

import math
import re

_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
}
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_PART = re.compile(rf"\s*(\d+:[0-5]\d|{_NUMBER})\s*([a-zA-Z]*)")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?")
_SHARE = re.compile(rf"({_NUMBER})\s*(%|percent|per cent)")
_RATE = re.compile(rf"({_NUMBER})\s*(?:/|per|an|a)\s*([a-zA-Z]+)")
_DURATION = "must be a duration with a unit, as in '90 s' or '4 min'"
LONGEST_S = 3.6e9  # a million hours: far beyond any run, small enough for whole microseconds
DAY_S = 86400
LONGEST_TEXT = 100  # no amount needs more characters, and searching them would take long


def number(value: object) -> float:
    """The value as a finite float; text and true / false are not numbers."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("must be a number")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise ValueError("must be a finite number")
    return found


def number_text(value: float) -> int | float:
    """The number as it is written: 4 rather than 4.0."""
    return int(value) if value == int(value) and abs(value) < 1e15 else value


def seconds(value: object) -> float:
    """The duration in seconds; a bare number is refused because its unit would be a guess.

    >>> seconds("4 min"), seconds("1:30 min"), seconds("1 h 30 min")
    (240.0, 90.0, 5400.0)
    """
    if not isinstance(value, str):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            raise ValueError(f"{_DURATION}; did you mean '{value} s' or '{value} min'?")
        raise ValueError(_DURATION)
    text = value.strip()
    if len(text) > LONGEST_TEXT:
        raise ValueError(_DURATION)
    if hint := _comma_hint(text):
        raise ValueError(_DURATION + hint)
    total, at = 0.0, 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            raise ValueError(_DURATION)
        total += _part_seconds(part[1], part[2])
        at = part.end()
    if not text:
        raise ValueError(_DURATION)
    if not total <= LONGEST_S:
        raise ValueError("must be a duration of at most 1000000 h")
    return total


def _part_seconds(amount: str, unit: str) -> float:
    if not unit:
        raise ValueError(f"{_DURATION}; a duration needs a unit")
    if unit.lower() not in _UNITS:
        raise ValueError(f"{_DURATION}; the units are s, min, h and d")
    scale = _SECONDS[_UNITS[unit.lower()]]
    if ":" in amount:
        whole, sixtieths = amount.split(":")
        if scale not in (60.0, 3600.0):
            raise ValueError(f"{_DURATION}; '1:30' goes with min or h")
        return int(whole) * scale + int(sixtieths) * (scale / 60.0)
    size = float(amount)
    if size < 0:
        raise ValueError("must not be a negative duration")
    return size * scale


def _comma_hint(text: str) -> str:
    return "; write a point, not a comma" if re.search(r"\d,\d", text) else ""


def duration_text(value: float) -> str:
    """The duration as text, in the largest unit that keeps it exact.

    >>> duration_text(240.0), duration_text(90.0), duration_text(7200.0)
    ('4 min', '90 s', '2 h')
    """
    for unit in ("h", "min"):
        count = value / _SECONDS[unit]
        if count >= 1 and count == int(count) and int(count) * _SECONDS[unit] == value:
            return f"{int(count)} {unit}"
    return f"{number_text(value)} s"


def share(value: object) -> float:
    """The share in [0, 1], from 0.55 or '55 %'.

    >>> share("55 %"), share(0.55)
    (0.55, 0.55)
    """
    expected = "must be a share, as in '55 %' or 0.55"
    found = percentage(value)
    if found is None:
        raise ValueError(expected + (_comma_hint(value) if isinstance(value, str) else ""))
    if not 0.0 <= found <= 1.0:
        hint = ""
        if isinstance(value, (int, float)) and 1 < value <= 100:
            hint = f"; did you mean '{value} %'?"
        raise ValueError(f"must be a share between 0 and 1, or between '0 %' and '100 %'{hint}")
    return found


def percentage(value: object) -> float | None:
    """A plain number, or text with a per cent sign as its hundredth; None when it is neither."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return None
    if isinstance(value, str) and (found := _SHARE.fullmatch(value.strip())):
        return float(found[1]) / 100.0
    return None


def share_text(value: float) -> str | float:
    """The share as a percentage where that is exact, else as a number.

    >>> share_text(0.55), share_text(1.0), share_text(1 / 3)
    ('55 %', '100 %', 0.3333333333333333)
    """
    text = f"{number_text(float(f'{value * 100:.12g}'))} %"
    return text if percentage(text) == value else value


def clock(value: object) -> int:
    """Seconds from midnight of a clock time such as '08:00', '9:30' or '24:00'."""
    expected = 'must be a time on the clock, as in "08:00" or "17:30"'
    if not isinstance(value, str) or not (found := _CLOCK.fullmatch(value.strip())):
        raise ValueError(expected)
    total = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)
    if total > DAY_S:
        raise ValueError(f'{expected}; the last one is "24:00"')
    return total


def clock_text(value: float) -> str:
    """The clock time as 'HH:MM', or 'HH:MM:SS' where there are seconds.

    >>> clock_text(28800)
    '08:00'
    """
    hours, rest = divmod(int(value), 3600)
    minutes, last = divmod(rest, 60)
    return f"{hours:02d}:{minutes:02d}" + (f":{last:02d}" if last else "")


def looks_like_clock(value: object) -> bool:
    """Whether the text has the form of a clock time."""
    return isinstance(value, str) and _CLOCK.fullmatch(value.strip()) is not None


def per_hour(value: object) -> float:
    """The rate per hour; a plain number is per hour already, "2 per min" is converted."""
    expected = "must be a rate per hour, as in 60, or '2 per min'"
    if isinstance(value, str):
        found = _RATE.fullmatch(value.strip()) if len(value) <= LONGEST_TEXT else None
        if found is None or found[2].lower() not in _UNITS:
            raise ValueError(expected)
        rate = float(found[1]) * (3600.0 / _SECONDS[_UNITS[found[2].lower()]])
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        rate = number(value)
    else:
        raise ValueError(expected)
    if rate < 0:
        raise ValueError("must not be a negative rate")
    if rate > MOST_PER_HOUR:
        raise ValueError(f"must be a rate of at most {MOST_PER_HOUR:,.0f} per hour")
    return rate


MOST_PER_HOUR = 10_000_000.0  # beyond it a day's customers would not fit in memory
