"""Ctrl-C and requests to end: noted, or held back, where an exception would do harm.

An exception raised at any moment can leave half a change behind, and Python swallows it when it
strikes in a finaliser. So while days are simulated a signal is only noted.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

KINDS = (signal.SIGINT, signal.SIGTERM)
Handler = Callable[[int, FrameType | None], None]


@contextmanager
def interruptions_noted() -> Iterator[list[int]]:
    """Note the first signal in the list that is yielded; a second one raises KeyboardInterrupt."""
    noted: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if noted:
            raise KeyboardInterrupt
        noted.append(number)

    with _handled_by(note):
        yield noted


@contextmanager
def interruptions_held_back() -> Iterator[None]:
    """Let every signal wait until the block is done."""
    pending: list[int] = []
    try:
        with _handled_by(lambda number, frame: pending.append(number)):
            yield
    finally:
        if pending:
            signal.raise_signal(pending[0])


@contextmanager
def _handled_by(handler: Handler) -> Iterator[None]:
    """Another handler for the block; outside the main thread, which alone may set one, none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {kind: signal.signal(kind, handler) for kind in KINDS}
    try:
        yield
    finally:
        for kind, former in reversed(before.items()):  # Ctrl-C last: it may strike at once
            signal.signal(kind, former)
