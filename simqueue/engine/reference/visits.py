"""Visits that follow others: the tills after a station, a till after a machine that failed."""

from __future__ import annotations

from typing import NamedTuple

from simqueue.tables import Condition, Event, Visits


class Follower(NamedTuple):
    """A visit made some time after another has ended, if that ended the right way."""

    row: int
    delay_s: float
    condition: Condition

    def comes_after(self, ending: Event) -> bool:
        """Whether the visit is made when the one before it has ended like this."""
        if self.condition is Condition.PAID:
            return ending is Event.END
        if self.condition is Condition.FAILED:
            return ending is Event.FAILED
        return True


def followers(visits: Visits | None) -> dict[int, list[Follower]]:
    """For each visit that others follow, those others in ascending order."""
    found: dict[int, list[Follower]] = {}
    if visits is None:
        return found
    columns = (visits.after.tolist(), visits.delay_s.tolist(), visits.condition.tolist())
    for row, (after, delay_s, condition) in enumerate(zip(*columns, strict=True)):
        if after >= 0:
            follower = Follower(row, delay_s, Condition(condition))
            found.setdefault(after, []).append(follower)
    return found


def n_given(visits: Visits | None, n: int) -> int:
    """How many of n visits come at a given time; they stand first."""
    return n if visits is None else int((visits.after < 0).sum())
