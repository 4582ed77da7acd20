"""The naive log of the oracle: each column worked out from the trace by its definition.

Nothing here is clever: for each customer the whole trace is gone through again, with a picture of
who waits and who is served after every one of its rows. A stint is the time between his joining a
line and his leaving it (START, RENEGE or LEAVE). What stands still is seen by oracle_stops_log. It
imports nothing of the package.

Letters: i customer (or visit), j lane, l line, s server, k row of the trace.
"""

from __future__ import annotations

from itertools import pairwise
from math import nan
from typing import Any

from tests.oracle_stops_log import stood_still, what_stands_still

Day = dict[str, Any]
Row = tuple[float, str, int, int, int]  # time_s, event, customer, line, server
Picture = tuple[list[tuple[int, int]], list[tuple[int, int]]]  # waiting, in service

MACHINES, STATION = (2, 3), 4  # kinds of lane; 0 staffed, 1 express
SERVED, BALKED, RENEGED, UNFINISHED, FAILED, NOT_COME = 0, 1, 2, 3, 4, 5  # endings
# Why he did not pay; why he balked is in the trace.
NONE, NO_OPEN_LANE, PATIENCE, NO_PAYMENT = 0, 1, 4, 7
AFTER_A_FAILURE = 2  # the condition of a visit
END_OF_SERVICE = ("END", "FAILED", "LEFT", "SENT_ON")
# What the model does not say of somebody who is still there when the trace ends.
UNKNOWN_IF_UNFINISHED = (
    *("stoppage_in_queue_s", "stoppage_at_till_s", "stoppage_explained_s"),
    *("last_in_line_s", "queue_still_s"),
)


def log(day: Day, trace: list[Row]) -> list[dict[str, Any]]:
    """One row per visit, by the definition of each column."""
    pictures = who_is_where(trace)
    still = what_stands_still(day, trace)
    rows = []
    for i in range(len(day["arrival_s"])):
        row = log_row(day, trace, pictures, i)
        row |= stood_still(day, trace, pictures, still, i)
        if row["ending"] == UNFINISHED:
            row |= dict.fromkeys(UNKNOWN_IF_UNFINISHED)
        rows.append(row)
    for i, row in enumerate(rows):
        row["before_s"] = lost_before(day, rows, i)
    return rows


def lost_before(day: Day, rows: list[dict[str, Any]], i: int) -> float:
    """The time at the machine that failed him, if that is why he came."""
    visits = day.get("visits")
    if not visits or visits["condition"][i] != AFTER_A_FAILURE or rows[i]["ending"] == NOT_COME:
        return 0.0
    if visits["after"][i] == -1:
        return 0.0
    failed = rows[visits["after"][i]]
    return float(failed["end_s"] - failed["join_s"])


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
        if event in END_OF_SERVICE:
            serving = [one for one in serving if one[0] != i]
        pictures.append((waiting, serving))
    return pictures


def log_row(day: Day, trace: list[Row], pictures: list[Picture], i: int) -> dict[str, Any]:
    """All columns of one customer."""
    own = rows_of(trace, i)
    joins = [row for row in own if row[1] == "JOIN"]
    starts = served_at_last(own)
    time = {row[1]: row[0] for row in own}  # some events may come often: the last ones
    left = [e for e in ("END", "FAILED", "LEFT", "RENEGE", "BALK") if e in time]
    line = joins[-1][3] if joins else -1
    row = {name: day[name][i] for name in ("segment", "items", "payment", "alone")}
    row |= who_comes_when(day, own, i)
    row |= {
        "lane": day["line_lane"][line] if joins else -1,
        "line": line,
        "server": starts[-1][4] if starts else -1,
        "join_s": joins[0][0] if joins else nan,
        "start_s": starts[-1][0] if starts else nan,
        "end_s": time[left[0]] if left else nan,
        "wait_s": nan,
        "displayed_wait_s": nan,
        "explained": False,
    }
    if starts:
        row["wait_s"] = row["start_s"] - row["join_s"]
    elif "RENEGE" in time:
        row["wait_s"] = time["RENEGE"] - row["join_s"]
    row |= ending(day, trace, own)
    row |= walks(own)
    row |= help_columns(day, own)
    row |= work_columns(day, i, row, own)
    row |= wait_columns(trace, pictures, i)
    return row | slips(day, trace, i, line)


def rows_of(trace: list[Row], i: int) -> list[Row]:
    """His own rows; a breakdown has its own number where others have the customer's."""
    return [row for row in trace if row[2] == i and row[1] not in ("BROKE", "REPAIRED")]


def served_at_last(own: list[Row]) -> list[Row]:
    """The rows START of somebody who did not give up afterwards, sent on from where he was."""
    gave_up = any(row[1] == "RENEGE" for row in own)
    return [] if gave_up else [row for row in own if row[1] == "START"]


def who_comes_when(day: Day, own: list[Row], i: int) -> dict[str, Any]:
    """Who makes this visit, where, and when; a later visit comes when it is seen to come."""
    visits = day.get("visits")
    if not visits:
        return {"customer": i, "stop": 0, "arrival_s": day["arrival_s"][i]}
    came = [row[0] for row in own if row[1] in ("JOIN", "BALK")]
    later = came[0] if came else nan
    arrival = day["arrival_s"][i] if visits["after"][i] == -1 else later
    return {"customer": visits["customer"][i], "stop": visits["stop"][i], "arrival_s": arrival}


def ending(day: Day, trace: list[Row], own: list[Row]) -> dict[str, int]:
    """How his visit ended and why he did not pay."""
    at = {row[1]: row for row in own}
    if "END" in at:
        return {"ending": SERVED, "why": NONE}
    if "FAILED" in at:
        return {"ending": FAILED, "why": NONE}
    if "LEFT" in at:
        return {"ending": RENEGED, "why": NO_PAYMENT}
    if "BALK" in at:
        return {"ending": BALKED, "why": at["BALK"][4]}
    if "RENEGE" in at:
        return {"ending": RENEGED, "why": why_gave_up(day, trace, own)}
    return {"ending": UNFINISHED if "JOIN" in at else NOT_COME, "why": NONE}


def why_gave_up(day: Day, trace: list[Row], own: list[Row]) -> int:
    """Patience, or a walk that ended where nothing was open.

    Whoever walks has come either to the end of the walk or to that of his patience, which counts
    from the first joining that was not followed at once by a start; a walk ends first at the same
    instant. The two sums tell which, each computed as the event was. If patience ended before he
    set off (while he was served, before he was sent on), it is the walk.
    """
    if own[-1][3] != -1:
        return PATIENCE
    i, sets_off = own[-1][2], own[-2][0]
    waited = [
        row[0]
        for row, then in pairwise(trace)
        if row[1:3] == ("JOIN", i) and then[1:3] != ("START", i)
    ]
    gives_up = waited[0] + day["patience_s"][i]
    return PATIENCE if sets_off <= gives_up < sets_off + day["jockey"]["walk_s"] else NO_OPEN_LANE


def walks(own: list[Row]) -> dict[str, float]:
    """How often he changed line, and how long he was under way."""
    found = {"moves": 0, "walk_s": 0.0}
    for before, after in pairwise(own):
        if before[1] == "LEAVE":
            found["moves"] += 1
            found["walk_s"] += after[0] - before[0]
    return found


def help_columns(day: Day, own: list[Row]) -> dict[str, float]:
    """Waiting for help and being helped, over all calls, by the kind of lane of each."""
    found = {"help_wait_s": 0.0, "help_s": 0.0}
    calls = 0  # in the service going on
    for row, then in pairwise(own):
        calls = 0 if row[1] == "START" else calls + (row[1] == "CALL")
        if row[1] != "CALL" or then[1] != "HELP":
            continue
        j, i = day["line_lane"][row[3]], row[2]
        if day["kind"][j] in (*MACHINES, STATION):
            found["help_wait_s"] += then[0] - row[0]
        if day["kind"][j] in MACHINES:
            found["help_s"] += day["help_s" if calls == 1 else "again_help_s"][j][i]
    return found


def work_columns(day: Day, i: int, row: dict[str, Any], own: list[Row]) -> dict[str, float]:
    """His time at a machine or at a till, at the pace of the server, if he was served."""
    found = {"own_scanning_s": 0.0, "served_by_staff_s": 0.0}
    if row["ending"] != SERVED:
        return found
    events = [event for _, event, *_ in own]
    last = max(k for k, event in enumerate(events) if event == "START")
    calls = events[last:].count("CALL")
    j, pace = row["lane"], day["server_pace"][row["server"]]
    column = "own_scanning_s" if day["kind"][j] in MACHINES else "served_by_staff_s"
    if day["kind"][j] == STATION and calls:  # the work there is done by those who are called
        found[column] = day["help_s"][j][i] + (day["again_help_s"][j][i] if calls == 2 else 0.0)
    elif calls:
        before, after = day["before_call_s"][j][i], day["after_call_s"][j][i]
        found[column] = before * pace
        if calls == 2:
            found[column] += day["again_after_s"][j][i] * pace
        found[column] += after * pace
    else:
        found[column] = day["service_s"][j][i] * pace
    return found


def wait_columns(trace: list[Row], pictures: list[Picture], i: int) -> dict[str, Any]:
    """What happened around him in the lines where he waited, over all his stints.

    Somebody who still waits when the trace ends (his line stopped for ever) is counted for up to
    its last row.
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
    """Those who came later to the same stop and were served before him, by the faster line.

    Only the last start of each counts, and none of somebody who gave up after having been sent on.
    """
    found = {"slips_same_line": 0, "slips_same_kind": 0, "slips_other_kind": 0}
    mine = first_join(trace, i)
    if mine == len(trace):
        return found
    visits = day.get("visits")
    stop = visits["stop"] if visits else [0] * len(day["arrival_s"])
    until = end_of_waiting(trace, i)
    for start in range(mine, min(until, len(trace))):
        _, event, who, where, _ = trace[start]
        counts = event == "START" and stop[who] == stop[i] and start == last_start(trace, who)
        if counts and first_join(trace, who) > mine:
            found[slip(day, line, where)] += 1
    return found


def first_join(trace: list[Row], i: int) -> int:
    """The row at which he first joined a line; the length of the trace if he never did."""
    return next((k for k, row in enumerate(trace) if row[1:3] == ("JOIN", i)), len(trace))


def last_start(trace: list[Row], i: int) -> int:
    """The row at which the service started that counts; the length of the trace if none did."""
    if not served_at_last(rows_of(trace, i)):
        return len(trace)
    return max(k for k, row in enumerate(trace) if row[1:3] == ("START", i))


def end_of_waiting(trace: list[Row], i: int) -> int:
    """The row at which his waiting was over: his last start, or giving up, or never."""
    gave_up = [k for k, row in enumerate(trace) if row[1:3] == ("RENEGE", i)]
    return gave_up[0] if gave_up else last_start(trace, i)


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
