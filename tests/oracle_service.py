"""How the oracle's customers are served: calls for help, failed transactions, free servers."""

from __future__ import annotations

from math import inf

from tests.oracle_choice import Choosing
from tests.oracle_state import (
    AFTER_THIS_ONE,
    ARRIVAL,
    BREAK_ENDS,
    CALL_FOR_HELP,
    CLOSED,
    END_OF_GAP,
    END_OF_HELP,
    END_OF_SERVICE,
    LINE_OUT,
    OPEN,
    ROSTER,
    STATION,
)

ALWAYS, PAID, FAILED = 0, 1, 2  # after which end of one visit the next one is made


class Service(Choosing):
    """From the start of a service to the moment the server is free."""

    # What is known of his service in the lane where he stands

    def calls_twice(self, i: int) -> bool:
        """Whether his transaction stops twice."""
        return bool(self.day["again_after_s"]) and self.of("again_after_s", i) != inf

    def fails(self, i: int) -> bool:
        """Whether his transaction fails at its end."""
        return bool(self.day["fails"]) and bool(self.of("fails", i))

    def cannot_pay(self, i: int) -> bool:
        """Whether he has only a card while cards do not work; at stations nobody pays so."""
        needs = self.day["needs_card"]
        kind = self.day["kind"][self.lane(i)]
        return self.no_cards != -1 and bool(needs) and needs[i] and kind != STATION

    def calls_made(self, i: int) -> int:
        """How often he has called in this service."""
        own = [row[1] for row in self.trace if row[2] == i and row[1] in ("START", "CALL")]
        return own[::-1].index("START")

    def help_lasts_s(self, i: int) -> float:
        """How long the help takes for which he has called last."""
        return self.of("help_s" if self.calls_made(i) == 1 else "again_help_s", i)

    def work_left(self, i: int) -> float:
        """What is left of his service, at pace 1, after the help for which he has called last."""
        after = self.of("after_call_s", i)
        if self.calls_made(i) == 1 and self.calls_twice(i):
            return self.of("again_after_s", i) + after
        return after

    # Service and help

    def start(self, now: float, i: int, s: int) -> None:
        """Service starts; the pace of the server is fixed now."""
        self.doing[i] = "in service"
        self.server[i] = s
        self.note(now, "START", i, self.line[i], s)
        before, after, pace = self.of("before_call_s", i), self.of("after_call_s", i), self.pace(i)
        if before == inf:
            service = self.of("service_s", i) * pace
            self.later(now + service, END_OF_SERVICE, i)
        else:
            again = self.of("again_after_s", i) if self.calls_twice(i) else 0.0
            service = ((before + again) + after) * pace
            self.later(now + before * pace, CALL_FOR_HELP, i)
        self.free_s[s] = now + service + self.of("gap_s", i)

    def call(self, now: float, i: int) -> None:
        """He calls and holds the server until he has been helped."""
        self.doing[i] = "calling"
        self.note(now, "CALL", i, self.line[i], self.server[i])
        self.plan_from_help(now, i)
        if self.pool(i) == -1:
            self.help(now, i)
        else:
            self.answer_calls(now, self.pool(i))

    def plan_from_help(self, now: float, i: int) -> None:
        """Plan the server to be free as if help began now."""
        left = self.work_left(i) * self.pace(i)
        self.free_s[self.server[i]] = now + self.help_lasts_s(i) + left + self.of("gap_s", i)

    def answer_calls(self, now: float, p: int) -> None:
        """Free people of the pool take the calls of its lanes, the oldest first."""
        calls = [row[2] for row in self.trace if row[1] == "CALL"]
        latest_first = list(dict.fromkeys(reversed(calls)))  # of one who called twice the second
        queue = [i for i in reversed(latest_first) if self.doing[i] == "calling"]
        queue = [i for i in queue if self.pool(i) == p]
        for i in queue[: self.free_in_pool(p)]:
            self.help(now, i)

    def help(self, now: float, i: int) -> None:
        """Somebody comes and helps."""
        self.doing[i] = "being helped"
        self.note(now, "HELP", i, self.line[i], self.server[i])
        self.plan_from_help(now, i)
        self.later(now + self.help_lasts_s(i), END_OF_HELP, i)

    def helped(self, now: float, i: int) -> None:
        """Help is over: he goes on, to a second call perhaps, and the pool takes the next call."""
        self.doing[i] = "in service"
        self.note(now, "HELPED", i, self.line[i], self.server[i])
        left = self.work_left(i) * self.pace(i)
        self.free_s[self.server[i]] = now + left + self.of("gap_s", i)
        if self.calls_made(i) == 1 and self.calls_twice(i):
            self.later(now + self.of("again_after_s", i) * self.pace(i), CALL_FOR_HELP, i)
        else:
            self.later(now + left, END_OF_SERVICE, i)
        if self.pool(i) != -1:
            self.answer_calls(now, self.pool(i))

    # The end of a service

    def end(self, now: float, i: int) -> None:
        """He pays and leaves, or it has failed, or he cannot pay."""
        line, s = self.line[i], self.server[i]
        if self.fails(i):
            self.leave_at_once(now, i, "FAILED")
        elif self.cannot_pay(i) and self.day["no_cards"]["leaves"]:
            self.leave_at_once(now, i, "LEFT")
        elif self.cannot_pay(i):
            self.doing[i] = "held"
            self.note(now, "HELD", i, line, s)
            windows = self.day["no_cards"]
            until = windows["at_s"][self.no_cards] + windows["lasts_s"][self.no_cards]
            self.free_s[s] = until + self.of("gap_s", i)
        else:
            self.pay(now, i)

    def pay(self, now: float, i: int) -> None:
        """He leaves; without a gap the server is free in the same event."""
        self.doing[i] = "in the gap"
        self.note(now, "END", i, self.line[i], self.server[i])
        self.next_visits(now, i, "END")
        gap = self.of("gap_s", i)
        self.free_s[self.server[i]] = now + gap
        if gap == 0:
            self.free(now, i)
        else:
            self.later(now + gap, END_OF_GAP, i)

    def leave_at_once(self, now: float, i: int, event: str) -> None:
        """He leaves without having paid, and the server is free in the same event."""
        self.doing[i] = "in the gap"
        self.note(now, event, i, self.line[i], self.server[i])
        self.next_visits(now, i, event)
        self.free(now, i)

    def next_visits(self, now: float, r: int, ending: str) -> None:
        """Those who come once visit r has ended in this way."""
        visits = self.day["visits"]
        for f, after in enumerate(visits["after"] if visits else []):
            condition = visits["condition"][f]
            comes = condition == ALWAYS
            comes = comes or (condition == PAID and ending == "END")
            comes = comes or (condition == FAILED and ending == "FAILED")
            if after == r and comes:
                self.later(now + visits["delay_s"][f], ARRIVAL, f)

    def free(self, now: float, i: int) -> None:
        """The server is free after customer i."""
        self.doing[i] = "gone"
        self.note(now, "FREE", i, self.line[i], self.server[i])
        self.next_one(now, self.server[i])

    def next_one(self, now: float, s: int) -> None:
        """A server without a customer closes, takes the next one if it works, or waits."""
        waiting = self.waiting(self.day["server_line"][s])
        if self.state[s] == AFTER_THIS_ONE or (self.state[s] == LINE_OUT and not waiting):
            self.set_state(now, s, CLOSED)
        elif waiting and self.works(s):
            self.start(now, waiting[0], s)

    # Servers open and close

    def set_state(self, now: float, s: int, state: str) -> None:
        """Open, close, or begin to close a server, and write it down."""
        self.state[s] = state
        event = {OPEN: "OPEN", CLOSED: "CLOSED"}.get(state, "CLOSING")
        self.note(now, event, -1, self.day["server_line"][s], s)
        if state == OPEN:
            # In a line that is open again, those still closing take nobody any more.
            for other in self.servers(self.day["server_line"][s]):
                if self.state[other] == LINE_OUT:
                    self.state[other] = AFTER_THIS_ONE
                    if not self.occupied(other):  # it was being repaired
                        self.set_state(now, other, CLOSED)
        if state == CLOSED:
            self.at_till = [-1 if till == s else till for till in self.at_till]
            if s in self.resting:  # the break is taken now that the line is served
                n = self.resting[s]
                self.later(now + self.day["break_lasts_s"][n], ROSTER, BREAK_ENDS, s, n)
            if s in self.from_pool:
                self.from_pool.remove(s)
                self.answer_calls(now, self.demand_pool())

    def nobody_left(self, now: float, line: int) -> None:
        """Somebody has gone from a line: servers kept for it, if any, close if it is empty now."""
        for s in self.servers(line):
            if self.state[s] == LINE_OUT and not self.occupied(s) and not self.waiting(line):
                self.set_state(now, s, CLOSED)
