"""What a study keeps in memory: once there are many days it hardly grows with any more."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from simqueue.scenario import Scenario, resolve
from simqueue.study import run
from simqueue.study.day import simulate_day
from simqueue.study.run import Collected

MOST = 8  # days, instead of a thousand
PER_DAY = 8_000  # bytes: every figure of the day has 8, and there are some 250, twice over at most


@pytest.fixture
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """A study that keeps the whole of few days."""
    import importlib

    monkeypatch.setattr(importlib.import_module("simqueue.study.run"), "MOST_RECORDS", MOST)
    monkeypatch.setattr(importlib.import_module("simqueue.study.record"), "MOST_ROWS", MOST)


def shop() -> Scenario:
    """A shop that is open from eight to eight."""
    return resolve(
        {
            "scenario": "small",
            "seed": 3,
            "replications": 100_000,
            "store": {"opens": "08:00", "closes": "20:00"},
            "arrivals": {"constant_per_hour": 30},
            "customers": [{"segment": "all", "share": 1, "items": {"about": 8}}],
            "lanes": [
                {"lane": "tills", "kind": "staffed", "tills": 2, "service": "antczak2020_staffed"}
            ],
        }
    )


def test_memory_hardly_grows_with_the_days(few_days):
    """After the first days, another 50 add no more than the few figures of the day as a whole."""
    scenario = shop()
    collected = Collected(scenario, "simpy", keep=0)
    one = simulate_day(scenario, 0)
    tracemalloc.start()
    try:
        for _ in range(4 * MOST):
            collected.take(one)
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(50):
            collected.take(one)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (after - before) / 50 < PER_DAY
    assert len(collected.records) == MOST
    assert collected.days == 4 * MOST + 50


def test_many_days_still_make_a_study(few_days):
    """A study of more days than are kept whole counts all of them, in every table."""
    study = run(shop(), 3 * MOST, keep=0, engine="simpy")
    assert study.replications == 3 * MOST
    assert study.metrics["customers"].n == 3 * MOST
    assert len(study.waits) == MOST
    per_day = study.metrics["customers"].mean
    by_quarter = [found["customers"].mean for found in study.by_quarter_hour().values()]
    assert sum(by_quarter) == pytest.approx(per_day, rel=1e-12)
    assert study.by_lane()["tills"]["wait_mean_s"].mean == pytest.approx(
        study.metrics["wait_mean_s"].mean, rel=1e-12
    )
