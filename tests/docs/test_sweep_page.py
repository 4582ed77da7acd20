"""The page on sweeps: its studies are valid, its commands work, its scripts make their figures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simqueue.scenario.study_load import load_study
from simqueue.study.sweep import sweep
from tests.docs.test_docs import Block, blocks, page_text

PAGE = "docs/sweep.md"
ENVIRONMENT = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "MPLBACKEND": "agg"}


def typed(words: list[str], place: Path) -> subprocess.CompletedProcess[str]:
    """A program run in a folder."""
    return subprocess.run(
        [sys.executable, "-W", "error", *words],
        cwd=place, capture_output=True, text=True, check=False, env=ENVIRONMENT,
    )  # fmt: skip


def saved() -> dict[str, Block]:
    """The files of the page by name."""
    return {name: block for block in blocks(PAGE) if (name := block.value("save as"))}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the page has been followed as far as its first sweep, with fewer days."""
    folder = tmp_path_factory.mktemp("page")
    done = typed(["-m", "simqueue", "init", "my-shop"], folder)
    assert done.returncode == 0, done.stderr
    for name, block in saved().items():
        text = block.text.replace("replications: 10", "replications: 2")
        (folder / name).write_text(text, encoding="utf-8")
    swept = typed(["-m", "simqueue", "sweep", "my-shop/study.yaml", "--workers", "1"], folder)
    assert swept.returncode == 0, swept.stderr
    assert (folder / "outputs/machines-or-cashiers/points.csv").exists()
    return folder


def scripts() -> list[str]:
    """The Python of the page, in order."""
    return [block.text for block in blocks(PAGE) if block.language == "python"]


def test_the_first_sweep_has_the_points_the_page_says(place: Path) -> None:
    """Five numbers of machines and two rosters: ten points."""
    points = list((place / "outputs/machines-or-cashiers/points").glob("[0-9]*.json"))
    assert len(points) == 10
    assert "Ten points, ten days each." in page_text(PAGE)


def test_ten_lines_make_a_figure_of_the_sweep(place: Path) -> None:
    """The researcher's script is ten lines at most, simulates nothing anew and leaves a PNG."""
    script = scripts()[0]
    assert len(script.strip().splitlines()) <= 10
    points = place / "outputs/machines-or-cashiers/points"
    before = {path: path.stat().st_mtime_ns for path in points.glob("*.json")}
    done = typed(["-c", script], place)
    assert (done.returncode, done.stderr) == (0, "")
    assert (place / "machines-or-cashiers.png").read_bytes().startswith(b"\x89PNG")
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert re.search(r"wait_mean_s\s+checkout_csat\s+staff_cost", done.stdout)
    assert len(done.stdout.strip().splitlines()) == 11  # a header and ten points


def test_the_script_without_a_study_file_works(place: Path) -> None:
    """A scenario with what to vary, and points given one by one, as the page writes them."""
    done = typed(["-c", scripts()[1].replace("replications=2", "replications=1")], place)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list((place / "outputs/expectations/points").glob("[0-9]*.json"))) == 3
    assert len(list((place / "outputs/shops/points").glob("[0-9]*.json"))) == 2


def test_the_large_study_is_valid_and_as_large_as_it_says(place: Path) -> None:
    """4,600 points of 365 days; and its first points can be simulated."""
    plan = load_study(place / "my-shop/year.yaml")
    assert plan.file.n_points == 4600
    assert plan.file.replications == 365
    assert f"{4600 * 365:,}" == "1,679,000"
    assert "4,600 x 365 = 1,679,000 simulated days" in page_text(PAGE)
    text = (place / "my-shop/year.yaml").read_text(encoding="utf-8")
    small = place / "my-shop/small.yaml"
    small.write_text(text.replace("latin_hypercube: 4600", "latin_hypercube: 3"), encoding="utf-8")
    found = sweep(small, replications=1, out=place / "outputs/small", workers=1)
    assert found.points == 3


def test_the_cluster_is_started_by_commands_that_exist() -> None:
    """The options of `dask scheduler` and `dask worker` on the page are known to both commands."""
    text = page_text(PAGE)
    for name in ("scheduler", "worker"):
        (line,) = re.findall(rf"^dask {name} .*$", text, re.MULTILINE)
        known = subprocess.run(
            [sys.executable, "-m", "dask", name, "--help"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        options = re.findall(r"--[a-z-]+", line)
        assert options
        for option in options:
            positive = option.replace("--no-", "--")
            assert option in known or f"{positive} / {option}" in known, option
