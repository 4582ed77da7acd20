"""What a sweep refuses before anything runs, each with its place and the way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simqueue import load, run
from simqueue.scenario import ScenarioError, loads
from simqueue.study.sweep import sweep
from tests.sweep_studies import POINTS, SHOP, STUDY, study_in

HEAD = "study: s\nbase: shop.yaml\n"
BAD = {
    "vary:\n  lanes.staffed.tils: [1, 2]": r"study\.yaml:4:\d+: .*did you mean 'tills'",
    "vary:\n  lanes.staff.tills: [1, 2]": r"study\.yaml:4:\d+: .*nothing is named 'staff'",
    "vary:\n  lanes.staffed.tills: []": r"study\.yaml:4:24: .*must have at least one value",
    "vary:\n  lanes.staffed.tills: [1, 1]": r"study\.yaml:4:28: .*is given twice",
    "vary:\n  lanes.staffed.tills: 3": r"study\.yaml:4:24: .*must be a list of values",
    "vary:\n  lanes.staffed.tills: {from: 3, to: 1}": r"study\.yaml:4:24: .*range that goes up",
    "vary:\n  lanes.staffed.tills: {from: 3, too: 5}": r"study\.yaml:4:\d+: .*did you mean 'to'",
    "vary:\n  experience.asked: [at_till, nextday]": r"study\.yaml:4:31: .*must be one of",
    "vary: {}": r"study\.yaml:3:7: vary: must have at least one key",
    "replications: 3": r"study\.yaml:1:1: vary: is missing",
    "vary:\n  experience.expected_wait: {from: 1 min, to: 5 min}": r"study\.yaml:4:\d+: .*a step",
    "vary:\n  seed: [1, 2]\nsampling: {sobol: 250}": r"study\.yaml:5:19: .*did you mean 256\?",
    "vary:\n  seed: [1, 2]\nsampling: {sobl: 256}": r"study\.yaml:5:12: .*did you mean 'sobol'",
    "vary:\n  seed: [1, 2]\nsampling: {latin_hypercube: 0}": r"study\.yaml:5:29: .*from 1 to",
    "vary:\n  seed: [1, 2]\nprecision: {wait_mean: 2 %}": r"study\.yaml:5:1: precision: does not",
    "vary:\n  seed: {from: 1, to: 101}\n  lanes.staffed.tills: {from: 1, to: 100}":
        r"study\.yaml:3:1: vary: gives 10,100 points; .* 10,000; .*--most-points 10100",
}  # fmt: skip


@pytest.mark.parametrize("text", BAD, ids=lambda text: re.sub(r"\W+", "-", text)[-40:])
def test_a_study_that_makes_no_sense_is_refused_with_its_place(text: str, tmp_path: Path) -> None:
    """Each fault is one line with file, line, column and what to write; nothing is simulated."""
    path = study_in(tmp_path, f"{HEAD}{text}\n")
    with pytest.raises(ScenarioError, match=BAD[text]):
        sweep(path, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_values_that_do_not_go_together_are_refused_at_their_place(tmp_path: Path) -> None:
    """More tills on the roster than there are: told once, with a point as an example."""
    study = HEAD + "vary:\n  lanes.staffed.tills: [3, 2]\n  lanes.staffed.roster: [1, 3]\n"
    with pytest.raises(ScenarioError) as caught:
        sweep(study_in(tmp_path, study), out=tmp_path / "out")
    (line,) = str(caught.value).splitlines()
    assert re.search(r"study\.yaml:[45]:\d+: ", line)
    assert "as in the point lanes.staffed.tills = 2, lanes.staffed.roster = 3" in line


def test_values_that_only_go_together_are_accepted(tmp_path: Path) -> None:
    """Five tills need a roster of at most five, which the base does not have by itself."""
    shop = SHOP.replace("tills: 3", "tills: 3, roster: 3")
    path = study_in(
        tmp_path, HEAD + "vary: {lanes.staffed.tills: [2], lanes.staffed.roster: [2]}\n"
    )
    (tmp_path / "shop.yaml").write_text(shop, encoding="utf-8")
    assert sweep(path, out=tmp_path / "out", workers=1).points == 1


def test_keys_joined_by_a_comma_get_the_same_value(tmp_path: Path) -> None:
    """As many tills open as there are: each point is the shop with both set to one number."""
    study = HEAD + "vary: {'lanes.staffed.tills, lanes.staffed.roster': [2, 4]}\n"
    found = sweep(study_in(tmp_path, study), out=tmp_path / "out", workers=1)
    expected = []
    for n in (2, 4):
        shop = load(tmp_path / "shop.yaml", [f"lanes.staffed.{k}={n}" for k in ("tills", "roster")])
        expected.append(run(shop).metrics["till_hours"].mean)
    assert found.columns("till_hours")["till_hours"] == expected
    assert expected[1] > expected[0]


def test_a_path_is_varied_once(tmp_path: Path) -> None:
    """A path in two keys of `vary` would be set twice: refused at the key."""
    study = HEAD + "vary:\n  seed: [1, 2]\n  'about, seed': [3, 4]\n"
    with pytest.raises(ScenarioError, match=r"study\.yaml:4:9: .*varied twice"):
        sweep(study_in(tmp_path, study), out=tmp_path / "out", workers=1)


def test_the_limit_of_points_can_be_raised_and_lowered(tmp_path: Path) -> None:
    """A study of six points is refused when five are allowed, and done when six are."""
    path = study_in(tmp_path)
    with pytest.raises(ScenarioError, match=rf"--most-points {POINTS}"):
        sweep(path, out=tmp_path / "out", most_points=POINTS - 1)
    assert sweep(path, out=tmp_path / "out", most_points=POINTS, workers=1).points == POINTS


def test_faults_of_the_base_are_told_at_their_own_place(tmp_path: Path) -> None:
    """A fault in the scenario that the study starts from has the scenario's file and line."""
    path = study_in(tmp_path)
    (tmp_path / "shop.yaml").write_text(SHOP.replace("seed: 7", "sed: 7"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"shop\.yaml:2:1: sed: unknown key"):
        sweep(path, out=tmp_path / "out")


def test_a_scenario_needs_something_to_vary(tmp_path: Path) -> None:
    """The path of a scenario alone is refused, with what a study would look like."""
    study_in(tmp_path)
    with pytest.raises(ScenarioError, match="is a scenario, not a study"):
        sweep(tmp_path / "shop.yaml", out=tmp_path / "out")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"vary": {"lanes.staffed.tils": [1]}}, "did you mean 'tills'"),
        ({"vary": {}}, "vary"),
        ({"vary": {"seed": []}}, "at least one value"),
        ({"points": []}, "at least one point"),
        ({"points": [{"seed": 1}, {"sed": 2}]}, r"points\[1\]\.sed: is not set .*did you mean"),
        ({"points": [{"seed": 1}], "vary": {"seed": [1]}}, "do not go with"),
    ],
)
def test_a_question_in_python_is_refused_in_the_same_words(given, message, tmp_path) -> None:
    """Callers in Python get ScenarioError as well."""
    with pytest.raises(ScenarioError, match=message):
        sweep(loads(SHOP), out=tmp_path / "out", **given)
    assert not (tmp_path / "out").exists()


def test_a_study_says_itself_what_is_varied(tmp_path: Path) -> None:
    """A study file and `vary` beside it are one too many."""
    with pytest.raises(ScenarioError, match="is a study, which says itself"):
        sweep(study_in(tmp_path, STUDY), {"seed": [1]}, out=tmp_path / "out")


def test_no_workers_at_all_are_refused(tmp_path: Path) -> None:
    """Somebody has to do the work."""
    with pytest.raises(ValueError, match="workers: must be at least 1"):
        sweep(study_in(tmp_path), out=tmp_path / "out", workers=0)
