"""Tables handed to machine code by the addresses of their columns.

Numba hands an array on as seven numbers (place, length, strides, owners, ...), so a function that
takes tables of dozens of columns is called with hundreds, and every index is looked at for being
negative. A column that is an address is one number. So what compiles is shorter, takes half as
long to compile, and runs in two thirds of the time (measured). Imported only to compile something.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import extending
from numba.np.numpy_support import from_dtype

types: Any = numba.types  # Numba says little of its own types
compiler: Any = extending
HEADER = object.__basicsize__ // np.dtype(np.intp).itemsize  # of every object, in words
Tables = tuple[Any, ...]  # named tuples of columns, of numbers and of such tables


class HandedType(types.Type):  # type: ignore[misc]  # Numba has no types
    """The type of tables whose columns are addresses."""

    def __init__(self, tables: Any) -> None:  # noqa: ANN401 - Numba's own
        self.tables = tables
        super().__init__(name=f"handed({tables})")


class Handed:
    """Tables on their way to machine code."""

    __slots__ = ("_numba_type_", "tables")

    def __init__(self, tables: Tables, kind: HandedType) -> None:
        self.tables = tables
        self._numba_type_ = kind


def type_of(tables: Tables) -> HandedType:
    """The type of the tables; those of one function have the same columns whenever it is called."""
    return HandedType(_type_of(tables))


def _type_of(value: Any) -> Any:  # noqa: ANN401 - anything in a table; types of Numba
    if isinstance(value, np.ndarray):
        return types.CPointer(from_dtype(value.dtype))
    if isinstance(value, tuple):
        inside = [_type_of(one) for one in value]
        named = hasattr(value, "_fields")
        return types.NamedTuple(inside, type(value)) if named else types.Tuple(inside)
    return types.float64 if isinstance(value, float) else types.int64


def taking(body: Callable[..., Any]) -> Callable[[Handed], Any]:
    """The function of tables as one that takes them handed over, for Numba to compile."""

    def entry(handed: Handed) -> Any:  # noqa: ANN401 - whatever the function returns
        return body(*tables_of(handed))

    return entry


@compiler.intrinsic  # type: ignore[untyped-decorator]
def tables_of(typing: Any, handed: Any) -> Any:  # noqa: ANN401 - objects of the compiler
    """The tables themselves: in machine code they are the same thing."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401
        return args[0]

    return handed.tables(handed), build


@compiler.register_model(HandedType)
class HandedModel(compiler.models.ProxyModel):  # type: ignore[misc]  # Numba has no types
    """In machine code: the tables."""

    def __init__(self, manager: Any, kind: HandedType) -> None:  # noqa: ANN401 - Numba's own
        super().__init__(manager, kind)
        self._proxied_model = manager.lookup(kind.tables)


@compiler.unbox(HandedType)  # type: ignore[untyped-decorator]
def _unbox(kind: HandedType, handed: Any, c: Any) -> Any:  # noqa: ANN401 - Numba's own
    tables = c.pyapi.object_getattr_string(handed, "tables")
    value = _taken(kind.tables, tables, c)
    c.pyapi.decref(tables)  # `handed` still holds them
    return compiler.NativeValue(value)


def _taken(kind: Any, value: Any, c: Any) -> Any:  # noqa: ANN401 - objects of the compiler
    """Machine code that takes a table, column or number out of its Python object."""
    if isinstance(kind, types.CPointer):
        # behind its header an array keeps the address of its data (PyArrayObject)
        place = c.builder.bitcast(value, c.context.get_value_type(kind).as_pointer())
        return c.builder.load(c.builder.gep(place, [c.context.get_constant(types.intp, HEADER)]))
    if isinstance(kind, types.BaseTuple):
        inside = [
            _taken(one, c.pyapi.tuple_getitem(value, k), c) for k, one in enumerate(kind.types)
        ]
        return c.context.make_tuple(c.builder, kind, inside)
    return (c.pyapi.float_as_double if kind == types.float64 else c.pyapi.long_as_longlong)(value)
