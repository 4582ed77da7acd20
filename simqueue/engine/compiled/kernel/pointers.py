"""How compiled functions reach the tables of a day: rows and numbers by address.

The whole state of a day is one row, `d`, which holds the addresses of all tables. So every
function takes one pointer: calls cost next to nothing, and no function touches Numba's reference
counts, which would take more time than the events themselves. With the compiler off the same
functions look the arrays up by address.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

import numpy as np
from numba import config, njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import from_dtype

from simqueue.engine.compiled.cache import fingerprint, folder_for
from simqueue.engine.compiled.memory import HELD
from simqueue.engine.compiled.options import PART, WHOLE

Row = Any  # a row of a table, by reference: what is written to it stays
F = TypeVar("F", bound=Callable[..., Any])

COMPILED = not config.DISABLE_JIT


# The kernel divides by nothing that can be zero, and uses nothing that Numba would have to rewrite:
# without that it compiles faster. `forceinline` would be taken over from who calls.
_LEAN = {"error_model": "numpy", "nogil": True, "no_rewrites": True, "forceinline": False}
_STRICT = {**_LEAN, "error_model": "python", "no_rewrites": False}  # for rules: anybody's


def jit(function: F) -> F:
    """Compile a function of the kernel."""
    compiled: F = njit(**_LEAN, **PART)(function)
    return compiled


def inlined(function: F) -> F:
    """Compile a short function into those that call it."""
    compiled: F = njit(**(_LEAN | {"forceinline": True}), **PART)(function)
    return compiled


def entry_point(function: F) -> F:
    """Compile a function that is called from outside, and keep it on disk if that is possible."""
    folder = folder_for(fingerprint()) if COMPILED else None
    before = config.CACHE_DIR
    try:
        if folder is not None:
            config.CACHE_DIR = str(folder)
        cached = folder is not None
        compiled: F = njit(**_LEAN, **WHOLE, cache=cached)(function)
    finally:
        config.CACHE_DIR = before
    return compiled


@intrinsic  # type: ignore[untyped-decorator]  # Numba has no types
def _never_inline(typing: Any) -> Any:  # noqa: ANN401 - objects of the compiler
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), build


def _nothing() -> None:
    """Nothing, with the compiler off."""


# Called at the top of a long function for rare things: copies of it elsewhere take long to compile.
stay_apart: Callable[[], None] = _never_inline if COMPILED else _nothing


def _place(context: Any, builder: Any, day: tuple[Any, Any], name: str, n: Any, size: int) -> Any:  # noqa: ANN401 - objects of the compiler
    """The address of entry n of the table whose address stands in `name` of the day."""
    day_type, pointer = day
    whole = context.get_value_type(types.int64)
    held = cgutils.get_record_member(builder, pointer, day_type.offset(f"{name}_at"), whole)
    first = builder.inttoptr(builder.load(held), cgutils.voidptr_t)
    skipped = builder.mul(n, context.get_constant(types.intp, size))
    return builder.gep(first, [skipped], inbounds=True)  # a sum of numbers would not be understood


def rows_of(name: str, row: np.dtype[Any]) -> Callable[[Row, int], Row]:
    """A function of (d, n): row n of that table."""
    if not COMPILED:
        return lambda d, n: HELD[int(d[f"{name}_at"])][n]
    row_type = from_dtype(row)

    @intrinsic  # type: ignore[untyped-decorator]  # Numba has no types
    def row_at(typing: Any, d: Any, n: Any) -> Any:  # noqa: ANN401 - objects of the compiler
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
            place = _place(
                context, builder, (signature.args[0], args[0]), name, args[1], row.itemsize
            )
            return builder.bitcast(place, context.get_value_type(row_type))

        return row_type(d, types.intp), build

    return row_at  # type: ignore[no-any-return]


def numbers_of(name: str, dtype: str) -> Callable[[Row, int], Any]:
    """A function of (d, n): number n of that column."""
    if not COMPILED:
        return lambda d, n: HELD[int(d[f"{name}_at"])][n]
    number = from_dtype(np.dtype(dtype))
    wide = types.float64 if number == types.float64 else types.int64  # one form of each function

    @intrinsic  # type: ignore[untyped-decorator]  # Numba has no types
    def number_at(typing: Any, d: Any, n: Any) -> Any:  # noqa: ANN401 - objects of the compiler
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
            size = np.dtype(dtype).itemsize
            place = _place(context, builder, (signature.args[0], args[0]), name, args[1], size)
            pointer = context.get_data_type(number).as_pointer()
            value = builder.load(builder.bitcast(place, pointer))
            return context.cast(builder, value, number, wide)

        return wide(d, types.intp), build

    return number_at  # type: ignore[no-any-return]


def writer_of(name: str, dtype: str) -> Callable[[Row, int, Any], None]:
    """A function of (d, n, value): writes number n of that column."""
    if not COMPILED:

        def write_plainly(d: Row, n: int, value: Any) -> None:  # noqa: ANN401 - any number
            HELD[int(d[f"{name}_at"])][n] = value

        return write_plainly
    number = from_dtype(np.dtype(dtype))

    @intrinsic  # type: ignore[untyped-decorator]  # Numba has no types
    def write(typing: Any, d: Any, n: Any, value: Any) -> Any:  # noqa: ANN401 - objects of the compiler
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
            size = np.dtype(dtype).itemsize
            place = _place(context, builder, (signature.args[0], args[0]), name, args[1], size)
            pointer = context.get_data_type(number).as_pointer()
            builder.store(args[2], builder.bitcast(place, pointer))
            return context.get_dummy_value()

        return types.void(d, types.intp, number), build

    return write  # type: ignore[no-any-return]


_rules: dict[Callable[..., Any], Any] = {}


def compiled_rule(function: F) -> F:
    """The same rule compiled, with whatever plain functions it calls; its errors stay errors."""
    if not COMPILED:
        return function
    if function not in _rules:
        known = {**function.__globals__, "__name__": __name__}  # imported when loaded from disk
        copy = FunctionType(
            function.__code__,
            known,
            function.__name__,
            function.__defaults__,
            function.__closure__,
        )
        _rules[function] = njit(**_STRICT, **PART)(copy)
        for name in function.__code__.co_names:
            if isinstance(known.get(name), FunctionType):
                known[name] = compiled_rule(known[name])
    return _rules[function]  # type: ignore[no-any-return]
