"""For how long a level that goes up and down had which height, for many groups in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Levels:
    """Steps of n groups, group by group and in order of time; level is 0 before a group's first."""

    group: Integers  # (K,)
    time_s: Floats  # (K,) when the level was reached
    until_s: Floats  # (K,) when the next step of the group came; inf after the last one
    level: Integers  # (K,)
    n: int

    def beyond(self, most: Floats) -> Levels:
        """1 while the level is above `most` (n,) of its group, else 0: only where that changes."""
        return _where_it_changes(self.group, self.time_s, self.level > most[self.group], self.n)

    def any_of(self, group: Integers, n: int) -> Levels:
        """1 while the level of any group is above 0, for the n groups that `group` (n',) puts
        them together in.
        """
        above = self.level > 0
        flips = np.where(above, 1, -1)  # of levels that are 0 or 1
        order = np.argsort(self.time_s, kind="stable")
        both = levels(self.time_s[order], flips[order], group[self.group][order], n)
        return _where_it_changes(both.group, both.time_s, both.level > 0, n)

    @property
    def change(self) -> Integers:
        """By how much each step moved the level; shape (K,)."""
        first = np.diff(self.group, prepend=-1) != 0
        before = np.where(first, 0, np.roll(self.level, 1))
        return np.asarray(self.level - before)


def levels(time_s: Floats, change: Integers, group: NDArray[Any], n: int) -> Levels:
    """The steps by which `change` moves the level of each group; rows in order of time.

    All of shape (K,); rows of group -1 are left out.
    """
    rows, ends = rows_by_group(group, n)
    number = ends.copy()
    number[1:] -= ends[:-1]
    total = change.take(rows).cumsum()
    before = np.append(total, 0)[ends - number - 1]  # each group; behind the last: nothing
    mine, when = np.arange(n).repeat(number), time_s.take(rows)
    return Levels(mine, when, _until(mine, when), total - before.repeat(number), n)


def rows_by_group(group: NDArray[Any], n: int) -> tuple[Integers, Integers]:
    """The rows of group 0, then of group 1, ..., each in order, and where each of n groups ends.

    Rows of group -1 are left out; the ends have shape (n,).
    """
    short = group.astype(_narrow(n))  # is sorted in no time; -1 becomes the largest
    in_order = bool((short[1:] >= short[:-1]).all())  # as quarter hours of arrival are
    rows = np.arange(len(short)) if in_order else np.argsort(short, kind="stable")
    ends = (short if in_order else short.take(rows)).searchsorted(np.arange(n), side="right")
    return rows[: ends[-1] if n else 0], ends


@cache
def _narrow(n: int) -> np.dtype[Any]:
    """The shortest type that holds -1 and the numbers of n groups apart."""
    return np.min_scalar_type(n)


def _until(group: Integers, time_s: Floats) -> Floats:
    until_s = np.full(len(time_s), np.inf)
    until_s[:-1] = time_s[1:]
    until_s[:-1][group[1:] != group[:-1]] = np.inf
    return until_s


def _where_it_changes(group: Integers, time_s: Floats, on: NDArray[np.bool_], n: int) -> Levels:
    """1 while on and 0 while off, without the steps that change nothing."""
    first = np.diff(group, prepend=-1) != 0
    before = np.where(first, False, np.roll(on, 1))
    rows = np.flatnonzero(on != before)
    mine, when = group[rows], time_s[rows]
    return Levels(mine, when, _until(mine, when), on[rows].astype(np.int64), n)
