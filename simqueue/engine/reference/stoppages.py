"""Stoppages: servers break down and are repaired; for a while cards do not work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy

from simqueue.engine.reference.servers import Process, Server
from simqueue.tables import Event, Instant

if TYPE_CHECKING:
    from simqueue.engine.reference.day import Day


class Breakdowns:
    """Stops servers and lets them work again."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.to_come = day.system.stoppages
        self.any = len(self.to_come.at_s) > 0
        if self.any:
            day.clock.process(self.strike())

    def strike(self) -> Process:
        """One stoppage after the other; those of busy servers spare all others."""
        times, servers = self.to_come.at_s.tolist(), self.to_come.server.tolist()
        when_busy = self.to_come.when_busy.tolist()
        for f, (at_s, s) in enumerate(zip(times, servers, strict=True)):
            yield self.day.clock.at(at_s, Instant.STOPPAGE, f)
            server = self.day.servers[s]
            if not when_busy[f] or (server.works and server.serving is not None):
                self.stop(f, server)
                self.day.settle()

    def stop(self, f: int, server: Server) -> None:
        """Stoppage f begins: whoever is served waits for its end, or is sent on."""
        day = self.day
        end_s = day.clock.now + float(self.to_come.lasts_s[f])
        day.note(Event.BROKE, f, server.line.number, server.number)
        later_s = server.stop(float(self.to_come.lasts_s[f]), end_s)
        over = day.clock.at(end_s, Instant.END_OF_STOPPAGE, f)
        over.callbacks.append(lambda _: self.repair(f, server))
        if server.serving is None or (self.to_come.sends_on[f] and self.send_on(server)):
            return
        server.delay(later_s)

    def send_on(self, server: Server) -> bool:
        """Let the customer go to a line he chooses, unless he is tied here or finds none."""
        i, own, customers = server.serving, server.line, self.day.customers
        if i is None or not server.lets_go:
            return False
        others = [line for line in customers.eligible(i) if line is not own or own.working]
        found = customers.choose(i, others, customers.u_choice_again[i])
        if found is None:
            return False
        server.send_away(i)
        customers.join(i, found)
        return True

    def repair(self, f: int, server: Server) -> None:
        """Stoppage f is over."""
        self.day.note(Event.REPAIRED, f, server.line.number, server.number)
        server.work_again()
        self.day.settle()


class Cards:
    """When cards do not work: who needs one waits at the till, or leaves without his shopping."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.windows = day.system.no_cards
        self.needed = day.system.needs_card.tolist()
        self.any = len(self.windows.at_s) > 0
        self.fail = False
        self.until_s = 0.0  # the end of the window going on
        self.work_again: simpy.Event = day.clock.event()
        if self.any:
            day.clock.process(self.follow())

    def follow(self) -> Process:
        """One window after the other; at its end all who were held go on."""
        day, n_stoppages = self.day, len(self.day.system.stoppages.at_s)
        windows = zip(self.windows.at_s.tolist(), self.windows.lasts_s.tolist(), strict=True)
        for o, (at_s, lasts_s) in enumerate(windows):
            yield day.clock.at(at_s, Instant.STOPPAGE, n_stoppages + o)
            day.note(Event.NO_CARDS, -1, -1, -1)
            self.fail, self.until_s = True, at_s + lasts_s
            yield day.clock.at(self.until_s, Instant.END_OF_STOPPAGE, n_stoppages + o)
            day.note(Event.CARDS, -1, -1, -1)
            self.fail = False
            held, self.work_again = self.work_again, day.clock.event()
            held.succeed()

    def refuse(self, i: int) -> bool:
        """Whether customer i cannot pay now."""
        return self.fail and bool(self.needed) and self.needed[i]
