"""The oracle's staff: the roster, tills opened on demand, shifts and breaks."""

from __future__ import annotations

from tests.oracle_moves import Moves
from tests.oracle_state import (
    AFTER_THIS_ONE,
    BREAK_ENDS,
    CASHIER_ARRIVES,
    CLOSED,
    LINE_OUT,
    OPEN,
    ROSTER,
    TILLS,
)

CLOSING = (AFTER_THIS_ONE, LINE_OUT)


class Staff(Moves):
    """Who opens and closes which server, and when."""

    def open(self, now: float, s: int) -> None:
        """A closing server just goes on; one without a customer takes the first of its line."""
        self.set_state(now, s, OPEN)
        if not self.occupied(s):
            self.next_one(now, s)

    def tell_to_close(self, now: float, servers: list[int]) -> None:
        """Idle servers close at once; the others serve their line out or only their customer.

        A server that is being repaired and has nobody is idle unless its line needs it.
        """
        closing = []
        for s in servers:
            line = self.day["server_line"][s]
            stay_open = [x for x in self.open_servers(line) if x not in servers]
            # The last servers of a line serve it out together, if people wait.
            last = not stay_open and len(self.waiting(line)) > 0
            if not self.occupied(s) and not last:
                self.set_state(now, s, CLOSED)
                continue
            self.set_state(now, s, LINE_OUT if last else AFTER_THIS_ONE)
            closing.append(line)
        if self.day["finish_current"]:
            for line in dict.fromkeys(closing):
                if not self.open_servers(line):
                    self.send_on(now, line)

    # Roster

    def roster(self, now: float, j: int, target: int) -> None:
        """Bring the number of servers opened by the roster to the target, breaks left out."""
        self.target[j] = target
        aim = max(0, target - self.resting_in(j))
        rostered = self.rostered(j)
        for _ in range(aim - len(rostered)):
            self.open_one(now, j)
        rostered.sort(key=self.closes_first)
        self.tell_to_close(now, rostered[: max(0, len(rostered) - aim)])

    def open_one(self, now: float, j: int) -> None:
        """Open one more by the roster: one still closing, else a closed one, else one on demand."""
        servers = [s for s in self.servers_of_lane(j) if s not in self.resting]
        of_roster = [s for s in servers if not self.on_demand(s)]
        closing = [s for s in of_roster if self.state[s] in CLOSING]
        closed = [s for s in of_roster if self.state[s] == CLOSED]
        others = [s for s in servers if self.on_demand(s)]
        if closing or closed:
            self.open(now, (closing + closed)[0])
        elif others:
            s = others[0]
            if s in self.at_till:  # the roster has somebody for this till now
                self.at_till[self.at_till.index(s)] = -1
            else:
                self.from_pool.remove(s)
                self.answer_calls(now, self.demand_pool())
            if self.state[s] in CLOSING:
                self.open(now, s)

    def closes_first(self, s: int) -> tuple[bool, int, int]:
        """The order of closing: idle, then with fewest people in line, then the highest number."""
        line = self.day["server_line"][s]
        shared = len(self.servers(line)) > 1
        idle = not self.occupied(s) and (shared or not self.waiting(line))
        return not idle, 0 if idle else self.people(line), -s

    # On demand

    def look_for_call(self, now: float, walk_s: float) -> None:
        """Call a cashier if lines are long and somebody can come."""
        demand, lane, kind = self.option("demand"), self.day["line_lane"], self.day["kind"]
        if not demand["on"] or self.call_pending or not self.somebody_to_call():
            return
        tills = [x for x in range(len(lane)) if kind[lane[x]] in TILLS]
        waited = [now - self.had_to_wait_s[i] for x in tills for i in self.waiting(x)]
        if (
            not self.open_tills()
            or self.mean_line() > demand["call_above"]
            or any(s > demand["waited_over_s"] for s in waited)
        ):
            self.call_pending = True
            self.note(now, "CALLED", -1, -1, -1)
            self.later(now + walk_s, CASHIER_ARRIVES)

    def cashier_comes(self, now: float) -> None:
        """The first spare cashier opens a till of the lane, one still closing before others.

        Somebody of a pool who finds no till, or is relieved, can answer calls again.
        """
        pool = self.demand_pool()
        self.call_pending = False
        servers = self.servers_of_lane(self.option("demand")["lane"])
        servers = [s for s in servers if s not in self.resting]
        closing = [s for s in servers if self.state[s] in CLOSING]
        closed = [s for s in servers if self.state[s] == CLOSED]
        if not closing + closed or (pool == -1 and not self.spare()):
            self.note(now, "CAME", -1, -1, -1)
            if pool != -1:
                self.answer_calls(now, pool)
            return
        s = (closing + closed)[0]
        if pool == -1:
            c = self.spare()[0]
            self.at_till = [-1 if till == s else till for till in self.at_till]  # relieved
            self.at_till[c] = s
        elif s not in self.from_pool:
            self.from_pool.append(s)
        self.opened_s[s] = now
        self.note(now, "CAME", -1, self.day["server_line"][s], s)
        if pool != -1:
            self.answer_calls(now, pool)
        self.open(now, s)

    def look_to_close(self, now: float, s: int) -> None:
        """After a service at a till opened on demand: close it if it is not needed any more."""
        demand = self.option("demand")
        if self.state[s] != OPEN or not self.on_demand(s):
            return
        others = [x for x in self.open_tills() if x != s]
        if (
            not self.waiting(self.day["server_line"][s])
            and now >= self.opened_s[s] + demand["stay_s"]
            and self.mean_line() < demand["close_below"]
            and (others or self.has_machines())
        ):
            self.tell_to_close(now, [s])

    def shift_starts(self, now: float, c: int) -> None:
        """One more can be called; the first of those who begin together comes at once."""
        self.on_shift[c] = True
        if self.day["shift_start_s"].index(self.day["shift_start_s"][c]) == c:
            self.look_for_call(now, 0.0)

    def shift_ends(self, now: float, c: int) -> None:
        """He can no longer be called; his till is told to close if it is not closing already."""
        self.on_shift[c] = False
        s = self.at_till[c]
        if s != -1 and self.state[s] == OPEN:
            self.tell_to_close(now, [s])

    # Breaks

    def break_begins(self, now: float, n: int) -> None:
        """A spare cashier takes over, or the server rests once its line is served."""
        s = self.day["break_server"][n]
        if self.state[s] != OPEN or self.on_demand(s):
            return
        spare = self.spare()
        self.note(now, "BREAK", -1, self.day["server_line"][s], s)
        if spare:
            self.covers[spare[0]] = n
            self.later(now + self.day["break_lasts_s"][n], ROSTER, BREAK_ENDS, s, n)
        else:
            self.resting[s] = n
            self.tell_to_close(now, [s])

    def break_ends(self, now: float, n: int) -> None:
        """The one who covered is spare again, or the server is back and opens if it is wanted."""
        s = self.day["break_server"][n]
        j = self.lane_of(s)
        self.note(now, "BACK", -1, self.day["server_line"][s], s)
        if n in self.covers:
            self.covers[self.covers.index(n)] = -1
            return
        del self.resting[s]
        if len(self.rostered(j)) + self.resting_in(j) < self.target[j]:
            self.open(now, s)
