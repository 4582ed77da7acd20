"""Traces that no engine writes: told alike in both ways, or refused; machine code stays inside.

What such a trace means nobody can say, so the truth is that plain Python and machine code agree,
and that a number without an entry is named.
"""

from __future__ import annotations

import os
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from simqueue.engine import derive_log, run
from simqueue.engine.log import slips
from simqueue.engine.two_ways import Compiled, InPython
from simqueue.study.replay import lived, replay
from simqueue.tables import Event, Log, System, Trace, Visits, Workload
from tests.differential import generate, generate_behaviour, generate_stoppages
from tests.engine_day import broken, tables

pytestmark = pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="the compiler is off"
)
Row = tuple[float, Event, int, int, int]
ARRIVALS = [0.0, 1.0, 2.0]
SOURCES = (
    (generate.small_day, generate.to_tables),
    (generate_behaviour.busy_day, generate_behaviour.to_tables),
    (generate_stoppages.stopping_day, generate_stoppages.to_tables),
)


def trace_of(*rows: Row) -> Trace:
    """The rows as a table."""
    return Trace(*(np.array(column) for column in zip(*rows, strict=True)))


def told_alike(workload: Workload, system: System, trace: Trace) -> Log:
    """The log, if both ways tell the same."""
    log = derive_log(workload, system, trace)
    assert derive_log(workload, system, trace, compiled=True).differences(log) == {}
    return log


def shop_that_stops() -> tuple[Workload, System]:
    """Three customers, a till that breaks down and another one."""
    return tables(ARRIVALS, [[1, 1]], stoppages=broken((0.0, 0, 5.0)))


def test_who_joins_a_line_that_counts_fewer_than_none():
    """Services end that never began; whoever joins there a hundred times came once."""
    rows = [(0.0, Event.END, 0, 0, 0)] * 200 + [(1.0, Event.JOIN, 1, 0, -1)] * 100
    log = told_alike(*tables(ARRIVALS, [[1]]), trace_of(*rows))
    assert log.join_s[1] == 1.0


def test_a_service_without_a_line():
    """Who is served without having joined has overtaken nobody, and stands beside nobody."""
    rows = [(0.0, Event.BROKE, 0, 0, 0), (1.0, Event.JOIN, 2, 0, -1), (2.0, Event.START, 1, 0, 1)]
    log = told_alike(*shop_that_stops(), trace_of(*rows))
    assert not np.any(log.slips_same_line)


def test_who_joins_a_line_twice_stands_in_it_once():
    """A stoppage comes to the end of a line in which somebody has been noted twice."""
    rows = [(0.0, Event.OPEN, -1, 0, 0), (1.0, Event.JOIN, 1, 0, -1), (1.5, Event.JOIN, 1, 0, -1)]
    rows += [(2.0, Event.BROKE, 0, 0, 0), (7.0, Event.REPAIRED, 0, 0, 0)]
    log = told_alike(*shop_that_stops(), trace_of(*rows))
    assert log.stoppage_in_queue_s.tolist() == [0.0, 5.0, 0.0]


def test_a_second_call_where_nobody_calls_twice():
    """There is no time for a second call: it is told as the first one."""
    workload, system = tables(ARRIVALS, [[1]], kind=[2])
    assert not system.again_help_s.size
    rows = [(0.0, Event.JOIN, 0, 0, -1), (0.0, Event.START, 0, 0, 0)]
    rows += [(1.0, Event.CALL, 0, 0, 0), (1.0, Event.CALL, 0, 0, 0), (1.0, Event.HELP, 0, 0, 0)]
    rows += [(9.0, Event.END, 0, 0, 0)]
    told_alike(workload, system, trace_of(*rows))


def test_rows_about_nobody_and_nowhere():
    """-1 where there must be a customer, a line or a server, for every event."""
    workload, system = shop_that_stops()
    begin: list[Row] = [(0.0, Event.OPEN, -1, 0, 0), (0.0, Event.JOIN, 0, 0, -1)]
    for event in Event:
        if event == Event.NO_CARDS:  # there are no such times on this day
            continue
        for who in ((-1, 0, 0), (0, -1, 0), (0, 0, -1), (-1, -1, -1)):
            if event in (Event.BROKE, Event.REPAIRED) and who[0] < 0:  # which stoppage
                continue
            if event == Event.BALK and who[2] < 0:  # which reason
                continue
            trace = trace_of(*begin, (3.0, event, *who), (4.0, Event.START, 0, 0, 1))
            told_alike(workload, system, trace)
            *laws, seen = replay(trace, system)
            *same_laws, same = replay(trace, system, compiled=True)
            assert (same_laws, same.tolist()) == (laws, seen.tolist()), (event, who)


def scrambled(rng: Random, trace: Trace, n: int, system: System) -> Trace:
    """The trace with rows left out, doubled or out of order, and numbers exchanged."""
    rows = [rng.randrange(len(trace)) for _ in range(2 * len(trace))]
    columns = {name: column[rows] for name, column in trace.arrays().items()}
    limits = {"customer": n, "line": system.n_lines, "server": system.n_servers}
    for name, most in limits.items():
        for k in range(0, len(rows), 7):
            columns[name][k] = rng.randrange(-1, most)
    return Trace(**columns)


def outcome(workload: Workload, system: System, trace: Trace, compiled: bool) -> bytes | str:
    """The log as bytes, or what is said against the trace."""
    try:
        log = derive_log(workload, system, trace, compiled=compiled)
    except ValueError as error:
        return str(error)
    return b"".join(column.tobytes() for column in log.arrays().values())


@pytest.mark.parametrize(("make", "to_tables"), SOURCES, ids=["small", "busy", "stopping"])
def test_any_rows_in_any_order(make, to_tables, monkeypatch):
    """Whatever the rows of a day are turned into, both ways say the same of it."""
    monkeypatch.setattr(slips, "MOST_LOOKED_AT", {InPython: 10**6, Compiled: 10**6})
    told = 0
    for seed in range(40):
        rng = Random(seed)
        workload, system = to_tables(make(rng, coarse=seed % 2 == 0))
        trace = scrambled(rng, run(workload, system), len(workload), system)
        plain = outcome(workload, system, trace, compiled=False)
        assert outcome(workload, system, trace, compiled=True) == plain, seed
        told += isinstance(plain, bytes)
        *laws, seen = replay(trace, system)
        *same_laws, same = replay(trace, system, compiled=True)
        assert (same_laws, same.tolist()) == (laws, seen.tolist()), seed
        lines = [lived(trace, system, (2.0, 20.0), compiled=way).lengths for way in (False, True)]
        assert lines[0].highest.tolist() == lines[1].highest.tolist(), seed
        assert lines[0].usual.tolist() == lines[1].usual.tolist(), seed
    assert told > 0


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("number", [-1, 1, 10**6])
def test_a_stoppage_that_there_is_not_is_refused(number, compiled):
    """The number of a stoppage is an index as well."""
    workload, system = shop_that_stops()
    trace = trace_of((0.0, Event.OPEN, -1, 0, 0), (1.0, Event.BROKE, number, 0, 0))
    with pytest.raises(ValueError, match="row 1"):
        derive_log(workload, system, trace, compiled=compiled)


@pytest.mark.parametrize("compiled", [False, True])
def test_more_times_without_cards_than_there_are_is_refused(compiled):
    """Each begins one that is known in advance; here there is none."""
    trace = trace_of((0.0, Event.OPEN, -1, 0, 0), (1.0, Event.NO_CARDS, -1, -1, -1))
    with pytest.raises(ValueError, match="row 1"):
        derive_log(*shop_that_stops(), trace, compiled=compiled)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("event", [-1, len(Event), 100])
def test_an_event_that_there_is_not_is_refused(event, compiled):
    """Codes are from 0 to the last one."""
    trace = trace_of((0.0, event, 0, 0, 0))
    with pytest.raises(ValueError, match="event"):
        derive_log(*tables(ARRIVALS, [[1]]), trace, compiled=compiled)
    with pytest.raises(ValueError, match="event"):
        replay(trace, compiled=compiled)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("column", ["customer", "line", "server"])
def test_numbers_below_nobody_are_refused(column, compiled):
    """There is an entry for -1, in front of the first, but none before it."""
    trace = run(*tables(ARRIVALS, [[1]]))
    values = trace.arrays()[column].copy()
    values[-1] = -100_000
    wrong = Trace(**{**trace.arrays(), column: values})
    with pytest.raises(ValueError, match=rf"trace\.{column}: .*-100000\)"):
        replay(wrong, compiled=compiled)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("lanes", [[[1]], [[1] * 300]])
@pytest.mark.parametrize("reason", [-200, 128, 256])
def test_a_reason_that_there_is_not_is_refused(reason, lanes, compiled):
    """Why somebody turns away is kept in one byte, however many servers there are."""
    trace = trace_of((0.0, Event.BALK, 0, -1, reason))
    with pytest.raises(ValueError, match=r"trace\.server"):
        derive_log(*tables(ARRIVALS, lanes), trace, compiled=compiled)


@pytest.mark.parametrize("compiled", [False, True])
def test_the_system_of_a_smaller_day_is_refused(compiled):
    """The times of its lanes have no entries for those who come later."""
    workload, system = tables(ARRIVALS, [[1]])
    trace = run(workload, system)
    _, smaller = tables(ARRIVALS[:1], [[1]])
    with pytest.raises(ValueError, match=r"system\.service_s"):
        derive_log(workload, smaller, trace, compiled=compiled)
    for name, wrong in (("line_lane", [5]), ("server_line", [-1]), ("server_pace", [])):
        other = replace(system, **{name: np.array(wrong, getattr(system, name).dtype)})
        with pytest.raises(ValueError, match=rf"system\.{name}"):
            derive_log(workload, other, trace, compiled=compiled)
        with pytest.raises(ValueError, match=rf"system\.{name}"):
            replay(trace, other, compiled=compiled)


@pytest.mark.parametrize("compiled", [False, True])
def test_visits_at_no_stop_are_refused(compiled):
    """Those who wait are chained stop by stop."""
    workload, system = tables(ARRIVALS, [[1]])
    visits = Visits([0, 1, 2], [0, -5, 0], [-1] * 3, [0.0] * 3, [0] * 3)
    trace = run(workload, system)
    with pytest.raises(ValueError, match=r"workload\.visits\.stop\[1\]"):
        derive_log(replace(workload, visits=visits), system, trace, compiled=compiled)
