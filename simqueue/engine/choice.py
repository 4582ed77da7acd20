"""Which engine runs the days: the one with which nobody waits longer.

Both give the same bytes, so only time counts. What the compiled engine takes to begin is known by
measuring (`benchmarks/auto.py`), and so is what it saves for every visit; `auto` takes it once it
saves more than it takes. Nothing here imports Numba before that.
"""

from __future__ import annotations

import os
import sys

AUTO, SIMPY, COMPILED = "auto", "simpy", "compiled"
ENGINES = (AUTO, SIMPY, COMPILED)

# CPU, measured by benchmarks/auto.py on a shared Linux machine (AMD EPYC, Python 3.11)
SAVED_S = 25e-6  # by the compiled engine for every visit: its day, its log and its measures
LOADS_S = 0.4  # importing Numba and loading what is on disk
COMPILES_S = 6.5  # the same, where everything is compiled first


def chosen(engine: str, visits: float) -> str:
    """The engine that runs about so many visits: "simpy" or "compiled", ready to be called.

    `engine` is what was asked for. When something is compiled a line on stderr says so, and when
    that fails a line says that SimPy takes over. ValueError for an engine that does not exist.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine: must be one of {', '.join(ENGINES)} (got {engine!r})")
    if engine == SIMPY or (engine == AUTO and not pays(visits)):
        return SIMPY
    return COMPILED if _is_ready() else SIMPY


def pays(visits: float) -> bool:
    """Whether the compiled engine saves more time than it takes to begin."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":  # it would run as slow plain Python
        return False
    from simqueue.engine import compiled

    saved_s = visits * SAVED_S
    if saved_s > COMPILES_S or compiled.is_loaded():
        return True
    return saved_s > LOADS_S and compiled.is_cached()


def _is_ready() -> bool:
    """Whether the compiled engine could be loaded, or compiled."""
    from simqueue.engine import compiled

    if not compiled.is_loaded() and not compiled.is_cached():
        line = f"compiling the engine for this machine, once: about {COMPILES_S:.0f} seconds"
        print(line, file=sys.stderr)
    reason = compiled.why_not()
    if reason:
        compiled.give_way(reason)
    return not reason
