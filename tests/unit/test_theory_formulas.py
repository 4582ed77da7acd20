"""Queueing formulas against printed tables, closed forms, each other and naive chains."""

from __future__ import annotations

import doctest
import inspect
import math

import numpy as np
import pytest

from simqueue import theory

RATES = [0.1, 0.5, 0.9, 1.0, 1.4]  # arrival rate per server, with mean service 1


def birth_and_death(births: list[float], deaths: list[float]) -> np.ndarray:
    """Naive twin: long-run shares of states 0..n from the balance of each neighbouring pair."""
    weights = [1.0]
    for up, down in zip(births, deaths, strict=True):
        weights.append(weights[-1] * up / down)
    return np.array(weights) / math.fsum(weights)


def test_examples_in_the_docstrings_are_true():
    """Every example in the docstrings holds, at least one for each public formula on average."""
    result = doctest.testmod(theory)
    public = [n for n, f in inspect.getmembers(theory, inspect.isfunction) if n[0] != "_"]
    assert result.failed == 0
    assert result.attempted >= len(public) >= 8


@pytest.mark.parametrize(
    ("servers", "load", "printed"),
    [(1, 1.0, 0.5), (2, 1.0, 0.2), (5, 3.0, 0.1101), (10, 5.0, 0.0184), (20, 12.0, 0.0098)],
)
def test_erlang_b_agrees_with_printed_tables(servers, load, printed):
    """Losses are those of printed Erlang B tables, to their four digits."""
    assert theory.erlang_b(servers, load) == pytest.approx(printed, abs=5.1e-5)


@pytest.mark.parametrize("servers", [1, 2, 5, 12])
@pytest.mark.parametrize("load", [0.2, 1.0, 4.0, 20.0])
def test_erlang_b_is_a_truncated_poisson_law(servers, load):
    """The recursion gives the last probability of a Poisson law cut off at the servers."""
    weights = [load**k / math.factorial(k) for k in range(servers + 1)]
    expected = weights[-1] / math.fsum(weights)
    assert theory.erlang_b(servers, load) == pytest.approx(expected, rel=1e-12)


def test_one_server_waits_with_chance_rho():
    """With one server an arrival waits with probability rho (arrivals see time averages)."""
    assert [theory.erlang_c(1, rho) for rho in (0.0, 0.3, 0.9)] == pytest.approx([0.0, 0.3, 0.9])


def test_two_servers_have_a_closed_form():
    """M/M/2: the chance to wait is 2 rho^2 / (1 + rho), the mean wait rho^2 / (1 - rho^2)."""
    for rho in (0.1, 0.5, 0.95):
        expected = 2 * rho**2 / (1 + rho)
        assert theory.erlang_c(2, 2 * rho) == pytest.approx(expected, rel=1e-12)
        assert theory.mmc_wait(2, 2 * rho, 1.0) == pytest.approx(rho**2 / (1 - rho**2), rel=1e-12)


def test_an_overloaded_line_grows_for_ever():
    """At rho of 1 and above everybody waits, without end."""
    for rate in (3.0, 4.0):
        assert theory.erlang_c(3, rate) == 1.0
        assert theory.mmc_wait(3, rate, 1.0) == math.inf
        assert theory.mmc_wait_longer(3, rate, 1.0, longer_than=1e9) == 1.0
        assert theory.mmc_wait_quantile(3, rate, 1.0, share=0.0) == math.inf
        assert theory.mg1_wait(rate, 1.0, service_cv=0.5) == math.inf


@pytest.mark.parametrize("servers", [1, 3, 12])
def test_mean_wait_is_the_area_under_the_tail(servers):
    """The integral of P(W > t) over t is the mean wait."""
    rate, step = 0.8 * servers, 0.002
    times = (np.arange(100_000) + 0.5) * step
    tail = [theory.mmc_wait_longer(servers, rate, 1.0, t) for t in times]
    assert math.fsum(tail) * step == pytest.approx(theory.mmc_wait(servers, rate, 1.0), rel=1e-5)


def test_quantile_undoes_the_tail():
    """A share p waits no longer than the quantile of p, once p exceeds those who do not wait."""
    for share in (0.5, 0.9, 0.95, 0.999):
        wait = theory.mmc_wait_quantile(2, 1.6, 1.0, share)
        assert theory.mmc_wait_longer(2, 1.6, 1.0, wait) == pytest.approx(1 - share, rel=1e-12)
    assert theory.mmc_wait_quantile(2, 0.2, 1.0, share=0.95) == 0.0


def test_formulas_do_not_depend_on_the_unit_of_time():
    """Minutes or seconds: waits scale, shares stay."""
    assert theory.mmc_wait(3, 2 / 60, 60.0) == pytest.approx(60 * theory.mmc_wait(3, 2.0, 1.0))
    in_minutes, in_seconds = theory.erlang_a(3, 4.0, 1.0, 2.0), theory.erlang_a(3, 4 / 60, 60, 120)
    assert in_seconds.reneged == pytest.approx(in_minutes.reneged)
    assert in_seconds.wait_mean == pytest.approx(60 * in_minutes.wait_mean)


def test_pollaczek_khinchine_meets_its_special_cases():
    """Exponential service gives M/M/1, no spread at all half of it, a cv of 2 gives 2.5 times."""
    for rho in (0.2, 0.7, 0.95):
        exponential = theory.mmc_wait(1, rho, 1.0)
        assert theory.mg1_wait(rho, 1.0, 1.0) == pytest.approx(exponential, rel=1e-12)
        assert theory.md1_wait(rho, 1.0) == pytest.approx(exponential / 2, rel=1e-12)
        assert theory.mg1_wait(rho, 1.0, 2.0) == pytest.approx(2.5 * exponential, rel=1e-12)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("servers", "room"), [(1, 1), (1, 4), (3, 3), (3, 10), (5, 60)])
def test_limited_room_agrees_with_a_naive_chain(servers, room, rate):
    """M/M/c/K: blocking, number and wait from the chain's balance and Little's law."""
    births = [rate * servers] * room
    shares = birth_and_death(births, [float(min(n, servers)) for n in range(1, room + 1)])
    found = theory.mmck(servers, room, rate * servers, 1.0)
    waiting = sum(max(0, n - servers) * share for n, share in enumerate(shares))
    assert found.blocked == pytest.approx(shares[-1], rel=1e-9)
    assert found.number_mean == pytest.approx(np.arange(room + 1) @ shares, rel=1e-9)
    assert found.waiting_mean == pytest.approx(waiting, rel=1e-9, abs=1e-15)
    entering = rate * servers * (1 - shares[-1])
    assert found.wait_mean == pytest.approx(waiting / entering, rel=1e-9, abs=1e-15)


def test_unlimited_room_is_the_ordinary_line():
    """With very much room M/M/c/K turns nobody away and waits as M/M/c does."""
    found = theory.mmck(3, 3000, 2.7, 1.0)
    assert found.blocked < 1e-100
    assert found.wait_mean == pytest.approx(theory.mmc_wait(3, 2.7, 1.0), rel=1e-9)


def test_no_room_to_wait_is_erlang_b():
    """M/M/c/c loses what Erlang's B formula says, and nobody waits."""
    found = theory.mmck(4, 4, 3.0, 1.0)
    assert found.blocked == pytest.approx(theory.erlang_b(4, 3.0), rel=1e-12)
    assert found.wait_mean == 0.0


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("patience", [0.3, 1.0, 5.0])
@pytest.mark.parametrize("servers", [1, 4, 12])
def test_limited_patience_agrees_with_a_naive_chain(servers, patience, rate):
    """M/M/c+M: all four results from the chain cut off at 400 people."""
    deaths = [min(n, servers) + max(0, n - servers) / patience for n in range(1, 401)]
    shares = birth_and_death([rate * servers] * 400, deaths)
    waiting = sum(max(0, n - servers) * share for n, share in enumerate(shares))
    found = theory.erlang_a(servers, rate * servers, 1.0, patience)
    assert found.chance_to_wait == pytest.approx(math.fsum(shares[servers:]), rel=1e-9)
    assert found.waiting_mean == pytest.approx(waiting, rel=1e-9)
    assert found.wait_mean == pytest.approx(waiting / (rate * servers), rel=1e-9)
    served = float(np.minimum(np.arange(401), servers) @ shares)
    assert found.reneged == pytest.approx(1 - served / (rate * servers), rel=1e-7)


def test_patience_like_service_makes_the_number_poisson():
    """When patience and service have equal means the number of people is Poisson (Palm, 1957)."""
    load, servers = 7.0, 5
    poisson = [math.exp(-load) * load**n / math.factorial(n) for n in range(100)]
    found = theory.erlang_a(servers, load, 1.0, mean_patience=1.0)
    assert found.chance_to_wait == pytest.approx(math.fsum(poisson[servers:]), rel=1e-12)
    expected = math.fsum((n - servers) * p for n, p in enumerate(poisson) if n > servers)
    assert found.waiting_mean == pytest.approx(expected, rel=1e-12)


def test_published_call_centre_with_and_without_patience():
    """Table 1 of Garnett, Mandelbaum and Reiman (2002): 20.8 s; 3.7 s when 3.1 % give up."""
    patient = theory.mmc_wait(50, 48.0, 1.0)
    found = theory.erlang_a(50, 48.0, 1.0, mean_patience=2.0)
    assert round(60 * patient, 1) == 20.8
    assert round(48 * patient) == 17
    assert (round(60 * found.wait_mean, 1), round(100 * found.reneged, 1)) == (3.7, 3.1)
    assert round(found.waiting_mean) == 3


def test_endless_patience_is_the_ordinary_line():
    """With very long patience Erlang A approaches Erlang C."""
    found = theory.erlang_a(4, 3.2, 1.0, mean_patience=1e9)
    assert found.wait_mean == pytest.approx(theory.mmc_wait(4, 3.2, 1.0), rel=1e-6)
    assert found.chance_to_wait == pytest.approx(theory.erlang_c(4, 3.2), rel=1e-6)


def test_extreme_sizes_neither_overflow_nor_fail():
    """Empty shops, huge overloads and hundreds of servers give limits known by reasoning."""
    assert theory.erlang_a(5, 6000.0, 1.0, 1e3).reneged == pytest.approx(1 - 5 / 6000, rel=1e-9)
    assert theory.mmck(3, 600, 1000.0, 1.0).blocked == pytest.approx(1 - 3 / 1000, rel=1e-9)
    assert theory.mmck(2, 5, 0.0, 1.0) == (0.0, 0.0, 0.0, 0.0)
    assert theory.erlang_a(2, 0.0, 1.0, 1.0) == (0.0, 0.0, 0.0, 0.0)
    assert theory.erlang_a(500, 1.0, 1.0, 1.0).wait_mean == 0.0
    assert theory.mmc_wait(2, 0.0, 1.0) == 0.0


@pytest.mark.parametrize(
    ("call", "place"),
    [
        (lambda: theory.erlang_b(-1, 1.0), "servers"),
        (lambda: theory.erlang_c(0, 1.0), "servers"),
        (lambda: theory.erlang_b(1, -0.1), "offered_load"),
        (lambda: theory.erlang_b(1, math.nan), "offered_load"),
        (lambda: theory.mmc_wait(0, 1.0, 1.0), "servers"),
        (lambda: theory.mmc_wait(1, math.inf, 1.0), "arrival_rate"),
        (lambda: theory.mmc_wait(1, 1.0, 0.0), "mean_service"),
        (lambda: theory.mmc_wait_longer(1, 0.5, 1.0, -1.0), "longer_than"),
        (lambda: theory.mmc_wait_quantile(1, 0.5, 1.0, 1.0), "share"),
        (lambda: theory.mg1_wait(0.5, 1.0, -1.0), "service_cv"),
        (lambda: theory.mmck(3, 2, 1.0, 1.0), "room"),
        (lambda: theory.erlang_a(1, 1.0, 1.0, 0.0), "mean_patience"),
    ],
)
def test_arguments_out_of_range_are_named(call, place):
    """An impossible argument is an error that names it and what it must be."""
    with pytest.raises(ValueError, match=rf"theory: {place}: must be .* \(got "):
        call()
