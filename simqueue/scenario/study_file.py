"""The study file: which alternatives are compared, what is varied, how sure it has to be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Annotated, Any, ClassVar

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from simqueue import units
from simqueue.fields import Count, CountFrom1, Problem, Spec, Text, did_you_mean, refuse
from simqueue.scenario.study_paths import paths_of
from simqueue.scenario.study_points import is_power_of_two, power_of_two_near
from simqueue.scenario.study_values import (
    AMOUNTS,
    GOALS,
    Aim,
    Constraint,
    Levels,
    aim,
    by_name,
    constraint,
    levels,
    matter,
)

MOST_POINTS = 100_000
MOST_ALTERNATIVES = 100
DESIGNS = ("grid", "latin_hypercube", "sobol")
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Sampling:
    """How points are picked: every combination (`points` None), or so many of a design."""

    design: str = "grid"
    points: int | None = None


def _sampling(value: object) -> Sampling:
    """Read `grid`, `{latin_hypercube: 200}` or `{sobol: 256}`."""
    if isinstance(value, Sampling):
        return value
    if value == "grid":
        return Sampling()
    if not isinstance(value, Mapping) or len(value) != 1:
        raise ValueError("must be grid, or a design with its points, as in {sobol: 256}")
    ((name, points),) = value.items()
    if name not in DESIGNS[1:]:
        text = "unknown design" + did_you_mean(name, DESIGNS)
        refuse([Problem((str(name),), text, None, tell_value=False)])
    if isinstance(points, bool) or not isinstance(points, int) or not 1 <= points <= MOST_POINTS:
        text = f"must be a whole number of points from 1 to {MOST_POINTS}"
        refuse([Problem((name,), text, points)])
    return Sampling(name, points)


def _write_sampling(value: Sampling) -> object:
    return value.design if value.points is None else {value.design: value.points}


def _change(value: object) -> float:
    found = units.percentage(value)
    if found is None or not -1 <= found <= 10:
        raise ValueError("must be a change as a share, as in '-10 %' or 0.1")
    return found


def _vary(value: object) -> dict[str, Levels]:
    if not isinstance(value, Mapping):
        raise ValueError("must be a mapping, as in {lanes.express.tills: [0, 1, 2]}")
    if not value:
        raise ValueError("must have at least one key to vary")
    problems, found = [], {}
    for path, said in value.items():
        try:
            found[str(path)] = levels(said)
        except ValueError as error:  # pydantic's ValidationError is one, with places of its own
            inner = getattr(error, "errors", None)
            if inner is None:
                problems.append(Problem((path,), str(error), said))
            else:
                problems += [_moved(path, told) for told in inner(include_url=False)]
    refuse(problems)
    return found


def _moved(path: str, told: Mapping[str, Any]) -> Problem:
    context = told["ctx"]
    return Problem((path, *told["loc"]), context["text"], told["input"], context["tell"])


def _settings(value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError("must be a mapping, as in {lanes.express.tills: 2}")
    return {str(path): said for path, said in value.items()}


def _measures(read: Any, example: str, known: tuple[str, ...] = tuple(AMOUNTS)) -> Any:  # noqa: ANN401 - pydantic's annotations
    return PlainValidator(by_name(read, known, example))


Change = Annotated[float, BeforeValidator(_change), PlainSerializer(units.share_text)]
Vary = Annotated[
    dict[str, Levels],
    PlainValidator(_vary),
    PlainSerializer(lambda all_: {path: found.written() for path, found in all_.items()}),
]
Settings = Annotated[dict[str, Any], PlainValidator(_settings)]
Aims = Annotated[
    dict[str, Aim],
    _measures(aim, "{wait_mean: 2 %, checkout_csat: 0.5}"),
    PlainSerializer(lambda aims: {name: each.written(name) for name, each in aims.items()}),
]
Matters = Annotated[
    dict[str, float],
    _measures(matter, "{wait_mean: 10 s, checkout_csat: 1}"),
    PlainSerializer(lambda all_: {n: AMOUNTS[n].write(x) for n, x in all_.items()}),
]


def _write_constraint(name: str, said: Constraint) -> str:
    limit = AMOUNTS[name].write(said.limit) if name in AMOUNTS else units.share_text(said.limit)
    return f"{'>=' if said.at_least else '<='} {limit}"


Limits = Annotated[
    dict[str, Constraint],
    _measures(constraint, "{checkout_csat: '>= 75'}", GOALS),
    PlainSerializer(lambda all_: {n: _write_constraint(n, c) for n, c in all_.items()}),
]


def _goal(value: object) -> object:
    if value is not None and value not in GOALS:
        raise ValueError(f"must be a measure, as in cost or wait_mean{did_you_mean(value, GOALS)}")
    return value


class AlternativeSpec(Spec):
    """One lay-out: the base with changes, or a scenario file of its own."""

    silent: ClassVar[frozenset[str]] = frozenset({"file"})

    name: Text = Field(description="Name of the alternative, as in four more machines.")
    file: Text | None = Field(
        None, description="A scenario in the study's folder instead of the base, as in b.yaml."
    )
    set: Settings = Field(
        default_factory=dict,
        description="What is changed, as in {lanes.self-service.machines: 10}.",
    )


class RobustnessSpec(Spec):
    """Under which circumstances the comparison is repeated, each list one at a time."""

    demand: tuple[Change, ...] = Field(
        (), description="Customers more or fewer, as in [-10 %, 0, 10 %]."
    )
    absent_cashiers: tuple[Count, ...] = Field(
        (), description="Cashiers who do not come to work, as in [0, 1, 2]."
    )
    self_service_share: tuple[Change, ...] = Field(
        (), description="More or fewer who consider the machines, as in [-20 %, 0, 20 %]."
    )

    @model_serializer(mode="wrap")
    def _without_silent(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: values for name, values in write(self).items() if values}

    @model_validator(mode="after")
    def _not_empty(self) -> RobustnessSpec:
        given = [name for name in type(self).model_fields if name in self.model_fields_set]
        found = [Problem((n,), "must have at least one value", None, False)
                 for n in given if not getattr(self, n)]  # fmt: skip
        for name in given:
            values = getattr(self, name)
            found += [Problem((name, k), "is given twice", v)
                      for k, v in enumerate(values) if v in values[:k]]  # fmt: skip
        refuse(found)
        return self


class ObjectiveSpec(Spec):
    """What a plan looks for: the best value of one measure among those that keep the limits."""

    silent: ClassVar[frozenset[str]] = frozenset({"minimise", "maximise"})

    minimise: Annotated[str | None, BeforeValidator(_goal)] = Field(
        None, description="The measure that should be small, as in cost."
    )
    maximise: Annotated[str | None, BeforeValidator(_goal)] = Field(
        None, description="The measure that should be large, as in checkout_csat."
    )
    subject_to: Limits = Field(
        default_factory=dict, description='Limits to keep, as in {checkout_csat: ">= 75"}.'
    )

    @model_validator(mode="after")
    def _one_goal(self) -> ObjectiveSpec:
        if (self.minimise is None) == (self.maximise is None):
            refuse([Problem((), "must have one of minimise and maximise", None, False)])
        return self


class StudyFile(Spec):
    """Which lay-outs are compared, on how many days, and what is varied."""

    silent: ClassVar[frozenset[str]] = frozenset({"base", "replications", "objective"})

    study: Text = Field(description="The question, as in Which lane mix for Saturdays?")
    base: Text | None = Field(
        None, description="The scenario to start from, in the study's folder, as in shop.yaml."
    )
    replications: CountFrom1 | None = Field(
        None, description="How many days are simulated, as in 50; else those of the base."
    )
    precision: Aims = Field(
        default_factory=dict,
        description="How sure it has to be, instead of replications, as in {wait_mean: 2 %}.",
    )
    most_replications: CountFrom1 = Field(
        1000, description="With precision: no more days than these, as in 1000."
    )
    alternatives: tuple[AlternativeSpec, ...] = Field(
        (), description="The lay-outs, the first is what the others are compared with, as in "
        "[{name: as it is}, {name: single line, set: {lanes.staffed.line: shared}}]."
    )  # fmt: skip
    matters: Matters = Field(
        default_factory=dict,
        description="The smallest differences that matter, as in {wait_mean: 10 s}.",
    )
    vary: Vary = Field(
        default_factory=dict,
        description="What a sweep varies, as in {lanes.express.tills: [0, 1, 2]}.",
    )
    sampling: Annotated[Sampling, PlainValidator(_sampling), PlainSerializer(_write_sampling)] = (
        Field(Sampling(), description="How a sweep picks its points, as in {sobol: 256}.")
    )
    robustness: RobustnessSpec = Field(
        RobustnessSpec(), description="What else may happen, as in {demand: [-10 %, 0, 10 %]}."
    )
    objective: ObjectiveSpec | None = Field(
        None, description="What a plan looks for, as in {minimise: cost}."
    )

    @model_serializer(mode="wrap")
    def _without_silent(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        empty = (*self.silent, "vary", "robustness")  # an empty one would be refused
        return {name: x for name, x in write(self).items() if x or name not in empty}

    @property
    def slug(self) -> str:
        """The name for folders: small letters, digits and hyphens."""
        return re.sub(r"[^a-z0-9]+", "-", self.study.lower()).strip("-")[:80] or "study"

    @property
    def n_points(self) -> int:
        """Points of a sweep, alternatives aside."""
        if self.sampling.points is not None:
            return self.sampling.points
        return prod(len(found.values) for found in self.vary.values()) if self.vary else 0

    @model_validator(mode="after")
    def _consistent(self) -> StudyFile:
        refuse([*self._days(), *self._names(), *self._bases(), *self._paths(), *self._points()])
        return self

    def _days(self) -> list[Problem]:
        if self.replications is not None and self.replications > 1_000_000:
            return [Problem(("replications",), "must be at most 1000000", self.replications)]
        if self.replications is not None and self.precision:
            text = "does not go with replications: the days are as many as it takes"
            return [Problem(("precision",), text, None, False)]
        return []

    def _names(self) -> list[Problem]:
        names = [each.name for each in self.alternatives]
        found = [Problem(("alternatives", k, "name"), "must be a name of its own", name)
                 for k, name in enumerate(names) if name in names[:k]]  # fmt: skip
        if len(names) > MOST_ALTERNATIVES:
            text = f"must be at most {MOST_ALTERNATIVES} alternatives"
            found.append(Problem(("alternatives",), text, None, False))
        return found

    def _bases(self) -> list[Problem]:
        if self.base is not None:
            return []
        if not self.alternatives or self.vary:
            return [Problem(("base",), "is missing", None, False)]
        text = "is missing, and this alternative names no file of its own"
        return [Problem(("base",), text, None, False)
                for each in self.alternatives if each.file is None][:1]  # fmt: skip

    def _paths(self) -> list[Problem]:
        paths = [path for key in self.vary for path in paths_of(key)]
        twice = [key for key in self.vary if any(paths.count(each) > 1 for each in paths_of(key))]
        text = "names a path that is varied twice"
        return [Problem(("vary", key), text, None, False) for key in twice]

    def _points(self) -> list[Problem]:
        if self.sampling.points is None:
            place: Place = ("vary",)
            open_ = [path for path, found in self.vary.items() if not found.values]
            if open_:
                text = "needs a step for a full grid, as in {from: 0.1, to: 0.4, step: 0.1}"
                return [Problem((*place, path), text, None, False) for path in open_]
            if self.n_points > MOST_POINTS:
                text = (
                    f"must give at most {MOST_POINTS:,} points; these are {self.n_points:,}"
                    " (try sampling: {sobol: 1024})"
                )
                return [Problem(place, text, None, False)]
        elif not self.vary:
            return [Problem(("sampling",), "needs vary, which says what is picked", None, False)]
        elif self.sampling.design == "sobol" and not is_power_of_two(self.sampling.points):
            text = (
                "must be a power of two, or the points are not spread evenly (got"
                f" {self.sampling.points}); did you mean {power_of_two_near(self.sampling.points)}?"
            )
            return [Problem(("sampling", "sobol"), text, None, False)]
        return []
