"""What is measured of things that go wrong: stoppages, checks, failed payments.

As in `measures`; each is taken only where the scenario has what it speaks of.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.study.day import Day
from simqueue.study.measures import MACHINES, Pair, Values, came, joined, mean, measure, served
from simqueue.study.sales import at_staffed
from simqueue.tables import Ending, Event, Kind, Why

LEAST_S = 1e-9  # shorter is the rounding of event times


def stopped_s(day: Day) -> NDArray[Any]:
    """Seconds of each visit for which nothing moved, in the line or at the till; shape (N,)."""
    return np.asarray(day.log.stoppage_in_queue_s + day.log.stoppage_at_till_s)


@measure("s", needs="stoppages")
def stoppage_in_queue_mean_s(day: Day) -> Pair:
    """Time in a line whose tills all stood still, mean of all who joined a line."""
    return mean(day.log.stoppage_in_queue_s, joined(day))


@measure("s", needs="stoppages")
def stoppage_at_till_mean_s(day: Day) -> Pair:
    """Time in service while the till stood still, mean of all who joined a line."""
    return mean(day.log.stoppage_at_till_s, joined(day))


@measure("share", needs="stoppages")
def stoppage_share(day: Day) -> Pair:
    """Share of those who joined a line for whom it stood still, or the till while serving them."""
    return mean(stopped_s(day) > LEAST_S, joined(day))


@measure("share", needs="stoppages")
def stoppage_unexplained_share(day: Day) -> Pair:
    """Share of those who joined a line who met such a stoppage and were not told why."""
    untold = stopped_s(day) - day.log.stoppage_explained_s > LEAST_S
    return mean(untold & ~day.log.explained, joined(day))


@measure("share", needs="price checks")
def price_check_share(day: Day) -> Pair:
    """Share of those served at tills for whom a price had to be asked."""
    return mean(_called(day), served(day) & at_staffed(day))


@measure("share", needs="failing machines")
def failed_share(day: Day) -> Pair:
    """Share of transactions at machines that failed, so that people went on to a till."""
    ending = day.log.ending
    ended = (ending == Ending.SERVED) | (ending == Ending.FAILED)
    at_machine = np.isin(day.kind_of_customer, MACHINES)
    return mean(ending == Ending.FAILED, day.counted & ended & at_machine)


@measure("share", needs="rechecks")
def recheck_share(day: Day) -> Pair:
    """Share of those who scanned as they shopped whom staff had a look at, age checks included."""
    here = served(day) & (day.kind_of_customer == Kind.SCAN_AND_GO)
    return mean(day.log.help_s > 0, here)


@measure("share", needs="leaving for want of a card")
def left_for_card_share(day: Day) -> Pair:
    """Share of all who came who left their shopping because no card was taken."""
    return mean(day.log.why == Why.NO_PAYMENT, came(day))


def _called(day: Day) -> Values:
    """Visits in which somebody was called for; shape (N,)."""
    called = np.zeros(len(day.log), dtype=np.bool_)
    called[day.trace.customer[day.trace.event == Event.CALL]] = True
    return called
