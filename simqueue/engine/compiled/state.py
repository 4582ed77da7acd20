"""From the tables of a day to the state the event loop works on, and back to a trace."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.engine.compiled import memory
from simqueue.engine.compiled.shop import Shop
from simqueue.registry import find, number
from simqueue.tables import System, Trace, Why, Workload, settled

Array = NDArray[Any]
SEES = {"people": 0, "items": 1, "times": 2, "kinds": 3}
SPARE_ROWS = 1024  # of the trace, beyond what is expected
OF_TRACE = ("time_s", "customer", "line", "server", "event")  # those of long numbers first
FROM_WORKLOAD = ("arrival_s", "u_choice", "u_choice_again", "place", "items")
FROM_SYSTEM = (
    *("patience_s", "balk_tolerance", "willing", "needs_card", "may_use", "fails", "service_s"),
    *("gap_s", "before_call_s", "after_call_s", "help_s", "again_after_s", "again_help_s"),
    *("perception", "expected_us"),
)


class State:
    """All tables of one day; `day` holds their addresses and must not outlive them."""

    def __init__(self, workload: Workload, system: System, shop: Shop) -> None:
        self.workload = workload
        self.system = system
        self.n = len(workload)
        self.facts = dict(shop.facts)  # `day`
        self.inputs: dict[str, Array] = {}
        self.chained = _chained(workload)
        self._inputs()
        self._tables(shop)
        self._shop()
        self._terms()
        self._visits()
        self._rules()
        self._trace(self._expected_rows())
        self.day[0] = tuple(self.facts.values())

    def table(self, name: str) -> Array:
        """A table of the day."""
        return self.places[name].of(self.content)

    def _inputs(self) -> None:
        for names, table in ((FROM_WORKLOAD, self.workload), (FROM_SYSTEM, self.system)):
            for name in names:
                values = getattr(table, name)
                if values.size:  # else nobody asks for it
                    column = self.inputs[name] = as_column(values, memory.DTYPES[name])
                    self.facts[f"{name}_at"] = column.ctypes.data

    def _tables(self, shop: Shop) -> None:
        """Room for all tables, in one piece: those of the shop, then those of the customers."""
        known = shop.places["agenda"]
        walks = self.n if self.system.jockey.on else 0
        ends = self.system.n_servers + len(self.system.shift_start_s) + known.rows
        sizes = {"agenda": known.rows + walks + ends + 8}
        sizes |= {"day": 1, "customers": self.n, "deadlines": self.n}
        if self.chained.size:
            sizes |= dict.fromkeys(("first_follower", "followers", "returns"), self.n)
        more, size = memory.placed(sizes, known.start)
        self.content, begin = memory.room(size)
        self.content[: len(shop.content)] = shop.content
        self.day: Array = more.pop("day").of(self.content)  # it does not hold its own address
        self.places = shop.places | more
        for name, place in self.places.items():
            self.facts[f"{name}_at"] = begin + place.start
        self.table("customers").view(np.uint8)[:] = 0

    def _shop(self) -> None:
        """What the shop is like today."""
        system = self.system
        self.table("lines")["mean_us"][: system.n_lines] = system.mean_us[system.line_lane]
        self.table("servers")["pace"][: system.n_servers] = system.server_pace
        lanes = self.table("lanes")
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

    def _terms(self) -> None:
        """What customers and staff do, by numbers that stand in no table."""
        system, facts, demand = self.system, self.facts, self.system.demand
        facts.update(n=self.n, demand=demand.on, demand_lane=demand.lane, demand_pool=demand.pool)
        facts.update(call_above=demand.call_above, waited_over_s=demand.waited_over_s)
        facts.update(close_below=demand.close_below)
        facts.update(call_walk_s=demand.walk_s, stay_s=demand.stay_s)
        facts.update(jockeys=system.jockey.on, shorter_by=system.jockey.shorter_by)
        facts.update(jockey_walk_s=system.jockey.walk_s, finish_current=system.finish_current)
        facts.update(cards_leave=system.no_cards.leaves, cards_matter=system.needs_card.size > 0)

    def _visits(self) -> None:
        self.facts["n_given"] = self.n
        chained = self.chained
        if not chained.size:
            return
        visits = self.workload.visits
        assert visits is not None
        self.facts.update(chained=1, n_given=chained[0])
        after = visits.after[chained]
        by_leader = after.argsort(kind="stable")  # so that the lowest number comes first
        rows, after = chained[by_leader], after[by_leader]
        is_next = after[1:] == after[:-1]
        first = self.table("first_follower")
        first[:] = -1
        first[after[:1]], first[after[1:][~is_next]] = rows[0], rows[1:][~is_next]
        followers = self.table("followers")
        followers["delay_s"], followers["condition"] = visits.delay_s, visits.condition
        followers["next"] = -1
        followers["next"][rows[:-1][is_next]] = rows[1:][is_next]

    def _rules(self) -> None:
        system, terms = self.system, self.system.choice
        rule = find("lane_choice", terms.rule)
        sees, balk_sees = SEES[rule.defaults["sees"]], SEES["people"]
        balk, why_away = -1, Why.NONE
        if system.balk_rule:
            balk = number("balk", system.balk_rule)
            balk_sees = SEES[find("balk", system.balk_rule).defaults["sees"]]
            why_away = Why.LONG_LINE if system.balk_rule == "longer_than" else Why.LONG_WAIT
        ties_random = terms.ties_random or rule.defaults["ties_random"]
        self.facts.update(
            rule=number("lane_choice", terms.rule),
            sees=sees,
            ties_random=ties_random,
            prefer=terms.prefer,
            perceives=system.perception.size > 0,
            balk=balk,
            balk_sees=balk_sees,
            why_away=why_away,
            counts_items=SEES["items"] in (sees, balk_sees),
            counts_work=SEES["times"] in (sees, balk_sees),
            moves=system.jockey.on or system.finish_current or len(system.stoppages.at_s) > 0,
        )
        given = (terms.count_in_service, terms.per_server, terms.ties_random, terms.prefer)
        self.table("choice")[0] = given

    def _expected_rows(self) -> int:
        """Of the trace: whoever comes joins, starts, ends and leaves his server free."""
        moves = self.n if self.system.jockey.on else 0
        return 4 * self.n + 3 * self.n_calls + moves + SPARE_ROWS

    def _trace(self, capacity: int) -> None:
        """Room for that many rows."""
        self.of_trace, size = memory.placed(dict.fromkeys(OF_TRACE, capacity))
        self.written, begin = memory.room(size)
        for name, place in self.of_trace.items():
            self.facts[f"{name}_at"] = begin + place.start
        self.facts["capacity"] = capacity

    def grow(self) -> None:
        """Make more room for the trace; what has been written stays."""
        places, written, day = self.of_trace, self.written, self.day[0]
        needed = 4 * int(day.waiting) + 8 * int(day.n_servers) + 64 + SPARE_ROWS
        self._trace(int(day.capacity) * 3 // 2 + needed)
        for name, place in self.of_trace.items():
            place.of(self.written)[: day.n_rows] = places[name].of(written)[: day.n_rows]
            day[f"{name}_at"] = self.facts[f"{name}_at"]
        day.capacity = self.facts["capacity"]

    def held(self) -> dict[int, Array]:
        """All tables by their addresses, for running with the compiler off."""
        found = {name: place.of(self.content) for name, place in self.places.items()}
        found |= {name: place.of(self.written) for name, place in self.of_trace.items()}
        found |= {name: column.reshape(-1) for name, column in self.inputs.items()}
        return {int(self.facts[f"{name}_at"]): values for name, values in found.items()}

    def trace(self) -> Trace:
        """What has been written; the state is of no use any more."""
        n = int(self.day["n_rows"][0])
        settled(self.written)
        return Trace(**{x: at.of(self.written)[:n] for x, at in self.of_trace.items()})


def as_column(values: Array, dtype: np.dtype[Any]) -> Array:
    """The values in the dtype of the state; flags as bytes, without copying."""
    if values.dtype == np.bool_ and dtype == np.uint8:
        values = values.view(np.uint8)
    if values.dtype == dtype and values.flags.c_contiguous:  # as it is nearly always
        return values
    return np.ascontiguousarray(values, dtype)


def _chained(workload: Workload) -> Array:
    """The visits that follow others."""
    if workload.visits is None:
        return np.zeros(0, np.int64)
    return np.flatnonzero(workload.visits.after >= 0)
