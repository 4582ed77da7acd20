"""The engine against the naive simulator, event by event and log column by log column."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise
from math import isfinite
from pprint import pformat
from random import Random
from struct import pack
from typing import Any

import pytest

from simqueue.engine import derive_log, run
from simqueue.tables import Event, Log, Trace
from tests.differential.generate import NO_LIMIT, RULES, Day, small_day, to_tables, without_customer
from tests.oracle import simulate
from tests.oracle_log import Row

DAYS = 2_000
PER_TEST = 100  # days in one test
FEWEST = 50  # how often each interesting thing must happen over all days


@cache
def day_of(seed: int) -> Day:
    """The generated day of a seed; every second one is coarse, full of ties."""
    return small_day(Random(seed), coarse=seed % 2 == 0)


def engine_of(day: Day) -> tuple[Trace, Log]:
    """What the engine makes of the day."""
    workload, system = to_tables(day)
    trace = run(workload, system, engine="simpy")
    return trace, derive_log(workload, system, trace)


def rows_of(trace: Trace) -> list[Row]:
    """An engine's trace in the oracle's form."""
    columns = [values.tolist() for values in trace.arrays().values()]
    return [(t, Event(e).name, i, line, s) for t, e, i, line, s in zip(*columns, strict=True)]


def bits(value: float) -> bytes:
    """The very bits of a number; every nan counts as the same."""
    return b"nan" if value != value else pack(">d", value)


def difference(day: Day) -> str | None:
    """The first thing about which oracle and engine disagree, or None."""
    rows, records = simulate(day)
    trace, log = engine_of(day)
    found = trace_difference(rows, rows_of(trace))
    return found or log_difference(records, log)


def trace_difference(oracle: list[Row], engine: list[Row]) -> str | None:
    """The first row that differs, with what goes before and after."""
    for k in range(max(len(oracle), len(engine))):
        mine, theirs = oracle[k : k + 1], engine[k : k + 1]
        if mine != theirs or bits(mine[0][0]) != bits(theirs[0][0]):
            before = "\n".join(f"      both {row}" for row in oracle[max(0, k - 8) : k])
            after_mine = "\n".join(f"    oracle {row}" for row in oracle[k : k + 5])
            after_theirs = "\n".join(f"    engine {row}" for row in engine[k : k + 5])
            return f"row {k} of the trace\n{before}\n{after_mine}\n{after_theirs}"
    return None


def log_difference(records: list[dict[str, Any]], log: Log) -> str | None:
    """The first customer and column that differ in the log; a missing column counts."""
    if len(log) != len(records):
        return f"log: {len(records)} customers in the oracle, {len(log)} in the engine"
    for name, values in log.arrays().items():
        for i, theirs in enumerate(values.tolist()):
            mine = records[i][name]
            if mine is not None and bits(mine) != bits(theirs):  # None: the model does not say
                return f"log: {name} of customer {i}: oracle {mine!r}, engine {theirs!r}"
    return None


def shrunk(day: Day) -> Day:
    """The day with as few customers as still make a difference."""
    for i in reversed(range(len(day["arrival_s"]))):
        less = without_customer(day, i)
        if len(less["arrival_s"]) > 0 and difference(less):
            return shrunk(less)
    return day


def check(day: Day, name: str) -> None:
    """Fail with the smallest form of the day if oracle and engine disagree about it."""
    if difference(day):
        small = shrunk(day)
        pytest.fail(
            f"{name}: {difference(small)}\n{pformat(small, compact=True, width=110)}\n"
            + "\n".join(str(row) for row in simulate(small)[0])
        )


@pytest.mark.parametrize("first", range(0, DAYS, PER_TEST))
def test_engine_agrees_with_oracle(first):
    """Engine and oracle give the same trace and log, bit for bit, on small days full of events."""
    for seed in range(first, first + PER_TEST):
        check(day_of(seed), f"day of seed {seed}")


def test_engine_agrees_with_oracle_when_no_attendant_comes_back():
    """Customers whose call is never answered, and those behind them, are told alike by both."""
    stuck = 0
    for seed in range(200):
        day = dict(day_of(seed))
        day |= {"attendants_s": [0.0], "attendants_pool": [0], "attendants_on": [0]}
        check(day, f"day of seed {seed} without attendants")
        stuck += any(row["ending"] == 3 for row in simulate(day)[1])
    assert stuck >= FEWEST


def test_a_wrong_event_or_column_is_seen():
    """The comparison itself notices one changed time, one changed order and one changed column."""
    day = day_of(1)
    rows, records = simulate(day)
    later = [(rows[5][0] + 1e-12 + rows[5][0] * 1e-15, *rows[5][1:])]
    assert trace_difference(rows, rows[:5] + later + rows[6:])
    assert trace_difference(rows, [rows[1], rows[0], *rows[2:]])
    assert trace_difference(rows, rows[:-1])
    log = engine_of(day)[1]
    assert log_difference(records, log) is None
    assert log_difference([records[0] | {"wait_s": -1.0}, *records[1:]], log)


# Whether the days are worth comparing


def test_generated_days_hold_everything_that_can_happen():
    """Over the generated days every mechanism, ending and kind of tie occurs at least 50 times."""
    seen: Counter[str] = Counter()
    for seed in range(DAYS):
        day = day_of(seed)
        trace, log = simulate(day)
        seen.update(features_of_day(day))
        seen.update(features_of_trace(day, trace))
        seen.update(features_of_servers(day, trace))
        seen.update(features_of_log(day, log))
        seen.update(ties(trace))
    rare = {name: seen[name] for name in EXPECTED if seen[name] < FEWEST}
    assert rare == {}


EXPECTED = [
    *(f"rule {rule}" for rule in RULES),
    *("perception", "no perception", "capacity", "prefer", "ties first", "ties random"),
    *("not counting those in service", "whole line, not per server", "shared", "own lines"),
    *("kind 0", "kind 1", "kind 2", "a lane for nobody", "a lane never open", "zero service"),
    *("zero gap", "gap", "patience 0", "patience", "no attendants for a while"),
    *("attendants changed during help", "arrived together"),
    *("ending 0", "ending 1", "ending 2", "why 1", "why 2", "why 3", "why 4"),
    *("help waits", "help at once", "called at once", "slips_same_kind", "slips_other_kind"),
    *("steps > 1", "behind > 1", "still in line", "joined by another, alone again"),
    *("someone behind gives up", "someone ahead gives up", "served at the end of patience"),
    *("closing opened again", "closing serves its line", "closing at next free"),
    *("closed when idle", "closed in the gap", "opened with people waiting", "all closed, back"),
    *("shared line served out by several", "reopened while others still close"),
    *("tie END JOIN", "tie END RENEGE", "tie RENEGE JOIN", "tie END CALL", "tie HELPED CALL"),
    *("tie END OPEN", "tie FREE JOIN", "tie FREE CLOSING", "tie CALL OPEN", "tie OPEN JOIN"),
    *("tie CLOSED JOIN", "tie CLOSING JOIN", "tie CALL JOIN", "tie END HELPED", "tie END END"),
    *("tie JOIN JOIN", "tie RENEGE RENEGE", "tie CALL CALL", "tie END FREE"),
]


def features_of_day(day: Day) -> Counter[str]:
    """What the day is made of."""
    choice, n_lanes = day["choice"], len(day["kind"])
    found = [f"rule {choice['rule']}", *{f"kind {kind}" for kind in day["kind"]}]
    found.append("perception" if day["perception"] else "no perception")
    found.append("ties random" if choice["ties_random"] else "ties first")
    found += ["capacity"] * (min(day["line_capacity"]) < NO_LIMIT)
    found += ["prefer"] * (choice["prefer"] >= 0)
    found += ["not counting those in service"] * (not choice["count_in_service"])
    found += ["whole line, not per server"] * (not choice["per_server"])
    found += ["a lane for nobody"] * any(not any(mask) for mask in day["may_use"])
    found += ["a lane never open"] * any(j not in day["roster_lane"] for j in range(n_lanes))
    found += ["shared"] * (len(day["line_lane"]) < len(day["server_line"]))
    found += ["own lines"] * (len(day["line_lane"]) > n_lanes)
    found += ["patience 0"] * (0.0 in day["patience_s"])
    found += ["patience"] * any(isfinite(p) for p in day["patience_s"])
    found += ["no attendants for a while"] * (0 in day["attendants_on"])
    found += ["arrived together"] * any(a == b for a, b in pairwise(day["arrival_s"]))
    return Counter(found)


def features_of_trace(day: Day, trace: list[Row]) -> Counter[str]:
    """What happened to customers, by the trace."""
    found: Counter[str] = Counter()
    at = {(i, event): time for time, event, i, _, _ in trace if i >= 0}
    for i, limit in enumerate(day["patience_s"]):
        if (i, "CALL") in at:
            waited = at[i, "HELP"] > at[i, "CALL"]
            found["help waits" if waited else "help at once"] += 1
            found["called at once"] += at[i, "CALL"] == at[i, "START"]
            between = [t for t in day["attendants_s"] if at[i, "HELP"] < t < at[i, "HELPED"]]
            found["attendants changed during help"] += bool(between)
        if (i, "START") in at:
            waited_s = at[i, "START"] - at[i, "JOIN"]
            found["served at the end of patience"] += waited_s == limit > 0
            found["zero service"] += at[i, "END"] == at[i, "START"]
            found["gap" if at[i, "FREE"] > at[i, "END"] else "zero gap"] += 1
    return found


def features_of_servers(day: Day, trace: list[Row]) -> Counter[str]:
    """What the roster did to servers, by the trace."""
    found: Counter[str] = Counter()
    for s, line in enumerate(day["server_line"]):
        own = [row for row in trace if row[4] == s and row[1] not in ("JOIN", "BALK", "RENEGE")]
        for before, row in pairwise(own):
            found["closed when idle"] += row[1] == "CLOSED" and before[0] < row[0]
            found["closed in the gap"] += before[1] == "END" and row[1] == "CLOSING"
            found["opened with people waiting"] += (
                before[1] == "OPEN"
                and before[0] == row[0]
                and (row[2] not in joined_at(trace, row[0], line))
            )
        found += closing_features([row[1] for row in own])
    return found + whole_line_features(day, trace)


def joined_at(trace: list[Row], time: float, line: int) -> set[int]:
    """Who joined the line at this instant."""
    return {row[2] for row in trace if row[0] == time and row[1] == "JOIN" and row[3] == line}


def closing_features(events: list[str]) -> Counter[str]:
    """What one server did between CLOSING and the next OPEN or CLOSED."""
    found: Counter[str] = Counter()
    for k, event in enumerate(events):
        if event == "CLOSING":
            ends = [n for n in range(k, len(events)) if events[n] in ("OPEN", "CLOSED")]
            found["closing opened again"] += events[ends[0]] == "OPEN"
            starts = "START" in events[k : ends[0]]
            found["closing serves its line" if starts else "closing at next free"] += 1
    return found


def whole_line_features(day: Day, trace: list[Row]) -> Counter[str]:
    """Shared lines served out by several servers, and lines closed altogether and back."""
    found: Counter[str] = Counter()
    for line in range(len(day["line_lane"])):
        state: dict[int, str] = {}
        served_out: set[int] = set()
        none_open = False
        for _, event, _, where, s in trace:
            if where != line:
                continue
            if event in ("OPEN", "CLOSING", "CLOSED"):
                others = [other for other in state if other != s and state[other] == "CLOSING"]
                reopened = event == "OPEN" and state.get(s) == "CLOSING"
                found["reopened while others still close"] += reopened and bool(others)
                found["all closed, back"] += event == "OPEN" and none_open
                state[s] = event
                none_open = "OPEN" not in state.values()
                served_out = set() if event == "OPEN" else served_out
            if event == "START" and none_open:
                served_out.add(s)
                found["shared line served out by several"] += len(served_out) == 2
    return found


def features_of_log(day: Day, log: list[dict[str, Any]]) -> Counter[str]:
    """What happened to customers, by the log."""
    found: Counter[str] = Counter()
    for row in log:
        found[f"ending {row['ending']}"] += 1
        found[f"why {row['why']}"] += 1
        for name in ("slips_same_kind", "slips_other_kind"):
            found[name] += row[name] > 0
        found["steps > 1"] += row["steps"] > 1
        found["behind > 1"] += row["behind_at_most"] > 1
        found["still in line"] += row["queue_still_s"] > 0
        found["joined by another, alone again"] += (
            row["behind_at_most"] > 0 and row["last_in_line_s"] > 0
        )
        # one line is first come, first served: nobody behind me can be served before me
        assert row["slips_same_line"] == 0
    return found + gave_up(log)


def gave_up(log: list[dict[str, Any]]) -> Counter[str]:
    """Who gave up ahead of or behind somebody who went on waiting."""
    found: Counter[str] = Counter()
    for i, one in enumerate(log):
        for k, other in enumerate(log):
            if one["ending"] == 2 and other["line"] == one["line"] and k != i:
                waited_on = other["join_s"] + other["wait_s"] > one["end_s"] > other["join_s"]
                where = "someone ahead gives up" if i < k else "someone behind gives up"
                found[where] += waited_on
    return found


def ties(trace: list[Row]) -> Counter[str]:
    """Pairs of events of different customers (or a customer and a till) at one instant."""
    found: Counter[str] = Counter()
    for k, (time, event, i, _, _) in enumerate(trace):
        later = k + 1
        while later < len(trace) and trace[later][0] == time:
            other = trace[later]
            found[f"tie {event} {other[1]}"] += other[2] != i
            later += 1
    return found
