"""Hostile names from end to end: nothing that is written or printed runs, or lies elsewhere."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

LIVE = ("=", "+", "-", "@", "\t", "\r", "\n")
SCENARIO = r"""
scenario: "../../../=cmd|'/c'!A1 <script>alert(1)</script>"
about: "</title><script>alert(2)</script> {{7*7}} {% raw %} javascript:alert(3) \e[31m"
replications: 2
store: {opens: "09:00", closes: "09:30"}
arrivals: {constant_per_hour: 240}
customers:
  - {segment: "=cmd|'/c'!A1", share: 20 %, items: {fixed: 5}}
  - {segment: "<script>alert(1)</script>", share: 20 %, items: {fixed: 5}}
  - {segment: "../../x", share: 20 %, items: {fixed: 5}}
  - {segment: "\u202Elive\u200F\x9b31m", share: 20 %, items: {fixed: 5}}
  - {segment: "a;=1+1;@x", share: 10 %, items: {fixed: 5}}
  - {segment: LONG, share: 10 %, items: {fixed: 5}}
lanes:
  - {lane: "+1+1\"><img src=x onerror=alert(1)>", kind: staffed, tills: 1}
  - {lane: "\"=1+1", kind: staffed, tills: 1}
  - {lane: "$\\frac{$ {{7*7}} 😀 --> ]]>", kind: staffed, tills: 1}
  - {lane: "＝1+1", kind: staffed, tills: 1}
  - {lane: "-a\t=2\n=3,=4", kind: staffed, tills: 1}
  - {lane: "@", kind: self_service, machines: 1}
targets: {wait_p95: 6 min}
economics: {currency: "=EUR<b>", cashier_per_hour: 13}
""".replace("LONG", "x" * 9_000)


class Tags(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag with its attributes."""
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder in which a scenario of hostile names was run, and what was printed."""
    home = tmp_path_factory.mktemp("deep") / "a" / "b" / "c" / "d"
    home.mkdir(parents=True)
    (home / "h.yaml").write_text(SCENARIO, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "simqueue", "run", "h.yaml"],
        cwd=home, capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return home, done.stdout


@pytest.fixture
def result(made: tuple[Path, str]) -> Path:
    """The one folder with results."""
    (folder,) = (made[0] / "outputs").iterdir()
    return folder


def test_nothing_lies_outside_the_folder(made, result):
    """The folder of results is a plain word below `outputs`; nothing else appeared anywhere."""
    home = made[0]
    assert re.fullmatch(r"[a-z0-9-]+", result.name)
    top = home.parents[3]
    elsewhere = {p for p in top.rglob("*") if p.is_file() and result not in p.parents}
    assert elsewhere == {home / "h.yaml"}
    names = [p.name for p in result.rglob("*")]
    assert len(names) > 10
    assert all(re.fullmatch(r"[a-z_.]+", name) for name in names)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_is_a_formula(result, separator):
    """However a spreadsheet splits the lines, no cell begins as a formula does."""
    paths = sorted(result.glob("*.csv"))
    assert len(paths) == 5
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file, delimiter=separator) for cell in row]
        assert len(cells) > 2
        for cell in cells:
            number = re.fullmatch(r"-?\d+(\.\d+)?(e[-+]\d+)?", cell)
            assert number or not cell.startswith(LIVE), (path.name, cell[:80])


def test_names_in_tables_can_be_read_back(result):
    """Beyond an apostrophe before formulas, names are as the planner wrote them."""
    with (result / "by_segment.csv").open(encoding="utf-8", newline="") as file:
        names = {row[0] for row in list(csv.reader(file))[1:]}
    assert {"'=cmd|'/c'!A1", "<script>alert(1)</script>", "../../x", "a;=1+1;@x"} <= names


def test_the_report_has_no_live_script(result):
    """No name becomes a tag, a handler, a link or a template of the page."""
    tags = Tags()
    page = (result / "report.html").read_text("utf-8")
    tags.feed(page)
    assert len(tags.found) > 50
    assert not {"script", "iframe", "object", "embed", "base", "form"} & {t for t, _ in tags.found}
    for tag, attributes in tags.found:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        for key in ("src", "href"):
            value = attributes.get(key) or ""
            assert value == "" or value.startswith(("data:image/png;base64,", "#")), value[:80]
    assert "{{7*7}}" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_figures_have_no_live_script(result):
    """An SVG holds shapes and comments only, whatever the names."""
    paths = sorted((result / "figures").glob("*.svg"))
    assert len(paths) == 4
    for path in paths:
        assert b"<script" not in path.read_bytes().lower()
        for element in ElementTree.parse(path).iter():
            name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
            assert name not in ("script", "foreignObject", "a", "iframe", "image"), path.name
            for key, value in element.attrib.items():
                assert not key.startswith("on"), path.name
                assert not key.endswith("href") or value.startswith("#"), path.name


def test_json_and_scenario_read_back(result):
    """Summary, provenance and resolved scenario are sound, with the names as written."""
    from simqueue import load

    scenario = load(result / "scenario.resolved.yaml")
    assert scenario.scenario.startswith("../../../=cmd|")
    summary = json.loads((result / "summary.json").read_text("utf-8"))
    assert set(summary["by_segment"]) == {segment.segment for segment in scenario.customers}
    assert json.loads((result / "provenance.json").read_text("utf-8"))["seed"] == 1


def test_what_is_printed_cannot_steer_the_terminal(made):
    """The first screen is plain text of bounded width: no escapes, no marks that turn lines."""
    lines = made[1].splitlines()
    assert len(lines) > 10
    assert all(line.isprintable() for line in lines)
    assert max(map(len, lines)) <= 200
