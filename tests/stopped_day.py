"""Short ways to say, in a plain day, what stands still and who comes again, for tests by hand."""

from __future__ import annotations

from typing import Any

ALWAYS, PAID, FAILED = 0, 1, 2  # after which end of one visit the next one is made


def stops(*rows: tuple[float, int, float], **flags: bool) -> dict[str, Any]:
    """Breakdowns as (time, server, how long); they strike always, send nobody on, unexplained."""
    flags = {"when_busy": False, "sends_on": False, "explained": False} | flags
    columns = {name: [row[k] for row in rows] for k, name in enumerate(("at_s", "server"))}
    columns["lasts_s"] = [row[2] for row in rows]
    return {"stoppages": columns | {name: [flag] * len(rows) for name, flag in flags.items()}}


def cards_fail(
    *rows: tuple[float, float], leaves: bool = False, explained: bool = False
) -> dict[str, Any]:
    """Times without cards as (from, how long)."""
    times, lasts = (list(values) for values in zip(*rows, strict=True))
    told = [explained] * len(rows)
    return {"no_cards": {"at_s": times, "lasts_s": lasts, "explained": told, "leaves": leaves}}


def visits(*rows: tuple[int, int, int, float, int]) -> dict[str, Any]:
    """Visits as (customer, stop, after which row, how long after, on which condition)."""
    names = ("customer", "stop", "after", "delay_s", "condition")
    return {"visits": {name: [row[k] for row in rows] for k, name in enumerate(names)}}


def on_duty(*entries: tuple[float, int, int]) -> dict[str, Any]:
    """Staff who answer calls as (time, pool, how many)."""
    names = ("attendants_s", "attendants_pool", "attendants_on")
    return {name: [row[k] for row in entries] for k, name in enumerate(names)}
