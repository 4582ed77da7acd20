"""The same models in bare SimPy, as a good user of SimPy would write them within the hour.

A process per customer, a `simpy.Resource` per line, request, timeout. Nothing of `simqueue` is
used but the tables with the customers and the lanes.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from math import inf, nan

import simpy

from simqueue.tables import System, Workload


class Line:
    """A queue and the tills or machines it leads to."""

    def __init__(self, env: simpy.Environment, system: System, number: int) -> None:
        lane = system.line_lane[number]
        self.tills = simpy.Resource(env, capacity=len(system.servers_of(number)))
        self.people = 0
        self.attendants = attendants_of(env, system, lane)
        self.may_use = system.may_use[lane].tolist()
        self.service_s = system.service_s[lane].tolist()
        self.gap_s = system.gap_s[lane].tolist()
        self.before_call_s = system.before_call_s[lane].tolist()
        self.after_call_s = system.after_call_s[lane].tolist()
        self.help_s = system.help_s[lane].tolist()


def attendants_of(env: simpy.Environment, system: System, lane: int) -> simpy.Resource | None:
    """Those who help at the machines of a lane."""
    on_duty = system.attendants_on[system.attendants_pool == lane].max()
    return simpy.Resource(env, capacity=int(on_duty)) if on_duty else None


class Shop:
    """The lines, and when the service of each customer started (nan: he gave up)."""

    def __init__(self, env: simpy.Environment, workload: Workload, system: System) -> None:
        self.env = env
        self.lines = [Line(env, system, number) for number in range(system.n_lines)]
        self.arrival_s = workload.arrival_s.tolist()
        self.u_choice = workload.u_choice.tolist()
        self.patience_s = system.patience_s.tolist()
        self.start_s = [nan] * len(workload)

    def arrivals(self) -> Generator:
        """Let the customers in, one by one."""
        for i, arrival_s in enumerate(self.arrival_s):
            yield self.env.timeout(arrival_s - self.env.now)
            self.env.process(self.customer(i))

    def choose(self, i: int) -> Line:
        """The line with the fewest people per till; one of them at random if there are several."""
        lines = [line for line in self.lines if line.may_use[i]]
        lengths = [line.people / line.tills.capacity for line in lines]
        shortest = min(lengths)
        tied = [line for line, length in zip(lines, lengths, strict=True) if length == shortest]
        return tied[int(self.u_choice[i] * len(tied))]

    def customer(self, i: int) -> Generator:
        """One customer, from arriving to leaving."""
        env = self.env
        line = self.choose(i)
        line.people += 1
        with line.tills.request() as turn:
            if self.patience_s[i] < inf:
                yield turn | env.timeout(self.patience_s[i])
            else:
                yield turn
            if not turn.triggered:
                line.people -= 1
                return
            self.start_s[i] = env.now
            if line.before_call_s[i] < inf:
                yield env.timeout(line.before_call_s[i])
                with line.attendants.request() as attendant:
                    yield attendant
                    yield env.timeout(line.help_s[i])
                yield env.timeout(line.after_call_s[i])
            else:
                yield env.timeout(line.service_s[i])
            line.people -= 1
            if line.gap_s[i] > 0:
                yield env.timeout(line.gap_s[i])


class ShopByClock(Shop):
    """The same with tills that open and close by a roster, and attendants who come and go.

    A till that closes serves its line out. Attendants off duty are kept busy by requests that go
    before all calls: whoever helps a customer finishes that first.
    """

    def __init__(self, env: simpy.Environment, workload: Workload, system: System) -> None:
        super().__init__(env, workload, system)
        self.of_lane = [
            [self.lines[n] for n in system.lines_of(j)] for j in range(len(system.kind))
        ]
        for line in self.lines:
            line.open = False
            if line.attendants is not None:
                line.attendants = simpy.PriorityResource(env, line.attendants.capacity)
        for lane, lines in enumerate(self.of_lane):
            mine = system.roster_lane == lane
            env.process(self.roster(lines, system.roster_s[mine], system.roster_open[mine]))
            mine = system.attendants_pool == lane
            if lines[0].attendants is not None:
                changes = zip(system.attendants_s[mine], system.attendants_on[mine], strict=True)
                env.process(self.duties(lines[0].attendants, changes))

    def choose(self, i: int) -> Line:
        """The shortest of the open lines."""
        lines = [line for line in self.lines if line.open and line.may_use[i]]
        lengths = [line.people / line.tills.capacity for line in lines]
        shortest = min(lengths)
        tied = [line for line, length in zip(lines, lengths, strict=True) if length == shortest]
        return tied[int(self.u_choice[i] * len(tied))]

    def roster(self, lines: list[Line], times: Iterable[float], wanted: Iterable[int]) -> Generator:
        """Open and close tills with lines of their own; a lane with one line stays open."""
        for time_s, n in zip(times, wanted, strict=True):
            yield self.env.timeout(float(time_s) - self.env.now)
            if len(lines) == 1 and lines[0].tills.capacity > 1:
                lines[0].open = True
                continue
            taking = [line for line in lines if line.open]
            busy = [line for line in lines if not line.open and line.tills.count]
            closed = [line for line in lines if not line.open and not line.tills.count]
            for line in (busy + closed)[: max(0, n - len(taking))]:
                line.open = True
            numbered = [(bool(x.tills.count), x.people, -lines.index(x), x) for x in taking]
            for *_, line in sorted(numbered)[: max(0, len(taking) - n)]:
                line.open = False

    def duties(self, staff: simpy.PriorityResource, changes: Iterable[tuple]) -> Generator:
        """Keep those who are off duty away."""
        away: list[simpy.Event] = []
        for time_s, n in changes:
            yield self.env.timeout(float(time_s) - self.env.now)
            while len(away) > staff.capacity - n:
                staff.release(away.pop())
            while len(away) < staff.capacity - n:
                away.append(staff.request(priority=-1))


def starts(workload: Workload, system: System) -> list[float]:
    """When the service of each customer starts; nan for those who give up."""
    env = simpy.Environment()
    by_clock = bool((system.roster_s > 0).any() or (system.attendants_s > 0).any())
    shop = (ShopByClock if by_clock else Shop)(env, workload, system)
    env.process(shop.arrivals())
    env.run()
    return shop.start_s
