"""Which line a customer joins: eligible lines, their scores, ties."""

from __future__ import annotations

from simqueue.engine.compiled.kernel.lines import KINDS, has_room, seen
from simqueue.engine.compiled.kernel.pointers import Row, inlined, jit
from simqueue.engine.compiled.kernel.rules import score, turns_away
from simqueue.engine.compiled.kernel.tables import (
    EXPRESS,
    INF,
    balk_tolerance,
    choice,
    items,
    line,
    listed,
    may_use,
    open_line,
    perception,
    place,
    set_listed,
    u_choice_again,
)
from simqueue.rules import Chooser

LATER_DIGITS = 1_048_576.0  # 2 to the 20th: shifts a uniform past the digits that settle ties
NO_OPEN_LANE, NO_ROOM, NOBODY_MAY_SERVE = 1, 2, 3  # as in Why


@jit
def needs_working(d: Row, i: int) -> bool:
    """Whether customer i may join a line with an open server that works, and so no other."""
    if d.n_broken == 0:
        return False
    for l in range(d.n_lines):
        queue = line(d, l)
        if queue.n_working and has_room(queue) and may_use(d, queue.lane * d.n + i):
            return True
    return False


@jit
def find_eligible(d: Row, i: int) -> None:
    """List the open lines that customer i may join and that have room, in order."""
    working = needs_working(d, i)
    found = 0
    for k in range(d.n_open_lines):
        l = open_line(d, k)
        queue = line(d, l)
        offers = queue.n_working > 0 or not working
        set_listed(d, found, l)  # written over by the next, if it is not eligible
        found += (may_use(d, queue.lane * d.n + i) != 0) & offers & has_room(queue)
    d.n_listed = found


@jit
def choose(d: Row, i: int, u: float) -> int:
    """The listed line with the lowest score; ties: the preferred kind, then by u or the first."""
    if d.n_listed == 0:
        return -1
    if d.n_listed == 1:  # nothing to compare
        return listed(d, 0)
    tied = keep_lowest(d, i, u)
    if d.prefer >= 0:
        tied = keep_preferred(d, tied)
    return listed(d, int(u * tied) if d.ties_random else 0)


@jit
def keep_lowest(d: Row, i: int, u: float) -> int:
    """Keep the listed lines with the lowest score in the eyes of customer i; returns how many."""
    by_kind = d.sees == KINDS
    customer = Chooser(
        items(d, i),
        place(d, i) * d.front_m,
        d.line_of_last,
        d.n_lines,
        n_tills(d) if by_kind else 0,
        u * LATER_DIGITS % 1.0 if by_kind else 0.0,
    )
    p, lowest, kept = choice(d, 0), INF, 0
    for k in range(d.n_listed):
        l = listed(d, k)
        points = float(score(d.rule, seen(d, l, d.sees), customer, p))
        if d.perceives:
            points = points * perception(d, l * d.n + i)
        kept = 0 if points < lowest else kept
        set_listed(d, kept, l)  # written over by the next, if its score is higher
        kept += points <= lowest
        lowest = points if points < lowest else lowest
    return kept


@inlined
def n_tills(d: Row) -> int:
    """How many of the listed lines lead to a cashier."""
    n = 0
    for k in range(d.n_listed):
        n += line(d, listed(d, k)).kind <= EXPRESS
    return n


@inlined
def keep_preferred(d: Row, tied: int) -> int:
    """Keep those of the preferred kind, if there are any; returns how many are left."""
    preferred = 0
    for k in range(tied):
        preferred += line(d, listed(d, k)).kind == d.prefer
    if preferred == 0:
        return tied
    kept = 0
    for k in range(tied):
        l = listed(d, k)
        if line(d, l).kind == d.prefer:
            set_listed(d, kept, l)
            kept += 1
    return kept


@inlined
def choose_again(d: Row, i: int) -> int:
    """The line that customer i joins when his own is no longer to be had, or -1."""
    find_eligible(d, i)
    return choose(d, i, u_choice_again(d, i))


@inlined
def balks(d: Row, i: int, l: int) -> bool:
    """Whether customer i turns away from his line; nobody does from an idle server."""
    if line(d, l).n_idle:
        return False
    misjudging = perception(d, l * d.n + i) if d.perceives else 1.0
    view = seen(d, l, d.balk_sees)
    return turns_away(d.balk, view, misjudging, balk_tolerance(d, i), choice(d, 0))


@inlined
def why_nowhere(d: Row, i: int) -> int:
    """Why there is no line for customer i (Why)."""
    why = NOBODY_MAY_SERVE
    for l in range(d.n_lines):
        queue = line(d, l)
        if may_use(d, queue.lane * d.n + i):
            if queue.n_open:
                return NO_ROOM
            why = NO_OPEN_LANE
    if why == NOBODY_MAY_SERVE:
        for j in range(d.n_lanes):  # a lane without any line
            if may_use(d, j * d.n + i):
                return NO_OPEN_LANE
    return why
