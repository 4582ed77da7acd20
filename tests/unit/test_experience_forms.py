"""Named forms, felt patience, the sign, lost points by source, and the psychology's own range."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

from simqueue.experience.case import prepare
from simqueue.experience.display import displayed_wait_s
from simqueue.experience.forms import form_named
from simqueue.experience.judgement import LOST_TERMS
from simqueue.experience.judging import judge, judge_case
from simqueue.experience.measures import MEASURES
from simqueue.experience.parameters import draw_parameters
from simqueue.experience.patience import clock_patience_s, patience_from_acceptable_wait
from simqueue.experience.spec import FORMS
from simqueue.experience.uncertainty import psychology_range, range_of_cases
from tests.unit.experience_days import (
    MACHINES,
    average_draws,
    case_of,
    judged,
    log_of,
    spec_of,
    workload_of,
)

TRUE_TIME = {"rho": 1.0, "beta": 1.0, "sigma": 0.0}
SIGN = {"rounds_to": "0 s", "error_cv": 0}
PERSONAL = ("felt_person", "felt_occasion", "acceptable_wait", "judgement", "rest", "liking")


def busy_day(n=3000, seed=1):
    """A day of short and long waits with draws, slips, help and a few who left."""
    rng = np.random.default_rng(seed)
    z = {name: rng.standard_normal(n) for name in PERSONAL}
    people = workload_of(n, average_draws(n, **z), items=rng.integers(1, 60, n))
    wait = np.where(rng.random(n) < 0.3, 0.0, rng.exponential(120, n))
    lane = rng.integers(0, 2, n)
    return people, log_of(
        people,
        wait,
        lane=lane,
        ending=np.where(rng.random(n) < 0.02, 2, 0),
        separate_lines=(True, False),
        slips_same_kind=rng.poisson(0.5, n),
        queue_still_s=wait * rng.random(n),
        last_in_line_s=wait * rng.random(n),
        help_wait_s=np.where(lane == MACHINES, rng.exponential(10, n), 0.0),
    )


# --- forms ---------------------------------------------------------------------------------------


def test_linear_felt_time_is_a_multiple_of_the_clock():
    """In the linear form felt seconds are rho times the clock, at any length."""
    e = judged([10.0, 100.0, 1000.0], spec_of(model="linear"))
    assert e.perception.systematic_s == pytest.approx([13.6, 136.0, 1360.0])
    assert e.perception.by_length_s == pytest.approx([0.0, 0.0, 0.0])


def test_power_knows_no_attention():
    """In the power form something to look at, a sign and movement change nothing."""
    rich = spec_of(model="power", occupied=True, wait_display=SIGN)
    e = judged([100.0], rich, log={"queue_still_s": [0.0]})
    assert e.perception.systematic_s == pytest.approx([1.36 * 180 * (100 / 180) ** 0.95])


def test_gap_is_a_straight_line_with_the_slope_of_the_default():
    """The gap form wins and loses k / 270 points per felt second around 240 s, nothing else."""
    spec = spec_of(model="gap", parameters=TRUE_TIME)
    e = judged([0.0, 240.0, 300.0, 780.0], spec, log={"slips_same_line": [9] * 4})
    expected = [77 + 240 / 27, 77.0, 77 - 60 / 27, 77 - 540 / 27]
    assert e.judgement.systematic == pytest.approx(expected)
    step = 1e-4
    default = judged([240.0, 240.0 + step], spec_of(parameters=TRUE_TIME)).judgement.systematic
    assert (default[0] - default[1]) / step == pytest.approx(1 / 27, rel=1e-3)


def test_none_leaves_the_visit_untouched():
    """In the form none the wait moves the checkout score but not satisfaction."""
    e = judged([0.0, 900.0], spec_of(model="none"))
    assert e.outcome.satisfaction == pytest.approx([79.0, 79.0])
    assert e.judgement.systematic == pytest.approx(judged([0.0, 900.0]).judgement.systematic)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_judges_the_same_case(name):
    """All forms share one signature, give finite answers, and their parts add up."""
    people, day = busy_day(300)
    spec = spec_of(occupied=True, wait_display={})
    e = judge_case(prepare(people, day, spec), name, spec.central())
    assert np.isfinite(list(e.measures().values())).all()
    lost = sum(getattr(e.judgement, term) for term in LOST_TERMS)
    assert sum(e.lost_points().values()) == pytest.approx(lost, abs=1e-9)


def test_an_unknown_form_is_refused_with_a_suggestion():
    """A misspelt form names the one that was meant."""
    with pytest.raises(KeyError, match="did you mean 'linear'"):
        form_named("liner")


# --- felt patience -------------------------------------------------------------------------------


@pytest.mark.parametrize("model", FORMS)
@pytest.mark.parametrize("block", [{}, {"occupied": True}, {"wait_display": SIGN}])
def test_waiting_as_long_as_patience_lasts_feels_as_long_as_it_was_felt_to_last(model, block):
    """A wait of exactly the clock patience, standing still, feels like the felt patience."""
    rng = np.random.default_rng(3)
    n = 200
    z = {"felt_person": rng.standard_normal(n), "felt_occasion": rng.standard_normal(n)}
    people = workload_of(n, average_draws(n, **z), alone=rng.random(n) < 0.5)
    number = {"m_group": 1.1, "beta": 0.8}
    spec = spec_of(model=model, propositions={"company": "acts"}, parameters=number, **block)
    wanted = rng.uniform(0.5, 3000.0, n)
    clock = clock_patience_s(wanted, people, spec)
    felt = judge(people, log_of(people, clock), spec).perception.felt_s
    assert felt == pytest.approx(wanted, rel=1e-9)


def test_endless_patience_stays_endless_and_none_stays_none():
    """Patience of inf and of 0 are the same on both clocks."""
    people = workload_of(2)
    assert clock_patience_s(np.array([np.inf, 0.0]), people, spec_of()).tolist() == [np.inf, 0.0]


def test_a_sign_and_a_screen_make_people_wait_longer():
    """The same felt patience lasts longer by the clock where waiting feels shorter."""
    people, felt = workload_of(1), np.array([400.0])
    plain = clock_patience_s(felt, people, spec_of())
    assert clock_patience_s(felt, people, spec_of(occupied=True)) > plain
    assert clock_patience_s(felt, people, spec_of(wait_display={})) > plain


def test_patience_is_twice_the_acceptable_wait():
    """Felt patience: ratio 2 x 250 s, with basket, self-control and person inside."""
    people = workload_of(2, average_draws(2, acceptable_wait=[0, 1]), self_control=[1.0, 1.5])
    assert patience_from_acceptable_wait(people, spec_of()) == pytest.approx(
        [500.0, 500.0 * exp(0.5) * 1.5]
    )
    given = patience_from_acceptable_wait(
        people, spec_of(), acceptable_median_s=np.array([100.0, 100.0])
    )
    assert given == pytest.approx([200.0, 200.0 * exp(0.5) * 1.5])


# --- the sign ------------------------------------------------------------------------------------


def test_a_sign_rounds_to_the_nearest_multiple_halves_up():
    """29, 30, 89 and 90 s are shown as 0, 1, 1 and 2 minutes."""
    spec = spec_of(wait_display={"rounds_to": "1 min", "error_cv": 0})
    shown = displayed_wait_s(np.array([29.0, 30.0, 89.0, 90.0]), spec, average_draws(4))
    assert shown.tolist() == [0.0, 60.0, 60.0, 120.0]


def test_a_sign_is_right_on_average():
    """The error has mean one and the stated coefficient of variation."""
    n = 40_000
    z = np.random.default_rng(5).standard_normal(n)
    spec = spec_of(wait_display={"rounds_to": "0 s", "error_cv": 0.5})
    shown = displayed_wait_s(np.full(n, 100.0), spec, average_draws(n, display_error=z))
    assert np.mean(shown) == pytest.approx(100.0, abs=1.0)  # standard error .25
    assert np.std(shown) / np.mean(shown) == pytest.approx(0.5, abs=0.02)


def test_without_a_sign_nothing_is_shown():
    """With the display off every displayed wait is nan; a wait that is nan stays so."""
    assert np.isnan(displayed_wait_s(np.array([10.0]), spec_of(), average_draws(1))).all()
    spec = spec_of(wait_display={})
    assert np.isnan(displayed_wait_s(np.array([np.nan]), spec, average_draws(1))).all()


def test_what_the_log_says_was_shown_prevails():
    """A displayed wait that the log holds is not drawn again."""
    e = judged([200.0, 200.0], spec_of(wait_display=SIGN), log={"displayed_wait_s": [90.0, np.nan]})
    assert e.perception.displayed_s.tolist() == [90.0, 200.0]


# --- lost points by source -----------------------------------------------------------------------


def test_lost_points_by_source_by_hand():
    """370 s feel like 740 s: of ln(770 / 270) the ratio has ln(770 / 400), the wait the rest."""
    spec = spec_of(parameters={"rho": 2.0, "beta": 1.0, "sigma": 0.0, "ka": 0})
    e = judged([370.0], spec)
    found = e.lost_points()
    assert e.perception.felt_s == pytest.approx([740.0])
    whole = 10 * log(770 / 270)
    assert e.judgement.loss == pytest.approx([whole])
    assert found["ratio"] == pytest.approx([10 * log(770 / 400)])
    assert found["queue"] == pytest.approx([10 * log(400 / 270)])
    assert found["help_wait"] == found["occupied"] == pytest.approx([0.0])


def test_points_lost_by_a_broken_promise_are_shared_from_where_they_begin():
    """Expecting more than the sign says, the loss begins at R: the ratio has its share of that.

    R = .5 x 240 + .5 x F(D) = 150, as 30 s shown feel like 60 s; 200 s feel like 400 s.
    """
    number = {"rho": 2.0, "beta": 1.0, "sigma": 0.0, "ka": 0, "m_known": 1.0}
    e = judged(
        [200.0], spec_of(wait_display=SIGN, parameters=number), log={"displayed_wait_s": [30.0]}
    )
    assert e.judgement.reference_s == pytest.approx([150.0])
    found = e.lost_points()
    assert found["ratio"] == pytest.approx([17 * log(430 / 230)])
    assert found["queue"] == pytest.approx([17 * log(230 / 180)])


def test_lost_points_add_up_for_everybody():
    """Over a busy day with a sign, company and people who left, sources add up to the terms."""
    people, day = busy_day()
    spec = spec_of(occupied=True, wait_display={}, propositions={"company": "acts"})
    e = judge(people, day, spec)
    lost = sum(getattr(e.judgement, term) for term in LOST_TERMS)
    assert np.max(np.abs(sum(e.lost_points().values()) - lost)) < 1e-9


def test_a_moving_line_takes_points_away_from_the_loss():
    """Of the points lost by a long wait a moving line has a negative share."""
    found = judged([900.0], log={"queue_still_s": [0.0]}).lost_points()
    assert found["moving"][0] < 0 < found["ratio"][0]


# --- the psychology's own range ------------------------------------------------------------------


def test_the_range_is_that_of_judging_again_with_each_set():
    """5 % and 95 % points agree with judging the full tables once per set of parameters."""
    people, day = busy_day(200)
    spec = spec_of(wait_display={})
    sets = draw_parameters(30, seed=2)
    found = psychology_range(day, people, spec, sets)
    slow = [judge(people, day, spec, p).measures() for p in sets]
    central = judge(people, day, spec).measures()
    for name in MEASURES:
        low, high = np.percentile([row[name] for row in slow], [5, 95])
        assert (found.low[name], found.high[name]) == pytest.approx((low, high), abs=1e-9)
        assert found.central[name] == pytest.approx(central[name], abs=1e-9)


def test_the_range_says_what_it_is_made_of():
    """A sample is called a sample, and 200 sets are the default."""
    people, day = busy_day(500)
    part = psychology_range(day, people, spec_of(), at_most=100)
    assert part.said == "200 sets of parameters, a sample of 100 of 500 customers"
    whole = psychology_range(day, people, spec_of(), draw_parameters(10))
    assert whole.said == "10 sets of parameters, all 500 customers"


def test_a_sample_of_the_customers_gives_nearly_the_same_range():
    """1,000 of 3,000 customers move the ends of the range by less than a tenth of its width."""
    people, day = busy_day(3000)
    whole = psychology_range(day, people, spec_of())
    part = psychology_range(day, people, spec_of(), at_most=1000)
    for name in MEASURES:
        low, high = part.around(name, whole.central[name])
        width = whole.high[name] - whole.low[name]
        assert abs(low - whole.low[name]) < 0.1 * width
        assert abs(high - whole.high[name]) < 0.1 * width


def test_the_central_value_lies_within_the_range():
    """The central parameters give a value inside the range of every measure."""
    people, day = busy_day(500)
    found = psychology_range(day, people, spec_of())
    for name in MEASURES:
        assert found.low[name] < found.central[name] < found.high[name]


def test_a_fixed_number_narrows_the_range():
    """Whoever measured rho and beta in his shop has less than half the doubt about felt time."""
    people, day = busy_day(500)
    free = psychology_range(day, people, spec_of())
    fixed = psychology_range(day, people, spec_of(parameters={"rho": 1.36, "beta": 0.95}))
    assert (fixed.high["felt_mean_s"] - fixed.low["felt_mean_s"]) < 0.5 * (
        free.high["felt_mean_s"] - free.low["felt_mean_s"]
    )


def test_several_days_share_one_range():
    """Samples of days are judged together and the number of all customers is kept."""
    spec = spec_of()
    cases = [prepare(*busy_day(200, seed), spec).sampled(50) for seed in (1, 2)]
    found = range_of_cases(cases, spec, draw_parameters(10), of_customers=400)
    assert (found.customers, found.of_customers, found.draws) == (100, 400, 10)


def test_what_people_expect_is_uncertain_whatever_the_planner_wrote():
    """The range of the expectation is relative: 3 minutes +- a third leave a score uncertain."""
    spec = spec_of(expected_wait="3 min")
    fixed = dict.fromkeys(("c0", "k", "lambda", "ka", "rho", "beta", "sigma"))
    numbers = {name: spec.central()[name] for name in fixed}
    sets = draw_parameters(200, overrides=numbers)
    found = range_of_cases([case_of([60.0], spec)], spec, sets)
    assert found.high["checkout_csat"] - found.low["checkout_csat"] > 4.0
