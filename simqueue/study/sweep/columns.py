"""The varied keys as columns of a table: '30 %' as 0.3 and '2 min' as 120.0, so that they plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from simqueue import units
from simqueue.scenario.written import flow

WORDS = ""  # the unit of a column that holds text
SHARE, SECONDS, NUMBER = "share", "s", "1"
Cell = int | float | str


@dataclass(frozen=True)
class Column:
    """One varied key: its value at every point, all numbers of one unit or else all text."""

    key: str
    cells: tuple[Cell, ...]
    unit: str

    @property
    def is_text(self) -> bool:
        """Whether the cells are words."""
        return self.unit == WORDS

    @property
    def is_whole(self) -> bool:
        """Whether all cells are whole numbers."""
        return all(isinstance(cell, int) for cell in self.cells)


def column(key: str, settings: Sequence[Any]) -> Column:
    """The column of what a key is set to at each point.

    >>> column("experience.expected_wait", ["90 s", "2 min"])
    Column(key='experience.expected_wait', cells=(90.0, 120.0), unit='s')
    """
    read = [_read(setting) for setting in settings]
    found = {unit for _, unit in read}
    if len(found) == 1 and WORDS not in found:
        return Column(key, tuple(cell for cell, _ in read), found.pop())
    return Column(key, tuple(_text(setting) for setting in settings), WORDS)


def _read(setting: object) -> tuple[Cell, str]:
    """The setting as a number with its unit; what is no number as text."""
    if isinstance(setting, (int, float)) and not isinstance(setting, bool):
        return setting, NUMBER
    if isinstance(setting, str):
        share = units.percentage(setting)
        if share is not None:
            return share, SHARE
        try:
            return units.seconds(setting), SECONDS
        except ValueError:
            pass
    return _text(setting), WORDS


def _text(setting: object) -> str:
    return setting if isinstance(setting, str) else flow(setting)
