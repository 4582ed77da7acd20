"""The first screen: eighty columns, and everything that a planner must know."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest

from simqueue.show import words
from simqueue.show.findings import findings
from simqueue.show.rows import psychology_range
from simqueue.show.screen import first_screen
from simqueue.study.audit import Audit
from tests.unit.show_shops import HOSTILE, TEXTS, simulated
from tests.unit.show_studies import people, same_days, shop, study_of

REPORT = Path("outputs/a-shop/report.html")
FEELINGS = "Feelings are forecast from published studies, not measured in your shop."


def screen(name):
    """The screen of one of the shops."""
    return first_screen(simulated(name), REPORT, "simqueue run shop.yaml")


@pytest.mark.parametrize("name", TEXTS)
def test_every_screen_fits_eighty_columns(name):
    """Whatever the shop, its names and its numbers: no line is longer, none holds nan."""
    text = screen(name)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "nan" not in text.lower().split()
    assert "None" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    controls = [c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"]
    assert controls == []


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in ("theory", "empty")])
def test_a_shops_screen_says_how_sure_it_is(name):
    """Satisfaction never stands without its source and the customers lost; ranges stay apart."""
    text = screen(name)
    assert FEELINGS in text
    assert "(psychology): 5-95 % over 200 draws from published ranges" in " ".join(text.split())
    assert "lost customers a day" in text
    assert ("(days): 95 % interval over 3 simulated days" in text) == (name != "one day")
    assert "audit ok" in text
    assert "Report: outputs/a-shop/report.html\nNext:   simqueue run shop.yaml\n" in text


def test_columns_stand_under_their_headings():
    """Every number of the whole day and of the stretch begins where its heading does."""
    scenario = shop()
    study = study_of(scenario, same_days(people(0, range(24), 0, 9) + people(0, [8, 9], 9, 10)))
    lines = first_screen(study, None, "").splitlines()
    head = next(line for line in lines if "whole day" in line)
    wait = next(line for line in lines if line.startswith("wait by the clock"))
    assert wait[head.index("whole day") :].startswith("0:31 min")  # 18 x 400 s / 236 people
    assert wait[head.index("10:00-10:30") :].startswith("3:09 min")  # 18 x 400 s / 38 people
    assert wait[head.index("(days)") :].startswith("+- 0:00")


def test_a_stretch_that_is_the_whole_day_has_no_column():
    """In a shop open for two hours nothing is said twice."""
    text = screen("corner")
    assert "09:00-11:00" not in text.split("Where to look")[0]


def test_what_people_and_cashiers_did_is_on_the_screen():
    """Where people may turn away, give up and change line, the screen says how many did."""
    text = " ".join(screen("people move").split())
    assert "What happened a day:" in text
    for part in ("turned away", "gave up waiting", "changed line", "for a cashier"):
        assert part in text
    assert "not modelled" not in text


def test_what_is_not_modelled_or_counted_says_so():
    """No lost customers without balking, no cost without wages."""
    assert "lost customers a day    not modelled: balk and renege are off" in screen("corner")
    costless = screen("no targets")
    assert "staff cost a day        not counted: the scenario gives no wages" in costless
    assert "targets" not in costless


def test_an_empty_shop_has_an_answer_only():
    """Without customers there are no figures to show."""
    text = screen("empty")
    assert "Nobody came to the checkouts on any of the simulated days." in text
    assert "wait by the clock" not in text


def test_a_score_beyond_the_scale_is_explained():
    """A range of 92 to 104 on a scale to 100 needs a word; one of 70 to 90 does not."""
    waits = same_days([(0, 0, 1.0)])
    for high, explained in ((104.0, True), (90.0, False), (100.4, False)):
        study = study_of(
            shop(), waits, daily={"checkout_csat": [80.0] * 3},
            psychology={"checkout_csat": (70.0, high)},
        )  # fmt: skip
        said = " ".join(first_screen(study, None, "").split())
        assert ("The score is latent" in said) == explained


def test_negative_ranges_are_not_written_with_two_hyphens():
    """From minus 4 to 20 is told in words."""
    study = study_of(
        shop(), same_days([(0, 0, 1.0)]), daily={"checkout_csat": [5.0] * 3},
        psychology={"checkout_csat": (-4.0, 20.0)},
    )  # fmt: skip
    assert "-4 to 20" in first_screen(study, None, "")


def test_a_failed_audit_shouts():
    """The failure stands in the first lines, and a note says not to rely on the numbers."""
    study = replace(simulated("corner"), audit=Audit(3, ("day 1: no server serves two",)))
    text = first_screen(study, None, "")
    assert "AUDIT FAILED: day 1: no server serves two" in text.splitlines()[1]
    assert "do not rely on these numbers" in text
    assert "audit ok" not in text


def test_a_partial_result_says_so():
    """An interrupted run is marked."""
    study = replace(simulated("corner"), partial=True, audit=Audit(2, ()))
    assert "PARTIAL: interrupted after 2 of 3 days." in first_screen(study, None, "")


def test_hostile_names_stay_names():
    """A name with markup, formulas and quotes is printed on one line as it is."""
    name = HOSTILE.replace('\\"', '"')
    assert f"{name} shop" in " ".join(screen("hostile").split())


def test_a_steady_state_shows_means_with_their_intervals():
    """Half the time busy, W = 60 s by formula; nothing about a day or a shop."""
    text = screen("theory")
    assert "utilisation" in text
    assert "95 % interval over runs" in text
    for word in ("Where to look", "staff cost", "simulated day", "Feelings"):
        assert word not in text


def test_screen_and_findings_agree():
    """The answer on the screen is the one that the report prints."""
    text = " ".join(screen("overloaded").split())
    assert " ".join(findings(simulated("overloaded")).answer) in text


def test_without_report_and_command_their_lines_are_missing():
    """Nothing is named that was not written."""
    text = first_screen(simulated("corner"), None, "")
    assert "Report:" not in text
    assert "Next:" not in text


@pytest.mark.parametrize(
    ("low", "high", "text", "said"),
    [(77.4, 97.0, words.duration_unit, "1:17-1:37"), (0.62, 0.83, words.share, "62-83 %"),
     (-12.0, 3.0, words.points, "-12 to 3"), (nan, nan, words.points, "")],
)  # fmt: skip
def test_ranges_name_their_unit_once(low, high, text, said):
    """A range is short enough for its column and cannot be misread."""
    study = study_of(shop(), same_days([]), psychology={"x": (low, high)})
    assert psychology_range(study, "x", text) == said
    assert psychology_range(study, "not forecast", text) == ""
