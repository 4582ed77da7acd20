"""Scenes for stopping days: what is rare by chance, brought about on purpose."""

from __future__ import annotations

from math import inf
from random import Random

from tests.differential import generate_behaviour
from tests.differential.generate import NO_LIMIT, SELF_SERVICE, STAFFED, Day, Times
from tests.differential.parts_of_stoppages import (
    AGAIN,
    ATTENDANTS,
    ROSTER,
    SCAN_AND_GO,
    STATION,
    STOPPAGES,
    one_more_lane,
    span_of,
)


def inviting(rng: Random, day: Day) -> Day:
    """Every lane opens at once, most people may go anywhere, and few turn away."""
    lanes, n = range(len(day["kind"])), len(day["arrival_s"])
    servers = [sum(day["line_lane"][x] == j for x in day["server_line"]) for j in lanes]
    entries = [e for e in zip(*(day[name] for name in ROSTER), strict=True) if e[0] > 0]
    entries = [(0.0, j, rng.randint(1, servers[j])) for j in lanes] + entries
    changed: Day = {name: [entry[k] for entry in entries] for k, name in enumerate(ROSTER)}
    changed["may_use"] = [[rng.random() < 0.85 for _ in range(n)] for _ in lanes]
    if rng.random() < 0.7:
        changed["balk_rule"] = ""
        changed["line_capacity"] = [NO_LIMIT for _ in day["line_capacity"]]
    return changed


def short_of_staff(rng: Random, times: Times, day: Day) -> Day:
    """One till on demand, called for and left all the time by two people whom others call too."""
    demand = day["demand"]
    if not demand["on"]:
        return {}
    servers = [s for s, x in enumerate(day["server_line"]) if day["line_lane"][x] == demand["lane"]]
    closed = min(len(servers), rng.choice([0, 0, 1]))
    rostered = [
        closed if j == demand["lane"] else open_
        for j, open_ in zip(day["roster_lane"], day["roster_open"], strict=True)
    ]
    changed = {"call_above": 0.0, "close_below": inf, "stay_s": 0.0, "walk_s": times.up_to(3)}
    entries = zip(*(day[name] for name in ATTENDANTS), strict=True)
    kept = [entry for entry in entries if entry[1] != demand["pool"]]
    kept = [(0.0, demand["pool"], 2), *kept]
    lanes, n = range(len(day["kind"])), len(day["arrival_s"])
    before = [
        [times.up_to(4) if rng.random() < 0.5 else b for b in day["before_call_s"][j]]
        for j in lanes
    ]
    kind = list(day["kind"])
    if rng.random() < 0.7:  # when that till closes, none is open
        machines = [SELF_SERVICE, SELF_SERVICE, SCAN_AND_GO]
        for j in lanes:
            if kind[j] != STATION and j != demand["lane"]:
                kind[j] = rng.choice(machines)
    return {
        "kind": kind,
        "demand": demand | changed,
        "roster_open": rostered,
        "lane_pool": [demand["pool"] for _ in lanes],
        "before_call_s": before,
        "help_s": [[times.up_to(8) for _ in range(n)] for _ in lanes],
        **{name: [row[k] for row in kept] for k, name in enumerate(ATTENDANTS)},
    }


def stopped_at_closing_time(rng: Random, times: Times, day: Day) -> Day:
    """Servers stop shortly before lanes close, some for long; one lane may open again soon."""
    if rng.random() < 0.4:
        day = day | generate_behaviour.sharing_lines(day)
    span, lanes = span_of(day, times), range(len(day["kind"]))
    at = times.up_to(span) + times.up_to(4)
    servers, sending = range(len(day["server_line"])), rng.choice([0.1, 0.7])
    rows = list(zip(*(day["stoppages"][name] for name in STOPPAGES), strict=True))
    for s in servers:
        if rng.random() < 0.7:
            lasts = times.up_to(rng.choice([8, 30]))
            rows.append((at, s, lasts, False, rng.random() < sending, rng.random() < 0.5))
    rows.sort(key=lambda row: row[:2])
    entries = [e for e in zip(*(day[name] for name in ROSTER), strict=True) if e[0] < at]
    closes = at + times.up_to(3)
    most = rng.choice([0, 0, 1, 2])  # so many stay open
    entries += [(closes, j, rng.randint(0, most)) for j in lanes]
    again = closes + times.up_to(6)
    entries += [(again, j, rng.randint(1, 4)) for j in lanes if rng.random() < 0.6]
    entries.sort(key=lambda entry: entry[0])
    changed: Day = {name: [entry[k] for entry in entries] for k, name in enumerate(ROSTER)}
    most_of = [sum(day["line_lane"][x] == j for x in day["server_line"]) for j in lanes]
    rows_ = zip(changed["roster_lane"], changed["roster_open"], strict=True)
    changed["roster_open"] = [min(most_of[j], open_) for j, open_ in rows_]
    if rng.random() < 0.5:
        changed["patience_s"] = [times.up_to(15) for _ in day["arrival_s"]]
    if rng.random() < 0.4:
        changed["jockey"] = day["jockey"] | {"on": True, "shorter_by": 1}
    columns = {name: [row[k] for row in rows] for k, name in enumerate(STOPPAGES)}
    return day | changed | {"stoppages": columns}


def hurried(rng: Random, times: Times, day: Day) -> Day:
    """Everybody is sent on again and again, and patience is short; lines are joined blindly."""
    n, servers = len(day["arrival_s"]), range(len(day["server_line"]))
    span = span_of(day, times)
    rows = [
        (times.up_to(span) + times.up_to(9), s, times.up_to(12), True, True, rng.random() < 0.5)
        for s in servers
        for _ in range(rng.choice([1, 3]))
    ]
    rows.sort(key=lambda row: row[:2])
    columns = {name: [row[k] for row in rows] for k, name in enumerate(STOPPAGES)}
    rule = rng.choice(["random", "nearest", "alternate", "expected_wait_items"])
    return {
        "stoppages": columns,
        "patience_s": [times.up_to(rng.choice([6, 20])) for _ in range(n)],
        "choice": day["choice"] | {"rule": rule},
        "jockey": day["jockey"] | {"on": rng.random() < 0.5, "shorter_by": 1},
    }


def well_looked_at(rng: Random, times: Times, day: Day, stopping: bool) -> Day:
    """Open lines of several servers, some of which stop, among which people choose with care."""
    n, span = len(day["arrival_s"]), span_of(day, times)
    while len(day["line_lane"]) < 3:
        day = day | one_more_lane(rng, times, day, rng.choice([STAFFED, SELF_SERVICE]))
        day |= {name: [*day[name], day[name][-1]] for name in ("lane_pool", *AGAIN) if day[name]}
    if rng.random() < 0.6:
        day = day | generate_behaviour.sharing_lines(day)
    lanes = range(len(day["kind"]))
    servers = [sum(day["line_lane"][x] == j for x in day["server_line"]) for j in lanes]
    later = [e for e in zip(*(day[name] for name in ROSTER), strict=True) if rng.random() < 0.3]
    entries = [(0.0, j, servers[j]) for j in lanes] + [e for e in later if e[0] > 0]
    changed: Day = {name: [entry[k] for entry in entries] for k, name in enumerate(ROSTER)}
    rules = ("shortest_queue", "fewest_items", "expected_wait_mean", "expected_wait_items")
    rule = rng.choice([*rules, "expected_wait_items"])
    changed["choice"] = day["choice"] | {"rule": rule, "per_server": True, "prefer": -1}
    changed["line_capacity"] = [NO_LIMIT for _ in day["line_lane"]]
    if not day["visits"]:
        changed["may_use"] = [[True] * n for _ in lanes]
    if day["jockey"]["on"]:
        changed["jockey"] = day["jockey"] | {"shorter_by": 1}
    if rng.random() < 0.5:
        changed["perception"] = []
    if rng.random() < 0.3:  # a server more or less makes the difference
        changed["balk_rule"] = "longer_than"
        changed["balk_tolerance"] = [rng.choice([0.5, 1.0, 1.5, 2.0, 3.0, inf]) for _ in range(n)]
    rows = list(zip(*(day["stoppages"][name] for name in STOPPAGES), strict=True))
    for s in range(len(day["server_line"])):
        if stopping and rng.random() < 0.5:
            at, lasts = times.up_to(span), times.up_to(30)
            rows.append((at, s, lasts, False, rng.random() < 0.5, rng.random() < 0.5))
    rows.sort(key=lambda row: row[:2])
    changed["stoppages"] = {name: [row[k] for row in rows] for k, name in enumerate(STOPPAGES)}
    if rng.random() < 0.4:
        changed["no_cards"] = day["no_cards"] | {"leaves": False}
    return day | changed
