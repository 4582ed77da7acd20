"""The commands that help to write a scenario: begin one, check it, complete it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simqueue.cli.options import JsonOption, ScenarioFile, SetOption
from simqueue.cli.shared import DONE, USAGE, load_scenario, print_json, usage


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where to write [this folder].")
    ] = Path(),
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="NAME", help="Which: see `simqueue list template`."),
    ] = None,
    study: Annotated[bool, typer.Option("--study", help="Three lay-outs to compare.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a scenario to start from, with comments and its schema; never over a file."""
    from simqueue.scenario.init import start

    try:
        started = start(folder, template, study=study)
    except ValueError as error:
        usage(str(error))
    if as_json:
        print_json(started.plain())
    else:
        typer.echo(started.text())


def validate(
    files: Annotated[
        list[Path], typer.Argument(help="Scenarios and studies to check.", readable=False)
    ],
    set_: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Name every fault of the files at once, each with its place and what was probably meant."""
    from simqueue.scenario import ScenarioError, load
    from simqueue.scenario.study_load import is_study, load_study

    found: dict[str, list[str]] = {}
    for file in files:
        try:
            (load_study if is_study(file) else load)(file, set_ or [])
            found[str(file)] = []
        except ScenarioError as error:
            found[str(file)] = str(error).splitlines()
    if as_json:
        print_json({"valid": not any(found.values()), "faults": found})
    else:
        for name, faults in found.items():
            typer.echo("\n".join(faults) if faults else f"{name}: ok")
    raise typer.Exit(USAGE if any(found.values()) else DONE)


def resolve(file: ScenarioFile, set_: SetOption = None, as_json: JsonOption = False) -> None:
    """Print the complete scenario or study, every default written out with where it comes from."""
    from simqueue.scenario import to_mapping, to_yaml
    from simqueue.scenario.study_load import is_study, load_study

    if is_study(file):
        study = load_study(file, set_ or []).file
        if as_json:
            print_json(to_mapping(study))
        else:
            typer.echo(to_yaml(study, "study"), nl=False)
        return

    scenario = load_scenario(file, set_ or [])
    if as_json:
        print_json(to_mapping(scenario))
    else:
        typer.echo(to_yaml(scenario), nl=False)


def schema_command(
    out: Annotated[
        Path | None, typer.Option("--out", help="Write it there, e.g. scenario.schema.json.")
    ] = None,
    study: Annotated[bool, typer.Option("--study", help="That of study files.")] = False,
) -> None:
    """Print the JSON Schema of scenario files: an editor then completes, explains and checks."""
    if study:
        from simqueue.scenario.study_schema import study_schema_text as schema_text
    else:
        from simqueue.scenario.schema import schema_text

    if out is None:
        typer.echo(schema_text(), nl=False)
        return
    from simqueue.study.files import write_all

    write_all(out.parent, {out.name: schema_text().encode("utf-8")}, owned=())
    what = "study" if study else "scenario"
    typer.echo(f"{out}: written; a {what} beside it finds it by its first line:\n"
               f"# yaml-language-server: $schema=./{out.name}", err=True)  # fmt: skip
