"""The roster: how many servers of a lane are open, by the clock; and personal breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simqueue.engine.reference.lines import Lane
from simqueue.engine.reference.servers import Duty, Process, Server
from simqueue.tables import Event, Instant

if TYPE_CHECKING:
    from simqueue.engine.reference.day import Day


class Roster:
    """Opens and closes servers, sends and recalls attendants."""

    def __init__(self, day: Day) -> None:
        self.day = day
        day.clock.process(self.follow())

    def follow(self) -> Process:
        """Do what the roster says, entry by entry; at one instant lane (or pool) by number."""
        day, system = self.day, self.day.system
        roster = zip(system.roster_s, system.roster_lane, system.roster_open, strict=True)
        attendants = zip(
            system.attendants_s, system.attendants_pool, system.attendants_on, strict=True
        )
        changes = [(float(time_s), int(j), 0, int(n)) for time_s, j, n in roster]
        changes += [(float(time_s), int(j), 1, int(n)) for time_s, j, n in attendants]
        for time_s, j, is_attendants, n in sorted(changes, key=lambda change: change[:3]):
            yield day.clock.at(time_s, Instant.ROSTER, 2 * j + is_attendants)
            if is_attendants:
                day.pools[j].set_on_duty(n)
            else:
                self.set_open(day.lanes[j], n)
            day.settle()

    def set_open(self, lane: Lane, target: int) -> None:
        """Bring the servers of the lane that are open by the roster to `target`, breaks aside."""
        lane.target = target
        missing = max(0, target - lane.resting()) - lane.n_rostered()
        if missing > 0:
            self._open_more(lane, missing)
        elif missing < 0:
            self.wind_down(self._first_to_go(lane, -missing))

    def _open_more(self, lane: Lane, n: int) -> None:
        """Open n servers, one by one: to open one may close another of its line."""
        for _ in range(n):
            server = self._next_to_open(lane)
            if server is None:
                return
            if server.cashier is not None:
                server.cashier.leave_till()
            if server.duty is not Duty.OPEN:
                server.open()

    def _next_to_open(self, lane: Lane) -> Server | None:
        """One still serving its line out, else a closed one, else one opened on demand."""
        here = [s for s in lane.servers if s.rest_s is None]
        closing = [s for s in here if s.closing and s.cashier is None]
        closed = [s for s in here if s.duty is Duty.CLOSED]
        called = [s for s in here if s.duty is not Duty.CLOSED and s.cashier is not None]
        return next(iter(closing + closed + called), None)

    def _first_to_go(self, lane: Lane, n: int) -> list[Server]:
        """Idle servers first, highest number first; then those with the fewest people.

        One that has stopped while people wait in its own line is not idle.
        """
        shared = len(lane.lines) == 1

        def reluctance(server: Server) -> tuple[bool, int, int]:
            waiting = 0 if shared else len(server.line.waiting)
            people = 0 if shared else waiting + len(server.line.in_service)
            return (server.occupied or waiting > 0, people, -server.number)

        return sorted((s for s in lane.servers if s.rostered), key=reluctance)[:n]

    def wind_down(self, going: list[Server]) -> None:
        """Close these servers, one after the other; with `finish_current` their people move on.

        A line that keeps an open server loses the others after their customer; people who wait in
        a line that keeps none are served out.
        """
        lines = list(dict.fromkeys(server.line for server in going))
        kept = {line: set(line.open_servers) - set(going) for line in lines}
        for server in going:
            server.wind_down(alone=not kept[server.line])
        if self.day.system.finish_current:
            for line in lines:
                if not kept[line]:
                    self.day.customers.move_on(line)


class Breaks:
    """Personal breaks: taken after the line is served, late rather than skipped."""

    def __init__(self, day: Day) -> None:
        self.day = day
        system = day.system
        for time_s, s, lasts_s in zip(
            system.break_s, system.break_server, system.break_lasts_s, strict=True
        ):
            day.clock.process(self.due(float(time_s), day.servers[int(s)], float(lasts_s)))

    def due(self, time_s: float, server: Server, lasts_s: float) -> Process:
        """One break: a spare cashier covers it, or the till closes for it."""
        day = self.day
        yield day.clock.at(time_s, Instant.ROSTER, day.key_of_break(server))
        if not server.rostered:
            return  # nobody is there to take it
        day.note(Event.BREAK, -1, server.line.number, server.number)
        cover = day.demand.spare()
        if cover is None:
            server.rest_s = lasts_s
            day.roster.wind_down([server])
            day.settle()
            return
        cover.covers = True
        day.settle()
        yield day.clock.at(time_s + lasts_s, Instant.ROSTER, day.key_of_return(server))
        cover.covers = False
        day.note(Event.BACK, -1, server.line.number, server.number)

    def rest(self, server: Server, lasts_s: float) -> Process:
        """The break itself, from the closing of the till; then it opens if it is still wanted."""
        day, lane = self.day, server.line.lane
        yield day.clock.at(day.clock.now + lasts_s, Instant.ROSTER, day.key_of_return(server))
        server.rest_s = None
        day.note(Event.BACK, -1, server.line.number, server.number)
        if lane.n_rostered() + lane.resting() < lane.target:
            server.open()
        day.settle()
