"""What people and staff do, in files: written out, changed by path, explained, refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simqueue.customers.spec import SegmentSpec
from simqueue.scenario import ScenarioError, loads, resolve, to_mapping, to_yaml
from simqueue.shop.spec import (
    AcceptsSpec,
    BalkSpec,
    BehaviourSpec,
    BreakSpec,
    JockeySpec,
    LaneChoiceSpec,
    LaneSpec,
    OnDemandSpec,
    StaffingSpec,
    TraineesSpec,
)

SHOP = """\
scenario: a small shop
store: {opens: "08:00", closes: "20:00"}
arrivals: {constant_per_hour: 60}
customers:
  - {segment: all, share: 1, items: {fixed: 5}}
lanes:
  - {lane: staffed, kind: staffed, tills: 5, roster: 2}
"""

durations = st.integers(1, 5000).map(lambda s: f"{s} s")
shares = st.floats(0, 1)
tolerances = st.one_of(
    st.integers(0, 99).map(lambda n: {"longer_than": n}),
    st.floats(1, 50).map(lambda m: {"longer_than": {"geometric": {"mean": m}}}),
    durations.map(lambda d: {"expected_wait_over": d}),
    durations.map(lambda d: {"expected_wait_over": {"about": d}}),
)
jockeys = st.fixed_dictionaries(
    {}, optional={"shorter_by": st.integers(1, 9), "walk": durations, "willing": shares}
)
calls = st.fixed_dictionaries(
    {"lane": st.just("staffed"), "waited_over": durations},
    optional={"call_above": st.sampled_from(["off", 0, 2.5]), "close_below": st.floats(0, 5),
              "walk": durations, "stay": durations},
)  # fmt: skip
on_duty = st.dictionaries(
    st.sampled_from(["07:00", "8:30", "00:00", "19:59"]), st.integers(0, 9), min_size=1
)
staffings = st.one_of(
    st.builds(lambda c, n: {"on_demand": {**c, "spare": n}}, calls, st.integers(0, 9)),
    st.builds(lambda c, d: {"on_demand": c, "on_duty": d, "shift": "9 h"}, calls, on_duty),
    st.sampled_from([{}, {"on_close": "finish_current"}]),
)
lane_parts = st.fixed_dictionaries(
    {},
    optional={
        "breaks": st.sampled_from([[], [{"till": 5, "at": "19:59:30", "lasts": "1.5 min"}]]),
        "trainees": st.builds(lambda s, p: {"share": s, "pace": p}, shares, st.floats(1, 9)),
    },
)


@settings(max_examples=60, deadline=None)
@given(tolerances, jockeys, staffings, lane_parts, shares)
def test_any_behaviour_survives_being_written_out(balk, jockey, staffing, parts, member):
    """Resolving what was resolved changes nothing, as data and as YAML."""
    data = to_mapping(loads(SHOP)) | {"behaviour": {"balk": balk, "jockey": jockey}}
    data["staffing"] = staffing
    data["lanes"][0] |= parts
    data["customers"][0]["member"] = member
    if "00:00" in staffing.get("on_duty", {}):
        data["store"] = {"opens": "06:00", "closes": "20:00"}
        data["lanes"][0]["roster"] = 2
    scenario = resolve(data)
    assert resolve(to_mapping(scenario)) == scenario
    text = to_yaml(scenario)
    assert loads(text) == scenario
    assert to_yaml(loads(text)) == text


def test_the_resolved_scenario_says_what_is_off():
    """Every switch that exists is written with its default, so that nobody has to guess."""
    text = to_yaml(loads(SHOP))
    for line in ("balk: off", "jockey: off", "on_demand: off", "trainees: off", "breaks: []",
                 "on_close: finish_line", "judged_by: mean", "member: 0 %"):  # fmt: skip
        written = next(found for found in text.splitlines() if found.strip().startswith(line))
        assert "# default" in written
    assert "on_duty" not in text


@pytest.mark.parametrize(
    ("change", "table"),
    [
        ("staffing.on_duty@12:00=3", {"07:00": 4, "10:00": 2, "12:00": 3}),
        ("staffing.on_duty@7:00=3", {"07:00": 3, "10:00": 2}),
        ("staffing.on_duty@10:00={add: 1}", {"07:00": 4, "10:00": 3}),
        ("staffing.on_duty@06:00={add: 1}", {"06:00": 1, "07:00": 4, "10:00": 2}),
        ("staffing.on_duty={add: -3}", {"07:00": 1, "10:00": 0}),
    ],
)
def test_a_shift_is_changed_by_its_time(change, table):
    """At a time stands who begins then: no other shift is touched, before opening neither."""
    text = SHOP + 'staffing: {on_duty: {"07:00": 4, "10:00": 2}, shift: 4 h}\n'
    assert to_mapping(loads(text, overrides=[change]))["staffing"]["on_duty"] == table


def test_switching_things_on_by_path():
    """What is off can be given as a whole, or part by part where the rest has defaults."""
    changes = ["behaviour.jockey.shorter_by=3", "behaviour.balk={longer_than: 8}",
               "staffing.on_demand={lane: staffed, spare: 1}",
               'lanes.staffed.breaks=[{till: 1, at: "10:00", lasts: 15 min}]']  # fmt: skip
    scenario = loads(SHOP, overrides=changes)
    assert (scenario.behaviour.jockey.shorter_by, scenario.behaviour.jockey.walk) == (3, 5)
    assert scenario.behaviour.balk.longer_than == 8
    assert scenario.staffing.on_demand.spare == 1
    later = loads(to_yaml(scenario), overrides=["lanes.staffed.breaks[0].till=2"])
    assert later.lanes[0].breaks[0].till == 2


def test_a_lane_that_is_opened_on_demand_counts_as_open():
    """With nobody on the roster a call opens tills; with nobody to call they stay closed."""
    none = SHOP.replace("roster: 2", "roster: 0")
    loads(none + "staffing: {on_demand: {lane: staffed, spare: 1}}\n")
    for staffing in ("", "staffing: {on_demand: {lane: staffed, spare: 0}}\n"):
        with pytest.raises(ScenarioError, match="no lane is open"):
            loads(none + staffing)


def test_a_fault_in_staffing_does_not_leave_customers_without_a_lane():
    """Only the fault itself is told when a lane is open on demand alone."""
    text = SHOP.replace("roster: 2", "roster: 0")
    with pytest.raises(ScenarioError) as error:
        loads(text + "staffing: {on_demand: {lane: staffed, spare: 1, walk: 60}}\n")
    (fault,) = error.value.faults
    assert fault.where == "staffing.on_demand.walk"


def test_faults_of_people_and_staff_are_told_together():
    """One fault in each block: all are told at once."""
    text = (
        SHOP.replace("roster: 2", 'roster: 2, breaks: [{till: 6, at: "10:00", lasts: 5 min}]')
        + "behaviour: {balk: {longer_than: -1}, jockey: {walk: 5}}\n"
        + "staffing: {on_demand: {lane: stafed, spare: 1}}\n"
    )
    with pytest.raises(ScenarioError) as error:
        loads(text)
    assert [fault.where for fault in error.value.faults] == [
        "lanes[0].breaks[0].till",
        "behaviour.balk.longer_than",
        "behaviour.jockey.walk",
        "staffing.on_demand.lane",
    ]


SPECS = (BalkSpec, BehaviourSpec, BreakSpec, JockeySpec, OnDemandSpec, StaffingSpec, TraineesSpec)
ADDED = {LaneSpec: ("breaks", "trainees"), AcceptsSpec: ("members",), SegmentSpec: ("member",),
         LaneChoiceSpec: ("judged_by",)}  # fmt: skip


def test_every_new_key_is_explained_with_an_example():
    """The hover text is one sentence with 'as in ...', and names no type."""
    keys = [(spec, name) for spec in SPECS for name in spec.model_fields]
    keys += [(spec, name) for spec, names in ADDED.items() for name in names]
    for spec, name in keys:
        text = spec.model_fields[name].description or ""
        assert " as in " in text, (spec, name)
        assert text.endswith("."), (spec, name)
        assert not {"float", "tuple", "int", "None"} & set(text.split()), (spec, name)
