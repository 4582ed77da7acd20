"""Which engine runs is said and changes nothing but the time."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from simqueue.cli.shared import ENGINES as OFFERED
from simqueue.engine.choice import ENGINES

PROMISED = (".csv", ".yaml", ".parquet", ".png")


def bytes_of(folder) -> dict[str, bytes]:
    """Every file that is promised to be the same, by its path."""
    paths = [path for path in folder.rglob("*") if path.suffix in PROMISED]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_the_command_line_offers_what_there_is():
    """The names that `--engine` takes are those of the engines, and auto comes first."""
    assert OFFERED == ENGINES
    assert OFFERED[0] == "auto"


@pytest.fixture
def three(simqueue, folder):
    """The same shop run with every engine, into folders of their names; what each wrote."""
    written = {}
    for engine in ENGINES:
        done = simqueue("run", "shop.yaml", "-n", "3", "--out", engine, "--engine", engine)
        assert done.returncode == 0, done.stderr
        written[engine] = bytes_of(folder / engine)
    return written


def test_the_same_bytes_whatever_the_engine(three, simqueue, folder):
    """Tables, the resolved scenario and pictures are the same; the summary names the engine.

    A result made again by the other engine is identical too.
    """
    assert len(three["simpy"]) >= 10
    assert three["compiled"] == three["simpy"]
    assert three["auto"] == three["simpy"]
    summary = {e: json.loads((folder / e / "summary.json").read_text()) for e in ENGINES}
    assert {e: summary[e].pop("engine") for e in ENGINES} == {
        "auto": "simpy",  # three days of a small shop are done before Numba is imported
        "simpy": "simpy",
        "compiled": "compiled",
    }
    for each in summary.values():
        del each["out"]
    assert summary["compiled"] == summary["simpy"] == summary["auto"]
    again = simqueue("rerun", "compiled")
    assert again.returncode == 0, again.stdout
    assert "identical, byte for byte" in again.stdout


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("raise ImportError('no llvmlite here')", "Numba cannot be imported (no llvmlite here)"),
        ("raise OSError('cannot load a library')", "Numba cannot be imported (cannot load a"),
    ],
)
def test_without_numba_simpy_takes_over(folder, fault, told):
    """A missing or broken Numba costs one clear line; the summary says that SimPy ran."""
    (folder / "numba.py").write_text(fault + "\n")
    words = ["run", "shop.yaml", "-n", "1", "--engine", "compiled", "--json", "--no-report"]
    done = subprocess.run(
        [sys.executable, "-m", "simqueue", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(folder), "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["engine"] == "simpy"
    lines = [line for line in done.stderr.splitlines() if "engine" in line]
    assert len(lines) == 1
    assert told in lines[0]
    assert lines[0].endswith("; simulating with SimPy instead")
    assert "Traceback" not in done.stderr
