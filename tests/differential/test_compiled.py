"""The compiled engine against the reference engine: every table equal, bit for bit.

The days are those on which the reference engine is compared with the oracle, by other seeds. The
compiler can be switched off (NUMBA_DISABLE_JIT=1): then the same days run as plain Python.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pprint import pformat
from random import Random
from typing import NamedTuple

import pytest

from simqueue.engine import derive_log, run
from simqueue.tables import System, Workload
from tests.differential import generate, generate_behaviour, generate_stoppages
from tests.differential.generate import Day
from tests.differential.test_oracle import bits, rows_of

FIRST = 40_000  # the oracle's days have seeds of their own
DAYS = 300
PER_TEST = 50
TRUE_FIRST, TRUE_DAYS, TRUE_PER_TEST = 50_000, 5_000, 500
OFF = os.environ.get("NUMBA_DISABLE_JIT", "0") != "0"


class Source(NamedTuple):
    """How days of one sort are made, turned into tables and made smaller."""

    make: Callable[..., Day]
    to_tables: Callable[[Day], tuple[Workload, System]]
    smaller: Callable[[Day], Iterator[Day]]


def fewer_customers(day: Day) -> Iterator[Day]:
    """The day without one customer, for each of them."""
    for i in reversed(range(len(day["arrival_s"]) if len(day["arrival_s"]) > 1 else 0)):
        yield generate.without_customer(day, i)


SMALL = Source(generate.small_day, generate.to_tables, fewer_customers)
BUSY = Source(generate_behaviour.busy_day, generate_behaviour.to_tables, generate_behaviour.smaller)
STOPPING = Source(
    generate_stoppages.stopping_day, generate_stoppages.to_tables, generate_stoppages.smaller
)
SOURCES = (SMALL, BUSY, SMALL, STOPPING)  # half of the days with what people and staff may do


def source_of(seed: int) -> Source:
    """Which sort of day a seed stands for."""
    return SOURCES[seed // 2 % len(SOURCES)]


@cache
def day_of(seed: int) -> Day:
    """The generated day of a seed; every second one is coarse, full of ties."""
    return source_of(seed).make(Random(seed), coarse=seed % 2 == 0)


def difference(day: Day, source: Source) -> str | None:
    """The first event or entry of the log about which the engines disagree, or None."""
    workload, system = source.to_tables(day)
    simpy = run(workload, system, engine="simpy")
    compiled = run(workload, system, engine="compiled")
    if simpy.equals(compiled):
        columns = derive_log(workload, system, simpy).differences(
            derive_log(workload, system, compiled)
        )
        return f"log: {columns}" if columns else None
    rows, others = rows_of(simpy), rows_of(compiled)
    for k in range(max(len(rows), len(others))):
        mine, theirs = rows[k : k + 1], others[k : k + 1]
        if mine != theirs or bits(mine[0][0]) != bits(theirs[0][0]):
            before = "\n".join(f"       both {row}" for row in rows[max(0, k - 8) : k])
            first = "\n".join(f"      simpy {row}" for row in rows[k : k + 5])
            second = "\n".join(f"   compiled {row}" for row in others[k : k + 5])
            return f"row {k} of the trace\n{before}\n{first}\n{second}"
    return "columns of another kind"


def differs(day: Day, source: Source) -> bool:
    """Whether the engines say different things, or one of them nothing at all."""
    try:
        return difference(day, source) is not None
    except Exception:  # an engine that breaks down on the day is found by making the day smaller
        return True


def shrunk(day: Day, source: Source) -> Day:
    """The day with as little in it as still makes a difference."""
    for less in source.smaller(day):
        if differs(less, source):
            return shrunk(less, source)
    return day


def check(seeds: range) -> None:
    """Fail with the first event that differs, on the smallest form of the first such day."""
    for seed in seeds:
        source = source_of(seed)
        if differs(day_of(seed), source):
            small = shrunk(day_of(seed), source)
            text = pformat(small, compact=True, width=110)
            pytest.fail(f"day of seed {seed}: {difference(small, source)}\n{text}")


@pytest.mark.parametrize("first", range(FIRST, FIRST + DAYS, PER_TEST))
def test_engines_agree(first):
    """Both engines give the same trace and log, bit for bit, whatever happens on the day."""
    check(range(first, first + PER_TEST))


@pytest.mark.truth
@pytest.mark.parametrize("first", range(TRUE_FIRST, TRUE_FIRST + TRUE_DAYS, TRUE_PER_TEST))
def test_engines_agree_on_many_days(first):
    """The same on 5,000 days."""
    check(range(first, first + TRUE_PER_TEST))


@pytest.mark.skipif(OFF, reason="this starts the run with the compiler off")
def test_engines_agree_with_the_compiler_off():
    """As plain Python the kernel gives the same bytes: nothing in it is a quirk of the compiler."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += [f"{__file__}::test_the_kernel_is_machine_code_unless_switched_off"]
    command += [f"{__file__}::test_engines_agree[{first}]" for first in (FIRST, FIRST + PER_TEST)]
    ended = subprocess.run(
        command,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert "3 passed" in ended.stdout


def test_the_kernel_is_machine_code_unless_switched_off():
    """With NUMBA_DISABLE_JIT=1 the kernel is plain Python, else it is compiled."""
    from simqueue.engine.compiled.loader import is_compiled, kernel

    kernel()
    assert is_compiled() is not OFF


# Whether the comparison can fail


@pytest.mark.parametrize("source", [SMALL, BUSY, STOPPING])
def test_a_difference_is_named_and_made_small(source, monkeypatch):
    """One service that lasts a little longer in one engine is found, on a day of few customers."""
    from simqueue.engine import compiled
    from simqueue.tables import Trace

    exact = compiled.simulate

    def last_end_later(workload: Workload, system: System) -> Trace:
        trace = exact(workload, system)
        columns = {name: values.copy() for name, values in trace.arrays().items()}
        if len(trace) and 6 in trace.event:
            columns["time_s"][trace.event == 6] += 1e-9
        return Trace(**columns)

    monkeypatch.setattr(compiled, "simulate", last_end_later)
    seed = next(
        seed
        for seed in range(FIRST, FIRST + DAYS)
        if source_of(seed) is source and differs(day_of(seed), source)
    )
    small = shrunk(day_of(seed), source)
    assert len(small["arrival_s"]) <= 2
    told = difference(small, source)
    assert told is not None
    assert "'END'" in told
    assert "   compiled (" in told
