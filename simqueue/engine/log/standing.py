"""What standing in line was like: who stood ahead and behind, when the line moved.

Everybody in a line has the same pauses between its steps, except for the first after joining. So
the long pauses are written down once per line, and each customer adds up his when he leaves it.
Only when somebody leaves from the middle all who stand in the line are looked at: those ahead of
him have seen no step. Leaving at the front takes the same time however long the line is.

Letters: i, k customers (k also a row of the trace), p pause, `at` a line. Runs in plain
Python or compiled (`two_ways`).
"""

from __future__ import annotations

from typing import NamedTuple

from simqueue.engine.log.moments import ENDS_SERVICE, JOIN, LEAVE, RENEGE, START, Rows
from simqueue.engine.two_ways import Column, Way

STILL_AFTER_S = 30.0  # a line that has not moved for longer stands still (docs/model.md)


class Standing(NamedTuple):
    """What is written down of each customer, and while he waits where he stands."""

    ahead_at_join: Column
    previous: Column  # who stands before him in his line; -1 = nobody
    next: Column  # and behind him
    ahead: Column  # how many waited there when he joined
    seen: Column  # the last pause of the line that he knows of
    behind_at_most: Column
    steps: Column
    last_in_line_s: Column
    queue_still_s: Column
    moved_s: Column  # his last step, while it is not that of the line


class Lines(NamedTuple):
    """The lines, one entry each."""

    first: Column
    last: Column
    new: Column  # the first of those whose last step was not that of the line; -1 = nobody
    waiting: Column
    in_service: Column
    last_since_s: Column  # since when the last one has been the last
    moved_s: Column  # the last step of those who are not new
    pause: Column  # the last long pause written down


class Pauses(NamedTuple):
    """Long pauses, chained line by line; the first entries stand for the beginning of each."""

    beyond_s: Column
    next: Column


def standing_of(n: int, n_lines: int, rows: Rows, way: Way) -> Standing:
    """What standing in line was like for the n customers of a day."""
    of = Standing(*way.new(5, n, -1), *way.new(2, n, 0), *way.new(3, n, 0.0))
    lines = Lines(
        *way.new(3, n_lines, -1),
        *way.new(2, n_lines, 0),
        *way.new(2, n_lines, 0.0),
        *way.new(1, n_lines, 0),
    )
    most = n_lines + len(rows.event)
    pauses = Pauses(*way.new(1, most, 0.0), *way.new(1, most, -1))
    way.function(stand)(rows, of, lines, pauses)
    return of


def stand(rows: Rows, of: Standing, lines: Lines, pauses: Pauses) -> None:
    """Replay every line."""
    time_s, event, customer, line, _ = rows
    waiting, in_service = lines.waiting, lines.in_service
    n_pauses = len(waiting)
    for at in range(n_pauses):
        lines.pause[at] = at
    for k in range(len(event)):
        what, at = event[k], line[k]
        if what == JOIN:
            i = customer[k]
            if of.ahead_at_join[i] < 0:
                of.ahead_at_join[i] = waiting[at] + in_service[at]
            if waiting[at] > 0 or not starts_at_once(rows, k):
                join(of, lines, i, at, time_s[k])
        elif what == START:
            in_service[at] += 1
            if waiting[at] > 0:
                n_pauses = leave(of, lines, pauses, n_pauses, customer[k], at, time_s[k])
        elif what in (LEAVE, RENEGE) and at >= 0:
            n_pauses = leave(of, lines, pauses, n_pauses, customer[k], at, time_s[k])
        elif what in ENDS_SERVICE:
            in_service[at] -= 1
    for at in range(len(waiting)):
        look_at_all(of, lines, pauses, -1, at, 0.0)


def starts_at_once(rows: Rows, k: int) -> bool:
    """Whether he who joins in row k is served at that very moment."""
    time_s, event, customer, _, _ = rows
    if k + 1 == len(event) or event[k + 1] != START:
        return False
    return bool(customer[k + 1] == customer[k] and time_s[k + 1] == time_s[k])


def join(of: Standing, lines: Lines, i: int, at: int, now: float) -> None:
    """He stands behind the others."""
    last = lines.last[at]
    if last >= 0:
        of.last_in_line_s[last] += now - lines.last_since_s[at]
        of.next[last] = i
    else:
        lines.first[at] = i
    of.previous[i] = last
    of.next[i] = -1
    of.ahead[i] = lines.waiting[at]
    of.moved_s[i] = now
    lines.last[at] = i
    lines.last_since_s[at] = now
    lines.waiting[at] += 1
    if lines.new[at] < 0:
        lines.new[at] = i


def leave(
    of: Standing, lines: Lines, pauses: Pauses, n_pauses: int, i: int, at: int, now: float
) -> int:
    """Customer i no longer waits in the line; returns the number of pauses."""
    if lines.first[at] == i:
        return leave_front(of, lines, pauses, n_pauses, at, now)
    leave_middle(of, lines, pauses, i, at, now)
    return n_pauses


def leave_front(
    of: Standing, lines: Lines, pauses: Pauses, n_pauses: int, at: int, now: float
) -> int:
    """The first of the line leaves it: a step for all others; returns the number of pauses."""
    i = lines.first[at]
    behind = lines.waiting[at] - 1
    lines.waiting[at] = behind
    if of.behind_at_most[i] < behind:  # until now their number has only grown
        of.behind_at_most[i] = behind
    of.steps[i] += of.ahead[i]
    following = of.next[i]
    lines.first[at] = following
    if lines.new[at] == i:
        lines.new[at] = following
        beyond_s = now - of.moved_s[i] - STILL_AFTER_S
    else:
        add_pauses(of, pauses, i)
        beyond_s = now - lines.moved_s[at] - STILL_AFTER_S
        if beyond_s > 0.0 and following != lines.new[at]:
            pauses.beyond_s[n_pauses], pauses.next[n_pauses] = beyond_s, -1
            pauses.next[lines.pause[at]] = n_pauses
            lines.pause[at] = n_pauses
            n_pauses += 1
    if beyond_s > 0.0:
        of.queue_still_s[i] += beyond_s
    if following < 0:
        lines.last[at] = -1
        of.last_in_line_s[i] += now - lines.last_since_s[at]
        lines.last_since_s[at] = now
    else:
        of.previous[following] = -1
    fresh = lines.new[at]
    while fresh >= 0:
        step(of, fresh, now)
        of.seen[fresh] = lines.pause[at]
        fresh = of.next[fresh]
    lines.new[at] = -1
    lines.moved_s[at] = now
    return n_pauses


def leave_middle(of: Standing, lines: Lines, pauses: Pauses, i: int, at: int, now: float) -> None:
    """Somebody leaves the line who is not its first: a step for those behind him only."""
    look_at_all(of, lines, pauses, i, at, now)
    before, after = of.previous[i], of.next[i]
    of.next[before] = after
    if after < 0:
        lines.last[at] = before
        of.last_in_line_s[i] += now - lines.last_since_s[at]
        lines.last_since_s[at] = now
    else:
        of.previous[after] = before
    lines.waiting[at] -= 1
    lines.new[at] = lines.first[at]  # from now on each has had a last step of his own


def look_at_all(of: Standing, lines: Lines, pauses: Pauses, i: int, at: int, now: float) -> None:
    """Bring everybody in the line up to date when i leaves it; -1 = when the trace ends."""
    behind = lines.waiting[at]
    k = lines.first[at]
    knows_all = past = False
    for place in range(behind):
        behind -= 1
        knows_all = knows_all or k == lines.new[at]
        if not knows_all:
            add_pauses(of, pauses, k)
            of.moved_s[k] = lines.moved_s[at]
        if past:
            step(of, k, now)
        else:
            if of.behind_at_most[k] < behind:
                of.behind_at_most[k] = behind
            if k == i:
                past = True
                step(of, k, now)
            if k == i or i < 0:
                of.steps[k] += of.ahead[k] - place
        k = of.next[k]


def step(of: Standing, i: int, now: float) -> None:
    """He moves up: a pause ends for him."""
    beyond_s = now - of.moved_s[i] - STILL_AFTER_S
    if beyond_s > 0.0:
        of.queue_still_s[i] += beyond_s
    of.moved_s[i] = now


def add_pauses(of: Standing, pauses: Pauses, i: int) -> None:
    """Add the pauses of the line since he last looked, one by one in order."""
    p = pauses.next[of.seen[i]]
    while p >= 0:
        of.queue_still_s[i] += pauses.beyond_s[p]
        p = pauses.next[p]
