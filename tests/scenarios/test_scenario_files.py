"""Scenario files: every valid one is read and written, every fault is told with its place."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simqueue.fields import ByClock
from simqueue.scenario import (
    Scenario,
    ScenarioError,
    faults,
    load,
    loads,
    resolve,
    to_mapping,
    to_yaml,
)
from simqueue.scenario.scalars import resolved

HERE = Path(__file__).parent
VALID = sorted((HERE / "valid").glob("*.yaml"))
INVALID = sorted((HERE / "invalid").glob("*.yaml"))
SHOP = """\
scenario: a small shop
store: {opens: "08:00", closes: "20:00"}
arrivals: {constant_per_hour: 60}
customers:
  - {segment: quick trip, share: 60 %, items: {fixed: 5}}
  - {segment: main, share: 40 %, items: {fixed: 20}}
lanes:
  - {lane: tills, kind: staffed, tills: 12, roster: {"08:00": 3, "10:00": 7, "15:00": 9}}
  - {lane: self-service, kind: self_service, machines: 6}
"""


@pytest.mark.parametrize("path", INVALID, ids=lambda p: p.stem)
def test_each_invalid_file_has_its_one_fault(path):
    """The file's only fault is the one its first line announces, with line and column."""
    expected = path.read_text().splitlines()[0].removeprefix("# ")
    assert [str(fault) for fault in faults(path)] == [f"{path}:{expected}"]


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_each_valid_file_survives_being_written_out(path):
    """A scenario equals what its mapping and its YAML read as, without the files it came from."""
    scenario = load(path)
    text = to_yaml(scenario)
    assert resolve(to_mapping(scenario)) == scenario
    assert loads(text) == scenario
    assert to_yaml(loads(text)) == text
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert faults(path) == []


# --- what a written scenario may hold, in any combination ---------------------------------------

names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)
durations = st.one_of(st.integers(1, 5000).map(lambda s: f"{s} s"), st.floats(0.1, 99).map(
    lambda m: f"{m!r} min"))  # fmt: skip
shares = st.one_of(st.floats(0, 1), st.integers(0, 100).map(lambda p: f"{p} %"))
some_items = st.sampled_from(
    [{"fixed": 3}, {"about": 9}, {"half_up_to": 4, "nine_in_ten_up_to": 10, "most": 15},
     {"bands": {"1-5": "42 %", "6-10": "58 %"}}, {"negative_binomial": {"mean": 9, "r": 0.9}}]
)  # fmt: skip
some_service = st.one_of(
    st.sampled_from(["antczak2020_staffed", "us_with_bagging_staffed"]),
    durations.map(lambda d: {"exponential": {"mean": d}}),
    durations.map(lambda d: {"linear": {"per_item": d, "payment": {"cash": "9 s"}}}),
)


def by_hour(values):
    """One value, or values at opening and perhaps later."""
    hours = st.sampled_from(["08:30", "9:00", "12:15", "19:59"])
    table = st.dictionaries(hours, values, max_size=3)
    return st.one_of(values, st.builds(lambda first, rest: {"08:00": first, **rest}, values, table))


segments = st.fixed_dictionaries(
    {"segment": names, "share": st.just(1), "items": by_hour(some_items)},
    optional={
        "alone": shares,
        "acceptable_wait": durations,
        "patience": durations.map(lambda d: {"about": d}),
        "value_of_time": st.floats(0.1, 9),
        "pays": st.floats(0, 1).map(lambda x: {"cash": x, "card": 1 - x}),
    },
)
staffed_lanes = st.fixed_dictionaries(
    {"lane": st.just("a"), "kind": st.just("staffed"), "tills": st.just(9)},
    optional={
        "line": st.sampled_from(["own", "shared"]),
        "roster": by_hour(st.integers(1, 9)),
        "service": some_service,
        "slower_when_shared": st.sampled_from(["auto", "off", 1.1]),
        "cashiers_differ": st.floats(0, 1),
        "capacity": st.integers(1, 99),
    },
)
machine_lanes = st.fixed_dictionaries(
    {"lane": st.just("b"), "kind": st.just("self_service"), "machines": st.integers(0, 9)},
    optional={
        "attendants": by_hour(st.integers(1, 3)),
        "help": st.builds(lambda c, t: {"chance": max(c, 0.01), "takes": {"about": t}},
                          st.floats(0, 1), durations),
        "max_items": st.integers(3, 99),
    },
)  # fmt: skip
scenarios = st.fixed_dictionaries(
    {
        "scenario": names,
        "store": st.just({"opens": "08:00", "closes": "20:00"}),
        "arrivals": st.one_of(
            st.floats(0, 1000).map(lambda r: {"constant_per_hour": r}),
            st.floats(1, 9000).map(lambda n: {"customers_per_day": n, "shape": "sunday"}),
        ),
        "customers": segments.map(lambda s: [s]),
        "lanes": st.tuples(staffed_lanes, machine_lanes).map(list),
    },
    optional={
        "about": names,
        "seed": st.integers(0, 2**62),
        "behaviour": st.sampled_from(
            [{"renege": {"patience": "felt"}}, {"lane_choice": {"rule": "random"}},
             {"lane_choice": {"prefer": "staffed", "mean_service": {"a": "80.5 s"}}}]
        ),
        "targets": durations.map(lambda d: {"wait_p95": d, "nps": -3.5}),
        "economics": st.floats(0, 99).map(lambda x: {"cashier_per_hour": x}),
    },
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scenarios)
def test_any_scenario_survives_being_written_out(written):
    """Resolving a resolved scenario changes nothing, and its YAML is a fixed point."""
    scenario = resolve(written)
    assert resolve(to_mapping(scenario)) == scenario
    text = to_yaml(scenario)
    again = loads(text)
    assert again == scenario
    assert to_yaml(again) == text


# --- faults ---------------------------------------------------------------------------------------


def told(text, overrides=()):
    """The faults of a text, one string each."""
    with pytest.raises(ScenarioError) as error:
        loads(text, "shop.yaml", None, overrides)
    assert str(error.value) == "\n".join(map(str, error.value.faults))
    return str(error.value).splitlines()


def test_all_faults_of_a_file_are_told_at_once_in_order_of_place():
    """Faults of keys, types, shares, rosters and hours come together, sorted by line."""
    text = (
        SHOP.replace("share: 40 %", "share: 35 %")
        .replace("kind: staffed, tills: 12", "kind: staffed, tills: 8, max_itms: 3")
        .replace('"15:00": 9', '"21:00": 2, "15:00": 9')
        .replace("machines: 6", "machines: six")
        + "benchmark_wait: 5\nbehaviour: {lane_choice: {rule: nearst}}\n"
    )
    places = [line.split(": must")[0].split(": no")[0].split(": unk")[0] for line in told(text)]
    assert places == [
        "shop.yaml:5:3: customers",
        "shop.yaml:8:44: lanes[0].max_itms",
        "shop.yaml:8:90: lanes[0].roster@21:00",
        "shop.yaml:8:111: lanes[0].roster@15:00",
        "shop.yaml:9:56: lanes[1].machines",
        "shop.yaml:10:17: benchmark_wait",
        "shop.yaml:11:33: behaviour.lane_choice.rule",
    ]


def test_what_depends_on_a_faulty_part_is_not_told_twice():
    """A lane that cannot be read does not also leave its customers without a lane."""
    text = SHOP.replace("kind: staffed, tills: 12", "kind: stafed, tills: 12")
    (line,) = told(text)
    assert line.endswith("(got 'stafed'); did you mean 'staffed'?")


def test_a_fault_can_be_sent_to_another_process():
    """The error survives pickling with its faults, so that workers can report it."""
    with pytest.raises(ScenarioError) as error:
        loads("scenario: 1\nscenario: 2\n")
    again = pickle.loads(pickle.dumps(error.value))
    assert str(again) == str(error.value)


def bomb():
    """Nine levels of nine aliases each: 9 ** 9 values when written out."""
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]" for k in range(1, 10)]
    return "\n".join(levels)


HOSTILE = {
    "alias bomb": (bomb(), "must not hold more than 10,000 values"),
    "deep aliases": ("a: &a " + "[" * 30 + "]" * 30 + "\nb: " + "[" * 25 + "*a" + "]" * 25,
                     "must not be nested more than 50 deep"),
    "alias within itself": ("a: &a {b: *a}", "must not lie within itself"),
    "unknown alias": ("a: *nothing", "no anchor named 'nothing'"),
    "100,000 brackets": ("[" * 100_000, "must not be nested more than 50 deep"),
    "100,000 braces": ("{a: " * 100_000, "must not be nested more than 50 deep"),
    "100,000 dashes": ("- " * 100_000, "must not be nested more than 50 deep"),
    "many values": ("a: [" + "1," * 150_000 + "]", "must not hold more than 10,000 values"),
    "huge file": ("a: " + "x" * 1_000_001, "at most 1,000,000 bytes"),
    "NUL": ("a: \0", "character U+0000 is not allowed"),
    "UTF-16": ("scenario: a".encode("utf-16"), "must be text in UTF-8"),
    "UTF-16 without mark": ("scenario: a".encode("utf-16-be"), "must be text in UTF-8"),
    "Latin-1": ("scenario: Caf\xe9".encode("latin-1"), "1:14: must be text in UTF-8"),
    "binary": (bytes(range(256)) * 10, "must be text in UTF-8"),
    "tag": ("a: !!python/object/new:os.system [ls]", "must not have a tag"),
    "local tag": ("a: !mine 3", "must not have a tag such as '!mine'"),
    "tag on a key": ("!!str a: 3", "must not have a tag"),
    "directive": ("%TAG ! tag:x,2000:\n---\na: !b 3", "must not have a tag"),
    "documents": ("a: 1\n---\nb: 2", "must be one document"),
    "list as a key": ("? [a]\n: 1", "must have text as a key"),
    "no mapping": ("- a", "must be a mapping"),
    "empty": ("", "must be a mapping"),
    "only a comment": ("# nothing", "must be a mapping"),
    "control character": ("a: \x07", "character U+0007 is not allowed"),
    "unclosed quote": ("a: '" + "b" * 10_000, "is no valid YAML"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_give_one_clear_fault(name):
    """Whatever the bytes, there is one fault with a place, and no crash."""
    text, expected = HOSTILE[name]
    (line,) = told(text)
    assert line.startswith("shop.yaml:")
    assert expected in line
    assert len(line) < 250


def test_a_huge_number_or_name_is_told_shortened():
    """A value of 5,000 digits is refused, and not printed in full."""
    (line,) = told(SHOP.replace("constant_per_hour: 60", "constant_per_hour: " + "9" * 5000))
    assert "arrivals.constant_per_hour: must be" in line
    assert len(line) < 250


@given(st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_bytes_crash_the_reader(data):
    """Any bytes are either a scenario or a ScenarioError."""
    with pytest.raises(ScenarioError):
        loads(data)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010", 10), ("0o17", 15), ("0x1F", 31), ("1e3", 1000.0), (".5", 0.5), ("-1.", -1.0),
        ("NO", "NO"), ("yes", "yes"), ("off", "off"), ("True", True), ("false", False),
        ("17:30", "17:30"), ("1:30:00", "1:30:00"), ("2026-01-01", "2026-01-01"),
        ("1_000", "1_000"), ("0b11", "0b11"), ("~", None), ("", None), ("null", None),
        ("+12", 12), ("1e", "1e"), ("=", "="), ("<<", "<<"), (".inf", float("inf")),
    ],
)  # fmt: skip
def test_plain_scalars_follow_yaml_1_2(text, value):
    """The core schema of YAML 1.2 decides; whatever it does not name is text."""
    found = resolved(text)
    assert (type(found), found) == (type(value), value)


# --- changes by path ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "read", "value"),
    [
        ("lanes.self-service.machines=10", lambda s: s.lanes[1].machines, 10),
        ("lanes[1].machines=10", lambda s: s.lanes[1].machines, 10),
        ("lanes.self-service.machines={add: 2}", lambda s: s.lanes[1].machines, 8),
        ('customers."quick trip".alone=70 %', lambda s: s.customers[0].alone, 0.7),
        ("customers.quick trip.alone=70 %", lambda s: s.customers[0].alone, 0.7),
        ("seed=010", lambda s: s.seed, 10),
        ("store.closes=21:00", lambda s: s.length_s, 13 * 3600),
        ("experience.expected_wait=2 min", lambda s: s.experience.expected_wait, 120),
        ("behaviour.renege.patience={about: 3 min}",
         lambda s: s.behaviour.renege.patience.mean, 180),
        ("lanes.tills.roster=12", lambda s: s.lanes[0].roster, ByClock.always(12)),
        ("lanes.tills.roster={add: 1}", lambda s: s.lanes[0].roster.values(), (4, 8, 10)),
        ("lanes.tills.roster={add: -4}", lambda s: s.lanes[0].roster.values(), (0, 3, 5)),
        ("lanes.self-service.roster={add: -1}", lambda s: s.lanes[1].roster, ByClock.always(5)),
        ("lanes.tills.roster@15:00=4", lambda s: s.lanes[0].roster.points[2:],
         ((54_000, 4), (57_600, 9))),
        ("lanes.tills.roster@12:00=9", lambda s: s.lanes[0].roster.points[1:],
         ((36_000, 7), (43_200, 9), (46_800, 7), (54_000, 9))),
        ("lanes.tills.roster@9:30=5", lambda s: s.lanes[0].roster.points[:3],
         ((28_800, 3), (34_200, 5), (37_800, 7))),
        ("lanes.tills.roster@12:00={add: 2}", lambda s: s.lanes[0].roster.at(43_200), 9),
        ("lanes.tills.roster@19:00=1", lambda s: s.lanes[0].roster.points[-1], (68_400, 1)),
        ("lanes.self-service.roster@12:00=2", lambda s: s.lanes[1].roster.points,
         ((28_800, 6), (43_200, 2), (46_800, 6))),
        ("add=[{lane: x, kind: staffed, tills: 2}]", lambda s: s.lanes[-1].lane, "x"),
        ("lanes.self-service.machines=0", lambda s: s.lanes[1].n_servers, 0),
    ],
)  # fmt: skip
def test_a_change_by_path_changes_that_value(change, read, value):
    """Names address entries of lists, @ one hour; the rest of the scenario stays."""
    scenario = loads(SHOP, overrides=[change])
    assert read(scenario) == value
    written, before = to_mapping(scenario), to_mapping(loads(SHOP))
    changed = [key for key in before if written[key] != before[key]]
    assert changed == ["lanes" if change.startswith("add") else change.split(".")[0]
                       .split("=")[0].split("[")[0]]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("lanes.self-servic.machines=3", "nothing is named 'self-servic'; did you mean"),
        ("lanes.bakery.machines=3", "nothing is named 'bakery'; there are tills, self-service"),
        ("lanes.tills.tils=3", "lanes[0].tils: unknown key; did you mean 'tills'?"),
        ("lane.tills.tills=3", "lane: unknown key; did you mean 'lanes'?"),
        ("lanes[7].tills=3", "there is no entry [7]; the last one is [1]"),
        ("lanes.tills.tills=many", "lanes[0].tills: must be a whole number of at least 0"),
        ("seed=-1", "seed: must be a whole number of at least 0 (got -1)"),
        ("seed=9223372036854775808", "seed: must be at most 9223372036854775807"),
        ("lanes.tills.roster@12:00=13", "lanes[0].roster@12:00: must be at most 12"),
        ("lanes.tills.roster@7:00=1", "07:00 is outside opening hours, 08:00 to 20:00"),
        ("lanes.tills.roster@noon=1", "after @ must be a time on the clock"),
        ("lanes.tills.roster={add: 4}", "must be at most 12, the number of tills (got 13)"),
        ("lanes.tills.kind={add: 4}", "goes with numbers only (got 'staffed')"),
        ("lanes.tills.tills.more=4", "lanes.tills.tills is a number; nothing is in it"),
        ("lanes.tills", "must be path=value"),
        ("=3", "must be path=value"),
        ("lanes..tills=3", "must be a path"),
        ("lanes.tills.tills=[3", "is no valid YAML"),
        ("seed=!!int 3", "must not have a tag"),
        ("add=3", "must be a list of lanes"),
    ],
)
def test_a_change_that_hits_nothing_is_a_fault(change, expected):
    """The fault names the change itself, and what was probably meant."""
    (line,) = told(SHOP, [change])
    assert line.startswith(f"--set {change}: ")
    assert expected in line


def test_replaced_gives_a_checked_copy():
    """The copy has the new values, the original keeps its own, and faults are told."""
    scenario = loads(SHOP)
    better = scenario.replaced({"lanes.self-service.machines": 10, "lanes.tills.roster@10:00": 12})
    assert (better.lanes[1].machines, scenario.lanes[1].machines) == (10, 6)
    assert better.lanes[1].roster_or_all == ByClock.always(10)
    assert better.lanes[0].roster.at(36_000) == 12
    assert scenario.replaced({}) == scenario
    with pytest.raises(ScenarioError, match=r"set lanes\.x\.tills: nothing is named 'x'"):
        scenario.replaced({"lanes.x.tills": 1})


# --- the scenario itself --------------------------------------------------------------------------


def test_a_day_runs_from_opening_to_closing():
    """Seconds count from midnight to opening, and from opening to closing."""
    scenario = loads(SHOP)
    assert (scenario.opens_s, scenario.length_s, scenario.warm_up_s) == (28_800, 43_200, 0)
    assert (scenario.is_theory, scenario.slug) == (False, "a-small-shop")


def test_a_steady_state_run_starts_its_clock_at_0():
    """A horizon replaces opening hours; the warm-up is left out of measures."""
    text = SHOP.replace('{opens: "08:00", closes: "20:00"}', "{horizon: 40 h, warm_up: 4 h}")
    scenario = loads(text.replace("08:00", "00:00"))
    assert (scenario.opens_s, scenario.length_s, scenario.warm_up_s) == (0, 144_000, 14_400)
    assert scenario.is_theory


def test_a_scenario_built_in_python_is_checked_as_well():
    """A Scenario that makes no sense cannot be made, whichever way."""
    data = to_mapping(loads(SHOP))
    data["customers"][0]["share"] = "10 %"
    with pytest.raises(ValueError, match="add up"):
        Scenario.model_validate(data)


def test_defaults_are_marked_in_the_written_scenario():
    """What equals the default carries the word, what was changed does not."""
    lines = to_yaml(loads(SHOP, overrides=["seed=5"])).splitlines()
    assert "seed: 5" in lines
    assert any(line.startswith("replications: 20 ") and "# default" in line for line in lines)
    ignoring = next(line for line in lines if "ignores_limit_by" in line)
    assert "Trinkaus 1993" in ignoring


def test_reading_a_scenario_imports_nothing_heavy():
    """Validating loads neither SciPy, pandas, PyArrow, Matplotlib nor SimPy."""
    code = (
        "import sys; from simqueue.scenario import load, to_yaml; "
        f"to_yaml(load({str(HERE / 'valid' / 'researchers_distributions.yaml')!r})); "
        "print(sorted({'scipy', 'pandas', 'pyarrow', 'matplotlib', 'simpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_files_that_cannot_be_read_are_no_faults_of_the_scenario(tmp_path):
    """A missing file is an error of the system, which the command line reports as such."""
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nothing.yaml")
    with pytest.raises(IsADirectoryError):
        load(tmp_path)
