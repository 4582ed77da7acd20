"""The one shared container: a frozen table of read-only columns, each declared once."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Column:
    """What a column holds: NumPy dtype, unit ("s", "1", "code", ...) and meaning in one phrase."""

    dtype: str
    unit: str
    meaning: str


def column(dtype: str, unit: str, meaning: str) -> Any:  # noqa: ANN401 - dataclass fields are typed Any
    """Declare a column of a `Table`."""
    return field(metadata={"column": Column(dtype, unit, meaning)})


@dataclass(frozen=True, eq=False)
class Table:
    """A frozen dataclass whose declared columns are 1-d, equally long and read-only.

    Columns are copies of what is given, unless nobody can change that: then it is shared.
    """

    def __post_init__(self) -> None:
        n = -1
        for name, dtype in _dtypes(type(self)).items():
            values = getattr(self, name)
            if not _is_settled(values, dtype):
                values = settled(np.array(values, dtype=dtype))
                object.__setattr__(self, name, values)
            if values.ndim != 1:
                raise ValueError(f"{type(self).__name__}.{name}: must have one dimension")
            n = len(values) if n < 0 else n
            if len(values) != n:
                raise ValueError(
                    f"{type(self).__name__}: columns differ in length: {self._lengths()}"
                )

    def _lengths(self) -> dict[str, int]:
        return {name: np.size(values) for name, values in self.arrays().items()}

    @classmethod
    def columns(cls) -> dict[str, Column]:
        """The declared columns by name, in order."""
        return dict(_columns(cls))

    def __len__(self) -> int:
        return len(getattr(self, next(iter(_columns(type(self))))))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The columns as arrays, by name."""
        return {name: getattr(self, name) for name in _columns(type(self))}

    def differences(self, other: Self) -> dict[str, int]:
        """Columns that are not equal bit for bit, with the first row that differs (-1: lengths)."""
        found = {}
        for name, mine in self.arrays().items():
            theirs = getattr(other, name)
            if len(mine) != len(theirs):
                found[name] = -1
            elif mine.tobytes() != theirs.tobytes():
                # as whole numbers: -0.0 and 0.0, or two kinds of nan, are other bytes
                bits = f"u{mine.itemsize}"
                found[name] = int(np.argmax(mine.view(bits) != theirs.view(bits)))
        return found

    def equals(self, other: Self) -> bool:
        """Whether every column is the same bit for bit."""
        return not self.differences(other)


_COLUMNS: dict[type[Table], dict[str, Column]] = {}  # looked up for every table that is made
_DTYPES: dict[type[Table], dict[str, np.dtype[Any]]] = {}


def _columns(table: type[Table]) -> dict[str, Column]:
    if table not in _COLUMNS:
        declared = {f.name: f.metadata["column"] for f in fields(table) if "column" in f.metadata}
        _COLUMNS[table] = declared
    return _COLUMNS[table]


def _dtypes(table: type[Table]) -> dict[str, np.dtype[Any]]:
    if table not in _DTYPES:
        declared = _columns(table).items()
        _DTYPES[table] = {name: np.dtype(column.dtype) for name, column in declared}
    return _DTYPES[table]


def settled(array: NDArray[Any]) -> NDArray[Any]:
    """The array itself, read-only from now on, so that a table takes it over without a copy.

    For whoever has just made it and keeps no other way to change it. What it is a part of becomes
    read-only too: else the table would have to copy it after all.
    """
    array.setflags(write=False)
    if isinstance(array.base, np.ndarray):
        settled(array.base)
    return array


def _is_settled(values: Any, dtype: np.dtype[Any]) -> bool:  # noqa: ANN401 - anything may be given
    """Whether these are values of that type that nobody can change, not even through a view."""
    if not isinstance(values, np.ndarray) or values.dtype != dtype:
        return False
    flags = values.flags
    return not flags.writeable and flags.c_contiguous and _is_fixed(values.base)


def _is_fixed(base: Any) -> bool:  # noqa: ANN401 - whatever an array can be a view of
    """Whether nobody can change what an array is a view of; only arrays are believed."""
    while base is not None:
        if not isinstance(base, np.ndarray) or base.flags.writeable:
            return False
        base = base.base
    return True
