"""Comparing alternatives: the same customers, laws of differences, what may be said."""

from __future__ import annotations

import signal
from dataclasses import replace
from math import isnan

import numpy as np
import pytest

import simqueue as sq
from simqueue.scenario.study_values import AMOUNTS, Aim
from simqueue.study import run
from simqueue.study.compare import (
    BETTER,
    CANNOT_TELL,
    LESS,
    MORE,
    SAME,
    TOO_SMALL,
    WORSE,
    ComparisonError,
    compare,
)
from simqueue.study.matters import JUDGED, MEASURE_OF, judged
from simqueue.study.paired import holm
from simqueue.study.together import Aims, run_together, sharing
from tests.unit import comparisons
from tests.unit.comparisons import built, comparison, shop, studies


def test_alternatives_run_together_are_what_they_are_alone() -> None:
    """Sharing each day's customers changes no figure: every daily value is the same bit."""
    together, alone = studies()[1], comparisons.alone()
    assert together.day.units == alone.day.units
    for name in alone.day.units:
        assert together.day.daily(name).tobytes() == alone.day.daily(name).tobytes(), name
    assert together.psychology == alone.psychology


def test_each_day_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alternatives with the same customers share each day's draw; others draw their own."""
    from simqueue.study import together as room

    real, drawn = room.drawn, []
    monkeypatch.setattr(room, "drawn", lambda s, day: drawn.append(day) or real(s, day))
    busier = shop(("arrivals.day_to_day_cv", 0.2))
    run_together([shop(), shop(("lanes.staffed.roster", 2)), busier], 2)
    assert drawn == [0, 0, 1, 1]
    assert sharing([shop(), busier, shop(("lanes.staffed.tills", 3)), busier]) == [0, 1, 0, 1]


def test_a_scenario_does_not_differ_from_itself() -> None:
    """Exactly zero in every measure, group, form and draw; nothing better, worse or unclear."""
    study = studies()[0]
    (rival,) = compare([study, study], ["one", "two"]).rivals
    known = [*rival.measures.values()]
    known += [j for groups in rival.groups.values() for m in groups.values() for j in m.values()]
    assert len(rival.measures) > 30
    assert {j.difference.mean for j in known} == {0.0}
    assert {j.difference.half_width for j in known} == {0.0}
    assert {j.word for j in known} == {SAME}
    for felt in rival.felt.values():
        assert (felt.low, felt.central, felt.high, set(felt.by_form.values())) == (0, 0, 0, {0.0})
    assert rival.once_normal == 0.0


def test_differences_are_differences_of_the_metrics() -> None:
    """Alternative minus reference, and swapping the two turns every sign."""
    one, two, _ = studies()
    (there,) = compare([one, two], ["a", "b"]).rivals
    (back,) = compare([two, one], ["b", "a"]).rivals
    for name, judgement in there.measures.items():
        d = judgement.difference
        metrics = two.metrics[name].mean - one.metrics[name].mean
        assert d.mean == pytest.approx(metrics, rel=1e-9, abs=1e-9), name
        assert back.measures[name].difference.mean == pytest.approx(-d.mean, abs=1e-12)
        assert back.measures[name].difference.p == pytest.approx(d.p)


def test_the_level_is_held_over_alternatives_and_groups() -> None:
    """p_all is Holm's over alternatives; in groups over all groups and alternatives together."""
    rivals = comparison().rivals
    plain = [rival.measures["wait_mean_s"].difference for rival in rivals]
    assert [d.p_all for d in plain] == holm([d.p for d in plain])
    groups = [g["wait_mean_s"].difference for r in rivals for g in r.groups["segment"].values()]
    assert [d.p_all for d in groups] == holm([d.p for d in groups])
    assert len(groups) == 4


def test_more_tills_help_and_cost_till_hours() -> None:
    """A law of queues: both tills all day wait less on every day, and are open longer."""
    rival = comparison().rivals[0]
    daily = studies()[1].day.daily("wait_mean_s") - studies()[0].day.daily("wait_mean_s")
    assert rival.measures["wait_mean_s"].difference.mean < 0
    assert np.mean(daily < 0) > 0.5
    hours = rival.measures["till_hours"]
    assert hours.difference.mean == pytest.approx(1.0, abs=0.1)  # one till for one hour more
    assert hours.word == WORSE


@pytest.mark.parametrize(
    ("mean", "half", "word", "small"),
    [
        (-30.0, 5.0, BETTER, False),
        (30.0, 5.0, WORSE, False),
        (-4.0, 3.0, TOO_SMALL, True),  # real, but all of the interval is below 10 s
        (2.0, 3.0, TOO_SMALL, True),
        (-8.0, 5.0, BETTER, True),  # real; perhaps less than what matters
        (5.0, 20.0, CANNOT_TELL, True),
        (15.0, 20.0, CANNOT_TELL, False),
    ],
)
def test_what_is_said_of_a_wait(mean: float, half: float, word: str, small: bool) -> None:
    """Ten seconds matter: better, worse, too small or unclear, by interval and p value."""
    judgement = built(mean, half)
    assert (judgement.word, judgement.small) == (word, small)
    assert (judgement.more_days == 0) == (word != CANNOT_TELL)


def test_measures_without_a_better_side_are_more_or_less() -> None:
    """How busy tills are is neither good nor bad; no chance of being better is given."""
    more, less = (built(x, 0.01, "utilisation", unit="share") for x in (0.1, -0.1))
    assert (more.word, less.word) == (MORE, LESS)
    assert isnan(more.p_better)
    assert built(3.0, 0.5, "checkout_csat").word == BETTER
    assert built(3.0, 0.5, "ces").word == WORSE


def test_a_study_says_what_matters() -> None:
    """`matters` by the names of a study file replaces the default; costs are a share."""
    assert judged("wait_mean_s", {"wait_mean": 40.0}).matters == 40.0
    found = compare(studies()[:2], ["a", "b"], matters={"wait_mean": 1e6})
    assert found.rivals[0].measures["wait_mean_s"].small
    assert found.rivals[0].measures["wait_mean_s"].word == TOO_SMALL
    assert judged("staff_cost").least(-2000.0) == 20.0


def test_everything_that_may_be_asked_for_is_measured() -> None:
    """Each name of `matters` and `precision` stands for a measure that is judged."""
    assert set(AMOUNTS) == set(MEASURE_OF)
    assert set(MEASURE_OF.values()) <= set(JUDGED)
    assert all(each.why for each in JUDGED.values())


def test_other_customers_are_refused_unless_on_purpose() -> None:
    """Another seed, other hours, arrivals, customers or forms: refused with the place."""
    ours = run(shop(), 2, keep=0)
    for change, place in (
        (("seed", 8), "seed"),
        (("arrivals.day_to_day_cv", 0.2), "arrivals.day_to_day_cv"),
        (('customers."main shop".alone', 0.1), "customers[1].alone"),
        (("experience.model", "linear"), "experience.model"),
        (("experience.asked", "next_day"), "experience.asked"),
    ):
        other = run(shop(change), 2, keep=0)
        with pytest.raises(ComparisonError, match="must be as in 'a'") as caught:
            compare([ours, other], ["a", "b"])
        assert f"b: {place} must be" in str(caught.value)
    busier = run(shop(("arrivals.day_to_day_cv", 0.2)), 2, keep=0)
    found = compare([ours, busier], ["a", "b"], on_purpose=[[], ["arrivals.day_to_day_cv"]])
    assert not found.rivals[0].same_customers


def test_one_study_is_no_comparison() -> None:
    """Fewer than two studies, or names that do not fit them, are refused."""
    with pytest.raises(ComparisonError, match="at least two"):
        compare(studies()[:1])
    with pytest.raises(ComparisonError, match="one for each"):
        compare(studies()[:2], ["only one"])
    assert compare(studies()[:2]).names == ("Corner shop (1)", "Corner shop (2)")


def test_what_is_counted_must_agree_before_totals_are_compared() -> None:
    """When one of them counts a cost that the other does not, no difference of totals is given."""
    wages = ("economics.cashier_per_hour", None)
    unpaid = run(shop(wages), 2, keep=0)
    ours = run(shop(), 2, keep=0)
    (rival,) = compare([ours, unpaid], ["a", "b"]).rivals
    assert "cost_per_day" not in rival.measures
    assert "cost_per_day" in comparison().rivals[0].measures


def test_forms_and_draws_are_counted_by_their_sign() -> None:
    """`forms_agreeing` counts forms with the sign of the scenario's own form at its centre."""
    felt = comparison().rivals[0].felt["checkout_csat"]
    assert set(felt.by_form) == {"judged-wait", "linear", "power", "gap"}
    same = [value for value in felt.by_form.values() if value * felt.central > 0]
    assert felt.forms_agreeing == len(same) > 0
    assert felt.by_form["judged-wait"] == felt.central
    assert felt.low <= felt.central <= felt.high
    assert 0 < felt.draws_agreeing <= felt.draws == 200


def test_the_range_of_a_difference_is_narrower_than_that_of_its_parts() -> None:
    """Judging both with the same parameters cancels what is unsure about all waits alike."""
    felt = comparison().rivals[0].felt["felt_mean_s"]
    alone = studies()[0].psychology["felt_mean_s"]
    assert felt.high - felt.low < alone.high - alone.low


def test_a_study_that_kept_nobody_has_no_range_of_psychology() -> None:
    """Without customers to judge anew there is no felt range, and nothing else is missing."""
    bare = [replace(study, cases=[]) for study in studies()[:2]]
    (rival,) = compare(bare, ["a", "b"]).rivals
    assert rival.felt == {}
    assert isnan(rival.once_normal)
    assert rival.measures["checkout_csat"].difference.n == comparisons.DAYS


def test_getting_used_to_it_takes_the_surprise_away() -> None:
    """A gain that is all surprise shrinks: the settled difference lies nearer to zero."""
    rival = comparison().rivals[0]
    assert abs(rival.once_normal) < abs(rival.felt["checkout_csat"].central)


def test_tidy_tables_hold_one_row_each() -> None:
    """One row per alternative and measure, and per group; JSON values where they belong."""
    found = comparison()
    table, groups = found.to_pandas(), found.by_group()
    assert len(table) == sum(len(rival.measures) for rival in found.rivals)
    assert set(table.alternative) == {"both tills", "one machine"}
    assert set(groups.grouping) == {"segment", "quarter", "lane"}
    row = table.set_index(["alternative", "measure"]).loc[("both tills", "wait_mean_s")]
    d = found.rivals[0].measures["wait_mean_s"].difference
    assert (row["mean"], row["low"], row["high"]) == (d.mean, d.low, d.high)


def test_days_are_added_until_the_differences_are_narrow_enough() -> None:
    """Aims are looked at after 30 days, then after half as many more; it stops at the most."""
    scenarios = [shop(), shop(("lanes.staffed.roster", 2))]
    easy = Aims({"checkout_csat": Aim(50.0, relative=False)})
    assert [s.replications for s in run_together(scenarios, aims=easy)] == [30, 30]
    hard = Aims({"wait_mean": Aim(1e-6, relative=True)}, most=12)
    found = run_together(scenarios, aims=hard)
    assert [(s.replications, s.partial) for s in found] == [(12, False)] * 2
    assert hard.missed([s.day for s in found]) == ["wait_mean"]
    assert easy.missed([s.day for s in found]) == []


def test_an_interruption_ends_all_alternatives_on_the_same_day() -> None:
    """Ctrl-C in the middle of a day: that day is finished for all, and all say they are partial."""

    def interrupt(done: int, of: int) -> None:
        assert of == 10
        if done == 3:  # the first alternative's second day
            signal.raise_signal(signal.SIGINT)

    found = run_together([shop(), shop(("lanes.staffed.roster", 2))], 5, progress=interrupt)
    assert [(s.replications, s.partial) for s in found] == [(2, True)] * 2
    assert compare(found, ["a", "b"]).days == 2


def test_processes_share_the_days_of_a_comparison() -> None:
    """Two processes give the studies of one, stored days and customers of one's own included."""
    busier = shop(("arrivals.day_to_day_cv", 0.2))
    scenarios = [shop(), shop(("lanes.staffed.roster", 2)), busier]
    alone = run_together(scenarios, 5)
    known = [alone[0].records[:2], (), alone[2].records]
    for stored in ((), known):
        shared = run_together(scenarios, 5, workers=2, known=stored)
        for mine, theirs in zip(alone, shared, strict=True):
            assert repr(mine.day.estimates()) == repr(theirs.day.estimates())
            assert mine.psychology == theirs.psychology
            assert mine.audit == theirs.audit


def test_processes_that_share_a_comparison_end_with_the_look_that_is_enough() -> None:
    """The first look at which the differences are narrow enough ends it, whoever works ahead."""
    easy = Aims({"checkout_csat": Aim(50.0, relative=False)})
    scenarios = [shop(), shop(("lanes.staffed.roster", 2))]
    assert [s.replications for s in run_together(scenarios, aims=easy, workers=2)] == [30, 30]


def test_no_day_and_no_scenario_are_refused() -> None:
    """There must be something to run, and a day to run it on."""
    with pytest.raises(ValueError, match="at least one scenario"):
        run_together([])
    with pytest.raises(ValueError, match="must be at least 1"):
        run_together([shop()], 0)
    with pytest.raises(ValueError, match="workers: must be at least 1"):
        run_together([shop()], 1, workers=0)


def test_the_python_way_from_the_readme() -> None:
    """`sq.compare(study, better)` prints a verdict, names what matters, draws into axes."""
    one, two, _ = studies()
    found = sq.compare(one, two, names=("a", "b"), matters={"wait_mean": "2 min"})
    assert "'b' against 'a'" in str(found)
    assert found.matters == {"wait_mean": 120.0}
    assert list(found.verdicts()) == ["b"]
    axes = found.plot("checkout_csat")
    assert "checkout score" in axes.get_title(loc="left")
    assert found.plot_day().get_title(loc="left").startswith("Change of the mean wait")
    with pytest.raises(KeyError, match="no measure"):
        found.plot("wait_meen_s")
    with pytest.raises(ValueError, match="no measure 'wait_meen'"):
        sq.compare(one, two, matters={"wait_meen": 1})
    with pytest.raises(ValueError, match=r"matters: wait_mean: .* \(got '10'\)"):
        sq.compare(one, two, matters={"wait_mean": "10"})
    with pytest.raises(ComparisonError, match=r"needs studies, .* \(got a list\)"):
        sq.compare([one, two])  # type: ignore[arg-type]  # the mistake that is tested
