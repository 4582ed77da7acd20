"""One row per customer, for pandas, polars, DuckDB and R: the log and what was felt, as Arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simqueue.study.day import Day
from simqueue.tables import Ending, Payment, Why
from simqueue.tables.table import Table

if TYPE_CHECKING:
    import pyarrow as pa

FELT = ("felt_s", "felt_service_s")
JUDGED = ("reference_s", "acceptable_s", "score")
ASKED = ("satisfaction", "content_with_checkout", "promoter", "detractor", "effort")


def customers_table(day: Day) -> pa.Table:
    """Everything known of each customer of a day; codes written out as words.

    Columns of `Log`, then what was felt and judged. Units and meanings are in the schema's
    metadata. Customers of the warm-up are left out.
    """
    import pyarrow as pa

    rows = np.flatnonzero(day.counted)
    log, experience = day.log, day.experience
    parts = [
        (log, tuple(log.columns())),
        (experience.perception, FELT),
        (experience.judgement, JUDGED),
        (experience.outcome, ASKED),
    ]
    fields, arrays = [pa.field("replication", pa.int32(), metadata={"unit": "1"})], []
    arrays.append(pa.array(np.full(len(rows), day.replication), pa.int32()))
    for table, names in parts:
        for name in names:
            arrays.append(_array(day, name, getattr(table, name)[rows]))
            fields.append(_field(table, name, arrays[-1]))
    return pa.table(arrays, schema=pa.schema(fields))


def _array(day: Day, name: str, values: Any) -> Any:  # noqa: ANN401 - NumPy in, Arrow out
    import pyarrow as pa

    words = _words(day).get(name)
    if words is None:
        return pa.array(values, from_pandas=True)  # nan becomes null
    indices = pa.array(np.where(values < 0, 0, values).astype(np.int32), mask=values < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


def _words(day: Day) -> dict[str, list[str]]:
    """What the codes of each coded column stand for."""
    return {
        "segment": list(day.log.segments),
        "lane": list(day.log.lanes),
        "payment": [way.name.lower() for way in Payment],
        "ending": [ending.name.lower() for ending in Ending],
        "why": [why.name.lower() for why in Why],
    }


def _field(table: Table, name: str, array: Any) -> Any:  # noqa: ANN401 - Arrow
    import pyarrow as pa

    declared = table.columns()[name]
    about = {"unit": declared.unit, "meaning": declared.meaning}
    return pa.field("checkout_score" if name == "score" else name, array.type, metadata=about)
