"""What a study keeps of a day, and how days are added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simqueue.experience import SAMPLE, Case
from simqueue.study import psychology
from simqueue.study.audit import Audit
from simqueue.study.customers import customers_table
from simqueue.study.day import Day
from simqueue.study.frame import Frame, frame
from simqueue.study.measured import cells_of, measured
from simqueue.study.sheet import Entry, Sheet
from simqueue.study.tally import EVERY_DAY, MOST_ROWS, Tally

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class DayRecord:
    """What a study keeps of one day; with it the day need not be simulated again."""

    replication: int
    sheet: Sheet
    audit: Audit
    wait_s: NDArray[np.float32]
    quarter: NDArray[np.int16]
    lane: NDArray[np.int8]
    sample: Case  # customers to judge anew, as `psychology.sampled` orders them
    to_pay: int  # how many there were
    customers: pa.Table | None = None  # everybody, where that was asked for

    @property
    def entries(self) -> list[Entry]:
        """The measures of the day one by one."""
        return self.sheet.entries()


def empty_tallies(table: Frame) -> dict[str, Tally]:
    """A tally for each grouping, with no day in it; that of the whole day keeps every day."""
    return {
        name: Tally(groups, most_rows=EVERY_DAY if name == "day" else MOST_ROWS)
        for name, groups in table.groups.items()
    }


def record(
    day: Day, at_most: int = SAMPLE, *, whole: bool = False, table: Frame | None = None
) -> DayRecord:
    """Everything a study keeps of a day.

    At most so many customers are there to be judged anew; `whole` keeps everybody's row. `table`
    is the frame of the scenario, when somebody has it already.
    """
    table = table or frame(day.scenario)
    cells = cells_of(day, table)
    stood = np.flatnonzero(day.joined)
    to_pay = np.flatnonzero(day.came & cells.at_checkouts)
    chosen = to_pay[psychology.sampled(len(to_pay), at_most)]
    return DayRecord(
        day.replication,
        measured(day, table, cells),
        day.audit(),
        day.log.wait_s.take(stood).astype(np.float32),
        cells.quarter.take(stood).astype(np.int16),
        day.log.lane.take(stood).astype(np.int8),
        day.experience.case.rows(chosen),
        len(to_pay),
        customers_table(day) if whole else None,
    )


def add(tallies: dict[str, Tally], sheet: Sheet) -> None:
    """Add the sheet of a day to the tallies."""
    for grouping, titles in sheet.titles.items():
        tallies[grouping].add(titles, sheet.numbers[grouping])
