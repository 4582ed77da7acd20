"""One function, run in two ways: by Python on lists, or compiled by Numba on arrays.

A function that goes through a trace row by row is written once, in the small language that both
understand: loops, numbers, columns indexed by one number, named tuples of columns. Lists are what
plain Python is fastest with, arrays what Numba compiles. Both do the same arithmetic in the same
order, so the results are equal bit for bit. Numba is imported only to compile something.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
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
    """The function compiled, and kept on disk if somebody has told Numba where; makes no arrays.

    Without Numba's run-time (`_nrt`) no references to arrays are counted: calls between these
    functions hand on dozens of arrays, and counting took more time than all the rest (measured).
    Numba does not notice that a function called by a kept one has changed: whoever names the
    folder must do so by a fingerprint of the sources.
    """
    import numba
    from numba.extending import register_jitable

    for called in _called(body, set()):
        register_jitable(_nrt=False)(called)
    njit: Any = numba.njit  # `_nrt` is not among the options that its types name
    compiled: Callable[..., Any] = njit(
        nogil=True, _nrt=False, cache=bool(getattr(numba.config, "CACHE_DIR", ""))
    )(body)
    return compiled


def _called(body: Callable[..., Any], known: set[FunctionType]) -> set[FunctionType]:
    """The plain functions that a function calls by name, and those they call."""
    assert isinstance(body, FunctionType)
    for name in body.__code__.co_names:
        found = body.__globals__.get(name)
        if isinstance(found, FunctionType) and found not in known:
            known.add(found)
            _called(found, known)
    return known
