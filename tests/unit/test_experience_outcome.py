"""Satisfaction, recommendation and effort: published anchors and hand-worked cases."""

from __future__ import annotations

from math import log, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from simqueue.experience.measures import MEASURES, SCORES
from simqueue.experience.outcome import answer_chances, content_chance, nps_half_width
from simqueue.experience.parameters import Parameters
from tests.unit.experience_days import MACHINES, TILLS, case_of, judged, spec_of

TRUE_TIME = {"rho": 1.0, "beta": 1.0, "sigma": 0.0}
N01 = NormalDist()


def test_nps_is_28_at_a_satisfaction_of_78():
    """Supermarkets stand at 78 on the index and at about 28 in recommendation."""
    promoter, detractor = answer_chances(np.array([78.0]), 0.0, Parameters())
    assert 100 * (promoter[0] - detractor[0]) == pytest.approx(28, abs=0.2)


def test_chances_of_answers_are_those_of_a_rounded_normal_value():
    """Chances of 9-10 and 0-6 by counting a fine grid of the normal distribution, rounded."""
    promoter, detractor = answer_chances(np.array([70.0]), 10.0, Parameters())
    answers = NormalDist(8.31 + 0.10 * (70 - 78), sqrt(4 - 1))
    grid = [answers.inv_cdf((i + 0.5) / 20_000) for i in range(20_000)]
    rounded = np.clip(np.floor(np.array(grid) + 0.5), 0, 10)
    assert promoter[0] == pytest.approx(np.mean(rounded >= 9), abs=1e-4)
    assert detractor[0] == pytest.approx(np.mean(rounded <= 6), abs=1e-4)


def test_the_answer_keeps_a_variance_of_at_least_a_half():
    """If S spreads more than the answers can, the answer's own sd is the root of .5."""
    promoter, _ = answer_chances(np.array([78.0]), 40.0, Parameters())
    assert promoter[0] == pytest.approx(1 - NormalDist(8.31, sqrt(0.5)).cdf(8.5))


def test_spread_of_answers_over_all_customers_is_kept():
    """However S spreads (here sd 10), the answers of all together spread by 2."""
    rng = np.random.default_rng(7)
    satisfied = 78 + 10 * rng.standard_normal(100_000)
    promoter, detractor = answer_chances(satisfied, 10.0, Parameters())
    everybody = NormalDist(8.31, 2.0)
    assert np.mean(promoter) == pytest.approx(1 - everybody.cdf(8.5), abs=0.005)
    assert np.mean(detractor) == pytest.approx(everybody.cdf(6.5), abs=0.005)


def test_a_survey_of_100_has_a_standard_error_of_about_8_points():
    """NPS 28 with 46 % promoters and 18 % detractors: half width 1.96 x 7.5 points."""
    assert nps_half_width(0.46, 0.18, 100) / 1.96 == pytest.approx(
        100 * sqrt((0.64 - 0.28**2) / 100), abs=0.01
    )
    assert nps_half_width(0.46, 0.18, 400) == pytest.approx(nps_half_width(0.46, 0.18) / 2)
    assert nps_half_width(1.0, 0.0) == 0.0


def test_survey_interval_lies_around_the_expected_nps():
    """The interval has the expected NPS in its middle and stays within -100 and 100."""
    e = judged([60.0, 200.0])
    low, high = e.nps_interval(100)
    assert (low + high) / 2 == pytest.approx(e.measures()["nps"])
    wide = e.nps_interval(1)
    assert wide[0] >= -100
    assert wide[1] == 100


def test_top_2_is_the_chance_of_reaching_70():
    """Checkout top-2 of one customer at 77 points is Phi(7 / 15)."""
    assert content_chance(np.array([77.0]), Parameters()) == pytest.approx(N01.cdf(7 / 15))


def test_top_2_agrees_with_counting_scores_that_reach_70():
    """The expected top-2 share is what many draws of eps give by counting."""
    rng = np.random.default_rng(2)
    e = judged(
        [240.0] * 50_000, spec_of(parameters=TRUE_TIME), judgement=rng.standard_normal(50_000)
    )
    counted = np.mean(e.judgement.score >= 70.0)
    assert e.measures()["checkout_top2"] == pytest.approx(counted, abs=0.008)  # se .002


def test_top_2_after_short_waits_is_near_the_published_79_percent():
    """Up to four felt minutes leave 81 % content, where 79 % of 13,000 US shoppers were.

    The level was calibrated, the drop beyond four minutes (to 54 %) was not.
    """
    spec = spec_of(parameters=TRUE_TIME)
    short = judged(np.linspace(0, 240, 241).tolist(), spec).measures()["checkout_top2"]
    long = judged(np.linspace(240, 480, 241).tolist(), spec).measures()["checkout_top2"]
    assert short == pytest.approx(0.79, abs=0.03)
    assert long < short - 0.2


def test_satisfaction_mixes_rest_and_checkout():
    """S = .8 S_rest + .2 C: 79 and 77 make 78.6; one sd of the rest adds .8 x 16."""
    e = judged([240.0] * 2, spec_of(parameters=TRUE_TIME), rest=[0.0, 1.0])
    assert e.outcome.satisfaction == pytest.approx([78.6, 78.6 + 12.8])


def test_machines_shift_the_rest_by_parameter_and_liking():
    """At a machine S_rest moves by the shift and by 16 x .2 z of liking; at a till by nothing."""
    spec = spec_of(parameters=TRUE_TIME | {"rest_shift_machines": 2.0})
    e = judged([240.0] * 3, spec, log={"lane": [0, MACHINES, MACHINES]}, liking=[1.0, 0.0, 1.0])
    assert e.outcome.satisfaction == pytest.approx([78.6, 78.6 + 0.8 * 2, 78.6 + 0.8 * (2 + 3.2)])


def test_liking_is_drawn_only_for_whoever_was_at_a_machine():
    """How customers of a till like machines is no part of their case; at a machine it is."""
    e = judged([0.0] * 3, log={"lane": [TILLS, MACHINES, MACHINES]}, liking=[2.0, 2.0, -1.0])
    assert e.case.z_liking == pytest.approx([0.0, 2.0, -1.0])


def test_effort_by_hand():
    """1.8 + .8 ln((P + 30) / (A + 30)) + .5 at a machine + 1 when helped, within 1 and 5."""
    spec = spec_of(parameters=TRUE_TIME | {"m_inprocess": 1.0})
    e = judged(
        [250.0, 0.0, 250.0, 100_000.0],
        spec,
        log={"lane": [0, 0, MACHINES, MACHINES], "help_s": [0, 0, 20, 20]},
    )
    assert e.outcome.effort == pytest.approx([1.8, 1.0, 3.3, 5.0])
    mild = judged([530.0], spec)
    assert mild.outcome.effort == pytest.approx([1.8 + 0.8 * log(2)])


def test_measures_have_their_published_names():
    """The names that other tools rely on are all there."""
    assert set(MEASURES) == {
        "felt_mean_s", "felt_ratio", "checkout_csat", "checkout_top2", "csat", "csat_top2_share",
        "nps", "ces",
    }  # fmt: skip
    found = judged([60.0]).measures()
    assert set(found) == set(MEASURES) | {f"{name}_all" for name in SCORES}


def test_measures_by_hand():
    """Two served customers and one who balked: means over the two, and over all three."""
    spec = spec_of(parameters=TRUE_TIME)
    e = judged([240.0, 90.0, np.nan], spec, log={"ending": [0, 0, 1], "lane": [0, 0, -1]})
    found = e.measures()
    mine = [77.0, 77 + 10 * log(270 / 120)]
    lost = 77 - 10 * log(530 / 270) - 6 * log(530 / 280)
    assert found["felt_mean_s"] == pytest.approx(165.0)
    assert found["felt_ratio"] == pytest.approx(1.0)
    assert found["checkout_csat"] == pytest.approx(sum(mine) / 2)
    assert found["checkout_csat_all"] == pytest.approx((sum(mine) + lost) / 3)
    assert found["checkout_top2"] == pytest.approx(np.mean([N01.cdf((c - 70) / 15) for c in mine]))
    assert found["csat"] == pytest.approx(0.8 * 79 + 0.2 * sum(mine) / 2)
    assert found["csat_top2_share"] == 1.0


def test_felt_ratio_covers_waiting_for_help():
    """Felt and clock both cover line and help, so a true perception has ratio one."""
    spec = spec_of(parameters=TRUE_TIME | {"m_inprocess": 1.0})
    found = judged([100.0], spec, log={"help_wait_s": [50.0]}).measures()
    assert (found["felt_mean_s"], found["felt_ratio"]) == pytest.approx((150.0, 1.0))


def test_losing_customers_never_looks_good():
    """Counting those who left lowers every score and raises effort, even where waits are short."""
    e = judged(
        [10.0] * 5 + [np.nan] * 5, log={"ending": [0] * 5 + [1] * 5, "lane": [0] * 5 + [-1] * 5}
    )
    found = e.measures()
    for name in ("checkout_csat", "checkout_top2", "csat", "nps"):
        assert found[f"{name}_all"] < found[name]
    assert found["ces_all"] > found["ces"]


def test_measures_of_a_part_use_the_whole_days_spread():
    """The NPS of all customers is the mean of its parts, weighted by their numbers."""
    e = judged([10.0, 400.0, 30.0, 900.0], rest=[-1.0, 0.5, 1.0, 0.0])
    first = np.array([True, False, True, False])
    both = (e.measures(first)["nps"] + e.measures(~first)["nps"]) / 2
    assert e.measures()["nps"] == pytest.approx(both)


def test_who_left_does_not_change_the_answers_of_the_served():
    """The spread of S that enters the NPS is that of the served, whoever else came."""
    alone = judged([10.0, 400.0], rest=[-1.0, 1.0])
    log = {"ending": [0, 0, 1], "lane": [0, 0, -1]}
    with_lost = judged([10.0, 400.0, np.nan], log=log, rest=[-1.0, 1.0, 4.0])
    assert with_lost.measures()["nps"] == pytest.approx(alone.measures()["nps"], abs=1e-12)


def test_nobody_gives_nan_not_a_fault():
    """Measures over no customers are nan, and a day without anybody is judged."""
    e = judged([60.0])
    assert all(np.isnan(v) for v in e.measures(np.array([False])).values())
    empty = judged([])
    assert all(np.isnan(v) for v in empty.measures().values())
    assert np.isnan(empty.nps_interval()).all()


def test_felt_ratio_without_any_wait_is_nan():
    """If nobody waited there is no ratio, while the mean felt wait is 0."""
    found = judged([0.0, 0.0]).measures()
    assert found["felt_mean_s"] == 0.0
    assert np.isnan(found["felt_ratio"])


def test_a_case_can_be_cut_and_joined():
    """Rows of a case keep their values; an even sample keeps first and last."""
    from simqueue.experience.case import joined_cases

    case = case_of([float(i) for i in range(100)])
    sample = case.sampled(4)
    assert sample.still_s.tolist() == [0.0, 33.0, 66.0, 99.0]
    assert case.sampled(100) is case
    both = joined_cases([sample, case.rows(np.arange(3))])
    assert both.still_s.tolist() == [0.0, 33.0, 66.0, 99.0, 0.0, 1.0, 2.0]
    with pytest.raises(ValueError, match="at least one"):
        joined_cases([])
