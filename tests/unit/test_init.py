"""`simqueue init`: what it writes, and that it never damages what is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simqueue.scenario import init, load, to_mapping
from simqueue.scenario.init import SCHEMA_FILE, STAGING, STUDY, TEMPLATES, start, templates


def names(folder: Path) -> set[str]:
    """What lies in a folder."""
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_written_beside_its_schema_and_is_valid(tmp_path: Path, name: str) -> None:
    """Each template becomes NAME.yaml, its first line names the schema, and it loads."""
    started = start(tmp_path / "new" / "shop", name)
    file = tmp_path / "new" / "shop" / f"{name}.yaml"
    assert names(file.parent) == {file.name, SCHEMA_FILE}
    first, second = file.read_text(encoding="utf-8").splitlines()[:2]
    assert first == "# yaml-language-server: $schema=./scenario.schema.json"
    assert second == f"# {started.stories[file]}"
    assert json.loads((file.parent / SCHEMA_FILE).read_text(encoding="utf-8"))["properties"]
    load(file)


def test_every_shipped_template_is_offered_with_its_story() -> None:
    """The files in the package and the names that `init` knows are the same, each with a story."""
    shipped = {path.stem for path in (Path(init.__file__).parent / "templates").glob("*.yaml")}
    assert set(templates()) == set(TEMPLATES) == shipped
    assert all(len(story) > 20 for story in templates().values())
    assert len(set(templates().values())) == len(TEMPLATES)


def test_a_study_is_three_layouts_that_differ_in_one_thing_each(tmp_path: Path) -> None:
    """Against 'as it is', one has four machines more and one has a single line; nothing else."""
    start(tmp_path, study=True)
    base, more, single = (to_mapping(load(tmp_path / f"{name}.yaml")) for name in STUDY)
    for other in (more, single):
        assert len({data.pop("scenario") for data in (dict(base), other)}) == 2
        assert {k for k in other if other[k] != base[k]} == {"lanes"}
    changed = [
        lane for lane in zip(base["lanes"], more["lanes"], strict=True) if lane[0] != lane[1]
    ]
    ((before, after),) = changed
    assert {k: (before[k], after[k]) for k in before if before[k] != after[k]} == {
        "machines": (4, 8),
        "roster": (4, 8),
    }
    changed = [
        lane for lane in zip(base["lanes"], single["lanes"], strict=True) if lane[0] != lane[1]
    ]
    ((before, after),) = changed
    assert {k for k in before if before[k] != after[k]} == {"line"}
    assert (before["kind"], after["line"]) == ("staffed", "shared")


def test_the_study_begins_with_the_supermarket_of_the_template(tmp_path: Path) -> None:
    """The lay-out 'as it is' is the template supermarket under another name."""
    start(tmp_path, study=True)
    start(tmp_path, "supermarket")
    study, template = (
        to_mapping(load(tmp_path / f"{name}.yaml")) for name in ("as-it-is", "supermarket")
    )
    assert {k for k in study if study[k] != template[k]} == {"scenario"}


def test_an_existing_file_is_never_written_over(tmp_path: Path) -> None:
    """A name that is taken ends in an error that names it; every byte in the folder stays."""
    (tmp_path / "supermarket.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError) as caught:
        start(tmp_path)
    assert caught.value.filename == str(tmp_path / "supermarket.yaml")
    assert names(tmp_path) == {"supermarket.yaml"}
    assert (tmp_path / "supermarket.yaml").read_text(encoding="utf-8") == "mine"


def test_a_study_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """One lay-out whose name is taken keeps the other two from being written."""
    (tmp_path / "single-line.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        start(tmp_path, study=True)
    assert names(tmp_path) == {"single-line.yaml"}


def test_a_link_to_nowhere_counts_as_taken(tmp_path: Path) -> None:
    """A dangling symbolic link is not written through."""
    (tmp_path / "supermarket.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(FileExistsError):
        start(tmp_path)
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_a_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the second file cannot get its name, the first is taken back; nothing is left over."""
    real, calls = init._name_it, []

    def fails_second(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(init, "_name_it", fails_second)
    with pytest.raises(OSError, match="No space left"):
        start(tmp_path, study=True)
    assert names(tmp_path) == set()


def test_a_file_that_appears_meanwhile_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who takes the name after the check and before the writing keeps his file."""
    monkeypatch.setattr(init, "_taken", lambda path: False)
    (tmp_path / "supermarket.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError):
        start(tmp_path)
    assert names(tmp_path) == {"supermarket.yaml"}
    assert (tmp_path / "supermarket.yaml").read_text(encoding="utf-8") == "mine"


def test_without_hard_links_files_get_their_names_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a file system that knows no hard links the files are renamed into place."""

    def no_links(target: Path, source: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    start(tmp_path)
    assert names(tmp_path) == {"supermarket.yaml", SCHEMA_FILE}
    load(tmp_path / "supermarket.yaml")


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    """A folder of unfinished files from an earlier, killed `init` is gone after the next one."""
    (tmp_path / STAGING).mkdir()
    (tmp_path / STAGING / "half.yaml").write_text("ha", encoding="utf-8")
    start(tmp_path)
    assert names(tmp_path) == {"supermarket.yaml", SCHEMA_FILE}


def test_a_second_template_in_the_same_folder_keeps_the_schema(tmp_path: Path) -> None:
    """The schema is written once; one that differs is kept, and the message says so."""
    start(tmp_path, "supermarket")
    assert start(tmp_path, "express").schema_is == "kept"
    (tmp_path / SCHEMA_FILE).write_text("{}", encoding="utf-8")
    started = start(tmp_path, "discounter")
    assert (tmp_path / SCHEMA_FILE).read_text(encoding="utf-8") == "{}"
    assert "differs" in started.text()


def test_the_message_fits_a_screen_and_ends_with_what_to_type(tmp_path: Path) -> None:
    """The command that compares the study is the last line; a folder with a space is quoted."""
    text = start(tmp_path / "my shop", study=True).text()
    path = tmp_path / "my shop" / "study.yaml"
    assert text.splitlines()[-1] == f"Next: simqueue compare '{path}'"
    for name in STUDY:
        assert f"{name}.yaml: " in text
