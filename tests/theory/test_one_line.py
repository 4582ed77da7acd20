"""One line of people: waits against the formulas of Erlang, Palm, Pollaczek and Khinchine."""

from __future__ import annotations

import math

import pytest

from simqueue import theory
from tests.theory.chains import Chain
from tests.theory.harness import (
    agree,
    exponential,
    known_of,
    measure,
    relaxation_hours,
    steady,
    till_lane,
)

MEAN_S = 60.0  # of a service, throughout


def check_mmc(servers, rho, within, seed, customers, replications=50):
    """Compare M/M/c with Erlang C: means, chance to wait, quantile, queue and utilisation."""
    rate = servers * rho / MEAN_S
    warm_up = 12 * relaxation_hours(servers, rho, MEAN_S)  # leaves exp(-12) of the empty start
    hours = warm_up + customers / replications / (3600 * rate)
    shop = steady(3600 * rate, [till_lane(servers, exponential(MEAN_S))], hours, warm_up)
    names = ["wait_mean_s", "wait_mean_served_s", "wait_mean_queued_s", "waited_share"]
    names += ["wait_p95_s", "queue_length_mean", "utilisation", "sojourn_mean_s"]
    found = measure(shop, replications, seed, names, known_of(shop, rho))
    wait = theory.mmc_wait(servers, rate, MEAN_S)
    agree(found["wait_mean_s"], wait, within)
    agree(found["wait_mean_served_s"], wait, within)
    agree(found["wait_mean_queued_s"], MEAN_S / (servers * (1 - rho)), within)
    agree(found["waited_share"], theory.erlang_c(servers, servers * rho), within)
    agree(found["queue_length_mean"], rate * wait, within)  # Little (1961)
    agree(found["utilisation"], rho, within)
    agree(found["sojourn_mean_s"], wait + MEAN_S, within)
    agree(found["wait_p95_s"], theory.mmc_wait_quantile(servers, rate, MEAN_S, 0.95), 1.5 * within)


@pytest.mark.parametrize(
    ("servers", "rho", "within", "customers"),
    [
        (1, 0.5, 0.02, 220_000),
        (2, 0.6, 0.02, 450_000),
        (5, 0.7, 0.04, 380_000),
        (12, 0.8, 0.05, 800_000),
    ],
)
def test_mmc_waits_as_erlang_says(servers, rho, within, customers):
    """M/M/c with 1, 2, 5, 12 servers: every measure of waiting is Erlang C's within 2 to 5 %."""
    check_mmc(servers, rho, within, seed=15, customers=customers)


@pytest.mark.truth
@pytest.mark.parametrize(
    ("servers", "rho", "within", "customers"),
    [
        (1, 0.8, 0.02, 800_000),
        (2, 0.8, 0.02, 1_200_000),
        (5, 0.8, 0.02, 2_500_000),
        (12, 0.8, 0.02, 5_000_000),
        (1, 0.9, 0.03, 2_000_000),
        (2, 0.9, 0.03, 2_000_000),
        (5, 0.9, 0.03, 3_000_000),
        (12, 0.9, 0.03, 5_000_000),
    ],
)
def test_mmc_waits_as_erlang_says_at_high_load(servers, rho, within, customers):
    """M/M/c with 1, 2, 5, 12 servers: within 2 % at 80 %, within 3 % at 90 %."""
    check_mmc(servers, rho, within, seed=16, customers=customers)


@pytest.mark.parametrize(
    ("service", "cv"),
    [
        pytest.param({"fixed": "60 s"}, 0.0, id="M/D/1"),
        pytest.param({"lognormal": {"mean": "60 s", "cv": 0.6}}, 0.6, id="M/G/1 lognormal"),
    ],
)
def test_one_server_waits_as_pollaczek_and_khinchine_say(service, cv):
    """M/D/1 and M/G/1 with lognormal service: mean wait and queue are those of the formula."""
    rho = 0.5
    shop = steady(3600 * rho / MEAN_S, [till_lane(1, service)], hours=143)
    names = ["wait_mean_s", "waited_share", "queue_length_mean", "utilisation"]
    found = measure(shop, 50, 21, names, known_of(shop, rho))
    wait = theory.mg1_wait(rho / MEAN_S, MEAN_S, cv)
    agree(found["wait_mean_s"], wait, within=0.02)
    agree(found["queue_length_mean"], wait * rho / MEAN_S, within=0.02)
    agree(found["waited_share"], rho, within=0.02)  # arrivals see time averages
    agree(found["utilisation"], rho, within=0.02)


@pytest.mark.parametrize(("servers", "room", "load"), [(1, 3, 1.0), (3, 7, 3.6)])
def test_limited_room_turns_away_as_the_chain_says(servers, room, load):
    """M/M/c/K: share turned away, wait of those who got in, people waiting."""
    rate, replications = load / MEAN_S, 40
    hours = 3 + 150_000 / replications / (3600 * rate)
    shop = steady(3600 * rate, [till_lane(servers, exponential(MEAN_S), capacity=room)], hours)
    names = ["balked", "customers", "wait_mean_s", "queue_length_mean", "utilisation"]
    found = measure(shop, replications, 31, names, known_of(shop))
    truth = theory.mmck(servers, room, rate, MEAN_S)
    expected = known_of(shop)["customers"]
    agree(found["customers"], expected, within=0.02)
    agree(found["balked"], truth.blocked * expected, within=0.02)
    agree(found["wait_mean_s"], truth.wait_mean, within=0.02)
    agree(found["queue_length_mean"], truth.waiting_mean, within=0.02)
    agree(found["utilisation"], load * (1 - truth.blocked) / servers, within=0.02)


def wait_of_the_served(servers, rate, mean_service, mean_patience):
    """Mean wait of the customers who are served in M/M/c+M, zero waits included.

    One who finds n people before the servers (n >= 0 waiting, all servers busy) follows a pure
    death chain: k ahead of him leave the queue at rate c mu + k theta, he himself gives up at rate
    theta. chance[k] is his chance to be served from there and area[k] the mean of
    (wait x served), both by first-step analysis.
    """
    mu, theta = 1 / mean_service, 1 / mean_patience
    most = 400
    chance, area = [], []
    for k in range(most):
        total = servers * mu + (k + 1) * theta
        ahead = total - theta  # somebody before him leaves the queue, or a server takes him
        before = (chance[-1], area[-1]) if k else (1.0, 0.0)
        chance.append(ahead / total * before[0])
        area.append(chance[-1] / total + ahead / total * before[1])
    weight, weights = 1.0, []
    for k in range(most):
        weights.append(weight)
        weight *= rate / (servers * mu + (k + 1) * theta)
    fewer = 1 / theory.erlang_b(servers, rate * mean_service) - 1
    served = fewer + math.fsum(w * c for w, c in zip(weights, chance, strict=True))
    return math.fsum(w * a for w, a in zip(weights, area, strict=True)) / served


@pytest.mark.parametrize(("servers", "load", "patience_s"), [(1, 0.9, 60.0), (5, 6.0, 150.0)])
def test_limited_patience_loses_as_erlang_a_says(servers, load, patience_s):
    """M/M/c+M: who gives up, who waits, and how long all and the served wait."""
    rate, replications = load / MEAN_S, 50
    hours = 3 + 180_000 / replications / (3600 * rate)
    patience = {"renege": {"patience": exponential(patience_s)}}
    shop = steady(3600 * rate, [till_lane(servers, exponential(MEAN_S))], hours, behaviour=patience)
    names = ["reneged_share", "wait_mean_s", "wait_mean_served_s", "waited_share"]
    names += ["queue_length_mean", "utilisation"]
    found = measure(shop, replications, 41, names, known_of(shop))
    truth = theory.erlang_a(servers, rate, MEAN_S, patience_s)
    agree(found["reneged_share"], truth.reneged, within=0.02)
    agree(found["wait_mean_s"], truth.wait_mean, within=0.02)
    agree(found["waited_share"], truth.chance_to_wait, within=0.02)
    agree(found["queue_length_mean"], truth.waiting_mean, within=0.02)
    agree(found["utilisation"], load * (1 - truth.reneged) / servers, within=0.02)
    served = wait_of_the_served(servers, rate, MEAN_S, patience_s)
    agree(found["wait_mean_served_s"], served, within=0.025)


def test_wait_of_the_served_meets_its_limits():
    """The truth used above: M/M/c with endless patience; M/M/1 with hardly any by hand.

    With tiny patience 1/theta only one waits at a time: he is served with chance mu / (mu + theta),
    and if so has waited 1 / (mu + theta) on average.
    """
    patient = wait_of_the_served(3, 2.0, 1.0, 1e7)
    assert patient == pytest.approx(theory.mmc_wait(3, 2.0, 1.0), rel=1e-5)
    rate, theta = 0.5, 1e5
    delayed = rate / (1 + rate) / (1 + theta)  # arrivals who find the server busy and are served
    expected = delayed / (1 + theta) / (1 / (1 + rate) + delayed)
    assert wait_of_the_served(1, rate, 1.0, 1 / theta) == pytest.approx(expected, rel=1e-4)


def test_chain_of_one_line_is_erlang_a():
    """The chain solver and the formula agree on M/M/3+M, which vouches for both."""
    theta, most = 0.5, 120

    def moves(n):
        yield (n + 1,), 4.0 if n < most else 0.0
        yield (n - 1,), min(n, 3) * 1.0 + max(0, n - 3) * theta

    chain = Chain((0,), moves)
    shares = chain.long_run()
    truth = theory.erlang_a(3, 4.0, 1.0, 1 / theta)
    waiting = shares @ chain.values(lambda n: max(0, n - 3))
    assert waiting == pytest.approx(truth.waiting_mean, rel=1e-9)
    assert shares @ chain.values(lambda n: n >= 3) == pytest.approx(truth.chance_to_wait, rel=1e-9)
