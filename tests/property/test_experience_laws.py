"""Laws of the psychology that hold for any customers, any switches and any parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simqueue.experience import (
    LOST_TERMS,
    PARTS,
    TABLE,
    Experience,
    Parameters,
    clock_patience_s,
    draw_parameters,
    judge,
)
from simqueue.experience.spec import FORMS
from tests.unit.experience_days import MACHINES, average_draws, log_of, spec_of, workload_of

MINUTES = ("occupied", "moving", "in_process", "known")
POINTS = ("fairness", "explanation", "anxiety", "last_place")
PERSONAL = ("felt_person", "felt_occasion", "acceptable_wait", "judgement", "rest", "liking")
RICH = {"occupied": True, "wait_display": {"rounds_to": "1 min", "error_cv": 0.2}}
N = 40

seeds = st.integers(0, 2**32 - 1)
any_numbers = st.fixed_dictionaries(
    {n: st.floats(p.low, p.high) for n, p in TABLE.items() if p.settable}
)
extreme_numbers = st.fixed_dictionaries(
    {n: st.sampled_from([p.at_least, p.at_most]) for n, p in TABLE.items() if p.settable}
)


def some_day(seed: int) -> tuple[Any, dict[str, Any]]:
    """Customers with everything that the psychology looks at, and the columns of their log."""
    rng = np.random.default_rng(seed)
    z = {name: rng.standard_normal(N) for name in (*PERSONAL, "display_error")}
    people = workload_of(
        N,
        average_draws(N, **z),
        items=rng.integers(1, 80, N),
        alone=rng.random(N) < 0.7,
        value_of_time=rng.uniform(0.3, 1.7, N),
        self_control=rng.uniform(0.3, 1.7, N),
    )
    ending = rng.choice([0, 0, 0, 0, 1, 2, 3], N)
    wait = np.where(rng.random(N) < 0.2, 0.0, rng.exponential(200.0, N))
    wait[np.isin(ending, (1, 3))] = np.nan
    lane = np.where(ending == 1, -1, rng.integers(0, 2, N))
    columns = {
        "wait_s": wait,
        "ending": ending,
        "lane": lane,
        "queue_still_s": np.nan_to_num(wait) * rng.random(N),
        "last_in_line_s": np.nan_to_num(wait) * rng.random(N),
        "slips_same_line": rng.poisson(0.3, N),
        "slips_same_kind": rng.poisson(0.7, N),
        "help_wait_s": np.where(lane == MACHINES, rng.exponential(20.0, N), 0.0),
        "help_s": np.where(lane == MACHINES, 20.0, 0.0),
        "own_scanning_s": np.where(lane == MACHINES, 80.0, 0.0),
        "served_by_staff_s": np.where(lane == MACHINES, 0.0, 60.0),
        "separate_lines": (True, False),
    }
    return people, columns


def lived(seed: int, p: Parameters | None = None, **block: Any) -> Experience:
    """The experience of such a day."""
    people, columns = some_day(seed)
    day = log_of(people, **columns)
    return judge(people, day, spec_of(**block), p)


def same(a: Any, b: Any) -> bool:
    """Whether two columns are the same bit for bit, nan included."""
    return bool(np.asarray(a).tobytes() == np.asarray(b).tobytes())


@settings(max_examples=60, deadline=None)
@given(seed=seeds, numbers=any_numbers, model=st.sampled_from(FORMS), sign=st.booleans())
def test_felt_parts_add_up(seed, numbers, model, sign):
    """The named parts add up to the felt seconds, for every form and any parameters."""
    block = RICH if sign else {}
    e = lived(seed, Parameters(numbers), model=model, propositions={"company": "acts"}, **block)
    total = sum(getattr(e.perception, name) for name in PARTS)
    known = np.isfinite(e.perception.felt_s)
    assert np.max(np.abs(total - e.perception.felt_s)[known]) < 1e-9


@settings(max_examples=60, deadline=None)
@given(seed=seeds, numbers=any_numbers, model=st.sampled_from(FORMS), sign=st.booleans())
def test_points_add_up(seed, numbers, model, sign):
    """Terms make the score, and lost points by source make the lost terms."""
    e = lived(seed, Parameters(numbers), model=model, **(RICH if sign else {}))
    j = e.judgement
    lost = sum(getattr(j, name) for name in LOST_TERMS)
    over = np.isfinite(j.score)
    made = numbers["c0"] + j.gain - lost + j.other
    assert np.max(np.abs(made - j.score)[over]) < 1e-9
    assert np.max(np.abs(sum(e.lost_points().values()) - lost)[over]) < 1e-9


@settings(max_examples=60, deadline=None)
@given(seed=seeds, numbers=extreme_numbers, model=st.sampled_from(FORMS))
def test_everything_is_finite_at_the_physical_limits(seed, numbers, model):
    """Whatever a user may type, nobody whose visit has ended gets nan or inf."""
    e = lived(seed, Parameters(numbers), model=model, **RICH, propositions={"company": "acts"})
    joined = np.isfinite(e.case.displayed_s)
    for name in ("felt_s", "systematic_s", *PARTS):
        assert np.isfinite(getattr(e.perception, name)[joined]).all(), name
    over = e.case.served | e.case.gave_up
    for table in (e.judgement, e.outcome):
        for name, values in table.arrays().items():
            assert np.isfinite(values[over]).all(), name


@settings(max_examples=60, deadline=None)
@given(seed=seeds, numbers=any_numbers, factor=st.floats(1.0, 5.0), model=st.sampled_from(FORMS))
def test_a_longer_felt_wait_never_satisfies_more(seed, numbers, factor, model):
    """If every wait lasts longer, everything else being equal, no score and no S rises.

    The sign is the same in both worlds, so that only the felt wait differs.
    """
    people, columns = some_day(seed)
    shown = np.nan_to_num(columns["wait_s"]) * 0.8
    longer = columns | {
        name: columns[name] * factor for name in ("wait_s", "queue_still_s", "last_in_line_s")
    }
    spec = spec_of(model=model, **RICH)
    short, long = (
        judge(people, log_of(people, **c, displayed_wait_s=shown), spec, Parameters(numbers))
        for c in (columns, longer)
    )
    joined = np.isfinite(short.perception.felt_s)
    assert np.all((long.perception.felt_s >= short.perception.felt_s)[joined])
    over = short.case.served | short.case.gave_up
    for a, b in (
        (short.judgement.systematic, long.judgement.systematic),
        (short.judgement.score, long.judgement.score),
        (short.outcome.satisfaction, long.outcome.satisfaction),
        (short.outcome.content_with_checkout, long.outcome.content_with_checkout),
    ):
        assert np.all((b <= a + 1e-9)[over])
    assert np.all((long.outcome.effort >= short.outcome.effort - 1e-12)[over])


@settings(max_examples=40, deadline=None)
@given(
    waits=st.lists(st.floats(0.0, 20_000.0), min_size=1, max_size=20),
    numbers=any_numbers,
    seed=seeds,
)
def test_a_kept_promise_loses_nothing(waits, numbers, seed):
    """With pi = 1, z = 0 and a sign that is right, nothing is lost by expectation or promise."""
    n, rng = len(waits), np.random.default_rng(seed)
    people = workload_of(n, items=rng.integers(1, 80, n), value_of_time=rng.uniform(0.2, 3.0, n))
    day = log_of(people, waits, queue_still_s=np.array(waits) * rng.random(n))
    spec = spec_of(occupied=True, wait_display={"rounds_to": "0 s", "error_cv": 0})
    e = judge(people, day, spec, Parameters(numbers | {"pi": 1.0}))
    assert np.max(e.judgement.loss) < 1e-9
    assert np.max(e.judgement.broken_promise) < 1e-9
    assert np.max(np.abs(e.judgement.gain)) < 1e-9


@pytest.mark.parametrize("name", [*MINUTES, *POINTS, "value"])
@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_each_proposition_has_one_home(name, seed):
    """Switching a proposition off moves one layer only, and removes exactly its own term.

    Minutes move felt seconds and no tolerance and no other term's circumstances; judgement leaves
    felt seconds bit for bit; tolerance moves the acceptable wait alone.
    """
    with_it = lived(seed, **RICH)
    without = lived(seed, **RICH, propositions={name: False})
    felt = same(with_it.perception.felt_s, without.perception.felt_s)
    tolerance = same(with_it.judgement.acceptable_s, without.judgement.acceptable_s)
    moved = {
        term
        for term in ("fairness", "explanation", "anxiety")
        if not same(getattr(with_it.judgement, term), getattr(without.judgement, term))
    }
    assert (felt, tolerance) == (name not in MINUTES, name != "value")
    assert moved == ({name} & {"fairness", "explanation", "anxiety"})
    if name in POINTS:
        over = np.isfinite(with_it.judgement.score)
        back = with_it.judgement.systematic + getattr(with_it.judgement, name)
        assert without.judgement.systematic[over] == pytest.approx(back[over], abs=1e-9)
        assert np.all(getattr(without.judgement, name)[over] == 0.0)
    if name in MINUTES:
        part = getattr(without.perception, f"by_{name}_s")
        assert np.all(np.nan_to_num(part) == 0.0)
        assert np.any(np.nan_to_num(getattr(with_it.perception, f"by_{name}_s")) != 0.0)


@pytest.mark.parametrize("name", MINUTES)
@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_propositions_on_minutes_shorten_the_felt_wait(name, seed):
    """Occupied, moving, in process and known waits feel shorter than without that proposition."""
    with_it = lived(seed, **RICH).perception.felt_s
    without = lived(seed, **RICH, propositions={name: False}).perception.felt_s
    joined = np.isfinite(with_it)
    assert np.all((with_it <= without * (1 + 1e-12))[joined])
    assert np.any((with_it < without)[joined])


@pytest.mark.parametrize("name", POINTS)
@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_propositions_on_judgement_cost_points(name, seed):
    """Unfair, unexplained, anxious, last-place waits score lower than without the proposition."""
    with_it = lived(seed, **RICH).judgement.systematic
    without = lived(seed, **RICH, propositions={name: False}).judgement.systematic
    over = np.isfinite(with_it)
    assert np.all((with_it <= without + 1e-12)[over])
    assert np.any((with_it < without)[over])


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_value_and_self_control_make_people_accept_more(seed):
    """A basket above 12 items and a self-control above 1 lengthen the acceptable wait."""
    plain = lived(seed, propositions={"value": False}).judgement.acceptable_s
    with_value = lived(seed).judgement.acceptable_s
    items = some_day(seed)[0].items
    over = np.isfinite(plain)
    assert np.all((with_value >= plain)[over & (items >= 12)])
    assert np.all((with_value <= plain)[over & (items <= 12)])


@settings(max_examples=30, deadline=None)
@given(seed=seeds, numbers=any_numbers, model=st.sampled_from(FORMS))
def test_felt_patience_inverts_felt_time(seed, numbers, model):
    """A standing wait as long as the clock patience feels as long as the felt patience."""
    rng = np.random.default_rng(seed)
    z = {name: rng.standard_normal(N) for name in ("felt_person", "felt_occasion")}
    people = workload_of(N, average_draws(N, **z), alone=rng.random(N) < 0.5)
    spec = spec_of(model=model, **RICH, propositions={"company": "acts"})
    wanted, p = rng.uniform(1.0, 5000.0, N), Parameters(numbers)
    clock = clock_patience_s(wanted, people, spec, p)
    felt = judge(people, log_of(people, clock), spec, p).perception.felt_s
    assert felt == pytest.approx(wanted, rel=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=seeds, scale=st.sampled_from([2.0, 0.25, 16.0]))
def test_felt_time_does_not_depend_on_the_unit_of_time_when_linear(seed, scale):
    """In the linear form all felt seconds scale with the clock."""
    people, columns = some_day(seed)
    names = ("wait_s", "queue_still_s", "last_in_line_s", "help_wait_s")
    scaled = columns | {name: columns[name] * scale for name in names}
    spec = spec_of(model="linear", occupied=True)
    one, two = (judge(people, log_of(people, **c), spec).perception for c in (columns, scaled))
    joined = np.isfinite(one.felt_s)
    assert two.felt_s[joined] == pytest.approx(scale * one.felt_s[joined], rel=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_a_customer_is_judged_alike_in_any_company_of_rows(seed):
    """Felt wait and score of a customer do not depend on which other customers are judged."""
    e = lived(seed, **RICH)
    from simqueue.experience import judge_case

    some = np.arange(0, N, 3)
    part = judge_case(e.case.rows(some), "judged-wait", e.parameters)
    assert same(part.perception.felt_s, e.perception.felt_s[some])
    assert same(part.judgement.score, e.judgement.score[some])


@settings(max_examples=20, deadline=None)
@given(seed=seeds)
def test_parts_and_terms_are_the_same_bits_however_many_waited_for_help(seed):
    """What a customer's wait is made of does not depend on how many others met the same phases."""
    e = lived(seed, **RICH, propositions={"company": "acts"})
    from simqueue.experience import judge_case

    helped = np.flatnonzero(e.case.help_wait_s)[:2]
    few = np.union1d(helped, np.flatnonzero(e.case.help_wait_s == 0.0))
    for some in (few, *helped.reshape(-1, 1)):
        part = judge_case(e.case.rows(some), "judged-wait", e.parameters)
        for here, whole in ((part.perception, e.perception), (part.judgement, e.judgement)):
            for name, values in here.arrays().items():
                assert same(values, getattr(whole, name)[some]), name


def test_every_draw_of_the_parameters_gives_a_finite_day():
    """All measures of a day are finite under each of 200 sets of parameters."""
    people, columns = some_day(11)
    day = log_of(people, **columns)
    for p in draw_parameters(200):
        found = judge(people, day, spec_of(**RICH), p).measures()
        assert np.isfinite(list(found.values())).all()
