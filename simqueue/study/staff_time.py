"""Hours that are paid for, and how a premium makes some of them count more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simqueue.fields import ByClock
from simqueue.study.day import Day
from simqueue.study.day_measures import (
    HOUR_S,
    Spells,
    attendant_spells,
    station_spells,
    till_spells,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StaffTime:
    """Hours of one day by the clock, and as they are paid: an hour at +25 % is 1.25 paid hours."""

    till_hours: float
    attendant_hours: float  # of named pools too
    paid_till_hours: float
    paid_attendant_hours: float
    station_hours: float = 0.0
    paid_station_hours: float = 0.0

    @property
    def hours(self) -> float:
        """Hours of everybody by the clock."""
        return self.till_hours + self.attendant_hours + self.station_hours

    def paid(self) -> dict[str, float]:
        """The paid hours as measures, by name."""
        found = {
            "paid_till_hours": self.paid_till_hours,
            "paid_attendant_hours": self.paid_attendant_hours,
        }
        return found | (
            {"paid_station_hours": self.paid_station_hours} if self.station_hours else {}
        )


def staff_time(day: Day, hours: Mapping[str, float]) -> StaffTime:
    """The hours of a day, whose sums are known (`day_measures.staff`), as they are paid."""
    known = [hours["till_hours"], hours["attendant_hours"], hours.get("station_hours", 0.0)]
    premium, opens_s = day.scenario.economics.premium, day.scenario.opens_s
    paid = known
    if premium is not None:
        spells = (till_spells(day), attendant_spells(day), station_spells(day))
        more = [premium_s(mine, premium, opens_s) / HOUR_S for mine in spells]
        paid = [plain + extra for plain, extra in zip(known, more, strict=True)]
    return StaffTime(known[0], known[1], paid[0], paid[1], known[2], paid[2])


def premium_s(spells: Spells, premium: ByClock[float], opens_s: float) -> float:
    """What is paid on top of the spells, in seconds of plain wage.

    A premium holds from its time until the next one, the last one for good; none before the first.
    Spells are in seconds from opening, `opens_s` is the opening in seconds from midnight.
    """
    begins_s = np.array([time for time, _ in premium.points], dtype=np.float64) - opens_s
    ends_s = np.append(begins_s[1:], np.inf)
    share = np.array(premium.values())
    start, end = spells.start_s[:, np.newaxis], spells.end_s[:, np.newaxis]
    inside_s = np.maximum(0.0, np.minimum(end, ends_s) - np.maximum(start, begins_s))
    return float(np.sum((inside_s @ share) * spells.number))
