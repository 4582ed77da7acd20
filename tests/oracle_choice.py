"""How the oracle's customers choose a line, and when the line they would choose is too long."""

from __future__ import annotations

from math import floor

from tests.oracle_state import TILLS, State

NO_OPEN_LANE, NO_ROOM, NOBODY_MAY_SERVE = 1, 2, 3  # why he did not join
LONG_LINE, LONG_WAIT = 5, 6


class Choosing(State):
    """Eligible lines, their scores, and balking at the chosen one."""

    def allowed(self, i: int) -> list[int]:
        """The lines of lanes that serve him and that he considers."""
        lane = self.day["line_lane"]
        return [x for x in range(len(lane)) if self.day["may_use"][lane[x]][i]]

    def eligible(self, i: int) -> list[int]:
        """The lines he may join now: allowed, open, with room; none that stands still beside one
        that moves on.
        """
        return self.best_of(self.with_room(i))

    def with_room(self, i: int) -> list[int]:
        """The lines that are allowed, open and not full."""
        open_ones = [x for x in self.allowed(i) if self.open_servers(x)]
        return [x for x in open_ones if self.people(x) < self.day["line_capacity"][x]]

    def best_of(self, lines: list[int]) -> list[int]:
        """The lines with an open server that works; if there is none, all."""
        return [x for x in lines if self.moves_on(x)] or lines

    def why_none(self, i: int) -> int:
        """Why no line is eligible."""
        # Lanes without a line count too: what matters is whether a lane would serve him.
        if not any(mask[i] for mask in self.day["may_use"]):
            return NOBODY_MAY_SERVE
        some_open = any(self.open_servers(x) for x in self.allowed(i))
        return NO_ROOM if some_open else NO_OPEN_LANE

    def choose(self, now: float, i: int, lines: list[int], draw: str) -> int:
        """The line with the lowest score; among equals the preferred kind, then by lot or first."""
        choice, kind, lane = self.day["choice"], self.day["kind"], self.day["line_lane"]
        if choice["rule"] == "random_till":  # one time in so many tills
            tills = sum(kind[lane[x]] in TILLS for x in lines)
            self.to_machines = self.day[draw][i] * 2**20 % 1 * tills < 1
        scores = {x: self.seen_score(now, i, x) for x in lines}
        tied = [x for x in lines if scores[x] == min(scores.values())]
        preferred = [x for x in tied if kind[lane[x]] == choice["prefer"]]
        if choice["prefer"] >= 0 and preferred:
            tied = preferred
        if choice["ties_random"] or choice["rule"].startswith("random"):
            number: int = floor(self.day[draw][i] * len(tied))
            return tied[number]
        return tied[0]

    def seen(self, true: float, i: int, line: int) -> float:
        """What he sees of something true about a line."""
        perception = self.day["perception"]
        return true * float(perception[line][i]) if perception else true

    def seen_score(self, now: float, i: int, line: int) -> float:
        """The score as this customer sees it."""
        return self.seen(self.score(now, line, i), i, line)

    def score(self, now: float, line: int, i: int) -> float:
        """What the rule of the day says of one line; the lowest is chosen."""
        day, rule = self.day, self.day["choice"]["rule"]
        if rule == "random":
            return 0
        if rule == "random_till":
            machines = day["kind"][day["line_lane"][line]] not in TILLS
            return (-1 if self.to_machines else 1) if machines else 0
        if rule == "nearest":
            width = max(day["line_position_m"])
            return abs(float(day["line_position_m"][line] - day["place"][i] * width))
        if rule == "alternate":
            joined = [row[3] for row in self.trace if row[1] == "JOIN"]
            last = joined[-1] if joined else -1
            return int((line - last - 1) % len(day["line_lane"]))
        if rule == "expected_wait_items":
            return self.rest_us(now, line)
        people = self.counted(line)
        length: float = {
            "shortest_queue": len(people),
            "fewest_items": sum(day["items"][x] for x in people),
            "expected_wait_mean": len(people) * day["mean_us"][day["line_lane"][line]],
        }[rule]
        return self.per_server(length, len(self.seen_servers(line)))

    def counted(self, line: int) -> list[int]:
        """The people who make up the length of a line."""
        people = self.waiting(line)
        if self.day["choice"]["count_in_service"]:
            people = people + self.in_service(line)
        return people

    def per_server(self, length: float, servers: int) -> float:
        """The length of a line per server, if lengths are seen so."""
        return length / servers if self.day["choice"]["per_server"] else length

    def rest_us(self, now: float, line: int) -> int:
        """Microseconds until a server is left for one more, those waiting served first."""
        rest = []
        for s in self.seen_servers(line):
            free_s = self.free_s[s] if self.occupied(s) else now
            if not self.works(s):
                free_s = max(free_s, self.works_again_s(s))
            rest.append(max(0, floor((free_s - now) * 1e6 + 0.5)))
        for i in self.waiting(line):
            first = rest.index(min(rest))  # the lowest number among equals
            rest[first] += self.day["expected_us"][self.day["line_lane"][line]][i]
        return min(rest)

    def too_much(self, now: float, i: int, line: int) -> int:
        """Why he balks at the line he would choose, or 0; nobody balks at an idle server."""
        rule = self.day["balk_rule"]
        if not rule or self.idle_at(line):
            return 0
        tolerance = self.day["balk_tolerance"][i]
        if rule == "longer_than":
            length = self.per_server(len(self.counted(line)), len(self.seen_servers(line)))
            return LONG_LINE if self.seen(length, i, line) > tolerance else 0
        return LONG_WAIT if self.seen(self.rest_us(now, line), i, line) > tolerance else 0
