"""Sweeps on real processes: killed workers and schedulers, points that kill, 1, 2 or 4 workers."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from types import ModuleType

import psutil
import pytest

from simqueue.study.sweep import sweep
from simqueue.study.sweep.worker import main as worker_main
from tests.sweep_studies import POINTS, content, study_in

LONG = """\
study: Many rosters
base: shop.yaml
vary: {seed: {from: 1, to: 30}}
"""
OF_LONG = 30
ENDLESS = LONG.replace("30", "9000")  # nobody waits for its end
OF_ENDLESS = 9000
WORKER = worker_main.__module__
# what a worker does in these tests is in a module of its own, which the worker imports as well
POISON = """
import os, signal
from simqueue.study.sweep.task import run_points

POISONED = (1, 4)

def task(version, engine, jobs):
    if any(number in POISONED for number, _ in jobs):
        os.kill(os.getpid(), signal.SIGKILL)
    return run_points(version, engine, jobs)

def always(version, engine, jobs):
    os.kill(os.getpid(), signal.SIGKILL)

def threads(version, engine, jobs):
    found = {k: os.environ[k] for k in os.environ if k.endswith("_THREADS")}
    return [{"point": n, "fault": repr(sorted(found.items())), "seconds": 0.0} for n, _ in jobs]

def of_another_version(version, engine, jobs):
    return run_points("0.0.1", engine, jobs)
"""


@pytest.fixture
def poison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module above, importable here and in workers."""
    (tmp_path / "sweep_poison.py").write_text(POISON, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    sys.modules.pop("sweep_poison", None)
    return importlib.import_module("sweep_poison")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both studies from beginning to end, in one process: what everything else must equal."""
    folder = tmp_path_factory.mktemp("whole")
    sweep(study_in(folder / "short"), out=folder / "of-short", workers=1)
    sweep(study_in(folder / "long", LONG), out=folder / "of-long", workers=1)
    return folder


def our_workers() -> list[psutil.Process]:
    """The workers that this process has started."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it has just ended
            if WORKER in " ".join(child.cmdline()):
                found.append(child)
    return found


def points_in(out: Path) -> int:
    """How many points are on disk."""
    return len(list((out / "points").glob("[0-9]*.json")))


def when(at: int, what: Callable[[], None]) -> Callable[[int, int], None]:
    """A progress that does something once, when so many points are done."""
    left = [what]

    def progress(done: int, of: int) -> None:
        if done >= at and left:
            left.pop()()

    return progress


@pytest.mark.parametrize("workers", [2, 4])
def test_any_number_of_workers_gives_the_same_bytes(workers, whole, tmp_path) -> None:
    """Two or four processes write what a loop in one process writes, and none is left behind."""
    found = sweep(study_in(tmp_path), out=tmp_path / "out", workers=workers)
    assert found.points == POINTS
    assert content(tmp_path / "out") == content(whole / "of-short")
    assert our_workers() == []


def test_a_killed_worker_costs_nothing(whole, tmp_path) -> None:
    """SIGKILL for one of two workers, twice: all points are done, to the same bytes."""
    killed = []

    def kill() -> None:
        victim = our_workers()[0]
        victim.send_signal(signal.SIGKILL)
        killed.append(victim.pid)

    first, second = when(4, kill), when(16, kill)

    def progress(done: int, of: int) -> None:
        first(done, of)
        second(done, of)

    path = study_in(tmp_path, LONG)
    found = sweep(path, out=tmp_path / "out", workers=2, progress=progress)
    assert len(set(killed)) == 2
    assert not found.failed
    assert content(tmp_path / "out") == content(whole / "of-long")


def test_points_that_kill_their_workers_are_reported_and_the_rest_completes(
    poison, whole, tmp_path
) -> None:
    """Two of six points kill every worker: these two are named, the other four are right."""
    path = study_in(tmp_path)
    found = sweep(path, out=tmp_path / "out", workers=2, task=poison.task)
    assert set(found.failed) == set(poison.POISONED)
    assert all("killed every time" in why for why in found.failed.values())
    assert found.points == POINTS - 2
    ours, theirs = content(tmp_path / "out"), content(whole / "of-short")
    rest = {name for name in theirs if name.startswith("points/")} - {
        f"points/{point:05d}.json" for point in poison.POISONED
    }
    assert {name: ours[name] for name in ours if name.startswith("points/")} == {
        name: theirs[name] for name in rest
    }
    sweep(path, out=tmp_path / "out", workers=1)  # by itself the sweep is sound
    assert content(tmp_path / "out") == theirs


@pytest.mark.truth
def test_when_every_point_kills_its_worker_somebody_is_told(poison, tmp_path) -> None:
    """Where nothing can be finished the sweep gives up, says so, and leaves no process."""
    with pytest.raises(ChildProcessError, match="none was finished"):
        sweep(study_in(tmp_path, LONG), out=tmp_path / "out", workers=4, task=poison.always)
    assert our_workers() == []


def test_workers_use_one_thread_for_numbers(poison, tmp_path) -> None:
    """Numerical libraries are told to use one thread in every worker."""
    found = sweep(study_in(tmp_path), out=tmp_path / "out", workers=2, task=poison.threads)
    (said,) = set(found.failed.values())
    for library in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
        assert f"('{library}_NUM_THREADS', '1')" in said


def test_a_worker_of_another_version_is_refused(poison, tmp_path) -> None:
    """Results of two versions never meet in one table."""
    with pytest.raises(ChildProcessError, match=r"this sweep is of 0\.0\.1"):
        sweep(study_in(tmp_path), out=tmp_path / "out", workers=2, task=poison.of_another_version)


def test_everything_of_a_local_cluster_listens_on_the_loopback_only(tmp_path) -> None:
    """No port of ours can be reached from another machine, and there is no dashboard."""
    seen: set[str] = set()

    def look() -> None:
        for process in (psutil.Process(), *our_workers()):
            connections = process.net_connections(kind="inet")
            seen.update(c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN)

    sweep(study_in(tmp_path), out=tmp_path / "out", workers=2, progress=when(2, look))
    assert seen == {"127.0.0.1"}


def test_a_script_without_a_guard_can_sweep(tmp_path, whole) -> None:
    """Workers are no copies of the calling script, which therefore runs once."""
    path = study_in(tmp_path)
    script = tmp_path / "figure.py"
    script.write_text(
        f"import simqueue as sq\nprint('once')\nfound = sq.sweep({str(path)!r}, workers=2)\n"
        "print(found.points)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (f"once\n{POINTS}\n", "")
    assert content(tmp_path / "outputs" / "tills-or-machines") == content(whole / "of-short")


def test_workers_end_when_the_sweep_is_killed(tmp_path) -> None:
    """SIGKILL for the sweep itself: its workers are gone soon after, and it can be gone on with."""
    path, out = study_in(tmp_path, ENDLESS), tmp_path / "out"
    command = [sys.executable, "-m", "simqueue", "sweep", str(path), "--out", str(out),
               "--workers", "2"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: points_in(out) >= 3)
    workers = [c for c in psutil.Process(process.pid).children() if WORKER in " ".join(c.cmdline())]
    process.kill()
    process.wait()
    assert len(workers) == 2
    wait_for(lambda: not any(worker.is_running() for worker in workers))
    kept = points_in(out)
    assert 3 <= kept < OF_ENDLESS
    stop = when(kept + 2, lambda: signal.raise_signal(signal.SIGINT))
    assert sweep(path, out=out, workers=1, progress=stop).partial
    assert points_in(out) >= kept + 2


def wait_for(what: Callable[[], bool], at_most_s: float = 60.0) -> None:
    """Wait until something is true."""
    end = monotonic() + at_most_s
    while not what():
        assert monotonic() < end, "waited in vain"
        sleep(0.05)


Cluster = tuple[str, subprocess.Popen[bytes], list[subprocess.Popen[bytes]]]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler and two workers, started by the two commands that the docs give."""
    dask = [sys.executable, "-m", "dask"]
    file = tmp_path / "scheduler.json"
    local = ("--host", "127.0.0.1", "--no-dashboard")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    scheduler = subprocess.Popen(
        [*dask, "scheduler", *local, "--port", "0", "--scheduler-file", str(file)], **quiet
    )
    workers = []
    try:
        wait_for(lambda: file.exists() and file.read_text().strip().endswith("}"))
        address = json.loads(file.read_text())["address"]
        workers = [
            subprocess.Popen([*dask, "worker", address, *local, "--nthreads", "1"], **quiet)
            for _ in range(2)
        ]
        yield address, scheduler, workers
    finally:
        for process in (*workers, scheduler):
            with suppress(psutil.NoSuchProcess):  # a test has ended it
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
            process.kill()
            process.wait()


def test_a_cluster_gives_the_same_bytes(cluster, whole, tmp_path) -> None:
    """A scheduler and workers that were there already write what one process writes."""
    address, *_ = cluster
    found = sweep(study_in(tmp_path), out=tmp_path / "out", cluster=address)
    assert found.points == POINTS
    assert content(tmp_path / "out") == content(whole / "of-short")


def test_a_killed_scheduler_loses_nothing_that_was_done(cluster, whole, tmp_path) -> None:
    """The sweep says that the scheduler is lost; called again it goes on, to the same bytes."""
    address, scheduler, _ = cluster
    path = study_in(tmp_path, LONG)
    with pytest.raises(ConnectionError, match=f"lost the scheduler at {address}"):
        sweep(path, out=tmp_path / "out", cluster=address, progress=when(5, scheduler.kill))
    kept = points_in(tmp_path / "out")
    assert 5 <= kept < OF_LONG
    sweep(path, out=tmp_path / "out", workers=2)
    assert content(tmp_path / "out") == content(whole / "of-long")


@pytest.mark.truth
def test_a_point_that_kills_workers_of_a_cluster_is_reported(poison, cluster, whole, tmp_path):
    """Workers that a nanny starts again: the two points are named, the rest is done."""
    address, *_ = cluster
    path = study_in(tmp_path)
    found = sweep(path, out=tmp_path / "out", cluster=address, task=poison.task)
    assert set(found.failed) == set(poison.POISONED)
    assert found.points == POINTS - 2
    sweep(path, out=tmp_path / "out", cluster=address)
    assert content(tmp_path / "out") == content(whole / "of-short")


def test_a_cluster_without_workers_is_waited_for(cluster, tmp_path) -> None:
    """Somebody is told how to start a worker; as soon as there is one the sweep goes on."""
    address, _, workers = cluster
    for process in workers:
        process.terminate()
        process.wait()
    started: list[subprocess.Popen[bytes]] = []

    def notice(text: str) -> None:
        assert f"dask worker {address} --nthreads 1" in text
        command = text.partition("to start one: ")[2].split()
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", *command, "--no-dashboard"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path,
                env={**os.environ, "COLUMNS": "80"},
            )
        )  # fmt: skip
        workers.extend(started)

    found = sweep(study_in(tmp_path), out=tmp_path / "out", cluster=address, notice=notice)
    assert found.points == POINTS
    assert len(started) == 1
