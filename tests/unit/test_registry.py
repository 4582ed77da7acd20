"""Choices by name: kept, found, and suggested when misspelt."""

from __future__ import annotations

import importlib

import pytest

from simqueue import registry
from simqueue.registry import choices, did_you_mean, families, find, register


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    """A registry of its own for every test."""
    monkeypatch.setattr(registry, "_entries", {})


def speak() -> str:
    """Say hello.

    And more that nobody lists.
    """
    return "hello"


def test_an_entry_keeps_name_summary_source_and_parameters():
    """What was registered is found again, with the first line of its docstring."""
    assert register("greeting", source="Knigge 1788", volume=3)(speak) is speak
    entry = find("greeting", "speak")
    assert (entry.function(), entry.summary, entry.source) == ("hello", "Say hello.", "Knigge 1788")
    assert entry.defaults == {"volume": 3}
    assert entry.family == "greeting"


def test_a_name_may_be_given():
    """A name that is no Python name, such as 'judged-wait', is given to the decorator."""
    register("greeting", "good-day")(speak)
    assert list(choices("greeting")) == ["good-day"]


def test_families_are_apart_and_in_order():
    """Each family has its own names, in order of registration; families are sorted."""
    register("b", "two")(speak)
    register("b", "one")(speak)
    register("a", "two")(speak)
    assert families() == ["a", "b"]
    assert list(choices("b")) == ["two", "one"]
    assert list(choices("a")) == ["two"]
    assert choices("c") == {}


def test_choices_are_a_copy():
    """Changing the answer changes no choice."""
    register("a", "one")(speak)
    choices("a").clear()
    assert list(choices("a")) == ["one"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("shortest_que", "; did you mean 'shortest_queue'?"), ("zzz", ""), (3, ""), (None, "")],
)
def test_suggestions(name, hint):
    """Something that looks alike is suggested, nothing else."""
    assert did_you_mean(name, ["shortest_queue", "fewest_items"]) == hint


def test_what_does_not_exist_is_refused_with_a_suggestion():
    """The error names family and name, and what was probably meant."""
    register("rule", "shortest_queue")(speak)
    with pytest.raises(
        KeyError, match=r"no rule named 'shortest_que'; did you mean 'shortest_queue'"
    ):
        find("rule", "shortest_que")
    with pytest.raises(KeyError, match="no family named 'x'"):
        find("family", "x")


def test_the_program_registers_its_choices_once(monkeypatch):
    """Every choice of the program has one line about it, ending like a sentence."""
    monkeypatch.undo()
    for module in ("rules", "chance", "shop", "experience.forms"):
        importlib.import_module(f"simqueue.{module}")
    assert {"lane_choice", "distribution", "perception"} <= set(families())
    for family in families():
        for name, entry in choices(family).items():
            assert entry.name == name
            assert entry.summary.endswith((".", "?")), (family, name)
