"""From a study to the points of its sweep, each a complete scenario checked before any runs."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simqueue.fields import Place
from simqueue.scenario import Fault, Scenario, ScenarioError, resolve
from simqueue.scenario.faults import where
from simqueue.scenario.study_file import Sampling
from simqueue.scenario.study_paths import paths_of
from simqueue.scenario.study_points import (
    as_in,
    changes_at,
    told,
)
from simqueue.scenario.study_values import Levels
from simqueue.scenario.yaml import Node
from simqueue.study.sweep import design
from simqueue.study.sweep.edition import edition
from simqueue.study.sweep.task import packed

MOST_POINTS = 10_000  # without being asked for more; a day or two on one machine
ENOUGH_FAULTS = 20
_HASH_DIGITS = 32
FULL_GRID = Sampling()
Changes = Iterable[str | tuple[str, Any]]


@dataclass(frozen=True)
class Base:
    """The scenario that points are made from: its data as written, with changes common to all."""

    data: Mapping[str, Any]
    folder: Path | None = None  # where its tables lie
    changes: tuple[str | tuple[str, Any], ...] = ()

    def scenario(self, more: Changes = ()) -> Scenario:
        """The complete scenario with more changes; ScenarioError where they make no sense."""
        return resolve(self.data, [*self.changes, *more], folder=self.folder)


@dataclass(frozen=True)
class Question:
    """What is asked: a title, what is varied how, and where that stands in a file, if in one."""

    title: str
    vary: Mapping[str, Levels]
    sampling: Sampling = FULL_GRID
    settings: Sequence[design.Settings] | None = None  # points given one by one
    file: str = ""
    root: Node | None = None

    def fault(self, place: Place, text: str, at_key: bool = False) -> Fault:
        """A fault at a place of the study file; that of a whole block is told at its key."""
        whole = at_key or len(place) == 1
        mark = (0, 0) if self.root is None else self.root.find(place, at_key=whole)[0]
        return Fault(*mark, where(place), text, self.file or "sweep")

    def count(self) -> int:
        """How many points there will be."""
        given = self.settings
        return design.count(self.vary, self.sampling) if given is None else len(given)

    def design_text(self) -> str:
        """The design in words."""
        if self.settings is not None:
            return "points as given"
        names = {"sobol": "Sobol sequence", "latin_hypercube": "Latin hypercube"}
        return names.get(self.sampling.design, "full grid")


@dataclass(frozen=True)
class SweepPlan:
    """All points of a sweep: what is varied, to what, and each point's scenario as plain data."""

    title: str
    keys: tuple[str, ...]
    settings: tuple[design.Settings, ...]
    scenarios: tuple[bytes, ...]
    identity: dict[str, Any]

    def __len__(self) -> int:
        return len(self.settings)

    def changes(self, point: int) -> dict[str, Any]:
        """What a point sets, by key."""
        return dict(zip(self.keys, self.settings[point], strict=True))


def plan_sweep(base: Base, question: Question, *, most_points: int = MOST_POINTS) -> SweepPlan:
    """The points of a sweep, every one of them a scenario that can be simulated.

    ScenarioError when nothing is varied, there are too many points, or some points make no sense;
    all before anything runs.
    """
    _check_size(question, most_points)
    keys = tuple(question.vary)
    given = question.settings
    settings = design.settings(question.vary, question.sampling) if given is None else given
    whole = base.scenario()
    without_days = whole.model_copy(update={"replications": 1})  # they are told apart
    scenarios = _scenarios(base, question, settings)
    hashes = [_digest([zlib.decompress(data)]) for data in scenarios]
    identity = {
        "simqueue": edition(),
        "study": question.title,
        "design": question.design_text(),
        "keys": list(keys),
        "points": len(settings),
        "replications": whole.replications,
        "base": _digest([zlib.decompress(packed(without_days))]),
        "settings": _digest([json.dumps(settings, ensure_ascii=True).encode()]),
        "scenarios": _digest([text.encode() for text in hashes]),
    }
    return SweepPlan(question.title, keys, tuple(settings), tuple(scenarios), identity)


def _check_size(question: Question, most: int) -> None:
    sampling = question.sampling
    if not question.vary:
        text = "is missing: it says what a sweep varies, as in {lanes.express.tills: [0, 1, 2]}"
        raise ScenarioError([question.fault(("vary",), text)])
    paths = [path for key in question.vary for path in paths_of(key)]
    for key in question.vary:
        if any(paths.count(path) > 1 for path in paths_of(key)):
            text = "names a path that is varied twice"
            raise ScenarioError([question.fault(("vary", key), text)])
    points = question.count()
    if points > most:
        text = (
            f"gives {points:,} points; must be at most {most:,}; vary less, take a sample as in"
            f" sampling: {{sobol: 1024}}, or raise the limit with --most-points {points}"
        )
        raise ScenarioError([question.fault(_size_place(sampling), text)])
    if sampling.design == design.SOBOL and len(question.vary) > design.MOST_SOBOL_KEYS:
        text = f"must vary at most {design.MOST_SOBOL_KEYS:,} keys in a Sobol sequence"
        raise ScenarioError([question.fault(("vary",), text)])


def _size_place(sampling: Sampling) -> Place:
    return ("vary",) if sampling.points is None else ("sampling", sampling.design)


def _scenarios(base: Base, question: Question, settings: Sequence[design.Settings]) -> list[bytes]:
    """Every point's scenario, packed; ScenarioError with the faults of those that are none."""
    found: list[bytes] = []
    faults: dict[tuple[Place, str], Fault] = {}
    for values in settings:
        try:
            found.append(packed(base.scenario(changes_at(question.vary, values))))
        except ScenarioError as error:
            for fault in error.faults:
                _add(faults, question, values, fault)
            if len(faults) >= ENOUGH_FAULTS:
                break
    if faults:
        raise ScenarioError(faults.values())
    return found


def _add(
    faults: dict[tuple[Place, str], Fault],
    question: Question,
    values: design.Settings,
    fault: Fault,
) -> None:
    """A point's fault at the place of the value that makes it; once for all points alike."""
    place, said, at_key = told(question.vary, values, fault)
    if (place, said) not in faults:
        example = as_in(question.vary, values)
        faults[place, said] = question.fault(place, said + example, at_key)


def _digest(parts: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()[:_HASH_DIGITS]
