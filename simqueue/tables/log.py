"""What is known of each customer once the day is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from simqueue.tables.table import Table, column


@dataclass(frozen=True, eq=False)
class Log(Table):
    """One row per visit, in order of arrival; nan or -1 where a thing did not happen."""

    customer: NDArray[Any] = column("i4", "row", "the person; several visits share it")
    stop: NDArray[Any] = column("i2", "code", "0 = checkouts; stations; last = returns desk")
    arrival_s: NDArray[Any] = column("f8", "s", "arrival at the checkout area, from opening")
    segment: NDArray[Any] = column("i2", "code", "customer segment, in order of the file")
    items: NDArray[Any] = column("i4", "1", "articles in the basket")
    payment: NDArray[Any] = column("i1", "code", "how he pays (Payment)")
    alone: NDArray[Any] = column("?", "1", "whether he shops alone")
    lane: NDArray[Any] = column("i2", "code", "lane he stood in, in order of the file; -1 = none")
    line: NDArray[Any] = column("i4", "code", "line he stood in; -1 = none")
    server: NDArray[Any] = column("i4", "code", "till or machine that served him; -1 = none")
    join_s: NDArray[Any] = column("f8", "s", "when he joined a line")
    start_s: NDArray[Any] = column("f8", "s", "when his service started")
    end_s: NDArray[Any] = column("f8", "s", "when he left: paid, balked or gave up")
    ending: NDArray[Any] = column("i1", "code", "how his visit ended (Ending)")
    why: NDArray[Any] = column("i1", "code", "why he left without paying (Why)")
    wait_s: NDArray[Any] = column("f8", "s", "joining to start of service, or until he gave up")
    ahead_at_join: NDArray[Any] = column("i4", "1", "people ahead in his line, in service included")
    behind_at_most: NDArray[Any] = column("i4", "1", "most people behind him while he waited")
    moves: NDArray[Any] = column("i2", "1", "changes of line")
    walk_s: NDArray[Any] = column("f8", "s", "time walking between lines")
    slips_same_line: NDArray[Any] = column("i4", "1", "later arrivals served first, same line")
    slips_same_kind: NDArray[Any] = column("i4", "1", "the same, other line of the same kind")
    slips_other_kind: NDArray[Any] = column("i4", "1", "the same, another kind of lane")
    last_in_line_s: NDArray[Any] = column("f8", "s", "waiting with nobody behind him")
    queue_still_s: NDArray[Any] = column("f8", "s", "in line beyond 30 s since the last step")
    steps: NDArray[Any] = column("i4", "1", "times the line moved up in front of him")
    stoppage_in_queue_s: NDArray[Any] = column("f8", "s", "in a line whose tills all stood still")
    stoppage_at_till_s: NDArray[Any] = column("f8", "s", "being served while the till stood still")
    stoppage_explained_s: NDArray[Any] = column("f8", "s", "part of both that he was told about")
    before_s: NDArray[Any] = column("f8", "s", "lost at a machine that failed him before")
    help_wait_s: NDArray[Any] = column("f8", "s", "waiting for an attendant at the machine")
    help_s: NDArray[Any] = column("f8", "s", "being helped by an attendant")
    own_scanning_s: NDArray[Any] = column("f8", "s", "working at a machine himself")
    served_by_staff_s: NDArray[Any] = column("f8", "s", "being served at a till")
    displayed_wait_s: NDArray[Any] = column("f8", "s", "wait shown to him on joining; nan = none")
    explained: NDArray[Any] = column("?", "1", "whether stoppages were explained to him")
    lanes: tuple[str, ...] = ()
    kinds: tuple[int, ...] = ()
    separate_lines: tuple[bool, ...] = ()
    segments: tuple[str, ...] = ()
