"""The command that simulates one scenario."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from simqueue.cli.options import (
    DaysOption,
    EngineOption,
    FreshOption,
    JsonOption,
    KeepOption,
    MostDaysOption,
    NoReportOption,
    OutOption,
    PrecisionOption,
    ScenarioFile,
    SeedOption,
    SetOption,
    WorkersOption,
)
from simqueue.cli.shared import (
    INTERRUPTED,
    MISSED,
    DaysProgress,
    aims_given,
    command_line,
    days_kept,
    known_engine,
    load_scenario,
    no_worker_lost,
    options_given,
    tell,
)

if TYPE_CHECKING:
    from simqueue.scenario import Scenario
    from simqueue.scenario.study_values import Aim
    from simqueue.show.publish import Published
    from simqueue.study import Study
    from simqueue.study.stored import Stored


def run_command(
    file: ScenarioFile,
    set_: SetOption = None,
    replications: DaysOption = None,
    precision: PrecisionOption = None,
    most_days: MostDaysOption = None,
    seed: SeedOption = None,
    engine: EngineOption = "auto",
    workers: WorkersOption = None,
    out: OutOption = None,
    keep: KeepOption = "1",
    as_json: JsonOption = False,
    no_report: NoReportOption = False,
    fresh: FreshOption = False,
) -> None:
    """Simulate a scenario: how long customers wait, how it feels, and which lane is to blame.

    Days that an earlier run of the same scenario left in the folder are not simulated again.
    """
    known_engine(engine)
    aims = aims_given(precision, most_days, replications)
    asked = Asked(
        aims, most_days, replications, engine, workers, keep, fresh, report=not no_report,
        options=options_given(set_, replications, seed, precision, most_days),
    )  # fmt: skip
    scenario = load_scenario(file, set_ or [])
    if seed is not None:
        scenario = scenario.replaced({"seed": seed})
    folder = out or Path("outputs") / scenario.slug
    if scenario.week:
        from simqueue.cli.week import run_week

        run_week(scenario, folder, asked, as_json)
        return
    study, written = simulated(scenario, folder, asked, str(file))
    tell(written.screen, written.summary, as_json)
    leave(study)


@dataclass(frozen=True)
class Asked:
    """What the options of `simqueue run` say about any scenario."""

    aims: dict[str, Aim]
    most_days: int | None
    replications: int | None
    engine: str
    workers: int | None
    keep: str
    fresh: bool
    report: bool
    options: list[tuple[str, str]]


def simulated(
    scenario: Scenario, folder: Path, asked: Asked, scenario_path: str
) -> tuple[Study, Published]:
    """Simulate a scenario, extending what is stored, and write its result."""
    from simqueue.show.publish import publish
    from simqueue.study.precision import MOST_DAYS, run_precise
    from simqueue.study.run import STORED, run
    from simqueue.study.stored import Stored, stored_days

    kept = days_kept(asked.keep)
    days = None if asked.aims else asked.replications or scenario.replications
    stored = Stored() if asked.fresh else stored_days(folder, scenario, kept, days)
    to_do = _tell_stored(stored, days)
    with no_worker_lost(), DaysProgress(scenario.scenario, to_do) as progress:
        if days is None:
            study = run_precise(
                scenario, asked.aims, asked.most_days or MOST_DAYS, keep=kept,
                engine=asked.engine, progress=progress.update, known=stored.records,
                workers=asked.workers,
            )  # fmt: skip
        else:
            study = run(scenario, days, keep=kept, engine=asked.engine, progress=progress.update,
                        known=stored.records, workers=asked.workers)  # fmt: skip
    if study.engine == STORED:
        study.engine = stored.engine
    if study.partial:  # an earlier, complete result stays as it is
        folder = folder.with_name(folder.name + "-partial")
    written = publish(
        study, folder, keep=asked.keep, command=command_line(), report=asked.report,
        scenario_path=scenario_path, options=asked.options, stored=stored.records,
    )  # fmt: skip
    return study, written


def _tell_stored(stored: Stored, days: int | None) -> int:
    """Say what need not be simulated again; how many days are to be simulated, 0 if unknown."""
    n = len(stored)
    if stored.said:
        typer.echo(f"simqueue: {stored.said}", err=True)
    if days is None:
        if n:
            typer.echo(f"begins with {n} stored days", err=True)
        return 0
    if n >= days:
        typer.echo(f"all {days} days are stored; nothing is simulated (--fresh does)", err=True)
    elif n:
        typer.echo(f"extends {n} stored days by {days - n}", err=True)
    return max(0, days - n)


def leave(study: Study) -> None:
    """End with the code that says how it went."""
    if study.partial:
        typer.echo(f"Interrupted after {study.replications} days, written and marked partial."
                   f" To go on from there: {command_line()}", err=True)  # fmt: skip
        raise typer.Exit(INTERRUPTED)
    if not study.audit.ok:
        typer.echo(f"simqueue: {study.audit.line()}", err=True)
        raise typer.Exit(MISSED)
    if study.precision is not None and study.precision.missed:
        from simqueue.show.precision import missed_said

        typer.echo(f"simqueue: {missed_said(study.precision)}", err=True)
        raise typer.Exit(MISSED)
