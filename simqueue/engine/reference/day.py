"""One day: everything that takes part in it, and the trace being written."""

from __future__ import annotations

from typing import Any

from simqueue.engine.clock import Clock
from simqueue.engine.reference.customers import Customers
from simqueue.engine.reference.demand import OnDemand
from simqueue.engine.reference.jockeying import Jockeying
from simqueue.engine.reference.lines import Lane
from simqueue.engine.reference.pools import n_pools, pools_of
from simqueue.engine.reference.roster import Breaks, Roster
from simqueue.engine.reference.servers import Server
from simqueue.engine.reference.stoppages import Breakdowns, Cards
from simqueue.engine.reference.visits import followers
from simqueue.tables import Event, System, Trace, Workload

STIRS = frozenset(  # makes people look around
    (
        *(Event.START, Event.END, Event.RENEGE, Event.OPEN, Event.BROKE, Event.REPAIRED),
        *(Event.SENT_ON, Event.FAILED, Event.LEFT),
    )
)


class Day:
    """Everything of one run."""

    def __init__(self, workload: Workload, system: System) -> None:
        self.clock = Clock()
        self.system = system
        self.items = workload.items.tolist()
        self.rows: list[tuple[float, int, int, int, int]] = []
        self.n_pools = n_pools(system)
        self.pools = pools_of(self)
        self.breakdowns = Breakdowns(self)
        self.cards = Cards(self)
        self.lanes = [Lane(self, j) for j in range(len(system.lanes))]
        self.lines = [line for lane in self.lanes for line in lane.lines]
        self.servers = {s.number: s for lane in self.lanes for s in lane.servers}
        self.may_not_pay = len(system.fails) > 0 or self.cards.any
        self.followers = followers(workload.visits)
        self.reacts = system.jockey.on or system.demand.on  # somebody watches the lines
        self.customers = Customers(self, workload)
        self.roster = Roster(self)
        self.demand = OnDemand(self)
        self.breaks = Breaks(self)
        self.jockeying = Jockeying(self) if system.jockey.on else None
        self.looked_at = 0  # how many rows there were when people last looked around

    def note(self, event: Event, customer: int, line: int, server: int) -> None:
        """Write a fact into the trace."""
        self.rows.append((self.clock.now, event, customer, line, server))

    def after_service(self, server: Server) -> None:
        """End the event in which a customer has left a server."""
        self.demand.look_to_close(server)
        self.settle()

    def settle(self) -> None:
        """End an event: if it stirred something, the last in the lines look around."""
        if self.jockeying is None:
            return
        stirred = any(row[1] in STIRS for row in self.rows[self.looked_at :])
        if stirred:
            self.jockeying.look()
        self.looked_at = len(self.rows)

    def key_of_shift_end(self, cashier: int) -> int:
        """Rank among changes of staff at one instant: after the rosters (see docs/model.md)."""
        return 2 * self.n_pools + cashier

    def key_of_shift_start(self, cashier: int) -> int:
        """After the ends of shifts."""
        return self.key_of_shift_end(cashier) + len(self.system.shift_start_s)

    def key_of_return(self, server: Server) -> int:
        """After the beginnings of shifts: ends of breaks."""
        return self.key_of_shift_end(server.number) + 2 * len(self.system.shift_start_s)

    def key_of_break(self, server: Server) -> int:
        """Last: beginnings of breaks."""
        return self.key_of_return(server) + self.system.n_servers

    def trace(self) -> Trace:
        """What has been written, as a table."""
        columns: list[Any] = list(zip(*self.rows, strict=True)) or [()] * 5
        return Trace(*columns)


def simulate(workload: Workload, system: System) -> Trace:
    """Everything that happens on one day, in order; the same input gives the same bytes."""
    day = Day(workload, system)
    day.clock.run()
    return day.trace()
