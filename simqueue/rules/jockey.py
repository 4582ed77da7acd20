"""Does the last in a line change to another? A rule says what the change would gain."""

from __future__ import annotations

from simqueue.registry import register
from simqueue.tables import Choice


@register("jockey")
def shorter_by(ahead: int, servers: int, ahead_there: int, servers_there: int, p: Choice) -> float:
    """Places gained: people ahead here less people ahead there, per open till where lines differ.

    Those in service count as ahead.
    """
    if p.per_server:
        return ahead / servers - ahead_there / servers_there
    return ahead - ahead_there
