"""Runs every scenario of `scenarios/` and writes their results side by side: docs/scenarios.md.

`python -m benchmarks.scenario_table`, or `make scenarios-table`; about a minute of CPU.
"""

from __future__ import annotations

import sys
from pathlib import Path

from simqueue.scenario import Scenario, load
from simqueue.show import words
from simqueue.study import Study, run

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "scenarios"
PAGE = ROOT / "docs" / "scenarios.md"
SATURDAYS = (
    "supermarket",
    "two-express-lanes",
    "self-service-first",
    "single-line",
    "holiday-eve",
)
OTHERS = (
    *("small-shop", "discounter", "us-store"),
    *("weighing-counter", "till-outage", "fashion"),
)
HEAD = ("scenario", "customers", "wait, mean", "95 in 100 wait at most", "as it feels",
        "checkout score", "till hours", "attendant hours", "staff cost", "lost")  # fmt: skip
INTRO = """# The scenarios, side by side

Eleven shops in `scenarios/`, each with its own story. Every number is a mean over 20 simulated
days. Brackets: what psychology leaves open (5-95 % over the published ranges of its parameters).
Waits are minutes:seconds and those to pay: what people wait at weighing counters, fitting rooms and
returns desks is told with the stories below. Customers, hours, cost and lost customers are per day.
*Lost* are people who turned away or gave up waiting; "off" where the scenario lets nobody do so,
which is no zero. Feelings are forecast from published studies, not measured in these shops.

This page is written by `make scenarios-table`.
"""
BETWEEN = """\
The first four are the same Saturday with the same people, so that any two of them differ by
their lanes and rosters only; the fifth has 30 % more people. The other six are shops of their own:
comparing them with the others says nothing.
"""


def path_of(name: str) -> Path:
    """The file of a scenario."""
    return FOLDER / f"{name}.yaml"


def row(name: str) -> str:
    """The scenario's line of the table; runs it."""
    scenario = load(path_of(name))
    return "| " + " | ".join(cells(scenario, run(scenario, keep=0))) + " |"


def cells(scenario: Scenario, study: Study) -> list[str]:
    """What the table says about a study, in the order of HEAD."""
    mean = {name: estimate.mean for name, estimate in study.metrics.items()}
    felt, score = study.psychology["felt_mean_s"], study.psychology["checkout_csat"]
    score_range = f"{words.points(score.low)}-{words.points(score.high)}"
    behaviour = scenario.behaviour
    may_leave = behaviour.balk is not None or behaviour.renege is not None
    return [
        scenario.scenario,
        words.number(mean["customers"]),
        words.duration(mean["wait_mean_s"]),
        words.duration(mean["wait_p95_s"]),
        f"{words.duration(mean['felt_mean_s'])}"
        f" ({words.duration(felt.low)}-{words.duration(felt.high)})",
        f"{words.points(mean['checkout_csat'])} ({score_range})",
        f"{mean['till_hours']:.1f}",
        f"{mean['attendant_hours']:.1f}" if mean["attendant_hours"] > 0 else words.DASH,
        words.money(mean["staff_cost"], scenario.economics.currency),
        f"{mean['lost_baskets']:.1f}" if may_leave else "off",
    ]


def story(name: str) -> str:
    """The scenario in words: the first line of its file, and its last comment."""
    lines = path_of(name).read_text(encoding="utf-8").splitlines()
    last = []
    for line in reversed(lines):
        if not line.startswith("#"):
            break
        last.insert(0, line.removeprefix("#").strip())
    title = f"## {load(path_of(name)).scenario}\n\n`scenarios/{name}.yaml`\n\n"
    return title + lines[0].removeprefix("# ") + "\n\n" + "\n".join(last) + "\n"


def page(rows: list[str]) -> str:
    """The whole page; `rows` are the lines of the table."""
    head = "| " + " | ".join(HEAD) + " |"
    rule = "|---|" + "---:|" * (len(HEAD) - 1)
    table = "\n".join([head, rule, *rows]) + "\n"
    return "\n".join([INTRO, table, BETWEEN, *map(story, (*SATURDAYS, *OTHERS))])


def main() -> int:
    """Run all and write the page; 0 when done."""
    rows = []
    for name in (*SATURDAYS, *OTHERS):
        print(f"{name} ...", file=sys.stderr)
        rows.append(row(name))
    PAGE.write_text(page(rows), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(rows)} scenarios")
    return 0


if __name__ == "__main__":
    sys.exit(main())
