"""The command that simulates a scenario at many points."""

from __future__ import annotations

import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simqueue.cli.options import DaysOption, EngineOption, JsonOption, SeedOption, SetOption
from simqueue.cli.shared import (
    INTERRUPTED,
    IO_FAILED,
    MISSED,
    command_line,
    known_engine,
    printable,
    tell,
    usage,
)

if TYPE_CHECKING:
    from simqueue.study.sweep import Sweep

MOST_POINTS = 10_000
EVERY_S = 30.0  # without a terminal, progress is told so often, and at each tenth
SCHEMES = ("tcp://", "tls://", "ws://", "wss://", "ucx://")

StudyArgument = Annotated[
    Path,
    typer.Argument(help="A study with base and vary, e.g. study.yaml.", readable=False),
]


def sweep_command(
    file: StudyArgument,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", min=1, help="Processes that share the work [all cores]; 1 = no cluster."
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster", metavar="ADDRESS", help="A Dask scheduler, e.g. tcp://host:8786."
        ),
    ] = None,
    set_: SetOption = None,
    replications: DaysOption = None,
    seed: SeedOption = None,
    engine: EngineOption = "auto",
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the results [outputs/<study>].")
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Throw away the points that are there already.")
    ] = False,
    most_points: Annotated[
        int, typer.Option("--most-points", min=1, help="Refuse studies with more points.")
    ] = MOST_POINTS,
    as_json: JsonOption = False,
) -> None:
    """Simulate a scenario at every point of a grid or sample; goes on where it was interrupted.

    Exit code 3 when some points could not be simulated or their audit failed.
    """
    from simqueue.show.sweep_screen import summary, sweep_screen
    from simqueue.study.sweep import sweep

    known_engine(engine)
    _check_cluster(cluster, workers)
    changes: list[Any] = [*(set_ or []), *([("seed", seed)] if seed is not None else [])]
    with PointsProgress(str(file)) as progress:
        try:
            found = sweep(
                file, changes=changes, replications=replications, out=out, workers=workers,
                cluster=cluster, engine=engine, restart=restart, most_points=most_points,
                progress=progress.update, notice=progress.notice, command=command_line(),
            )  # fmt: skip
        except (ConnectionError, ChildProcessError) as error:
            progress.stop()
            typer.echo(f"simqueue: {error}\n{progress.kept()} Go on: {_resume()}", err=True)
            raise typer.Exit(IO_FAILED) from error
    if found.partial:
        typer.echo(f"Interrupted. {progress.kept()} Go on: {_resume()}", err=True)
        raise typer.Exit(INTERRUPTED)
    tell(sweep_screen(found, str(file)), summary(found), as_json)
    _leave(found)


def _check_cluster(cluster: str | None, workers: int | None) -> None:
    if cluster is None:
        return
    if workers is not None:
        usage("--workers: is for this machine; a cluster has the workers that were started for it")
    if not cluster.startswith(SCHEMES):
        usage(f"--cluster: must be the address of a Dask scheduler, as in tcp://127.0.0.1:8786"
              f" (got {cluster!r})")  # fmt: skip


def _resume() -> str:
    """The command that goes on with this sweep: the same one, keeping what is there."""
    return command_line().replace(" --restart", "")


def _leave(found: Sweep) -> None:
    """End with the code that says how it went."""
    if found.failed:
        typer.echo(f"simqueue: {len(found.failed)} of {len(found.plan)} points are missing; typing"
                   " the command again tries them once more", err=True)  # fmt: skip
    if found.unsound:
        typer.echo(f"simqueue: the audit of {len(found.unsound)} points failed", err=True)
    if found.failed or found.unsound:
        raise typer.Exit(MISSED)


class PointsProgress:
    """Points done and time left, on stderr: a bar at a terminal, a line now and then elsewhere."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.done = 0
        self.of = 0
        self.first: tuple[int, float] | None = None  # points that were there, when it began
        self.told = (0, 0.0)
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> PointsProgress:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the bar off the screen."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def update(self, done: int, of: int) -> None:
        """So many points are done."""
        self.done, self.of = done, of
        if self.first is None:
            self.first = (done, monotonic())
            self._begin()
        elif self.bar is not None:
            self.bar.update(self.task, completed=done)
        elif done == of or self._due():
            self.told = (done, monotonic())
            typer.echo(f"{done:,} of {of:,} points{self._left()}", err=True)

    def notice(self, text: str) -> None:
        """Tell something that is not progress."""
        typer.echo(text, err=True)

    def kept(self) -> str:
        """How many points are safe."""
        return f"{self.done:,} of {self.of:,} points are done and kept."

    def _begin(self) -> None:
        there = f", {self.done:,} of them there already" if self.done else ""
        line = f"{printable(self.what)}: {self.of:,} points{there}"
        if not sys.stderr.isatty():
            self.told = (self.done, monotonic())
            typer.echo(line, err=True)
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        self.bar = Progress("{task.description}", BarColumn(), MofNCompleteColumn(), "points, left",
                            TimeRemainingColumn(), speed_estimate_period=600,
                            console=Console(stderr=True), transient=True)  # fmt: skip
        self.bar.start()
        self.task = self.bar.add_task(printable(self.what)[:40], total=self.of, completed=self.done)

    def _due(self) -> bool:
        points, at = self.told
        return self.done - points >= max(1, self.of // 10) or monotonic() - at >= EVERY_S

    def _left(self) -> str:
        """How long the rest will take at the pace so far."""
        assert self.first is not None
        before, began = self.first
        if self.done <= before or self.done == self.of:
            return ""
        left_s = (monotonic() - began) / (self.done - before) * (self.of - self.done)
        from simqueue.show.words import spoken_duration

        return f", about {spoken_duration(max(1.0, round(left_s)))} left"
