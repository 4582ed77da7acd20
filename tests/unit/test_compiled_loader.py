"""How the compiled engine is loaded."""

from __future__ import annotations

import gc

import pytest

from simqueue.engine.compiled import loader


@pytest.fixture
def unloaded(monkeypatch):
    """The loader as it is before there is a kernel."""
    monkeypatch.setattr(loader, "_loaded", {"rules": None})
    monkeypatch.setattr(loader, "_forget_modules", lambda: None)


def test_threads_wait_for_the_kernel_that_one_of_them_loads(unloaded, monkeypatch):
    """While the kernel is being loaded nobody else gets past, and it does not count as loaded."""
    seen = []

    def load():
        seen.append((loader._one_at_a_time.locked(), loader.is_loaded()))
        return len

    monkeypatch.setattr(loader, "_compiled", load)
    assert loader.kernel() is loader.kernel() is len
    assert seen == [(True, False)]


def test_loading_that_was_interrupted_begins_again(unloaded, monkeypatch):
    """Ctrl-C while the kernel is being compiled does not leave a process without one."""

    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(loader, "_compiled", interrupted)
    with pytest.raises(KeyboardInterrupt):
        loader.kernel()
    monkeypatch.setattr(loader, "_compiled", lambda: len)
    assert loader.kernel() is len


@pytest.mark.parametrize("was_on", [True, False])
def test_loading_leaves_the_garbage_collector_as_it_was(was_on, monkeypatch):
    """It is off while Numba loads, and afterwards whatever it was, also when that fails."""
    seen = []

    def fails():
        seen.append(gc.isenabled())
        raise loader.CannotCompileError("no")

    monkeypatch.setattr(loader, "_loaded", {"rules": None})
    monkeypatch.setattr(loader, "_compiled", fails)
    monkeypatch.setattr(loader, "_forget_modules", lambda: None)
    (gc.enable if was_on else gc.disable)()
    try:
        with pytest.raises(loader.CannotCompileError):
            loader.kernel()
        assert gc.isenabled() is was_on
    finally:
        gc.enable()
    assert seen == [False]
    assert gc.get_freeze_count() == 0
