"""The result of a study as plain files: JSON, CSV, Parquet. Same study, same bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping

from simqueue.scenario import to_yaml
from simqueue.study.files import csv_bytes
from simqueue.study.interval import Estimate
from simqueue.study.study import Study

MEASURE = ("measure", "mean", "half_width", "n", "unit")


def tables(study: Study, out: str) -> dict[str, bytes]:
    """All files of numbers by name; `out` is the folder as the user named it."""
    files = {
        "scenario.resolved.yaml": to_yaml(study.scenario).encode("utf-8"),
        "summary.json": json_bytes({**study.summary(), "out": out}),
        "summary.csv": _summary(study),
        "by_lane.csv": _grouped("lane", study.by_lane()),
        "by_segment.csv": _grouped("segment", study.by_segment()),
        "by_quarter_hour.csv": _grouped("quarter_hour", study.by_quarter_hour()),
        "replications.csv": _replications(study),
    }
    if study.kept:
        files["customers.parquet"] = _customers(study)
    return files


def json_bytes(content: Mapping[str, object]) -> bytes:
    """Indented JSON in UTF-8; nan is refused, because JSON knows none."""
    return (json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _row(name: str, e: Estimate) -> tuple[object, ...]:
    return name, e.mean, e.half_width, e.n, e.unit


def _summary(study: Study) -> bytes:
    rows = []
    for name, estimate in sorted(study.metrics.items()):
        psychology = study.psychology.get(name)
        felt = ("", "") if psychology is None else (psychology.low, psychology.high)
        rows.append((*_row(name, estimate), *felt))
    return csv_bytes((*MEASURE, "psychology_low", "psychology_high"), rows)


def _grouped(what: str, groups: dict[str, dict[str, Estimate]]) -> bytes:
    rows = [
        (group, *_row(name, estimate))
        for group, measures in groups.items()
        for name, estimate in sorted(measures.items())
        if estimate.n  # a measure that no day has a value of is left out
    ]
    return csv_bytes((what, *MEASURE), rows)


def _replications(study: Study) -> bytes:
    names = sorted(study.day.units)
    columns = [study.day.daily(name)[:, 0].tolist() for name in names]
    rows = [(day, *values) for day, values in enumerate(zip(*columns, strict=True))]
    return csv_bytes(("replication", *names), rows)


def _customers(study: Study) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    table = pa.concat_tables([study.kept[day] for day in sorted(study.kept)])
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()
