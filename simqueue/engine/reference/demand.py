"""Opening on demand: spare cashiers are called to a till when the lines grow."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from simqueue.engine.reference.pools import Pool
from simqueue.engine.reference.servers import Duty, Process, Server
from simqueue.tables import Event, Instant, Kind

if TYPE_CHECKING:
    from simqueue.engine.reference.day import Day


class Cashier:
    """Somebody on duty who can be called to a till, from the start of a shift to its end.

    Whoever comes from a pool has no shift: he belongs to the till until he goes back.
    """

    def __init__(self, number: int, pool: Pool | None = None) -> None:
        self.number = number
        self.pool = pool
        self.on_shift = False
        self.till: Server | None = None
        self.covers = False  # stands in for somebody on a break

    @property
    def spare(self) -> bool:
        """Whether he can be called."""
        return self.on_shift and self.till is None and not self.covers

    def go_to(self, till: Server) -> None:
        """Work at a till; whoever had been called there before is free."""
        if till.cashier is not None:
            till.cashier.leave_till()
        self.till, till.cashier = till, self

    def leave_till(self) -> None:
        """Be free again; the till, if still open, is no longer his."""
        if self.till is not None:
            self.till.cashier, self.till = None, None
        if self.pool is not None:
            self.pool.come_back()


class OnDemand:
    """Calls cashiers when somebody joins a line, and lets them go when a service ends."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.terms = day.system.demand
        self.pending = False
        self.pool = day.pools[self.terms.pool] if self.terms.pool >= 0 else None
        staffed = [lane for lane in day.lanes if lane.has_tills]
        self.tills = [server for lane in staffed for server in lane.servers]
        self.lines = [line for lane in staffed for line in lane.lines]
        checkouts = [lane for lane in day.lanes if lane.kind != Kind.STATION]
        self.machines = any(lane.lines for lane in checkouts if lane not in staffed)
        self.counted = [line for lane in checkouts for line in lane.lines]
        self.cashiers = [Cashier(c) for c in range(len(day.system.shift_start_s))]
        for cashier in self.cashiers:
            day.clock.process(self.shift(cashier))

    def spare(self) -> Cashier | None:
        """The first cashier who can be called, or nobody."""
        return next((cashier for cashier in self.cashiers if cashier.spare), None)

    def shift(self, cashier: Cashier) -> Process:
        """One cashier's time on duty."""
        day, c = self.day, cashier.number
        yield day.clock.at(
            float(day.system.shift_start_s[c]), Instant.ROSTER, day.key_of_shift_start(c)
        )
        cashier.on_shift = True
        if c == 0 or day.system.shift_start_s[c - 1] < day.system.shift_start_s[c]:
            self.look_to_call(walk_s=0.0)  # the first of a shift comes past the tills anyway
        day.settle()
        if day.system.shift_end_s[c] == inf:
            return
        yield day.clock.at(
            float(day.system.shift_end_s[c]), Instant.ROSTER, day.key_of_shift_end(c)
        )
        cashier.on_shift = False
        if cashier.till is not None and cashier.till.duty is Duty.OPEN:
            day.roster.wind_down([cashier.till])
        day.settle()

    def look_to_call(self, walk_s: float) -> None:
        """Call a spare cashier if the lines are too long and nobody is on his way."""
        if not self.terms.on or self.pending or not self._some_spare() or not self._too_long():
            return
        self.pending = True
        self.day.note(Event.CALLED, -1, -1, -1)
        coming = None
        if self.pool is not None:
            self.pool.leave()
            coming = Cashier(-1, self.pool)
        self.day.clock.process(self._come(walk_s, coming))

    def _some_spare(self) -> bool:
        return self.spare() is not None if self.pool is None else self.pool.has_free

    def _too_long(self) -> bool:
        return (
            not any(till.duty is Duty.OPEN for till in self.tills)
            or self.mean_line() > self.terms.call_above
            or self._longest_wait_s() > self.terms.waited_over_s
        )

    def mean_line(self) -> float:
        """People waiting per open till, the machines' line counting as one till more."""
        waiting = sum(len(line.waiting) for line in self.counted)
        places = sum(till.duty is Duty.OPEN for till in self.tills) + self.machines
        if places == 0:
            return inf if waiting else 0.0
        return waiting / places

    def _longest_wait_s(self) -> float:
        """How long somebody at a till has waited by now, at most."""
        now, joined = self.day.clock.now, self.day.customers.joined_s
        return max((now - joined[i] for line in self.lines for i in line.waiting), default=0.0)

    def _come(self, walk_s: float, coming: Cashier | None) -> Process:
        """The cashier who was called walks to the tills and opens one; of a shift, who is first."""
        day = self.day
        yield day.clock.at(day.clock.now + walk_s, Instant.CASHIER_ARRIVES, 0)
        self.pending = False
        cashier, till = coming or self.spare(), self._till_to_open()
        if cashier is None or till is None:
            day.note(Event.CAME, -1, -1, -1)
            if coming is not None:
                coming.leave_till()
            return
        day.note(Event.CAME, -1, till.line.number, till.number)
        cashier.go_to(till)
        till.may_close_s = day.clock.now + self.terms.stay_s
        till.open()
        day.settle()

    def _till_to_open(self) -> Server | None:
        here = [s for s in self.day.lanes[self.terms.lane].servers if s.rest_s is None]
        closing = [s for s in here if s.closing]
        closed = [s for s in here if s.duty is Duty.CLOSED]
        return next(iter(closing + closed), None)

    def look_to_close(self, till: Server) -> None:
        """Let the cashier of a till go whose line is empty, when the lines are short."""
        if not self.terms.on or till.cashier is None or till.duty is not Duty.OPEN:
            return
        others = self.machines or any(
            other.duty is Duty.OPEN for other in self.tills if other is not till
        )
        if (
            others
            and not till.line.waiting
            and self.day.clock.now >= till.may_close_s
            and self.mean_line() < self.terms.close_below
        ):
            self.day.roster.wind_down([till])
