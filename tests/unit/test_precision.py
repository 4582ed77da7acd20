"""Running until it is sure enough: what is asked, what is missing, how many more days it takes."""

from __future__ import annotations

from math import isnan, nan

import numpy as np
import pytest

from simqueue.scenario import loads
from simqueue.scenario.study_values import Aim, aim
from simqueue.show.next_command import next_command
from simqueue.show.precision import DAYS_ONLY, missed_said, precision_said
from simqueue.study.interval import t_quantile
from simqueue.study.precision import Precision, more_days, reached, run_precise
from simqueue.study.run import run
from simqueue.study.tables import tables
from simqueue.study.tally import Tally
from tests.shops import CORNER_SHOP

SHOP = loads(CORNER_SHOP)
EASY = {"wait_mean": aim("wait_mean", "60 %"), "checkout_csat": aim("checkout_csat", 5)}
HARD = {"wait_mean": aim("wait_mean", "0.1 %")}


def tally_of(values: list[float]) -> Tally:
    """Days whose mean wait has these values."""
    tally = Tally(("day",))
    for value in values:
        tally.add_daily("wait_mean_s", "s", np.array([value]))
    return tally


def test_an_aim_is_met_when_half_the_width_is_no_more_than_asked() -> None:
    """Four days of 50, 60, 60, 70 s: 60 s +- 3.182 x 8.165 / 2 = 13.0 s (Student's t, 3 d.f.)."""
    tally = tally_of([50.0, 60.0, 60.0, 70.0])
    for asked, met in ((Aim(13.1, False), True), (Aim(12.9, False), False),
                       (Aim(0.22, True), True), (Aim(0.21, True), False)):  # fmt: skip
        (found,) = reached(tally, {"wait_mean": asked})
        assert found.half_width == pytest.approx(12.99, abs=0.01)
        assert found.met is met
        assert found.asked == pytest.approx(asked.half_width * (60 if asked.relative else 1))


def test_more_days_are_those_after_which_the_same_spread_would_do() -> None:
    """After so many days more the interval is as narrow as asked, after one less it is not."""
    spread, days = 30.0, 40
    half = t_quantile(days - 1) * spread / days**0.5
    for asked in (half / 1.3, half / 4.0):
        more = more_days(half, days, asked)
        assert more is not None
        n = days + more
        assert t_quantile(n - 1) * spread / n**0.5 <= asked
        assert t_quantile(n - 2) * spread / (n - 1) ** 0.5 > asked


def test_what_no_number_of_days_reaches_is_not_forecast() -> None:
    """Without a width, with nothing asked or far beyond ten million days there is no number."""
    assert more_days(nan, 5, 1.0) is None
    assert more_days(1.0, 5, 0.0) is None
    assert more_days(1.0, 5, 1e-9) is None


def test_a_precise_run_is_the_run_of_so_many_days() -> None:
    """It stops at the first look, and its files are those of 30 days, summary aside."""
    study = run_precise(SHOP, EASY, engine="simpy")
    assert study.replications == 30
    assert study.precision is not None
    assert not study.precision.missed
    plain = run(SHOP, 30, engine="simpy")
    mine, theirs = tables(study, ""), tables(plain, "")
    assert {n for n in mine if mine[n] != theirs[n]} == {"summary.json"}
    assert study.summary()["precision"]["met"] is True
    assert "precision" not in plain.summary()


def test_days_do_not_depend_on_what_is_stored() -> None:
    """Beginning with 40 stored days, it still stops at the look after 30, with the same files."""
    stored = run(SHOP, 40, engine="simpy").records
    study = run_precise(SHOP, EASY, known=stored)
    assert study.replications == 30
    assert study.metrics == run(SHOP, 30, engine="simpy").metrics
    assert study.psychology == run(SHOP, 30, engine="simpy").psychology


def test_the_budget_ends_it_and_the_rest_is_told() -> None:
    """After the most days the aim is missed, with days that would do, on screen and in JSON."""
    study = run_precise(SHOP, HARD, 7)
    precision = study.precision
    assert precision is not None
    assert (study.replications, precision.days, precision.most) == (7, 7, 7)
    (missed,) = precision.missed
    assert missed.name == "wait_mean"
    assert missed.more_days is not None
    assert missed.more_days > 1000
    text = precision_said(study)
    assert "MISSED" in text
    assert f"About {missed.more_days:,} more days" in " ".join(text.split())
    command = next_command(study, "shop.yaml", [("--precision", "wait_mean=0.1%")])
    assert "--precision wait_mean=0.1%" in command
    assert "--most-days" in command


def test_the_psychology_stands_beside_what_days_can_narrow() -> None:
    """A felt measure has a range of the psychology, which days do not narrow; a wait has none."""
    study = run_precise(SHOP, EASY, 30)
    lines = precision_said(study).splitlines()
    score = next(line for line in lines if line.startswith("checkout score"))
    felt = study.psychology["checkout_csat"]
    assert f"{felt.low:.1f} to {felt.high:.1f}" in score
    wait = next(line for line in lines if line.startswith("wait by the clock"))
    assert " to " not in wait
    assert DAYS_ONLY.split(".")[0] in " ".join(" ".join(lines).split())
    assert precision_said(run(SHOP, 2)) == ""


def test_what_is_measured_on_no_day_ends_it_at_the_first_look() -> None:
    """Without a cost to count there is no interval of it: 30 days are enough to see that."""
    bare = SHOP.replaced({"economics": {}})
    study = run_precise(bare, {"cost": aim("cost", 5)}, 60)
    assert study.replications == 30
    assert study.precision is not None
    assert isnan(study.precision.aims[0].mean)
    assert "cannot be told" in missed_said(study.precision)
    assert "no day has a value" in precision_said(study)


def test_a_budget_of_no_days_is_refused() -> None:
    """At least one day is needed."""
    with pytest.raises(ValueError, match="most days: must be at least 1"):
        run_precise(SHOP, EASY, 0)


def test_all_aims_together_need_as_many_days_as_the_hardest() -> None:
    """The most of all; nothing can be said where one cannot be told."""
    easy, hard = (reached(tally_of([50.0, 60.0, 70.0]), {"wait_mean": Aim(width, False)})[0]
                  for width in (100.0, 5.0))  # fmt: skip
    unknown = reached(tally_of([50.0]), {"wait_mean": Aim(5.0, False)})[0]
    assert Precision((easy,), 3, 9).more_days == 0
    assert Precision((easy, hard), 3, 9).more_days == hard.more_days
    assert Precision((easy, unknown), 3, 9).more_days is None
