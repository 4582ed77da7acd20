"""`sweep`: simulate every point of a study, on all cores or a cluster; go on where it ended."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from simqueue.engine.choice import AUTO
from simqueue.scenario import Scenario, resolve
from simqueue.study.engine import engine_for
from simqueue.study.sweep.asked import asked
from simqueue.study.sweep.here import run_here
from simqueue.study.sweep.plan import MOST_POINTS, plan_sweep
from simqueue.study.sweep.result import Sweep
from simqueue.study.sweep.store import Store
from simqueue.study.sweep.table import points_table
from simqueue.study.sweep.task import Task, run_points, unpacked
from simqueue.study.sweep.work import Notice, Outcome, Progress, Work, say_nothing

OUTPUTS = Path("outputs")
LONGEST_SLUG = 80
WORTH_TELLING = 1_000  # points; checking more takes seconds


def sweep(
    study: str | Path | Scenario,
    vary: Mapping[str, Any] | None = None,
    *,
    sampling: Any = None,  # noqa: ANN401 - as in a study file
    points: Iterable[Mapping[str, Any]] | None = None,
    changes: Iterable[str | tuple[str, Any]] = (),
    replications: int | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    engine: str | None = None,
    restart: bool = False,
    most_points: int = MOST_POINTS,
    progress: Progress | None = None,
    notice: Notice = say_nothing,
    command: str = "",
    task: Task = run_points,
) -> Sweep:
    """Simulate a scenario at many points, each kept on disk, and gather all measures in a table.

    `study` is the path of a study file; or a scenario (or its path) with `vary` as in a study file,
    {"lanes.express.tills": [0, 1, 2]}, and `sampling` ({"sobol": 256}), or with `points`, a mapping
    of keys to values for each, or a data frame with a column for each key. `changes` and
    `replications` hold for all points. `out` is the folder [outputs/<study>]; points that it holds
    already are not simulated again. `workers` processes share the work [as many as cores; 1 = this
    process alone], or the Dask cluster whose scheduler is at `cluster`. `progress(done, of)` is
    called as points come in, `notice(text)` with what somebody has to know meanwhile. `task` is
    what workers do.

    Ctrl-C keeps what is done: the result is then partial, and the same call goes on with it.
    Raises ScenarioError before anything runs when something is wrong with the study, its points or
    the folder, ValueError when `workers` is less than 1; ConnectionError when the cluster's
    scheduler does not answer or is lost, ChildProcessError when workers cannot work, OSError when
    nothing can be written.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers: must be at least 1 (got {workers})")
    what = asked(study, vary, sampling, points, changes, replications)
    if (n := what.question.count()) > WORTH_TELLING:
        notice(f"Checking {n:,} points before the first one is simulated")
    plan = plan_sweep(what.base, what.question, most_points=most_points)
    folder = OUTPUTS / slug(plan.title) if out is None else Path(out)
    store = Store(folder, plan)
    with store.opened(restart=restart) as there:
        work = Work(plan, store, len(there), engine, task, progress, notice)
        work.passed(0)
        outcome = _run(work, [p for p in range(len(plan)) if p not in there], workers, cluster)
        finished = list(store.finished())
        table = points_table(plan, finished)
        if not outcome.interrupted:
            store.assemble(table, outcome.failed, what.base.scenario(), command)
    unsound = {point["point"]: point["audit"] for point in finished if point["audit"]}
    return Sweep(plan, folder, table, len(finished), outcome.failed, unsound, outcome.interrupted)


def _run(work: Work, points: list[int], workers: int | None, cluster: str | None) -> Outcome:
    """Simulate the points where they shall be simulated."""
    if not points:
        return Outcome()
    wanted = min(workers or cores(), len(points))
    try:
        if cluster is None and wanted == 1:
            work.engine = _engine(work, points, workers=1)
            return run_here(work, points)
        from simqueue.study.sweep.cluster import cluster_pool, local_pool
        from simqueue.study.sweep.dispatch import Dispatcher

        with local_pool(wanted) if cluster is None else cluster_pool(cluster) as pool:
            work.engine = _engine(work, points, workers=pool.threads())
            return Dispatcher(work, pool, points).run()
    except KeyboardInterrupt:  # the second Ctrl-C, or one that struck while Dask began
        return Outcome(interrupted=True)


def _engine(work: Work, points: list[int], workers: int) -> str:
    """The engine for these points, compiled by now if it has to be: workers then load it."""
    first = resolve(unpacked(work.job(points[0])[1]))
    days = first.replications * len(points)
    return engine_for(work.engine or AUTO, [first], days, workers=max(1, workers))


def cores() -> int:
    """Processor cores that this process may use."""
    with suppress(AttributeError):  # not on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def slug(title: str) -> str:
    """The name of a study for its folder: small letters, digits and hyphens.

    >>> slug("Which lane mix for Saturdays?")
    'which-lane-mix-for-saturdays'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:LONGEST_SLUG] or "sweep"
