"""What standing in line was like: who stood ahead and behind, when the line moved.

Everybody in a line has the same pauses between its steps, except for the first after joining. So
the long pauses are written down once per line, and each customer adds up his when he leaves it.
Only when somebody leaves from the middle all who stand in the line are looked at: those ahead of
him have seen no step. Leaving at the front takes the same time however long the line is.

Letters: i customer, k stay (one time that somebody stands in a line), p pause, `at` a line. Runs
in plain Python or compiled (`two_ways`).
"""

from __future__ import annotations

from typing import NamedTuple

from simqueue.engine.two_ways import Column, Way, inlined

STILL_AFTER_S = 30.0  # a line that has not moved for longer stands still (docs/model.md)
STAYS, PAUSES = 0, 1  # how many there are so far


class Standing(NamedTuple):
    """What is written down of each customer."""

    ahead_at_join: Column  # -1 = has not joined
    behind_at_most: Column
    steps: Column
    last_in_line_s: Column
    queue_still_s: Column


class Stays(NamedTuple):
    """Where somebody stands in a line, from joining it to leaving it."""

    moved_s: Column  # his last step, as long as it is not that of the line; leaving is one
    customer: Column
    previous: Column  # who stands before him; -1 = nobody
    next: Column  # and behind him
    ahead: Column  # how many waited there when he joined
    front: Column  # who was the first when he last moved: all steps since then are the line's
    pause: Column  # the last pause of the line when he left it


class Lines(NamedTuple):
    """The lines, one entry each."""

    first: Column
    last: Column
    waiting: Column
    in_service: Column
    pause: Column  # the last long pause written down
    last_since_s: Column  # since when the last one has been the last
    moved_s: Column  # the last step at the front


class Pauses(NamedTuple):
    """Long pauses, chained line by line."""

    next: Column
    beyond_s: Column


class Floor(NamedTuple):
    """What is written down, and what is known of all who stand: where, and how many so far."""

    n_lines: int
    standing: Standing
    stays: Stays
    lines: Lines
    pauses: Pauses
    so_far: Column


def floor_of(n: int, n_lines: int, n_stays: int, way: Way) -> Floor:
    """Empty lines, with room for n customers and so many stays."""
    standing = Standing(
        *way.new(1, n, "i4", -1), *way.new(2, n, "i4", 0), *way.new(2, n, "f8", 0.0)
    )
    lines = Lines(
        *way.new(2, n_lines, "i4", -1), *way.new(3, n_lines, "i4", 0), *way.room(2, n_lines, "f8")
    )
    most = n_lines + n_stays
    return Floor(
        n_lines,
        standing,
        Stays(*way.room(1, n_stays, "f8"), *way.room(6, n_stays, "i4")),
        lines,
        Pauses(*way.room(1, most, "i4"), *way.room(1, most, "f8")),
        *way.new(1, 2, "i8", 0),
    )


def begin(floor: Floor) -> None:
    """The first entries of the pauses stand for the beginning of each line."""
    for at in range(floor.n_lines):
        floor.lines.pause[at] = at
        floor.pauses.next[at] = -1
    floor.so_far[PAUSES] = floor.n_lines


def finish(floor: Floor) -> None:
    """The trace ends: bring up to date who still stands."""
    for at in range(floor.n_lines):
        look_at_all(floor, -1, at, 0.0)


def join(floor: Floor, i: int, at: int, now: float) -> None:
    """He stands behind the others."""
    of, stays, lines, k = floor.standing, floor.stays, floor.lines, floor.so_far[STAYS]
    floor.so_far[STAYS] += 1
    last = lines.last[at]
    if last >= 0:
        of.last_in_line_s[stays.customer[last]] += now - lines.last_since_s[at]
        stays.next[last] = k
    else:
        lines.first[at] = k
    stays.customer[k] = i
    stays.previous[k] = last
    stays.next[k] = -1
    stays.ahead[k] = lines.waiting[at]
    stays.front[k] = lines.first[at]
    stays.moved_s[k] = now
    lines.last[at] = k
    lines.last_since_s[at] = now
    lines.waiting[at] += 1


@inlined
def leave_front(floor: Floor, at: int, now: float) -> None:
    """The first of the line leaves it: a step for all others."""
    of, stays, lines = floor.standing, floor.stays, floor.lines
    k = lines.first[at]
    i, following = stays.customer[k], stays.next[k]
    behind = lines.waiting[at] - 1
    lines.waiting[at] = behind
    # until now their number has only grown
    of.behind_at_most[i] = max(of.behind_at_most[i], behind)
    of.steps[i] += stays.ahead[k]
    if stays.front[k] != k:
        catch_up(floor, k, at)
    write_pause(floor, at, stand_still(floor, i, now - stays.moved_s[k]))
    lines.first[at] = following
    if following < 0:
        lines.last[at] = -1
        of.last_in_line_s[i] += now - lines.last_since_s[at]
    stays.pause[k] = lines.pause[at]
    stays.moved_s[k] = now
    lines.moved_s[at] = now


def write_pause(floor: Floor, at: int, beyond_s: float) -> None:
    """A pause of the line ends; it is written over by the next one if it was not long."""
    lines, pauses, p = floor.lines, floor.pauses, floor.so_far[PAUSES]
    last, is_long = lines.pause[at], beyond_s > 0.0
    pauses.beyond_s[p], pauses.next[p] = beyond_s, -1
    pauses.next[last] = p if is_long else -1
    lines.pause[at] = p if is_long else last
    floor.so_far[PAUSES] = p + int(is_long)


@inlined
def catch_up(floor: Floor, k: int, at: int) -> None:
    """Add the pauses until the line's last step, one by one in order."""
    of, stays, pauses = floor.standing, floor.stays, floor.pauses
    i, front = stays.customer[k], stays.front[k]
    stand_still(floor, i, stays.moved_s[front] - stays.moved_s[k])
    p = pauses.next[stays.pause[front]]
    while p >= 0:
        of.queue_still_s[i] += pauses.beyond_s[p]
        p = pauses.next[p]
    stays.moved_s[k] = floor.lines.moved_s[at]


@inlined
def leave(floor: Floor, i: int, at: int, now: float) -> None:
    """Customer i no longer waits in the line."""
    first = floor.lines.first[at]
    if first >= 0 and floor.stays.customer[first] == i:
        leave_front(floor, at, now)
    else:
        leave_middle(floor, i, at, now)


def leave_middle(floor: Floor, i: int, at: int, now: float) -> None:
    """Somebody leaves the line who is not its first: a step for those behind him only."""
    of, stays, lines = floor.standing, floor.stays, floor.lines
    k = look_at_all(floor, i, at, now)
    if k < 0:  # a trace that is broken: he is not there
        return
    before, after = stays.previous[k], stays.next[k]
    stays.next[before] = after
    if after < 0:
        lines.last[at] = before
        of.last_in_line_s[i] += now - lines.last_since_s[at]
        lines.last_since_s[at] = now
    else:
        stays.previous[after] = before
    lines.waiting[at] -= 1


def look_at_all(floor: Floor, leaver: int, at: int, now: float) -> int:
    """Bring everybody in the line up to date when one leaves it; -1 = when the trace ends.

    Returns the stay of the leaver, or -1.
    """
    of, stays, lines = floor.standing, floor.stays, floor.lines
    behind = lines.waiting[at]
    first = k = lines.first[at]
    found = -1
    for place in range(behind):
        behind -= 1
        i = stays.customer[k]
        if stays.front[k] != first:
            catch_up(floor, k, at)
            stays.front[k] = first
        if found < 0:
            if of.behind_at_most[i] < behind:
                of.behind_at_most[i] = behind
            if i == leaver:
                found = k
            if i == leaver or leaver < 0:
                of.steps[i] += stays.ahead[k] - place
        if found >= 0:
            step(floor, k, now)
        k = stays.next[k]
    return found


def step(floor: Floor, k: int, now: float) -> None:
    """He moves up: a pause ends for him."""
    stays = floor.stays
    stand_still(floor, stays.customer[k], now - stays.moved_s[k])
    stays.moved_s[k] = now


def stand_still(floor: Floor, i: int, pause_s: float) -> float:
    """A pause between steps ends; returns for how long he stood still."""
    beyond_s = max(0.0, pause_s - STILL_AFTER_S)
    floor.standing.queue_still_s[i] += beyond_s
    return beyond_s
