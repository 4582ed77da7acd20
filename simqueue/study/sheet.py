"""The sheet of a day: all numbers that are measured of it, column after column, by grouping.

The titles of the columns are the same on all days of a scenario, so a study adds up whole sheets
instead of one measure after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Entry = tuple[str, str, str, Floats, Floats | None]  # grouping, measure, unit, top, bottom


class Title(NamedTuple):
    """A measure; one that is a ratio has two columns: what is added up, what that is divided by."""

    measure: str
    unit: str
    is_ratio: bool


Titles = tuple[Title, ...]
title = cache(Title)  # the same few on every day


class Block(NamedTuple):
    """Some measures of the G groups of a grouping, and their columns: C of shape (G,)."""

    grouping: str
    titles: Titles
    columns: tuple[Floats, ...] | Floats  # or a table (C, G)


def daily(grouping: str, measure: str, unit: str, values: Floats) -> Block:
    """A measure that has a value for each group, (G,); nan where a group has none."""
    return Block(grouping, (title(measure, unit, False),), (values,))


def ratio(grouping: str, measure: str, unit: str, top: Floats, bottom: Floats) -> Block:
    """A measure that is a ratio of totals; (G,) each."""
    return Block(grouping, (title(measure, unit, True),), (top, bottom))


@dataclass(frozen=True)
class Sheet:
    """All numbers of one day; by grouping the titles, and the columns after each other."""

    titles: dict[str, Titles]
    numbers: dict[str, Floats]  # C columns of G groups, (C * G,)

    def entries(self) -> list[Entry]:
        """The measures one by one, each with its columns."""
        found: list[Entry] = []
        for grouping, titles in self.titles.items():
            table = self.numbers[grouping].reshape(n_columns(titles), -1)
            for (measure, unit, is_ratio), at in zip(titles, places(titles), strict=True):
                found.append(
                    (grouping, measure, unit, table[at], table[at + 1] if is_ratio else None)
                )
        return found


def n_columns(titles: Titles) -> int:
    """How many columns stand under these titles."""
    return len(titles) + sum(title.is_ratio for title in titles)


def places(titles: Titles) -> list[int]:
    """Which column is the first under each title."""
    return [*accumulate((1 + title.is_ratio for title in titles), initial=0)][:-1]


def gathered(blocks: Iterable[Block], known: dict[str, Titles] | None = None) -> Sheet:
    """The sheet of all blocks, in their order.

    `known` has the titles of the day before, if there was one: days that have the same share them.
    """
    known = {} if known is None else known
    titles: dict[str, list[Title]] = {}
    parts: dict[str, list[Floats]] = {}
    for grouping, named, columns in blocks:
        titles.setdefault(grouping, []).extend(named)
        both = (columns.ravel(),) if isinstance(columns, np.ndarray) else columns
        parts.setdefault(grouping, []).extend(both)
    for grouping, listed in titles.items():
        if known.get(grouping) != (found := tuple(listed)):
            known[grouping] = found
    numbers = {name: np.concatenate(columns, dtype=np.float64) for name, columns in parts.items()}
    return Sheet({name: known[name] for name in titles}, numbers)
