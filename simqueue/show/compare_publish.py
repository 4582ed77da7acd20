"""Everything a comparison leaves behind: tables, verdict, figures, report, provenance."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from math import isinf, isnan
from pathlib import Path
from typing import Any, Final

from simqueue.scenario import to_mapping, to_yaml
from simqueue.scenario.study_file import RobustnessSpec
from simqueue.show.compare_screen import screen
from simqueue.show.compare_verdict import Verdict, all_verdicts, in_family
from simqueue.show.robustness import CSV_HEAD, csv_rows
from simqueue.study.compare import ROW, Comparison, Rival, plain_row
from simqueue.study.files import csv_bytes, write_all
from simqueue.study.provenance import checksum, environment
from simqueue.study.record import DayRecord
from simqueue.study.robustness import Robustness
from simqueue.study.stored import MOST_STORED, days_bytes, file_of
from simqueue.study.tables import json_bytes

OWNED: Final = (
    "comparison.json",
    "comparison.csv",
    "by_group.csv",
    "replications.csv",
    "robustness.csv",
    "verdict.txt",
    "days",
    "alternatives",
    "figures",
    "report.html",
    "provenance.json",
)


@dataclass(frozen=True)
class PublishedComparison:
    """What was written, and what to tell about it."""

    folder: Path
    screen: str
    plain: dict[str, Any]


def publish_comparison(
    comparison: Comparison,
    folder: Path,
    *,
    command: str,
    checked: str = "",
    report: bool = True,
    source: str = "",
    robustness: Robustness | None = None,
    circumstances: RobustnessSpec | None = None,
    known: Sequence[Sequence[DayRecord]] = (),
) -> PublishedComparison:
    """Write everything into the folder, all or nothing; OSError when that cannot be done.

    `source` is the text of the study file, where there is one; `robustness` says how far the choice
    holds under its `circumstances`. `known` are days of each alternative that are known already.
    """
    verdicts = all_verdicts(comparison, checked)
    files = contents(comparison, verdicts, str(folder), report=report, robustness=robustness)
    for k, study in enumerate(comparison.studies):
        records = max(known[k] if known else (), study.records, key=len)[:MOST_STORED]
        if records:
            files[file_of(study.scenario)] = days_bytes(records, study.scenario, study.engine)
    origin = _provenance(comparison, command, files, source)
    if robustness is not None and circumstances is not None:
        origin["robustness"] = to_mapping(circumstances)
    if report:
        from simqueue.show.compare_report import render_comparison

        pictures = {name: data for name, data in files.items() if name.startswith("figures/")}
        page = render_comparison(comparison, verdicts, pictures, origin, robustness)
        files["report.html"] = page.encode("utf-8")
    told = screen(comparison, verdicts, folder if report else None, checked, robustness)
    files["verdict.txt"] = (told + "\n").encode("utf-8")
    files["provenance.json"] = json_bytes(origin)
    write_all(folder, files, OWNED)
    return PublishedComparison(folder, told, plain(comparison, verdicts, str(folder), robustness))


def contents(
    comparison: Comparison,
    verdicts: Sequence[Verdict],
    out: str,
    *,
    report: bool = True,
    robustness: Robustness | None = None,
) -> dict[str, bytes]:
    """The files whose bytes depend on the scenarios, the seed and the version alone."""
    files = {
        "comparison.json": json_bytes(plain(comparison, verdicts, out, robustness)),
        "comparison.csv": _csv(("alternative", "measure", *ROW), comparison.rows),
        "by_group.csv": _csv(
            ("alternative", "grouping", "group", "measure", *ROW), comparison.group_rows
        ),
        "replications.csv": _days(comparison),
    }
    for k, (name, study) in enumerate(zip(comparison.names, comparison.studies, strict=True), 1):
        plain_name = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
        files[f"alternatives/{k}-{plain_name}.yaml"] = to_yaml(study.scenario).encode("utf-8")
    if robustness is not None:
        files["robustness.csv"] = csv_bytes(CSV_HEAD, csv_rows(robustness))
    if report:
        from simqueue.show.compare_figures import comparison_figures
        from simqueue.show.figure_robustness import robustness_figure
        from simqueue.show.style import render_png, render_svg

        figures = comparison_figures(comparison)
        if robustness is not None and len(robustness.tested) > 1:
            figures["robustness"] = robustness_figure(robustness)
        for name, figure in figures.items():
            files[f"figures/{name}.png"] = render_png(figure)
            files[f"figures/{name}.svg"] = render_svg(figure)
    return files


def plain(
    comparison: Comparison,
    verdicts: Sequence[Verdict],
    out: str,
    robustness: Robustness | None = None,
) -> dict[str, Any]:
    """What `simqueue compare --json` prints."""
    reference = comparison.reference
    audits = {name: s.audit for name, s in zip(comparison.names, comparison.studies, strict=True)}
    return {
        "base": comparison.name,
        "title": comparison.title,
        "replications": comparison.days,
        "seed": reference.scenario.seed,
        "engine": reference.engine,
        "family": in_family(comparison),
        "alternatives": [
            _alternative(rival, verdict)
            for rival, verdict in zip(comparison.rivals, verdicts, strict=True)
        ],
        **({} if robustness is None else {"robustness": robustness.plain()}),
        "audit": {"ok": all(audit.ok for audit in audits.values()),
                  "failures": [f"{name}: {text}" for name, audit in audits.items()
                               for text in audit.failures]},
        "partial": any(study.partial for study in comparison.studies),
        "out": out,
    }  # fmt: skip


def _alternative(rival: Rival, verdict: Verdict) -> dict[str, Any]:
    return {
        "name": rival.name,
        "same_customers": rival.same_customers,
        "differences": {name: plain_row(j) for name, j in sorted(rival.measures.items())},
        "verdict": verdict.text,
        "verdict_parts": verdict.plain(),
        "psychology": {name: felt.plain() for name, felt in sorted(rival.felt.items())},
        "once_normal": None if isnan(rival.once_normal) else rival.once_normal,
        **{
            f"by_{grouping}": {
                group: {name: plain_row(j) for name, j in measures.items()}
                for group, measures in groups.items()
            }
            for grouping, groups in rival.groups.items()
        },
    }


def _csv(header: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    return csv_bytes(header, [[_cell(row[name]) for name in header] for row in rows])


def _cell(value: object) -> object:
    if value is None or (isinstance(value, float) and (isnan(value) or isinf(value))):
        return ""
    return int(value) if isinstance(value, bool) else value


def _days(comparison: Comparison) -> bytes:
    """One row for each alternative and day, with every measure of the whole day."""
    shared = set.intersection(*(set(study.day.units) for study in comparison.studies))
    names = sorted(shared)
    rows: list[Sequence[object]] = []
    for alternative, study in zip(comparison.names, comparison.studies, strict=True):
        columns = [study.day.daily(name)[:, 0].tolist() for name in names]
        rows += [
            (alternative, day, *values)
            for day, values in enumerate(zip(*columns, strict=True))
            if day < comparison.days
        ]
    return csv_bytes(("alternative", "replication", *names), rows)


def _provenance(
    comparison: Comparison, command: str, files: Mapping[str, bytes], source: str
) -> dict[str, Any]:
    """What made the comparison: version, all scenarios, seed, command, environment, checksums."""
    return {
        "simqueue": version("simqueue"),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "title": comparison.title,
        "seed": comparison.reference.scenario.seed,
        "replications": comparison.days,
        "partial": any(study.partial for study in comparison.studies),
        "engine": comparison.reference.engine,
        "matters": dict(comparison.matters),
        "environment": environment(),
        "sha256": {name: checksum(content) for name, content in sorted(files.items())},
        "study": source,
        "alternatives": [
            {"name": name, "changes": changes, "scenario": to_yaml(study.scenario)}
            for name, changes, study in zip(
                comparison.names,
                ({}, *(dict(rival.changes) for rival in comparison.rivals)),
                comparison.studies,
                strict=True,
            )
        ],
    }
