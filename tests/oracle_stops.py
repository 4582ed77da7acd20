"""The oracle's stoppages: servers that break down, and hours in which cards do not work."""

from __future__ import annotations

from tests.oracle_staff import Staff
from tests.oracle_state import (
    CALL_FOR_HELP,
    CLOSED,
    END_OF_HELP,
    END_OF_SERVICE,
    END_OF_STOPPAGE,
    IN_SERVICE,
    LINE_OUT,
    OPEN,
)

Event = tuple[float, int, int, int, int, int]


class Stops(Staff):
    """What happens when a server, or all card payment, stops working and works again."""

    def stop_begins(self, now: float, who: int) -> None:
        """A breakdown, or (numbered after all breakdowns) a time without cards."""
        breakdowns = len(self.day["stoppages"]["at_s"])
        if who < breakdowns:
            self.breaks_down(now, who)
        else:
            self.no_cards = who - breakdowns
            self.note(now, "NO_CARDS", -1, -1, -1)
            self.later(now + self.day["no_cards"]["lasts_s"][self.no_cards], END_OF_STOPPAGE, who)

    def stop_ends(self, now: float, who: int) -> None:
        """The server is repaired, or everybody who waits to pay by card pays."""
        if who < len(self.day["stoppages"]["at_s"]):
            self.repaired(now, who)
            return
        self.no_cards = -1
        self.note(now, "CARDS", -1, -1, -1)
        for i, what in enumerate(self.doing):
            if what == "held":
                self.later(now, END_OF_SERVICE, i)

    def breaks_down(self, now: float, f: int) -> None:
        """The server stops; who is served there waits longer, or goes to another line."""
        stops = self.day["stoppages"]
        s, until = stops["server"][f], stops["at_s"][f] + stops["lasts_s"][f]
        served = [i for i, x in enumerate(self.server) if x == s and self.doing[i] in IN_SERVICE]
        if stops["when_busy"][f] and (not served or not self.works(s)):
            return
        longer = stops["lasts_s"][f]
        if not self.works(s):
            longer = max(0.0, until - self.works_again_s(s))
        self.going_on.append(f)
        self.note(now, "BROKE", f, self.day["server_line"][s], s)
        self.later(until, END_OF_STOPPAGE, f)
        for i in served:  # one at most
            if not (stops["sends_on"][f] and self.goes_elsewhere(now, i)):
                self.delay(i, longer)

    def what_is_next(self, i: int) -> Event | None:
        """The next event of a service, if its time is known."""
        kinds = (END_OF_SERVICE, CALL_FOR_HELP, END_OF_HELP)
        return next((event for event in self.pending if event[1] in kinds and event[2] == i), None)

    def delay(self, i: int, longer: float) -> None:
        """All that was planned at his server happens so much later."""
        event = self.what_is_next(i)
        if longer > 0:
            self.free_s[self.server[i]] += longer
        if longer > 0 and event:
            self.pending.remove(event)
            self.pending.append((event[0] + longer, *event[1:]))

    def goes_elsewhere(self, now: float, i: int) -> bool:
        """He goes to another line, or another server of his own, if there is one; else he stays."""
        event, line, s = self.what_is_next(i), self.line[i], self.server[i]
        if event is None or event[1] == END_OF_HELP:
            return False
        lines = [x for x in self.with_room(i) if x != line or self.moves_on(line)]
        if not lines:
            return False
        chosen = self.choose(now, i, self.best_of(lines), "u_choice_again")
        self.pending.remove(event)
        self.doing[i] = "between lines"
        self.note(now, "SENT_ON", i, line, s)
        self.note(now, "FREE", i, line, s)
        self.next_one(now, s)
        self.join(now, i, chosen)
        return True

    def repaired(self, now: float, f: int) -> None:
        """The server takes the next one if it works again and somebody waits."""
        s = self.day["stoppages"]["server"][f]
        self.going_on.remove(f)
        line = self.day["server_line"][s]
        self.note(now, "REPAIRED", f, line, s)
        if not self.works(s) or self.occupied(s) or self.state[s] not in (OPEN, LINE_OUT):
            return
        if self.waiting(line):
            self.start(now, self.waiting(line)[0], s)
        elif self.state[s] == LINE_OUT:
            self.set_state(now, s, CLOSED)
