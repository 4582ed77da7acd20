"""From a study file, or several scenario files, to the alternatives that can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simqueue import folder
from simqueue.fields import Place, problems_of
from simqueue.scenario.comparable import unlike
from simqueue.scenario.faults import Fault, ScenarioError, where, with_value
from simqueue.scenario.load import Overrides, Teller, loads, read_file
from simqueue.scenario.model import Scenario
from simqueue.scenario.study_file import AlternativeSpec, StudyFile
from simqueue.scenario.study_points import Values, as_in, changes_at, told, trial_points
from simqueue.scenario.variations import Variation, variations, varied
from simqueue.scenario.yaml import Node, read

MOST_TRIED = 300  # points of `vary` that are tried before anything runs
ENOUGH_FAULTS = 20
MOST_ROUNDS = 3  # what does not fit together is found only when the parts are sound
FOLDER = "the study's folder"


@dataclass(frozen=True)
class Alternative:
    """One lay-out to compare: its complete scenario, and what was changed on purpose."""

    name: str
    scenario: Scenario
    changes: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""


@dataclass(frozen=True)
class StudyPlan:
    """A study that can be run: what its file says, and each alternative's scenario.

    `alternatives` is empty where the file names none; the first one is the reference.
    """

    file: StudyFile
    path: Path
    base: Scenario | None
    alternatives: tuple[Alternative, ...] = ()


def is_study(path: str | Path) -> bool:
    """Whether the file is a study and no scenario; False when it cannot be read as YAML."""
    path = Path(path)
    try:
        root = read(read_file(path), str(path))
    except ScenarioError:
        return False
    return looks_like_study(root)


def looks_like_study(root: Node) -> bool:
    """Whether a file's keys are those of a study."""
    keys = root.entries or {}
    return "study" in keys and "scenario" not in keys


def load_study(
    path: str | Path, overrides: Overrides = (), *, try_values: bool = True
) -> StudyPlan:
    """The study of a YAML file; `overrides` are made to the base and to every alternative's file.

    `try_values` says whether points of `vary` are tried; a sweep tries its own.
    Raises ScenarioError with every fault of the file and of the scenarios it leads to, OSError when
    it cannot be read.
    """
    path = Path(path)
    root = read(read_file(path), str(path))
    return _Loader(path, root, tuple(overrides)).plan(try_values)


def load_files(paths: Sequence[str | Path], overrides: Overrides = ()) -> tuple[Alternative, ...]:
    """Scenario files as alternatives, the first one the reference; ScenarioError with all faults.

    Files whose customers, opening hours or seed differ are refused: their days are not the same.
    """
    found: list[Alternative] = []
    faults: list[Fault] = []
    roots: list[Node] = []
    changes = tuple(overrides)
    for path in map(Path, paths):
        content = read_file(path)
        try:
            scenario = loads(content, str(path), path.parent, changes)
            root = read(content, str(path))
            _refuse_week(scenario, root, str(path))
            roots.append(root)
            found.append(Alternative(scenario.scenario, scenario, file=str(path)))
        except ScenarioError as error:
            faults += error.faults
    for root, other in zip(roots[1:], found[1:], strict=True):
        for apart in unlike(found[0].scenario, other.scenario):
            text = apart.text(found[0].file)
            said = f"{text}; to change it on purpose, write a study with set"
            mark, _ = root.find(apart.place)
            faults.append(Fault(*mark, where(apart.place), said, other.file))
    if faults:
        raise ScenarioError(faults)
    return tuple(_named(found))


def _refuse_week(scenario: Scenario, root: Node, file: str) -> None:
    """ScenarioError for a scenario of a whole week: days are compared with days."""
    if scenario.week:
        text = (
            "is a whole week, days are compared with days; run it, then take one of the files"
            " days/<day>/scenario.resolved.yaml of its result"
        )
        mark, _ = root.find(("week",), at_key=True)
        raise ScenarioError([Fault(*mark, "week", text, file)])


def _named(found: Sequence[Alternative]) -> Iterable[Alternative]:
    """The alternatives under names of their own: the scenario's, the file's, or a number more."""
    names = [each.name for each in found]
    if len(set(names)) < len(names):
        names = [Path(each.file).stem for each in found]
    for k, each in enumerate(found):
        name = names[k] if names.count(names[k]) == 1 else f"{names[k]} ({k + 1})"
        yield Alternative(name, each.scenario, each.changes, each.file)


class _Loader:
    """Reads a study file and everything it leads to, gathering faults on the way."""

    def __init__(self, path: Path, root: Node, overrides: tuple[Any, ...]) -> None:
        self.path = path
        self.root = root
        self.overrides = overrides
        self.faults: list[Fault] = []
        self.texts: dict[str, bytes | None] = {}

    def plan(self, try_values: bool = True) -> StudyPlan:
        """The plan; ScenarioError with every fault."""
        file = self._file()
        base: Scenario | None = None
        alternatives: list[Alternative | None] = []
        if file is not None:
            base = None if file.base is None else self._scenario(("base",), file.base, ())
            broken = file.base is not None and base is None
            for k, spec in enumerate(file.alternatives):
                if spec.file is not None or not broken:  # a fault of the base is told once
                    alternatives.append(self._alternative(k, spec, file))
            if base is not None and try_values:
                self._try_values(file)
            self._try_circumstances(file, alternatives)
        self._compare(alternatives)
        if self.faults or file is None:
            raise ScenarioError(self.faults)
        found = tuple(each for each in alternatives if each is not None)
        return StudyPlan(file, self.path, base, found)

    def _file(self) -> StudyFile | None:
        """The file; with faults, what is left of it without the faulty parts, to go on with."""
        data = self.root.plain()
        teller = Teller(str(self.path), self.root, data, [])
        rest = dict(data)
        for _ in range(MOST_ROUNDS):
            try:
                return StudyFile.model_validate(rest)
            except ValidationError as error:
                problems = problems_of(error)
            self.faults += [teller.fault(problem) for problem in problems]
            rest = _without(rest, [problem.place for problem in problems])
        return None

    def _tell(self, place: Place, text: str, at_key: bool = False) -> None:
        mark, _ = self.root.find(place, at_key=at_key)
        self.faults.append(Fault(*mark, where(place), text, str(self.path)))

    def _scenario(
        self, place: Place, name: str, changes: tuple[tuple[str, Any], ...]
    ) -> Scenario | None:
        """The scenario of a file in the study's folder with changes made to it."""
        text = self._text(place, name)
        if text is None:
            return None
        file = self.path.parent / name
        try:
            scenario = loads(text, str(file), file.parent, (*self.overrides, *changes))
            if scenario.week:
                _refuse_week(scenario, read(text, str(file)), str(file))
            return scenario
        except ScenarioError as error:
            own = self._faults_of(text, file) if changes else ()
            for fault in error.faults:
                self._pass_on(place, fault, dict(changes), own)
            return None

    def _faults_of(self, text: bytes, file: Path) -> tuple[Fault, ...]:
        """The faults that a scenario's file has without any change of this study."""
        try:
            loads(text, str(file), file.parent, self.overrides)
        except ScenarioError as error:
            return error.faults
        return ()

    def _text(self, place: Place, name: str) -> bytes | None:
        if name not in self.texts:
            try:
                path = folder.inside(name, self.path.parent, "a scenario file", FOLDER)
                self.texts[name] = read_file(path)
            except ValueError as missing:
                self._tell(place, with_value(str(missing), name))
                self.texts[name] = None
        return self.texts[name]

    def _pass_on(
        self, place: Place, fault: Fault, changes: Mapping[str, Any], own: Sequence[Fault]
    ) -> None:
        """A fault of a scenario; one that a `set` of this study makes is told at the `set`."""
        path = fault.file.removeprefix("set ")
        if fault.file.startswith("set ") and path in changes:
            self._tell_of_change((*place, "set", path), fault)
        elif changes and fault not in own and not fault.file.startswith("set "):
            self._tell_of_change((*place, "set"), fault)
        else:
            self.faults.append(fault)

    def _tell_of_change(self, place: Place, fault: Fault) -> None:
        """A fault that a change of the base makes: at the value, or at a path that hits nothing."""
        if fault.where:
            self._tell(place, f"{fault.where}: {fault.text}")
        else:
            self._tell(place, fault.text, at_key=True)

    def _alternative(self, k: int, spec: AlternativeSpec, file: StudyFile) -> Alternative | None:
        name = spec.file or file.base
        if name is None:
            return None
        place: Place = ("alternatives", k)
        changes = tuple(spec.set.items())
        at: Place = (*place, "file") if spec.file is not None and not changes else place
        scenario = self._scenario(at, name, changes)
        if scenario is None:
            return None
        return Alternative(spec.name, scenario, dict(changes), spec.file or "")

    def _compare(self, found: Sequence[Alternative | None]) -> None:
        """Tell where alternatives do not see the same customers, though nobody asked for it."""
        first = found[0] if found else None
        if first is None:
            return
        for k, other in enumerate(found[1:], 1):
            if other is None:
                continue
            for apart in unlike(first.scenario, other.scenario, on_purpose=other.changes):
                at: Place = ("alternatives", k, "file" if other.file else "set")
                self._tell(at, f"{apart.told(repr(first.name))}, the first alternative")

    def _try_values(self, file: StudyFile) -> None:
        """Try points of `vary` on the base, so that no sweep begins in vain; each fault once."""
        known: set[tuple[Place, str]] = set()
        points = trial_points(file.vary, file.sampling.points is not None, MOST_TRIED)
        for values in points if file.vary else ():
            for place, said, at_key in self._faults_at(file, values):
                if (place, said) not in known:
                    self._tell(place, said + as_in(file.vary, values), at_key)
                known.add((place, said))
            if len(known) >= ENOUGH_FAULTS:
                return

    def _faults_at(self, file: StudyFile, values: Values) -> list[tuple[Place, str, bool]]:
        """What is wrong with a point, and where in the study."""
        assert file.base is not None
        text = self._text(("base",), file.base)
        assert text is not None
        home = (self.path.parent / file.base).parent
        try:
            loads(text, file.base, home, (*self.overrides, *changes_at(file.vary, values)))
        except ScenarioError as error:
            return [told(file.vary, values, fault) for fault in error.faults]
        return []

    def _try_circumstances(
        self, file: StudyFile, alternatives: Sequence[Alternative | None]
    ) -> None:
        """Try every circumstance on every alternative: the choice may fall on any of them."""
        for place, variation in variations(file.robustness):
            for each in alternatives:
                if each is not None and not self._bears(("robustness", *place), each, variation):
                    break

    def _bears(self, place: Place, alternative: Alternative, variation: Variation) -> bool:
        try:
            varied(alternative.scenario, variation)
        except ScenarioError as error:
            for fault in error.faults:
                said = f"{alternative.name!r} would not do: {fault.where}: {fault.text}"
                self._tell(place, said)
            return False
        except ValueError as error:
            self._tell(place[:2], f"{alternative.name!r}: {error}")
            return False
        return True


def _without(data: Mapping[str, Any], places: Iterable[Place]) -> dict[str, Any]:
    """The study without what lies at these places, whole blocks but for single alternatives."""
    rest = {"study": "?", **data}
    for place in places:
        block = str(place[0]) if place else ""
        entries = rest.get(block)
        inside = block == "alternatives" and len(place) > 1 and isinstance(entries, list)
        if not inside:
            rest.pop(block, None)
            continue
        assert isinstance(entries, list)
        k = int(place[1])
        kept = entries[k] if place[2:] == ("name",) else {}
        rest[block] = [*entries[:k], {**kept, "name": f"({k})"}, *entries[k + 1 :]]
    return rest if "study" in rest else {"study": "?", **rest}
