"""The folder of a sweep: each point is kept, goes on where it ended, refuses what is foreign."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simqueue import load, run
from simqueue.scenario import ScenarioError
from simqueue.study.sweep import sweep
from simqueue.study.sweep.task import run_points
from tests.sweep_studies import POINTS, STUDY, content, study_in


class StoppedError(Exception):
    """What stands for a power cut."""


def fails_at(point: int) -> Any:
    """A task that ends the whole sweep at a point."""

    def task(version, engine, jobs):
        if any(number == point for number, _ in jobs):
            raise StoppedError
        return run_points(version, engine, jobs)

    return task


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A sweep from beginning to end in one process."""
    folder = tmp_path_factory.mktemp("whole")
    sweep(study_in(folder), out=folder / "out", workers=1)
    return folder


def test_the_table_has_what_a_run_of_each_point_finds(whole: Path) -> None:
    """Mean, half width and n of every measure are those of `run` with the same changes."""
    frame = sweep(whole / "study.yaml", out=whole / "out", workers=1).to_pandas()
    for point, (roster, machines) in enumerate((r, m) for r in (1, 3) for m in (1, 2, 3)):
        changes = [("lanes.staffed.roster", roster), ("lanes.machines.machines", machines)]
        expected = run(load(whole / "shop.yaml", changes)).to_pandas()
        found = frame[frame["point"] == point]
        assert set(found["lanes.staffed.roster"]) == {roster}
        assert set(found["lanes.machines.machines"]) == {machines}
        columns = ["measure", "mean", "half_width", "n", "unit"]
        expected = expected.astype({"mean": float, "half_width": float})
        left, right = (f[columns].reset_index(drop=True) for f in (found, expected))
        assert left.equals(right)


def test_a_point_is_on_disk_as_soon_as_it_is_done(tmp_path: Path) -> None:
    """When the progress says that so many are done, so many files are there, complete."""
    path = study_in(tmp_path)
    seen = []

    def look(done: int, of: int) -> None:
        files = list((tmp_path / "out" / "points").glob("[0-9]*.json"))
        seen.append((done, of, len([json.loads(f.read_text()) for f in files])))

    sweep(path, out=tmp_path / "out", workers=1, progress=look)
    assert seen == [(k, POINTS, k) for k in range(POINTS + 1)]


@pytest.mark.parametrize("stop", [0, 3, POINTS - 1])
def test_a_sweep_that_was_stopped_goes_on_to_the_same_bytes(stop, whole, tmp_path) -> None:
    """Stopped at any point and called again: not one byte differs from the sweep in one go."""
    path = study_in(tmp_path)
    with pytest.raises(StoppedError):
        sweep(path, out=tmp_path / "out", workers=1, task=fails_at(stop))
    assert len(list((tmp_path / "out" / "points").glob("[0-9]*.json"))) == stop
    again: list[int] = []

    def counted(version, engine, jobs):
        again.extend(number for number, _ in jobs)
        return run_points(version, engine, jobs)

    sweep(path, out=tmp_path / "out", workers=1, task=counted)
    assert again == list(range(stop, POINTS))
    assert content(tmp_path / "out") == content(whole / "out")


def test_a_damaged_point_is_simulated_again(whole, tmp_path) -> None:
    """Half a file, or one that belongs elsewhere, counts as no point."""
    path = study_in(tmp_path)
    sweep(path, out=tmp_path / "out", workers=1)
    points = tmp_path / "out" / "points"
    (points / "00003.json").write_bytes((points / "00003.json").read_bytes()[:100])
    (points / "00005.json").write_bytes((points / "00004.json").read_bytes())
    (points / ".new-1-00007.json").write_bytes(b"left by a sweep that was killed")
    sweep(path, out=tmp_path / "out", workers=1)
    assert content(tmp_path / "out") == content(whole / "out")


CHANGES = {
    "another value": ("study.yaml", "[1, 3]", "[1, 2]", "the points"),
    "other days": ("study.yaml", "base:", "replications: 3\nbase:", "the number of days"),
    "another base": ("shop.yaml", "seed: 7", "seed: 8", "the base scenario"),
    "another design": ("study.yaml", "vary:", "sampling: {sobol: 16}\nvary:", "the design"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_study_is_refused_with_the_way_out(change, tmp_path) -> None:
    """What differs is named, --restart and --out are offered, and the points there stay."""
    path = study_in(tmp_path)
    sweep(path, out=tmp_path / "out", workers=1)
    before = content(tmp_path / "out")
    name, old, new, said = CHANGES[change]
    file = tmp_path / name
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(ScenarioError, match=rf"{said}.*--restart.*--out"):
        sweep(path, out=tmp_path / "out", workers=1)
    assert content(tmp_path / "out") == before
    found = sweep(path, out=tmp_path / "out", workers=1, restart=True)
    assert not found.failed
    assert content(tmp_path / "out") != before


def test_a_table_beside_the_scenario_is_part_of_it(tmp_path) -> None:
    """Arrivals in a CSV that change between two calls are noticed, though no YAML did."""
    path = study_in(tmp_path)
    shop = tmp_path / "shop.yaml"
    text = shop.read_text().replace('{per_hour: {"09:00": 90}}', "{csv: come.csv}")
    shop.write_text(text)
    (tmp_path / "come.csv").write_text("time,customers_per_hour\n09:00,40\n")
    sweep(path, out=tmp_path / "out", workers=1)
    (tmp_path / "come.csv").write_text("time,customers_per_hour\n09:00,41\n")
    with pytest.raises(ScenarioError, match="base scenario"):
        sweep(path, out=tmp_path / "out", workers=1)


def test_another_version_is_refused(tmp_path, monkeypatch) -> None:
    """Points of version 0.0.1 do not go with those of this one; both versions are named."""
    path = study_in(tmp_path)
    with monkeypatch.context() as patch:
        for module in ("plan", "task"):
            patch.setattr(f"simqueue.study.sweep.{module}.edition", lambda: "0.0.1")
        sweep(path, out=tmp_path / "out", workers=1)
    with pytest.raises(ScenarioError, match=r"version of simqueue.*there 0\.0\.1.*--restart"):
        sweep(path, out=tmp_path / "out", workers=1)


def test_the_result_of_a_run_is_left_alone(tmp_path) -> None:
    """A folder that holds a run's result takes no sweep."""
    path = study_in(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "summary.json").write_text("{}")
    with pytest.raises(ScenarioError, match="holds the result of a run"):
        sweep(path, out=tmp_path / "out", workers=1)
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"summary.json"}


def test_two_sweeps_in_one_folder_do_not_meet(tmp_path) -> None:
    """While one is at work, the other is told so; afterwards the folder is free again."""
    path = study_in(tmp_path)
    refused = []

    def look(done: int, of: int) -> None:
        if done == 1:
            with pytest.raises(ScenarioError, match="another sweep is at work") as caught:
                sweep(path, out=tmp_path / "out", workers=1, restart=True)
            refused.append(caught.value)

    assert sweep(path, out=tmp_path / "out", workers=1, progress=look).points == POINTS
    assert len(refused) == 1
    assert sweep(path, out=tmp_path / "out", workers=1).points == POINTS


def test_a_point_that_cannot_be_simulated_is_reported_and_the_rest_completes(tmp_path) -> None:
    """Its row is missing from the table, failed.csv says why, and the next call tries it again."""
    path = study_in(tmp_path)

    def breaks(version, engine, jobs):
        done = run_points(version, engine, [job for job in jobs if job[0] != 4])
        bad = {"point": 4, "fault": "ValueError: =1+1", "seconds": 0.0}
        return [*done, *(bad for job in jobs if job[0] == 4)]

    found = sweep(path, out=tmp_path / "out", workers=1, task=breaks)
    assert dict(found.failed) == {4: "ValueError: =1+1"}
    assert found.points == POINTS - 1
    assert 4 not in set(found.to_pandas()["point"])
    lines = (tmp_path / "out" / "failed.csv").read_text().splitlines()
    assert lines == [
        "point,lanes.staffed.roster,lanes.machines.machines,why",
        "4,3,2,ValueError: =1+1",
    ]
    again = sweep(path, out=tmp_path / "out", workers=1)
    assert again.points == POINTS
    assert not again.failed
    assert not (tmp_path / "out" / "failed.csv").exists()


def test_restart_throws_away_nothing_but_the_sweep(tmp_path) -> None:
    """A file of the user's in the folder outlives --restart."""
    path = study_in(tmp_path)
    sweep(path, out=tmp_path / "out", workers=1)
    (tmp_path / "out" / "notes.txt").write_text("mine")
    (tmp_path / "out" / "points" / "mine.json").write_text("mine")
    sweep(path, out=tmp_path / "out", workers=1, restart=True)
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
    assert (tmp_path / "out" / "points" / "mine.json").read_text() == "mine"


def test_names_in_the_table_cannot_run_in_a_spreadsheet(tmp_path) -> None:
    """A value of a key that begins like a formula is neutralised in the CSV."""
    study = 'study: s\nbase: shop.yaml\nvary: {about: ["=1+1", plain]}\n'
    sweep(study_in(tmp_path, study), out=tmp_path / "out", workers=1)
    cells = {line.split(",")[1] for line in (tmp_path / "out/points.csv").read_text().splitlines()}
    assert cells == {"about", "'=1+1", "plain"}


def test_the_study_of_these_tests_has_the_points_it_says() -> None:
    """Two rosters and three numbers of machines make six points."""
    assert "[1, 3]" in STUDY
    assert POINTS == 2 * 3
