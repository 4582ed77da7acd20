"""What `--engine auto` costs: CPU of whole runs of the supermarket, by engine, cold and warm.

`python benchmarks/auto.py [days ...]`, by default 1, 20 and 1000 days. Cold: nothing is compiled
yet on this machine (a copy of the package without its cache). Warm: everything is. Exit code 1 when
auto takes more than 20 % longer than the quicker of the two engines, or a target of what it takes
to begin is missed. Ends with what `simqueue/engine/choice.py` has to know, to be copied there.

Runs have one process, so that CPU is how long one waits on a machine with nothing else to do. Every
number is the least of a few runs in turn: what else the machine does only adds. Of long runs there
is one. SimPy simulates at most 60 days: of more it is known by then what each takes, and that
it is many times slower.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from simqueue import load
from simqueue.engine.choice import COMPILES_S, LOADS_S, SAVED_S
from simqueue.study.engine import expected_visits

ROOT = Path(__file__).parents[1]
SCENARIO = ROOT / "scenarios" / "supermarket.yaml"
DAYS = (1, 20, 1000)
LONGER = 1.2  # than the quicker engine, at most
COMPILE_S, FIRST_CALL_S = 12.0, 0.5  # targets
ENGINES = ("simpy", "compiled", "auto")
MOST_SIMPY, ROUNDS = 60, 4  # days; so many runs of that many days or fewer
NOT_COPIED = shutil.ignore_patterns("__pycache__")
FIRST_CALL = """
from time import process_time
import simqueue.customers, simqueue.shop, simqueue.study  # what any run has imported
from simqueue.engine import compiled
start = process_time()
assert compiled.is_cached() and compiled.warm_up()
print(process_time() - start)
"""


class Spent(NamedTuple):
    """Seconds of CPU of a run, and the engine that ran."""

    cpu_s: float
    engine: str
    estimated: bool = False


class Shop:
    """A copy of the package, with what it has compiled."""

    def __init__(self, folder: str) -> None:
        """Put it in the folder, with nothing compiled."""
        self.package = Path(folder) / "package"
        self.forget()

    def forget(self) -> None:
        """Begin with a fresh copy; what Python does once for every file is not compared."""
        shutil.rmtree(self.package, ignore_errors=True)
        shutil.copytree(ROOT / "simqueue", self.package / "simqueue", ignore=NOT_COPIED)
        words = [sys.executable, "-m", "compileall", "-q", str(self.package)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)

    def python(self, *words: str) -> tuple[str, float]:
        """What a process of its own prints, and its seconds of CPU."""
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=self.package,
            env={**os.environ, "PYTHONPATH": str(self.package)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        told = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, words
        return told, used.ru_utime + used.ru_stime

    def run(self, days: int, engine: str) -> Spent:
        """A run; its results are thrown away before the next."""
        out = self.package / "out"
        shutil.rmtree(out, ignore_errors=True)
        words = [
            "-m",
            "simqueue",
            "run",
            str(SCENARIO),
            "-n",
            str(days),
            "--no-report",
            "--workers",
            "1",
        ]
        told, cpu_s = self.python(*words, "--engine", engine, "--json", "--out", str(out))
        return Spent(cpu_s, json.loads(told)["engine"])


def least(runs: list[Spent]) -> Spent:
    """The run that was disturbed least."""
    return min(runs, key=lambda spent: spent.cpu_s)


def in_turn(shop: Shop, days: int, state: str, engines: tuple[str, ...]) -> dict[str, Spent]:
    """Runs of so many days by engine, in turn; a cold one begins with nothing compiled."""
    found: dict[str, list[Spent]] = {engine: [] for engine in engines}
    for _ in range(ROUNDS if days <= MOST_SIMPY else 1):
        for engine, spent in found.items():
            if state == "cold" and engine != "simpy":
                shop.forget()
            spent.append(shop.run(days, engine))
    return {engine: least(spent) for engine, spent in found.items()}


def by_simpy(shop: Shop, days: int) -> Spent:
    """More days than SimPy simulates here: each further one as in the second half of its most."""
    half, most = (
        in_turn(shop, n, "warm", ("simpy",))["simpy"].cpu_s for n in (MOST_SIMPY // 2, MOST_SIMPY)
    )
    day_s = (most - half) / (MOST_SIMPY - MOST_SIMPY // 2)
    return Spent(most + (days - MOST_SIMPY) * day_s, "simpy", estimated=True)


def measure(shop: Shop, days: int) -> dict[str, dict[str, Spent]]:
    """Runs of so many days, cold and warm, by engine."""
    if days <= MOST_SIMPY:
        return {state: in_turn(shop, days, state, ENGINES) for state in ("cold", "warm")}
    simpy = {"simpy": by_simpy(shop, days)}
    return {state: simpy | in_turn(shop, days, state, ENGINES[1:]) for state in ("cold", "warm")}


def row(days: int, state: str, found: dict[str, Spent]) -> bool:
    """Print a row; whether auto keeps its promise."""
    quicker = min(found["simpy"].cpu_s, found["compiled"].cpu_s)
    ratio = found["auto"].cpu_s / quicker
    cells = "".join(
        f"{'~' if found[engine].estimated else ''}{found[engine].cpu_s:.1f}".rjust(10)
        for engine in ENGINES
    )
    met = "met" if ratio <= LONGER else "MISSED"
    print(f"{days:6,} {state:5}{cells}  {found['auto'].engine:10}{ratio:6.2f}  {met}", flush=True)
    return ratio <= LONGER


def begins(shop: Shop) -> bool:
    """Print what a first run compiles and what a first call takes; whether both meet the target.

    A first run of a day compiles the kernel and all that goes through its trace; the same run once
    more, loads it all.
    """
    cold_s, warm_s, first_s = [], [], []
    for _ in range(ROUNDS):
        shop.forget()
        cold_s.append(shop.run(1, "compiled").cpu_s)
        warm_s.append(shop.run(1, "compiled").cpu_s)
        first_s.append(float(shop.python("-c", FIRST_CALL)[0]))
    all_met = True
    for what, cpu_s, at_most in (
        ("cold: compiling everything, once", min(cold_s) - min(warm_s), COMPILE_S),
        ("warm: Numba and the kernel, before the first day", min(first_s), FIRST_CALL_S),
    ):
        met = cpu_s <= at_most
        all_met &= met
        told = "met" if met else "MISSED"
        print(f"{what:50}{cpu_s:7.2f} s of CPU, at most {at_most:4g}  {told}", flush=True)
    return all_met


def day_of(engine: str, found: dict[tuple[int, str], dict[str, Spent]]) -> float:
    """Seconds of CPU for a further day: from the shortest and the longest measured run."""
    runs = {n: each[engine] for (n, state), each in found.items() if state == "warm"}
    few, many = min(runs), max(n for n, spent in runs.items() if not spent.estimated)
    return (runs[many].cpu_s - runs[few].cpu_s) / (many - few)


def tell_constants(found: dict[tuple[int, str], dict[str, Spent]]) -> None:
    """What choice.py should say, and what it says."""
    measured = {n for (n, _), each in found.items() if not each["simpy"].estimated}
    if len(measured) < 2:
        return
    few = min(measured)
    visits = expected_visits(load(SCENARIO))
    saved_s = day_of("simpy", found) - day_of("compiled", found)
    begin_s = {
        state: found[few, state]["compiled"].cpu_s
        - found[few, state]["simpy"].cpu_s
        + few * saved_s
        for state in ("cold", "warm")
    }
    print("\nFor simqueue/engine/choice.py:            measured    as it is")
    for name, value, as_it_is in (
        ("SAVED_S", saved_s / visits, SAVED_S),
        ("LOADS_S", begin_s["warm"], LOADS_S),
        ("COMPILES_S", begin_s["cold"], COMPILES_S),
    ):
        print(f"   {name:38}{value:9.2g}{as_it_is:12.2g}")


def main(*days: int) -> int:
    """Measure, print; 0 when auto is never much slower than the quicker engine, else 1."""
    found: dict[tuple[int, str], dict[str, Spent]] = {}
    asked = sorted(days or DAYS)
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(folder)
        all_met = begins(shop)
        print("\nSeconds of CPU of whole runs, numbers only; ~ estimated from fewer days.")
        print(f"auto / the quicker engine: at most {LONGER:g}.\n")
        print(f"  days       {''.join(f'{engine:>10}' for engine in ENGINES)}  auto took")
        for n in asked:
            for state, runs in measure(shop, n).items():
                found[n, state] = runs
                all_met &= row(n, state, runs)
    tell_constants(found)
    return 0 if all_met else 1


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
