"""The engine against the naive simulator when customers balk and move and cashiers come and go."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pprint import pformat
from random import Random

import pytest

from simqueue.engine import derive_log, run
from tests.differential.generate import Day
from tests.differential.generate_behaviour import BEHAVIOURS, busy_day, smaller, to_tables
from tests.differential.test_oracle import FEWEST, log_difference, rows_of, trace_difference
from tests.differential.witness import Witness
from tests.oracle import simulate
from tests.oracle_log import log

DAYS = 2_000
PER_TEST = 100  # days in one test


@cache
def day_of(seed: int) -> Day:
    """The generated day of a seed; every second one is coarse, full of ties."""
    return busy_day(Random(seed), coarse=seed % 2 == 0)


def difference(day: Day) -> str | None:
    """The first thing about which oracle and engine disagree, or None."""
    rows, records = simulate(day)
    workload, system = to_tables(day)
    trace = run(workload, system, engine="simpy")
    found = trace_difference(rows, rows_of(trace))
    return found or log_difference(records, derive_log(workload, system, trace))


def differs(day: Day) -> bool:
    """Whether the engine says something else, or nothing at all."""
    try:
        return difference(day) is not None
    except Exception:  # an engine that breaks down on the day is found by making the day smaller
        return True


def shrunk(day: Day) -> Day:
    """The day with as little in it as still makes a difference."""
    for less in smaller(day):
        if differs(less):
            return shrunk(less)
    return day


@pytest.mark.parametrize("first", range(0, DAYS, PER_TEST))
def test_engine_agrees_with_oracle_on_busy_days(first):
    """Engine and oracle give the same trace and log, bit for bit, whatever people and staff do."""
    for seed in range(first, first + PER_TEST):
        day = day_of(seed)
        if differs(day):
            small = shrunk(day)
            told = "\n".join(str(row) for row in simulate(small)[0])
            text = pformat(small, compact=True, width=110)
            pytest.fail(f"day of seed {seed}: {difference(small)}\n{text}\n{told}")


def test_a_day_that_differs_is_made_small():
    """Shrinking keeps the difference: one extra second of walking is found in a tiny day."""
    day = next(d for d in map(day_of, range(DAYS)) if d["jockey"]["on"] and moved(d))

    def wrong(one: Day) -> bool:
        longer = one | {"jockey": one["jockey"] | {"walk_s": one["jockey"]["walk_s"] + 1.0}}
        return bool(simulate(one)[0] != simulate(longer)[0])

    small = day
    while less := next((less for less in smaller(small) if wrong(less)), None):
        small = less
    assert wrong(small)
    assert moved(small)
    assert len(small["arrival_s"]) <= 4


def moved(day: Day) -> bool:
    """Whether somebody walks to another line."""
    return any(row[1] == "LEAVE" for row in simulate(day)[0]) and not day["finish_current"]


# Whether the days are worth comparing


def test_busy_days_hold_everything_that_can_happen():
    """Every case occurs at least 50 times; a twist of three or more cases at least 10 times."""
    seen: Counter[str] = Counter()
    for seed in range(DAYS):
        day = day_of(seed)
        witness = Witness(day)
        seen.update(witness.run())
        seen.update(mixture(day))
        seen.update(f"why {row['why']} of {row['ending']}" for row in log(day, witness.trace))
    rare = {name: seen[name] for name in EXPECTED if seen[name] < FEWEST}
    rare |= {name: seen[name] for name in TWISTS if seen[name] < FEWEST // 5}
    assert rare == {}


def mixture(day: Day) -> list[str]:
    """Which behaviours the day has."""
    on = {
        "balk": day["balk_rule"] != "",
        "jockey": day["jockey"]["on"],
        "finish_current": day["finish_current"],
        "demand": day["demand"]["on"],
        "breaks": day["break_s"] != [],
    }
    names = [name for name in BEHAVIOURS if on[name]]
    alone = [f"{name} alone" for name in names if len(names) == 1]
    return [*names, *alone, *["all together"] * (len(names) == len(BEHAVIOURS))]


EXPECTED = [
    *BEHAVIOURS,
    *(f"{name} alone" for name in BEHAVIOURS),
    "all together",
    *("balk 5", "balk 6", "balk 5 by perception", "balk 6 by perception"),
    *("balk at a line without anybody waiting", "idle server, nobody balks"),
    *("why 5 of 1", "why 6 of 1", "why 1 of 2", "why 4 of 2"),
    *("jockey with a walk", "no walk", "jockey out of a closing line", "jockey again"),
    *("jockey to another lane", "two on their way to one line", "not willing"),
    *("walker gave up on his way", "walk as planned", "into a full line"),
    *("walk to an idle server", "closed: chose again"),
    *("closed: went back", "closed: left the shop"),
    *("sent on", "sent on to an idle server"),
    *("no other line, stayed", "shared line sent on"),
    *("roster beside a resting server", "roster beside a till on demand"),
    *("roster beside a late break", "demand till to the roster"),
    *("called: mean line", "called: no till open"),
    *("called: waited long", "called: by a shift", "nobody spare", "no need"),
    *("came: no till left", "came: nobody, his shift is over", "came: opens"),
    *("came: opens again", "came: starts at once", "came: relieves another"),
    "came: joins a shared line",
    *("close on demand, idle", "close on demand, busy", "kept: too early", "kept: last till"),
    *("shift ends: covering", "shift ends: spare", "shift ends: idle till"),
    *("shift ends: busy till", "shift ends: people wait"),
    *("break dropped: resting", "break dropped: not open", "break dropped: on demand"),
    *("break covered", "break at once", "break late"),
    *("break late in a shared line, after this one", "cover ends"),
    *("cover ends, shift is over", "cover ends, till no longer open"),
    *("back: opens", "back: not needed", "back: starts at once"),
]

TWISTS = [
    "closed: chose again among several",
    "closed: to a line that is not closed",
    "came back, line served on",
    "sent on, some stayed",
    "shift ends: closing already",
    "break late in a shared line, line out",
    "break covered twice",
    "demand till to the roster, opened again",
    "came: leaves a resting till alone",
]
