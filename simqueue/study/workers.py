"""Days in several processes: whole days, handed back in order, so that nothing depends on how many.

The calling process works as well, and from the beginning: another one needs a second to begin. The
others are started anew rather than forked or spawned from the caller: his script is not run again
and needs no guard. They are told what to do through pipes, and end with the caller however he ends.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Thread
from typing import IO, Any, Final, TypeVar

from simqueue.registry import modules_of_your_own

T = TypeVar("T")
Work = Callable[[int], T]
MOST_DAYS_AT_ONCE: Final = 6  # so that an answer fits into the pipe, and Ctrl-C is soon seen
SHARE: Final = 4  # a piece is this part of what would be each process's share of the rest
AHEAD: Final = 2  # pieces that another process is asked for at one time
AHEAD_HERE: Final = 16  # pieces per process that may wait for their turn
PIPE_BYTES: Final = 1 << 20
WORTH_S: Final = 2.0  # of work that another process takes over; it takes about 1 s to begin
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
    """What `work` makes of each day, in order; several workers are this process and others.

    `work` can be pickled, for instance a frozen dataclass with a `__call__`. Closing the iterator
    drops the days that are on their way. WorkerLostError when a process is lost; what `work` raises
    in a process is raised here.
    """
    if workers == 1 or len(days) < 2:
        yield from map(work, days)
        return
    _refuse_rules_of_the_script()
    with ExitStack() as stack:
        others: list[_Process] = []
        for _ in range(workers - 1):
            others.append(_Process())
            stack.callback(others[-1].end)
            others[-1].begin(work)
        yield from _shared(work, pieces(days, workers), others)


def pieces(days: Sequence[int], workers: int) -> deque[Sequence[int]]:
    """The days in pieces that are handed out one by one: large at first, single days at the end.

    Guided self-scheduling (Polychronopoulos and Kuck 1987, IEEE Transactions on Computers 36):
    each piece is a fixed share of what is left, so that all processes are done at about one time.
    """
    found: deque[Sequence[int]] = deque()
    begun = 0
    while begun < len(days):
        size = min(MOST_DAYS_AT_ONCE, max(1, (len(days) - begun) // (SHARE * workers)))
        found.append(days[begun : begun + size])
        begun += size
    return found


def _shared(
    work: Work[T], left: deque[Sequence[int]], others: Sequence[_Process]
) -> Generator[T, None, None]:
    """The results of all pieces in order: the other processes' first, the rest done here."""
    coming: deque[Future[list[T]]] = deque()
    most = AHEAD_HERE * (len(others) + 1)
    while left or coming:
        while coming and coming[0].done():
            yield from coming.popleft().result()
        for other in others:
            while left and other.wants_more():
                coming.append(other.ask(left.popleft()))
        if left and len(coming) < most:
            coming.append(_done_here(work, left.popleft()))
        elif coming:
            yield from coming.popleft().result()


def _done_here(work: Work[T], days: Sequence[int]) -> Future[list[T]]:
    """What the work makes of some days in this process, to be handed on when it is their turn."""
    found: Future[list[T]] = Future()
    try:
        found.set_result([work(day) for day in days])
    except Exception as fault:
        found.set_exception(fault)
    return found


def _tell(future: Future[list[Any]], told: bytes) -> None:
    """Hand on an answer: what was found, what was raised, or why it means nothing here."""
    try:
        fault, found = pickle.loads(told)
    except Exception as cannot:
        fault, found = cannot, []
    if fault is None:
        future.set_result(found)
    else:
        future.set_exception(fault)


class _Process:
    """A process that simulates days, the pipes to it, and a thread that waits for its answers."""

    def __init__(self) -> None:
        paths = [str(_PACKAGES), *filter(None, sys.path)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "simqueue.study.worker"],
            bufsize=PIPE_BYTES,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,  # Ctrl-C at the terminal reaches the parent only
        )
        _widen(self.process.stdout)
        self.begun = Future[list[Any]]()
        self.asked = deque([self.begun])
        self.listener = Thread(target=self._listen, name="simqueue-worker", daemon=True)
        self.listener.start()

    def begin(self, work: Work[Any]) -> None:
        """Tell what the work is; `begun` is done as soon as the process can do some."""
        self._say(pickle.dumps(modules_of_your_own()) + pickle.dumps(work))

    def wants_more(self) -> bool:
        """Whether it has begun and soon has nothing to do; raises what has kept it from that."""
        if not self.begun.done():
            return False
        self.begun.result()
        return len(self.asked) < AHEAD

    def ask(self, days: Sequence[int]) -> Future[list[Any]]:
        """What the work makes of some days, once it is known."""
        found = Future[list[Any]]()
        self.asked.append(found)
        self._say(pickle.dumps(list(days)))
        return found

    def _listen(self) -> None:
        """Take answers, in the order in which they were asked for, until there are no more."""
        assert self.process.stdout is not None
        try:
            while True:
                told: bytes = pickle.load(self.process.stdout)
                _tell(self.asked.popleft(), told)
        except Exception as fault:
            if not isinstance(fault, EOFError | OSError):
                self.process.kill()  # what it says is no answer: it would never end by itself
            lost = WorkerLostError(self._lost())
            for future in tuple(self.asked):
                future.set_exception(lost)

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
        self.listener.join()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with suppress(OSError):  # something was still to be written, to nobody
                pipe.close()


def _widen(pipe: IO[bytes] | None) -> None:
    """Let a whole answer fit into the pipe, where the system can: nobody waits to be heard."""
    assert pipe is not None
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _refuse_rules_of_the_script() -> None:
    if "__main__" in modules_of_your_own():
        raise ValueError(
            "workers: rules registered in the script itself are unknown to other processes; put"
            " them into a module of their own, or use workers=1"
        )
