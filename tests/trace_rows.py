"""Traces written by hand, row by row, for tests of what is derived from them."""

from __future__ import annotations

from simqueue.tables import Event, Trace

Row = tuple[float, str, int, int, int]  # time_s, event, customer, line, server


def table(rows: list[Row]) -> Trace:
    """The rows as an engine hands them over."""
    time_s, event, *rest = zip(*rows, strict=True)
    return Trace(time_s, [Event[name] for name in event], *rest)
