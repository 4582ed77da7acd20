"""`simqueue sweep` as a user types it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from simqueue.cli.sweep import MOST_POINTS
from simqueue.study.sweep import plan
from tests.cli.interrupting import interrupted
from tests.sweep_studies import POINTS, content, study_in

MANY = "study: Many\nbase: shop.yaml\nvary: {seed: {from: 1, to: 80}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a space in its name that holds a study and its base."""
    return study_in(tmp_path / "my shop").parent


def test_a_sweep_says_what_it_found_and_where_it_is(simqueue, folder):
    """Figures on stdout, progress on stderr, the table in outputs/<study>; exit code 0."""
    done = simqueue("sweep", "study.yaml", "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert "6 points, 2 simulated days each, full grid" in done.stdout
    assert "wait by the clock, mean" in done.stdout
    assert "outputs/tills-or-machines/points.csv" in done.stdout
    *table, next_ = done.stdout.rstrip().splitlines()
    assert max(map(len, table)) <= 80
    assert next_.endswith(
        "simqueue.sweep('study.yaml').plot('lanes.staffed.roster', 'wait_mean_s')"
    )
    assert "study.yaml: 6 points" in done.stderr
    assert "6 of 6 points" in done.stderr
    with (folder / "outputs/tills-or-machines/points.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["lanes.staffed.roster"] for row in rows} == {"1", "3"}
    waits = {
        int(row["point"]): float(row["mean"]) for row in rows if row["measure"] == "wait_mean_s"
    }
    assert sorted(waits) == list(range(POINTS))
    assert waits[0] > waits[POINTS - 1]  # one till and one machine against three and three


def test_json_tells_the_ends_of_every_measure(simqueue, folder):
    """One JSON object on stdout: the lowest and highest mean of each measure, and where."""
    done = simqueue("sweep", "study.yaml", "--workers", "1", "--json", "--out", "a")
    told = json.loads(done.stdout)
    assert (told["points"], told["simulated"], told["failed"], told["partial"]) == (6, 6, {}, False)
    assert told["audit"] == {"ok": True, "failures": {}}
    with (folder / "a/points.csv").open() as file:
        hours = [r for r in csv.DictReader(file) if r["measure"] == "till_hours"]
    means = [float(row["mean"]) for row in hours]
    ends = told["measures"]["till_hours"]
    assert ends["lowest"]["mean"] == min(means)
    assert ends["highest"]["mean"] == max(means)
    at = hours[means.index(min(means))]
    assert ends["lowest"]["point"] == int(at["point"])
    assert ends["lowest"]["set"]["lanes.staffed.roster"] == int(at["lanes.staffed.roster"])


def test_a_second_call_simulates_nothing(simqueue, folder):
    """All points are there already: the same figures again, and no file of a point is touched."""
    first = simqueue("sweep", "study.yaml", "--workers", "1", "--out", "a")
    times = {p: p.stat().st_mtime_ns for p in (folder / "a/points").glob("*.json")}
    second = simqueue("sweep", "study.yaml", "--workers", "1", "--out", "a")
    assert second.returncode == 0
    assert "6 points, 6 of them there already" in second.stderr
    assert second.stdout == first.stdout
    assert {p: p.stat().st_mtime_ns for p in times} == times


def test_a_changed_study_is_exit_2_and_restart_is_the_way_out(simqueue, folder):
    """Another number of days: one line that says so; --restart begins anew."""
    simqueue("sweep", "study.yaml", "--workers", "1", "--out", "a")
    changed = ("sweep", "study.yaml", "--workers", "1", "--out", "a", "--replications", "3")
    refused = simqueue(*changed)
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1
    assert "a: holds a sweep that differs in the number of days" in refused.stderr
    assert "--restart" in refused.stderr
    again = simqueue(*changed, "--restart")
    assert again.returncode == 0
    assert "3 simulated days each" in again.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--most-points", "5"), "study.yaml:3:1: vary: gives 6 points; must be at most 5"),
        (("--cluster", "localhost:8786"), "must be the address of a Dask scheduler, as in tcp://"),
        (("--cluster", "tcp://a:1", "--workers", "2"), "--workers: is for this machine"),
        (("--set", "lanes.staffed.tils=4"), "did you mean 'tills'"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_2(simqueue, folder, words, said):
    """Nothing is simulated or written."""
    done = simqueue("sweep", "study.yaml", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "outputs").exists()


def test_a_scheduler_that_does_not_answer_is_exit_4(simqueue, folder):
    """The two commands that start a cluster are told, and the one that goes on."""
    done = simqueue("sweep", "study.yaml", "--cluster", "tcp://127.0.0.1:9", "--out", "a")
    assert done.returncode == 4
    assert "no scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert "dask scheduler" in done.stderr
    assert "dask worker tcp://127.0.0.1:9 --nthreads 1" in done.stderr
    assert "Go on: simqueue sweep study.yaml --cluster tcp://127.0.0.1:9 --out a" in done.stderr


def test_an_output_folder_that_is_a_file_is_exit_4(simqueue, folder):
    """One clear line, and the file stays."""
    (folder / "taken").write_text("mine")
    done = simqueue("sweep", "study.yaml", "--workers", "1", "--out", "taken")
    assert done.returncode == 4
    assert "taken" in done.stderr
    assert (folder / "taken").read_text() == "mine"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(folder, workers):
    """Exit code 130; the points done are there, the command goes on; no table is claimed."""
    (folder / "study.yaml").write_text(MANY)
    done = interrupted(folder, " left", "sweep", "study.yaml", "--out", "a", "--workers", workers)
    assert done.returncode == 130
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    kept = len(list((folder / "a/points").glob("[0-9]*.json")))
    assert 8 <= kept < 80
    assert (
        f"Interrupted. {kept} of 80 points are done and kept. Go on: simqueue sweep" in done.stderr
    )
    assert not (folder / "a/points.csv").exists()


@pytest.mark.truth
def test_an_interrupted_sweep_goes_on_to_the_same_bytes(simqueue, folder):
    """Interrupted on two workers and finished on one: byte for byte the sweep in one go."""
    (folder / "study.yaml").write_text(MANY)
    done = interrupted(folder, " left", "sweep", "study.yaml", "--out", "a", "--workers", "2")
    assert done.returncode == 130
    assert simqueue("sweep", "study.yaml", "--out", "a", "--workers", "1").returncode == 0
    assert simqueue("sweep", "study.yaml", "--out", "b", "--workers", "2").returncode == 0
    assert content(folder / "a") == content(folder / "b")


def test_help_needs_nothing_heavy(folder):
    """`simqueue sweep --help` imports neither Dask nor SciPy, pandas, pyarrow or Numba."""
    code = (
        "import sys\nfrom simqueue.cli import app\n"
        "try:\n    app(['sweep', '--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'dask', 'distributed', 'scipy', 'pandas', 'pyarrow', 'numba'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--most-points" in done.stdout


def test_the_limit_that_help_names_is_the_limit():
    """The command's default is the sweep's own, which `--help` must not import."""
    assert MOST_POINTS == plan.MOST_POINTS
