"""The lanes of one day, compiled for one workload: all that an engine needs to know of the shop."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


def frozen(values: Any, dtype: str) -> NDArray[Any]:  # noqa: ANN401 - anything array-like
    """A read-only array of the given dtype."""
    array = np.array(values, dtype=dtype)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False)
class Choice:
    """How a customer chooses among the lines: a registered rule and how ties are settled."""

    rule: str = "shortest_queue"
    count_in_service: bool = True
    per_server: bool = True
    ties_random: bool = True
    prefer: int = -1  # the Kind that wins ties, or -1


@dataclass(frozen=True)
class Jockey:
    """Whether the last in a line changes to another, and for how many places less ahead of him."""

    on: bool = False
    shorter_by: int = 2
    walk_s: float = 0.0


@dataclass(frozen=True)
class Demand:
    """When a spare cashier is called to a till of `lane`, and when he may go again."""

    on: bool = False
    lane: int = -1
    call_above: float = inf  # people waiting per open till
    waited_over_s: float = inf
    close_below: float = 0.0
    walk_s: float = 0.0
    stay_s: float = 0.0
    pool: int = -1  # the staff who come; -1 = spare cashiers by shifts


def _none() -> NDArray[Any]:
    return frozen([], "f8")


def _whole() -> NDArray[Any]:
    return frozen([], "i8")


def _flags() -> NDArray[Any]:
    return frozen([], "?")


def _table() -> NDArray[Any]:
    return frozen(np.zeros((0, 0)), "f8")


def _flag_table() -> NDArray[Any]:
    return frozen(np.zeros((0, 0)), "?")


@dataclass(frozen=True, eq=False)
class Stoppages:
    """When servers stop working: F breakdowns, ascending by time, then server."""

    at_s: Floats = field(default_factory=_none)  # (F,)
    server: Integers = field(default_factory=_whole)  # (F,)
    lasts_s: Floats = field(default_factory=_none)  # (F,)
    when_busy: Flags = field(default_factory=_flags)  # (F,) strikes only with a customer there
    sends_on: Flags = field(default_factory=_flags)  # (F,) who is served goes to another line
    explained: Flags = field(default_factory=_flags)  # (F,) whether customers are told why


@dataclass(frozen=True, eq=False)
class NoCards:
    """When cards do not work: O windows, ascending, not overlapping."""

    at_s: Floats = field(default_factory=_none)  # (O,)
    lasts_s: Floats = field(default_factory=_none)  # (O,)
    explained: Flags = field(default_factory=_flags)  # (O,)
    leaves: bool = False  # who cannot pay leaves his shopping; else he waits at the till


@dataclass(frozen=True, eq=False)
class System:
    """J lanes, L lines, S servers (tills, then machines, in order of the file), N visits.

    Times in seconds from opening, work in whole microseconds. A line's servers are consecutive.
    """

    lanes: tuple[str, ...]
    kind: Integers  # (J,) Kind
    line_lane: Integers  # (L,) lane of the line
    line_capacity: Integers  # (L,) most people in the line, in service included
    line_position_m: Floats  # (L,) metres along the front
    server_line: Integers  # (S,) line of the server
    server_number: Integers  # (S,) till number within its lane, from 1
    server_pace: Floats  # (S,) factor on service time of whoever works there
    may_use: Flags  # (J, N) whether the lane serves this customer and he considers it
    service_s: Floats  # (J, N) customer's time at the server, help left out, at pace 1
    gap_s: Floats  # (J, N) time the server stays occupied after the customer has left
    before_call_s: Floats  # (J, N) service time until he calls for help; inf = never
    after_call_s: Floats  # (J, N) service time after help; service_s = before + after
    help_s: Floats  # (J, N) time an attendant takes to help
    expected_us: Integers  # (J, N) mean occupation of a server given the items
    mean_us: Integers  # (J,) the same over all customers who may use the lane
    perception: Floats  # (L, N) factor on what the customer sees of a line; (0, 0) = sees truly
    patience_s: Floats  # (N,) clock time from joining until he gives up; inf = never
    roster_s: Floats  # (K,) when the number of open servers of a lane is set, ascending
    roster_lane: Integers  # (K,)
    roster_open: Integers  # (K,) servers to be open from then on
    attendants_s: Floats  # (M,) the same for attendants
    attendants_pool: Integers  # (M,) pool of staff; each lane has one of its own number
    attendants_on: Integers  # (M,)
    closes_s: float  # when the doors close to new customers
    choice: Choice = Choice()
    balk_rule: str = ""  # registered rule, or "" = nobody turns away
    balk_tolerance: Floats = field(default_factory=_none)  # (N,) people or us; inf = any line
    jockey: Jockey = Jockey()
    willing: Flags = field(default_factory=_none)  # (N,) whether he would change lines
    finish_current: bool = False  # a closing till finishes its customer, not its line
    demand: Demand = Demand()
    shift_start_s: Floats = field(default_factory=_none)  # (C,) spare cashiers, ascending
    shift_end_s: Floats = field(default_factory=_none)  # (C,)
    break_s: Floats = field(default_factory=_none)  # (B,) ascending
    break_server: Integers = field(default_factory=_none)  # (B,)
    break_lasts_s: Floats = field(default_factory=_none)  # (B,)
    lane_pool: Integers = field(default_factory=_whole)  # (J,) who answers calls; -1 = no need
    again_after_s: Floats = field(default_factory=_table)  # (J, N) from help to a second call; inf
    again_help_s: Floats = field(default_factory=_table)  # (J, N) time the second help takes
    fails: Flags = field(default_factory=_flag_table)  # (J, N) ends without payment
    stoppages: Stoppages = Stoppages()
    no_cards: NoCards = NoCards()
    needs_card: Flags = field(default_factory=_flags)  # (N,) cannot pay when cards do not work

    @property
    def n_lines(self) -> int:
        """Number of lines L."""
        return len(self.line_lane)

    @property
    def n_servers(self) -> int:
        """Number of tills and machines S."""
        return len(self.server_line)

    def servers_of(self, line: int) -> range:
        """The servers of a line, lowest number first."""
        found = np.flatnonzero(self.server_line == line)
        return range(int(found[0]), int(found[-1]) + 1) if len(found) else range(0)

    def lines_of(self, lane: int) -> list[int]:
        """The lines of a lane, in order."""
        return [int(line) for line in np.flatnonzero(self.line_lane == lane)]
