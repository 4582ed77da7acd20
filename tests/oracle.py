"""A naive simulator of one day, the judge of the engines; it imports nothing of the package.

It was written from the model page alone and is meant to be read, not to be fast: a list of
pending events is scanned for the next one, and everything a decision needs is counted again
from the customers' own records. It is told in a chain of small parts: what can be seen
(oracle_state), choice (oracle_choice), service (oracle_service), changes of line (oracle_moves),
staff (oracle_staff), stoppages (oracle_stops). The log is worked out from the trace by oracle_log.

A day is a plain dictionary with the field names of System, Choice (under "choice"), Jockey
("jockey"), Demand ("demand"), Stoppages ("stoppages"), NoCards ("no_cards"), Visits ("visits") and
Workload; of what people, staff and stoppages do, what it does not say does not happen.

Letters: i customer (or visit), j lane, l line, s server, c cashier, p pool, f stoppage (or a later
visit), k row of the trace, n entry of a list.
"""

from __future__ import annotations

from typing import Any

from tests.oracle_log import Day, Row, log
from tests.oracle_state import (
    ARRIVAL,
    BREAK_BEGINS,
    BREAK_ENDS,
    CALL_FOR_HELP,
    CASHIER_ARRIVES,
    END_OF_GAP,
    END_OF_HELP,
    END_OF_SERVICE,
    END_OF_STOPPAGE,
    END_OF_WALK,
    ENTRIES,
    RENEGE,
    ROSTER,
    SHIFT_ENDS,
    SHIFT_STARTS,
    STOPPAGE,
)
from tests.oracle_stops import Stops

# After these people look round for a better line.
STIRRING = {"START", "END", "FAILED", "LEFT", "SENT_ON", "RENEGE", "OPEN", "BROKE", "REPAIRED"}


def simulate(day: Day) -> tuple[list[Row], list[dict[str, Any]]]:
    """The trace and the log of one day; works on plain lists and numbers only."""
    shop = Shop(day)
    while shop.pending:
        event = min(shop.pending)
        shop.pending.remove(event)
        shop.happen(*event)
    return shop.trace, log(day, shop.trace)


class Shop(Stops):
    """A shop in which one event after another happens."""

    def __init__(self, day: Day) -> None:
        super().__init__(day)
        for i, arrival in enumerate(day["arrival_s"]):
            if not self.day["visits"] or self.day["visits"]["after"][i] == -1:
                self.later(arrival, ARRIVAL, i)
        for n, time in enumerate(day["roster_s"]):
            self.later(time, ROSTER, ENTRIES, day["roster_lane"][n], 0, n)
        for n, time in enumerate(day["attendants_s"]):
            self.later(time, ROSTER, ENTRIES, day["attendants_pool"][n], 1, n)
        for c, time in enumerate(self.day["shift_start_s"]):
            self.later(time, ROSTER, SHIFT_STARTS, c)
        for c, time in enumerate(self.day["shift_end_s"]):
            if time != float("inf"):
                self.later(time, ROSTER, SHIFT_ENDS, c)
        for n, time in enumerate(self.day["break_s"]):
            self.later(time, ROSTER, BREAK_BEGINS, self.day["break_server"][n], n)
        breakdowns = self.day["stoppages"]["at_s"]
        for f, time in enumerate([*breakdowns, *self.day["no_cards"]["at_s"]]):
            self.later(time, STOPPAGE, f)

    def happen(self, now: float, kind: int, who: int, a: int, b: int, c: int) -> None:
        """Let one event happen; afterwards people look round if something changed in the lines."""
        rows = len(self.trace)
        if kind == ROSTER:
            self.staff(now, who, a, b, c)
        elif kind == CASHIER_ARRIVES:
            self.cashier_comes(now)
        elif kind == STOPPAGE:
            self.stop_begins(now, who)
        elif kind == END_OF_STOPPAGE:
            self.stop_ends(now, who)
        else:
            self.customer(now, kind, who)
        new = {row[1] for row in self.trace[rows:]}
        if self.option("jockey")["on"] and new & STIRRING:
            self.look_round(now)

    def customer(self, now: float, kind: int, i: int) -> None:
        """Something happens to customer i."""
        if kind == END_OF_SERVICE:
            self.end(now, i)
            if self.doing[i] == "gone":  # no gap: the till is free at once
                self.look_to_close(now, self.server[i])
        elif kind == END_OF_GAP:
            self.free(now, i)
            self.look_to_close(now, self.server[i])
        elif kind == END_OF_HELP:
            self.helped(now, i)
        elif kind == CALL_FOR_HELP:
            self.call(now, i)
        elif kind == END_OF_WALK:
            self.arrive_on_foot(now, i)
        elif kind == RENEGE:
            self.renege(now, i)
        elif kind == ARRIVAL:
            self.arrive(now, i)
            if self.line[i] != -1:
                self.look_for_call(now, self.option("demand").get("walk_s", 0.0))

    def staff(self, now: float, what: int, who: int, attendants: int, entry: int) -> None:
        """Something happens by the clock of the staff: who is a lane, a cashier or a server."""
        if what == ENTRIES and attendants:
            self.on_duty[who] = self.day["attendants_on"][entry]
            self.answer_calls(now, who)
        elif what == ENTRIES:
            self.roster(now, who, self.day["roster_open"][entry])
        elif what == SHIFT_ENDS:
            self.shift_ends(now, who)
        elif what == SHIFT_STARTS:
            self.shift_starts(now, who)
        elif what == BREAK_ENDS:
            self.break_ends(now, attendants)
        elif what == BREAK_BEGINS:
            self.break_begins(now, attendants)
