"""`simqueue schema`, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run


def test_the_schema_goes_to_stdout_or_into_a_file(simqueue: Run, folder: Path) -> None:
    """`--out` writes exactly what is printed without it, and says how a scenario names it."""
    printed = simqueue("schema")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert json.loads(printed.stdout)["$schema"] == "http://json-schema.org/draft-07/schema#"
    written = simqueue("schema", "--out", "for editors/scenario.schema.json")
    assert (written.returncode, written.stdout) == (0, "")
    assert "# yaml-language-server: $schema=./scenario.schema.json" in written.stderr
    file = folder / "for editors" / "scenario.schema.json"
    assert file.read_text(encoding="utf-8") == printed.stdout
    assert [p.name for p in file.parent.iterdir()] == [file.name]


def test_a_schema_that_cannot_be_written_is_one_line_and_exit_code_4(
    simqueue: Run, folder: Path
) -> None:
    """A folder in the way is told in one line, and nothing is left behind."""
    (folder / "taken").mkdir()
    before = sorted(p.name for p in folder.iterdir())
    failed = simqueue("schema", "--out", "taken")
    assert failed.returncode == 4
    assert len(failed.stderr.splitlines()) == 1
    assert sorted(p.name for p in folder.iterdir()) == before
