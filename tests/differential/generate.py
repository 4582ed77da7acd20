"""Small random days for comparing engines: few customers, but everything that can happen does.

A day is a dictionary of plain lists, as the oracle reads it; `to_tables` gives what engines read.
On a coarse day every time is a small multiple of one unit, so that many things happen at one
instant; on a fine day times are continuous.
"""

from __future__ import annotations

from math import inf
from random import Random
from typing import Any

import numpy as np

from simqueue.tables import Choice, System, Workload, frozen

Day = dict[str, Any]

RULES = (
    "random",
    "shortest_queue",
    "fewest_items",
    "expected_wait_mean",
    "expected_wait_items",
    "nearest",
    "alternate",
    "random_till",
)
STAFFED, EXPRESS, SELF_SERVICE = 0, 1, 2
NO_LIMIT = 1_000_000
MOST_CUSTOMERS = 25

# Columns with one number per customer, and with one list of customers per lane (or line).
PER_CUSTOMER = (
    "arrival_s",
    "items",
    "u_choice",
    "place",
    "segment",
    "payment",
    "alone",
    "patience_s",
)
PER_LANE_AND_CUSTOMER = (
    "may_use",
    "service_s",
    "gap_s",
    "before_call_s",
    "after_call_s",
    "help_s",
    "expected_us",
    "perception",
)

# Columns of System by dtype.
INTEGERS = (
    *("kind", "line_lane", "line_capacity", "server_line", "server_number", "mean_us"),
    *("expected_us", "roster_lane", "roster_open", "attendants_pool", "attendants_on"),
)
FLOATS = (
    *("line_position_m", "server_pace", "service_s", "gap_s", "before_call_s"),
    *("after_call_s", "help_s", "patience_s", "roster_s", "attendants_s"),
)


class Times:
    """Random times: on a coarse day small multiples of a unit, else any number.

    The unit of half a microsecond (a power of two, so that sums are exact) is there because times
    enter rules as whole microseconds: with it the rounding decides.
    """

    def __init__(self, rng: Random, coarse: bool) -> None:
        self.rng = rng
        self.coarse = coarse
        self.unit = rng.choice([0.5, 1.0, 1.0, 10.0, 2.0**-21]) if coarse else 1.0

    def up_to(self, most: int) -> float:
        """A time from 0 to so many units."""
        if self.coarse:
            return self.rng.randint(0, most) * self.unit
        return self.rng.uniform(0, most)

    def factor(self) -> float:
        """A factor around 1."""
        if self.coarse:
            return self.rng.choice([0.5, 1.0, 1.0, 1.0, 2.0])
        return self.rng.uniform(0.7, 1.4)


def small_day(rng: Random, coarse: bool) -> Day:
    """A random day of 3 to 25 customers and 1 to 4 lanes."""
    times = Times(rng, coarse)
    n = rng.randint(3 if rng.random() < 0.3 else 15, MOST_CUSTOMERS)
    day = shop(rng, times)
    day |= customers(rng, times, n, len(day["line_lane"]))
    lanes = range(len(day["kind"]))
    columns = [services(rng, times, n) for _ in lanes]
    for name in columns[0]:
        day[name] = [column[name] for column in columns]
    day["mean_us"] = [sum(column["expected_us"]) // n for column in columns]
    day["may_use"] = [allowed(rng, n) for _ in lanes]
    span = max(day["arrival_s"])
    day |= rosters(rng, times, day, span)
    day |= attendants(rng, times, day, span)
    day["choice"] = {
        "rule": rng.choice([*RULES, "expected_wait_items"]),  # the one with most to get wrong
        "count_in_service": rng.random() < 0.7,
        "per_server": rng.random() < 0.6,
        "ties_random": rng.random() < 0.6,
        "prefer": rng.choice([-1, -1, STAFFED, EXPRESS, SELF_SERVICE]),
    }
    day["closes_s"] = span
    return day


def shop(rng: Random, times: Times) -> Day:
    """Lanes, lines and servers."""
    day: Day = {"kind": [], "line_lane": [], "line_capacity": [], "line_position_m": []}
    day |= {"server_line": [], "server_number": [], "server_pace": []}
    for lane in range(rng.choice([1, 1, 2, 2, 3, 4])):
        day["kind"].append(rng.choice([STAFFED, STAFFED, EXPRESS, SELF_SERVICE, SELF_SERVICE]))
        servers = rng.choice([1, 2, 2, 3, 4])
        shared = rng.random() < 0.5
        capacity = rng.choice([NO_LIMIT, NO_LIMIT, NO_LIMIT, 1, 3, 5])
        for number in range(1, servers + 1):
            if number == 1 or not shared:
                day["line_lane"].append(lane)
                day["line_capacity"].append(capacity)
                day["line_position_m"].append(float(rng.randint(0, 20)))
            day["server_line"].append(len(day["line_lane"]) - 1)
            day["server_number"].append(number)
            day["server_pace"].append(times.factor())
    return day


def customers(rng: Random, times: Times, n: int, lines: int) -> Day:
    """What each customer brings, in order of arrival; some arrive together."""
    span = max(1, n * rng.choice([1, 2, 4]) // 2)
    arrivals = sorted(times.up_to(span) for _ in range(n))
    for i in range(1, n):
        if rng.random() < 0.1:
            arrivals[i] = arrivals[i - 1]
    impatient = rng.choice([0.0, 0.3, 0.9])
    sees_truly = rng.random() < 0.6
    return {
        "arrival_s": arrivals,
        "items": [rng.randint(1, 9) for _ in range(n)],
        "u_choice": [rng.random() for _ in range(n)],
        "place": [rng.choice([0.0, 0.5, 1.0, rng.random()]) for _ in range(n)],
        "segment": [rng.randint(0, 1) for _ in range(n)],
        "payment": [rng.randint(0, 3) for _ in range(n)],
        "alone": [rng.random() < 0.5 for _ in range(n)],
        "patience_s": [patience(rng, times) if rng.random() < impatient else inf for _ in range(n)],
        "perception": []
        if sees_truly
        else [[times.factor() for _ in range(n)] for _ in range(lines)],
    }


def patience(rng: Random, times: Times) -> float:
    """A finite patience, now and then none at all."""
    return 0.0 if rng.random() < 0.1 else times.up_to(12)


def services(rng: Random, times: Times, n: int) -> dict[str, list[Any]]:
    """Service, gap, help and expected occupation in one lane, for every customer."""
    longest = rng.choice([3, 8, 20])
    with_gap = rng.choice([0.0, 0.4, 1.0])
    calls_for_help = rng.choice([0.0, 0.5, 0.9])
    column: dict[str, list[Any]] = {
        name: []
        for name in (
            "service_s",
            "gap_s",
            "before_call_s",
            "after_call_s",
            "help_s",
            "expected_us",
        )
    }
    for _ in range(n):
        before, after = times.up_to(longest), times.up_to(longest)
        if rng.random() < 0.08:
            before = after = 0.0
        called = rng.random() < calls_for_help
        column["service_s"].append(before + after)
        column["gap_s"].append(times.up_to(3) if rng.random() < with_gap else 0.0)
        column["before_call_s"].append(before if called else inf)
        column["after_call_s"].append(after if called else 0.0)
        column["help_s"].append(times.up_to(6) if called else 0.0)
        column["expected_us"].append(int(times.up_to(2 * longest) * 1e6))
    return column


def allowed(rng: Random, n: int) -> list[bool]:
    """Who may use a lane: everybody, some, or nobody."""
    share = rng.choice([1.0, 1.0, 1.0, 0.8, 0.4, 0.0])
    return [rng.random() < share for _ in range(n)]


def rosters(rng: Random, times: Times, day: Day, span: float) -> Day:
    """Servers to be open, up and down, down to none and back."""
    entries = []
    for lane in range(len(day["kind"])):
        servers = sum(day["line_lane"][line] == lane for line in day["server_line"])
        at = {times.up_to(round(span / times.unit)) for _ in range(rng.choice([0, 2, 4, 8]))}
        if rng.random() < 0.9:
            at.add(0.0)
        for time in at:
            low = 0 if time > 0 else rng.choice([0, 1, 1, 1, 1])
            entries.append((time, lane, rng.choice([low, servers, rng.randint(low, servers)])))
    return ascending(rng, entries, ("roster_s", "roster_lane", "roster_open"))


def attendants(rng: Random, times: Times, day: Day, span: float) -> Day:
    """Attendants on duty, sometimes nobody for a while, but at least one in the end."""
    entries = []
    for lane in range(len(day["kind"])):
        at = {times.up_to(round(span / times.unit)) for _ in range(rng.choice([0, 0, 1, 3]))}
        if rng.random() < 0.8 or not at:
            at.add(0.0)
        for time in at:
            least = 1 if time == max(at) else 0
            entries.append((time, lane, rng.randint(least, 2)))
    return ascending(rng, entries, ("attendants_s", "attendants_pool", "attendants_on"))


def ascending(
    rng: Random, entries: list[tuple[float, int, int]], names: tuple[str, str, str]
) -> Day:
    """Entries as three columns, ascending in time; the order of lanes at one time is by chance."""
    rng.shuffle(entries)
    entries.sort(key=lambda entry: entry[0])
    return {name: [entry[n] for entry in entries] for n, name in enumerate(names)}


def without_customer(day: Day, i: int) -> Day:
    """The same day without one customer."""
    less = dict(day)
    for name in PER_CUSTOMER:
        less[name] = [value for k, value in enumerate(day[name]) if k != i]
    for name in PER_LANE_AND_CUSTOMER:
        less[name] = [[v for k, v in enumerate(values) if k != i] for values in day[name]]
    return less


def to_tables(day: Day) -> tuple[Workload, System]:
    """The day as the tables that engines read; columns that no engine needs are neutral."""
    n = len(day["arrival_s"])
    brought: Day = {name: day[name] for name in PER_CUSTOMER if name in Workload.columns()}
    brought |= {"considers_machines": [True] * n, "u_limit": [0.5] * n}
    brought |= {"u_choice_again": day.get("u_choice_again", [0.5] * n)}
    brought |= {"value_of_time": [1.0] * n, "self_control": [1.0] * n}
    workload = Workload(**brought, segments=("quick", "main"))
    columns = {name: frozen(day[name], "i8") for name in INTEGERS}
    columns |= {name: frozen(day[name], "f8") for name in FLOATS}
    columns["may_use"] = frozen(day["may_use"], "?")
    shape = (len(day["perception"]), n if day["perception"] else 0)
    columns["perception"] = frozen(np.reshape(day["perception"], shape), "f8")
    system = System(
        lanes=tuple(f"lane {lane}" for lane in range(len(day["kind"]))),
        closes_s=day["closes_s"],
        choice=Choice(**day["choice"]),
        **columns,
    )
    return workload, system
