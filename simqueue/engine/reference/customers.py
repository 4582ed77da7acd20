"""Those who come: they choose a line or turn away, stand in it, change it, and may give up."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from simqueue.engine.reference.lines import Line
from simqueue.engine.reference.servers import Process
from simqueue.engine.reference.visits import Follower, n_given
from simqueue.registry import find
from simqueue.rules import Chooser
from simqueue.tables import Event, Instant, Why, Workload

if TYPE_CHECKING:
    from simqueue.engine.reference.day import Day

JOIN, ARRIVAL = Event.JOIN, Instant.ARRIVAL  # names looked up for every customer

LATER_DIGITS = 1_048_576.0  # 2 to the 20th: shifts a uniform past the digits that settle ties


class Customers:
    """All customers of the day, and the rules by which they decide."""

    def __init__(self, day: Day, workload: Workload) -> None:
        system = day.system
        self.day = day
        n = n_given(workload.visits, len(workload))
        self.arrival_s = workload.arrival_s[:n].tolist()  # of those who come at a given time
        self.u_choice = workload.u_choice.tolist()
        self.u_choice_again = workload.u_choice_again.tolist()
        self.place = workload.place.tolist()
        self.choice = system.choice
        rule = find("lane_choice", self.choice.rule)
        self.score, self.sees = rule.function, rule.defaults["sees"]
        self.ties_random = self.choice.ties_random or rule.defaults["ties_random"]
        self.perception = system.perception.tolist()
        self.front_m = max((line.position_m for line in day.lines), default=0.0)
        self.balks = find("balk", system.balk_rule) if system.balk_rule else None
        self.why_away = Why.LONG_LINE if system.balk_rule == "longer_than" else Why.LONG_WAIT
        self.balk_tolerance = system.balk_tolerance.tolist()
        self.patience_s = system.patience_s.tolist()
        self.joined_s: dict[int, float] = {}  # when each who had to wait first joined a line
        self.line_of: dict[int, Line] = {}  # the line each of them joined last
        self.walking: set[int] = set()  # between two lines
        self.line_of_last = -1
        day.clock.process(self.arrive())

    def arrive(self) -> Process:
        """Let the customers in, one by one."""
        for i, arrival_s in enumerate(self.arrival_s):
            yield self.day.clock.at(arrival_s, ARRIVAL, i)
            self.come(i)

    def come(self, i: int) -> None:
        """Customer i arrives: he joins a line or turns away."""
        day = self.day
        line = self.choose(i, self.eligible(i), self.u_choice[i])
        if line is None:
            self.turn_away(i, self._why_nowhere(i))
        elif self.balks is not None and self.turns_away(i, line):
            self.turn_away(i, self.why_away)
        else:
            self.join(i, line)
            if day.reacts:
                day.demand.look_to_call(day.system.demand.walk_s)
                day.settle()

    def eligible(self, i: int) -> list[Line]:
        """The open lines that customer i may join and that have room, in order.

        Where some of them have a server that works, those where all have stopped are left out.
        """
        lanes = [lane for lane in self.day.lanes if lane.may_use[i]]
        lines = [
            line for lane in lanes for line in lane.lines if line.open_servers and line.has_room()
        ]
        if self.day.breakdowns.any:
            return [line for line in lines if line.working] or lines
        return lines

    def choose(self, i: int, eligible: list[Line], u: float) -> Line | None:
        """The line with the lowest score; ties: the preferred kind, then by u or the first."""
        if len(eligible) < 2:  # nothing to compare
            return next(iter(eligible), None)
        scores = self.judge(i, eligible, u)
        lowest = min(scores)
        tied = [line for line, score in zip(eligible, scores, strict=True) if score == lowest]
        if self.choice.prefer >= 0:
            tied = [line for line in tied if line.lane.kind == self.choice.prefer] or tied
        return tied[int(u * len(tied))] if self.ties_random else tied[0]

    def judge(self, i: int, eligible: list[Line], u: float) -> list[float]:
        """The scores of lines in the eyes of customer i."""
        by_kind = self.sees == "kinds"
        chooser = Chooser(
            self.day.items[i],
            self.place[i] * self.front_m,
            self.line_of_last,
            len(self.day.lines),
            sum(line.lane.has_tills for line in eligible) if by_kind else 0,
            u * LATER_DIGITS % 1.0 if by_kind else 0.0,
        )
        scores = [self.score(line.seen(self.sees), chooser, self.choice) for line in eligible]
        if self.perception:
            scores = [
                score * self.misjudging(i, line)
                for score, line in zip(scores, eligible, strict=True)
            ]
        return scores

    def misjudging(self, i: int, line: Line) -> float:
        """The factor on what customer i sees of the line."""
        return self.perception[line.number][i] if self.perception else 1.0

    def turns_away(self, i: int, line: Line) -> bool:
        """Whether customer i turns away from his line; nobody does from an idle server."""
        if self.balks is None or line.idle_server() is not None:
            return False
        view = line.seen(self.balks.defaults["sees"])
        turns_away: bool = self.balks.function(
            view, self.misjudging(i, line), self.balk_tolerance[i], self.choice
        )
        return turns_away

    def _why_nowhere(self, i: int) -> Why:
        lanes = [lane for lane in self.day.lanes if lane.may_use[i]]
        if any(line.open_servers for lane in lanes for line in lane.lines):
            return Why.NO_ROOM
        return Why.NO_OPEN_LANE if lanes else Why.NOBODY_MAY_SERVE

    def turn_away(self, i: int, why: Why) -> None:
        """Customer i leaves without having joined a line."""
        self.day.note(Event.BALK, i, -1, why)
        self.go_on(i, Event.BALK)

    def go_on(self, i: int, ending: Event) -> None:
        """Visit i has ended; those that follow it come, if it ended the way they need."""
        for follower in self.day.followers.get(i, ()):
            if follower.comes_after(ending):
                self.day.clock.process(self._come_later(follower))

    def _come_later(self, follower: Follower) -> Process:
        clock = self.day.clock
        yield clock.at(clock.now + follower.delay_s, Instant.ARRIVAL, follower.row)
        self.come(follower.row)

    def join(self, i: int, line: Line) -> None:
        """Customer i stands in the line, and is served at once if a server is idle."""
        day = self.day
        day.note(JOIN, i, line.number, -1)
        self.line_of_last = line.number
        for server in line.working:
            if not server.occupied:
                server.begin(i)
                return
        if not line.open_servers:
            line.somebody_serves()
        line.waiting.append(i)
        self.line_of[i] = line
        if i in self.joined_s:  # a line is not his first, and his patience runs already
            return
        self.joined_s[i] = day.clock.now
        if self.patience_s[i] < inf:
            gives_up = day.clock.at(day.clock.now + self.patience_s[i], Instant.RENEGE, i)
            gives_up.callbacks.append(lambda _: self.give_up(i))

    def give_up(self, i: int) -> None:
        """Leave, if still waiting in a line or walking to one."""
        line = self.line_of[i]
        if i in line.waiting:
            line.waiting.remove(i)
            self.give_up_for_good(i, line.number)
            if not line.waiting:
                line.nobody_waits()
        elif i in self.walking:
            self.walking.discard(i)
            self.give_up_for_good(i, -1)
        else:
            return
        self.day.settle()

    def give_up_for_good(self, i: int, line: int) -> None:
        """Customer i leaves; line -1: on his way from one to another."""
        self.day.note(Event.RENEGE, i, line, -1)
        self.go_on(i, Event.RENEGE)

    def leave(self, i: int, line: Line) -> None:
        """Step out of a line to go to another."""
        line.waiting.remove(i)
        self.day.note(Event.LEAVE, i, line.number, -1)
        if not line.waiting:
            line.nobody_waits()

    def choose_again(self, i: int) -> Line | None:
        """The line that customer i joins when his own is no longer to be had, or None."""
        return self.choose(i, self.eligible(i), self.u_choice_again[i])

    def move_on(self, line: Line) -> None:
        """Those who wait in a line that closes choose again at once, from its front."""
        for i in list(line.waiting):
            new = self.choose_again(i)
            if new is not None:
                self.leave(i, line)
                self.join(i, new)
