"""What is measured of a day, customer by customer. Each measure is one small function.

A measure returns two columns of shape (N,): what to add up, and what to divide by; an array, or
numbers `Among` some of the customers. The same two columns give the figure of the whole day, of a
lane, of a segment and of a quarter hour.

A row is a visit. Stations and the returns desk have figures of their own beside the lanes; the day,
segments and quarter hours are about the checkouts. Somebody whose transaction fails at a machine
makes two visits there: he is one customer with two waits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from numpy.typing import NDArray

from simqueue.experience import CONTENT_FROM
from simqueue.registry import choices, register
from simqueue.scenario import Scenario
from simqueue.study.cells import Among, Column, is_mask
from simqueue.study.day import Day
from simqueue.tables import Kind

Values = NDArray[Any]
Pair = tuple[Column, Column]
LONG_WAIT_S = 300.0  # 'waits over five minutes', the threshold shops report most

# Some measures are taken only where the scenario has what they speak of.
NEEDS: Final[dict[str, Callable[[Scenario], bool]]] = {
    "": lambda scenario: True,
    "stoppages": lambda scenario: bool(
        scenario.outages
        or any(lane.breakdowns is not None or lane.price_checks is not None
               for lane in scenario.lanes)
    ),
    "sending on": lambda scenario: any(
        x.breakdowns is not None and x.breakdowns.customer == "sent_on" for x in scenario.lanes
    ),
    "price checks": lambda scenario: any(x.price_checks is not None for x in scenario.lanes),
    "leaving for want of a card": lambda scenario: any(
        outage.without_card == "leaves" for outage in scenario.outages
    ),
    "failing machines": lambda scenario: any(x.sends_failed_to is not None for x in scenario.lanes),
    "rechecks": lambda scenario: any(lane.rechecks is not None for lane in scenario.lanes),
    "stations": lambda scenario: bool(scenario.stations),
    "a door": lambda scenario: scenario.arrivals.at == "door",
}  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """A named measure: its unit, what it means, and the function that computes it."""

    name: str
    unit: str
    meaning: str
    function: Callable[[Any], Any]


def measure(unit: str, needs: str = "") -> Callable[[Callable[[Day], Pair]], Callable[[Day], Pair]]:
    """Register a function as the measure of its name; `needs` is a key of `NEEDS`."""
    return register("measure", unit=unit, needs=needs)


def per_customer(scenario: Scenario) -> dict[str, Measure]:
    """The measures that are taken of a scenario's customers, by name."""
    has = {name: check(scenario) for name, check in NEEDS.items()}
    return {
        name: Measure(name, entry.defaults["unit"], entry.summary, entry.function)
        for name, entry in choices("measure").items()
        if has[entry.defaults["needs"]]
    }


def joined(day: Day) -> Values:
    """Visits that stood in a line and whose wait has an end; shape (N,)."""
    return day.joined


def served(day: Day) -> Values:
    """Visits in which somebody was served to the end; shape (N,)."""
    return day.served


def came(day: Day) -> Values:
    """Everybody who came, once: without the visits that failed at a machine; shape (N,)."""
    return day.came


def paid(day: Day) -> Values:
    """Customers who paid at a till or a machine; shape (N,)."""
    return day.paid


def _felt(day: Day) -> Values:
    """Visits whose wait was felt: a failed one is felt as a halt in the one after it."""
    return day.felt


def _done(day: Day) -> Values:
    """Customers whose visit to the checkouts has ended one way or another; shape (N,)."""
    return day.ended


def mean(values: Values, among: Values) -> Pair:
    """A mean of values (N,) over the visits of a mask (N,), nan elsewhere allowed."""
    return values & among if is_mask(values) else Among(values, among), among


@measure("s")
def wait_mean_s(day: Day) -> Pair:
    """Wait from joining to start of service, of all who joined a line.

    Both waits of somebody whose transaction failed at a machine count, as two.
    """
    return mean(day.log.wait_s, joined(day))


@measure("s")
def wait_mean_served_s(day: Day) -> Pair:
    """Wait of those who were served."""
    return mean(day.log.wait_s, served(day))


@measure("s")
def wait_mean_queued_s(day: Day) -> Pair:
    """Wait of those who had to wait at all."""
    return mean(day.log.wait_s, joined(day) & (day.log.wait_s > 0))


@measure("share")
def waited_share(day: Day) -> Pair:
    """Share of those who joined a line who had to wait."""
    return mean(day.log.wait_s > 0, joined(day))


@measure("share")
def wait_over_5min_share(day: Day) -> Pair:
    """Share of those who joined a line who waited more than five minutes."""
    return mean(day.log.wait_s > LONG_WAIT_S, joined(day))


@measure("s")
def sojourn_mean_s(day: Day) -> Pair:
    """Time from joining a line to having paid, or having been served at a station."""
    return mean(day.log.end_s - day.log.join_s, served(day))


@measure("share")
def reneged_share(day: Day) -> Pair:
    """Share of all who came who left after joining a line, also for want of a card."""
    return mean(day.reneged, came(day))


@measure("share")
def balked_share(day: Day) -> Pair:
    """Share of all who came who turned away without joining a line."""
    return mean(day.balked, came(day))


@measure("share")
def changed_line_share(day: Day) -> Pair:
    """Share of those who joined a line who changed to another."""
    return mean(day.log.moves > 0, joined(day))


@measure("1")
def slips_per_customer(day: Day) -> Pair:
    """Later arrivals served first, in the same line or another line of the same kind."""
    return mean(day.log.slips_same_line + day.log.slips_same_kind, joined(day))


@measure("share")
def one_in_front_share(day: Day) -> Pair:
    """Share of arrivals who found an open line for them with at most one person waiting."""
    return mean(day.one_in_front, came(day) & (day.log.stop == 0))


def _at_machine(day: Day) -> Values:
    """Visits to a machine, own scanning included; shape (N,)."""
    return day.at_machine


@measure("share")
def self_service_share(day: Day) -> Pair:
    """Share of those who paid who did so at a machine."""
    return mean(_at_machine(day), paid(day))


@measure("share")
def help_share(day: Day) -> Pair:
    """Share of those served at a self-service machine to whom an attendant had to come."""
    here = served(day) & (day.kind_of_customer == Kind.SELF_SERVICE)
    return mean(day.log.help_s > 0, here)


@measure("s")
def help_wait_mean_s(day: Day) -> Pair:
    """Wait for an attendant, of those served to whom one had to come."""
    return mean(day.log.help_wait_s, served(day) & (day.log.help_s > 0))


@measure("1")
def items_mean(day: Day) -> Pair:
    """Articles per basket, of those served."""
    return mean(day.log.items, paid(day))


@measure("s")
def felt_mean_s(day: Day) -> Pair:
    """How long the wait felt, help and halts included, of all who joined a line."""
    return mean(day.experience.perception.felt_s, _felt(day))


@measure("1")
def felt_ratio(day: Day) -> Pair:
    """Felt over actual waiting time, help and halts included, all minutes taken together."""
    among, felt = _felt(day), day.experience.perception
    clock_s = felt.queue_s + felt.help_wait_s + felt.halted_s
    return Among(felt.felt_s, among), Among(clock_s, among)


@measure("points")
def checkout_csat(day: Day) -> Pair:
    """Checkout score: how those served judge the checkout, 0-100, latent."""
    return mean(day.experience.judgement.score, paid(day))


@measure("points")
def checkout_csat_all(day: Day) -> Pair:
    """The same, those who turned away or gave up included."""
    return mean(day.experience.judgement.score, _done(day))


@measure("share")
def checkout_top2(day: Day) -> Pair:
    """Expected share who would tick one of the two best of five boxes for the checkout."""
    return mean(day.experience.outcome.content_with_checkout, paid(day))


@measure("share")
def checkout_top2_all(day: Day) -> Pair:
    """The same, those who turned away or gave up included."""
    return mean(day.experience.outcome.content_with_checkout, _done(day))


@measure("points")
def csat(day: Day) -> Pair:
    """Satisfaction of those served with the whole visit, 0-100, latent."""
    return mean(day.experience.outcome.satisfaction, paid(day))


@measure("points")
def csat_all(day: Day) -> Pair:
    """The same, those who turned away or gave up included."""
    return mean(day.experience.outcome.satisfaction, _done(day))


@measure("share")
def csat_top2_share(day: Day) -> Pair:
    """Share of those served whose satisfaction with the visit is at least 70 of 100."""
    return mean(day.experience.outcome.satisfaction >= CONTENT_FROM, paid(day))


@measure("points")
def nps(day: Day) -> Pair:
    """Expected net promoter score of those served, -100 to 100."""
    return mean(day.net_promotion, paid(day))


@measure("points")
def nps_all(day: Day) -> Pair:
    """The same, those who turned away or gave up included."""
    return mean(day.net_promotion, _done(day))


@measure("1")
def ces(day: Day) -> Pair:
    """Customer effort of those served, 1 (very low) to 5 (very high)."""
    return mean(day.experience.outcome.effort, paid(day))
