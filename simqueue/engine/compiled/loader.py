"""The kernel of the rules as they are registered now: loaded from disk, or compiled."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Lock
from typing import Any

import numpy as np

from simqueue.engine.compiled import cache, memory
from simqueue.engine.compiled.shop import Shop
from simqueue.engine.compiled.state import State
from simqueue.tables import System, Trace, Workload

PACKAGE = "simqueue.engine.compiled.kernel"
Kernel = Callable[[Any], bool]


class CannotCompileError(Exception):
    """The kernel cannot be compiled; says why in a few words."""


_loaded: dict[str, Any] = {"rules": None}  # of which rules, the kernel, or why there is none
_one_at_a_time = Lock()  # whoever simulates in threads


def kernel() -> Kernel:
    """The event loop with the rules of now; CannotCompileError when Numba refuses."""
    rules = cache.registered()
    with _one_at_a_time:
        if _loaded["rules"] != rules:
            _forget_modules()  # they hold the rules of before
            _loaded.update(rules=None, kernel=None, error=None)
            try:
                with _nothing_collected():
                    _loaded["kernel"] = _compiled()
            except CannotCompileError as error:
                _loaded["error"] = error
            _loaded["rules"] = rules  # not when Ctrl-C has come in between
        if _loaded["error"] is not None:
            raise _loaded["error"]
        found: Kernel = _loaded["kernel"]
    return found


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """For a while no garbage is looked for; what there is then counts as old.

    Numba makes so many objects that stay that looking through them takes a fifth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()  # into the oldest generation: not looked through before it is its turn
        if was_on:
            gc.enable()


def _compiled() -> Kernel:
    try:
        import numba  # noqa: F401 - to see whether it is there
    except Exception as error:  # an installation can be broken in many ways
        raise CannotCompileError(f"Numba cannot be imported ({told(error)})") from error
    try:
        try:
            found = _first_called()
        except OSError:  # it could not be kept: the disk is full, say
            _forget_modules()
            with cache.nothing_kept():
                return _first_called()
    except Exception as error:  # Numba stumbles over some rules with errors that are not its own
        raise CannotCompileError(_reason(error)) from error
    _seal(found)
    return found


def _seal(compiled: Any) -> None:  # noqa: ANN401 - Numba's own
    """Seal what has just been compiled; what was on disk is."""
    if is_compiled() and compiled.stats.cache_misses:
        name = cache.fingerprint()
        if name in cache.opened:
            cache.seal(cache.opened[name])


def _first_called() -> Kernel:
    loop = import_module(f"{PACKAGE}.loop")
    loop.run(np.zeros(1, memory.DAY))  # compiles; an empty day is not run
    found: Kernel = loop.run
    return found


def is_loaded() -> bool:
    """Whether the kernel for the rules as registered now is there to be called."""
    return _loaded["rules"] == cache.registered() and _loaded["error"] is None


def is_compiled() -> bool:
    """Whether the loaded kernel is machine code, not plain Python with the compiler off."""
    compiled: bool = import_module(f"{PACKAGE}.pointers").COMPILED
    return compiled


def _forget_modules() -> None:
    for name in [name for name in sys.modules if f"{name}.".startswith(f"{PACKAGE}.")]:
        del sys.modules[name]


def _reason(error: Exception) -> str:
    return f"a rule or the kernel does not compile ({told(error)})"


def told(error: Exception) -> str:
    """The line of Numba's long message that says what it stumbled on."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(("Failed in", "During", "File"))]
    return [*telling, *lines, type(error).__name__][0]


def run(workload: Workload, system: System, shop: Shop) -> Trace:
    """Let the day happen."""
    event_loop = kernel()
    state = State(workload, system, shop)
    try:
        while True:
            if not is_compiled():  # then addresses are looked up
                memory.HELD.update(state.held())
            if event_loop(state.day):
                return state.trace()
            state.grow()
    finally:
        memory.HELD.clear()
