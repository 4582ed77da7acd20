"""Those who change to a shorter line: two tills, nobody loses time on the way."""

from __future__ import annotations

import pytest

from simqueue import theory
from tests.theory.behaviour_chains import two_lines_with_jockeying
from tests.theory.harness import (
    agree,
    exponential,
    known_of,
    measure,
    relaxation_hours,
    steady,
    till_lane,
)
from tests.theory.test_several_lines import waits_of_two_lines, whole_line

MEAN_S = 60.0


def check(rho, gain, truth, within, seed, customers):
    """Compare two own lines where people move for `gain` places with the truth."""
    replications = 40
    rate = 2 * rho / MEAN_S
    warm_up = 12 * relaxation_hours(2, rho, MEAN_S)  # at most what two separate lines need
    hours = warm_up + customers / replications / (3600 * rate)
    lanes = [till_lane(2, exponential(MEAN_S), line="own")]
    behaviour = {"jockey": {"shorter_by": gain, "walk": "0 s", "willing": 1}}
    shop = steady(3600 * rate, lanes, hours, warm_up, behaviour=behaviour)
    names = ["wait_mean_s", "waited_share", "queue_length_mean", "utilisation"]
    found = measure(shop, replications, seed, names, known_of(shop, rho))
    for name, value in zip(names, truth, strict=True):
        agree(found[name], value, within)


def lines_as_one(rho):
    """Wait, chance to wait, people waiting and utilisation of M/M/2."""
    rate = 2 * rho / MEAN_S
    wait = theory.mmc_wait(2, rate, MEAN_S)
    return wait, theory.erlang_c(2, 2 * rho), rate * wait, rho


def test_lines_that_never_differ_by_two_are_one_line():
    """Moving for one place, at once: no till idles beside a wait, so the number is that of M/M/2.

    One place is gained where lines would differ by two people, the one who moves included. The mean
    wait is then that of M/M/2 too (Little, 1961), though not its distribution.
    """
    check(0.5, 1, lines_as_one(0.5), within=0.02, seed=111, customers=220_000)


def test_lines_that_never_differ_by_three_are_a_chain():
    """Moving for two places, at once, the lines differ by two at most: a chain solved here."""
    truth = two_lines_with_jockeying(2 * 0.5 / MEAN_S, MEAN_S, gap=3)
    check(0.5, 2, truth, within=0.02, seed=112, customers=220_000)


@pytest.mark.truth
@pytest.mark.parametrize(
    ("rho", "within", "customers"), [(0.8, 0.02, 1_500_000), (0.9, 0.05, 1_000_000)]
)
@pytest.mark.parametrize("gain", [1, 2])
def test_changing_lines_at_high_load(rho, within, customers, gain):
    """At 80 % within 2 %, at 90 % within 5 %, whether people move for one place or for two."""
    truth = two_lines_with_jockeying(2 * rho / MEAN_S, MEAN_S, gap=gain + 1, most=300)
    check(rho, gain, truth, within, seed=113, customers=customers)


def test_the_chain_of_two_lines_meets_its_limits():
    """The truths used above: a gap of two is M/M/2, an endless one the chain without moving.

    In between waits grow with the gap, from the least possible to those of lines left alone.
    """
    rate = 1.2 / MEAN_S
    least = two_lines_with_jockeying(rate, MEAN_S, gap=2)
    assert least == pytest.approx(lines_as_one(0.6), rel=1e-9)
    alone = waits_of_two_lines(rate, (1 / MEAN_S, 1 / MEAN_S), whole_line)
    assert two_lines_with_jockeying(rate, MEAN_S, gap=99) == pytest.approx(alone, rel=1e-6)
    waits = [two_lines_with_jockeying(rate, MEAN_S, gap).wait_mean for gap in (2, 3, 4, 5, 99)]
    assert waits == sorted(waits)
    assert waits[1] > 1.1 * waits[0]  # a test that takes one for the other must fail
