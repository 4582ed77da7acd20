"""The sound scenarios together show every key that can be written, and every name it may have."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from simqueue.fields import ByClock, Spec
from simqueue.registry import choices, find
from simqueue.scenario import Scenario, load
from simqueue.scenario.targets import MEASURES
from simqueue.scenario.yaml import read
from simqueue.shop.services import LinearSpec, PaymentTimes

HERE = Path(__file__).parent
VALID = sorted((HERE / "valid").glob("*.yaml"))
INVALID = sorted((HERE / "invalid").glob("*.yaml"))
FROM_FILES = {("ArrivalsSpec", "csv"), ("RateTable", "csv")}  # a loaded scenario holds the table


def specs_in(annotation: Any) -> Iterator[type[Spec]]:
    """The blocks that an annotation mentions."""
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        yield annotation
    for part in get_args(annotation):
        yield from specs_in(part)


def all_specs(spec: type[Spec], found: set[type[Spec]]) -> set[type[Spec]]:
    """The block and all blocks below it."""
    if spec not in found:
        found.add(spec)
        for field in spec.model_fields.values():
            for below in specs_in(field.annotation):
                all_specs(below, found)
    return found


def used_keys(value: object) -> Iterator[tuple[str, str]]:
    """(block, key) of everything that was written in a scenario."""
    if isinstance(value, Spec):
        yield from ((type(value).__name__, name) for name in value.model_fields_set)
        for name in type(value).model_fields:
            yield from used_keys(getattr(value, name))
    elif isinstance(value, ByClock):
        for below in value.values():
            yield from used_keys(below)
    elif isinstance(value, (tuple, dict)):
        for below in value.values() if isinstance(value, dict) else value:
            yield from used_keys(below)


def written(value: object) -> Iterator[tuple[str, object]]:
    """Every (key, value) that is written anywhere in plain data."""
    for key, below in value.items() if isinstance(value, dict) else ():
        yield key, below
        yield from written(below)
    for below in value if isinstance(value, list) else ():
        yield from written(below)


@pytest.fixture(scope="module")
def entries() -> list[tuple[str, object]]:
    """Every (key, value) of all sound files, as written."""
    plain = [read(path.read_bytes(), path.name).plain() for path in VALID]
    return [entry for data in plain for entry in written(data)]


def test_there_are_enough_files():
    """At least 160 faults (120 were asked for) and 40 sound scenarios are kept as examples."""
    assert len(INVALID) >= 160
    assert len(VALID) >= 40


def test_every_key_of_the_model_is_written_somewhere():
    """Each key of each block is used in at least one sound scenario."""
    specs = all_specs(Scenario, set())
    assert len(specs) > 20  # the walk found the blocks
    keys = {(spec.__name__, name) for spec in specs for name in spec.model_fields}
    used = {key for path in VALID for key in used_keys(load(path))}
    assert keys - used - FROM_FILES == set()


def test_tables_come_from_files_too(entries):
    """The key csv, which a loaded scenario no longer has, is written for rates and for shapes."""
    blocks = {key for key, value in entries if isinstance(value, dict) and "csv" in value}
    assert {"arrivals", "shape", "empirical"} <= blocks


def test_every_part_of_a_linear_service_is_written(entries):
    """The linear service appears with all of its keys, and with each way of paying."""
    linear = [value for key, value in entries if key == "linear" and isinstance(value, dict)]
    assert set().union(*linear) == set(LinearSpec.model_fields)
    payment = [value["payment"] for value in linear if "payment" in value]
    assert set().union(*payment) == set(PaymentTimes.model_fields)


@pytest.mark.parametrize("name", choices("distribution"))
def test_every_distribution_is_written_with_every_parameter(name, entries):
    """Each distribution is used, and each of its parameters is given at least once."""
    keys = {key for key, _ in entries}
    assert {name} <= keys
    assert set(inspect.signature(find("distribution", name).function).parameters) - keys <= {name}


def test_every_target_and_service_is_written(entries):
    """Each measure a shop may aim at and each service model appears."""
    keys = {key for key, _ in entries}
    values = {value for _, value in entries if isinstance(value, str)}
    assert set(MEASURES) <= keys
    assert set(choices("service")) <= values | keys
