"""Handing points to a Dask cluster in batches, and finding out which points kill their worker.

Points that take less than `BATCH_S` travel together, so that Dask's cost per task does not count;
longer ones travel alone. When a worker dies, the points it had are tried again one by one, then
each alone in the whole cluster: a point whose worker dies that time as well is to blame, and no
other can be.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from math import ceil
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from simqueue.study.interruption import interruptions_noted
from simqueue.study.sweep.cluster import Pool
from simqueue.study.sweep.task import Done, OtherVersionError
from simqueue.study.sweep.work import Outcome, Work

BATCH_S = 0.5
MOST_IN_BATCH = 200
AHEAD = 2  # batches per thread: one at work, one on its way
FETCH_S = 5.0  # for the result of a batch that is done
LOOK_S = 0.2  # how often to look for Ctrl-C and dead workers
COUNT_S = 2.0  # how often to ask how many workers there are
ALONE_AFTER = 2  # deaths; the next one settles it
HOPELESS = 10  # points that killed their workers while none was finished
KILLED = "its worker was killed every time ({} times); too little memory, or a fault of the engine"


class Dispatcher:
    """One sweep on one pool of workers."""

    def __init__(self, work: Work, pool: Pool, points: Iterable[int]) -> None:
        self.work = work
        self.pool = pool
        self.fresh = deque(points)
        self.again: deque[int] = deque()  # their worker died once
        self.alone: deque[int] = deque()  # twice or more
        self.deaths: Counter[int] = Counter()
        self.running: dict[Any, list[int]] = {}
        self.back: SimpleQueue[Any] = SimpleQueue()
        self.failed: dict[int, str] = {}
        self.point_s = BATCH_S  # how long a point takes, by the latest ones
        self.finished = 0
        self.n_threads = 0
        self.counted_at = -COUNT_S
        self.lonely_since = monotonic()

    def run(self) -> Outcome:
        """Simulate all points; Ctrl-C leaves those at work and keeps the others.

        ConnectionError when the scheduler is lost, ChildProcessError when workers cannot work.
        """
        with interruptions_noted() as interruptions:
            while self.fresh or self.again or self.alone or self.running:
                if interruptions:
                    return Outcome(self.failed, interrupted=True)
                self._look()
                self._fill()
                self._take_what_is_back()
        return Outcome(self.failed)

    def _look(self) -> None:
        """See to the workers, and count them now and then."""
        if not self.pool.alive:
            self._lost()
        self.pool.tend()
        if monotonic() - self.counted_at < COUNT_S:
            return
        self.n_threads, self.counted_at = self.pool.threads(), monotonic()
        if self.n_threads:
            self.lonely_since = float("inf")
        elif monotonic() - self.lonely_since > COUNT_S:
            self.lonely_since = float("inf")  # said once
            self.work.notice(f"No worker at {self.pool.address} yet; to start one: "
                             f"dask worker {self.pool.address} --nthreads 1")  # fmt: skip

    def _lost(self) -> None:
        raise ConnectionError(f"lost the scheduler at {self.pool.address}")

    def _fill(self) -> None:
        """Keep every thread supplied; points under suspicion come last, one by one, then alone."""
        room = AHEAD * max(self.n_threads, 1) - len(self.running)
        while room > 0 and (self.fresh or self.again):
            self._send(self._batch() if self.fresh else [self.again.popleft()])
            room -= 1
        if self.alone and not self.running:
            self._send([self.alone.popleft()])

    def _batch(self) -> list[int]:
        """The next points: so many as take half a second, and fewer near the end."""
        many = max(1, min(MOST_IN_BATCH, int(BATCH_S / max(self.point_s, 1e-6))))
        fair = ceil(len(self.fresh) / (AHEAD * max(self.n_threads, 1)))
        return [self.fresh.popleft() for _ in range(min(many, fair))]

    def _send(self, points: list[int]) -> None:
        jobs = [self.work.job(point) for point in points]
        future = self.pool.client.submit(
            self.work.task, self.work.version, self.work.engine, jobs, pure=False
        )
        self.running[future] = points
        future.add_done_callback(self.back.put)

    def _take_what_is_back(self) -> None:
        """Wait a little for a batch; then settle all that are back, and write them together."""
        results: list[Done] = []
        try:
            results += self._settled(self.back.get(timeout=LOOK_S))
            while True:
                results += self._settled(self.back.get_nowait())
        except Empty:
            pass
        finally:
            self._keep(results)

    def _settled(self, future: Any) -> list[Done]:  # noqa: ANN401 - Dask
        """The results of a batch; none where something went wrong, which is then seen to."""
        from distributed.comm.core import CommClosedError

        points = self.running.pop(future)
        if future.cancelled():  # only a scheduler that is gone does that to us
            self._lost()
        results: list[Done] = []
        try:
            results = future.result(timeout=FETCH_S)
        except (TimeoutError, CommClosedError):
            if not self.pool.alive:
                self._lost()
            self.fresh.extendleft(points)  # their worker died before the result was fetched
        except Exception as error:  # whatever a worker ran into
            self._gone_wrong(points, error)
        future.release()
        return results

    def _keep(self, results: Sequence[Done]) -> None:
        if not results:
            return
        self.finished += len(results)
        seconds = [each["seconds"] for each in results]
        self.point_s = (self.point_s + sum(seconds) / len(seconds)) / 2
        self.failed |= {each["point"]: each["fault"] for each in results if "fault" in each}
        self.work.take(results)

    def _gone_wrong(self, points: Sequence[int], error: BaseException) -> None:
        from distributed.scheduler import KilledWorker

        if isinstance(error, OtherVersionError):
            raise ChildProcessError(
                f"{error}; install the same one on all, and leave it alone meanwhile"
            ) from None
        if not isinstance(error, KilledWorker):
            text = f"a worker could not run: {type(error).__name__}: {error}"
            raise ChildProcessError(text) from error
        for point in points:
            self._suspect(point, was_alone=self.deaths[point] >= ALONE_AFTER)

    def _suspect(self, point: int, *, was_alone: bool) -> None:
        self.deaths[point] += 1
        if was_alone:
            self.failed[point] = KILLED.format(self.deaths[point])
            self.work.passed(1)
            if not self.finished and len(self.failed) >= HOPELESS:
                raise ChildProcessError(
                    f"{HOPELESS} points killed their workers and none was finished; "
                    "look at the memory of this machine, or try with --workers 1"
                )
        elif self.deaths[point] >= ALONE_AFTER:
            self.alone.append(point)
        else:
            self.again.append(point)
