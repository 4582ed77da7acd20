"""What a comparison says and draws: sentences for built cases, screen, figures, report, files."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simqueue.scenario.load import loads
from simqueue.show import words
from simqueue.show.compare_checked import stored_check
from simqueue.show.compare_costs import cost_parts, cost_word
from simqueue.show.compare_figures import (
    MOST_LINES,
    comparison_figures,
    differences_figure,
    who_figure,
)
from simqueue.show.compare_publish import OWNED, publish_comparison
from simqueue.show.compare_screen import screen
from simqueue.show.compare_verdict import NOT_CHECKED, all_verdicts, headline, verdict
from simqueue.show.compare_who import who
from simqueue.show.compare_words import interval, said, scale_of, signed, wait_change
from simqueue.show.rerun import rerun
from simqueue.show.style import render_png, render_svg
from simqueue.study.compare import BETTER, WORSE, Comparison, Rival, compare
from simqueue.study.feelings import Feeling
from simqueue.study.stored import file_of
from simqueue.study.tally import Tally
from simqueue.study.together import run_together
from tests.unit.comparisons import built, comparison, shop, studies
from tests.unit.show_shops import TEXTS

LABELS = ["against", "by the clock", "as it feels", "forms", "who gains", "who loses", "targets",
          "cost", "checked", "still open"]  # fmt: skip


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small comparison, with figures and report."""
    folder = tmp_path_factory.mktemp("compared")
    publish_comparison(comparison(), folder, command="simqueue compare study.yaml")
    return folder


def rival(**measures: Any) -> tuple[Comparison, Rival]:
    """The first alternative of the small comparison with other judgements on some measures."""
    found = comparison()
    first = found.rivals[0]
    return found, replace(first, measures={**first.measures, **measures})


def says(**measures: Any) -> str:
    """The headline when these measures are judged so."""
    return headline(*rival(**measures))


def test_the_headline_puts_the_clock_first_and_feeling_second() -> None:
    """Both better, both worse, one of each, too small, unclear: each said in its own words."""
    shorter, longer, open_, small = built(-60, 5), built(60, 5), built(5, 60), built(1, 2)
    higher, lower = (built(x, 1, "checkout_csat", unit="points") for x in (8.0, -8.0))
    same, unclear = (built(0.1, x, "checkout_csat", unit="points") for x in (0.2, 9.0))
    for clock, felt, text in (
        (shorter, higher, "is better than 'as it is', by the clock and as it feels"),
        (longer, lower, "is worse than 'as it is', by the clock and as it feels"),
        (shorter, lower, "better by the clock, worse as it feels"),
        (longer, unclear, "worse by the clock, cannot be told yet as it feels"),
        (small, same, "makes no difference to 'as it is' that matters"),
        (open_, unclear, "and 'as it is' cannot be told apart yet"),
        (small, higher, "no difference that matters by the clock, better as it feels"),
    ):
        assert text in says(wait_mean_s=clock, checkout_csat=felt)


def test_the_headline_ends_with_the_cost() -> None:
    """One till more for an hour costs an hour's wage more, 13 a day."""
    assert (
        comparison()
        .verdicts()["both tills"]
        .headline.endswith("it costs EUR 13 more a day, as far as counted.")
    )
    assert cost_word(studies()[0], studies()[0]) == "it costs the same a day, as far as counted"


def test_customers_who_are_lost_are_never_left_out() -> None:
    """Those who stay may like it better because others left: the headline and a part say so."""
    better = built(5.0, 1.0, "checkout_csat", unit="points")
    lost = built(180.0, 32.0, "lost_baskets", unit="1", reference=2.0, alternative=182.0)
    all_ = built(-40.0, 3.0, "checkout_csat_all", unit="points")
    found = rival(checkout_csat=better, lost_baskets=lost, checkout_csat_all=all_)
    assert "; but it loses 180 customers a day more; it costs" in headline(*found)
    assert dict(verdict(*found).parts)["lost"] == (
        "180 customers a day more (148 to 212 more); checkout score with them counted: 40.0 points"
        " lower (37.0 to 43.0 lower)"
    )
    fewer = built(-12.0, 2.0, "lost_baskets", unit="1", reference=20.0, alternative=8.0)
    assert "; it loses 12 customers a day fewer; it costs" in says(lost_baskets=fewer)
    nobody = built(0.0, 0.0, "lost_baskets", unit="1", reference=0.0, alternative=0.0)
    assert "lost" not in dict(verdict(*rival(lost_baskets=nobody)).parts)


def test_a_verdict_has_every_part_in_its_order() -> None:
    """Against what, clock, feeling, forms, who, targets, cost, checked, what is open."""
    parts = dict(verdict(*rival()).parts)
    assert [label for label in parts if label in LABELS] == LABELS
    assert parts["against"] == (
        "'as it is' (Corner shop), 09:00 to 11:00, 6 simulated days, the same customers in both"
    )
    assert parts["checked"] == NOT_CHECKED
    assert "of 6 days, before " in parts["targets"]
    assert "not counted" in parts


def test_the_clock_part_gives_ranges_and_how_sure() -> None:
    """Half a minute shorter with its interval, and the chance that it is shorter."""
    found = built(-30.0, 10.0)
    assert wait_change(found) == "0:30 min shorter (0:20 to 0:40 shorter)"
    assert wait_change(built(5.0, 20.0)) == "0:05 min longer (0:15 shorter to 0:25 longer)"
    assert wait_change(built(5.0, nan)) == "0:05 min longer (one day: no interval)"
    text = dict(verdict(*rival(wait_mean_s=found)).parts)["by the clock"]
    assert text.startswith("mean wait: 0:30 min shorter (0:20 to 0:40 shorter); 95 in 100")
    assert text.endswith(f"How sure that the mean is shorter: {words.share(found.p_better)}")


def test_feelings_keep_their_two_uncertainties_apart() -> None:
    """Days in brackets, psychology after it, and the forms that disagree are counted."""
    found, first = rival(checkout_csat=built(4.0, 1.0, "checkout_csat", unit="points"))
    felt = Feeling(2.0, 4.0, 6.0, 150, 200, {"linear": 4.0, "power": 3.0, "gap": -1.0})
    first = replace(first, felt={**first.felt, "checkout_csat": felt}, once_normal=1.5)
    parts = dict(verdict(found, first).parts)
    assert (
        "checkout score: 4.0 points higher (3.0 to 5.0 higher), psychology +2.0 to +6.0"
        in parts["as it feels"]
    )
    assert parts["forms"] == (
        "the checkout score is higher in 2 of 3 forms (linear +4.0, power +3.0 and gap -1.0) and"
        " with 150 of 200 sets of parameters; once people are used to it, about +1.5"
    )


def test_who_gains_and_who_loses_are_named() -> None:
    """Segments and hours whose wait changes by what matters; others are not mentioned."""
    found, first = rival()
    kinds = {
        "quick trip": {"wait_mean_s": built(-90, 20)},
        "main shop": {"wait_mean_s": built(1, 2)},
    }
    hours = {name: {"wait_mean_s": built(0.5, 1)} for name in first.groups["quarter"]}
    for name, mean in (("09:30", 40.0), ("09:45", 70.0), ("10:30", 20.0)):
        hours[name] = {"wait_mean_s": built(mean, 5)}
    first = replace(first, groups={**first.groups, "segment": kinds, "quarter": hours})
    assert who(found, first, BETTER).text == "quick trip 1:30 min shorter"
    loses = who(found, first, WORSE)
    assert loses.segments == ()
    assert loses.hours == (
        "09:30-10:00, up to 1:10 min longer",
        "10:30-10:45, up to 0:20 min longer",
    )
    nobody = replace(first, groups={"segment": {}, "quarter": {}})
    assert who(found, nobody, BETTER).text == "nobody that can be told"


def test_clock_and_feeling_that_differ_are_pointed_out() -> None:
    """Customers who wait less and like it less are named in a part of their own."""
    found, first = rival()
    worse = built(-5.0, 1.0, "checkout_csat", unit="points")
    kinds = {"main shop": {"wait_mean_s": built(-90, 20), "checkout_csat": worse}}
    first = replace(first, groups={**first.groups, "segment": kinds})
    parts = dict(verdict(found, first).parts)
    assert parts["but"] == "main shop waits less and likes it less"


def test_what_is_open_is_told_in_days() -> None:
    """Measures that cannot be told name the days that would; days do not help the psychology."""
    unclear = replace(built(15.0, 20.0), more_days=1234)
    none = replace(built(15.0, 20.0, "wait_p95_s"), more_days=None)
    text = dict(verdict(*rival(wait_mean_s=unclear, wait_p95_s=none)).parts)["still open"]
    assert "wait by the clock, mean: about 1,300 more simulated days" in text
    assert "95 in 100 wait at most: no number of days would tell" in text
    assert text.endswith("Days cannot shrink what the psychology does not know")


def test_a_single_day_is_told_to_say_nothing_of_others() -> None:
    """With one day nothing is sure: that is said, and not that no number of days would help."""
    one, two = run_together([shop(), shop(("lanes.staffed.roster", 2))], 1)
    found = compare([one, two])
    text = dict(verdict(found, found.rivals[0]).parts)["still open"]
    assert text == "all of it: a single day says nothing of other days; simulate 20 or more"


def test_nobody_to_compare_leaves_no_figures_and_no_fault(tmp_path: Path) -> None:
    """A shop to which nobody comes: a result all the same, which says that nothing is known."""
    empty = shop().replaced({"arrivals": {"constant_per_hour": 0.0001}})
    more = empty.replaced({"lanes.staffed.roster": 2})
    found = compare(run_together([empty, more], 2), ("a", "b"))
    made = publish_comparison(found, tmp_path / "out", command="simqueue compare study.yaml")
    assert "'b' and 'a' cannot be told apart yet" in made.screen
    assert not (tmp_path / "out" / "figures").exists()
    assert (tmp_path / "out" / "report.html").exists()


def test_what_is_bought_but_not_counted_is_said_at_once() -> None:
    """A machine less without a price for machines: that is said with the cost, not far below."""
    one, _, fewer = studies()
    assert cost_word(one, fewer).endswith(" a day, machines not counted")
    more = run_together([one.scenario, shop(("lanes.staffed.tills", 9))], 2)
    assert cost_word(*more).endswith(" a day, tills not counted")


def test_a_study_says_which_costs_matter() -> None:
    """13 a day more: the same where less than 20 do not matter, and the limit is named."""
    one, two, _ = studies()
    assert cost_word(one, two, {"cost": 20.0}) == "it costs the same a day, as far as counted"
    parts = dict(cost_parts(one, two, {"cost": 20.0}))
    assert parts["cost"].startswith("the same, to less than EUR 20 (EUR +13.")
    assert "trade-off" not in parts
    assert "more a day" in dict(cost_parts(one, two, {"cost": 10.0}))["cost"]


def test_a_cost_whose_sign_days_leave_open_is_no_cost() -> None:
    """Five overtime hours one day, five less the next: neither dearer nor cheaper, no trade-off."""
    one, two, _ = studies()
    day = Tally(("day",))
    for k, cost in enumerate(one.day.daily("staff_cost")):
        day.add_daily("staff_cost", "money", cost + (70 if k % 2 else -40))
        day.add_ratio("wait_mean_s", "s", *(total[k] for total in two.day.totals("wait_mean_s")))
    swaying = replace(two, day=day)
    assert cost_word(one, swaying) == "whether it costs more cannot be told yet"
    parts = dict(cost_parts(one, swaying))
    assert parts["cost"].endswith("more a day: cannot be told yet")
    assert parts["would reverse"] == "more days first: the sign of the cost is not sure"
    assert "trade-off" not in parts


def test_shares_and_their_difference_agree_on_the_screen() -> None:
    """Both shares have the decimal that their difference has, so that a reader can subtract."""
    assert scale_of("share").value(0.0554) == "5.5 %"
    assert scale_of("share").value(0.0) == "0 %"
    assert scale_of("share").value(1.0) == "100 %"


def test_costs_name_what_is_not_counted_and_what_would_reverse() -> None:
    """A dearer alternative: so much a day, what is left out, and the price of waiting."""
    one, two, _ = studies()
    parts = dict(cost_parts(one, two))
    assert parts["cost"].startswith("EUR 13 (+- ")
    assert "more a day" in parts["cost"]
    for missing in ("machines", "floor space", "shrink"):
        assert missing in parts["not counted"]
    assert "would reverse" in parts
    waited = [float(s.day.totals("wait_mean_s")[0].sum(axis=1).mean()) / 3600 for s in (one, two)]
    extra = np.mean(two.day.daily("staff_cost") - one.day.daily("staff_cost"))
    price = extra / (waited[0] - waited[1])
    assert f"bought off at EUR {price:,.2f} an hour" in parts["trade-off"]


def test_without_wages_no_cost_is_claimed() -> None:
    """An empty cost is told as not counted; nothing is said of reversing it."""
    bare = [shop(("economics.cashier_per_hour", None), ("economics.attendant_per_hour", None))] * 2
    one, two = run_together(bare, 2)
    parts = dict(cost_parts(one, two))
    assert parts["cost"] == "not counted: the scenario gives no costs"
    assert "would reverse" not in parts
    assert cost_word(one, two) == ""


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (-31.2, "s", "-0:31"), (0.4, "s", "0:00"), (0.062, "share", "+6.2"),
        (-0.04, "points", "0.0"), (12.4, "money", "+12"), (-3.26, "1", "-3.26"),
        (0.0, "1", "0.00"), (nan, "s", "-"),
    ],
)  # fmt: skip
def test_signed_figures(value: float, unit: str, text: str) -> None:
    """A sign where there is a difference to see, none where it reads as nothing."""
    assert signed(value, unit) == text


def test_small_but_real_differences_stand_in_brackets() -> None:
    """`(better)` is real but less than what matters; a whole interval within is 'too small'."""
    assert said(built(-8, 5)) == "(better)"
    assert said(built(-4, 3)) == "too small"
    assert interval(built(-8, 5)) == "-0:13 to -0:03"


def test_the_screen_fits_a_terminal_and_says_how_the_level_is_held() -> None:
    """Every line has at most 80 characters; Holm, pairing, what matters and feelings are told."""
    text = screen(comparison(), out=Path("outputs/x"))
    assert max(map(len, text.splitlines())) <= 80
    flat = " ".join(text.split())
    for part in (
        "Which one?", "3 alternatives 6 simulated days each", "audit ok",
        "'both tills' against 'as it is'", "hold for all 2 alternatives together at 5 % (Holm",
        "Without the same customers it would take", "What matters is at least: wait by the clock,"
        " mean 0:10 min", "Feelings are forecast", "Report: outputs/x/report.html",
    ):  # fmt: skip
        assert part in flat


def test_a_stored_check_is_told(tmp_path: Path) -> None:
    """The last check of a scenario of this name is quoted; another's, or a broken file, is not."""
    scenario = shop()
    place = tmp_path / "corner-shop-check" / "check.json"
    assert stored_check(scenario, tmp_path) == ""
    place.parent.mkdir()
    found = {"scenario": "Corner shop", "verdict": "matches", "observations": 212,
             "observed_days": 3}  # fmt: skip
    place.write_text(json.dumps(found))
    told = stored_check(scenario, tmp_path)
    assert told == f"Corner shop: matches, against 212 measured waits of 3 days ({place})"
    assert dict(verdict(*rival(), told).parts)["checked"] == told
    for broken in ('{"scenario": "Another"}', "[1]", "{", json.dumps({**found, "verdict": 3})):
        place.write_text(broken)
        assert stored_check(scenario, tmp_path) == ""


def test_figures_are_the_same_bytes_twice() -> None:
    """Figures of a comparison do not change from one drawing to the next."""
    for name, render in (("differences", render_svg), ("who_gains", render_png)):
        first, second = (render(comparison_figures(comparison())[name]) for _ in range(2))
        assert first == second


@pytest.mark.parametrize("count", [1, 9])
def test_figures_hold_any_number_of_alternatives(count: int) -> None:
    """One alternative or nine: every name is written, no row lies outside its panel."""
    found = comparison()
    rivals = tuple(replace(found.rivals[0], name=f"lay-out number {k}") for k in range(count))
    many = replace(found, rivals=rivals)
    figure = differences_figure(many)
    first = figure.axes[0]
    labels = [text.get_text() for text in first.get_yticklabels()]
    assert labels == [f"lay-out number {k}" for k in range(count)]
    bottom, top = first.get_ylim()
    assert all(top < k < bottom for k in range(count))
    assert len(who_figure(many).axes[0].get_legend().get_texts()) == min(count, MOST_LINES)


def test_hostile_names_are_drawn_as_they_are(tmp_path: Path) -> None:
    """Names with mark-up, formulas and dollars change neither page, table nor picture."""
    evil = ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "$\\frac{1}{0}$ \u202e x"]
    found = compare(studies(), evil, title="<b>bold</b> ${x}")
    done = publish_comparison(found, tmp_path, command="simqueue compare <x>")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page
    rows = list(csv.DictReader(io.StringIO((tmp_path / "comparison.csv").read_text("utf-8"))))
    assert {row["alternative"] for row in rows} == {"'=cmd|' /C calc'!A0", evil[2]}
    assert "\u202e" not in done.screen


class Page(HTMLParser):
    """Counts what a page loads from elsewhere, and what it opens and does not close."""

    void = ("meta", "img", "br", "link", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sources: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what is loaded, and what has to be closed."""
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the last one."""
        assert self.open.pop() == tag


def test_the_report_is_one_file_that_needs_no_network(published: Path) -> None:
    """Pictures lie inside, nothing is loaded, tags are closed, all of the verdict is there."""
    text = (published / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert page.sources
    assert all(source.startswith("data:image/png;base64,") for source in page.sources)
    for each in all_verdicts(comparison()):
        for label, _ in each.parts:
            assert f"<dt>{label}</dt>" in text
    assert "quick trip" in text
    assert "main shop" in text


def test_everything_is_written_or_nothing(published: Path, tmp_path: Path) -> None:
    """The named files, no others; a second comparison removes what the first one had more."""
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    names = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    stored = {name for name in names if name.startswith("days/")}
    assert stored == {file_of(study.scenario) for study in studies()}
    names -= stored
    assert names == {
        "comparison.json", "comparison.csv", "by_group.csv", "replications.csv", "verdict.txt",
        "alternatives/1-as-it-is.yaml", "alternatives/2-both-tills.yaml",
        "alternatives/3-one-machine.yaml", "figures/differences.png", "figures/differences.svg",
        "figures/who_gains.png", "figures/who_gains.svg", "report.html", "provenance.json",
    }  # fmt: skip
    there = {name.partition("/")[0] for name in names}
    assert there == set(OWNED) - {"days", "robustness.csv"}
    again = compare(studies()[:2], ["as it is", "both tills"])
    publish_comparison(again, tmp_path, command="x", report=False)
    names = {p.name for p in tmp_path.rglob("*") if p.is_file()}
    assert "3-one-machine.yaml" not in names
    assert "report.html" not in names


def test_tables_hold_what_was_found(tmp_path: Path) -> None:
    """CSV rows read back as the differences; daily rows add up to the reference's metrics."""
    publish_comparison(comparison(), tmp_path, command="x", report=False)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "comparison.csv").read_text("utf-8"))))
    (row,) = [r for r in rows if (r["alternative"], r["measure"]) == ("both tills", "wait_p95_s")]
    d = comparison().rivals[0].measures["wait_p95_s"].difference
    assert [float(row[k]) for k in ("mean", "low", "high", "p")] == [d.mean, d.low, d.high, d.p]
    days = list(csv.DictReader(io.StringIO((tmp_path / "replications.csv").read_text("utf-8"))))
    assert len(days) == 3 * 6
    mean = np.mean([float(r["wait_p95_s"]) for r in days if r["alternative"] == "as it is"])
    assert mean == pytest.approx(studies()[0].metrics["wait_p95_s"].mean, rel=1e-12)


def test_a_comparison_can_be_made_again(tmp_path: Path) -> None:
    """`rerun` of a comparison is identical; a changed table is noticed."""
    publish_comparison(comparison(), tmp_path, command="simqueue compare x", report=False)
    assert rerun(tmp_path).text() == f"{tmp_path}: identical, byte for byte."
    origin = json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    origin["sha256"]["comparison.csv"] = "0" * 64
    (tmp_path / "provenance.json").write_text(json.dumps(origin))
    found = rerun(tmp_path)
    assert (found.identical, found.close, found.differing) == (False, True, ("comparison.csv",))


def test_a_theory_scenario_is_compared_without_a_clock(tmp_path: Path) -> None:
    """Steady-state runs have no hours to gain: one figure, and a verdict all the same."""
    one, two = (loads(TEXTS["theory"], overrides=(("replications", 2), *more))
                for more in ((), (("lanes[0].tills", 3),)))  # fmt: skip
    found = compare(run_together([one, two]), ["two tills", "three tills"])
    done = publish_comparison(found, tmp_path, command="x", report=False)
    assert set(comparison_figures(found)) == {"differences"}
    assert "'three tills'" in done.screen
    assert re.search(r"2 alternatives\s+2 runs each", done.screen)
