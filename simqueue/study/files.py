"""Writing results so that nothing already there is ever damaged."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from simqueue.study.interruption import interruptions_held_back

STAGING = ".simqueue-new"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # wide ones too
_SEPARATORS = re.compile('[,;\t\r\n"]')  # in many countries ';' is what a spreadsheet splits at


def write_all(folder: Path, files: Mapping[str, bytes], owned: Sequence[str]) -> None:
    """Put the files (relative name -> content) into the folder, all or none.

    Everything is first written under a temporary name and synced; only then is it renamed into
    place, with interruptions held back. Files named in `owned` (a folder's name stands for what is
    in it) that belong to an earlier result and not to this one are removed. Raises OSError when the
    disk is full or nothing may be written there; the earlier result is then intact.
    """
    folder.mkdir(parents=True, exist_ok=True)
    staging = folder / STAGING
    if staging.is_symlink() or staging.is_file():
        staging.unlink()  # a link would lead what is written elsewhere
    shutil.rmtree(staging, ignore_errors=True)  # left by a run that was killed
    try:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            if (folder / name).is_dir():
                raise IsADirectoryError(f"{folder / name}: must be a file (is a folder)")
            _write_synced(staging / name, content)
        with interruptions_held_back():
            for name in files:
                (staging / name).replace(folder / name)
            _remove_stale(folder, set(files), owned)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write_synced(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _remove_stale(folder: Path, current: set[str], owned: Sequence[str]) -> None:
    for name in owned:
        path = folder / name
        inside = path.is_dir() and not path.is_symlink()  # what a link leads to is not ours
        found = sorted(path.rglob("*")) if inside else [path]
        for file in found:
            if file.is_file() and file.relative_to(folder).as_posix() not in current:
                file.unlink()


def csv_bytes(header: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """A CSV file: numbers read back exactly, nan is empty, no cell runs as a formula."""
    lines = [",".join(map(_cell, row)) or '""' for row in (header, *rows)]  # a blank is no row
    return "".join(line + "\n" for line in lines).encode("utf-8")


def _cell(value: object) -> str:
    if value != value:  # nan, of whatever type
        return ""
    if isinstance(value, float):
        return repr(float(value))
    text = str(value)
    if isinstance(value, str) and text.startswith(_FORMULA):
        text = "'" + text  # a spreadsheet would run it
    return '"' + text.replace('"', '""') + '"' if _SEPARATORS.search(text) else text
