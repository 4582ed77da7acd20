"""From the tables of a day to the state the event loop works on, and back to a trace."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.engine.compiled import memory
from simqueue.registry import find, number
from simqueue.tables import Kind, System, Trace, Why, Workload, settled
from simqueue.tables.codes import Instant

Array = NDArray[Any]
SEES = {"people": 0, "items": 1, "times": 2, "kinds": 3}
SPARE_ROWS = 1024  # of the trace, beyond what is expected
MACHINES = (Kind.SELF_SERVICE, Kind.SCAN_AND_GO)
FACTS = memory.DAY.names or ()
COLUMNS = {name: np.dtype(dtype) for name, dtype in memory.COLUMNS.items()}
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
        self.facts: dict[str, Any] = {"soonest": -1, "line_of_last": -1}  # `day`; 0 where not named
        self._inputs()
        self._shop()
        self._staff()
        self._visits()
        self._rules()
        self._agenda()
        self._trace(self._expected_rows())
        self.day: Array = np.zeros(1, memory.DAY)
        self.day[0] = tuple([self.facts.get(name, 0) for name in FACTS])

    def hold(self, name: str, values: Array) -> Array:
        """Keep an array of the day and note where it lies."""
        self.arrays[name] = values
        self.facts[f"{name}_at"] = values.ctypes.data
        return values

    def rows(self, name: str, n: int) -> Array:
        """A new table of n rows full of zeros."""
        return self.hold(name, np.zeros(max(1, n), memory.TABLES[name]))

    def room(self, name: str, n: int) -> Array:
        """A new table of n rows that are written before they are read."""
        return self.hold(name, np.empty(max(1, n), memory.TABLES[name]))

    def _inputs(self) -> None:
        for names, table in ((FROM_WORKLOAD, self.workload), (FROM_SYSTEM, self.system)):
            for name in names:
                values = getattr(table, name)
                if values.size:  # else nobody asks for it
                    self.hold(name, as_column(values, COLUMNS[name]))

    def _shop(self) -> None:
        system, n_lines, n_servers = self.system, self.system.n_lines, self.system.n_servers
        self.facts.update(n=self.n, n_lanes=len(system.lanes), n_lines=n_lines, n_servers=n_servers)
        lines = self.rows("lines", n_lines)
        lines["first"] = lines["last"] = -1
        if n_lines:
            number = np.arange(n_lines)
            lines["number"], lines["lane"] = number, system.line_lane
            lines["kind"] = system.kind[system.line_lane]
            lines["mean_us"] = system.mean_us[system.line_lane]
            lines["capacity"], lines["position_m"] = system.line_capacity, system.line_position_m
            lines["first_server"], lines["n_servers"] = _spans(system.server_line, number)
            self.facts["front_m"] = max(system.line_position_m.tolist())
        self._servers()
        self._lanes()
        for name, n in (("open_lines", n_lines), ("listed", n_lines), ("going", n_servers)):
            self.hold(name, np.empty(max(1, n), np.int64))
        self.rows("customers", self.n)

    def _servers(self) -> None:
        system = self.system
        servers = self.rows("servers", system.n_servers)
        servers["cashier"] = -1
        if system.n_servers:
            servers["line"] = system.server_line
            servers["lane"] = system.line_lane[system.server_line]
            servers["pace"] = system.server_pace
        self.hold("due_s", np.full(system.n_servers + 1, np.inf))  # looked at in pairs

    def _lanes(self) -> None:
        system, n_lanes = self.system, len(self.system.lanes)
        lanes = self.rows("lanes", n_lanes)
        lanes["kind"] = system.kind
        lanes["n_lines"] = np.bincount(system.line_lane, minlength=n_lanes)
        server_lane = self.arrays["servers"]["lane"][: system.n_servers]
        lanes["first_server"], lanes["n_servers"] = _spans(server_lane, np.arange(n_lanes))
        calls, calls_again = system.before_call_s < np.inf, system.again_after_s < np.inf
        for name, flags in (
            ("calls", calls),
            ("calls_again", calls_again),
            ("fails", system.fails),
            ("gaps", system.gap_s > 0.0),
        ):
            if flags.size:
                lanes[name] = flags.any(axis=1)
        self.n_calls = int(np.count_nonzero(calls) + np.count_nonzero(calls_again))  # at most

    def _staff(self) -> None:
        system, facts = self.system, self.facts
        pools = system.lane_pool.tolist() or list(range(len(system.lanes)))
        self.arrays["lanes"]["pool"] = pools
        numbers = [-1, *pools, *system.attendants_pool.tolist(), system.demand.pool]
        facts["n_pools"] = max(len(system.lanes), 1 + max(numbers))
        of_pools = self.rows("pools", facts["n_pools"])
        of_pools["first_call"] = of_pools["last_call"] = -1
        starts = system.shift_start_s
        facts["n_cashiers"] = len(starts)
        cashiers = self.rows("cashiers", len(starts))
        cashiers["till"] = -1
        if len(starts):
            cashiers["end_s"] = system.shift_end_s
            cashiers["first_of_shift"] = np.append([True], starts[1:] > starts[:-1])
        terms, kinds = system.demand, system.kind.tolist()
        facts.update(demand=terms.on, demand_lane=terms.lane, demand_pool=terms.pool)
        facts.update(call_above=terms.call_above, waited_over_s=terms.waited_over_s)
        facts.update(close_below=terms.close_below, call_walk_s=terms.walk_s, stay_s=terms.stay_s)
        facts["machines"] = any(kinds[j] in MACHINES for j in system.line_lane.tolist())
        facts.update(jockeys=system.jockey.on, shorter_by=system.jockey.shorter_by)
        facts["jockey_walk_s"] = system.jockey.walk_s
        facts["finish_current"] = system.finish_current

    def _visits(self) -> None:
        visits = self.workload.visits
        self.facts["n_given"] = self.n
        if visits is None or not (visits.after >= 0).any():
            return
        chained = np.flatnonzero(visits.after >= 0)
        self.facts.update(chained=1, n_given=chained[0])
        after = visits.after[chained]
        by_leader = after.argsort(kind="stable")  # so that the lowest number comes first
        rows, after = chained[by_leader], after[by_leader]
        is_next = after[1:] == after[:-1]
        first = self.hold("first_follower", np.full(self.n, -1, np.int32))
        first[after[:1]], first[after[1:][~is_next]] = rows[0], rows[1:][~is_next]
        followers = self.room("followers", self.n)
        followers["delay_s"], followers["condition"] = visits.delay_s, visits.condition
        followers["next"] = -1
        followers["next"][rows[:-1][is_next]] = rows[1:][is_next]
        self.room("returns", len(chained))

    def _rules(self) -> None:
        system, terms = self.system, self.system.choice
        rule = find("lane_choice", terms.rule)
        sees, balk_sees = SEES[rule.defaults["sees"]], SEES["people"]
        balk, why_away = -1, Why.NONE
        if system.balk_rule:
            balk = number("balk", system.balk_rule)
            balk_sees = SEES[find("balk", system.balk_rule).defaults["sees"]]
            why_away = Why.LONG_LINE if system.balk_rule == "longer_than" else Why.LONG_WAIT
        self.facts.update(
            rule=number("lane_choice", terms.rule),
            sees=sees,
            ties_random=terms.ties_random or rule.defaults["ties_random"],
            prefer=terms.prefer,
            perceives=system.perception.size > 0,
            balk=balk,
            balk_sees=balk_sees,
            why_away=why_away,
            counts_items=SEES["items"] in (sees, balk_sees),
            counts_work=SEES["times"] in (sees, balk_sees),
            moves=system.jockey.on or system.finish_current or len(system.stoppages.at_s) > 0,
        )
        choice = self.rows("choice", 1)
        choice["count_in_service"], choice["per_server"] = terms.count_in_service, terms.per_server
        choice["ties_random"], choice["prefer"] = terms.ties_random, terms.prefer

    def _agenda(self) -> None:
        """What is known of the day in advance, in order; walks and the like come on top."""
        system, facts = self.system, self.facts
        entries = sorted(planned(system, facts["n_pools"]), key=lambda one: one[:2])
        n = facts["n_agenda"] = facts["turn"] = len(entries)
        walks = self.n if system.jockey.on else 0
        ends = system.n_servers + len(system.shift_start_s) + n
        self.room("agenda", n + walks + ends + 8)[:n] = [
            (time_s, lasts_s, rank, turn, what, who, how_many)
            for turn, (time_s, rank, what, who, how_many, lasts_s) in enumerate(entries)
        ]
        self.room("deadlines", self.n)
        facts["n_stoppages"] = len(system.stoppages.at_s)
        stoppages = self.rows("stoppages", facts["n_stoppages"])
        if facts["n_stoppages"]:
            for name in ("lasts_s", "server", "when_busy", "sends_on"):
                stoppages[name] = getattr(system.stoppages, name)
        facts["cards_leave"] = system.no_cards.leaves
        facts["cards_matter"] = len(system.needs_card) > 0

    def _expected_rows(self) -> int:
        """Of the trace: whoever comes joins, starts, ends and leaves his server free."""
        moves = self.n if self.system.jockey.on else 0
        return 4 * self.n + 3 * self.n_calls + moves + SPARE_ROWS

    def _trace(self, capacity: int) -> None:
        """Room for that many rows; what has been written stays."""
        for name in OF_TRACE:
            self.hold(name, np.empty(capacity, COLUMNS[name]))
        self.facts["capacity"] = capacity

    def grow(self) -> None:
        """Make more room for the trace; what has been written stays."""
        written, day = self.arrays, self.day[0]
        needed = 4 * int(day.waiting) + 8 * int(day.n_servers) + 64 + SPARE_ROWS
        self.arrays = dict(written)
        self._trace(int(day.capacity) * 3 // 2 + needed)
        for name in OF_TRACE:
            self.arrays[name][: day.n_rows] = written[name][: day.n_rows]
            day[f"{name}_at"] = self.facts[f"{name}_at"]
        day.capacity = self.facts["capacity"]

    def trace(self) -> Trace:
        """What has been written."""
        n = int(self.day["n_rows"][0])
        return Trace(*(settled(self.arrays[name][:n]) for name in OF_TRACE))


def as_column(values: Array, dtype: np.dtype[Any]) -> Array:
    """The values in the dtype of the state; flags as bytes, without copying."""
    if values.dtype == np.bool_ and dtype == np.uint8:
        values = values.view(np.uint8)
    return np.ascontiguousarray(values, dtype).reshape(-1)


def _spans(of: Array, every: Array) -> tuple[Array, Array]:
    """Where each number begins in an ascending column, and how often it occurs."""
    first = of.searchsorted(every)
    return first, of.searchsorted(every, side="right") - first


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
