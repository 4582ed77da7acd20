"""Small random days on which customers balk and change line and cashiers come, go and rest.

A busy day is a small day of `generate` with a random mix of these: on some days one alone, on
others several or all at once. Times stay multiples of the unit on a coarse day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf
from random import Random

from simqueue.tables import Demand, Jockey, System, Workload, frozen
from tests.differential import generate
from tests.differential.generate import NO_LIMIT, SELF_SERVICE, STAFFED, Day, Times, small_day

BEHAVIOURS = ("balk", "jockey", "finish_current", "demand", "breaks")
PER_CUSTOMER = ("balk_tolerance", "willing", "u_choice_again")
SHIFTS = ("shift_start_s", "shift_end_s")
BREAKS = ("break_s", "break_server", "break_lasts_s")
# What can be left out of a day one entry at a time, all columns of a group together.
ENTRIES = (
    ("roster_s", "roster_lane", "roster_open"),
    ("attendants_s", "attendants_pool", "attendants_on"),
    SHIFTS,
    BREAKS,
)


def busy_day(rng: Random, coarse: bool) -> Day:
    """A random day of 3 to 25 customers with a mix of what people and staff may do."""
    before = Random()
    before.setstate(rng.getstate())
    times = Times(before, coarse)  # the same unit as the small day takes
    day = small_day(rng, coarse)
    times.rng = rng
    chosen = mix(rng)
    n, span = len(day["arrival_s"]), round(max(day["arrival_s"]) / times.unit)
    day["u_choice_again"] = [rng.random() for _ in range(n)]
    if rng.random() < 0.75:
        day |= welcoming(rng, day)
    if rng.random() < 0.4:
        day |= closing_time(times, day, span)
    if rng.random() < 0.3:
        day |= sharing_lines(day)
    if "breaks" in chosen and rng.random() < 0.3:  # one server, and people wait for it
        day |= sharing_lines(day)
        day["roster_open"] = [min(1, servers) for servers in day["roster_open"]]
    if "finish_current" in chosen and rng.random() < 0.5:  # not all of a line may go elsewhere
        day["may_use"] = [[rng.random() < 0.6 for _ in range(n)] for _ in day["kind"]]
    if rng.random() < 0.2:
        day["line_capacity"] = [rng.choice([2, 3, NO_LIMIT]) for _ in day["line_lane"]]
    day |= balking(rng, times, n, "balk" in chosen)
    day |= jockeying(rng, times, n, "jockey" in chosen)
    day["finish_current"] = "finish_current" in chosen
    day |= on_demand(rng, times, day, "demand" in chosen)
    cashiers = rng.choice([1, 1, 2, 3]) if "demand" in chosen else rng.choice([0, 0, 1, 2])
    day |= shifts(rng, times, span, cashiers)
    day |= breaks(rng, times, day, span, rng.choice([1, 2, 4]) if "breaks" in chosen else 0)
    if len(chosen) > 1 and "jockey" in chosen and rng.random() < 0.75:
        day |= caught_walking(rng, times, day, span)
    if day["demand"]["on"] and "breaks" in chosen and rng.random() < 0.6:
        day |= hectic(rng, times, day, span)
    return day


def mix(rng: Random) -> set[str]:
    """What happens on the day: one thing alone, everything, or anything."""
    kind = rng.random()
    if kind < 0.2:
        return {rng.choice(BEHAVIOURS)}
    if kind < 0.55:
        return set(BEHAVIOURS)
    return {name for name in BEHAVIOURS if rng.random() < 0.6}


def welcoming(rng: Random, day: Day) -> Day:
    """One lane is for everybody and open from the start, so that fewer are lost at the door."""
    lane = rng.randrange(len(day["kind"]))
    servers = sum(day["line_lane"][line] == lane for line in day["server_line"])
    entries = zip(*(day[name] for name in ENTRIES[0]), strict=True)
    kept = [entry for entry in entries if entry[:2] != (0.0, lane)]
    kept = [(0.0, lane, rng.randint(1, servers)), *kept]
    everybody = [True] * len(day["arrival_s"])
    masks = [everybody if j == lane else mask for j, mask in enumerate(day["may_use"])]
    columns = {name: [entry[k] for entry in kept] for k, name in enumerate(ENTRIES[0])}
    return columns | {"may_use": masks}


def sharing_lines(day: Day) -> Day:
    """The same servers with one line per lane."""
    lanes = range(len(day["kind"]))
    first = [day["line_lane"].index(lane) for lane in lanes]
    names = ("line_lane", "line_capacity", "line_position_m", "perception")
    shared = {name: [day[name][line] for line in first] if day[name] else [] for name in names}
    return shared | {"server_line": [day["line_lane"][line] for line in day["server_line"]]}


def closing_time(times: Times, day: Day, span: int, stay_open: float = 0.0) -> Day:
    """All lanes close at one moment, or but one soon after; the roster has no later entries."""
    at = times.unit + times.up_to(span)
    entries = zip(*(day[name] for name in ENTRIES[0]), strict=True)
    kept = [entry for entry in entries if entry[0] < at]
    lanes = [lane for lane in range(len(day["kind"])) if times.rng.random() >= stay_open]
    last = times.rng.choice([-1, -1, *lanes])
    kept += [(at, lane, 0) for lane in lanes if lane != last]
    kept += [(at + times.up_to(6), last, 0)] * (last >= 0)
    return {name: [entry[k] for entry in kept] for k, name in enumerate(ENTRIES[0])}


def balking(rng: Random, times: Times, n: int, on: bool) -> Day:
    """Tolerances low enough to be reached on a small day."""
    rule = rng.choice(["longer_than", "expected_wait_over"]) if on else ""
    patient = rng.choice([0.3, 0.7])
    most = rng.choice([3, 8, 20])
    tolerance = []
    for _ in range(n):
        people = rng.choice([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, rng.uniform(0, 3)])
        wait_us = float(int(times.up_to(most) * 1e6))
        finite = people if rule == "longer_than" else wait_us
        tolerance.append(inf if rng.random() < patient else finite)
    return {"balk_rule": rule, "balk_tolerance": tolerance}


def jockeying(rng: Random, times: Times, n: int, on: bool) -> Day:
    """Gains of one place and more, with or without a walk."""
    share = rng.choice([1.0, 1.0, 0.6])
    return {
        "jockey": {
            "on": on,
            "shorter_by": rng.choice([1, 1, 1, 2, 2, 3]),
            "walk_s": rng.choice([0.0, times.up_to(3), times.up_to(6), times.up_to(25)]),
        },
        "willing": [rng.random() < share for _ in range(n)],
    }


def on_demand(rng: Random, times: Times, day: Day, wanted: bool) -> Day:
    """Low thresholds, and in the lane that opens on demand often fewer tills by the roster."""
    lanes = range(len(day["kind"]))
    tills = [lane for lane in lanes if day["kind"][lane] != SELF_SERVICE]
    lane = rng.choice(tills) if tills else -1
    on = wanted and lane >= 0
    rostered = list(day["roster_open"])
    if on and rng.random() < 0.7:
        most = rng.choice([0, 1, 1])
        for k, of in enumerate(day["roster_lane"]):
            rostered[k] = min(most, rostered[k]) if of == lane else rostered[k]
    demand = {
        "on": on,
        "lane": lane,
        "call_above": rng.choice([0.0, 0.3, 0.5, 1.0, 2.0, inf]),
        "waited_over_s": rng.choice([0.0, times.up_to(5), times.up_to(10), inf]),
        "close_below": rng.choice([0.0, 0.3, 0.5, 1.0, 3.0, inf, inf]),
        "walk_s": rng.choice([0.0, times.up_to(2), times.up_to(6)]),
        "stay_s": rng.choice([0.0, times.up_to(10), times.up_to(25)]),
    }
    return {"demand": demand, "roster_open": rostered}


def caught_walking(rng: Random, times: Times, day: Day, span: int) -> Day:
    """All is open, lines are joined without a look, and whoever walks is caught by the closing."""
    n, lanes = len(day["arrival_s"]), range(len(day["kind"]))
    if rng.random() < 0.5:
        day = day | sharing_lines(day)
    columns = ([0.0 for _ in lanes], list(lanes), [len(day["server_line"]) for _ in lanes])
    day = day | dict(zip(ENTRIES[0], columns, strict=True))
    day |= closing_time(times, day, span, stay_open=rng.choice([0.0, 0.0, 0.5]))
    walk_s = rng.choice([day["roster_s"][-1], 2.0 * times.up_to(span)]) + times.up_to(8)
    day["balk_rule"] = day["balk_rule"] if rng.random() < 0.5 else ""
    day["jockey"] = {"on": True, "shorter_by": 1, "walk_s": walk_s}
    day["willing"] = [True] * n
    rule = rng.choice(["random", "nearest", "alternate"])
    day["choice"] = day["choice"] | {"rule": rule, "per_server": rng.random() < 0.3}
    if rng.random() < 0.7:
        day["may_use"] = [[True] * n for _ in lanes]
    if rng.random() < 0.7:
        day["patience_s"] = [inf] * n
    return day


def hectic(rng: Random, times: Times, day: Day, span: int) -> Day:
    """In the lane on demand the roster goes up and down, shifts are short, breaks are many."""
    lane = day["demand"]["lane"]
    servers = [s for s, line in enumerate(day["server_line"]) if day["line_lane"][line] == lane]
    arrivals = day["arrival_s"]
    if rng.random() < 0.6:  # so that lines become empty
        arrivals, span = [3 * time for time in arrivals], 3 * span
    demand = day["demand"] | {
        "call_above": rng.choice([0.0, 0.3]),
        "close_below": inf,
        "walk_s": times.up_to(2),
        "stay_s": rng.choice([0.0, 0.0, times.up_to(8)]),
    }
    entries = [e for e in zip(*(day[name] for name in ENTRIES[0]), strict=True) if e[1] != lane]
    entries += [(times.up_to(span), lane, rng.randint(0, len(servers))) for _ in range(8)]
    entries.sort(key=lambda entry: entry[0])
    changed = {name: [entry[k] for entry in entries] for k, name in enumerate(ENTRIES[0])}
    changed |= shifts(rng, times, span, rng.choice([2, 4, 8]), ending=1.0)
    rows = [(times.up_to(span), rng.choice(servers), times.up_to(20)) for _ in range(4)]
    rows.sort(key=lambda row: row[:2])
    changed |= {name: [row[k] for row in rows] for k, name in enumerate(BREAKS)}
    return changed | {"demand": demand, "arrival_s": arrivals, "closes_s": max(arrivals)}


def shifts(rng: Random, times: Times, span: int, cashiers: int, ending: float = 0.65) -> Day:
    """Spare cashiers, from the start or later, for a while or for ever."""
    rows = []
    for _ in range(cashiers):
        start = 0.0 if rng.random() < 0.5 else times.up_to(span)
        end = start + times.unit + times.up_to(rng.choice([4, 10, span]))
        rows.append((start, end if rng.random() < ending else inf))
    rows.sort(key=lambda row: row[0])
    return {name: [row[k] for row in rows] for k, name in enumerate(SHIFTS)}


def breaks(rng: Random, times: Times, day: Day, span: int, number: int) -> Day:
    """Breaks by time and server; now and then two at once or one within another."""
    servers = range(len(day["server_line"]))
    tills = [s for s in servers if day["kind"][day["line_lane"][day["server_line"][s]]] == STAFFED]
    rows = []
    for _ in range(number):
        server = rng.choice(tills or servers) if rng.random() < 0.5 else rng.choice(servers)
        lasts = rng.choice([0.0, times.up_to(5), times.up_to(12), times.up_to(12)])
        rows.append((times.up_to(span), server, lasts))
    rows.sort(key=lambda row: row[:2])
    return {name: [row[k] for row in rows] for k, name in enumerate(BREAKS)}


def smaller(day: Day) -> Iterator[Day]:
    """The day with one thing less, for each thing that can be left out."""
    for i in range(len(day["arrival_s"]) if len(day["arrival_s"]) > 1 else 0):
        less = generate.without_customer(day, i)
        for name in PER_CUSTOMER:
            less[name] = [value for k, value in enumerate(day[name]) if k != i]
        yield less
    for names in ENTRIES:
        for n in range(len(day[names[0]])):
            yield day | {name: day[name][:n] + day[name][n + 1 :] for name in names}
    for name in ("jockey", "demand"):
        if day[name]["on"]:
            yield day | {name: day[name] | {"on": False}}
    for name, off in (("finish_current", False), ("balk_rule", ""), ("perception", [])):
        if day[name] != off:
            yield day | {name: off}


def to_tables(day: Day) -> tuple[Workload, System]:
    """The day as the tables that engines read."""
    workload, system = generate.to_tables(day)
    return workload, replace(
        system,
        balk_rule=day["balk_rule"],
        balk_tolerance=frozen(day["balk_tolerance"], "f8"),
        jockey=Jockey(**day["jockey"]),
        willing=frozen(day["willing"], "?"),
        finish_current=day["finish_current"],
        demand=Demand(**day["demand"]),
        **{name: frozen(day[name], "f8") for name in (*SHIFTS, "break_s", "break_lasts_s")},
        break_server=frozen(day["break_server"], "i8"),
    )
