"""What really happened, to be replayed: a row for each customer, from a CSV file or written out.

A file is read once and its numbers become part of the scenario, so that a result can be made again
without the file, and a later change of the file changes nothing that was already found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Final

from pydantic import Field, PlainSerializer, ValidationInfo, model_validator

from simqueue import folder, units
from simqueue.fields import Clock, Problem, Spec, Text, refuse

MOST_VALUES: Final = 90_000  # a file of a scenario may hold 100,000 observations
MOST_CHARACTERS: Final = 800_000  # and 1,000,000 bytes
MOST_ITEMS: Final = 1_000_000
ENOUGH: Final = 20  # faults of one file that are told

Reader = Callable[[object], Any]


def _number(value: object) -> float:
    """The number; -1 where it is none."""
    try:
        return units.number(value)
    except ValueError:
        return -1.0


def _cell(key: str, text: str) -> object:
    """What a cell of a file says: nothing, a number, or text."""
    if not text or key in ("arrival", "lane"):
        return text or None
    try:
        return float(text)
    except ValueError:
        return text


def _seconds(value: object) -> float:
    found = _number(value)
    if not 0 <= found <= units.LONGEST_S:
        raise ValueError("must be a number of seconds of at least 0")
    return found


def _items(value: object) -> int:
    found = _number(value)
    if not 1 <= found <= MOST_ITEMS or found != int(found):
        raise ValueError(f"must be a whole number from 1 to {MOST_ITEMS:,}")
    return int(found)


def _or_nothing(read: Reader) -> Reader:
    return lambda value: None if value is None else read(value)


def _lane(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 1_000:
        raise ValueError("must be the name of a lane")
    return value


READERS: Final[dict[str, Reader]] = {
    "arrival_s": _seconds,
    "arrival": units.clock,
    "items": _items,
    "service_s": _seconds,
    "patience_s": _or_nothing(_seconds),
    "lane": _or_nothing(_lane),
}


def _written(values: Sequence[float | None] | None) -> list[float | None] | None:
    if values is None:
        return None
    return [None if x is None else units.number_text(x) for x in values]


Numbers = Annotated[tuple[float, ...], PlainSerializer(_written)]


class TraceSpec(Spec):
    """The customers of a day that was recorded: all lists are equally long."""

    silent: ClassVar[frozenset[str]] = frozenset({"file", *READERS})

    file: Text | None = Field(None, description="The file it was read from, as in customers.csv.")
    arrival_s: Numbers | None = Field(
        None, description="When each came, in seconds from opening, as in [0, 12.5]."
    )
    arrival: tuple[Clock, ...] | None = Field(
        None, description='Instead: when each came, by the clock, as in ["08:00:12", "08:01:00"].'
    )
    items: tuple[int, ...] | None = Field(
        None, description="Articles in each basket, as in [3, 12]; drawn if empty."
    )
    service_s: Numbers | None = Field(
        None,
        description="Time each was served, in seconds, at whatever lane, as in [35.5, 80]; drawn "
        "if empty.",
    )
    patience_s: Annotated[tuple[float | None, ...], PlainSerializer(_written)] | None = Field(
        None,
        description="When each would give up waiting, in seconds, as in [300, null]; null: never.",
    )
    lane: tuple[str | None, ...] | None = Field(
        None, description="The lane each went to, as in [express, null]; null: he chooses."
    )

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:  # noqa: ANN401 - anything in the file
        """Columns of sound values, from the name of a file or from lists."""
        if isinstance(data, str):
            return _from_file(data, (info.context or {}).get("folder"))
        if not isinstance(data, Mapping):
            raise ValueError("must be the name of a CSV file, as in customers.csv")
        given = {k: v for k, v in data.items() if k in READERS and v is not None}
        refuse(
            Problem((key,), "must be a list, as in [1, 2, 3]", column)
            for key, column in given.items()
            if not isinstance(column, (list, tuple))
        )
        _check_columns(list(given))
        columns, problems = {}, []
        for key, column in given.items():
            columns[key], faults = _column(key, column)
            problems += [Problem((key, k), text, value) for k, text, value in faults]
        refuse(problems[:ENOUGH])
        _check_lengths(columns)
        if "arrival" in given:
            columns["arrival"] = list(given["arrival"])  # its type reads the clock again
        return {**data, **columns}

    def __len__(self) -> int:
        return len(self.arrival_s or self.arrival or ())

    def times_s(self, opens_s: float) -> tuple[float, ...]:
        """When each customer came, in seconds from opening, which is so long after midnight."""
        if self.arrival_s is not None:
            return self.arrival_s
        return tuple(clock_s - opens_s for clock_s in self.arrival or ())

    @property
    def origin(self) -> str:
        """What to call it in a message."""
        return self.file or "the trace"


def _check_columns(given: Sequence[str]) -> None:
    whens = [key for key in ("arrival_s", "arrival") if key in given]
    if len(whens) != 1:
        raise ValueError("must have a column arrival_s (or arrival, by the clock), and one of them")


def _check_lengths(columns: Mapping[str, Sequence[Any]]) -> None:
    lengths = {key: len(column) for key, column in columns.items()}
    if 0 in lengths.values():
        raise ValueError("must have at least one customer")
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{key} {n}" for key, n in lengths.items())
        raise ValueError(f"must have columns of one length ({said})")
    values = sum(lengths.values())
    size = sum(len(str(x)) + 2 for column in columns.values() for x in column)
    if values > MOST_VALUES or size > MOST_CHARACTERS:
        text = f"must have at most {MOST_VALUES:,} values and {MOST_CHARACTERS:,} characters"
        raise ValueError(f"{text}; these are {values:,} and {size:,}")


def _column(key: str, column: Sequence[object]) -> tuple[list[Any], list[tuple[int, str, object]]]:
    """The values of a column, and (row, fault, value) of those that cannot be."""
    values: list[Any] = []
    faults: list[tuple[int, str, object]] = []
    for k, value in enumerate(column):
        try:
            values.append(READERS[key](value))
        except ValueError as error:
            faults.append((k, str(error), value))
    if not faults and key in ("arrival_s", "arrival"):
        faults += [(k, text, column[k]) for k, text in _unsorted(values, column)]
    return values, faults


def _unsorted(values: Sequence[float], column: Sequence[object]) -> Iterator[tuple[int, str]]:
    for k in range(1, len(values)):
        if values[k] < values[k - 1]:
            yield k, f"must not be earlier than the row above, {column[k - 1]}"


def _from_file(name: str, home: Any) -> dict[str, Any]:  # noqa: ANN401 - a Path or None
    """The columns of a CSV file; faults name its lines."""
    rows = folder.read_csv(name, home, (), tuple(READERS))
    given = list(rows[0][1])
    _check_columns(given)
    columns, told = {}, []
    for key in given:
        columns[key], faults = _column(key, [_cell(key, row[key]) for _, row in rows])
        told += [(rows[k][0], key, text, value) for k, text, value in faults]
    told.sort(key=lambda fault: fault[0])
    refuse(
        Problem((), f"line {line} of {name}, column {key}: {text}", value)
        for line, key, text, value in told[:ENOUGH]
    )
    _check_lengths(columns)
    if "arrival" in given:
        columns["arrival"] = [row["arrival"] for _, row in rows]  # its type reads the clock again
    return {"file": name, **columns}
