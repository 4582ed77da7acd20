"""Every default of a scenario says whether evidence or an assumption is behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from simqueue.fields import Spec
from simqueue.scenario import Scenario, load, loads, to_yaml
from simqueue.scenario.written import BASES, basis_of
from simqueue.shop.services import LinearSpec
from simqueue.shop.spec import LaneSpec

VALID = sorted((Path(__file__).parents[1] / "scenarios" / "valid").glob("*.yaml"))
NEUTRAL = re.compile(r"[01](\.0)?|0 s|0 %|100 %")  # nothing is added, or nothing is changed
AMOUNT = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?: (?:%|s|min|h)(?!\w))?")


def amounts(written: object) -> list[str]:
    """The amounts in a default as a file would write it, other than neutral ones."""
    return [found for found in AMOUNT.findall(str(written)) if not NEUTRAL.fullmatch(found)]


def blocks(kind: type[Spec]) -> Iterator[type[Spec]]:
    """The block and all blocks that may stand in it."""
    yield kind
    below: list[Any] = [field.annotation for field in kind.model_fields.values()]
    while below:
        hint = below.pop()
        if isinstance(hint, type) and issubclass(hint, Spec):
            yield from blocks(hint)
        else:
            below += getattr(hint, "__args__", ())


FIELDS: dict[str, tuple[type[Spec], str, FieldInfo]] = {
    f"{kind.__name__}.{name}": (kind, name, field)
    for first in (Scenario, LinearSpec)
    for kind in blocks(first)
    for name, field in kind.model_fields.items()
}


@pytest.mark.parametrize("where", FIELDS)
def test_a_default_that_is_a_number_is_evidence_or_assumption_or_neutral(where):
    """A number other than 0, 1 and 100 % says how it is known; blocks say it of their parts."""
    kind, name, field = FIELDS[where]
    if field.is_required():
        return
    default = field.get_default(call_default_factory=True)
    if isinstance(default, Spec) and name != "pays":
        return  # the fields of the block are checked on their own
    hint = get_type_hints(kind, include_extras=True)[name]
    if amounts(TypeAdapter(hint).dump_python(default)):
        assert basis_of(field).startswith(BASES), where


def test_the_numbers_the_interface_asks_about_are_marked():
    """The known defaults carry the mark and the source the evidence gives them."""
    known = {
        "SegmentSpec.alone": "assumption",
        "LaneSpec.ignores_limit_by": "evidence: Trinkaus 1993",
        "LaneSpec.slower_when_shared": "evidence: auto is 1.07",
        "LaneSpec.attendants": "assumption",
        "HelpSpec.takes": "evidence: 20.5 s by stopwatch at one Meijer store",
        "OnDemandSpec.call_above": "evidence: Antczak et al. 2020",
        "OnDemandSpec.walk": "evidence: about a minute: Antczak et al. 2020",
        "OnDemandSpec.stay": "assumption",
        "JockeySpec.walk": "assumption",
        "WaitDisplay.error_cv": "assumption",
        "ExperienceSpec.expected_wait": "assumption",
    }
    for where, mark in known.items():
        assert basis_of(FIELDS[where][2]).startswith(mark), where


def test_evidence_names_its_source_and_there_is_no_third_kind():
    """The mark is evidence or assumption; evidence comes with who, or with what was measured."""
    for where, (_, _, field) in FIELDS.items():
        extra = field.json_schema_extra
        basis = extra.get("basis") if isinstance(extra, dict) else None
        assert basis in (None, *BASES), where
        if basis == "evidence":
            assert isinstance(extra, dict)
            assert extra.get("source"), where


@pytest.mark.parametrize("path", VALID, ids=lambda p: p.stem)
def test_the_resolved_scenario_shows_the_mark_beside_every_such_default(path):
    """In what `resolve` prints no default with an amount stands without its mark."""
    text = to_yaml(load(path))
    marked = [line.split("  # default") for line in text.splitlines() if "  # default" in line]
    assert marked
    for value, comment in marked:
        if amounts(value.partition(":")[2]):
            assert comment.startswith((", evidence", ", assumption")), value
    assert to_yaml(loads(text)) == text


def test_a_value_that_was_chosen_carries_no_mark():
    """Only what nobody wrote is called a default; writing the default makes no difference."""
    path = next(p for p in VALID if p.stem == "on_demand_with_spare_cashiers")
    lines = to_yaml(load(path, ["staffing.on_demand.stay=20 min"])).splitlines()
    (stay,) = (line for line in lines if line.strip().startswith("stay:"))
    assert stay.strip() == "stay: 20 min"
    lines = to_yaml(load(path, ["staffing.on_demand.stay=900 s"])).splitlines()
    (stay,) = (line for line in lines if line.strip().startswith("stay:"))
    assert stay.split() == ["stay:", "15", "min", "#", "default,", "assumption"]


def test_lanes_explain_the_defaults_that_hang_on_their_kind():
    """The service model of a lane is evidence, one attendant an assumption, at machines only."""
    path = next(p for p in VALID if p.stem == "three_kinds_of_lanes")
    text = to_yaml(load(path, ["lanes.self-service.attendants=1"]))
    assert text.count("# default, evidence: Antczak et al. 2020") == 3
    assert text.count("attendants: 1") == 1
    assert re.search(r"attendants: 1 +# default, assumption: makers name", text)
    assert LaneSpec.model_fields["service"].is_required()  # the block fills it in by kind


def test_amounts_are_found_in_text_and_neutral_ones_are_not():
    """The search for numbers finds shares, times and plain ones, but no years in names."""
    assert amounts("{about: 20 s}") == ["20 s"]
    assert amounts("80 %") == ["80 %"]
    assert amounts(240.0) == ["240.0"]
    assert amounts("antczak2020_staffed") == amounts("100 %") == amounts({"fixed": 1}) == []
