"""The oracle's columns about standing still: how long the line, or his own till, was stopped.

After every row of the trace there is a picture of which servers are stopped, which are not closed,
and which are stopped for a reason that customers are told. A spell is a run of rows after which
somebody waits in a line that is stopped, or is served at a server that is. It imports nothing of
the package.

Letters: i customer, l line, s server, f stoppage, k row of the trace.
"""

from __future__ import annotations

from typing import Any, NamedTuple

Day = dict[str, Any]
Row = tuple[float, str, int, int, int]  # time_s, event, customer, line, server
People = tuple[list[tuple[int, int]], list[tuple[int, int]]]  # waiting, in service; with the line

TILLS = (0, 1)  # kinds of lane where a call for help is a stoppage: staffed, express


class Still(NamedTuple):
    """What stands still after a row of the trace."""

    stopped: set[int]  # servers
    not_closed: set[int]  # servers
    told: set[int]  # servers with a stoppage that is explained
    all_told: bool  # cards do not work, and that is explained


def what_stands_still(day: Day, trace: list[Row]) -> list[Still]:
    """The picture after each row of the trace."""
    going_on: set[int] = set()
    not_closed: set[int] = set()
    called: set[int] = set()
    held: set[int] = set()
    window, cards_work = -1, True
    pictures = []
    for _, event, who, line, s in trace:
        if event == "BROKE":
            going_on = going_on | {who}
        if event == "REPAIRED":
            going_on = going_on - {who}
        if event in ("OPEN", "CLOSING"):
            not_closed = not_closed | {s}
        if event == "CLOSED":
            not_closed = not_closed - {s}
        if event == "CALL" and day["kind"][day["line_lane"][line]] in TILLS:
            called = called | {s}
        if event == "HELPED":
            called = called - {s}
        if event == "HELD":
            held = held | {s}
        if event == "END":
            held = held - {s}
        if event == "NO_CARDS":
            window, cards_work = window + 1, False
        if event == "CARDS":
            cards_work = True
        broken = {day["stoppages"]["server"][f] for f in going_on}
        told = {day["stoppages"]["server"][f] for f in going_on if day["stoppages"]["explained"][f]}
        all_told = not cards_work and bool(day["no_cards"]["explained"][window])
        pictures.append(Still(broken | called | held, not_closed, told, all_told))
    return pictures


def stood_still(
    day: Day, trace: list[Row], people: list[People], still: list[Still], i: int
) -> dict[str, float]:
    """The three columns in seconds of one customer."""
    found = {"stoppage_in_queue_s": 0.0, "stoppage_at_till_s": 0.0, "stoppage_explained_s": 0.0}
    if not any(one.stopped for one in still):
        return found
    began: dict[str, int] = {}  # column: first row of the spell going on
    told: dict[str, bool] = {}  # column: whether that spell was explained when it began
    server = -1  # where his last service started
    for k, row in enumerate(trace):
        server = row[4] if row[1:3] == ("START", i) else server
        now = stopped_with_him(day, people[k], still[k], i, server)
        for column in list(began):
            if column not in now:
                spell = row[0] - trace[began.pop(column)][0]
                found[column] += spell
                if told[column]:
                    found["stoppage_explained_s"] += spell
        for column, servers in now.items():
            if column not in began:
                began[column] = k
                told[column] = still[k].all_told or bool(servers & still[k].told)
    return found


def stopped_with_him(
    day: Day, people: People, still: Still, i: int, server: int
) -> dict[str, set[int]]:
    """The column in which time now counts for him, with the servers that matter; or nothing."""
    waits = [line for who, line in people[0] if who == i]
    if waits:
        servers = servers_not_closed(day, still, waits[0])
        return {"stoppage_in_queue_s": servers} if servers and servers <= still.stopped else {}
    if any(who == i for who, _ in people[1]):
        return {"stoppage_at_till_s": {server}} if server in still.stopped else {}
    return {}


def servers_not_closed(day: Day, still: Still, line: int) -> set[int]:
    """The servers of a line that are open or closing."""
    return {s for s in still.not_closed if day["server_line"][s] == line}
