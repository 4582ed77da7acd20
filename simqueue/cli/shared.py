"""What several commands need: exit codes, progress, telling results, ending with a clear line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

import typer

ENGINES = ("simpy",)
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


def printable(text: str) -> str:
    """The text in one line that steers neither a terminal nor rich."""
    from simqueue.show.words import one_line

    return one_line(text).replace("[", "(").replace("]", ")")


def load_scenario(file: Path, changes: list[str]) -> Any:  # noqa: ANN401 - Scenario, imported late
    """The scenario of a file with the changes of `--set` made to it."""
    from simqueue.scenario import load

    return load(file, changes)


def options_given(
    changes: list[str] | None, replications: int | None, seed: int | None
) -> list[tuple[str, str]]:
    """The options that decided what was simulated."""
    numbers = (("--replications", replications), ("--seed", seed))
    given = [(flag, str(number)) for flag, number in numbers if number is not None]
    return [("--set", change) for change in changes or []] + given


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
