"""Keys of `vary` that stand for several paths: what goes together gets the same value."""

from __future__ import annotations

import re

_COMMA = re.compile(r'\s*,\s*(?=(?:[^"]*"[^"]*")*[^"]*$)')  # outside quotes


def paths_of(key: str) -> list[str]:
    """The paths that a key of `vary` names, parted by commas.

    >>> paths_of('lanes.staffed.tills, lanes.staffed.roster')
    ['lanes.staffed.tills', 'lanes.staffed.roster']
    >>> paths_of('lanes."front, left".tills')
    ['lanes."front, left".tills']
    """
    return _COMMA.split(key.strip())
