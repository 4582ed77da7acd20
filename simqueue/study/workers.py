"""Days in several processes: whole days, handed back in order, so that nothing depends on how many.

The processes are started anew rather than forked or spawned from the caller: his script is not run
again and needs no guard. They are told what to do through pipes, and end with the caller however
he ends.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from simqueue.registry import modules_of_your_own

T = TypeVar("T")
Work = Callable[[int], T]
MOST_DAYS_AT_ONCE: Final = 8  # so that progress is seen, and little is lost when it is stopped
AHEAD: Final = 2  # pieces of work per process that are on their way at one time
WORTH_S: Final = 4.0  # of work that another process takes over; it takes about 1.5 s to begin
_PACKAGES: Final = Path(__file__).parents[2]
# linear algebra that one process spreads over all cores would take them away from the others
ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)


class WorkerLostError(RuntimeError):
    """A process that simulated days has ended, or could not begin; the text says what to do."""


def cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def workers_for(asked: int | None, days: int, seconds: float) -> int:
    """How many processes share so many days, which take so long in one of them.

    `asked` is what was asked for, None = choose. ValueError when it is less than 1.
    """
    if asked is not None and asked < 1:
        raise ValueError(f"workers: must be at least 1 (got {asked})")
    if asked is None and "__main__" in modules_of_your_own():
        return 1  # rules of the caller's own script are known in this process only
    most = cores() if asked is None else asked
    worth = int(seconds / WORTH_S) if asked is None else most
    return max(1, min(most, worth, days))


def in_order(work: Work[T], days: Sequence[int], workers: int) -> Generator[T, None, None]:
    """What `work` makes of each day, in order; with more than one worker in processes of their own.

    `work` can be pickled, for instance a frozen dataclass with a `__call__`. Closing the iterator
    drops the days that are on their way. WorkerLostError when a process is lost; what `work` raises
    in a process is raised here.
    """
    if workers == 1 or len(days) < 2:
        yield from map(work, days)
        return
    _refuse_rules_of_the_script()
    size = max(1, min(MOST_DAYS_AT_ONCE, len(days) // (AHEAD * workers)))
    pieces = deque(days[k : k + size] for k in range(0, len(days), size))
    with ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(workers, "simqueue-worker"))
        told = pickle.dumps(modules_of_your_own()) + pickle.dumps(work)
        idle: deque[_Process] = deque()
        for _ in range(workers):
            idle.append(_Process(told))
            stack.callback(idle[-1].end)
        coming: deque[Future[list[T]]] = deque()
        while pieces or coming:
            while pieces and len(coming) < AHEAD * workers:
                coming.append(threads.submit(_ask, idle, pieces.popleft()))
            yield from coming.popleft().result()


def _ask(idle: deque[_Process], days: Sequence[int]) -> list[Any]:
    """Let a process that has nothing to do simulate some days; there is one for each thread."""
    process = idle.popleft()
    try:
        return process.ask(days)
    finally:
        idle.append(process)


class _Process:
    """A process that simulates days, and the pipes to it."""

    def __init__(self, told: bytes) -> None:
        paths = [str(_PACKAGES), *filter(None, sys.path)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "simqueue.study.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,  # Ctrl-C at the terminal reaches the parent only
        )
        self._say(told)

    def ask(self, days: Sequence[int]) -> list[Any]:
        """What the work makes of some days."""
        self._say(pickle.dumps(list(days)))
        assert self.process.stdout is not None
        try:
            fault, found = pickle.load(self.process.stdout)
        except (EOFError, pickle.UnpicklingError):
            raise WorkerLostError(self._lost()) from None
        if fault is not None:
            raise fault
        return list(found)

    def _say(self, message: bytes) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(message)
            self.process.stdin.flush()
        except OSError:
            raise WorkerLostError(self._lost()) from None

    def _lost(self) -> str:
        code = self.process.wait()
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return f"a worker process {how}; is there enough memory? --workers 1 needs the least"

    def end(self) -> None:
        """End the process at once, in the middle of a day if need be."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with suppress(OSError):  # something was still to be written, to nobody
                pipe.close()


def _refuse_rules_of_the_script() -> None:
    if "__main__" in modules_of_your_own():
        raise ValueError(
            "workers: rules registered in the script itself are unknown to other processes; put"
            " them into a module of their own, or use workers=1"
        )
