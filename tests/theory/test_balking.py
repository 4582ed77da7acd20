"""Those who turn away: lines too long for them (birth and death) and waits too long (by work)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simqueue import theory
from tests.theory.behaviour_chains import fixed_service_with_balking, one_line_with_balking
from tests.theory.harness import agree, exponential, known_of, measure, steady, till_lane

MEAN_S = 60.0
NAMES = ("balked_share", "wait_mean_s", "waited_share", "queue_length_mean", "utilisation")


def check(truth, servers, load, behaviour, service, seed, customers, within=0.02):
    """Compare one shared line of tills with what the truth says of those who come and join."""
    replications = 40
    per_hour = 3600 * load / MEAN_S
    hours = 1.5 + customers / replications / per_hour  # the start is forgotten within minutes
    shop = steady(per_hour, [till_lane(servers, service)], hours, 1.5, behaviour=behaviour)
    found = measure(shop, replications, seed, NAMES, known_of(shop))
    truths = (truth.balked, truth.wait_mean, truth.waited, truth.waiting_mean)
    for name, value in zip(NAMES, (*truths, truth.busy_mean / servers), strict=True):
        agree(found[name], float(value), within)


def counted(count_in_service, per_server):
    """How people count a line."""
    return {
        "rule": "shortest_queue",
        "count_in_service": count_in_service,
        "per_server": per_server,
    }


def check_drawn_tolerance(servers, load, count_in_service, per_server, **how):
    """Tolerances geometric on 1, 2, ...: who sees a line of k people joins with q^(k - 1).

    An idle till is always taken, and of those who see k <= 1 nobody turns away.
    """
    mean = 3.0

    def joins(n):
        people = n if count_in_service else n - servers
        seen = people / servers if per_server else people
        return 1.0 if n < servers else (1 - 1 / mean) ** max(0, math.ceil(seen) - 1)

    truth = one_line_with_balking(servers, load / MEAN_S, MEAN_S, joins)
    behaviour = {
        "balk": {"longer_than": {"geometric": {"mean": mean}}},
        "lane_choice": counted(count_in_service, per_server),
    }
    check(truth, servers, load, behaviour, exponential(MEAN_S), **how)


@pytest.mark.parametrize(
    ("servers", "load", "count_in_service", "per_server"),
    [
        pytest.param(1, 1.4, True, True, id="one till"),
        pytest.param(3, 4.5, True, True, id="three tills, per till"),
        pytest.param(2, 3.2, False, False, id="two tills, only those who wait"),
    ],
)
def test_the_longer_the_line_the_more_turn_away(servers, load, count_in_service, per_server):
    """A drawn tolerance is a chance to join that falls with the line: birth and death solved."""
    how = {"seed": 101, "customers": 80_000, "within": 0.03}
    check_drawn_tolerance(servers, load, count_in_service, per_server, **how)


@pytest.mark.truth
@pytest.mark.parametrize("count_in_service", [True, False])
@pytest.mark.parametrize(("servers", "load"), [(1, 0.8), (1, 1.8), (3, 2.7), (5, 6.0)])
def test_the_longer_the_line_the_more_turn_away_closely(servers, load, count_in_service):
    """The same for 1, 3 and 5 tills from half busy to overloaded, within 2 %."""
    how = {"seed": 102, "customers": 600_000, "within": 0.02}
    check_drawn_tolerance(servers, load, count_in_service, True, **how)


@pytest.mark.parametrize(
    ("servers", "load", "longest", "per_server", "room"),
    [(3, 4.5, 2, True, 7), (2, 3.2, 5.5, False, 6)],
)
def test_one_tolerance_for_all_is_limited_room(servers, load, longest, per_server, room):
    """Nobody joins a line longer than a fixed length: M/M/c/K with one person more than that.

    Per till: with 3 tills and 2 people each, 6 in all are still joined and 7 are not.
    """
    truth = theory.mmck(servers, room, load / MEAN_S, MEAN_S)
    known = one_line_with_balking(servers, load / MEAN_S, MEAN_S, lambda n: float(n < room))
    assert known.balked == pytest.approx(truth.blocked)
    assert known.wait_mean == pytest.approx(truth.wait_mean)
    assert known.waiting_mean == pytest.approx(truth.waiting_mean)
    behaviour = {
        "balk": {"longer_than": longest},
        "lane_choice": counted(True, per_server),
    }
    check(known, servers, load, behaviour, exponential(MEAN_S), seed=103, customers=55_000)


def test_expected_waits_with_fixed_services_are_the_work_at_hand():
    """M/D/1, tolerances exponential: who finds x seconds of work joins with exp(-x / mean).

    With fixed services the wait people expect is the wait they would have.
    """
    load, tolerance_s = 1.2, 120.0
    truth = fixed_service_with_balking(
        load / MEAN_S, MEAN_S, lambda work_s: np.exp(-work_s / tolerance_s)
    )
    behaviour = {"balk": {"expected_wait_over": exponential(tolerance_s)}}
    check(truth, 1, load, behaviour, {"fixed": f"{MEAN_S} s"}, seed=104, customers=35_000)


def test_a_bound_below_one_service_lets_one_wait_at_most():
    """M/M/1 with 60 s per service where nobody joins who expects to wait longer than 40 s.

    So nobody joins behind one who waits, and of those who come while a service goes on only the
    first within its last 40 s. With m = min(service, 40 s): the next service follows at once with
    p = 1 - E exp(-rate m); a busy spell has 1 / (1 - p) services, an idle one lasts 1 / rate. Who
    comes in those last seconds waits for what is left of m after an exponential time.
    """
    load, bound_s = 1.0, 40.0
    rate, mu = load / MEAN_S, 1 / MEAN_S
    m = (1 - math.exp(-mu * bound_s)) / mu
    over = math.exp(-(rate + mu) * bound_s)
    p = 1 - (mu / (rate + mu) * (1 - over) + over)
    joined = 1 / (1 - p)  # in a busy spell and the idle one before it, which last so long together:
    cycle = 1 / rate + MEAN_S * joined
    wait_s = (m - p / rate) * joined  # of all who wait in a cycle
    behaviour = {"balk": {"expected_wait_over": f"{bound_s} s"}}
    per_hour = 3600 * rate
    shop = steady(per_hour, [till_lane(1, exponential(MEAN_S))], 22, 1, behaviour=behaviour)
    found = measure(shop, 40, 105, NAMES, known_of(shop))
    agree(found["balked_share"], 1 - joined / (rate * cycle), within=0.02)
    agree(found["wait_mean_s"], wait_s / joined, within=0.02)
    agree(found["waited_share"], 1 - 1 / joined, within=0.02)
    agree(found["queue_length_mean"], wait_s / cycle, within=0.02)
    agree(found["utilisation"], MEAN_S * joined / cycle, within=0.02)


def test_the_equation_of_work_meets_its_limits():
    """The truth above: without turning away it is Pollaczek-Khinchine; with all doing so, loss.

    If nobody joins a busy till, a share rate x service / (1 + rate x service) is lost (Erlang B).
    """
    rate = 0.5 / MEAN_S
    patient = fixed_service_with_balking(rate, MEAN_S, np.ones_like, points=1000)
    assert patient.wait_mean == pytest.approx(theory.md1_wait(rate, MEAN_S), rel=1e-6)
    assert patient.busy_mean == pytest.approx(0.5, rel=1e-6)
    assert patient.balked == pytest.approx(0.0, abs=1e-9)
    nobody = fixed_service_with_balking(rate, MEAN_S, np.zeros_like, points=100)
    assert nobody.balked == pytest.approx(theory.erlang_b(1, 0.5), rel=1e-9)
    assert nobody.waiting_mean == 0
