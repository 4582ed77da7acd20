"""Whatever a version of Numba lacks, days are simulated and told of all the same."""

from __future__ import annotations

import sys
from random import Random

import numba
import pytest

from simqueue.engine import compiled, derive_log, run, two_ways
from simqueue.engine.compiled.options import TRIED, of_parts_and_wholes
from simqueue.engine.two_ways import Compiled, InPython
from simqueue.study.replay import replay
from tests.differential import generate_stoppages
from tests.trace_rows import table

TRACE = [(0.0, "OPEN", -1, 0, 0), (1.0, "JOIN", 0, 0, -1), (1.0, "START", 0, 0, 0)]
OFF = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="the compiler is off")


@pytest.mark.parametrize("version", [(0, 60, 0), (0, TRIED[1][1] + 1, 0), (1, 0, 0)])
def test_numba_compiles_by_itself_in_a_version_not_tried(version, monkeypatch):
    """What its code generator looks like there nobody knows."""
    monkeypatch.setattr(numba, "version_info", version)
    assert of_parts_and_wholes() == ({}, {})


def test_functions_are_compiled_as_one_in_a_version_that_was_tried():
    """As long as the pinned version is not one of them, this fails."""
    parts, wholes = of_parts_and_wholes()
    assert parts["pipeline_class"] is not wholes["pipeline_class"]


def test_numba_compiles_by_itself_where_something_is_missing(monkeypatch):
    """A build without the code generator that is reached into is no error."""
    monkeypatch.delitem(sys.modules, "simqueue.engine.compiled.whole", raising=False)
    monkeypatch.delattr("numba.core.codegen.JITCodeLibrary")
    assert of_parts_and_wholes() == ({}, {})


@OFF
def test_what_numba_cannot_compile_runs_as_plain_python(monkeypatch, capsys):
    """With one line on stderr, which says why; the result is the same."""

    def stumble(*_args):
        raise TypeError("unexpected keyword argument '_nrt'")

    two_ways._compiled.cache_clear()
    monkeypatch.setattr(two_ways, "_njit", stumble)
    monkeypatch.setattr(compiled, "_said", set())
    try:
        for _ in range(2):
            assert replay(table(TRACE), compiled=True) == replay(table(TRACE))
    finally:
        two_ways._compiled.cache_clear()
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        "compiled engine: live does not compile (unexpected keyword argument '_nrt'); "
        "it runs as plain Python instead"
    )


@OFF
def test_a_version_in_which_nothing_fits_gives_way_to_simpy(monkeypatch):
    """The compiler takes other arguments than it is given: the reason is told."""
    from simqueue.engine.compiled import loader

    def other_signature(*_args):
        raise TypeError("takes 3 positional arguments but 8 were given")

    monkeypatch.setattr(loader, "_first_called", other_signature)
    monkeypatch.setattr(loader, "_loaded", {"rules": None})
    assert "takes 3 positional arguments" in compiled.why_not()


@OFF
def test_plain_python_on_arrays_derives_the_same_log(monkeypatch):
    """Numbers of NumPy where lists hold those of Python: every column is equal bit for bit."""
    monkeypatch.setattr(Compiled, "function", InPython.function)
    slipped = 0
    for seed in range(20):
        day = generate_stoppages.stopping_day(Random(seed), coarse=seed % 2 == 0)
        workload, system = generate_stoppages.to_tables(day)
        trace = run(workload, system)
        log = derive_log(workload, system, trace)
        assert derive_log(workload, system, trace, compiled=True).differences(log) == {}
        slipped += int(log.slips_other_kind.sum())
    assert slipped > 0
