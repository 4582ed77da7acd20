"""What `--engine auto` costs: CPU of whole runs of the supermarket, by engine, cold and warm.

`python benchmarks/auto.py [days ...]`, by default 1, 20 and 1000 days. Cold: nothing is compiled
yet on this machine (a copy of the package without its cache). Warm: everything is. Exit code 1 when
auto takes more than 20 % longer than the quicker of the two engines. Ends with what
`simqueue/engine/choice.py` has to know: what the compiled engine takes to begin, and what it saves.
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

from simqueue.engine.choice import COMPILES_S, LOADS_S, SAVED_S

ROOT = Path(__file__).parents[1]
DAYS = (1, 20, 1000)
LONGER = 1.2  # than the quicker engine, at most
ENGINES = ("simpy", "compiled", "auto")
NOT_COPIED = shutil.ignore_patterns("__pycache__")


class Spent(NamedTuple):
    """Seconds of CPU of a run, the engine that ran and how many customers came."""

    cpu_s: float
    engine: str
    customers: float


def run(package: Path, days: int, engine: str) -> Spent:
    """A run in a process of its own; its results are thrown away before the next."""
    shutil.rmtree(package / "out", ignore_errors=True)
    words = ["run", str(ROOT / "scenarios" / "supermarket.yaml"), "-n", str(days), "--no-report"]
    words += ["--engine", engine, "--json", "--out", str(package / "out")]
    process = subprocess.Popen(
        [sys.executable, "-m", "simqueue", *words],
        cwd=package,
        env={**os.environ, "PYTHONPATH": str(package)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    told = json.loads(process.stdout.read())
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    customers = told["metrics"]["customers"]["mean"] * days
    return Spent(used.ru_utime + used.ru_stime, told["engine"], customers)


def measure(package: Path, days: int, cold: bool, simpy: Spent | None) -> dict[str, Spent]:
    """The three runs; cold ones begin with a fresh copy of the package each.

    SimPy compiles nothing: its run, if there was one already, stands for both.
    """
    found = {} if simpy is None else {"simpy": simpy}
    for engine in ENGINES:
        if engine in found:
            continue
        if cold:
            shutil.rmtree(package, ignore_errors=True)
            shutil.copytree(ROOT / "simqueue", package / "simqueue", ignore=NOT_COPIED)
            compile_to_bytes(package)
        found[engine] = run(package, days, engine)
    return found


def compile_to_bytes(package: Path) -> None:
    """What Python itself does once for every file is no part of this comparison."""
    words = [sys.executable, "-m", "compileall", "-q", str(package)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def row(days: int, state: str, found: dict[str, Spent]) -> bool:
    """Print a row; whether auto keeps its promise."""
    quicker = min(found["simpy"].cpu_s, found["compiled"].cpu_s)
    ratio = found["auto"].cpu_s / quicker
    cells = "".join(f"{found[engine].cpu_s:10.1f}" for engine in ENGINES)
    met = "met" if ratio <= LONGER else "MISSED"
    print(f"{days:6,} {state:5}{cells}  {found['auto'].engine:10}{ratio:6.2f}  {met}", flush=True)
    return ratio <= LONGER


def main(*days: int) -> int:
    """Measure, print; 0 when auto is never much slower than the quicker engine, else 1."""
    print("Seconds of CPU of whole runs, numbers only.")
    print(f"auto / the quicker engine: at most {LONGER:g}.\n")
    print(f"  days       {''.join(f'{engine:>10}' for engine in ENGINES)}  auto took")
    all_met = True
    found: dict[tuple[int, str], dict[str, Spent]] = {}
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "package"
        for n in days or DAYS:
            for state in ("cold", "warm"):
                if state == "warm":
                    run(package, 1, "compiled")  # if nothing has compiled it yet
                simpy = found[n, "cold"]["simpy"] if state == "warm" else None
                found[n, state] = measure(package, n, state == "cold", simpy)
                all_met &= row(n, state, found[n, state])
    tell_constants(found)
    return 0 if all_met else 1


def tell_constants(found: dict[tuple[int, str], dict[str, Spent]]) -> None:
    """What begins and what is saved, from the shortest and the longest runs."""
    few, many = min(n for n, _ in found), max(n for n, _ in found)
    begin = {
        state: found[few, state]["compiled"].cpu_s - found[few, state]["simpy"].cpu_s
        for state in ("cold", "warm")
    }
    least, most = found[few, "warm"], found[many, "warm"]
    print(f"\nto begin: cold {begin['cold']:.1f} s (choice.py: {COMPILES_S:g}),"
          f" warm {begin['warm']:.2f} s (choice.py: {LOADS_S:g})")  # fmt: skip
    if many > few:
        slope = {
            engine: (most[engine].cpu_s - least[engine].cpu_s)
            / (most[engine].customers - least[engine].customers)
            for engine in ("simpy", "compiled")
        }
        saved = slope["simpy"] - slope["compiled"]
        print(f"saved for every visit: {saved * 1e6:.1f} microseconds"
              f" (choice.py: {SAVED_S * 1e6:g})")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
