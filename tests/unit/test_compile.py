"""The shop as arrays: lines, servers, who may use what, services, help, rosters."""

from __future__ import annotations

from math import exp, inf, log1p, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simqueue.chance import Draws
from simqueue.shop.compile import compile_shop
from simqueue.shop.compile_lines import line_fields
from simqueue.shop.spec import BehaviourSpec, LaneSpec, StaffingSpec
from simqueue.tables import Kind, Payment, System, Workload

FALSE_ALARM = 1e-6  # of each statistical test on this page
Z = stats.norm.isf(FALSE_ALARM / 2)
HOUR, DAY = 3600.0, 86_400.0
TEN = {"fixed": "10 s"}


def lane(name: str = "a", kind: str = "staffed", n: int = 1, **more: Any) -> LaneSpec:
    """A lane as a scenario writes it; everybody takes 10 s unless said otherwise."""
    servers = {"machines" if kind == "self_service" else "tills": n}
    express = {"max_items": 10} if kind == "express" else {}
    about = {"lane": name, "kind": kind, "service": TEN}
    return LaneSpec.model_validate({**about, **servers, **express, **more})


def people(
    n: int = 4, seed: int = 1, given: dict[str, Any] | None = None, **columns: Any
) -> Workload:
    """Customers a second apart with one item each, all considering machines."""
    draws = Draws(seed, 0, {name: np.array(u, float) for name, u in (given or {}).items()})
    plain = {
        "arrival_s": np.arange(n),
        "segment": np.zeros(n),
        "items": np.ones(n),
        "payment": np.full(n, Payment.CARD),
        "alone": np.ones(n),
        "considers_machines": np.ones(n),
        "u_limit": draws.uniform("limit", n),
        "u_choice": draws.uniform("choice", n),
        "u_choice_again": draws.uniform("choice_again", n),
        "place": draws.uniform("place", n),
        "value_of_time": np.ones(n),
        "self_control": np.ones(n),
    }
    return Workload(**(plain | columns), draws=draws)


def shop(*lanes: LaneSpec, workload: Workload | None = None, **more: Any) -> System:
    """The lanes compiled, from 08:00 to 18:00."""
    workload = people() if workload is None else workload
    behaviour = BehaviourSpec.model_validate(more.pop("behaviour", {}))
    staffing = StaffingSpec.model_validate(more.pop("staffing", {}))
    plain = {"opens_s": 8 * HOUR, "length_s": 10 * HOUR}
    patience_s = np.full(len(workload), inf)
    return compile_shop(
        lanes, behaviour, staffing, workload, patience_s=patience_s, **(plain | more)
    )


def test_lines_and_servers_in_the_order_of_the_file():
    """Own lines give a line per till, a shared lane one line; tills count from 1 in each lane."""
    found = shop(
        lane("a", n=2),
        lane("b", n=3, line="shared"),
        lane("x", "express", 1),
        lane("m", "self_service", 2),
    )
    assert found.lanes == ("a", "b", "x", "m")
    assert found.kind.tolist() == [Kind.STAFFED, Kind.STAFFED, Kind.EXPRESS, Kind.SELF_SERVICE]
    assert found.line_lane.tolist() == [0, 0, 1, 2, 3]
    assert found.server_line.tolist() == [0, 1, 2, 2, 2, 3, 4, 4]
    assert found.server_number.tolist() == [1, 2, 1, 2, 3, 1, 1, 2]
    assert (found.n_lines, found.n_servers) == (5, 8)
    assert list(found.servers_of(2)) == [2, 3, 4]
    assert found.lines_of(0) == [0, 1]


def test_fields_that_somebody_changes_are_whole_the_next_time():
    """The fields of equal places are made once; taking one away changes no other day."""
    places = [lane("a", n=2), lane("b", n=1)]
    del line_fields(places)["line_lane"]
    assert line_fields(places)["line_lane"].tolist() == [0, 0, 1]


def test_a_lane_without_tills_is_there_and_serves_nobody():
    """Tills: 0 removes the lane's lines and servers; it keeps its place among the lanes."""
    found = shop(lane("gone", n=0), lane("shared", n=0, line="shared"), lane("b", n=2))
    assert found.lanes == ("gone", "shared", "b")
    assert found.line_lane.tolist() == [2, 2]
    assert found.server_line.tolist() == [0, 1]
    assert found.may_use.any(axis=1).tolist() == [False, False, True]
    assert found.lines_of(0) == []


def test_a_shop_whose_every_lane_is_removed():
    """Without any till there is no line, and nobody may use anything."""
    found = shop(lane(n=0))
    assert (found.n_lines, found.n_servers) == (0, 0)
    assert not found.may_use.any()


def test_a_day_without_customers():
    """Nobody coming gives arrays with no columns, and means of 0."""
    help_ = {"chance": 0.5}
    found = shop(lane(n=2), lane("m", "self_service", 2, help=help_), workload=people(0),
                 behaviour={"lane_choice": {"perception_error": 0.2}})  # fmt: skip
    for name in ("may_use", "service_s", "gap_s", "before_call_s", "help_s", "expected_us"):
        assert getattr(found, name).shape == (2, 0)
    assert found.mean_us.tolist() == [0, 0]


def test_capacity_is_of_a_line():
    """Capacity holds for each line of the lane; without it more fit than ever come."""
    found = shop(lane("a", n=2, capacity=3), lane("b", n=2, line="shared", capacity=7), lane("c"))
    assert found.line_capacity.tolist()[:3] == [3, 3, 7]
    assert found.line_capacity[3] >= 10**6


def test_positions_along_the_front():
    """Tills are 2.5 m wide and machines 1.5 m; a line stands in the middle of what it leads to."""
    found = shop(lane("a", n=2), lane("m", "self_service", 4), lane("b", n=2, line="shared"),
                 lane("x", "express"))  # fmt: skip
    assert found.line_position_m.tolist() == [1.25, 3.75, 5 + 3.0, 11 + 2.5, 16 + 1.25]


def test_a_given_position_moves_its_lane_and_those_after_it():
    """A lane put at 20 m begins there; the next begins where it ends."""
    found = shop(lane("a", position_m=20), lane("b"))
    assert found.line_position_m.tolist() == [21.25, 23.75]
    back = shop(lane("a", position_m=20), lane("b", position_m=0), lane("c"))
    assert back.line_position_m.tolist() == [21.25, 1.25, 23.75]


def test_item_limits_and_those_who_ignore_them():
    """A limit of 10: 10 items pass, 11 to 13 only for those who ignore it, 14 never."""
    workload = people(6, items=[10, 11, 13, 14, 11, 13], u_limit=[0.9, 0.2, 0.2, 0.2, 0.25, 0.9])
    found = shop(lane(max_items=10, ignores_limit=0.25), workload=workload)
    assert found.may_use[0].tolist() == [True, True, True, False, False, False]
    by_one = lane(max_items=10, ignores_limit=0.25, ignores_limit_by=1)
    assert shop(by_one, workload=workload).may_use[0].tolist() == [True, True] + [False] * 4
    strict = shop(lane(max_items=10), workload=workload)
    assert strict.may_use[0].tolist() == [True] + [False] * 5
    assert shop(lane(), workload=workload).may_use.all()


def test_payment_that_a_lane_accepts():
    """A card-only lane serves those who pay with a card."""
    workload = people(4, payment=[Payment.CASH, Payment.CARD, Payment.CONTACTLESS, Payment.PHONE])
    found = shop(lane(accepts={"payment": ["card", "phone"]}), lane("b"), workload=workload)
    assert found.may_use.tolist() == [[False, True, False, True], [True] * 4]


def test_machines_are_for_those_who_consider_them():
    """Who does not consider machines may use every lane but self-service."""
    workload = people(2, considers_machines=[True, False])
    found = shop(lane(), lane("m", "self_service", 2), workload=workload)
    assert found.may_use.tolist() == [[True, True], [True, False]]


def test_who_may_use_a_lane_must_fulfil_everything():
    """Limit, payment and liking for machines must all be met."""
    m = lane("m", "self_service", 2, max_items=5, accepts={"payment": ["card"]})
    workload = people(
        4, items=[5, 6, 5, 5], payment=[1, 1, 0, 1], considers_machines=[True, True, True, False]
    )
    assert shop(m, workload=workload).may_use.tolist() == [[True, False, False, False]]


def test_the_base_belongs_to_customer_and_kind():
    """A staffed and an express lane with one service model give a customer the same time."""
    model = "antczak2020_staffed"
    found = shop(lane(service=model), lane("x", "express", 1, service=model),
                 lane("m", "self_service", 1, service=model), workload=people(50))  # fmt: skip
    assert np.array_equal(found.service_s[0], found.service_s[1])
    assert np.array_equal(found.gap_s[0], found.gap_s[1])
    assert not np.any(found.service_s[0] == found.service_s[2])  # machines: draws of their own


def test_services_are_quantiles_of_the_raw_columns():
    """An exponential service is -mean x ln(1 - u) with u of the column of its kind of lane."""
    workload, model = people(30), {"exponential": {"mean": "60 s"}}
    found = shop(
        lane(service=model), lane("m", "self_service", 1, service=model), workload=workload
    )
    for row, column in enumerate(("service_staffed", "service_self")):
        u = workload.draws.uniform(column, 30)
        assert np.allclose(found.service_s[row], -60 * np.log1p(-u), rtol=1e-9)


def test_linear_services_by_items_and_payment():
    """15 s + 3 s per item + 18 s for cash or 13 s for a card."""
    times = {"set_up": "15 s", "per_item": "3 s", "payment": {"cash": "18 s", "card": "13 s"}}
    workload = people(2, items=[2, 5], payment=[Payment.CASH, Payment.CARD])
    found = shop(lane(service={"linear": times}), workload=workload)
    assert found.service_s[0].tolist() == [39.0, 43.0]
    assert found.expected_us[0].tolist() == [39_000_000, 43_000_000]


def test_the_published_gap_holds_the_till_and_is_expected():
    """At a till the gap comes on top of the transaction; what is expected contains both means."""
    found = shop(lane(service="antczak2020_staffed"), workload=people(20, items=np.arange(1, 21)))
    transaction = np.exp(2.121935 + 0.698402 * np.log(np.arange(1, 21)) + 0.4379083**2 / 2)
    expected = transaction + 3.074209 * 4.830613  # Antczak et al. 2020, eq. 3
    assert np.allclose(found.expected_us[0], expected * 1e6, rtol=0, atol=1)
    assert np.all(found.gap_s[0] > 0)
    assert found.mean_us[0] == pytest.approx(expected.mean() * 1e6, abs=2)


def test_a_shared_line_slows_its_tills():
    """At a shared line the same services last 1.07 times as long by default, the gap does not."""
    model = "antczak2020_staffed"  # measured at tills with lines of their own
    found = shop(lane("own", n=2, service=model), lane("one", n=2, line="shared", service=model))
    assert np.allclose(found.service_s[1], 1.07 * found.service_s[0], rtol=1e-15)
    assert np.array_equal(found.gap_s[1], found.gap_s[0])
    mean_gap_us = 3.074209 * 4.830613 * 1e6
    without_gap = found.expected_us - mean_gap_us
    assert np.allclose(without_gap[1], 1.07 * without_gap[0], atol=2)


@pytest.mark.parametrize(
    ("kind", "line", "given", "factor"),
    [
        ("staffed", "shared", {"slower_when_shared": 1.2}, 1.2),
        ("staffed", "shared", {"slower_when_shared": "off"}, 1.0),
        ("staffed", "own", {"slower_when_shared": 1.2}, 1.0),
        ("staffed", "shared", {}, 1.0),  # a plain duration was not measured anywhere
        ("express", "shared", {"slower_when_shared": 1.2}, 1.2),
        ("self_service", "shared", {"slower_when_shared": 1.2}, 1.0),
    ],
)
def test_how_much_slower(kind, line, given, factor):
    """The factor holds for staffed lanes with one line, and can be set or switched off."""
    found = shop(lane("a", kind, 2, line=line, **given))
    assert found.service_s[0].tolist() == [10.0 * factor] * 4


def test_help_is_split_by_hand():
    """Called at a quarter of 40 s, helped for 20 s: 10 s, help, 30 s."""
    m = lane("m", "self_service", 2, service={"fixed": "40 s"},
             help={"chance": 0.5, "at": 0.25, "takes": {"fixed": "20 s"},
                   "included": "no"})  # fmt: skip
    found = shop(m, workload=people(2, given={"help": [0.49, 0.51]}))
    assert found.before_call_s[0].tolist() == [10.0, inf]
    assert found.after_call_s[0].tolist() == [30.0, 0.0]
    assert found.help_s[0].tolist() == [20.0, 0.0]
    assert found.service_s[0].tolist() == [40.0, 40.0]
    assert found.expected_us[0].tolist() == [50_000_000] * 2  # 40 s, and 20 s for every second


def test_help_that_was_measured_too_keeps_the_mean():
    """With chance 0.5 x 20 s in 40 s on average, own work is 30 s, and 30 + 10 is 40 again."""
    m = lane("m", "self_service", 2, service={"fixed": "40 s"},
             help={"chance": 0.5, "at": 0.5, "takes": {"fixed": "20 s"},
                   "included": "yes"})  # fmt: skip
    found = shop(m, workload=people(2, given={"help": [0.1, 0.9]}))
    assert found.service_s[0].tolist() == [30.0, 30.0]
    assert found.before_call_s[0].tolist() == [15.0, inf]
    assert found.expected_us[0].tolist() == [40_000_000] * 2


def test_help_longer_than_the_transaction_leaves_some_work():
    """Help of 20 s for everybody in a transaction of 10 s: own work keeps a twentieth, 0.5 s."""
    m = lane(
        "m", "self_service", 1, help={"chance": 1, "takes": {"fixed": "20 s"}, "included": "yes"}
    )
    found = shop(m)
    assert found.service_s[0].tolist() == [0.5] * 4
    assert found.help_s[0].tolist() == [20.0] * 4


def test_what_is_expected_when_help_is_longer_than_the_transaction():
    """Own work of 0.5 s and help of 20 s for everybody are 20.5 s."""
    m = lane(
        "m", "self_service", 1, help={"chance": 1, "takes": {"fixed": "20 s"}, "included": "yes"}
    )
    assert shop(m).expected_us[0].tolist() == [20_500_000] * 4


def test_help_in_a_transaction_of_no_time():
    """A transaction of 0 s with help of 20 s that it should contain: 0 s, and 20 s of help."""
    m = lane("m", "self_service", 1, service={"fixed": "0 s"},
             help={"chance": 1, "takes": {"fixed": "20 s"}, "included": "yes"})  # fmt: skip
    found = shop(m)
    assert found.service_s[0].tolist() == found.before_call_s[0].tolist() == [0.0] * 4
    assert found.expected_us[0].tolist() == [20_000_000] * 4


@pytest.mark.parametrize("included", ["yes", "no"])
def test_the_mean_transaction_with_help(included):
    """Own work and help together have the model's mean, or that and the mean help on top."""
    n = 20_000
    help_ = {"chance": 0.1, "per_item": 0.02, "takes": {"about": "20 s"}, "included": included}
    m = lane("m", "self_service", 2, service="antczak2020_self_service", help=help_)
    workload = people(n, items=1 + np.arange(n) % 30)
    found = shop(m, workload=workload)
    items = workload.items.astype(float)
    mean = np.exp(3.122328 + 0.672461 * np.log(items) + 0.4907405**2 / 2)  # Antczak 2020, eq. 4
    mean = mean + np.exp(3.51669 + 0.22300 * np.log(items) + 0.4820532**2 / 2)
    chance = 1 - 0.9 * 0.98**items
    if included == "no":
        mean = mean + chance * 20
    total = found.service_s[0] + found.help_s[0]
    excess = total - mean
    assert abs(excess.mean()) < Z * excess.std() / sqrt(n)
    assert np.allclose(found.expected_us[0], mean * 1e6, rtol=1e-6)
    called = np.isfinite(found.before_call_s[0])
    assert abs(called.sum() - chance.sum()) < Z * sqrt(np.sum(chance * (1 - chance)))


@settings(max_examples=60, deadline=None)
@given(
    chance=st.floats(0.01, 1), per_item=st.floats(0, 0.5), at=st.none() | st.floats(0, 1),
    included=st.booleans(),
)  # fmt: skip
def test_help_is_one_piece_taken_apart(chance, per_item, at, included):
    """Before and after the call add up to the service; who does not call has neither."""
    help_ = {"chance": chance, "per_item": per_item, "at": at, "included": included}
    m = lane("m", "self_service", 2, service="antczak2020_self_service", help=help_)
    found = shop(m, workload=people(40, items=1 + np.arange(40)))
    calls = np.isfinite(found.before_call_s[0])
    before, after = found.before_call_s[0][calls], found.after_call_s[0][calls]
    assert np.allclose(before + after, found.service_s[0][calls], rtol=1e-14)
    assert np.all(before >= 0)
    assert np.all(after >= 0)
    assert not found.after_call_s[0][~calls].any()
    assert not found.help_s[0][~calls].any()


@pytest.mark.parametrize(
    ("service", "included"),
    [("antczak2020_self_service", True), ("us_with_bagging_self_service", False), (TEN, False)],
)
def test_help_is_included_where_it_was_measured(service, included):
    """By default times measured with help contain it, others do not."""
    with_help = lane("m", "self_service", 1, service=service, help={"chance": 0.5})
    without = lane("m", "self_service", 1, service=service)
    kept = shop(with_help).service_s[0] < shop(without).service_s[0]
    assert kept.tolist() == [included] * 4


def test_paces_have_mean_1_and_the_given_spread():
    """Cashiers' paces over 4,000 tills: lognormal, mean 1, sd as given."""
    n, cv = 4000, 0.3
    pace = shop(lane(n=n, cashiers_differ=cv)).server_pace
    assert abs(pace.mean() - 1) < Z * cv / sqrt(n)
    log_sd = sqrt(log1p(cv**2))
    assert abs(np.log(pace).std() / log_sd - 1) < Z / sqrt(2 * n)
    assert abs(np.log(pace).mean() + log_sd**2 / 2) < Z * log_sd / sqrt(n)


def test_a_pace_by_hand():
    """The n-th till of a kind has the n-th draw: exp(s z - s^2 / 2) with s^2 = ln(1 + cv^2)."""
    u = [0.2, 0.7, 0.4]
    workload = people(given={"cashier_pace:staffed": u})
    s = sqrt(log1p(0.1**2))
    expected = [exp(s * NormalDist().inv_cdf(x) - s * s / 2) for x in u]
    found = shop(lane("a", n=2, cashiers_differ=0.1), lane("b", n=1, cashiers_differ=0.1),
                 workload=workload)  # fmt: skip
    assert np.allclose(found.server_pace, expected, rtol=1e-12)


def test_cashiers_stay_where_they_are_whatever_else_is_there():
    """Tills added behind, machines, express tills or paces that are the same move nobody's pace."""
    mine = lane("a", n=3, cashiers_differ=0.2)
    alone = shop(mine).server_pace.tolist()
    more = lane("b", n=2, cashiers_differ=0.2)
    express = lane("x", "express", 2, cashiers_differ=0.2)
    machines = lane("m", "self_service", 2)
    assert shop(mine, more).server_pace.tolist()[:3] == alone
    assert shop(express, machines, mine).server_pace.tolist()[4:] == alone
    assert shop(lane("a", n=5, cashiers_differ=0.2)).server_pace.tolist()[:3] == alone
    same = lane("same", n=2)
    both = shop(same, more).server_pace.tolist()
    assert both[:2] == [1.0, 1.0]
    assert both[2:] == shop(lane("z", n=4, cashiers_differ=0.2)).server_pace.tolist()[2:]


def test_a_day_has_its_own_cashiers():
    """Another replication meets other paces."""
    paces = {tuple(shop(lane(n=3, cashiers_differ=0.2), workload=people(seed=k)).server_pace)
             for k in range(5)}  # fmt: skip
    assert len(paces) == 5


def rows(system: System, what: str = "roster") -> list[tuple[float, int, int]]:
    """The changes of a roster as (seconds, lane, number)."""
    names = ("s", "lane", "open") if what == "roster" else ("s", "pool", "on")
    columns = (getattr(system, f"{what}_{name}").tolist() for name in names)
    return list(zip(*columns, strict=True))


def test_a_roster_in_seconds_from_opening():
    """What holds at opening comes at 0, later entries count from it, equal ones are left out."""
    table = {"08:00": 1, "10:00": 3, "12:00": 3, "17:30": 2}
    found = shop(lane("a", n=3, roster=table), lane("b", n=2))
    assert rows(found) == [(0.0, 0, 1), (0.0, 1, 2), (2 * HOUR, 0, 3), (9.5 * HOUR, 0, 2)]


def test_a_roster_without_a_table_is_all_day():
    """Without a roster everything is open from opening on; without attendants nobody is there."""
    found = shop(lane("a", n=3), lane("m", "self_service", 4, attendants={"08:00": 1, "16:00": 2}))
    assert rows(found) == [(0.0, 0, 3), (0.0, 1, 4)]
    assert rows(found, "attendants") == [(0.0, 0, 0), (0.0, 1, 1), (8 * HOUR, 1, 2)]


def test_a_roster_with_entries_outside_the_opening_hours():
    """Before opening the last entry counts; from closing on none does."""
    table = {"06:00": 1, "07:30": 2, "09:00": 3, "18:00": 1, "19:00": 0}
    assert rows(shop(lane(n=3, roster=table))) == [(0.0, 0, 2), (HOUR, 0, 3)]


def test_entries_at_one_time_in_order_of_the_lanes():
    """Two lanes that change at the same time change in order of the file."""
    table = {"08:00": 2, "10:00": 1}
    found = shop(lane("a", n=2, roster=table), lane("b", n=2, roster=table))
    assert rows(found)[2:] == [(2 * HOUR, 0, 1), (2 * HOUR, 1, 1)]


def test_a_roster_repeats_every_day_of_a_long_run():
    """60 hours from midnight: noon and midnight of every day, and nothing at the horizon."""
    table = {"00:00": 1, "12:00": 2}
    found = shop(lane(n=2, roster=table), opens_s=0.0, length_s=60 * HOUR)
    times = [0.0, 12 * HOUR, 24 * HOUR, 36 * HOUR, 48 * HOUR]
    assert rows(found) == [(t, 0, n) for t, n in zip(times, [1, 2, 1, 2, 1], strict=True)]


def test_means_are_over_those_who_may_use_a_lane():
    """Two customers of 10 and 30 items at 1 s per item: 20 s for all, 10 s in the express lane."""
    service = {"linear": {"per_item": "1 s"}}
    workload = people(2, items=[10, 30])
    found = shop(lane(service=service), lane("x", "express", 1, service=service), workload=workload)
    assert found.mean_us.tolist() == [20_000_000, 10_000_000]


def test_means_can_be_said():
    """A mean named in the scenario replaces the computed one, in its lane only."""
    choice = {"lane_choice": {"mean_service": {"b": "90 s"}}}
    found = shop(lane("a"), lane("b"), behaviour=choice)
    assert found.mean_us.tolist() == [10_000_000, 90_000_000]


def test_perception_errors_per_customer_and_line():
    """Factors with mean 1 and the given spread, one column per line; none without an error."""
    n = 20_000
    workload = people(n)
    assert shop(lane(n=2), workload=workload).perception.shape == (0, 0)
    seen = {"lane_choice": {"perception_error": 0.25}}
    found = shop(
        lane(n=2), lane("m", "self_service", 3), workload=workload, behaviour=seen
    ).perception
    assert found.shape == (3, n)
    assert np.all(abs(found.mean(axis=1) - 1) < Z * 0.25 / sqrt(n))
    s = sqrt(log1p(0.25**2))
    assert np.all(abs(np.log(found).std(axis=1) / s - 1) < Z / sqrt(2 * n))
    assert abs(np.corrcoef(found)[0, 1]) < Z / sqrt(n)


@pytest.mark.parametrize(
    ("written", "field", "value"),
    [
        ({"rule": "nearest"}, "rule", "nearest"),
        ({"ties": "first"}, "ties_random", False),
        ({"ties": "random"}, "ties_random", True),
        ({"prefer": "self_service"}, "prefer", Kind.SELF_SERVICE),
        ({"prefer": "staffed"}, "prefer", Kind.STAFFED),
        ({"prefer": "off"}, "prefer", -1),
        ({"count_in_service": "no"}, "count_in_service", False),
        ({"per_server": "no"}, "per_server", False),
    ],
)
def test_the_choice_is_handed_on(written, field, value):
    """What the scenario says about choosing is what the engine reads."""
    assert getattr(shop(lane(), behaviour={"lane_choice": written}).choice, field) == value


def test_patience_and_closing_are_handed_on():
    """Patience comes as it was given; the doors close after the opening hours."""
    patience = np.array([1.0, inf, 5.0, 0.0])
    found = compile_shop([lane()], BehaviourSpec(), StaffingSpec(), people(),
                         patience_s=patience, opens_s=0.0, length_s=500.0)  # fmt: skip
    assert found.patience_s.tolist() == patience.tolist()
    assert found.closes_s == 500.0


def test_arrays_cannot_be_written_to():
    """Nothing an engine does can change the shop."""
    found = shop(lane("m", "self_service", 2, help={"chance": 0.5}))
    for name, values in vars(found).items():
        if isinstance(values, np.ndarray):
            assert not values.flags.writeable, name
