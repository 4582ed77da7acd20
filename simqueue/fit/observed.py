"""Waits measured with a stopwatch, read from a CSV file that is trusted in nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simqueue import units
from simqueue.fields import did_you_mean
from simqueue.fit.cells import Cell, Sheet, read_sheet, refused
from simqueue.scenario import Fault, Scenario, ScenarioError
from simqueue.scenario.faults import shortened, with_value

LONGEST_WAIT_S = 86400.0
MOST_FAULTS = 20  # more would only scroll the first ones away
ALIKE = 0.75  # a column of one's own, such as 'who timed', is no misspelt 'time'
COLUMNS = ("wait_s", "wait", "time", "lane", "day")
_MINUTES = re.compile(r"(?:(\d{1,2}):([0-5]\d)|(\d{1,4})):([0-5]\d)")  # h:mm:ss or m:ss
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_NOT_FINITE = ("nan", "inf", "infinity")


@dataclass(frozen=True, eq=False)
class Observed:
    """Measured waits; n rows, those of a day together, in order of the file.

    `time_s` is when the customer joined the line, in seconds from opening, or None where no times
    were noted; `lane` the number of the lane in the scenario, or None; `day` numbers the days from
    0, and `days` are their names.
    """

    name: str
    wait_s: NDArray[np.float64]
    day: NDArray[np.int64]
    days: tuple[str, ...]
    time_s: NDArray[np.float64] | None = None
    lane: NDArray[np.int64] | None = None
    ignored: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.wait_s)


def read_observed(path: Path, scenario: Scenario) -> Observed:
    """The stopwatch waits of a CSV file with columns wait_s or wait, and maybe time, lane, day.

    `wait_s` is a number of seconds, `wait` a time as in 1:35 (m:ss) or '90 s'. Other columns are
    ignored, unless they look like a misspelt one. Raises ScenarioError with every fault and its
    place, OSError when the file cannot be read.
    """
    sheet = read_sheet(path)
    place = _header(sheet)
    faults: list[Fault] = []
    rows = _even_rows(sheet, faults)
    if not rows and not faults:
        raise refused(sheet.file, "must have at least one wait below its header")
    readers = _readers(scenario, sheet.separator)
    found = {
        name: [_value(row[at], name, readers[name], sheet.file, faults) for row in rows]
        for name, at in place.items()
    }
    if faults:
        raise ScenarioError(_first(faults, sheet.file))
    return _observed(sheet, found, [cell.text for cell in sheet.rows[0]])


def _observed(sheet: Sheet, found: dict[str, list[object]], header: list[str]) -> Observed:
    waits = np.array(found.get("wait_s", found.get("wait")), dtype=np.float64)
    names = [str(name) for name in found.get("day", ["1"] * len(waits))]
    days = tuple(dict.fromkeys(names))
    number = {name: k for k, name in enumerate(days)}
    day = np.array([number[name] for name in names], dtype=np.int64)
    order = np.argsort(day, kind="stable")
    times, lanes = found.get("time"), found.get("lane")
    return Observed(
        Path(sheet.file).name,
        waits[order],
        day[order],
        days,
        None if times is None else np.array(times, dtype=np.float64)[order],
        None if lanes is None else np.array(lanes, dtype=np.int64)[order],
        tuple(name for name in header if name and name.lower() not in COLUMNS),
    )


def _header(sheet: Sheet) -> dict[str, int]:
    """Where each known column stands; ScenarioError when the header will not do."""
    place: dict[str, int] = {}
    faults = []
    names = [cell.text.lower() for cell in sheet.rows[0]]
    has_waits = "wait" in names or "wait_s" in names
    missing = [n for n in COLUMNS if n not in names and not (has_waits and n.startswith("wait"))]
    for at, cell in enumerate(sheet.rows[0]):
        name = names[at]
        if name in place:
            faults.append(_fault(cell, f"column {name!r} is there twice", sheet.file))
        elif name in COLUMNS:
            place[name] = at
        elif close := get_close_matches(name[:20], missing, n=1, cutoff=ALIKE):
            text = f"unknown column {shortened(cell.text)!r}; did you mean {close[0]!r}?"
            faults.append(_fault(cell, text, sheet.file))
    if not faults and ("wait" in place) == ("wait_s" in place):
        what = "must have a column 'wait_s' (seconds) or 'wait' (as in 1:35 or '90 s')"
        both = ", not both" if "wait" in place else ""
        faults.append(_fault(sheet.rows[0][0], f"the header {what}{both}", sheet.file))
    if faults:
        raise ScenarioError(faults)
    return place


def _even_rows(sheet: Sheet, faults: list[Fault]) -> list[list[Cell]]:
    """The rows below the header that have as many cells as it."""
    width = len(sheet.rows[0])
    rows = []
    for row in sheet.rows[1:]:
        if len(row) == width:
            rows.append(row)
        elif any(cell.text for cell in row):  # spreadsheets leave rows of separators behind
            hint = ""
            if sheet.separator == "," and len(row) == width + 1:
                hint = "; write a point, not a comma, in numbers"
            text = f"must have {width} cells, as the header has (got {len(row)}){hint}"
            faults.append(_fault(row[0], text, sheet.file))
    return [row for row in rows if any(cell.text for cell in row)]


def _readers(scenario: Scenario, separator: str) -> dict[str, Callable[[str], object]]:
    """How the text of each column is read; each raises ValueError with what is expected."""
    lanes = [lane.lane for lane in scenario.lanes]
    by_small_letters = {lane.lower(): k for k, lane in reversed(list(enumerate(lanes)))}

    def lane(text: str) -> int:
        if text in lanes:
            return lanes.index(text)
        if text.lower() not in by_small_letters:
            known = did_you_mean(text, lanes) or f"; one of {', '.join(map(repr, lanes[:8]))}"
            raise ValueError(f"must be a lane of the scenario{known}")
        return by_small_letters[text.lower()]

    def time(text: str) -> float:
        if scenario.is_theory:
            raise ValueError("must be left out: a theory scenario has no clock")
        since = units.clock(text) - scenario.opens_s
        if not 0 <= since <= scenario.length_s:
            opens, closes = scenario.opens_s, scenario.opens_s + scenario.length_s
            hours = f"{units.clock_text(opens)}-{units.clock_text(closes)}"
            raise ValueError(f"must be within opening hours, {hours}")
        return since

    def wait_s(text: str) -> float:
        return _bounded(_seconds_number(_with_point(text, separator)))

    def wait(text: str) -> float:
        return _bounded(_wait_in_words(_with_point(text, separator)))

    return {"wait_s": wait_s, "wait": wait, "time": time, "lane": lane, "day": shortened}


def _with_point(text: str, separator: str) -> str:
    """The number with a decimal point, where a comma can be nothing else."""
    return text.replace(",", ".") if separator != "," and text.count(",") == 1 else text


def _seconds_number(text: str) -> float:
    expected = "must be a wait in seconds, as in 95"
    if text.lower().lstrip("+-") in _NOT_FINITE:
        raise ValueError("must be a finite number of seconds")
    if _MINUTES.fullmatch(text) or text.lower().endswith(("s", "min")):
        raise ValueError(f"{expected}; name the column 'wait' for times such as 1:35 or '90 s'")
    if not _NUMBER.fullmatch(text):
        raise ValueError(expected)
    return float(text)


def _wait_in_words(text: str) -> float:
    found = _MINUTES.fullmatch(text)
    if found:
        hours, minutes = int(found[1] or 0), int(found[2] or found[3])
        return hours * 3600.0 + minutes * 60.0 + int(found[4])
    if text.lower().lstrip("+-") in _NOT_FINITE:
        raise ValueError("must be a finite time")
    if _NUMBER.fullmatch(text):
        hint = f"did you mean '{text} s', or 1:35 for minutes and seconds?"
        raise ValueError(f"must be a time with its unit; {hint}")
    return units.seconds(text)


def _bounded(seconds: float) -> float:
    if seconds < 0:
        raise ValueError("must not be negative")
    if not seconds <= LONGEST_WAIT_S:
        raise ValueError("must be a wait of at most 24 h")
    return seconds


def _value(
    cell: Cell, name: str, read: Callable[[str], object], file: str, faults: list[Fault]
) -> object:
    """What the cell says; None when it cannot be read, with the fault added to `faults`."""
    if not cell.text:
        text = "is missing" if name in ("wait", "wait_s") else (
            "is missing; fill it in every row, or leave the column out"
        )  # fmt: skip
        faults.append(_fault(cell, f"{name}: {text}", file))
        return None
    try:
        return read(cell.text)
    except ValueError as error:
        faults.append(_fault(cell, f"{name}: {with_value(str(error), cell.text)}", file))
        return None


def _fault(cell: Cell, text: str, file: str) -> Fault:
    return Fault(cell.line, cell.column, "", text, file)


def _first(faults: list[Fault], file: str) -> list[Fault]:
    """The first faults in order of place, and how many more there are."""
    faults = sorted(faults)
    shown = faults[:MOST_FAULTS]
    if len(faults) > len(shown):
        last = shown[-1]
        more = f"and {len(faults) - len(shown):,} more such rows"
        shown.append(Fault(last.line, last.column + 1, "", more, file))
    return shown
