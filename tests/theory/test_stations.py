"""Stations before the tills and a desk after them: open networks of queues in product form.

The numbers at the places of an open network of M/M/c queues are independent at any moment, each as
if its arrivals were a Poisson process (Burke, 1956; Jackson, 1957). Walks of a fixed length between
the places change nothing of that.
"""

from __future__ import annotations

import numpy as np
import pytest

from simqueue import theory
from tests.theory.harness import Block, Found, agree, exponential, till_lane
from tests.theory.places import (
    Measure,
    Seen,
    arrivals_at,
    measured,
    passing,
    wait_at,
    waited_at,
    work_at,
)

WARM_UP = 6.0


def station(name: str, servers: int, mean_s: float, **more: object) -> Block:
    """A station with one line and exponential service."""
    return {"station": name, "servers": servers, "service": exponential(mean_s), **more}


def network(per_second: float, people: int, lanes: list[Block], /, **blocks: object) -> Block:
    """A steady-state shop through which so many customers pass in 40 replications."""
    return passing(per_second, people, WARM_UP, lanes, **blocks)


def check_places(
    shop: Block,
    places: dict[str, tuple[int, float, float]],
    seed: int,
    within: float,
    more: dict[str, Measure] | None = None,
) -> dict[str, Found]:
    """Each place, given as (servers, arrivals per second, mean service), waits as M/M/c does."""
    measures: dict[str, Measure] = dict(more or {})
    known: dict[str, float] = {}
    for place, (_, rate, mean_s) in places.items():
        measures |= {f"wait {place}": wait_at(place), f"waited {place}": waited_at(place)}
        measures |= {f"rate {place}": arrivals_at(place), f"work {place}": work_at(place)}
        known |= {f"rate {place}": rate, f"work {place}": rate * mean_s}
    found = measured(shop, 40, seed, measures, known)
    for place, (servers, rate, mean_s) in places.items():
        agree(found[f"rate {place}"], rate, within)
        agree(found[f"wait {place}"], theory.mmc_wait(servers, rate, mean_s), within)
        agree(found[f"waited {place}"], theory.erlang_c(servers, rate * mean_s), within)
    return found


def number_of(place: str, function) -> Measure:
    """Time average of a function of the number of people at a place."""
    return lambda day: day.mean_over_time(day.people(place), of=function)


def joint(one: str, other: str, function) -> Measure:
    """Time average of a function of the numbers at two places at the same moment."""
    return lambda day: day.mean_over_time(day.people(one), day.people(other), of=function)


def mean_number(servers: int, rate: float, mean_s: float) -> float:
    """People at an M/M/c place, by Little's law."""
    return rate * (theory.mmc_wait(servers, rate, mean_s) + mean_s)


def chance_empty(servers: int, rate: float, mean_s: float) -> float:
    """Chance that nobody is at an M/M/c place, by Erlang's weights."""
    load = rate * mean_s
    weights = np.cumprod([1.0, *(load / k for k in range(1, servers))])
    last = weights[-1] * load / servers / (1 - load / servers)
    return float(1 / (weights.sum() + last))


def check_tandem(rhos: tuple[float, float], customers: int, seed: int, within: float) -> None:
    """Everybody calls at the deli, walks on and pays."""
    deli, tills = (2, 0.02, rhos[0] * 2 / 0.02), (3, 0.02, rhos[1] * 3 / 0.02)
    shop = network(
        0.02, customers, [till_lane(3, exponential(tills[2]))],
        stations=[station("deli", 2, deli[2], walk="25 s")],
        customers=[{"segment": "all", "share": 1, "items": {"fixed": 1},
                    "visits": {"deli": "100 %"}}],
    )  # fmt: skip
    found = check_places(
        shop, {"deli": deli, "tills": tills}, seed, within,
        {
            "both empty": joint("deli", "tills", lambda a, b: (a == 0) & (b == 0)),
            "product": joint("deli", "tills", lambda a, b: a * b),
            "both long": joint("deli", "tills", lambda a, b: (a > 3) & (b > 4)),
            "deli long": number_of("deli", lambda a: a > 3),
            "tills long": number_of("tills", lambda b: b > 4),
        },
    )  # fmt: skip
    agree(found["both empty"], chance_empty(*deli) * chance_empty(*tills), 3 * within)
    agree(found["product"], mean_number(*deli) * mean_number(*tills), 2 * within)
    both = beyond(*deli, most=3) * beyond(*tills, most=4)
    agree(found["both long"], both, 3 * within)
    agree(found["deli long"], beyond(*deli, most=3), 2 * within)
    agree(found["tills long"], beyond(*tills, most=4), 2 * within)


def beyond(servers: int, rate: float, mean_s: float, most: int) -> float:
    """Chance of more people than `most` >= servers - 1 at an M/M/c place: geometric from there."""
    rho = rate * mean_s / servers
    return theory.erlang_c(servers, rate * mean_s) * rho ** (most + 1 - servers)


def test_a_counter_and_the_tills_are_independent():
    """At 60 % each waits like M/M/c, and numbers at both at one moment multiply (Jackson)."""
    check_tandem((0.6, 0.6), 600_000, seed=217, within=0.03)


@pytest.mark.truth
@pytest.mark.parametrize(("rhos", "within"), [((0.6, 0.8), 0.02), ((0.9, 0.6), 0.05)])
def test_a_counter_and_the_tills_are_independent_at_high_load(rhos, within):
    """With 80 % at the tills within 2 %, with 90 % at the counter within 5 %."""
    check_tandem(rhos, 9_000_000, seed=212, within=within)


def test_routing_by_share():
    """A third to the scale, half to the deli, some to both, the rest straight on: each M/M/c.

    What splits and comes together again in one direction stays Poisson, so the tills see all.
    """
    rate = 0.05
    shop = network(
        rate, 500_000, [till_lane(4, exponential(50.0))],
        stations=[station("scale", 1, 36.0, walk="10 s"), station("deli", 2, 45.0)],
        customers=[{"segment": "all", "share": 1, "items": {"fixed": 1},
                    "visits": {"scale": "30 %", "deli": "50 %"}}],
    )  # fmt: skip
    both: Measure = lambda day: float(np.sum(day.at("scale") & follows(day))) / day.seconds  # noqa: E731 - a measure
    places = {
        "scale": (1, 0.3 * rate, 36.0), "deli": (2, 0.5 * rate, 45.0), "tills": (4, rate, 50.0)
    }  # fmt: skip
    found = check_places(shop, places, 213, 0.03, {"both": both})
    agree(found["both"], 0.15 * rate, within=0.03)


def follows(day: Seen) -> np.ndarray:
    """Visits whose person goes to the deli afterwards."""
    visits = day.workload.visits
    deli = visits.stop == 1 + ["scale", "deli"].index("deli")
    found = np.zeros(len(day.log), dtype=bool)
    found[visits.after[deli & (visits.after >= 0)]] = True
    return found


def test_a_desk_fed_by_those_who_paid():
    """A fifth of the payers and some from outside come to the desk: M/M/1 (Burke)."""
    rate, own = 0.04, 0.004
    desk = (1, 0.2 * rate + own, 50.0)
    shop = network(
        rate, 500_000, [till_lane(3, exponential(48.0))],
        returns_desk={"servers": 1, "service": exponential(50.0), "after_paying": "20 %",
                      "walk": "30 s", "arrivals": {"constant_per_hour": 3600 * own},
                      "items": {"fixed": 1}},
    )  # fmt: skip
    more = {
        "product": joint("tills", "returns desk", lambda a, b: a * b),
        "empty": number_of("returns desk", lambda b: b == 0),
    }
    found = check_places(
        shop, {"tills": (3, rate, 48.0), "returns desk": desk}, 214, 0.035, more
    )  # fmt: skip
    agree(found["product"], mean_number(3, rate, 48.0) * mean_number(*desk), within=0.05)
    agree(found["empty"], 1 - desk[1] * desk[2], within=0.02)


def test_machines_that_send_some_on_to_the_tills():
    """A tenth of the transactions at machines fails: these come to the tills as well (Jackson).

    A failed transaction takes the machine as long as any other, and frees it at once.
    """
    at_machines, at_tills = 0.05, 0.02
    members = [
        {"segment": name, "share": share, "items": {"fixed": 1}, "self_service": machines,
         "member": member}
        for name, share, machines, member in (
            ("machines", at_machines / 0.07, "100 %", "0 %"), ("tills", at_tills / 0.07, "0 %", 1))
    ]  # fmt: skip
    machines = {
        "lane": "machines", "kind": "self_service", "machines": 4, "service": exponential(45.0),
        "attendants": 1, "sends_failed_to": {"lane": "tills", "chance": "10 %", "walk": "20 s"},
    }  # fmt: skip
    tills = till_lane(2, exponential(50.0), accepts={"members": True})
    shop = network(0.07, 500_000, [tills, machines], customers=members)
    failed: Measure = lambda day: (  # noqa: E731 - a measure
        float(np.sum(day.log.before_s[day.counted])),
        float(np.sum(day.counted & (day.log.before_s > 0))),
    )
    found = check_places(
        shop,
        {"machines": (4, at_machines, 45.0), "tills": (2, at_tills + 0.1 * at_machines, 50.0)},
        215, 0.03, {"before": failed},
    )  # fmt: skip
    agree(found["before"], theory.mmc_wait(4, at_machines, 45.0) + 45.0, within=0.03)


def test_people_who_do_without_a_full_counter_come_to_the_tills():
    """A counter with room for three (M/M/1/3): its blocked go on at once, and the tills see all.

    Erlang's loss share; those who turned away and those served together are everybody.
    """
    rate = 0.02
    shop = network(
        rate, 300_000, [till_lane(40, exponential(50.0))],
        stations=[station("deli", 1, 50.0, capacity=3)],
        customers=[{"segment": "all", "share": 1, "items": {"fixed": 1},
                    "visits": {"deli": "100 %"}}],
    )  # fmt: skip
    measures = {
        "wait": wait_at("deli"), "rate": arrivals_at("deli"), "tills": arrivals_at("tills"),
        "wait there": wait_at("tills"),
    }  # fmt: skip
    found = measured(shop, 40, 216, measures, {"tills": rate})
    truth = theory.mmck(1, 3, rate, 50.0)
    agree(found["rate"], rate * (1 - truth.blocked), within=0.01)
    agree(found["wait"], truth.wait_mean, within=0.02)
    agree(found["tills"], rate, within=0.01)
    assert found["wait there"].mean == 0.0
