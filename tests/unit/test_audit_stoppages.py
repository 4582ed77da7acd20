"""The self-audit on days when things stand still: it passes them, and finds what does not fit."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from simqueue.engine import derive_log, run
from simqueue.study.audit import audit_day
from simqueue.tables import Ending, Event, Log, System, Trace, Workload
from tests.differential.generate_stoppages import stopping_day, to_tables
from tests.engine_day import FAILED, broken, tables, visits, without_cards

CONSERVED = "arrivals = served + balked + reneged + still inside"
LITTLE = "Little's law: queue x time = sum of waits"
ONE = "no server serves two"
IDLE = "no open server idle beside its own line"
DAYS = 200

Tables = tuple[Workload, System, Trace, Log]


def simulated(workload: Workload, system: System) -> Tables:
    """What the engine makes of a day."""
    trace = run(workload, system)
    return workload, system, trace, derive_log(workload, system, trace)


def audited(system: System, trace: Trace, log: Log) -> tuple[str, ...]:
    """The laws that do not hold."""
    nothing = np.zeros(len(log))
    failures = audit_day(0, trace, log, nothing, nothing).failures
    return tuple(failure.removeprefix("day 0: ") for failure in failures)


def without(trace: Trace, *events: Event) -> Trace:
    """The trace without the rows of some events."""
    keep = ~np.isin(trace.event, events)
    return Trace(**{name: column[keep] for name, column in trace.arrays().items()})


@pytest.fixture(scope="module")
def endings() -> Tables:
    """One is sent on, a transaction fails and is made good, one leaves for want of cash."""
    return simulated(
        *tables(
            [0.0, 1.0, 2.0, 30.0, 0.0],
            [[1, 1]],
            stoppages=broken((3.0, 0, 20.0), sends_on=True),
            fails=[[False, True, False, False, False]],
            no_cards=without_cards((35.0, 10.0), leaves=True),
            needs_card=[False, False, False, True, False],
            visits=visits(*[(-1, 0.0, 0)] * 4, (1, 60.0, FAILED)),
        )
    )


def idle_while_stopped() -> Tables:
    """The till is stopped before anybody comes; who comes at 2 waits beside it until 9."""
    return simulated(*tables([2.0], [[1]], stoppages=broken((1.0, 0, 3.0), (3.0, 0, 6.0))))


def test_every_generated_day_passes():
    """Stoppages, visits, failures, pools and cards at once: every law holds."""
    for seed in range(DAYS):
        day = stopping_day(Random(seed), coarse=seed % 2 == 0)
        _, system, trace, log = simulated(*to_tables(day))
        assert audited(system, trace, log) == (), seed


def test_a_stopped_till_may_be_idle_beside_its_line():
    """From 2 to 9 a stoppage is going on, be it the first or the second."""
    _, system, trace, log = idle_while_stopped()
    assert audited(system, trace, log) == ()


@pytest.mark.parametrize("number", [0, 1])
def test_a_till_that_works_may_not(number):
    """Without one of the two stoppages the till is idle beside its line for a while."""
    _, system, trace, log = idle_while_stopped()
    keep = ~(np.isin(trace.event, (Event.BROKE, Event.REPAIRED)) & (trace.customer == number))
    less = Trace(**{name: column[keep] for name, column in trace.arrays().items()})
    assert audited(system, less, log) == (IDLE,)


def test_the_day_that_is_tampered_with_is_whole(endings):
    """The control for the tests below."""
    _, system, trace, log = endings
    assert audited(system, trace, log) == ()
    assert {Event.SENT_ON, Event.FAILED, Event.LEFT} <= set(trace.event.tolist())


@pytest.mark.parametrize("event", [Event.SENT_ON, Event.FAILED, Event.LEFT])
def test_an_ending_of_a_service_that_is_missing(endings, event):
    """A service that ends neither with payment nor otherwise is missed by two laws."""
    _, system, trace, log = endings
    assert {CONSERVED, ONE} <= set(audited(system, without(trace, event), log))


def test_a_visit_that_was_never_made_must_not_be_traced(endings):
    """The last visit was made; a log that denies it does not match the trace."""
    _, system, trace, log = endings
    ending: Any = log.ending.copy()
    ending[4] = Ending.NOT_COME
    assert CONSERVED in audited(system, trace, replace(log, ending=ending))


def test_who_was_sent_on_has_waited_until_his_last_start(endings):
    """A wait until the first start, which he was sent on from, is too short by Little's law."""
    _, system, trace, log = endings
    wait_s = log.wait_s.copy()
    assert wait_s[0] == 11.0  # joined at 0, sent on at 3, at the other till from 11
    wait_s[0] = 0.0
    assert audited(system, trace, replace(log, wait_s=wait_s)) == (LITTLE,)
