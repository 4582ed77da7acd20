"""What a planner writes about the customers' choices at the lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from simqueue import units
from simqueue.chance import Dimension, Distribution
from simqueue.chance.distributions import read as read_distribution
from simqueue.fields import (
    CountFrom1,
    Problem,
    Seconds,
    Share,
    Spec,
    Spread,
    Switch,
    Text,
    did_you_mean,
    reads,
    refuse,
    writes,
)
from simqueue.registry import choices
from simqueue.rules import lane_choice as _lane_choice  # noqa: F401 - registers the rules

KindName = Literal["staffed", "express", "self_service", "scan_and_go"]


class LaneChoiceSpec(Spec):
    """How customers choose among the lines."""

    rule: Text = Field(
        "shortest_queue",
        description="The rule of choice, as in shortest_queue.",
        json_schema_extra={
            "basis": "evidence",
            "source": "people look at length, not at speed: Lu et al. 2013",
        },
    )
    ties: Literal["first", "random"] = Field(
        "random",
        description="Which of equal lines they join, as in random; or the first in the file.",
        json_schema_extra={"basis": "assumption"},
    )
    prefer: Annotated[KindName | None, reads("off"), writes("off")] = Field(
        None, description="The kind of lane that wins among equal lines, as in staffed; or off."
    )
    count_in_service: Switch = Field(
        True,
        description="Whether the one being served counts as part of the line, as in yes.",
        json_schema_extra={"basis": "assumption"},
    )
    per_server: Switch = Field(
        True,
        description="Whether a line for several tills is judged per open till, as in yes.",
        json_schema_extra={"basis": "assumption"},
    )
    perception_error: Spread = Field(
        0.0, description="How much people misjudge a line, as a share of its length, as in 0.2."
    )
    mean_service: dict[str, Seconds] = Field(
        default_factory=dict,
        description="How long the rule expected_wait_mean takes a service to last, by lane, as in "
        "{staffed: 80 s}.",
    )
    judged_by: Literal["mean", "median"] = Field(
        "mean",
        description="What people take a service of so many items to last, as in median: half of "
        "such services are shorter.",
        json_schema_extra={"basis": "assumption"},
    )

    @field_validator("rule")
    @classmethod
    def _known_rule(cls, value: str) -> str:
        known = choices("lane_choice")
        if value not in known:
            hint = did_you_mean(value, known) or f"; the rules are {', '.join(known)}"
            refuse([Problem((), f"no rule {value!r}{hint}", None, tell_value=False)])
        return value


def _read_patience(value: Any, info: ValidationInfo) -> Distribution | str:  # noqa: ANN401 - anything in the file
    if value == "felt":
        return "felt"
    return read_distribution(value, Dimension.DURATION, (info.context or {}).get("folder"))


Patience = Annotated[
    Distribution | str,
    PlainValidator(_read_patience),
    PlainSerializer(lambda value: value if isinstance(value, str) else value.written()),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]}),
]


class RenegeSpec(Spec):
    """How long people are ready to wait before they leave without paying."""

    patience: Patience = Field(
        description="How long they wait before they leave, as in {half_up_to: 8 min, "
        "nine_in_ten_up_to: 15 min}; or felt, by what feels acceptable."
    )
    scale: Literal["clock", "felt"] = Field(
        "clock",
        description="How patience runs, as in clock; or as the wait feels (felt).",
        json_schema_extra={"basis": "assumption"},
    )


MOST_PEOPLE = 100_000


def _people(value: object) -> float:
    expected = "must be a number of people, as in 8, or a distribution"
    try:
        found = units.number(value)
    except ValueError:
        raise ValueError(expected) from None
    if not 0 <= found <= MOST_PEOPLE:
        raise ValueError(f"must be a number of people from 0 to {MOST_PEOPLE:,}")
    return found


def _read_tolerance(
    dimension: Dimension, plain: Callable[[object], float]
) -> Callable[[Any, ValidationInfo], float | Distribution]:
    """Reads one value for everybody, or a distribution over customers."""

    def validate(value: Any, info: ValidationInfo) -> float | Distribution:  # noqa: ANN401 - anything in the file
        if not isinstance(value, (Mapping, Distribution)):
            return plain(value)
        found = read_distribution(value, dimension, (info.context or {}).get("folder"))
        if dimension is Dimension.ITEMS:
            _at_least_one_person(found)
        return found

    return validate


def _at_least_one_person(found: Distribution) -> None:
    """Refuse drawn lengths below 1, which would silently become 1."""
    given = dict(found.parameters)
    for name, place in (("fixed", ("fixed",)), ("values", ("empirical", "values"))):
        values = given.get(name)
        least = min(values) if isinstance(values, tuple) else values
        if least is not None and least < 1:
            text = "must be at least 1; for 0 write a plain number"
            refuse([Problem(place, text, least)])


def _write_tolerance(write: Callable[[float], object]) -> PlainSerializer:
    return PlainSerializer(lambda x: x.written() if isinstance(x, Distribution) else write(x))


People = Annotated[
    float | Distribution,
    PlainValidator(_read_tolerance(Dimension.ITEMS, _people)),
    _write_tolerance(units.number_text),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "object"}]}),
]
Wait = Annotated[
    float | Distribution,
    PlainValidator(_read_tolerance(Dimension.DURATION, units.seconds)),
    _write_tolerance(units.duration_text),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]}),
]


class BalkSpec(Spec):
    """The line or wait at whose sight people turn away.

    Everybody has one tolerance. Drawn from a distribution it makes a chance that grows with the
    line: under {longer_than: {geometric: {mean: 5}}} all join a line of one person, and with each
    person more a fifth of those who would still have joined turns away.
    """

    silent: ClassVar[frozenset[str]] = frozenset({"longer_than", "expected_wait_over"})

    longer_than: People | None = Field(
        None,
        description="They turn away from a line of more people than this, as in 8, or as in "
        "{geometric: {mean: 5}}: the longer the line, the more turn away.",
    )
    expected_wait_over: Wait | None = Field(
        None,
        description="They turn away when they expect to wait longer than this, as in 6 min, or as "
        "in {about: 6 min} if people differ.",
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> BalkSpec:
        given = (self.longer_than, self.expected_wait_over)
        if given == (None, None):
            raise ValueError("must have longer_than or expected_wait_over, or be off")
        if None not in given:
            text = "does not go together with longer_than"
            refuse([Problem(("expected_wait_over",), text, None, tell_value=False)])
        return self

    @property
    def rule(self) -> str:
        """The name of the rule that decides."""
        return "expected_wait_over" if self.longer_than is None else "longer_than"


class JockeySpec(Spec):
    """When the last person of a line goes over to another one."""

    shorter_by: CountFrom1 = Field(
        2,
        description="How many fewer people must stand ahead of him there, as in 2.",
        json_schema_extra={"basis": "assumption"},
    )
    walk: Seconds = Field(
        5.0,
        description="How long going over takes, as in 5 s.",
        json_schema_extra={"basis": "assumption"},
    )
    willing: Share = Field(
        1.0,
        description="Share of customers who would change lines at all, as in 50 %.",
        json_schema_extra={"basis": "assumption"},
    )


def _on_is_plain(value: object) -> object:
    """Switched on without a word more: with all defaults."""
    word = value.lower() if isinstance(value, str) else value
    return {} if word is True or word in ("on", "yes", "true") else value


class BehaviourSpec(Spec):
    """What customers do at the lines."""

    lane_choice: LaneChoiceSpec = Field(
        LaneChoiceSpec(), description="How they choose a line, as in {rule: shortest_queue}."
    )
    balk: Annotated[BalkSpec | None, reads("off"), writes("off")] = Field(
        None,
        description="Whether they turn away from long lines, as in {longer_than: 8}; or off.",
        json_schema_extra={
            "basis": "evidence",
            "source": "rare at supermarket tills: Antczak et al. 2020",
        },
    )
    renege: Annotated[RenegeSpec | None, reads("off"), writes("off")] = Field(
        None,
        description="Whether they give up waiting, as in {patience: {about: 10 min}}; or off.",
        json_schema_extra={
            "basis": "evidence",
            "source": "rare at supermarket tills: Antczak et al. 2020",
        },
    )
    jockey: Annotated[
        JockeySpec | None, BeforeValidator(_on_is_plain), reads("off"), writes("off")
    ] = Field(
        None,
        description="Whether they change lines while waiting, as in {shorter_by: 2, walk: 5 s, "
        "willing: 50 %}; or off.",
        json_schema_extra={
            "basis": "evidence",
            "source": "rare at supermarket tills: Antczak et al. 2020",
        },
    )
