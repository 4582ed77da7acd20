"""Pools of staff who come when called: to machines, to tills, or to open a till."""

from __future__ import annotations

from collections import deque
from math import inf
from typing import TYPE_CHECKING

import simpy

from simqueue.tables import Event, System

if TYPE_CHECKING:
    from simqueue.engine.reference.day import Day
    from simqueue.engine.reference.servers import Server


class Pool:
    """Staff who answer the calls of one lane or several, oldest call first."""

    def __init__(self, day: Day, on_duty: float = 0) -> None:
        self.day = day
        self.on_duty = on_duty
        self.busy = 0  # helping, or on the way to a till or working there
        self.calls: deque[tuple[int, Server, simpy.Event]] = deque()

    @property
    def has_free(self) -> bool:
        """Whether somebody could come now."""
        return self.busy < self.on_duty

    def call(self, i: int, server: Server) -> simpy.Event:
        """An event that succeeds when somebody has come to customer i."""
        came = self.day.clock.event()
        self.calls.append((i, server, came))
        self.answer()
        return came

    def answer(self) -> None:
        """Send whoever is free to the oldest calls."""
        while self.calls and self.busy < self.on_duty:
            i, server, came = self.calls.popleft()
            self.busy += 1
            self.day.note(Event.HELP, i, server.line.number, server.number)
            came.succeed()

    def leave(self) -> None:
        """Somebody sets off to open a till, and is missed here."""
        self.busy += 1

    def come_back(self) -> None:
        """Somebody is free again."""
        self.busy -= 1
        self.answer()

    def set_on_duty(self, n: int) -> None:
        """From now on n on duty; help in progress is finished."""
        self.on_duty = n
        self.answer()


def pools_of(day: Day) -> list[Pool]:
    """The pools of a day by number; each lane has one of its own, named or not.

    One more stands last, for -1: calls that nobody needs to answer, as if all the world were there.
    """
    return [*(Pool(day) for _ in range(day.n_pools)), Pool(day, inf)]


def n_pools(system: System) -> int:
    """How many pools there are, beginning with one for each lane."""
    named = [*system.lane_pool, *system.attendants_pool, system.demand.pool]
    return max(len(system.lanes), 1 + int(max(named)))
