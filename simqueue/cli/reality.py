"""The command that compares a scenario with the shop itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simqueue.cli.options import (
    DaysOption,
    EngineOption,
    JsonOption,
    ScenarioFile,
    SeedOption,
    SetOption,
)
from simqueue.cli.shared import DaysProgress, known_engine, load_scenario, tell, usage


def check_command(
    file: ScenarioFile,
    observed: Annotated[
        Path,
        typer.Option("--observed", help="CSV of stopwatch waits: wait or wait_s; time, lane, day."),
    ],
    margin: Annotated[
        str | None,
        typer.Option("--margin", help="What matters, '30 s' or '25 %'; else the larger."),
    ] = None,
    set_: SetOption = None,
    replications: DaysOption = None,
    seed: SeedOption = None,
    engine: EngineOption = "auto",
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder; else outputs/<scenario>-check.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare a scenario with waits timed in the shop: does it match, does it differ, who can tell?

    Exit code 0 when it matches, 3 when it differs or the data cannot tell.
    """
    from simqueue.fit import DaysError, Margin
    from simqueue.show.check import run_check

    known_engine(engine)
    scenario = load_scenario(file, set_ or [])
    if seed is not None:
        scenario = scenario.replaced({"seed": seed})
    if scenario.week:
        usage(f"{file}: week: is a whole week; check the day that was timed, a file"
              " days/<day>/scenario.resolved.yaml of its result")  # fmt: skip
    try:
        matters = None if margin is None else Margin.read(margin)
    except ValueError as error:
        usage(f"--margin: {error} (got {margin!r})")
    try:
        with DaysProgress(scenario.scenario, 0) as progress:
            told = run_check(scenario, observed, out, replications=replications, margin=matters,
                             engine=engine, progress=progress.update)  # fmt: skip
    except DaysError as error:
        usage(f"--replications: {error}")
    tell(told.text, told.plain, as_json)
    raise typer.Exit(told.exit_code)
