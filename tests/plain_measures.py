"""What is measured of a day, recomputed in plain Python: customer by customer and row by row.

Nothing of the package's own sums, levels or spells is used, only the trace, the log and the shop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from math import floor, inf, isnan, sqrt
from typing import Any, NamedTuple

from simqueue.study.day import Day
from simqueue.tables import Ending, Event, Kind, Payment

QUARTER_S = 900.0
Key = tuple[str, int, str]  # grouping, group, measure
Found = dict[Key, float]
Stretch = tuple[float, float, int]  # from, to, level
Stretches = dict[int, list[Stretch]]  # by lane, one after the other
ALL = -1  # lanes that are looked at together
QUEUE = {Event.JOIN: 1, Event.START: -1, Event.RENEGE: -1, Event.LEAVE: -1}
SERVICE = {Event.START: 1, Event.END: -1, Event.FAILED: -1, Event.LEFT: -1, Event.SENT_ON: -1}
OCCUPIED = {Event.START: 1, Event.FREE: -1}
MACHINES, STAFFED = (Kind.SELF_SERVICE, Kind.SCAN_AND_GO), (Kind.STAFFED, Kind.EXPRESS)


class Visit(NamedTuple):
    """One row of the log, and what was felt in it."""

    log: dict[str, Any]
    felt_s: float
    score: float
    kind: int  # of his lane, -1 = none

    @property
    def joined(self) -> bool:
        """Whether he stood in a line and his wait has an end."""
        return not isnan(self.log["wait_s"])

    @property
    def served(self) -> bool:
        """Whether he was served to the end."""
        return bool(self.log["ending"] == Ending.SERVED)

    @property
    def pays(self) -> bool:
        """Whether he paid at a till or a machine."""
        return self.served and self.log["stop"] == 0

    @property
    def came(self) -> bool:
        """Whether he counts as a customer: not sent on by a machine that failed him."""
        return bool(self.log["ending"] != Ending.FAILED)

    @property
    def is_lost(self) -> bool:
        """Whether his basket stays in the shop."""
        return self.log["stop"] == 0 and self.log["ending"] in (Ending.BALKED, Ending.RENEGED)


Among = Callable[[Visit], bool]
Value = Callable[[Visit], float]
MEANS: dict[str, tuple[Value, Among]] = {
    "wait_mean_s": (lambda v: v.log["wait_s"], lambda v: v.joined),
    "wait_mean_served_s": (lambda v: v.log["wait_s"], lambda v: v.served),
    "wait_mean_queued_s": (lambda v: v.log["wait_s"], lambda v: v.joined and v.log["wait_s"] > 0),
    "waited_share": (lambda v: v.log["wait_s"] > 0, lambda v: v.joined),
    "wait_over_5min_share": (lambda v: v.log["wait_s"] > 300, lambda v: v.joined),
    "sojourn_mean_s": (lambda v: v.log["end_s"] - v.log["join_s"], lambda v: v.served),
    "reneged_share": (lambda v: v.log["ending"] == Ending.RENEGED, lambda v: v.came),
    "balked_share": (lambda v: v.log["ending"] == Ending.BALKED, lambda v: v.came),
    "changed_line_share": (lambda v: v.log["moves"] > 0, lambda v: v.joined),
    "slips_per_customer": (
        lambda v: v.log["slips_same_line"] + v.log["slips_same_kind"], lambda v: v.joined),
    "self_service_share": (lambda v: v.kind in MACHINES, lambda v: v.pays),
    "items_mean": (lambda v: v.log["items"], lambda v: v.pays),
    "help_wait_mean_s": (
        lambda v: v.log["help_wait_s"], lambda v: v.served and v.log["help_s"] > 0),
    "felt_mean_s": (lambda v: v.felt_s, lambda v: v.joined and v.came),
    "checkout_csat": (lambda v: v.score, lambda v: v.pays),
}  # fmt: skip
BY_LANE_AND_QUARTER = ("wait_mean_s", "wait_over_5min_share", "waited_share", "felt_mean_s")
COUNTS: dict[str, Value] = {
    "customers": lambda v: v.came,
    "served": lambda v: v.served,
    "balked": lambda v: v.log["ending"] == Ending.BALKED,
    "reneged": lambda v: v.log["ending"] == Ending.RENEGED,
    "lost_baskets": lambda v: v.is_lost,
    "items_served": lambda v: v.log["items"] if v.pays else 0,
    "lost_items": lambda v: v.log["items"] if v.is_lost else 0,
    "cash_payments": lambda v: v.pays and v.log["payment"] == Payment.CASH,
}
PERCENTS = {"wait_p50_s": 50, "wait_p90_s": 90, "wait_p95_s": 95, "wait_p99_s": 99}


def measured(day: Day) -> Found:
    """All measures that this page knows, by grouping, group and name; none where one is unknown."""
    found: Found = {}
    edges_s = _edges(day)
    n_quarters = 0 if day.scenario.is_theory else len(edges_s) - 1
    _of_customers(day, n_quarters, found)
    clock = _clock(day)
    _by_the_clock(day, clock, edges_s, n_quarters, found)
    _throughput(day, clock, edges_s, found)
    _line_lengths(day, clock, found)
    _of_staff(day, clock, found)
    return found


def _edges(day: Day) -> list[float]:
    """When each stretch of the clock begins, and when the last one ends."""
    if day.scenario.is_theory:
        return [day.scenario.warm_up_s, day.scenario.length_s]
    edges = [0.0]
    while edges[-1] < day.scenario.length_s:
        edges.append(min(edges[-1] + QUARTER_S, day.scenario.length_s))
    return edges


def _visits(day: Day, n_quarters: int) -> Iterator[tuple[Visit, list[tuple[str, int]]]]:
    """Everybody who counts, and the groups that he belongs to."""
    log, felt, judged = day.log, day.experience.perception, day.experience.judgement
    columns = {name: values.tolist() for name, values in log.arrays().items()}
    n_lanes = len(day.scenario.lanes)
    for i in range(len(log)):
        row = {name: values[i] for name, values in columns.items()}
        if not row["arrival_s"] >= day.scenario.warm_up_s:
            continue
        kind = -1 if row["lane"] < 0 else int(day.system.kind[row["lane"]])
        lane = row["lane"] if row["stop"] == 0 else n_lanes + row["stop"] - 1
        quarter = min(int(row["arrival_s"] // QUARTER_S), n_quarters - 1)
        groups = [("lane", lane)] if lane >= 0 else []
        if n_quarters and lane >= 0:
            groups.append(("lane_quarter", lane * n_quarters + quarter))
        if row["stop"] == 0:
            groups += [("day", 0), ("segment", row["segment"])]
            groups += [("quarter", quarter)] if n_quarters else []
        yield Visit(row, float(felt.felt_s[i]), float(judged.score[i]), kind), groups


def _of_customers(day: Day, n_quarters: int, found: Found) -> None:
    """Means, counts and percentiles of every group that somebody belongs to."""
    members: dict[tuple[str, int], list[Visit]] = defaultdict(list)
    for visit, groups in _visits(day, n_quarters):
        for group in groups:
            members[group].append(visit)
    for (grouping, group), visits in members.items():
        fine = grouping == "lane_quarter"
        for name, (value, among) in MEANS.items():
            mine = [float(value(v)) for v in visits if among(v)]
            if mine and (not fine or name in BY_LANE_AND_QUARTER):
                found[grouping, group, name] = sum(mine) / len(mine)
        if fine:
            continue
        for name, value in COUNTS.items():
            found[grouping, group, name] = float(sum(value(v) for v in visits))
        waits = sorted(v.log["wait_s"] for v in visits if v.joined)
        if waits:
            mean = sum(waits) / len(waits)
            found[grouping, group, "wait_max_s"] = waits[-1]
            found[grouping, group, "wait_sd_s"] = sqrt(
                sum((wait - mean) ** 2 for wait in waits) / len(waits)
            )
            for name, percent in PERCENTS.items():
                found[grouping, group, name] = _percentile(waits, percent)


def _percentile(ordered: list[float], percent: float) -> float:
    """By linear interpolation between the two values around it."""
    place = percent / 100 * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _rows(day: Day) -> Iterator[tuple[float, Event, int, int, int]]:
    """Time, event, lane (-1 = none), line and server of each row of the trace."""
    trace, line_lane = day.trace, day.system.line_lane.tolist()
    columns = (trace.time_s, trace.event, trace.line, trace.server)
    for time_s, event, line, server in zip(*(c.tolist() for c in columns), strict=True):
        yield time_s, Event(event), line_lane[line] if line >= 0 else -1, line, server


def _stretches(day: Day, changes: dict[Event, int], together: set[int] = frozenset()) -> Stretches:
    """What a level was and when, of each lane, until the last event of all; some lanes as ALL."""
    level, since = defaultdict(int), defaultdict(float)
    found: Stretches = defaultdict(list)
    end_s = day.scenario.length_s
    for time_s, event, lane, _line, _server in _rows(day):
        end_s = max(end_s, time_s)
        if lane >= 0 and event in changes:
            group = ALL if lane in together else lane
            found[group].append((since[group], time_s, level[group]))
            level[group] += changes[event]
            since[group] = time_s
    for group in (ALL, *range(len(day.system.lanes))):
        found[group].append((since[group], end_s, level[group]))
    return found


def _spells(day: Day) -> dict[int, list[tuple[float, float]]]:
    """When each server was there; who is not sent home stays until his line is empty."""
    since: dict[int, tuple[float, int]] = {}
    last_free: dict[int, float] = defaultdict(float)
    found: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for time_s, event, _lane, line, server in _rows(day):
        if event == Event.OPEN and server not in since:
            since[server] = (time_s, line)
        elif event == Event.CLOSED:
            found[server].append((since.pop(server)[0], time_s))
        elif event == Event.FREE:
            last_free[line] = time_s
    for server, (start_s, line) in since.items():
        end_s = max(start_s, day.scenario.length_s, last_free[line])
        found[server].append((start_s, end_s))
    return found


class Clock(NamedTuple):
    """How full each lane was and when its servers were there."""

    queue: Stretches
    service: Stretches
    occupied: Stretches
    spells: dict[int, list[tuple[float, float]]]  # by lane, of all its servers

    def person_s(self, what: Stretches, lanes: list[int], low: float, high: float) -> float:
        """Level x seconds of some lanes between two moments."""
        return sum(n * _inside(a, b, low, high) for j in lanes for a, b, n in what[j])

    def there_s(self, lanes: list[int], low: float = -inf, high: float = inf) -> float:
        """For how long servers of some lanes were there between two moments."""
        return sum(_inside(a, b, low, high) for j in lanes for a, b in self.spells[j])


def _clock(day: Day) -> Clock:
    spells: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for server, mine in _spells(day).items():
        spells[int(day.system.line_lane[day.system.server_line[server]])] += mine
    levels = (_stretches(day, changes) for changes in (QUEUE, SERVICE, OCCUPIED))
    return Clock(*levels, spells)


def _inside(start: float, end: float, low: float, high: float) -> float:
    return max(0.0, min(end, high) - max(start, low))


def _by_the_clock(
    day: Day, clock: Clock, edges_s: list[float], n_quarters: int, found: Found
) -> None:
    """Queues, utilisation and open tills, of stretches and of all of them together."""
    lanes, places = list(range(len(day.scenario.lanes))), range(len(day.system.lanes))
    spans = [("day", 0, lanes, edges_s[0], edges_s[-1])]
    spans += [("lane", j, [j], edges_s[0], edges_s[-1]) for j in places]
    for q in range(n_quarters):
        spans.append(("quarter", q, lanes, edges_s[q], edges_s[q + 1]))
        for j in places:
            spans.append(("lane_quarter", j * n_quarters + q, [j], edges_s[q], edges_s[q + 1]))
    for grouping, group, mine, low, high in spans:
        queue, service, occupied = (clock.person_s(what, mine, low, high) for what in clock[:3])
        there_s = clock.there_s(mine, low, high)
        found[grouping, group, "queue_length_mean"] = queue / (high - low)
        found[grouping, group, "people_mean"] = (queue + service) / (high - low)
        found[grouping, group, "tills_open"] = there_s / (high - low)
        if there_s > 0:
            found[grouping, group, "utilisation"] = occupied / there_s


def _throughput(day: Day, clock: Clock, edges_s: list[float], found: Found) -> None:
    """Transactions per hour; a shop's day goes on until the last customer has left."""
    low, high = (edges_s[0], edges_s[-1]) if day.scenario.is_theory else (-inf, inf)
    ends = [(time_s, lane) for time_s, event, lane, *_ in _rows(day) if event == Event.END]
    for what, kinds in (("till", STAFFED), ("machine", MACHINES)):
        lanes = [j for j, kind in enumerate(day.system.kind) if kind in kinds]
        hours = clock.there_s(lanes, low, high) / 3600
        if hours:
            done = sum(lane in lanes and low <= time_s < high for time_s, lane in ends)
            found["day", 0, f"transactions_per_{what}_hour"] = done / hours


def _line_lengths(day: Day, clock: Clock, found: Found) -> None:
    """The longest lines, and what 95 % of the time is enough; of a lane, and of all together."""
    lanes = set(range(len(day.scenario.lanes)))
    alone = [("lane", j, clock.queue[j]) for j in range(len(day.system.lanes))]
    for grouping, group, steps in [*alone, ("day", 0, _stretches(day, QUEUE, lanes)[ALL])]:
        longest = max((n for a, b, n in steps if b > a), default=0)
        found[grouping, group, "queue_length_max"] = float(longest)
        found[grouping, group, "queue_length_p95"] = _full_line(
            steps, day.scenario.warm_up_s, day.scenario.length_s
        )


def _full_line(steps: list[Stretch], start_s: float, end_s: float) -> float:
    """The lowest level that is not exceeded for 95 % of the time."""
    lasts_s: dict[int, float] = defaultdict(float)
    for a, b, n in steps:
        lasts_s[n] += _inside(a, b, start_s, end_s)
    level, passed = 0, lasts_s[0]
    while passed < 0.95 * (end_s - start_s) * (1 - 1e-12):
        level += 1
        passed += lasts_s[level]
    return float(level)


def _of_staff(day: Day, clock: Clock, found: Found) -> None:
    """Hours at tills, of them without a customer, and calls."""
    tills = [j for j, kind in enumerate(day.system.kind) if kind in STAFFED]
    busy_s = clock.person_s(clock.occupied, tills, -inf, inf)
    found["day", 0, "till_hours"] = clock.there_s(tills) / 3600
    found["day", 0, "idle_till_hours"] = (clock.there_s(tills) - busy_s) / 3600
    events = [event for _, event, *_ in _rows(day)]
    found["day", 0, "cashiers_called"] = float(events.count(Event.CALLED))
