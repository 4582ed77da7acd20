"""Simulated days on disk, exact to the last bit, so that a later run extends an earlier one.

The file is an Arrow stream with a row for each day. It is used only where the provenance beside it
vouches for its content, for the same scenario and seed, and for this very program; otherwise it is
left aside with a line that says why.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from simqueue.experience import Case
from simqueue.scenario import Scenario, to_yaml
from simqueue.study.audit import Audit
from simqueue.study.provenance import checksum, environment
from simqueue.study.psychology import cut, kept_size, sample_size
from simqueue.study.record import DayRecord
from simqueue.study.sheet import Block, Sheet, Titles, daily, gathered, ratio

if TYPE_CHECKING:
    import pyarrow as pa

FILE: Final = "days.arrow"
CUSTOMERS: Final = "customers.parquet"
MOST_STORED: Final = 1000  # days; some 130 KB each for a supermarket
FORMAT: Final = "1"
PARTIAL: Final = "-partial"
TOP, BOTTOM, DAILY = "top", "bottom", "daily"
WAITS: Final = {"wait_s": np.float32, "quarter": np.int16, "lane": np.int8}


class UnusableError(ValueError):
    """Stored days that cannot be used; the text says why."""


@dataclass(frozen=True)
class Stored:
    """Days that need not be simulated again, from day 0 on, and what to tell about them."""

    records: tuple[DayRecord, ...] = ()
    said: str = ""
    engine: str = ""  # that simulated them

    def __len__(self) -> int:
        return len(self.records)


def identity(scenario: Scenario) -> dict[str, str]:
    """What days must have in common to stand in one result: all but the number of days."""
    from simqueue.study.sweep.edition import edition

    written = to_yaml(scenario.model_copy(update={"replications": 1}))
    program = json.dumps([FORMAT, edition(), environment()])
    return {
        "scenario": hashlib.sha256(written.encode("utf-8")).hexdigest(),
        "program": hashlib.sha256(program.encode("utf-8")).hexdigest(),
    }


def enough(records: Sequence[DayRecord], days: int, keep: int) -> bool:
    """Whether these days may stand in a run of so many days, `keep` of them with all customers."""
    wanted = sample_size(days)
    judged = all(len(r.sample) >= min(wanted, r.to_pay) for r in records[:days])
    whole = days if keep < 0 else min(days, keep)  # below 0: every day
    return judged and all(r.customers is not None for r in records[:whole])


def file_of(scenario: Scenario) -> str:
    """The file of one of several scenarios in a folder, named after what it says."""
    return f"days/{identity(scenario)['scenario'][:16]}.arrow"


def stored_days(
    folder: Path, scenario: Scenario, keep: int, days: int | None = None, file: str = FILE
) -> Stored:
    """The days in a result's folder, or in the folder of an interrupted run, if they can be used.

    `days` is how many the run will have, None where that is not known yet.
    """
    found: list[Stored] = []
    for place in (folder, folder.with_name(folder.name + PARTIAL)):
        if not (place / file).is_file():
            continue
        try:
            records, engine = load_days(place, scenario, file)
            if not enough(records, len(records) if days is None else days, keep):
                raise UnusableError("they keep too few customers for this run")
            found.append(Stored(tuple(records), engine=engine))
        except UnusableError as fault:
            found.append(Stored(said=f"stored days in {place} are not used: {fault}"))
        except OSError as fault:
            found.append(Stored(said=f"stored days in {place} are not used: {fault.strerror}"))
    return max(found, key=len, default=Stored())


def load_days(folder: Path, scenario: Scenario, file: str = FILE) -> tuple[list[DayRecord], str]:
    """All days stored in a folder, and the engine that simulated them.

    UnusableError when they are not whole, or of something else.
    """
    import pyarrow as pa

    vouched = _vouched(folder)
    data = _checked(folder, file, vouched)
    try:
        table = pa.ipc.open_stream(io.BytesIO(data)).read_all()
        table.validate(full=True)
        about = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
        _same(about, identity(scenario))
        return _records(table, scenario, _customers(folder, vouched)), about["engine"]
    except (pa.ArrowException, LookupError, AttributeError, UnicodeDecodeError, TypeError):
        raise UnusableError("they are no days of simqueue") from None


def _vouched(folder: Path) -> dict[str, str]:
    """The checksums that the provenance names."""
    try:
        origin = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
        return {str(name): str(digits) for name, digits in origin["sha256"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        raise UnusableError("their provenance cannot be read") from None


def _checked(folder: Path, name: str, vouched: dict[str, str]) -> bytes:
    data = (folder / name).read_bytes()
    if checksum(data) != vouched.get(name):
        raise UnusableError(f"{name} is damaged or was changed")
    return data


def _same(about: dict[str, str], wanted: dict[str, str]) -> None:
    if about["scenario"] != wanted["scenario"]:
        raise UnusableError("they are of another scenario or seed")
    if about["program"] != wanted["program"]:
        raise UnusableError("another version of simqueue or of its libraries made them")


def _customers(folder: Path, vouched: dict[str, str]) -> dict[int, pa.Table]:
    """The kept customers by day; empty where the run kept none."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    if CUSTOMERS not in vouched:
        return {}
    table = pq.read_table(io.BytesIO(_checked(folder, CUSTOMERS, vouched)))
    numbers = pc.unique(table["replication"]).to_pylist()
    return {day: table.filter(pc.equal(table["replication"], day)) for day in numbers}


def days_bytes(records: Sequence[DayRecord], scenario: Scenario, engine: str = "simpy") -> bytes:
    """The file that holds these days, which `engine` simulated; customers have their own."""
    import pyarrow as pa

    if any(r.sheet.titles != records[0].sheet.titles for r in records):
        raise ValueError("days_bytes: days measure different things")
    entries = [r.entries for r in records]
    columns: dict[str, pa.Array] = {}
    units: dict[str, str] = {}
    for k, (grouping, measure, unit, _, bottom) in enumerate(entries[0]):
        for part, value in ((DAILY if bottom is None else TOP, 3), (BOTTOM, 4)):
            if part != BOTTOM or bottom is not None:
                name = f"{grouping}/{measure}/{part}"
                columns[name] = _lists([each[k][value] for each in entries], np.float64)
                units[name] = unit
    for name, kind in WAITS.items():
        columns[name] = _lists([getattr(r, name) for r in records], kind)
    size = kept_size(len(records))
    samples = [cut(r.sample, size) for r in records]
    for name, declared in Case.columns().items():
        kind = np.dtype(declared.dtype).type
        columns[f"sample/{name}"] = _lists([getattr(s, name) for s in samples], kind)
    columns["to_pay"] = pa.array([r.to_pay for r in records], pa.int64())
    failures = [list(r.audit.failures) for r in records]
    columns["failures"] = pa.array(failures, pa.list_(pa.string()))
    fields = [pa.field(name, array.type, metadata={"unit": units.get(name, "")})
              for name, array in columns.items()]  # fmt: skip
    schema = pa.schema(fields, metadata={**identity(scenario), "engine": engine})
    out = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(out, schema, options=options) as writer:
        writer.write_table(pa.table(list(columns.values()), schema=schema))
    return out.getvalue()


def _lists(rows: Sequence[Any], kind: Any) -> pa.Array:  # noqa: ANN401 - NumPy in, Arrow out
    """One list for each day; a value of another type could not be read back to the same bits."""
    import pyarrow as pa

    if any(row.dtype != kind for row in rows):
        raise TypeError(f"must be {np.dtype(kind)} (got {sorted({str(r.dtype) for r in rows})})")
    ends = np.cumsum([0, *(len(row) for row in rows)])
    return pa.LargeListArray.from_arrays(ends, pa.array(np.concatenate(rows)))


def _records(
    table: pa.Table, scenario: Scenario, customers: dict[int, pa.Table]
) -> list[DayRecord]:
    measured = [name for name in table.column_names if name.count("/") == 2]
    rows = {name: _rows(table, name) for name in measured}
    parts = {name: _rows(table, name) for name in (*WAITS, *_sample_names())}
    units = {name: table.schema.field(name).metadata[b"unit"].decode() for name in measured}
    to_pay, failures = table["to_pay"].to_pylist(), table["failures"].to_pylist()
    titles: dict[str, Titles] = {}
    return [
        DayRecord(
            replication=day,
            sheet=_sheet(rows, units, day, titles),
            audit=Audit(1, tuple(failures[day])),
            wait_s=parts["wait_s"][day],
            quarter=parts["quarter"][day],
            lane=parts["lane"][day],
            sample=_sample(parts, scenario, day),
            to_pay=to_pay[day],
            customers=customers.get(day),
        )
        for day in range(table.num_rows)
    ]


def _rows(table: pa.Table, name: str) -> list[NDArray[Any]]:
    """A column of lists as one array for each day."""
    column = table[name].combine_chunks()
    values, ends = column.values, column.offsets.to_numpy()
    plain = values.to_numpy(zero_copy_only=False)
    return [plain[a:b] for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]


def _sheet(
    rows: dict[str, list[NDArray[Any]]], units: dict[str, str], day: int, known: dict[str, Titles]
) -> Sheet:
    blocks: list[Block] = []
    for name, arrays in rows.items():
        grouping, measure, part = name.split("/")
        if part == DAILY:
            blocks.append(daily(grouping, measure, units[name], arrays[day]))
        elif part == TOP:
            bottom = rows[f"{grouping}/{measure}/{BOTTOM}"][day]
            blocks.append(ratio(grouping, measure, units[name], arrays[day], bottom))
    return gathered(blocks, known)


def _sample_names() -> list[str]:
    return [f"sample/{name}" for name in Case.columns()]


def _sample(parts: dict[str, list[NDArray[Any]]], scenario: Scenario, day: int) -> Case:
    spec = scenario.experience
    columns = {name: parts[f"sample/{name}"][day] for name in Case.columns()}
    return Case(
        **columns,
        occupied=spec.occupied,
        asked=spec.asked,
        propositions=spec.propositions,
        acceptable_base_s=spec.central()["acceptable_wait_s"],
    )
