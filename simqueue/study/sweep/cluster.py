"""Where points are simulated: workers of our own on this machine, or a cluster that is there."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
CONNECT_S = 5.0
END_S = 3.0
# numerical libraries would start a thread for each core, in every worker
_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS",
           "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")  # fmt: skip
ONE_THREAD = dict.fromkeys(_LIMITS, "1")
TAIL = 2_000  # characters of what a worker said last
# no page to look at; a point whose worker dies is looked at by us, not tried again in silence
NO_PAGES: dict[str, list[str]] = {"distributed.scheduler.http.routes": []}
_PACKAGES = Path(__file__).parents[3]  # the folder that holds the package


class Pool:
    """A client of a scheduler, and how many points can be simulated there at once."""

    def __init__(self, client: Any, address: str, workers: LocalWorkers | None) -> None:  # noqa: ANN401 - Dask
        self.client = client
        self.address = address
        self.workers = workers

    @property
    def alive(self) -> bool:
        """Whether the scheduler can be reached."""
        return bool(self.client.status == "running")

    def threads(self) -> int:
        """Points that can be simulated at once; OSError when the scheduler is gone."""
        if self.workers is not None:
            return len(self.workers.all)
        try:
            return int(sum(self.client.nthreads().values()))
        except Exception as error:  # Dask raises many kinds when a connection breaks
            raise ConnectionError(f"lost the scheduler at {self.address}") from error

    def tend(self) -> None:
        """Replace workers of our own that are gone; ChildProcessError when none can be started."""
        if self.workers is not None:
            self.workers.tend()


@dataclass
class _Worker:
    """A worker process, and the file with what it says."""

    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self) -> str:
        """What it said last."""
        text = self.log.read_text(encoding="utf-8", errors="replace").strip()
        return text[-TAIL:] or f"exit code {self.process.returncode}, without a word"


class LocalWorkers:
    """Worker processes on this machine, started anew when one dies."""

    def __init__(self, address: str, count: int, folder: Path) -> None:
        self.address = address
        self.folder = folder
        self.started = 0
        self.all = [self._start() for _ in range(count)]

    def tend(self) -> None:
        """Start a new worker for each that was killed; ChildProcessError when one fails itself."""
        for k, worker in enumerate(self.all):
            code = worker.process.poll()
            if code is None:
                continue
            if code > 0:  # no signal ended it: a new one would fail in the same way
                raise ChildProcessError(f"a worker could not run: {worker.last_words()}")
            _forget(worker.process)
            self.all[k] = self._start()

    def end(self) -> None:
        """End all workers."""
        for worker in self.all:
            worker.process.kill()
        for worker in self.all:
            with suppress(subprocess.TimeoutExpired):
                worker.process.wait(END_S)
            _forget(worker.process)

    def _start(self) -> _Worker:
        self.started += 1
        paths = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(paths)}
        words = ["-m", "simqueue.study.sweep.worker", self.address, str(self.folder)]
        path = self.folder / f"worker-{self.started}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=environment,
                start_new_session=True,  # Ctrl-C at the terminal reaches the parent only
            )
        return _Worker(process, path)


def _forget(process: subprocess.Popen[bytes]) -> None:
    """Close what is still open towards a process that is gone."""
    if process.stdin is not None:
        process.stdin.close()


@contextmanager
def local_pool(workers: int) -> Iterator[Pool]:
    """A scheduler in this process and so many workers beside it, on the loopback only."""
    import dask
    from distributed import Client, LocalCluster

    with ExitStack() as stack:
        stack.enter_context(_quiet())
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="simqueue-"))
        stack.enter_context(dask.config.set(NO_PAGES))
        cluster: Any = stack.enter_context(
            LocalCluster(  # type: ignore[no-untyped-call]  # Dask's own
                n_workers=0,
                processes=True,
                host=LOOPBACK,
                dashboard_address=f"{LOOPBACK}:0",
                silence_logs=logging.CRITICAL,
                scheduler_kwargs={"dashboard": False, "allowed_failures": 0},
            )
        )
        client = stack.enter_context(Client(cluster, set_as_default=False))  # type: ignore[no-untyped-call]  # same
        own = LocalWorkers(cluster.scheduler_address, workers, Path(folder))
        stack.callback(own.end)
        yield Pool(client, cluster.scheduler_address, own)


@contextmanager
def cluster_pool(address: str) -> Iterator[Pool]:
    """The cluster whose scheduler is at an address; ConnectionError when nobody answers there."""
    from distributed import Client

    with _quiet():
        try:
            client: Any = Client(address, timeout=CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]  # Dask's own
        except OSError as error:
            text = (
                f"no scheduler answers at {address}; to start one: dask scheduler; a worker: "
                f"dask worker {address} --nthreads 1"
            )
            raise ConnectionError(text) from error
        try:
            yield Pool(client, address, None)
        finally:
            with suppress(Exception):  # the scheduler may be gone
                client.close(timeout=END_S)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own messages from the screen: what went wrong is told in our words."""
    import distributed

    names = [distributed.__name__, "tornado", *logging.root.manager.loggerDict]
    loggers = {logging.getLogger(n) for n in names if n.split(".")[0] in ("distributed", "tornado")}
    before = {logger: logger.level for logger in loggers}
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in before.items():
            logger.setLevel(level)
