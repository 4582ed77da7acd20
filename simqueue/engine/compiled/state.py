"""From the tables of a day to the state the event loop works on, and back to a trace."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.engine.compiled import memory
from simqueue.registry import find, number
from simqueue.tables import Kind, System, Trace, Why, Workload
from simqueue.tables.codes import Instant

Array = NDArray[Any]
SEES = {"people": 0, "items": 1, "times": 2, "kinds": 3}
SPARE_ROWS = 1024  # of the trace, beyond what is expected
OF_TRACE = ("time_s", "event", "customer", "line", "server")
FROM_WORKLOAD = ("arrival_s", "u_choice", "u_choice_again", "place", "items")
FROM_SYSTEM = (
    *("patience_s", "balk_tolerance", "willing", "needs_card", "may_use", "fails", "service_s"),
    *("gap_s", "before_call_s", "after_call_s", "help_s", "again_after_s", "again_help_s"),
    *("perception", "expected_us"),
)


class State:
    """All arrays of one day; `day` holds their addresses and must not outlive them."""

    def __init__(self, workload: Workload, system: System) -> None:
        self.workload = workload
        self.system = system
        self.n = len(workload)
        self.arrays: dict[str, Array] = {}
        self.day = np.zeros(1, memory.DAY).view(np.recarray)
        self.d = self.day[0]
        self._inputs()
        self._shop()
        self._staff()
        self._visits()
        self._rules()
        self._agenda()
        self._trace(self._expected_rows())
        self.d.soonest = -1
        self.d.line_of_last = -1

    def hold(self, name: str, values: Array) -> Array:
        """Keep an array of the day and note where it lies."""
        self.arrays[name] = values
        self.d[f"{name}_at"] = values.ctypes.data
        return values

    def rows(self, name: str, n: int) -> Any:  # noqa: ANN401 - a record array
        """A new table of n rows full of zeros."""
        table = np.zeros(max(1, n), memory.TABLES[name]).view(np.recarray)
        return self.hold(name, table)

    def _inputs(self) -> None:
        for names, table in ((FROM_WORKLOAD, self.workload), (FROM_SYSTEM, self.system)):
            for name in names:
                values = np.ascontiguousarray(getattr(table, name))
                self.hold(name, as_column(values, memory.COLUMNS[name]))

    def _shop(self) -> None:
        d, system = self.d, self.system
        d.n, d.n_lanes, d.n_lines = self.n, len(system.lanes), system.n_lines
        d.n_servers = system.n_servers
        lines = self.rows("lines", d.n_lines)
        lines.first = lines.last = -1
        if d.n_lines:
            lines.number = np.arange(d.n_lines)
            lines.lane = system.line_lane
            lines.kind = system.kind[system.line_lane]
            lines.mean_us = system.mean_us[system.line_lane]
            lines.capacity = system.line_capacity
            lines.position_m = system.line_position_m
            lines.first_server = np.searchsorted(system.server_line, np.arange(d.n_lines))
            lines.n_servers = np.bincount(system.server_line, minlength=d.n_lines)
            d.front_m = max(system.line_position_m.tolist())
        self._servers_and_lanes()
        for name in ("open_lines", "listed"):
            self.hold(name, np.zeros(max(1, d.n_lines), np.int64))
        self.rows("customers", self.n)

    def _servers_and_lanes(self) -> None:
        d, system = self.d, self.system
        servers = self.rows("servers", d.n_servers)
        servers.cashier = -1
        lanes = self.rows("lanes", d.n_lanes)
        lanes.kind = system.kind
        if d.n_servers:
            servers.line = system.server_line
            servers.lane = system.line_lane[system.server_line]
            servers.pace = system.server_pace
        every = np.arange(d.n_lanes)
        line_lane = system.line_lane
        server_lane = line_lane[system.server_line] if d.n_servers else line_lane[:0]
        lanes.n_lines = np.bincount(line_lane, minlength=d.n_lanes)
        lanes.first_server, lanes.n_servers = _spans(server_lane, every)
        lanes.calls = (system.before_call_s < np.inf).any(axis=1)
        lanes.gaps = (system.gap_s > 0.0).any(axis=1)
        lanes.calls_again = _any_of(system.again_after_s < np.inf, d.n_lanes)
        lanes.fails = _any_of(system.fails, d.n_lanes)
        self.hold("due_s", np.full(int(d.n_servers) // 4 * 4 + 4, np.inf))
        self.hold("going", np.zeros(max(1, d.n_servers), np.int64))

    def _staff(self) -> None:
        d, system = self.d, self.system
        pools = system.lane_pool if len(system.lane_pool) else np.arange(d.n_lanes)
        self.arrays["lanes"]["pool"] = pools
        numbers = [-1, *pools.tolist(), *system.attendants_pool.tolist(), system.demand.pool]
        d.n_pools = max(d.n_lanes, 1 + max(numbers))
        of_pools = self.rows("pools", d.n_pools)
        of_pools.first_call = of_pools.last_call = -1
        starts = system.shift_start_s
        d.n_cashiers = len(starts)
        cashiers = self.rows("cashiers", d.n_cashiers)
        cashiers.till = -1
        if len(starts):
            cashiers.end_s = system.shift_end_s
            cashiers.first_of_shift = np.append([True], starts[1:] > starts[:-1])
        terms = system.demand
        d.demand, d.demand_lane, d.demand_pool = terms.on, terms.lane, terms.pool
        d.call_above, d.waited_over_s = terms.call_above, terms.waited_over_s
        d.close_below, d.call_walk_s, d.stay_s = terms.close_below, terms.walk_s, terms.stay_s
        machines = np.isin(system.kind, (Kind.SELF_SERVICE, Kind.SCAN_AND_GO))
        d.machines = bool(machines[system.line_lane].any()) if d.n_lines else False
        d.jockeys, d.shorter_by = system.jockey.on, system.jockey.shorter_by
        d.jockey_walk_s = system.jockey.walk_s
        d.finish_current = system.finish_current

    def _visits(self) -> None:
        visits = self.workload.visits
        first = self.hold("first_follower", np.full(max(1, self.n), -1, np.int32))
        if visits is None or not (visits.after >= 0).any():
            self.d.n_given = self.n
            self.rows("followers", 0)
            self.rows("returns", 0)
            return
        chained = np.flatnonzero(visits.after >= 0)
        self.d.chained, self.d.n_given = 1, chained[0]
        followers = self.rows("followers", self.n)
        followers.delay_s, followers.condition = visits.delay_s, visits.condition
        followers.next = -1
        for row in chained[::-1].tolist():  # so that the lowest number comes first
            followers[row].next = first[visits.after[row]]
            first[visits.after[row]] = row
        self.rows("returns", len(chained))

    def _rules(self) -> None:
        d, system, terms = self.d, self.system, self.system.choice
        rule = find("lane_choice", terms.rule)
        d.rule, d.sees = number("lane_choice", terms.rule), SEES[rule.defaults["sees"]]
        d.ties_random = terms.ties_random or rule.defaults["ties_random"]
        d.prefer = terms.prefer
        d.perceives = system.perception.size > 0
        d.balk = -1
        if system.balk_rule:
            d.balk = number("balk", system.balk_rule)
            d.balk_sees = SEES[find("balk", system.balk_rule).defaults["sees"]]
            long_line = system.balk_rule == "longer_than"
            d.why_away = Why.LONG_LINE if long_line else Why.LONG_WAIT
        d.counts_items = SEES["items"] in (d.sees, d.balk_sees)
        d.counts_work = SEES["times"] in (d.sees, d.balk_sees)
        d.moves = system.jockey.on or system.finish_current or len(system.stoppages.at_s) > 0
        choice = self.rows("choice", 1)[0]
        choice.count_in_service, choice.per_server = terms.count_in_service, terms.per_server
        choice.ties_random, choice.prefer = terms.ties_random, terms.prefer

    def _agenda(self) -> None:
        """What is known of the day in advance, in order; walks and the like come on top."""
        entries = planned(self.system, int(self.d.n_pools))
        n = len(entries)
        walks = self.n if self.system.jockey.on else 0
        ends = self.system.n_servers + len(self.system.shift_start_s) + n
        agenda = self.rows("agenda", n + walks + ends + 8)
        for k, (time_s, rank, what, who, how_many, lasts_s) in enumerate(
            sorted(entries, key=lambda one: one[:2])
        ):
            agenda[k] = (time_s, lasts_s, rank, k, what, who, how_many)
        self.d.n_agenda = self.d.turn = n
        self.rows("deadlines", self.n)
        stoppages = self.rows("stoppages", len(self.system.stoppages.at_s))
        self.d.n_stoppages = len(self.system.stoppages.at_s)
        if self.d.n_stoppages:
            for name in ("lasts_s", "server", "when_busy", "sends_on"):
                stoppages[name] = getattr(self.system.stoppages, name)
        self.d.cards_leave = self.system.no_cards.leaves
        self.d.cards_matter = len(self.system.needs_card) > 0

    def _expected_rows(self) -> int:
        return 4 * self.n + SPARE_ROWS

    def _trace(self, capacity: int) -> None:
        """Room for that many rows; what has been written stays."""
        written = int(self.d.n_rows)
        for name in OF_TRACE:
            old = self.arrays.get(name)
            new = np.empty(capacity, memory.COLUMNS[name])
            if old is not None:
                new[:written] = old[:written]
            self.hold(name, new)
        self.d.capacity = capacity

    def grow(self) -> None:
        """Make more room for the trace."""
        needed = 4 * int(self.d.waiting) + 8 * int(self.d.n_servers) + 64 + SPARE_ROWS
        self._trace(int(self.d.capacity) * 3 // 2 + needed)

    def trace(self) -> Trace:
        """What has been written."""
        columns = {}
        for name in OF_TRACE:
            columns[name] = self.arrays[name][: int(self.d.n_rows)]
            columns[name].setflags(write=False)
        return Trace(**columns)


def as_column(values: Array, dtype: str) -> Array:
    """The values in the dtype of the state, at least one; flags as bytes, without copying."""
    if values.dtype == np.bool_ and dtype == "u1":
        values = values.view(np.uint8)
    column = np.asarray(values, dtype=dtype).reshape(-1)
    return column if len(column) else np.zeros(1, dtype)


def _spans(of: Array, every: Array) -> tuple[Array, Array]:
    """Where each number begins in an ascending column, and how often it occurs."""
    first = np.searchsorted(of, every)
    return first, np.searchsorted(of, every, side="right") - first


def _any_of(flags: Array, n_lanes: int) -> Array:
    return np.any(flags, axis=1) if flags.size else np.zeros(n_lanes, np.bool_)


def planned(system: System, n_pools: int) -> list[tuple[Any, ...]]:
    """The agenda in advance: (time, rank, what, who, how many, lasts), in no order.

    Ranks within one instant: rosters and numbers on duty, shifts, breaks (docs/model.md).
    """
    roster = Instant.ROSTER * memory.PER_KIND
    shifts = roster + 2 * n_pools
    n_cashiers = len(system.shift_start_s)
    breaks = shifts + 2 * n_cashiers + system.n_servers
    stops = Instant.STOPPAGE * memory.PER_KIND
    found = [
        (time_s, roster + 2 * j, memory.SET_OPEN, j, n, 0.0)
        for time_s, j, n in _entries(system.roster_s, system.roster_lane, system.roster_open)
    ]
    found += [
        (time_s, roster + 2 * p + 1, memory.ON_DUTY, p, n, 0.0)
        for time_s, p, n in _entries(
            system.attendants_s, system.attendants_pool, system.attendants_on
        )
    ]
    found += [
        (time_s, shifts + n_cashiers + c, memory.SHIFT_BEGINS, c, 0, 0.0)
        for c, time_s in enumerate(system.shift_start_s.tolist())
    ]
    found += [
        (time_s, breaks + s, memory.BREAK_BEGINS, s, 0, lasts_s)
        for time_s, s, lasts_s in _entries(
            system.break_s, system.break_server, system.break_lasts_s
        )
    ]
    found += [
        (time_s, stops + f, memory.STOPS, f, 0, 0.0)
        for f, time_s in enumerate(system.stoppages.at_s.tolist())
    ]
    windows = _entries(system.no_cards.at_s, system.no_cards.lasts_s)
    found += [
        (time_s, stops + len(system.stoppages.at_s) + o, memory.CARDS_STOP, o, 0, lasts_s)
        for o, (time_s, lasts_s) in enumerate(windows)
    ]
    return found


def _entries(*columns: Array) -> list[tuple[Any, ...]]:
    """Rows of columns; servers and lanes as whole numbers."""
    return list(zip(*(column.tolist() for column in columns), strict=True))
