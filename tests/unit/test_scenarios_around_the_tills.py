"""The scenarios about stations and stoppages show their point on the first screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from simqueue.scenario import load
from simqueue.show.findings import findings
from simqueue.show.screen import first_screen
from simqueue.show.stretches import at_stations, at_tills, short_stretches
from simqueue.study import run
from simqueue.study.study import Study

SCENARIOS = Path(__file__).parents[2] / "scenarios"
TWO_AT_THE_DESK = (
    ("returns_desk.servers", 2),
    ("returns_desk.roster", {"10:00": 1, "12:00": 2, "18:00": 1}),
    ("lanes.tills.roster", {"10:00": 2, "14:00": 3, "18:00": 2}),
)
TWO_WEIGH_EARLY = (('stations."weighing counter".roster', {"08:00": 1, "09:00": 2}),)


def study_of(name: str, days: int, changes: tuple[tuple[str, object], ...] = ()) -> Study:
    """So many days of a scenario, with changes as its last comment suggests them."""
    return run(load(SCENARIOS / f"{name}.yaml").replaced(dict(changes)), days, keep=0)


def clock(study: Study, quarter: int) -> float:
    """Hours on the clock at which a quarter hour begins."""
    return study.scenario.opens_s / 3600 + quarter / 4


def short(study: Study) -> tuple[list, list]:
    """Short stretches at the tills and at the stations."""
    found = short_stretches(study, findings(study).rule)
    return at_tills(study, found), at_stations(study, found)


@pytest.fixture(scope="module")
def weighing() -> Study:
    """The Saturday with the weighing counter, as shipped."""
    return study_of("weighing-counter", 20)


def test_the_weighing_counter_floods_the_tills(weighing: Study) -> None:
    """First the counter is short, then the tills around noon, and the screen says why."""
    tills, stations = short(weighing)
    assert stations[0].stretch.first < tills[0].stretch.first
    assert tills[0].certain
    assert 11 <= clock(weighing, tills[0].stretch.first) < 12
    assert clock(weighing, tills[0].stretch.end) < 13
    screen = " ".join(first_screen(weighing, None, "").split())
    assert "At the weighing counter, from 09:" in screen
    assert "The weighing counter had held them up: " in screen
    assert "And weighing counter 09:" in screen
    assert "A whole visit waits 1:" in screen


def test_a_second_person_at_the_counter_two_hours_earlier_saves_the_tills(weighing: Study) -> None:
    """As the last comment says: less work at the counter in all, and nobody is short."""
    better = study_of("weighing-counter", 8, TWO_WEIGH_EARLY)
    assert short(better) == ([], [])
    assert better.metrics["station_hours"].mean < weighing.metrics["station_hours"].mean - 1.5
    assert "held them up" not in first_screen(better, None, "")


def test_the_outage_costs_three_times_its_length() -> None:
    """Twenty minutes at noon: short from twelve until about one, unexplained, and people leave."""
    study = study_of("till-outage", 8)
    tills, _ = short(study)
    assert all(11.5 <= clock(study, s.stretch.first) <= 12.25 for s in tills)
    assert all(12.5 <= clock(study, s.stretch.end) <= 13.5 for s in tills)
    screen = " ".join(first_screen(study, None, "").split())
    assert "From 12:00 to 12:20 no till works, and nobody is told why" in screen
    assert "the lines need until 1" in screen
    assert "told why" in screen.partition("Stoppages:")[2]
    assert "nothing moved" in screen.partition("Where to look:")[2]
    assert study.metrics["lost_baskets"].mean > 10


def test_without_the_outage_the_tills_cope() -> None:
    """The same Saturday with nothing broken has no short stretch and no word on stoppages."""
    study = study_of("till-outage", 4, (("outages", []),))
    assert short(study) == ([], [])
    screen = first_screen(study, None, "")
    assert "Stoppages" not in screen
    assert "no till works" not in screen


def test_in_the_fashion_shop_people_wait_everywhere_but_at_the_tills() -> None:
    """The tills cope; fitting rooms and the returns desk do not, and each is named."""
    study = study_of("fashion", 10)
    tills, stations = short(study)
    assert not tills
    assert {study.lane.groups[s.lane] for s in stations} == {"fitting rooms", "returns desk"}
    screen = " ".join(first_screen(study, None, "").split())
    assert "The tills cope all day" in screen
    assert "At the fitting rooms, from" in screen
    assert "At the returns desk, from" in screen
    where = screen.partition("Where to look:")[2]
    assert "fitting rooms" in where
    assert "occupied" in where


def test_two_cashiers_at_the_desk_cost_nothing_and_end_its_queue() -> None:
    """As the last comment says: the wait at the desk falls below a third, for the same wages."""
    before, after = study_of("fashion", 10), study_of("fashion", 10, TWO_AT_THE_DESK)
    desk = [s.by_lane()["returns desk"]["wait_mean_s"].mean for s in (before, after)]
    assert desk[1] < desk[0] / 3
    wages = [s.metrics["staff_cost"].mean for s in (before, after)]
    assert wages[1] == pytest.approx(wages[0], rel=0.02)
    assert after.metrics["wait_mean_s"].mean < 40


def test_a_scenario_without_stations_and_stoppages_says_nothing_of_them() -> None:
    """The words appear only where the scenario has the thing."""
    screen = first_screen(study_of("small-shop", 2), None, "")
    for word in ("station", "Stoppages", "whole visit", "no till works", "did without"):
        assert word not in screen, word
