"""The command that a planner would try next, as one line to be copied.

Where an outage is why a lane is short, the question is what the day would be without it. Else a
lane that is short gets one server more for an hour: one that contains the beginning of its worst
stretch, or else lies within it, during which the roster does not change and not everything is open
(the first of them; without such an hour, the first of the stretch). A lane without a roster, or
with everything open by then, gets a till or machine more. Where no lane is short, the question is
whether the shop would cope with a tenth more customers (with other customers, where the scenario
does not say how many come a day). What the last run changed is changed again, so that the two
results differ in one thing.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from math import ceil

from simqueue.show.reading import clock_at, place, place_path, server_noun, still_part
from simqueue.show.stood_still import MUCH_STILL
from simqueue.show.stretches import ShortStretch, short_stretches
from simqueue.study.study import QUARTER_S, Study
from simqueue.study.targets import long_wait

HOUR_QUARTERS = 4
MORE_CUSTOMERS = 1.1
MORE_DAYS = 20  # enough for an interval that says something, where only one day was simulated
FOUR_TIMES = 4  # so many runs halve an interval
_PLAIN_NAME = re.compile(r"[^\W_]([\w ,;/+-]*\w)?")  # stands in a path without being misread
LONGEST_NAME = 30
SEEDS = 2**63
NOTHING_KNOWN = "simqueue list"
Option = tuple[str, str]


def next_command(study: Study, scenario_path: str | None, options: Sequence[Option] = ()) -> str:
    """The command; `options` are those of the run just made, as in [("--set", "seed=3")].

    Without the path of a scenario file: the command that lists what can be chosen.
    """
    if scenario_path is None or not scenario_path.isprintable():
        return NOTHING_KNOWN
    more = () if study.partial else _more(study)
    chosen = {_what(option): option for option in (*options, *more)}  # the last one holds
    said = [word for option in chosen.values() for word in option]
    return shlex.join(["simqueue", "run", scenario_path, *said])


def _what(option: Option) -> str:
    """What an option decides, so that nothing is decided twice."""
    flag, value = option
    return f"{flag} {value.partition('=')[0]}" if flag == "--set" else flag


def _more(study: Study) -> tuple[Option, ...]:
    """What to change."""
    scenario = study.scenario
    if study.precision is not None and study.precision.missed:
        more = study.precision.more_days
        most = study.replications + (study.replications if more is None else more)
        return (("--most-days", str(ceil(most * MORE_CUSTOMERS))),)
    if study.precision is not None and scenario.is_theory:
        return (("--seed", str((scenario.seed + 1) % SEEDS)),)
    if study.replications == 1:
        return (("--replications", str(MORE_DAYS)),)
    if scenario.is_theory:
        return (("--replications", str(FOUR_TIMES * study.replications)),)
    short = short_stretches(study, long_wait(scenario.targets))
    if short and scenario.outages and _stood_still(study, short[0]):
        return (("--set", "outages=[]"),)
    if short:
        return _one_server_more(study, short[0])
    per_day = scenario.arrivals.customers_per_day
    if per_day:
        return (("--set", f"arrivals.customers_per_day={ceil(per_day * MORE_CUSTOMERS)}"),)
    return (("--seed", str((scenario.seed + 1) % SEEDS)),)


def _stood_still(study: Study, worst: ShortStretch) -> bool:
    """Whether much of what was waited there was waited in lines in which nothing moved."""
    return still_part(study, worst.lane, worst.stretch) >= MUCH_STILL


def _one_server_more(study: Study, worst: ShortStretch) -> tuple[Option, ...]:
    lane, path = place(study, worst.lane), place_path(study, worst.lane)
    if path != "returns_desk":
        before = 0 if path == "lanes" else len(study.scenario.lanes)
        path += _name(lane.name, worst.lane - before)
    noun = server_noun(study, worst.lane)
    servers = "servers" if noun == "place" else f"{noun}s"
    one_more = ("--set", f"{path}.{servers}={lane.n_servers + 1}")
    if lane.roster is None:
        return (one_more,)
    quarter = _hour_for(study, worst)
    wanted = max(_open_within(study, worst.lane, quarter)) + 1
    this_hour = ("--set", f"{path}.roster@{clock_at(study, quarter)}={wanted}")
    return (this_hour,) if wanted <= lane.n_servers else (one_more, this_hour)


def _hour_for(study: Study, worst: ShortStretch) -> int:
    """The quarter hour at which the hour with one server more begins."""
    first, end = worst.stretch.first, worst.stretch.end
    earlier = range(first, max(-1, first - HOUR_QUARTERS), -1)
    tried = [*earlier, *range(first + 1, end)]
    steady = [q for q in tried if len(_open_within(study, worst.lane, q)) == 1]
    n = place(study, worst.lane).n_servers
    room = [q for q in steady if max(_open_within(study, worst.lane, q)) < n]
    return next(iter(room or steady), first)


def _open_within(study: Study, lane: int, quarter: int) -> set[int]:
    """The numbers that the roster says for the hour from a quarter hour on."""
    roster = place(study, lane).roster_or_all
    start = study.scenario.opens_s + quarter * QUARTER_S
    end = min(start + HOUR_QUARTERS * QUARTER_S, study.scenario.opens_s + study.scenario.length_s)
    later = {number for time, number in roster.points if start < time < end}
    return {roster.at(start)} | later


def _name(name: str, number: int) -> str:
    """The lane in a path: by its name, in quotes where it has spaces, by number where neither goes.

    >>> _name("express", 1), _name("front tills", 0), _name('"=cmd"', 2)
    ('.express', '."front tills"', '[2]')
    """
    if len(name) > LONGEST_NAME or not _PLAIN_NAME.fullmatch(name):
        return f"[{number}]"
    return f".{name}" if re.fullmatch(r"[\w-]+", name) else f'."{name}"'
