"""`simqueue run --precision`, later runs that extend earlier ones, weeks and robustness, typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.shops import CORNER_SHOP

PROMISED = (".csv", ".yaml", ".parquet", ".png")
WEEK = """\
week:
  weekday: {count: 4}
  saturday: {set: {arrivals.per_hour: {"09:00": 90, "10:00": 120}}}
"""
STUDY = """\
study: A till more?
base: shop.yaml
replications: 3
alternatives:
  - {name: as it is}
  - {name: a till more, set: {lanes.staffed.roster: 2}}
robustness: {demand: [0, 10 %], absent_cashiers: [1]}
"""


def promised(folder: Path) -> dict[str, bytes]:
    """The files of a result that promise their bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*") if path.suffix in PROMISED}  # fmt: skip


def test_a_run_stops_when_it_is_sure_enough(simqueue: Run) -> None:
    """Exit 0 after the first look, the aims beside what was reached, in JSON too."""
    words = ("run", "shop.yaml", "--precision", "wait_mean=60%,checkout_csat=5", "--no-report")
    done = simqueue(*words)
    assert done.returncode == 0, done.stderr
    assert "precision asked for" in done.stdout
    assert "After 30 simulated days of at most 1,000" in " ".join(done.stdout.split())
    assert "the psychology does not know" in " ".join(done.stdout.split())
    said = json.loads(simqueue(*words, "--json").stdout)["precision"]
    assert (said["met"], said["days"], said["most_days"]) == (True, 30, 1000)
    assert set(said["aims"]) == {"wait_mean", "checkout_csat"}
    assert said["aims"]["wait_mean"]["half_width"] <= said["aims"]["wait_mean"]["asked"]


def test_a_missed_precision_is_exit_3_with_the_days_still_needed(simqueue: Run) -> None:
    """The budget ends it; what was missed, and about how many more days, is on stderr."""
    done = simqueue("run", "shop.yaml", "--precision", "wait_mean=1%", "--most-days", "6",
                    "--no-report")  # fmt: skip
    assert done.returncode == 3
    assert "precision asked for is not reached: wait_mean. About " in done.stderr
    assert "MISSED" in done.stdout
    assert "--most-days" in done.stdout.rstrip().splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--precision", "wait_men=2%"), "wait_men: unknown measure; did you mean 'wait_mean'?"),
        (("--precision", "wait_mean"), "must be as in wait_mean=2%"),
        (("--precision", "wait_mean=0%"), "wait_mean: must be a share of the mean between"),
        (("--precision", "wait_mean=5"), "wait_mean: must be"),
        (("--precision", "wait_mean=2%,wait_mean=3%"), "wait_mean: is given twice"),
        (("--precision", "nps=-1"), "nps: must be above 0 (got '-1')"),
        (("--precision", "nps=1", "-n", "5"), "does not go with --replications"),
        (("--most-days", "5"), "--most-days: goes only with --precision"),
    ],
)
def test_a_wrong_precision_is_exit_2_before_anything_runs(simqueue: Run, words, said) -> None:
    """One clear line for each."""
    done = simqueue("run", "shop.yaml", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "days to simulate" not in done.stderr


def test_a_later_run_extends_an_earlier_one(simqueue: Run, folder: Path) -> None:
    """5 days after 2 simulate 3 and leave the bytes of 5 at once; the same again simulates none."""
    simqueue("run", "shop.yaml", "-n", "2", "--out", "a")
    extended = simqueue("run", "shop.yaml", "-n", "5", "--out", "a")
    assert "extends 2 stored days by 3" in extended.stderr
    assert "3 days to simulate" in extended.stderr
    simqueue("run", "shop.yaml", "-n", "5", "--out", "b")
    assert promised(folder / "a") == promised(folder / "b")
    again = simqueue("run", "shop.yaml", "-n", "5", "--out", "a")
    assert "all 5 days are stored" in again.stderr
    assert "days to simulate" not in again.stderr
    assert promised(folder / "a") == promised(folder / "b")
    fresh = simqueue("run", "shop.yaml", "-n", "5", "--out", "a", "--fresh")
    assert "5 days to simulate" in fresh.stderr
    assert "stored" not in fresh.stderr
    assert "identical" in simqueue("rerun", "a").stdout


def test_fewer_days_do_not_lose_those_that_are_stored(simqueue: Run) -> None:
    """3 days of 30 that are there need no simulation, nor do the 30 after that."""
    simqueue("run", "shop.yaml", "-n", "30", "--out", "a", "--no-report")
    assert "all 25 days are stored" in simqueue("run", "shop.yaml", "-n", "25", "--out", "a",
                                                "--no-report").stderr  # fmt: skip
    assert "extends 30 stored days by 1" in simqueue("run", "shop.yaml", "-n", "31", "--out", "a",
                                                     "--no-report").stderr  # fmt: skip


def test_damaged_or_foreign_days_are_left_aside_with_a_line(simqueue: Run, folder: Path) -> None:
    """The run goes on with all days, and says why."""
    simqueue("run", "shop.yaml", "-n", "2", "--out", "a", "--no-report")
    (folder / "a" / "days.arrow").write_bytes(b"something else")
    done = simqueue("run", "shop.yaml", "-n", "2", "--out", "a", "--no-report")
    assert done.returncode == 0
    assert "stored days in a are not used: days.arrow is damaged or was changed" in done.stderr
    other = simqueue("run", "shop.yaml", "-n", "2", "--out", "a", "--seed", "8", "--no-report")
    assert "they are of another scenario or seed" in other.stderr


def test_a_comparison_extends_an_earlier_one(simqueue: Run, folder: Path) -> None:
    """Days of every alternative are stored; the bytes are those of all days at once."""
    (folder / "study.yaml").write_text(STUDY.partition("robustness")[0], encoding="utf-8")
    simqueue("compare", "study.yaml", "-n", "2", "--out", "a", "--no-report")
    done = simqueue("compare", "study.yaml", "-n", "4", "--out", "a", "--no-report")
    assert "begins with stored days: 'as it is' 2, 'a till more' 2" in done.stderr
    assert "4 days to simulate" in done.stderr  # two of each
    simqueue("compare", "study.yaml", "-n", "4", "--out", "b", "--no-report")
    assert promised(folder / "a") == promised(folder / "b")


def test_a_week_is_simulated_day_by_day_and_added_up(simqueue: Run, folder: Path) -> None:
    """A table by day, the week and the year; a result for each day; rerun finds it identical."""
    (folder / "week.yaml").write_text(CORNER_SHOP + WEEK, encoding="utf-8")
    done = simqueue("run", "week.yaml", "-n", "2", "--out", "w")
    assert done.returncode == 0, done.stderr
    for said in ("weekday", "saturday", "the week", "+- (95 %, days)", "A year, 260 such days"):
        assert said in done.stdout
    assert (folder / "w" / "days" / "saturday" / "report.html").is_file()
    page = (folder / "w" / "report.html").read_text(encoding="utf-8")
    assert 'href="days/weekday/report.html"' in page
    again = simqueue("run", "week.yaml", "-n", "3", "--out", "w", "--json", "--no-report")
    assert again.stderr.count("extends 2 stored days by 1") == 2
    said = json.loads(again.stdout)
    assert (said["days_a_week"], said["days_a_year"], set(said["days"])) == (
        5, 260, {"weekday", "saturday"})  # fmt: skip
    assert said["week"]["customers"]["half_width"] > 0
    assert "identical" in simqueue("rerun", "w").stdout


@pytest.mark.parametrize(
    "words", [("compare", "week.yaml", "shop.yaml"), ("compare", "study.yaml"), ("sweep", "s.yaml")]
)
def test_a_week_is_not_compared_as_a_whole(simqueue: Run, folder: Path, words) -> None:
    """Exit 2 with the place of the week, and what to do instead, before anything runs."""
    (folder / "week.yaml").write_text(CORNER_SHOP + WEEK, encoding="utf-8")
    study = STUDY.replace("shop.yaml", "week.yaml")
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    swept = "study: s\nbase: week.yaml\nvary: {lanes.staffed.roster: [1, 2]}\n"
    (folder / "s.yaml").write_text(swept, encoding="utf-8")
    done = simqueue(*words)
    assert done.returncode == 2
    line = 1 + CORNER_SHOP.count("\n")
    assert f"week.yaml:{line}:1: week: is a whole week" in done.stderr


def test_a_comparison_says_how_far_its_choice_holds(simqueue: Run, folder: Path) -> None:
    """Circumstances as a table on the screen, in JSON, CSV and as a figure; rerun is identical."""
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    done = simqueue("compare", "study.yaml", "--out", "r")
    assert done.returncode == 0, done.stderr
    assert "1 cashier absent" in done.stdout
    assert "as planned" in done.stdout
    assert (folder / "r" / "robustness.csv").is_file()
    assert (folder / "r" / "figures" / "robustness.png").is_file()
    assert "1 cashier absent" in (folder / "r" / "report.html").read_text(encoding="utf-8")
    said = json.loads((folder / "r" / "comparison.json").read_text(encoding="utf-8"))
    assert said["robustness"]["days"] == 3
    assert {each["kind"] for each in said["robustness"]["circumstances"]} == {
        "demand", "absent_cashiers"}  # fmt: skip
    assert "identical" in simqueue("rerun", "r").stdout


def test_circumstances_that_make_no_sense_are_told_before_anything_runs(
    simqueue: Run, folder: Path
) -> None:
    """More people who consider machines that are not there: the place, and which alternative."""
    study = STUDY.replace("absent_cashiers: [1]", "self_service_share: [10 %]")
    study = study.replace("lanes.staffed.roster: 2", "lanes.self-service.machines: 0")
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    done = simqueue("compare", "study.yaml")
    assert done.returncode == 2
    said = "robustness.self_service_share: 'a till more': must be a shop with self-service machines"
    assert f"study.yaml:7:53: {said}; here are none" in done.stderr
