"""How the oracle's customers join, wait and change line."""

from __future__ import annotations

from math import isfinite

from tests.oracle_service import Service
from tests.oracle_state import AFTER_THIS_ONE, CLOSED, END_OF_WALK, LINE_OUT, RENEGE


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
            self.next_visits(now, i, "BALK")
            return
        self.join(now, i, line)

    def join(self, now: float, i: int, line: int) -> None:
        """He starts at once if a server of the line is idle, else waits at its end."""
        self.line[i] = line
        self.doing[i] = "waiting"
        self.note(now, "JOIN", i, line, -1)
        if self.idle_at(line):
            self.start(now, i, min(self.idle_at(line)))
            return
        self.let_nobody_strand(line)
        if i not in self.had_to_wait_s:  # from now on his patience runs
            self.had_to_wait_s[i] = now
            if isfinite(self.day["patience_s"][i]):
                self.later(now + self.day["patience_s"][i], RENEGE, i)

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
            self.give_up(now, i, line)

    def give_up(self, now: float, i: int, line: int) -> None:
        """He leaves without having been served, out of a line or (-1) while he walks."""
        self.doing[i] = "gone"
        self.note(now, "RENEGE", i, line, -1)
        self.nobody_left(now, line)
        self.next_visits(now, i, "RENEGE")

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
        self.nobody_left(now, here)
        self.later(now + jockey["walk_s"], END_OF_WALK, i)

    def gain(self, i: int, there: int) -> float:
        """People ahead of him now, less those ahead of him in another line, as lengths are seen."""
        here = self.line[i]
        ahead = self.waiting(here).index(i) + len(self.in_service(here))
        working = [s for s in self.servers(here) if self.state[s] != CLOSED]
        now_ahead = self.per_server(ahead, max(1, len(working)))
        return now_ahead - self.per_server(self.people(there), len(self.seen_servers(there)))

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
                self.give_up(now, i, -1)

    def send_on(self, now: float, line: int) -> None:
        """Those waiting in a line that closes choose again, from the front; else they stay."""
        for i in self.waiting(line):
            lines = self.eligible(i)
            if lines:
                chosen = self.choose(now, i, lines, "u_choice_again")
                self.doing[i] = "between lines"
                self.note(now, "LEAVE", i, line, -1)
                self.nobody_left(now, line)
                self.join(now, i, chosen)
