"""Laws of staff who serve several places: at machines, tills and counters, or sitting at a till."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import groupby
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simqueue.tables import Event, System, frozen
from tests.differential.generate_stoppages import stopping_day
from tests.property.test_stoppage_laws import (
    EXAMPLES,
    Row,
    days,
    of_tables,
    rows_of,
    same,
    seeds,
    simulated,
)

fine_days = st.builds(lambda seed: stopping_day(Random(seed), coarse=False), seeds)


class Staff:
    """How many of each pool are busy, by the rows of the trace."""

    def __init__(self, system: System) -> None:
        self.system = system
        lanes = range(len(system.lanes))
        self.pool_of = system.lane_pool.tolist() if system.lane_pool.size else list(lanes)
        self.busy: dict[int, int] = defaultdict(int)
        self.calls: dict[int, list[int]] = defaultdict(list)
        self.at_till: set[int] = set()  # servers at which somebody of the pool sits
        self.expected = -1  # the till somebody has just come to

    def take(self, row: Row) -> None:
        """One row of the trace."""
        _, event, i, line, server = row
        pool = self.pool_of[self.system.line_lane[line]] if line >= 0 else -1
        sits = self.system.demand.pool
        if event == Event.CALL and pool >= 0:
            self.calls[pool].append(i)
        elif event == Event.HELP and pool >= 0:
            assert self.calls[pool].pop(0) == i  # oldest call first, whatever the lane
            self.busy[pool] += 1
        elif event == Event.HELPED and pool >= 0:
            self.busy[pool] -= 1
        elif sits >= 0:
            self._takes_till(event, line, server, sits)

    def _takes_till(self, event: Event, line: int, server: int, pool: int) -> None:
        if event == Event.CALLED:
            self.busy[pool] += 1
        elif event == Event.CAME and line < 0:
            self.busy[pool] -= 1
        elif event == Event.CAME:
            self.busy[pool] -= server in self.at_till  # who sat there is relieved
            self.at_till.add(server)
            self.expected = server
        elif event == Event.OPEN and server == self.expected:
            self.expected = -1
        elif event in (Event.OPEN, Event.CLOSED) and server in self.at_till:
            self.at_till.remove(server)  # taken over by the roster, or closed
            self.busy[pool] -= 1

    def on_duty(self, pool: int, time_s: float) -> tuple[int, int]:
        """How many of a pool are there at most at a moment, and from then on."""
        s = self.system
        mine = s.attendants_pool == pool
        before = s.attendants_on[mine & (s.attendants_s < time_s)][-1:].tolist()
        now = s.attendants_on[mine & (s.attendants_s == time_s)].tolist()
        numbers = [0, *before, *now]
        return max(numbers[-1 - len(now) :]), numbers[-1]


def with_fixed_tills(written: dict[str, Any]) -> dict[str, Any]:
    """The day with the roster of the lane to which people are called as it is at opening."""
    names = ("roster_s", "roster_lane", "roster_open")
    lane = written["demand"]["lane"] if written["demand"]["on"] else -1
    entries = zip(*(written[name] for name in names), strict=True)
    kept = [entry for entry in entries if entry[0] == 0 or entry[1] != lane]
    return written | {name: [entry[k] for entry in kept] for k, name in enumerate(names)}


@EXAMPLES
@given(days)
def test_a_pool_is_never_busier_than_it_has_people_nor_idle_beside_a_call(written):
    """Calls are answered oldest first; nobody is called who is not there, and no call waits for
    somebody free, whether people help or sit at a till.

    Without changes of the roster where they sit: it takes tills over without a row in the trace.
    """
    _, system, trace, _ = simulated(with_fixed_tills(written))
    staff = Staff(system)
    for time_s, rows in groupby(rows_of(trace), key=lambda row: row[0]):
        sent: set[int] = set()
        for row in rows:
            before = dict(staff.busy)
            staff.take(row)
            sent |= {pool for pool, n in staff.busy.items() if n > before.get(pool, 0)}
        for pool in sent:
            assert staff.busy[pool] <= staff.on_duty(pool, time_s)[0]
        for pool, calls in staff.calls.items():
            assert not calls or staff.busy[pool] >= staff.on_duty(pool, time_s)[1]


@EXAMPLES
@given(fine_days, st.randoms(use_true_random=False))
def test_the_number_of_a_pool_is_only_a_label(written, rng):
    """Pools renumbered: the same day, where no two things fall on one moment."""
    workload, system, trace, log = simulated(written)
    numbers = [len(system.lanes), *system.lane_pool, *system.attendants_pool, system.demand.pool]
    order = list(range(1 + int(max(numbers))))
    rng.shuffle(order)
    lanes = system.lane_pool.tolist() or list(range(len(system.lanes)))

    def renamed(pool: int) -> int:
        return -1 if pool < 0 else order[pool]

    entries = sorted(
        zip(system.attendants_s.tolist(), map(renamed, system.attendants_pool.tolist()),
            system.attendants_on.tolist(), strict=True), key=lambda entry: entry[:2],
    )  # fmt: skip
    columns = list(zip(*entries, strict=True)) or [(), (), ()]
    other = replace(
        system,
        lane_pool=frozen([renamed(pool) for pool in lanes], "i8"),
        attendants_s=frozen(columns[0], "f8"),
        attendants_pool=frozen(columns[1], "i8"),
        attendants_on=frozen(columns[2], "i8"),
        demand=replace(system.demand, pool=renamed(system.demand.pool)),
    )
    assert same((workload, system, trace, log), of_tables(workload, other))
