"""Stations, desk and pools as a planner writes them, and the rows of the tables they become."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simqueue.fields import ByClock
from simqueue.scenario import Scenario, ScenarioError, loads, to_mapping, to_yaml
from simqueue.shop.stations import StationSpec
from simqueue.study.day import prepared, simulate_day
from simqueue.tables import Kind, System, Workload

SHOP = """
scenario: stations
seed: 4
store: {opens: "08:00", closes: "12:00"}
arrivals: {constant_per_hour: 60}
customers:
  - {segment: all, share: 1, items: {fixed: 6}, visits: {scale: 50 %, deli: 50 %}}
lanes:
  - {lane: tills, kind: staffed, tills: 2, service: {fixed: 30 s}}
  - {lane: machines, kind: self_service, machines: 3, attendants: {pool: floor},
     help: {chance: 30 %}, service: {fixed: 40 s}}
stations:
  - {station: scale, servers: 2, line: own, roster: {"08:00": 1, "09:00": 2},
     service: {linear: {set_up: 8 s, per_item: 2 s}}, capacity: 5}
  - {station: deli, servers: 3, service: {fixed: 90 s}, staff: {pool: floor}}
returns_desk: {servers: 1, service: {fixed: 3 min}, after_paying: 10 %, staff: {pool: office}}
staffing: {pools: {floor: {"08:00": 1, "10:00": 3}, office: 2}}
"""
TILLS, MACHINES, SCALE, DELI, DESK = range(5)


def built(**changes: Any) -> tuple[Workload, System]:
    """What an engine gets for the first day of the shop, with changes by path."""
    return prepared(shop(**changes), 0)


def shop(**changes: Any) -> Scenario:
    """The shop with changes; two underscores stand for a dot."""
    return loads(SHOP).replaced({path.replace("__", "."): v for path, v in changes.items()})


def test_a_station_needs_a_name_servers_and_a_service():
    """All else has a default: one line, open all day, nobody gives up, everybody joins."""
    found = StationSpec.model_validate(
        {"station": "deli", "servers": 2, "service": {"about": "90 s"}}
    )
    assert (found.line, found.roster, found.staff, found.capacity) == ("shared", None, None, None)
    assert (found.patience, found.balk, found.at, found.walk) == (None, None, 1.0, 0.0)
    assert found.roster_or_all == ByClock.always(2)


def test_places_come_after_the_lanes_in_order_of_the_file():
    """Lanes, stations, desk: their kinds, lines, servers and capacities."""
    _, system = built()
    assert system.lanes == ("tills", "machines", "scale", "deli", "returns desk")
    assert system.kind.tolist() == [Kind.STAFFED, Kind.SELF_SERVICE, *[Kind.STATION] * 3]
    assert system.line_lane.tolist() == [0, 0, 1, 2, 2, 3, 4]
    assert system.server_line.tolist() == [0, 1, 2, 2, 2, 3, 4, 5, 5, 5, 6]
    assert system.server_number.tolist() == [1, 2, 1, 2, 3, 1, 2, 1, 2, 3, 1]
    assert np.all(system.server_pace == 1)
    assert system.line_capacity[3:5].tolist() == [5, 5]


def test_each_visit_may_use_the_place_it_is_to_and_no_other():
    """The rows of a stop are those that may use its place; lanes serve visits to lanes only."""
    workload, system = built()
    stop = workload.visits.stop
    for place, number in ((SCALE, 1), (DELI, 2), (DESK, 3)):
        assert np.array_equal(system.may_use[place], stop == number)
    assert np.array_equal(system.may_use[TILLS], stop == 0)
    assert not system.may_use[MACHINES, stop > 0].any()


def test_service_at_a_station_goes_by_the_basket():
    """8 s and 2 s for each of 6 items: 20 s; and 0 for visits to other places."""
    workload, system = built()
    there = workload.visits.stop == 1
    assert np.all(system.service_s[SCALE, there] == 20.0)
    assert np.all(system.service_s[SCALE, ~there] == 0.0)
    assert np.all(system.expected_us[SCALE, there] == 20_000_000)
    assert np.all(np.isinf(system.before_call_s[SCALE]))


def test_a_service_that_needs_staff_is_one_call_from_beginning_to_end():
    """At the deli: called at once, helped for the 90 s that serving takes, nothing after."""
    workload, system = built()
    there = workload.visits.stop == 2
    assert np.all(system.before_call_s[DELI, there] == 0.0)
    assert np.all(system.help_s[DELI, there] == 90.0)
    assert np.all(system.after_call_s[DELI, there] == 0.0)
    assert np.all(system.service_s[DELI, there] == 0.0)
    assert np.all(system.expected_us[DELI, there] == 90_000_000)


def test_pools_are_numbered_after_the_places():
    """Lane 1 and the deli call pool 5 (floor), the desk calls 6 (office); the others nobody."""
    _, system = built()
    assert system.lane_pool.tolist() == [0, 5, 2, 5, 6]
    on_duty = list(zip(system.attendants_s.tolist(), system.attendants_pool.tolist(),
                       system.attendants_on.tolist(), strict=True))  # fmt: skip
    assert [row for row in on_duty if row[1] >= 5] == [(0.0, 5, 1), (0.0, 6, 2), (7200.0, 5, 3)]
    assert all(number == 0 for _, pool, number in on_duty if pool < 5)


def test_without_named_pools_every_lane_has_its_own():
    """No lane of the plain shop needs a table of pools."""
    _, system = built(lanes__machines__attendants=2, stations=[], returns_desk=None,
                      customers__all__visits={}, staffing={})  # fmt: skip
    assert system.lane_pool.size == 0
    assert system.attendants_on.tolist() == [0, 2]


def test_a_roster_of_a_station():
    """One server from 08:00, two from 09:00."""
    _, system = built()
    mine = system.roster_lane == SCALE
    assert list(zip(system.roster_s[mine].tolist(), system.roster_open[mine].tolist(),
                    strict=True)) == [(0.0, 1), (3600.0, 2)]  # fmt: skip


def test_patience_and_balking_at_a_station_are_its_own():
    """What people bear at the tills says nothing about the scale, and the other way round."""
    workload, system = built(
        stations__scale__patience={"fixed": "2 min"},
        stations__scale__balk={"longer_than": 4},
        behaviour={"renege": {"patience": {"fixed": "9 min"}}, "balk": {"longer_than": 7},
                   "jockey": {"willing": 1}},
    )  # fmt: skip
    stop = workload.visits.stop
    by_stop = {0: (540.0, 7.0, True), 1: (120.0, 4.0, False), 2: (np.inf, np.inf, False)}
    for number, (patience, tolerance, willing) in by_stop.items():
        there = stop == number
        assert np.all(system.patience_s[there] == patience)
        assert np.all(system.balk_tolerance[there] == tolerance)
        assert np.all(system.willing[there] == willing)
    assert system.balk_rule == "longer_than"


def test_people_pass_by_a_long_line_only_where_it_says_so():
    """With a limit at the scale alone nobody ever turns away from a till."""
    workload, system = built(stations__scale__balk={"expected_wait_over": "2 min"})
    assert system.balk_rule == "expected_wait_over"
    there = workload.visits.stop == 1
    assert np.all(system.balk_tolerance[there] == 120_000_000)
    assert np.all(np.isinf(system.balk_tolerance[~there]))


def test_a_station_can_be_taken_out():
    """With no servers it serves nobody: those who would go there pass by."""
    scenario = loads(SHOP, overrides=["stations.scale.servers=0"])
    _, system = prepared(scenario, 0)
    assert not system.may_use[SCALE].any()
    day = simulate_day(scenario, 0)
    at_lanes = day.workload.visits.stop == 0
    assert np.all(day.log.start_s[at_lanes] >= 0)


@pytest.mark.parametrize(
    ("change", "read", "value"),
    [
        ("stations.deli.servers=5", lambda s: s.stations[1].servers, 5),
        ("stations[0].walk=20 s", lambda s: s.stations[0].walk, 20.0),
        ("stations.scale.roster@10:00=1", lambda s: s.stations[0].roster.at(36_000), 1),
        ("stations.deli.roster={add: -1}", lambda s: s.stations[1].roster, ByClock.always(2)),
        ("returns_desk.servers=2", lambda s: s.returns_desk.servers, 2),
        ("returns_desk=off", lambda s: s.returns_desk, None),
        ("customers.all.visits.deli=0", lambda s: s.customers[0].visits["deli"], 0.0),
        ("staffing.pools.floor@11:00={add: 2}", lambda s: s.staffing.pools["floor"].at(39_600), 5),
        ("staffing.pools.office=4", lambda s: s.staffing.pools["office"], ByClock.always(4)),
        ("initial={deli: 2}", lambda s: s.initial, {"deli": 2}),
        ("lanes.machines.attendants=2", lambda s: s.lanes[1].attendants, ByClock.always(2)),
    ],
)
def test_a_change_by_path_reaches_stations_desk_and_pools(change, read, value):
    """Their entries are named like lanes, and numbers can be shifted."""
    assert read(loads(SHOP, overrides=[change])) == value


def test_a_path_to_an_unknown_station_is_told():
    """With what was probably meant."""
    with pytest.raises(ScenarioError, match="nothing is named 'delli'; did you mean 'deli'"):
        loads(SHOP, overrides=["stations.delli.servers=5"])


def test_the_resolved_scenario_says_which_numbers_are_assumptions():
    """The walk and the line of a station are marked in what `resolve` writes."""
    lines = to_yaml(loads(SHOP)).splitlines()
    (walk,) = [line for line in lines if line.strip().startswith("walk: 30 s")]
    assert walk.endswith("# default, assumption")
    assert any(x.strip().startswith("staff: {pool: floor}") or "pool: floor" in x for x in lines)


def test_the_mapping_of_a_pool_reads_as_the_same_pool():
    """Attendants by number, by clock and from a pool are written as they were."""
    for attendants in (2, {"08:00": 1, "10:00": 2}, {"pool": "floor"}):
        scenario = shop(lanes__machines__attendants=attendants)
        assert to_mapping(scenario)["lanes"][1]["attendants"] == attendants


def test_a_cashier_called_from_a_pool_belongs_to_it():
    """Spare cashiers from the pool office: no shifts of their own."""
    _, system = built(staffing__on_demand={"lane": "tills", "spare": {"pool": "office"}})
    assert system.demand.on
    assert system.demand.pool == 6
    assert system.shift_start_s.size == 0


def test_a_shared_pool_is_missed_where_it_came_from():
    """With one person for machines and deli, calls at the machines wait longer than with three."""
    waits = []
    for number in (1, 3):
        log = simulate_day(shop(staffing__pools__floor=number), 0).log
        waits.append(log.help_wait_s[log.lane == MACHINES].sum())
    assert waits[0] > 3 * waits[1]
