"""Functions that Numba compiles as one give what they give in Python, in one piece of code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba import config, njit
from numba.core import codegen

from simqueue.engine.compiled.whole import PART, WHOLE

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="the compiler is off")


@njit(**PART)
def twice(x):
    return 2 * x


@njit(**PART)
def twice_both(x, y):
    return twice(x) + twice(y)


@njit(**PART)
def negative(x):
    return twice(x) - 3 * x


@njit  # as Numba's own functions are, such as those that sort by a key
def called_by_another(function, x):
    return function(x)


@njit(**PART)
def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


@njit(**PART)
def is_even(n):
    if n == 0:
        return True
    return is_odd(n - 1)


@njit(**PART)
def is_odd(n):
    if n == 0:
        return False
    return is_even(n - 1)


@njit(**PART)
def in_reverse(values):
    return values[::-1] * 1.0


@njit(**PART)
def refuses(x):
    if x > 2:
        raise ValueError("too much", x)
    return x


@njit(**WHOLE)
def everything(n, values):
    together = twice_both(n, twice(n)) + factorial(n) + in_reverse(values)[0]
    return together, is_even(n), called_by_another(negative, n)


@njit(**WHOLE)
def refused(x):
    return refuses(x)


def test_a_whole_gives_what_python_gives():
    """Calls, recursion, functions in a circle, arrays, a call from what is no part."""
    for n in range(1, 6):
        expected = 6 * n + [1, 1, 2, 6, 24, 120][n] + n
        assert everything(n, np.arange(n + 1)) == (expected, n % 2 == 0, -n)


def test_errors_come_through():
    """What a part raises, with the numbers it tells, reaches Python."""
    assert refused(2) == 2
    with pytest.raises(ValueError, match="too much") as told:
        refused(3)
    assert told.value.args == ("too much", 3)


def test_parts_are_optimised_once_and_together(monkeypatch):
    """However many parts call one another, the optimiser and the code generator run once."""
    calls = []
    for name in ("_optimize_final_module", "_finalize_final_module"):
        before = getattr(codegen.JITCodeLibrary, name)

        def counted(library, before=before, name=name):
            calls.append(name)
            before(library)

        monkeypatch.setattr(codegen.JITCodeLibrary, name, counted)

    @njit(**PART)
    def one_more(x):
        return x + 1

    @njit(**PART)
    def two_more(x):
        return one_more(one_more(x))

    @njit(**WHOLE)
    def three_more(x):
        return two_more(one_more(x))

    assert three_more(4) == 7
    assert calls == ["_optimize_final_module", "_finalize_final_module"]


def test_nothing_is_left_of_parts_that_were_taken_in():
    """Only the whole can be called from outside, so its machine code holds no copies of others."""

    @njit(**PART)
    def tripled(x):
        return 3 * x

    @njit(**WHOLE)
    def ninefold(x):
        return tripled(tripled(x))

    assert ninefold(5) == 45
    (code,) = ninefold.inspect_llvm().values()
    functions = [line for line in code.splitlines() if line.startswith("define")]
    assert functions
    assert not [line for line in functions if "tripled" in line]


KEPT = """
from numba import njit
from simqueue.engine.compiled.whole import PART, WHOLE

@njit(**PART)
def is_even(n):
    return True if n == 0 else is_odd(n - 1)

@njit(**PART)
def is_odd(n):
    return False if n == 0 else is_even(n - 1)

@njit(**PART)
def refuses(x):
    if x > 2:
        raise ValueError("too much", x)
    return x

@njit(**WHOLE, cache=True)
def everything(x):
    return is_even(x), refuses(x)

found = everything(2)
try:
    everything(3)
except ValueError as error:
    print(*found, *error.args, everything.stats.cache_hits.total())
"""


def test_a_whole_that_was_kept_on_disk_is_whole(tmp_path):
    """Loaded by another process it calls in a circle, and raises, as when it was compiled."""
    program = tmp_path / "kept.py"
    program.write_text(KEPT, encoding="utf-8")
    for hits in (0, 1):
        told = subprocess.run(
            [sys.executable, str(program)],
            check=False,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        )
        assert told.stdout.split() == ["True", "2", "too", "much", "3", str(hits)], told.stderr


NAMESAKE = """
from numba import njit
from simqueue.engine.compiled.kernel.pointers import stay_apart
from simqueue.engine.compiled.whole import PART, WHOLE

@njit(**PART)
def part(x):
    stay_apart()
    return x + {number}

@njit(**WHOLE, cache=True)
def whole(x):
    return part(x)
"""
NAMESAKES = """
import sys
from importlib.util import module_from_spec, spec_from_file_location
for path in sys.argv[1:]:
    spec = spec_from_file_location("namesake", path)
    module = sys.modules["namesake"] = module_from_spec(spec)
    spec.loader.exec_module(module)
    print(module.whole(10), end=" ")
"""


def test_wholes_with_parts_of_the_same_name_keep_them_apart(tmp_path):
    """A rule as it was and as it is now, each compiled by its own process, loaded by a third."""
    paths = [tmp_path / before_or_now / "rule.py" for before_or_now in ("before", "now")]
    for number, path in enumerate(paths):
        path.parent.mkdir()
        path.write_text(NAMESAKE.format(number=number), encoding="utf-8")
    told = [
        in_a_process(NAMESAKES, *given, folder=tmp_path)
        for given in ([paths[0]], [paths[1]], paths)
    ]
    assert told == ["10 ", "11 ", "10 11 "]


def in_a_process(program: str, *given: Path, folder: Path) -> str:
    """What a program says that keeps machine code in that folder."""
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, given)],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder), "PYTHONPATH": str(ROOT)},
    ).stdout
