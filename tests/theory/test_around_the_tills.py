"""Breakdowns and stations against truths of their own: Markov chains, Burke and Jackson."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simqueue import theory
from simqueue.engine import derive_log, run
from simqueue.scenario import Scenario, resolve
from simqueue.study.day import prepared
from simqueue.tables import Log
from tests.theory.chains import Chain
from tests.theory.harness import Found, agree, exponential, steady, till_lane

SERVICE_S, UP_S, DOWN_S = 60.0, 900.0, 300.0
MOST = 140  # people waiting at which the chains are cut off; checked to be enough


def logs(shop: dict[str, Any], replications: int, seed: int) -> list[Log]:
    """The log of every replication; customers of the warm-up are left in."""
    scenario: Scenario = resolve({**shop, "seed": seed})
    found = []
    for replication in range(replications):
        workload, system = prepared(scenario, replication)
        found.append(derive_log(workload, system, run(workload, system, "simpy")))
    return found


def mean_of(values: list[float]) -> Found:
    """Mean over replications and its standard error."""
    return Found(float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values))))


def breaking(tills: int, rate: float, busy_only: bool) -> tuple[Chain, np.ndarray]:
    """M/M/c with breakdowns: (waiting, serving, broken with a customer, idle, broken without).

    A customer whose till breaks down waits there and goes on; a till repaired takes the next.
    """
    serve, breaks, repair = 1 / SERVICE_S, 1 / UP_S, 1 / DOWN_S

    def moves(waiting, serving, held, idle, broken):
        if idle:
            yield (waiting, serving + 1, held, idle - 1, broken), rate
        elif waiting < MOST:
            yield (waiting + 1, serving, held, idle, broken), rate
        if waiting:
            yield (waiting - 1, serving, held, idle, broken), serving * serve
            yield (waiting - 1, serving + 1, held, idle, broken - 1), broken * repair
        else:
            yield (0, serving - 1, held, idle + 1, broken), serving * serve
            yield (0, serving, held, idle + 1, broken - 1), broken * repair
        yield (waiting, serving - 1, held + 1, idle, broken), serving * breaks
        yield (waiting, serving + 1, held - 1, idle, broken), held * repair
        if not busy_only:
            yield (waiting, serving, held, idle - 1, broken + 1), idle * breaks

    chain = Chain((0, 0, 0, tills, 0), moves)
    shares = chain.long_run()
    assert shares @ chain.values(lambda w, *rest: w == MOST) < 1e-6
    return chain, shares


@pytest.mark.parametrize(
    ("tills", "per_hour", "when"), [(1, 24, "always"), (2, 66, "always"), (2, 60, "busy")]
)
def test_tills_that_break_down(tills, per_hour, when):
    """Wait in line and time in the shop are those of the chain, whether idle tills break or not."""
    chain, shares = breaking(tills, per_hour / 3600, when == "busy")
    waiting = shares @ chain.values(lambda w, *rest: w)
    inside = shares @ chain.values(lambda w, serving, held, *rest: w + serving + held)
    breakdowns = {"time_between": exponential(UP_S), "repair": exponential(DOWN_S), "when": when}
    shop = steady(per_hour, [till_lane(tills, exponential(SERVICE_S), breakdowns=breakdowns)],
                  hours=130, warm_up=5)  # fmt: skip
    waits, stays = [], []
    for log in logs(shop, 24, 71):
        counted = log.arrival_s >= 5 * 3600
        waits.append(float(log.wait_s[counted].mean()))
        stays.append(float((log.end_s - log.join_s)[counted].mean()))
    assert waiting > 3 * per_hour / 3600 * theory.mmc_wait(tills, per_hour / 3600, SERVICE_S)
    agree(mean_of(waits), waiting / (per_hour / 3600), within=0.09)
    agree(mean_of(stays), inside / (per_hour / 3600), within=0.06)


def test_a_busy_till_stands_for_the_share_of_time_that_repairs_take():
    """When busy only: time held at the till per customer is service x (down / up), by the log."""
    breakdowns = {"time_between": exponential(UP_S), "repair": exponential(DOWN_S), "when": "busy"}
    shop = steady(60, [till_lane(2, exponential(SERVICE_S), breakdowns=breakdowns)], hours=100)
    held = [float(log.stoppage_at_till_s.mean()) for log in logs(shop, 24, 72)]
    agree(mean_of(held), SERVICE_S * DOWN_S / UP_S, within=0.08)


def test_stations_in_a_row_are_independent_lines():
    """Jackson (1957), Burke (1956): M/M/1, then M/M/2, then M/M/2, each as if it stood alone.

    All go to the first station, 60 % to the second, all to the tills; each sees Poisson arrivals.
    """
    per_hour = 40.0
    shop = steady(
        per_hour,
        [till_lane(2, exponential(100.0))],
        hours=203,
        stations=[
            {"station": "scale", "servers": 1, "service": exponential(50.0)},
            {"station": "deli", "servers": 2, "service": exponential(150.0), "walk": "30 s"},
        ],
    )
    shop["customers"][0]["visits"] = {"scale": 1, "deli": 0.6}
    truths = {
        1: theory.mmc_wait(1, per_hour / 3600, 50.0),
        2: theory.mmc_wait(2, 0.6 * per_hour / 3600, 150.0),
        0: theory.mmc_wait(2, per_hour / 3600, 100.0),
    }
    found: dict[int, list[float]] = {stop: [] for stop in truths}
    for log in logs(shop, 15, 73):
        for stop, waits in found.items():
            counted = (log.stop == stop) & (log.arrival_s >= 3 * 3600)
            waits.append(float(log.wait_s[counted].mean()))
    for stop, truth in truths.items():
        agree(mean_of(found[stop]), truth, within=0.07)


def test_a_pool_shared_by_two_stations_is_one_line_for_its_staff():
    """Two counters with room for everybody and one person for both: together they are M/M/1.

    Everybody steps up at once and waits for the person there; calls of both in order of time. So
    the wait for help is that of M/M/1 with all arrivals and the common service.
    """
    per_hour = 40.0
    counters = [
        {"station": name, "servers": 200, "service": exponential(60.0), "staff": {"pool": "one"}}
        for name in ("cheese", "fish")
    ]
    shop = steady(per_hour, [till_lane(50, {"fixed": "1 s"})], hours=153, stations=counters)
    shop["customers"] = [
        {"segment": name, "share": 0.5, "items": {"fixed": 1}, "visits": {name: 1}}
        for name in ("cheese", "fish")
    ]
    shop["staffing"] = {"pools": {"one": 1}}
    days = logs(shop, 20, 74)
    for stop in (1, 2):
        helped = []
        for log in days:
            counted = (log.stop == stop) & (log.arrival_s >= 3 * 3600)
            helped.append(float(log.help_wait_s[counted].mean()))
        agree(mean_of(helped), theory.mmc_wait(1, per_hour / 3600, 60.0), within=0.1)
