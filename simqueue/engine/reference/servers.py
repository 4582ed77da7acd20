"""Tills and machines: each is a SimPy process that serves one customer after the other."""

from __future__ import annotations

from collections.abc import Generator
from enum import Enum
from math import inf
from typing import TYPE_CHECKING, Any

import simpy

from simqueue.engine.reference.service import pay, serve_with_help
from simqueue.tables import Event, Instant

if TYPE_CHECKING:
    from simqueue.engine.reference.day import Day
    from simqueue.engine.reference.demand import Cashier
    from simqueue.engine.reference.lines import Line

Process = Generator[simpy.Event, Any, None]

# What every customer meets: a name of an enumeration takes five times as long to look up.
START, END, FREE, END_OF_SERVICE = Event.START, Event.END, Event.FREE, Instant.END_OF_SERVICE


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
        self.serving: int | None = None  # who is served here; nobody during a gap
        self.end_s = 0.0  # of the service going on, if help takes no time
        self.pending: simpy.Event | None = None  # what ends the present part of the service
        self.being_helped = False  # the customer, by somebody who has come
        self.planned_free_s = 0.0
        self.n_stoppages = 0  # going on
        self.until_s = 0.0  # the last of them ends
        self.cashier: Cashier | None = None  # who was called here; None = here by the roster
        self.may_close_s = 0.0  # from when he may go again
        self.rest_s: float | None = None  # the break that is due or being taken
        self.called: simpy.Event = day.clock.event()
        self.process = day.clock.process(self.work())

    @property
    def works(self) -> bool:
        """Whether no stoppage is going on."""
        return self.n_stoppages == 0

    @property
    def rostered(self) -> bool:
        """Open by the roster, not called on demand."""
        return self.duty is Duty.OPEN and self.cashier is None

    @property
    def closing(self) -> bool:
        """Still busy, but no longer taking newcomers."""
        return self.duty in (Duty.SERVING_OUT, Duty.LEAVING)

    @property
    def lets_go(self) -> bool:
        """Whether who is served could go: not while he is helped, or waits for help or cards."""
        return self.pending is not None and not self.being_helped

    def begin(self, i: int) -> None:
        """Take customer i from idleness, now."""
        self.start(i)
        self.called.succeed(i)

    def start(self, i: int) -> None:
        """Note that the service of customer i starts now, and when it is planned to end."""
        self.occupied = True
        self.serving = i
        self.end_s = self.day.clock.now + self.planned_s(i)
        self.planned_free_s = self.end_s + self.line.lane.gap_s[i]
        self.line.in_service.append(i)
        self.day.note(START, i, self.line.number, self.number)

    def planned_s(self, i: int) -> float:
        """How long customer i's service takes here if help comes at once and takes no time."""
        lane = self.line.lane
        own_s: float = lane.service_s[i]
        if lane.before_call_s[i] < inf:
            again = lane.again(i)
            before = lane.before_call_s[i] if again == inf else lane.before_call_s[i] + again
            own_s = before + lane.after_call_s[i]
        return own_s * self.pace

    def work(self) -> Process:
        """Serve whoever is called or next in line, for ever."""
        day, clock, lane = self.day, self.day.clock, self.line.lane
        while True:
            i: int | None = yield self.called
            self.called = clock.event()
            while i is not None:
                ending = END
                try:
                    if lane.before_call_s[i] < inf:
                        yield from serve_with_help(self, i)
                    else:
                        self.pending = clock.at(self.end_s, END_OF_SERVICE, i)
                        yield self.pending
                    if day.may_not_pay:
                        ending = yield from pay(self, i)
                except simpy.Interrupt:  # he has been sent on to another line
                    break
                self.part_with(i, ending)
                if lane.gap_s[i] > 0.0 and ending is END:
                    self.planned_free_s = clock.now + lane.gap_s[i]
                    yield clock.at(self.planned_free_s, Instant.END_OF_GAP, i)
                i = self.become_free(i)
                if day.reacts:
                    day.after_service(self)

    def part_with(self, i: int, ending: Event) -> None:
        """Customer i leaves, having paid or not; the server may still be held for a while."""
        self.line.in_service.remove(i)
        self.serving = None
        self.day.note(ending, i, self.line.number, self.number)
        if self.day.followers:
            self.day.customers.go_on(i, ending)
        if self.day.reacts and ending is END and self.line.lane.gap_s[i] > 0.0:
            self.day.settle()

    def send_away(self, i: int) -> None:
        """Customer i goes on to another line, unserved."""
        self.line.in_service.remove(i)
        self.serving = None
        self.day.note(Event.SENT_ON, i, self.line.number, self.number)
        self.process.interrupt()
        self.become_free(i)

    def become_free(self, i: int) -> int | None:
        """Be done with customer i; returns whom the server takes next, if anybody."""
        self.occupied = False
        self.day.note(FREE, i, self.line.number, self.number)
        return self.next_customer()

    def next_customer(self) -> int | None:
        """Start with the next in line, if there is one for this server; else perhaps close."""
        waiting = self.line.waiting
        if waiting and self.duty is not Duty.LEAVING:
            if self.n_stoppages:
                return None
            following = waiting.popleft()
            self.start(following)
            return following
        if self.duty is not Duty.OPEN:
            self.close()
        return None

    def stop(self, lasts_s: float, end_s: float) -> float:
        """Work no longer, until `end_s`; by how much this is later than was known before."""
        later_s = lasts_s if self.works else max(0.0, end_s - self.until_s)
        self.until_s = end_s if self.works else max(self.until_s, end_s)
        self.n_stoppages += 1
        self.line.count_servers()
        return later_s

    def delay(self, by_s: float) -> None:
        """What was to come next for the customer comes later; if nothing was, all that follows."""
        if by_s > 0.0:
            self.planned_free_s += by_s
            if self.pending is not None:
                self.day.clock.postpone(self.pending, by_s)

    def work_again(self) -> None:
        """One stoppage less; after the last, take the first in line, or close if that is due."""
        self.n_stoppages -= 1
        self.line.count_servers()
        if self.works and not self.occupied and self.duty is not Duty.CLOSED:
            following = self.next_customer()
            if following is not None:
                self.called.succeed(following)

    def open(self) -> None:
        """Open, or take newcomers again; an unoccupied server takes the first in line at once."""
        self.change(Duty.OPEN)
        self.day.note(Event.OPEN, -1, self.line.number, self.number)
        self.line.nobody_needs_to_serve_it_out()
        if self.line.waiting and self.works and not self.occupied:
            self.begin(self.line.waiting.popleft())

    def close(self) -> None:
        """Close; a cashier who was called here is free to go, a break begins."""
        self.change(Duty.CLOSED)
        self.day.note(Event.CLOSED, -1, self.line.number, self.number)
        if self.cashier is not None:
            self.cashier.leave_till()
        if self.rest_s is not None:
            self.day.clock.process(self.day.breaks.rest(self, self.rest_s))

    def wind_down(self, alone: bool) -> None:
        """Stop taking newcomers: close at once when unoccupied, else after the customer.

        `alone` says that no server of the line stays open: then who waits there is served out.
        """
        needed = alone and bool(self.line.waiting)
        if not self.occupied and not needed:
            self.close()
        else:
            self.change(Duty.SERVING_OUT if needed else Duty.LEAVING)
            self.day.note(Event.CLOSING, -1, self.line.number, self.number)

    def change(self, duty: Duty) -> None:
        """Take up another duty; the line counts its open servers anew."""
        self.duty = duty
        self.line.count_servers()
