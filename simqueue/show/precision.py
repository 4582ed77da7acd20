"""How sure it was to be, and how sure it is: what `run --precision` adds to the first screen."""

from __future__ import annotations

from math import isnan
from typing import Final

from simqueue.show import words
from simqueue.show.compare_words import scale_of
from simqueue.study.matters import JUDGED
from simqueue.study.precision import Precision, Reached
from simqueue.study.study import Study

WIDTHS: Final = (26, 11, 9, 9, 18)
HEAD: Final = ("precision asked for", "mean", "+-", "asked", "psychology", "")
DAYS_ONLY: Final = (
    "More days narrow the +- only. What the psychology does not know stays as it is,"
    " however many days are simulated."
)


def precision_said(study: Study) -> str:
    """A table of what was asked for and reached; empty where no precision was asked for."""
    asked = study.precision
    if asked is None:
        return ""
    lines = [_columns(HEAD), *(_columns(_cells(study, each)) for each in asked.aims)]
    days = "run" if study.scenario.is_theory else "simulated day"
    told = f"After {words.counted(asked.days, days)} of at most {asked.most:,}; each +- is a 95 %"
    told += " interval by itself."
    if asked.missed and not study.partial:
        told += f" {missed_said(asked)}"
    if any(each.measure in study.psychology for each in asked.aims):
        told += f" {DAYS_ONLY}"
    return "\n".join([*lines, words.wrapped(told)])


def missed_said(asked: Precision) -> str:
    """What is missing, and how many more days would probably do."""
    names = words.joined(each.name for each in asked.missed)
    text = f"After {asked.days:,} days the precision asked for is not reached: {names}."
    unknown = [each.name for each in asked.missed if each.more_days is None]
    if unknown:
        return f"{text} Days needed for {words.joined(unknown)} cannot be told from these."
    more = asked.more_days or 1
    return f"{text} About {more:,} more days would probably do, going by how much these differ."


def _cells(study: Study, each: Reached) -> tuple[str, ...]:
    scale = scale_of(each.unit)
    felt = study.psychology.get(each.measure)
    known = "" if felt is None else f"{scale.value(felt.low)} to {scale.value(felt.high)}"
    verdict = "reached" if each.met else "MISSED"
    label = JUDGED[each.measure].label
    if isnan(each.mean):
        return (label, "no day has a value", "", "", "", verdict)
    asked = scale_size(each, each.asked)
    return (label, scale.value(each.mean), scale_size(each, each.half_width), asked, known, verdict)


def scale_size(each: Reached, size: float) -> str:
    """A half width in the measure's unit, with enough digits to be told from what was asked.

    Short times are told in seconds, because minutes would hide them.
    """
    if isnan(size):
        return words.DASH
    if each.unit == "s" and size < 60:
        return f"{size:.2g} s" if size < 10 else f"{size:.0f} s"
    if each.unit == "points":
        return f"{size:.2f}"
    return scale_of(each.unit).size(size)


def _columns(cells: tuple[str, ...]) -> str:
    placed = (f"{cell:<{width - 1}} " for cell, width in zip(cells, WIDTHS, strict=False))
    return ("".join(placed) + "".join(cells[len(WIDTHS) :])).rstrip()
