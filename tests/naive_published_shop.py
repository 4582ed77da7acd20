"""The published shop of Antczak, Weron, Zabawa (2020), as one loop over events in plain Python.

Written from the description of their model, without anything of simqueue: own reading of the
tables, own random numbers, people thinned from a steady stream, the gap after a transaction part of
the service. Minutes of a day; everybody joins the shortest line.
"""

from __future__ import annotations

import csv
import heapq
import math
import random
from bisect import bisect
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

TILLS, MACHINES, SHIFT = 20, 6, 240.0


def minute(stamp: str) -> float:
    """Minutes from midnight of a time stamp."""
    hours, minutes, seconds = stamp.split(" ")[1].split(":")
    return 60 * int(hours) + int(minutes) + int(seconds) / 60


@dataclass
class Tables:
    """The tables of one day."""

    rates: list[tuple[float, float]]  # customers per minute
    baskets: dict[float, tuple[list[int], list[float]]]
    cashiers: list[tuple[float, int]]


def read(data: Path, day: str) -> Tables:
    """The tables of one day."""
    found = {}
    for name in ("arrivals", "baskets_by_hour", "cashiers"):
        with (data / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        found[name] = header, [row for row in rows if row[0].startswith(day)]
    sizes = [int(name) % 1000 for name in found["baskets_by_hour"][0][1:]]
    return Tables(
        [(minute(row[0]), float(row[1]) / 60) for row in found["arrivals"][1]],
        {minute(r[0]): (sizes, [float(x) for x in r[1:]]) for r in found["baskets_by_hour"][1]},
        [(minute(row[0]), int(float(row[1]))) for row in found["cashiers"][1]],
    )


@dataclass
class Cashier:
    """Somebody in the back office or at a till."""

    ends: float
    till: Till | None = None


@dataclass
class Till:
    """A till with its line."""

    taking: bool = False
    cashier: Cashier | None = None
    line: deque[tuple[float, int]] = field(default_factory=deque)  # (joined, items)
    busy: bool = False
    since: float = 0.0


class Shop:
    """One run of one day."""

    def __init__(self, tables: Tables, seed: int) -> None:
        self.tables, self.chance = tables, random.Random(seed)
        self.tills = [Till() for _ in range(TILLS)]
        self.machine_line: deque[tuple[float, int]] = deque()
        self.free_machines = MACHINES
        self.office: list[Cashier] = []
        self.called = False
        self.waits: list[float] = []
        self.till_minutes = 0.0
        self.now, self.events, self.order = 0.0, [], count()
        for starts, n in tables.cashiers:
            for _ in range(n):
                self.at(starts, self.shift_starts)
        for arrival in self.arrivals():
            self.at(arrival, self.arrive)
        while self.events:
            self.now, _, what, about = heapq.heappop(self.events)
            what(*about)

    def at(self, time, what, *about):
        """Plan an event."""
        heapq.heappush(self.events, (time, next(self.order), what, about))

    def arrivals(self):
        """A steady stream at the highest rate, thinned to the rate between the known points."""
        times = [time for time, _ in self.tables.rates]
        highest = max(rate for _, rate in self.tables.rates)
        now = times[0]
        while (now := now + self.chance.expovariate(highest)) < times[-1]:
            k = bisect(times, now)
            (t0, r0), (t1, r1) = self.tables.rates[k - 1], self.tables.rates[k]
            if self.chance.random() * highest < r0 + (r1 - r0) * (now - t0) / (t1 - t0):
                yield now

    def arrive(self):
        """Join the shortest line; perhaps somebody is called."""
        nearest = min(self.tables.baskets, key=lambda centre: abs(centre - self.now))
        items = self.chance.choices(*self.tables.baskets[nearest])[0]
        taking = [till for till in self.tills if till.taking]
        shortest = min((len(till.line) for till in taking), default=math.inf)
        if items <= 100 and len(self.machine_line) < shortest:
            self.machine_line.append((self.now, items))
            self.machines_go_on()
        elif taking:
            till = self.chance.choice([till for till in taking if len(till.line) == shortest])
            till.line.append((self.now, items))
            self.till_goes_on(till)
        else:
            return
        self.perhaps_call()

    def mean_line(self):
        """People waiting per open till, the machines counted as one."""
        waiting = sum(len(till.line) for till in self.tills) + len(self.machine_line)
        return waiting / (sum(till.taking for till in self.tills) + 1)

    def perhaps_call(self):
        """One call at a time, when lines are long or no till is open."""
        nobody = not any(till.taking for till in self.tills)
        if not self.called and self.office and (nobody or self.mean_line() > 2):
            self.called = True
            self.at(self.now + 1.0, self.come)

    def come(self):
        """The cashier takes a till that is closing, else a closed one."""
        self.called = False
        free = [t for t in self.tills if not t.taking and t.cashier]
        free += [t for t in self.tills if not t.cashier]
        if not self.office or not free:
            return
        cashier = min(self.office, key=lambda one: one.ends)
        self.office.remove(cashier)
        if free[0].cashier:
            self.leave(free[0])
        free[0].taking, free[0].cashier, free[0].since = True, cashier, self.now
        cashier.till = free[0]

    def leave(self, till):
        """The cashier of a till goes to the office, or home."""
        self.till_minutes += self.now - till.since
        cashier, till.cashier = till.cashier, None
        cashier.till = None
        if cashier.ends > self.now:
            self.office.append(cashier)

    def stop_taking(self, till):
        """Serve the line out, then leave."""
        till.taking = False
        if not till.busy:
            self.leave(till)

    def shift_starts(self):
        """A cashier comes to the office."""
        cashier = Cashier(self.now + SHIFT)
        self.office.append(cashier)
        self.at(cashier.ends, self.shift_ends, cashier)
        self.perhaps_call()

    def shift_ends(self, cashier):
        """He goes home, from a till when its line is served."""
        if cashier in self.office:
            self.office.remove(cashier)
        elif cashier.till and cashier.till.taking:
            self.stop_taking(cashier.till)

    def log_normal(self, intercept, slope, sd, items):
        """Minutes of a part of a service."""
        log_s = intercept + slope * math.log(items) + self.chance.gauss(0, sd)
        return math.exp(log_s) / 60

    def till_goes_on(self, till):
        """Serve the next in line, if the till is free."""
        if till.busy or not till.line:
            return
        joined, items = till.line.popleft()
        self.waits.append(self.now - joined)
        till.busy = True
        takes = self.log_normal(2.121935, 0.698402, 0.4379083, items)
        takes += self.chance.gammavariate(3.074209, 4.830613) / 60
        self.at(self.now + takes, self.till_is_done, till)

    def till_is_done(self, till):
        """The next one; or close, when nobody waits here and lines are short."""
        till.busy = False
        self.till_goes_on(till)
        if till.taking and not till.line and self.mean_line() < 1:
            self.stop_taking(till)
        elif not till.taking and not till.busy:
            self.leave(till)

    def machines_go_on(self):
        """Serve the next in line, if a machine is free."""
        if not self.free_machines or not self.machine_line:
            return
        joined, items = self.machine_line.popleft()
        self.waits.append(self.now - joined)
        self.free_machines -= 1
        takes = self.log_normal(3.122328, 0.672461, 0.4907405, items)
        takes += self.log_normal(3.51669, 0.22300, 0.4820532, items)
        self.at(self.now + takes, self.machine_is_done)

    def machine_is_done(self):
        """The next one."""
        self.free_machines += 1
        self.machines_go_on()
