"""The figures of a shop's day as rows: whole day, the stretch that matters, and how sure.

What days and what psychology do not know stay apart: `days` is the 95 % interval over simulated
days, `psychology` the 5-95 % range over the published ranges of its parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isnan

from simqueue.show import words
from simqueue.show.reading import (
    UNKNOWN,
    Stretch,
    added_over,
    measured,
    measured_over,
    n_quarters,
    staffed_lanes,
    wait_percentile,
)
from simqueue.study.interval import Estimate
from simqueue.study.study import Study

Text = Callable[[float], str]
CURRENCY_LENGTH = 6  # of a longer name the table has no room for more
SCORE = "checkout_csat"
LATENT = "The score is latent: unlike boxes on a form, it may pass 0 or 100."


@dataclass(frozen=True)
class Row:
    """A line of the table: all cells are text, empty where there is nothing to say."""

    name: str
    label: str
    whole: str
    then: str = ""
    days: str = ""
    psychology: str = ""
    remark: str = ""  # instead of the other cells


def rows(study: Study, stretch: Stretch) -> list[Row]:
    """The table of the first screen, from the waits to the customers lost.

    What happened in the stretch is left out where it is the whole day.
    """
    found = _rows(study, stretch)
    whole_day = len(stretch) == n_quarters(study)
    return [replace(row, then="") for row in found] if whole_day else found


def _rows(study: Study, stretch: Stretch) -> list[Row]:
    return [
        _wait_row(study, stretch),
        _percentile_row(study, stretch),
        _row(study, stretch, "felt_mean_s", "wait as it feels, mean", words.duration_unit),
        _row(study, stretch, SCORE, "checkout score, 0-100", words.points, words.fine_points),
        _row(
            study,
            stretch,
            "one_in_front_share",
            "one in front or fewer",
            words.share,
            words.fine_share,
        ),
        _till_hours_row(study, stretch),
        *_attendant_rows(study),
        _cost_row(study),
        lost_row(study, stretch),
    ]


def plus_minus(estimate: Estimate, text: Text) -> str:
    """The half width of the interval over days; empty with a single day."""
    return "" if isnan(estimate.half_width) else f"+- {text(estimate.half_width)}"


def psychology_range(study: Study, name: str, text: Text) -> str:
    """Low to high of what the psychology's parameters leave open; empty where it says nothing."""
    found = study.psychology.get(name)
    if found is None or isnan(found.low):
        return ""
    low, high = text(found.low).removesuffix(" %"), text(found.high).removesuffix(" min")
    low = low.removesuffix(" min")
    return f"{low} to {high}" if "-" in low + high else f"{low}-{high}"


def passes_scale(study: Study) -> bool:
    """Whether a checkout score that is told lies below 0 or above 100, as a latent one may."""
    told = [measured(study.day, SCORE).mean]
    ranged = study.psychology.get(SCORE)
    if ranged is not None:
        told += [ranged.low, ranged.high]
    return any(round(value) < 0 or round(value) > 100 for value in told if not isnan(value))


def _row(
    study: Study, stretch: Stretch, name: str, label: str, text: Text, width: Text | None = None
) -> Row:
    whole = measured(study.day, name)
    then = measured_over(study.quarter, name, stretch.quarters())
    days = plus_minus(whole, width or words.duration)
    ranged = psychology_range(study, name, text)
    return Row(name, label, text(whole.mean), text(then.mean), days, ranged)


def _wait_row(study: Study, stretch: Stretch) -> Row:
    return _row(study, stretch, "wait_mean_s", "wait by the clock, mean", words.duration_unit)


def _percentile_row(study: Study, stretch: Stretch) -> Row:
    whole = measured(study.day, "wait_p95_s")
    then = wait_percentile(study, 95, stretch)
    return Row(
        "wait_p95_s",
        "95 in 100 wait at most",
        words.duration_unit(whole.mean),
        words.duration_unit(then.mean),
        plus_minus(whole, words.duration),
    )


def _till_hours_row(study: Study, stretch: Stretch) -> Row:
    whole = measured(study.day, "till_hours")
    then = till_hours_in(study, stretch)
    days = plus_minus(whole, words.hours)
    return Row("till_hours", "till hours a day", words.hours(whole.mean), words.hours(then), days)


def till_hours_in(study: Study, stretch: Stretch) -> float:
    """Hours at staffed tills within the stretch, per day."""
    if "tills_open" not in study.lane_quarter.units:
        return UNKNOWN.mean
    open_s, _ = study.lane_quarter.totals("tills_open")
    n = n_quarters(study)
    mine = [open_s[:, stretch.of_lane(j, n)].sum(axis=1) for j in staffed_lanes(study)]
    return float(sum(m.mean() for m in mine)) / 3600.0


def _attendant_rows(study: Study) -> list[Row]:
    there = measured(study.day, "attendant_hours")
    if not there.mean > 0:
        return []
    days = plus_minus(there, words.hours)
    return [Row("attendant_hours", "attendant hours a day", words.hours(there.mean), "", days)]


def _cost_row(study: Study) -> Row:
    label = "staff cost a day"
    cost = measured(study.day, "staff_cost")
    if isnan(cost.mean):
        return Row("staff_cost", label, "", remark="not counted: the scenario gives no wages")
    currency = words.shortened(study.scenario.economics.currency, CURRENCY_LENGTH)

    def text(value: float) -> str:
        return words.money(value, currency)

    return Row("staff_cost", label, text(cost.mean), "", plus_minus(cost, text))


def lost_row(study: Study, stretch: Stretch | None) -> Row:
    """Customers who left without paying, or why none can."""
    name, label = "lost_baskets", "lost customers a day"
    lost = measured(study.day, name)
    behaviour = study.scenario.behaviour
    modelled = behaviour.balk is not None or behaviour.renege is not None
    if not modelled and not lost.mean > 0:
        return Row(name, label, "", remark="not modelled: balk and renege are off")
    whole = words.number(lost.mean)
    then = ""
    if stretch is not None:
        then = words.number(added_over(study.quarter, name, stretch.quarters()).mean)
    return Row(name, label, whole, then, plus_minus(lost, words.number))
