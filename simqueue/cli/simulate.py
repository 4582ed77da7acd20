"""The command that simulates one scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from simqueue.cli.options import (
    DaysOption,
    EngineOption,
    JsonOption,
    KeepOption,
    NoReportOption,
    OutOption,
    ScenarioFile,
    SeedOption,
    SetOption,
)
from simqueue.cli.shared import (
    INTERRUPTED,
    MISSED,
    DaysProgress,
    command_line,
    days_kept,
    known_engine,
    load_scenario,
    options_given,
    tell,
)

if TYPE_CHECKING:
    from simqueue.study import Study


def run_command(
    file: ScenarioFile,
    set_: SetOption = None,
    replications: DaysOption = None,
    seed: SeedOption = None,
    engine: EngineOption = "simpy",
    out: OutOption = None,
    keep: KeepOption = "1",
    as_json: JsonOption = False,
    no_report: NoReportOption = False,
) -> None:
    """Simulate a scenario: how long customers wait, how it feels, and which lane is to blame."""
    from simqueue.show.publish import publish
    from simqueue.study import run

    known_engine(engine)
    scenario = load_scenario(file, set_ or [])
    if seed is not None:
        scenario = scenario.replaced({"seed": seed})
    days = replications or scenario.replications
    with DaysProgress(scenario.scenario, days) as progress:
        study = run(scenario, days, keep=days_kept(keep), engine=engine, progress=progress.update)
    folder = out or Path("outputs") / scenario.slug
    if study.partial:  # an earlier, complete result stays as it is
        folder = folder.with_name(folder.name + "-partial")
    written = publish(
        study, folder, keep=keep, command=command_line(), report=not no_report,
        scenario_path=str(file), options=options_given(set_, replications, seed),
    )  # fmt: skip
    tell(written.screen, written.summary, as_json)
    _leave(study, file)


def _leave(study: Study, file: Path) -> None:
    """End with the code that says how it went."""
    if study.partial:
        typer.echo(f"Interrupted after {study.replications} days, written and marked partial."
                   f" Whole run: simqueue run {file}", err=True)  # fmt: skip
        raise typer.Exit(INTERRUPTED)
    if not study.audit.ok:
        typer.echo(f"simqueue: {study.audit.line()}", err=True)
        raise typer.Exit(MISSED)
