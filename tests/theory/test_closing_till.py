"""Tills that close and open while people stand in line: Kolmogorov's equations, and one chain.

Two tills with own lines on a day with changing rates. One of them closes at a time, either serving
its line out or sending those who wait over to the other line. Then a till opened on demand.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
from scipy.sparse.linalg import expm_multiply

from simqueue import theory
from tests.theory.behaviour_chains import second_till_on_demand
from tests.theory.chains import Chain, simpson
from tests.theory.harness import (
    agree,
    as_found,
    exponential,
    known_of,
    measure,
    run,
    steady,
    till_lane,
)

MEAN_S = 60.0
QUARTER_S = 900.0
STEP_S = 15.0  # of the grid on which the solutions are kept and integrated
PER_HOUR = (90, 50, 90, 40, 90, 40)  # arrivals, by quarter hours from 08:00
ROSTER = {0: 2, 13: 1, 25: 2, 43: 1, 60: 2, 74: 1}  # tills by minutes from opening
MOST = 60  # people in one line at which the chain is cut off; checked to be enough


class Solution(NamedTuple):
    """Means by quarter hour, and how many people go over on the whole day."""

    people: np.ndarray
    waiting: np.ndarray
    tills: np.ndarray
    moved: float


def clock(minutes: int) -> str:
    """Clock time of a shop that opens at eight."""
    return f"{8 + minutes // 60:02d}:{minutes % 60:02d}"


def two_lines(rate: float, tills: int) -> Callable:
    """Moves of (a, b) people in two lines, b in the one that is closed or closing with one till."""

    def moves(a, b):
        to_first = 1.0 if tills == 1 else 0.5 if a == b else float(a < b)
        yield (a + 1, b), rate * to_first if a < MOST else 0.0
        yield (a, b + 1), rate * (1 - to_first) if b < MOST else 0.0
        yield (a - 1, b), 1 / MEAN_S if a else 0.0
        yield (a, b - 1), 1 / MEAN_S if b else 0.0

    return moves


def closing(a: int, b: int, sends_over: bool) -> tuple[int, int]:
    """The shorter line closes; its waiting people stay and are served out, or go over at once."""
    stays, goes = max(a, b), min(a, b)
    over = max(0, goes - 1) if sends_over else 0
    return min(stays + over, MOST), goes - over


def solve(sends_over: bool) -> Solution:
    """The day by Kolmogorov's forward equations, from an empty shop."""
    people, waiting, tills_open = (np.zeros(len(PER_HOUR)) for _ in range(3))
    moved = 0.0
    cuts = sorted({*range(0, 15 * len(PER_HOUR) + 1, 15), *ROSTER})
    states = [(a, b) for a in range(MOST + 1) for b in range(MOST + 1)]
    place = {state: k for k, state in enumerate(states)}
    a, b = np.array(states).T
    shares = np.eye(1, len(states))[0]
    tills = ROSTER[0]
    for start, end in pairwise(cuts):
        after = ROSTER.get(start, tills)
        if after < tills:
            if sends_over:
                moved += float(shares @ np.maximum(0, np.minimum(a, b) - 1))
            to = [place[closing(*state, sends_over)] for state in states]
            shares = np.bincount(to, weights=shares, minlength=len(states))
        tills = after
        quarter, width = start // 15, 60.0 * (end - start)
        path = evolve(place, PER_HOUR[quarter] / 3600, tills, shares, width)
        shares = path[-1]
        for total, values in (
            (people, a + b),
            (waiting, np.maximum(0, a - 1) + np.maximum(0, b - 1)),
            (tills_open, 2 if tills == 2 else 1 + (b > 0)),
        ):
            total[quarter] += simpson(path @ (values * np.ones(len(states))), width) / QUARTER_S
        assert path[:, (a == MOST) | (b == MOST)].sum(axis=1).max() < 1e-8
    return Solution(people, waiting, tills_open, moved)


def evolve(place: dict, rate: float, tills: int, shares: np.ndarray, width: float) -> np.ndarray:
    """Shares of the states at equally spaced moments over `width` seconds."""
    chain = Chain((MOST, MOST), two_lines(rate, tills))
    order = [place[state] for state in chain.states]
    assert len(order) == len(place)  # every state is reached from the fullest
    points = round(width / STEP_S) + 1
    found = expm_multiply(
        chain.generator.T.tocsc(), shares[order], start=0, stop=width, num=points, endpoint=True
    )
    path = np.zeros_like(found)
    path[:, order] = found
    return path


def a_day(on_close: str) -> dict:
    """The same day as a scenario."""
    roster = {clock(minutes): tills for minutes, tills in ROSTER.items()}
    return {
        "scenario": "a till closes",
        "store": {"opens": "08:00", "closes": clock(15 * len(PER_HOUR))},
        "arrivals": {"per_hour": {clock(15 * q): rate for q, rate in enumerate(PER_HOUR)}},
        "customers": [{"segment": "all", "share": 1, "items": {"fixed": 1}}],
        "lanes": [till_lane(2, exponential(MEAN_S), line="own", roster=roster)],
        "behaviour": {"lane_choice": {"rule": "shortest_queue", "ties": "random"}},
        "staffing": {"on_close": on_close},
    }


def check_day(on_close, replications, seed, by_quarter, whole_day):
    """Compare a simulated day with the equations, by quarter hour and as a whole."""
    truth = solve(sends_over=on_close == "finish_current")
    study = run(a_day(on_close), replications, seed)
    quarters = study.by_quarter_hour()
    assert list(quarters) == [clock(15 * q) for q in range(len(PER_HOUR))]
    for q, found in enumerate(quarters.values()):
        agree(as_found(found["people_mean"]), truth.people[q], by_quarter)
        agree(as_found(found["queue_length_mean"]), truth.waiting[q], 1.5 * by_quarter)
        if truth.tills[q] < 2:
            agree(as_found(found["tills_open"]), truth.tills[q], by_quarter / 4)
    found = study.metrics
    agree(as_found(found["people_mean"]), truth.people.mean(), whole_day)
    agree(as_found(found["queue_length_mean"]), truth.waiting.mean(), 1.5 * whole_day)
    agree(as_found(found["tills_open"]), truth.tills.mean(), whole_day / 4)
    customers = sum(PER_HOUR) / 4
    if truth.moved:  # nobody stands in line through two closings, so each goes over once at most
        agree(as_found(found["changed_line_share"]), truth.moved / customers, 2.5 * whole_day)
    else:
        assert found["changed_line_share"].mean == 0


@pytest.mark.parametrize("on_close", ["finish_line", "finish_current"])
def test_a_closing_till_follows_kolmogorov(on_close):
    """People of every quarter hour within 10 %, of the whole day within 5 %; tills closer still."""
    check_day(on_close, replications=520, seed=121, by_quarter=0.10, whole_day=0.05)


@pytest.mark.truth
@pytest.mark.parametrize("on_close", ["finish_line", "finish_current"])
def test_a_closing_till_follows_kolmogorov_closely(on_close):
    """People of every quarter hour within 3 %, of the whole day within 1.5 %; tills closer."""
    check_day(on_close, replications=6000, seed=122, by_quarter=0.03, whole_day=0.015)


def test_both_ways_of_closing_differ_enough_to_be_told_apart():
    """A test that takes one way of closing for the other must fail.

    Sending people over empties the closing till sooner: fewer tills are there while one closes.
    """
    line, current = solve(sends_over=False), solve(sends_over=True)
    assert line.moved == 0
    assert current.moved > 1
    assert current.people.mean() > 1.1 * line.people.mean()
    assert max(current.waiting / line.waiting) > 1.3
    assert np.all(current.tills < line.tills)


def check_on_demand(load, above, within, seed, customers):
    """Compare one line with a second till on demand with its chain."""
    replications, rate = 40, load / MEAN_S
    hours = 3 + customers / replications / (3600 * rate)
    lanes = [till_lane(2, exponential(MEAN_S), roster=1)]
    call = {"lane": "tills", "call_above": above, "close_below": 1, "walk": "0 s", "stay": "0 s"}
    staffing = {"on_demand": {**call, "spare": 1}}
    shop = steady(3600 * rate, lanes, hours, staffing=staffing)
    names = ["wait_mean_s", "waited_share", "queue_length_mean", "utilisation", "tills_open"]
    found = measure(shop, replications, seed, [*names, "cashiers_called"], known_of(shop))
    truth = second_till_on_demand(rate, MEAN_S, above)
    for name, value in zip(names, truth[:5], strict=True):
        agree(found[name], value, within)
    # from the empty shop on: the start makes a difference of a call or less in hundreds
    agree(found["cashiers_called"], truth.calls * 3600 * hours, within + 0.01)


def test_a_till_opened_on_demand_is_a_chain():
    """One line, a second till as soon as more than two wait: waits, open tills, calls."""
    check_on_demand(0.9, above=2, within=0.02, seed=123, customers=100_000)


@pytest.mark.truth
@pytest.mark.parametrize(("load", "above"), [(0.8, 1), (1.2, 1), (1.2, 5)])
def test_a_till_opened_on_demand_is_a_chain_closely(load, above):
    """The same for other loads and limits, within 2 %."""
    check_on_demand(load, above, within=0.02, seed=124, customers=600_000)


def test_the_chain_on_demand_meets_its_limits():
    """The truth above: called late it is M/M/1; the shares of time add up to what is offered."""
    late = second_till_on_demand(0.5 / MEAN_S, MEAN_S, above=100)
    assert late.wait_mean == pytest.approx(theory.mmc_wait(1, 0.5 / MEAN_S, MEAN_S), rel=1e-9)
    assert late.tills_open == pytest.approx(1, abs=1e-9)
    early = second_till_on_demand(1.2 / MEAN_S, MEAN_S, above=1)
    assert early.busy_share * early.tills_open == pytest.approx(1.2)  # offered and carried load
    assert early.wait_mean > theory.mmc_wait(2, 1.2 / MEAN_S, MEAN_S)
