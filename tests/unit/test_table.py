"""The one container: checked when made, read-only, compared bit for bit."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simqueue.tables import Log, Trace, Workload
from simqueue.tables.table import Table, column, settled


@dataclass(frozen=True, eq=False)
class Two(Table):
    """A table of two columns for this page."""

    time_s: Any = column("f8", "s", "when")
    code: Any = column("i2", "code", "what")
    note: str = ""


def test_columns_are_declared_once():
    """A declaration holds type, unit and meaning; other fields are no columns."""
    assert list(Two.columns()) == ["time_s", "code"]
    assert Two.columns()["time_s"].unit == "s"
    assert list(Two([1], [2], "x").arrays()) == ["time_s", "code"]


def test_values_get_their_declared_type_and_length():
    """Lists become arrays of the declared type; the length is that of any column."""
    table = Two([1, 2, 3], [4.0, 5.0, 6.0])
    assert (table.time_s.dtype, table.code.dtype) == (np.dtype("f8"), np.dtype("i2"))
    assert len(table) == 3
    assert len(Two([], [])) == 0


def test_a_table_is_a_copy():
    """Changing the array that was given changes nothing in the table."""
    given_ = np.array([1.0, 2.0])
    table = Two(given_, [1, 2])
    given_[0] = 99
    assert table.time_s.tolist() == [1.0, 2.0]


def test_what_nobody_can_change_is_shared():
    """A read-only array of the right type is not copied; a view of one that may change is."""
    fixed, behind = np.array([1.0, 2.0]), np.array([1.0, 2.0])
    fixed.setflags(write=False)
    view = behind[:]
    view.setflags(write=False)
    assert Two(fixed, [1, 2]).time_s is fixed
    assert Two(fixed[:1], [1]).time_s.base is fixed
    table = Two(view, [1, 2])
    behind[0] = 99
    assert table.time_s.tolist() == [1.0, 2.0]


def test_what_is_handed_over_settled_is_shared():
    """An array settled where it was made, or a part of one, is taken over and stays as it is."""
    whole = np.arange(6, dtype="f8")
    part = settled(whole.reshape(2, 3)[1])
    table = Two(part, settled(np.array([1, 2, 3], "i2")))
    assert table.time_s is part
    for array in (table.time_s, table.code, whole):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 9


def test_memory_that_no_array_owns_is_copied():
    """A read-only view of bytes that somebody else can change is copied, settled or not."""
    memory = bytearray(np.array([1.0, 2.0]).tobytes())
    table = Two(settled(np.frombuffer(memory)), [1, 2])
    memory[:] = bytes(len(memory))
    assert table.time_s.tolist() == [1.0, 2.0]


def test_nothing_can_be_changed():
    """Neither a value nor a column can be replaced in place."""
    table = Two([1.0], [1])
    with pytest.raises(ValueError, match="read-only"):
        table.time_s[0] = 2
    with pytest.raises(FrozenInstanceError):
        table.time_s = np.zeros(1)


def test_columns_of_different_lengths_are_refused():
    """The error names the table and the lengths."""
    with pytest.raises(ValueError, match=r"Two: columns differ in length: .*2.*1"):
        Two([1, 2], [1])


@pytest.mark.parametrize("values", [3.0, [[1.0, 2.0]]])
def test_columns_of_another_shape_are_refused(values):
    """A column has one dimension; the error names it."""
    with pytest.raises(ValueError, match=r"Two.time_s: must have one dimension"):
        Two(values, [1])


@pytest.mark.parametrize("value", [40_000, -40_000])
def test_a_number_too_large_for_its_column_is_refused(value):
    """A code that does not fit is an error, not another code."""
    with pytest.raises(OverflowError):
        Two([1.0], [value])


def test_two_kinds_of_zero_differ():
    """0.0 and -0.0 are equal numbers and other bytes; the row is named."""
    table = Two([1.0, 0.0, 2.0], [1, 2, 3])
    assert table.differences(replace(table, time_s=[1.0, -0.0, 2.0])) == {"time_s": 1}


def test_nan_equals_itself_and_nothing_else():
    """A missing value is the same as a missing value, and differs from a number."""
    table = Two([1.0, np.nan], [1, 2])
    assert table.equals(replace(table))
    assert table.differences(replace(table, time_s=[1.0, 0.0])) == {"time_s": 1}


def test_lengths_that_differ_are_told_as_minus_1():
    """Tables of different lengths differ in every column."""
    assert Two([1.0], [1]).differences(Two([1.0, 2.0], [1, 2])) == {"time_s": -1, "code": -1}
    assert Two([], []).equals(Two([], []))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([Two, Trace, Log, Workload]), st.integers(1, 20), st.data())
def test_every_changed_bit_is_noticed(kind, n, data):
    """One bit turned in one value of one column: the tables differ there and nowhere else."""
    numbers = np.random.default_rng(data.draw(st.integers(0, 99)))
    columns = {name: numbers.integers(0, 2, n) for name in kind.columns()}
    name = data.draw(st.sampled_from(sorted(columns)))
    row = data.draw(st.integers(0, n - 1))
    table = kind(**columns)
    size = table.arrays()[name].itemsize
    is_flag = table.arrays()[name].dtype == np.dtype("?")
    bit = 0 if is_flag else data.draw(st.integers(0, 8 * size - 1))
    changed = bytearray(table.arrays()[name].tobytes())
    changed[row * size + bit // 8] ^= 1 << (bit % 8)
    other = kind(**(columns | {name: np.frombuffer(bytes(changed), table.arrays()[name].dtype)}))
    assert table.differences(other) == {name: row}
    assert not table.equals(other)
    assert other.equals(other)


@pytest.mark.parametrize("bits", [2**63, 0x7FF8_0000_0000_0001, 0xFFF8_0000_0000_0000, 1])
def test_floats_that_look_alike_are_told_apart(bits):
    """-0.0, other kinds of nan and the smallest number differ from 0.0 and nan, in their row."""
    odd = np.array([bits], "u8").view("f8")[0]
    for plain in (0.0, np.nan):
        table = Two([1.0, 2.0, plain], [0, 0, 0])
        assert table.differences(Two([1.0, 2.0, odd], [0, 0, 0])) == {"time_s": 2}
