"""CPU per customer of the engine against bare SimPy and against Ciw, on the same customers.

`python benchmarks/engine.py [customers] [rounds]`; exit code 1 when a target is missed.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from statistics import median
from time import process_time

import bare_simpy
import ciw_twin
import numpy as np
from models import MODELS, Model

from simqueue.engine import derive_log, run
from simqueue.tables import System, Workload

AT_MOST_BARE = 3.0  # times the CPU of bare SimPy
AT_LEAST_CIW = 2.0  # times faster than Ciw
FEWEST_ROUNDS = 5
WIDTHS = (30, 6, 6, 6, 26, 26)  # of the columns of the table

Simulator = Callable[[Workload, System], object]
Microseconds = dict[str, list[float]]


def simulators(model: Model) -> dict[str, Simulator]:
    """Who simulates the model, in the order of every round."""
    found: dict[str, Simulator] = {"engine": run, "bare": bare_simpy.starts}
    return found if model.not_in_ciw else {**found, "ciw": ciw_twin.starts}


def check_same_model(model: Model, workload: Workload, system: System) -> None:
    """Fail unless all start serving every customer at the same time, to the last bit."""
    ours = derive_log(workload, system, run(workload, system)).start_s
    for name, simulate in simulators(model).items():
        if name != "engine":
            theirs = np.array(simulate(workload, system))
            same = np.array_equal(ours, theirs, equal_nan=True)
            assert same, f"{model.name}: {name} simulates something else"


def measure(model: Model, customers: int, rounds: int) -> Microseconds:
    """Microseconds of CPU per customer, by simulator, one number per round; the rounds in turn."""
    workload, system = model.tables(customers)
    check_same_model(model, workload, system)  # and warms up
    spent: Microseconds = {name: [] for name in simulators(model)}
    for _ in range(rounds):
        for name, simulate in simulators(model).items():
            gc.collect()
            start = process_time()
            result = simulate(workload, system)
            spent[name].append((process_time() - start) * 1e6 / len(workload))
            del result
    return spent


def ratios(above: list[float], below: list[float]) -> list[float]:
    """The ratio of each round: what slows one down for a while slows its neighbour down as well."""
    return [a / b for a, b in zip(above, below, strict=True)]


def told(values: list[float], is_met: bool) -> str:
    """A ratio over the rounds: median, smallest and largest, and the verdict."""
    spread = f"({min(values):.2f} to {max(values):.2f})"
    return f"{median(values):.2f} {spread} {'met' if is_met else 'MISSED'}"


def row(model: Model, spent: Microseconds) -> tuple[list[str], bool]:
    """The cells of one model, and whether its targets are met."""
    bare = ratios(spent["engine"], spent["bare"])
    met = median(bare) <= AT_MOST_BARE
    cpu = [f"{median(values):.1f}" for values in spent.values()]
    if model.not_in_ciw:
        return [model.name, *cpu, "-", told(bare, met), "not in Ciw"], met
    ciw = ratios(spent["ciw"], spent["engine"])
    met_ciw = median(ciw) >= AT_LEAST_CIW
    return [model.name, *cpu, told(bare, met), told(ciw, met_ciw)], met and met_ciw


def show(cells: list[str]) -> None:
    """Print a row of the table."""
    print("  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip())


def main(customers: int = 5_000, rounds: int = 7) -> int:
    """Measure, print the table; 0 when all targets are met, else 1."""
    if rounds < FEWEST_ROUNDS:
        print(f"at least {FEWEST_ROUNDS} rounds, please")
        return 2
    print(f"Targets: at most {AT_MOST_BARE:g} times the CPU of bare SimPy,")
    print(f"at least {AT_LEAST_CIW:g} times faster than Ciw. CPU in microseconds per customer:")
    print(f"medians of {rounds} rounds with {customers:,} customers each (smallest to largest).\n")
    show(["", "engine", "bare", "Ciw", "engine / bare SimPy", "Ciw / engine"])
    all_met = True
    for model in MODELS:
        cells, met = row(model, measure(model, customers, rounds))
        all_met &= met
        show(cells)
    print("\nAll simulate the same: every start of service agrees to the last bit.")
    for model in MODELS:
        if model.not_in_ciw:
            print(f"Not in Ciw, {model.name!r}: {model.not_in_ciw}.")
    return 0 if all_met else 1


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
