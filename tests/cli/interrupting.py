"""Commands that get Ctrl-C at a moment that no busy machine can shift.

A signal sent from outside arrives late when the machine is busy, and a quick command may then be
done. So the command itself raises it, the moment it has told certain words.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

WHEN_TOLD = """
import signal, sys
import typer

words, tell, left = sys.argv.pop(1), typer.echo, [True]

def telling(message=None, *others, **named):
    tell(message, *others, **named)
    if left and words in str(message):
        left.clear()
        signal.raise_signal(signal.SIGINT)

typer.echo = telling
sys.argv[0] = "simqueue"
from simqueue.__main__ import main
main()
"""


def interrupted(folder: Path, words: str, *command: str) -> subprocess.CompletedProcess[str]:
    """A command in that folder that gets SIGINT right after it has told those words."""
    done = subprocess.run(
        [sys.executable, "-c", WHEN_TOLD, words, *command],
        cwd=folder, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert words in done.stderr, f"never told: {done.stderr}"
    return done
