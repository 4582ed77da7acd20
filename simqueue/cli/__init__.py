"""The command line. Each command imports what it needs when it runs, so that `--help` is quick.

A command is a plain function in a module of this package; this page lists them in the order in
which `--help` shows them.
"""

from __future__ import annotations

import sys

import typer

from simqueue.cli.compare import compare_command
from simqueue.cli.look_up import list_command, rerun
from simqueue.cli.reality import check_command
from simqueue.cli.shared import IO_FAILED, USAGE
from simqueue.cli.simulate import run_command
from simqueue.cli.sweep import sweep_command
from simqueue.cli.write import init, resolve, schema_command, validate

SIMULATE, WRITE = "Simulate", "Write a scenario"
LOOK_UP, REALITY = "Look things up", "Compare with reality"

app = typer.Typer(
    name="simqueue",
    help="What a shop's checkouts will feel like, before anyone moves a till.\n\n"
    "Write a scenario (YAML), then: simqueue run scenarios/supermarket.yaml",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("run", rich_help_panel=SIMULATE)(run_command)
app.command("compare", rich_help_panel=SIMULATE)(compare_command)
app.command("sweep", rich_help_panel=SIMULATE)(sweep_command)
app.command("init", rich_help_panel=WRITE)(init)
app.command("validate", rich_help_panel=WRITE)(validate)
app.command("resolve", rich_help_panel=WRITE)(resolve)
app.command("schema", rich_help_panel=WRITE)(schema_command)
app.command("list", rich_help_panel=LOOK_UP)(list_command)
app.command("rerun", rich_help_panel=LOOK_UP)(rerun)
app.command("check", rich_help_panel=REALITY)(check_command)


def main() -> None:
    """Run the command line and turn every failure into one clear line and its exit code."""
    try:
        app()
    except SystemExit as stop:
        # typer turns Ctrl-C into exit 130 without a word; a partial result has told its own story
        if isinstance(getattr(stop.__context__, "__cause__", None), KeyboardInterrupt):
            raise KeyboardInterrupt from stop
        raise
    except OSError as error:
        typer.echo(f"simqueue: {_plain(error)}", err=True)
        sys.exit(IO_FAILED)
    except Exception as error:
        from simqueue.scenario import ScenarioError
        from simqueue.show.rerun import NotOursError

        if not isinstance(error, (ScenarioError, NotOursError)):
            raise
        typer.echo(str(error), err=True)
        sys.exit(USAGE)


def _plain(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}"
