"""The block `experience` of a scenario: defaults, spellings, faults in plain words."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

import simqueue.experience.forms  # registers the forms
from simqueue.experience.spec import FORMS, LATER_FORMS, ExperienceSpec, Propositions, WaitDisplay
from simqueue.fields import Problem, problems_of
from simqueue.registry import choices
from tests.unit.experience_days import spec_of


def problems(block: dict[str, object]) -> dict[str, Problem]:
    """The faults of a block by place."""
    with pytest.raises(ValidationError) as caught:
        spec_of(**block)
    return {".".join(map(str, p.place)): p for p in problems_of(caught.value)}


def test_defaults_are_those_of_the_published_interface():
    """An empty block: judged-wait, nothing to look at, 4 minutes expected, asked at the till."""
    spec = spec_of()
    assert (spec.model, spec.asked, spec.expected_wait) == ("judged-wait", "at_till", 240.0)
    assert (spec.occupied, spec.stoppages_explained, spec.wait_display) == (False, False, None)
    on = spec.propositions.model_dump(mode="python")
    assert on.pop("company") == "neutral"
    assert set(on) == {
        "occupied", "moving", "in_process", "known", "fairness", "explanation", "anxiety",
        "last_place", "value",
    }  # fmt: skip
    assert all(getattr(spec.propositions, name) is True for name in on)


@pytest.mark.parametrize("off", ["off", "no", False, None])
def test_a_display_can_be_switched_off_in_the_usual_words(off):
    """Every way of saying off means that there is no sign."""
    assert spec_of(wait_display=off).wait_display is None


@pytest.mark.parametrize(
    "block",
    [
        {},
        {"wait_display": {"rounds_to": "2 min", "error_cv": 0.1}, "parameters": {"rho": 1.25}},
        {
            "model": "gap",
            "asked": "next_day",
            "propositions": {"anxiety": "off", "company": "acts"},
        },
    ],
)
def test_a_complete_block_reads_as_itself(block):
    """What is written out with every default reads back as the same block."""
    spec = spec_of(**block)
    written = spec.model_dump()
    assert ExperienceSpec.model_validate(written) == spec
    assert ExperienceSpec.model_validate(written).model_dump() == written


def test_a_display_has_defaults():
    """A sign without further words shows whole minutes and errs by a fifth."""
    assert spec_of(wait_display={}).wait_display == WaitDisplay(rounds_to="60 s", error_cv=0.2)


def test_all_faults_are_told_at_once_with_their_places():
    """Each fault has its own place and says what would be right."""
    found = problems(
        {
            "model": "judgd-wait",
            "asked": "later",
            "expected_wait": 4,
            "propositions": {"fairnes": "on"},
            "parameters": {"rhoo": 1.0, "beta": 9},
            "ocupied": "yes",
        }
    )
    assert "did you mean 'judged-wait'" in found["model"].text
    assert "at_till" in found["asked"].text
    assert "did you mean '4 s' or '4 min'" in found["expected_wait"].text
    assert "did you mean 'fairness'" in found["propositions.fairnes"].text
    assert "did you mean 'occupied'" in found["ocupied"].text


def test_wrong_parameters_are_told_one_by_one():
    """An unknown parameter gets a suggestion, one out of range its limits."""
    found = problems({"parameters": {"rhoo": 1.0, "beta": 9, "expected_wait_s": 100}})
    assert "did you mean 'rho'" in found["parameters.rhoo"].text
    assert found["parameters.beta"].text == "must be between 0.2 and 2"
    assert "expected_wait" in found["parameters.expected_wait_s"].text


@pytest.mark.parametrize("wait", ["0 s", "11 h"])
def test_an_absurd_expectation_is_refused(wait):
    """Nobody expects no wait at all, or half a day."""
    assert "must be between" in problems({"expected_wait": wait})["expected_wait"].text


@pytest.mark.parametrize("name", LATER_FORMS)
def test_forms_that_do_not_exist_yet_are_announced(name):
    """A form of a later version is told apart from a misspelt one."""
    assert problems({"model": name})["model"].text == "comes in a later version"


def test_the_block_knows_exactly_the_registered_forms():
    """Every registered form can be chosen and nothing else."""
    assert tuple(choices("perception")) == FORMS
    assert simqueue.experience.forms.form_named("gap").__name__ == "gap"
    for entry in choices("perception").values():
        assert entry.source
        assert entry.summary.endswith(".")


def test_every_key_has_a_sentence_of_shop_english():
    """The schema's hover texts are complete."""
    for block in (ExperienceSpec, Propositions, WaitDisplay):
        for name, field in block.model_fields.items():
            assert field.description, name
            assert field.description.endswith(".")


def test_own_numbers_enter_the_central_values():
    """`central` is the table's centre with the block's own numbers written over it."""
    p = spec_of(parameters={"rho": 1.3}).central()
    assert (p["rho"], p["k"]) == (1.3, 10.0)


def test_other_numbers_of_a_block_are_other_central_values():
    """A copy of a block with a number changed gives that number, and the block still its own."""
    spec = spec_of(parameters={"rho": 1.3})
    assert spec.central()["rho"] == 1.3
    assert spec.model_copy(update={"parameters": {"rho": 1.4}}).central()["rho"] == 1.4
    assert spec.central()["rho"] == 1.3
