"""The naive log of the oracle: each column worked out from the trace by its definition.

Nothing here is clever: for each customer the whole trace is gone through again, with a picture of
who waits and who is served after every one of its rows. It imports nothing of the package.

Letters: i customer, j lane, l line, s server, k row of the trace.
"""

from __future__ import annotations

from itertools import pairwise
from math import nan
from typing import Any

Day = dict[str, Any]
Row = tuple[float, str, int, int, int]  # time_s, event, customer, line, server
Picture = tuple[list[tuple[int, int]], list[tuple[int, int]]]  # waiting, in service

SELF_SERVICE = 2  # kind of lane; 0 staffed, 1 express
SERVED, BALKED, RENEGED, UNFINISHED = 0, 1, 2, 3  # endings
NONE, PATIENCE = 0, 4  # why he did not pay; the reason of a balk stands in the trace


def log(day: Day, trace: list[Row]) -> list[dict[str, Any]]:
    """One row per customer, by the definition of each column."""
    pictures = who_is_where(trace)
    return [log_row(day, trace, pictures, i) for i in range(len(day["arrival_s"]))]


def who_is_where(trace: list[Row]) -> list[Picture]:
    """After each row of the trace: (customer, line) of those waiting, and of those in service."""
    waiting: list[tuple[int, int]] = []
    serving: list[tuple[int, int]] = []
    pictures = []
    for _, event, i, line, _ in trace:
        if event == "JOIN":
            waiting = [*waiting, (i, line)]
        if event in ("START", "RENEGE"):
            waiting = [one for one in waiting if one[0] != i]
        if event == "START":
            serving = [*serving, (i, line)]
        if event == "END":
            serving = [one for one in serving if one[0] != i]
        pictures.append((waiting, serving))
    return pictures


def log_row(day: Day, trace: list[Row], pictures: list[Picture], i: int) -> dict[str, Any]:
    """All columns of one customer."""
    at = {row[1]: k for k, row in enumerate(trace) if row[2] == i}  # each happens at most once
    time = {event: trace[k][0] for event, k in at.items()}
    left = [event for event in ("END", "RENEGE", "BALK") if event in at]
    line = trace[at["JOIN"]][3] if "JOIN" in at else -1
    row = {name: day[name][i] for name in ("arrival_s", "segment", "items", "payment", "alone")}
    row |= {
        "lane": day["line_lane"][line] if "JOIN" in at else -1,
        "line": line,
        "server": trace[at["START"]][4] if "START" in at else -1,
        "join_s": time.get("JOIN", nan),
        "start_s": time.get("START", nan),
        "end_s": time[left[0]] if left else nan,
        "wait_s": nan,
        "moves": 0,
        "walk_s": 0.0,
        "stoppage_in_queue_s": 0.0,
        "displayed_wait_s": nan,
        "explained": False,
    }
    if "START" in at:
        row["wait_s"] = time["START"] - time["JOIN"]
    elif "RENEGE" in at:
        row["wait_s"] = time["RENEGE"] - time["JOIN"]
    row |= ending(trace, at)
    row |= service_columns(day, i, row, time)
    return row | wait_columns(day, trace, pictures, i, at)


def ending(trace: list[Row], at: dict[str, int]) -> dict[str, int]:
    """How his visit ended and why he did not pay."""
    if "END" in at:
        return {"ending": SERVED, "why": NONE}
    if "BALK" in at:
        return {"ending": BALKED, "why": trace[at["BALK"]][4]}
    if "RENEGE" in at:
        return {"ending": RENEGED, "why": PATIENCE}
    return {"ending": UNFINISHED, "why": NONE}


def service_columns(
    day: Day, i: int, row: dict[str, Any], time: dict[str, float]
) -> dict[str, float]:
    """Help, and his time at a machine or at a till, at the pace of the server."""
    found = {"help_wait_s": 0.0, "help_s": 0.0, "own_scanning_s": 0.0, "served_by_staff_s": 0.0}
    j = row["lane"]
    if "HELP" in time:
        found["help_wait_s"] = time["HELP"] - time["CALL"]
    if "HELPED" in time:
        found["help_s"] = day["help_s"][j][i]
    if "END" not in time:
        return found
    pace = day["server_pace"][row["server"]]
    if day["kind"][j] != SELF_SERVICE:
        found["served_by_staff_s"] = day["service_s"][j][i] * pace
    elif "CALL" in time:
        before, after = day["before_call_s"][j][i], day["after_call_s"][j][i]
        found["own_scanning_s"] = (before * pace) + (after * pace)
    else:
        found["own_scanning_s"] = day["service_s"][j][i] * pace
    return found


def wait_columns(
    day: Day, trace: list[Row], pictures: list[Picture], i: int, at: dict[str, int]
) -> dict[str, Any]:
    """What happened around him while he waited: between the rows of his JOIN and START or RENEGE.

    Somebody who still waits when the trace ends (his line stopped for ever) is counted for up to
    its last row; how long he waited is then unknown, and so are the two columns in seconds: None.
    """
    found: dict[str, Any] = {"ahead_at_join": -1, "behind_at_most": 0, "steps": 0}
    found |= {"slips_same_line": 0, "slips_same_kind": 0, "slips_other_kind": 0}
    found |= {"last_in_line_s": 0.0, "queue_still_s": 0.0}
    if "JOIN" not in at:
        return found
    join = at["JOIN"]
    stop = at.get("START", at.get("RENEGE", len(trace)))
    line = trace[join][3]
    stop_s = trace[min(stop, len(trace) - 1)][0]
    before_me = pictures[join - 1]  # a server opened before, so there is such a row
    ahead = [one[0] for one in before_me[0] if one[1] == line]
    found["ahead_at_join"] = len(ahead) + len([one for one in before_me[1] if one[1] == line])

    behind = [people_behind(pictures[k], i, line) for k in range(join, stop)]
    found["behind_at_most"] = max(behind)
    found["last_in_line_s"] = time_alone([row[0] for row in trace[join:stop]], behind, stop_s)

    rows_between = trace[join + 1 : stop]
    steps = [row for row in rows_between if row[1] in ("START", "RENEGE") and row[2] in ahead]
    found["steps"] = len(steps)
    moments = [trace[join][0], *[row[0] for row in steps], stop_s]
    for earlier, later in pairwise(moments):
        found["queue_still_s"] += max(0.0, (later - earlier) - 30)
    for row in rows_between:
        if row[1] == "START" and row[2] > i:
            found[slip(day, line, row[3])] += 1
    if stop == len(trace):
        found |= {"last_in_line_s": None, "queue_still_s": None}
    return found


def people_behind(picture: Picture, i: int, line: int) -> int:
    """How many wait behind customer i, who waits himself."""
    in_line = [one[0] for one in picture[0] if one[1] == line]
    return len(in_line) - in_line.index(i) - 1


def time_alone(times: list[float], behind: list[int], stop_s: float) -> float:
    """Seconds with nobody behind: the sum of the stretches, each from its first row to its end."""
    total = 0.0
    began = None
    for time, people in zip([*times, stop_s], [*behind, None], strict=True):
        if people == 0 and began is None:
            began = time
        if people != 0 and began is not None:
            total += time - began
            began = None
    return total


def slip(day: Day, mine: int, other: int) -> str:
    """The column that counts somebody of another line who was served before me."""
    kind, lane = day["kind"], day["line_lane"]
    if mine == other:
        return "slips_same_line"
    same = kind[lane[mine]] == kind[lane[other]]
    return "slips_same_kind" if same else "slips_other_kind"
