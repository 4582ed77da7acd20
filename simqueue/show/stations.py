"""Stations and the returns desk in words and rows: who waits there, and what it does to the tills.

* A station is told as short by the rule of `stretches`, its worst stretch first.
* It *floods* the tills when it was short just before they are, and in some half hour around the
  beginning at least a tenth more people come to pay than come into the shop: those it held up are
  let go at once.
"""

from __future__ import annotations

from math import isnan
from typing import NamedTuple

from simqueue.show import words
from simqueue.show.reading import Stretch, added_over, from_to, lane_words, measured
from simqueue.show.stretches import ShortStretch, at_stations, at_tills
from simqueue.study.study import Study
from simqueue.study.targets import LongWait

HEAD = ("stations", "visits", "wait, mean", "95 in 100", "as it feels", "did without")
FLOOD = 1.1
HALF_HOUR = 2  # quarter hours
JUST_BEFORE = 4  # quarter hours between a station that is short and the tills it floods
MOST_TOLD = 2


class StationRow(NamedTuple):
    """A station on an average day, as text."""

    name: str
    visits: str
    wait: str
    wait_p95: str
    felt: str
    did_without: str  # passed by or gave up


def station_rows(study: Study) -> list[StationRow]:
    """A row for each station and the returns desk; none where there are none."""
    first = len(study.scenario.lanes)
    return [_row(study, first + k) for k in range(len(study.scenario.counters))]


def _row(study: Study, number: int) -> StationRow:
    def value(name: str) -> float:
        return measured(study.lane, name, number).mean

    lost = value("balked") + value("reneged")
    may_leave = study.scenario.counters[number - len(study.scenario.lanes)]
    stays = may_leave.balk is None and may_leave.patience is None and may_leave.capacity is None
    return StationRow(
        lane_words(study, number),
        words.count(value("customers")),
        words.duration_unit(value("wait_mean_s")),
        words.duration_unit(value("wait_p95_s")),
        words.duration_unit(value("felt_mean_s")),
        words.DASH if isnan(lost) or (stays and not lost) else words.count(lost),
    )


def stations_short(study: Study, rule: LongWait, short: list[ShortStretch]) -> list[str]:
    """A sentence on each of the two worst stations that are short; empty where none is."""
    worst: dict[int, ShortStretch] = {}
    for found in short:
        worst.setdefault(found.lane, found)
    return [_sentence(study, rule, found) for found in list(worst.values())[:MOST_TOLD]]


def _sentence(study: Study, rule: LongWait, short: ShortStretch) -> str:
    who = words.customers_in(short.share.mean)
    verb = words.verb(who, "waits", "wait")
    limit = words.spoken_duration(rule.limit_s)
    when = from_to(study, short.stretch)
    said = f"At the {lane_words(study, short.lane)}, from {when}, {who} {verb} over {limit}"
    if isnan(short.share_otherwise):
        return f"{said}."
    return f"{said}; {words.one_in(short.share_otherwise)} at other times."


def flood(study: Study, short: list[ShortStretch]) -> str:
    """That people held up at a station come to the tills all at once; '' where they do not."""
    for till in at_tills(study, short):
        before = [s for s in at_stations(study, short) if _just_before(s, till)]
        rush = _rush(study, till)
        if before and rush is not None:
            paying, coming = (_people(study, name, rush) for name in ("customers", "came_in"))
            return (
                f"The {lane_words(study, before[0].lane)} had held them up:"
                f" {words.count(paying)} people come to pay from {from_to(study, rush)}, while"
                f" {words.count(coming)} come into the shop."
            )
    return ""


def _just_before(station: ShortStretch, till: ShortStretch) -> bool:
    gap = till.stretch.first - station.stretch.end
    return station.stretch.first < till.stretch.end and gap <= JUST_BEFORE


def _rush(study: Study, till: ShortStretch) -> Stretch | None:
    """The half hour, from half an hour before a stretch on, in which most more pay than come in."""
    first = max(0, till.stretch.first - HALF_HOUR)
    halves = [Stretch(q, q + HALF_HOUR) for q in range(first, till.stretch.end - HALF_HOUR + 1)]
    more = {
        _people(study, "customers", half) - _people(study, "came_in", half): half for half in halves
    }
    if not more or isnan(max(more)):
        return None
    rush = more[max(more)]
    enough = _people(study, "customers", rush) > FLOOD * _people(study, "came_in", rush)
    return rush if enough else None


def _people(study: Study, name: str, stretch: Stretch) -> float:
    return added_over(study.quarter, name, stretch.quarters()).mean


def visit_said(study: Study) -> str:
    """What the stations add to the wait of a whole visit; '' where there are none."""
    whole = measured(study.day, "visit_wait_mean_s").mean
    part = measured(study.day, "station_wait_mean_s").mean
    if isnan(whole) or isnan(part):
        return ""
    said = f"A whole visit waits {words.duration_unit(whole)} on average"
    return f"{said}, {words.duration_unit(part)} of it at stations."
