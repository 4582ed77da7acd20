"""One day of a published simulation, against a naive program written from its description.

All fourteen days under all five rules, against the published waits: `make reproduce`.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.published_shop import read_days
from benchmarks.reproduce import RULES, Task, beside, cells, simulate, write_scenarios
from tests import naive_published_shop as naive

RUNS = 10
DAY = "2018-02-05"
STANDARD_ERRORS = 3.5


@pytest.fixture(scope="module")
def data() -> Path:
    """The authors' tables of store 1."""
    home = os.environ.get("SIMQUEUE_DATA")
    if not home:
        pytest.skip("SIMQUEUE_DATA names no data folder (docs/reproduction.md)")
    folder = Path(home) / "antczak2020_store1"
    if not folder.is_dir():
        pytest.skip("the data folder has no antczak2020_store1 (docs/reproduction.md)")
    return folder


def test_a_day_has_the_waits_and_till_hours_of_a_naive_program(data, tmp_path):
    """Mean waits and hours at tills agree within chance, and chance hides no 6 %."""
    day = next(day for day in read_days(data) if day.day.isoformat() == DAY)
    rule = next(rule for rule in RULES if rule.choice["rule"] == "shortest_queue")
    ours = simulate(Task(write_scenarios([day], tmp_path)[0], rule, RUNS))
    assert not ours.audit
    shops = [naive.Shop(naive.read(data, DAY), seed) for seed in range(RUNS)]
    theirs = {
        "all": [np.mean(shop.waits) * 60 for shop in shops],
        "queued": [np.mean([w for w in shop.waits if w > 0]) * 60 for shop in shops],
        "till hours": [shop.till_minutes / 60 for shop in shops],
    }
    found = {cell.of: (cell.mean_s, cell.error_s) for cell in cells(rule, [ours])}
    found["till hours"] = (
        beside(rule, [ours]).till_hours,
        float(np.std(ours.till_hours, ddof=1)) / np.sqrt(RUNS),
    )
    for name, values in theirs.items():
        mean, error = np.mean(values), np.std(values, ddof=1) / np.sqrt(RUNS)
        error = np.hypot(error, found[name][1])
        assert STANDARD_ERRORS * error < 0.06 * mean, f"{name}: more runs are needed"
        assert abs(found[name][0] - mean) < STANDARD_ERRORS * error, (name, found[name], mean)
