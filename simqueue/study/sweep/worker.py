"""A worker of the local cluster: `python -m simqueue.study.sweep.worker ADDRESS FOLDER`.

A process of its own rather than a fork or a spawned copy of the caller: the caller's script is
never run again, and needs no guard. It ends with the process that started it, however that ends.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading


def main() -> None:
    """Serve the scheduler at an address until it or the parent is gone."""
    address, folder = sys.argv[1:3]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to handle
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(_serve(address, folder))
    os._exit(0)


def _end_with_parent() -> None:
    """Wait for the end of stdin, which the parent holds open as long as it lives."""
    sys.stdin.buffer.read()
    os._exit(0)


async def _serve(address: str, folder: str) -> None:
    import dask
    from distributed import Worker

    import simqueue.study.sweep.task  # noqa: F401 - so that the first point need not wait for it

    # no page to look at, and no sampling of what is being computed
    quiet = {"distributed.worker.http.routes": [], "distributed.worker.profile.enabled": False}
    with dask.config.set(quiet):
        async with Worker(
            address,
            host="127.0.0.1",
            nthreads=1,
            local_directory=folder,
            memory_limit=0,
            dashboard=False,
            dashboard_address="127.0.0.1:0",
        ) as worker:
            await worker.finished()


if __name__ == "__main__":
    main()
