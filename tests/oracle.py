"""A naive simulator of one day, the judge of the engines; it imports nothing of the package.

It was written from the model page alone and is meant to be read, not to be fast: a list of
pending events is scanned for the next one, and everything a decision needs is counted again
from the customers' own records. The log is worked out from the trace by tests/oracle_log.py.

A day is a plain dictionary with the field names of System, Choice (under "choice") and Workload.

Letters: i customer, j lane, l line, s server, k row of the trace.
"""

from __future__ import annotations

from math import floor, inf, isfinite
from typing import Any

from tests.oracle_log import Day, Row, log

# What comes first at one instant.
END_OF_SERVICE, END_OF_GAP, END_OF_HELP, CALL_FOR_HELP = 0, 1, 2, 3
ROSTER, RENEGE, ARRIVAL = 5, 7, 8

NO_OPEN_LANE, NO_ROOM, NOBODY_MAY_SERVE = 1, 2, 3  # why he did not join

# A server is OPEN, CLOSED, or on its way from one to the other: AFTER_THIS_ONE takes nobody
# any more, LINE_OUT serves until nobody waits in its line.
OPEN, CLOSED, AFTER_THIS_ONE, LINE_OUT = "open", "closed", "after this one", "line out"


def simulate(day: Day) -> tuple[list[Row], list[dict[str, Any]]]:
    """The trace and the log of one day; works on plain lists and numbers only."""
    shop = Shop(day)
    while shop.pending:
        event = min(shop.pending)
        shop.pending.remove(event)
        shop.happen(*event)
    return shop.trace, log(day, shop.trace)


class Shop:
    """The state of the shop: what each customer is doing and what each server is told to do."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.trace: list[Row] = []
        self.doing = ["still away" for _ in day["arrival_s"]]
        self.line = [-1 for _ in day["arrival_s"]]
        self.server = [-1 for _ in day["arrival_s"]]
        self.state = [CLOSED for _ in day["server_line"]]  # nothing is open before time 0
        self.free_s = [0.0 for _ in day["server_line"]]  # when it is planned to be free
        self.on_duty = [0 for _ in day["kind"]]
        # Pending: time, what comes first at one instant, customer (roster: lane), and for the
        # roster 0 for servers and 1 for attendants, and the number of the entry.
        self.pending: list[tuple[float, int, int, int, int]] = []
        for i, arrival in enumerate(day["arrival_s"]):
            self.pending.append((arrival, ARRIVAL, i, 0, 0))
        for n, time in enumerate(day["roster_s"]):
            self.pending.append((time, ROSTER, day["roster_lane"][n], 0, n))
        for n, time in enumerate(day["attendants_s"]):
            self.pending.append((time, ROSTER, day["attendants_lane"][n], 1, n))

    def happen(self, now: float, kind: int, who: int, attendants: int, entry: int) -> None:
        """Let one event happen."""
        if kind == END_OF_SERVICE:
            self.end(now, who)
        elif kind == END_OF_GAP:
            self.free(now, who)
        elif kind == END_OF_HELP:
            self.helped(now, who)
        elif kind == CALL_FOR_HELP:
            self.call(now, who)
        elif kind == ROSTER and attendants:
            self.on_duty[who] = self.day["attendants_on"][entry]
            self.answer_calls(now, who)
        elif kind == ROSTER:
            self.roster(now, who, self.day["roster_open"][entry])
        elif kind == RENEGE:
            self.renege(now, who)
        elif kind == ARRIVAL:
            self.arrive(now, who)

    def note(self, now: float, event: str, i: int, line: int, s: int) -> None:
        """Write a row of the trace."""
        self.trace.append((now, event, i, line, s))

    # What can be seen, counted anew each time it is asked

    def waiting(self, line: int) -> list[int]:
        """Those waiting in the line, the first to be served first."""
        joined = [row[2] for row in self.trace if row[1] == "JOIN" and row[3] == line]
        return [i for i in joined if self.doing[i] == "waiting"]

    def in_service(self, line: int) -> list[int]:
        """Those between START and END at a server of the line; helped or not."""
        at_server = ("in service", "calling", "being helped")
        everybody = range(len(self.doing))
        return [i for i in everybody if self.line[i] == line and self.doing[i] in at_server]

    def occupied(self, s: int) -> bool:
        """Whether the server is held by a customer in service or by the gap after him."""
        held = ("in service", "calling", "being helped", "in the gap")
        return any(self.server[i] == s and self.doing[i] in held for i in range(len(self.doing)))

    def servers(self, line: int) -> list[int]:
        """All servers of a line, lowest number first."""
        return [s for s, of in enumerate(self.day["server_line"]) if of == line]

    def open_servers(self, line: int) -> list[int]:
        """The servers of a line that are open and not closing."""
        return [s for s in self.servers(line) if self.state[s] == OPEN]

    def idle(self, s: int) -> bool:
        """Open with nothing to do."""
        return self.state[s] == OPEN and not self.occupied(s)

    def lane(self, i: int) -> int:
        """The lane in which a customer stands."""
        return int(self.day["line_lane"][self.line[i]])

    def of(self, column: str, i: int) -> float:
        """A number that belongs to a customer and to the lane in which he stands."""
        return float(self.day[column][self.lane(i)][i])

    def pace(self, i: int) -> float:
        """The pace of the server at which he is."""
        return float(self.day["server_pace"][self.server[i]])

    # Arrival

    def arrive(self, now: float, i: int) -> None:
        """He joins the best eligible line, or leaves at once if there is none."""
        lines = range(len(self.day["line_lane"]))
        allowed = [x for x in lines if self.day["may_use"][self.day["line_lane"][x]][i]]
        open_ones = [x for x in allowed if self.open_servers(x)]
        with_room = [
            x
            for x in open_ones
            if len(self.waiting(x)) + len(self.in_service(x)) < self.day["line_capacity"][x]
        ]
        if not with_room:
            # Lanes without a line count too: what matters is whether a lane would serve him.
            nobody = not any(mask[i] for mask in self.day["may_use"])
            why = NOBODY_MAY_SERVE if nobody else NO_ROOM if open_ones else NO_OPEN_LANE
            self.doing[i] = "gone"
            self.note(now, "BALK", i, -1, why)
            return
        self.join(now, i, self.choose(now, i, with_room))

    def join(self, now: float, i: int, line: int) -> None:
        """He starts at once if a server of the line is idle, else waits while patience lasts."""
        self.line[i] = line
        self.doing[i] = "waiting"
        self.note(now, "JOIN", i, line, -1)
        idle = [s for s in self.servers(line) if self.idle(s)]
        if idle:
            self.start(now, i, min(idle))
        elif isfinite(self.day["patience_s"][i]):
            self.pending.append((now + self.day["patience_s"][i], RENEGE, i, 0, 0))

    def renege(self, now: float, i: int) -> None:
        """He gives up, unless his service started before or at this very instant."""
        if self.doing[i] == "waiting":
            self.doing[i] = "gone"
            self.note(now, "RENEGE", i, self.line[i], -1)

    # Choice of a line

    def choose(self, now: float, i: int, lines: list[int]) -> int:
        """The line with the lowest score; among equals the preferred kind, then by lot or first."""
        choice, kind, lane = self.day["choice"], self.day["kind"], self.day["line_lane"]
        scores = {x: self.seen_score(now, i, x) for x in lines}
        tied = [x for x in lines if scores[x] == min(scores.values())]
        preferred = [x for x in tied if kind[lane[x]] == choice["prefer"]]
        if choice["prefer"] >= 0 and preferred:
            tied = preferred
        if choice["ties_random"] or choice["rule"] == "random":
            number: int = floor(self.day["u_choice"][i] * len(tied))
            return tied[number]
        return tied[0]

    def seen_score(self, now: float, i: int, line: int) -> float:
        """The score as this customer sees it."""
        perception = self.day["perception"]
        true = self.score(now, i, line)
        return true * float(perception[line][i]) if perception else true

    def score(self, now: float, i: int, line: int) -> float:
        """What the rule of the day says of one line; the lowest is chosen."""
        day, rule = self.day, self.day["choice"]["rule"]
        if rule == "random":
            return 0
        if rule == "nearest":
            width = max(day["line_position_m"])
            return abs(float(day["line_position_m"][line] - day["place"][i] * width))
        if rule == "alternate":
            joined = [row[3] for row in self.trace if row[1] == "JOIN"]
            last = joined[-1] if joined else -1
            return int((line - last - 1) % len(day["line_lane"]))
        if rule == "expected_wait_items":
            return self.rest_us(now, line)
        people = self.waiting(line)
        if day["choice"]["count_in_service"]:
            people = people + self.in_service(line)
        length: float = {
            "shortest_queue": len(people),
            "fewest_items": sum(day["items"][x] for x in people),
            "expected_wait_mean": len(people) * day["mean_us"][day["line_lane"][line]],
        }[rule]
        return length / len(self.open_servers(line)) if day["choice"]["per_server"] else length

    def rest_us(self, now: float, line: int) -> int:
        """Microseconds until an open server is left for one more, those waiting served first."""
        rest = []
        for s in self.open_servers(line):
            busy_us = floor((self.free_s[s] - now) * 1e6 + 0.5) if self.occupied(s) else 0
            rest.append(max(0, busy_us))
        for i in self.waiting(line):
            first = rest.index(min(rest))  # the lowest number among equals
            rest[first] += self.day["expected_us"][self.day["line_lane"][line]][i]
        return min(rest)

    # Service

    def start(self, now: float, i: int, s: int) -> None:
        """Service starts; the pace of the server is fixed now."""
        self.doing[i] = "in service"
        self.server[i] = s
        self.note(now, "START", i, self.line[i], s)
        before, after, pace = self.of("before_call_s", i), self.of("after_call_s", i), self.pace(i)
        if before == inf:
            service = self.of("service_s", i) * pace
            self.pending.append((now + service, END_OF_SERVICE, i, 0, 0))
        else:
            service = (before + after) * pace
            self.pending.append((now + before * pace, CALL_FOR_HELP, i, 0, 0))
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
            self.pending.append((now + self.of("help_s", i), END_OF_HELP, i, 0, 0))

    def helped(self, now: float, i: int) -> None:
        """Help is over: the rest of the service follows, the attendant takes the next call."""
        self.doing[i] = "in service"
        self.note(now, "HELPED", i, self.line[i], self.server[i])
        after = self.of("after_call_s", i) * self.pace(i)
        self.free_s[self.server[i]] = now + after + self.of("gap_s", i)
        self.pending.append((now + after, END_OF_SERVICE, i, 0, 0))
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
            self.pending.append((now + gap, END_OF_GAP, i, 0, 0))

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

    # Roster

    def set_state(self, now: float, s: int, state: str) -> None:
        """Open, close, or begin to close a server, and write it down."""
        self.state[s] = state
        event = {OPEN: "OPEN", CLOSED: "CLOSED"}.get(state, "CLOSING")
        self.note(now, event, -1, self.day["server_line"][s], s)

    def roster(self, now: float, j: int, target: int) -> None:
        """Bring the number of open servers of a lane to the target."""
        lines = [x for x, lane in enumerate(self.day["line_lane"]) if lane == j]
        servers = [s for x in lines for s in self.servers(x)]
        missing = target - len([s for s in servers if self.state[s] == OPEN])
        if missing > 0:
            self.open_more(now, servers, missing)
            if len(lines) == 1:
                self.finish_current(servers)
        elif len(lines) == 1:
            self.close_shared(now, lines[0], -missing, target)
        else:
            for _ in range(-missing):
                self.close_own(now, [s for s in servers if self.state[s] == OPEN])

    def open_more(self, now: float, servers: list[int], missing: int) -> None:
        """Servers that are still closing go on first, then closed ones open; lowest first."""
        closing = [s for s in servers if self.state[s] in (AFTER_THIS_ONE, LINE_OUT)]
        closed = [s for s in servers if self.state[s] == CLOSED]
        for s in (closing + closed)[:missing]:
            self.set_state(now, s, OPEN)
            waiting = self.waiting(self.day["server_line"][s])
            if s in closed and waiting:
                self.start(now, waiting[0], s)

    def finish_current(self, servers: list[int]) -> None:
        """In a shared line that is open again, those still closing take nobody any more."""
        for s in servers:
            if self.state[s] == LINE_OUT:
                self.state[s] = AFTER_THIS_ONE

    def close_own(self, now: float, open_ones: list[int]) -> None:
        """Of tills with own lines close an idle one, else the one with fewest people."""
        idle = [s for s in open_ones if self.idle(s)]
        if idle:
            self.set_state(now, max(idle), CLOSED)
            return
        people = {}
        for s in open_ones:
            line = self.day["server_line"][s]
            people[s] = len(self.waiting(line)) + len(self.in_service(line))
        fewest = [s for s in open_ones if people[s] == min(people.values())]
        self.set_state(now, max(fewest), LINE_OUT)

    def close_shared(self, now: float, line: int, surplus: int, target: int) -> None:
        """Of servers sharing a line close the idle, then the busy, highest number first."""
        highest_first = self.open_servers(line)[::-1]
        idle = [s for s in highest_first if self.idle(s)]
        busy = [s for s in highest_first if not self.idle(s)]
        # Only when none stays open and people wait do they serve the line out together.
        closing = LINE_OUT if target == 0 and self.waiting(line) else AFTER_THIS_ONE
        for s in (idle + busy)[:surplus]:
            self.set_state(now, s, CLOSED if s in idle else closing)
