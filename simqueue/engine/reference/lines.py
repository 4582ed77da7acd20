"""Lanes and their lines: queues of people, and the servers they lead to."""

from __future__ import annotations

from collections import deque
from math import inf
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from simqueue.engine.reference.pools import Pool
from simqueue.engine.reference.servers import Duty, Server
from simqueue.rules import LineView
from simqueue.tables import Kind

if TYPE_CHECKING:
    from simqueue.engine.reference.day import Day


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
        self.working: list[Server] = []  # those of them that work
        self.seen_servers: list[Server] = []  # those that count for customers

    def count_servers(self) -> None:
        """Sort the servers anew, after one has opened, closed, stopped or been repaired."""
        self.open_servers = [s for s in self.servers if s.duty is Duty.OPEN]
        self.working = self.open_servers
        if self.day.breakdowns.any:
            self.working = [s for s in self.open_servers if s.works]
        self.seen_servers = self.working or self.open_servers

    def has_room(self) -> bool:
        """Whether one more may stand here."""
        return len(self.waiting) + len(self.in_service) < self.capacity

    def idle_server(self) -> Server | None:
        """The open server with the lowest number that works and that nobody occupies."""
        return next((server for server in self.working if not server.occupied), None)

    def is_staffed(self) -> bool:
        """Whether some server here is not closed, be it only to serve the line out."""
        return any(server.duty is not Duty.CLOSED for server in self.servers)

    def nobody_needs_to_serve_it_out(self) -> None:
        """A server that serves a shared line out may go once another has opened there."""
        for server in self.servers:
            if server.duty is Duty.SERVING_OUT and self.open_servers:
                server.change(Duty.LEAVING)
                if not server.occupied:
                    server.close()

    def nobody_waits(self) -> None:
        """Servers kept only for people who have gone may close: stopped ones with nobody there."""
        for server in self.servers:
            if server.duty is Duty.SERVING_OUT and not server.occupied:
                server.close()

    def somebody_serves(self) -> None:
        """A line that somebody has joined is served out, if only by those about to leave."""
        if not any(server.duty in (Duty.OPEN, Duty.SERVING_OUT) for server in self.servers):
            for server in self.servers:
                if server.closing:
                    server.change(Duty.SERVING_OUT)

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
            len(self.seen_servers),
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
            for server in self.seen_servers
        ]
        if not self.working:
            rests = [
                max(rest, int((server.until_s - now) * 1e6 + 0.5))
                for rest, server in zip(rests, self.seen_servers, strict=True)
            ]
        for i in self.waiting:
            rests[rests.index(min(rests))] += self.lane.expected_us[i]
        return min(rests)


class Lane:
    """An entry of the scenario: its lines, who helps there, what it means for each customer."""

    def __init__(self, day: Day, number: int) -> None:
        system = day.system
        self.number = number
        self.kind = int(system.kind[number])
        self.has_tills = self.kind in (Kind.STAFFED, Kind.EXPRESS)
        self.mean_us = int(system.mean_us[number])
        # plain lists: reading one number out of an array costs several times as much
        self.may_use = system.may_use[number].tolist()
        self.service_s = system.service_s[number].tolist()
        self.gap_s = system.gap_s[number].tolist()
        self.before_call_s = system.before_call_s[number].tolist()
        self.after_call_s = system.after_call_s[number].tolist()
        self.help_s = system.help_s[number].tolist()
        self.expected_us = system.expected_us[number].tolist()
        self.again_after_s = _row(system.again_after_s, number)
        self.again_help_s = _row(system.again_help_s, number)
        self.fails = _row(system.fails, number)
        pool = int(system.lane_pool[number]) if len(system.lane_pool) else number
        self.pool: Pool = day.pools[pool]
        self.lines = [Line(day, number_l, self) for number_l in system.lines_of(number)]
        self.servers = [server for line in self.lines for server in line.servers]
        self.target = 0  # servers that the roster wants open now

    def again(self, i: int) -> float:
        """Service time of customer i from the end of help to his second call; inf = none."""
        return self.again_after_s[i] if self.again_after_s else inf

    def resting(self) -> int:
        """How many servers are on a break, or serve their line out before one."""
        return sum(server.rest_s is not None for server in self.servers)

    def n_rostered(self) -> int:
        """How many servers are open by the roster."""
        return sum(server.rostered for server in self.servers)


def _row(table: NDArray[Any], lane: int) -> list[Any]:
    """A lane's row of an optional table; empty where nobody is concerned."""
    row: list[Any] = table[lane].tolist() if len(table) else []
    return row
