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
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simqueue.tables import settled

Column = Any  # a list of numbers, or an array

# Machine code does not look at indices. A trace that is broken may have a row about nobody where
# there must be somebody: what is written at -1 goes to an entry in front of the others.
NOBODYS = 1

Body = TypeVar("Body", bound=Callable[..., Any])
INLINED = "is_inlined"  # what marks a function


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
    def new(columns: int, n: int, dtype: str, fill: float) -> list[Column]:
        """So many columns of n numbers to write."""
        return [[fill] * n for _ in range(columns)]

    @staticmethod
    def room(columns: int, n: int, dtype: str) -> list[Column]:
        """So many columns of n numbers that are written before they are read."""
        return [[0] * n for _ in range(columns)]

    @staticmethod
    def written(column: Column) -> Column:
        """A column that nobody writes any more."""
        return column


class Compiled:
    """Machine code on arrays."""

    @staticmethod
    def function(body: Callable[..., Any]) -> Callable[..., Any]:
        """The function compiled, with the plain functions it calls.

        Columns have the same dtypes whenever it is called: it is compiled once.
        """
        return _compiled(body)

    @staticmethod
    def given(values: NDArray[Any], dtype: str) -> Column:
        """A column to read."""
        return np.ascontiguousarray(values, dtype)

    @staticmethod
    def new(columns: int, n: int, dtype: str, fill: float) -> list[Column]:
        """So many columns of n numbers to write."""
        shape = (columns, n + NOBODYS)
        # the system hands out memory full of zeros
        table = np.zeros(shape, dtype) if fill == 0 else np.full(shape, fill, dtype)
        return list(table[:, NOBODYS:])

    @staticmethod
    def room(columns: int, n: int, dtype: str) -> list[Column]:
        """So many columns of n numbers that are written before they are read."""
        return list(np.empty((columns, n + NOBODYS), dtype)[:, NOBODYS:])

    @staticmethod
    def written(column: Column) -> Column:
        """A column that nobody writes any more: tables share it instead of copying it."""
        return settled(column)


Way = type[InPython] | type[Compiled]


def way(compiled: bool) -> Way:
    """How functions that go through a trace are to be run."""
    return Compiled if compiled else InPython


def inlined(body: Body) -> Body:
    """Compile a function into those that call it: for what happens in most rows.

    Else each call hands on every column that it takes.
    """
    body.__dict__[INLINED] = True
    return body


@cache
def _compiled(body: Callable[..., Any]) -> Callable[..., Any]:
    """The function compiled, and kept on disk where that is possible; makes no arrays."""
    import numba

    assert isinstance(body, FunctionType)
    config: Any = numba.config  # filled when Numba is imported
    return body if config.DISABLE_JIT else _Compiled(body)


class _Compiled:
    """A function of tables, compiled when it is first called."""

    def __init__(self, body: FunctionType) -> None:
        from simqueue.engine.compiled import cache as kept

        self.body = body
        self.functions = _called(body, {body})
        self.folder = kept.folder_for(kept.fingerprint_of_pass(self.functions), kept.PASS)
        self.run: Callable[[tuple[Any, ...]], Any] = self._first_run

    def __call__(self, *tables: Any) -> Any:  # noqa: ANN401 - whatever the function takes
        return self.run(tables)

    def _first_run(self, tables: tuple[Any, ...]) -> Any:  # noqa: ANN401 - see above
        """Compile it or load it; where Numba cannot, plain Python goes through the arrays."""
        try:
            self.run = self._machine_code(tables)
        except Exception as error:  # a version of Numba may stumble over anything
            from simqueue.engine.compiled import give_way
            from simqueue.engine.compiled.loader import told

            name = self.body.__name__
            give_way(f"{name} does not compile ({told(error)})", "it runs as plain Python instead")
            self.run = lambda given: self.body(*given)
        return self.run(tables)

    def _machine_code(self, tables: tuple[Any, ...]) -> Callable[[tuple[Any, ...]], Any]:
        """What runs the machine code on tables; seals what has been compiled."""
        from simqueue.engine.by_address import Handed, type_of
        from simqueue.engine.compiled import cache as kept

        kind = type_of(tables)
        code = _njit(self.body, self.functions, self.folder)
        try:
            code.compile((kind,))
        except OSError:  # it could not be kept: the disk is full, say
            code = _njit(self.body, self.functions, None)
            code.compile((kind,))
        if self.folder is not None and code.stats.cache_misses.total():
            kept.seal(self.folder)
        return lambda given: code(Handed(given, kind))


def _njit(body: FunctionType, functions: set[FunctionType], folder: Path | None) -> Any:  # noqa: ANN401 - Numba's own
    """The function for Numba to compile, with those that it calls, and to keep in the folder."""
    import numba
    from numba.extending import register_jitable

    from simqueue.engine.by_address import taking
    from simqueue.engine.compiled.options import PART, WHOLE

    config: Any = numba.config
    for called in functions:
        # always said, as it would be taken over from who calls
        forced = {"forceinline": INLINED in called.__dict__}
        register_jitable(_nrt=False, **forced, **PART)(called)
    njit: Any = numba.njit  # `_nrt` is not among the options that its types name
    before = config.CACHE_DIR
    try:
        config.CACHE_DIR = str(folder or before)
        lean = {"nogil": True, "_nrt": False}
        return njit(**lean, **WHOLE, cache=folder is not None)(taking(body))
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
