"""What the oracle keeps of a shop, and what can be seen there; it imports nothing of the package.

Letters: i customer, j lane, l line, s server, c cashier who can be called, n entry of a list.
"""

from __future__ import annotations

from math import inf
from typing import Any

from tests.oracle_log import Day, Row

# What comes first at one instant.
END_OF_SERVICE, END_OF_GAP, END_OF_HELP, CALL_FOR_HELP, CASHIER_ARRIVES = 0, 1, 2, 3, 4
ROSTER, END_OF_WALK, RENEGE, ARRIVAL = 5, 6, 7, 8

# What comes first among the events of staff at one instant.
ENTRIES, SHIFT_ENDS, SHIFT_STARTS, BREAK_ENDS, BREAK_BEGINS = 0, 1, 2, 3, 4

# A server is OPEN, CLOSED, or on its way from one to the other: AFTER_THIS_ONE takes nobody
# any more, LINE_OUT serves until nobody waits in its line.
OPEN, CLOSED, AFTER_THIS_ONE, LINE_OUT = "open", "closed", "after this one", "line out"

SELF_SERVICE = 2  # kind of lane; 0 staffed, 1 express

# What a day does not say of part 2: nothing of it happens.
OFF: Day = {
    "balk_rule": "",
    "jockey": {"on": False},
    "finish_current": False,
    "demand": {"on": False},
    "shift_start_s": [],
    "shift_end_s": [],
    "break_s": [],
    "break_server": [],
    "break_lasts_s": [],
}


class State:
    """What each customer is doing, what each server is told to do, and who works where."""

    def __init__(self, day: Day) -> None:
        self.day = OFF | day
        self.trace: list[Row] = []
        # A customer: still away, waiting, walking, in service, calling, being helped, in the gap
        # (he has left, the server is still held), gone.
        self.doing = ["still away" for _ in day["arrival_s"]]
        self.line = [-1 for _ in day["arrival_s"]]  # where he stands; walking: where he was
        self.server = [-1 for _ in day["arrival_s"]]
        self.walks_to = [-1 for _ in day["arrival_s"]]
        self.state = [CLOSED for _ in day["server_line"]]  # nothing is open before time 0
        self.free_s = [0.0 for _ in day["server_line"]]  # when it is planned to be free
        self.on_duty = [0 for _ in day["kind"]]  # attendants
        self.target = [0 for _ in day["kind"]]  # the last roster entry
        self.resting: dict[int, int] = {}  # server: the break it is due or on, not covered
        self.on_shift = [False for _ in self.day["shift_start_s"]]
        self.at_till = [-1 for _ in self.on_shift]  # the till a cashier has opened on demand
        self.covers = [-1 for _ in self.on_shift]  # the break he covers
        self.opened_s = [0.0 for _ in day["server_line"]]  # when it was opened on demand
        self.call_pending = False
        # Pending: time, what comes first at one instant, then what settles ties (happen).
        self.pending: list[tuple[float, int, int, int, int, int]] = []

    def later(self, time: float, kind: int, *key: int) -> None:
        """Let something happen at a time; the key settles ties and says what it is about."""
        a, b, c, d = (*key, 0, 0, 0, 0)[:4]
        self.pending.append((time, kind, a, b, c, d))

    def note(self, now: float, event: str, i: int, line: int, s: int) -> None:
        """Write a row of the trace."""
        self.trace.append((now, event, i, line, s))

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
        if state == CLOSED:
            self.at_till = [-1 if till == s else till for till in self.at_till]
            if s in self.resting:  # the break is taken now that the line is served
                n = self.resting[s]
                self.later(now + self.day["break_lasts_s"][n], ROSTER, BREAK_ENDS, s, n)

    # What can be seen, counted anew each time it is asked

    def waiting(self, line: int) -> list[int]:
        """Those waiting in the line, the first to be served first."""
        joined = [row[2] for row in self.trace if row[1] == "JOIN" and row[3] == line]
        last_first = list(dict.fromkeys(reversed(joined)))  # who came back stands where he is now
        return [i for i in reversed(last_first) if self.waits_in(i, line)]

    def waits_in(self, i: int, line: int) -> bool:
        """Whether he waits in this line."""
        return self.doing[i] == "waiting" and self.line[i] == line

    def in_service(self, line: int) -> list[int]:
        """Those between START and END at a server of the line; helped or not."""
        at_server = ("in service", "calling", "being helped")
        everybody = range(len(self.doing))
        return [i for i in everybody if self.line[i] == line and self.doing[i] in at_server]

    def people(self, line: int) -> int:
        """How many wait in a line or are served there."""
        return len(self.waiting(line)) + len(self.in_service(line))

    def first_join_s(self, i: int) -> float:
        """When he first joined a line."""
        return next(row[0] for row in self.trace if row[1] == "JOIN" and row[2] == i)

    def occupied(self, s: int) -> bool:
        """Whether the server is held by a customer in service or by the gap after him."""
        held = ("in service", "calling", "being helped", "in the gap")
        return any(self.server[i] == s and self.doing[i] in held for i in range(len(self.doing)))

    def servers(self, line: int) -> list[int]:
        """All servers of a line, lowest number first."""
        return [s for s, of in enumerate(self.day["server_line"]) if of == line]

    def servers_of_lane(self, j: int) -> list[int]:
        """All servers of a lane, lowest number first."""
        return [s for s in range(len(self.state)) if self.lane_of(s) == j]

    def lane_of(self, s: int) -> int:
        """The lane of a server."""
        return int(self.day["line_lane"][self.day["server_line"][s]])

    def open_servers(self, line: int) -> list[int]:
        """The servers of a line that are open and not closing."""
        return [s for s in self.servers(line) if self.state[s] == OPEN]

    def idle(self, s: int) -> bool:
        """Open with nothing to do."""
        return self.state[s] == OPEN and not self.occupied(s)

    def idle_at(self, line: int) -> list[int]:
        """The idle servers of a line, lowest number first."""
        return [s for s in self.servers(line) if self.idle(s)]

    def lane(self, i: int) -> int:
        """The lane in which a customer stands."""
        return int(self.day["line_lane"][self.line[i]])

    def of(self, column: str, i: int) -> float:
        """A number that belongs to a customer and to the lane in which he stands."""
        return float(self.day[column][self.lane(i)][i])

    def pace(self, i: int) -> float:
        """The pace of the server at which he is."""
        return float(self.day["server_pace"][self.server[i]])

    # Staff

    def on_demand(self, s: int) -> bool:
        """Whether a till was opened on demand: then its cashier is there until it closes."""
        return s in self.at_till

    def rostered(self, j: int) -> list[int]:
        """The servers of a lane that the roster opened and that are not closing."""
        servers = self.servers_of_lane(j)
        return [s for s in servers if self.state[s] == OPEN and not self.on_demand(s)]

    def resting_in(self, j: int) -> int:
        """How many servers of a lane are due or on a break that nobody covers."""
        return len([s for s in self.resting if self.lane_of(s) == j])

    def spare(self) -> list[int]:
        """Cashiers who can be called now, the first to come first."""
        cashiers = range(len(self.on_shift))
        free = [c for c in cashiers if self.at_till[c] == -1 and self.covers[c] == -1]
        return [c for c in free if self.on_shift[c]]

    def open_tills(self) -> list[int]:
        """All open tills, machines left out."""
        kind = self.day["kind"]
        servers = range(len(self.state))
        tills = [s for s in servers if kind[self.lane_of(s)] != SELF_SERVICE]
        return [s for s in tills if self.state[s] == OPEN]

    def has_machines(self) -> bool:
        """Whether there is a self-service lane with a line."""
        return any(self.day["kind"][j] == SELF_SERVICE for j in self.day["line_lane"])

    def mean_line(self) -> float:
        """People waiting per open till, all machines counted as one more till."""
        people = len([i for i in self.doing if i == "waiting"])
        places = len(self.open_tills()) + self.has_machines()
        if places == 0:
            return inf if people else 0.0
        return people / places

    def option(self, name: str) -> dict[str, Any]:
        """The settings of `jockey` or `demand`."""
        settings: dict[str, Any] = self.day[name]
        return settings
