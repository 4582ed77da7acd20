"""The command `simqueue`, also as `python -m simqueue`: how it starts, and how it is interrupted."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

INTERRUPTED = 130


def main() -> None:
    """Run the command line; Ctrl-C or a request to end is told in one line, with exit code 130."""
    try:
        signal.signal(signal.SIGTERM, _interrupt)
        from simqueue.cli import main as run_command_line

        run_command_line()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted: nothing was written, earlier results are as they were.\n")
        sys.stderr.flush()
        # not sys.exit: when the interrupt struck during an import, CPython would still end by the
        # signal itself and not by this code
        os._exit(INTERRUPTED)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
