"""Staff who serve several places: formulas where calls are one line, else Markov chains."""

from __future__ import annotations

import pytest

from simqueue import theory
from tests.theory.behaviour_chains import second_till_on_demand
from tests.theory.harness import Block, agree, exponential, till_lane
from tests.theory.places import (
    Measure,
    Seen,
    arrivals_at,
    measured,
    passing,
    total_at,
    wait_at,
    work_at,
)
from tests.theory.pool_chains import Machines, till_or_desk, two_lanes_one_pool, waits_beyond
from tests.theory.test_self_service import CHANCE, HELP_S, SERVICE_S, machines_with_help

WARM_UP = 6.0


def shop_of(rate: float, people: int, lanes: list[Block], **blocks: object) -> Block:
    """A steady-state shop through which so many people pass in 40 replications."""
    return passing(rate, people, WARM_UP, lanes, **blocks)


def balked_of(payment: int, rate: float) -> Measure:
    """Share of those who pay in a way who find no room, of the number expected to come."""

    def measure(day: Seen) -> float:
        mine = (day.log.payment == payment) & (day.log.ending == 1)
        inside = (day.log.arrival_s >= day.span[0]) & (day.log.arrival_s < day.span[1])
        return float((mine & inside).sum()) / (rate * day.seconds)

    return measure


def help_wait_at(place: str) -> Measure:
    """Mean wait for an attendant of those who called."""

    def measure(day: Seen) -> tuple[float, float]:
        mine = day.at(place) & (day.log.help_s > 0)
        return float(day.log.help_wait_s[mine].sum()), float(mine.sum())

    return measure


@pytest.mark.parametrize(("attendants", "seed"), [(1, 221), (2, 222)])
def test_a_pool_for_two_lanes_of_machines(attendants, seed):
    """Calls of two lanes in one line, oldest first: waits for machine and help, blocked (chain)."""
    few, many = Machines(2, 4, 0.012, 60.0, 0.6, 50.0), Machines(3, 5, 0.022, 45.0, 0.5, 30.0)
    rate = few.rate + many.rate
    lanes = [
        {"lane": name, "kind": "self_service", "machines": spec.servers, "capacity": spec.room,
         "service": exponential(spec.mean_s), "attendants": {"pool": "floor"},
         "accepts": {"payment": [pays]},
         "help": {"chance": spec.chance, "takes": exponential(spec.help_s), "at": 0,
                  "included": False}}
        for name, pays, spec in (("few", "cash", few), ("many", "card", many))
    ]  # fmt: skip
    people = [
        {"segment": "all", "share": 1, "items": {"fixed": 1},
         "pays": {"cash": few.rate / rate, "card": many.rate / rate}}
    ]  # fmt: skip
    shop = shop_of(
        rate, 400_000, lanes, customers=people, staffing={"pools": {"floor": attendants}}
    )
    measures: dict[str, Measure] = {}
    for name, payment, spec in (("few", 0, few), ("many", 1, many)):
        measures |= {
            f"blocked {name}": balked_of(payment, spec.rate),
            f"wait {name}": wait_at(name),
        }
        measures |= {f"help {name}": help_wait_at(name)}
    found = measured(shop, 40, seed, measures, {})
    for name, truth in zip(
        ("few", "many"), two_lanes_one_pool((few, many), attendants), strict=True
    ):
        agree(found[f"blocked {name}"], truth.blocked, within=0.05)
        agree(found[f"wait {name}"], truth.wait_mean, within=0.03)
        agree(found[f"help {name}"], truth.help_wait_mean, within=0.05)


def counters(deli: Block, cheese: Block, spots: int = 40) -> dict[str, object]:
    """Two counters served from one pool; everybody goes to just one of them."""
    people = [
        {"segment": name, "share": 0.5, "items": {"fixed": 1}, "visits": {name: "100 %"}}
        for name in ("deli", "cheese")
    ]
    stations = [
        {"station": name, "servers": spots, "service": service, "staff": {"pool": "floor"}}
        for name, service in (("deli", deli), ("cheese", cheese))
    ]
    return {"customers": people, "stations": stations}


@pytest.mark.parametrize(("staff", "rho"), [(1, 0.6), (2, 0.7)])
def test_counters_with_one_pool_are_one_line(staff, rho):
    """Two counters with room for everybody: the wait for somebody is that of M/M/c at both."""
    rate = rho * staff / 60.0
    shop = shop_of(
        rate, 500_000, [till_lane(40, exponential(10.0))],
        staffing={"pools": {"floor": staff}}, **counters(exponential(60.0), exponential(60.0)),
    )  # fmt: skip
    measures = {
        "deli": total_at("help_wait_s", "deli"),
        "cheese": total_at("help_wait_s", "cheese"),
    }
    load = {f"{what} {p}": f(p) for p in measures for what, f in
            (("rate", arrivals_at), ("work", work_at))}  # fmt: skip
    known = {name: rate / 2 * (60.0 if "work" in name else 1.0) for name in load}
    found = measured(shop, 40, 223, measures | load, known)
    for place in ("deli", "cheese"):
        agree(found[place], theory.mmc_wait(staff, rate, 60.0), within=0.03)


def test_one_person_for_two_unlike_counters():
    """Services of two sorts, one fixed: the wait is Pollaczek and Khinchine's for the mixture."""
    rate = 0.6 / 45.0
    shop = shop_of(
        rate, 500_000, [till_lane(40, exponential(10.0))],
        staffing={"pools": {"floor": 1}}, **counters(exponential(60.0), {"fixed": "30 s"}),
    )  # fmt: skip
    measures = {
        "deli": total_at("help_wait_s", "deli"),
        "cheese": total_at("help_wait_s", "cheese"),
    }
    load = {"a": arrivals_at("deli"), "b": arrivals_at("cheese"), "work": work_at("deli")}
    known = {"a": rate / 2, "b": rate / 2, "work": rate / 2 * 60.0}
    found = measured(shop, 40, 224, measures | load, known)
    second_moment = (2 * 60.0**2 + 30.0**2) / 2
    truth = theory.mg1_wait(rate, 45.0, (second_moment / 45.0**2 - 1) ** 0.5)
    for place in ("deli", "cheese"):
        agree(found[place], truth, within=0.03)


def test_a_counter_with_more_places_than_people():
    """Four places, two people: waits for a place and for somebody add up to that of M/M/2."""
    rate, rho = 0.75 * 2 / 60, 0.75
    counter = {"station": "deli", "servers": 4, "service": exponential(60.0),
               "staff": {"pool": "floor"}}  # fmt: skip
    people = [{"segment": "all", "share": 1, "items": {"fixed": 1}, "visits": {"deli": 1}}]
    shop = shop_of(
        rate, 700_000, [till_lane(40, exponential(10.0))], stations=[counter], customers=people,
        staffing={"pools": {"floor": 2}},
    )  # fmt: skip
    measures = {"place": wait_at("deli"), "help": total_at("help_wait_s", "deli"),
                "rate": arrivals_at("deli"), "work": work_at("deli")}  # fmt: skip
    found = measured(shop, 40, 225, measures, {"rate": rate, "work": rate * 60.0})
    for_a_place = waits_beyond(2, rate, theory.erlang_c(2, rate * 60.0), 4, rho)
    agree(found["place"], for_a_place, within=0.04)
    agree(found["help"], theory.mmc_wait(2, rate, 60.0) - for_a_place, within=0.03)


def check_till_or_desk(people: int, seed: int, within: float) -> None:
    """The desk's only person is called to a till when more than two wait there."""
    rate, desk_rate, desk_s = 0.75 / 60.0, 0.004, 60.0
    shop = shop_of(
        rate, people, [till_lane(2, exponential(60.0), roster=1)],
        returns_desk={"servers": 60, "service": exponential(desk_s), "staff": {"pool": "floor"},
                      "arrivals": {"constant_per_hour": 3600 * desk_rate}},
        staffing={
            "pools": {"floor": 1},
            "on_demand": {"lane": "tills", "call_above": 2, "close_below": 1, "walk": "0 s",
                          "stay": "0 s", "spare": {"pool": "floor"}},
        },
    )  # fmt: skip
    measures = {
        "till": wait_at("tills"), "desk": total_at("help_wait_s", "returns desk"),
        "rate": arrivals_at("tills"), "work": work_at("tills"),
        "desk rate": arrivals_at("returns desk"), "desk work": work_at("returns desk"),
    }  # fmt: skip
    known = {"rate": rate, "work": rate * 60.0,
             "desk rate": desk_rate, "desk work": desk_rate * desk_s}  # fmt: skip
    found = measured(shop, 40, seed, measures, known)
    truth = till_or_desk(rate, 60.0, 2, desk_rate, desk_s)
    agree(found["till"], truth.till_wait, within)
    agree(found["desk"], truth.desk_wait, within)
    assert truth.desk_wait > 2 * theory.mmc_wait(1, desk_rate, desk_s)  # he is really missed


def test_who_sits_at_a_till_is_missed_at_the_desk():
    """Waits at tills and desk, where one person is for both: a chain."""
    check_till_or_desk(700_000, seed=226, within=0.03)


@pytest.mark.truth
def test_who_sits_at_a_till_is_missed_at_the_desk_closely():
    """The same within 1 %."""
    check_till_or_desk(8_000_000, seed=227, within=0.01)


def test_the_chain_of_till_and_desk_meets_its_limits():
    """Nobody at the desk: it is the chain of a spare cashier. Never called: two M/M/1 apart."""
    rate = 0.9 / 60.0
    alone = till_or_desk(rate, 60.0, 2, 1e-12, 60.0, most=150, most_desk=3)
    assert alone.till_wait == pytest.approx(
        second_till_on_demand(rate, 60.0, 2).wait_mean, rel=1e-6
    )
    never = till_or_desk(0.5 / 60.0, 60.0, 59, 0.5 / 60.0, 60.0, most=60, most_desk=60)
    for wait in (never.till_wait, never.desk_wait):
        assert wait == pytest.approx(theory.mmc_wait(1, 0.5 / 60.0, 60.0), rel=1e-6)


@pytest.mark.parametrize("kind", ["staffed", "scan_and_go"])
def test_who_must_be_fetched_holds_the_till(kind):
    """Price checks by one of the floor at three tills; re-checks at three pay points: a chain.

    The same chain as for help at machines: a share calls at the start, one person answers. At the
    tills the time until he is done is a stoppage of the till.
    """
    rate = 0.021
    if kind == "staffed":
        lane = till_lane(
            3, exponential(SERVICE_S), name="lane",
            price_checks={"chance": CHANCE, "takes": exponential(HELP_S), "at": 0,
                          "staff": {"pool": "floor"}},
        )  # fmt: skip
    else:
        lane = {"lane": "lane", "kind": kind, "machines": 3, "service": exponential(SERVICE_S),
                "attendants": {"pool": "floor"},
                "rechecks": {"chance": CHANCE, "takes": exponential(HELP_S), "at": 0}}  # fmt: skip
    people = [{"segment": "all", "share": 1, "items": {"fixed": 1}, "scan_and_go": 1}]
    if kind == "staffed":
        del people[0]["scan_and_go"]
    shop = shop_of(rate, 600_000, [lane], customers=people, staffing={"pools": {"floor": 1}})
    measures = {"wait": wait_at("lane"), "rate": arrivals_at("lane"), "work": work_at("lane")}
    measures["fetched"] = total_at("help_wait_s", "lane")
    if kind == "staffed":
        measures["fetched"] = total_at("stoppage_at_till_s", "lane")
    known = {"rate": rate, "work": rate * (SERVICE_S + CHANCE * HELP_S)}
    found = measured(shop, 40, 228, measures, known)
    chain, shares = machines_with_help(3, 1, rate, at_start=True)
    waits = float(shares @ chain.values(lambda k, s, n: max(0, k - 1))) / rate
    agree(found["wait"], float(shares @ chain.values(lambda k, s, n: n)) / rate, within=0.04)
    agree(found["fetched"], waits + CHANCE * HELP_S * (kind == "staffed"), within=0.03)


@pytest.mark.parametrize("kind", ["staffed", "scan_and_go", "self_service"])
def test_checks_lengthen_the_service(kind):
    """One server, somebody at hand for checks: Pollaczek and Khinchine for service plus check.

    Price checks the cashier sees to, re-checks at a pay point, age checks at a machine.
    """
    rate, chance, takes_s = 0.55 / 75.0, 0.25, 60.0
    person: Block = {"segment": "all", "share": 1, "items": {"fixed": 1}}
    check: Block = {"takes": exponential(takes_s)}
    machine = {"lane": "lane", "kind": kind, "machines": 1, "attendants": 1,
               "service": exponential(60.0)}  # fmt: skip
    if kind == "staffed":
        lane = till_lane(
            1, exponential(60.0), name="lane", price_checks={**check, "chance": chance}
        )
    elif kind == "scan_and_go":
        person["scan_and_go"] = 1
        lane = {**machine, "rechecks": {**check, "chance": chance, "at": None}}
    else:
        person["age_check"] = chance
        lane = {**machine, "age_checks": check}
    shop = shop_of(rate, 500_000, [lane], customers=[person])
    measures = {"wait": wait_at("lane"), "rate": arrivals_at("lane"), "work": work_at("lane")}
    known = {"rate": rate, "work": rate * 75.0}
    found = measured(shop, 40, 229, measures, known)
    mean = 60.0 + chance * takes_s
    second_moment = 2 * 60.0**2 + 2 * 60.0 * chance * takes_s + chance * 2 * takes_s**2
    truth = theory.mg1_wait(rate, mean, (second_moment / mean**2 - 1) ** 0.5)
    agree(found["wait"], truth, within=0.03)
