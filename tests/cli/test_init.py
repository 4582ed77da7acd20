"""`simqueue init` as a user types it."""

from __future__ import annotations

import json


def test_init_then_run_works_in_a_folder_with_a_space(simqueue, folder):
    """The command that `init` prints runs what it wrote."""
    done = simqueue("init")
    assert done.returncode == 0, done.stderr
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    assert done.stdout.splitlines()[-1] == "Next: simqueue run supermarket.yaml"
    run = simqueue("run", "supermarket.yaml", "-n", "1", "--no-report", "--json")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["audit"]["ok"] is True


def test_init_again_is_refused_and_changes_nothing(simqueue, folder):
    """A second `init` ends with exit 4 and one clear line; the edited file stays."""
    assert simqueue("init", "--template", "small-shop").returncode == 0
    (folder / "small-shop.yaml").write_text("edited")
    done = simqueue("init", "--template", "small-shop")
    assert done.returncode == 4
    assert len(done.stderr.strip().splitlines()) == 1
    assert "small-shop.yaml: is there already" in done.stderr
    assert (folder / "small-shop.yaml").read_text() == "edited"


def test_a_misspelt_template_is_told_with_what_was_meant(simqueue, folder):
    """An unknown template exits 2, suggests the nearest name, and makes no folder."""
    done = simqueue("init", "new", "--template", "smal-shop")
    assert done.returncode == 2
    assert "did you mean 'small-shop'?" in done.stderr
    assert not (folder / "new").exists()


def test_study_and_template_exclude_each_other(simqueue, folder):
    """`--study` has lay-outs of its own; with `--template` it exits 2 and writes nothing."""
    done = simqueue("init", "new", "--study", "--template", "express")
    assert done.returncode == 2
    assert "--template" in done.stderr
    assert not (folder / "new").exists()


def test_study_as_json_names_the_files_and_the_commands(simqueue, folder):
    """`--json` lists what was written and what to type next; every scenario and study validates."""
    done = simqueue("init", "trial", "--study", "--json")
    said = json.loads(done.stdout)
    scenarios = [name for name in said["written"] if name.endswith(".yaml")]
    assert len(scenarios) == 4
    assert said["next"] == ["simqueue compare trial/study.yaml"]
    assert all((folder / name).is_file() for name in said["written"])
    assert simqueue("validate", *scenarios).stdout.count(": ok") == 4


def test_a_file_in_place_of_the_folder_is_exit_4(simqueue, folder):
    """A folder that is really a file is told in one line."""
    done = simqueue("init", "shop.yaml")
    assert done.returncode == 4
    assert "shop.yaml: must be a folder" in done.stderr


def test_list_template_tells_every_story(simqueue):
    """`list template` has a line for each template."""
    said = simqueue("list", "template").stdout
    for name in ("supermarket", "express", "self-service-first", "single-line", "small-shop",
                 "discounter", "us-store", "theory"):  # fmt: skip
        assert f"\n  {name} " in said
