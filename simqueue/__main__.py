"""The command `simqueue`, also as `python -m simqueue`: how it starts and how it ends."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from types import FrameType

INTERRUPTED = 130
_struck: list[int] = []  # signals that were to end the command


def main() -> None:
    """Run the command line and end with its exit code; an interruption is told in one line.

    Ends without Python's own clean-up: a signal that strikes during that, or that struck during an
    import, would end the process by the signal and not by the exit code.
    """
    code: int | None = None
    try:
        code = _exit_code()
        _flush()
    except KeyboardInterrupt:  # struck on the way out
        code = _interrupted() if code is None else code
        _flush()
    os._exit(code)


def _exit_code() -> int:
    try:
        sys.unraisablehook = _refuse_to_ignore
        signal.signal(signal.SIGTERM, _interrupt)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored
            signal.signal(signal.SIGINT, _interrupt)
        from simqueue.cli import main as run_command_line

        run_command_line()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except (KeyboardInterrupt, Exception) as error:
        # libraries make errors of their own out of an interruption, some without naming it
        if not (_struck or _comes_from_interruption(error)):
            raise
        return _interrupted()
    return 0


def _interrupted() -> int:
    sys.stderr.write("Interrupted: nothing more is written, earlier results are as they were.\n")
    return INTERRUPTED


def _flush() -> None:
    with suppress(OSError):  # nobody may be listening any more
        sys.stdout.flush()
        sys.stderr.flush()


def _comes_from_interruption(error: BaseException | None) -> bool:
    """Whether an interruption is at the root: Python wraps one that strikes as a class is made."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def _refuse_to_ignore(ignored: sys.UnraisableHookArgs) -> None:
    """End at once when an interruption strikes where it is swallowed: in a finaliser, say."""
    if not _comes_from_interruption(ignored.exc_value):
        sys.__unraisablehook__(ignored)
        return
    code = _interrupted()
    _flush()
    os._exit(code)


def _interrupt(number: int, frame: FrameType | None) -> None:
    _struck.append(number)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
