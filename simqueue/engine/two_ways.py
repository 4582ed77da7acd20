"""One function, run in two ways: by Python on lists, or compiled by Numba on arrays.

A function that goes through a trace row by row is written once, in the small language that both
understand: loops, numbers, columns indexed by one number, named tuples of columns. Lists are what
plain Python is fastest with, arrays what Numba compiles. Both do the same arithmetic in the same
order, so the results are equal bit for bit. Numba is imported only to compile something.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = Any  # a list of numbers, or an array


class InPython:
    """Plain Python on lists."""

    @staticmethod
    def function(body: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return body

    @staticmethod
    def given(values: NDArray[Any], dtype: str) -> Column:
        """A column to read."""
        return values.astype(dtype, copy=False).tolist()

    @staticmethod
    def new(columns: int, n: int, fill: float) -> list[Column]:
        """So many columns of n numbers to write, whole ones if `fill` is."""
        return [[fill] * n for _ in range(columns)]


class Compiled:
    """Machine code on arrays."""

    @staticmethod
    def function(body: Callable[..., Any]) -> Callable[..., Any]:
        """The function compiled, with the plain functions it calls."""
        return _compiled(body)

    @staticmethod
    def given(values: NDArray[Any], dtype: str) -> Column:
        """A column to read."""
        return read_only(values, dtype)

    @staticmethod
    def new(columns: int, n: int, fill: float) -> list[Column]:
        """So many columns of n numbers to write, whole ones if `fill` is."""
        dtype = np.int32 if isinstance(fill, int) else np.float64
        if fill == 0:  # the system hands out memory full of zeros
            return list(np.zeros((columns, n), dtype))
        return list(np.full((columns, n), fill, dtype))


Way = type[InPython] | type[Compiled]


def way(compiled: bool) -> Way:
    """How functions that go through a trace are to be run."""
    return Compiled if compiled else InPython


def read_only(values: NDArray[Any], dtype: str) -> NDArray[Any]:
    """The same numbers as an array of one type and layout: Numba compiles anew for any other."""
    array = np.ascontiguousarray(values, dtype)
    if array.flags.writeable:
        array = array.view()
        array.setflags(write=False)
    return array


@cache
def _compiled(body: Callable[..., Any]) -> Callable[..., Any]:
    """The function compiled, and kept on disk where that is possible; makes no arrays.

    Without Numba's run-time (`_nrt`) no references to arrays are counted: calls between these
    functions hand on dozens of arrays, and counting took more time than all the rest (measured).
    """
    from simqueue.engine.compiled import cache as kept

    assert isinstance(body, FunctionType)
    functions = _called(body, {body})
    folder = kept.folder_for(kept.fingerprint_of_pass(functions), kept.PASS)
    compiled = _njit(body, functions, folder)
    if folder is None or compiled is body:  # nowhere to keep it, or the compiler is off
        return compiled  # type: ignore[no-any-return]

    def first_call_seals(*args: Any) -> Any:  # noqa: ANN401 - whatever the function takes
        nonlocal compiled
        before = compiled.stats.cache_misses.total()
        try:
            result = compiled(*args)
        except OSError:  # it could not be kept: the disk is full, say
            compiled = _njit(body, functions, None)
            return compiled(*args)
        if compiled.stats.cache_misses.total() != before:
            kept.seal(folder)
        return result

    return first_call_seals


def _njit(body: FunctionType, functions: set[FunctionType], folder: Path | None) -> Any:  # noqa: ANN401 - Numba's own
    """The function for Numba to compile, with those that it calls, and to keep in the folder."""
    import numba
    from numba.extending import register_jitable

    config: Any = numba.config  # filled when Numba is imported
    for called in functions - {body}:
        register_jitable(_nrt=False)(called)
    njit: Any = numba.njit  # `_nrt` is not among the options that its types name
    before = config.CACHE_DIR
    try:
        config.CACHE_DIR = str(folder or before)
        return njit(nogil=True, _nrt=False, cache=folder is not None)(body)
    finally:
        config.CACHE_DIR = before


def _called(body: Callable[..., Any], known: set[FunctionType]) -> set[FunctionType]:
    """The plain functions that a function calls by name, and those they call."""
    assert isinstance(body, FunctionType)
    for name in body.__code__.co_names:
        found = body.__globals__.get(name)
        if isinstance(found, FunctionType) and found not in known:
            known.add(found)
            _called(found, known)
    return known
