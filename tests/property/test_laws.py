"""Laws that hold on any day, whatever the lanes, the rules and the customers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from math import inf
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simqueue.engine import derive_log, run
from simqueue.tables import Choice, Ending, Event, Log, System, Table, Trace, Workload
from tests.differential.generate import small_day, to_tables
from tests.plain_day import day

Rows = list[tuple[float, int, int, int, int]]
EXAMPLES = settings(max_examples=200, deadline=None)
seeds = st.integers(0, 10**9)
days = st.builds(lambda seed, coarse: small_day(Random(seed), coarse), seeds, st.booleans())
fine_days = st.builds(lambda seed: small_day(Random(seed), coarse=False), seeds)

TIMES_OF_SYSTEM = (
    *("service_s", "gap_s", "before_call_s", "after_call_s", "help_s", "expected_us", "mean_us"),
    *("patience_s", "roster_s", "attendants_s"),
)
TIMES_OF_LOG = (
    *("arrival_s", "join_s", "start_s", "end_s", "wait_s", "last_in_line_s", "help_wait_s"),
    *("help_s", "own_scanning_s", "served_by_staff_s"),
    *("stoppage_in_queue_s", "stoppage_at_till_s"),
)


def simulated(written: dict[str, Any]) -> tuple[Workload, System, Trace, Log]:
    """The tables of a day in the oracle's form."""
    return of_tables(*to_tables(written))


def of_tables(workload: Workload, system: System) -> tuple[Workload, System, Trace, Log]:
    """The tables with what the engine makes of them."""
    trace = run(workload, system)
    return workload, system, trace, derive_log(workload, system, trace)


def rows_of(trace: Trace) -> Rows:
    """The trace as a list of (time, event, customer, line, server)."""
    return list(zip(*(column.tolist() for column in trace.arrays().values()), strict=True))


def same(one: Table, other: Table, but: tuple[str, ...] = ()) -> bool:
    """Whether two tables agree bit for bit in all columns but some."""
    return not set(one.differences(other)) - set(but)


@EXAMPLES
@given(days)
def test_nobody_is_lost(written):
    """Everybody joins or balks once, and who joins either starts, gives up or is still waiting."""
    workload, _, trace, log = simulated(written)
    events = defaultdict(list)
    for time_s, event, i, _, _ in rows_of(trace):
        if i >= 0:
            events[i].append((Event(event), time_s))
    for i in range(len(workload)):
        names = [event for event, _ in events[i]]
        served = [Event.JOIN, Event.START, Event.END, Event.FREE]
        helped = [*served[:2], Event.CALL, Event.HELP, Event.HELPED, *served[2:]]
        if log.ending[i] == Ending.UNFINISHED:
            assert names in (helped[:1], helped[:3])  # stuck behind or at a call nobody answers
        else:
            assert names in ([Event.BALK], [Event.JOIN, Event.RENEGE], served, helped)
        times = [time for _, time in events[i]]
        assert times == sorted(times)
        assert times[0] == workload.arrival_s[i]


@EXAMPLES
@given(days)
def test_time_goes_forward(written):
    """The trace is in order of time."""
    _, _, trace, _ = simulated(written)
    assert np.all(np.diff(trace.time_s) >= 0)


@EXAMPLES
@given(days)
def test_no_server_serves_two(written):
    """At every server one customer starts, ends and sets it free before the next one starts."""
    _, system, trace, _ = simulated(written)
    at: dict[int, tuple[int, int]] = {}
    for _, event, i, line, server in rows_of(trace):
        if event == Event.START:
            assert at.get(server, (Event.FREE, -1))[0] == Event.FREE
            at[server] = (event, i)
            assert system.server_line[server] == line
        elif event in (Event.END, Event.FREE):
            before = Event.START if event == Event.END else Event.END
            assert at[server] == (before, i)
            at[server] = (event, i)


@EXAMPLES
@given(days)
def test_first_come_first_served_within_a_line(written):
    """In every line people start in the order in which they joined."""
    _, system, trace, _ = simulated(written)
    for line in range(system.n_lines):
        mine = trace.line == line
        started = trace.customer[mine & (trace.event == Event.START)].tolist()
        joined = trace.customer[mine & (trace.event == Event.JOIN)].tolist()
        assert started == [i for i in joined if i in set(started)]


@EXAMPLES
@given(days)
def test_who_may_not_use_a_lane_does_not(written):
    """Nobody stands where he may not, no line is overfull, closed tills serve nobody."""
    _, system, trace, log = simulated(written)
    people = [0] * system.n_lines
    there = [False] * system.n_servers
    for _, event, i, line, server in rows_of(trace):
        if event == Event.JOIN:
            assert system.may_use[system.line_lane[line], i]
            people[line] += 1
            assert people[line] <= system.line_capacity[line]
        elif event in (Event.END, Event.RENEGE):
            people[line] -= 1
        elif event in (Event.OPEN, Event.CLOSED):
            there[server] = event == Event.OPEN
        elif event == Event.START:
            assert there[server]
    nobody = ~system.may_use.any(axis=0)
    assert np.all(log.ending[nobody] == Ending.BALKED)


@EXAMPLES
@given(days)
def test_nobody_waits_longer_than_his_patience(written):
    """Waits are at most the patience; who gives up has waited just so long."""
    _, system, _, log = simulated(written)
    gave_up = log.ending == Ending.RENEGED
    patience = system.patience_s
    ends = log.join_s + patience  # as the engine computes it
    assert np.array_equal(log.end_s[gave_up], ends[gave_up])
    started = ~np.isnan(log.start_s)
    assert np.all(log.start_s[started] <= ends[started])


@EXAMPLES
@given(days)
def test_doubling_all_times_doubles_the_day(written):
    """With every time twice as long trace and log have all times twice as long, bit for bit.

    Exact because doubling is exact in floating point. Two things do not scale: the 30 s after which
    a line counts as standing still, and fractions of a microsecond, which only the rule
    expected_wait_items sees.
    """
    whole_us = float(1e6 * written["arrival_s"][-1]).is_integer()
    assume(written["choice"]["rule"] != "expected_wait_items" or whole_us)
    workload, system, trace, log = simulated(written)
    twice = {name: getattr(system, name) * 2 for name in TIMES_OF_SYSTEM}
    longer = replace(system, closes_s=2 * system.closes_s, **twice)
    slow = replace(workload, arrival_s=2 * workload.arrival_s)
    _, _, slow_trace, slow_log = of_tables(slow, longer)
    assert slow_trace.equals(replace(trace, time_s=2 * trace.time_s))
    doubled = replace(log, **{name: 2 * getattr(log, name) for name in TIMES_OF_LOG})
    assert same(slow_log, doubled, but=("queue_still_s",))


@EXAMPLES
@given(fine_days, st.randoms(use_true_random=False))
def test_the_order_of_lanes_in_the_file_is_only_a_label(written, rng):
    """Lanes in another order, no two equally near: everybody meets the same, renumbered.

    Lines lie at odd metres: from the middle of the front, too, no two of them are equally far.
    """
    written = written | {"choice": written["choice"] | {"rule": "nearest"}}
    workload, system, _, log = simulated(written)
    metres = rng.sample(range(1, 200, 2), system.n_lines)
    system = replace(system, line_position_m=np.array(metres, float))
    order = list(range(len(system.lanes)))
    rng.shuffle(order)
    lines = [line for j in order for line in system.lines_of(j)]
    servers = [s for line in lines for s in system.servers_of(line)]
    moved = replace(
        system,
        lanes=tuple(system.lanes[j] for j in order),
        **{name: getattr(system, name)[order] for name in ("kind", "mean_us", *BY_LANE)},
        line_lane=np.array([order.index(system.line_lane[line]) for line in lines]),
        line_capacity=system.line_capacity[lines],
        line_position_m=system.line_position_m[lines],
        server_line=np.array([lines.index(system.server_line[s]) for s in servers]),
        server_number=system.server_number[servers],
        server_pace=system.server_pace[servers],
        perception=system.perception[lines] if system.perception.size else system.perception,
        roster_lane=np.array([order.index(j) for j in system.roster_lane], int),
        attendants_pool=np.array([order.index(j) for j in system.attendants_pool], int),
    )
    log = of_tables(workload, system)[3]
    found = of_tables(workload, moved)[3]
    names = {"lane": order, "line": lines, "server": servers}
    back = {
        name: np.where(getattr(found, name) < 0, -1, np.array(old)[getattr(found, name)])
        for name, old in names.items()
    }
    assert same(replace(found, **back), log)


BY_LANE = (
    "may_use",
    "service_s",
    "gap_s",
    "before_call_s",
    "after_call_s",
    "help_s",
    "expected_us",
)


@EXAMPLES
@given(days)
def test_what_does_not_matter_to_queues_changes_none(written):
    """Segment, payment, company and (here) baskets are carried along and decide nothing."""
    assume(written["choice"]["rule"] != "fewest_items")
    workload, system, trace, _ = simulated(written)
    n = len(workload)
    other = replace(
        workload, segment=1 - workload.segment, payment=3 - workload.payment,
        alone=~workload.alone, items=workload.items[::-1], value_of_time=np.full(n, 9.0),
    )  # fmt: skip
    assert run(other, system).equals(trace)


def with_one_more(written: dict[str, Any], arrival_s: float) -> dict[str, Any]:
    """The day with the last customer once more, at another time."""
    more = dict(written)
    for name in (
        "arrival_s",
        "items",
        "u_choice",
        "place",
        "segment",
        "payment",
        "alone",
        "patience_s",
    ):
        more[name] = [*written[name], written[name][-1]]
    for name in (*BY_LANE, "perception"):
        more[name] = [[*row, row[-1]] for row in written[name]]
    more["arrival_s"][-1] = arrival_s
    return more


@EXAMPLES
@given(days)
def test_who_comes_after_everybody_has_left_changes_nothing(written):
    """A customer more at the end of the day leaves trace and log of all others as they were."""
    _, _, trace, log = simulated(written)
    over = max([*trace.time_s.tolist(), *written["roster_s"], *written["attendants_s"]]) + 1.0
    _, _, longer, more = simulated(with_one_more(written, over))
    assert rows_of(longer)[: len(trace)] == rows_of(trace)
    assert len(longer) > len(trace)
    first = Log(**{name: column[:-1] for name, column in more.arrays().items()})
    assert same(first, log)


@EXAMPLES
@given(days)
def test_nothing_acts_backwards_in_time(written):
    """Until the last customer comes, the day is the same with him and without him."""
    workload, _, trace, _ = simulated(with_one_more(written, written["arrival_s"][-1]))
    before = simulated(written)[2]
    until = workload.arrival_s[-1]
    early = [row for row in rows_of(trace) if row[0] < until]
    assert early == [row for row in rows_of(before) if row[0] < until]


@st.composite
def shared_lines(draw: st.DrawFn) -> dict[str, Any]:
    """A lane with one line for one to four tills, gaps included; nobody gives up, all stay open."""
    n = draw(st.integers(1, 25))
    time = st.one_of(st.integers(0, 6).map(float), st.floats(0, 20))
    arrivals = sorted(draw(st.lists(time, min_size=n, max_size=n)))
    each = st.lists(time, min_size=n, max_size=n)
    return day(arrivals, [[draw(st.integers(1, 4))]], service_s=[draw(each)], gap_s=[draw(each)])


@EXAMPLES
@given(shared_lines())
def test_a_till_more_makes_nobody_start_later(written):
    """With one line, c + 1 tills and the same services nobody starts later than with c, exactly.

    Proof: a customer starts at the larger of his arrival and the smallest of the tills' free times;
    by induction each of the c smallest free times is no later with a till more (Kiefer and
    Wolfowitz 1955), and sums and maxima of floating-point numbers keep the order.
    """
    tills = len(written["server_line"])
    more = day(written["arrival_s"], [[tills + 1]], service_s=written["service_s"],
               gap_s=written["gap_s"])  # fmt: skip
    few, many = simulated(written)[3], simulated(more)[3]
    assert np.all(many.start_s <= few.start_s)


@EXAMPLES
@given(shared_lines(), st.data())
def test_a_shorter_service_makes_nobody_start_later(written, data):
    """With one line, if one service gets shorter nobody starts later: the same proof."""
    i = data.draw(st.integers(0, len(written["arrival_s"]) - 1))
    shorter = [list(written["service_s"][0])]
    shorter[0][i] *= data.draw(st.floats(0, 1))
    before, after = simulated(written)[3], simulated(written | {"service_s": shorter})[3]
    assert np.all(after.start_s <= before.start_s)


@EXAMPLES
@given(shared_lines())
def test_one_line_by_lindley(written):
    """With one line each starts when he is there and the till that is free first is free."""
    free = [0.0] * len(written["server_line"])
    log = simulated(written)[3]
    for i, arrival_s in enumerate(written["arrival_s"]):
        start = max(arrival_s, min(free))
        assert log.start_s[i] == start
        free[free.index(min(free))] = (start + written["service_s"][0][i]) + written["gap_s"][0][i]


@EXAMPLES
@given(shared_lines())
def test_nobody_waits_where_everybody_has_a_till(written):
    """With at least as many tills as customers in one line all waits are 0."""
    n = len(written["arrival_s"])
    plenty = day(
        written["arrival_s"], [[n]], service_s=written["service_s"], gap_s=written["gap_s"]
    )
    assert not simulated(plenty)[3].wait_s.any()


@EXAMPLES
@given(days)
def test_seeing_truly_is_a_factor_of_1(written):
    """Perception factors of 1 everywhere are no perception at all, bit for bit."""
    written = written | {"perception": []}
    factors = [[1.0] * len(written["arrival_s"]) for _ in written["line_lane"]]
    assert simulated(written)[2].equals(simulated(written | {"perception": factors})[2])


@EXAMPLES
@given(days, st.sampled_from([0.25, 0.5, 2.0, 8.0]))
def test_misjudging_all_lines_alike_changes_nothing(written, factor):
    """Who sees every line as twice as long chooses the same one."""
    written = written | {"perception": []}
    factors = [[factor] * len(written["arrival_s"]) for _ in written["line_lane"]]
    assert simulated(written)[2].equals(simulated(written | {"perception": factors})[2])


@EXAMPLES
@given(days)
def test_the_same_input_gives_the_same_bytes(written):
    """Nothing but the input decides: run twice, everything is the same."""
    workload, system, trace, log = simulated(written)
    _, _, trace_again, log_again = of_tables(workload, system)
    assert trace.equals(trace_again)
    assert log.equals(log_again)


@EXAMPLES
@given(days)
def test_endless_patience_is_none(written):
    """Patience longer than any wait changes nothing; nobody then gives up."""
    written = written | {"patience_s": [inf] * len(written["arrival_s"])}
    _, _, trace, log = simulated(written)
    long = written | {"patience_s": [1e12] * len(written["arrival_s"])}
    if not (log.ending == Ending.UNFINISHED).any():
        assert simulated(long)[2].equals(trace)
        assert not (trace.event == Event.RENEGE).any()


@EXAMPLES
@given(days)
def test_a_closed_lane_at_the_end_of_the_file_is_not_there(written):
    """A lane more, behind all others, that never opens, changes nothing (nor does an empty one)."""
    workload, system, trace, log = simulated(written)
    n_lanes = len(system.lanes)
    row = {name: np.vstack([getattr(system, name), getattr(system, name)[:1]]) for name in BY_LANE}
    more = replace(system, lanes=(*system.lanes, "empty"), kind=np.append(system.kind, 0),
                   mean_us=np.append(system.mean_us, 0), **row)  # fmt: skip
    assert n_lanes + 1 == len(more.lanes)
    reasons = ("server",)  # why somebody balks: a lane more may take him, were it open
    found = run(workload, more)
    assert same(found, trace, but=reasons)
    assert same(derive_log(workload, more, found), log, but=("why",))


@EXAMPLES
@given(days)
def test_waits_and_endings_hang_together(written):
    """The log's columns fit each other: ends after starts after joins, counts where they belong."""
    _, _, _, log = simulated(written)
    served, balked = log.ending == Ending.SERVED, log.ending == Ending.BALKED
    assert np.all(log.end_s[served] >= log.start_s[served])
    assert np.all(log.start_s[served] >= log.join_s[served])
    assert np.array_equal(log.wait_s[served], log.start_s[served] - log.join_s[served])
    assert np.all(np.isnan(log.wait_s[balked]))
    assert np.all(log.line[balked] == -1)
    assert np.all((log.ahead_at_join >= 0) == ~balked)
    joined = ~balked & ~np.isnan(log.wait_s)
    assert np.all(log.last_in_line_s[joined] <= log.wait_s[joined] * (1 + 1e-12) + 1e-9)
    still = log.queue_still_s[joined]
    assert np.all(still <= np.maximum(0.0, log.wait_s[joined] - 30) + 1e-9)
    at_once = joined & (log.wait_s == 0) & (log.steps == 0)
    assert not log.slips_same_line[at_once].any()
    assert not log.slips_same_line[served].any()  # within a line nobody is overtaken


def test_rules_need_a_name_that_exists():
    """An engine asked for a rule that nobody registered says which one was meant."""
    workload, system = to_tables(day([0.0], [[1]]))
    with pytest.raises(KeyError, match="did you mean 'shortest_queue'"):
        run(workload, replace(system, choice=Choice("shortest_queu")))
