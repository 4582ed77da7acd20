"""What is measured of things that go wrong: stoppages, checks, failed payments.

As in `measures`; each is taken only where the scenario has what it speaks of.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.study.day import Day
from simqueue.study.measures import Pair, Values, came, joined, mean, measure, served
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


@measure("share", needs="sending on")
def sent_on_share(day: Day) -> Pair:
    """Share of those who joined a line whom a till or machine that broke down sent on."""
    return mean(_with(day, Event.SENT_ON), joined(day))


@measure("share", needs="price checks")
def price_check_share(day: Day) -> Pair:
    """Share of those served at tills for whom a price had to be asked."""
    return mean(_with(day, Event.CALL), served(day) & at_staffed(day))


@measure("share", needs="failing machines")
def failed_share(day: Day) -> Pair:
    """Share of transactions that failed, of those at machines that send people on to a till."""
    ending = day.log.ending
    ended = (ending == Ending.SERVED) | (ending == Ending.FAILED)
    lanes = [j for j, lane in enumerate(day.scenario.lanes) if lane.sends_failed_to is not None]
    return mean(ending == Ending.FAILED, day.counted & ended & np.isin(day.log.lane, lanes))


@measure("share", needs="rechecks")
def recheck_share(day: Day) -> Pair:
    """Share of those who scanned as they shopped whom staff had a look at, age checks included."""
    here = served(day) & (day.kind_of_customer == Kind.SCAN_AND_GO)
    return mean(day.log.help_s > 0, here)


@measure("share", needs="leaving for want of a card")
def left_for_card_share(day: Day) -> Pair:
    """Share of all who came who left their shopping because no card was taken."""
    return mean(day.log.why == Why.NO_PAYMENT, came(day))


def _with(day: Day, event: Event) -> Values:
    """Visits in which this happened; shape (N,)."""
    found = np.zeros(len(day.log), dtype=np.bool_)
    found[day.trace.customer.take(day.rows_of(event))] = True
    return found
