"""Plain days for tests worked by hand: a day in the oracle's form in which little happens."""

from __future__ import annotations

from math import inf
from typing import Any

STAFFED, EXPRESS, SELF_SERVICE = 0, 1, 2


def day(arrivals: list[float], lanes: list[list[int]], **changes: Any) -> dict[str, Any]:
    """A day with lanes given as servers per line; everybody takes 10 s, waits for ever, and so on.

    `[[1, 1], [3]]` is a lane with two tills of their own and one where three share a line.
    """
    n, n_lanes = len(arrivals), len(lanes)
    lines = [(lane, servers) for lane, per_line in enumerate(lanes) for servers in per_line]
    server_line = [line for line, (_, servers) in enumerate(lines) for _ in range(servers)]

    def each(value: Any) -> list[list[Any]]:
        return [[value] * n for _ in lanes]

    plain = {
        "arrival_s": arrivals,
        "items": [1] * n,
        "u_choice": [0.0] * n,
        "place": [0.0] * n,
        "segment": [0] * n,
        "payment": [0] * n,
        "alone": [True] * n,
        "patience_s": [inf] * n,
        "kind": [STAFFED] * n_lanes,
        "line_lane": [lane for lane, _ in lines],
        "line_capacity": [1000] * len(lines),
        "line_position_m": [float(line) for line in range(len(lines))],
        "server_line": server_line,
        "server_number": [1] * len(server_line),
        "server_pace": [1.0] * len(server_line),
        "may_use": each(True),
        "service_s": each(10.0),
        "gap_s": each(0.0),
        "before_call_s": each(inf),
        "after_call_s": each(0.0),
        "help_s": each(0.0),
        "expected_us": each(10_000_000),
        "mean_us": [10_000_000] * n_lanes,
        "perception": [],
        "roster_s": [0.0] * n_lanes,
        "roster_lane": list(range(n_lanes)),
        "roster_open": [sum(per_line) for per_line in lanes],
        "attendants_s": [],
        "attendants_pool": [],
        "attendants_on": [],
        "closes_s": 1000.0,
        "choice": choice(),
    }
    return plain | changes


def choice(rule: str = "shortest_queue", **changes: Any) -> dict[str, Any]:
    """A lane choice in which the first of equal lines wins."""
    plain = {"count_in_service": True, "per_server": True, "ties_random": False, "prefer": -1}
    return {"rule": rule, **plain, **changes}


def column(log: list[dict[str, Any]], name: str) -> list[Any]:
    """One column of the log; nan is written as None so that it can be compared."""
    return [None if row[name] != row[name] else row[name] for row in log]
