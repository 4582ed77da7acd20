"""One in front: the measure of a day against standing there and counting."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from simqueue.engine import run
from simqueue.study.replay import replay
from simqueue.tables import Event, System, Trace
from tests.differential import generate_stoppages
from tests.differential.generate import small_day, to_tables
from tests.differential.generate_stoppages import stopping_day
from tests.engine_day import broken, tables
from tests.plain_day import SELF_SERVICE, STAFFED, day

DAYS = 500


def counted(trace: Trace, system: System, n: int) -> list[bool]:
    """Walk through the trace with a list of people per line and look around at every arrival."""
    waiting: list[list[int]] = [[] for _ in range(system.n_lines)]
    served: list[list[int]] = [[] for _ in range(system.n_lines)]
    taking: list[set[int]] = [set() for _ in range(system.n_lines)]
    broken: list[int] = []  # servers, as often as they have stoppages going on
    found: dict[int, bool] = {}
    for _, event, i, line, server in zip(
        *(c.tolist() for c in trace.arrays().values()), strict=True
    ):
        if event in (Event.JOIN, Event.BALK) and i not in found:
            eligible = [
                k
                for k in range(system.n_lines)
                if system.may_use[system.line_lane[k], i]
                and taking[k]
                and len(waiting[k]) + len(served[k]) < system.line_capacity[k]
            ]
            working = [k for k in eligible if taking[k] - set(broken)]
            found[i] = any(len(waiting[k]) <= 1 for k in working or eligible)
        if event == Event.JOIN:
            waiting[line].append(i)
        elif event == Event.START:
            waiting[line].remove(i)
            served[line].append(i)
        elif event in (Event.RENEGE, Event.LEAVE) and line >= 0:
            waiting[line].remove(i)
        elif event in (Event.END, Event.FAILED, Event.LEFT, Event.SENT_ON):
            served[line].remove(i)
        elif event == Event.OPEN:
            taking[line].add(server)
        elif event in (Event.CLOSING, Event.CLOSED):
            taking[line].discard(server)
        elif event == Event.BROKE:
            broken.append(server)
        elif event == Event.REPAIRED:
            broken.remove(server)
    return [found.get(i, False) for i in range(n)]


def one_in_front(trace: Trace, system: System) -> list[bool]:
    """The measure for each visit."""
    found = replay(trace, system).one_in_front
    assert found is not None
    return found.tolist()


@pytest.mark.parametrize("coarse", [True, False])
def test_the_measure_is_what_everybody_saw(coarse):
    """On generated days with closing tills, limits and full lines it agrees with counting."""
    yes = no = 0
    for seed in range(DAYS):
        workload, system = to_tables(small_day(Random(seed), coarse))
        trace = run(workload, system)
        found = one_in_front(trace, system)
        assert found == counted(trace, system, len(workload)), seed
        yes, no = yes + sum(found), no + len(found) - sum(found)
    assert min(yes, no) > DAYS  # both answers were put to the test


@pytest.mark.parametrize("coarse", [True, False])
def test_the_measure_when_things_stand_still_and_people_come_again(coarse):
    """The same on days with breakdowns, stations, walks between lines and several visits."""
    yes = no = 0
    for seed in range(DAYS // 2):
        workload, system = generate_stoppages.to_tables(stopping_day(Random(seed), coarse))
        trace = run(workload, system)
        found = one_in_front(trace, system)
        assert found == counted(trace, system, len(workload)), seed
        yes, no = yes + sum(found), no + len(found) - sum(found)
    assert min(yes, no) > DAYS


def test_a_line_that_stands_still_is_no_line_while_another_works():
    """The empty till is broken: who comes sees two waiting at the other. Both broken: it counts."""
    crowd = {"may_use": [[True, True, True, True], [False, False, False, True]]}
    opened = {"kind": [STAFFED, STAFFED]}
    arrivals = [0.0, 1.0, 2.0, 3.0]
    one, both = broken((0.0, 1, 9.0)), broken((0.0, 1, 9.0), (2.0, 0, 9.0))
    for stoppages, sees in ((None, True), (one, False), (both, True)):
        workload, system = tables(arrivals, [[1], [1]], **crowd, **opened)
        if stoppages is not None:
            system = replace(system, stoppages=stoppages)
        assert one_in_front(run(workload, system), system) == [True, True, True, sees]


def saw(arrivals: list[float], lanes: list[list[int]], **changes: Any) -> list[bool]:
    """The measure for a plain day in which everybody takes 10 s."""
    workload, system = to_tables(day(arrivals, lanes, **changes))
    return one_in_front(run(workload, system), system)


def test_one_till():
    """One is served and one waits: still one in front. With two waiting no longer."""
    assert saw([0, 1, 2, 3, 4, 25], [[1]]) == [True, True, True, False, False, False]
    assert saw([0, 1, 2, 3, 4, 35], [[1]]) == [True, True, True, False, False, True]


def test_a_line_elsewhere_helps_only_those_who_may_use_it():
    """At a free machine everybody who may use it has nobody in front, others stand behind two."""
    may = [[True] * 3 + [True, True], [False] * 3 + [True, False]]
    kind = [STAFFED, SELF_SERVICE]
    assert saw([0, 1, 2, 3, 4], [[1], [1]], may_use=may, kind=kind) == [True] * 4 + [False]


def test_a_full_line_is_no_line():
    """A line that takes one person only is no choice while he is served."""
    assert saw([0, 5, 15], [[1]], line_capacity=[1]) == [True, False, True]


def test_a_closed_till_is_no_till():
    """Before opening there is nothing to stand at; a till serving its line out takes nobody."""
    roster = {"roster_s": [2.0, 20.0], "roster_lane": [0, 0], "roster_open": [1, 0]}
    assert saw([1.0, 3.0, 12.0, 21.0, 22.0], [[1]], **roster) == [False, True, True, False, False]


def test_a_day_without_customers():
    """Nobody came: nobody saw anything."""
    workload, system = to_tables(day([0.0], [[1]]))
    empty = Trace(*([] for _ in range(5)))
    assert len(workload) == 1
    assert one_in_front(empty, system) == [False]
