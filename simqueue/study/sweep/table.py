"""All points of a sweep as one tidy table: a row for each measure of each point.

Columns: `point`, one for each varied key, `measure`, `mean`, `half_width` (of the 95 % interval
over days), `n` (days), `unit`, `psychology_low` and `psychology_high` (empty where nothing is
felt). Durations among the keys are in seconds, shares between 0 and 1.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from simqueue.study.files import csv_bytes
from simqueue.study.sweep.columns import Column, column
from simqueue.study.sweep.plan import SweepPlan

if TYPE_CHECKING:
    import pyarrow as pa

MEASURED = ("measure", "mean", "half_width", "n", "unit", "psychology_low", "psychology_high")
MEANING = {
    "point": "number of the point, from 0",
    "measure": "name of the measure: simqueue list measure",
    "mean": "mean over days",
    "half_width": "half the width of the 95 % interval over days",
    "n": "days that have a value",
    "unit": "unit of mean and half_width",
    "psychology_low": "5 % of the values that the psychology's parameters leave open",
    "psychology_high": "95 % of them",
}


def points_table(plan: SweepPlan, finished: Iterable[Mapping[str, Any]]) -> pa.Table:
    """The table of the finished points, as Arrow with units and meanings in its schema."""
    import pyarrow as pa

    points, rows = [], []
    for point in finished:
        for name, found in point["measures"].items():
            points.append(point["point"])
            low, high = found.get("psychology", (None, None))
            rows.append((name, found["mean"], found["half_width"], found["n"], found["unit"],
                         low, high))  # fmt: skip
    columns = [pa.array(points, pa.int32())]
    fields = [_field("point", columns[0])]
    for number, key in enumerate(plan.keys):
        whole = column(key, [settings[number] for settings in plan.settings])
        columns.append(_cells(whole, points))
        fields.append(_field(key, columns[-1], whole.unit or "1", "what the point sets"))
    types = (pa.string(), pa.float64(), pa.float64(), pa.int64(), pa.string(), pa.float64(),
             pa.float64())  # fmt: skip
    for number, (name, kind) in enumerate(zip(MEASURED, types, strict=True)):
        columns.append(pa.array([row[number] for row in rows], kind))
        fields.append(_field(name, columns[-1]))
    return pa.table(columns, schema=pa.schema(fields))


def _cells(whole: Column, points: list[int]) -> Any:  # noqa: ANN401 - an Arrow array
    """The column's cells for each row of the table."""
    import pyarrow as pa

    kind = pa.string() if whole.is_text else pa.int64() if whole.is_whole else pa.float64()
    return pa.array([whole.cells[point] for point in points], kind)


def _field(name: str, array: Any, unit: str = "1", meaning: str = "") -> Any:  # noqa: ANN401 - Arrow
    import pyarrow as pa

    about = {"unit": unit, "meaning": meaning or MEANING[name]}
    return pa.field(name, array.type, metadata=about)


def table_csv(table: pa.Table) -> bytes:
    """The table as CSV; what is not known is empty."""
    columns = [table.column(name).to_pylist() for name in table.column_names]
    rows = [["" if cell is None else cell for cell in row] for row in zip(*columns, strict=True)]
    return csv_bytes(table.column_names, rows)


def table_parquet(table: pa.Table) -> bytes:
    """The table as Parquet; the same table gives the same bytes."""
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def failed_csv(plan: SweepPlan, failed: Mapping[int, str]) -> bytes:
    """The points that could not be simulated, with what happened."""
    columns = [column(key, [s[k] for s in plan.settings]) for k, key in enumerate(plan.keys)]
    rows = [
        (point, *(c.cells[point] for c in columns), why) for point, why in sorted(failed.items())
    ]
    return csv_bytes(("point", *plan.keys, "why"), rows)
