"""A check from end to end on a tiny shop: who is timed on a simulated day, and what is said."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simqueue.fit import DaysError, Margin, Observed, check
from simqueue.fit.sampling import nearest, studies_of, timed
from simqueue.scenario import Scenario, ScenarioError, loads
from simqueue.show.check import answer, screen
from simqueue.show.figure_check import check_figure, shown_rows
from simqueue.study.day import simulate_day
from simqueue.study.measures import joined

TINY = """
scenario: Tiny
seed: 5
store: {opens: "09:00", closes: "11:00"}
arrivals: {constant_per_hour: 40}
customers: [{segment: all, share: 1, items: {fixed: 1}}]
lanes:
  - {lane: tills, kind: staffed, tills: 2, service: {exponential: {mean: 45 s}}}
  - {lane: late, kind: staffed, tills: 1, roster: {"09:00": 0, "10:00": 1},
     service: {exponential: {mean: 45 s}}}
"""
SHOP = loads(TINY)


def stopwatch(scenario: Scenario, seed: int, days: int, n: int) -> Observed:
    """What somebody with a watch would write down in the shop: n customers of each day."""
    rng = np.random.default_rng(seed)
    real = scenario.replaced({"seed": seed})
    found: dict[str, list[Any]] = {"wait": [], "time": [], "lane": [], "day": []}
    for k in range(days):
        day = simulate_day(real, k)
        rows = np.flatnonzero(joined(day))
        rows = np.sort(rng.choice(rows, min(n, len(rows)), replace=False))
        found["wait"] += day.log.wait_s[rows].round().tolist()
        found["time"] += (day.log.join_s[rows] // 60 * 60).tolist()
        found["lane"] += day.log.lane[rows].tolist()
        found["day"] += [k] * len(rows)
    return observed(found["wait"], found["day"], found["time"], found["lane"])


def observed(
    wait: list[float],
    day: list[int] | None = None,
    time: list[float] | None = None,
    lane: list[int] | None = None,
) -> Observed:
    """Measured waits as they are read from a file."""
    number = np.array(day if day is not None else [0] * len(wait))
    names = tuple(str(k) for k in range(int(number.max()) + 1))
    return Observed(
        "waits.csv", np.array(wait, dtype=float), number, names,
        None if time is None else np.array(time, dtype=float),
        None if lane is None else np.array(lane),
    )  # fmt: skip


def day_of(join_s: list[float], lane: list[int]) -> Any:
    """A simulated day in which everybody's wait is the minute of joining, for sampling by hand."""
    n = len(join_s)
    log = SimpleNamespace(
        join_s=np.array(join_s), lane=np.array(lane), wait_s=np.array(join_s) / 60.0
    )
    return SimpleNamespace(
        log=log, joined=np.ones(n, dtype=bool), replication=3, scenario=SimpleNamespace(seed=1)
    )


def test_the_nearest_customer_of_the_lane_is_timed():
    """At 600 s in lane 1 that is who joined there at 660 s, not who joined lane 0 at 600 s."""
    day = day_of([0.0, 600.0, 660.0, 1200.0], [0, 0, 1, 1])
    found = timed(day, observed([5, 5, 5], time=[600.0, 600.0, 1250.0], lane=[1, 0, 1]))
    assert found.tolist() == [11.0, 10.0, 20.0]


def test_nobody_within_a_quarter_hour_is_nobody():
    """A wait timed at 3000 s has no counterpart when the last customer joined at 1200 s."""
    day = day_of([0.0, 1200.0], [0, 0])
    found = timed(day, observed([5, 5], time=[10.0, 3000.0]))
    assert found[0] == 0.0
    assert np.isnan(found[1])


def test_without_times_neighbours_are_timed():
    """Three waits without times are three customers in a row, each lane on its own."""
    day = day_of([60.0 * k for k in range(20)], [k % 2 for k in range(20)])
    found = timed(day, observed([5, 5, 5]))
    assert np.diff(found).tolist() == [1.0, 1.0]
    found = timed(day, observed([5, 5, 5, 5], lane=[0, 1, 0, 1]))
    assert found[2] - found[0] == found[3] - found[1] == 2.0


@given(
    st.lists(st.floats(0, 1000), min_size=1, max_size=40),
    st.lists(st.floats(0, 1000), min_size=1, max_size=40),
)
def test_nobody_is_timed_twice_while_there_are_enough(joins, times):
    """Each time has a customer of its own, in order, if there are as many; else the nearest."""
    joins, times = np.sort(joins), np.sort(times)
    found = nearest(joins, times)
    if len(joins) >= len(times):
        assert bool(np.all(np.diff(found) > 0))
        assert found[0] >= 0
        assert found[-1] < len(joins)
    else:
        gap = np.abs(joins[found] - times)
        assert np.allclose(gap, np.abs(joins[None, :] - times[:, None]).min(axis=1))


def test_studies_join_different_simulated_days():
    """The k-th study has observed day 0 from simulated day k and observed day 1 from day k + 1."""
    simulated = np.arange(4)[:, None] * np.ones(3)
    found = studies_of(simulated, np.array([0, 0, 1]))
    assert found.tolist() == [[0, 0, 1], [1, 1, 2], [2, 2, 3], [3, 3, 0]]


@pytest.fixture
def cached(monkeypatch):
    """Simulate each day of each scenario only once."""
    days: dict[Any, Any] = {}

    def once(scenario: Scenario, replication: int, engine: str = "simpy") -> Any:
        key = (scenario.model_dump_json(), replication)
        if key not in days:
            days[key] = simulate_day(scenario, replication, engine)
        return days[key]

    # the room's `check` is the function; its module has the same name
    monkeypatch.setattr(import_module("simqueue.fit.check"), "simulate_day", once)


def test_the_shop_itself_is_not_called_different(cached):
    """Timed in the very shop that is simulated, with other customers, no check says `differs`.

    Eight checks; each may err with a chance of 5 %, more than two of them in 1 of 180 such tests.
    """
    found = [check(SHOP, stopwatch(SHOP, 100 + k, 2, 30), 40).verdict for k in range(8)]
    assert found.count("differs") <= 2


def test_enough_days_match_and_five_waits_do_not(cached):
    """Twenty days of 60 waits of the same shop match within a minute; five waits never do."""
    many = stopwatch(SHOP, 200, 20, 60)
    found = check(SHOP, many, 40, Margin.read("60 s"))
    assert found.verdict == "matches"
    assert found.need.observed_days == found.need.simulated_days == 0
    few = check(SHOP, stopwatch(SHOP, 201, 1, 5), 40, Margin.read("60 s"))
    assert few.verdict == "cannot tell"
    assert "never called a match" in answer(few)


def test_a_much_slower_shop_differs():
    """With service of 120 instead of 45 s in the shop the check says that it differs."""
    slow = loads(TINY.replace("mean: 45 s", "mean: 120 s"))
    found = check(SHOP, stopwatch(slow, 300, 3, 40), 40)
    assert found.verdict == "differs"
    assert found.whole.difference_s > found.whole.margin_s
    assert "longer" in answer(found)


def test_lanes_and_hours_are_compared_where_given():
    """Two lanes and two hours make four groups whose waits add up; without them there is none."""
    given_ = stopwatch(SHOP, 400, 2, 40)
    found = check(SHOP, given_, 40)
    names = [(g.family, g.name) for g in found.groups]
    assert names == [("lane", "tills"), ("lane", "late"), ("hour", "09:00-10:00"),
                     ("hour", "10:00-11:00")]  # fmt: skip
    for family in ("lane", "hour"):
        assert sum(g.n for g in found.groups if g.family == family) == found.whole.n
    plain = check(SHOP, observed(given_.wait_s.tolist()), 40)
    assert plain.groups == []
    assert any("No times were noted" in note for note in plain.notes)


def test_waits_where_the_scenario_has_nobody_are_left_out_and_spoil_a_match():
    """At 09:05 the late till is closed in the scenario: such waits are told, and forbid a match."""
    time = [300.0 + 60 * k for k in range(20)]
    found = check(SHOP, observed([0.0] * 20, time=time, lane=[0] * 15 + [1] * 5), 40,
                  Margin.read("60 min"))  # fmt: skip
    assert found.left_out == 5
    assert found.observed == 15
    assert found.verdict == "cannot tell"
    assert "5 of 20 measured waits are left out" in screen(found)
    with pytest.raises(ScenarioError, match="no customers at the times"):
        check(SHOP, observed([0.0] * 3, time=[60.0] * 3, lane=[1] * 3), 40)


@pytest.mark.parametrize("days", [1, 39, 10**9])
def test_too_few_or_too_many_days_are_refused(days):
    """Below 40 simulated days nothing can be among the rarest 5 %; a billion are never done."""
    with pytest.raises(DaysError, match="simulated days"):
        check(SHOP, observed([1.0, 2.0]), days)


def test_same_waits_same_check():
    """A check has no chance of its own: done twice it gives the same numbers."""
    waits = observed([10.0, 20.0, 0.0, 40.0, 5.0, 90.0])
    assert check(SHOP, waits, 40).plain() == check(SHOP, waits, 40).plain()


def test_the_curve_is_the_share_of_customers():
    """Of the waits 0, 0, 60 and 120 s half are 0, three in four at most 60 s, all at most 120 s."""
    curve = check(SHOP, observed([0.0, 0.0, 60.0, 120.0]), 40).curve
    assert curve.measured[0] == 0.5
    assert curve.measured[-1] == 1.0
    assert curve.measured[np.searchsorted(curve.wait_s, 60.0 + 1e-9)] == 0.75
    assert bool(np.all(curve.low <= curve.median))
    assert bool(np.all(curve.median <= curve.high))


def test_the_figure_names_every_group_and_verdict():
    """The figure has a row for each group with its name, number of waits and verdict."""
    found = check(SHOP, stopwatch(SHOP, 400, 2, 40), 40)
    figure = check_figure(found)
    lower = figure.axes[1]
    names = [label.get_text() for label in lower.get_yticklabels()]
    assert len(names) == len(shown_rows(found)) == 5
    assert names[0] == f"all waits, {found.observed}"
    assert names[1].startswith("tills, ")
    said = [text.get_text() for text in lower.texts]
    assert all(row.verdict in said for row in shown_rows(found))
