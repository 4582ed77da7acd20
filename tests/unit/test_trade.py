"""The measures of the trade, against counting through the log and the trace of whole days."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from simqueue.scenario.load import loads
from simqueue.study import run
from simqueue.study.day import Day, simulate_day
from simqueue.study.study import Study
from simqueue.tables import Ending, Event
from tests.shops import CORNER_SHOP

TILLS, MACHINES = 0, 1  # lanes of the corner shop
BUSY = (
    CORNER_SHOP.replace('"09:00": 60, "10:00": 90', '"09:00": 90, "10:00": 160')
    .replace("tills: 2,", "tills: 2, room: 3,")
    .replace("machines: 2\n", "machines: 2\n    room: 2\n")
    + "benchmark_wait: 2 min\nbehaviour: {renege: {patience: {about: 6 min}}}\n"
)
DAYS = 2


@pytest.fixture(scope="module")
def scenario():
    """A corner shop with too many customers in its second hour."""
    return loads(BUSY)


@pytest.fixture(scope="module")
def study(scenario) -> Study:
    """Two days of it."""
    return run(scenario, DAYS)


@pytest.fixture(scope="module")
def days(scenario) -> list[Day]:
    """The same two days in full."""
    return [simulate_day(scenario, r) for r in range(DAYS)]


def ratio(study: Study, name: str, grouping: str = "day", group: int = 0) -> float:
    """A measure of the study over all days."""
    return getattr(study, grouping).estimate(name, group).mean


def served(days: list[Day], lane: int) -> list[tuple[Day, int]]:
    """Everybody who paid in a lane, with his day."""
    return [
        (day, i)
        for day in days
        for i in range(len(day.log))
        if day.log.ending[i] == Ending.SERVED and day.log.lane[i] == lane
    ]


@pytest.mark.parametrize(
    ("name", "lane"), [("items_per_minute", TILLS), ("items_per_minute_machines", MACHINES)]
)
def test_articles_per_minute(study, days, name, lane):
    """All articles over all minutes from the start to the end of service."""
    items = sum(int(day.log.items[i]) for day, i in served(days, lane))
    minutes = sum((day.log.end_s[i] - day.log.start_s[i]) / 60 for day, i in served(days, lane))
    assert ratio(study, name) == pytest.approx(items / minutes)
    assert ratio(study, name, "lane", lane) == pytest.approx(items / minutes)
    assert isnan(ratio(study, name, "lane", 1 - lane))


def test_transactions_per_open_hour(study, days):
    """Customers served over the hours at tills, and over those of machines."""
    hours = sum(study.day.daily("till_hours")[:, 0])
    assert ratio(study, "transactions_per_till_hour") == pytest.approx(
        len(served(days, TILLS)) / hours
    )
    machine_s = sum(
        end - start
        for day in days
        for s, mine in enumerate(day.open_spells)
        if day.system.line_lane[day.system.server_line[s]] == MACHINES
        for start, end in mine
    )
    expected = len(served(days, MACHINES)) / (machine_s / 3600)
    assert ratio(study, "transactions_per_machine_hour") == pytest.approx(expected)
    assert ratio(study, "transactions_per_machine_hour", "lane", MACHINES) == pytest.approx(
        expected
    )
    assert isnan(ratio(study, "transactions_per_machine_hour", "lane", TILLS))


def test_transactions_of_a_quarter_hour_are_those_that_end_in_it(study, days):
    """Per quarter hour: payments at tills between its edges, over the hours open then."""
    for q in range(8):
        low, high = 900.0 * q, 900.0 * (q + 1)
        done = sum(low <= day.log.end_s[i] < high for day, i in served(days, TILLS))
        open_s = sum(
            max(0.0, min(end, high) - max(start, low))
            for day in days
            for s, mine in enumerate(day.open_spells)
            if day.system.line_lane[day.system.server_line[s]] == TILLS
            for start, end in mine
        )
        found = ratio(study, "transactions_per_till_hour", "quarter", q)
        assert found == pytest.approx(3600 * done / open_s)


def test_self_service_share_of_sales(study, days):
    """Articles paid at machines over all articles paid; unlike its share of customers."""
    at = [sum(int(day.log.items[i]) for day, i in served(days, lane)) for lane in (0, 1)]
    assert ratio(study, "self_service_sales_share") == pytest.approx(at[1] / sum(at))
    assert ratio(study, "self_service_sales_share", "lane", TILLS) == 0.0
    assert ratio(study, "self_service_sales_share", "lane", MACHINES) == 1.0


def test_helps_per_hundred(study, days):
    """Calls for an attendant per hundred who paid at machines."""
    calls = sum(int(np.sum(day.trace.event == Event.CALL)) for day in days)
    assert calls > 5
    assert ratio(study, "helps_per_100") == pytest.approx(100 * calls / len(served(days, MACHINES)))


def test_wait_against_the_benchmark(study):
    """The mean wait over two minutes; unknown without a benchmark."""
    assert ratio(study, "wait_vs_benchmark") == pytest.approx(ratio(study, "wait_mean_s") / 120)
    assert isnan(ratio(run(loads(CORNER_SHOP), 1), "wait_vs_benchmark"))


def test_idle_hours_of_each_lane_are_those_of_the_day(study):
    """Machines have none; staffed lanes add up to the day, which is open minus occupied hours."""
    by_lane = study.lane.daily("idle_till_hours")
    assert np.all(np.isnan(by_lane[:, MACHINES]))
    assert by_lane[:, TILLS] == pytest.approx(study.day.daily("idle_till_hours")[:, 0])
    assert np.all(by_lane[:, TILLS] > 0)


def waiting(day: Day, line: int, moments: np.ndarray) -> np.ndarray:
    """People waiting in a line just after each moment, from the trace row by row."""
    level, times, levels = 0, [0.0], [0]
    for time_s, event, where in zip(day.trace.time_s, day.trace.event, day.trace.line, strict=True):
        if where == line and event in (Event.JOIN, Event.START, Event.RENEGE, Event.LEAVE):
            level += 1 if event == Event.JOIN else -1
            times.append(float(time_s))
            levels.append(level)
    return np.array(levels)[np.searchsorted(times, moments, side="right") - 1]


def test_time_beyond_the_painted_room(study, days):
    """Share of a fine grid of moments in which some line of the lane is longer than its room."""
    moments = np.arange(0.0, 7200.0, 1.0) + 0.5
    rooms = {TILLS: 3, MACHINES: 2}
    beyond = {lane: [] for lane in (*rooms, "any")}
    for day in days:
        anywhere = np.zeros(len(moments), dtype=bool)
        for lane, room in rooms.items():
            lines = np.flatnonzero(day.system.line_lane == lane)
            mine = np.any([waiting(day, line, moments) > room for line in lines], axis=0)
            beyond[lane].append(mine.mean())
            anywhere |= mine
        beyond["any"].append(anywhere.mean())
    for lane in rooms:
        found = ratio(study, "beyond_room_share", "lane", lane)
        assert found == pytest.approx(np.mean(beyond[lane]), abs=2e-3)
        assert found > 0.01  # the room was too small at times
    day_share = ratio(study, "beyond_room_share")
    assert day_share == pytest.approx(np.mean(beyond["any"]), abs=2e-3)
    quarters = [ratio(study, "beyond_room_share", "quarter", q) for q in range(8)]
    assert np.mean(quarters) == pytest.approx(day_share)


def test_without_a_painted_room_nothing_is_beyond_it():
    """The measure is missing where no lane says how much room it has."""
    assert "beyond_room_share" not in run(loads(CORNER_SHOP), 1).metrics


def test_length_of_the_lines_of_a_lane(study, days):
    """Most people waiting at once, and what is enough for 95 % of the open time, lane by lane."""
    moments = np.arange(0.0, 7200.0, 0.5) + 0.25
    for lane in (TILLS, MACHINES):
        highest, enough = [], []
        for day in days:
            lines = np.flatnonzero(day.system.line_lane == lane)
            level = np.sum([waiting(day, line, moments) for line in lines], axis=0)
            ends = day.trace.time_s[np.flatnonzero(np.diff(day.trace.time_s) > 0)]
            settled = np.sum([waiting(day, line, ends) for line in lines], axis=0)
            highest.append(settled.max())
            enough.append(np.quantile(level, 0.95, method="inverted_cdf"))
        assert study.lane.daily("queue_length_max")[:, lane].tolist() == highest
        assert np.abs(study.lane.daily("queue_length_p95")[:, lane] - enough).max() <= 1


def test_offered_load_is_the_work_that_arrives(study, days):
    """Seconds at the till, gap included, of those who come in a quarter hour, over its seconds."""
    for lane in (TILLS, MACHINES):
        work = np.zeros(8)
        people = 0
        for day in days:
            freed = {int(c): float(t) for c, t, e in zip(day.trace.customer, day.trace.time_s,
                                                         day.trace.event, strict=True)
                     if e == Event.FREE}  # fmt: skip
            for i in np.flatnonzero(day.log.lane == lane):
                people += 1
                if day.log.ending[i] == Ending.SERVED:
                    occupied = freed[int(i)] - day.log.start_s[i]
                else:
                    occupied = day.system.service_s[lane, i] + day.system.gap_s[lane, i]
                work[int(day.log.arrival_s[i] // 900)] += occupied
        for q in range(8):
            found = ratio(study, "offered_load", "lane_quarter", 8 * lane + q)
            assert found == pytest.approx(work[q] / (900 * DAYS))
        assert ratio(study, "offered_load", "lane", lane) == pytest.approx(work.sum() / 7200 / DAYS)
        assert ratio(study, "occupation_mean_s", "lane", lane) == pytest.approx(work.sum() / people)


def test_targets_met_by_days_and_quarter_hours(study):
    """Each day's own measure beside its limit, and that of each of its quarter hours."""
    assert study.scenario.targets["wait_p95"] == 360.0
    by_day = study.day.daily("wait_p95_s")[:, 0] <= 360.0
    assert study.day.daily("wait_p95_days_on_target")[:, 0].tolist() == by_day.tolist()
    quarters = study.quarter.daily("one_in_front_share")
    met = [np.mean(row[~np.isnan(row)] >= 0.85) for row in quarters]
    assert study.day.daily("one_in_front_quarters_on_target")[:, 0] == pytest.approx(met)
    assert 0 < np.mean(met) < 1  # both happened
