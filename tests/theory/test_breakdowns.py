"""Tills that break down, stand still together, or take no cards: formulas and Markov chains."""

from __future__ import annotations

import numpy as np
import pytest

from simqueue import theory
from simqueue.tables import Ending, Event, Why
from tests.theory.harness import Block, Found, agree, exponential, steady, till_lane
from tests.theory.places import (
    Measure,
    Seen,
    arrivals_at,
    loaded,
    measured,
    seen,
    sharpened,
    total_at,
    wait_at,
    waited_at,
    work_at,
)
from tests.theory.stoppage_chains import Day, line_with_breakdowns, till_that_sends_on

SERVICE_S, UP_S, REPAIR_S = 60.0, 600.0, 120.0
OCCUPIED_S = SERVICE_S * (1 + REPAIR_S / UP_S)  # by one customer, repairs included
WARM_UP = 24.0


def rate_of(rho: float, servers: int = 1) -> float:
    """Arrivals per second that keep the servers occupied for a share rho of the time they work."""
    return rho * servers / OCCUPIED_S


def breaking(tills: int, repair: Block, when: str, service: Block | None = None) -> Block:
    """A lane with one line whose tills break down; who is served there waits."""
    breakdowns = {"time_between": exponential(UP_S), "repair": repair, "when": when}
    return till_lane(tills, service or exponential(SERVICE_S), breakdowns=breakdowns)


def simulated(lane: Block, rate: float, customers: int, seed: int) -> dict[str, Found]:
    """What is found at a lane with so many customers in all."""
    replications = 40
    shop = steady(3600 * rate, [lane], WARM_UP + customers / replications / rate / 3600, WARM_UP)
    measures = {
        "wait": wait_at("tills"),
        "waited": waited_at("tills"),
        "in line": total_at("stoppage_in_queue_s", "tills"),
        "at till": total_at("stoppage_at_till_s", "tills"),
        "arrivals": arrivals_at("tills"),
        "work": work_at("tills"),
    }
    known = {"arrivals": rate, "work": rate * SERVICE_S}
    if "fixed" in lane["service"]:
        del known["work"]  # says nothing that their number does not say
    return measured(shop, replications, seed, measures, known)


def check(tills: int, rho: float, when: str, customers: int, seed: int, within: float) -> None:
    """Waits, and time in line and at the till while nothing moved, against the chain."""
    rate = rate_of(rho, tills)
    truth = line_with_breakdowns(
        tills, rate, SERVICE_S, UP_S, REPAIR_S, busy_only=when == "busy", most=int(60 / (1 - rho))
    )
    found = simulated(breaking(tills, exponential(REPAIR_S), when), rate, customers, seed)
    rare = {"in line": (1, 3, 6)[tills - 1]}  # it takes all tills at once: fewer cases to judge by
    for name, value in zip(("wait", "waited", "in line", "at till"), truth, strict=True):
        agree(found[name], value, within * rare.get(name, 1))


@pytest.mark.parametrize("when", ["always", "busy"])
@pytest.mark.parametrize(("tills", "customers"), [(1, 700_000), (2, 500_000), (3, 500_000)])
def test_tills_that_break_down(tills, when, customers):
    """Waits, and what people saw stand still, with one line at 60 %: a Markov chain."""
    check(tills, 0.6, when, customers, seed=201, within=0.03)


@pytest.mark.truth
@pytest.mark.parametrize("when", ["always", "busy"])
@pytest.mark.parametrize("tills", [1, 2, 3])
@pytest.mark.parametrize(("rho", "within"), [(0.6, 0.015), (0.8, 0.02), (0.9, 0.05)])
def test_tills_that_break_down_closely(tills, when, rho, within):
    """The same at 60 % within 1.5 %, at 80 % within 2 %, at 90 % within 5 %."""
    check(tills, rho, when, 6_000_000, seed=202, within=within)


def test_one_till_by_formula():
    """The chain for one till is White and Christie's formula, and that for failing in use."""
    for rho in (0.3, 0.6, 0.85):
        for busy_only in (False, True):
            times = (SERVICE_S, UP_S, REPAIR_S)
            chain = line_with_breakdowns(1, rate_of(rho), *times, busy_only, most=500)
            formula = theory.breakdown_wait(rate_of(rho), *times, busy_only=busy_only)
            assert chain.wait_mean == pytest.approx(formula, rel=1e-6)


def test_the_formula_says_when_a_till_cannot_keep_up():
    """The wait is endless from the load on at which repairs leave no time, and faults are told."""
    times = (SERVICE_S, UP_S, REPAIR_S)
    assert theory.breakdown_wait(1.0001 / OCCUPIED_S, *times) == np.inf
    assert theory.breakdown_wait(0.9999 / OCCUPIED_S, *times) < np.inf
    with pytest.raises(ValueError, match="mean_up: must be above 0"):
        theory.breakdown_wait(0.01, SERVICE_S, 0.0, REPAIR_S)
    with pytest.raises(ValueError, match="mean_repair: must be at least 0"):
        theory.breakdown_wait(0.01, SERVICE_S, UP_S, -1.0)


def test_a_till_that_never_breaks_down_is_erlangs():
    """The chain without breakdowns is M/M/c, with nobody ever standing still."""
    for tills in (1, 2, 3):
        rate = 0.7 * tills / SERVICE_S
        found = line_with_breakdowns(tills, rate, SERVICE_S, 1e15, 1.0, busy_only=False)
        assert found.wait_mean == pytest.approx(theory.mmc_wait(tills, rate, SERVICE_S), rel=1e-6)
        assert found.stopped_in_line + found.stopped_at_till < 1e-9


@pytest.mark.parametrize("when", ["always", "busy"])
@pytest.mark.parametrize(
    ("service", "repair", "cvs"),
    [
        (exponential(SERVICE_S), {"fixed": "120 s"}, (1.0, 0.0)),
        ({"fixed": "60 s"}, {"gamma": {"mean": "120 s", "cv": 1.5}}, (0.0, 1.5)),
    ],
    ids=["fixed repair", "fixed service"],
)
def test_other_services_and_repairs_by_formula(service, repair, cvs, when):
    """At 50 % the mean wait before one till is that of Avi-Itzhak and Naor, whatever the shapes."""
    rate = rate_of(0.5)
    found = simulated(breaking(1, repair, when, service), rate, 500_000, seed=203)
    truth = theory.breakdown_wait(
        rate, SERVICE_S, UP_S, REPAIR_S,
        service_cv=cvs[0], repair_cv=cvs[1], busy_only=when == "busy",
    )  # fmt: skip
    agree(found["wait"], truth, within=0.03)
    agree(found["at till"], SERVICE_S * REPAIR_S / UP_S, within=0.03)


def rows(event: Event, place: str) -> Measure:
    """Rows of the trace of one sort at a place per second, within the span."""

    def measure(day: Seen) -> float:
        lanes = np.append(day.system.line_lane, -1)[day.trace.line]
        mine = (day.trace.event == event) & (lanes == day.system.lanes.index(place))
        inside = (day.trace.time_s >= day.span[0]) & (day.trace.time_s < day.span[1])
        return float(np.sum(mine & inside)) / day.seconds

    return measure


def wait_of_all(day: Seen) -> tuple[float, float]:
    """Mean wait wherever people stood."""
    return float(day.log.wait_s[day.counted].sum()), float(day.counted.sum())


@pytest.mark.parametrize("fixed", [True, False], ids=["fixed service", "exponential service"])
def test_who_is_sent_on_begins_anew(fixed):
    """An express till breaks down beside plenty of tills: its customers begin anew there.

    Nobody stands in line anywhere, so all waiting, counted until the last start of service, is time
    in service that was in vain.
    """
    rate, up_s = 1 / 40, 150.0
    service = {"fixed": "60 s"} if fixed else exponential(60.0)
    breakdowns = {
        "time_between": exponential(up_s), "repair": exponential(100.0), "customer": "sent_on",
    }  # fmt: skip
    express = {"lane": "express", "kind": "express", "tills": 1, "max_items": 10,
               "service": service, "breakdowns": breakdowns}  # fmt: skip
    choice = {"rule": "shortest_queue", "prefer": "express"}
    replications, hours = 40, WARM_UP + 200_000 / 40 / rate / 3600
    lanes = [express, till_lane(40, service)]
    shop = steady(3600 * rate, lanes, hours, WARM_UP, behaviour={"lane_choice": choice})
    measures = {
        "joined": rows(Event.JOIN, "express"), "sent on": rows(Event.SENT_ON, "express"),
        "wait": wait_of_all, "come": lambda day: float(day.counted.sum()) / day.seconds,
    }  # fmt: skip
    found = measured(shop, replications, 204, measures, {"come": rate})
    truth = till_that_sends_on(rate, 60.0, up_s, 100.0, fixed)
    agree(found["joined"], truth.joined * rate, within=0.015)
    agree(found["sent on"], truth.sent_on * rate, within=0.02)
    agree(found["wait"], truth.lost_s, within=0.03)


# One day, with a time when something does not work for anybody

STRETCH_S, BEFORE, DURING, AFTER = 300.0, 3, 2, 4  # stretches of five minutes
TILLS, RATE, MEAN_S = 4, 4 * 0.7 / 60, 60.0
PAYS = {"cash": "40 %", "card": "60 %"}


def a_day(outage: Block) -> Block:
    """Four tills at 70 % from opening; at 08:15 something fails for ten minutes."""
    return {
        "scenario": "an outage",
        "store": {"opens": "08:00", "closes": "08:45"},
        "arrivals": {"constant_per_hour": 3600 * RATE},
        "customers": [{"segment": "all", "share": 1, "items": {"fixed": 1}, "pays": PAYS}],
        "lanes": [till_lane(TILLS, exponential(MEAN_S))],
        "behaviour": {"balk": "off", "renege": "off", "jockey": "off"},
        "outages": [{"at": "08:15", "lasts": "10 min", **outage}],
    }


def levels(outage: Block, days: int, seed: int) -> dict[str, np.ndarray]:
    """Mean numbers by day and stretch: waiting, served, held; who came with what work; who left."""
    kept: dict[str, list] = {"waiting": [], "serving": [], "held": [], "come": [], "left": []}
    edges = STRETCH_S * np.arange(BEFORE + DURING + AFTER + 1)
    downs = {Event.END, Event.LEFT}
    for day in seen(a_day(outage), days, seed):
        steps = {
            "waiting": day.waiting("tills"),
            "serving": day.level("tills", {Event.START}, downs),
            "held": held(day),
        }
        for name, step in steps.items():
            kept[name].append([over(step, k) for k in range(BEFORE + DURING + AFTER)])
        work = day.system.service_s[0] / MEAN_S
        come = np.histogram(day.log.arrival_s, edges)[0]
        kept["come"].append([come, np.histogram(day.log.arrival_s, edges, weights=work)[0]])
        left = day.log.why == Why.NO_PAYMENT
        assert np.all(day.log.ending[left] == Ending.RENEGED)
        kept["left"].append(float(left.sum()))
    found = {name: np.array(values) for name, values in kept.items()}
    return found | {"serving": found["serving"] - found["held"]}


def held(day: Seen) -> tuple[np.ndarray, np.ndarray]:
    """Customers held for their card; all go on when cards work again."""
    times, number = day.level("tills", {Event.HELD}, set())
    back = day.trace.time_s[day.trace.event == Event.CARDS]
    return np.append(times, back), np.append(number, np.zeros(len(back)))


def over(step: tuple[np.ndarray, np.ndarray], k: int) -> float:
    """Mean of a step function over a stretch of five minutes."""
    times, levels_ = step
    start, end = k * STRETCH_S, (k + 1) * STRETCH_S
    edges = np.clip(np.concatenate([[0.0], times, [end]]), start, end)
    return float(np.sum(np.concatenate([[0.0], levels_]) * np.diff(edges))) / STRETCH_S


def close(values: np.ndarray, come: np.ndarray, truth: list[float], within: float) -> None:
    """Compare stretch by stretch; small numbers by what they may be off in people.

    What chance did to the number of those who came until then, and to their work, is taken out.
    """
    for k, expected in enumerate(truth):
        slack = within * max(expected, 1.0)
        controls = list((come[:, :, : k + 1] - RATE * STRETCH_S).reshape(len(come), -1).T)
        mean, error = sharpened(values[:, k], controls)
        assert error <= slack / 2, f"stretch {k}: too blunt to tell"
        assert abs(mean - expected) <= min(slack, 3.5 * error + 1e-9), f"stretch {k}"


def expected(what: str) -> list:
    """The nine stretches by Kolmogorov's equations."""
    day = Day(TILLS, RATE, MEAN_S, most=90, cardless=0.3 if what == "waits" else 0.0)
    found = [day.goes_on(STRETCH_S) for _ in range(BEFORE)]
    if what == "all":
        found += day.stands_still(STRETCH_S, DURING)
    else:
        found += [day.goes_on(STRETCH_S, without_cards=what == "waits") for _ in range(DURING)]
    day.cards_work_again()
    return found + [day.goes_on(STRETCH_S) for _ in range(AFTER)]


def check_outage(what: str, outage: Block, days: int, seed: int, within: float) -> None:
    """People waiting, served and held, by five minutes, against the equations."""
    found = levels(outage, days, seed)
    truth = expected(what)
    for name in ("waiting", "serving"):
        close(found[name], found["come"], [getattr(stretch, name) for stretch in truth], within)
    if what == "waits":
        close(found["held"], found["come"], [stretch.held for stretch in truth], within)
    if what == "leaves":
        done = sum(truth[BEFORE + k].serving for k in range(DURING)) * STRETCH_S / MEAN_S
        left = found["left"]
        error = left.std(ddof=1) / len(left) ** 0.5
        assert abs(left.mean() - 0.3 * done) <= 3.5 * error <= within * 0.3 * done
    else:
        assert not found["left"].any()


CARDS = {"what": "cards", "carry_cash": "50 %"}
OUTAGES = [
    ("all", {}),
    ("waits", {**CARDS, "without_card": "waits"}),
    ("leaves", {**CARDS, "without_card": "leaves"}),
]


@pytest.mark.parametrize(("what", "outage"), OUTAGES, ids=[name for name, _ in OUTAGES])
def test_an_outage_follows_kolmogorov(what, outage):
    """Lines before, while and after nothing works, or no card (30 % need one): within 10 %."""
    check_outage(what, outage, days=1000, seed=205, within=0.1)


@pytest.mark.truth
@pytest.mark.parametrize(("what", "outage"), OUTAGES, ids=[name for name, _ in OUTAGES])
def test_an_outage_follows_kolmogorov_closely(what, outage):
    """The same within 3 %."""
    check_outage(what, outage, days=12_000, seed=206, within=0.03)


def test_the_equations_of_a_day_are_sound():
    """Without outage they settle in M/M/c; with no card needed a time without cards is none."""
    day = Day(TILLS, RATE, MEAN_S, most=90, cardless=0.0)
    settled = [day.goes_on(3600.0) for _ in range(3)][-1]
    wait = theory.mmc_wait(TILLS, RATE, MEAN_S)
    assert settled.waiting == pytest.approx(RATE * wait, rel=1e-3)
    before = day.now.copy()
    assert day.goes_on(STRETCH_S, without_cards=True).held == 0.0
    assert np.allclose(day.now, before, atol=1e-6)
    assert loaded(a_day({}), 1).outages[0].lasts_s == DURING * STRETCH_S
