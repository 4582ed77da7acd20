"""Days worked by hand for the engine: stoppages, visits, pools and cards on top of a plain day."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simqueue.engine import run
from simqueue.tables import (
    Demand,
    Event,
    Jockey,
    NoCards,
    Stoppages,
    System,
    Visits,
    Workload,
    frozen,
)
from tests.differential.generate import to_tables
from tests.plain_day import day

Rows = list[tuple[float, str, int, int, int]]

STATION = 4
ALWAYS, PAID, FAILED = 0, 1, 2

FLOATS = (
    *("shift_start_s", "shift_end_s", "break_s", "break_lasts_s", "balk_tolerance"),
    *("again_after_s", "again_help_s"),
)
FLAGS = ("fails", "needs_card", "willing")
INTEGERS = ("lane_pool", "break_server")


def tables(
    arrivals: list[float], lanes: list[list[int]], **changes: Any
) -> tuple[Workload, System]:
    """A plain day with these changes, as the engine reads it; lists and dicts for its tables."""
    n = len(arrivals)
    workload, system = to_tables(day(arrivals, lanes, **changes))
    more: dict[str, Any] = {"willing": frozen([True] * n, "?")}
    for names, dtype in ((FLOATS, "f8"), (FLAGS, "?"), (INTEGERS, "i8")):
        more |= {name: frozen(changes[name], dtype) for name in names if name in changes}
    for name, table in (("jockey", Jockey), ("demand", Demand)):
        more |= {name: table(**changes[name])} if name in changes else {}
    for name in ("stoppages", "no_cards", "balk_rule", "finish_current"):
        more |= {name: changes[name]} if name in changes else {}
    return replace(workload, visits=changes.get("visits")), replace(system, **more)


def traced(arrivals: list[float], lanes: list[list[int]], **changes: Any) -> Rows:
    """What the engine writes about such a day."""
    trace = run(*tables(arrivals, lanes, **changes))
    columns = (trace.time_s, trace.event, trace.customer, trace.line, trace.server)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [(time_s, Event(event).name, *rest) for time_s, event, *rest in rows]


def broken(*rows: tuple[float, int, float], **flags: bool) -> Stoppages:
    """Stoppages as (time, server, how long); `when_busy` and `sends_on` hold for all of them."""
    at_s, server, lasts_s = (list(values) for values in zip(*rows, strict=True))
    columns = {
        name: frozen([flags.get(name, False)] * len(rows), "?")
        for name in ("when_busy", "sends_on", "explained")
    }
    return Stoppages(frozen(at_s, "f8"), frozen(server, "i8"), frozen(lasts_s, "f8"), **columns)


def without_cards(*windows: tuple[float, float], leaves: bool = False) -> NoCards:
    """Windows as (time, how long) in which cards do not work."""
    at_s, lasts_s = (list(values) for values in zip(*windows, strict=True))
    told = frozen([False] * len(windows), "?")
    return NoCards(frozen(at_s, "f8"), frozen(lasts_s, "f8"), told, leaves)


def visits(*rows: tuple[int, float, int]) -> Visits:
    """Visits as (row it follows, or -1; delay; condition); each of another customer."""
    after, delay_s, condition = (list(values) for values in zip(*rows, strict=True))
    n = len(rows)
    return Visits(range(n), [0] * n, after, delay_s, condition)
