"""From a file or text to a Scenario, or to all of its faults at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simqueue.fields import LATER, Place, Problem, Spec, problems_of
from simqueue.scenario import checks
from simqueue.scenario.faults import Fault, ScenarioError, where, with_value
from simqueue.scenario.model import Scenario
from simqueue.scenario.overrides import apply, parsed
from simqueue.scenario.salvage import salvaged
from simqueue.scenario.yaml import MOST_BYTES, Node, read

Overrides = Iterable[str | tuple[str, Any]]
ENOUGH = 1_000  # with more faults than that nobody misses those between blocks
_ABOUT_KEYS = ("unknown ", LATER, "no distribution", "no service", "is the same time", "goes ",
               "does not go", "no lane", "must be a time")  # fmt: skip


def load(path: str | Path, overrides: Overrides = ()) -> Scenario:
    """The scenario of a YAML file, with `path=value` changes made to it.

    Raises ScenarioError with every fault, OSError when the file cannot be read.
    """
    path = Path(path)
    return loads(read_file(path), str(path), path.parent, overrides)


def loads(
    text: str | bytes,
    name: str = "scenario",
    folder: str | Path | None = None,
    overrides: Overrides = (),
) -> Scenario:
    """The scenario of a YAML text; `folder` is where its CSV files may lie.

    Raises ScenarioError with every fault.
    """
    root = read(text, name)
    if root.entries and "study" in root.entries and "scenario" not in root.entries:
        told = f"is a study, not a scenario; try: simqueue compare {name}"
        raise ScenarioError([Fault(*root.mark, "", told, name)])
    home = None if folder is None else Path(folder)
    return _validated(root.plain(), root, name, home, overrides)


def faults(path: str | Path) -> list[Fault]:
    """Everything that is wrong in a file, in order of place; empty when nothing is."""
    try:
        load(path)
    except ScenarioError as error:
        return list(error.faults)
    return []


def resolve(
    data: Mapping[str, Any], overrides: Overrides = (), folder: str | Path | None = None
) -> Scenario:
    """The scenario of plain data such as `to_mapping` gives; ScenarioError with every fault.

    `folder` is where CSV files that the data name may lie.
    """
    home = None if folder is None else Path(folder)
    return _validated(_copied(data), None, "scenario", home, overrides)


def _copied(value: Any) -> Any:  # noqa: ANN401 - data of any shape
    if isinstance(value, Mapping):
        return {str(key): _copied(v) for key, v in value.items()}
    return [_copied(v) for v in value] if isinstance(value, (list, tuple)) else value


def read_file(path: Path) -> bytes:
    """The bytes of a file, no more than is enough to refuse it; OSError when it is none."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(f"{path}: must be a file")
    with path.open("rb") as file:  # one byte more than allowed is enough to refuse it
        return file.read(MOST_BYTES + 1)


def _validated(
    data: dict[str, Any], root: Node | None, name: str, home: Path | None, overrides: Overrides
) -> Scenario:
    changed = apply(data, parsed(overrides))
    context = {"folder": home}
    try:
        found = Scenario.model_validate(changed.data, context=context)
        _refuse_days(found, Teller(name, root, changed.data, changed.places))
        return found
    except ValidationError as error:
        problems = problems_of(error)
    if len(problems) <= ENOUGH:
        told = {problem.place for problem in problems}
        parts = salvaged(changed.data, problems, context)
        problems += [p for p in checks.problems(parts) if p.place not in told]
    teller = Teller(name, root, changed.data, changed.places)
    raise ScenarioError(teller.fault(problem) for problem in problems)


def _refuse_days(scenario: Scenario, teller: Teller) -> None:
    """ScenarioError for days of a week that make no sense."""
    if not scenario.week:
        return
    from simqueue.scenario.week import faults_of_days

    told = [teller.told(place, text, about_key) for place, text, about_key
            in faults_of_days(scenario)]  # fmt: skip
    if told:
        raise ScenarioError(told)


class Teller:
    """Turns problems into faults with their place in the file or in a change made to it."""

    def __init__(
        self, name: str, root: Node | None, data: Any, changes: list[tuple[Place, str]]  # noqa: ANN401 - data of any shape
    ) -> None:  # fmt: skip
        self.name = name
        self.root = root
        self.data = data
        self.changes = changes

    def fault(self, problem: Problem) -> Fault:
        """The fault as one line."""
        place = _without_branches(self.data, problem.place)
        tell = problem.tell_value and not isinstance(problem.value, Spec)
        text = with_value(problem.text, problem.value) if tell else problem.text
        for changed, said in reversed(self.changes):
            inside = place[: len(changed)] == changed
            if inside or (place == changed[: len(place)] and not self._in_file(place)):
                return Fault(0, 0, where(place), text, said)
        mark = (0, 0)
        if self.root is not None:
            about_key = text.startswith(_ABOUT_KEYS)
            mark, _ = self.root.find(place, at_key=about_key)
        return Fault(*mark, where(place), text, self.name)

    def told(self, place: Place, text: str, about_key: bool) -> Fault:
        """A fault that was put into words already, at its place."""
        mark = (0, 0) if self.root is None else self.root.find(place, at_key=about_key)[0]
        return Fault(*mark, where(place), text, self.name)

    def _in_file(self, place: Place) -> bool:
        node = self.root
        for part in place:
            node = None if node is None else node.child(part)
        return node is not None


def _without_branches(data: Any, place: Place) -> Place:  # noqa: ANN401 - data of any shape
    """The place without pydantic's names of branches, which are no keys of the data."""
    kept: list[str | int] = []
    for part in place:
        inside = isinstance(data, Mapping) and part in data
        if not inside and str(part).startswith(("(", "[key]")):
            continue
        kept.append(part)
        at = isinstance(data, (list, tuple)) and isinstance(part, int) and part < len(data)
        data = data[part] if inside or at else None
    return tuple(kept)
