"""A process that simulates days for another one: `python -m simqueue.study.worker`.

It is told through its standard input which modules to import and what the work is, then which days
to do; it answers through its standard output. It ends when nobody is there to tell it more.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any


def main() -> None:
    """Do days until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to handle
    asked = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed must not get among the answers
    try:
        for module in pickle.load(asked):
            import_module(module)
        work = pickle.load(asked)
        days: Sequence[int] = ()  # no day at first: that says that it has begun
        while True:
            pickle.dump(answer(work, days), answers)  # bytes in bytes: taking them cannot fail
            answers.flush()
            days = pickle.load(asked)
    except (EOFError, BrokenPipeError):
        os._exit(0)


def answer(work: Callable[[int], Any], days: Sequence[int]) -> bytes:
    """What the work makes of the days, or what it raised; to be raised where it can be told."""
    try:
        return pickle.dumps((None, [work(day) for day in days]), pickle.HIGHEST_PROTOCOL)
    except Exception as fault:
        try:
            told = pickle.dumps((fault, []))
            pickle.loads(told)
        except Exception:  # it cannot be handed over as it is
            told = pickle.dumps((RuntimeError(f"{type(fault).__name__}: {fault}"), []))
        return told


if __name__ == "__main__":
    main()
