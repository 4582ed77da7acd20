"""The command line. Each command imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from simqueue.study import Study

DONE, FAULT, USAGE, MISSED, IO_FAILED, INTERRUPTED = 0, 1, 2, 3, 4, 130

app = typer.Typer(
    name="simqueue",
    help="What a shop's checkouts will feel like, before anyone moves a till.\n\n"
    "Write a scenario (YAML), then: simqueue run scenarios/supermarket.yaml",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

# whether a file can be read is found out by reading it: typer would end with another exit code
ScenarioFile = Annotated[
    Path, typer.Argument(help="A scenario, e.g. scenarios/supermarket.yaml.", readable=False)
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change the scenario, e.g. "
                 "lanes.self-service.machines=10 or lanes.staffed.roster@12:00=10. Repeatable."),
]  # fmt: skip
SeedOption = Annotated[int | None, typer.Option("--seed", help="Another seed: other customers.")]
DaysOption = Annotated[
    int | None, typer.Option("--replications", "-n", min=1, help="Days to simulate.")
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Folder for the results [outputs/<scenario>].")
]
KeepOption = Annotated[
    str,
    typer.Option("--keep", help="Days whose customers are kept: a number, all, none."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
NoReportOption = Annotated[
    bool, typer.Option("--no-report", help="Write numbers only: no figures, no report.")
]
EngineOption = Annotated[str, typer.Option("--engine", help="What runs the days: simpy.")]


@app.command("run", rich_help_panel="Simulate")
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

    if engine != "simpy":
        _usage(f"--engine: no engine {engine!r}; there is: simpy")
    scenario = _load(file, set_ or [])
    if seed is not None:
        scenario = scenario.replaced({"seed": seed})
    days = replications or scenario.replications
    with _Progress(scenario.scenario, days) as progress:
        study = run(scenario, days, keep=_keep(keep), engine=engine, progress=progress.update)
    folder = out or Path("outputs") / scenario.slug
    if study.partial:  # an earlier, complete result stays as it is
        folder = folder.with_name(folder.name + "-partial")
    written = publish(
        study, folder, keep=keep, command=_command(), report=not no_report,
        scenario_path=str(file), options=_options(set_, replications, seed),
    )  # fmt: skip
    _tell(written.screen, written.summary, as_json)
    _leave(study, file)


@app.command(rich_help_panel="Write a scenario")
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
        _usage(str(error))
    if as_json:
        _print_json(started.plain())
    else:
        typer.echo(started.text())


@app.command(rich_help_panel="Write a scenario")
def validate(
    files: Annotated[list[Path], typer.Argument(help="Scenarios to check.", readable=False)],
    set_: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Name every fault of the files at once, each with its place and what was probably meant."""
    from simqueue.scenario import ScenarioError, load

    found: dict[str, list[str]] = {}
    for file in files:
        try:
            load(file, set_ or [])
            found[str(file)] = []
        except ScenarioError as error:
            found[str(file)] = str(error).splitlines()
    if as_json:
        _print_json({"valid": not any(found.values()), "faults": found})
    else:
        for name, faults in found.items():
            typer.echo("\n".join(faults) if faults else f"{name}: ok")
    raise typer.Exit(USAGE if any(found.values()) else DONE)


@app.command(rich_help_panel="Write a scenario")
def resolve(file: ScenarioFile, set_: SetOption = None, as_json: JsonOption = False) -> None:
    """Print the complete scenario, every default written out with where it comes from."""
    from simqueue.scenario import to_mapping, to_yaml

    scenario = _load(file, set_ or [])
    if as_json:
        _print_json(to_mapping(scenario))
    else:
        typer.echo(to_yaml(scenario), nl=False)


@app.command("schema", rich_help_panel="Write a scenario")
def schema_command(
    out: Annotated[
        Path | None, typer.Option("--out", help="Write it there, e.g. scenario.schema.json.")
    ] = None,
) -> None:
    """Print the JSON Schema of scenario files: an editor then completes, explains and checks."""
    from simqueue.scenario.schema import schema_text

    if out is None:
        typer.echo(schema_text(), nl=False)
        return
    from simqueue.study.files import write_all

    write_all(out.parent, {out.name: schema_text().encode("utf-8")}, owned=())
    typer.echo(f"{out}: written; a scenario beside it finds it by its first line:\n"
               f"# yaml-language-server: $schema=./{out.name}", err=True)  # fmt: skip


@app.command("list", rich_help_panel="Look things up")
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
        _usage(f"no family {family!r}{hint}")
    shown = known if family is None else {family: known[family]}
    if as_json:
        _print_json(shown)
        return
    for name, entries in shown.items():
        typer.echo(name)
        width = max(len(entry) for entry in entries)
        for entry, about in entries.items():
            source = f"  [{about['source']}]" if about["source"] else ""
            typer.echo(f"  {entry:<{width}}  {about['summary']}{source}")


@app.command(rich_help_panel="Look things up")
def rerun(
    folder: Annotated[Path, typer.Argument(help="A folder with results, e.g. outputs/saturday.")],
    as_json: JsonOption = False,
) -> None:
    """Make a result again from what it says of itself, and say whether it is identical."""
    from simqueue.show.rerun import rerun as make_again

    with _Progress(f"again: {folder}", 0) as progress:
        verdict = make_again(folder, progress.update)
    if as_json:
        _print_json(verdict.plain())
    else:
        typer.echo(verdict.text())
    raise typer.Exit(DONE if verdict.same else MISSED)


@app.command("check", rich_help_panel="Compare with reality")
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

    scenario = _load(file, set_ or [])
    if seed is not None:
        scenario = scenario.replaced({"seed": seed})
    try:
        matters = None if margin is None else Margin.read(margin)
    except ValueError as error:
        _usage(f"--margin: {error} (got {margin!r})")
    try:
        with _Progress(scenario.scenario, 0) as progress:
            told = run_check(scenario, observed, out, replications=replications, margin=matters,
                             progress=progress.update)  # fmt: skip
    except DaysError as error:
        _usage(f"--replications: {error}")
    _tell(told.text, told.plain, as_json)
    raise typer.Exit(told.exit_code)


class _Progress:
    """Days done and time left, on stderr: a bar at a terminal, a few lines elsewhere."""

    def __init__(self, what: str, days: int) -> None:
        self.what = what
        self.days = days
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> _Progress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

            self.bar = Progress("{task.description}", BarColumn(), MofNCompleteColumn(),
                                "days, left", TimeRemainingColumn(),
                                console=Console(stderr=True), transient=True)  # fmt: skip
            self.bar.start()
            self.task = self.bar.add_task(_printable(self.what)[:40], total=self.days or None)
        elif self.days:
            typer.echo(f"{_printable(self.what)}: {self.days} days to simulate", err=True)
        return self

    def update(self, done: int, of: int) -> None:
        """One more day is done."""
        if self.bar is not None:
            self.bar.update(self.task, completed=done, total=of)
        elif done % max(10, of // 4) == 0 or done in (10, 100, 1000):
            typer.echo(f"{done} of {of} days", err=True)

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()


def _printable(text: str) -> str:
    """The text in one line that steers neither a terminal nor rich."""
    from simqueue.show.words import one_line

    return one_line(text).replace("[", "(").replace("]", ")")


def _load(file: Path, changes: list[str]) -> Any:  # noqa: ANN401 - Scenario, imported late
    from simqueue.scenario import load

    return load(file, changes)


def _options(
    changes: list[str] | None, replications: int | None, seed: int | None
) -> list[tuple[str, str]]:
    """The options that decided what was simulated."""
    numbers = (("--replications", replications), ("--seed", seed))
    given = [(flag, str(number)) for flag, number in numbers if number is not None]
    return [("--set", change) for change in changes or []] + given


def _keep(text: str) -> int:
    from simqueue.study import KEEP_ALL

    words = {"all": KEEP_ALL, "none": 0}
    if text in words:
        return words[text]
    if not text.isdecimal():
        _usage(f"--keep: must be a number of days, all or none (got {text!r})")
    return int(text)


def _command() -> str:
    import shlex

    return shlex.join(["simqueue", *sys.argv[1:]])


def _tell(screen: str, summary: dict[str, Any], as_json: bool) -> None:
    if as_json:
        _print_json(summary)
    else:
        typer.echo(screen)


def _print_json(content: object) -> None:
    import json

    typer.echo(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def _leave(study: Study, file: Path) -> None:
    """End with the code that says how it went."""
    if study.partial:
        typer.echo(f"Interrupted after {study.replications} days, written and marked partial."
                   f" Whole run: simqueue run {file}", err=True)  # fmt: skip
        raise typer.Exit(INTERRUPTED)
    if not study.audit.ok:
        typer.echo(f"simqueue: {study.audit.line()}", err=True)
        raise typer.Exit(MISSED)


def _usage(message: str) -> None:
    typer.echo(f"simqueue: {message}", err=True)
    raise typer.Exit(USAGE)


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
