"""The reference engine: one day as SimPy processes. It draws nothing and knows no psychology.

One process lets customers in, one follows the rosters, one works at each till or machine.
Letters: i customer, j lane, l line, s server.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from enum import Enum
from math import inf
from typing import Any

import simpy

from simqueue.engine.clock import Clock
from simqueue.registry import find
from simqueue.rules import Chooser, LineView
from simqueue.tables import Event, Instant, System, Trace, Why, Workload

Process = Generator[simpy.Event, Any, None]


class Duty(Enum):
    """Whether a server takes customers."""

    CLOSED = 0
    OPEN = 1
    SERVING_OUT = 2  # no newcomers to the line; closes when nobody waits
    LEAVING = 3  # closes after the customer now served


class Server:
    """A till or a machine: a SimPy process that serves one customer after the other."""

    def __init__(self, day: Day, number: int, line: Line) -> None:
        self.day = day
        self.number = number
        self.line = line
        self.pace = float(day.system.server_pace[number])
        self.duty = Duty.CLOSED
        self.occupied = False
        self.planned_free_s = 0.0
        self.called: simpy.Event = day.clock.event()
        day.clock.process(self.work())

    @property
    def idle(self) -> bool:
        """Open, with nobody at it and no gap to finish."""
        return self.duty is Duty.OPEN and not self.occupied

    def begin(self, i: int) -> None:
        """Take customer i from idleness, now."""
        self.start(i)
        self.called.succeed(i)

    def start(self, i: int) -> None:
        """Note that the service of customer i starts now."""
        self.occupied = True
        self.line.in_service.append(i)
        self.day.note(Event.START, i, self.line.number, self.number)

    def work(self) -> Process:
        """Serve whoever is called or next in line, for ever."""
        while True:
            i: int | None = yield self.called
            self.called = self.day.clock.event()
            while i is not None:
                yield from self.serve(i)
                i = self.next_customer()

    def serve(self, i: int) -> Process:
        """One customer, from the start of service until the server is free again."""
        day, line, lane = self.day, self.line, self.line.lane
        gap = lane.gap_s[i]
        if lane.before_call_s[i] < inf:
            yield from self.serve_with_help(i, gap)
        else:
            end = day.clock.now + lane.service_s[i] * self.pace
            self.planned_free_s = end + gap
            yield day.clock.at(end, Instant.END_OF_SERVICE, i)
        line.in_service.remove(i)
        day.note(Event.END, i, line.number, self.number)
        if gap > 0.0:
            self.planned_free_s = day.clock.now + gap
            yield day.clock.at(self.planned_free_s, Instant.END_OF_GAP, i)
        self.occupied = False
        day.note(Event.FREE, i, line.number, self.number)

    def serve_with_help(self, i: int, gap: float) -> Process:
        """The part at a machine of a customer who calls an attendant on the way."""
        day, line, clock = self.day, self.line, self.day.clock
        lane = line.lane
        before, after = lane.before_call_s[i], lane.after_call_s[i] * self.pace
        service = (before + lane.after_call_s[i]) * self.pace
        self.planned_free_s = clock.now + service + gap
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

    def next_customer(self) -> int | None:
        """Whom the server takes on becoming free: the next in line or nobody; it may close."""
        waiting = self.line.waiting
        if waiting and self.duty is not Duty.LEAVING:
            i = waiting.popleft()
            self.start(i)
            return i
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

    def close(self) -> None:
        """Close for good, until the roster opens it again."""
        self.change(Duty.CLOSED)
        self.day.note(Event.CLOSED, -1, self.line.number, self.number)

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


class Line:
    """One queue of people, and the servers it leads to."""

    def __init__(self, day: Day, number: int, lane: Lane) -> None:
        self.day = day
        self.number = number
        self.lane = lane
        self.capacity = int(day.system.line_capacity[number])
        self.position_m = float(day.system.line_position_m[number])
        self.waiting: deque[int] = deque()
        self.in_service: list[int] = []
        self.servers = [Server(day, s, self) for s in day.system.servers_of(number)]
        self.open_servers: list[Server] = []  # without any, nobody may join

    def has_room(self) -> bool:
        """Whether one more may stand here."""
        return len(self.waiting) + len(self.in_service) < self.capacity

    def seen(self, sees: str) -> LineView:
        """What a customer sees of the line, counted anew."""
        items_waiting = items_serving = work_us = rest_us = 0
        if sees == "items":
            items_waiting = sum(self.day.items[i] for i in self.waiting)
            items_serving = sum(self.day.items[i] for i in self.in_service)
        elif sees == "times":
            work_us = sum(self.lane.expected_us[i] for i in self.waiting)
            rest_us = self.rest_us()
        return LineView(
            len(self.waiting),
            len(self.in_service),
            len(self.open_servers),
            items_waiting,
            items_serving,
            work_us,
            rest_us,
            self.lane.mean_us,
            self.number,
            self.lane.kind,
            self.position_m,
        )

    def rest_us(self) -> int:
        """Microseconds until a server is free for one more, the waiting assigned in order."""
        now = self.day.clock.now
        rests = [
            max(0, int((server.planned_free_s - now) * 1e6 + 0.5)) if server.occupied else 0
            for server in self.open_servers
        ]
        for i in self.waiting:
            rests[rests.index(min(rests))] += self.lane.expected_us[i]
        return min(rests)


class Attendants:
    """The people who help at the machines of a lane, oldest call first."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.on_duty = 0
        self.helping = 0
        self.calls: deque[tuple[int, Server, simpy.Event]] = deque()

    def call(self, i: int, server: Server) -> simpy.Event:
        """An event that succeeds when an attendant has come to customer i."""
        came = self.day.clock.event()
        self.calls.append((i, server, came))
        self.answer()
        return came

    def answer(self) -> None:
        """Send whoever is free to the oldest calls."""
        while self.calls and self.helping < self.on_duty:
            i, server, came = self.calls.popleft()
            self.helping += 1
            self.day.note(Event.HELP, i, server.line.number, server.number)
            came.succeed()

    def come_back(self) -> None:
        """One attendant is free again."""
        self.helping -= 1
        self.answer()

    def set_on_duty(self, n: int) -> None:
        """From now on n attendants; help in progress is finished."""
        self.on_duty = n
        self.answer()


class Lane:
    """An entry of the scenario: its lines, its attendants and what it means for each customer."""

    def __init__(self, day: Day, number: int) -> None:
        system = day.system
        self.number = number
        self.kind = int(system.kind[number])
        self.mean_us = int(system.mean_us[number])
        # plain lists: reading one number out of an array costs several times as much
        self.may_use = system.may_use[number].tolist()
        self.service_s = system.service_s[number].tolist()
        self.gap_s = system.gap_s[number].tolist()
        self.before_call_s = system.before_call_s[number].tolist()
        self.after_call_s = system.after_call_s[number].tolist()
        self.help_s = system.help_s[number].tolist()
        self.expected_us = system.expected_us[number].tolist()
        self.attendants = Attendants(day)
        self.lines = [Line(day, number_l, self) for number_l in system.lines_of(number)]

    def set_open(self, target: int) -> None:
        """Bring the number of open servers to `target`, as the roster says."""
        servers = [server for line in self.lines for server in line.servers]
        n_open = sum(len(line.open_servers) for line in self.lines)
        if target > n_open:
            self._open_more(servers, target - n_open)
        else:
            self._close_some(servers, n_open - target, target)
        if target > 0 and len(self.lines) == 1:  # others take over: nobody needs to serve it out
            for server in servers:
                if server.duty is Duty.SERVING_OUT and server.line.open_servers:
                    server.change(Duty.LEAVING)

    def _open_more(self, servers: list[Server], n: int) -> None:
        closing = [s for s in servers if s.duty in (Duty.SERVING_OUT, Duty.LEAVING)]
        closed = [s for s in servers if s.duty is Duty.CLOSED]
        for server in (closing + closed)[:n]:
            server.open()

    def _close_some(self, servers: list[Server], n: int, target: int) -> None:
        shared = len(self.lines) == 1
        duty = Duty.LEAVING if shared and target > 0 else Duty.SERVING_OUT

        def reluctance(server: Server) -> tuple[bool, int, int]:
            people = len(server.line.waiting) + len(server.line.in_service)
            return (not server.idle, 0 if shared else people, -server.number)

        going = sorted((s for s in servers if s.duty is Duty.OPEN), key=reluctance)[:n]
        for server in going:
            server.wind_down(duty)


class Day:
    """Everything of one run: the clock, the lanes, and the trace being written."""

    def __init__(self, workload: Workload, system: System) -> None:
        self.clock = Clock()
        self.system = system
        self.items = workload.items.tolist()
        self.rows: list[tuple[float, int, int, int, int]] = []
        self.lanes = [Lane(self, j) for j in range(len(system.lanes))]
        self.lines = [line for lane in self.lanes for line in lane.lines]
        self.patience_s = system.patience_s.tolist()
        self.customers = Customers(self, workload)
        self.clock.process(self.follow_roster())

    def note(self, event: Event, customer: int, line: int, server: int) -> None:
        """Write a fact into the trace."""
        self.rows.append((self.clock.now, event, customer, line, server))

    def follow_roster(self) -> Process:
        """Open and close servers, send and recall attendants, by the clock."""
        system = self.system
        roster = zip(system.roster_s, system.roster_lane, system.roster_open, strict=True)
        attendants = zip(
            system.attendants_s, system.attendants_lane, system.attendants_on, strict=True
        )
        changes = [(time_s, j, 0, n) for time_s, j, n in roster]
        changes += [(time_s, j, 1, n) for time_s, j, n in attendants]
        for time_s, j, is_attendants, n in sorted(changes):
            yield self.clock.at(float(time_s), Instant.ROSTER, 2 * int(j) + is_attendants)
            if is_attendants:
                self.lanes[j].attendants.set_on_duty(int(n))
            else:
                self.lanes[j].set_open(int(n))

    def trace(self) -> Trace:
        """What has been written, as a table."""
        columns: list[Any] = list(zip(*self.rows, strict=True)) or [()] * 5
        return Trace(*columns)


class Customers:
    """Those who come: they choose a line, stand in it, and may give up."""

    def __init__(self, day: Day, workload: Workload) -> None:
        self.day = day
        self.arrival_s = workload.arrival_s.tolist()
        self.u_choice = workload.u_choice.tolist()
        self.place = workload.place.tolist()
        self.choice = day.system.choice
        rule = find("lane_choice", self.choice.rule)
        self.score, self.sees = rule.function, rule.defaults["sees"]
        self.ties_random = self.choice.ties_random or self.choice.rule == "random"
        self.perception = day.system.perception.tolist()
        self.front_m = max((line.position_m for line in day.lines), default=0.0)
        self.line_of_last = -1
        day.clock.process(self.arrive())

    def arrive(self) -> Process:
        """Let the customers in, one by one."""
        for i, arrival_s in enumerate(self.arrival_s):
            yield self.day.clock.at(arrival_s, Instant.ARRIVAL, i)
            line = self.choose(i)
            if line is not None:
                self.join(i, line)

    def join(self, i: int, line: Line) -> None:
        """Customer i stands in the line, and is served at once if a server is idle."""
        day = self.day
        day.note(Event.JOIN, i, line.number, -1)
        self.line_of_last = line.number
        for server in line.open_servers:
            if not server.occupied:
                server.begin(i)
                return
        line.waiting.append(i)
        if day.patience_s[i] < inf:
            gives_up = day.clock.at(day.clock.now + day.patience_s[i], Instant.RENEGE, i)
            gives_up.callbacks.append(lambda _: self.give_up(i, line))

    def give_up(self, i: int, line: Line) -> None:
        """Leave the line if still waiting there."""
        if i in line.waiting:
            line.waiting.remove(i)
            self.day.note(Event.RENEGE, i, line.number, -1)

    def choose(self, i: int) -> Line | None:
        """The line customer i joins; None when there is none for him (noted as balking)."""
        lanes = [lane for lane in self.day.lanes if lane.may_use[i]]
        open_ = [line for lane in lanes for line in lane.lines if line.open_servers]
        eligible = [line for line in open_ if line.has_room()]
        if not eligible:
            why = Why.NO_ROOM if open_ else Why.NO_OPEN_LANE if lanes else Why.NOBODY_MAY_SERVE
            self.day.note(Event.BALK, i, -1, why)
            return None
        if len(eligible) == 1:  # nothing to compare
            return eligible[0]
        return self.settle(i, eligible, self.judge(i, eligible))

    def judge(self, i: int, eligible: list[Line]) -> list[float]:
        """The scores of lines in the eyes of customer i."""
        chooser = Chooser(
            self.day.items[i], self.place[i] * self.front_m, self.line_of_last, len(self.day.lines)
        )
        scores = [self.score(line.seen(self.sees), chooser, self.choice) for line in eligible]
        if self.perception:
            errors = [self.perception[line.number][i] for line in eligible]
            scores = [score * error for score, error in zip(scores, errors, strict=True)]
        return scores

    def settle(self, i: int, eligible: list[Line], scores: list[float]) -> Line:
        """The line with the lowest score; ties: the preferred kind, then random or first."""
        lowest = min(scores)
        tied = [line for line, score in zip(eligible, scores, strict=True) if score == lowest]
        if self.choice.prefer >= 0:
            tied = [line for line in tied if line.lane.kind == self.choice.prefer] or tied
        return tied[int(self.u_choice[i] * len(tied))] if self.ties_random else tied[0]


def simulate(workload: Workload, system: System) -> Trace:
    """Everything that happens on one day, in order; the same input gives the same bytes."""
    day = Day(workload, system)
    day.clock.run()
    return day.trace()
