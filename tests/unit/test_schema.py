"""The JSON Schema says what the readers accept, and explains every key with an example."""

from __future__ import annotations

import copy
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from simqueue import units
from simqueue.chance import Dimension
from simqueue.chance.distributions import read as read_distribution
from simqueue.experience.parameter_table import TABLE
from simqueue.fields import Spec
from simqueue.registry import choices
from simqueue.scenario import Scenario, ScenarioError, load, resolve, to_mapping
from simqueue.scenario.schema import block, schema, schema_text
from simqueue.scenario.schema_words import POINTS, TARGETS
from simqueue.scenario.targets import MEASURES
from simqueue.scenario.yaml import read
from simqueue.shop.services import LinearSpec

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "tests" / "scenarios"
VALID = sorted((FILES / "valid").glob("*.yaml"))
INVALID = sorted((FILES / "invalid").glob("*.yaml"))
TEMPLATES = ROOT / "simqueue" / "scenario" / "templates"
SCHEMA = schema()
CHECK = Draft7Validator(SCHEMA)


def plain(path: Path) -> Any:
    """The file as plain data, read with our own reader of YAML."""
    return read(path.read_bytes(), path.name).plain()


SHOPS = sorted(
    path
    for folder in (ROOT / "scenarios", TEMPLATES)
    for path in folder.rglob("*.yaml")
    if "study" not in plain(path)  # a study names shops and is none
)


def part(of: dict[str, Any]) -> Draft7Validator:
    """A check of one value; the definitions are those of the whole schema."""
    return Draft7Validator({"allOf": [of], "definitions": SCHEMA["definitions"]})


def specs(kind: type[Spec]) -> Iterator[type[Spec]]:
    """The block and all blocks that may stand in it."""
    yield kind
    below: list[Any] = [field.annotation for field in kind.model_fields.values()]
    while below:
        hint = below.pop()
        if isinstance(hint, type) and issubclass(hint, Spec):
            yield from specs(hint)
        else:
            below += getattr(hint, "__args__", ())


def keys(of: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every key that the schema describes, with its own schema; conditions describe none."""
    if isinstance(of, list):
        for entry in of:
            yield from keys(entry, at)
    if not isinstance(of, dict):
        return
    for word, below in of.items():
        if word == "properties" and of.get("additionalProperties") is False:
            for name, value in below.items():
                yield (*at, name), value
                yield from keys(value, (*at, name))
        elif word == "definitions":
            for name, value in below.items():
                yield from keys(value, (name,))
        elif word != "properties":
            yield from keys(below, at)


KEYS = list(keys(SCHEMA))


def test_the_schema_is_a_sound_draft_7_schema_and_the_same_text_every_time():
    """The metaschema accepts it, and another process with another hash seed writes it alike."""
    Draft7Validator.check_schema(SCHEMA)
    assert json.loads(schema_text()) == SCHEMA
    done = subprocess.run(
        [sys.executable, "-m", "simqueue", "schema"],
        capture_output=True,
        check=True,
        env={"PYTHONHASHSEED": "7", "PYTHONUTF8": "1"},
        cwd=ROOT,
    )
    assert done.stdout.decode() == schema_text()


def test_every_key_of_every_block_is_there_and_no_later_one():
    """The keys of a block in the schema are those of its model; later ones are left out."""
    found = {*specs(Scenario), LinearSpec, *specs(LinearSpec)}
    assert len(found) >= 20
    for kind in found:
        known = block(kind)["properties"]
        assert list(known) == list(kind.model_fields)
        assert not set(known) & kind.later
    lanes = SCHEMA["properties"]["lanes"]["items"]["properties"]
    assert list(lanes)[:2] == ["lane", "kind"]


def paths(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every value in the data."""
    entries = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in entries:
        yield (*at, key)
        if isinstance(value, (dict, list)):
            yield from paths(value, (*at, key))


def at(data: Any, place: tuple[Any, ...]) -> Any:
    """The value at a place."""
    for key in place:
        data = data[key]
    return data


def put(data: Any, place: tuple[Any, ...], value: object) -> Any:
    """The data with another value at that place."""
    changed = copy.deepcopy(data)
    at(changed, place[:-1])[place[-1]] = value
    return changed


@pytest.mark.parametrize("path", [*VALID, *SHOPS], ids=lambda p: p.stem)
def test_every_sound_file_is_accepted_as_written_and_as_resolved(path):
    """What the readers take, and what `resolve` writes, satisfies the schema."""
    for data in (plain(path), to_mapping(load(path))):
        assert [f"{e.json_path}: {e.message}" for e in CHECK.iter_errors(data)] == []


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_an_unknown_key_is_refused_in_every_mapping(path):
    """A key that means nothing is refused wherever it stands."""
    data = plain(path)
    places = [(), *(p for p in paths(data) if isinstance(at(data, p), dict))]
    for place in places:
        if place[:1] == ("week",) and place[-1] == "set":
            continue  # paths are free, and so are their values
        # names of stations and pools are free, but nothing there is a list
        assert not CHECK.is_valid(put(data, (*place, "nonsense"), [])), place


# Faults of one value, as opposed to values that do not fit together.
ONE_VALUE = (
    "unknown key",
    "comes in a later version",
    "is missing",
    "must be one of ",
    "must be on or off",
    "must be text",
    "must be a number",
    "must be a whole number",
    "must be a share",
    "must be a duration",
    "must be a time on the clock",
    "must be a list",
    "must be a mapping",
    "must be a distribution",
    "must be a factor",
    "must be a finite number",
    "must not be a negative duration",
    "must be longer than 0 s",
    "no rule",
    "no distribution",
    "no service",
    "unknown measure",
    "goes only with kind",
)


def faulty() -> Iterator[tuple[str, str, bool]]:
    """Name, announced fault, and whether the schema refuses it; files that are YAML only."""
    for path in INVALID:
        try:
            data = plain(path)
        except ScenarioError:
            continue
        first = path.read_text(encoding="utf-8").splitlines()[0]
        yield path.stem, first.split(": ", 2)[-1], not CHECK.is_valid(data)


def test_faults_of_keys_types_and_names_are_refused():
    """At least 115 of the invalid files are refused, among them all with a fault of one value."""
    found = list(faulty())
    missed = [name for name, text, refused in found if text.startswith(ONE_VALUE) and not refused]
    assert missed == []
    assert sum(refused for _, _, refused in found) >= 115
    assert sum(text.startswith(ONE_VALUE) for _, text, _ in found) >= 80


VALUES: list[Any] = [
    "off", "No", "on", "YES", "auto", "all", "felt", -1, 2.5, 3, 0.5, 200, "50 %", "120 %", "10%",
    "4 min", "1:30 min", "90 S", "-5 s", "0 s", True, False, "x", "", {}, "08:00", "8:30", "25:00",
    {"08:00": 2}, {"08:00": "50 %"}, {"about": "4 min"}, {"about": 3}, {"fixed": 0}, "2 per min",
    "staffed", "saturday", {"fixed": 5, "most": 6}, 1e12, {"exponential": {"mean": 3}},
]  # fmt: skip


def test_what_the_readers_accept_the_schema_accepts():
    """Wherever a value of a sound file is replaced, the schema is never stricter than the readers.

    An empty value where a word such as off is meant is the one exception: the editor asks for it.
    """
    chance = random.Random(3)
    accepted = 0
    for path in VALID:
        data = plain(path)
        for place in paths(data):
            for value in chance.sample(VALUES, 2):
                changed = put(data, place, value)
                try:
                    resolve(changed)
                except ScenarioError:
                    continue
                accepted += 1
                assert CHECK.is_valid(changed), (path.stem, place, value)
    assert accepted > 100


amounts = st.one_of(
    st.integers(0, 400).map(str),
    st.floats(0, 400).map(lambda x: f"{x:.3g}"),
    st.sampled_from(["1:30", "0:05", "01:59", "1:75", ".5", "5.", "-1", "x", ""]),
)
written_units = st.sampled_from(
    ["s", "sec", "Seconds", "MIN", "minutes", "h", "hr", "hours", "d", "Days", "mn", "", "%",
     " %", " percent", " per cent", "per min", "/h", " an hour", "a day"]
)  # fmt: skip
amount_texts = st.lists(st.builds("{}{}{}".format, amounts, st.sampled_from(["", " "]),
                                  written_units), min_size=1, max_size=3).map(" ".join)  # fmt: skip
READERS = {
    "duration": units.seconds,
    "share": units.share,
    "clock": units.clock,
}


def reads(read_one: Any, text: object) -> bool:
    """Whether a reader takes the value."""
    try:
        read_one(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_patterns_agree_with_the_readers(name, data):
    """A text is a duration, a share or a time by its pattern exactly when its reader takes it."""
    clocks = st.builds("{}:{}".format, st.integers(0, 30), st.sampled_from(["00", "30", "59", "7"]))
    text = data.draw(st.one_of(amount_texts, clocks, st.floats(0, 2)))
    taken = part({"$ref": f"#/definitions/{name}"}).is_valid(text)
    assert taken == reads(READERS[name], text)


@pytest.mark.parametrize("dimension", Dimension)
@pytest.mark.parametrize("family", choices("distribution"))
def test_distributions_are_taken_in_every_form_and_refused_with_a_key_too_many(family, dimension):
    """For every family the schema and the reader agree: its example, a wrong key, a `most`."""
    whole = part({"$ref": f"#/definitions/{dimension.value}_distribution"})
    size = {Dimension.DURATION: "40 min", Dimension.ITEMS: 40, Dimension.FACTOR: 40}[dimension]
    found = {"half_up_to": {"half_up_to": 4, "nine_in_ten_up_to": 10}, "about": {"about": 4},
             "fixed": {"fixed": 4}}.get(family)  # fmt: skip
    written = found and {k: f"{v} min" if size == "40 min" else v for k, v in found.items()}
    if written is None:
        shown = dict(KEYS)[(f"{dimension.value}_distribution", family)]
        written = {family: example_of(shown["description"])}
    for changed in (written, {**written, "most": size}, {**written, "least": size}, {}):
        assert whole.is_valid(changed) == reads(lambda x: read_distribution(x, dimension), changed)
    for key in written:  # a parameter missing
        rest = {k: v for k, v in written.items() if k != key}
        assert not whole.is_valid(rest)


def test_targets_have_the_names_and_ranges_of_the_readers():
    """Each measure has a hover text, and its range ends where the reader's ends."""
    targets = SCHEMA["properties"]["targets"]["properties"]
    assert list(targets) == list(MEASURES)
    assert set(TARGETS) == set(MEASURES)
    for name, (low, high) in POINTS.items():
        assert all(reads(MEASURES[name].read, x) for x in (low, high))
        assert not any(reads(MEASURES[name].read, x) for x in (low - 0.5, high + 0.5))
    for name, limit in MEASURES.items():
        for value in (50, "50 %", "5 min", 0.5, "x", -200):
            assert part(targets[name]).is_valid(value) == reads(limit.read, value), (name, value)


def test_parameters_of_the_psychology_have_their_names_and_limits():
    """Those that can be set are there, each between its physical limits."""
    known = SCHEMA["properties"]["experience"]["properties"]["parameters"]["properties"]
    assert set(known) == {p.name for p in TABLE.values() if p.settable}
    for name, of in known.items():
        assert (of["minimum"], of["maximum"]) == (TABLE[name].at_least, TABLE[name].at_most)


# --- hover texts ----------------------------------------------------------------------------------

STOPS = re.compile(r"; | \(|, or|: | or as in |, as | if people| for all")


def example_of(sentence: str) -> Any:
    """The example of a hover text, as a file would hold it."""
    _, found, rest = sentence.partition("as in ")
    assert found, sentence
    rest = rest.removesuffix(".")
    if rest[0] in "{[":
        depth = 0
        for k, letter in enumerate(rest):
            depth += (letter in "{[") - (letter in "}]")
            if depth == 0:
                rest = rest[: k + 1]
                break
    else:
        rest = STOPS.split(rest)[0]
    return read(f"it: {rest}", "example").plain()["it"]


@pytest.mark.parametrize(("place", "of"), KEYS, ids=[".".join(place) for place, _ in KEYS])
def test_every_key_has_one_sentence_with_an_example_that_is_accepted(place, of):
    """The hover text ends in a full stop, has only one, and its example satisfies the schema."""
    sentence = of["description"]
    assert sentence.endswith(".")
    assert not re.search(r"(?<!\.)\. ", sentence)
    assert sentence[0].isupper() or sentence[0].isdigit()
    value = example_of(sentence)
    told = [e.message for e in part(of).iter_errors(value)]
    assert told == [], value


def test_there_are_many_keys():
    """The walk over the schema finds the keys of all blocks and distributions."""
    assert len(KEYS) > 250


def enums(of: Any) -> Iterator[dict[str, Any]]:
    """All lists of words that an editor offers; those of conditions are none."""
    if isinstance(of, dict):
        if "enum" in of and "enumDescriptions" in of:
            yield of
        for word, below in of.items():
            if word != "if":
                yield from enums(below)
    elif isinstance(of, list):
        for entry in of:
            yield from enums(entry)


def test_every_word_that_can_be_chosen_says_what_it_means():
    """Names of rules, kinds, shapes, forms and services come with a sentence each."""
    offered: dict[Any, str] = {}
    for of in enums(SCHEMA):
        assert len(of["enum"]) == len(of["enumDescriptions"])
        offered |= {k: v for k, v in zip(of["enum"], of["enumDescriptions"], strict=True)
                    if isinstance(k, str)}  # fmt: skip
    named = [n for f in ("lane_choice", "service") for n in choices(f)]
    assert {"saturday", "staffed", "judged-wait", "contactless", "felt", *named} <= set(offered)
    switches = {"on", "off", "yes", "no"}
    assert all(text.endswith(".") for word, text in offered.items() if word not in switches)


def test_defaults_in_the_schema_are_those_of_a_resolved_scenario():
    """Where the schema gives a default, leaving the key out resolves to it."""
    smallest = to_mapping(load(FILES / "valid" / "smallest.yaml"))
    given_as_a_whole = [place for place, of in KEYS if isinstance(of.get("default"), dict)]
    n_same = 0
    for place, of in KEYS:
        if "default" not in of or place[:-1] in given_as_a_whole:
            continue
        value: Any = smallest
        for key in place:
            value = value[0] if isinstance(value, list) and value else value
            value = value.get(key, "not there") if isinstance(value, dict) else "not there"
        if value != "not there":
            assert value == of["default"], place
            n_same += 1
    assert n_same > 40


def test_a_wrong_example_would_be_found():
    """The check of examples can fail: a share of 120 % is none."""
    assert not part({"$ref": "#/definitions/share"}).is_valid(example_of("A part, as in 120 %."))
