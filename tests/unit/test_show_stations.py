"""What is said and drawn of stations and stoppages, and nothing where there are none."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from simqueue.scenario.load import loads
from simqueue.show.figure_scores import groups
from simqueue.show.figures import lanes_figure
from simqueue.show.findings import findings
from simqueue.show.happened import facts
from simqueue.show.next_command import next_command
from simqueue.show.reading import still_part, wait_percentile, waits_to_pay
from simqueue.show.report import render_report
from simqueue.show.staffing_table import staffing_table
from simqueue.show.stations import station_rows, visit_said
from simqueue.show.stood_still import stoppage_facts, stoppages_said
from simqueue.study import run
from simqueue.study.study import Study
from tests.unit.show_shops import simulated

AROUND = "around the tills"
ORIGIN = {
    "simqueue": "0", "seed": 1, "replications": 3, "made": "today", "command": "simqueue run",
    "scenario": "", "environment": {},
}  # fmt: skip
CARD = "segment: all, share: 1, items: {fixed: 1}, pays: {card: 100 %}"
WITHOUT_CARDS = (
    'outages: [{{at: "10:20", lasts: 10 min, what: cards, without_card: {what}, carry_cash: 0 %, '
    "explained: {told}}}]"
)


@cache
def till(more: str = "", per_hour: int = 30) -> Study:
    """Two days of one till with one minute for everybody, and what goes wrong there."""
    return run(
        loads(
            'scenario: a till\nstore: {opens: "10:00", closes: "12:00"}\n'
            f"arrivals: {{constant_per_hour: {per_hour}}}\ncustomers: [{{{CARD}}}]\n"
            f"lanes: [{{lane: till, kind: staffed, tills: 1, service: {{fixed: 60 s}}}}]\n{more}"
        ),
        2,
        keep=0,
    )


def said(study: Study) -> str:
    """The answer as one text."""
    return " ".join(findings(study).answer)


def page(study: Study) -> str:
    """The report without pictures."""
    return render_report(study, {}, ORIGIN)


def test_a_station_has_a_row_with_its_own_numbers():
    """Visits, waits and who did without are those of the table of lanes."""
    study = simulated(AROUND)
    rows = {row.name: row for row in station_rows(study)}
    assert list(rows) == ["deli", "returns desk"]
    deli = study.by_lane()["deli"]
    assert float(rows["deli"].visits) == pytest.approx(deli["customers"].mean, abs=0.5)
    minutes, seconds = rows["deli"].wait.removesuffix(" min").split(":")
    assert 60 * int(minutes) + int(seconds) == pytest.approx(deli["wait_mean_s"].mean, abs=0.5)
    assert rows["returns desk"].did_without == "-"  # nobody may leave there
    assert rows["deli"].did_without != "-"


def test_the_shop_as_a_whole_is_about_those_who_pay():
    """Percentiles and the figure of waits take the waits at tills and machines, no station's."""
    study = simulated(AROUND)
    joined = sum(
        study.lane.totals("wait_mean_s")[1][:, j].sum() for j in range(len(study.scenario.lanes))
    )
    assert sum(map(len, waits_to_pay(study))) == joined < sum(len(d.wait_s) for d in study.waits)
    expected = np.mean([np.percentile(w, 95) for w in waits_to_pay(study)])
    assert wait_percentile(study, 95).mean == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("told", "words"), [("no", "and nobody is told why"), ("yes", "and people are told why")]
)
def test_an_outage_is_told_with_its_times_and_whether_people_know_why(told, words):
    """When nothing works, from when to when, and what people are told."""
    study = till(f'outages: [{{at: "10:40", lasts: 15 min, explained: {told}}}]')
    assert f"From 10:40 to 10:55 no till works, {words}" in said(study)


def test_a_line_recovers_when_it_is_no_longer_short():
    """After fifteen minutes without a till the line is long for a while, and that is told."""
    study = till('outages: [{at: "10:40", lasts: 15 min}]')
    short = findings(study).short[0]
    clock = 10 + short.stretch.end / 4
    until = f"{int(clock)}:{round(60 * (clock % 1)):02d}"
    assert f"; the lines need until {until} to recover." in said(study)


def test_lines_may_not_recover_before_closing():
    """Half an hour without the only till, an hour before closing, in a busy shop."""
    study = till('outages: [{at: "11:00", lasts: 30 min}]', per_hour=50)
    assert "; the lines do not recover before closing." in said(study)


def test_what_no_outage_has_caused_is_not_put_down_to_it():
    """A till that is short all day long has not been waiting for cards to work again."""
    more = WITHOUT_CARDS.format(what="leaves", told="no")
    text = said(till(more, per_hour=90))
    assert "short" in text
    assert "no card is taken, and nobody is told why; " in text
    assert "recover" not in text


def test_customers_who_cannot_pay_are_told_apart_from_those_who_give_up():
    """Ten minutes without cards: who leaves his shopping has not given up waiting."""
    study = till(WITHOUT_CARDS.format(what="leaves", told="no"))
    lost = study.metrics["left_for_card_share"].mean * study.metrics["customers"].mean
    assert lost == study.metrics["lost_baskets"].mean > 0
    assert f"; {lost:.2g} customers leave their shopping." in said(study)
    assert "gave up waiting" not in [fact.label for fact in facts(study)]
    told = {fact.label for fact in stoppage_facts(study)}
    assert "left for want of a card" in told


def test_where_to_look_says_when_nothing_moved():
    """The part of the minutes waited in a line that stood still is named where it is large."""
    study = till('outages: [{at: "10:40", lasts: 15 min}]')
    worst = findings(study).short[0]
    part = still_part(study, worst.lane, worst.stretch)
    assert part > 0.1
    assert "of those minutes nothing moved" in findings(study).where
    assert "nothing moved" not in findings(till(per_hour=55)).where


def test_the_line_on_stoppages_names_what_the_scenario_has():
    """Breakdowns, price checks, failed payments and checks, each with its number."""
    text = stoppages_said(simulated(AROUND))
    for part in ("told why", "breakdown", "a price asked for", "payments at self-service fail",
                 "own scanning checked", "leave for want of a card"):  # fmt: skip
        assert part in text, part


def test_who_is_sent_on_is_told_beside_nobody_who_stood_still():
    """A machine that breaks down sends its customer on: he meets no line that stands still."""
    broken = "breakdowns: {time_between: {fixed: 20 min}, repair: {fixed: 1 s}, customer: sent_on}"
    study = run(
        loads(
            'scenario: sent on\nstore: {opens: "10:00", closes: "12:00"}\n'
            f"arrivals: {{trace: {{arrival_s: [1190, 4000]}}}}\ncustomers: [{{{CARD}}}]\n"
            f"lanes: [{{lane: a, kind: staffed, tills: 1, service: {{fixed: 60 s}}, {broken}}},"
            " {lane: b, kind: staffed, tills: 1, service: {fixed: 60 s}, roster: "
            '{"10:00": 1}}]\nbehaviour: {lane_choice: {ties: first}}\n'
        ),
        1,
        keep=0,
    )
    text = stoppages_said(study)
    assert "nobody sees a line or a till stand still" in text
    assert "50 % are sent on by a breakdown" in text


def test_lanes_that_fail_are_named_and_ages_are_told_with_checks():
    """The share is of payments at these lanes; whoever sells drink has ages looked at as well."""
    text = stoppages_said(simulated(AROUND))
    assert "of payments at self-service fail" in text
    assert "an age" not in text


def test_after_an_outage_the_next_question_is_the_day_without_it():
    """One till more would not have worked either; without an outage it is one till more."""
    study = till('outages: [{at: "10:40", lasts: 15 min}]')
    assert next_command(study, "a.yaml") == "simqueue run a.yaml --set 'outages=[]'"
    assert "lanes.till.tills=2" in next_command(till(per_hour=70), "a.yaml")


def test_shares_of_lanes_beside_their_scores_leave_stations_out():
    """Whoever pays does so at one lane: the shares of the lanes add up to all, stations or not."""
    found = groups(simulated(AROUND))
    lanes = found[[group.heading for group in found].index("by lane") :]
    assert sum(group.share for group in lanes) == pytest.approx(1)


def test_what_is_named_and_never_used_is_noted():
    """A share of own scanning without such a lane, and a pool that no place calls."""
    notes = findings(till("staffing: {pools: {spare: 2}}")).notes
    assert "No place calls the pool spare: it is paid and does nothing." in notes
    with_share = CARD + ", scan_and_go: 20 %"
    study = run(
        loads(
            'scenario: a till\nstore: {opens: "10:00", closes: "11:00"}\n'
            f"arrivals: {{constant_per_hour: 30}}\ncustomers: [{{{with_share}}}]\n"
            "lanes: [{lane: till, kind: staffed, tills: 1, service: {fixed: 60 s}}]\n"
        ),
        1,
        keep=0,
    )
    assert any("no scan_and_go lane" in note for note in findings(study).notes)
    assert not any("pool" in note for note in findings(study).notes)


@pytest.mark.parametrize("name", ["corner", "people move", "theory"])
def test_where_there_is_nothing_of_the_kind_nothing_is_said(name):
    """No stations and no stoppages: no row, no sentence, no section."""
    study = simulated(name)
    assert station_rows(study) == []
    assert visit_said(study) == stoppages_said(study) == ""
    text = page(study)
    assert "What stood still" not in text
    assert "Before and beside the tills" not in text


def test_the_report_has_sections_on_all_of_it():
    """Stations, stoppages, costs, trade, and tills needed by the hour."""
    text = page(simulated(AROUND))
    for title in (
        *("What stood still, and what went wrong", "Before and beside the tills"),
        *("By lane and station", "Costs and trade", "Tills needed, and tills open"),
    ):
        assert f"<h2>{title}</h2>" in text, title
    assert "<td>returns desk</td>" in text
    assert "Trade: " in text
    assert "Costs a day: " in text


def test_tills_needed_stand_beside_tills_open_hour_by_hour():
    """A row an hour, a cell for each place; the asterisk marks exactly what is short."""
    table = staffing_table(simulated(AROUND))
    assert table["head"] == [
        ("", "staffed tills", "self-service machines", "scan machines", "deli", "returns desk")
    ]
    assert [row[0] for row in table["rows"]] == ["09:00-10:00", "10:00-11:00"]
    for row in table["rows"]:
        for cell in row[1:]:
            needed, there = cell.removesuffix(" *").split(" / ")
            assert cell.endswith("*") == (float(needed) > float(there) + 0.05), cell
    assert staffing_table(simulated("theory")) == {}


def test_a_short_station_gets_a_place_more_in_the_next_command():
    """The path is the station's by name, and the desk's own block."""
    deli = "stations: [{station: the deli, servers: 1, service: {fixed: 150 s}}]"
    text = f"{deli}\ncustomers: [{{{CARD}, visits: {{the deli: 100 %}}}}]"
    study = run(
        loads(
            'scenario: a deli\nstore: {opens: "10:00", closes: "12:00"}\n'
            f"arrivals: {{constant_per_hour: 30}}\n{text}\n"
            "lanes: [{lane: till, kind: staffed, tills: 1, service: {fixed: 10 s}}]"
        ),
        2,
        keep=0,
    )
    assert findings(study).where.startswith("the deli ")
    expected = "simqueue run a.yaml --set 'stations.\"the deli\".servers=2'"
    assert next_command(study, "a.yaml") == expected


def test_the_figure_of_lanes_has_a_panel_more_and_room_for_stations():
    """Three panels with stations, two without; a row in each panel for every place."""
    around, corner = lanes_figure(simulated(AROUND)), lanes_figure(simulated("corner"))
    assert [len(figure.axes) for figure in (around, corner)] == [3, 2]
    for axes in around.axes:
        names = [label.get_text() for label in axes.get_yticklabels()]
        assert names == ["staffed", "self-service", "scan", "deli", "returns desk"]
        height = axes.get_window_extent().height / around.dpi
        assert height / len(names) > 0.2  # inches: a line of text has 0.14
