"""Tills and machines: each is a SimPy process that serves one customer after the other."""

from __future__ import annotations

from collections.abc import Generator
from enum import Enum
from math import inf
from typing import TYPE_CHECKING, Any

import simpy

from simqueue.tables import Event, Instant

if TYPE_CHECKING:
    from simqueue.engine.reference.day import Day
    from simqueue.engine.reference.demand import Cashier
    from simqueue.engine.reference.lines import Line

Process = Generator[simpy.Event, Any, None]


class Duty(Enum):
    """Whether a server takes customers."""

    CLOSED = 0
    OPEN = 1
    SERVING_OUT = 2  # no newcomers to the line; closes when nobody waits
    LEAVING = 3  # closes after the customer now served


class Server:
    """A till or a machine."""

    def __init__(self, day: Day, number: int, line: Line) -> None:
        self.day = day
        self.number = number
        self.line = line
        self.pace = float(day.system.server_pace[number])
        self.duty = Duty.CLOSED
        self.occupied = False
        self.end_s = 0.0  # of the service going on, if help takes no time
        self.planned_free_s = 0.0
        self.cashier: Cashier | None = None  # who was called here; None = here by the roster
        self.may_close_s = 0.0  # from when he may go again
        self.rest_s: float | None = None  # the break that is due or being taken
        self.called: simpy.Event = day.clock.event()
        day.clock.process(self.work())

    @property
    def idle(self) -> bool:
        """Open, with nobody at it and no gap to finish."""
        return self.duty is Duty.OPEN and not self.occupied

    @property
    def rostered(self) -> bool:
        """Open by the roster, not called on demand."""
        return self.duty is Duty.OPEN and self.cashier is None

    @property
    def closing(self) -> bool:
        """Still busy, but no longer taking newcomers."""
        return self.duty in (Duty.SERVING_OUT, Duty.LEAVING)

    def begin(self, i: int) -> None:
        """Take customer i from idleness, now."""
        self.start(i)
        self.called.succeed(i)

    def start(self, i: int) -> None:
        """Note that the service of customer i starts now, and when it is planned to end."""
        self.occupied = True
        self.end_s = self.day.clock.now + self.planned_s(i)
        self.planned_free_s = self.end_s + self.line.lane.gap_s[i]
        self.line.in_service.append(i)
        self.day.note(Event.START, i, self.line.number, self.number)

    def planned_s(self, i: int) -> float:
        """How long customer i's service takes here if help comes at once and takes no time."""
        lane = self.line.lane
        own_s: float = lane.service_s[i]
        if lane.before_call_s[i] < inf:
            own_s = lane.before_call_s[i] + lane.after_call_s[i]
        return own_s * self.pace

    def work(self) -> Process:
        """Serve whoever is called or next in line, for ever."""
        day, clock, lane = self.day, self.day.clock, self.line.lane
        while True:
            i: int | None = yield self.called
            self.called = clock.event()
            while i is not None:
                if lane.before_call_s[i] < inf:
                    yield from self.serve_with_help(i)
                else:
                    yield clock.at(self.end_s, Instant.END_OF_SERVICE, i)
                self.part_with(i)
                if lane.gap_s[i] > 0.0:
                    self.planned_free_s = clock.now + lane.gap_s[i]
                    yield clock.at(self.planned_free_s, Instant.END_OF_GAP, i)
                i = self.become_free(i)
                if day.reacts:
                    day.after_service(self)

    def serve_with_help(self, i: int) -> Process:
        """The service at a machine of a customer who calls an attendant on the way."""
        day, line, clock = self.day, self.line, self.day.clock
        lane, gap = line.lane, line.lane.gap_s[i]
        before, after = lane.before_call_s[i], lane.after_call_s[i] * self.pace
        yield clock.at(clock.now + before * self.pace, Instant.CALL_FOR_HELP, i)
        day.note(Event.CALL, i, line.number, self.number)
        self.planned_free_s = clock.now + lane.help_s[i] + after + gap
        yield lane.attendants.call(i, self)
        self.planned_free_s = clock.now + lane.help_s[i] + after + gap
        yield clock.at(clock.now + lane.help_s[i], Instant.END_OF_HELP, i)
        self.planned_free_s = clock.now + after + gap
        end = clock.at(clock.now + after, Instant.END_OF_SERVICE, i)
        day.note(Event.HELPED, i, line.number, self.number)
        lane.attendants.come_back()
        yield end

    def part_with(self, i: int) -> None:
        """Customer i has paid and leaves; the server may still be held for a while."""
        self.line.in_service.remove(i)
        self.day.note(Event.END, i, self.line.number, self.number)
        if self.day.reacts and self.line.lane.gap_s[i] > 0.0:
            self.day.settle()

    def become_free(self, i: int) -> int | None:
        """Be done with customer i; returns whom the server takes next, if anybody."""
        self.occupied = False
        self.day.note(Event.FREE, i, self.line.number, self.number)
        return self.next_customer()

    def next_customer(self) -> int | None:
        """Start with the next in line, if there is one for this server; else perhaps close."""
        waiting = self.line.waiting
        if waiting and self.duty is not Duty.LEAVING:
            following = waiting.popleft()
            self.start(following)
            return following
        if self.duty is not Duty.OPEN:
            self.close()
        return None

    def open(self) -> None:
        """Open, or take newcomers again; an unoccupied server takes the first in line at once."""
        was_closed = self.duty is Duty.CLOSED
        self.change(Duty.OPEN)
        self.day.note(Event.OPEN, -1, self.line.number, self.number)
        if was_closed and self.line.waiting:
            self.begin(self.line.waiting.popleft())
        self.line.nobody_needs_to_serve_it_out()

    def close(self) -> None:
        """Close; a cashier who was called here is free to go, a break begins."""
        self.change(Duty.CLOSED)
        self.day.note(Event.CLOSED, -1, self.line.number, self.number)
        if self.cashier is not None:
            self.cashier.leave_till()
        if self.rest_s is not None:
            self.day.clock.process(self.day.breaks.rest(self, self.rest_s))

    def wind_down(self, duty: Duty) -> None:
        """Stop taking newcomers: close at once when idle, else as `duty` says."""
        if self.idle:
            self.close()
        else:
            self.change(duty)
            self.day.note(Event.CLOSING, -1, self.line.number, self.number)

    def change(self, duty: Duty) -> None:
        """Take up another duty; the line counts its open servers anew."""
        self.duty = duty
        self.line.open_servers = [s for s in self.line.servers if s.duty is Duty.OPEN]
