"""What somebody asks of a sweep: a study file, or a scenario with what to vary, as one thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simqueue.fields import did_you_mean, problems_of
from simqueue.scenario import Fault, Scenario, ScenarioError, to_mapping
from simqueue.scenario.load import Teller, read_file
from simqueue.scenario.study_file import StudyFile
from simqueue.scenario.study_load import load_study, looks_like_study
from simqueue.scenario.study_values import Levels
from simqueue.scenario.yaml import Node, read
from simqueue.study.sweep.plan import Base, Changes, Question

HERE = "sweep"  # the place of faults that are in no file


@dataclass(frozen=True)
class Asked:
    """A scenario to start from, and the question."""

    base: Base
    question: Question


def asked(
    study: str | Path | Scenario,
    vary: Mapping[str, Any] | None,
    sampling: Any,  # noqa: ANN401 - as in a study file
    points: Iterable[Mapping[str, Any]] | None,
    changes: Changes,
    replications: int | None,
) -> Asked:
    """Read what was asked; ScenarioError with all faults, OSError when a file cannot be read."""
    if isinstance(study, Scenario):
        base = Base(to_mapping(study), None, _changes(changes, replications))
        return Asked(base, _question(study.scenario, vary, sampling, points))
    path = Path(study)
    root = read(read_file(path), str(path))
    if looks_like_study(root):
        if vary is not None or sampling is not None or points is not None:
            _refuse(
                str(path), "is a study, which says itself what is varied; give its base instead"
            )
        return _of_file(path, root, changes, replications)
    if vary is None and points is None:
        text = f"is a scenario, not a study; to vary something write a study with base: {path.name}"
        _refuse(str(path), f"{text} and vary: {{lanes.express.tills: [0, 1, 2]}}")
    base = Base(root.plain(), path.parent, _changes(changes, replications))
    title = base.scenario().scenario
    return Asked(base, _question(title, vary, sampling, points))


def _changes(changes: Changes, replications: int | None) -> tuple[str | tuple[str, Any], ...]:
    days = () if replications is None else (("replications", replications),)
    return (*changes, *days)


def _of_file(path: Path, root: Node, changes: Changes, replications: int | None) -> Asked:
    """What a study file asks."""
    changes = tuple(changes)
    file = load_study(path, changes, try_values=False).file
    question = Question(file.study, file.vary, file.sampling, None, str(path), root)
    faults = []
    if file.precision:
        text = "does not go with a sweep, whose points all have as many days; write replications"
        faults.append(question.fault(("precision",), text))
    if file.base is None:
        faults.append(question.fault((), "base: is missing: it says what a sweep starts from"))
    if faults or file.base is None:
        raise ScenarioError(faults)
    home = path.parent / file.base
    data = read(read_file(home), str(home)).plain()
    days = replications or file.replications
    return Asked(Base(data, home.parent, _changes(changes, days)), question)


def _question(
    title: str,
    vary: Mapping[str, Any] | None,
    sampling: Any,  # noqa: ANN401 - as in a study file
    points: Iterable[Mapping[str, Any]] | None,
) -> Question:
    """The question of a caller in Python."""
    if points is not None:
        if vary is not None or sampling is not None:
            _refuse(HERE, "points: do not go with vary and sampling")
        return _given(title, _records(points))
    said = {"study": title, "base": "base", "vary": vary or {}}
    if sampling is not None:
        said["sampling"] = sampling
    try:
        file = StudyFile.model_validate(said)
    except ValidationError as error:
        teller = Teller(HERE, None, said, [])
        raise ScenarioError(teller.fault(p) for p in problems_of(error)) from None
    return Question(title, file.vary, file.sampling)


def _records(points: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - mappings, or a data frame
    """Each point as a mapping of keys to plain values."""
    records = points.to_dict("records") if hasattr(points, "to_dict") else points
    return [{str(key): _plain(value) for key, value in record.items()} for record in records]


def _plain(value: Any) -> Any:  # noqa: ANN401 - data of any shape
    """The value; a number of NumPy as a number of Python."""
    return value.item() if hasattr(value, "item") else value


def _given(title: str, records: list[dict[str, Any]]) -> Question:
    """The question whose points are these."""
    if not records or not records[0]:
        _refuse(HERE, "points: must hold at least one point with at least one key")
    keys = tuple(records[0])
    faults = []
    for number, record in enumerate(records):
        for key in {**record, **records[0]}:
            if key not in record:
                faults.append(Fault(0, 0, f"points[{number}].{key}", "is missing", HERE))
            elif key not in keys:
                text = "is not set in points[0]; all points set the same keys"
                faults.append(Fault(0, 0, f"points[{number}].{key}", text + did_you_mean(key, keys),
                                    HERE))  # fmt: skip
    if faults:
        raise ScenarioError(faults)
    settings = tuple(tuple(record[key] for key in keys) for record in records)
    vary = {key: Levels(tuple(s[k] for s in settings)) for k, key in enumerate(keys)}
    return Question(title, vary, settings=settings)


def _refuse(place: str, text: str) -> None:
    raise ScenarioError([Fault(0, 0, "", text, place)])
