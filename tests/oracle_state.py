"""What the oracle keeps of a shop, and what can be seen there; it imports nothing of the package.

Letters: i customer, j lane, l line, s server, c cashier who can be called, n entry of a list.
"""

from __future__ import annotations

from math import inf
from typing import Any

from tests.oracle_log import Day, Row

# What comes first at one instant.
END_OF_SERVICE, END_OF_GAP, END_OF_HELP, CALL_FOR_HELP, CASHIER_ARRIVES = 0, 1, 2, 3, 4
ROSTER, END_OF_STOPPAGE, STOPPAGE, END_OF_WALK, RENEGE, ARRIVAL = 5, 6, 7, 8, 9, 10

# What comes first among the events of staff at one instant.
ENTRIES, SHIFT_ENDS, SHIFT_STARTS, BREAK_ENDS, BREAK_BEGINS = 0, 1, 2, 3, 4

# A server is OPEN, CLOSED, or on its way from one to the other: AFTER_THIS_ONE takes nobody
# any more, LINE_OUT serves until nobody waits in its line.
OPEN, CLOSED, AFTER_THIS_ONE, LINE_OUT = "open", "closed", "after this one", "line out"

STAFFED, EXPRESS, SELF_SERVICE, SCAN_AND_GO, STATION = 0, 1, 2, 3, 4  # kinds of lane
TILLS, MACHINES = (STAFFED, EXPRESS), (SELF_SERVICE, SCAN_AND_GO)

# Between START and the end of his service, whatever the end.
IN_SERVICE = ("in service", "calling", "being helped", "held")

# What a day does not say of visits, people, staff and stoppages: nothing of it happens.
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
    "visits": None,
    "lane_pool": [],
    "again_after_s": [],
    "again_help_s": [],
    "fails": [],
    "stoppages": {"at_s": [], "server": [], "lasts_s": []},
    "no_cards": {"at_s": [], "lasts_s": []},
    "needs_card": [],
}


class State:
    """What each customer is doing, what each server is told to do, and who works where."""

    def __init__(self, day: Day) -> None:
        self.day = OFF | day
        self.trace: list[Row] = []
        # A customer: still away, waiting, walking, in service, calling, being helped, held (he
        # cannot pay), in the gap (he has left, the server is not yet free), between lines, gone.
        self.doing = ["still away" for _ in day["arrival_s"]]
        self.line = [-1 for _ in day["arrival_s"]]  # where he stands; walking: where he was
        self.server = [-1 for _ in day["arrival_s"]]
        self.walks_to = [-1 for _ in day["arrival_s"]]
        self.state = [CLOSED for _ in day["server_line"]]  # nothing is open before time 0
        self.free_s = [0.0 for _ in day["server_line"]]  # when it is planned to be free
        self.on_duty = [0 for _ in range(n_pools(self.day))]  # staff who answer calls
        self.target = [0 for _ in day["kind"]]  # the last roster entry
        self.resting: dict[int, int] = {}  # server: the break it is due or on, not covered
        self.on_shift = [False for _ in self.day["shift_start_s"]]
        self.at_till = [-1 for _ in self.on_shift]  # the till a cashier has opened on demand
        self.covers = [-1 for _ in self.on_shift]  # the break he covers
        self.opened_s = [0.0 for _ in day["server_line"]]  # when it was opened on demand
        self.call_pending = False
        self.from_pool: list[int] = []  # tills opened on demand by somebody of a pool
        self.had_to_wait_s: dict[int, float] = {}  # when he first joined a line and had to wait
        self.going_on: list[int] = []  # stoppages
        self.no_cards = -1  # the time in which cards do not work that is going on
        # Pending: time, what comes first at one instant, then what settles ties (happen).
        self.pending: list[tuple[float, int, int, int, int, int]] = []

    def later(self, time: float, kind: int, *key: int) -> None:
        """Let something happen at a time; the key settles ties and says what it is about."""
        a, b, c, d = (*key, 0, 0, 0, 0)[:4]
        self.pending.append((time, kind, a, b, c, d))

    def note(self, now: float, event: str, i: int, line: int, s: int) -> None:
        """Write a row of the trace."""
        self.trace.append((now, event, i, line, s))

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
        """Those at a server of the line between START and the end of service; helped or not."""
        everybody = range(len(self.doing))
        return [i for i in everybody if self.line[i] == line and self.doing[i] in IN_SERVICE]

    def people(self, line: int) -> int:
        """How many wait in a line or are served there."""
        return len(self.waiting(line)) + len(self.in_service(line))

    def occupied(self, s: int) -> bool:
        """Whether the server is held by a customer in service or by the gap after him."""
        held = (*IN_SERVICE, "in the gap")
        return any(self.server[i] == s and self.doing[i] in held for i in range(len(self.doing)))

    def stoppages_at(self, s: int) -> list[int]:
        """The stoppages that keep the server from working now."""
        return [f for f in self.going_on if self.day["stoppages"]["server"][f] == s]

    def works(self, s: int) -> bool:
        """Whether no stoppage is going on at the server."""
        return not self.stoppages_at(s)

    def works_again_s(self, s: int) -> float:
        """When the last of the stoppages going on at the server ends."""
        stops = self.day["stoppages"]
        return float(max(stops["at_s"][f] + stops["lasts_s"][f] for f in self.stoppages_at(s)))

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

    def seen_servers(self, line: int) -> list[int]:
        """The servers of a line that customers count: open ones that work, or if none does all."""
        return [s for s in self.open_servers(line) if self.works(s)] or self.open_servers(line)

    def moves_on(self, line: int) -> bool:
        """Whether an open server of the line works."""
        return any(self.works(s) for s in self.open_servers(line))

    def idle(self, s: int) -> bool:
        """Open, working, with nothing to do."""
        return self.state[s] == OPEN and not self.occupied(s) and self.works(s)

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

    def pool(self, i: int) -> int:
        """Who answers the calls of the lane where he stands; -1 = nobody is needed."""
        pools = self.day["lane_pool"]
        return int(pools[self.lane(i)]) if pools else self.lane(i)

    def free_in_pool(self, p: int) -> int:
        """How many of a pool have nothing to do: they neither help nor sit, or walk, to a till."""
        people = range(len(self.doing))
        busy = len([i for i in people if self.doing[i] == "being helped" and self.pool(i) == p])
        if self.demand_pool() == p:
            busy += self.call_pending + len(self.from_pool)
        return max(0, self.on_duty[p] - busy)

    def demand_pool(self) -> int:
        """The pool from which cashiers are called; -1 = they come by shifts."""
        return int(self.option("demand").get("pool", -1))

    def on_demand(self, s: int) -> bool:
        """Whether a till was opened on demand: then its cashier is there until it closes."""
        return s in self.at_till or s in self.from_pool

    def rostered(self, j: int) -> list[int]:
        """The servers of a lane that the roster opened and that are not closing."""
        servers = self.servers_of_lane(j)
        return [s for s in servers if self.state[s] == OPEN and not self.on_demand(s)]

    def resting_in(self, j: int) -> int:
        """How many servers of a lane are due or on a break that nobody covers."""
        return len([s for s in self.resting if self.lane_of(s) == j])

    def spare(self) -> list[int]:
        """Cashiers by shifts who can be called now, the first to come first."""
        cashiers = range(len(self.on_shift))
        free = [c for c in cashiers if self.at_till[c] == -1 and self.covers[c] == -1]
        return [c for c in free if self.on_shift[c]]

    def somebody_to_call(self) -> bool:
        """Whether a cashier can be called now."""
        p = self.demand_pool()
        return self.free_in_pool(p) > 0 if p >= 0 else bool(self.spare())

    def open_tills(self) -> list[int]:
        """All open tills, machines and stations left out."""
        kind = self.day["kind"]
        tills = [s for s in range(len(self.state)) if kind[self.lane_of(s)] in TILLS]
        return [s for s in tills if self.state[s] == OPEN]

    def has_machines(self) -> bool:
        """Whether there is a lane of machines with a line."""
        return any(self.day["kind"][j] in MACHINES for j in self.day["line_lane"])

    def mean_line(self) -> float:
        """People waiting per open till, all machines one more till; stations do not count."""
        kind, lane = self.day["kind"], self.day["line_lane"]
        lines = [x for x in range(len(lane)) if kind[lane[x]] != STATION]
        people = sum(len(self.waiting(x)) for x in lines)
        places = len(self.open_tills()) + self.has_machines()
        if places == 0:
            return inf if people else 0.0
        return people / places

    def option(self, name: str) -> dict[str, Any]:
        """The settings of `jockey` or `demand`."""
        settings: dict[str, Any] = self.day[name]
        return settings


def n_pools(day: Day) -> int:
    """Pools are numbered from 0; lanes without a word about it have one each."""
    named = [*day["lane_pool"], *day["attendants_pool"], day["demand"].get("pool", -1)]
    return max(len(day["kind"]), 1 + max(named, default=-1))
