"""What several commands need: exit codes, progress, telling results, ending with a clear line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

if TYPE_CHECKING:
    from simqueue.scenario.study_values import Aim

ENGINES = ("auto", "simpy", "compiled")
DONE, FAULT, USAGE, MISSED, IO_FAILED, INTERRUPTED = 0, 1, 2, 3, 4, 130


class DaysProgress:
    """Days done and time left, on stderr: a bar at a terminal, a few lines elsewhere."""

    def __init__(self, what: str, days: int) -> None:
        self.what = what
        self.days = days
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> DaysProgress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

            self.bar = Progress("{task.description}", BarColumn(), MofNCompleteColumn(),
                                "days, left", TimeRemainingColumn(),
                                console=Console(stderr=True), transient=True)  # fmt: skip
            self.bar.start()
            self.task = self.bar.add_task(printable(self.what)[:40], total=self.days or None)
        elif self.days:
            typer.echo(f"{printable(self.what)}: {self.days} days to simulate", err=True)
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


@contextmanager
def no_worker_lost() -> Iterator[None]:
    """End with one clear line when a process that shares the work is lost."""
    from simqueue.study.workers import WorkerLostError

    try:
        yield
    except WorkerLostError as error:
        typer.echo(f"simqueue: {error}", err=True)
        raise typer.Exit(FAULT) from None


def printable(text: str) -> str:
    """The text in one line that steers neither a terminal nor rich."""
    from simqueue.show.words import one_line

    return one_line(text).replace("[", "(").replace("]", ")")


def load_scenario(file: Path, changes: list[str]) -> Any:  # noqa: ANN401 - Scenario, imported late
    """The scenario of a file with the changes of `--set` made to it."""
    from simqueue.scenario import load

    return load(file, changes)


def options_given(
    changes: list[str] | None,
    replications: int | None,
    seed: int | None,
    precision: str | None = None,
    most_days: int | None = None,
) -> list[tuple[str, str]]:
    """The options that decided what was simulated."""
    options = (("--replications", replications), ("--seed", seed), ("--precision", precision),
               ("--most-days", most_days))  # fmt: skip
    given = [(flag, str(value)) for flag, value in options if value is not None]
    return [("--set", change) for change in changes or []] + given


def aims_given(
    precision: str | None, most_days: int | None, replications: int | None
) -> dict[str, Aim]:
    """What `--precision` asks for, by measure; empty where it is not given."""
    from simqueue.fields import did_you_mean
    from simqueue.scenario.faults import with_value
    from simqueue.scenario.scalars import resolved
    from simqueue.scenario.study_values import AMOUNTS, aim

    if precision is None:
        if most_days is not None:
            usage("--most-days: goes only with --precision")
        return {}
    if replications is not None:
        usage("--precision: does not go with --replications: the days are as many as it takes")
    aims: dict[str, Aim] = {}
    for part in precision.split(","):
        name, equals, width = (each.strip() for each in part.partition("="))
        if not equals or not name or not width:
            usage(f"--precision: must be as in wait_mean=2%,checkout_csat=0.5 (got {part!r})")
        if name not in AMOUNTS:
            usage(f"--precision: {name}: unknown measure{did_you_mean(name, AMOUNTS)}")
        if name in aims:
            usage(f"--precision: {name}: is given twice")
        try:
            aims[name] = aim(name, resolved(width))
        except ValueError as error:
            usage(f"--precision: {name}: {with_value(str(error), width)}")
    return aims


def days_kept(text: str) -> int:
    """How many days' customers `--keep` asks for."""
    from simqueue.study import KEEP_ALL

    words = {"all": KEEP_ALL, "none": 0}
    if text in words:
        return words[text]
    if not text.isdecimal():
        usage(f"--keep: must be a number of days, all or none (got {text!r})")
    return int(text)


def known_engine(engine: str) -> None:
    """End with a clear line when there is no engine of that name."""
    if engine not in ENGINES:
        usage(f"--engine: no engine {engine!r}; there is: {', '.join(ENGINES)}")


def command_line() -> str:
    """The command as it was typed, for the provenance of its result."""
    import shlex

    return shlex.join(["simqueue", *sys.argv[1:]])


def tell(screen: str, summary: dict[str, Any], as_json: bool) -> None:
    """Print a result for people or as one JSON object."""
    if as_json:
        print_json(summary)
    else:
        typer.echo(screen)


def print_json(content: object) -> None:
    """Print data as JSON, which knows no nan."""
    import json

    typer.echo(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def usage(message: str) -> NoReturn:
    """End with exit code 2 and one clear line."""
    typer.echo(f"simqueue: {message}", err=True)
    raise typer.Exit(USAGE)
