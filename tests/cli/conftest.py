"""How tests call the command line: as a user does, in a folder of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shops import CORNER_SHOP

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a space in its name that holds the scenario `shop.yaml`."""
    place = tmp_path / "my shop"
    place.mkdir()
    (place / "shop.yaml").write_text(CORNER_SHOP, encoding="utf-8")
    return place


@pytest.fixture
def simqueue(folder: Path) -> Run:
    """Runs `simqueue` with the given words in that folder."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "simqueue", *words],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
        )

    return run
