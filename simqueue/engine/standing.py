"""What standing in line was like: who stood ahead and behind, when the line moved."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from simqueue.tables import Event, Trace

STILL_AFTER_S = (
    30.0  # a line that has not moved for longer counts as standing still (docs/model.md)
)


@dataclass
class Standing:
    """Columns of `Log` about standing in line; each shape (n,)."""

    ahead_at_join: NDArray[np.int64]
    behind_at_most: NDArray[np.int64]
    last_in_line_s: NDArray[np.float64]
    queue_still_s: NDArray[np.float64]
    steps: NDArray[np.int64]


def stand_in_line(trace: Trace, n: int, n_lines: int) -> Standing:
    """Replay every line through the trace; n customers, times in seconds."""
    lines = [_LineReplay() for _ in range(n_lines)]
    people = _People(n)
    rows = zip(
        trace.time_s.tolist(),
        trace.event.tolist(),
        trace.customer.tolist(),
        trace.line.tolist(),
        strict=True,
    )
    for time_s, event, i, line in rows:
        if event == Event.JOIN:
            lines[line].join(time_s, i, people)
        elif event == Event.START:
            lines[line].leave(time_s, i, people)
            lines[line].in_service += 1
        elif event in (Event.RENEGE, Event.LEAVE) and line >= 0:
            lines[line].leave(time_s, i, people)
        elif event == Event.END:
            lines[line].in_service -= 1
    for replay in lines:
        replay.count_behind(len(replay.waiting), people)  # of those still there at the end
    return Standing(
        np.array(people.ahead, dtype=np.int64),
        np.array(people.behind, dtype=np.int64),
        np.array(people.last_s, dtype=np.float64),
        np.array(people.still_s, dtype=np.float64),
        np.array(people.steps, dtype=np.int64),
    )


class _People:
    """Running records of all customers, as plain lists: much faster than arrays, one by one."""

    def __init__(self, n: int) -> None:
        self.ahead = [-1] * n
        self.behind = [0] * n
        self.last_s = [0.0] * n
        self.still_s = [0.0] * n
        self.steps = [0] * n
        self.moved_at = [0.0] * n

    def stood_until(self, time_s: float, i: int) -> None:
        """The pause since the last step of customer i ends now."""
        still = time_s - self.moved_at[i] - STILL_AFTER_S
        if still > 0.0:
            self.still_s[i] += still
        self.moved_at[i] = time_s


class _LineReplay:
    """One line as the trace describes it."""

    def __init__(self) -> None:
        self.waiting: list[int] = []
        self.in_service = 0
        self.last_since = 0.0  # since when the customer at the end has been the last

    def join(self, time_s: float, i: int, people: _People) -> None:
        if people.ahead[i] < 0:
            people.ahead[i] = len(self.waiting) + self.in_service
        people.moved_at[i] = time_s
        if self.waiting:
            people.last_s[self.waiting[-1]] += time_s - self.last_since
        self.last_since = time_s
        self.waiting.append(i)

    def count_behind(self, n_ahead: int, people: _People) -> None:
        """Note how many stand behind each of the first `n_ahead` customers."""
        n = len(self.waiting)
        for place, k in enumerate(islice(self.waiting, n_ahead)):
            people.behind[k] = max(people.behind[k], n - place - 1)

    def leave(self, time_s: float, i: int, people: _People) -> None:
        place = self.waiting.index(i)
        was_last = place == len(self.waiting) - 1
        self.count_behind(place + 1, people)  # until now the number behind them has only grown
        people.stood_until(time_s, i)
        for k in self.waiting[place + 1 :]:
            people.steps[k] += 1
            people.stood_until(time_s, k)
        del self.waiting[place]
        if was_last:
            people.last_s[i] += time_s - self.last_since
            self.last_since = time_s
