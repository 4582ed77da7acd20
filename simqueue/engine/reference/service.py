"""What happens to a customer while he is served: his own part, calls for help, paying."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import TYPE_CHECKING, Any

import simpy

from simqueue.tables import Event, Instant, Kind

if TYPE_CHECKING:
    from simqueue.engine.reference.servers import Server

Steps = Generator[simpy.Event, Any, None]


def serve_with_help(server: Server, i: int) -> Steps:
    """The service of a customer who calls somebody on the way, once or twice."""
    lane, clock, pace = server.line.lane, server.day.clock, server.pace
    again, after = lane.again(i), lane.after_call_s[i]
    server.pending = clock.at(clock.now + lane.before_call_s[i] * pace, Instant.CALL_FOR_HELP, i)
    yield server.pending
    if again < inf:
        yield from _be_helped(server, i, lane.help_s[i], (again + after) * pace)
        server.pending = clock.at(clock.now + again * pace, Instant.CALL_FOR_HELP, i)
        yield server.pending
        yield from _be_helped(server, i, lane.again_help_s[i], after * pace)
    else:
        yield from _be_helped(server, i, lane.help_s[i], after * pace)
    server.pending = clock.at(clock.now + after * pace, Instant.END_OF_SERVICE, i)
    yield server.pending


def _be_helped(server: Server, i: int, help_s: float, left_s: float) -> Steps:
    """Call, wait until somebody comes, be helped; `left_s` of the service is left then."""
    day, clock, lane = server.day, server.day.clock, server.line.lane
    gap_s = lane.gap_s[i]
    server.pending = None
    day.note(Event.CALL, i, server.line.number, server.number)
    server.planned_free_s = clock.now + help_s + left_s + gap_s
    yield lane.pool.call(i, server)
    server.planned_free_s = clock.now + help_s + left_s + gap_s
    server.being_helped = True
    server.pending = clock.at(clock.now + help_s, Instant.END_OF_HELP, i)
    yield server.pending
    server.being_helped = False
    server.planned_free_s = clock.now + left_s + gap_s
    day.note(Event.HELPED, i, server.line.number, server.number)
    lane.pool.come_back()


def pay(server: Server, i: int) -> Generator[simpy.Event, Any, Event]:
    """How the service ends, once customer i can pay or has found that he cannot."""
    lane, day = server.line.lane, server.day
    if lane.fails and lane.fails[i]:
        return Event.FAILED
    if lane.kind != Kind.STATION and day.cards.refuse(i):
        if day.cards.windows.leaves:
            return Event.LEFT
        day.note(Event.HELD, i, server.line.number, server.number)
        server.pending = None
        server.planned_free_s = day.cards.until_s + lane.gap_s[i]
        yield day.cards.work_again
        yield day.clock.at(day.clock.now, Instant.END_OF_SERVICE, i)
    return Event.END
