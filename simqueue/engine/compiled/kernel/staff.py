"""The roster, personal breaks and shifts: who works where, by the clock."""

from __future__ import annotations

from simqueue.engine.compiled.kernel.agenda import plan
from simqueue.engine.compiled.kernel.customers import move_on
from simqueue.engine.compiled.kernel.demand import look_to_call, may_go, spare_cashier
from simqueue.engine.compiled.kernel.duty import (
    CLOSED,
    OPEN,
    ROSTER,
    leave_till,
    n_resting,
    n_rostered,
    open_server,
    wind_down,
)
from simqueue.engine.compiled.kernel.pointers import Row, inlined, jit, stay_apart
from simqueue.engine.compiled.kernel.tables import (
    BACK,
    BREAK,
    INF,
    NONE,
    ZERO,
    cashier,
    going,
    lane,
    line,
    note,
    server,
    set_going,
)
from simqueue.engine.compiled.memory import COVER_ENDS, SHIFT_ENDS


@jit
def set_open(d: Row, j: int, target: int) -> None:
    """Bring the servers of lane j that are open by the roster to `target`, breaks aside."""
    lane(d, j).target = target
    missing = max(0, target - n_resting(d, j)) - n_rostered(d, j)
    if missing > 0:
        open_more(d, j, missing)
    elif missing < 0:
        choose_who_goes(d, j, -missing)


@jit
def open_more(d: Row, j: int, n: int) -> None:
    """Open n servers, one by one: to open one may close another of its line."""
    for _ in range(n):
        s = next_to_open(d, j)
        if s < 0:
            return
        leave_till(d, s)
        if server(d, s).duty != OPEN:
            open_server(d, s)


@inlined
def next_to_open(d: Row, j: int) -> int:
    """One still serving its line out, else a closed one, else one opened on demand, or -1."""
    place = lane(d, j)
    closed, called = -1, -1
    for s in range(place.first_server, place.first_server + place.n_servers):
        till = server(d, s)
        if till.rests:
            continue
        if till.duty == CLOSED:
            closed = s if closed < 0 else closed
        elif till.cashier >= 0:
            called = s if called < 0 else called
        elif till.duty != OPEN:
            return s
    return closed if closed >= 0 else called


@jit
def choose_who_goes(d: Row, j: int, n: int) -> None:
    """List n servers: idle ones, highest number first; then those with the fewest people."""
    place = lane(d, j)
    d.n_going = 0
    while d.n_going < n:
        best, best_people = -1, 0
        for s in range(place.first_server, place.first_server + place.n_servers):
            till = server(d, s)
            if till.duty == OPEN and till.cashier < 0 and not is_going(d, s):
                people = reluctance(d, s)
                if best < 0 or people <= best_people:
                    best, best_people = s, people
        set_going(d, d.n_going, best)
        d.n_going += 1


@inlined
def reluctance(d: Row, s: int) -> int:
    """-1 for an idle server, else the people in its line (0 in a shared line)."""
    till = server(d, s)
    queue, shared = line(d, till.line), lane(d, till.lane).n_lines == 1
    if not till.occupied and (shared or queue.n_waiting == 0):
        return -1
    return 0 if shared else queue.n_waiting + queue.n_serving


@inlined
def is_going(d: Row, s: int) -> bool:
    """Whether server s is on the list of those that close now."""
    found = False
    for k in range(d.n_going):
        found = found or going(d, k) == s
    return found


@jit
def let_go(d: Row) -> None:
    """Close the listed servers, one after the other; with `finish_current` their people move on.

    They are listed as the last thing of an event. A line that keeps an open server loses the
    others after their customer; people who wait in a line that keeps none are served out.
    """
    stay_apart()
    for k in range(d.n_going):
        queue = line(d, server(d, going(d, k)).line)
        queue.kept = queue.n_open
    for k in range(d.n_going):
        line(d, server(d, going(d, k)).line).kept -= 1
    for k in range(d.n_going):
        queue = line(d, server(d, going(d, k)).line)
        wind_down(d, going(d, k), queue.n_waiting > 0 and queue.kept == 0)
    for k in range(d.n_going):
        l = server(d, going(d, k)).line
        if d.finish_current and line(d, l).kept == 0:
            line(d, l).kept = -1  # once
            move_on(d, l)
    d.n_going = 0


@inlined
def ask_to_go(d: Row, s: int) -> None:
    """Server s closes at the end of this event."""
    d.n_going = 1
    set_going(d, ZERO, s)


@jit
def look_to_close(d: Row, s: int) -> None:
    """Let the cashier of a till go whose line is empty, when the lines are short."""
    if may_go(d, s):
        ask_to_go(d, s)


# Breaks


@jit
def begin_break(d: Row, s: int, lasts_s: float) -> None:
    """A break is due: a spare cashier covers it, or the till closes; it may be dropped."""
    till = server(d, s)
    if till.duty != OPEN or till.cashier >= 0:
        return  # nobody is there to take it
    note(d, BREAK, NONE, till.line, s)
    c = spare_cashier(d)
    if c < 0:
        till.rests, till.rest_s = 1, lasts_s
        ask_to_go(d, s)
        return
    cashier(d, c).covers = 1
    key = 2 * d.n_pools + 2 * d.n_cashiers + s
    plan(d, d.now + lasts_s, ROSTER, key, COVER_ENDS, s, c)


@inlined
def end_cover(d: Row, s: int, c: int) -> None:
    """The covered break of server s is over."""
    cashier(d, c).covers = 0
    note(d, BACK, NONE, server(d, s).line, s)


@jit
def end_rest(d: Row, s: int) -> None:
    """The break of server s is over; it opens if it is still wanted."""
    till = server(d, s)
    till.rests = 0
    note(d, BACK, NONE, till.line, s)
    if n_rostered(d, till.lane) + n_resting(d, till.lane) < lane(d, till.lane).target:
        open_server(d, s)


# Shifts of those who can be called


@inlined
def begin_shift(d: Row, c: int) -> None:
    """Cashier c is there; the first of a shift comes past the tills anyway."""
    one = cashier(d, c)
    one.on_shift = 1
    if one.first_of_shift:
        look_to_call(d, 0.0)
    if one.end_s < INF:
        plan(d, one.end_s, ROSTER, 2 * d.n_pools + c, SHIFT_ENDS, c, NONE)


@jit
def end_shift(d: Row, c: int) -> None:
    """Cashier c goes home; the till he was called to closes."""
    one = cashier(d, c)
    one.on_shift = 0
    if one.till >= 0 and server(d, one.till).duty == OPEN:
        ask_to_go(d, one.till)
