"""What an editor makes of the schema: a real YAML language server completes, explains and checks.

It runs under node from `.venv/editor` (or the folder named by SIMQUEUE_EDITOR). Without it these
tests are skipped, unless SIMQUEUE_REQUIRE_EDITOR=1 says that they must not be.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.editor.language_server import LanguageServer, server_command

MODELINE = "# yaml-language-server: $schema=./scenario.schema.json\n"
SETTINGS = {
    "yaml": {
        "schemaStore": {"enable": False},  # nothing is fetched
        "validate": True,
        "hover": True,
        "completion": True,
    }
}
SHOP = """\
scenario: a small shop
store: {opens: "08:00", closes: "20:00"}
arrivals:
  customers_per_day: 500
  shape: saturday
customers:
  - segment: all
    share: 1
    items: {half_up_to: 4, nine_in_ten_up_to: 10, most: 15}
    alone: 80 %
    pays: {cash: 20 %, card: 80 %}
lanes:
  - lane: staffed
    kind: staffed
    tills: 3
    roster: {"08:00": 1, "12:00": 3}
    service: antczak2020_staffed
  - lane: self-service
    kind: self_service
    machines: 4
    attendants: 1
    help: {chance: 20 %, takes: {about: 20 s}}
behaviour:
  lane_choice: {rule: shortest_queue}
  renege:
    patience: {about: 10 min}
staffing:
  on_close: finish_line
experience:
  model: judged-wait
  parameters:
    rho: 1.3
targets: {wait_p95: 6 min}
"""


class Editor:
    """A folder with the schema, opened in an editor."""

    def __init__(self, server: LanguageServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.n_opened = 0

    def open(self, text: str) -> tuple[str, list[dict[str, Any]]]:
        """Open a new scenario beside the schema; its address and what is marked in it."""
        self.n_opened += 1
        uri = (self.folder / f"shop-{self.n_opened}.yaml").as_uri()
        return uri, self.server.open(uri, MODELINE + text)

    def completed(self, text: str) -> dict[str, str]:
        """What is offered where '@' stands: label -> explanation."""
        before, _, after = text.partition("@")
        uri, _ = self.open(before + after)
        line = before.count("\n") + 1  # below the modeline
        found = self.server.at("completion", uri, line, len(before) - before.rfind("\n") - 1)
        return {item["label"]: _plain(item.get("documentation")) for item in found["items"]}

    def hovered(self, word: str, nth: int = 0) -> str:
        """What is shown over the n-th occurrence of a word in the shop."""
        uri, _ = self.open(SHOP)
        parts = SHOP.split(word)
        before = word.join(parts[: nth + 1])
        line = before.count("\n") + 1
        found = self.server.at("hover", uri, line, len(before) - before.rfind("\n"))
        return _plain(found and found["contents"])


def _plain(text: Any) -> str:
    """Text, or the text of marked-up content, without its escapes."""
    content = text.get("value", "") if isinstance(text, dict) else text or ""
    return str(content).replace("\\", "")


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """An editor on a folder with a space in its name."""
    command = server_command()
    if not command:
        reason = "needs node and `npm install --prefix .venv/editor yaml-language-server`"
        if os.environ.get("SIMQUEUE_REQUIRE_EDITOR") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("my shop")
    out = str(folder / "scenario.schema.json")
    subprocess.run([sys.executable, "-m", "simqueue", "schema", "--out", out], check=True)
    server = LanguageServer(command, SETTINGS)
    yield Editor(server, folder)
    server.close()


def test_a_sound_scenario_has_no_marks(editor):
    """The schema is found by the first line, and nothing in the shop is marked."""
    uri, marks = editor.open(SHOP)
    assert marks == []
    assert "scenario.schema.json" in editor.hovered("customers_per_day")
    assert uri.startswith("file:///")


COMPLETIONS = [
    ("  shape: saturday", "  shape: @", {"saturday", "sunday"}),
    ("    pays: {cash", "    @\n    pays: {cash", {"self_service", "value_of_time", "patience"}),
    ("    kind: staffed", "    kind: @", {"staffed", "express", "self_service"}),
    ("    service: antczak2020_staffed", "    service: @", {"us_with_bagging_staffed"}),
    ("rule: shortest_queue", "rule: @", {"fewest_items", "nearest", "alternate"}),
    ("    patience: {about: 10 min}", "    patience: {about: 10 min}\n    @", {"scale"}),
    ("  on_close: finish_line", "  on_close: @", {"finish_line", "finish_current"}),
    ("  model: judged-wait", "  model: @", {"judged-wait", "linear", "power", "gap", "none"}),
    ("    rho: 1.3", "    rho: 1.3\n    @", {"k", "lambda", "last_place_s"}),
    ("    attendants: 1", "    attendants: 1\n    @", {"max_items", "accepts", "cashiers_differ"}),
    ("targets: {wait_p95: 6 min}", "@\ntargets: {wait_p95: 6 min}", {"economics", "seed"}),
]


@pytest.mark.parametrize(
    ("place", "typed", "expected"), COMPLETIONS, ids=[place.strip() for place, _, _ in COMPLETIONS]
)
def test_completion_offers_what_belongs_there_and_says_what_it_means(
    editor, place, typed, expected
):
    """Names and keys are offered, each with an explanation; nothing of a later version."""
    assert SHOP.count(place) == 1
    offered = editor.completed(SHOP.replace(place, typed))
    assert expected <= set(offered)
    assert all(offered[name] for name in expected)
    assert not {"own_scanning_pace", "survey", "consequences", "antonides"} & set(offered)


HOVERS = [
    ("customers_per_day", 0, "Expected customers while the shop is open, as in 5464."),
    ("alone", 0, "Default: `80 %` (assumption)."),
    ("items", 0, "Size of the basket, as in {half_up_to: 4, nine_in_ten_up_to: 10, most: 15}."),
    ("half_up_to", 0, "Half of the values lie up to this, as in 4."),
    ("kind", 0, "`self_service`: Machines at which customers scan and pay by themselves."),
    ("roster", 0, 'How many are open, by clock, as in {"08:00": 3, "12:00": 7}; or all.'),
    ("antczak2020", 0, "`antczak2020_staffed`: Polish supermarkets 2018, staffed till"),
    ("takes", 0, "How long an attendant takes to help, as in {about: 20 s}."),
    ("rule", 0, "(evidence: people look at length, not at speed: Lu et al. 2013)"),
    ("patience", 0, "How long they wait before they leave, as in {half_up_to: 8 min"),
    ("rho", 0, "From 1.2 to 1.5 1 (evidence: Hornik 1984"),
    ("wait_p95", 0, "95 in 100 customers wait at most this long, as in 6 min."),
]


@pytest.mark.parametrize(("word", "nth", "expected"), HOVERS, ids=[h[0] for h in HOVERS])
def test_hover_explains_the_key_and_its_default(editor, word, nth, expected):
    """The sentence of the key comes with its example, its default and how that is known."""
    assert expected in editor.hovered(word, nth)


FAULTS = [
    ('opens: "08:00"', "opens: 8", "must be a time on the clock"),
    ("shape: saturday", "shape: saturdy", "Valid values"),
    ("most: 15}", "most: 15, least: 1}", "Property least is not allowed"),
    ("alone: 80 %", "alone: 80", "above the maximum of 1"),
    ("cash: 20 %", "cash: a fifth", "must be a share, as in '55 %' or 0.55"),
    ("tills: 3", "tils: 3", "Property tils is not allowed"),
    ('"12:00": 3', "noon: 3", "must be a time on the clock"),
    ("machines: 4", "machines: 4.5", "must be a whole number"),
    ("takes: {about: 20 s}", "takes: {about: 20}", "must be a duration"),
    ("rule: shortest_queue", "rule: shortest_que", "Valid values"),
    ("on_close: finish_line", "on_close: later", "Valid values"),
    ("rho: 1.3", "rho: 13", "above the maximum of 5"),
    ("wait_p95: 6 min", "wait_p59: 6 min", "Property wait_p59 is not allowed"),
    ("    attendants: 1\n", "    trainees: {share: 1, pace: 2}\n", "goes only with kind staffed"),
]


def test_each_fault_is_marked_on_its_line(editor):
    """A file with many faults is marked at each of them, in words that help."""
    text = SHOP
    for sound, faulty, _ in FAULTS:
        assert text.count(sound) == 1
        text = text.replace(sound, faulty)
    lines = (MODELINE + text).splitlines()
    _, marks = editor.open(text)
    told = {(m["range"]["start"]["line"], m["message"]) for m in marks}
    for _, faulty, words in FAULTS:
        (number,) = (n for n, line in enumerate(lines) if faulty.strip() in line)
        assert any(line == number and words in message for line, message in told), (faulty, told)
    marked = {line for line, _ in told}
    wrong = {n for n, line in enumerate(lines) for _, f, _ in FAULTS if f.strip() in line}
    beside = {n for n in marked if n not in wrong}
    assert all("lane: staffed" in lines[n] or "lanes" in lines[n] for n in beside)  # tills missing
