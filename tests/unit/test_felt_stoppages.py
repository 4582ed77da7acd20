"""What goes wrong in a shop is felt in the direction the psychology says, on simulated days.

Each test simulates the same customers twice: only what goes wrong differs.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from simqueue.experience import Parameters
from simqueue.scenario.load import loads
from simqueue.study.day import Day, simulate_day
from simqueue.tables import Condition, Ending

SHOP = """\
scenario: A shop in which things go wrong
seed: 5
replications: 1
store: {{opens: "10:00", closes: "13:00"}}
arrivals: {{constant_per_hour: {per_hour}}}
customers:
  - {{segment: all, share: 1, items: {{half_up_to: 8, nine_in_ten_up_to: 20}}, self_service: 100 %,
     scan_and_go: {scans}, visits: {{{visits}}}}}
lanes:
{lanes}
{more}
"""
TILLS = "  - {{lane: tills, kind: staffed, tills: 2{checks}}}"
MACHINES = "  - {{lane: machines, kind: self_service, machines: 4, attendants: 1{checks}}}"
EXPLANATION = Parameters()["explanation"]


@cache
def day(
    lanes: str, more: str = "", scans: str = "0 %", per_hour: int = 80, visits: str = ""
) -> Day:
    """The day of the shop with these lanes."""
    text = SHOP.format(lanes=lanes, more=more, scans=scans, per_hour=per_hour, visits=visits)
    return simulate_day(loads(text), 0)


def tills(checks: str = "", more: str = "") -> Day:
    """A day with two tills."""
    return day(TILLS.format(checks=checks), more)


def machines(checks: str = "") -> Day:
    """A day with machines, none of which is ever full."""
    return day(MACHINES.format(checks=checks), per_hour=60)


def felt(found: Day) -> np.ndarray:
    """Felt seconds of every visit."""
    return np.asarray(found.experience.perception.felt_s)


def score(found: Day) -> np.ndarray:
    """The checkout score of every visit."""
    return np.asarray(found.experience.judgement.score)


def same_people(one: Day, other: Day) -> bool:
    """Whether the same customers came with the same baskets."""
    return bool(np.array_equal(one.workload.arrival_s, other.workload.arrival_s)
                and np.array_equal(one.workload.items, other.workload.items))  # fmt: skip


OUTAGE = 'outages: [{{at: "11:00", lasts: 10 min, explained: {told}}}]'


def test_an_explained_outage_is_as_long_and_costs_no_points_for_want_of_a_reason():
    """Minutes are the same to the bit; who met it unexplained loses the points of the table."""
    silent, told = (tills(more=OUTAGE.format(told=told)) for told in ("no", "yes"))
    met = silent.log.stoppage_in_queue_s + silent.log.stoppage_at_till_s > 1e-9
    assert 10 < met.sum() < 0.5 * len(met)
    assert np.array_equal(felt(silent), felt(told), equal_nan=True)
    assert score(told)[met] - score(silent)[met] == pytest.approx(EXPLANATION)
    assert np.array_equal(score(told)[~met], score(silent)[~met], equal_nan=True)


def test_the_scenario_may_say_that_everything_is_explained():
    """`stoppages_explained: yes` does for an unexplained outage what explaining it does."""
    outage = OUTAGE.format(told="no")
    everything = tills(more=f"{outage}\nexperience: {{stoppages_explained: yes}}")
    assert np.array_equal(
        score(everything), score(tills(more=OUTAGE.format(told="yes"))), equal_nan=True
    )


def test_who_does_not_believe_in_explanations_finds_no_difference():
    """With the proposition off, telling people why moves no score."""
    off = "experience: {propositions: {explanation: off}}"
    one, other = (tills(more=f"{OUTAGE.format(told=told)}\n{off}") for told in ("no", "yes"))
    assert np.array_equal(score(one), score(other), equal_nan=True)


WRONGS = {
    "an outage": ("", OUTAGE.format(told="yes")),
    "price checks": (", price_checks: {chance: 15 %, takes: {about: 60 s}}", ""),
    "breakdowns": (
        ", breakdowns: {time_between: {exponential: {mean: 40 min}}, repair: {about: 6 min}}", ""
    ),
    "breakdowns that send people on": (
        ", breakdowns: {time_between: {exponential: {mean: 40 min}}, repair: {about: 6 min}, "
        "customer: sent_on, explained: yes}", ""
    ),
    "no cards": (
        "", 'outages: [{at: "11:00", lasts: 10 min, what: cards, without_card: waits, '
        "explained: yes}]"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONGS)
def test_what_stops_a_till_makes_the_day_feel_longer_and_worse(name):
    """The same customers feel longer waits and judge the checkout lower, on average."""
    well, wrong = tills(), tills(*WRONGS[name])
    assert same_people(well, wrong)
    assert np.nanmean(felt(wrong)) > np.nanmean(felt(well)) + 5
    assert np.nanmean(score(wrong)) < np.nanmean(score(well)) - 0.5


def test_a_price_check_lengthens_the_wait_of_whom_it_is_for():
    """Who waited as long in line feels longer with a price check than without, and is less glad."""
    well, wrong = tills(), tills(*WRONGS["price checks"])
    halted = wrong.log.stoppage_at_till_s
    alike = (halted > 0) & (wrong.log.wait_s == well.log.wait_s)
    assert alike.sum() >= 3
    assert np.all(felt(wrong)[alike] > felt(well)[alike])
    assert np.all(score(wrong)[alike] < score(well)[alike])


def test_being_halted_in_service_weighs_less_than_standing_in_line():
    """A second at a till that stands still feels shorter than one in a queue (in process)."""
    wrong = tills(*WRONGS["price checks"])
    clock_s, till_s = wrong.experience.case.clock_s, wrong.log.stoppage_at_till_s
    a_minute = (clock_s > 40) & (clock_s < 90)  # short and long waits differ in their ratio
    only_halted = a_minute & (till_s > 0.999 * clock_s)
    only_queued = a_minute & (till_s == 0)
    assert only_halted.sum() >= 3
    assert only_queued.sum() >= 3
    ratio = felt_on_average(wrong) / np.maximum(clock_s, 1.0)
    assert ratio[only_halted].max() < ratio[only_queued].min()


def felt_on_average(found: Day) -> np.ndarray:
    """Felt seconds of everybody in his place, without what is his own."""
    return np.asarray(found.experience.perception.systematic_s)


def test_help_calls_make_machines_feel_longer_and_worse():
    """Waiting for the attendant is felt, and costs a point for want of a reason like a halt."""
    well, wrong = machines(), machines(", help: {chance: 30 %, takes: {about: 60 s}}")
    assert same_people(well, wrong)
    assert np.nanmean(felt(wrong)) > np.nanmean(felt(well))
    assert np.nanmean(score(wrong)) < np.nanmean(score(well))
    waited = wrong.log.help_wait_s > 1e-9
    assert waited.sum() >= 5
    assert np.all(felt(wrong)[waited] > 0)
    assert wrong.experience.judgement.explanation[waited] == pytest.approx(EXPLANATION)
    at_once = (wrong.log.help_s > 0) & ~waited
    assert np.all(wrong.experience.judgement.explanation[at_once] == 0)


SCANNERS = """\
  - {lane: scan, kind: scan_and_go, machines: 3, attendants: 2,
     rechecks: {chance: %s, takes: {about: 60 s}}}
  - {lane: tills, kind: staffed, tills: 2}"""


def test_being_picked_out_for_a_check_is_unfair_and_minutes_are_not_all_of_it():
    """Who is checked loses the fairness points of one slip more, the others nothing."""
    checked = day(SCANNERS % "30 %", scans="60 %", per_hour=50)
    picked = checked.experience.case.picked_out > 0
    slips = checked.log.slips_same_line + checked.log.slips_same_kind
    assert picked.sum() >= 10
    lost = Parameters()["fairness"] * (1 - np.exp(-(slips + picked) / 2))
    served = checked.log.ending == Ending.SERVED
    assert checked.experience.judgement.fairness[served] == pytest.approx(lost[served])


def test_more_checks_of_own_scanning_make_the_lane_judged_worse():
    """The same customers, checked three in ten times instead of never, are less content."""
    never, often = (day(SCANNERS % share, scans="60 %", per_hour=50) for share in ("0 %", "30 %"))
    assert same_people(never, often)
    assert np.nanmean(score(often)) < np.nanmean(score(never))


def test_a_machine_that_fails_is_felt_at_the_till_after_it():
    """The failed visit is judged once, at the till: its time is a halt, unexplained."""
    lanes = "\n".join(
        (
            MACHINES.format(checks=", sends_failed_to: {lane: tills, chance: 20 %}"),
            TILLS.format(checks=""),
        )
    )
    found = day(lanes, per_hour=60)
    visits = found.workload.visits
    failed = found.log.ending == Ending.FAILED
    sent = (visits.condition == Condition.FAILED) & (found.log.ending == Ending.SERVED)
    assert failed.sum() == sent.sum() >= 5
    assert np.all(np.isnan(score(found)[failed]))
    assert np.all(np.isnan(felt(found)[failed]))
    lost_s = found.log.end_s[visits.after[sent]] - found.log.join_s[visits.after[sent]]
    assert found.experience.perception.halted_s[sent] == pytest.approx(lost_s)
    assert np.all(felt_on_average(found)[sent] > 0.5 * lost_s)
    assert found.experience.judgement.explanation[sent] == pytest.approx(EXPLANATION)


def test_waits_at_stations_are_felt_and_not_judged():
    """A visit to a station has felt seconds, and no score of the checkout."""
    more = "stations: [{station: deli, servers: 1, service: {about: 90 s}}]"
    found = day(TILLS.format(checks=""), more, visits="deli: 40 %")
    deli = (found.log.stop == 1) & (found.log.ending == Ending.SERVED)
    waited = deli & (found.log.wait_s > 1e-9)
    assert waited.sum() >= 20
    assert np.all(felt(found)[waited] > 0)
    assert np.all(np.isnan(score(found)[deli]))
    to_pay = (found.log.stop == 0) & (found.log.ending == Ending.SERVED)
    assert np.all(np.isfinite(score(found)[to_pay]))
