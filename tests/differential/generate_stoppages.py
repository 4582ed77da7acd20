"""Small random days on which things stand still, and people make several visits.

A stopping day is a busy day of `generate_behaviour` with a random mix of these: on some days one
alone, on others several or all at once. Times stay multiples of the unit on a coarse day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from simqueue.tables import NoCards, Stoppages, System, Visits, Workload, frozen
from tests.differential import generate, generate_behaviour
from tests.differential.generate import Day, Times
from tests.differential.generate_behaviour import BREAKS, SHIFTS, busy_day
from tests.differential.parts_of_stoppages import (
    AGAIN,
    ATTENDANTS,
    ROSTER,
    STATION,
    STOPPAGES,
    WINDOWS,
    breakdowns,
    called_from_a_pool,
    calling_twice,
    cards,
    one_more_lane,
    scanning,
    sharing_staff,
    visiting,
)
from tests.differential.scenes_of_stoppages import (
    hurried,
    inviting,
    short_of_staff,
    stopped_at_closing_time,
    well_looked_at,
)

FEATURES = ("visits", "pools", "twice", "fails", "breakdowns", "cards", "from_pool")
PER_VISIT = (*generate.PER_CUSTOMER, *generate_behaviour.PER_CUSTOMER)
PER_LANE_AND_VISIT = (*generate.PER_LANE_AND_CUSTOMER, *AGAIN)


def stopping_day(rng: Random, coarse: bool) -> Day:
    """A random day of 3 to 25 visits with a mix of stoppages and of what parts 1 and 2 have."""
    before = Random()
    before.setstate(rng.getstate())
    times = Times(before, coarse)  # the same unit as the small day takes
    day = busy_day(rng, coarse)
    times.rng = rng
    chosen = mix(rng)
    day |= {"visits": None, "lane_pool": [], "needs_card": [], **{name: [] for name in AGAIN}}
    day["stoppages"] = {name: [] for name in STOPPAGES}
    day["no_cards"] = {**{name: [] for name in WINDOWS}, "leaves": False}
    if rng.random() < 0.5:
        day["kind"] = [scanning(rng, kind) for kind in day["kind"]]
    if rng.random() < 0.7:  # few are lost at the door, so that they meet what stands still
        day |= inviting(rng, day)
    if "visits" in chosen:
        for _ in range(rng.choice([1, 1, 2, 3])):
            day |= one_more_lane(rng, times, day, STATION)
    if "twice" in chosen:
        day |= calling_twice(rng, times, day)
    if "fails" in chosen:
        share = rng.choice([0.1, 0.2, 0.5])
        day["fails"] = [[rng.random() < share for _ in day["arrival_s"]] for _ in day["kind"]]
    if "visits" in chosen:
        day |= visiting(rng, times, day)
    if "pools" in chosen:
        day |= sharing_staff(rng, times, day)
    if "from_pool" in chosen:
        day |= called_from_a_pool(rng, times, day)
    return day | what_stops(rng, times, day, chosen)


def what_stops(rng: Random, times: Times, day: Day, chosen: set[str]) -> Day:
    """The day with its breakdowns and times without cards, and with a scene or two."""
    if "from_pool" in chosen and rng.random() < 0.5:
        day |= short_of_staff(rng, times, day)
    closing = False
    if "breakdowns" in chosen:
        day["stoppages"] = breakdowns(rng, times, day)
        closing = rng.random() < 0.45
        if closing:
            day |= stopped_at_closing_time(rng, times, day)
        if rng.random() < 0.2:
            day |= hurried(rng, times, day)
    if "cards" in chosen:
        day |= cards(rng, times, day)
    if rng.random() < (0.1 if closing else 0.4):
        day |= well_looked_at(rng, times, day, "breakdowns" in chosen)
    return day


def mix(rng: Random) -> set[str]:
    """What happens on the day: one thing alone, everything, or anything."""
    kind = rng.random()
    if kind < 0.2:
        return {rng.choice(FEATURES)}
    if kind < 0.45:
        return set(FEATURES)
    return {name for name in FEATURES if rng.random() < 0.6}


# Making a day smaller


def without_visit(day: Day, i: int) -> Day:
    """The same day without one visit; nobody may come after it."""
    less = dict(day)
    for name in (*PER_VISIT, "needs_card"):
        less[name] = [value for k, value in enumerate(day[name]) if k != i]
    for name in PER_LANE_AND_VISIT:
        less[name] = [[v for k, v in enumerate(values) if k != i] for values in day[name]]
    if day["visits"]:
        columns = {name: list(values) for name, values in day["visits"].items()}
        for values in columns.values():
            del values[i]
        columns["after"] = [after - (after > i) for after in columns["after"]]
        less["visits"] = columns
    return less


def smaller(day: Day) -> Iterator[Day]:
    """The day with one thing less, for each thing that can be left out."""
    n, after = len(day["arrival_s"]), day["visits"]["after"] if day["visits"] else []
    for i in range(n if n > 1 else 0):
        if i not in after:
            yield without_visit(day, i)
    for names in (ROSTER, ATTENDANTS, SHIFTS, BREAKS):
        for k in range(len(day[names[0]])):
            yield day | {name: day[name][:k] + day[name][k + 1 :] for name in names}
    for table, names in (("stoppages", STOPPAGES), ("no_cards", WINDOWS)):
        for k in range(len(day[table]["at_s"])):
            columns = {name: day[table][name][:k] + day[table][name][k + 1 :] for name in names}
            yield day | {table: day[table] | columns}
    for name in ("jockey", "demand"):
        if day[name]["on"]:
            yield day | {name: day[name] | {"on": False}}
    off = {"finish_current": False, "balk_rule": "", "perception": [], "fails": [], "lane_pool": []}
    for name, value in off.items():
        if day[name] != value:
            yield day | {name: value}
    if day["again_after_s"]:
        yield day | {"again_after_s": [], "again_help_s": []}
    if day["visits"] and set(after) == {-1}:
        yield day | {"visits": None}


def to_tables(day: Day) -> tuple[Workload, System]:
    """The day as the tables that engines read."""
    workload, system = generate_behaviour.to_tables(day)
    if day["visits"]:
        workload = replace(workload, visits=Visits(**day["visits"]))
    stops, windows = day["stoppages"], day["no_cards"]
    floats = {"at_s": "f8", "lasts_s": "f8", "server": "i8"}
    tables = {name: frozen(day[name], "f8") for name in AGAIN[:2] if day[name]}
    if day["fails"]:
        tables["fails"] = frozen(day["fails"], "?")
    return workload, replace(
        system,
        lane_pool=frozen(day["lane_pool"], "i8"),
        stoppages=Stoppages(**{k: frozen(v, floats.get(k, "?")) for k, v in stops.items()}),
        no_cards=NoCards(
            leaves=windows["leaves"],
            **{name: frozen(windows[name], floats.get(name, "?")) for name in WINDOWS},
        ),
        needs_card=frozen(day["needs_card"], "?"),
        **tables,
    )
