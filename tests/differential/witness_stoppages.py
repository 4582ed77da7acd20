"""Counts what stands still and who comes again on a day, case by case; as `witness` does."""

from __future__ import annotations

from tests.differential.witness import CLOSING, Witness
from tests.oracle_service import FAILED, PAID
from tests.oracle_state import (
    CALL_FOR_HELP,
    CLOSED,
    END_OF_HELP,
    END_OF_SERVICE,
    IN_SERVICE,
    LINE_OUT,
    MACHINES,
    OPEN,
    STATION,
    TILLS,
)
from tests.oracle_stops import Event

NAMES = {END_OF_SERVICE: "end of service", CALL_FOR_HELP: "call", END_OF_HELP: "end of help"}


class StoppageWitness(Witness):
    """A shop that also remembers the cases of visits, pools, breakdowns and cards."""

    # Visits

    def next_visits(self, now: float, r: int, ending: str) -> None:
        """Who comes after a visit."""
        visits = self.day["visits"]
        before = len(self.pending)
        super().next_visits(now, r, ending)
        self.saw(f"came again after {ending}", len(self.pending) - before)
        for f, after in enumerate(visits["after"] if visits else []):
            if after == r and visits["condition"][f] == PAID and ending != "END":
                self.saw("not paid, does not come")
            if after == r and visits["condition"][f] == FAILED and ending == "FAILED":
                self.saw("failed, comes again")
            if after == r and visits["delay_s"][f] == 0 and len(self.pending) > before:
                self.saw("comes again at once")
            if after == r and f < r:
                self.saw("comes after a later row")

    def arrive(self, now: float, i: int) -> None:
        """Arrivals of later visits, and of people who see lines that stand still."""
        visits = self.day["visits"]
        again = bool(visits) and visits["after"][i] != -1
        self.saw("arrives at a station", bool(visits) and visits["stop"][i] > 0)
        lines = self.with_room(i)
        still = [x for x in lines if not self.moves_on(x)]
        super().arrive(now, i)
        self.saw("balks on coming again", again and self.trace[-1][1] == "BALK")
        self.saw("a line that stands still is passed over", 0 < len(still) < len(lines))
        self.saw("all lines stand still", bool(lines) and len(still) == len(lines))
        if self.line[i] in still:
            at_all = not any(self.occupied(s) for s in self.open_servers(self.line[i]))
            self.saw("joins where nobody works, nobody there", at_all)

    # Calls and pools

    def call(self, now: float, i: int) -> None:
        """Calls: first and second, at which lane, answered or not."""
        again, kind = self.calls_made(i) == 1, self.day["kind"][self.lane(i)]
        self.saw("calls again" if again else "calls")
        self.saw("calls at a till", kind in TILLS)
        self.saw("calls at a machine", kind in MACHINES)
        self.saw("calls at a station", kind == STATION)
        self.saw("calls, nobody needed", self.pool(i) == -1)
        self.saw("calls again, nobody needed", again and self.pool(i) == -1)
        self.saw("calls while his server is stopped", not self.works(self.server[i]))
        super().call(now, i)
        if self.doing[i] == "calling":
            self.saw("calls again and waits", again)
            lanes = {self.lane(x) for x in self.helped_by(self.pool(i))}
            self.saw("help is busy in another lane", bool(lanes - {self.lane(i)}))
            at_tills = self.demand_pool() == self.pool(i) and len(self.from_pool) > 0
            self.saw("help is missed: sits at a till", at_tills)

    def helped_by(self, p: int) -> list[int]:
        """Who is being helped by somebody of a pool."""
        people = range(len(self.doing))
        return [i for i in people if self.doing[i] == "being helped" and self.pool(i) == p]

    def help(self, now: float, i: int) -> None:
        """Help that starts at a server that is stopped, or for a second call."""
        self.saw("help starts during a stoppage", not self.works(self.server[i]))
        self.saw("helped a second time", self.calls_made(i) == 2)
        super().help(now, i)

    def look_for_call(self, now: float, walk_s: float) -> None:
        """Calls of somebody of a pool."""
        p, pending = self.demand_pool(), self.call_pending
        super().look_for_call(now, walk_s)
        if p >= 0 and self.option("demand")["on"] and not pending:
            self.saw("called from a pool", self.call_pending)
            self.saw("nobody of the pool is free", self.free_in_pool(p) == 0)

    def cashier_comes(self, now: float) -> None:
        """Whether he who came from a pool finds a till, and what follows."""
        before, rows = list(self.from_pool), len(self.trace)
        super().cashier_comes(now)
        if self.demand_pool() < 0:
            return
        came, *rest = self.trace[rows:]
        helps = bool(rest) and rest[0][1] == "HELP"
        self.saw("from a pool: no till", came[4] == -1)
        self.saw("from a pool: no till, answers a call", came[4] == -1 and helps)
        self.saw("from a pool: opens", came[4] != -1)
        self.saw("from a pool: relieves another", came[4] in before)
        self.saw("from a pool: the relieved answers a call", came[4] in before and helps)

    def open_one(self, now: float, j: int) -> None:
        """A till of somebody of a pool goes to the roster."""
        before, rows = list(self.from_pool), len(self.trace)
        super().open_one(now, j)
        if len(self.from_pool) < len(before):
            self.saw("from a pool: till to the roster")
            self.saw("then answers a call", "HELP" in [row[1] for row in self.trace[rows:]])

    # The end of a service

    def end(self, now: float, i: int) -> None:
        """How services end."""
        s, kind = self.server[i], self.day["kind"][self.lane(i)]
        state, held = self.state[s], self.doing[i] == "held"
        demand, works = self.on_demand(s), self.works(s)
        super().end(now, i)
        event = next(row[1] for row in self.trace[::-1] if row[2] == i and row[1] != "FREE")
        self.saw(event + (" at a till" if kind in TILLS else " at a machine"), kind != STATION)
        self.saw(f"{event} with a gap", self.of("gap_s", i) > 0)
        self.saw(f"{event} at a closing server", state in CLOSING)
        self.saw(f"{event} at a till on demand", demand)
        self.saw(f"{event} at a server that is stopped", not works)
        needs = bool(self.day["needs_card"]) and self.day["needs_card"][i]
        self.saw("failed without cards", event == "FAILED" and self.no_cards != -1 and needs)
        self.saw("no card needed at a station", kind == STATION and self.no_cards != -1 and needs)
        self.saw("held, then paid", held and event == "END")
        self.saw("paid just before cards fail", event == "END" and now in self.windows() and needs)

    def windows(self) -> list[float]:
        """When cards stop working."""
        times: list[float] = self.day["no_cards"]["at_s"]
        return times

    def stop_ends(self, now: float, who: int) -> None:
        """The end of a time without cards, with people held."""
        held = self.doing.count("held")
        if who >= len(self.day["stoppages"]["at_s"]):
            self.saw("several held at once", held > 1)
            self.saw("cards fail again at once", now in self.windows())
        super().stop_ends(now, who)

    def next_one(self, now: float, s: int) -> None:
        """A server that is free while it is stopped."""
        works, state = self.works(s), self.state[s]
        waiting = self.waiting(self.day["server_line"][s])
        super().next_one(now, s)
        self.saw(f"free while stopped, {state}", not works)
        self.saw(f"free while stopped, {state}, people wait", not works and bool(waiting))

    # Breakdowns

    def breaks_down(self, now: float, f: int) -> None:
        """What a breakdown hits."""
        stops = self.day["stoppages"]
        s = stops["server"][f]
        served = [i for i, x in enumerate(self.server) if x == s and self.doing[i] in IN_SERVICE]
        works, state = self.works(s), self.state[s]
        doing = self.doing[served[0]] if served else "gap" if self.occupied(s) else "nobody"
        until = 0.0 if works else self.works_again_s(s)
        rows = len(self.trace)
        super().breaks_down(now, f)
        if len(self.trace) == rows:
            self.saw("strikes nobody: stopped already" if served else "strikes nobody: not busy")
            return
        self.saw(f"broke: {state}")
        self.saw(f"broke: {doing}")
        self.saw(f"broke while {doing} and stopped already", not works)
        self.saw("broke when busy", stops["when_busy"][f])
        self.saw("broke for no time", stops["lasts_s"][f] == 0)
        self.saw("broke at a resting server", s in self.resting)
        self.saw("broke at a till on demand", self.on_demand(s))
        if not works:
            end = stops["at_s"][f] + stops["lasts_s"][f]
            self.saw("overlaps, ends later" if end > until else "overlaps, ends first or together")

    def delay(self, i: int, longer: float) -> None:
        """What a breakdown delays."""
        event = self.what_is_next(i)
        self.saw("delays " + (NAMES[event[1]] if event else self.doing[i]), longer > 0)
        self.saw("delays the part after help", longer > 0 and self.calls_made(i) > 0)
        super().delay(i, longer)

    def goes_elsewhere(self, now: float, i: int) -> bool:
        """Where somebody is sent on to."""
        line, s, state = self.line[i], self.server[i], self.state[self.server[i]]
        calls, room = self.calls_made(i), self.with_room(i)
        event: Event | None = self.what_is_next(i)
        waited, before = i in self.had_to_wait_s, len(self.trace)
        went = super().goes_elsewhere(now, i)
        if not went:
            self.saw("not sent on: no line" if event else "not sent on: no time known")
            self.saw("not sent on: only his own", bool(event) and room == [line])
            return went
        self.saw("sent on")
        self.saw("sent on: own line", self.line[i] == line)
        self.saw("sent on: another lane", self.lane(i) != self.lane_of(s))
        self.saw("sent on: starts at once", self.doing[i] == "in service")
        self.saw("sent on: has to wait, never did", self.doing[i] == "waiting" and not waited)
        self.saw("sent on: has to wait again", self.doing[i] == "waiting" and waited)
        self.saw("sent on: after help", calls > 0)
        self.saw(f"sent on: from {state}")
        own = [row[1] for row in self.trace[:before] if row[2] == i]
        self.saw("sent on: a second time", "SENT_ON" in own)
        self.saw("sent on: after a walk", "LEAVE" in own)
        self.saw("sent on: will call", self.of("before_call_s", i) < float("inf"))
        return went

    def repaired(self, now: float, f: int) -> None:
        """What a server does when it works again."""
        s = self.day["stoppages"]["server"][f]
        rows, occupied = len(self.trace), self.occupied(s)
        super().repaired(now, f)
        then = [row[1] for row in self.trace[rows + 1 :]]
        self.saw("repaired, not yet" if not self.works(s) else f"repaired, {self.state[s]}")
        self.saw("repaired, starts", "START" in then)
        self.saw("repaired, serves the line out", "START" in then and self.state[s] == LINE_OUT)
        self.saw("repaired, closes", "CLOSED" in then)
        self.saw("repaired, somebody there", occupied)

    # Opening, closing, leaving

    def set_state(self, now: float, s: int, state: str) -> None:
        """Servers that open or close while they are stopped."""
        before, works, occupied = self.state[s], self.works(s), self.occupied(s)
        waiting = self.waiting(self.day["server_line"][s])
        if not works:
            self.saw(f"stopped: from {before} to {state}")
            self.saw("stopped, nobody there: " + state, not occupied)
            self.saw("stopped, opens, people wait", state == OPEN and bool(waiting))
        pool = s in self.from_pool and state == CLOSED
        rows = len(self.trace)
        super().set_state(now, s, state)
        self.saw("from a pool: closes", pool)
        helps = [row[1] for row in self.trace[rows + 1 :]][:1] == ["HELP"]
        self.saw("from a pool: closes, answers a call", pool and helps)
        turned = [row for row in self.trace[rows + 1 :] if row[1] == "CLOSED"]
        self.saw("opens, one that serves out closes", state == OPEN and bool(turned))

    def nobody_left(self, now: float, line: int) -> None:
        """Servers kept for a line that is empty now."""
        rows = len(self.trace)
        event = self.trace[-1][1]
        super().nobody_left(now, line)
        self.saw(f"closes: line empty by {event}", len(self.trace) > rows)

    def renege(self, now: float, i: int) -> None:
        """Patience after having been sent on."""
        doing, own = self.doing[i], [row[1] for row in self.trace if row[2] == i]
        super().renege(now, i)
        if "SENT_ON" in own:
            self.saw(f"sent on, patience ends: {doing}")
            self.saw("sent on, gives up where nobody works", not self.moves_on(self.line[i]))

    def ask(self, now: float, i: int) -> None:
        """Changing line because of a stoppage."""
        here = self.line[i]
        super().ask(now, i)
        if self.doing[i] == "walking":
            self.saw("jockey: from a line that stands still", not self.moves_on(here))
            self.saw("jockey: to a line that stands still", not self.moves_on(self.walks_to[i]))
            partly = [s for s in self.open_servers(self.walks_to[i]) if not self.works(s)]
            self.saw("jockey: to a line with a stopped server", bool(partly))

    def rest_us(self, now: float, line: int) -> int:
        """Expected waits at servers that are stopped."""
        for s in self.seen_servers(line):
            if not self.works(s):
                occupied = self.occupied(s)
                self.saw("rest of a stopped server", occupied)
                self.saw("rest of a stopped server without a customer", not occupied)
                later = occupied and self.works_again_s(s) > self.free_s[s]
                self.saw("rest: repair ends after the service", later)
        return super().rest_us(now, line)
