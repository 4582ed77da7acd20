"""Changing lines: the last in a line goes where fewer people stand ahead of him."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simqueue.engine.reference.lines import Line
from simqueue.engine.reference.servers import Duty, Process
from simqueue.registry import find
from simqueue.tables import Instant

if TYPE_CHECKING:
    from simqueue.engine.reference.day import Day


class Jockeying:
    """Asks the last of each line whenever something has changed, longest line first."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.terms = day.system.jockey
        self.willing = day.system.willing.tolist()
        self.gain = find("jockey", "shorter_by").function

    def look(self) -> None:
        """Ask each line's last customer once, from the longest line to the shortest."""
        lengths = [(-len(line.waiting), line.number, line) for line in self.day.lines]
        for _, _, line in sorted(lengths, key=lambda found: found[:2]):
            if line.waiting and self.willing[line.waiting[-1]]:
                self.ask(line.waiting[-1], line)

    def ask(self, i: int, line: Line) -> None:
        """Let customer i, the last of his line, set off if another is shorter by enough."""
        better = [
            (self._gain(line, other), other)
            for other in self.day.customers.eligible(i)
            if other is not line
        ]
        best = max((gain for gain, _ in better), default=0.0)
        if not better or best < self.terms.shorter_by:
            return
        goal = next(other for gain, other in better if gain == best)
        self.day.customers.leave(i, line)
        self.day.customers.walking.add(i)
        self.day.clock.process(self.walk(i, line, goal))

    def _gain(self, line: Line, other: Line) -> float:
        ahead = len(line.waiting) - 1 + len(line.in_service)
        servers = sum(server.duty is not Duty.CLOSED for server in line.servers)
        there = len(other.waiting) + len(other.in_service)
        gain: float = self.gain(
            ahead, max(1, servers), there, len(other.seen_servers), self.day.system.choice
        )
        return gain

    def walk(self, i: int, line: Line, goal: Line) -> Process:
        """From one line to the other; if that has closed meanwhile, customer i chooses again."""
        day, customers = self.day, self.day.customers
        yield day.clock.at(day.clock.now + self.terms.walk_s, Instant.END_OF_WALK, i)
        if i not in customers.walking:
            return  # he gave up on the way
        customers.walking.discard(i)
        found = goal if goal.open_servers else customers.choose_again(i)
        found = found or self._some_line(i, line)
        if found is None:
            customers.give_up_for_good(i, -1)
        else:
            customers.join(i, found)
        day.settle()

    def _some_line(self, i: int, line: Line) -> Line | None:
        """With no open line left: back to his own, or any that still serves people out."""
        usable = [other for other in self.day.lines if other.lane.may_use[i]]
        return next((other for other in [line, *usable] if other.is_staffed()), None)
