"""Differences in words: signed figures, intervals, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan

from simqueue.show import words
from simqueue.study.compare import (
    BETTER,
    CANNOT_TELL,
    LESS,
    MORE,
    SAME,
    TOO_SMALL,
    WORSE,
    Judgement,
)

SAID = {
    BETTER: "better",
    WORSE: "WORSE",
    MORE: "more",
    LESS: "less",
    TOO_SMALL: "too small",
    CANNOT_TELL: "unclear",
    SAME: "same",
}


@dataclass(frozen=True)
class Scale:
    """How values of a unit are written: themselves, and a difference without its sign."""

    value: Callable[[float], str]
    size: Callable[[float], str]
    unit: str = ""


def _hundredths(value: float) -> str:
    return f"{100 * value:.1f}"


def _share(value: float) -> str:
    """A share with one decimal, so that two of them and their difference agree."""
    return words.share(value) if value in (0.0, 1.0) else words.fine_share(value)


def _size(value: float) -> str:
    return f"{value:,.2f}" if value < 10 else f"{value:,.0f}"


SCALES = {
    "s": Scale(words.duration_unit, words.duration, "min"),
    "share": Scale(_share, _hundredths, "in 100"),
    "points": Scale(words.fine_points, words.fine_points, "points"),
    "h": Scale(words.hours, lambda value: f"{value:,.1f}", "h"),
    "money": Scale(lambda value: f"{value:,.0f}", lambda value: f"{value:,.0f}", ""),
    "1": Scale(words.number, _size, ""),
}


def scale_of(unit: str) -> Scale:
    """How values of the unit are written."""
    return SCALES.get(unit, SCALES["1"])


def signed(value: float, unit: str) -> str:
    """A difference with its sign; one that reads as nothing has none.

    >>> signed(-31.2, "s"), signed(0.062, "share"), signed(0.2, "s"), signed(4.2, "points")
    ('-0:31', '+6.2', '0:00', '+4.2')
    """
    if isnan(value):
        return words.DASH
    text = scale_of(unit).size(abs(value))
    nothing = not any(c in "123456789" for c in text)
    return text if nothing else ("+" if value > 0 else "-") + text


def interval(judgement: Judgement) -> str:
    """The 95 % interval, as in '-0:56 to -0:06'; a dash with a single day."""
    d = judgement.difference
    if isnan(d.half_width):
        return words.DASH
    return f"{signed(d.low, d.unit)} to {signed(d.high, d.unit)}"


def said(judgement: Judgement) -> str:
    """The verdict on one measure in a word; in brackets where it is less than what matters."""
    text = SAID[judgement.word]
    real = judgement.word in (BETTER, WORSE, MORE, LESS)
    return f"({text})" if real and judgement.small else text


def wait_change(judgement: Judgement) -> str:
    """A difference of waits in a sentence, as in '0:31 min shorter (0:06 to 0:56 shorter)'."""
    d = judgement.difference
    return _ways(judgement, ("shorter", "longer"), words.duration, "min" if d.mean else "")


def score_change(judgement: Judgement) -> str:
    """A difference of scores in a sentence, as in '4.2 points higher (2.1 to 6.3 higher)'."""
    return _ways(judgement, ("lower", "higher"), words.fine_points, "points")


def share_change(judgement: Judgement) -> str:
    """A difference of shares, as in '6.2 in 100 more (2.1 to 8.0 more)'."""
    return _ways(judgement, ("fewer", "more"), _hundredths, "in 100")


def lost_change(judgement: Judgement) -> str:
    """A difference of customers lost, as in '12 customers a day more (8 to 16 more)'."""
    return _ways(judgement, ("fewer", "more"), words.count, "customers a day")


def _ways(
    judgement: Judgement, ways: tuple[str, str], text: Callable[[float], str], unit: str
) -> str:
    d = judgement.difference
    less, more = ways

    def way(value: float) -> str:
        return less if value < 0 else more

    if judgement.word == SAME:
        return "the same on every day"
    mean = " ".join(part for part in (text(abs(d.mean)), unit, way(d.mean)) if part)
    if isnan(d.half_width):
        return f"{mean} (one day: no interval)"
    ends = sorted((d.low, d.high), key=abs)
    if d.low < 0 < d.high:
        inside = f"{text(-d.low)} {less} to {text(d.high)} {more}"
    else:
        inside = f"{text(abs(ends[0]))} to {text(abs(ends[1]))} {way(d.mean)}"
    return f"{mean} ({inside})"
