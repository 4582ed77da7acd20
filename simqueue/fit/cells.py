"""A CSV file as cells that know their place, for messages that say where a mistake is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simqueue.scenario import Fault, ScenarioError

MOST_BYTES = 20_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 100
SEPARATORS = (";", "\t", ",")


@dataclass(frozen=True)
class Cell:
    """A cell's text without the blanks around it, and where it begins, counted from 1."""

    line: int
    column: int
    text: str


@dataclass(frozen=True)
class Sheet:
    """The lines of a CSV file that are neither empty nor a remark; the first is the header."""

    file: str
    separator: str
    rows: list[list[Cell]]


def read_sheet(path: Path) -> Sheet:
    """The cells of a CSV file in UTF-8, separated by commas, semicolons or tabs.

    Raises ScenarioError when the file is too large, no text or empty, OSError when it cannot be
    read. Cells in quotes may hold the separator, but no line break.
    """
    name = str(path)
    lines = [
        (number, line)
        for number, line in enumerate(_text(path).splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not lines:
        raise refused(name, "must be a CSV file with a header; this one is empty")
    if len(lines) > MOST_ROWS + 1:
        raise refused(name, f"must have at most {MOST_ROWS:,} rows (got {len(lines) - 1:,})")
    header = lines[0][1]
    separator = next((mark for mark in SEPARATORS if mark in header), ",")
    if header.count(separator) >= MOST_COLUMNS:
        raise refused(name, f"must have at most {MOST_COLUMNS} columns", lines[0][0], 1)
    return Sheet(name, separator, [split(line, number, separator) for number, line in lines])


def refused(file: str, text: str, line: int = 0, column: int = 0) -> ScenarioError:
    """The error with this one fault."""
    return ScenarioError([Fault(line, column, "", text, file)])


def _text(path: Path) -> str:
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(f"{path}: must be a file")
    with path.open("rb") as file:  # one byte more than allowed is enough to refuse it
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise refused(str(path), f"must be a CSV file of at most {MOST_BYTES // 1_000_000} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused(str(path), "must be a CSV file in UTF-8; save it as 'CSV UTF-8'") from None
    if "\0" in text:
        raise refused(str(path), "must be a CSV file; this one is not text")
    return text


def split(line: str, number: int, separator: str) -> list[Cell]:
    """The cells of one line; a doubled quote inside quotes is a quote.

    >>> [(c.column, c.text) for c in split('12, "till, left" ,x', 1, ",")]
    [(1, '12'), (5, 'till, left'), (19, 'x')]
    """
    cells: list[Cell] = []
    start, quoted = 0, False
    for at, character in enumerate(line + separator):
        if character == '"':
            quoted = not quoted
        elif character == separator and (not quoted or at == len(line)):
            cells.append(_cell(line[start:at], number, start + 1))
            start = at + 1
    return cells


def _cell(raw: str, line: int, column: int) -> Cell:
    text = raw.strip()
    column += len(raw) - len(raw.lstrip()) if text else 0
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('""', '"').strip()
    return Cell(line, column, text)
