"""Everything a run leaves behind: numbers, figures, report, provenance, and the first screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simqueue.study.files import write_all
from simqueue.study.provenance import provenance
from simqueue.study.record import DayRecord
from simqueue.study.stored import FILE, MOST_STORED, days_bytes
from simqueue.study.study import Study
from simqueue.study.tables import json_bytes, tables

OWNED = (
    "scenario.resolved.yaml",
    "summary.json",
    "summary.csv",
    "by_lane.csv",
    "by_segment.csv",
    "by_quarter_hour.csv",
    "replications.csv",
    "customers.parquet",
    FILE,
    "figures",
    "report.html",
    "provenance.json",
)


@dataclass(frozen=True)
class Published:
    """What was written, and what to tell about it."""

    folder: Path
    screen: str
    summary: dict[str, Any]


def contents(study: Study, out: str, *, report: bool = True) -> dict[str, bytes]:
    """The files of a study whose bytes depend on scenario, seed and version alone."""
    files = tables(study, out)
    if report:
        from simqueue.show.figures import figures, render_png, render_svg

        for name, figure in figures(study).items():
            files[f"figures/{name}.png"] = render_png(figure)
            files[f"figures/{name}.svg"] = render_svg(figure)
    return files


def publish(
    study: Study,
    folder: Path,
    *,
    keep: str,
    command: str,
    report: bool = True,
    scenario_path: str | None = None,
    options: Sequence[tuple[str, str]] = (),
    stored: Sequence[DayRecord] = (),
) -> Published:
    """Write everything into the folder, all or nothing; OSError when that cannot be done.

    `scenario_path` and `options` tell from what the study was run, for the command to try next.
    `stored` are days of it that are known already, also those that were not asked for this time.
    """
    from simqueue.show.next_command import next_command
    from simqueue.show.screen import first_screen

    files = contents(study, str(folder), report=report)
    records = max(stored, study.records, key=len)[:MOST_STORED]
    files[FILE] = days_bytes(records, study.scenario, study.engine)
    origin = provenance(study, command, keep, files)
    if report:
        from simqueue.show.report import render_report

        pictures = {name: data for name, data in files.items() if name.startswith("figures/")}
        files["report.html"] = render_report(study, pictures, origin).encode("utf-8")
    files["provenance.json"] = json_bytes(origin)
    write_all(folder, files, OWNED)
    page = folder / "report.html" if report else None
    screen = first_screen(study, page, next_command(study, scenario_path, options))
    return Published(folder, screen, {**study.summary(), "out": str(folder)})
