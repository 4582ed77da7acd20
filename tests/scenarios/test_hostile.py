"""Hostile files: whatever is in them, they are refused in lines with a place, or simulated.

Texts are read in a process of its own, so that a hang, a crash or too much memory is noticed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from simqueue.scenario import loads, resolve, to_mapping, to_yaml
from tests.scenarios.hostile import SHOP, bombs, mutated, odd_texts, random_bytes, read_apart

FINDS = sorted((Path(__file__).parent / "finds").glob("*.yaml"))
MOST_MB = 200
LONGEST_LINE = 600
A_LINE = re.compile(r"s\.yaml:\d+:\d+: \S.*")


def check_lines(told: dict[str, list[str]]) -> None:
    """Every line is one a planner can use: a place, then words; nothing that steers a screen."""
    for name, lines in told.items():
        for line in lines:
            assert A_LINE.fullmatch(line), (name, line)
            assert line.isprintable(), (name, line)
            assert len(line) < LONGEST_LINE, (name, line)


def test_mutated_files_are_refused_in_plain_lines_or_read(tmp_path):
    """Of 300 sound files with damage, some are still sound; all others are told with places."""
    told, peak = read_apart(mutated(300, seed=1), tmp_path)
    check_lines(told)
    n_refused = sum(bool(lines) for lines in told.values())
    assert 100 < n_refused < 300  # the damage is real, and not always deadly
    assert peak < MOST_MB


def test_random_bytes_are_refused(tmp_path):
    """No random bytes are a scenario, and none of them does harm."""
    told, peak = read_apart(random_bytes(200, seed=2), tmp_path)
    check_lines(told)
    assert all(told.values())
    assert peak < MOST_MB


def test_bombs_are_refused_within_little_memory(tmp_path):
    """Alias bombs, 100,000 brackets, 5 MB and floods of faults are refused within 200 MB."""
    told, peak = read_apart(bombs(), tmp_path)
    check_lines(told)
    assert all(told.values())
    assert peak < MOST_MB


def test_odd_texts_are_refused(tmp_path):
    """NaN, NUL, UTF-16, half characters, Python tags, second documents: each is a fault."""
    told, _ = read_apart(odd_texts(), tmp_path)
    check_lines(told)
    assert all(told.values()), [name for name, lines in told.items() if not lines]
    assert list(tmp_path.iterdir()) == []  # no tag ran anything


@pytest.mark.parametrize("path", FINDS, ids=lambda p: p.stem)
def test_what_fuzzing_found_stays_mended(path, tmp_path):
    """Inputs that once broke the reader are told in plain lines."""
    told, _ = read_apart({path.stem: path.read_bytes()}, tmp_path)
    check_lines(told)


@pytest.mark.parametrize(
    "name",
    ["../../x", "=cmd|'/c'!A1", "<script>alert(1)</script>", "a", "😀", "x" * 10_000, "\x7f",
     "\u202etxt.exe", "a\u200fb", "a\u2028b", "a\x85b", "\x9b31m", "\ufffe", "\U000e0001", "a\nb",
     "NUL", "con.", "..", "~", "a/b", "a\\b", "'", '"', "- a", "null", "1e3", "#", "&a", "*a"],
    ids=lambda name: ascii(name)[:20],
)  # fmt: skip
def test_any_name_survives_and_makes_a_tame_folder(name):
    """A name is kept as it is through YAML and data, and its folder is a plain word."""
    data = to_mapping(loads(SHOP)) | {"scenario": name}
    data["lanes"][0]["lane"] = name
    scenario = resolve(data)
    assert scenario.scenario == name
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,79}", scenario.slug)
    text = to_yaml(scenario)
    assert loads(text) == scenario
    assert text.replace("\n", "").isprintable()


def test_halves_of_a_character_become_one_as_in_json():
    """JSON is YAML, and writes an emoji as two halves: they are put together."""
    scenario = loads(SHOP.replace("all", '"\\ud83d\\ude00"'))
    assert scenario.customers[0].segment == "😀"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder of a scenario among files that are none of its business."""
    folder = tmp_path / "home"
    (folder / "sub").mkdir(parents=True)
    table = "time,customers_per_hour\n08:00,60\n"
    (tmp_path / "secret.csv").write_text(table)
    (folder / "sub" / "mine.csv").write_text(table)
    (folder / "leads_out.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "folder_out").symlink_to(tmp_path)
    (folder / "leads_nowhere.csv").symlink_to("nothing")
    (folder / "loop.csv").symlink_to("loop.csv")
    (folder / "endless.csv").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.csv")
    return folder


NO_FILES = (
    "../secret.csv", "sub/../../secret.csv", "/etc/passwd", "leads_out.csv", "C:\\\\secret.csv",
    "folder_out/secret.csv", "leads_nowhere.csv", "endless.csv", "pipe.csv", "sub", ".", "..", "~",
    "~root/x", "a\\0b", "..\\\\secret.csv", "file:///etc/passwd", "\\\\\\\\host\\\\share\\\\x.csv",
)  # fmt: skip
NOT_YET = ("loop.csv", "x" * 300, "x/" * 3000)


def with_table(name: str) -> str:
    """The shop with its customers in a CSV file of that name."""
    return SHOP.replace("{constant_per_hour: 60}", f'{{csv: "{name}"}}')


def test_a_table_in_the_folder_is_read(home):
    """The control: a file below the scenario's folder is found."""
    assert loads(with_table("sub/mine.csv"), "s.yaml", home).arrivals.per_hour is not None


def test_no_table_outside_the_folder_is_read(home):
    """Paths and links that lead out, pipes and folders are refused, with their place."""
    told, _ = read_apart({name: with_table(name) for name in NO_FILES}, home)
    check_lines(told)
    for name, lines in told.items():
        assert len(lines) == 1, name
        assert "arrivals.csv: must be" in lines[0], lines


def test_links_in_a_circle_and_endless_names_are_refused(home):
    """A link to itself and names longer than a file system takes are faults like any other."""
    told, _ = read_apart({name[:20]: with_table(name) for name in NOT_YET}, home)
    check_lines(told)
    assert all(told.values())
