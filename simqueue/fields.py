"""Types of a scenario's fields, and the base class of its blocks.

Each type reads what a planner writes and is written back as text that reads as exactly the same
value. Faults are told in plain words; `Spec` retells pydantic's own, so that nobody sees them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import accumulate
from typing import Annotated, Any, ClassVar, Final, Generic, TypeVar, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    ModelWrapValidatorHandler,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    ValidationError,
    WrapSerializer,
    model_serializer,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from simqueue import units

T = TypeVar("T")
Place = tuple[str | int, ...]
LATER = "comes in a later version"
_BY_CLOCK = "(by clock)"  # names of pydantic's branches; they are no keys of the file
_CONSTANT = "(constant)"


@dataclass(frozen=True)
class Problem:
    """What is wrong at a place, relative to the block that is being read."""

    place: Place
    text: str  # "must be what; suggestion"
    value: object = None
    tell_value: bool = True


def refuse(problems: Iterable[Problem], block: str = "block") -> None:
    """Raise pydantic's ValidationError with these problems at their places; nothing if none."""
    details = [
        InitErrorDetails(
            type=PydanticCustomError("told", "{text}", {"text": p.text, "tell": p.tell_value}),
            loc=p.place,
            input=p.value,
        )
        for p in problems
    ]
    if details:
        raise ValidationError.from_exception_data(block, details)


def problems_of(error: ValidationError) -> list[Problem]:
    """The faults of a ValidationError in plain words, with places as pydantic gives them."""
    return [_told(dict(e)) for e in error.errors(include_url=False)]


A_MAPPING = "must be a mapping, as in {key: value}"
_WORDS: dict[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "unknown key",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be on or off",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": A_MAPPING,
    "model_type": A_MAPPING,
    "model_attributes_type": A_MAPPING,
    "none_required": "must be empty",
}


def _told(error: dict[str, Any]) -> Problem:
    kind, place, value = error["type"], tuple(error["loc"]), error.get("input")
    context = error.get("ctx", {})
    if kind == "told":
        return Problem(place, context["text"], value, context["tell"])
    if kind == "value_error":
        text = str(context["error"])
        return Problem(place, text, value, tell_value=not text.startswith(LATER))
    if kind == "literal_error":
        return Problem(place, _one_of(context["expected"], value), value)
    bounds = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    for name, word in bounds.items():
        if name in context:
            return Problem(place, f"must be {word} {context[name]}", value)
    text = _WORDS.get(kind, "is not what belongs here")
    return Problem(place, text, value, kind not in ("missing", "extra_forbidden"))


def _one_of(expected: str, value: object) -> str:
    words = [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]
    return f"must be one of {', '.join(words)}" + did_you_mean(value, words)


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """'; did you mean ...' when something known looks alike, else ''."""
    if len(str(name)) > units.LONGEST_TEXT:
        return ""
    names = list(known)
    close = get_close_matches(str(name), names, n=1, cutoff=0.6)
    close = close or [n for n in names if len(str(name)) > 2 and n.startswith(str(name))]
    return f"; did you mean {close[0]!r}?" if close else ""


class Spec(BaseModel):
    """A block of the scenario: frozen, complete, without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    later: ClassVar[frozenset[str]] = frozenset()  # keys whose mechanism does not exist yet
    silent: ClassVar[frozenset[str]] = frozenset()  # keys that are not written when empty

    @model_validator(mode="wrap")
    @classmethod
    def _in_plain_words(cls, data: Any, handler: ModelWrapValidatorHandler[Any]) -> Any:  # noqa: ANN401 - pydantic's own signature
        try:
            return handler(data)
        except ValidationError as error:
            told = [cls._retold(problem) for problem in problems_of(error)]
            refuse(told, cls.__name__)

    def default_of(self, name: str) -> object:
        """What the field would be if nothing were given; it may depend on other fields."""
        return type(self).model_fields[name].get_default(call_default_factory=True)

    @model_serializer(mode="wrap")
    def _without_silent(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written = write(self)
        return {k: v for k, v in written.items() if not (v is None and k in self.silent)}

    @classmethod
    def _retold(cls, problem: Problem) -> Problem:
        """The problem; an unknown key of this block with what was probably meant."""
        if problem.text == A_MAPPING and len(problem.place) == 1:
            return replace(problem, text=cls._as_in(str(problem.place[0])))
        if problem.text != "unknown key" or len(problem.place) != 1:
            return problem
        key = str(problem.place[0])
        if key in cls.later:
            return Problem(problem.place, LATER, problem.value, tell_value=False)
        text = "unknown key" + did_you_mean(key, cls.model_fields)
        return Problem(problem.place, text, problem.value, tell_value=False)

    @classmethod
    def _as_in(cls, key: str) -> str:
        """That the key takes a mapping, with the example of its description if that is one."""
        field = cls.model_fields.get(key)
        _, said, text = ((field and field.description) or "").partition("as in {")
        ends = accumulate(((c == "{") - (c == "}") for c in text), initial=1)
        example = "".join(c for c, depth in zip(text, accumulate(ends, min), strict=False) if depth)
        return f"must be a mapping, as in {{{example}" if said else A_MAPPING


def _whole(low: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole or not low <= value <= 10**9:  # type: ignore[operator]  # whole implies a number
            raise ValueError(f"must be a whole number of at least {low}")
        return int(value)  # type: ignore[call-overload, no-any-return]  # same

    return read


def _number(test: Callable[[float], bool], words: str) -> Callable[[object], float]:
    def read(value: object) -> float:
        try:
            found = units.number(value)
        except ValueError:
            raise ValueError(f"must be {words}") from None
        if not test(found):
            raise ValueError(f"must be {words}")
        return found

    return read


def switch(value: object) -> bool:
    """On or off, in any of the usual words."""
    if isinstance(value, bool):
        return value
    word = value.lower() if isinstance(value, str) else ""
    if word in ("on", "yes", "true"):
        return True
    if word in ("off", "no", "false"):
        return False
    raise ValueError("must be on or off")


def is_off(value: object) -> bool:
    """Whether the value says that something is switched off."""
    return value is False or (isinstance(value, str) and value.lower() in ("off", "no", "false"))


def off_as_none(value: object) -> object:
    """None where something is switched off, else the value itself."""
    return None if is_off(value) else value


def reads(word: str) -> BeforeValidator:
    """The empty value may be written as this word (`off`: as no or false too)."""
    if word == "off":
        return BeforeValidator(off_as_none)
    return BeforeValidator(lambda value: None if value == word else value)


def writes(word: str) -> WrapSerializer:
    """The empty value is written as this word."""
    return WrapSerializer(lambda value, write: word if value is None else write(value))


def text(value: object) -> str:
    """Text of one line; numbers are taken as they are written."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be text")
    if len(value) > 10_000 or any(ord(c) < 32 and c not in "\n\t" for c in value):
        raise ValueError("must be text of reasonable length, without control characters")
    return value.strip()


Text = Annotated[str, BeforeValidator(text)]
Seconds = Annotated[
    float, BeforeValidator(units.seconds), PlainSerializer(units.duration_text, return_type=str)
]
Share = Annotated[float, BeforeValidator(units.share), PlainSerializer(units.share_text)]
Clock = Annotated[int, BeforeValidator(units.clock), PlainSerializer(units.clock_text)]
PerHour = Annotated[float, BeforeValidator(units.per_hour), PlainSerializer(units.number_text)]
Switch = Annotated[bool, BeforeValidator(switch), PlainSerializer(lambda on: "on" if on else "off")]
Count = Annotated[int, BeforeValidator(_whole(0))]
CountFrom1 = Annotated[int, BeforeValidator(_whole(1))]
Number = Annotated[
    float,
    BeforeValidator(_number(lambda x: True, "a number")),
    PlainSerializer(units.number_text),
]
NotNegative = Annotated[
    float,
    BeforeValidator(_number(lambda x: x >= 0, "a number of at least 0")),
    PlainSerializer(units.number_text),
]
Positive = Annotated[
    float,
    BeforeValidator(_number(lambda x: x > 0, "a number above 0")),
    PlainSerializer(units.number_text),
]


def _spread(value: object) -> float:
    found = units.percentage(value)
    if found is None or not 0 <= found <= 10:
        raise ValueError("must be a spread as a share of the mean, as in 0.1 or '10 %'")
    return found


Spread = Annotated[float, BeforeValidator(_spread), PlainSerializer(units.number_text)]


class ByClock(Generic[T]):
    """A value that may change with the clock: (seconds from midnight, value), ascending.

    A value that holds all day is one point at 0. (No dataclass: pydantic would read it by its own
    rules for generic dataclasses.)
    """

    def __init__(self, points: tuple[tuple[int, T], ...]) -> None:
        self.points: Final = points

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByClock) and self.points == other.points

    def __hash__(self) -> int:
        return hash(self.points)

    def __repr__(self) -> str:
        return f"ByClock({self.points!r})"

    @property
    def is_constant(self) -> bool:
        """Whether one value holds all day."""
        return len(self.points) == 1 and self.points[0][0] == 0

    def at(self, clock_s: float) -> T:
        """The value in force at that many seconds from midnight; the first one before it begins."""
        after = bisect_right(self.points, clock_s, key=lambda point: point[0])
        return self.points[max(after - 1, 0)][1]

    def values(self) -> tuple[T, ...]:
        """The values without their times."""
        return tuple(value for _, value in self.points)

    @classmethod
    def always(cls, value: T) -> ByClock[T]:
        """The value, all day."""
        return cls(((0, value),))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """A table by clock time, or one value; both read into a ByClock."""
        value = handler.generate_schema(get_args(source)[0])
        table = core_schema.dict_schema(core_schema.str_schema(), value)
        return core_schema.tagged_union_schema(
            {
                _BY_CLOCK: core_schema.no_info_before_validator_function(
                    _check_times, core_schema.no_info_after_validator_function(_from_table, table)
                ),
                _CONSTANT: core_schema.no_info_after_validator_function(ByClock.always, value),
                "(read)": core_schema.is_instance_schema(ByClock),
            },
            discriminator=_branch,
            serialization=core_schema.wrap_serializer_function_ser_schema(
                _write, schema=table, return_schema=core_schema.any_schema()
            ),
        )


def _branch(value: object) -> str:
    if isinstance(value, ByClock):
        return "(read)"
    times = isinstance(value, Mapping) and any(units.looks_like_clock(key) for key in value)
    return _BY_CLOCK if times else _CONSTANT


def _check_times(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """The table itself; refused when a key is no time or a time is given twice."""
    problems: list[Problem] = []
    seen: dict[int, str] = {}
    for key in table:
        try:
            time = units.clock(key)
        except ValueError as error:
            problems.append(Problem((key,), str(error), key))
            continue
        if time in seen:
            problems.append(Problem((key,), f"is the same time as {seen[time]!r}", None, False))
        seen[time] = key
    refuse(problems)
    return table


def _from_table(table: Mapping[str, T]) -> ByClock[T]:
    return ByClock(tuple(sorted((units.clock(k), v) for k, v in table.items())))


def _write(value: ByClock[Any], handler: Callable[[Any], dict[str, Any]]) -> object:
    written = handler({units.clock_text(time): v for time, v in value.points})
    return next(iter(written.values())) if value.is_constant else written


def by_clock_text(value: ByClock[Any]) -> str:
    """The table in words, for messages."""
    return ", ".join(f"{units.clock_text(t)} {v}" for t, v in value.points)
