"""CPU of the whole pipeline per customer: drawing, engine, log, felt waits, satisfaction, measures.

`python benchmarks/pipeline.py [days] [--long]`: stages, customers of `days` days (before and after)
against ten times as many, memory, and two processes against one. With `--long` 100 thousand
customers against 10 million. Exit code 1 when a target is missed.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from simqueue import load
from simqueue.engine import run as run_engine
from simqueue.scenario import Scenario
from simqueue.study.day import drawn, judged, prepared
from simqueue.study.run import MOST_RECORDS, Collected, Days, run
from simqueue.study.workers import cores, in_order

SCENARIO = Path(__file__).parents[1] / "scenarios" / "supermarket.yaml"
ENGINE = "compiled"
MUST_US, GOAL_US = 2.0, 1.0  # CPU per customer
MOST_LONGER = 1.10  # time per customer at many days over that at few
LEAST_WORKERS = 1.7  # times as fast with two processes
LONG_RUN = 3000  # days: a process needs a second to begin, which short runs do not earn back
ROUNDS = 5  # of one process and two in turn; of few days before and after many
STAGES = ("draw", "compile", "engine", "log and feelings", "measures")


def stages(scenario: Scenario, days: int) -> dict[str, list[float]]:
    """Microseconds of CPU per customer by stage, one number for each day."""
    each = Days(scenario, ENGINE, keep=0)
    spent: dict[str, list[float]] = {name: [] for name in STAGES}
    for day in range(days):
        moments = [process_time()]

        def took(moments: list[float] = moments) -> None:
            moments.append(process_time())

        people = drawn(scenario, day)
        took()
        workload, system = prepared(scenario, day, people)
        took()
        trace = run_engine(workload, system, ENGINE)
        took()
        lived = judged(scenario, day, workload, system, trace, compiled=True)
        took()
        each.kept(lived)
        took()
        for name, start, end in zip(STAGES, moments, moments[1:], strict=False):
            spent[name].append((end - start) * 1e6 / len(people))
    return spent


def whole(scenario: Scenario, days: int) -> tuple[float, int]:
    """Microseconds of CPU per customer of that many days gathered in one study; customers."""
    collected = Collected(scenario, ENGINE, keep=0)
    gc.collect()
    start = process_time()
    for found in in_order(collected.each, range(days), 1):
        collected.add(found)
    return (process_time() - start) * 1e6 / collected.customers, collected.customers


def kept_per_day(scenario: Scenario, days: int) -> float:
    """Bytes that a study grows by with each further day, once it keeps no more days whole.

    Tables of every day grow by doubling: over as many days again one of them is sure to.
    """
    one = Days(scenario, ENGINE, keep=0)(0)
    collected = Collected(scenario, ENGINE, keep=0)
    for _ in range(5 * MOST_RECORDS):
        collected.add(one)
    tracemalloc.start()
    for _ in range(days):
        collected.add(one)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return grown / days


def shared(scenario: Scenario, days: int, rounds: int) -> list[float]:
    """How many times as fast two processes are as one, by the clock, in turns."""
    found = []
    for _ in range(rounds):
        took = []
        for workers in (1, 2):
            start = perf_counter()
            run(scenario, days, keep=0, engine=ENGINE, workers=workers)
            took.append(perf_counter() - start)
        found.append(took[0] / took[1])
    return found


def told(what: str, value: str, is_met: bool | None = None) -> bool:
    """Print a line with its verdict; whether the target is met."""
    verdict = {True: "met", False: "MISSED", None: ""}[is_met]
    print(f"{what:44s} {value:30s} {verdict}".rstrip())
    return is_met is not False


def show_stages(scenario: Scenario, days: int) -> None:
    """The table of stages: least, median."""
    spent = stages(scenario, days)
    print(f"CPU in microseconds per customer, {days} days, median (least):")
    for name, values in spent.items():
        told(f"  {name}", f"{median(values):.2f} ({min(values):.2f})")
    together = [sum(day) for day in zip(*spent.values(), strict=True)]
    told("  together", f"{median(together):.2f} ({min(together):.2f})")


def main(days: int = 40, long: bool = False) -> int:
    """Measure and print; 0 when all targets are met, else 1."""
    scenario = load(SCENARIO)
    run(scenario, 1, keep=0, engine=ENGINE)  # compiles, loads, warms up
    show_stages(scenario, days)
    few, many = (18, 1_800) if long else (days, 10 * days)
    before = [whole(scenario, few) for _ in range(ROUNDS)]
    long_us, n_long = whole(scenario, many)
    n_short = before[0][1]
    short_us = median(us for us, _ in before + [whole(scenario, few) for _ in range(ROUNDS)])
    met = told(
        f"whole pipeline, {n_long:,} customers",
        f"{long_us:.2f} us (must {MUST_US:g}, goal {GOAL_US:g})",
        long_us <= MUST_US,
    )
    met &= told(
        f"the same against {n_short:,} customers",
        f"{long_us / short_us:.3f} times (at most {MOST_LONGER:g})",
        long_us <= MOST_LONGER * short_us,
    )
    told(
        "memory, each day after the first thousands",
        f"{kept_per_day(scenario, 5 * MOST_RECORDS):,.0f} bytes",
    )
    if cores() < 2:
        told("two processes", "needs two cores")
    else:
        ratios = shared(scenario, max(10 * days, LONG_RUN), ROUNDS)
        spread = f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        met &= told("two processes are so much faster", spread, median(ratios) >= LEAST_WORKERS)
    return 0 if met else 1


if __name__ == "__main__":
    words = sys.argv[1:]
    numbers = [int(word) for word in words if word != "--long"]
    sys.exit(main(numbers[0] if numbers else 40, long="--long" in words))
