"""What gets better or worse for everybody when less stands still or more people help, and what not.

Laws of comparison with their proofs; where common sense is wrong, a day that shows it.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from random import Random
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simqueue.engine import derive_log, run
from simqueue.tables import Ending, Log, Stoppages, frozen
from tests.differential.generate_stoppages import stopping_day, to_tables
from tests.engine_day import broken, tables

EXAMPLES = settings(max_examples=100, deadline=None)
SELF_SERVICE = 2
seconds = st.integers(0, 12).map(float)  # whole numbers: every sum is exact


def logged(arrivals: list[float], lanes: list[list[int]], **changes: Any) -> Log:
    """The log of a plain day with these changes."""
    workload, system = tables(arrivals, lanes, **changes)
    return derive_log(workload, system, run(workload, system))


@st.composite
def one_till(draw: st.DrawFn) -> tuple[list[float], list[float], list[tuple[float, int, float]]]:
    """Arrivals, services and breakdowns at a single till; nobody gives up."""
    n = draw(st.integers(1, 15))
    arrivals = sorted(draw(st.lists(seconds, min_size=n, max_size=n)))
    services = draw(st.lists(seconds, min_size=n, max_size=n))
    moments = sorted(draw(st.lists(st.integers(0, 60).map(float), min_size=1, max_size=5)))
    return arrivals, services, [(at, 0, draw(seconds)) for at in moments]


@EXAMPLES
@given(one_till(), st.data())
def test_a_longer_repair_makes_nobody_start_earlier_at_one_till(day, data):
    """With one line and one till, exactly, if it breaks down whether somebody is there or not.

    Proof: let V(t) be the time it has worked by t. Longer repairs only take away from the moments
    at which it works, so V grows no faster anywhere. A service begins at the first moment from
    max(arrival, end of the one before) at which it works, and ends when V has grown by its length:
    both come no earlier if the one before ended no earlier. Induction over the line.
    """
    arrivals, services, rows = day
    k = data.draw(st.integers(0, len(rows) - 1))
    longer = list(rows)
    longer[k] = (*rows[k][:2], rows[k][2] + data.draw(seconds))
    before, after = (
        logged(arrivals, [[1]], service_s=[services], stoppages=broken(*each))
        for each in (rows, longer)
    )
    assert np.all(after.start_s >= before.start_s)
    assert np.all(after.end_s >= before.end_s)


@EXAMPLES
@given(one_till())
def test_without_breakdowns_nobody_starts_later_at_one_till(day):
    """The same with repairs of no time at all, which are no breakdowns."""
    arrivals, services, rows = day
    none = [(at, server, 0.0) for at, server, _ in rows]
    sound = logged(arrivals, [[1]], service_s=[services])
    short = logged(arrivals, [[1]], service_s=[services], stoppages=broken(*none))
    stopped = logged(arrivals, [[1]], service_s=[services], stoppages=broken(*rows))
    assert np.array_equal(short.start_s, sound.start_s)
    assert np.all(stopped.start_s >= sound.start_s)


def test_a_longer_repair_may_help_at_two_tills():
    """Not a law: the till that stays broken cannot be the one that takes him and breaks down.

    Somebody takes a till at 1 s and stands at it from 4 to 16 s, or takes the other one because the
    first is repaired only at 3 s; who comes at 5 s has to wait until 6 s, or not at all.
    """
    rows = [(0.0, 0, 1.0), (4.0, 1, 12.0)]
    short, long = (
        logged([1.0, 5.0], [[2]], service_s=[[5.0, 3.0]],
               stoppages=broken((0.0, 0, lasts), rows[1]))
        for lasts in (1.0, 3.0)
    )  # fmt: skip
    assert short.start_s.tolist() == [1.0, 6.0]
    assert long.start_s.tolist() == [1.0, 5.0]


def test_a_longer_repair_may_help_where_only_busy_tills_break_down():
    """Not a law: a till that stands still already cannot be struck again.

    Repaired after 2 s, the till is struck again at 4 s for 100 s; repaired after 4 s it is not.
    """
    flags = {"when_busy": True}
    short, long = (
        logged([0.0, 1.0], [[1]], service_s=[[6.0, 1.0]],
               stoppages=broken((1.0, 0, lasts), (4.0, 0, 100.0), **flags))
        for lasts in (2.0, 4.0)
    )  # fmt: skip
    assert short.start_s.tolist() == [0.0, 108.0]
    assert long.start_s.tolist() == [0.0, 10.0]


@st.composite
def machines(draw: st.DrawFn) -> dict[str, Any]:
    """A lane of machines with one line, whose customers call at the start or never."""
    n, m = draw(st.integers(1, 20)), draw(st.integers(1, 4))

    def column() -> list[float]:
        return draw(st.lists(seconds, min_size=n, max_size=n))

    calls = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    services, helps = column(), column()
    return {
        "arrivals": sorted(column()),
        "lanes": [[m]],
        "kind": [SELF_SERVICE],
        "service_s": [services],
        "before_call_s": [[0.0 if c else inf for c in calls]],
        "after_call_s": [[s if c else 0.0 for s, c in zip(services, calls, strict=True)]],
        "help_s": [[h if c else 0.0 for h, c in zip(helps, calls, strict=True)]],
    }


def attended(day: dict[str, Any], attendants: int) -> Log:
    """The day with so many attendants."""
    staff = {"attendants_s": [0.0], "attendants_pool": [0], "attendants_on": [attendants]}
    return logged(day["arrivals"], **{k: v for k, v in day.items() if k != "arrivals"}, **staff)


@EXAMPLES
@given(machines(), st.integers(1, 3))
def test_an_attendant_more_delays_nobody_who_calls_at_the_start(day, attendants):
    """With one lane of machines, one line and help at the start nobody starts or ends later.

    Proof: people start in order of the line, so they call in that order. Each starts at the larger
    of his arrival and the smallest of the machines' free times, gets help at the larger of that and
    the smallest of the attendants' free times, and ends a fixed time later. With an attendant more
    every sorted list of free times stays no later, entry by entry (Kiefer and Wolfowitz, 1955).
    """
    few, more = attended(day, attendants), attended(day, attendants + 1)
    assert np.all(more.start_s <= few.start_s)
    assert np.all(more.end_s <= few.end_s)


def test_an_attendant_more_may_delay_somebody_who_calls_later():
    """Not a law where people call in mid transaction: others come earlier, and call before him.

    Six people at three machines. With one attendant the last one is done at 32 s, the others at 42
    s at the latest; with two all is over at 34 s, but he has to wait for both at 21 s.
    """
    before = [8.0, 6.0, 6.0, 8.0, 7.0, 3.0]
    after = [2.0, 7.0, 0.0, 0.0, 0.0, 0.0]
    day = {
        "arrivals": [2.0, 3.0, 5.0, 7.0, 7.0, 8.0],
        "lanes": [[3]],
        "kind": [SELF_SERVICE],
        "service_s": [[b + a for b, a in zip(before, after, strict=True)]],
        "before_call_s": [before],
        "after_call_s": [after],
        "help_s": [[2.0, 2.0, 2.0, 2.0, 8.0, 11.0]],
    }
    assert attended(day, 1).end_s.tolist() == [15.0, 18.0, 15.0, 42.0, 40.0, 32.0]
    assert attended(day, 2).end_s.tolist() == [14.0, 18.0, 13.0, 23.0, 29.0, 34.0]


@EXAMPLES
@given(st.builds(lambda seed, coarse: stopping_day(Random(seed), coarse),
                 st.integers(0, 10**9), st.booleans()))  # fmt: skip
def test_a_pool_of_somebody_for_every_server_is_nobody_needed(written):
    """With a person for each till, machine and place, nobody waits for help: bit for bit the day on
    which calls need nobody.
    """
    workload, system = to_tables(written)
    many = system.n_servers
    system = replace(
        system,
        demand=replace(system.demand, pool=-1),
        attendants_s=frozen([0.0], "f8"),
        attendants_pool=frozen([0], "i8"),
        attendants_on=frozen([many], "i8"),
    )
    lanes = len(system.lanes)
    plenty = replace(system, lane_pool=frozen([0] * lanes, "i8"))
    nobody = replace(system, lane_pool=frozen([-1] * lanes, "i8"))
    one, other = run(workload, plenty), run(workload, nobody)
    assert one.equals(other)
    assert not derive_log(workload, plenty, one).help_wait_s.any()


@EXAMPLES
@given(st.builds(lambda seed: stopping_day(Random(seed), coarse=False), st.integers(0, 10**9)))
def test_a_stoppage_after_everybody_has_left_changes_nothing(written):
    """Breakdowns after the last row of the trace leave all rows and the whole log as they were."""
    workload, system = to_tables(written)
    trace = run(workload, system)
    log = derive_log(workload, system, trace)
    assume(not (log.ending == Ending.UNFINISHED).any())  # who stands on may walk to another line
    late = float(trace.time_s[-1]) + 1.0
    s = system.stoppages
    n = system.n_servers
    columns = {
        "at_s": np.append(s.at_s, [late] * n),
        "server": np.append(s.server, range(n)),
        "lasts_s": np.append(s.lasts_s, [5.0] * n),
    }
    flags = {
        name: np.append(getattr(s, name), [False] * n)
        for name in ("when_busy", "sends_on", "explained")
    }
    system = replace(system, stoppages=Stoppages(**columns, **flags))
    longer = run(workload, system)
    known = len(trace)
    for name, column in trace.arrays().items():
        assert column.tobytes() == longer.arrays()[name][:known].tobytes()
    assert len(longer) == known + 2 * n
    found = derive_log(workload, system, longer)
    done = ~np.isnan(log.end_s)
    for name, values in log.arrays().items():
        assert values[done].tobytes() == found.arrays()[name][done].tobytes(), name
