"""What goes wrong as a planner writes it, and the rows of the tables it becomes; by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simqueue.scenario import Scenario, loads
from simqueue.shop.spec import LaneSpec
from simqueue.study.day import prepared, simulate_day
from simqueue.tables import Event, Payment, System, Workload

SHOP = """
scenario: stoppages
seed: 9
store: {opens: "08:00", closes: "12:00"}
arrivals: {constant_per_hour: 150}
customers:
  - {segment: young, share: 50 %, items: {fixed: 6}, age_check: 40 %,
     pays: {cash: 40 %, card: 60 %}}
  - {segment: other, share: 50 %, items: {fixed: 20}, pays: {cash: 40 %, card: 60 %}}
lanes:
  - {lane: tills, kind: staffed, tills: 2, service: {fixed: 30 s}}
  - {lane: machines, kind: self_service, machines: 2, service: {fixed: 40 s}}
  - {lane: scan, kind: scan_and_go, machines: 1, service: {fixed: 10 s}, rechecks: {chance: 0}}
"""
HOUR = 3600.0
TILLS, MACHINES, SCAN = range(3)
BREAKDOWNS = {"time_between": {"fixed": "1 h"}, "repair": {"fixed": "10 min"}}


def shop(**changes: Any) -> Scenario:
    """The shop with changes by path; two underscores stand for a dot."""
    return loads(SHOP).replaced({path.replace("__", "."): v for path, v in changes.items()})


def built(**changes: Any) -> tuple[Workload, System]:
    """What an engine gets for the first day of the shop with changes."""
    return prepared(shop(**changes), 0)


def stoppages(system: System, server: int) -> list[tuple[float, float]]:
    """When a server stops, and for how long."""
    found = system.stoppages
    mine = found.server == server
    return list(zip(found.at_s[mine].tolist(), found.lasts_s[mine].tolist(), strict=True))


def test_nothing_goes_wrong_unless_it_says_so():
    """The plain shop has no stoppages, no window without cards, no failures, no second calls."""
    _, system = built()
    assert system.stoppages.at_s.size == 0
    assert system.no_cards.at_s.size == 0
    assert system.needs_card.size == system.fails.size == system.again_after_s.size == 0


def test_the_time_of_a_till_runs_while_it_works():
    """Always: every hour of working, so at 1:00, 2:10, 3:20, 4:30, 5:40 after opening."""
    _, system = built(lanes__tills__breakdowns=BREAKDOWNS)
    expected = [(HOUR * (k + 1) + 600.0 * k, 600.0) for k in range(5)]
    assert stoppages(system, 0) == stoppages(system, 1) == expected
    assert stoppages(system, 2) == []
    assert not system.stoppages.when_busy.any()
    assert np.all(np.diff(system.stoppages.at_s) >= 0)
    assert system.stoppages.server.tolist() == [0, 1] * 5


def test_points_for_busy_tills_are_plain_sums():
    """Busy: at 1:00, 2:00, ...; the engine drops those at which nobody is served."""
    busy = {**BREAKDOWNS, "when": "busy", "customer": "sent_on", "explained": "yes"}
    _, system = built(lanes__tills__breakdowns=busy)
    assert [at for at, _ in stoppages(system, 1)] == [HOUR * k for k in range(1, 6)]
    assert system.stoppages.when_busy.all()
    assert system.stoppages.sends_on.all()
    assert system.stoppages.explained.all()


def test_every_machine_breaks_down_by_its_own_luck():
    """Random times differ between two machines, and are those of the days before with one more."""
    spec = {"time_between": {"exponential": {"mean": "20 min"}}, "repair": {"about": "5 min"}}
    _, two = built(lanes__machines__breakdowns=spec)
    _, three = built(lanes__machines__breakdowns=spec, lanes__machines__machines=3)
    first, second = (stoppages(two, server) for server in (2, 3))
    assert len(first) > 5
    assert not set(first) & set(second)
    assert [stoppages(three, server) for server in (2, 3)] == [first, second]


def test_breakdowns_come_at_their_rate():
    """Over 60 days of 6 h, each of two machines up 20 min and down 5 min on average: 14.4 a day."""
    spec = {"time_between": {"exponential": {"mean": "20 min"}},
            "repair": {"exponential": {"mean": "5 min"}}}  # fmt: skip
    scenario = shop(lanes__machines__breakdowns=spec)
    numbers, lasts = [], []
    for replication in range(60):
        found = prepared(scenario, replication)[1].stoppages
        numbers.append(len(found.at_s) / 2)
        lasts += found.lasts_s.tolist()
    # alternating renewal from a working state (Cox 1962, ch. 7): rate x expected time at work
    up, down, t = 20.0, 5.0, 360.0
    expected = t / (up + down) + (down / (up + down)) ** 2 * (1 - np.exp(-t * (1 / up + 1 / down)))
    error = np.std(numbers, ddof=1) / np.sqrt(len(numbers))
    assert error < 0.5
    assert abs(np.mean(numbers) - expected) < 4 * error
    assert abs(np.mean(lasts) - 300) < 4 * 300 / np.sqrt(len(lasts))


def test_an_outage_stops_all_tills_and_machines():
    """At 10:00 for 5 minutes: five servers of the lanes, whether busy or not; no station."""
    scenario = shop(
        outages=[{"at": "10:00", "lasts": "5 min", "explained": "yes"}],
        stations=[{"station": "deli", "servers": 2, "service": {"fixed": "60 s"}}],
    )
    _, system = prepared(scenario, 0)
    found = system.stoppages
    assert found.at_s.tolist() == [2 * HOUR] * 5
    assert found.server.tolist() == [0, 1, 2, 3, 4]
    assert found.lasts_s.tolist() == [300.0] * 5
    assert found.explained.all()
    assert not found.when_busy.any()
    assert not found.sends_on.any()


def test_an_outage_may_say_when_it_ends():
    """From 10:00 until 10:05 is 5 minutes."""
    _, system = built(outages=[{"at": "10:00", "until": "10:05"}])
    assert system.stoppages.lasts_s.tolist() == [300.0] * 5


def test_outages_repeat_on_every_day_of_a_long_run():
    """In 60 hours from midnight noon comes three times."""
    theory = shop(
        store={"horizon": "60 h"}, outages=[{"at": "12:00", "lasts": "1 h", "what": "cards"}]
    )
    _, system = prepared(theory, 0)
    assert system.no_cards.at_s.tolist() == [12 * HOUR, 36 * HOUR]
    longer = prepared(theory.replaced({"store.horizon": "61 h"}), 0)[1]
    assert longer.no_cards.at_s.tolist() == [12 * HOUR, 36 * HOUR, 60 * HOUR]


def test_without_cards_those_need_one_who_have_no_cash():
    """Nobody of those who pay cash, and about half of the others if half of them carry cash."""
    window = {"at": "10:00", "lasts": "5 min", "what": "cards"}
    workload, system = built(outages=[{**window, "carry_cash": "50 %"}])
    cash = workload.payment == Payment.CASH
    assert not system.needs_card[cash].any()
    n = int((~cash).sum())
    assert abs(system.needs_card.sum() - n / 2) < 4 * np.sqrt(n / 4)
    assert system.no_cards.at_s.tolist() == [2 * HOUR]
    assert not system.no_cards.leaves
    assert system.stoppages.at_s.size == 0
    _, without = built(outages=[{**window, "carry_cash": 0, "without_card": "leaves"}])
    assert np.array_equal(without.needs_card, ~cash)
    assert without.no_cards.leaves


def test_people_without_cash_wait_until_cards_work_again():
    """On a simulated day some are held at the till from 10:00 on, and all leave at 10:05."""
    day = simulate_day(
        shop(outages=[{"at": "10:00", "lasts": "5 min", "what": "cards", "carry_cash": 0}]), 0
    )
    held = day.trace.event == Event.HELD
    assert held.sum() >= 3
    ends = [day.log.end_s[i] for i in day.trace.customer[held]]
    assert set(ends) == {2 * HOUR + 300.0}


def test_a_price_check_splits_the_service_and_calls_nobody_by_default():
    """At half of 30 s: 15 s, a check of 60 s by the cashier himself, 15 s."""
    checks = {"chance": "30 %", "takes": {"fixed": "60 s"}, "at": "50 %"}
    workload, system = built(lanes__tills__price_checks=checks)
    asks = np.isfinite(system.before_call_s[TILLS])
    n = len(workload)
    assert abs(asks.sum() - 0.3 * n) < 4 * np.sqrt(n * 0.21)
    assert np.all(system.before_call_s[TILLS, asks] == 15.0)
    assert np.all(system.after_call_s[TILLS, asks] == 15.0)
    assert np.all(system.help_s[TILLS, asks] == 60.0)
    assert np.all(system.help_s[TILLS, ~asks] == 0.0)
    assert system.lane_pool.tolist() == [-1, 1, 2]
    assert np.all(system.expected_us[TILLS] == 48_000_000)  # 30 s and 30 % of 60 s


def test_price_checks_are_more_frequent_in_large_baskets():
    """A chance of 5 % per item is 1 - 0.95^6 = 26 % for 6 items, 1 - 0.95^20 = 64 % for 20."""
    workload, system = built(lanes__tills__price_checks={"per_item": "5 %"})
    asks = np.isfinite(system.before_call_s[TILLS])
    for items in (6, 20):
        mine = asks[workload.items == items]
        chance = 1 - 0.95**items
        assert abs(mine.mean() - chance) < 4 * np.sqrt(chance * (1 - chance) / len(mine))


def test_ages_are_checked_at_the_machines_for_a_share_of_the_segment():
    """40 % of the young have their age checked at 80 % of 40 s; nobody else, and not at tills."""
    workload, system = built(lanes__machines__age_checks={"takes": {"fixed": "15 s"}, "at": "80 %"})
    checked = np.isfinite(system.before_call_s[MACHINES])
    young = workload.segment == 0
    n = int(young.sum())
    assert not checked[~young].any()
    assert abs(checked.sum() - 0.4 * n) < 4 * np.sqrt(n * 0.24)
    assert np.allclose(system.before_call_s[MACHINES, checked], 32.0)
    assert np.allclose(system.after_call_s[MACHINES, checked], 8.0)
    assert np.all(system.help_s[MACHINES, checked] == 15.0)
    assert np.all(np.isinf(system.before_call_s[TILLS]))
    assert system.again_after_s.size == 0


@pytest.mark.parametrize(("help_at", "age_at"), [("25 %", "75 %"), ("75 %", "25 %")])
def test_two_causes_make_two_calls_in_order_of_their_time(help_at, age_at):
    """At 10 s and 30 s of 40 s: the first help of whichever comes first, 20 s on, then 10 s."""
    _, system = built(
        lanes__machines__help={"chance": "50 %", "takes": {"fixed": "22 s"}, "at": help_at},
        lanes__machines__age_checks={"takes": {"fixed": "15 s"}, "at": age_at},
    )
    both = np.isfinite(system.again_after_s[MACHINES])
    assert both.sum() > 20
    first, second = (22.0, 15.0) if help_at == "25 %" else (15.0, 22.0)
    assert np.allclose(system.before_call_s[MACHINES, both], 10.0)
    assert np.all(system.help_s[MACHINES, both] == first)
    assert np.allclose(system.again_after_s[MACHINES, both], 20.0)
    assert np.all(system.again_help_s[MACHINES, both] == second)
    assert np.allclose(system.after_call_s[MACHINES, both], 10.0)
    once = np.isfinite(system.before_call_s[MACHINES]) & ~both
    assert set(system.help_s[MACHINES, once].tolist()) == {15.0, 22.0}
    total = system.before_call_s + system.after_call_s
    assert np.allclose(total[MACHINES, once], 40.0)
    assert np.all(np.isinf(system.again_after_s[TILLS]))


def test_measured_times_that_include_help_keep_their_mean():
    """With help and age checks the mean time at the machine stays that of the measured model."""
    _, system = built(
        lanes__machines__service="us_with_bagging_self_service",
        lanes__machines__help={"chance": "30 %", "takes": {"fixed": "30 s"}, "included": "yes"},
        lanes__machines__age_checks={"takes": {"fixed": "20 s"}},
        arrivals__constant_per_hour=2500,
    )
    held = system.service_s[MACHINES] + system.help_s[MACHINES] + system.again_help_s[MACHINES]
    error = held.std() / np.sqrt(len(held))
    assert error < 1
    assert abs(held.mean() - 160) < 4 * error


def test_who_scans_as_he_shops_pays_at_his_own_lane_and_nowhere_else():
    """30 % of a segment scan; they may use that lane only, and nobody else may."""
    workload, system = built(customers__young__scan_and_go="30 %")
    scans, young = system.may_use[SCAN], workload.segment == 0
    assert not scans[~young].any()
    assert 0.2 < scans[young].mean() < 0.4
    assert np.array_equal(system.may_use[TILLS], ~scans)
    assert np.all(system.service_s[SCAN] == 10.0)


def test_without_a_lane_for_them_those_who_would_scan_use_the_others():
    """The share says who would scan; with the machines taken out they stand in line."""
    _, system = built(customers__young__scan_and_go="30 %", lanes__scan__machines=0)
    assert not system.may_use[SCAN].any()
    assert system.may_use[TILLS].all()


def test_a_basket_too_large_for_the_lane_is_scanned_by_the_cashier():
    """Whom the scan-and-go lane does not take may use all others."""
    workload, system = built(
        customers__other__scan_and_go="50 %", customers__young__scan_and_go="50 %",
        lanes__scan__max_items=10,
    )  # fmt: skip
    assert not system.may_use[SCAN, workload.items == 20].any()
    assert system.may_use[TILLS, workload.items == 20].all()
    assert system.may_use[SCAN, workload.items == 6].any()


def test_a_random_re_check_comes_before_paying():
    """A quarter of the baskets: called at once, 60 s, then the 10 s of paying."""
    workload, system = built(
        customers__young__scan_and_go="50 %", customers__young__age_check=0,
        lanes__scan__rechecks={"chance": "25 %", "takes": {"fixed": "60 s"}},
    )  # fmt: skip
    looked_at = np.isfinite(system.before_call_s[SCAN])
    n = len(workload)
    assert abs(looked_at.sum() - 0.25 * n) < 4 * np.sqrt(n * 0.1875)
    assert np.all(system.before_call_s[SCAN, looked_at] == 0.0)
    assert np.all(system.help_s[SCAN, looked_at] == 60.0)
    assert np.all(system.after_call_s[SCAN, looked_at] == 10.0)


def test_defaults_go_by_the_kind_of_lane():
    """Machines have age checks, pay points re-checks as well; tills have neither."""
    tills = LaneSpec.model_validate({"lane": "a", "kind": "staffed", "tills": 1})
    machines = LaneSpec.model_validate({"lane": "b", "kind": "self_service", "machines": 1})
    pay_points = LaneSpec.model_validate({"lane": "c", "kind": "scan_and_go", "machines": 1})
    assert (tills.age_checks, tills.rechecks, tills.attendants) == (None, None, None)
    assert machines.age_checks is not None
    assert machines.rechecks is None
    assert pay_points.age_checks is not None
    assert pay_points.rechecks is not None
    assert pay_points.attendants_or_none.values() == (1,)
    mean_s = pay_points.service.mean_service_s(np.array([3]), np.array([1]))
    assert np.allclose(mean_s, 20.0)
    assert "age_checks" not in tills.model_dump()
