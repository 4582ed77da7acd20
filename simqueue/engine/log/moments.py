"""The moments of each visit, how it ended, and how the time of the service was spent.

Letters: i customer (a visit), j lane, k row of the trace, s server. Functions that take `Rows` run
in plain Python on lists or compiled on arrays (`two_ways`): any column is one or the other.
"""

from __future__ import annotations

from math import nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simqueue.engine.two_ways import Column, Way, read_only
from simqueue.tables import Ending, Event, Kind, System, Why

Floats = NDArray[np.float64]

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
# The events that `follow` and `standing` look at.
NEEDED = (JOIN, BALK, START, END, RENEGE, LEAVE, CALL, HELP, FAILED, LEFT, SENT_ON)


class Rows(NamedTuple):
    """Rows of the trace."""

    time_s: Column
    event: Column
    customer: Column
    line: Column
    server: Column


class Visits(NamedTuple):
    """What is written down of each visit; one entry each."""

    line: Column  # joined last; -1 = none, here and in the next four
    server: Column  # who served him last
    lane: Column  # of the line
    place: Column  # in order of joining
    stop: Column  # place in order of starting and giving up
    why: Column
    moves: Column
    on_foot: Column  # whether he is between two lines
    calls: Column  # for help, during the service going on
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
    since_s: Column  # when he left a line, or called for help


class Orders(NamedTuple):
    """Customers in the order in which they first joined, and in which they stopped waiting."""

    joined: Column
    stopped: Column


class Shop(NamedTuple):
    """The lanes as far as they tell how long things take; the times have a row per lane."""

    line_lane: Column
    kind: Column
    pace: Column
    jockey_walk_s: float
    service_s: Floats
    before_call_s: Floats
    after_call_s: Floats
    help_s: Floats
    again_after_s: Floats
    again_help_s: Floats


class Followed(NamedTuple):
    """What `follow` has found."""

    visits: Visits
    orders: Orders
    n_joined: int
    n_stopped: int
    staff_called: bool


def visits_of(n: int, system: System, rows: Rows, way: Way) -> Followed:
    """Write down the n visits of a day."""
    unfinished = int(Ending.UNFINISHED)
    visits = Visits(
        *way.new(5, n, -1),
        *way.new(4, n, 0),
        *way.new(1, n, unfinished),
        *way.new(4, n, nan),
        *way.new(6, n, 0.0),
    )
    orders = Orders(*way.new(1, n, 0), *way.new(1, len(rows.event), 0))
    shop = Shop(
        way.given(system.line_lane, "i8"),
        way.given(system.kind, "i8"),
        way.given(system.server_pace, "f8"),
        float(system.jockey.walk_s),
        read_only(system.service_s, "f8"),
        read_only(system.before_call_s, "f8"),
        read_only(system.after_call_s, "f8"),
        read_only(system.help_s, "f8"),
        read_only(system.again_after_s, "f8"),
        read_only(system.again_help_s, "f8"),
    )
    return Followed(visits, orders, *way.function(follow)(rows, visits, orders, shop))


def follow(rows: Rows, visits: Visits, orders: Orders, shop: Shop) -> tuple[int, int, bool]:
    """Write down every visit.

    Returns how many joined a line, how often waiting ended, and whether anybody was called to a
    staffed till.
    """
    time_s, event, customer, line, server = rows
    place, stop, joined, stopped = visits.place, visits.stop, orders.joined, orders.stopped
    at, lane, by, ending = visits.line, visits.lane, visits.server, visits.ending
    join_s, start_s, end_s, wait_s = visits.join_s, visits.start_s, visits.end_s, visits.wait_s
    calls, on_foot, served_s = visits.calls, visits.on_foot, visits.served_by_staff_s
    line_lane, kind, pace, service_s = shop.line_lane, shop.kind, shop.pace, shop.service_s
    n_joined = n_stopped = 0
    staff_called = False
    for k in range(len(event)):
        what = event[k]
        if what == FREE:
            continue
        i, now = customer[k], time_s[k]
        if what == JOIN:
            if place[i] < 0:
                place[i], joined[n_joined] = n_joined, i
                n_joined += 1
                join_s[i] = now
            elif on_foot[i]:
                arrive_on_foot(visits, i, now)
            at[i] = line[k]
            lane[i] = line_lane[line[k]]
        elif what == START:
            by[i] = server[k]
            start_s[i] = now
            wait_s[i] = now - join_s[i]
            calls[i] = 0
            stop[i], stopped[n_stopped] = n_stopped, i
            n_stopped += 1
        elif what == END:
            end_s[i] = now
            ending[i] = SERVED
            j = lane[i]
            if calls[i] > 0 or kind[j] >= SELF_SERVICE:
                tell_work(visits, shop, i, j)
            else:
                served_s[i] = service_s[j, i] * pace[by[i]]
        elif what == RENEGE:
            give_up(visits, i, now, line[k] < 0, shop.jockey_walk_s)
            stop[i], stopped[n_stopped] = n_stopped, i
            n_stopped += 1
        elif what == CALL:
            calls[i] += 1
            visits.since_s[i] = now
            staff_called = staff_called or kind[lane[i]] < SELF_SERVICE
        elif i >= 0:
            happen(visits, shop, what, i, now, line[k], server[k])
    return n_joined, n_stopped, staff_called


def happen(
    visits: Visits, shop: Shop, what: int, i: int, now: float, line: int, server: int
) -> None:
    """Write down a row of the trace other than joining, starting, paying and giving up."""
    if what == HELP:
        be_helped(visits, shop, i, now, shop.line_lane[line])
    elif what == LEAVE:
        visits.moves[i] += 1
        visits.on_foot[i] = 1
        visits.since_s[i] = now
    elif what == BALK:
        visits.end_s[i] = now
        visits.ending[i] = BALKED
        visits.why[i] = server
    elif what == FAILED:
        visits.end_s[i] = now
        visits.ending[i] = FAILED_THERE
    elif what == LEFT:
        visits.end_s[i] = now
        visits.ending[i] = RENEGED
        visits.why[i] = NO_PAYMENT


def arrive_on_foot(visits: Visits, i: int, now: float) -> None:
    """His walk between two lines is over."""
    visits.walk_s[i] += now - visits.since_s[i]
    visits.on_foot[i] = 0


def give_up(visits: Visits, i: int, now: float, in_no_line: bool, jockey_walk_s: float) -> None:
    """He leaves without having been served, whatever happened before.

    Patience that ends at the very end of a walk comes after it, so whoever leaves just then has
    found no line.
    """
    visits.why[i] = PATIENCE
    if in_no_line and now == visits.since_s[i] + jockey_walk_s:
        visits.why[i] = NO_OPEN_LANE
    if visits.on_foot[i] > 0:
        arrive_on_foot(visits, i, now)
    visits.end_s[i] = now
    visits.ending[i] = RENEGED
    visits.wait_s[i] = now - visits.join_s[i]
    visits.start_s[i] = nan
    visits.server[i] = -1


def be_helped(visits: Visits, shop: Shop, i: int, now: float, j: int) -> None:
    """An attendant comes to him in lane j; at a staffed till that is a stoppage, not help."""
    if shop.kind[j] < SELF_SERVICE:
        return
    visits.help_wait_s[i] += now - visits.since_s[i]
    if shop.kind[j] == STATION:
        return
    if visits.calls[i] > 1:
        visits.help_s[i] += shop.again_help_s[j, i]
    else:
        visits.help_s[i] += shop.help_s[j, i]


def tell_work(visits: Visits, shop: Shop, i: int, j: int) -> None:
    """How long he worked at the machine, or staff for him, help left out."""
    pace = shop.pace[visits.server[i]]
    calls = visits.calls[i]
    if calls == 0:
        work_s = shop.service_s[j, i] * pace
    elif calls == 1:
        work_s = shop.before_call_s[j, i] * pace + shop.after_call_s[j, i] * pace
    else:
        work_s = shop.before_call_s[j, i] * pace + shop.again_after_s[j, i] * pace
        work_s += shop.after_call_s[j, i] * pace
    if shop.kind[j] == SELF_SERVICE or shop.kind[j] == SCAN_AND_GO:
        visits.own_scanning_s[i] = work_s
        return
    if shop.kind[j] == STATION and calls > 0:  # the work is done by who is called
        work_s = shop.help_s[j, i]
        if calls > 1:
            work_s += shop.again_help_s[j, i]
    visits.served_by_staff_s[i] = work_s
