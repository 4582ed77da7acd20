"""The points one after the other in this process: no cluster, the same results."""

from __future__ import annotations

from collections.abc import Sequence

from simqueue.study.interruption import interruptions_noted
from simqueue.study.sweep.work import Outcome, Work


def run_here(work: Work, points: Sequence[int]) -> Outcome:
    """Simulate the points; Ctrl-C drops the point being simulated and keeps the others."""
    failed: dict[int, str] = {}
    with interruptions_noted() as interruptions:
        for point in points:
            (done,) = work.task(work.version, work.engine, [work.job(point)])
            if interruptions or done.get("interrupted"):
                return Outcome(failed, interrupted=True)
            if "fault" in done:
                failed[point] = done["fault"]
            work.take([done])
    return Outcome(failed)
