"""Short ways to say, in a plain day, what people and staff do, for tests worked by hand."""

from __future__ import annotations

from math import inf
from typing import Any

Rows = list[tuple[float, str, int, int, int]]


def kinds(rows: Rows, *names: str) -> Rows:
    """The rows of these kinds of event."""
    return [row for row in rows if row[1] in names]


def walking(walk_s: float, shorter_by: int = 2) -> dict[str, Any]:
    """Jockeying with this walk and gain."""
    return {"on": True, "shorter_by": shorter_by, "walk_s": walk_s}


def on_demand(lane: int, **changes: Any) -> dict[str, Any]:
    """A cashier may be called to a lane; by default nothing calls him and nothing sends him off."""
    plain = {"call_above": inf, "waited_over_s": inf, "close_below": 0.0}
    return {"on": True, "lane": lane, "walk_s": 0.0, "stay_s": 0.0, **plain, **changes}


def roster(*entries: tuple[float, int, int]) -> dict[str, Any]:
    """The roster as (time, lane, servers to be open)."""
    times, lanes, servers = (list(values) for values in zip(*entries, strict=True))
    return {"roster_s": times, "roster_lane": lanes, "roster_open": servers}


def shifts(*rows: tuple[float, float]) -> dict[str, Any]:
    """Spare cashiers as (start, end)."""
    return {"shift_start_s": [row[0] for row in rows], "shift_end_s": [row[1] for row in rows]}


def rest(*rows: tuple[float, int, float]) -> dict[str, Any]:
    """Breaks as (time, server, how long)."""
    times, servers, lasts = (list(values) for values in zip(*rows, strict=True))
    return {"break_s": times, "break_server": servers, "break_lasts_s": lasts}
