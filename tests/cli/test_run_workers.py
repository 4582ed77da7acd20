"""A run shared by several processes, as a user meets it: the same files, and a good end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

NOT_THE_RUN = ("provenance.json", "summary.json")  # name the command, and the folder


def children_of(process: subprocess.Popen[str]) -> list[int]:
    """The processes that a process has started."""
    tasks = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(number) for number in tasks.read_text().split()]


def begun(folder: Path, *words: str) -> subprocess.Popen[str]:
    """A long run with two processes that has told of its first ten days."""
    process = subprocess.Popen(
        [sys.executable, "-m", "simqueue", "run", "shop.yaml", "--workers", "2", "-n", "20000",
         "--engine", "simpy", "--no-report", *words],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    while not (line := process.stderr.readline()).startswith("10 of"):
        assert line, "the run ended before ten days were done"
    return process


def test_two_processes_write_the_same_bytes_as_one(simqueue, folder):
    """Every file of numbers is the same whoever has simulated the days."""
    for name, workers in (("one", "1"), ("two", "2")):
        done = simqueue("run", "shop.yaml", "-n", "4", "--workers", workers, "--no-report",
                        "--engine", "simpy", "--out", name)  # fmt: skip
        assert done.returncode == 0, done.stderr
    names = {path.name for path in (folder / "one").iterdir()}
    assert names == {path.name for path in (folder / "two").iterdir()}
    assert "by_lane.csv" in names
    for name in names - set(NOT_THE_RUN):
        assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes(), name


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")
def test_ctrl_c_keeps_what_two_processes_have_done(folder):
    """Ctrl-C ends with 130 and a partial result, and leaves no process behind."""
    process = begun(folder, "--out", "a")
    workers = children_of(process)
    assert len(workers) == 1  # the other one of the two is the run itself
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "partial" in stderr
    assert "Traceback" not in stderr
    assert (folder / "a-partial" / "summary.csv").exists()
    assert not any(Path(f"/proc/{number}").exists() for number in workers)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")
def test_a_killed_process_is_told_in_one_line(folder):
    """When one of the processes is killed the run ends with what happened and what to do."""
    process = begun(folder, "--out", "b")
    os.kill(children_of(process)[0], signal.SIGKILL)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "was killed by signal 9" in stderr
    assert "--workers 1" in stderr
    assert "Traceback" not in stderr
    assert not (folder / "b").exists()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")
def test_the_processes_end_with_the_one_that_started_them(folder):
    """When the run itself is killed its processes do not go on."""
    process = begun(folder, "--out", "c")
    workers = children_of(process)
    process.kill()
    process.communicate(timeout=120)
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{number}/cwd").exists() for number in workers):
        assert time.monotonic() < deadline, "a worker goes on"
        time.sleep(0.1)
