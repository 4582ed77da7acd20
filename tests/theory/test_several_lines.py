"""Several lines of people: Markov chains of lane choice, and thinned Poisson streams."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simqueue import theory
from tests.theory.chains import Chain
from tests.theory.harness import agree, exponential, known_of, measure, steady, till_lane

MEAN_S = 60.0
MOST = 60  # people in one line at which the chains are cut off; each test checks it is enough


def two_lines(rate, service_rates, score):
    """Chain of two lines with one server each; newcomers join the lower score, ties at random."""

    def moves(a, b):
        here, there = score(0, a), score(1, b)
        to_first = 0.5 if here == there else float(here < there)
        if a < MOST and b < MOST:
            yield (a + 1, b), rate * to_first
            yield (a, b + 1), rate * (1 - to_first)
        if a:
            yield (a - 1, b), service_rates[0]
        if b:
            yield (a, b - 1), service_rates[1]

    chain = Chain((0, 0), moves)
    shares = chain.long_run()
    assert shares @ chain.values(lambda a, b: max(a, b) == MOST) < 1e-7
    return chain, shares


def joined(score):
    """Chance to join the first line in state (a, b)."""

    def first(a, b):
        here, there = score(0, a), score(1, b)
        return 0.5 if here == there else float(here < there)

    return first


def waits_of_two_lines(rate, service_rates, score):
    """Mean wait of all, chance to wait, mean number waiting, and utilisation of both servers."""
    chain, shares = two_lines(rate, service_rates, score)
    first = joined(score)
    slow, fast = 1 / service_rates[0], 1 / service_rates[1]
    wait = shares @ chain.values(lambda a, b: first(a, b) * a * slow + (1 - first(a, b)) * b * fast)
    delayed = shares @ chain.values(
        lambda a, b: first(a, b) * (a > 0) + (1 - first(a, b)) * (b > 0)
    )
    waiting = shares @ chain.values(lambda a, b: max(0, a - 1) + max(0, b - 1))
    busy = shares @ chain.values(lambda a, b: ((a > 0) + (b > 0)) / 2)
    assert waiting == pytest.approx(rate * wait, rel=1e-6)  # Little's law vouches for the chain
    return wait, delayed, waiting, busy


def whole_line(_, n):
    """Shortest queue, service included."""
    return n


def only_waiting(_, n):
    """Shortest queue, service not included."""
    return max(0, n - 1)


@pytest.mark.parametrize(
    ("rho", "score", "counted"),
    [
        pytest.param(0.6, whole_line, True, id="service counted"),
        pytest.param(0.5, only_waiting, False, id="only those waiting counted"),
    ],
)
def test_two_lines_with_shortest_queue(rho, score, counted):
    """Two tills with lines of their own: waits are those of the shortest-queue Markov chain."""
    rate = 2 * rho / MEAN_S
    choice = {"rule": "shortest_queue", "count_in_service": counted, "ties": "random"}
    lanes = [till_lane(2, exponential(MEAN_S), line="own")]
    shop = steady(3600 * rate, lanes, hours=113, behaviour={"lane_choice": choice})
    names = ["wait_mean_s", "waited_share", "queue_length_mean", "utilisation"]
    found = measure(shop, 40, 51, names, known_of(shop, rho))
    truths = waits_of_two_lines(rate, (1 / MEAN_S, 1 / MEAN_S), score)
    for name, truth in zip(names, truths, strict=True):
        agree(found[name], truth, within=0.02)


def test_two_unequal_lanes_with_least_expected_wait():
    """A fast and a slow till: waits are those of the chain that compares people x mean service."""
    fast_s, slow_s, rate = 40.0, 80.0, 0.6 * (1 / 40 + 1 / 80)
    choice = {"rule": "expected_wait_mean", "count_in_service": True, "ties": "random"}
    lanes = [till_lane(1, exponential(fast_s), "fast"), till_lane(1, exponential(slow_s), "slow")]
    shop = steady(3600 * rate, lanes, hours=83, behaviour={"lane_choice": choice})
    names = ["wait_mean_s", "waited_share", "queue_length_mean"]
    found = measure(shop, 40, 52, names, known_of(shop))
    truths = waits_of_two_lines(rate, (1 / fast_s, 1 / slow_s), lambda lane, n: n * (1 + lane))
    for name, truth in zip(names, truths, strict=False):
        agree(found[name], truth, within=0.04)


def test_one_shared_line_beats_several_with_random_choice():
    """Three tills: chosen at random each is M/M/1 with a third of the customers; shared, M/M/3."""
    rho = 0.5
    rate = 3 * rho / MEAN_S
    at_random = {"lane_choice": {"rule": "random"}}
    waits = {}
    for line, seed, hours in (("own", 53, 73), ("shared", 54, 53)):
        lanes = [till_lane(3, exponential(MEAN_S), line=line)]
        shop = steady(3600 * rate, lanes, hours, behaviour=at_random)
        waits[line] = measure(shop, 40, seed, ["wait_mean_s"], known_of(shop, rho))["wait_mean_s"]
    agree(waits["own"], theory.mmc_wait(1, rate / 3, MEAN_S), within=0.02)
    agree(waits["shared"], theory.mmc_wait(3, rate, MEAN_S), within=0.04)
    assert waits["own"].mean > 3 * waits["shared"].mean


SMALL, LARGE = 5, 30  # items


def express_customers(small):
    """Two segments: `small` is the share with few items."""
    return [
        {"segment": "few items", "share": small, "items": {"fixed": SMALL}},
        {"segment": "many items", "share": round(1 - small, 6), "items": {"fixed": LARGE}},
    ]


def test_express_split_is_three_thinned_streams():
    """Random choice: a third of the small baskets comes to the express till, the large never do.

    Thinned Poisson streams are Poisson, and with 15 s + 3 s per item the express till is M/D/1 and
    each of the two others M/G/1 with a two-point service time.
    """
    rate, small = 0.018, 0.6
    few_s, many_s = 15.0 + 3 * SMALL, 15.0 + 3 * LARGE
    service = {"linear": {"set_up": "15 s", "per_item": "3 s"}}
    express = {**till_lane(1, service, "express"), "kind": "express"}
    express |= {"max_items": 10, "ignores_limit": 0}
    lanes = [till_lane(2, service, "staffed", line="own"), express]
    shop = steady(3600 * rate, lanes, hours=83, customers=express_customers(small),
                  behaviour={"lane_choice": {"rule": "random"}})  # fmt: skip
    to_express, to_staffed = rate * small / 3, rate * small / 3 + rate * (1 - small) / 2
    share = rate * small / 3 / to_staffed  # of small baskets at a staffed till
    mean = share * few_s + (1 - share) * many_s
    cv = math.sqrt(share * few_s**2 + (1 - share) * many_s**2 - mean**2) / mean
    staffed_wait = theory.mg1_wait(to_staffed, mean, cv)
    express_wait = theory.md1_wait(to_express, few_s)
    names = ["wait_mean_s", "wait_mean_s@express", "wait_mean_s@staffed", "utilisation@express"]
    names += ["utilisation@staffed", "waited_share@express"]
    found = measure(shop, 40, 55, names, known_of(shop))
    agree(found["wait_mean_s@express"], express_wait, within=0.06)
    agree(found["utilisation@express"], to_express * few_s, within=0.04)
    agree(found["waited_share@express"], to_express * few_s, within=0.04)
    agree(found["wait_mean_s@staffed"], staffed_wait, within=0.03)
    agree(found["utilisation@staffed"], to_staffed * mean, within=0.03)
    everywhere = (to_express * express_wait + 2 * to_staffed * staffed_wait) / rate
    agree(found["wait_mean_s"], everywhere, within=0.03)


def test_express_till_beside_one_for_all_is_a_chain():
    """Small baskets join the shorter of both lines, large ones have only one: chain solved here."""
    small, rate, mu = 0.6, 1.3 / MEAN_S, 1 / MEAN_S

    def moves(staffed, express):
        shorter = 0.5 if staffed == express else float(staffed < express)
        to_staffed = (1 - small) + small * shorter
        if staffed < MOST and express < MOST:
            yield (staffed + 1, express), rate * to_staffed
            yield (staffed, express + 1), rate * (1 - to_staffed)
        if staffed:
            yield (staffed - 1, express), mu
        if express:
            yield (staffed, express - 1), mu

    chain = Chain((0, 0), moves)
    shares = chain.long_run()
    assert shares @ chain.values(lambda a, b: max(a, b) == MOST) < 1e-6
    waiting = {
        "staffed": shares @ chain.values(lambda a, b: max(0, a - 1)),
        "express": shares @ chain.values(lambda a, b: max(0, b - 1)),
    }
    busy = {
        "staffed": shares @ chain.values(lambda a, b: a > 0),
        "express": shares @ chain.values(lambda a, b: b > 0),
    }
    service = exponential(MEAN_S)
    express = {**till_lane(1, service, "express"), "kind": "express"}
    lanes = [till_lane(1, service, "staffed"), express | {"max_items": 10, "ignores_limit": 0}]
    shop = steady(3600 * rate, lanes, hours=83, customers=express_customers(small))
    names = ["wait_mean_s@staffed", "wait_mean_s@express", "wait_mean_s"]
    names += ["utilisation@staffed", "utilisation@express"]
    found = measure(shop, 40, 56, names, known_of(shop, rate / mu / 2))
    for lane in ("staffed", "express"):
        # Little's law in each lane: those who join are those who are served, busy x mu a second
        agree(found[f"wait_mean_s@{lane}"], waiting[lane] / (busy[lane] * mu), within=0.03)
        agree(found[f"utilisation@{lane}"], busy[lane], within=0.03)
    agree(found["wait_mean_s"], sum(waiting.values()) / rate, within=0.03)


def test_shortest_queue_chain_lies_between_its_bounds():
    """Shortest queue waits longer than one shared line and less than two lines at random."""
    for rho in (0.3, 0.6, 0.8):
        wait, *_, busy = waits_of_two_lines(2 * rho, (1.0, 1.0), whole_line)
        assert theory.mmc_wait(2, 2 * rho, 1.0) < wait < theory.mmc_wait(1, rho, 1.0)
        assert busy == pytest.approx(rho, rel=1e-6)


def test_shortest_queue_chain_decays_as_kingman_proved():
    """Long equal lines get rarer by rho squared a step (Kingman, 1961)."""
    rho = 0.6
    chain, shares = two_lines(2 * rho, (1.0, 1.0), whole_line)
    equal = np.array([shares[chain.index[n, n]] for n in range(6, 12)])
    assert equal[1:] / equal[:-1] == pytest.approx(np.full(5, rho**2), rel=1e-4)


def test_choice_at_random_makes_independent_lines():
    """With no difference between scores the two-line chain is two independent M/M/1 lines."""
    wait, delayed, *_ = waits_of_two_lines(1.0, (1.0, 1.0), lambda lane, n: 0)
    assert wait == pytest.approx(1.0, rel=1e-8)  # rho / (1 - rho) at rho = 1/2
    assert delayed == pytest.approx(0.5, rel=1e-8)
