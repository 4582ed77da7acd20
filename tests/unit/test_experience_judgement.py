"""The score of the checkout: hand-worked points, each term alone, kept and broken promises."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from simqueue.experience.forms import judged_wait
from simqueue.experience.judgement import LOST_TERMS
from simqueue.experience.judging import experienced, judge
from simqueue.tables import Ending
from tests.unit.experience_days import MACHINES, TILLS, judged, log_of, spec_of, workload_of

# Parameters under which a standing wait feels exactly as long as it is.
TRUE_TIME = {"rho": 1.0, "beta": 1.0, "sigma": 0.0}


def score_at(felt_s, **block):
    """Systematic score of an average customer whose wait felt so long."""
    block["parameters"] = TRUE_TIME | block.pop("parameters", {})
    return judged([felt_s], spec_of(**block)).judgement.systematic[0]


@pytest.mark.parametrize(
    ("felt", "points"),
    [
        (30.0, 77 + 10 * log(270 / 60)),  # 92.0
        (120.0, 77 + 10 * log(270 / 150)),  # 82.9
        (240.0, 77.0),
        (360.0, 77 - 10 * log(390 / 270) - 6 * log(390 / 280)),  # 71.3
        (600.0, 77 - 10 * log(630 / 270) - 6 * log(630 / 280)),  # 63.7
    ],
)
def test_score_by_felt_wait(felt, points):
    """E = 240 s, A = 250 s, tau = 30 s: points by the formula, worked on paper."""
    assert score_at(felt) == pytest.approx(points)


def test_the_score_is_anchored_at_92_83_and_77():
    """Half a minute scores 92, two minutes 83 and four, as expected, 77."""
    assert [round(score_at(s)) for s in (30, 120, 240, 360, 600)] == [92, 83, 77, 71, 64]


def test_equal_minutes_won_outweigh_equal_minutes_lost():
    """Expecting ten minutes, five less win 10.4 points, five more lose 6.2 (Caruelle et al. 2023).

    Their study found gains to outweigh losses; here the logarithm does it, not lambda.
    """
    early, due, late = (score_at(s, expected_wait="10 min") for s in (300.0, 600.0, 900.0))
    assert early - due == pytest.approx(16 * log(630 / 330))
    assert due - late == pytest.approx(16 * log(930 / 630))
    assert early - due > due - late


def test_honest_failure_losses_outweigh_gains_just_past_the_tolerance():
    """Point that fails in part: a second more beyond 250 s costs half as much again as one won.

    Caruelle et al. (2023) put the weight of a loss below that of a gain.
    """
    won = score_at(239.0) - score_at(240.0)
    lost = score_at(250.0) - score_at(251.0)
    assert won == pytest.approx(10 * log(270 / 269))
    assert lost == pytest.approx(16 * log(281 / 280))
    assert 1.5 < lost / won < 1.6


def test_loss_aversion_scales_losses_only():
    """Loss aversion multiplies what is lost beyond expectation, a gain stays."""
    double = {"parameters": {"lambda": 2.0, "ka": 0}}
    assert score_at(600.0, **double) == pytest.approx(77 - 2 * 10 * log(630 / 270))
    assert score_at(60.0, **double) == score_at(60.0, parameters={"ka": 0})


def test_value_of_time_multiplies_losses_and_no_gain():
    """A customer in a hurry (v = 1.5) loses half as much again and wins no more."""
    spec = spec_of(parameters=TRUE_TIME)
    e = judged([60.0, 600.0], spec, workload={"value_of_time": [1.5, 1.5]})
    lost = 1.5 * (10 * log(630 / 270) + 6 * log(630 / 280))
    assert e.judgement.systematic == pytest.approx([77 + 10 * log(270 / 90), 77 - lost])


def test_acceptable_wait_by_hand():
    """Median 250 s, times exp(.5 z), times (items / 12)^.25, times self-control."""
    e = judged(
        [0.0] * 4,
        workload={"items": [12, 12, 192, 12], "self_control": [1, 1, 1, 1.2]},
        acceptable_wait=[0.0, 1.0, 0.0, 0.0],
    )
    assert e.judgement.acceptable_s == pytest.approx([250, 250 * exp(0.5), 500, 300])


def test_a_full_trolley_makes_a_longer_wait_acceptable_unless_switched_off():
    """Without the proposition on value the basket does not matter."""
    off = spec_of(propositions={"value": False})
    e = judged([0.0] * 2, off, workload={"items": [1, 192]})
    assert e.judgement.acceptable_s.tolist() == pytest.approx([250, 250])


def test_being_overtaken_saturates_at_8_points():
    """0, 1, 2, 50 slips cost 0, 3.15, 5.06, 8 points; slips in another kind of lane nothing."""
    e = judged(
        [100.0] * 5,
        log={"slips_same_line": [0, 1, 1, 20, 0], "slips_same_kind": [0, 0, 1, 30, 0],
             "slips_other_kind": [0, 0, 0, 0, 9]},
    )  # fmt: skip
    expected = [8 * (1 - exp(-n / 2)) for n in (0, 1, 2, 50, 0)]
    assert e.judgement.fairness == pytest.approx(expected)


@pytest.mark.parametrize(
    ("halted", "for_help", "explained", "switch", "points"),
    [
        (0.0, 0.0, False, False, 0.0),
        (20.0, 0.0, False, False, 3.0),
        (0.0, 20.0, False, False, 3.0),
        (20.0, 20.0, False, False, 3.0),
        (20.0, 20.0, True, False, 0.0),
        (20.0, 20.0, False, True, 0.0),
    ],
)
def test_a_stoppage_costs_3_points_unless_explained(halted, for_help, explained, switch, points):
    """A halt of the line or a wait for help counts once per visit, and not when it is explained."""
    e = judged(
        [60.0],
        spec_of(stoppages_explained=switch),
        log={"stoppage_in_queue_s": [halted], "help_wait_s": [for_help], "explained": [explained]},
    )
    assert e.judgement.explanation.tolist() == [points]


def test_doubt_about_the_line_needs_other_lines_and_a_wait():
    """Anxiety costs 3 points to whoever waits in a lane with separate lines, nobody else."""
    e = judged(
        [100.0, 0.0, 100.0],
        log={"lane": [TILLS, TILLS, MACHINES], "separate_lines": (True, False)},
    )
    assert e.judgement.anxiety.tolist() == [3.0, 0.0, 0.0]


def test_overtaking_does_not_add_to_anxiety():
    """Slips belong to fairness: they leave the points of anxiety as they are."""
    log_ = {"separate_lines": (True, False), "slips_same_kind": [0, 9]}
    assert len(set(judged([100.0] * 2, log=log_).judgement.anxiety)) == 1


def test_last_all_the_time_is_worth_70_felt_seconds():
    """Waiting last throughout scores as 70 felt seconds more (Buell 2021), half the time as 35."""
    spec = spec_of(parameters=TRUE_TIME)
    e = judged([300.0] * 3, spec, log={"last_in_line_s": [300.0, 150.0, 0.0]})
    assert e.judgement.systematic == pytest.approx(
        [score_at(370.0), score_at(335.0), score_at(300.0)]
    )


def test_a_kept_promise_loses_nothing():
    """With pi = 1, z = 0 and a sign that is right, no wait within tolerance loses a point."""
    spec = spec_of(
        wait_display={"rounds_to": "0 s", "error_cv": 0},
        parameters={"pi": 1.0, "acceptable_wait_s": 30_000.0},
    )
    e = judged([0.0, 1.0, 60.0, 400.0, 3000.0], spec, log={"queue_still_s": [0, 0, 60, 100, 3000]})
    lost = sum(getattr(e.judgement, name) for name in LOST_TERMS)
    assert lost == pytest.approx(np.zeros(5), abs=1e-12)
    assert e.judgement.systematic == pytest.approx(np.full(5, 77.0))


def test_a_promise_beaten_wins_and_a_promise_broken_loses_more():
    """Beyond what was shown a loss weighs 1.7; a sign that said too much wins points."""
    sign = {"rounds_to": "0 s", "error_cv": 0}
    spec = spec_of(wait_display=sign, parameters=TRUE_TIME | {"pi": 1.0, "ka": 0, "m_known": 1.0})
    e = judged([200.0, 50.0], spec, log={"displayed_wait_s": [100.0, 100.0]})
    assert e.judgement.broken_promise == pytest.approx([1.7 * 10 * log(230 / 130), 0.0])
    assert e.judgement.loss.tolist() == [0.0, 0.0]
    assert e.judgement.gain == pytest.approx([0.0, 10 * log(130 / 80)])


def test_lambda_ext_acts_only_above_the_promise():
    """R = 170 lies below F(D) = 200: from 170 to 200 lambda counts, from 200 to 300 lambda_ext."""
    sign = {"rounds_to": "0 s", "error_cv": 0}
    spec = spec_of(
        expected_wait="140 s",
        wait_display=sign,
        parameters=TRUE_TIME | {"ka": 0, "m_known": 1.0, "lambda": 0.8},
    )
    e = judged([300.0], spec, log={"displayed_wait_s": [200.0]})
    assert e.judgement.reference_s == pytest.approx([170.0])
    assert e.judgement.loss == pytest.approx([0.8 * 10 * log(230 / 200)])
    assert e.judgement.broken_promise == pytest.approx([1.7 * 10 * log(330 / 230)])


def test_a_promise_shorter_than_expected_counts_from_the_reference():
    """R = 150 lies above F(D) = 100: all that is lost lies beyond the promise."""
    sign = {"rounds_to": "0 s", "error_cv": 0}
    spec = spec_of(
        expected_wait="200 s", wait_display=sign, parameters=TRUE_TIME | {"ka": 0, "m_known": 1.0}
    )
    e = judged([300.0], spec, log={"displayed_wait_s": [100.0]})
    assert e.judgement.loss.tolist() == [0.0]
    assert e.judgement.broken_promise == pytest.approx([1.7 * 10 * log(330 / 180)])


def test_the_terms_make_the_score():
    """Score = c0 + gain - everything lost + whatever else moved him."""
    e = judged(
        [20.0, 700.0],
        log={"slips_same_kind": [0, 3], "separate_lines": (True, False),
             "help_wait_s": [5, 0], "last_in_line_s": [20, 300]},
        judgement=[1.0, -2.0],
        felt_person=[1.0, 2.0],
    )  # fmt: skip
    j = e.judgement
    lost = sum(getattr(j, name) for name in LOST_TERMS)
    assert j.score == pytest.approx(77 + j.gain - lost + j.other)
    assert j.other == pytest.approx([15.0, -30.0])


def test_the_score_is_latent_and_unclipped():
    """Nobody waits and eps is large: the score passes 100 and is left there."""
    assert judged([0.0], judgement=[2.0]).judgement.score[0] > 100.0


def test_who_left_is_judged_at_the_end_of_his_patience():
    """Balkers and renegers judge a felt wait of at least twice what they accept, no shorter."""
    spec = spec_of(parameters=TRUE_TIME)
    e = judged([np.nan, 40.0, 900.0], spec, log={"ending": [1, 2, 2], "lane": [-1, 0, 0]})
    assert e.judgement.judged_felt_s == pytest.approx([500.0, 500.0, 900.0])
    assert e.judgement.systematic[0] == pytest.approx(score_at(500.0))
    assert e.perception.felt_s[1] == pytest.approx(40.0)


def test_who_left_is_not_held_against_a_promise():
    """Nobody knows whether the sign was right for those who left: they judge by habit."""
    spec = spec_of(wait_display={}, parameters=TRUE_TIME)
    e = judged([40.0], spec, log={"ending": [2], "displayed_wait_s": [60.0]})
    assert e.judgement.broken_promise.tolist() == [0.0]
    assert e.judgement.reference_s.tolist() == [240.0]


def test_the_unfinished_have_no_judgement():
    """A customer still inside at the end of a run is nan in every column."""
    e = judged([np.nan], log={"ending": [3]})
    assert all(np.isnan(column).all() for column in e.judgement.arrays().values())
    assert all(np.isnan(column).all() for column in e.outcome.arrays().values())


def test_segments_may_expect_and_accept_differently():
    """Given arrays replace expectation, acceptable wait and liking customer by customer."""
    people = workload_of(2)
    day = log_of(people, [0.0, 0.0], lane=[MACHINES, MACHINES])
    e = judge(
        people,
        day,
        spec_of(),
        expected_wait_s=np.array([100.0, 300.0]),
        acceptable_median_s=np.array([200.0, 400.0]),
        liking=np.array([0.0, 5.0]),
    )
    assert e.judgement.reference_s.tolist() == [100.0, 300.0]
    assert e.judgement.acceptable_s == pytest.approx([200.0, 400.0])
    gap = e.outcome.satisfaction[1] - e.outcome.satisfaction[0]
    assert gap == pytest.approx(0.8 * 5 + 0.2 * 10 * log(330 / 130))


def test_a_scenario_that_does_not_fit_its_log_is_refused():
    """Different numbers of customers, or arrays of another length, are programming errors."""
    from simqueue.experience.case import prepare

    people = workload_of(3)
    with pytest.raises(ValueError, match="3 customers in the workload, 2 in the log"):
        prepare(people, log_of(workload_of(2), [1.0, 2.0]), spec_of())
    with pytest.raises(ValueError, match="one value per customer"):
        prepare(people, log_of(people, [1.0] * 3), spec_of(), liking=np.zeros(2))
    with pytest.raises(ValueError, match="kind and arrangement"):
        prepare(people, log_of(people, [1.0] * 3, separate_lines=()), spec_of())


def test_what_a_caller_gives_stays_his_own():
    """Arrays given to `judge` can still be changed, and the day that was judged does not follow."""
    median = np.array([200.0, 300.0])
    people = workload_of(2)
    found = judge(people, log_of(people, [60.0, 60.0]), spec_of(), acceptable_median_s=median)
    before = found.judgement.acceptable_s.tolist()
    median[:] = 1.0
    assert found.judgement.acceptable_s.tolist() == before == pytest.approx([200.0, 300.0])
    assert found.case.acceptable_s.tolist() == [200.0, 300.0]


def test_tables_of_a_judged_day_are_read_only_whoever_has_finished():
    """Nobody can change what was felt or judged, whether all have finished or only some."""
    for wait_s in ([60.0, 0.0], [60.0, np.nan]):
        endings = [Ending.SERVED, Ending.UNFINISHED if np.isnan(wait_s[1]) else Ending.SERVED]
        e = judged(wait_s, log={"ending": endings})
        for table in (e.case, e.perception, e.judgement, e.outcome):
            assert not any(values.flags.writeable for values in table.arrays().values())


@pytest.mark.parametrize("last", [Ending.SERVED, Ending.UNFINISHED])
def test_a_form_may_give_one_number_for_everybody(last):
    """A term that is a number stands for an array of it, whether all have finished or not."""
    waits = [60.0, 0.0, np.nan if last == Ending.UNFINISHED else 5.0]
    e = judged(waits, log={"ending": [Ending.SERVED, Ending.SERVED, last]})
    feeling = judged_wait(e.case, e.parameters)
    numbers, arrays = (replace(feeling, terms=feeling.terms | {"anxiety": each})
                       for each in (2.0, np.full(3, 2.0)))  # fmt: skip
    assert experienced(numbers).judgement.equals(experienced(arrays).judgement)
