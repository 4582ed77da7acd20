"""How the compiled engine is loaded."""

from __future__ import annotations

import gc

import pytest

from simqueue.engine.compiled import loader


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
