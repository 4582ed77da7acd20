"""Stoppages: for how long each waited in a line that stood still, or at a till that did.

A server is stopped while it is broken; a staffed till also from calling somebody until he has
helped, and while a customer is held because cards do not work. A line is stopped while all of its
servers that are not closed are. A spell belongs to one customer: it begins with the row of the
trace after which he waits in a stopped line, or is served by a stopped server, and ends with the
first row after which that is no longer so. What it was explained by is seen when it begins.

Letters: i customer, l line, s server. Runs in plain Python or compiled (`two_ways`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simqueue.engine.log.moments import (
    CALL,
    ENDS_SERVICE,
    JOIN,
    LEAVE,
    RENEGE,
    SELF_SERVICE,
    START,
    Rows,
)
from simqueue.engine.two_ways import Column, Way
from simqueue.tables import Event, System

HELPED, HELD = int(Event.HELPED), int(Event.HELD)
OPEN, CLOSED = int(Event.OPEN), int(Event.CLOSED)
BROKE, REPAIRED = int(Event.BROKE), int(Event.REPAIRED)
NO_CARDS, CARDS = int(Event.NO_CARDS), int(Event.CARDS)
STOPS_WAITING = (START, LEAVE, RENEGE)
NO_SPELL, SPELL, EXPLAINED_SPELL = 0, 1, 2


class Sufferers(NamedTuple):
    """What is written down of each customer; one entry each."""

    in_queue_s: Column
    at_till_s: Column
    explained_s: Column
    since_s: Column  # when the spell going on began
    previous: Column  # who waits before him in his line; -1 = nobody
    next: Column  # and behind him
    line: Column  # where he waits; -1 = in none
    spell: Column  # whether one goes on, and was explained when it began


class Servers(NamedTuple):
    """The servers, one entry each; a line's servers stand together."""

    line: Column
    staffed: Column  # whether a call for help is a stoppage there
    customer: Column  # who is in service; -1 = nobody
    there: Column  # not closed
    broken: Column  # how many stoppages are going on
    told: Column  # how many of them are explained
    held_up: Column  # waits for help, is helped, or has a customer held


class Queues(NamedTuple):
    """The lines, one entry each."""

    first_server: Column
    servers: Column
    first: Column  # who waits there; -1 = nobody
    last: Column
    still: Column  # stopped


class Told(NamedTuple):
    """Whether customers are told why: of each stoppage, each time without cards, and now."""

    stoppage: Column
    window: Column
    now: Column  # windows begun, and whether the one going on is explained


def sufferers_of(n: int, system: System, rows: Rows, way: Way) -> Sufferers:
    """For how long each of the n customers of a day suffered stoppages."""
    of = Sufferers(
        *way.new(3, n, "f8", 0.0),
        *way.room(1, n, "f8"),
        *way.room(2, n, "i4"),
        *way.new(1, n, "i4", -1),
        *way.new(1, n, "i1", NO_SPELL),
    )
    n_lines, n_servers = system.n_lines, system.n_servers
    staffed = (system.kind < SELF_SERVICE)[system.line_lane][system.server_line]
    servers = Servers(
        way.given(system.server_line, "i4"),
        way.given(staffed, "u1"),
        *way.new(1, n_servers, "i4", -1),
        *way.new(4, n_servers, "i4", 0),
    )
    queues = Queues(
        way.given(np.searchsorted(system.server_line, np.arange(n_lines)), "i4"),
        way.given(np.bincount(system.server_line, minlength=n_lines), "i4"),
        *way.new(2, n_lines, "i4", -1),
        *way.new(1, n_lines, "i4", 0),
    )
    told = Told(
        way.given(system.stoppages.explained, "u1"),
        way.given(system.no_cards.explained, "u1"),
        *way.new(1, 2, "i4", 0),
    )
    way.function(suffer)(rows, of, servers, queues, told)
    return of


def suffer(rows: Rows, of: Sufferers, servers: Servers, queues: Queues, told: Told) -> None:
    """Go through the day and add up everybody's spells."""
    n_rows, time_s, event, customer, line, server = rows
    for k in range(n_rows):
        what, i, at, s, now = event[k], customer[k], line[k], server[k], time_s[k]
        if what in (NO_CARDS, CARDS):
            switch_cards(told, what)
        elif at < 0:  # on foot, or nowhere
            continue
        elif what == JOIN and i >= 0:
            stand_behind(of, queues, i, at)
            if queues.still[at]:
                begin(of, servers, queues, told, i, at, -1, now)
        elif what in STOPS_WAITING and i >= 0:
            end(of, of.in_queue_s, i, now)
            step_out(of, queues, i, at)
            if what == START and s >= 0:
                servers.customer[s] = i
                if is_stopped(servers, s):
                    begin(of, servers, queues, told, i, at, s, now)
        elif what in ENDS_SERVICE and i >= 0 and s >= 0:
            end(of, of.at_till_s, i, now)
            servers.customer[s] = -1
            if servers.held_up[s]:
                servers.held_up[s] = 0
                look_at_line(of, servers, queues, told, at, now)
        elif s >= 0 and change(servers, told, what, i, s):
            look_at_server(of, servers, queues, told, s, now)
            look_at_line(of, servers, queues, told, at, now)


def switch_cards(told: Told, what: int) -> None:
    """Cards stop working, or work again."""
    if what == NO_CARDS:
        told.now[1] = told.window[told.now[0]]
        told.now[0] += 1
    else:
        told.now[1] = 0


def change(servers: Servers, told: Told, what: int, i: int, s: int) -> bool:
    """Note what a row does to its server; returns whether it can stop it or set it going."""
    if what == BROKE:
        servers.broken[s] += 1
        servers.told[s] += told.stoppage[i]
    elif what == REPAIRED:
        servers.broken[s] -= 1
        servers.told[s] -= told.stoppage[i]
    elif what == HELD or (what == CALL and servers.staffed[s]):
        servers.held_up[s] = 1
    elif what == HELPED and servers.staffed[s]:
        servers.held_up[s] = 0
    elif what in (OPEN, CLOSED):
        servers.there[s] = 1 if what == OPEN else 0
    else:
        return False
    return True


def is_stopped(servers: Servers, s: int) -> bool:
    """Whether the server stands still."""
    return bool(servers.broken[s] > 0 or servers.held_up[s] > 0)


def look_at_server(
    of: Sufferers, servers: Servers, queues: Queues, told: Told, s: int, now: float
) -> None:
    """Begin or end the spell of whoever is served there."""
    i = servers.customer[s]
    if i < 0:
        return
    if not is_stopped(servers, s):
        end(of, of.at_till_s, i, now)
    elif of.spell[i] == NO_SPELL:
        begin(of, servers, queues, told, i, servers.line[s], s, now)


def look_at_line(
    of: Sufferers, servers: Servers, queues: Queues, told: Told, at: int, now: float
) -> None:
    """Begin or end the spells of those who wait, if the line has come to a stop or goes on."""
    still = all_stopped(servers, queues, at)
    if still == queues.still[at]:
        return
    queues.still[at] = still
    i = queues.first[at]
    while i >= 0:
        if still:
            begin(of, servers, queues, told, i, at, -1, now)
        else:
            end(of, of.in_queue_s, i, now)
        i = of.next[i]


def all_stopped(servers: Servers, queues: Queues, at: int) -> int:
    """1 if the line has servers that are not closed and all of them stand still."""
    some = 0
    first = queues.first_server[at]
    for s in range(first, first + queues.servers[at]):
        if servers.there[s]:
            if not is_stopped(servers, s):
                return 0
            some = 1
    return some


def begin(
    of: Sufferers,
    servers: Servers,
    queues: Queues,
    told: Told,
    i: int,
    at: int,
    s: int,
    now: float,
) -> None:
    """A spell begins for customer i, at server s or (s = -1) in the line."""
    of.since_s[i] = now
    explained = told.now[1] > 0
    if s >= 0:
        explained = explained or servers.told[s] > 0
    else:
        first = queues.first_server[at]
        for one in range(first, first + queues.servers[at]):
            explained = explained or (servers.there[one] > 0 and servers.told[one] > 0)
    of.spell[i] = EXPLAINED_SPELL if explained else SPELL


def end(of: Sufferers, where_s: Column, i: int, now: float) -> None:
    """If a spell goes on for customer i, it ends."""
    if of.spell[i] == NO_SPELL:
        return
    lasted_s = now - of.since_s[i]
    where_s[i] += lasted_s
    if of.spell[i] == EXPLAINED_SPELL:
        of.explained_s[i] += lasted_s
    of.spell[i] = NO_SPELL


def stand_behind(of: Sufferers, queues: Queues, i: int, at: int) -> None:
    """Customer i stands at the end of the line."""
    if of.line[i] >= 0:  # a trace that is broken: he stands in one already
        return
    of.line[i] = at
    last = queues.last[at]
    of.previous[i], of.next[i] = last, -1
    queues.last[at] = i
    if last >= 0:
        of.next[last] = i
    else:
        queues.first[at] = i


def step_out(of: Sufferers, queues: Queues, i: int, at: int) -> None:
    """Customer i no longer waits in the line."""
    if of.line[i] != at:  # a trace that is broken: he is not there
        return
    of.line[i] = -1
    before, after = of.previous[i], of.next[i]
    if before >= 0:
        of.next[before] = after
    else:
        queues.first[at] = after
    if after >= 0:
        of.previous[after] = before
    else:
        queues.last[at] = before
