"""How the oracle's customers join, wait, change line, and are served."""

from __future__ import annotations

from math import inf, isfinite

from tests.oracle_choice import Choosing
from tests.oracle_state import (
    AFTER_THIS_ONE,
    CALL_FOR_HELP,
    CLOSED,
    END_OF_GAP,
    END_OF_HELP,
    END_OF_SERVICE,
    END_OF_WALK,
    LINE_OUT,
    RENEGE,
)


class Service(Choosing):
    """From the start of a service to the moment the server is free."""

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
            service = (before + after) * pace
            self.later(now + before * pace, CALL_FOR_HELP, i)
        self.free_s[s] = now + service + self.of("gap_s", i)

    def call(self, now: float, i: int) -> None:
        """He calls and holds the server until he has been helped."""
        self.doing[i] = "calling"
        self.note(now, "CALL", i, self.line[i], self.server[i])
        self.plan_from_help(now, i)
        self.answer_calls(now, self.lane(i))

    def plan_from_help(self, now: float, i: int) -> None:
        """Plan the server to be free as if help began now."""
        after = self.of("after_call_s", i) * self.pace(i)
        planned = now + self.of("help_s", i) + after + self.of("gap_s", i)
        self.free_s[self.server[i]] = planned

    def answer_calls(self, now: float, j: int) -> None:
        """Free attendants of the lane take its calls, the oldest first."""
        callers = [row[2] for row in self.trace if row[1] == "CALL"]
        calling = [i for i in callers if self.lane(i) == j and self.doing[i] == "calling"]
        helped = [i for i in callers if self.lane(i) == j and self.doing[i] == "being helped"]
        for i in calling[: max(0, self.on_duty[j] - len(helped))]:
            self.doing[i] = "being helped"
            self.note(now, "HELP", i, self.line[i], self.server[i])
            self.plan_from_help(now, i)
            self.later(now + self.of("help_s", i), END_OF_HELP, i)

    def helped(self, now: float, i: int) -> None:
        """Help is over: the rest of the service follows, the attendant takes the next call."""
        self.doing[i] = "in service"
        self.note(now, "HELPED", i, self.line[i], self.server[i])
        after = self.of("after_call_s", i) * self.pace(i)
        self.free_s[self.server[i]] = now + after + self.of("gap_s", i)
        self.later(now + after, END_OF_SERVICE, i)
        self.answer_calls(now, self.lane(i))

    def end(self, now: float, i: int) -> None:
        """He leaves; without a gap the server is free in the same event."""
        self.doing[i] = "in the gap"
        self.note(now, "END", i, self.line[i], self.server[i])
        gap = self.of("gap_s", i)
        self.free_s[self.server[i]] = now + gap
        if gap == 0:
            self.free(now, i)
        else:
            self.later(now + gap, END_OF_GAP, i)

    def free(self, now: float, i: int) -> None:
        """The server is free after customer i: it closes, takes the next one, or idles."""
        self.doing[i] = "gone"
        line, s = self.line[i], self.server[i]
        self.note(now, "FREE", i, line, s)
        waiting = self.waiting(line)
        if waiting and self.state[s] != AFTER_THIS_ONE:
            self.start(now, waiting[0], s)
        elif self.state[s] in (AFTER_THIS_ONE, LINE_OUT):
            self.set_state(now, s, CLOSED)


class Moves(Service):
    """Joining a line, giving up, walking to another one, choosing again."""

    def arrive(self, now: float, i: int) -> None:
        """He joins the best eligible line, or leaves at once: there is none, or it is too long."""
        lines = self.eligible(i)
        why = 0 if lines else self.why_none(i)
        if lines:
            line = self.choose(now, i, lines, "u_choice")
            why = self.too_much(now, i, line)
        if why:
            self.doing[i] = "gone"
            self.note(now, "BALK", i, -1, why)
            return
        self.join(now, i, line)
        if self.doing[i] == "waiting" and isfinite(self.day["patience_s"][i]):
            self.later(now + self.day["patience_s"][i], RENEGE, i)

    def join(self, now: float, i: int, line: int) -> None:
        """He starts at once if a server of the line is idle, else waits at its end."""
        self.line[i] = line
        self.doing[i] = "waiting"
        self.note(now, "JOIN", i, line, -1)
        if self.idle_at(line):
            self.start(now, i, min(self.idle_at(line)))
        else:
            self.let_nobody_strand(line)

    def let_nobody_strand(self, line: int) -> None:
        """A walker may come back to a line that is closing: somebody must serve him."""
        servers = self.servers(line)
        if self.open_servers(line) or any(self.state[s] == LINE_OUT for s in servers):
            return
        for s in servers:
            if self.state[s] == AFTER_THIS_ONE:
                self.state[s] = LINE_OUT

    def renege(self, now: float, i: int) -> None:
        """He gives up, also on his way, unless service started before or at this very instant."""
        if self.doing[i] in ("waiting", "walking"):
            line = self.line[i] if self.doing[i] == "waiting" else -1
            self.doing[i] = "gone"
            self.note(now, "RENEGE", i, line, -1)

    # Changing line

    def look_round(self, now: float) -> None:
        """The last customer of each line looks for a better one, in the longest line first."""
        lines = range(len(self.day["line_lane"]))
        length = {x: len(self.waiting(x)) for x in lines}
        for x in sorted(lines, key=lambda line: (-length[line], line)):
            if length[x] > 0:
                self.ask(now, self.waiting(x)[-1])

    def ask(self, now: float, i: int) -> None:
        """He sets off for the line with the largest gain, if that is large enough."""
        here, jockey = self.line[i], self.option("jockey")
        gains = {x: self.gain(i, x) for x in self.eligible(i) if x != here}
        good = [x for x in gains if gains[x] >= jockey["shorter_by"]]
        if not good or not self.day["willing"][i]:
            return
        self.walks_to[i] = min(x for x in good if gains[x] == max(gains.values()))
        self.doing[i] = "walking"
        self.note(now, "LEAVE", i, here, -1)
        self.later(now + jockey["walk_s"], END_OF_WALK, i)

    def gain(self, i: int, there: int) -> float:
        """People ahead of him now, less those ahead of him in another line, as lengths are seen."""
        here = self.line[i]
        ahead = self.waiting(here).index(i) + len(self.in_service(here))
        working = [s for s in self.servers(here) if self.state[s] != CLOSED]
        now_ahead = self.per_server(ahead, max(1, len(working)))
        return now_ahead - self.per_server(self.people(there), len(self.open_servers(there)))

    def arrive_on_foot(self, now: float, i: int) -> None:
        """The end of a walk: the line he wanted, or another, or the old one, or out of the shop."""
        if self.doing[i] != "walking":  # he has given up on his way
            return
        if self.open_servers(self.walks_to[i]):
            self.join(now, i, self.walks_to[i])
        elif self.eligible(i):
            self.join(now, i, self.choose(now, i, self.eligible(i), "u_choice_again"))
        else:
            places = [self.line[i], *self.allowed(i)]
            served = [x for x in places if any(self.state[s] != CLOSED for s in self.servers(x))]
            if served:
                self.join(now, i, served[0])
            else:
                self.doing[i] = "gone"
                self.note(now, "RENEGE", i, -1, -1)

    def send_on(self, now: float, line: int) -> None:
        """Those waiting in a line that closes choose again, from the front; else they stay."""
        for i in self.waiting(line):
            lines = self.eligible(i)
            if lines:
                chosen = self.choose(now, i, lines, "u_choice_again")
                self.note(now, "LEAVE", i, line, -1)
                self.join(now, i, chosen)
