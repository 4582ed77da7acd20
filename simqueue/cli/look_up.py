"""The commands that look something up: what there is to choose, and a result once more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simqueue.cli.options import JsonOption
from simqueue.cli.shared import DONE, MISSED, DaysProgress, print_json, usage


def list_command(
    family: Annotated[str | None, typer.Argument(help="E.g. lane_choice, measure.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List what can be chosen by name: rules, distributions, service models, forms, measures."""
    from simqueue.show.catalogue import catalogue

    known = catalogue()
    if family is not None and family not in known:
        from simqueue.registry import did_you_mean

        hint = did_you_mean(family, known) or f"; one of {', '.join(known)}"
        usage(f"no family {family!r}{hint}")
    shown = known if family is None else {family: known[family]}
    if as_json:
        print_json(shown)
        return
    for name, entries in shown.items():
        typer.echo(name)
        width = max(len(entry) for entry in entries)
        for entry, about in entries.items():
            source = f"  [{about['source']}]" if about["source"] else ""
            typer.echo(f"  {entry:<{width}}  {about['summary']}{source}")


def rerun(
    folder: Annotated[Path, typer.Argument(help="A folder with results, e.g. outputs/saturday.")],
    as_json: JsonOption = False,
) -> None:
    """Make a result again from what it says of itself, and say whether it is identical."""
    from simqueue.show.rerun import rerun as make_again

    with DaysProgress(f"again: {folder}", 0) as progress:
        verdict = make_again(folder, progress.update)
    if as_json:
        print_json(verdict.plain())
    else:
        typer.echo(verdict.text())
    raise typer.Exit(DONE if verdict.same else MISSED)
