"""Folders that vanish, that may not be written to, that are no folders: one clear line, exit 4."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simqueue.study.files import STAGING, write_all
from tests.cli.interrupting import meanwhile

IO_FAILED = 4
WORDS = ("run", "shop.yaml", "--out", "a", "--no-report", "--fresh")


def files_of(folder: Path) -> dict[str, bytes]:
    """What is in a folder, by name."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def check_one_line(done: subprocess.CompletedProcess[str], about: str) -> None:
    """Exit 4, and one line that names what is at fault."""
    assert done.returncode == IO_FAILED, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("simqueue:")]
    assert len(lines) == 1, done.stderr
    assert about in lines[0]
    assert "Traceback" not in done.stderr


def run_meanwhile(folder: Path, act: str) -> tuple[int, str]:
    """Exit code and messages of a run of 60 days that does something itself after ten."""
    done = meanwhile(act, folder, "10 of", *WORDS, "-n", "60")
    return done.returncode, done.stderr


def test_a_folder_deleted_during_the_run_is_made_again(simqueue, folder):
    """The results of a run are written whole although their folder has vanished meanwhile."""
    assert simqueue(*WORDS).returncode == 0
    names = set(files_of(folder / "a"))
    code, stderr = run_meanwhile(folder, "import shutil; shutil.rmtree('a')")
    assert code == 0, stderr
    assert set(files_of(folder / "a")) == names


def test_a_folder_replaced_by_a_file_is_one_line(simqueue, folder):
    """When the folder has become a file the run says so, and leaves the file alone."""
    assert simqueue(*WORDS).returncode == 0
    act = "import pathlib, shutil; shutil.rmtree('a'); pathlib.Path('a').write_text('mine')"
    code, stderr = run_meanwhile(folder, act)
    assert code == IO_FAILED
    assert "Traceback" not in stderr
    assert stderr.splitlines()[-1].startswith("simqueue: a: ")
    assert (folder / "a").read_text() == "mine"


def test_a_folder_of_another_process_that_is_gone(simqueue, folder):
    """A working folder that is deleted during the run ends it with one line."""
    inner = folder / "inner"
    inner.mkdir()
    shutil.copy(folder / "shop.yaml", inner)
    code, stderr = run_meanwhile(inner, "import os, shutil; shutil.rmtree(os.getcwd())")
    assert code == IO_FAILED, stderr
    assert "Traceback" not in stderr
    assert not inner.exists()


def without_rights() -> None:
    """Take from this process, when it is root's, the right to pass over permissions."""
    libc = ctypes.CDLL(None)
    for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        libc.prctl(24, right, 0, 0, 0)  # PR_CAPBSET_DROP: what is run next does not have it


def run_without_rights(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python with these words as somebody who may not write wherever they like."""
    return subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False,
        preexec_fn=without_rights if os.geteuid() == 0 else None,
    )  # fmt: skip


@pytest.fixture
def locked(folder: Path) -> Iterator[Path]:
    """A folder with an earlier result in which nothing may be changed."""
    place = folder / "locked"
    place.mkdir()
    (place / "summary.csv").write_text("earlier")
    place.chmod(0o555)
    tried = run_without_rights(folder, "-c", "open('locked/x', 'w')")
    if "PermissionError" not in tried.stderr:
        pytest.skip("this user cannot be denied permission here")
    yield place
    place.chmod(0o755)


@pytest.mark.parametrize("out", ["locked", "locked/new"])
def test_no_permission_to_write_is_one_line(locked, folder, out):
    """Where nothing may be written a run ends with exit 4, and what is there stays."""
    words = ("-m", "simqueue", "run", "shop.yaml", "--out", out, "--no-report")
    check_one_line(run_without_rights(folder, *words), "ermission denied")
    assert files_of(locked) == {"summary.csv": b"earlier"}


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize("command", ["validate", "resolve", "run"])
def test_a_scenario_that_may_not_be_read_is_one_line(folder, command):
    """A file without permission to read ends with exit 4 and its name."""
    (folder / "shop.yaml").chmod(0o000)
    done = run_without_rights(folder, "-m", "simqueue", command, "shop.yaml")
    check_one_line(done, "shop.yaml: Permission denied")


def test_outputs_as_a_dangling_link_is_one_line(simqueue, folder):
    """A folder `outputs` that is a link to nowhere ends with exit 4, and nothing is made there."""
    (folder / "outputs").symlink_to("nowhere")
    check_one_line(simqueue("run", "shop.yaml", "--no-report"), "outputs")
    assert not (folder / "nowhere").exists()
    assert (folder / "outputs").is_symlink()


def test_outputs_as_a_link_to_a_folder_is_followed(simqueue, folder):
    """The control: whoever keeps results elsewhere by a link finds them there."""
    (folder / "elsewhere").mkdir()
    (folder / "outputs").symlink_to("elsewhere")
    assert simqueue("run", "shop.yaml", "--no-report").returncode == 0
    assert (folder / "elsewhere" / "corner-shop" / "summary.csv").exists()


@pytest.mark.parametrize("kind", ["a link", "a file"])
def test_what_stands_where_temporary_files_go_is_removed(tmp_path, kind):
    """A link or file under the temporary name does not lead a result elsewhere or stop it."""
    (tmp_path / "out").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine").write_text("mine")
    if kind == "a link":
        (tmp_path / "out" / STAGING).symlink_to(tmp_path / "other")
    else:
        (tmp_path / "out" / STAGING).write_text("left over")
    write_all(tmp_path / "out", {"t.csv": b"1"}, ("t.csv",))
    assert files_of(tmp_path / "out") == {"t.csv": b"1"}
    assert files_of(tmp_path / "other") == {"mine": b"mine"}


@pytest.mark.parametrize("command", ["validate", "resolve", "run"])
def test_what_is_no_file_is_one_line(simqueue, folder, command):
    """A pipe, an endless device, a folder, a link to nowhere or in a circle is no scenario."""
    os.mkfifo(folder / "pipe.yaml")
    (folder / "endless.yaml").symlink_to("/dev/zero")
    (folder / "folder.yaml").mkdir()
    (folder / "nowhere.yaml").symlink_to("nothing")
    (folder / "circle.yaml").symlink_to("circle.yaml")
    names = (
        ("pipe", "endless", "folder", "nowhere", "circle") if command == "validate" else ("pipe",)
    )
    for name in (*(f"{name}.yaml" for name in names), "x" * 300):
        check_one_line(simqueue(command, name), name[:40])
