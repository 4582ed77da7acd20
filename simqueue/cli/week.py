"""`simqueue run` on a scenario with a week: every kind of day, then what they add up to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from simqueue.cli.shared import INTERRUPTED, command_line, tell

if TYPE_CHECKING:
    from simqueue.cli.simulate import Asked
    from simqueue.scenario import Scenario
    from simqueue.study import Study


def run_week(scenario: Scenario, folder: Path, asked: Asked, as_json: bool) -> None:
    """Simulate each kind of day into a folder of its own, then write and tell the totals."""
    from simqueue.cli.simulate import leave, simulated
    from simqueue.scenario.week import days_of
    from simqueue.show.week import day_folder, publish_week
    from simqueue.study.week import WeekStudy

    kinds = days_of(scenario)
    studies: list[Study] = []
    alone = replace(asked, options=[pair for pair in asked.options if pair[0] != "--set"])
    for kind in kinds:
        place = folder / day_folder(kind)
        study, _ = simulated(kind.scenario, place, alone, str(place / "scenario.resolved.yaml"))
        if study.partial:
            typer.echo(f"Interrupted in {kind.name!r}; {len(studies)} of {len(kinds)} kinds of day"
                       f" are done. To go on from there: {command_line()}", err=True)  # fmt: skip
            raise typer.Exit(INTERRUPTED)
        studies.append(study)
    week = WeekStudy(scenario, kinds, tuple(studies))
    written = publish_week(week, folder, command=command_line(), report=asked.report)
    tell(written.screen, written.summary, as_json)
    for study in studies:
        leave(study)
