"""What is measured of a day, customer by customer. Each measure is one small function.

A measure returns two arrays of shape (N,): what to add up, and what to divide by. The same two
arrays give the figure of the whole day, of a lane, of a segment and of a quarter hour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.experience import CONTENT_FROM
from simqueue.registry import choices, register
from simqueue.study.day import Day
from simqueue.tables import Ending, Kind

Values = NDArray[Any]
Pair = tuple[Values, Values]
LONG_WAIT_S = 300.0  # 'waits over five minutes', the threshold shops report most


@dataclass(frozen=True)
class Measure:
    """A named measure: its unit, what it means, and the function that computes it."""

    name: str
    unit: str
    meaning: str
    function: Callable[[Any], Any]


def measure(unit: str) -> Callable[[Callable[[Day], Pair]], Callable[[Day], Pair]]:
    """Register a function as the measure of its name."""
    return register("measure", unit=unit)


def per_customer() -> dict[str, Measure]:
    """All measures of this page, by name."""
    return {
        name: Measure(name, entry.defaults["unit"], entry.summary, entry.function)
        for name, entry in choices("measure").items()
    }


def joined(day: Day) -> Values:
    """Customers who stood in a line and whose wait has an end; shape (N,)."""
    return np.asarray(day.counted & ~np.isnan(day.log.wait_s))


def served(day: Day) -> Values:
    """Customers who paid; shape (N,)."""
    return np.asarray(day.counted & (day.log.ending == Ending.SERVED))


def _done(day: Day) -> Values:
    """Customers whose visit has ended one way or another; shape (N,)."""
    return np.asarray(day.counted & (day.log.ending != Ending.UNFINISHED))


def _mean(values: Values, among: Values) -> Pair:
    return np.where(among, values, 0.0), among


@measure("s")
def wait_mean_s(day: Day) -> Pair:
    """Wait from joining to start of service, of all who joined a line."""
    return _mean(day.log.wait_s, joined(day))


@measure("s")
def wait_mean_served_s(day: Day) -> Pair:
    """Wait of those who were served."""
    return _mean(day.log.wait_s, served(day))


@measure("s")
def wait_mean_queued_s(day: Day) -> Pair:
    """Wait of those who had to wait at all."""
    return _mean(day.log.wait_s, joined(day) & (day.log.wait_s > 0))


@measure("share")
def waited_share(day: Day) -> Pair:
    """Share of those who joined a line who had to wait."""
    return _mean(day.log.wait_s > 0, joined(day))


@measure("share")
def wait_over_5min_share(day: Day) -> Pair:
    """Share of those who joined a line who waited more than five minutes."""
    return _mean(day.log.wait_s > LONG_WAIT_S, joined(day))


@measure("s")
def sojourn_mean_s(day: Day) -> Pair:
    """Time from joining a line to having paid."""
    return _mean(day.log.end_s - day.log.join_s, served(day))


@measure("share")
def reneged_share(day: Day) -> Pair:
    """Share of all who came who gave up waiting."""
    return _mean(day.log.ending == Ending.RENEGED, day.counted)


@measure("share")
def balked_share(day: Day) -> Pair:
    """Share of all who came who turned away without joining a line."""
    return _mean(day.log.ending == Ending.BALKED, day.counted)


@measure("share")
def changed_line_share(day: Day) -> Pair:
    """Share of those who joined a line who changed to another."""
    return _mean(day.log.moves > 0, joined(day))


@measure("1")
def slips_per_customer(day: Day) -> Pair:
    """Later arrivals served first, in the same line or another line of the same kind."""
    return _mean(day.log.slips_same_line + day.log.slips_same_kind, joined(day))


@measure("share")
def one_in_front_share(day: Day) -> Pair:
    """Share of arrivals who found an open line for them with at most one person waiting."""
    return _mean(day.one_in_front, day.counted)


@measure("share")
def self_service_share(day: Day) -> Pair:
    """Share of those served who paid at a machine."""
    return _mean(day.kind_of_customer == Kind.SELF_SERVICE, served(day))


@measure("share")
def help_share(day: Day) -> Pair:
    """Share of those served at a machine who needed an attendant."""
    at_machine = served(day) & (day.kind_of_customer == Kind.SELF_SERVICE)
    return _mean(day.log.help_s > 0, at_machine)


@measure("s")
def help_wait_mean_s(day: Day) -> Pair:
    """Wait for an attendant, of those who called one."""
    return _mean(day.log.help_wait_s, served(day) & (day.log.help_s > 0))


@measure("1")
def items_mean(day: Day) -> Pair:
    """Articles per basket, of those served."""
    return _mean(day.log.items, served(day))


@measure("s")
def felt_mean_s(day: Day) -> Pair:
    """How long the wait felt, help included, of all who joined a line."""
    return _mean(day.experience.perception.felt_s, joined(day))


@measure("1")
def felt_ratio(day: Day) -> Pair:
    """Felt over actual waiting time, help included, all minutes taken together."""
    among, felt = joined(day), day.experience.perception
    clock_s = felt.queue_s + felt.help_wait_s
    return np.where(among, felt.felt_s, 0.0), np.where(among, clock_s, 0.0)


@measure("points")
def checkout_csat(day: Day) -> Pair:
    """Checkout score: how those served judge the checkout, 0-100, latent."""
    return _mean(day.experience.judgement.score, served(day))


@measure("points")
def checkout_csat_all(day: Day) -> Pair:
    """The same, those who turned away or gave up included."""
    return _mean(day.experience.judgement.score, _done(day))


@measure("share")
def checkout_top2(day: Day) -> Pair:
    """Expected share who would tick one of the two best of five boxes for the checkout."""
    return _mean(day.experience.outcome.content_with_checkout, served(day))


@measure("share")
def checkout_top2_all(day: Day) -> Pair:
    """The same, those who turned away or gave up included."""
    return _mean(day.experience.outcome.content_with_checkout, _done(day))


@measure("points")
def csat(day: Day) -> Pair:
    """Satisfaction of those served with the whole visit, 0-100, latent."""
    return _mean(day.experience.outcome.satisfaction, served(day))


@measure("points")
def csat_all(day: Day) -> Pair:
    """The same, those who turned away or gave up included."""
    return _mean(day.experience.outcome.satisfaction, _done(day))


@measure("share")
def csat_top2_share(day: Day) -> Pair:
    """Share of those served whose satisfaction with the visit is at least 70 of 100."""
    return _mean(day.experience.outcome.satisfaction >= CONTENT_FROM, served(day))


@measure("points")
def nps(day: Day) -> Pair:
    """Expected net promoter score of those served, -100 to 100."""
    outcome = day.experience.outcome
    return _mean(100.0 * (outcome.promoter - outcome.detractor), served(day))


@measure("points")
def nps_all(day: Day) -> Pair:
    """The same, those who turned away or gave up included."""
    outcome = day.experience.outcome
    return _mean(100.0 * (outcome.promoter - outcome.detractor), _done(day))


@measure("1")
def ces(day: Day) -> Pair:
    """Customer effort of those served, 1 (very low) to 5 (very high)."""
    return _mean(day.experience.outcome.effort, served(day))
