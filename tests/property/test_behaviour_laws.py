"""Laws that hold whatever customers and cashiers do: turn away, change lines, come, go and rest."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import replace
from itertools import pairwise
from math import inf
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simqueue.engine import derive_log, run
from simqueue.study.audit import audit_day
from simqueue.tables import (
    Demand,
    Ending,
    Event,
    Jockey,
    Log,
    System,
    Trace,
    Workload,
    frozen,
)
from tests.differential.generate import small_day
from tests.differential.generate import to_tables as plain_tables
from tests.differential.generate_behaviour import busy_day, to_tables
from tests.plain_day import day

Tables = tuple[Workload, System, Trace, Log]
EXAMPLES = settings(max_examples=200, deadline=None)
seeds = st.integers(0, 10**9)
days = st.builds(lambda seed, coarse: busy_day(Random(seed), coarse), seeds, st.booleans())
one_line_days = st.builds(
    lambda seed, coarse: one_line_day(Random(seed), coarse), seeds, st.booleans()
)
plain_days = st.builds(lambda seed, coarse: small_day(Random(seed), coarse), seeds, st.booleans())

TIMES_OF_SYSTEM = (
    *("service_s", "gap_s", "before_call_s", "after_call_s", "help_s", "expected_us", "mean_us"),
    *("patience_s", "roster_s", "attendants_s", "closes_s"),
    *("shift_start_s", "shift_end_s", "break_s", "break_lasts_s"),
)
TIMES_OF_LOG = (
    *("arrival_s", "join_s", "start_s", "end_s", "wait_s", "walk_s", "last_in_line_s"),
    *("help_wait_s", "help_s", "own_scanning_s", "served_by_staff_s"),
    *("stoppage_in_queue_s", "stoppage_at_till_s"),
)


def one_line_day(random: Random, coarse: bool) -> dict[str, Any]:
    """A busy day in a shop with a single line."""
    while True:
        written = busy_day(random, coarse)
        if len(written["line_lane"]) == 1:
            return written


def simulated(written: dict[str, Any]) -> Tables:
    """The tables of a busy day."""
    return of_tables(*to_tables(written))


def of_tables(workload: Workload, system: System) -> Tables:
    """The tables with what the engine makes of them."""
    trace = run(workload, system)
    return workload, system, trace, derive_log(workload, system, trace)


def rows_of(trace: Trace) -> list[tuple[float, Event, int, int, int]]:
    """The trace as a list of (time, event, customer, line, server)."""
    rows = zip(*(column.tolist() for column in trace.arrays().values()), strict=True)
    return [(time_s, Event(event), i, line, server) for time_s, event, i, line, server in rows]


def stories(trace: Trace) -> dict[int, list[tuple[float, Event]]]:
    """What happened to each customer, in order."""
    told = defaultdict(list)
    for time_s, event, i, _, _ in rows_of(trace):
        if i >= 0:
            told[i].append((time_s, event))
    return told


def same_day(one: Tables, other: Tables) -> bool:
    """Whether two days agree in every byte of trace and log."""
    return one[2].equals(other[2]) and one[3].equals(other[3])


SERVED = [Event.START, Event.END, Event.FREE]
HELPED = [Event.START, Event.CALL, Event.HELP, Event.HELPED, Event.END, Event.FREE]


@EXAMPLES
@given(days)
def test_nobody_is_lost_or_served_twice(written):
    """Everybody balks, or joins, changes line any number of times, and is served or gives up."""
    workload, _, trace, log = simulated(written)
    told = stories(trace)
    assert sorted(told) == list(range(len(workload)))
    for i, story in told.items():
        names = [event for _, event in story]
        times = [time_s for time_s, _ in story]
        assert times == sorted(times)
        assert times[0] == workload.arrival_s[i]
        if names == [Event.BALK]:
            assert log.ending[i] == Ending.BALKED
            continue
        moves = names.count(Event.LEAVE)
        on_foot = names[-2:] == [Event.LEAVE, Event.RENEGE]
        standing = [Event.JOIN] + [Event.LEAVE, Event.JOIN] * (moves - on_foot)
        if log.ending[i] == Ending.SERVED:
            assert names in (standing + SERVED, standing + HELPED)
        else:
            assert log.ending[i] == Ending.RENEGED
            assert names == standing + [Event.LEAVE] * on_foot + [Event.RENEGE]


@EXAMPLES
@given(days)
def test_nobody_jumps_ahead_of_those_who_stood_there_before(written):
    """Whoever starts stood at the front of his line, which only ever grows at its end.

    Those who come over from another line stand behind everybody who was there before; whoever
    leaves to save places (and not because his line closes) is the last of his line.
    """
    _, system, trace, _ = simulated(written)
    lines: dict[int, deque[int]] = defaultdict(deque)
    for _, event, i, line, _ in rows_of(trace):
        if event == Event.JOIN:
            lines[line].append(i)
        elif event == Event.START:
            assert lines[line].popleft() == i
        elif event == Event.RENEGE and line >= 0:
            lines[line].remove(i)
        elif event == Event.LEAVE:
            assert system.finish_current or lines[line][-1] == i
            lines[line].remove(i)
    assert not any(lines.values())


@EXAMPLES
@given(days)
def test_servers_serve_one_at_a_time_and_only_when_there(written):
    """Starts and ends alternate at a server, which is open and within its line while it works."""
    _, system, trace, _ = simulated(written)
    at: dict[int, int] = {}
    there: set[int] = set()
    for _, event, i, line, server in rows_of(trace):
        if event == Event.OPEN:
            there.add(server)
        elif event == Event.CLOSED:
            there.remove(server)
            assert server not in at
        elif event == Event.START:
            assert server in there
            assert server not in at
            assert system.server_line[server] == line
            at[server] = i
        elif event == Event.FREE:
            assert at.pop(server) == i
    assert not at


@EXAMPLES
@given(days)
def test_who_may_not_use_a_lane_never_stands_there(written):
    """However often somebody changes line, he stands only where he may; no line is joined dead."""
    _, system, trace, _ = simulated(written)
    there = np.zeros(system.n_servers, bool)
    for _, event, i, line, server in rows_of(trace):
        if event in (Event.OPEN, Event.CLOSED):
            there[server] = event == Event.OPEN
        elif event == Event.JOIN:
            assert system.may_use[system.line_lane[line], i]
            assert there[list(system.servers_of(line))].any()


@EXAMPLES
@given(days)
def test_standing_and_walking_add_up_to_the_wait(written):
    """Time in each line and time between lines, told one by one, are the wait; moves are counted.

    A walk takes as long as walks take, unless his line closes (he is there at once) or he gives up.
    """
    _, system, trace, log = simulated(written)
    for i, story in stories(trace).items():
        if story[0][1] == Event.BALK:
            continue
        until = [k for k, (_, event) in enumerate(story) if event in (Event.START, Event.RENEGE)]
        waiting = story[: until[0] + 1]
        stood = walked = 0.0
        for (start, before), (end, after) in pairwise(waiting):
            if before == Event.LEAVE:
                walked += end - start
                arrived = end == start + system.jockey.walk_s
                assert arrived or after == Event.RENEGE or (system.finish_current and end == start)
            else:
                stood += end - start
        assert log.walk_s[i] == pytest.approx(walked, abs=1e-9)
        assert log.wait_s[i] == pytest.approx(stood + walked, abs=1e-9)
        assert log.moves[i] == sum(event == Event.LEAVE for _, event in story)


@EXAMPLES
@given(days)
def test_patience_does_not_start_again_in_another_line(written):
    """Who gives up has waited just his patience since he first joined; nobody waits longer.

    The exception is somebody who finds all lines closed at the end of a walk: he leaves at once.
    """
    _, system, _, log = simulated(written)
    stood = log.ending != Ending.BALKED
    deadline = log.join_s + system.patience_s
    ends = np.where(np.isnan(log.start_s), log.end_s, log.start_s)
    assert np.all(ends[stood] <= deadline[stood])
    gave_up = (log.ending == Ending.RENEGED) & (log.why == 4)
    assert np.array_equal(log.end_s[gave_up], deadline[gave_up])


@EXAMPLES
@given(days)
def test_every_call_is_answered_and_every_break_ends(written):
    """A cashier comes the walk after he is called, or as his shift begins; rests last in full."""
    _, system, trace, _ = simulated(written)
    called: list[float] = []
    due: dict[int, list[float]] = defaultdict(list)
    back: dict[int, list[float]] = defaultdict(list)
    breaks = sorted(zip(system.break_s, system.break_server, system.break_lasts_s, strict=True))
    for time_s, event, _, _, server in rows_of(trace):
        if event == Event.CALLED:
            assert not called
            called.append(time_s)
        elif event == Event.CAME:
            since = called.pop()
            at_once = time_s == since and since in system.shift_start_s
            assert at_once or time_s == since + system.demand.walk_s
        elif event == Event.BREAK:
            taken = next(rest for rest in breaks if rest[:2] == (time_s, server))
            breaks.remove(taken)
            due[server].append(time_s + taken[2])
        elif event == Event.BACK:
            back[server].append(time_s)
    assert not called
    for server, ends in due.items():
        assert len(ends) == len(back[server])
        assert all(is_back >= end for is_back, end in zip(back[server], sorted(ends), strict=True))


@pytest.mark.parametrize("coarse", [True, False])
def test_the_audit_passes_on_every_busy_day(coarse):
    """Conservation, Little's law, one at a time, never idle beside a line: on 600 busy days."""
    seen: dict[str, int] = defaultdict(int)
    for seed in range(600):
        _, _, trace, log = simulated(busy_day(Random(seed), coarse))
        nothing = np.zeros(len(log))
        assert audit_day(seed, trace, log, nothing, nothing).failures == ()
        for event in (Event.LEAVE, Event.CALLED, Event.BREAK):
            seen[event.name] += bool((trace.event == event).any())
    assert min(seen.values()) > 100


@EXAMPLES
@given(days)
def test_mean_number_is_rate_times_mean_time(written):
    """Little's law by counting: people inside, seen at every event, add up to all the time spent.

    Inside is who has joined and has not paid or given up, in a line, on foot or in service.
    """
    _, _, trace, log = simulated(written)
    inside: set[int] = set()
    area, before = 0.0, 0.0
    for time_s, event, i, _, _ in rows_of(trace):
        area += len(inside) * (time_s - before)
        before = time_s
        if event == Event.JOIN:
            inside.add(i)
        elif event in (Event.END, Event.RENEGE):
            inside.remove(i)
    assert not inside
    assert area == pytest.approx(np.nansum(log.end_s - log.join_s), rel=1e-9, abs=1e-9)


@EXAMPLES
@given(days)
def test_doubling_all_times_doubles_the_day(written):
    """With every time twice as long, walks, stays, shifts and breaks included, all is, to the bit.

    Exact because doubling is exact in floating point. Two things do not scale: the 30 s after which
    a line counts as standing still, and fractions of a microsecond, which only rules about expected
    waits see.
    """
    by_time = written["balk_rule"] == "expected_wait_over"
    fine = by_time or written["choice"]["rule"] == "expected_wait_items"
    assume(not fine or float(1e6 * written["arrival_s"][-1]).is_integer())
    workload, system, trace, log = simulated(written)
    d = system.demand
    slow_system = replace(
        system,
        **{name: getattr(system, name) * 2 for name in TIMES_OF_SYSTEM},
        balk_tolerance=system.balk_tolerance * (2 if by_time else 1),
        jockey=replace(system.jockey, walk_s=2 * system.jockey.walk_s),
        demand=replace(d, waited_over_s=2 * d.waited_over_s, walk_s=2 * d.walk_s,
                       stay_s=2 * d.stay_s),
    )  # fmt: skip
    slow = replace(workload, arrival_s=2 * workload.arrival_s)
    _, _, slow_trace, slow_log = of_tables(slow, slow_system)
    assert slow_trace.equals(replace(trace, time_s=2 * trace.time_s))
    doubled = replace(log, **{name: 2 * getattr(log, name) for name in TIMES_OF_LOG})
    assert not set(slow_log.differences(doubled)) - {"queue_still_s"}


@EXAMPLES
@given(plain_days, st.randoms(use_true_random=False))
def test_all_that_is_off_changes_no_byte(written, rng):
    """Tolerances, willingness, terms and cashiers that no switch asks for are not there."""
    workload, system = plain_tables(written)
    n = len(workload)
    off = replace(
        system,
        balk_rule="",
        balk_tolerance=frozen([rng.choice([0.0, 1.0]) for _ in range(n)], "f8"),
        jockey=Jockey(on=False, shorter_by=1, walk_s=1.0),
        willing=frozen([True] * n, "?"),
        demand=Demand(on=False, lane=0, call_above=0.0, close_below=inf),
        shift_start_s=frozen([0.0, 1.0], "f8"),
        shift_end_s=frozen([inf, 2.0], "f8"),
        finish_current=False,
    )
    other = replace(workload, u_choice_again=np.array([rng.random() for _ in range(n)]))
    assert same_day(of_tables(workload, system), of_tables(other, off))


@EXAMPLES
@given(days)
def test_nobody_willing_is_jockeying_off(written):
    """Changing lines is allowed but nobody would, or none would gain enough: as if it were off."""
    workload, system = to_tables(written)
    off = of_tables(workload, replace(system, jockey=replace(system.jockey, on=False)))
    on = replace(system.jockey, on=True)
    nobody = frozen(np.zeros(len(workload)), "?")
    assert same_day(off, of_tables(workload, replace(system, jockey=on, willing=nobody)))
    too_much = replace(on, shorter_by=len(workload) + 1)
    assert same_day(off, of_tables(workload, replace(system, jockey=too_much)))


@EXAMPLES
@given(days, st.sampled_from(["longer_than", "expected_wait_over"]))
def test_endless_tolerance_is_balking_off(written, rule):
    """Who would join any line does."""
    workload, system = to_tables(written)
    off = of_tables(workload, replace(system, balk_rule=""))
    endless = frozen(np.full(len(workload), inf), "f8")
    on = replace(system, balk_rule=rule, balk_tolerance=endless)
    assert same_day(off, of_tables(workload, on))


@EXAMPLES
@given(days)
def test_nobody_to_call_is_demand_off(written):
    """Opening on demand without cashiers opens nothing; nor with cashiers and nothing to call for.

    Without breaks, that is: cashiers also stand in for those who rest.
    """
    nobody = {"shift_start_s": [], "shift_end_s": []}
    no_breaks = {"break_s": [], "break_server": [], "break_lasts_s": []}
    workload, system = to_tables(written | nobody)
    off = replace(system, demand=Demand())
    assert same_day(of_tables(workload, off), of_tables(workload, system))
    workload, system = to_tables(written | no_breaks)
    unasked = replace(system, demand=replace(system.demand, on=False))
    alone = to_tables(written | no_breaks | nobody)[1]
    alone = replace(alone, demand=Demand())
    assert same_day(of_tables(workload, alone), of_tables(workload, unasked))


@EXAMPLES
@given(one_line_days)
def test_where_there_is_one_line_closing_tills_have_nowhere_to_send_people(written):
    """With a single line, finishing the current customer only is finishing the line."""
    workload, system = to_tables(written)
    both = [
        of_tables(workload, replace(system, finish_current=now_only)) for now_only in (False, True)
    ]
    assert same_day(*both)


@EXAMPLES
@given(one_line_days)
def test_with_one_line_nobody_changes_line(written):
    """Changing lines needs two: with a single line it is as if it were off."""
    workload, system = to_tables(written)
    both = [
        of_tables(workload, replace(system, jockey=replace(system.jockey, on=on)))
        for on in (False, True)
    ]
    assert same_day(*both)


CASHIERS = 5


@st.composite
def called_for(draw: st.DrawFn) -> tuple[dict[str, Any], Demand]:
    """One line, one or two tills by the roster, five more to open on demand; who comes stays."""
    n = draw(st.integers(2, 25))
    time = st.one_of(st.integers(0, 6).map(float), st.floats(0, 20))
    arrivals = sorted(draw(st.lists(time, min_size=n, max_size=n)))
    each = st.lists(time, min_size=n, max_size=n)
    rostered = draw(st.integers(0, 2))
    written = day(arrivals, [[2 + CASHIERS]], roster_open=[rostered], service_s=[draw(each)],
                  gap_s=[draw(each)])  # fmt: skip
    terms = Demand(
        on=True,
        lane=0,
        call_above=draw(st.sampled_from([0.0, 0.5, 1.0, 2.0, inf])),
        waited_over_s=draw(st.sampled_from([0.0, 2.0, 5.0, inf])),
        walk_s=draw(st.sampled_from([0.0, 1.0, 7.5])),
        stay_s=inf,
    )
    return written, terms


def with_cashiers(written: dict[str, Any], terms: Demand, number: int) -> Tables:
    """The day with so many cashiers who can be called all day."""
    workload, system = plain_tables(written)
    starts, ends = frozen([0.0] * number, "f8"), frozen([inf] * number, "f8")
    return of_tables(
        workload, replace(system, demand=terms, shift_start_s=starts, shift_end_s=ends)
    )


@EXAMPLES
@given(called_for(), st.integers(0, CASHIERS - 1))
def test_a_spare_cashier_more_makes_nobody_start_later(called, fewer):
    """One line, nobody turns away or gives up, who has come to a till stays: exactly.

    Proof: with C and with C + 1 cashiers, all on duty from the start, the day is the same until the
    (C + 1)th call, which lapses with C. From then on nobody is called with C, as nobody is spare;
    with C + 1 one till more opens and none closes. All tills work at one pace, so a customer starts
    at the larger of his arrival and the smallest time at which a till is free, and each of these is
    no later with a till more (Kiefer and Wolfowitz 1955). A till that is not open is never free.

    Conditions that cannot go are in the next test.
    """
    written, terms = called
    few = with_cashiers(written, terms, fewer)[3]
    many = with_cashiers(written, terms, fewer + 1)[3]
    with_tills = ~np.isnan(few.start_s)
    assert np.all(many.start_s[with_tills] <= few.start_s[with_tills])
    assert np.all(~np.isnan(many.start_s[with_tills]))


@pytest.mark.parametrize(
    ("arrivals", "services", "changes", "terms", "shifts", "later"),
    [
        # Tills close again. With two cashiers the third and fourth customer are served earlier, so
        # that both cashiers have gone when the last one comes at 12: one must first walk back. With
        # one cashier the till of the roster has just become free then.
        pytest.param(
            [0, 2, 7, 7, 12], [9, 7, 3, 7, 7], {}, {"close_below": 1.0, "stay_s": 0.0},
            ([0], [0, 0]), (4, 12.0, 13.0), id="tills close again",
        ),
        # Cashiers begin one after the other. With one from 1 on, the line is so short at 3 or 5
        # that one who would have come as his shift begins is called only later, and has to walk.
        pytest.param(
            [0, 0, 0, 4, 6], [9, 2, 3, 4, 8], {}, {}, ([3, 5], [1, 3, 5]), (4, 8.0, 9.0),
            id="shifts begin at different times",
        ),
        # People give up. Those who would have given up with one till are served by the second.
        pytest.param(
            [1, 1, 2, 5, 6], [3, 3, 5, 9, 5], {"patience_s": [3.0, 7.0, 3.0, 1.0, 5.0]}, {},
            ([], [0]), (4, 7.0, 9.0), id="people give up",
        ),
    ],
)  # fmt: skip
def test_where_one_more_cashier_can_make_somebody_wait_longer(
    arrivals, services, changes, terms, shifts, later
):
    """In general a cashier more may delay somebody: one small case for each condition above."""
    workload, system = plain_tables(
        day([float(t) for t in arrivals], [[5]], roster_open=[1],
            service_s=[[float(t) for t in services]], **changes)
    )  # fmt: skip
    terms = {"on": True, "lane": 0, "call_above": 0.5, "walk_s": 1.0, "stay_s": inf, **terms}
    started = []
    for starts in shifts:
        cashiers = {
            "shift_start_s": frozen(starts, "f8"),
            "shift_end_s": frozen([inf] * len(starts), "f8"),
        }
        log = of_tables(workload, replace(system, demand=Demand(**terms), **cashiers))[3]
        started.append(log.start_s[later[0]])
    assert tuple(started) == later[1:]
