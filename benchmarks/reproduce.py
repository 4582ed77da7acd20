"""A published simulation, run again: the mean waits of store 1 of Antczak, Weron, Zabawa (2020).

`python -m benchmarks.reproduce FOLDER [--runs 10] [--out outputs/reproduction]`; FOLDER
holds the authors' tables (docs/reproduction.md). Writes the scenarios, table.md and table.json.
Exit code 3 when a mean wait is further from the paper than allowed, 4 when the tables cannot be
read.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

import simqueue as sq
from benchmarks.published_shop import PublishedDay, read_days, write_day, write_rules

Floats = NDArray[np.float64]
ALIKE = {"count_in_service": False, "ties": "random", "prefer": "staffed"}
MISSED, UNREADABLE = 3, 4


@dataclass(frozen=True)
class Rule:
    """A way to choose a line, and the published mean waits of all and of those who queued."""

    name: str
    own: dict[str, Any]  # its keys of `lane_choice`, beside those that all rules share
    all_s: float
    queued_s: float
    allowed: float = 0.02

    @property
    def choice(self) -> dict[str, Any]:
        """The block `behaviour.lane_choice` of the scenario."""
        return self.own | ALIKE


RULES = (  # waits: Antczak, Weron, Zabawa 2020, store 1, no jockeying, mean of ten runs
    Rule("random", {"rule": "random_till"}, 148.60, 215.73, 0.04),
    Rule("fewest customers", {"rule": "shortest_queue", "per_server": False}, 92.77, 110.52),
    Rule("fewest items", {"rule": "fewest_items", "per_server": False}, 93.15, 110.39),
    Rule(
        "expected wait, mean service",
        {
            "rule": "expected_wait_mean",
            "mean_service": {"tills": "1.346 min", "machines": "2.853 min"},
        },
        93.98,
        106.54,
    ),
    Rule(
        "expected wait, items",
        {"rule": "expected_wait_items", "judged_by": "median"},
        92.97,
        103.76,
    ),
)


@dataclass(frozen=True)
class Task:
    """One day under one rule."""

    scenario: Path
    rule: Rule
    runs: int


@dataclass(frozen=True)
class Sums:
    """What a day adds to its rule; arrays of one number per run."""

    rule: str
    waited_s: Floats  # of all who joined a line
    joined: Floats
    queued: Floats
    till_hours: Floats
    changeovers: Floats
    turned_away: Floats
    audit: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """A mean wait beside the published one."""

    rule: str
    of: str
    paper_s: float
    mean_s: float
    error_s: float  # standard error over runs
    allowed: float

    @property
    def difference(self) -> float:
        """As a share of the published wait."""
        return self.mean_s / self.paper_s - 1

    @property
    def holds(self) -> bool:
        """Whether the difference is allowed."""
        return abs(self.difference) <= self.allowed


@dataclass(frozen=True)
class Beside:
    """What is told beside the waits of a rule, per day."""

    rule: str
    customers: float
    turned_away: float
    till_hours: float
    changeovers: float


def simulate(task: Task) -> Sums:
    """Run one day under one rule."""
    changes = [("behaviour.lane_choice", task.rule.choice)]
    scenario = sq.load(task.scenario, overrides=changes)
    study = sq.run(scenario, task.runs, keep=0)
    waited_s, joined = study.day.totals("wait_mean_s")
    queued = study.day.totals("wait_mean_queued_s")[1]
    till_hours, changeovers, turned_away = (
        study.day.daily(name)[:, 0] for name in ("till_hours", "changeovers", "balked")
    )
    return Sums(
        task.rule.name,
        waited_s[:, 0],
        joined[:, 0],
        queued[:, 0],
        till_hours,
        changeovers,
        turned_away,
        study.audit.failures,
    )


def simulate_all(tasks: Sequence[Task], workers: int) -> list[Sums]:
    """Run all tasks, in as many processes; the result does not depend on their number."""
    began, done = monotonic(), []
    with get_context("spawn").Pool(workers) as pool:
        for found in pool.imap(simulate, tasks):
            done.append(found)
            left_s = (monotonic() - began) / len(done) * (len(tasks) - len(done))
            print(f"{len(done)} of {len(tasks)}, {left_s:.0f} s left", file=sys.stderr)
    return done


def cells(rule: Rule, days: Sequence[Sums]) -> tuple[Cell, Cell]:
    """The two mean waits of a rule: each run's days taken together, then the mean of the runs."""
    waited_s, joined, queued = (
        np.sum([getattr(day, name) for day in days], axis=0)
        for name in ("waited_s", "joined", "queued")
    )
    found = []
    for of, paper_s, per_run in (
        ("all", rule.all_s, waited_s / joined),
        ("queued", rule.queued_s, waited_s / queued),
    ):
        runs = len(per_run)
        error_s = float(per_run.std(ddof=1) / np.sqrt(runs)) if runs > 1 else float("nan")
        found.append(Cell(rule.name, of, paper_s, float(per_run.mean()), error_s, rule.allowed))
    return found[0], found[1]


def beside(rule: Rule, days: Sequence[Sums]) -> Beside:
    """Customers, hours at tills and changeovers of a rule, per day."""
    names = ("turned_away", "till_hours", "changeovers")
    means = [float(np.mean([getattr(day, name) for day in days])) for name in names]
    customers = np.mean([day.joined + day.turned_away for day in days])
    return Beside(rule.name, float(customers), *means)


def markdown(waits: Sequence[Cell], others: Sequence[Beside], on_duty_h: float) -> str:
    """Both tables."""
    lines = [
        "| rule | mean wait of | published | simqueue | difference | allowed | |",
        "|---|---|---|---|---|---|---|",
    ]
    for cell in waits:
        verdict = "within" if cell.holds else "**OUTSIDE**"
        lines.append(
            f"| {cell.rule} | {cell.of} | {cell.paper_s:.2f} s | {cell.mean_s:.2f} s "
            f"(± {cell.error_s:.2f}) | {100 * cell.difference:+.1f} % | {100 * cell.allowed:.0f} % "
            f"| {verdict} |"
        )
    lines += [
        "",
        f"Per day; {on_duty_h:.1f} cashier hours a day are on duty:",
        "",
        "| rule | customers | found no till | cashier hours at tills | changeovers |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {o.rule} | {o.customers:.0f} | {o.turned_away:.2f} | {o.till_hours:.1f} "
        f"| {o.changeovers:.0f} |"
        for o in others
    ]
    return "\n".join(lines) + "\n"


def write_scenarios(days: Sequence[PublishedDay], folder: Path) -> list[Path]:
    """A scenario for each day, and the study of the rules."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [write_day(day, folder) for day in days]
    write_rules({rule.name: rule.choice for rule in RULES}, folder, paths[0].name)
    return paths


def reproduce(days: Sequence[PublishedDay], out: Path, runs: int, workers: int) -> int:
    """Write the scenarios, run them, write and print the tables; the exit code."""
    paths = write_scenarios(days, out)
    tasks = [Task(path, rule, runs) for rule in RULES for path in paths]
    found = simulate_all(tasks, workers)
    of_rule = {rule.name: [s for s in found if s.rule == rule.name] for rule in RULES}
    waits = [cell for rule in RULES for cell in cells(rule, of_rule[rule.name])]
    others = [beside(rule, of_rule[rule.name]) for rule in RULES]
    on_duty_h = float(np.mean([day.hours_on_duty for day in days]))
    text = markdown(waits, others, on_duty_h)
    (out / "table.md").write_text(text, encoding="utf-8")
    kept = {
        "days": len(days),
        "runs": runs,
        "waits": [vars(cell) | {"difference": cell.difference, "ok": cell.holds} for cell in waits],
        "per_day": [vars(o) for o in others],
        "on_duty_hours_per_day": on_duty_h,
    }
    (out / "table.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    print(text)
    failures = [failure for sums in found for failure in sums.audit]
    outside = sum(not cell.holds for cell in waits)
    print(f"{len(waits) - outside} of {len(waits)} mean waits are as close as allowed; {out}")
    if failures:
        print(f"AUDIT FAILED: {'; '.join(failures[:3])}")
    return MISSED if outside or failures else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks.reproduce", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with the authors' tables of one store")
    parser.add_argument("--runs", type=int, default=10, help="runs of each day, as in the paper")
    parser.add_argument("--out", type=Path, default=Path("outputs/reproduction"))
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(arguments)
    try:
        days = read_days(given.data)
    except (OSError, ValueError) as error:
        print(f"cannot read the tables: {error} (see docs/reproduction.md)", file=sys.stderr)
        return UNREADABLE
    return reproduce(days, given.out, given.runs, given.workers)


if __name__ == "__main__":
    sys.exit(main())
