"""From people to visits: who goes where, when he comes there, and what follows; worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simqueue.chance import Draws
from simqueue.customers import draw
from simqueue.scenario import Scenario, loads
from simqueue.study.coming import plan_of
from simqueue.study.day import drawn, prepared, simulate_day
from simqueue.tables import Condition, Ending, System, Workload

SHOP = """
scenario: visits
seed: 3
store: {opens: "08:00", closes: "12:00"}
arrivals: {constant_per_hour: 120}
customers: [{segment: all, share: 1, items: {fixed: 4}}]
lanes:
  - {lane: tills, kind: staffed, tills: 4, service: {fixed: 30 s}}
  - {lane: machines, kind: self_service, machines: 3, service: {fixed: 40 s}}
"""
DOOR = {
    "arrivals.at": "door",
    "arrivals.shopping": {"fixed": "5 min", "per_item": "30 s", "noise": {"fixed": 1}},
}
SHOPPING_S = 300.0 + 4 * 30.0


def station(name: str, **more: Any) -> dict[str, Any]:
    """A station where everything takes 20 s."""
    return {"station": name, "servers": 2, "service": {"fixed": "20 s"}, **more}


def shop(changes: dict[str, Any]) -> Scenario:
    """The shop above with some changes."""
    return loads(SHOP).replaced(changes)


def built(changes: dict[str, Any]) -> tuple[Workload, System]:
    """What an engine gets for the first day of the shop with some changes."""
    return prepared(shop(changes), 0)


def rows_to(workload: Workload, stop: int) -> np.ndarray:
    """The rows of visits to a stop."""
    return np.flatnonzero(workload.visits.stop == stop)


def test_without_stops_nobody_makes_visits():
    """The plain day has no table of visits and its people are those that were drawn."""
    scenario = loads(SHOP)
    workload, _ = prepared(scenario, 0)
    assert workload.visits is None
    assert isinstance(workload.draws, Draws)
    assert workload.equals(drawn(scenario, 0))
    assert plan_of(scenario).is_plain


def test_people_shop_between_the_door_and_the_lanes():
    """5 min and 30 s for each of 4 items: everybody comes to the lanes 420 s after the door."""
    workload, _ = built(DOOR)
    door = drawn(loads(SHOP), 0)
    assert np.allclose(workload.arrival_s, door.arrival_s + SHOPPING_S, rtol=0, atol=1e-9)
    assert np.all(workload.visits.after == -1)


def test_who_shops_less_comes_first_and_keeps_his_luck():
    """With noise people overtake each other; each row still has the draws of its person."""
    workload, _ = built({**DOOR, "arrivals.shopping.noise": {"lognormal": {"mean": 1, "cv": 0.8}}})
    number = workload.draws.rows.number
    assert np.any(np.diff(number) < 0)
    assert np.all(np.diff(workload.arrival_s) >= 0)
    alone = Draws(3, 0).uniform("felt_occasion", len(workload))
    found = workload.draws.uniform("felt_occasion", len(workload))
    assert np.array_equal(found, alone[number])
    assert np.array_equal(workload.u_choice, Draws(3, 0).uniform("choice", len(workload))[number])


def test_a_station_on_the_way():
    """At 40 % of 420 s, with 10 s to walk back: the counter at 168 s, the lanes 262 s after it."""
    workload, _ = built({**DOOR, "stations": [station("scale", at="40 %", walk="10 s")],
                         "customers.all.visits": {"scale": "100 %"}})  # fmt: skip
    door, visits = drawn(loads(SHOP), 0).arrival_s, workload.visits
    n = len(door)
    assert visits.stop.tolist() == [1] * n + [0] * n
    assert np.allclose(workload.arrival_s[:n], door + 168.0, rtol=0, atol=1e-9)
    assert visits.after.tolist() == [-1] * n + list(range(n))
    assert np.allclose(visits.delay_s[n:], 252.0 + 10.0, rtol=0, atol=1e-9)
    assert visits.customer.tolist() == list(range(n)) * 2
    assert np.all(visits.condition == Condition.ALWAYS)
    assert np.all(np.isnan(workload.arrival_s[n:]))


def test_stations_are_visited_in_order_of_their_time_then_of_the_file():
    """At 80, 20 and 20 %: the second, the third, then the first; walks add up leg by leg."""
    workload, _ = built(
        {
            **DOOR,
            "stations": [station("a", at="80 %", walk="1 s"), station("b", at="20 %", walk="2 s"),
                         station("c", at="20 %", walk="4 s")],
            "customers.all.visits": {"a": 1, "b": 1, "c": 1},
        }
    )  # fmt: skip
    visits = workload.visits
    first = [int(np.flatnonzero((visits.customer == 7) & (visits.stop == k))[0]) for k in (2, 3, 1)]
    last = int(np.flatnonzero((visits.customer == 7) & (visits.stop == 0))[0])
    assert visits.after[first].tolist() == [-1, first[0], first[1]]
    assert visits.after[last] == first[2]
    delays = visits.delay_s[[*first[1:], last]]
    assert np.allclose(delays, [2.0, 0.6 * 420 + 4.0, 0.2 * 420 + 1.0], rtol=0, atol=1e-9)


def test_with_arrivals_at_the_checkouts_stations_come_right_before_the_lanes():
    """People come to the station when they come, and walk from there to the lanes."""
    workload, _ = built({"stations": [station("scale", walk="15 s")],
                         "customers.all.visits": {"scale": 1}})  # fmt: skip
    n = len(drawn(loads(SHOP), 0))
    assert np.array_equal(workload.arrival_s[:n], drawn(loads(SHOP), 0).arrival_s)
    assert np.all(workload.visits.delay_s[n:] == 15.0)


def test_rows_at_given_times_come_first_and_everybody_has_one_of_them():
    """Given rows ascend in time, later ones follow an existing row of the same person."""
    workload, _ = built(
        {
            **DOOR,
            "stations": [station("scale", at="40 %"), station("deli", at="60 %")],
            "customers.all.visits": {"scale": "30 %", "deli": "50 %"},
            "returns_desk": {"servers": 1, "service": {"fixed": "90 s"}, "after_paying": "30 %",
                             "arrivals": {"constant_per_hour": 30}},
            "lanes.machines.sends_failed_to": {"lane": "tills", "chance": "20 %"},
            "initial": {"tills": 3, "deli": 2, "returns desk": 1},
        }
    )  # fmt: skip
    visits = workload.visits
    given = visits.after < 0
    n_given = int(given.sum())
    assert np.all(given[:n_given])
    assert np.all(np.diff(workload.arrival_s[:n_given]) >= 0)
    assert visits.customer[:n_given].tolist() == list(range(n_given))
    later = np.flatnonzero(~given)
    assert np.array_equal(visits.customer[visits.after[later]], visits.customer[later])
    assert np.all(visits.delay_s[given] == 0)
    assert set(visits.stop.tolist()) == {0, 1, 2, 3}


def test_about_the_share_of_a_segment_goes_there():
    """30 % of some 480 people, within four standard errors; nobody of a segment without visits."""
    workload, _ = built({"stations": [station("deli")], "customers.all.visits": {"deli": "30 %"}})
    n, going = len(drawn(loads(SHOP), 0)), len(rows_to(workload, 1))
    assert abs(going - 0.3 * n) < 4 * np.sqrt(n * 0.3 * 0.7)
    nobody, _ = built({"stations": [station("deli")]})
    assert len(rows_to(nobody, 1)) == 0


def test_more_visitors_are_the_old_ones_and_some_more():
    """Whoever goes at 30 % goes at 60 % too: chance is drawn once."""
    few, many = (
        built({"stations": [station("deli")], "customers.all.visits": {"deli": share}})[0]
        for share in ("30 %", "60 %")
    )
    who = [set(w.draws.rows.number[rows_to(w, 1)].tolist()) for w in (few, many)]
    assert who[0] < who[1]


FAILING = {"lanes.machines.sends_failed_to": {"lane": "tills", "chance": "25 %", "walk": "12 s"}}


def test_whoever_fails_at_a_machine_may_come_a_second_time_to_the_tills_only():
    """A quarter have a second row, after the first, on condition that it fails; tills only."""
    workload, system = built(FAILING)
    visits = workload.visits
    again = np.flatnonzero(visits.condition == Condition.FAILED)
    n = len(drawn(loads(SHOP), 0))
    assert 0.15 * n < len(again) < 0.35 * n
    assert np.all(visits.stop[again] == 0)
    assert np.all(visits.delay_s[again] == 12.0)
    assert system.fails[1, visits.after[again]].all()
    assert system.fails.sum() == len(again)
    assert system.may_use[:, again].tolist() == [[True] * len(again), [False] * len(again)]
    assert np.array_equal(system.service_s[0, again], system.service_s[0, visits.after[again]])


def test_a_second_turn_has_its_own_luck_in_line_but_the_same_basket():
    """Ties and patience are drawn anew, what serving him takes at a till is not."""
    workload, _ = built({**FAILING, "behaviour.renege": {"patience": {"about": "5 min"}}})
    visits, n = workload.visits, len(workload)
    again = np.flatnonzero(visits.condition == Condition.FAILED)
    for column, same in (("choice", False), ("patience", False), ("service_staffed", True)):
        u = workload.draws.uniform(column, n)
        assert np.all((u[again] == u[visits.after[again]]) == same), column


def test_people_who_fail_are_served_at_a_till_after_all():
    """On a simulated day every failed visit is followed by one that is served at the tills."""
    day = simulate_day(shop({**FAILING, "customers.all.self_service": 1}), 0)
    visits, log = day.workload.visits, day.log
    failed = np.flatnonzero(log.ending == Ending.FAILED)
    assert len(failed) > 20
    second = [int(np.flatnonzero(visits.after == row)[0]) for row in failed]
    assert np.all(log.ending[second] == Ending.SERVED)
    assert np.all(log.lane[second] == 0)
    assert np.allclose(log.arrival_s[second], log.end_s[failed] + 12.0, rtol=0, atol=1e-9)
    others = np.setdiff1d(np.flatnonzero(visits.after >= 0), second)
    assert np.all(log.ending[others] == Ending.NOT_COME)


def test_the_desk_serves_its_own_people_and_those_who_paid():
    """Its own come at their rate; a share of the others walks over after paying."""
    desk = {"servers": 1, "service": {"fixed": "60 s"}, "after_paying": "10 %", "walk": "25 s",
            "arrivals": {"constant_per_hour": 30}, "items": {"fixed": 2}}  # fmt: skip
    workload, system = built({"returns_desk": desk})
    visits, rows = workload.visits, workload.draws.rows
    at_desk = rows_to(workload, 1)
    own = at_desk[visits.after[at_desk] < 0]
    assert np.all(rows.group[own] == 1)
    assert 120 - 4 * np.sqrt(120) < len(own) < 120 + 4 * np.sqrt(120)
    after = np.setdiff1d(at_desk, own)
    n = len(drawn(loads(SHOP), 0))
    assert abs(len(after) - 0.1 * n) < 4 * np.sqrt(n * 0.09)
    assert np.all(visits.condition[after] == Condition.PAID)
    assert np.all(visits.delay_s[after] == 25.0)
    assert np.all(workload.items[at_desk] == 2)
    assert system.lanes[-1] == "returns desk"
    assert np.array_equal(system.may_use[2], visits.stop == 1)


def test_who_failed_and_paid_at_a_till_may_go_to_the_desk_as_well():
    """He has a row after each of his two turns, both on condition that he paid there."""
    desk = {"servers": 1, "service": {"fixed": "60 s"}, "after_paying": "100 %"}
    workload, _ = built({**FAILING, "returns_desk": desk})
    visits = workload.visits
    again = np.flatnonzero(visits.condition == Condition.FAILED)
    for row in again[:20]:
        for turn in (row, visits.after[row]):
            (to_desk,) = np.flatnonzero((visits.after == turn) & (visits.stop == 1))
            assert visits.condition[to_desk] == Condition.PAID


def test_people_in_line_at_opening():
    """3 at the tills, 2 at the deli at 0; those at the deli go on to the lanes, free to choose."""
    workload, system = built({"stations": [station("deli")], "initial": {"tills": 3, "deli": 2}})
    visits, rows = workload.visits, workload.draws.rows
    at_tills, at_deli = (np.flatnonzero((rows.group == g) & (visits.after < 0)) for g in (1, 2))
    assert len(at_tills) == 3
    assert len(at_deli) == 2
    assert np.all(workload.arrival_s[np.concatenate([at_tills, at_deli])] == 0.0)
    assert system.may_use[:, at_tills].tolist() == [[True] * 3, [False] * 3, [False] * 3]
    assert np.all(visits.stop[at_deli] == 1)
    on = np.flatnonzero((rows.group == 2) & (visits.after >= 0))
    assert system.may_use[:, on].tolist() == [[True] * 2, [True] * 2, [False] * 2]


def test_people_at_opening_are_served_first():
    """Five people at one till at 08:00: the last of them starts after four services of 30 s."""
    day = simulate_day(
        shop({"lanes.tills.tills": 1, "initial": {"tills": 5}, "arrivals.constant_per_hour": 1}), 0
    )
    mine = np.sort(day.log.start_s[day.workload.draws.rows.group == 1])
    assert mine.tolist() == [0.0, 30.0, 60.0, 90.0, 120.0]


def test_scanning_as_you_shop_takes_time():
    """With 5 s for each of 4 items those who scan come 20 s later than they else would."""
    lane = [{"lane": "scan", "kind": "scan_and_go", "machines": 2}]
    data = shop({**DOOR, "customers.all.scan_and_go": "40 %",
                 "arrivals.shopping.own_scanning_per_item": "5 s"}).model_dump()  # fmt: skip
    data["lanes"] = (*data["lanes"], *lane)
    workload, system = prepared(Scenario.model_validate(data), 0)
    door = drawn(loads(SHOP), 0).arrival_s
    more = workload.arrival_s - door[workload.draws.rows.number] - SHOPPING_S
    scans = system.may_use[2]
    assert np.allclose(more, np.where(scans, 20.0, 0.0), rtol=0, atol=1e-8)
    assert 0.3 < scans.mean() < 0.5
    assert np.array_equal(system.may_use[0], ~scans)


def test_the_shopping_stage_is_an_infinite_server_queue():
    """M_t/G/infinity: joins in a quarter hour are Poisson with mean lambda x P(inside the window).

    Arrivals at rate r from 0 to T, shopping S: the mean number of joins in (a, b] is
    r x integral over t of P(a - t < S <= b - t), here with S exponential of mean 600 s, where the
    integral has a closed form (Eick, Massey and Whitt 1993); variance equals mean.
    """
    mean_s, rate, closes = 600.0, 120 / 3600, 4 * 3600.0
    scenario = shop({"arrivals.at": "door", "arrivals.shopping":
                     {"fixed": "10 min", "per_item": "0 s",
                      "noise": {"exponential": {"mean": 1}}}})  # fmt: skip
    edges = np.arange(0, closes + 5400, 900.0)
    counts = np.array([np.histogram(prepared(scenario, r)[0].arrival_s, edges)[0]
                       for r in range(60)])  # fmt: skip

    def joined_by(t: float) -> float:
        """Mean number who have joined by t."""
        last = min(t, closes)
        return rate * (last - mean_s * (np.exp(-(t - last) / mean_s) - np.exp(-t / mean_s)))

    expected = np.diff([joined_by(t) for t in edges])
    error = np.sqrt(expected / len(counts))
    assert np.all(np.abs(counts.mean(axis=0) - expected) < 4 * error)
    spread = counts[:, 1:16].var(axis=0, ddof=1) / expected[1:16]
    assert abs(spread.mean() - 1) < 4 * np.sqrt(2 / 59 / 15)
    assert counts[:, 16:].sum() > 60  # people still come after closing


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_everybody_who_goes_to_a_station_comes_to_the_lanes(share):
    """As many are served at the lanes as came, whatever happened before; nobody is lost."""
    day = simulate_day(
        shop({"stations": [station("deli", servers=1, patience={"fixed": "5 s"}, capacity=3)],
              "customers.all.visits": {"deli": share}}), 0,
    )  # fmt: skip
    log, visits = day.log, day.workload.visits
    at_deli = visits.stop == 1
    endings = {Ending(e) for e in log.ending[at_deli].tolist()}
    assert endings >= {Ending.SERVED, Ending.RENEGED}
    assert np.all(log.ending[~at_deli] == Ending.SERVED)
    assert (~at_deli).sum() == len(draw_alone(day.scenario))


def draw_alone(scenario: Scenario) -> Workload:
    """The people of the first day, drawn without any shop."""
    return draw(scenario.arrivals, scenario.customers, opens_s=scenario.opens_s,
                length_s=scenario.length_s, seed=scenario.seed, replication=0)  # fmt: skip


def stream_of(workload: Workload, row: int, column: str) -> str:
    """The name of the stream from which a row has its number, spelled out."""
    of_person = {"payment", "acceptable_wait", "felt_person", "machines", "fails"}
    per_turn = {"patience", "choice", "felt_occasion", "judgement", "perception"}
    rows = workload.draws.rows
    who = ["", ":to returns desk", ":before opening deli"][rows.group[row]]
    place = ["", ":at deli", ":at returns desk"][rows.place[row]]
    if column in of_person:
        return column + who
    if not place and rows.again[row] and column.partition(":")[0] in per_turn:
        return f"{column}:again{who}"
    return column + place + who


@pytest.mark.parametrize(
    "column",
    ["payment", "acceptable_wait", "fails", "patience", "choice", "judgement", "service_staffed",
     "service_station", "perception:3"],
)  # fmt: skip
def test_every_number_of_a_row_is_that_of_a_stream_with_a_name(column):
    """A naive twin: stream by name, person by number, for every row of a day with everything."""
    desk = {"servers": 1, "service": {"fixed": "60 s"}, "after_paying": "30 %",
            "arrivals": {"constant_per_hour": 30}}  # fmt: skip
    workload, _ = built({"stations": [station("deli")], "customers.all.visits": {"deli": "40 %"},
                         "returns_desk": desk, "initial": {"deli": 3}, **FAILING})  # fmt: skip
    rows, fresh = workload.draws.rows, Draws(3, 0)
    found = workload.draws.uniform(column, len(workload))
    for row, number in enumerate(rows.number.tolist()):
        name = stream_of(workload, row, column)
        assert found[row] == fresh.uniform(name, number + 1)[number], (row, name)
    assert len({stream_of(workload, row, column) for row in range(len(workload))}) >= 3


def test_columns_of_the_day_are_the_same_whatever_the_stops():
    """How busy the day is and who sits at which till do not depend on stations."""
    workload, _ = built({"stations": [station("deli")], "customers.all.visits": {"deli": "40 %"}})
    for column in ("day", "cashier_pace:staffed", "breakdown:staffed:1"):
        assert np.array_equal(workload.draws.uniform(column, 7), Draws(3, 0).uniform(column, 7))


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_a_day_on_which_nobody_comes_has_stations_all_the_same(engine):
    """With nobody at the door, the deli and the desk stand open, empty, and the audit holds."""
    desk = {"servers": 1, "service": {"fixed": "60 s"}, "after_paying": "30 %"}
    changes = {"arrivals.constant_per_hour": 0, "stations": [station("deli")],
               "customers.all.visits": {"deli": "40 %"}, "returns_desk": desk}  # fmt: skip
    day = simulate_day(shop(changes), 0, engine)
    assert (len(day.log), day.audit().ok) == (0, True)
    assert day.system.may_use.shape == (4, 0)
