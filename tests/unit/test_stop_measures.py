"""Measures of stoppages, stations and whole visits on days worked out by hand."""

from __future__ import annotations

import pytest

from simqueue.scenario.load import loads
from simqueue.study import run
from simqueue.study.study import Study

ONE_HOUR = '{opens: "10:00", closes: "11:00"}'
ALL = "[{segment: all, share: 1, items: {fixed: 1}}]"
TILL = "[{lane: till, kind: staffed, tills: 1, service: {fixed: 60 s}}]"


def shop(
    arrivals: str, lanes: str = TILL, more: str = "", customers: str = ALL, store: str = ONE_HOUR
) -> Study:
    """One simulated day of a shop."""
    text = f"scenario: by hand\nstore: {store}\narrivals: {arrivals}\n"
    study = run(loads(text + f"customers: {customers}\nlanes: {lanes}\n{more}\n"), 1)
    assert study.audit.ok, study.audit.line()
    return study


def came_at(*seconds: float) -> str:
    """People who come to the checkouts at these times."""
    return f"{{trace: {{arrival_s: {list(seconds)}}}}}"


def of_day(study: Study, *names: str) -> list[float]:
    """Measures of the whole day."""
    return [study.metrics[name].mean for name in names]


def of_lane(study: Study, lane: str, *names: str) -> list[float]:
    """Measures of a lane or station."""
    return [study.by_lane()[lane][name].mean for name in names]


def test_an_outage_counts_for_whom_it_lasts_how_long():
    """One is served for a minute of it, one comes half-way and waits its rest, one met nothing.

    Served 0-60; 60-120 nothing works, so the second is served 60-180; the third, come at 90, waits
    90 s, of which 30 in a line that stands still.
    """
    study = shop(came_at(0, 10, 90), more='outages: [{at: "10:01", lasts: 60 s}]')
    assert of_day(study, "wait_mean_s") == pytest.approx([(0 + 50 + 90) / 3])
    assert of_day(study, "stoppage_in_queue_mean_s", "stoppage_at_till_mean_s") == [10, 20]
    assert of_day(study, "stoppage_share", "stoppage_unexplained_share") == [2 / 3, 2 / 3]
    assert of_day(study, "broken_hours") == of_lane(study, "till", "broken_hours") == [60 / 3600]
    assert "breakdowns" not in study.metrics


@pytest.mark.parametrize(
    "more",
    [
        'outages: [{at: "10:01", lasts: 60 s, explained: yes}]',
        'outages: [{at: "10:01", lasts: 60 s}]\nexperience: {stoppages_explained: yes}',
    ],
)
def test_who_was_told_has_met_no_unexplained_stoppage(more):
    """Whether the outage says so or the whole shop does, as many meet it and nobody untold."""
    study = shop(came_at(0, 10, 90), more=more)
    assert of_day(study, "stoppage_share", "stoppage_unexplained_share") == [2 / 3, 0]


def test_breakdowns_count_while_the_till_is_open():
    """It works for 30 minutes and stands for 10: 30-40, 70-80 and 110-120 of two hours, no more."""
    lane = TILL.replace("s}}", "s}, breakdowns: {time_between: {fixed: 30 min}, "
                        "repair: {fixed: 10 min}}}")  # fmt: skip
    study = shop(came_at(0), lane, store='{opens: "10:00", closes: "12:00"}')
    assert of_day(study, "breakdowns", "broken_hours") == pytest.approx([3, 0.5])
    assert of_lane(study, "till", "breakdowns", "broken_hours") == pytest.approx([3, 0.5])


def test_an_outage_is_no_breakdown():
    """Of a till that breaks down twice in an hour the outage in between is not counted."""
    lane = ("[{lane: till, kind: staffed, tills: 1, service: {fixed: 60 s}, "
            "breakdowns: {time_between: {fixed: 20 min}, repair: {fixed: 5 min}}}]")  # fmt: skip
    study = shop(came_at(0), lane, more='outages: [{at: "10:30", lasts: 6 min}]')
    assert of_day(study, "breakdowns") == [2]
    assert of_day(study, "broken_hours") == pytest.approx([16 / 60])


def test_a_till_that_is_closed_is_not_missed_when_it_breaks_down():
    """Open for the first half hour, broken from 20 to 60 minutes: one breakdown, ten minutes."""
    lanes = """
  - {lane: till, kind: staffed, tills: 1, roster: {"10:00": 1, "10:30": 0}, service: {fixed: 60 s},
     breakdowns: {time_between: {fixed: 20 min}, repair: {fixed: 15 min}}}
  - {lane: other, kind: staffed, tills: 1, service: {fixed: 60 s}}"""
    study = shop(came_at(0), lanes)
    names = ("breakdowns", "broken_hours")  # again from 55 minutes on, but nobody sits there
    assert of_day(study, *names) == of_lane(study, "till", *names) == [1, pytest.approx(10 / 60)]
    assert of_lane(study, "other", *names) == [0, 0]


TWO_AT_THE_DELI = "stations: [{station: deli, servers: 1, service: {fixed: 100 s}%s}]"
VISITORS = "[{segment: all, share: 1, items: {fixed: 1}, visits: {deli: 100 %}}]"
SLOW_TILL = "[{lane: till, kind: staffed, tills: 1, service: {fixed: 150 s}}]"


def test_the_day_is_about_the_checkouts_and_stations_stand_beside_them():
    """Two people, 0 and 10 s: the second waits 90 s at the deli and 50 s at the till.

    Deli 0-100 and 100-200; till 100-250 and 250-400.
    """
    study = shop(came_at(0, 10), SLOW_TILL, TWO_AT_THE_DELI % "", VISITORS)
    names = ("customers", "wait_mean_s", "wait_max_s", "queue_length_max")
    assert of_day(study, *names) == [2, 25, 50, 1]
    assert of_lane(study, "deli", "customers", "wait_mean_s", "wait_max_s") == [2, 45, 90]
    assert of_lane(study, "till", "customers", "wait_mean_s") == [2, 25]
    assert of_day(study, "utilisation", "tills_open") == pytest.approx([300 / 3600, 1])
    assert of_lane(study, "deli", "utilisation") == pytest.approx([200 / 3600])
    assert of_day(study, "visit_wait_mean_s", "station_wait_mean_s") == [(0 + 140) / 2, 45]
    assert of_day(study, "came_in") == [2]
    assert of_day(study, "station_hours") == pytest.approx([1])


def test_the_checkout_is_judged_at_the_checkout():
    """A station has felt waits and no score, no one-in-front and no basket."""
    study = shop(came_at(0, 10), SLOW_TILL, TWO_AT_THE_DELI % "", VISITORS)
    deli = study.by_lane()["deli"]
    assert deli["felt_mean_s"].mean > 0
    for name in ("checkout_csat", "csat", "nps", "ces", "one_in_front_share", "items_mean"):
        assert deli[name].n == 0, name
    assert study.metrics["checkout_csat"].n == 1


def test_who_passes_by_a_station_still_comes_to_pay():
    """There is room for one at the deli: the second passes by, and no basket is lost."""
    study = shop(came_at(0, 10), SLOW_TILL, TWO_AT_THE_DELI % ", capacity: 1", VISITORS)
    assert of_lane(study, "deli", "customers", "balked", "lost_baskets") == [2, 1, 0]
    assert of_day(study, "customers", "served", "balked", "lost_baskets") == [2, 2, 0, 0]
    assert of_lane(study, "deli", "balked_share") == [0.5]


def test_a_station_where_people_serve_themselves_has_no_hours_of_staff():
    """Nobody is paid for standing there."""
    study = shop(came_at(0, 10), SLOW_TILL, TWO_AT_THE_DELI % ", self_service: yes", VISITORS)
    assert of_day(study, "station_hours") == [0]


FAILING = """
  - {lane: machine, kind: self_service, machines: 1, service: {fixed: 60 s},
     sends_failed_to: {lane: till, chance: 100 %, walk: 20 s}}
  - {lane: till, kind: staffed, tills: 1, service: {fixed: 100 s}}"""
AT_MACHINES = "[{segment: all, share: 1, items: {fixed: 1}, self_service: 100 %}]"


def test_who_goes_on_from_a_machine_that_failed_is_one_customer_with_two_waits():
    """Machine 0-60 and 60-120 (a wait of 50 s); till 80-180, and from 180 on, 40 s after 140."""
    arrivals = "{trace: {arrival_s: [0, 10], lane: [machine, machine]}}"
    study = shop(arrivals, FAILING, "", AT_MACHINES)
    assert of_day(study, "failed_share") == [1]
    assert of_day(study, "customers", "served") == [2, 2]
    assert of_day(study, "wait_mean_s") == [(0 + 50 + 0 + 40) / 4]
    assert of_lane(study, "machine", "customers", "wait_mean_s") == [0, 25]
    assert of_lane(study, "till", "customers", "wait_mean_s") == [2, 20]


def test_only_machines_that_send_people_on_count_among_the_failures():
    """Of two people at machines one scans as he shops: the other fails, and that is everybody."""
    lanes = FAILING + "\n  - {lane: scan, kind: scan_and_go, machines: 1}"
    arrivals = "{trace: {arrival_s: [0, 10], lane: [machine, scan]}}"
    study = shop(arrivals, lanes, "", AT_MACHINES.replace("100 %}", "100 %, scan_and_go: 50 %}"))
    assert of_lane(study, "scan", "customers") == [1]
    assert of_day(study, "failed_share") == [1]


def test_who_is_sent_on_by_a_breakdown_is_counted():
    """The only till in use breaks down after 30 s of a minute's service, the other one works."""
    broken = "breakdowns: {time_between: {fixed: 30 s}, repair: {fixed: 2 h}, customer: sent_on}"
    lanes = (f"[{{lane: broken, kind: staffed, tills: 1, service: {{fixed: 60 s}}, {broken}}}, "
             f"{TILL[1:]}")  # fmt: skip
    study = shop(came_at(0, 600, 1200), lanes, "behaviour: {lane_choice: {ties: first}}")
    assert of_day(study, "sent_on_share", "stoppage_share") == [1 / 3, 0]
    assert "sent_on_share" not in shop(came_at(0), TILL).metrics


def test_nobody_fails_who_pays_at_a_till():
    """The share of failures is of transactions at machines."""
    study = shop(came_at(0, 10), FAILING, "", AT_MACHINES.replace("100 %}", "0 %}"))
    assert study.metrics["failed_share"].n == 0
    assert of_day(study, "customers", "served") == [2, 2]


def test_time_from_the_door_to_the_till():
    """Five minutes of shopping and nothing else; with the deli, what it takes comes on top."""
    arrivals = ("{constant_per_hour: 40, at: door, "
                "shopping: {fixed: 5 min, per_item: 0 s, noise: {fixed: 1}}}")  # fmt: skip
    assert of_day(shop(arrivals), "door_to_till_mean_s") == pytest.approx([300])
    deli = TWO_AT_THE_DELI % ", at: 50 %, walk: 15 s"
    study = shop(arrivals, more=deli, customers=VISITORS)
    (wait_s,) = of_lane(study, "deli", "wait_mean_s")
    assert of_day(study, "door_to_till_mean_s") == pytest.approx([300 + wait_s + 100 + 15])
    assert sum(e["came_in"].mean for e in study.by_quarter_hour().values()) == pytest.approx(
        study.metrics["came_in"].mean
    )


def test_who_cannot_pay_leaves_a_basket():
    """No card is taken all hour, everybody pays by card and nobody carries cash: all leave."""
    customers = "[{segment: all, share: 1, items: {fixed: 1}, pays: {card: 100 %}}]"
    more = ('outages: [{at: "10:00", lasts: 60 min, what: cards, without_card: leaves, '
            "carry_cash: 0 %}]")  # fmt: skip
    study = shop(came_at(0, 10, 90), TILL, more, customers)
    assert of_day(study, "left_for_card_share", "lost_baskets", "served") == [1, 3, 0]
    assert of_day(study, "reneged_share") == [1]


@pytest.mark.parametrize(("chance", "share"), [("100 %", 1), ("0 %", 0)])
def test_checks_of_own_scanning_are_counted(chance, share):
    """Everybody or nobody is looked at."""
    lanes = (f"[{{lane: scan, kind: scan_and_go, machines: 1, "
             f"rechecks: {{chance: {chance}, takes: {{fixed: 30 s}}}}}}, "
             f"{TILL[1:]}")  # fmt: skip
    customers = "[{segment: all, share: 1, items: {fixed: 1}, scan_and_go: 100 %}]"
    study = shop(came_at(0, 600, 1200), lanes, customers=customers)
    assert of_day(study, "recheck_share") == [share]


def test_price_checks_are_counted_at_tills():
    """Everybody's price is asked for, for thirty seconds each: half a minute at the till."""
    lane = TILL.replace("60 s}", "60 s}, price_checks: {chance: 100 %, takes: {fixed: 30 s}}")
    study = shop(came_at(0, 600), lane)
    assert of_day(study, "price_check_share", "stoppage_at_till_mean_s") == [1, 30]


def test_a_shop_in_which_nothing_goes_wrong_has_no_such_measures():
    """What cannot happen is not told as 0."""
    found = shop(came_at(0)).metrics
    absent = {
        *("stoppage_share", "breakdowns", "failed_share", "recheck_share", "price_check_share"),
        *("left_for_card_share", "visit_wait_mean_s", "door_to_till_mean_s", "came_in"),
    }
    assert not absent & set(found)
