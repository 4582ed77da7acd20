"""One walk through the trace, row by row: most of the log is written down on it.

Letters: i customer (a visit), k row of the trace, s server, `at` a line. Runs in plain Python or
compiled (`two_ways`).
"""

from __future__ import annotations

from simqueue.engine.log.moments import (
    BALK,
    END,
    ENDS_SERVICE,
    FREE,
    JOIN,
    LEAVE,
    RENEGE,
    START,
    Moments,
    Rows,
    arrive_on_foot,
    happen,
    join_first,
    pay,
    start,
)
from simqueue.engine.log.standing import Floor, begin, finish, join, leave


def walk(rows: Rows, moments: Moments, floor: Floor) -> None:
    """Write down every visit, and what standing in line was like."""
    n_rows, time_s, event, customer, line, server = rows
    visits, ahead_at_join = moments.visits, floor.standing.ahead_at_join
    waiting, in_service = floor.lines.waiting, floor.lines.in_service
    begin(floor)
    for k in range(n_rows):
        what, i = event[k], customer[k]
        if what == FREE or i < 0:
            continue
        at, s, now = line[k], server[k], time_s[k]
        if at < 0:
            if what in (BALK, RENEGE):  # turned away, or gave up on foot
                happen(moments, what, i, at, s, now)
        elif what == JOIN:
            if visits.line[i] < 0:
                ahead_at_join[i] = waiting[at] + in_service[at]
                join_first(moments, i, now)
            elif moments.present.on_foot[i]:
                arrive_on_foot(moments, i, now)
            visits.line[i] = at
            visits.lane[i] = moments.shop.line_lane[at]
            if waiting[at] > 0 or not starts_at_once(rows, k):
                join(floor, i, at, now)
        elif what == START:
            start(moments, i, s, now)
            in_service[at] += 1
            if waiting[at] > 0:
                leave(floor, i, at, now)
        elif what == END:
            pay(moments, i, at, s, now)
            in_service[at] -= 1
        else:
            happen(moments, what, i, at, s, now)
            if what in (RENEGE, LEAVE):
                leave(floor, i, at, now)
            elif what in ENDS_SERVICE:
                in_service[at] -= 1
    finish(floor)


def starts_at_once(rows: Rows, k: int) -> bool:
    """Whether he who joins in row k is served at that very moment."""
    n_rows, time_s, event, customer, _, _ = rows
    if k + 1 == n_rows or event[k + 1] != START:
        return False
    return bool(customer[k + 1] == customer[k] and time_s[k + 1] == time_s[k])
