"""CPU per customer of the compiled engine against C++ twins, bare SimPy and Ciw, on one workload.

`python benchmarks/compiled.py [customers] [rounds]`; exit code 1 when a target is missed. The slow
ones get fewer customers of the same model. Rounds are interleaved: what slows the machine down for
a while slows all of them down. The engine is measured twice: with its trace, the list of events,
which it always writes and to which the targets apply, and with the log of all customers derived
from that as well, which none of the others has.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import NamedTuple

import bare_simpy
import ciw_twin
import numpy as np
import twins
from models import AT_WORK, REFERENCE, supermarket_day

from simqueue.engine import compiled, derive_log, run
from simqueue.tables import Log, System, Workload

TWIN, TWIN_AT_WORK = 2.0, 3.0  # at most so many times the CPU of the twin
BARE, CIW = 60.0, 350.0  # at least so many times less CPU than these
DAYS = 20  # of the supermarket
MOST_BARE, MOST_CIW = 20_000, 3_000  # customers
FEWEST_ROUNDS = 3

Tables = tuple[Workload, System]
Seconds = dict[str, list[float]]  # microseconds of CPU per customer, one for each round
Simulator = Callable[[], object]


class Subject(NamedTuple):
    """A model as tables (several days, or one long one), and what it is compared with."""

    name: str
    days: list[Tables]
    few: list[Tables]  # fewer customers, for bare SimPy
    fewer: list[Tables]  # for Ciw
    twin: Callable[[Workload, System], Callable[[], object]]
    at_most: float

    @property
    def customers(self) -> int:
        """In all days."""
        return sum(len(workload) for workload, _ in self.days)


def subjects(customers: int) -> list[Subject]:
    """The reference model, the same with everything in use, and the supermarket's days."""
    plain, few, fewer = (
        [REFERENCE.tables(n)] for n in (customers, min(customers, MOST_BARE), MOST_CIW)
    )
    days = [supermarket_day(replication) for replication in range(DAYS)]
    return [
        Subject("the reference model", plain, few, fewer, twins.plain, TWIN),
        Subject("with help, jockeying, on demand", [AT_WORK.tables(customers)], [], [],
                twins.at_work, TWIN_AT_WORK),
        Subject(f"{DAYS} days in the supermarket", days, days[:4], [], twins.at_work, TWIN_AT_WORK),
    ]  # fmt: skip


def engine(tables: list[Tables]) -> list[object]:
    """The traces of the days."""
    return [run(workload, system, "compiled") for workload, system in tables]


def engine_and_log(tables: list[Tables]) -> list[Log]:
    """The logs of the days."""
    return [derive_log(w, s, run(w, s, "compiled"), compiled=True) for w, s in tables]


def simulators(subject: Subject) -> dict[str, tuple[Simulator, int]]:
    """Who simulates, in the order of every round, and how many customers."""
    twin_days = [subject.twin(*tables) for tables in subject.days]
    n = subject.customers
    found: dict[str, tuple[Simulator, int]] = {
        "engine": (lambda: engine(subject.days), n),
        "and log": (lambda: engine_and_log(subject.days), n),
        "twin": (lambda: [simulate() for simulate in twin_days], n),
    }
    for name, few, starts in (
        ("bare", subject.few, bare_simpy.starts),
        ("Ciw", subject.fewer, ciw_twin.starts),
    ):
        if few:
            count = sum(len(workload) for workload, _ in few)
            found[name] = (lambda few=few, starts=starts: [starts(*t) for t in few], count)
    return found


def check_same(subject: Subject) -> None:
    """Fail unless all start serving every customer at the same time, to the last bit."""
    for (workload, system), log in zip(subject.days, engine_and_log(subject.days), strict=True):
        theirs = subject.twin(workload, system)()
        assert np.array_equal(log.start_s, theirs, equal_nan=True), f"{subject.name}: twin"
    for few, starts in ((subject.few[:1], bare_simpy.starts), (subject.fewer, ciw_twin.starts)):
        for tables, log in zip(few, engine_and_log(few), strict=True):
            theirs = np.array(starts(*tables))
            assert np.array_equal(log.start_s, theirs, equal_nan=True), subject.name


def measure(subject: Subject, rounds: int) -> Seconds:
    """Microseconds of CPU per customer, by simulator; the rounds in turn."""
    check_same(subject)  # and warms up
    spent: Seconds = {name: [] for name in simulators(subject)}
    for _ in range(rounds):
        for name, (simulate, customers) in simulators(subject).items():
            gc.collect()
            start = process_time()
            result = simulate()
            spent[name].append((process_time() - start) * 1e6 / customers)
            del result
    return spent


def verdicts(subject: Subject, spent: Seconds) -> list[tuple[str, float, float, bool]]:
    """Each ratio: what, with the trace, with the log too, and whether that of the trace will do."""
    found = []
    for other, at_most, at_least in (
        ("twin", subject.at_most, None),
        ("bare", None, BARE),
        ("Ciw", None, CIW),
    ):
        if other not in spent:
            continue
        both = [ratio(spent, ours, other, at_least is None) for ours in ("engine", "and log")]
        if at_least is None:
            what, met = f"engine / twin, at most {at_most:g}", both[0] <= (at_most or 0)
        else:
            what, met = f"{other} / engine, at least {at_least:g}", both[0] >= at_least
        found.append((what, *both, met))
    return found


def ratio(spent: Seconds, ours: str, other: str, is_above: bool) -> float:
    """The median over the rounds of ours to the other, or the other way round."""
    pairs = zip(spent[ours], spent[other], strict=True)
    return median(a / b if is_above else b / a for a, b in pairs)


def main(customers: int = 1_000_000, rounds: int = 7) -> int:
    """Measure, print the tables; 0 when all targets are met, else 1."""
    if rounds < FEWEST_ROUNDS or not twins.can_be_built():
        print(f"needs g++, and at least {FEWEST_ROUNDS} rounds")
        return 2
    compiled.warm_up()
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    print(f"Microseconds of CPU per customer: medians of {rounds} interleaved rounds; load of the")
    print(f"machine when it began: {load}, on {os.cpu_count()} processors.\n")
    print(f"{'':32}{'customers':>11}{'engine':>9}{'and log':>9}{'twin':>9}{'bare':>9}{'Ciw':>9}")
    found = [(subject, measure(subject, rounds)) for subject in subjects(customers)]
    for subject, spent in found:
        cells = [f"{median(spent[name]):9.3f}" if name in spent else f"{'-':>9}"
                 for name in ("engine", "and log", "twin", "bare", "Ciw")]  # fmt: skip
        print(f"{subject.name:32}{subject.customers:>11,}{''.join(cells)}")
    print(f"\n{'':54}{'trace':>9}{'and log':>9}")
    all_met = True
    for subject, spent in found:
        print(subject.name)
        for what, trace, log, met in verdicts(subject, spent):
            all_met &= met
            print(f"   {what:51}{trace:9.2f}{log:9.2f}  {'met' if met else 'MISSED'}")
    print("\nAll simulate the same: every start of service agrees to the last bit.")
    return 0 if all_met else 1


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
