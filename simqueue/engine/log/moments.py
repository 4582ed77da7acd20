"""The moments of each visit, how it ended, and how the time of the service was spent.

Letters: i customer (a visit), j lane, k row of the trace, s server. Functions that take `Rows` run
in plain Python on lists or compiled on arrays (`two_ways`): any column is one or the other.
"""

from __future__ import annotations

from math import nan
from typing import NamedTuple

import numpy as np

from simqueue.engine.two_ways import Column, Way
from simqueue.tables import Ending, Event, Kind, System, Why

# As plain integers, which Python compares several times as fast as members of an enumeration.
JOIN, BALK, START, END = int(Event.JOIN), int(Event.BALK), int(Event.START), int(Event.END)
RENEGE, LEAVE, CALL, HELP = int(Event.RENEGE), int(Event.LEAVE), int(Event.CALL), int(Event.HELP)
FREE, FAILED, LEFT = int(Event.FREE), int(Event.FAILED), int(Event.LEFT)
SENT_ON = int(Event.SENT_ON)
SERVED, BALKED, RENEGED = int(Ending.SERVED), int(Ending.BALKED), int(Ending.RENEGED)
FAILED_THERE = int(Ending.FAILED)
NO_OPEN_LANE, PATIENCE = int(Why.NO_OPEN_LANE), int(Why.PATIENCE)
NO_PAYMENT = int(Why.NO_PAYMENT)
SELF_SERVICE, SCAN_AND_GO = int(Kind.SELF_SERVICE), int(Kind.SCAN_AND_GO)
STATION = int(Kind.STATION)
ENDS_SERVICE = (END, FAILED, LEFT, SENT_ON)
JOINED, STOPPED, STAFF_CALLED = 0, 1, 2  # of `Orders.numbers`
# The events that `walk` looks at.
NEEDED = (JOIN, BALK, START, END, RENEGE, LEAVE, CALL, HELP, FAILED, LEFT, SENT_ON)
# The columns of the trace, as they are handed to functions that go through it.
ROWS = {"time_s": "f8", "event": "i1", "customer": "i4", "line": "i4", "server": "i4"}


class Rows(NamedTuple):
    """Rows of the trace."""

    n: int
    time_s: Column
    event: Column
    customer: Column
    line: Column
    server: Column


class Visits(NamedTuple):
    """What is written down of each visit; one entry each."""

    line: Column  # joined last; -1 = none, here and in the next two
    server: Column  # who served him last
    lane: Column  # of the line
    moves: Column
    why: Column
    ending: Column
    join_s: Column  # nan = not yet, here and in the next three
    start_s: Column
    end_s: Column
    wait_s: Column
    walk_s: Column
    help_wait_s: Column
    help_s: Column
    own_scanning_s: Column
    served_by_staff_s: Column


class Present(NamedTuple):
    """What is known of each visit while it goes on."""

    stop: Column  # place in order of starting and giving up; -1 = waits
    calls: Column  # for help, during the service going on
    on_foot: Column  # whether he is between two lines
    since_s: Column  # when he left a line, or called for help


class Orders(NamedTuple):
    """Customers in the order in which they first joined, and in which they stopped waiting."""

    joined: Column
    stopped: Column
    numbers: Column  # how many joined, how often waiting ended, whether a till called


class Shop(NamedTuple):
    """The lanes as far as they tell how long things take."""

    n: int  # customers
    jockey_walk_s: float
    line_lane: Column
    kind: Column
    pace: Column
    most_calls: int  # during a service; without second ones the last two columns are empty
    service_s: Column  # lane after lane, one entry per customer, as all that follow
    before_call_s: Column
    after_call_s: Column
    help_s: Column
    again_after_s: Column
    again_help_s: Column


class Moments(NamedTuple):
    """All that is written down of the visits, and what it is taken from."""

    visits: Visits
    present: Present
    orders: Orders
    shop: Shop


def moments_of(n: int, n_rows: int, system: System, way: Way) -> Moments:
    """The n visits of a day that has not begun, whose trace has so many rows."""
    on_foot, since = way.new(1, n, "i1", 0), way.new(1, n, "f8", 0.0)
    present = Present(*way.new(1, n, "i4", -1), *way.new(1, n, "i2", 0), *on_foot, *since)
    numbers = way.new(1, 3, "i8", 0)
    orders = Orders(*way.room(1, n, "i4"), *way.room(1, n_rows, "i4"), *numbers)
    return Moments(_visits(n, way), present, orders, _shop(system, way))


def _visits(n: int, way: Way) -> Visits:
    return Visits(
        *way.new(2, n, "i4", -1),
        *way.new(1, n, "i2", -1),
        *way.new(1, n, "i2", 0),
        *way.new(1, n, "i1", 0),
        *way.new(1, n, "i1", int(Ending.UNFINISHED)),
        *way.new(4, n, "f8", nan),
        *way.new(5, n, "f8", 0.0),
    )


def _shop(system: System, way: Way) -> Shop:
    by_lane = (
        *(system.service_s, system.before_call_s, system.after_call_s, system.help_s),
        *(system.again_after_s, system.again_help_s),
    )
    return Shop(
        system.service_s.shape[1],
        float(system.jockey.walk_s),
        way.given(system.line_lane, "i8"),
        way.given(system.kind, "i8"),
        way.given(system.server_pace, "f8"),
        2 if system.again_after_s.size and system.again_help_s.size else 1,
        *(np.ascontiguousarray(times_s, "f8").reshape(-1) for times_s in by_lane),
    )


def join_first(moments: Moments, i: int, now: float) -> None:
    """He stands in a line for the first time in this visit."""
    orders = moments.orders
    n = orders.numbers[JOINED]
    orders.numbers[JOINED] = n + 1
    orders.joined[n] = i
    moments.visits.join_s[i] = now


def start(moments: Moments, i: int, s: int, now: float) -> None:
    """He is served."""
    visits = moments.visits
    visits.server[i] = s
    visits.start_s[i] = now
    visits.wait_s[i] = now - visits.join_s[i]
    wait_no_longer(moments, i)


def wait_no_longer(moments: Moments, i: int) -> None:
    """He is served, or gives up."""
    orders = moments.orders
    n = orders.numbers[STOPPED]
    orders.numbers[STOPPED] = n + 1
    orders.stopped[n] = i
    moments.present.stop[i] = n


def pay(moments: Moments, i: int, at: int, s: int, now: float) -> None:
    """His service ends as it should."""
    visits, shop = moments.visits, moments.shop
    visits.end_s[i] = now
    visits.ending[i] = SERVED
    j = shop.line_lane[at]
    calls, pace = moments.present.calls[i], shop.pace[s] if s >= 0 else nan
    if calls == 0:
        work_s = shop.service_s[j * shop.n + i] * pace
    else:
        work_s = work_with_calls_s(shop, shop.kind[j], calls, pace, j * shop.n + i)
    by_himself = shop.kind[j] == SELF_SERVICE or shop.kind[j] == SCAN_AND_GO
    visits.own_scanning_s[i] = work_s if by_himself else 0.0
    visits.served_by_staff_s[i] = 0.0 if by_himself else work_s


def work_with_calls_s(shop: Shop, kind: int, calls: int, pace: float, ji: int) -> float:
    """How long he worked at a machine where he called somebody, or staff for him, help left out.

    `ji`: the place of the lane and the customer in the columns of both.
    """
    if kind == STATION:  # the work is done by who is called
        work_s = shop.help_s[ji]
        if calls > 1:
            work_s += shop.again_help_s[ji]
        return float(work_s)
    work_s = shop.before_call_s[ji] * pace
    if calls > 1:
        work_s += shop.again_after_s[ji] * pace
    return float(work_s + shop.after_call_s[ji] * pace)


def happen(moments: Moments, what: int, i: int, at: int, s: int, now: float) -> None:
    """Write down a row of the trace other than joining, starting and paying."""
    visits, present = moments.visits, moments.present
    if what == CALL:
        if present.calls[i] < moments.shop.most_calls:
            present.calls[i] += 1
        present.since_s[i] = now
        if moments.shop.kind[moments.shop.line_lane[at]] < SELF_SERVICE:
            moments.orders.numbers[STAFF_CALLED] = 1
    elif what == HELP:
        be_helped(moments, i, moments.shop.line_lane[at], now)
    elif what == RENEGE:
        give_up(moments, i, at < 0, now)
    elif what == LEAVE:
        visits.moves[i] += 1
        present.on_foot[i] = 1
        present.since_s[i] = now
    elif what == SENT_ON:
        present.calls[i] = 0
    elif what == BALK:
        visits.end_s[i], visits.ending[i], visits.why[i] = now, BALKED, s
    elif what == FAILED:
        visits.end_s[i], visits.ending[i] = now, FAILED_THERE
    elif what == LEFT:
        visits.end_s[i], visits.ending[i], visits.why[i] = now, RENEGED, NO_PAYMENT


def arrive_on_foot(moments: Moments, i: int, now: float) -> None:
    """His walk between two lines is over."""
    moments.visits.walk_s[i] += now - moments.present.since_s[i]
    moments.present.on_foot[i] = 0


def give_up(moments: Moments, i: int, in_no_line: bool, now: float) -> None:
    """He leaves without having been served, whatever happened before.

    Patience that ends at the very end of a walk comes after it, so whoever leaves just then has
    found no line.
    """
    visits, present = moments.visits, moments.present
    visits.why[i] = PATIENCE
    if in_no_line and now == present.since_s[i] + moments.shop.jockey_walk_s:
        visits.why[i] = NO_OPEN_LANE
    if present.on_foot[i] > 0:
        arrive_on_foot(moments, i, now)
    visits.end_s[i] = now
    visits.ending[i] = RENEGED
    visits.wait_s[i] = now - visits.join_s[i]
    visits.start_s[i] = nan
    visits.server[i] = -1
    wait_no_longer(moments, i)


def be_helped(moments: Moments, i: int, j: int, now: float) -> None:
    """An attendant comes to him in lane j; at a staffed till that is a stoppage, not help."""
    visits, shop = moments.visits, moments.shop
    if shop.kind[j] < SELF_SERVICE:
        return
    visits.help_wait_s[i] += now - moments.present.since_s[i]
    if shop.kind[j] == STATION:
        return
    if moments.present.calls[i] > 1:
        visits.help_s[i] += shop.again_help_s[j * shop.n + i]
    else:
        visits.help_s[i] += shop.help_s[j * shop.n + i]
