"""What a result says, in sentences and rows: the first screen and the report both print these.

The answer has two to four sentences, by these rules (what "short" means: see `stretches`):

1. How much of the open time no lane is short. None of it short: the tills cope all day. At least
   80 % short: short nearly all day. More than 40 %: short for so many hours. Otherwise they cope,
   and the sentence says until when and from when (one short time) or for how long (several).
2. The worst stretch: when, which lane, how many of its customers wait long there and otherwise.
   "May be short" instead of "are short" when the 95 % interval over days does not exclude that the
   share is allowed. Without a short stretch: the busiest two hours and the mean wait in them.
3. Only where there are more short stretches: the next two, worst first.
4. Only where at least one customer in a hundred leaves without paying: how many do. Short waits
   are no success when they are short because people have left.

Sentences 1 to 3 are about the places to pay. Stations and the returns desk, and what stood still,
have sentences of their own after them (see `stations` and `stood_still`).

"Where to look" names the lane of the worst stretch (without one: the lane or station in which most
minutes are waited in the busiest stretch), which part of all minutes waited falls there, how many
of the lane's tills are open then, for how much of that time they are occupied, and which part of
the minutes nothing moved. A station that is short is named as well if a tenth of all minutes are
waited there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isnan

import numpy as np
from numpy.typing import NDArray

from simqueue.scenario.model import Scenario
from simqueue.shop.pools import FromPool
from simqueue.show import words
from simqueue.show.reading import (
    Stretch,
    clock_at,
    from_to,
    lane_words,
    measured,
    measured_over,
    n_quarters,
    place,
    places,
    server_noun,
    still_part,
    stretch_text,
    wait_minutes,
    waits_to_pay,
)
from simqueue.show.stations import flood, stations_short
from simqueue.show.stood_still import MUCH_STILL, stood_still
from simqueue.show.stretches import (
    ShortStretch,
    at_stations,
    at_tills,
    busiest,
    covered,
    short_stretches,
)
from simqueue.show.targets import Verdict, verdicts
from simqueue.study.study import QUARTER_S, Study
from simqueue.study.targets import LongWait, long_wait

NEARLY_ALL = 0.8
MUCH = 0.4
MANY_LOST = 0.01
HARDLY_S = 5.0  # a mean wait below this is nothing to look for
MUCH_ELSEWHERE = 0.1  # of all minutes waited


@dataclass(frozen=True)
class Findings:
    """What there is to say about a study of a shop's day."""

    rule: LongWait
    short: list[ShortStretch]
    stretch: Stretch | None  # the worst short stretch, else the busiest; None without a clock
    stretch_words: str  # as in '12:00-14:00'; empty without a clock
    answer: tuple[str, ...]
    where: str
    notes: tuple[str, ...]
    targets: list[Verdict] = field(default_factory=list)
    is_whole_day: bool = False  # whether the stretch is all there is: it needs no column of its own

    @property
    def column(self) -> str:
        """The heading of the stretch's column; empty where it would repeat the whole day's."""
        return "" if self.is_whole_day else self.stretch_words


def findings(study: Study) -> Findings:
    """Everything that the first screen and the report say in words about a study."""
    rule = long_wait(study.scenario.targets)
    if study.scenario.is_theory:
        return Findings(rule, [], None, "", (), "", notes(study), verdicts(study, None))
    short = short_stretches(study, rule)
    worst = _worst(study, short)
    stretch = worst.stretch if worst else busiest(study)
    said = stretch_text(study, stretch)
    return Findings(
        rule,
        short,
        stretch,
        said,
        answer(study, rule, short),
        where_to_look(study, short, stretch),
        notes(study),
        verdicts(study, None if len(stretch) == n_quarters(study) else stretch),
        is_whole_day=len(stretch) == n_quarters(study),
    )


def _worst(study: Study, short: list[ShortStretch]) -> ShortStretch | None:
    """The short stretch that the screen is about: of the tills if one of them is short."""
    return next(iter(at_tills(study, short) or short), None)


def answer(study: Study, rule: LongWait, all_short: list[ShortStretch]) -> tuple[str, ...]:
    """Two to four sentences: do the tills cope, and if not, when and which; who is lost.

    Then one on the stations that are short, and one on what stood still, if there is any.
    """
    customers = measured(study.day, "customers").mean
    if not customers > 0:
        return ("Nobody came to the checkouts on any of the simulated days.",)
    short = at_tills(study, all_short)
    if short:
        found = [_coping(study, short), _worst_sentence(study, rule, short[0])]
    else:
        found = [_all_day(study, rule), _busiest_sentence(study, busiest(study, to_pay=True))]
    if len(short) > 1:
        found.append(_also(study, short[1:]))
    lost = measured(study.day, "lost_baskets").mean
    if lost / customers >= MANY_LOST:
        found.append(_lost(lost, customers, cope=not short))
    found += [*stations_short(study, rule, at_stations(study, all_short)), flood(study, all_short)]
    found += stood_still(study, all_short)
    return tuple(sentence for sentence in found if sentence)


def _lost(lost: float, customers: float, *, cope: bool) -> str:
    who = words.customers_in(lost / customers)
    verb = words.verb(who, "leaves", "leave")
    said = f"{who} {verb} without paying, {words.count(lost)} a day."
    return f"But {said}" if cope else said[0].upper() + said[1:]


def _places(study: Study) -> str:
    """What to call all places to pay together."""
    return "machines" if all(lane.has_machines for lane in study.scenario.lanes) else "tills"


def _all_day(study: Study, rule: LongWait) -> str:
    share = _share_over(study, rule.limit_s)
    limit = words.spoken_duration(rule.limit_s)
    if share <= 0:
        return f"The {_places(study)} cope all day: nobody waits over {limit}."
    who = words.customers_in(share)
    verb = words.verb(who, "waits", "wait")
    if share > rule.allowed:  # scattered over quarter hours too few in a row to make a stretch
        return f"No lane is short for half an hour, yet {who} {verb} over {limit}."
    return f"The {_places(study)} cope all day: {who} {verb} over {limit}."


def _share_over(study: Study, limit_s: float) -> float:
    """Share of all who joined a line who waited longer, all days together; 0 when nobody joined."""
    waits = waits_to_pay(study)
    return sum(int(np.sum(w > limit_s)) for w in waits) / max(1, sum(map(len, waits)))


def _busiest_sentence(study: Study, stretch: Stretch) -> str:
    mean = measured_over(study.quarter, "wait_mean_s", stretch.quarters()).mean
    if len(stretch) == n_quarters(study):
        hardly = isnan(mean) or mean < 0.5
        return (
            "People hardly wait."
            if hardly
            else f"On average they wait {words.duration_unit(mean)}."
        )
    when = f"from {from_to(study, stretch)}"
    if isnan(mean) or mean < 0.5:
        return f"Even {when}, the busiest time, people hardly wait."
    where = f" at the {_places(study)}" if study.scenario.counters else ""
    return f"The longest waits{where} are {when}: {words.duration_unit(mean)} on average."


def _coping(study: Study, short: list[ShortStretch]) -> str:
    n = n_quarters(study)
    inside = covered(short, n)
    part = float(inside.mean())
    places = _places(study)
    if part >= NEARLY_ALL:
        return f"The {places} are short nearly all day."
    hours = f"{_hours(study, int(inside.sum()))} of the {_hours(study, n)} hours"
    if part > MUCH:
        return f"The {places} are short for {hours}."
    edges = np.flatnonzero(np.diff(inside)) + 1
    if len(edges) == 1:
        at = clock_at(study, int(edges[0]))
        return f"The {places} cope from {at} on." if inside[0] else f"The {places} cope until {at}."
    if len(edges) == 2 and not inside[0]:
        start, end = (clock_at(study, int(edge)) for edge in edges)
        return f"The {places} cope until {start} and again from {end}."
    return f"The {places} cope for most of the day, but are short for {hours}."


def _hours(study: Study, quarters: int) -> str:
    """Hours of so many quarter hours, as in '2' or '2.5'."""
    seconds = min(quarters * QUARTER_S, study.scenario.length_s)
    return f"{seconds / 3600.0:.2f}".rstrip("0").rstrip(".")


def _worst_sentence(study: Study, rule: LongWait, worst: ShortStretch) -> str:
    who = words.customers_in(worst.share.mean)
    verb = words.verb(who, "waits", "wait")
    limit = words.spoken_duration(rule.limit_s)
    # a single day has no interval: it is said as it was, and a note says that it was one day
    state = "are short" if worst.certain or worst.share.n < 2 else "may be short"
    text = f"From {from_to(study, worst.stretch)} the {lane_words(study, worst.lane)} {state}: "
    text += f"{who} {verb} over {limit} there"
    if isnan(worst.share_otherwise):
        return text + "."
    return text + f"; {words.one_in(worst.share_otherwise)} at other times."


def _also(study: Study, rest: list[ShortStretch]) -> str:
    named = [
        f"{lane_words(study, s.lane)} {stretch_text(study, s.stretch)}"
        f" ({words.one_in(s.share.mean)})"
        for s in rest[:2]
    ]
    if len(rest) > 2:
        named.append(f"{len(rest) - 2} more")
    return f"Also short: {words.joined(named)}."


def where_to_look(study: Study, short: list[ShortStretch], stretch: Stretch) -> str:
    """The lane and time with the waits that matter most, and their part of all minutes waited."""
    whole_visit = "visit_wait_mean_s" if study.scenario.stations else "wait_mean_s"
    mean = measured(study.day, whole_visit).mean
    if isnan(mean) or mean < HARDLY_S:
        busy = measured(study.day, "utilisation").mean
        occupied = (
            "" if isnan(busy) else f"; what is open is occupied {words.share(busy)} of the time"
        )
        return f"nowhere for the waits, there are hardly any{occupied}."
    worst, seconds = _worst(study, short), wait_minutes(study)
    in_stretch = seconds[:, stretch.first : stretch.end].sum(axis=1)
    lane = worst.lane if worst else int(np.argmax(in_stretch))
    said = _look_at(study, lane, stretch, seconds)
    found = f"{said} of all minutes waited{_staffing(study, lane, stretch)}"
    found += _standing_still(study, lane, stretch)
    elsewhere = next((s for s in at_stations(study, short) if s.lane != lane), None)
    if elsewhere and _part(seconds, elsewhere.lane, elsewhere.stretch) >= MUCH_ELSEWHERE:
        also = _look_at(study, elsewhere.lane, elsewhere.stretch, seconds)
        found += f". And {also}{_staffing(study, elsewhere.lane, elsewhere.stretch)}"
    return f"{found}."


def _look_at(study: Study, lane: int, stretch: Stretch, seconds: NDArray[np.float64]) -> str:
    """A place and time, and which part of all minutes is waited there."""
    part = words.share(_part(seconds, lane, stretch))
    return f"{lane_words(study, lane)} {stretch_text(study, stretch)}, {part}"


def _part(seconds: NDArray[np.float64], lane: int, stretch: Stretch) -> float:
    return float(seconds[lane, stretch.first : stretch.end].sum() / seconds.sum())


def _standing_still(study: Study, lane: int, stretch: Stretch) -> str:
    """Which part of the minutes waited then nothing moved, where that is worth a word."""
    part = still_part(study, lane, stretch)
    return f"; {words.share(part)} of those minutes nothing moved" if part >= MUCH_STILL else ""


def _staffing(study: Study, lane: int, stretch: Stretch) -> str:
    """How many of the lane's servers are open in the stretch, and how busy they are."""
    groups = stretch.of_lane(lane, n_quarters(study))
    open_ = measured_over(study.lane_quarter, "tills_open", groups).mean
    busy = measured_over(study.lane_quarter, "utilisation", groups).mean
    if isnan(open_) or isnan(busy):
        return ""
    spec, noun = place(study, lane), server_noun(study, lane)
    occupied = f"occupied {words.share(busy)} of the time"
    if spec.n_servers == 1:
        return f"; {'it' if noun == 'place' else f'the {noun}'} is {occupied}"
    mean = f"{open_:.1f}".removesuffix(".0")
    everything = "both" if spec.n_servers == 2 else f"all {mean}"
    open_then = everything if mean == str(spec.n_servers) else f"{mean} of {spec.n_servers}"
    verb = "is" if mean == "1" else "are"
    return f"; {open_then} {noun}s {verb} open then, {occupied}"


def notes(study: Study) -> tuple[str, ...]:
    """What a reader must know before relying on the numbers."""
    found = []
    if study.partial:
        planned = study.scenario.replications
        found.append(f"PARTIAL: interrupted after {study.replications} of {planned} days.")
    if not study.audit.ok:
        found.append("The audit failed: do not rely on these numbers; please report the scenario.")
    if study.replications == 1:
        found.append("One simulated day: nothing is said about how much days differ.")
    if not study.scenario.is_theory:
        found += [
            f"No roster is given for {words.one_line(lane.name)}:"
            f" {'both' if lane.n_servers == 2 else f'all {lane.n_servers}'} are open all day."
            for lane in places(study)
            if lane.roster is None and lane.n_servers > 1
        ]
    return (*found, *_never_used(study.scenario))


def _never_used(scenario: Scenario) -> Iterator[str]:
    """What the file names and nobody uses, though it looks as if somebody did."""
    scans = any(lane.kind == "scan_and_go" and lane.n_servers for lane in scenario.lanes)
    if not scans and any(segment.scan_and_go > 0 for segment in scenario.customers):
        yield "There is no scan_and_go lane, so nobody scans as he shops."
    demand = scenario.staffing.on_demand
    desk = scenario.returns_desk
    places: list[object] = [lane.attendants for lane in scenario.lanes]
    places += [lane.price_checks.staff for lane in scenario.lanes if lane.price_checks is not None]
    places += [station.staff for station in scenario.stations]
    places += [desk.staff] if desk is not None else []
    places += [demand.spare] if demand is not None else []
    called = {place.pool for place in places if isinstance(place, FromPool)}
    for name in scenario.staffing.pools:
        if name not in called:
            yield f"No place calls the pool {words.one_line(name)}: it is paid and does nothing."
