"""How the command ends when an interruption is wrapped in another error."""

from __future__ import annotations

import pytest

from simqueue import __main__ as command


def wrapped() -> None:
    """What Python does to an interruption that strikes while a class is being made."""
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt as interruption:
        raise RuntimeError("Error calling __set_name__") from interruption


def test_a_wrapped_interruption_ends_with_130(monkeypatch, capsys):
    """An error that an interruption caused is told in one line, with exit code 130."""
    monkeypatch.setattr("simqueue.cli.main", wrapped)
    monkeypatch.setattr(command.signal, "signal", lambda *_: None)
    assert command._exit_code() == command.INTERRUPTED
    assert capsys.readouterr().err.startswith("Interrupted")


def test_another_error_is_not_hidden(monkeypatch):
    """An error of our own stays an error."""

    def broken() -> None:
        raise RuntimeError("of our own")

    monkeypatch.setattr("simqueue.cli.main", broken)
    monkeypatch.setattr(command.signal, "signal", lambda *_: None)
    with pytest.raises(RuntimeError, match="of our own"):
        command._exit_code()
