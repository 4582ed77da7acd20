"""What a sweep costs beside a plain loop over the same points, and what a day of it costs.

`python benchmarks/sweep.py [--points 1000] [--rounds 3]`; exit code 1 when the target is missed.
`python benchmarks/sweep.py --unit-cost`: CPU of a day of the demo shop, for plans of large sweeps.
Each arm is a process of its own, measured from its beginning to its end with all its children:
start of Python, imports, Dask, workers, files and tables included. Arms take turns.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

DAYS = 10
UNIT_DAYS = (20, 220)
SCENARIO = Path(__file__).parents[1] / "scenarios" / "supermarket.yaml"
MOST_OVERHEAD = 0.30
# a plain loop; sweeps with so many workers; a sweep with two workers that have nothing to simulate
ARMS = ("loop", "1", "2", "idle")
NAMES = ("plain loop", "1 worker", "2 workers", "2 idle workers")
SHOP = """\
scenario: Two hours of a small shop
seed: 7
store: {opens: "09:00", closes: "11:00"}
arrivals: {per_hour: {"09:00": 60, "10:00": 90}}
customers:
  - {segment: quick trip, share: 60 %, items: {half_up_to: 4, nine_in_ten_up_to: 10}}
  - {segment: main shop, share: 40 %, items: {half_up_to: 15, nine_in_ten_up_to: 40}}
lanes:
  - {lane: staffed, kind: staffed, tills: 3}
  - {lane: machines, kind: self_service, machines: 3, help: {chance: 20 %, takes: {about: 20 s}}}
"""


def varied(points: int) -> dict[str, list[int]]:
    """A grid of about so many points: three rosters, as many seeds as it takes."""
    return {"lanes.staffed.roster": [1, 2, 3], "seed": list(range(1, max(points // 3, 1) + 1))}


def loop(points: int) -> None:
    """What somebody would write who knows `run`: every point in turn, its measures in a list."""
    from itertools import product

    import simqueue as sq

    base = sq.loads(SHOP)
    found = []
    for values in product(*varied(points).values()):
        changes = dict(zip(varied(points), values, strict=True))
        study = sq.run(base.replaced(changes), replications=DAYS, keep=0)
        found.append((changes, study.metrics, study.psychology))


def swept(points: int, workers: int, folder: str, task: Any = None) -> None:
    """The same points as a sweep; `task` is what workers do instead of simulating."""
    import simqueue as sq

    what = {} if task is None else {"task": task}
    sq.sweep(sq.loads(SHOP), varied(points), replications=DAYS, out=folder, workers=workers, **what)


def idle(points: int, folder: str) -> None:
    """The sweep with every result known beforehand: what all but simulating costs."""
    import simqueue as sq
    from simqueue.study.sweep.task import packed, run_point

    base = sq.loads(SHOP).replaced({"replications": DAYS})
    swept(points, 2, folder, partial(known, run_point(0, packed(base))))


def known(result: dict[str, Any], _: str, __: str | None, jobs: Any) -> list[dict[str, Any]]:
    """The same result for every point."""
    return [{**result, "point": number} for number, _ in jobs]


def demo(days: int, folder: str) -> None:
    """A sweep over the demo shop of one point with so many days."""
    import simqueue as sq

    sq.sweep(SCENARIO, {"seed": [1]}, replications=days, out=folder, workers=1, engine="compiled")


def unit_cost(rounds: int) -> int:
    """Print what a day of the demo shop adds to the CPU of a sweep: many days less a few."""
    few, many = UNIT_DAYS
    costs = []
    for _ in range(rounds):
        (short, _), (long, _) = measured("demo", few), measured("demo", many)
        costs.append((long - short) / (many - few))
    day_s = median(costs)
    spread = f"{1000 * min(costs):.0f} to {1000 * max(costs):.0f} in {rounds} rounds"
    print(f"a day of {SCENARIO.name}: {1000 * day_s:.0f} ms of one core, measures and psychology")
    print(f"included ({spread})")
    print(f"4,600 shops x 365 days: {4600 * 365 * day_s / 3600:,.0f} hours of one core")
    return 0


def measured(arm: str, points: int) -> tuple[float, float]:
    """CPU seconds of an arm with all its processes, and its seconds by the clock."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), monotonic()
    with TemporaryDirectory() as folder:
        words = ["--arm", arm, "--points", str(points), "--folder", folder + "/out"]
        # one thread for numerical libraries in every arm, as workers have it
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        subprocess.run([sys.executable, __file__, *words], check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, monotonic() - start


def compared(points: int, rounds: int) -> int:
    """Let the arms take turns and print ratios; 1 when a target is missed."""
    cpu: dict[str, list[float]] = {arm: [] for arm in ARMS}
    clock: dict[str, list[float]] = {arm: [] for arm in ARMS}
    for number in range(rounds):
        for arm in ARMS if number % 2 == 0 else reversed(ARMS):
            used, elapsed = measured(arm, points)
            cpu[arm].append(used)
            clock[arm].append(elapsed)
    n = 3 * max(points // 3, 1)
    print(f"{n} points x {DAYS} days, {rounds} rounds; medians of the rounds")
    print(f"{'':14}{'CPU s':>9}{'clock s':>9}{'CPU / loop':>12}{'from':>7}{'to':>7}")
    missed = False
    for arm, name in zip(ARMS, NAMES, strict=True):
        ratios = [a / b for a, b in zip(cpu[arm], cpu["loop"], strict=True)]
        line = f"{name:14}{median(cpu[arm]):9.1f}{median(clock[arm]):9.1f}{median(ratios):12.2f}"
        print(f"{line}{min(ratios):7.2f}{max(ratios):7.2f}")
        missed = missed or median(ratios) > 1 + MOST_OVERHEAD
    day_s = median(cpu["2"]) / (n * DAYS)
    print(f"a day of this shop costs {1000 * day_s:.2f} ms of one core, everything included")
    verdict = "MISSED" if missed else "met"
    print(f"target: at most {1 + MOST_OVERHEAD:.2f} times the CPU of the loop   {verdict}")
    return int(missed)


def main() -> int:
    """Run one arm, or compare them all."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--points", type=int, default=1000)
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--unit-cost", action="store_true")
    reader.add_argument("--arm", choices=(*ARMS, "demo"))
    reader.add_argument("--folder", default="")
    said = reader.parse_args()
    if said.unit_cost:
        return unit_cost(said.rounds)
    if said.arm is None:
        return compared(said.points, said.rounds)
    if said.arm == "loop":
        loop(said.points)
    elif said.arm == "idle":
        idle(said.points, said.folder)
    elif said.arm == "demo":
        demo(said.points, said.folder)
    else:
        swept(said.points, int(said.arm), said.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
