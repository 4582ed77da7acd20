"""Felt minutes: hand-worked cases, published points, parts that add up, one factor at a time."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

from simqueue.experience.parameters import Parameters
from simqueue.experience.perception import PARTS, noise_at
from tests.unit.experience_days import MACHINES, average_draws, judged, log_of, spec_of, workload_of

SIGMA = 0.33


def felt_s(wait_s, spec=None, **more):
    """Felt seconds of average customers, with the mean-one noise at z = 0 taken out."""
    return judged(wait_s, spec, **more).perception.systematic_s


def parts_of(experience):
    """The sum of the named parts."""
    return sum(getattr(experience.perception, name) for name in PARTS)


def test_a_wait_of_three_minutes_standing_idle_feels_rho_times_as_long():
    """180 s feel like 1.36 x 180 = 244.8 s on average."""
    assert felt_s([180.0]) == pytest.approx([244.8])


@pytest.mark.parametrize(
    ("clock", "ratio", "within"),
    [
        (158.0, 221 / 158, 0.03),  # Jones & Peppiatt 1996, food shop: 158 s felt like 221 s
        (240.0, 1.36, 0.03),  # Hornik 1984, retail queues
        (300.0, 1.33, 0.02),  # no-amenities stops, Fan et al. 2016: at least 1.3
    ],
)
def test_published_ratios_of_felt_to_clock(clock, ratio, within):
    """At central values the felt / clock ratio is near what was measured in queues."""
    assert felt_s([clock])[0] / clock == pytest.approx(ratio, abs=within)


def test_jones_and_peppiatt_in_seconds():
    """158 s come out as 1.36 x 180 x (158 / 180)**.95 = 216 s, where 221 s were stated."""
    assert felt_s([158.0])[0] == pytest.approx(216.3, abs=0.1)


def test_a_sign_takes_12_percent_off_as_at_bus_stops():
    """With a sign 240 s feel 11-12 % shorter (Watkins et al. 2011 found 13 %)."""
    shown = spec_of(wait_display={"error_cv": 0})
    drop = 1.0 - felt_s([240.0], shown)[0] / felt_s([240.0])[0]
    assert drop == pytest.approx(1 - 0.88**0.95)
    assert 0.11 < drop < 0.13


def test_bench_shelter_and_sign_nearly_undo_the_overestimate():
    """Occupied and known waits of five minutes feel about true (Fan et al. 2016)."""
    both = spec_of(occupied=True, wait_display={"error_cv": 0})
    assert felt_s([300.0], both)[0] / 300.0 == pytest.approx(1.0, abs=0.03)


def test_honest_failure_short_waits_are_not_felt_accurately():
    """Point that fails: a consultancy found waits under three minutes felt right, not 1.36+."""
    assert felt_s([120.0])[0] / 120.0 > 1.36


@pytest.mark.parametrize(("sigma", "share"), [(0.33, 0.78), (0.27, 0.84)])
def test_share_of_people_who_overestimate(sigma, share):
    """With mean-one noise a sigma of .33 lets 78 % over-estimate, .27 lets 84 % (Waseem 2003)."""
    z = np.random.default_rng(4).standard_normal((2, 40_000))
    person, occasion = noise_at(z[0], z[1], Parameters(sigma=sigma))
    found = np.mean(1.36 * np.exp(person + occasion) > 1.0)
    assert found == pytest.approx(share, abs=0.01)  # standard error .002


def test_no_wait_feels_like_none():
    """A wait of 0 is felt as 0 and every part of it is 0."""
    e = judged([0.0], felt_person=[3.0])
    assert e.perception.felt_s.tolist() == [0.0]
    assert all(getattr(e.perception, name).tolist() == [0.0] for name in PARTS)


def test_noise_has_mean_one_and_is_cut_at_three():
    """At z = 0 the noise is exp(-sigma^2 / 2); beyond |z| = 3 nothing is added."""
    spec = spec_of()
    usual = judged([180.0], spec).perception.felt_s[0]
    assert usual == pytest.approx(244.8 * exp(-(SIGMA**2) / 2))
    loud = judged([180.0], spec, felt_person=[4.0], felt_occasion=[4.0]).perception.felt_s[0]
    assert loud == pytest.approx(244.8 * exp(3 * SIGMA - SIGMA**2 / 2))


def test_person_and_occasion_share_the_noise():
    """One z of the person weighs the root of the person's share of the variance."""
    p = Parameters(person_share=0.64)
    person, occasion = noise_at(np.array([1.0]), np.array([0.5]), p)
    assert person == pytest.approx([0.8 * SIGMA - 0.64 * SIGMA**2 / 2])
    assert occasion == pytest.approx([0.6 * 0.5 * SIGMA - 0.36 * SIGMA**2 / 2])


@pytest.mark.parametrize(
    ("clock", "rho", "beta", "ratio"),
    [(1.0, 1.5, 0.8, 2.0), (1.0, 1.36, 0.95, 1.36 * 180**0.05), (3600.0, 0.8, 0.9, 0.7)],
)
def test_the_systematic_ratio_stays_between_point_7_and_2(clock, rho, beta, ratio):
    """The clamp holds the ratio where it would leave the range, and only there."""
    spec = spec_of(parameters={"rho": rho, "beta": beta})
    assert felt_s([clock], spec)[0] == pytest.approx(ratio * clock)


def test_the_clamp_is_a_part_of_its_own_and_spares_the_noise():
    """A ratio cut to 2 appears as negative seconds of the clamp; noise still multiplies by 2.6."""
    spec = spec_of(parameters={"rho": 1.5, "beta": 0.8})
    e = judged([1.0], spec, felt_person=[7.0])
    assert e.perception.by_clamp_s[0] < 0
    assert e.perception.felt_s[0] == pytest.approx(2.0 * exp(3 * SIGMA - SIGMA**2 / 2))
    assert parts_of(e)[0] == pytest.approx(e.perception.felt_s[0], abs=1e-9)


def test_a_moving_line_feels_7_percent_shorter_in_weighted_seconds():
    """100 s of moving and 80 s of standing weigh 100 x .93 + 80 = 173 s."""
    found = felt_s([180.0], log={"queue_still_s": [80.0]})
    assert found == pytest.approx([1.36 * 180 * (173 / 180) ** 0.95])


def test_waiting_for_help_is_in_process():
    """60 s in line and 40 s for help weigh 60 + 40 x .75 = 90 s."""
    e = judged([60.0], log={"help_wait_s": [40.0], "lane": [MACHINES]})
    assert e.perception.systematic_s == pytest.approx([1.36 * 180 * (90 / 180) ** 0.95])
    assert e.perception.by_in_process_s[0] < 0


def test_factors_never_multiply_below_point_7():
    """Occupied, known and moving would make .6957; they count as .70, and the floor is a part."""
    spec = spec_of(occupied=True, wait_display={"error_cv": 0})
    e = judged([180.0], spec, log={"queue_still_s": [0.0]})
    assert e.perception.systematic_s == pytest.approx([1.36 * 180 * 0.70**0.95])
    assert e.perception.by_floor_s[0] > 0


def test_logarithmic_mean_parts_by_hand():
    """100 s feel like 200 s: each log becomes seconds by the logarithmic mean 100 / ln 2."""
    spec = spec_of(
        parameters={"rho": 4.0, "beta": 1.0, "m_occupied": 0.5, "sigma": 0.0}, occupied=True
    )
    e = judged([100.0], spec)  # .5 is lifted to the floor of .7, and 2.8 is cut to 2
    mean = 100.0 / log(2.0)
    assert e.perception.felt_s == pytest.approx([200.0])
    assert e.perception.by_ratio_s == pytest.approx([mean * log(4.0)])
    assert e.perception.by_occupied_s == pytest.approx([mean * log(0.5)])
    assert e.perception.by_floor_s == pytest.approx([mean * log(0.7 / 0.5)])
    assert e.perception.by_clamp_s == pytest.approx([mean * log(2.0 / 2.8)])


@pytest.mark.parametrize(
    ("asked", "left"), [("at_till", 1.0), ("same_day", 0.5), ("next_day", 0.0)]
)
def test_attention_fades_in_memory(asked, left):
    """At the till a factor acts in full, a day later not at all, between them half."""
    spec = spec_of(occupied=True, asked=asked)
    factor = 1 - left * (1 - 0.85)
    assert felt_s([180.0], spec) == pytest.approx([1.36 * 180 * factor**0.95])


def test_occupied_time_may_be_remembered_as_longer():
    """With kappa at its low end a rich wait is recalled as longer than an empty one (Ahn 2009)."""
    rich = spec_of(occupied=True, asked="next_day", parameters={"kappa_lag": -0.5})
    assert felt_s([180.0], rich)[0] > felt_s([180.0])[0]


def test_company_is_neutral_unless_told_to_act():
    """Even with a factor other than one, company changes nothing by default."""
    number = {"parameters": {"m_group": 1.15}}
    people = {"alone": [False, True]}
    neutral = judged([180.0] * 2, spec_of(**number), workload=people).perception.felt_s
    acting = spec_of(**number, propositions={"company": "acts"})
    moved = judged([180.0] * 2, acting, workload=people).perception.felt_s
    assert neutral[0] == neutral[1] == moved[1]
    assert moved[0] == pytest.approx(moved[1] * 1.15**0.95)


def test_a_switch_of_the_shop_acts_through_its_proposition_only():
    """With the proposition off it does not matter whether there is something to look at."""
    off = {"propositions": {"occupied": False}}
    assert felt_s([180.0], spec_of(occupied=True, **off)) == felt_s([180.0])


def test_own_scanning_feels_about_as_long_as_it_is():
    """Felt service is apart from the wait, in process: about 1.0 times the clock (.8-1.2)."""
    e = judged([0.0], log={"own_scanning_s": [150.0], "help_s": [30.0], "lane": [MACHINES]})
    assert e.perception.felt_s[0] == 0.0
    assert e.perception.felt_service_s == pytest.approx([1.36 * 180 * 0.75**0.95])
    assert 0.8 < e.perception.felt_service_s[0] / 180.0 < 1.2


def test_what_a_sign_shows_feels_like_the_wait_it_promises():
    """A sign that is right shows the wait, and F(D) is what it felt like at z = 0."""
    spec = spec_of(wait_display={"rounds_to": "0 s", "error_cv": 0})
    e = judged([200.0, 75.0], spec, log={"queue_still_s": [50.0, 0.0]})
    assert e.perception.displayed_s.tolist() == [200.0, 75.0]
    assert e.perception.displayed_felt_s == pytest.approx(e.perception.felt_s, rel=1e-12)


def test_no_sign_no_displayed_wait():
    """Without a sign the displayed wait and its feel are nan."""
    e = judged([200.0])
    assert np.isnan(e.perception.displayed_s).all()
    assert np.isnan(e.perception.displayed_felt_s).all()


def test_waits_that_are_not_known_are_nan_and_nothing_else_is():
    """Balkers and the unfinished have no felt wait; a reneger's is that until he left."""
    e = judged([np.nan, 100.0, np.nan], log={"ending": [1, 2, 3], "lane": [-1, 0, 0]})
    assert np.isnan(e.perception.felt_s).tolist() == [True, False, True]


def test_workload_without_draws_makes_everybody_average():
    """With no draws at all the answers are those of z = 0."""
    from simqueue.experience.judging import judge

    people = workload_of(2, draws=average_draws(2))
    bare = type(people)(**people.arrays())
    day = log_of(people, [30.0, 300.0])
    assert bare.draws is None
    with_draws, without = judge(people, day, spec_of()), judge(bare, day, spec_of())
    assert with_draws.judgement.score == pytest.approx(without.judgement.score, abs=1e-9)
