"""The self-audit: it passes whatever happens on a day, and fails when the day is tampered with."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from simqueue.engine import derive_log, run
from simqueue.engine.reference.customers import Customers
from simqueue.engine.reference.lines import Line
from simqueue.engine.reference.servers import Server
from simqueue.study.audit import Audit, audit_day
from simqueue.tables import Ending, Event, Log, System, Trace, Workload
from tests.differential.generate import small_day, to_tables
from tests.plain_day import day

DAYS = 1_000
CONSERVED = "arrivals = served + balked + reneged + still inside"
LITTLE = "Little's law: queue x time = sum of waits"
ONE = "no server serves two"
IDLE = "no open server idle beside its own line"
FELT = "felt parts add up"

Tables = tuple[Workload, System, Trace, Log]


def simulated(written: dict[str, Any]) -> Tables:
    """The tables of a day in the oracle's form."""
    workload, system = to_tables(written)
    trace = run(workload, system)
    return workload, system, trace, derive_log(workload, system, trace)


def audited(
    system: System, trace: Trace, log: Log, felt: Any = 0.0, parts: Any = 0.0
) -> tuple[str, ...]:
    """The laws that do not hold, without the day's number."""
    found = audit_day(3, trace, log, np.full(len(log), felt), np.full(len(log), parts))
    assert found.days == 1
    assert all(failure.startswith("day 3: ") for failure in found.failures)
    return tuple(failure.removeprefix("day 3: ") for failure in found.failures)


def changed(trace: Trace, rows: Any, **values: Any) -> Trace:
    """The trace with other values in some rows."""
    columns = {name: column.copy() for name, column in trace.arrays().items()}
    for name, value in values.items():
        columns[name][rows] = value
    return Trace(**columns)


def without(trace: Trace, rows: Any) -> Trace:
    """The trace without some rows."""
    keep = np.ones(len(trace), bool)
    keep[rows] = False
    return Trace(**{name: column[keep] for name, column in trace.arrays().items()})


def twice(trace: Trace, row: int) -> Trace:
    """The trace with one row written twice."""
    order = np.insert(np.arange(len(trace)), row, row)
    return Trace(**{name: column[order] for name, column in trace.arrays().items()})


@pytest.fixture(scope="module")
def plain() -> Tables:
    """Four customers of 10 s each come at 0 to 3 s, one of whom gives up, and one at 100 s."""
    return simulated(day([0.0, 1.0, 2.0, 3.0, 100.0], [[1]],
                         patience_s=[np.inf, np.inf, 4.0, np.inf, np.inf]))  # fmt: skip


def row_of(trace: Trace, event: Event, customer: int) -> int:
    """Where an event of a customer stands."""
    (found,) = np.flatnonzero((trace.event == event) & (trace.customer == customer))
    return int(found)


@pytest.mark.parametrize("coarse", [True, False])
def test_every_generated_day_passes(coarse):
    """Closing tills, full lines, help, impatience, many things at once: every law holds."""
    for seed in range(DAYS):
        _, system, trace, log = simulated(small_day(Random(seed), coarse))
        assert audited(system, trace, log) == (), seed


def test_customers_who_never_get_out_pass_too():
    """Customers stuck at machines, and those behind them, are still inside: accounted for."""
    inside = 0
    for seed in range(200):
        written = small_day(Random(seed), True)
        written |= {"attendants_s": [0.0], "attendants_pool": [0], "attendants_on": [0]}
        _, system, trace, log = simulated(written)
        assert audited(system, trace, log) == (), seed
        inside += int(np.sum(log.ending == Ending.UNFINISHED))
    assert inside > 100


def test_a_day_without_customers_passes():
    """Nobody came, nothing happened, all laws hold."""
    workload, system = to_tables(day([0.0], [[1]]))
    nothing = Trace(*([] for _ in range(5)))
    nobody = Workload(*([] for _ in Workload.columns()))
    assert (
        audited(
            system, nothing, derive_log(nobody, replace(system, may_use=np.ones((1, 0))), nothing)
        )
        == ()
    )
    assert len(workload) == 1


def test_the_plain_day_passes(plain):
    """The control: what the tests below break is whole."""
    _, system, trace, log = plain
    assert audited(system, trace, log) == ()


@pytest.mark.parametrize("event", [Event.END, Event.RENEGE])
def test_a_customer_whose_end_is_missing(plain, event):
    """Somebody who left without a row of the trace is missed, though the log has him."""
    _, system, trace, log = plain
    row = int(np.flatnonzero(trace.event == event)[0])
    assert CONSERVED in audited(system, without(trace, row), log)


def test_a_customer_of_whom_there_is_no_trace(plain):
    """Somebody who never appears in the trace is missed, whatever the log makes of it."""
    workload, system, trace, log = plain
    lost = without(trace, np.flatnonzero(trace.customer == 4))
    assert CONSERVED in audited(system, lost, log)
    assert CONSERVED in audited(system, lost, derive_log(workload, system, lost))


def test_a_customer_missing_from_the_log(plain):
    """A log with a row too few does not match the trace."""
    _, system, trace, log = plain
    short = Log(**{name: column[:-1] for name, column in log.arrays().items()})
    assert CONSERVED in audited(system, trace, short)


def test_an_ending_that_is_not_true(plain):
    """Somebody who paid is not to be counted as having given up."""
    _, system, trace, log = plain
    ending = log.ending.copy()
    ending[0] = Ending.RENEGED
    assert audited(system, trace, replace(log, ending=ending)) == (CONSERVED,)


@pytest.mark.parametrize("event", [Event.END, Event.RENEGE, Event.JOIN])
def test_a_customer_who_does_it_twice(plain, event):
    """Somebody who leaves or joins twice is counted twice by the trace and once by the log."""
    _, system, trace, log = plain
    broken = twice(trace, int(np.flatnonzero(trace.event == event)[0]))
    assert CONSERVED in audited(system, broken, log)


@pytest.mark.parametrize("event", [Event.START, Event.FREE])
def test_a_server_with_two_customers_or_none(plain, event):
    """Two starts in a row, or two ends of occupation, cannot be at one server."""
    _, system, trace, log = plain
    rows = np.flatnonzero(trace.event == event)
    for row in rows:
        assert ONE in audited(system, twice(trace, int(row)), log)
        if event == Event.START or row != rows[-1]:  # a last customer may stay for ever
            assert ONE in audited(system, without(trace, [int(row)]), log)


def test_a_customer_taken_before_the_one_before_has_gone(plain):
    """A start moved in front of the end of occupation before it: two at once."""
    workload, system, trace, _ = plain
    order = np.arange(len(trace))
    free, start = row_of(trace, Event.FREE, 0), row_of(trace, Event.START, 1)
    order[[free, start]] = order[[start, free]]
    broken = Trace(**{name: column[order] for name, column in trace.arrays().items()})
    assert audited(system, broken, derive_log(workload, system, broken)) == (ONE,)


def test_a_till_that_dawdles(plain):
    """The next one in line called 5 s after the till became free: it stood idle beside him."""
    workload, system, trace, _ = plain
    late = row_of(trace, Event.START, 1)
    rows = np.flatnonzero((trace.customer == 1) & (np.arange(len(trace)) >= late))
    times = trace.time_s[rows] + 5
    broken = changed(trace, rows, time_s=times)
    order = np.argsort(broken.time_s, kind="stable")
    broken = Trace(**{name: column[order] for name, column in broken.arrays().items()})
    assert IDLE in audited(system, broken, derive_log(workload, system, broken))


def test_a_till_that_opens_beside_a_line_and_waits():
    """A second till of a shared line opens while somebody waits, and does not take him."""
    written = day(
        [0.0, 1.0, 2.0], [[2]], roster_s=[0.0, 5.0], roster_lane=[0, 0], roster_open=[1, 2]
    )
    workload, system, trace, _ = simulated(written)
    start = row_of(trace, Event.START, 1)
    broken = changed(trace, start, time_s=6.0)
    assert audited(system, broken, derive_log(workload, system, broken)) == (IDLE,)


@pytest.mark.parametrize("event", [Event.JOIN, Event.START, Event.RENEGE])
def test_a_time_that_the_log_does_not_know(plain, event):
    """A moment other than in the log: the area of the queue is not the sum of waits."""
    _, system, trace, log = plain
    row = int(np.flatnonzero(trace.event == event)[-1])
    broken = changed(trace, row, time_s=trace.time_s[row] + 0.01)
    assert LITTLE in audited(system, broken, log)


@pytest.mark.parametrize("by", [-1e-3, 1e-3])
def test_a_wait_that_is_not_true(plain, by):
    """A wait that is a millisecond too long or too short in the log is seen."""
    _, system, trace, log = plain
    wait_s = log.wait_s.copy()
    wait_s[1] += by
    assert audited(system, trace, replace(log, wait_s=wait_s)) == (LITTLE,)


@pytest.mark.parametrize(
    ("felt", "parts", "failures"),
    [(100.0, 100.0, ()), (100.0, 100.001, (FELT,)), (np.nan, np.nan, ()), (np.nan, 1.0, (FELT,)),
     (0.0, 1e-9, ()), (0.0, 1e-3, (FELT,))],
)  # fmt: skip
def test_felt_parts(plain, felt, parts, failures):
    """Parts that do not add up are seen, those that differ by a rounding are not."""
    _, system, trace, log = plain
    assert audited(system, trace, log, felt, parts) == failures


def leave_the_line_alone(self: Server) -> None:
    """A server that does not look at its line when it becomes free."""


def forget_to_say_so(self: Customers, i: int) -> None:
    """A customer who gives up without being noted."""
    line = self.line_of[i]
    if i in line.waiting:
        line.waiting.remove(i)


def let_every_other_one_in(self: Customers, i: int, line: Line) -> None:
    """A door that loses every other customer."""
    if i % 2 == 0:
        return JOIN(self, i, line)
    return None


def pay_twice(self: Server, i: int) -> None:
    """A start that is noted together with an end too many."""
    self.day.note(Event.END, i, self.line.number, self.number)
    START(self, i)


JOIN, START = Customers.join, Server.start


@pytest.mark.parametrize(
    ("owner", "method", "wrong", "law"),
    [
        (Server, "next_customer", leave_the_line_alone, IDLE),
        (Customers, "give_up", forget_to_say_so, IDLE),  # he waits for ever beside an idle till
        (Customers, "join", let_every_other_one_in, CONSERVED),
        (Server, "start", pay_twice, CONSERVED),
    ],
)
def test_a_broken_engine_is_found_out(monkeypatch, plain, owner, method, wrong, law):
    """With one method of the engine broken the audit fails, by the law that is violated."""
    monkeypatch.setattr(owner, method, wrong)
    workload, system, _, _ = plain
    trace = run(workload, system)
    assert law in audited(system, trace, derive_log(workload, system, trace))


def test_audits_add_up():
    """Over days the failures are collected; one line says what is wrong, at most three of it."""
    good, bad = Audit(1), Audit(1, ("day 1: x",))
    assert (good + good).ok
    assert (good + good).days == 2
    assert (good + good).line() == "audit ok"
    both = good + bad
    assert not both.ok
    assert (both.days, both.failures) == (2, ("day 1: x",))
    assert "day 1: x" in both.line()
    many = Audit(9, tuple(f"day {k}: x" for k in range(9)))
    assert many.line().count("day") == 3
