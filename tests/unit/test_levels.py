"""How long levels had which height: against walking through the steps one by one."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from simqueue.study.levels import Levels, levels, rows_by_group
from simqueue.study.steps import areas

DAYS = 60


def steps_by_chance(chance: Random, n: int) -> tuple[list[float], list[int], list[int]]:
    """Times (many of them equal), changes and groups; no level falls below 0."""
    level = [0] * n
    time_s, change, group = [], [], []
    for _ in range(chance.randrange(60)):
        k = chance.randrange(-1, n)
        move = chance.choice([1, 1, -1, 0])
        if k >= 0 and level[k] + move < 0:
            continue
        if k >= 0:
            level[k] += move
        time_s.append(time_s[-1] + chance.choice([0, 0, 1, 5]) if time_s else 0.0)
        change.append(move)
        group.append(k)
    return time_s, change, group


def seen(rows: tuple[list[float], list[int], list[int]], k: int, moment: float) -> int:
    """The level of a group just after a moment."""
    return sum(c for t, c, g in zip(*rows, strict=True) if g == k and t <= moment)


@pytest.mark.parametrize("seed", range(DAYS))
def test_levels_are_those_of_walking_through_the_steps(seed):
    """Each level, and the time beyond a limit, of one or several groups agree with a slow twin."""
    chance, n = Random(seed), 3
    rows = steps_by_chance(chance, n)
    time_s, change, group = (np.array(x) for x in rows)
    found = levels(time_s.astype(np.float64), change.astype(int), group.astype(int), n)
    end = float(max(rows[0], default=0.0)) + 2.0
    halves = np.arange(0.0, end, 0.5) + 0.25  # steps come at whole seconds
    most = np.array([0.0, 1.0, np.inf])
    beyond = found.beyond(most)
    together = beyond.any_of(np.array([0, 1, 0]), 2)
    for k in range(n):
        walked = [seen(rows, k, t) for t in halves]
        mine = found.group == k
        lasts_s = np.minimum(found.until_s[mine], end) - found.time_s[mine]
        assert lasts_s @ found.level[mine] == 0.5 * sum(walked)
        assert lasting(beyond, k, end) == 0.5 * sum(x > most[k] for x in walked)
    either = [any(seen(rows, k, t) > most[k] for k in (0, 2)) for t in halves]
    assert lasting(together, 0, end) == 0.5 * sum(either)


def lasting(found: Levels, k: int, end: float) -> float:
    """Seconds for which a level of 0 or 1 was 1."""
    edges = np.array([0.0, end])
    return float(areas(found.time_s, found.change, found.group, found.n, edges)[k, 0])


def test_a_group_without_steps_is_never_beyond():
    """Nobody ever comes: there is no moment at which that changes."""
    none = levels(np.zeros(0), np.zeros(0, int), np.zeros(0, int), 2)
    assert len(none.beyond(np.zeros(2)).any_of(np.zeros(2, int), 1).time_s) == 0


@pytest.mark.parametrize("n", [0, 1, 255, 256, 257])
def test_rows_of_no_group_are_left_out_however_many_groups_there_are(n):
    """Rows are put in order of their group and their own; those of group -1 are in none."""
    group = np.array([n - 1, -1, 0, n - 1, -1]) if n else np.full(3, -1)
    rows, ends = rows_by_group(group, n)
    assert rows.tolist() == sorted(np.flatnonzero(group >= 0), key=lambda row: group[row])
    assert ends.tolist() == [np.count_nonzero((group >= 0) & (group <= k)) for k in range(n)]
