"""Commands to which something happens at a moment that no busy machine can shift.

What is done from outside comes late when the machine is busy, and a quick command may then be
done. So the command itself does it, the moment it has told certain words.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

WHEN_TOLD = """
import sys
import typer

act, words, tell, left = sys.argv.pop(1), sys.argv.pop(1), typer.echo, [True]

def telling(message=None, *others, **named):
    tell(message, *others, **named)
    if left and words in str(message):
        left.clear()
        exec(act, {})

typer.echo = telling
sys.argv[0] = "simqueue"
from simqueue.__main__ import main
main()
"""


CTRL_C = "import signal; signal.raise_signal(signal.SIGINT)"


def interrupted(folder: Path, words: str, *command: str) -> subprocess.CompletedProcess[str]:
    """A command in that folder that gets SIGINT right after it has told those words."""
    return meanwhile(CTRL_C, folder, words, *command)


def meanwhile(
    act: str, folder: Path, words: str, *command: str
) -> subprocess.CompletedProcess[str]:
    """A command in that folder that does something (in Python) right after it has told words."""
    done = subprocess.run(
        [sys.executable, "-c", WHEN_TOLD, act, words, *command],
        cwd=folder, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert words in done.stderr, f"never told: {done.stderr}"
    return done
