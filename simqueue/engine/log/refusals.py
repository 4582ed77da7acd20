"""What a log must not be derived from.

Machine code trusts its indices, so they are looked at before.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.tables import Event, System, Trace

# Events for which a column holds something else: which stoppage, or a reason.
OTHER_NUMBERS = {"customer": (Event.BROKE, Event.REPAIRED), "server": (Event.BALK,)}


def refuse_rows_beyond(trace: Trace, n: int, system: System) -> None:
    """ValueError, with the row, for a customer, line or server that there is not."""
    for name, most in (("customer", n), ("line", system.n_lines), ("server", system.n_servers)):
        values: NDArray[Any] = getattr(trace, name)
        if not len(values) or (values.min() >= -1 and values.max() < most):
            continue
        beyond = (values < -1) | (values >= most)
        beyond &= ~np.isin(trace.event, OTHER_NUMBERS.get(name, ()))
        if np.any(beyond):
            row = int(np.argmax(beyond))
            raise ValueError(f"trace.{name}: must be below {most} (row {row}: {values[row]})")
