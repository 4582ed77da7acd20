"""The engine against the naive simulator when things stand still and people come again."""

from __future__ import annotations

from collections import Counter
from functools import cache
from math import isfinite
from pprint import pformat
from random import Random

import pytest

from simqueue.engine import derive_log, run
from tests.differential.generate import Day
from tests.differential.generate_stoppages import FEATURES, smaller, stopping_day, to_tables
from tests.differential.parts_of_stoppages import SCAN_AND_GO
from tests.differential.test_oracle import FEWEST, log_difference, rows_of, trace_difference
from tests.differential.witness_stoppages import StoppageWitness
from tests.oracle import simulate
from tests.oracle_log import log

DAYS = 2_000
QUICK = 300  # of these in `make test`
PER_TEST = 100  # days in one test


@cache
def day_of(seed: int) -> Day:
    """The generated day of a seed; every second one is coarse, full of ties."""
    return stopping_day(Random(seed), coarse=seed % 2 == 0)


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


def check(first: int) -> None:
    """Compare a run of days, and tell the first that differs in its smallest form."""
    for seed in range(first, first + PER_TEST):
        day = day_of(seed)
        if differs(day):
            small = shrunk(day)
            told = "\n".join(str(row) for row in simulate(small)[0])
            text = pformat(small, compact=True, width=110)
            pytest.fail(f"day of seed {seed}: {difference(small)}\n{text}\n{told}")


@pytest.mark.parametrize("first", range(0, QUICK, PER_TEST))
def test_engine_agrees_with_oracle_on_days_that_stop(first):
    """Engine and oracle give the same trace and log, bit for bit, whatever stands still."""
    check(first)


@pytest.mark.truth
@pytest.mark.parametrize("first", range(QUICK, DAYS, PER_TEST))
def test_engine_agrees_with_oracle_on_many_days_that_stop(first):
    """The same on many more days, so that rare turns of a day meet."""
    check(first)


def test_a_day_that_differs_is_made_small():
    """Shrinking keeps the difference: breakdowns of one second more are found in a tiny day."""
    day = next(d for d in map(day_of, range(DAYS)) if d["visits"] and delays_somebody(d))

    def wrong(one: Day) -> bool:
        longer = {"lasts_s": [lasts + 1.0 for lasts in one["stoppages"]["lasts_s"]]}
        more = one | {"stoppages": one["stoppages"] | longer}
        ends, later = ([row for row in simulate(of)[0] if row[1] == "END"] for of in (one, more))
        return ends != later

    small = day
    while less := next((less for less in smaller(small) if wrong(less)), None):
        small = less
    assert wrong(small)
    assert len(small["arrival_s"]) <= 2
    assert len(small["stoppages"]["at_s"]) == 1


def delays_somebody(day: Day) -> bool:
    """Whether a breakdown keeps somebody at a till for longer."""
    return any(row["stoppage_at_till_s"] for row in simulate(day)[1])


# Whether the days are worth comparing


def test_days_that_stop_hold_everything_that_can_happen():
    """Every case occurs at least 50 times, a twist at least 10 times, the rarest at least twice."""
    seen: Counter[str] = Counter()
    for seed in range(DAYS):
        day = day_of(seed)
        witness = StoppageWitness(day)
        seen.update(witness.run())
        seen.update(mixture(day))
        if seed < QUICK:
            seen.update(columns(day, witness))
    rare = {name: seen[name] for name in EXPECTED if seen[name] < FEWEST}
    rare |= {name: seen[name] for name in TWISTS if seen[name] < FEWEST // 5}
    rare |= {name: seen[name] for name in RAREST if seen[name] < 2}
    assert rare == {}


def mixture(day: Day) -> list[str]:
    """Which features the day has, and with which of parts 1 and 2 they meet."""
    on = {
        "visits": day["visits"] is not None,
        "pools": day["lane_pool"] != [],
        "twice": any(isfinite(a) for column in day["again_after_s"] for a in column),
        "fails": any(any(column) for column in day["fails"]),
        "breakdowns": day["stoppages"]["at_s"] != [],
        "cards": day["no_cards"]["at_s"] != [],
        "from_pool": day["demand"]["on"] and day["demand"].get("pool", -1) >= 0,
    }
    other = {
        "jockey": day["jockey"]["on"],
        "breaks": day["break_s"] != [],
        "demand by shifts": day["demand"]["on"] and not on["from_pool"],
        "finish_current": day["finish_current"],
        "balking": day["balk_rule"] != "",
        "scan and go": SCAN_AND_GO in day["kind"],
        "returns desk and stations": day["kind"].count(4) > 1,
    }
    names = [name for name in on if on[name]]
    others = [name for name in other if other[name]]
    alone = [f"{name} alone" for name in names if len(names) == 1]
    together = ["all together"] * (len(names) == len(FEATURES))
    pairs = [f"{name}, {with_}" for name in names for with_ in others]
    return [*names, *others, *alone, *together, *pairs]


def columns(day: Day, witness: StoppageWitness) -> Counter[str]:
    """How often the columns of the log say something, and how visits end."""
    found: Counter[str] = Counter()
    for row in log(day, witness.trace):
        found[f"ending {row['ending']}, why {row['why']}"] += 1
        found.update(name for name in COLUMNS if row[name])
        told = row["stoppage_explained_s"] or 0.0
        both = (row["stoppage_in_queue_s"] or 0.0) + (row["stoppage_at_till_s"] or 0.0)
        found["explained in part"] += 0 < told < both
    return found


COLUMNS = (
    *("stoppage_in_queue_s", "stoppage_at_till_s", "stoppage_explained_s", "before_s"),
    *("help_wait_s", "help_s", "own_scanning_s", "served_by_staff_s"),
    *("slips_same_line", "slips_same_kind", "slips_other_kind"),
)

EXPECTED = [
    *FEATURES,
    *(f"{name} alone" for name in ("visits", "fails", "breakdowns", "cards")),
    *("all together", "scan and go", "returns desk and stations"),
    *(
        f"{name}, {other}"
        for name in FEATURES
        for other in ("jockey", "breaks", "finish_current", "balking", "scan and go")
    ),
    *(f"{name}, demand by shifts" for name in FEATURES if name != "from_pool"),
    *(name for name in COLUMNS if name != "before_s"),
    *("ending 0, why 0", "ending 2, why 4", "ending 4, why 0", "ending 5, why 0"),
    "explained in part",
    # visits
    *("came again after END", "came again after FAILED", "came again after BALK"),
    *("came again after RENEGE", "not paid, does not come", "failed, comes again"),
    *("comes again at once", "comes after a later row", "balks on coming again"),
    "arrives at a station",
    # calls and pools
    *("calls again", "calls at a till", "calls at a machine", "calls at a station"),
    *("calls, nobody needed", "calls again, nobody needed", "calls again and waits"),
    *("help is busy in another lane", "help is missed: sits at a till"),
    *("helped a second time", "help starts during a stoppage"),
    *("called from a pool", "nobody of the pool is free", "from a pool: no till"),
    *("from a pool: no till, answers a call", "from a pool: opens", "from a pool: closes"),
    *("from a pool: closes, answers a call", "from a pool: till to the roster"),
    # ends
    *("FAILED at a till", "FAILED at a machine", "FAILED with a gap", "FAILED at a closing server"),
    *("FAILED at a till on demand", "HELD at a till", "HELD at a machine", "HELD with a gap"),
    *("HELD at a closing server", "held, then paid", "several held at once"),
    *("LEFT at a till", "LEFT at a machine", "LEFT at a closing server", "LEFT with a gap"),
    *("failed without cards", "no card needed at a station", "paid just before cards fail"),
    "cards fail again at once",
    # breakdowns
    *("broke: open", "broke: closed", "broke: line out", "broke: after this one"),
    *("broke: nobody", "broke: in service", "broke: calling", "broke: being helped"),
    *("broke: held", "broke: gap", "broke when busy", "broke for no time"),
    *("broke at a resting server", "broke at a till on demand", "overlaps, ends later"),
    *("overlaps, ends first or together", "strikes nobody: not busy"),
    *("strikes nobody: stopped already", "broke while in service and stopped already"),
    *("broke while being helped and stopped already", "delays end of service", "delays call"),
    *("delays end of help", "delays calling", "delays held", "delays the part after help"),
    *("free while stopped, open", "free while stopped, open, people wait"),
    *("free while stopped, after this one", "END at a server that is stopped"),
    *("repaired, starts", "repaired, not yet", "repaired, somebody there"),
    *("repaired, serves the line out", "stopped: from open to closed"),
    *("stopped: from open to line out", "stopped: from open to after this one"),
    *("stopped: from closed to open", "stopped: from line out to open"),
    *("stopped: from after this one to closed", "stopped: from line out to closed"),
    *("stopped, opens, people wait", "a line that stands still is passed over"),
    *("all lines stand still", "joins where nobody works, nobody there"),
    *("rest of a stopped server", "rest of a stopped server without a customer"),
    *("jockey: from a line that stands still", "jockey: to a line that stands still"),
    "jockey: to a line with a stopped server",
    # sent on
    *("sent on", "sent on: own line", "sent on: another lane", "sent on: starts at once"),
    *("sent on: has to wait, never did", "sent on: has to wait again", "sent on: after help"),
    *("sent on: from open", "sent on: from after this one", "sent on: a second time"),
    *("sent on: will call", "not sent on: no line", "not sent on: no time known"),
    *("not sent on: only his own", "sent on, patience ends: waiting"),
    "sent on, gives up where nobody works",
]

TWISTS = [
    *("twice alone", "from_pool alone"),
    *("ending 2, why 7", "before_s", "came again after LEFT"),
    *("calls while his server is stopped", "then answers a call"),
    *("broke while calling and stopped already", "free while stopped, line out"),
    *("free while stopped, line out, people wait", "FAILED at a server that is stopped"),
    *("free while stopped, after this one, people wait", "HELD at a till on demand"),
    *("repaired, closes", "closes: line empty by RENEGE", "closes: line empty by LEAVE"),
    *("sent on: from line out", "sent on: after a walk"),
    *("sent on, patience ends: in service", "sent on, patience ends: walking"),
    *("LEFT at a till on demand", "from a pool: relieves another"),
]

RAREST = [
    "opens, one that serves out closes",
    *("from a pool: the relieved answers a call", "rest: repair ends after the service"),
    *("HELD at a server that is stopped", "LEFT at a server that is stopped"),
    *("broke while held and stopped already", "broke while gap and stopped already"),
    *("sent on, patience ends: calling", "sent on, patience ends: being helped"),
]
