"""Which program this is, exactly: points of two of them never meet in one table."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

PACKAGE = Path(__file__).parents[2]
DIGITS = 8


@cache
def edition() -> str:
    """The version of simqueue with a short hash of its sources, as in 0.1.0+3f0a91c2.

    The hash tells apart two states of the program between which nobody counted up the version.
    """
    found = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        found.update(path.relative_to(PACKAGE).as_posix().encode())
        found.update(path.read_bytes().replace(b"\r\n", b"\n"))  # however they were checked out
    return f"{version('simqueue')}+{found.hexdigest()[:DIGITS]}"
