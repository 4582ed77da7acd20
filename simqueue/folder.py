"""Tables beside the scenario file: read from its own folder, and from nowhere else."""

from __future__ import annotations

import csv
import io
from pathlib import Path, PurePosixPath, PureWindowsPath

MOST_BYTES = 10_000_000
MOST_ROWS = 100_000


def inside(
    name: object,
    folder: Path | None,
    what: str = "a CSV file",
    home_is: str = "the scenario's folder",
) -> Path:
    """The path of a file in the scenario's folder; ValueError when it would lie elsewhere.

    `what` and `home_is` say in messages what kind of file is meant and whose folder it is.
    """
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        raise ValueError(f"must be the name of {what} in {home_is}")
    if folder is None:
        raise ValueError("names a file, but this scenario was not read from a folder")
    ways = (PurePosixPath(name), PureWindowsPath(name))
    leads_out = any(way.is_absolute() or way.drive or ".." in way.parts for way in ways)
    if leads_out or name.startswith("~"):
        raise ValueError(f"must be a file inside {home_is}")
    try:
        home = folder.resolve()
        found = (home / name).resolve()
        is_file = found.is_file()
    except (OSError, RuntimeError):  # a link to itself, a name longer than names may be
        raise ValueError(f"must be {what} in {home_is}; it cannot be read") from None
    if not found.is_relative_to(home):
        raise ValueError(f"must be a file inside {home_is}")
    if not is_file:
        raise ValueError(f"must be {what} in {home_is}; there is no such file")
    return found


def read_csv(
    name: object, folder: Path | None, needed: tuple[str, ...], more: tuple[str, ...] = ()
) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV file as (line number, {column: text}).

    Raises ValueError when the file is not in the folder, is too large or no text, lacks a column
    of `needed`, or has one that is neither in `needed` nor in `more`. Lines with `#` are skipped.
    """
    path = inside(name, folder)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"must be a CSV file of at most {MOST_BYTES // 1_000_000} MB")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("must be a CSV file in UTF-8") from None
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    return _rows(text, needed, more)


def _rows(
    text: str, needed: tuple[str, ...], more: tuple[str, ...]
) -> list[tuple[int, dict[str, str]]]:
    lines = [(n, x) for n, x in enumerate(text.splitlines(), 1) if x.strip() and x[0] != "#"]
    if not lines:
        raise ValueError("must be a CSV file with a header; this one is empty")
    if len(lines) > MOST_ROWS:
        raise ValueError(f"must be a CSV file of at most {MOST_ROWS:,} lines")
    cells = [(number, _cells(line)) for number, line in lines]
    header = cells[0][1]
    missing = [column for column in needed if column not in header]
    unknown = [column for column in header if column not in needed + more]
    if missing or unknown or len(set(header)) < len(header):
        hint = "; separate columns by commas" if ";" in lines[0][1] else ""
        columns = ",".join(needed) + (f" (and {','.join(more)})" if more else "")
        what = f"the header {columns}" if needed else f"columns among {','.join(more)}"
        if unknown and not missing and not hint:
            hint = f"; it has {unknown[0][:60]!r}"
        raise ValueError(f"must be a CSV file with {what}{hint}")
    for number, row in cells[1:]:
        if len(row) != len(header):
            text = f"line {number} of the file must have {len(header)} columns"
            raise ValueError(f"{text}; it has {len(row)}")
    if len(cells) < 2:
        raise ValueError("must be a CSV file with at least one row below its header")
    return [(number, dict(zip(header, row, strict=True))) for number, row in cells[1:]]


def _cells(line: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader(io.StringIO(line)))]
    except csv.Error as error:
        raise ValueError(f"must be a CSV file: {error}") from None
