"""How Numba is asked to compile: all as one where that has been tried, else as it does by itself.

Compiling functions as one (`whole`) needs parts of Numba that may change from version to version.
Without them the results are the same; only compiling takes three times as long, once.
"""

from __future__ import annotations

from typing import Any

import numba

TRIED = (0, 61), (0, 68)  # the first and the last version with which `whole` has been tried


def of_parts_and_wholes() -> tuple[dict[str, Any], dict[str, Any]]:
    """Options of `njit` for functions that only compiled ones call, and for those called by Python.

    Without any, Numba compiles each function by itself.
    """
    if not TRIED[0] <= tuple(numba.version_info[:2]) <= TRIED[1]:
        return {}, {}
    try:
        from simqueue.engine.compiled.whole import PART, WHOLE
    except (ImportError, AttributeError):  # a build of Numba that has left something out
        return {}, {}
    return PART, WHOLE


PART, WHOLE = of_parts_and_wholes()
