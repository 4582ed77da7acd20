"""Raw draws of people who make several visits: his own traits once, the luck of a visit each time.

A row is a visit. A column of the person (`OF_THE_PERSON`) is the same in all of his rows; any other
one has a stream of its own for each place, 'patience:at deli', so that more visitors there, or
another place, move nobody else's luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.chance import Draws
from simqueue.chance.streams import OF_THE_DAY, OF_THE_PERSON, OF_THE_VISIT

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Whose visit each row is, and where to: arrays of shape (R,)."""

    group: Integers  # which group of people he belongs to, see `VisitDraws`
    number: Integers  # his number within the group
    place: Integers  # 0 = the lanes; else an entry of the names of places
    again: NDArray[np.bool_]  # whether he is sent to the lanes a second time

    def taken(self, rows: Any) -> Rows:  # noqa: ANN401 - whatever indexes an array
        """Some of the rows."""
        return Rows(self.group[rows], self.number[rows], self.place[rows], self.again[rows])

    def __len__(self) -> int:
        return len(self.group)


class VisitDraws:
    """Columns of raw draws by row; `groups` are the draws and numbers of people of each group."""

    def __init__(
        self, rows: Rows, groups: Sequence[tuple[Draws, int]], places: Sequence[str]
    ) -> None:
        self.rows = rows
        self.groups = tuple(groups)
        self.places = tuple(places)
        self._kept: dict[str, Floats] = {}
        self._parts: list[tuple[int, int, bool, Integers]] | None = None

    @property
    def seed(self) -> int:
        """The seed of the run."""
        return self.groups[0][0].seed

    @property
    def replication(self) -> int:
        """The number of the day."""
        return self.groups[0][0].replication

    def taken(self, rows: Any) -> VisitDraws:  # noqa: ANN401 - whatever indexes an array
        """The draws of some of the rows."""
        return VisitDraws(self.rows.taken(rows), self.groups, self.places)

    def uniform(self, name: str, n: int) -> Floats:
        """The raw uniforms of the first n rows, each in (0, 1); of the day for such columns."""
        head = name.partition(":")[0]
        if head in OF_THE_DAY:
            return self.groups[0][0].uniform(name, n)
        kept = self._kept.get(name)
        if kept is None:
            kept = np.empty(len(self.rows))
            for group, place, again, rows in self._split():
                draws, people = self.groups[group]
                column = name + self._suffix(head, place, again)
                kept[rows] = draws.uniform(column, people)[self.rows.number[rows]]
            kept.setflags(write=False)
            self._kept[name] = kept
        return kept[:n]

    def normal(self, name: str, n: int) -> Floats:
        """The same column as standard normal values; shape (n,)."""
        from scipy.special import ndtri

        values: Floats = ndtri(self.uniform(name, n))
        return values

    def _suffix(self, head: str, place: int, again: bool) -> str:
        if head in OF_THE_PERSON:
            return ""
        if place:
            return f":at {self.places[place]}"
        return ":again" if again and head in OF_THE_VISIT else ""

    def _split(self) -> list[tuple[int, int, bool, Integers]]:
        """The rows by group, place and turn."""
        if self._parts is None:
            r = self.rows
            code = (r.group * len(self.places) + r.place) * 2 + r.again
            order = np.argsort(code, kind="stable")
            codes, firsts = np.unique(code[order], return_index=True)
            ends = [*firsts[1:].tolist(), len(order)]
            self._parts = [
                (c // 2 // len(self.places), c // 2 % len(self.places), c % 2 == 1, order[a:b])
                for c, a, b in zip(codes.tolist(), firsts.tolist(), ends, strict=len(order) > 0)
            ]
        return self._parts
