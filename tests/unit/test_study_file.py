"""Study files: what they say, every fault with its place, before anything runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import ValidationError

from simqueue.scenario import ScenarioError, load
from simqueue.scenario.init import start
from simqueue.scenario.study_file import MOST_POINTS, Sampling, StudyFile
from simqueue.scenario.study_load import is_study, load_files, load_study
from simqueue.scenario.study_schema import study_schema, study_schema_text
from simqueue.scenario.study_values import Aim, Constraint, Levels, aim, levels, matter
from simqueue.scenario.written import to_mapping, to_yaml
from tests.shops import CORNER_SHOP

GOOD = """\
study: Which lane mix?
base: shop.yaml
replications: 4
alternatives:
  - {name: as it is}
  - {name: more machines, set: {lanes.self-service.machines: 4}}
  - {name: by file, file: other.yaml}
matters: {wait_mean: 20 s, one_in_front: 3 %, cost: 5}
vary:
  lanes.staffed.tills: [2, 3, 4]
  lanes.self-service.machines: {from: 2, to: 4}
robustness: {demand: [-10 %, 0, 10 %], absent_cashiers: [0, 1]}
objective: {minimise: cost, subject_to: {checkout_csat: ">= 75", wait_p95: "<= 6 min"}}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a shop, another lay-out of it, and a study of both."""
    (tmp_path / "shop.yaml").write_text(CORNER_SHOP, encoding="utf-8")
    other = CORNER_SHOP.replace("machines: 2", "machines: 3").replace("Corner shop", "Other")
    (tmp_path / "other.yaml").write_text(other, encoding="utf-8")
    (tmp_path / "study.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def faults_of(home: Path, text: str) -> list[str]:
    """The faults of a study text, without the name of its file."""
    path = home / "study.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_study(path)
    return [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]


def told(home: Path, line: str, instead: str) -> str:
    """The only fault of the good study with one piece replaced."""
    assert line in GOOD
    (fault,) = faults_of(home, GOOD.replace(line, instead))
    return fault


def test_a_study_gives_each_alternative_its_whole_scenario(home: Path) -> None:
    """The base, the base with changes, and a file of its own; values are typed."""
    plan = load_study(home / "study.yaml")
    assert [each.name for each in plan.alternatives] == ["as it is", "more machines", "by file"]
    assert [each.scenario.lanes[1].machines for each in plan.alternatives] == [2, 4, 3]
    assert plan.alternatives[0].scenario == plan.base == load(home / "shop.yaml")
    file = plan.file
    assert file.matters == {"wait_mean": 20.0, "one_in_front": 0.03, "cost": 5.0}
    assert file.vary["lanes.self-service.machines"].values == (2, 3, 4)
    assert file.n_points == 9
    assert file.robustness.demand == (-0.1, 0.0, 0.1)
    assert file.objective is not None
    assert file.objective.subject_to["wait_p95"] == Constraint(at_least=False, limit=360.0)


def test_changes_made_on_the_command_line_reach_every_alternative(home: Path) -> None:
    """`--set` changes the base and the files of a study alike."""
    plan = load_study(home / "study.yaml", ["replications=9"])
    assert [each.scenario.replications for each in plan.alternatives] == [9, 9, 9]


@pytest.mark.parametrize(
    ("line", "instead", "fault"),
    [
        ("study: W", "studie: x\nstudy: W", "1:1: studie: unknown key; did you mean 'study'?"),
        ("base: shop.yaml", "base: shoop.yaml", "2:7: base: must be a scenario file in the study's"
         " folder (got 'shoop.yaml'); there is no such file"),
        ("base: shop.yaml", "base: ../shop.yaml",
         "2:7: base: must be a file inside the study's folder (got '../shop.yaml')"),
        ("base: shop.yaml", "base: study.yaml", "1:1: is a study, not a scenario; try: simqueue"
         " compare"),
        ("replications: 4", "replications: 0",
         "3:15: replications: must be a whole number of at least 1 (got 0)"),
        ("replications: 4", "replications: 4\nprecision: {wait_mean: 2 %}",
         "4:1: precision: does not go with replications: the days are as many as it takes"),
        ("replications: 4", "precision: {wait_meen: 2 %}",
         "3:13: precision.wait_meen: unknown measure; did you mean 'wait_mean'?"),
        ("replications: 4", "precision: {wait_mean: 2}", "3:24: precision.wait_mean: must be a"
         " duration with a unit, as in '90 s' or '4 min' (got 2); did you mean '2 s' or '2 min'?"),
        ("replications: 4", "precision: {checkout_csat: 0}",
         "3:28: precision.checkout_csat: must be above 0 (got 0)"),
        ("name: by file", "name: as it is",
         "7:12: alternatives[2].name: must be a name of its own (got 'as it is')"),
        ("set: {lanes.self", "sett: {lanes.self",
         "6:27: alternatives[1].sett: unknown key; did you mean 'set'?"),
        ("self-service.machines: 4", "selfservice.machines: 4", "6:33: alternatives[1].set."
         '"lanes.selfservice.machines": nothing is named \'selfservice\'; did you mean'
         " 'self-service'?"),
        ("self-service.machines: 4", "self-service.machines: four",
         '6:62: alternatives[1].set."lanes.self-service.machines": lanes[1].machines: must be a'
         " whole number of at least 0 (got 'four')"),
        ("set: {lanes.self-service.machines: 4}", "set: {seed: 8}", "6:32: alternatives[1].set:"
         " seed must be as in 'as it is', 7 (got 8), the first alternative"),
        ("set: {lanes.self-service.machines: 4}", "set: {experience.model: linear}",
         "6:32: alternatives[1].set: experience.model must be as in 'as it is', 'judged-wait' (got"
         " 'linear'), the first alternative"),
        ("wait_mean: 20 s", "wait_mean: 20 %", "8:22: matters.wait_mean: must be an amount in the"
         " measure's own unit, not a percentage (got '20 %')"),
        ("[2, 3, 4]", "[]", '10:24: vary."lanes.staffed.tills": must have at least one value'),
        ("[2, 3, 4]", "[2, 2]", '10:28: vary."lanes.staffed.tills"[1]: is given twice (got 2)'),
        ("[2, 3, 4]", "[2, -1]", '10:28: vary."lanes.staffed.tills"[1]: lanes[0].tills: must be a'
         " whole number of at least 0 (got -1)"),
        ("lanes.staffed.tills:", "lanes.stafed.tills:", '10:3: vary."lanes.stafed.tills":'
         " nothing is named 'stafed'; did you mean 'staffed'?"),
        ("{from: 2, to: 4}", "{from: 4, to: 2}", '11:32: vary."lanes.self-service.machines": must'
         " be a range that goes up, as in {from: 4, to: 8} (got a mapping)"),
        ("{from: 2, to: 4}", "{from: 2, too: 4}", None),
        ("{from: 2, to: 4}", "{from: 2.5, to: 4}", '11:32: vary."lanes.self-service.machines":'
         " needs a step for a full grid, as in {from: 0.1, to: 0.4, step: 0.1}"),
        ("{from: 2, to: 4}", "{from: 2, to: 4, step: 0}",
         '11:55: vary."lanes.self-service.machines".step: must be above 0 (got 0)'),
        ("{from: 2, to: 4}", "{from: 0, to: 1, step: 1e-9}",
         '11:32: vary."lanes.self-service.machines": must have at most 10000 values'),
        ("demand: [-10 %, 0, 10 %]", "demand: []",
         "12:22: robustness.demand: must have at least one value"),
        ("demand: [-10 %, 0, 10 %]", "demand: [-10]", "12:23: robustness.demand[0]: must be a"
         " change as a share, as in '-10 %' or 0.1 (got -10)"),
        ("minimise: cost", "minimise: costs", "13:23: objective.minimise: must be a measure, as in"
         " cost or wait_mean (got 'costs'); did you mean 'cost'?"),
        ("minimise: cost, ", "", "13:12: objective: must have one of minimise and maximise"),
        (">= 75", ">= 175",
         "13:57: objective.subject_to.checkout_csat: must be a number from 0 to 100 (got '>= 175'"),
        ("<= 6 min", "6 min", "13:76: objective.subject_to.wait_p95: must be a limit, as in '>= 75'"
         " or '<= 6 min' (got '6 min')"),
        ("objective:", "sampling: {sobl: 4}\nobjective:",
         "13:12: sampling.sobl: unknown design; did you mean 'sobol'?"),
        ("objective:", "sampling: {sobol: 0}\nobjective:", "13:19: sampling.sobol: must be a whole"
         f" number of points from 1 to {MOST_POINTS} (got 0)"),
    ],
)  # fmt: skip
def test_each_fault_is_told_at_its_place(
    home: Path, line: str, instead: str, fault: str | None
) -> None:
    """A study with one mistake is refused with that mistake, its line and column, and a hint."""
    if fault is None:  # two faults of one mistake
        found = faults_of(home, GOOD.replace(line, instead))
        assert [f.partition("machines\"")[2] for f in found] == [
            ".to: is missing", ".too: unknown key; did you mean 'to'?"]  # fmt: skip
        return
    assert fault in told(home, line, instead)


def test_all_faults_are_told_at_once(home: Path) -> None:
    """Faults of the file, of its alternatives and of its values come in one message."""
    text = (
        GOOD.replace("replications", "replicas")
        .replace("machines: 4", "machines: x")
        .replace("[2, 3, 4]", "[9999999]")
        .replace("minimise", "minimize")
    )
    found = faults_of(home, text)
    assert len(found) == 4
    assert [line.partition(":")[0] for line in found] == ["3", "6", "10", "13"]


def test_a_fault_of_the_base_is_told_once_and_at_its_own_place(home: Path) -> None:
    """What is wrong in a scenario file is told with that file's line, not once for each use."""
    (home / "shop.yaml").write_text(CORNER_SHOP.replace("tills: 2", "tills: two"))
    with pytest.raises(ScenarioError) as caught:
        load_study(home / "study.yaml")
    (fault,) = caught.value.faults
    assert (fault.file, fault.where) == (str(home / "shop.yaml"), "lanes[0].tills")


def test_too_many_points_are_refused(home: Path) -> None:
    """A grid of over 100,000 points is refused with the way out, and none of it is tried."""
    grid = "[" + ", ".join(map(str, range(1, 400))) + "]"
    text = GOOD.replace("[2, 3, 4]", grid).replace("{from: 2, to: 4}", "{from: 1, to: 300}")
    (fault,) = faults_of(home, text)
    assert "must give at most 100,000 points; these are 119,700 (try sampling: {sobol" in fault


def test_without_base_every_alternative_needs_a_file(home: Path) -> None:
    """`base` may be left out only where every alternative names its own file."""
    text = "study: x\nalternatives: [{name: a, file: shop.yaml}, {name: b, file: other.yaml}]\n"
    (home / "study.yaml").write_text(text)
    assert load_study(home / "study.yaml").base is None
    (fault,) = faults_of(home, text.replace(", file: other.yaml", ""))
    assert fault == "1:1: base: is missing, and this alternative names no file of its own"
    assert faults_of(home, "study: x\n") == ["1:1: base: is missing"]


def test_points_are_tried_as_a_sweep_tries_them(home: Path) -> None:
    """Values that only go together are fine; those that do not are told with a point as example."""
    head = "study: x\nbase: shop.yaml\nvary:\n  lanes.staffed.tills: "
    roster = "\n  lanes.staffed.roster: "
    (home / "study.yaml").write_text(f"{head}[4]{roster}[3, 4]\n")
    assert len(load_study(home / "study.yaml").file.vary) == 2
    (fault,) = faults_of(home, f"{head}[1, 2]{roster}[1, 2]\n")
    assert fault == (
        '5:29: vary."lanes.staffed.roster"[1]: lanes[0].roster: must be at most 1, the number of'
        " tills (got 2) (as in the point lanes.staffed.tills = 1, lanes.staffed.roster = 2)"
    )
    (home / "study.yaml").write_text(f"{head}[1, 2]{roster}[1, 2]\n")
    assert load_study(home / "study.yaml", try_values=False).file.n_points == 4


def test_of_a_sample_its_ends_are_tried(home: Path) -> None:
    """The lower ends, the middles, the upper ends of all ranges together."""
    head = "study: x\nbase: shop.yaml\nsampling: {latin_hypercube: 9}\nvary:\n"
    good = "  lanes.staffed.tills: {from: 2, to: 9}\n  lanes.staffed.roster: {from: 2, to: 9}\n"
    (home / "study.yaml").write_text(head + good)
    assert load_study(home / "study.yaml").file.n_points == 9
    (fault,) = faults_of(home, head + "  lanes.self-service.help.chance: {from: 5 %, to: 105 %}\n")
    assert fault.startswith('5:35: vary."lanes.self-service.help.chance": lanes[1].help.chance: ')


def test_a_path_varied_twice_and_a_lopsided_sobol_sequence_are_refused(home: Path) -> None:
    """Told wherever the study is read, at the key and at the number of points."""
    text = "study: x\nbase: shop.yaml\nsampling: {sobol: 100}\nvary:\n  seed: [1, 2]\n"
    (fault,) = faults_of(home, text)
    assert fault.startswith("3:19: sampling.sobol: must be a power of two")
    assert fault.endswith("(got 100); did you mean 128?")
    (fault,) = faults_of(home, 'study: x\nbase: shop.yaml\nvary:\n  "seed, seed": [1, 2]\n')
    assert fault == '4:17: vary."seed, seed": names a path that is varied twice'


def test_what_a_set_leaves_without_a_lane_is_told_at_the_set(home: Path) -> None:
    """Nobody is served once all lanes are closed: the fault is the study's, not the base's."""
    closed = '{"lanes.staffed.roster": 0, "lanes.self-service.roster": 0}'
    head = "study: x\nbase: shop.yaml\nalternatives:\n  - {name: a}\n"
    text = f"{head}  - {{name: b, set: {closed}}}\n"
    found = faults_of(home, text)
    assert found
    assert all(fault.startswith("5:20: alternatives[1].set: ") for fault in found)


def test_files_of_other_customers_are_refused_with_the_way_out(home: Path) -> None:
    """Arrivals, customers, hours or seed that differ: told in the second file, where they stand."""
    for old, new, where in (
        ('"09:00": 60', '"09:00": 61', "arrivals.per_hour@09:00"),
        ("seed: 7", "seed: 8", "seed"),
        ("share: 60 %\n    items: {half_up_to: 4", "share: 60 %\n    items: {half_up_to: 3",
         "customers[0].items.half_up_to"),
        ('closes: "11:00"', 'closes: "10:45"', "store.closes"),
    ):  # fmt: skip
        assert old in CORNER_SHOP
        (home / "other.yaml").write_text(CORNER_SHOP.replace(old, new), encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            load_files([home / "shop.yaml", home / "other.yaml"])
        fault = caught.value.faults[0]
        assert (fault.where, fault.file) == (where, str(home / "other.yaml"))
        assert fault.line > 1
        assert "must be as in" in fault.text
        assert "to change it on purpose, write a study with set" in fault.text


def test_demand_may_differ_on_purpose(home: Path) -> None:
    """A study that sets arrivals is no mistake; one that names a file of other customers is."""
    (home / "study.yaml").write_text(
        "study: x\nbase: shop.yaml\nalternatives:\n  - {name: a}\n"
        "  - {name: busier, set: {arrivals.day_to_day_cv: 0.3}}\n"
    )
    assert load_study(home / "study.yaml").alternatives[1].changes == {
        "arrivals.day_to_day_cv": 0.3
    }


def test_files_of_one_name_get_names_of_their_own(home: Path) -> None:
    """Two scenarios of one name go by their files; two copies of one file by a number."""
    (home / "copy.yaml").write_text(CORNER_SHOP)
    names = [each.name for each in load_files([home / "shop.yaml", home / "copy.yaml"])]
    assert names == ["shop", "copy"]
    names = [each.name for each in load_files([home / "shop.yaml", home / "shop.yaml"])]
    assert names == ["shop (1)", "shop (2)"]


def test_a_study_written_out_is_the_same_study(home: Path) -> None:
    """Mapping and YAML read as an equal study; writing that out changes nothing."""
    file = load_study(home / "study.yaml").file
    assert StudyFile.model_validate(to_mapping(file)) == file
    text = to_yaml(file, "study")
    again = StudyFile.model_validate(yaml.safe_load(text))
    assert again == file
    assert to_yaml(again, "study") == text
    bare = StudyFile.model_validate({"study": "x", "base": "shop.yaml"})
    assert StudyFile.model_validate(yaml.safe_load(to_yaml(bare, "study"))) == bare


def test_a_study_and_a_scenario_are_told_apart(home: Path) -> None:
    """A study given as a scenario is told so, with the command that takes it."""
    assert is_study(home / "study.yaml")
    assert not is_study(home / "shop.yaml")
    with pytest.raises(ScenarioError, match="is a study, not a scenario; try: simqueue compare"):
        load(home / "study.yaml")


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ([0, "a", 2.5], (0, "a", 2.5)),
        ({"from": 4, "to": 7}, (4, 5, 6, 7)),
        ({"from": 0.1, "to": 0.3, "step": 0.1}, (0.1, 0.2, 0.3)),
        ({"from": "2 min", "to": "3 min", "step": "0.5 min"}, ("2 min", "2.5 min", "3 min")),
        ({"from": "-10 %", "to": "10 %", "step": "10 %"}, ("-10 %", "0 %", "10 %")),
    ],
)
def test_values_to_vary(written: Any, values: tuple[Any, ...]) -> None:
    """Lists are taken as they are; ranges go from one end to the other, both included."""
    found = levels(written)
    assert found.values == values
    assert levels(found.written()) == found
    assert [found.at((k + 0.5) / len(values)) for k in range(len(values))] == list(values)


def test_a_range_without_a_step_is_for_designs_that_pick_points() -> None:
    """Any point of the range is picked, with its unit; the ends mean the same wherever they go."""
    found = levels({"from": "1 min", "to": "3 min"})
    assert found == Levels((), 1.0, 3.0, None, "min")
    assert [found.at(u) for u in (0.0, 0.25)] == ["1.0 min", "1.5 min"]


@pytest.mark.parametrize("value", [{"from": "1 s", "to": "2 min"}, {"from": 1, "to": True}, "x", 3])
def test_what_is_no_range_is_refused(value: Any) -> None:
    """Two units, a switch, a word or a single number are no values to vary."""
    with pytest.raises(ValueError, match=r"must be|must have"):
        levels(value)


def test_precision_is_relative_with_a_percent_sign_only() -> None:
    """`2 %` is a share of the mean; an amount is in the unit of the measure."""
    assert aim("wait_mean", "2 %") == Aim(0.02, relative=True)
    assert aim("wait_mean", "5 s") == Aim(5.0, relative=False)
    assert aim("one_in_front", 0.01) == Aim(0.01, relative=False)
    assert matter("one_in_front", "2 %") == 0.02
    for name, value in (("wait_mean", "200 %"), ("wait_mean", "-2 %"), ("checkout_csat", "x")):
        with pytest.raises(ValueError, match="must be"):
            aim(name, value)


def test_the_schema_agrees_with_the_reader(home: Path) -> None:
    """What the reader takes passes the JSON Schema; what the schema refuses the reader refuses."""
    schema = study_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    check = jsonschema.Draft7Validator(schema)
    assert json.loads(study_schema_text()) == schema
    start(home / "new", study=True)
    for text in (GOOD, (home / "new" / "study.yaml").read_text(encoding="utf-8")):
        assert list(check.iter_errors(yaml.safe_load(text))) == []
    assert all(each["description"] for each in schema["properties"].values())
    for wrong in (
        {"studdy": "x"}, {"study": "x", "replications": 0}, {"study": "x", "vary": {}},
        {"study": "x", "vary": {"a": []}}, {"study": "x", "vary": {"a": {"from": 1}}},
        {"study": "x", "precision": {"wait": 1}}, {"study": "x", "precision": {"wait_mean": 1}},
        {"study": "x", "matters": {"wait_mean": 3}}, {"study": "x", "sampling": {"lhs": 3}},
        {"study": "x", "alternatives": [{"set": {}}]}, {"study": "x", "objective": {}},
        {"study": "x", "robustness": {"demand": []}},
        {"study": "x", "objective": {"minimise": "cost", "maximise": "nps"}},
    ):  # fmt: skip
        assert list(check.iter_errors(wrong)), wrong
        with pytest.raises(ValidationError):
            StudyFile.model_validate({"base": "b.yaml", **wrong})


def test_sampling_is_read_and_written() -> None:
    """A full grid is the default; designs say how many points they pick."""
    for said, found in (("grid", Sampling()), ({"sobol": 8}, Sampling("sobol", 8))):
        data = {"study": "x", "base": "b", "vary": {"a": [1]}, "sampling": said}
        file = StudyFile.model_validate(data)
        assert file.sampling == found
        assert to_mapping(file)["sampling"] == said
        assert file.n_points == (found.points or 1)


def test_init_study_writes_a_study_that_loads(tmp_path: Path) -> None:
    """`init --study` leaves a study of three alternatives beside its schema and scenarios."""
    started = start(tmp_path, study=True)
    assert started.study == tmp_path / "study.yaml"
    plan = load_study(tmp_path / "study.yaml")
    assert [each.name for each in plan.alternatives] == [
        "as it is", "four more machines", "single line"]  # fmt: skip
    assert json.loads((tmp_path / "study.schema.json").read_text(encoding="utf-8"))
    assert started.commands == [f"simqueue compare {tmp_path / 'study.yaml'}"]
