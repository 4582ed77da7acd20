"""What a planner writes about the customers' choices at the lines, and about opening tills."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from simqueue.chance import Dimension, Distribution
from simqueue.chance.distributions import read as read_distribution
from simqueue.fields import (
    LATER,
    OnlyOff,
    Problem,
    Seconds,
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

KindName = Literal["staffed", "express", "self_service"]


class LaneChoiceSpec(Spec):
    """How customers choose among the lines."""

    rule: Text = Field("shortest_queue", description="The rule of choice, as in shortest_queue.")
    ties: Literal["first", "random"] = Field(
        "random", description="Which of equal lines: the first in the file, or a random one."
    )
    prefer: Annotated[KindName | None, reads("off"), writes("off")] = Field(
        None, description="The kind of lane that wins among equal lines, as in staffed; or off."
    )
    count_in_service: Switch = Field(
        True, description="Whether the one being served counts as part of the line."
    )
    per_server: Switch = Field(
        True, description="Whether a line for several tills is judged per open till."
    )
    perception_error: Spread = Field(
        0.0, description="How much people misjudge a line, as a share of its length, as in 0.2."
    )
    mean_service: dict[str, Seconds] = Field(
        default_factory=dict,
        description="What the rule expected_wait_mean takes a service to last, by lane.",
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
        description="As in {half_up_to: 8 min, nine_in_ten_up_to: 15 min}; or felt, by what feels "
        "acceptable."
    )
    scale: Literal["clock", "felt"] = Field(
        "clock", description="Whether patience runs by the clock or as the wait feels."
    )

    @property
    def is_felt(self) -> bool:
        """Whether patience is drawn from what each customer finds acceptable."""
        return self.patience == "felt"


class BehaviourSpec(Spec):
    """What customers do at the lines."""

    lane_choice: LaneChoiceSpec = Field(
        LaneChoiceSpec(), description="How they choose a line, as in {rule: shortest_queue}."
    )
    balk: OnlyOff = Field(
        None,
        description="Whether they turn away from long lines: off.",
        json_schema_extra={"source": "rare at supermarket tills: Antczak et al. 2020"},
    )
    renege: Annotated[RenegeSpec | None, reads("off"), writes("off")] = Field(
        None,
        description="Whether they give up waiting, as in {patience: {about: 10 min}}; or off.",
        json_schema_extra={"source": "rare at supermarket tills: Antczak et al. 2020"},
    )
    jockey: OnlyOff = Field(
        None,
        description="Whether they change lines while waiting: off.",
        json_schema_extra={"source": "rare at supermarket tills: Antczak et al. 2020"},
    )


class StaffingSpec(Spec):
    """How tills are opened and closed."""

    later: ClassVar[frozenset[str]] = frozenset({"on_duty"})

    on_close: Literal["finish_line"] = Field(
        "finish_line", description="A till that closes serves its line out: finish_line."
    )
    on_demand: OnlyOff = Field(None, description="Whether cashiers are called when needed: off.")

    @field_validator("on_close", mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        if value == "finish_current":
            raise ValueError(LATER)
        return value
