"""Writing results: all or nothing, whatever happens; tables that spreadsheets do not run."""

from __future__ import annotations

import csv
import errno
import gc
import io
import os
import signal
import sys
import threading
from math import inf, nan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simqueue.study import files
from simqueue.study.files import STAGING, csv_bytes, write_all
from simqueue.study.interruption import interruptions_held_back

OLD = {
    "summary.json": b"old",
    "figures/a.png": b"old a",
    "figures/b.png": b"old b",
    "t.csv": b"old t",
}
NEW = {
    "summary.json": b"new",
    "figures/a.png": b"new a",
    "report.html": b"new r",
    "t.csv": b"new t",
}
OWNED = ("summary.json", "report.html", "t.csv", "figures")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with an earlier result and a file of the user's own."""
    folder = tmp_path / "with space" / "out"
    write_all(folder, OLD, OWNED)
    (folder / "notes.txt").write_bytes(b"mine")
    return folder


def test_a_result_replaces_the_earlier_one(out):
    """New files are there, those of the earlier result that are no longer made are gone."""
    write_all(out, NEW, OWNED)
    assert contents(out) == NEW | {"notes.txt": b"mine"}
    assert not (out / STAGING).exists()


def test_files_that_are_not_owned_stay(out):
    """What is not named as part of a result is never removed, whatever is written."""
    write_all(out, {"t.csv": b"x"}, owned=("t.csv",))
    assert contents(out) == OLD | {"t.csv": b"x", "notes.txt": b"mine"}


def test_a_folder_that_does_not_exist_is_made(tmp_path):
    """The first result of a scenario makes its folder."""
    write_all(tmp_path / "a" / "b", NEW, OWNED)
    assert contents(tmp_path / "a" / "b") == NEW


def test_what_a_killed_run_left_is_cleared_away(out):
    """A staging folder of a run that was killed is neither used nor kept."""
    (out / STAGING / "figures").mkdir(parents=True)
    (out / STAGING / "figures" / "z.png").write_bytes(b"half")
    write_all(out, NEW, OWNED)
    assert contents(out) == NEW | {"notes.txt": b"mine"}


@pytest.mark.parametrize("at", range(len(NEW)))
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_is_full_leaves_the_earlier_result(out, monkeypatch, at, code):
    """When the n-th file cannot be brought to disk all is as before, and the error is told."""
    calls = []

    def fsync(number):
        calls.append(number)
        if len(calls) == at + 1:
            raise OSError(code, os.strerror(code))

    monkeypatch.setattr(files.os, "fsync", fsync)
    with pytest.raises(OSError, match=os.strerror(code)):
        write_all(out, NEW, OWNED)
    assert contents(out) == OLD | {"notes.txt": b"mine"}
    assert not (out / STAGING).exists()


@pytest.mark.parametrize("at", range(len(NEW)))
def test_a_write_that_fails_leaves_the_earlier_result(out, monkeypatch, at):
    """When writing itself fails half way everything is as before."""
    real, opened = Path.open, []

    class Full(io.BytesIO):
        def write(self, content):
            raise OSError(errno.ENOSPC, "No space left on device")

    def open_(self, mode="r", *rest, **more):
        if mode == "wb":
            opened.append(self)
            if len(opened) == at + 1:
                return Full()
        return real(self, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", open_)
    with pytest.raises(OSError, match="No space left"):
        write_all(out, NEW, OWNED)
    monkeypatch.undo()
    assert contents(out) == OLD | {"notes.txt": b"mine"}
    assert not (out / STAGING).exists()


def test_every_file_is_synced_before_any_is_renamed(out, monkeypatch):
    """A loss of power cannot leave a renamed file without its content."""
    order = []
    real_fsync, real_replace = os.fsync, Path.replace
    monkeypatch.setattr(files.os, "fsync", lambda fd: (order.append("sync"), real_fsync(fd))[1])
    monkeypatch.setattr(
        Path, "replace", lambda a, b: (order.append("rename"), real_replace(a, b))[1]
    )
    write_all(out, NEW, OWNED)
    assert order == ["sync"] * 4 + ["rename"] * 4


@pytest.mark.parametrize(
    ("in_the_way", "is_folder"), [("figures", False), ("t.csv", True), ("report.html", True)]
)
def test_something_in_the_way_is_told_before_anything_changes(tmp_path, in_the_way, is_folder):
    """A file where a folder must be, or the reverse: an error, and all is as before."""
    out = tmp_path / "out"
    write_all(out, {"summary.json": b"old"}, OWNED)
    path = out / in_the_way
    if is_folder:
        path.mkdir()
        (path / "mine").write_bytes(b"x")
    else:
        path.write_bytes(b"x")
    before = contents(out)
    with pytest.raises(OSError, match=in_the_way):
        write_all(out, NEW, OWNED)
    assert contents(out) == before


def test_a_folder_that_cannot_be_made(tmp_path):
    """Where a file stands no folder can be; the error is an OSError and the file is as it was."""
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(OSError, match="file"):
        write_all(tmp_path / "file" / "out", NEW, OWNED)
    assert (tmp_path / "file").read_bytes() == b"x"


def interrupted_at(step: int, out: Path) -> bool:
    """Write the new result, Ctrl-C pressed at the n-th line run; False if it was over by then."""
    seen = 0
    pressed = False

    def watch(frame, event, _):
        nonlocal seen, pressed
        if frame.f_code.co_filename != files.__file__:
            return None
        if event == "line" and not pressed:
            seen += 1
            if seen > step:
                pressed = True
                signal.raise_signal(signal.SIGINT)
        return watch

    before = sys.gettrace()
    # a shell may have started this process with Ctrl-C ignored
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.disable()  # Python swallows what is raised while it collects garbage
    sys.settrace(watch)
    try:
        write_all(out, NEW, OWNED)
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
        gc.enable()
        signal.signal(signal.SIGINT, handler)
    assert not pressed, "Ctrl-C was swallowed"
    return False


# between opening a file and entering its block nothing can close it but the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_at_any_line_leaves_all_old_or_all_new(tmp_path, monkeypatch):
    """Interrupted at whatever line, the result is wholly the old or wholly the new one."""
    monkeypatch.setattr(
        files.os, "fsync", lambda _: None
    )  # for speed; its failures are tested above
    own = {kind: signal.getsignal(kind) for kind in (signal.SIGINT, signal.SIGTERM)}
    outcomes, step = [], 0
    while True:
        out = tmp_path / f"out{step}"
        write_all(out, OLD, OWNED)
        was_interrupted = interrupted_at(step, out)
        found = {k: v for k, v in contents(out).items() if not k.startswith(STAGING)}
        assert found in (OLD, NEW), f"interrupted at line number {step}"
        for kind, handler in own.items():
            assert signal.getsignal(kind) is handler, f"interrupted at line number {step}"
        if not was_interrupted:
            break
        outcomes.append(found == NEW)
        step += 1
    assert outcomes.count(False) > 10
    assert outcomes.count(True) > 10
    assert outcomes == sorted(outcomes)  # first all old, from some line on all new
    gc.collect()


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_waits_for_the_end_of_the_block(kind):
    """The signal reaches its own handler once, after the block, and the handler is back."""
    got = []
    before = signal.signal(kind, lambda number, _: got.append(number))
    try:
        mine = signal.getsignal(kind)
        with interruptions_held_back():
            signal.raise_signal(kind)
            signal.raise_signal(kind)
            assert got == []
        assert got == [kind]
        assert signal.getsignal(kind) is mine
    finally:
        signal.signal(kind, before)


def test_an_error_in_the_block_puts_the_handlers_back():
    """An exception passes through, and Ctrl-C works as before."""
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ZeroDivisionError), interruptions_held_back():
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is before


def test_other_threads_write_too(tmp_path):
    """In a thread, where signals cannot be held back, results are written all the same."""
    failed = []

    def work():
        try:
            write_all(tmp_path / "out", NEW, OWNED)
        except Exception as error:  # told in the main thread
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert failed == []
    assert contents(tmp_path / "out") == NEW


def read(content: bytes) -> list[list[str]]:
    """A CSV file as a spreadsheet reads it."""
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "-", "=a,b"]
)
def test_no_cell_runs_as_a_formula(cell):
    """Text that a spreadsheet would run begins with an apostrophe, in the header as in the rows."""
    (header, row) = csv_bytes([cell], [[cell]]).decode().split("\n")[:2]
    for found in (header, row):
        assert found.lstrip('"').startswith("'")
    assert read(csv_bytes(["x"], [[cell.replace("\r", "")]]))[1][0].lstrip("'") == cell.replace(
        "\r", ""
    )


def test_numbers_are_no_formulas():
    """Negative numbers stay numbers."""
    assert csv_bytes(["x", "y"], [[-5.5, -3]]) == b"x,y\n-5.5,-3\n"


@settings(max_examples=200, deadline=None)
@given(st.floats(allow_nan=False))
def test_numbers_read_back_exactly(value):
    """Every bit of a number survives being written and read."""
    for number in (value, np.float64(value)):
        assert float(read(csv_bytes(["x"], [[number]]))[1][0]).hex() == value.hex()


@pytest.mark.parametrize("missing", [nan, np.float64(nan), np.float32(nan)])
def test_what_is_missing_is_empty(missing):
    """A value that does not exist is an empty cell; infinity is not missing."""
    assert csv_bytes(["x", "y"], [[missing, inf]]) == b"x,y\n,inf\n"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]),
                        max_size=12), min_size=1, max_size=4))  # fmt: skip
def test_text_reads_back(cells):
    """Names with commas, quotes, line ends come back, formulas with an apostrophe."""
    found = read(csv_bytes(["x"] * len(cells), [cells]))[1:]
    expected = [
        ("'" + c if c.startswith(tuple("=+-@\t\uff1d\uff0b\uff0d\uff20")) else c) for c in cells
    ]
    assert found == [expected]
