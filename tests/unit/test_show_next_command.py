"""The command to try next: it says one change that fits the finding, and it works."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest

from simqueue.scenario import load, to_yaml
from simqueue.show.next_command import next_command
from tests.unit.show_studies import MACHINES, people, same_days, shop, study_of, theory

STEPPED = '{lane: staffed, kind: staffed, tills: 4, roster: {"08:00": 2, "12:30": 3, "13:00": 4}}'


def changes(command):
    """What a command sets, in order."""
    words = shlex.split(command)
    return [words[i + 1] for i, word in enumerate(words) if word == "--set"]


def tried(scenario, waits, tmp_path):
    """The command for a scenario on which these waits were found, and the scenario it leads to."""
    path = tmp_path / "my shop.yaml"
    path.write_text(to_yaml(scenario), encoding="utf-8")
    command = next_command(study_of(scenario, same_days(waits)), str(path))
    return changes(command), load(path, changes(command))


def at(clock):
    """Seconds from midnight."""
    hours, minutes = clock.split(":")
    return 3600 * int(hours) + 60 * int(minutes)


@pytest.mark.parametrize(
    ("quarters", "change", "clock", "tills"),
    [
        (range(4, 8), "lanes.staffed.roster@09:00=3", "09:45", 3),  # two are open
        (range(16, 20), "lanes.staffed.roster@11:30=3", "12:15", 3),  # up to the step at 12:30
        (range(20, 24), None, None, None),  # all four are open
    ],
)
def test_a_short_lane_gets_one_till_more(tmp_path, quarters, change, clock, tills):
    """An hour in which the roster is steady and a till is left gets one more."""
    said, scenario = tried(shop(STEPPED), people(0, quarters, 9, 10), tmp_path)
    lane = scenario.lanes[0]
    if change is None:
        assert said == ["lanes.staffed.tills=5", "lanes.staffed.roster@13:00=5"]
        assert (lane.n_servers, lane.roster.at(at("13:45"))) == (5, 5)
    else:
        assert said == [change]
        assert lane.roster.at(at(clock)) == tills
    assert lane.roster.at(at("08:00")) == 2  # what was right stays


def test_without_a_roster_a_machine_is_added(tmp_path):
    """Where everything is open all day, one more is bought."""
    said, scenario = tried(shop(MACHINES), people(0, range(8, 12), 9, 10), tmp_path)
    assert said == ["lanes.self-service.machines=7"]
    assert scenario.lanes[0].n_servers == 7


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("front tills", 'lanes."front tills".tills=5'),
        ("tills 1-4, left", 'lanes."tills 1-4, left".tills=5'),
        ("a.b", "lanes[0].tills=5"),
        ("x@09:00", "lanes[0].tills=5"),
        ("'=cmd'", "lanes[0].tills=5"),
        ("say \\\"hi\\\"", "lanes[0].tills=5"),
        ("$(reboot)", "lanes[0].tills=5"),
        ("<script>alert(1)</script>", "lanes[0].tills=5"),
        ("till " * 12, "lanes[0].tills=5"),
        ("Kasse für Große", 'lanes."Kasse für Große".tills=5'),
    ],
)  # fmt: skip
def test_any_name_of_a_lane_can_be_reached(tmp_path, name, path):
    """Names with spaces stand in quotes, others that a path could misread are counted."""
    scenario = shop(f'{{lane: "{name}", kind: staffed, tills: 4}}')
    said, changed = tried(scenario, people(0, range(8, 12), 9, 10), tmp_path)
    assert said == [path]
    assert changed.lanes[0].n_servers == 5


def test_a_shop_that_copes_is_tried_with_a_tenth_more(tmp_path):
    """Of 1,005 customers a day, 1,105.5 rounded up; where no number is given, other customers."""
    calm = [(0, 0, 0.0)]
    busy = {"customers_per_day": 1005, "shape": {"per_hour": {"08:00": 1}}}
    said, scenario = tried(shop().replaced({"arrivals": busy}), calm, tmp_path)
    assert said == ["arrivals.customers_per_day=1106"]
    assert scenario.arrivals.customers_per_day == 1106
    by_rate = next_command(study_of(shop(), same_days(calm)), "a.yaml")
    assert by_rate == "simqueue run a.yaml --seed 2"


def test_one_day_is_first_repeated():
    """A single day says nothing of other days, whatever it found; the user's changes stay."""
    study = study_of(shop(), [people(0, range(8, 12), 9, 10)])
    options = [("--set", "lanes.staffed.tills=3"), ("--replications", "1"), ("--seed", "8")]
    assert next_command(study, "a.yaml", options) == (
        "simqueue run a.yaml --set lanes.staffed.tills=3 --replications 20 --seed 8"
    )


def test_what_was_changed_before_is_changed_again():
    """Only one thing differs from the run before; a change of the same thing is replaced."""
    study = study_of(shop(), same_days(people(0, range(8, 12), 9, 10)))
    options = [("--set", "lanes.staffed.tills=4"), ("--set", "arrivals.constant_per_hour=70")]
    assert next_command(study, "a.yaml", options) == (
        "simqueue run a.yaml --set lanes.staffed.tills=5 --set arrivals.constant_per_hour=70"
    )


def test_a_steady_state_gets_four_times_the_runs():
    """So an interval halves."""
    study = study_of(theory(), same_days([(0, 0, 1.0)]))
    assert next_command(study, "mm1.yaml") == "simqueue run mm1.yaml --replications 12"


def test_an_interrupted_run_is_run_whole():
    """What was stopped is repeated as it was."""
    study = study_of(shop(), [[(0, 0, 0.0)]] * 2, partial=True)
    assert next_command(study, "a.yaml", [("--seed", "3")]) == "simqueue run a.yaml --seed 3"


@pytest.mark.parametrize("path", [None, "a\nb.yaml"])
def test_without_a_file_there_is_still_a_command(path):
    """A scenario that came from Python cannot be run again by name."""
    assert next_command(study_of(shop(), same_days([])), path) == "simqueue list"


def test_a_file_with_spaces_is_quoted():
    """The line can be pasted into a shell."""
    command = next_command(study_of(shop(), same_days([])), "my shop's.yaml")
    assert "\n" not in command
    assert shlex.split(command)[:3] == ["simqueue", "run", "my shop's.yaml"]


def test_the_command_runs(tmp_path):
    """Pasted as it is, it ends with 0."""
    scenario = shop('{lane: front tills, kind: staffed, tills: 2, roster: {"08:00": 1}}')
    path = tmp_path / "my shop.yaml"
    path.write_text(to_yaml(scenario), encoding="utf-8")
    command = next_command(study_of(scenario, same_days(people(0, [8, 9], 9, 10))), str(path))
    assert changes(command) == ['lanes."front tills".roster@10:00=2']
    words = [*shlex.split(command)[1:], "--no-report", "--out", str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-m", "simqueue", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "summary.csv").exists()
