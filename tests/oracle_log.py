"""The naive log of the oracle: each column worked out from the trace by its definition.

Nothing here is clever: for each customer the whole trace is gone through again, with a picture of
who waits and who is served after every one of its rows. A stint is the time between his joining a
line and his leaving it (START, RENEGE or LEAVE). It imports nothing of the package.

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
NONE, NO_OPEN_LANE, PATIENCE = 0, 1, 4  # why he did not pay; why he balked is in the trace


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
        if event in ("START", "RENEGE", "LEAVE"):
            waiting = [one for one in waiting if one[0] != i]
        if event == "START":
            serving = [*serving, (i, line)]
        if event == "END":
            serving = [one for one in serving if one[0] != i]
        pictures.append((waiting, serving))
    return pictures


def log_row(day: Day, trace: list[Row], pictures: list[Picture], i: int) -> dict[str, Any]:
    """All columns of one customer."""
    own = [row for row in trace if row[2] == i]
    joins = [row for row in own if row[1] == "JOIN"]
    time = {row[1]: row[0] for row in own}  # JOIN and LEAVE may come often: the last ones
    left = [event for event in ("END", "RENEGE", "BALK") if event in time]
    line = joins[-1][3] if joins else -1
    row = {name: day[name][i] for name in ("arrival_s", "segment", "items", "payment", "alone")}
    row |= {
        "lane": day["line_lane"][line] if joins else -1,
        "line": line,
        "server": next((row[4] for row in own if row[1] == "START"), -1),
        "join_s": joins[0][0] if joins else nan,
        "start_s": time.get("START", nan),
        "end_s": time[left[0]] if left else nan,
        "wait_s": nan,
        "stoppage_in_queue_s": 0.0,
        "displayed_wait_s": nan,
        "explained": False,
    }
    if "START" in time:
        row["wait_s"] = time["START"] - row["join_s"]
    elif "RENEGE" in time:
        row["wait_s"] = time["RENEGE"] - row["join_s"]
    row |= ending(day, own)
    row |= walks(own)
    row |= service_columns(day, i, row, time)
    row |= wait_columns(trace, pictures, i)
    return row | slips(day, trace, i, line)


def ending(day: Day, own: list[Row]) -> dict[str, int]:
    """How his visit ended and why he did not pay."""
    at = {row[1]: row for row in own}
    if "END" in at:
        return {"ending": SERVED, "why": NONE}
    if "BALK" in at:
        return {"ending": BALKED, "why": at["BALK"][4]}
    if "RENEGE" in at:
        return {"ending": RENEGED, "why": why_gave_up(day, own)}
    return {"ending": UNFINISHED, "why": NONE}


def why_gave_up(day: Day, own: list[Row]) -> int:
    """Patience, or a walk that ended where nothing was open.

    A walk ends before patience at the same instant, and whoever walks has either come to the end
    of the walk or of his patience: the two sums tell which, each computed as the event was.
    """
    if own[-1][3] != -1:
        return PATIENCE
    joined = [row[0] for row in own if row[1] == "JOIN"]
    arrives = own[-2][0] + day["jockey"]["walk_s"]
    gives_up = joined[0] + day["patience_s"][own[-1][2]]
    return NO_OPEN_LANE if arrives <= gives_up else PATIENCE


def walks(own: list[Row]) -> dict[str, float]:
    """How often he changed line, and how long he was under way."""
    found = {"moves": 0, "walk_s": 0.0}
    for before, after in pairwise(own):
        if before[1] == "LEAVE":
            found["moves"] += 1
            found["walk_s"] += after[0] - before[0]
    return found


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


def wait_columns(trace: list[Row], pictures: list[Picture], i: int) -> dict[str, Any]:
    """What happened around him in the lines where he waited, over all his stints.

    Somebody who still waits when the trace ends (his line stopped for ever) is counted for up to
    its last row; how long he waited is then unknown, and so are the two columns in seconds: None.
    """
    found: dict[str, Any] = {"ahead_at_join": -1, "behind_at_most": 0, "steps": 0}
    found |= {"last_in_line_s": 0.0, "queue_still_s": 0.0}
    for join, stop in stints(trace, i):
        line = trace[join][3]
        stop_s = trace[min(stop, len(trace) - 1)][0]
        # A server opened before, so there is a row before he joined.
        ahead = [one[0] for one in pictures[join - 1][0] if one[1] == line]
        if found["ahead_at_join"] == -1:
            in_service = [one for one in pictures[join - 1][1] if one[1] == line]
            found["ahead_at_join"] = len(ahead) + len(in_service)
        behind = [people_behind(pictures[k], i, line) for k in range(join, stop)]
        found["behind_at_most"] = max(found["behind_at_most"], *behind)
        for piece in stretches([row[0] for row in trace[join:stop]], behind, stop_s):
            found["last_in_line_s"] += piece
        moments = [trace[join][0], *steps(trace[join + 1 : stop], line, ahead), stop_s]
        found["steps"] += len(moments) - 2
        for earlier, later in pairwise(moments):
            found["queue_still_s"] += max(0.0, (later - earlier) - 30)
        if stop == len(trace):
            found |= {"last_in_line_s": None, "queue_still_s": None}
    return found


def stints(trace: list[Row], i: int) -> list[tuple[int, int]]:
    """The rows at which he joined a line and left it; the length of the trace if he never did."""
    joins = [k for k, row in enumerate(trace) if row[1] == "JOIN" and row[2] == i]
    left = [
        k for k, row in enumerate(trace) if row[1] in ("START", "RENEGE", "LEAVE") and row[2] == i
    ]
    return [(join, min([k for k in left if k > join], default=len(trace))) for join in joins]


def steps(rows: list[Row], line: int, ahead: list[int]) -> list[float]:
    """When somebody ahead left the line; who comes back stands behind."""
    still_ahead = set(ahead)
    moments = []
    for time, event, i, where, _ in rows:
        if event in ("START", "RENEGE", "LEAVE") and where == line and i in still_ahead:
            still_ahead.remove(i)
            moments.append(time)
    return moments


def slips(day: Day, trace: list[Row], i: int, line: int) -> dict[str, int]:
    """Later arrivals served before him, from his first joining on, by the line that was faster."""
    found = {"slips_same_line": 0, "slips_same_kind": 0, "slips_other_kind": 0}
    joined = False
    for _, event, who, where, _ in trace:
        joined = joined or (who == i and event == "JOIN")
        if who == i and event in ("START", "RENEGE"):
            break
        if joined and event == "START" and who > i:
            found[slip(day, line, where)] += 1
    return found


def people_behind(picture: Picture, i: int, line: int) -> int:
    """How many wait behind customer i, who waits himself."""
    in_line = [one[0] for one in picture[0] if one[1] == line]
    return len(in_line) - in_line.index(i) - 1


def stretches(times: list[float], behind: list[int], stop_s: float) -> list[float]:
    """The stretches of time with nobody behind, each from its first row to its end, in seconds."""
    found = []
    began = None
    for time, people in zip([*times, stop_s], [*behind, None], strict=True):
        if people == 0 and began is None:
            began = time
        if people != 0 and began is not None:
            found.append(time - began)
            began = None
    return found


def slip(day: Day, mine: int, other: int) -> str:
    """The column that counts somebody of another line who was served before me."""
    kind, lane = day["kind"], day["line_lane"]
    if mine == other:
        return "slips_same_line"
    same = kind[lane[mine]] == kind[lane[other]]
    return "slips_same_kind" if same else "slips_other_kind"
