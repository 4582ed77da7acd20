"""Counts what happens on a day, decision by decision, so that generated days can be shown to bite.

The oracle itself is watched: each method is told again with a note of the case that occurs.
"""

from __future__ import annotations

from collections import Counter

from tests.oracle import Shop
from tests.oracle_log import Day
from tests.oracle_state import AFTER_THIS_ONE, CLOSED, LINE_OUT, OPEN

CLOSING = (AFTER_THIS_ONE, LINE_OUT)


class Witness(Shop):
    """A shop that remembers how often each case occurred."""

    def __init__(self, day: Day) -> None:
        super().__init__(day)
        self.seen_cases: Counter[str] = Counter()

    def saw(self, case: str, times: int = 1) -> None:
        """One more of this case."""
        self.seen_cases[case] += times

    def run(self) -> Counter[str]:
        """Let the whole day happen."""
        while self.pending:
            event = min(self.pending)
            self.pending.remove(event)
            self.happen(*event)
        return self.seen_cases

    def some_server(self, line: int) -> bool:
        """Whether some server of the line is not closed."""
        return any(self.state[s] != CLOSED for s in self.servers(line))

    # Customers

    def too_much(self, now: float, i: int, line: int) -> int:
        """Balking, with a look at what made the difference."""
        why = super().too_much(now, i, line)
        if why:
            self.saw(f"balk {why}")
            self.saw(f"balk {why} by perception", bool(self.day["perception"]))
            self.saw("balk at a line without anybody waiting", not self.waiting(line))
        elif self.day["balk_rule"] and self.idle_at(line):
            self.saw("idle server, nobody balks")
        return why

    def ask(self, now: float, i: int) -> None:
        """Somebody is asked whether he would rather stand elsewhere."""
        here = self.line[i]
        closing = not self.open_servers(here)
        super().ask(now, i)
        if self.doing[i] == "walking":
            self.saw("jockey with a walk" if self.option("jockey")["walk_s"] > 0 else "no walk")
            self.saw("jockey out of a closing line", closing)
            self.saw("jockey again", len([r for r in self.trace if r[1:3] == ("LEAVE", i)]) == 2)
            lanes = {self.day["line_lane"][x] for x in (here, self.walks_to[i])}
            self.saw("jockey to another lane", len(lanes) == 2)
            others = [k for k, what in enumerate(self.doing) if what == "walking" and k != i]
            self.saw(
                "two on their way to one line",
                any(self.walks_to[k] == self.walks_to[i] for k in others),
            )
        elif not self.day["willing"][i]:
            self.saw("not willing")

    def arrive_on_foot(self, now: float, i: int) -> None:
        """Where a walk ends."""
        there, lines = self.walks_to[i], self.eligible(i)
        if self.doing[i] != "walking":
            self.saw("walker gave up on his way")
        elif self.open_servers(there):
            self.saw("walk as planned")
            self.saw("into a full line", self.people(there) >= self.day["line_capacity"][there])
            self.saw("walk to an idle server", bool(self.idle_at(there)))
        elif lines:
            self.saw("closed: chose again")
            self.saw("closed: chose again among several", len(lines) > 1)
        elif self.some_server(self.line[i]):
            self.saw("closed: went back")
        elif any(self.some_server(x) for x in self.allowed(i)):
            self.saw("closed: to a line that is not closed")
        else:
            self.saw("closed: left the shop")
        super().arrive_on_foot(now, i)

    def let_nobody_strand(self, line: int) -> None:
        """A server that was to take nobody any more goes on for a walker."""
        before = list(self.state)
        super().let_nobody_strand(line)
        self.saw("came back, line served on", before != self.state)

    def send_on(self, now: float, line: int) -> None:
        """Those of a closing line look for another."""
        waiting = self.waiting(line)
        super().send_on(now, line)
        moved = [i for i in waiting if not self.waits_in(i, line)]
        self.saw("sent on", len(moved))
        self.saw("sent on to an idle server", len([i for i in moved if self.server[i] != -1]))
        self.saw("no other line, stayed", len(waiting) - len(moved))
        self.saw("sent on, some stayed", 0 < len(moved) < len(waiting))
        self.saw("shared line sent on", bool(moved) and len(self.servers(line)) > 1)

    # Roster and demand

    def roster(self, now: float, j: int, target: int) -> None:
        """The roster beside tills that rest or were opened on demand."""
        self.saw("roster beside a resting server", self.resting_in(j) > 0)
        demand = [s for s in self.servers_of_lane(j) if self.on_demand(s)]
        self.saw("roster beside a till on demand", bool(demand))
        closing = [s for s in self.resting if self.state[s] in CLOSING and self.lane_of(s) == j]
        self.saw("roster beside a late break", bool(closing))
        super().roster(now, j, target)

    def open_one(self, now: float, j: int) -> None:
        """Which server the roster opens."""
        demand, state = list(self.at_till), list(self.state)
        super().open_one(now, j)
        (taken, *_) = [*(s for s in demand if s not in self.at_till), -1]
        if taken != -1:
            again = state[taken] in CLOSING
            self.saw("demand till to the roster" + (", opened again" if again else ""))

    def look_for_call(self, now: float, walk_s: float) -> None:
        """Why a cashier is called, or why not."""
        demand, pending, spare = self.option("demand"), self.call_pending, self.spare()
        super().look_for_call(now, walk_s)
        if pending or not demand["on"]:
            return
        if self.call_pending:
            by_mean = self.mean_line() > demand["call_above"]
            self.saw("called: mean line", bool(self.open_tills()) and by_mean)
            self.saw("called: no till open", not self.open_tills())
            self.saw("called: waited long", bool(self.open_tills()) and not by_mean)
            joined = {row[1] for row in self.trace[-3:-1]} & {"JOIN"}
            self.saw("called: by a shift", not joined)
        else:
            self.saw("nobody spare" if not spare else "no need")

    def cashier_comes(self, now: float) -> None:
        """What the cashier who was called finds."""
        spare, state, at_till, rows = self.spare(), list(self.state), list(self.at_till), self.trace
        rows_before = len(rows)
        super().cashier_comes(now)
        (_, _, _, line, s), *rest = rows[rows_before:]
        if s == -1:
            self.saw("came: no till left" if spare else "came: nobody, his shift is over")
        else:
            self.saw("came: " + ("opens" if state[s] == CLOSED else "opens again"))
            self.saw("came: starts at once", any(row[1] == "START" for row in rest))
            self.saw("came: relieves another", s in at_till)
            self.saw("came: joins a shared line", len(self.servers(line)) > 1)
            lane = self.day["demand"]["lane"]
            self.saw("came: leaves a resting till alone", self.resting_in(lane) > 0)

    def look_to_close(self, now: float, s: int) -> None:
        """Whether a till opened on demand is still needed."""
        if self.state[s] == OPEN and self.on_demand(s):
            idle, empty = self.idle(s), not self.waiting(self.day["server_line"][s])
            early = now < self.opened_s[s] + self.day["demand"]["stay_s"]
            super().look_to_close(now, s)
            if self.state[s] == CLOSED:
                self.saw("close on demand, idle", idle)
            elif self.state[s] in CLOSING:
                self.saw("close on demand, busy")
            elif empty:
                below = self.mean_line() < self.day["demand"]["close_below"]
                self.saw("kept: too early" if early else "kept: last till" if below else "kept")
            return
        super().look_to_close(now, s)

    # Shifts and breaks

    def shift_ends(self, now: float, c: int) -> None:
        """What a cashier does when his shift ends."""
        s = self.at_till[c]
        if s == -1:
            self.saw("shift ends: covering" if self.covers[c] != -1 else "shift ends: spare")
        elif self.state[s] == OPEN:
            self.saw("shift ends: idle till" if self.idle(s) else "shift ends: busy till")
            waiting = self.waiting(self.day["server_line"][s])
            self.saw("shift ends: people wait", len(waiting) > 0)
        else:
            self.saw("shift ends: closing already")
        super().shift_ends(now, c)

    def break_begins(self, now: float, n: int) -> None:
        """Whether a break is covered, taken at once, late, or dropped."""
        s = self.day["break_server"][n]
        state, idle, resting = self.state[s], self.idle(s), s in self.resting
        covers = {self.day["break_server"][k] for k in self.covers if k != -1}
        spare = self.spare()
        super().break_begins(now, n)
        if state != OPEN or self.on_demand(s):
            dropped = "resting" if resting else "not open" if state != OPEN else "on demand"
            self.saw(f"break dropped: {dropped}")
        elif spare:
            self.saw("break covered")
            self.saw("break covered twice", s in covers)
        else:
            self.saw("break at once" if idle else "break late")
            shared = len(self.servers(self.day["server_line"][s])) > 1
            self.saw(f"break late in a shared line, {self.state[s]}", shared and not idle)

    def break_ends(self, now: float, n: int) -> None:
        """What follows a break."""
        s = self.day["break_server"][n]
        cover, state = n in self.covers, self.state[s]
        gone = cover and not self.on_shift[self.covers.index(n)]
        super().break_ends(now, n)
        if cover:
            self.saw("cover ends, shift is over" if gone else "cover ends")
            self.saw("cover ends, till no longer open", state != OPEN)
        else:
            opened = self.state[s] == OPEN
            self.saw("back: opens" if opened else "back: not needed")
            self.saw("back: starts at once", opened and self.occupied(s))
