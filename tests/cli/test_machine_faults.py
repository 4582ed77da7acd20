"""Signals at any moment, and a disk that fills up: one clear line, and no damage."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simqueue.study.files import STAGING

INTERRUPTED, IO_FAILED = 130, 4
WORDS = ("run", "shop.yaml", "--out", "a", "--no-report", "-n", "3", "--fresh")


def files_of(folder: Path) -> dict[str, bytes]:
    """What is in a folder, by name."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def catches(process: int, kind: signal.Signals) -> bool:
    """Whether a process handles a signal by itself, which it cannot before Python has begun."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (kind - 1) & 1)
    return False


def interrupted(folder: Path, kind: signal.Signals, after_s: float) -> tuple[int, str]:
    """Exit code and last words of a run that gets a signal after so many seconds."""
    process = subprocess.Popen(
        [sys.executable, "-m", "simqueue", *WORDS],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not catches(process.pid, signal.SIGTERM):
        assert process.poll() is None, "ended before it could be interrupted"
        time.sleep(0.01)
    time.sleep(after_s)
    process.send_signal(kind)
    _, stderr = process.communicate()
    return process.returncode, stderr


def check_interruptions(folder: Path, tries: int, seed: int) -> None:
    """Send signals at random moments; every one must end cleanly and leave a whole result."""
    rng = random.Random(seed)
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "simqueue", *WORDS], cwd=folder, check=True,
                   capture_output=True)  # fmt: skip
    lasts_s = time.monotonic() - started
    whole = files_of(folder / "a")
    for _ in range(tries):
        kind = rng.choice([signal.SIGINT, signal.SIGTERM])
        code, stderr = interrupted(folder, kind, rng.uniform(0.0, 1.0) * lasts_s)
        assert code in (0, INTERRUPTED), stderr
        assert "Traceback" not in stderr
        if code == INTERRUPTED:
            assert "nterrupted" in stderr.splitlines()[-1]
        found = files_of(folder / "a")
        for name in set(whole) - {"provenance.json"}:
            assert found[name] == whole[name], name
        assert not (folder / "a" / STAGING).exists()


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="needs /proc")
def test_signals_at_random_moments_leave_a_whole_result(folder):
    """SIGINT and SIGTERM at any moment of a run: exit 130 or done, the result whole, no litter."""
    check_interruptions(folder, tries=8, seed=1)


@pytest.mark.truth
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="needs /proc")
def test_signals_at_two_hundred_random_moments(folder):
    """The same, two hundred times."""
    check_interruptions(folder, tries=200, seed=2)


def test_a_full_disk_is_one_line_and_keeps_the_earlier_result(folder):
    """When files cannot grow any more the run ends with exit 4 and the earlier result is intact."""
    subprocess.run([sys.executable, "-m", "simqueue", *WORDS], cwd=folder, check=True,
                   capture_output=True)  # fmt: skip
    before = files_of(folder / "a")
    done = subprocess.run(
        [sys.executable, "-m", "simqueue", *WORDS, "--seed", "99"],
        cwd=folder, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )  # fmt: skip
    assert done.returncode == IO_FAILED
    assert len([line for line in done.stderr.splitlines() if line.startswith("simqueue:")]) == 1
    assert "Traceback" not in done.stderr
    assert files_of(folder / "a") == before


def test_a_tiny_file_system_that_fills_up(folder):
    """On a file system of 64 kB the run ends with exit 4 and leaves nothing half written."""
    place = folder / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)],
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode != 0:
        pytest.skip("no permission to mount a small file system")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "simqueue", *WORDS[:3], "small/a", *WORDS[4:]],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == IO_FAILED
        assert "space" in done.stderr
        assert files_of(place) == {}
    finally:
        subprocess.run(["umount", str(place)], check=True)
