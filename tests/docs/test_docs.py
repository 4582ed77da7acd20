"""Every command and every piece of a scenario in the pages works, and every link leads somewhere.

Pages say with a comment before a block: `<!-- save as: NAME -->` the block is a file that later
commands read; `<!-- exit: 3 -->` the commands of the block end so. Commands of a page are run in
order, in one folder, each as a process of its own.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer.main

from simqueue.cli import app
from simqueue.scenario import Scenario, reference
from simqueue.scenario.load import load
from simqueue.scenario.yaml import read

ROOT = Path(__file__).parents[2]
RUN_PAGES = ("README.md", "docs/first-quarter-hour.md", "docs/tutorial.md", "docs/cookbook.md",
             "docs/check.md", "docs/compare.md", "docs/around-the-tills.md")  # fmt: skip
PAGES = ["README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
# Pages that are read on their own carry no comments for this test; it stands here instead.
SAID: dict[tuple[str, str], str] = {
    ("docs/check.md", "day,time,lane,wait"): "save as: waits.csv",
    ("docs/check.md", "simqueue check scenarios/supermarket.yaml --observed waits.csv"): "exit: 3",
}
# More would only take longer: one day, no figures; a check takes 40 days at least.
DAYS = {
    "run": ("-n", "1", "--no-report"),
    "compare": ("-n", "2", "--no-report"),
    "check": ("-n", "40", "--set", "arrivals.customers_per_day=500"),
}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!-- ([^>]+) -->\n\Z")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and what a comment before it says."""

    language: str
    text: str
    said: str

    def value(self, key: str) -> str:
        """What the comment says after `key: `; '' when it does not."""
        return self.said.removeprefix(f"{key}: ") if self.said.startswith(f"{key}: ") else ""

    @property
    def commands(self) -> dict[str, list[str]]:
        """The commands of the block, as a user types them, each with the lines shown below it."""
        found: dict[str, list[str]] = {}
        if self.language in ("", "sh", "console"):
            for line in self.text.splitlines():
                command = line.removeprefix("$ ")
                if command.startswith("simqueue "):
                    found[command] = []
                elif found and line != "...":
                    found[list(found)[-1]].append(line)
        return found


def page_text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str) -> Iterator[Block]:
    text = page_text(page)
    for match in FENCE.finditer(text):
        before = COMMENT.search(text[: match.start()])
        first = match[2].partition("\n")[0]
        said = before[1] if before else SAID.get((page, first), "")
        yield Block(match[1], match[2], said)


def with_the_shops(place: Path) -> Path:
    """A folder like the project's, in which the pages' commands can be typed."""
    shutil.copytree(ROOT / "scenarios", place / "scenarios")
    return place


def typed(command: str, place: Path) -> subprocess.CompletedProcess[str]:
    """The command run in that folder, as short as it goes."""
    words = shlex.split(command)[1:]
    more = DAYS.get(words[0], ())
    if "--no-report" in words:
        more = more[:2]
    return subprocess.run(
        [sys.executable, "-m", "simqueue", *words, *more],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
    )


@pytest.mark.parametrize("page", RUN_PAGES)
def test_every_command_of_the_page_works(page: str, tmp_path: Path) -> None:
    """Typed in order in an empty folder, each command ends with the exit code the page says."""
    place = with_the_shops(tmp_path)
    todo = list(blocks(page))
    for block in todo:
        if name := block.value("save as"):
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_text(block.text, encoding="utf-8")
    assert todo, "no block found"
    for block in todo:
        expected = int(block.value("exit") or 0)
        for command, shown in block.commands.items():
            done = typed(command, place)
            assert done.returncode == expected, f"{command}\n{done.stdout[-500:]}{done.stderr}"
            assert "Traceback" not in done.stderr, command
            if command.split()[1] not in DAYS:  # those were shortened
                assert set(shown) <= set(done.stdout.splitlines()), command


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The file with a piece written in: keys of a block and of a named entry replace the old."""
    whole = dict(old)
    for block, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(block), dict):
            whole[block] = {**old[block], **value}
        elif isinstance(value, list):
            if not all(map(name_of, value)):  # a list without names is replaced as a whole
                whole[block] = value
                continue
            entries = {name_of(entry): entry for entry in old.get(block, ())}
            changed = {name_of(entry): entry for entry in value}
            entries |= {name: {**entries.get(name, {}), **new} for name, new in changed.items()}
            whole[block] = list(entries.values())
        else:
            whole[block] = value
    return whole


def name_of(entry: dict[str, Any]) -> str:
    """The name of an entry of a list; '' where such entries have none."""
    return str(entry.get("lane") or entry.get("segment") or entry.get("station") or "")


@pytest.mark.parametrize("page", RUN_PAGES)
def test_every_piece_of_a_scenario_is_valid(page: str, tmp_path: Path) -> None:
    """A complete scenario is valid; a piece is valid when written into the shop of `init`."""
    done = typed("simqueue init my-shop", tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "my-shop"
    base = read((folder / "supermarket.yaml").read_text(encoding="utf-8"), "base").plain()
    for block in blocks(page):
        if name := block.value("save as"):
            (folder / Path(name).name).write_text(block.text, encoding="utf-8")
        if block.language != "yaml":
            continue
        if block.text.startswith(" "):  # a line out of the middle of a shipped file
            assert block.text in page_text("scenarios/supermarket.yaml")
            continue
        piece = read(block.text, "piece").plain()
        assert set(piece) <= set(Scenario.model_fields)
        whole = merged(base, piece)
        (folder / "tried.yaml").write_text(json.dumps(whole), encoding="utf-8")
        assert load(folder / "tried.yaml") != load(folder / "supermarket.yaml"), "changes nothing"


def test_a_piece_changes_the_entry_of_its_name() -> None:
    """Writing a piece into the shop changes the entry of that name and adds new ones."""
    shop = {"lanes": [{"lane": "a", "tills": 1}, {"lane": "b", "tills": 2}]}
    piece = {"lanes": [{"lane": "b", "tills": 3}, {"lane": "c", "tills": 4}]}
    tills = {entry["lane"]: entry["tills"] for entry in merged(shop, piece)["lanes"]}
    assert tills == {"a": 1, "b": 3, "c": 4}


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in found}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    """Files that a page links to exist, and so do the headings within them."""
    here = ROOT / page
    text = FENCE.sub("", page_text(page))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        name, _, anchor = target.partition("#")
        file = (here.parent / name) if name else here
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def spoken(page: str) -> str:
    """Everything that stands as code in a page: blocks, and words between back quotes."""
    text = page_text(page)
    inline = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    return "\n".join([*(match[2] for match in FENCE.finditer(text)), *inline])


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_a_command_or_an_option_that_does_not_exist(page: str) -> None:
    """`simqueue NAME` is a command, and every `--option` beside it is one of some command."""
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group
    options = {o for c in known.values() for p in c.params for o in p.opts} | {"--help"}
    for line in spoken(page).splitlines():
        said = re.match(r"(?:\$ )?simqueue +([a-z]+)\b", line)
        if said:
            assert said[1] in known, line
            assert set(re.findall(r"(?<=\s)--[a-z-]+", line)) <= options, line


def test_the_reference_is_as_the_program_says() -> None:
    """docs/reference.md is what `make reference` writes, to the last byte."""
    assert page_text("docs/reference.md") == reference.page(), "say: make reference"


def test_the_reference_has_every_key_of_a_shipped_scenario() -> None:
    """Each key of the demo has its row, by the path that --set takes."""
    page = page_text("docs/reference.md")
    data = read(page_text("scenarios/supermarket.yaml"), "demo").plain()
    for name, value in data.items():
        if isinstance(value, list):
            paths = {f"{name}.<{'lane' if name == 'lanes' else 'segment'}>.{key}"
                     for entry in value for key in entry}  # fmt: skip
        elif isinstance(value, dict):
            paths = {f"{name}.{key}" for key in value}
        else:
            paths = {name}
        for path in paths:
            assert f"\n| `{path}` |" in page, path
