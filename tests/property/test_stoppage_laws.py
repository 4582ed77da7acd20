"""Laws that hold whatever stands still, fails, is fetched, or is visited before and after."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import groupby, pairwise
from math import inf
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simqueue.engine import derive_log, run
from simqueue.study.audit import audit_day
from simqueue.study.steps import IN_QUEUE, IN_SERVICE, areas, rows_and_changes
from simqueue.tables import (
    Condition,
    Ending,
    Event,
    Kind,
    Log,
    System,
    Trace,
    Visits,
    Why,
    Workload,
    frozen,
)
from tests.differential.generate_behaviour import busy_day
from tests.differential.generate_behaviour import to_tables as busy_tables
from tests.differential.generate_stoppages import stopping_day, to_tables

Tables = tuple[Workload, System, Trace, Log]
Row = tuple[float, Event, int, int, int]
EXAMPLES = settings(max_examples=100, deadline=None)
seeds = st.integers(0, 10**9)
days = st.builds(lambda seed, coarse: stopping_day(Random(seed), coarse), seeds, st.booleans())
busy_days = st.builds(lambda seed, coarse: busy_day(Random(seed), coarse), seeds, st.booleans())

NEXT = {  # where somebody is on a visit, and what may happen to him there
    "outside": {Event.JOIN: "in line", Event.BALK: "gone"},
    "in line": {Event.START: "served", Event.LEAVE: "walks", Event.RENEGE: "gone"},
    "walks": {Event.JOIN: "in line", Event.RENEGE: "gone"},
    "served": {
        Event.CALL: "calls", Event.HELD: "held", Event.END: "done", Event.FAILED: "done",
        Event.LEFT: "done", Event.SENT_ON: "sent on",
    },
    "calls": {Event.HELP: "helped"},
    "helped": {Event.HELPED: "served"},
    "held": {Event.END: "done"},
    "sent on": {Event.FREE: "chooses"},
    "chooses": {Event.JOIN: "in line"},
    "done": {Event.FREE: "gone"},
}  # fmt: skip
ENDS = {
    Event.END: Ending.SERVED, Event.BALK: Ending.BALKED, Event.RENEGE: Ending.RENEGED,
    Event.LEFT: Ending.RENEGED, Event.FAILED: Ending.FAILED,
}  # fmt: skip
NOBODY = (Event.BROKE, Event.REPAIRED)  # rows whose customer column counts something else


def simulated(written: dict[str, Any]) -> Tables:
    """The tables of a day on which things stand still."""
    return of_tables(*to_tables(written))


def of_tables(workload: Workload, system: System) -> Tables:
    """The tables with what the engine makes of them."""
    trace = run(workload, system)
    return workload, system, trace, derive_log(workload, system, trace)


def rows_of(trace: Trace) -> list[Row]:
    """The trace as a list of (time, event, customer, line, server)."""
    rows = zip(*(column.tolist() for column in trace.arrays().values()), strict=True)
    return [(time_s, Event(event), i, line, server) for time_s, event, i, line, server in rows]


def stories(trace: Trace) -> dict[int, list[Row]]:
    """What happened on each visit, in order."""
    told = defaultdict(list)
    for row in rows_of(trace):
        if row[2] >= 0 and row[1] not in NOBODY:
            told[row[2]].append(row)
    return told


def endings(trace: Trace) -> dict[int, tuple[float, Event]]:
    """When and how each visit ended, of those that did."""
    return {i: (t, event) for t, event, i, _, _ in rows_of(trace) if event in ENDS}


def same(one: Tables, other: Tables) -> bool:
    """Whether two days agree in every byte of trace and log."""
    return one[2].equals(other[2]) and one[3].equals(other[3])


# What becomes of people


@EXAMPLES
@given(days)
def test_every_visit_takes_one_of_the_ways_there_are(written):
    """Nobody is lost or in two places: after every event only some others can follow.

    What the log says of the ending is what happened last; who is not done is unfinished.
    """
    workload, _, trace, log = simulated(written)
    told, ended = stories(trace), endings(trace)
    for i in range(len(workload)):
        place = "outside"
        for _, event, _, _, _ in told[i]:
            place = NEXT[place][event]
        names = [event for _, event, _, _, _ in told[i]]
        if not names:
            assert log.ending[i] == Ending.NOT_COME
        elif i not in ended:
            assert log.ending[i] == Ending.UNFINISHED
        else:
            assert place == "gone"
            assert log.ending[i] == ENDS[ended[i][1]]
            assert log.end_s[i] == ended[i][0] or log.ending[i] == Ending.BALKED
            assert (log.why[i] == Why.NO_PAYMENT) == (ended[i][1] == Event.LEFT)


@EXAMPLES
@given(days)
def test_visits_come_when_the_one_before_has_ended_as_they_need(written):
    """Exactly then, and exactly so much later; all others never come."""
    workload, _, trace, log = simulated(written)
    assume(workload.visits is not None)
    ended, v = endings(trace), workload.visits
    came = {i: story[0][0] for i, story in stories(trace).items() if story}
    needs = {Condition.PAID: Event.END, Condition.FAILED: Event.FAILED}
    for i in range(len(workload)):
        before = int(v.after[i])
        if before < 0:
            assert came[i] == workload.arrival_s[i]
            continue
        time_s, event = ended.get(before, (inf, None))
        condition = Condition(v.condition[i])
        comes = event is not None and (condition not in needs or needs[condition] == event)
        assert (i in came) == comes == (log.ending[i] != Ending.NOT_COME)
        if comes:
            assert came[i] == time_s + v.delay_s[i]
        failed = comes and condition == Condition.FAILED
        lost = log.end_s[before] - log.join_s[before] if failed else 0.0
        assert log.before_s[i] == lost


@EXAMPLES
@given(days)
def test_mean_number_is_rate_times_mean_time(written):
    """Little's law by counting: people inside at every moment add up to all the time spent."""
    _, _, trace, log = simulated(written)
    rows = rows_of(trace)
    inside: set[int] = set()
    area, before = 0.0, 0.0
    for time_s, event, i, _, _ in rows:
        area += len(inside) * (time_s - before)
        before = time_s
        if event == Event.JOIN:
            inside.add(i)
        elif event in ENDS:
            inside.discard(i)
    still = sum(rows[-1][0] - log.join_s[i] for i in inside)
    assert area == pytest.approx(np.nansum(log.end_s - log.join_s) + still, rel=1e-9, abs=1e-9)


@EXAMPLES
@given(days)
def test_littles_law_holds_in_every_lane(written):
    """Where people stay in their lines, areas under queue and service of a lane are its waits."""
    stays = {"sends_on": [False] * len(written["stoppages"]["at_s"])}
    written = written | {"jockey": written["jockey"] | {"on": False}, "finish_current": False,
                         "stoppages": written["stoppages"] | stays}  # fmt: skip
    _, system, trace, log = simulated(written)
    lane = np.where(trace.line >= 0, system.line_lane[trace.line], -1)
    n, over = len(system.lanes), float(trace.time_s[-1])
    edges = np.array([0.0, over])
    queue, service = (
        areas(trace.time_s[rows], change, lane[rows], n, edges)[:, 0]
        for rows, change in (rows_and_changes(trace, kind) for kind in (IN_QUEUE, IN_SERVICE))
    )
    start = np.where(np.isnan(log.start_s), over, log.start_s)
    end = np.where(np.isnan(log.end_s), over, log.end_s)
    started = ~np.isnan(log.start_s)
    for j in range(n):
        mine = (log.lane == j) & ~np.isnan(log.join_s)
        waits = np.where(started, start, end)[mine] - log.join_s[mine]
        assert queue[j] == pytest.approx(waits.sum(), rel=1e-9, abs=1e-6)
        served = (end - start)[mine & started]
        assert service[j] == pytest.approx(served.sum(), rel=1e-9, abs=1e-6)


# Servers that stop


def stopped_time(trace: Trace, server: int, start: float, end: float) -> float:
    """Time between two moments for which a stoppage of the server was going on."""
    total, since, going_on = 0.0, 0.0, 0
    for time_s, event, _, _, at in rows_of(trace):
        if at != server or event not in NOBODY:
            continue
        if going_on:
            total += max(0.0, min(end, time_s) - max(start, since))
        going_on += 1 if event == Event.BROKE else -1
        since = time_s
    return total


@EXAMPLES
@given(days)
def test_a_server_that_has_stopped_starts_nobody_and_serves_nobody(written):
    """No service starts there, and each takes its time plus just that for which it stood still.

    For those who call nobody and are not held for their card; the others wait for more.
    """
    _, system, trace, _ = simulated(written)
    going_on: dict[int, int] = defaultdict(int)
    for _, event, _, _, server in rows_of(trace):
        if event in NOBODY:
            going_on[server] += 1 if event == Event.BROKE else -1
            assert going_on[server] >= 0
        elif event == Event.START:
            assert not going_on[server]
    for i, story in stories(trace).items():
        if any(event in (Event.CALL, Event.HELD) for _, event, _, _, _ in story):
            continue
        for (start, event, _, line, server), (end, after, *_) in pairwise(story):
            if event == Event.START and after != Event.SENT_ON:
                needs = system.service_s[system.line_lane[line], i] * system.server_pace[server]
                stood = stopped_time(trace, server, start, end)
                assert end - start == pytest.approx(needs + stood, rel=1e-9, abs=1e-9)


@EXAMPLES
@given(days)
def test_stoppages_begin_and_end_as_planned(written):
    """Each that strikes lasts its time; only those for busy servers may pass by."""
    _, system, trace, _ = simulated(written)
    stops = system.stoppages
    began = {i: t for t, event, i, _, _ in rows_of(trace) if event == Event.BROKE}
    ended = {i: t for t, event, i, _, _ in rows_of(trace) if event == Event.REPAIRED}
    assert set(began) >= set(np.flatnonzero(~stops.when_busy).tolist())
    for f, time_s in began.items():
        assert time_s == stops.at_s[f]
        assert ended[f] == stops.at_s[f] + stops.lasts_s[f]


@EXAMPLES
@given(days)
def test_time_that_stood_still_lies_within_the_visit(written):
    """In the line at most the wait, at the till at most the rest; explained at most both."""
    _, system, _, log = simulated(written)
    done = np.flatnonzero((log.ending != Ending.UNFINISHED) & ~np.isnan(log.join_s))
    queue, till, told = (
        getattr(log, f"stoppage_{name}_s")[done] for name in ("in_queue", "at_till", "explained")
    )
    inside = (log.end_s - log.join_s)[done]
    slack = 1e-9 * (1 + inside)
    for values in (queue, till, told):
        assert np.all(values >= 0)
    assert np.all(queue <= log.wait_s[done] + slack)
    assert np.all(queue + till <= inside + slack)
    assert np.all(told <= queue + till + slack)
    staffed = np.isin(system.kind, (Kind.STAFFED, Kind.EXPRESS))
    calls = np.isfinite(system.before_call_s[staffed]).any()
    if not len(system.stoppages.at_s) and not len(system.no_cards.at_s) and not calls:
        assert not (queue + till).any()


@EXAMPLES
@given(days)
def test_being_told_why_changes_nothing_but_that(written):
    """With other explanations the day is the same; only the explained seconds differ."""
    _, system, trace, log = simulated(written)
    stops, cards = system.stoppages, system.no_cards
    turned = replace(
        system,
        stoppages=replace(stops, explained=frozen(~stops.explained, "?")),
        no_cards=replace(cards, explained=frozen(~cards.explained, "?")),
    )
    _, _, other, told = of_tables(to_tables(written)[0], turned)
    assert other.equals(trace)
    assert set(told.differences(log)) <= {"stoppage_explained_s"}
    if not len(cards.at_s) and not stops.explained.any():
        assert not log.stoppage_explained_s.any()


# Cards


@EXAMPLES
@given(days)
def test_only_who_needs_a_card_is_held_or_leaves_and_only_without_cards(written):
    """At no station and at no other time; those held go on when cards work, in order of numbers."""
    _, system, trace, _ = simulated(written)
    working, back, held = True, -1.0, []
    for time_s, event, i, line, _ in rows_of(trace):
        if event in (Event.NO_CARDS, Event.CARDS):
            working = event == Event.CARDS
            back = time_s if working else back
        elif event in (Event.HELD, Event.LEFT):
            assert not working
            assert system.needs_card[i]
            assert system.kind[system.line_lane[line]] != Kind.STATION
            assert (event == Event.LEFT) == system.no_cards.leaves
            held += [i] * (event == Event.HELD)
        elif event == Event.END and i in held:
            assert time_s == back
            held.remove(i)
    for _, at_once in groupby(rows_of(trace), key=lambda row: row[0]):
        rows = list(at_once)
        if any(event == Event.CARDS for _, event, *_ in rows):
            after = [i for _, event, i, _, _ in rows if event == Event.END]
            were_held = {i for i in after if Event.HELD in [e for _, e, *_ in stories(trace)[i]]}
            found = [i for i in after if i in were_held]
            assert found == sorted(found)


@EXAMPLES
@given(days)
def test_times_without_cards_are_nothing_to_those_with_cash(written):
    """Where nobody needs a card they leave only their own rows in the trace."""
    written = written | {"needs_card": [False] * len(written["arrival_s"])}
    without = written | {"no_cards": {"at_s": [], "lasts_s": [], "explained": [], "leaves": False}}
    rows, plain = rows_of(simulated(written)[2]), rows_of(simulated(without)[2])
    assert [row for row in rows if row[1] not in (Event.NO_CARDS, Event.CARDS)] == plain


# All of it


@pytest.mark.parametrize("coarse", [True, False])
def test_the_audit_passes_on_every_day_that_stops(coarse):
    """Conservation, Little's law, one at a time, never idle beside a line: on 300 days."""
    seen: dict[str, int] = defaultdict(int)
    for seed in range(300):
        _, _, trace, log = simulated(stopping_day(Random(seed), coarse))
        nothing = np.zeros(len(log))
        assert audit_day(seed, trace, log, nothing, nothing).failures == ()
        for event in (Event.BROKE, Event.SENT_ON, Event.FAILED, Event.HELD, Event.LEFT):
            seen[event.name] += bool((trace.event == event).any())
    assert min(seen.values()) > 10


TIMES_OF_SYSTEM = (
    *("service_s", "gap_s", "before_call_s", "after_call_s", "help_s", "expected_us", "mean_us"),
    *("patience_s", "roster_s", "attendants_s", "closes_s", "again_after_s", "again_help_s"),
    *("shift_start_s", "shift_end_s", "break_s", "break_lasts_s"),
)
TIMES_OF_LOG = (
    *("arrival_s", "join_s", "start_s", "end_s", "wait_s", "walk_s", "last_in_line_s"),
    *("help_wait_s", "help_s", "own_scanning_s", "served_by_staff_s", "before_s"),
    *("stoppage_in_queue_s", "stoppage_at_till_s", "stoppage_explained_s"),
)


@EXAMPLES
@given(days)
def test_doubling_all_times_doubles_the_day(written):
    """With every time twice as long, stoppages and walks between visits too, all is, to the bit.

    Exact because doubling is exact in floating point. Two things do not scale: the 30 s after which
    a line counts as standing still, and fractions of a microsecond, which only rules about expected
    waits see.
    """
    by_time = written["balk_rule"] == "expected_wait_over"
    fine = by_time or written["choice"]["rule"] == "expected_wait_items"
    assume(not fine or float(1e6 * written["arrival_s"][-1]).is_integer())
    workload, system, trace, log = simulated(written)
    slow, slow_system = doubled(workload, system, by_time)
    _, _, slow_trace, slow_log = of_tables(slow, slow_system)
    assert slow_trace.equals(replace(trace, time_s=2 * trace.time_s))
    twice = replace(log, **{name: 2 * getattr(log, name) for name in TIMES_OF_LOG})
    assert not set(slow_log.differences(twice)) - {"queue_still_s"}


def doubled(workload: Workload, system: System, by_time: bool) -> tuple[Workload, System]:
    """The same with every time twice as long."""
    d, stops, cards = system.demand, system.stoppages, system.no_cards
    slow_system = replace(
        system,
        **{name: getattr(system, name) * 2 for name in TIMES_OF_SYSTEM},
        balk_tolerance=system.balk_tolerance * (2 if by_time else 1),
        jockey=replace(system.jockey, walk_s=2 * system.jockey.walk_s),
        demand=replace(d, waited_over_s=2 * d.waited_over_s, walk_s=2 * d.walk_s,
                       stay_s=2 * d.stay_s),
        stoppages=replace(stops, at_s=2 * stops.at_s, lasts_s=2 * stops.lasts_s),
        no_cards=replace(cards, at_s=2 * cards.at_s, lasts_s=2 * cards.lasts_s),
    )  # fmt: skip
    visits = workload.visits
    if visits is not None:
        visits = replace(visits, delay_s=2 * visits.delay_s)
    return replace(workload, arrival_s=2 * workload.arrival_s, visits=visits), slow_system


@EXAMPLES
@given(busy_days)
def test_all_that_is_off_changes_no_byte(written):
    """Visits of one stop, pools by lane, no second calls, no failures, no cards: the same day."""
    workload, system = busy_tables(written)
    n, lanes = len(workload), len(system.lanes)
    rows, none = np.arange(n), np.zeros(n)
    alone = Visits(customer=rows, stop=none, after=none - 1, delay_s=none, condition=none)
    off = replace(
        system,
        lane_pool=frozen(range(lanes), "i8"),
        again_after_s=frozen(np.full((lanes, n), inf), "f8"),
        again_help_s=frozen(np.zeros((lanes, n)), "f8"),
        fails=frozen(np.zeros((lanes, n)), "?"),
        needs_card=frozen(np.ones(n), "?"),
    )
    assert same(of_tables(workload, system), of_tables(replace(workload, visits=alone), off))
