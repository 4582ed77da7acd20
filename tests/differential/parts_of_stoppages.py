"""What a stopping day of `generate_stoppages` is made of: visits, staff, breakdowns, cards."""

from __future__ import annotations

from math import inf
from random import Random
from typing import Any

from tests.differential import generate, generate_behaviour
from tests.differential.generate import EXPRESS, NO_LIMIT, SELF_SERVICE, STAFFED, Day, Times
from tests.differential.generate_behaviour import ENTRIES, SHIFTS

SCAN_AND_GO, STATION = 3, 4
ALWAYS, PAID, FAILED = 0, 1, 2
ROSTER, ATTENDANTS = ENTRIES[0], ENTRIES[1]
VISITS = ("customer", "stop", "after", "delay_s", "condition")
STOPPAGES = ("at_s", "server", "lasts_s", "when_busy", "sends_on", "explained")
WINDOWS = ("at_s", "lasts_s", "explained")
# Columns with a list of visits per lane; those not in use are empty.
AGAIN = ("again_after_s", "again_help_s", "fails")


def span_of(day: Day, times: Times) -> int:
    """The time of arrivals in units."""
    return round(max(day["arrival_s"]) / times.unit)


def scanning(rng: Random, kind: int) -> int:
    """Some machines are for people who have scanned already."""
    return SCAN_AND_GO if kind == SELF_SERVICE and rng.random() < 0.5 else kind


def one_more_lane(rng: Random, times: Times, day: Day, kind: int) -> Day:
    """The day with a lane more, its lines and servers last."""
    n, j, span = len(day["arrival_s"]), len(day["kind"]), span_of(day, times)
    servers, shared = rng.choice([1, 1, 2, 3]), rng.random() < 0.5
    first, lines = len(day["line_lane"]), 1 if shared else servers
    changed: Day = {
        "kind": [*day["kind"], kind],
        "line_lane": [*day["line_lane"], *[j] * lines],
        "line_capacity": [*day["line_capacity"], *[rng.choice([NO_LIMIT, NO_LIMIT, 3])] * lines],
        "line_position_m": [*day["line_position_m"], *[float(rng.randint(0, 20))] * lines],
        "server_line": [
            *day["server_line"],
            *[first + (0 if shared else number) for number in range(servers)],
        ],
        "server_number": [*day["server_number"], *range(1, servers + 1)],
        "server_pace": [*day["server_pace"], *[times.factor() for _ in range(servers)]],
        "may_use": [*day["may_use"], generate.allowed(rng, n)],
    }
    column = generate.services(rng, times, n)
    changed |= {name: [*day[name], column[name]] for name in column}
    changed["mean_us"] = [*day["mean_us"], sum(column["expected_us"]) // n]
    if day["perception"]:
        rows = [[times.factor() for _ in range(n)] for _ in range(lines)]
        changed["perception"] = [*day["perception"], *rows]
    entries = [(0.0, j, rng.randint(1, servers))]
    entries += [(times.up_to(span), j, rng.randint(0, servers)) for _ in range(rng.choice([0, 2]))]
    changed |= more_entries(day, ROSTER, entries)
    return changed | more_entries(day, ATTENDANTS, [(0.0, j, rng.randint(1, 2))])


def more_entries(day: Day, names: tuple[str, ...], entries: list[tuple[float, int, int]]) -> Day:
    """Further entries of a roster, ascending in time."""
    rows = [*zip(*(day[name] for name in names), strict=True), *entries]
    rows.sort(key=lambda row: row[0])
    return {name: [row[k] for row in rows] for k, name in enumerate(names)}


def calling_twice(rng: Random, times: Times, day: Day) -> Day:
    """Some of those who call once call again."""
    share = rng.choice([0.5, 1.0])
    after = [
        [times.up_to(6) if b != inf and rng.random() < share else inf for b in column]
        for column in day["before_call_s"]
    ]
    lasts = [[0.0 if a == inf else times.up_to(5) for a in column] for column in after]
    return {"again_after_s": after, "again_help_s": lasts}


def visiting(rng: Random, times: Times, day: Day) -> Day:
    """Some visits follow upon others, now and then of another sort than a shop would have."""
    n, stations = len(day["arrival_s"]), day["kind"].count(STATION)
    given = max(1, round(n * rng.choice([0.4, 0.6, 0.8])))
    stop = [rng.randint(0, stations) if rng.random() < 0.6 else 0 for _ in range(n)]
    condition = [ALWAYS] * given + [rng.choice([ALWAYS, PAID, FAILED]) for _ in range(n - given)]
    # A chain may lead to a later row, but never round in a circle.
    order = list(range(given, n))
    rng.shuffle(order)
    after = [-1] * n
    done = list(range(given))
    for f in order:
        after[f] = rng.choice(done[-6:])
        done.append(f)
        if day["fails"] and condition[f] == FAILED:  # there is something to come from
            lane = rng.randrange(len(day["kind"]))
            day["fails"][lane][after[f]] = True
    delays = [0.0] * given
    delays += [rng.choice([0.0, times.up_to(4), times.up_to(12)]) for _ in range(n - given)]
    customer = list(range(n))
    for f in order:
        customer[f] = customer[after[f]]
    visits = dict(zip(VISITS, (customer, stop, after, delays, condition), strict=True))
    return {"visits": visits, "may_use": by_stop(rng, day, stop)}


def by_stop(rng: Random, day: Day, stop: list[int]) -> list[list[bool]]:
    """Each station serves its own visits, the other lanes those at the checkouts."""
    stations = [j for j, kind in enumerate(day["kind"]) if kind == STATION]
    lane = [0] * len(day["kind"])
    for number, j in enumerate(stations, start=1):
        lane[j] = number
    strict = rng.random() < 0.8
    return [
        [
            (of == lane[j]) and (of > 0 or may) if strict else may
            for of, may in zip(stop, mask, strict=True)
        ]
        for j, mask in enumerate(day["may_use"])
    ]


def sharing_staff(rng: Random, times: Times, day: Day) -> Day:
    """Lanes share those who answer calls, or need nobody."""
    lanes, span = len(day["kind"]), span_of(day, times)
    pools = rng.choice([1, 2, lanes + 1])
    lane_pool = [rng.choice([-1, *range(pools), *range(pools)]) for _ in range(lanes)]
    entries = []
    for p in range(pools):
        at = [0.0] * (rng.random() < 0.8) + [times.up_to(span) for _ in range(rng.choice([0, 3]))]
        at = at or [times.up_to(span)]
        entries += [(t, p, rng.randint(1 if t == max(at) else 0, 2)) for t in at]
    return {"lane_pool": lane_pool, **generate.ascending(rng, entries, ATTENDANTS)}


def called_from_a_pool(rng: Random, times: Times, day: Day) -> Day:
    """Cashiers on demand come from a pool that answers calls, or from one of their own."""
    tills = [j for j, kind in enumerate(day["kind"]) if kind in (STAFFED, EXPRESS)]
    if not tills:
        return {}
    demand = dict(day["demand"])
    if not demand["on"]:
        on = generate_behaviour.on_demand(rng, times, day, wanted=True)
        demand, rostered = on["demand"], on["roster_open"]
    else:
        rostered = day["roster_open"]
    if rng.random() < 0.6:
        demand |= {"call_above": rng.choice([0.0, 0.3]), "close_below": inf}
        demand["stay_s"] = rng.choice([0.0, times.up_to(8)])
    answering = [p for p in day["lane_pool"] if p >= 0] or list(range(len(day["kind"])))
    demand["pool"] = rng.choice([*answering, *answering, len(day["kind"]) + 1])
    entries = [(0.0, demand["pool"], rng.choice([1, 1, 2, 3]))]
    changed: Day = {"demand": demand, "roster_open": rostered, **{name: [] for name in SHIFTS}}
    return changed | more_entries(day, ATTENDANTS, entries)


def breakdowns(rng: Random, times: Times, day: Day) -> Day:
    """Servers stop, alone or all at once, with somebody there or with nobody."""
    servers = range(len(day["server_line"]))
    span = round(span_of(day, times) * rng.choice([1.0, 1.5, 2.0]))
    rows: list[tuple[Any, ...]] = []
    sending, longest = rng.choice([0.0, 0.2, 0.8]), rng.choice([4, 10, 25, 60])
    for _ in range(rng.choice([1, 3, 6, 10, 20])):
        at, lasts = times.up_to(span), rng.choice([0.0, times.up_to(longest), times.up_to(longest)])
        where = servers if rng.random() < 0.08 else [rng.choice(servers)]
        busy, told = rng.random() < 0.5, rng.random() < 0.5
        rows += [(at, s, lasts, busy, rng.random() < sending, told) for s in where]
    rows.sort(key=lambda row: row[:2])
    return {name: [row[k] for row in rows] for k, name in enumerate(STOPPAGES)}


def cards(rng: Random, times: Times, day: Day) -> Day:
    """One to three times without cards, one after another, now and then with nothing between."""
    at, rows = times.up_to(span_of(day, times)), []
    if rng.random() < 0.4:  # early and long
        at = times.up_to(6)
    for _ in range(rng.choice([1, 1, 2, 3])):
        lasts = times.up_to(rng.choice([4, 20, 60]))
        rows.append((at, lasts, rng.random() < 0.5))
        at = at + lasts + rng.choice([0.0, times.up_to(10)])
    windows: Day = {name: [row[k] for row in rows] for k, name in enumerate(WINDOWS)}
    share = rng.choice([0.5, 0.9])
    return {
        "no_cards": windows | {"leaves": rng.random() < 0.4},
        "needs_card": [rng.random() < share for _ in day["arrival_s"]],
    }
