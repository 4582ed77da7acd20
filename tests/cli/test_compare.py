"""`simqueue compare` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.shops import CORNER_SHOP

STUDY = """\
study: More machines?
base: shop.yaml
replications: 2
alternatives:
  - {name: as it is}
  - {name: more machines, set: {lanes.self-service.machines: 4}}
"""


def with_study(folder: Path, text: str = STUDY) -> None:
    """Put a study into the folder."""
    (folder / "study.yaml").write_text(text, encoding="utf-8")


def test_a_study_is_compared_and_written(simqueue: Run, folder: Path) -> None:
    """Exit 0, the verdict on stdout, progress on stderr, and the files where they should be."""
    with_study(folder)
    done = simqueue("compare", "study.yaml")
    assert done.returncode == 0, done.stderr
    assert "'more machines' against 'as it is'" in done.stdout
    assert "by the clock:" in done.stdout
    assert "days to simulate" in done.stderr
    out = folder / "outputs" / "more-machines-compared"
    assert f"Report: {out.relative_to(folder)}/report.html" in done.stdout
    assert (out / "report.html").is_file()
    assert (out / "verdict.txt").read_text(encoding="utf-8") == done.stdout
    again = simqueue("rerun", str(out))
    assert (again.returncode, again.stdout.strip().endswith("identical, byte for byte.")) == (
        0, True)  # fmt: skip


def test_two_processes_compare_alike(simqueue: Run, folder: Path) -> None:
    """Every file of numbers is the same whoever has simulated the days."""
    with_study(folder)
    written = []
    for workers in ("1", "2"):
        done = simqueue("compare", "study.yaml", "-n", "4", "--no-report", "--engine", "simpy",
                        "--workers", workers, "--fresh", "--out", "o")  # fmt: skip
        assert done.returncode == 0, done.stderr
        files = (path for path in (folder / "o").iterdir() if path.is_file())
        written.append({file.name: file.read_bytes() for file in files})
        assert written[-1].pop("provenance.json")  # it has the time and the command
    assert "comparison.csv" in written[0]
    assert written[0] == written[1]


def test_json_has_the_promised_form(simqueue: Run, folder: Path) -> None:
    """Base, alternatives by name, each difference with mean, low, high and p_better, a verdict."""
    with_study(folder)
    done = simqueue("compare", "study.yaml", "--json", "--no-report", "-n", "3", "--out", "o")
    said = json.loads(done.stdout)
    assert said["base"] == "as it is"
    (alternative,) = said["alternatives"]
    assert alternative["name"] == "more machines"
    assert isinstance(alternative["verdict"], str)
    for difference in alternative["differences"].values():
        assert {"mean", "low", "high", "p_better"} <= set(difference)
    wait = alternative["differences"]["wait_mean_s"]
    assert wait["low"] <= wait["mean"] <= wait["high"]
    assert 0 <= wait["p_better"] <= 1
    assert wait["n"] == said["replications"] == 3
    assert json.loads((folder / "o" / "comparison.json").read_text(encoding="utf-8")) == said
    assert not (folder / "o" / "report.html").exists()


def test_scenario_files_are_compared_by_their_names(simqueue: Run, folder: Path) -> None:
    """Two files with the same customers: the first is the base; `--seed` and `--set` reach both."""
    other = CORNER_SHOP.replace("machines: 2", "machines: 3").replace("Corner shop", "Three")
    (folder / "three.yaml").write_text(other, encoding="utf-8")
    done = simqueue("compare", "shop.yaml", "three.yaml", "-n", "2", "--seed", "11", "--set",
                    "lanes.staffed.tills=3", "--json", "--no-report")  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["base"], said["alternatives"][0]["name"], said["seed"]) == (
        "Corner shop", "Three", 11)  # fmt: skip
    written = folder / "outputs" / "corner-shop-compared" / "alternatives"
    texts = [path.read_text(encoding="utf-8") for path in sorted(written.iterdir())]
    assert len(texts) == 2
    assert all("tills: 3" in text for text in texts)


def test_files_of_other_customers_are_refused_with_the_way_out(simqueue: Run, folder: Path) -> None:
    """Other arrivals: exit 2, one line with file, line and column, nothing written."""
    (folder / "busy.yaml").write_text(CORNER_SHOP.replace("60, ", "70, "), encoding="utf-8")
    done = simqueue("compare", "shop.yaml", "busy.yaml")
    assert done.returncode == 2
    assert done.stderr == (
        "busy.yaml:5:32: arrivals.per_hour@09:00: must be as in shop.yaml, 60 (got 70); to change"
        " it on purpose, write a study with set\n"
    )
    assert not (folder / "outputs").exists()


def test_what_cannot_be_compared_is_told_before_anything_runs(simqueue: Run, folder: Path) -> None:
    """One file, a study beside a scenario, one alternative, a fault, no file: exit 2 or 4."""
    with_study(folder)
    one = STUDY.partition("  - {name: more")[0]
    (folder / "one.yaml").write_text(one, encoding="utf-8")
    (folder / "bad.yaml").write_text(STUDY.replace("machines: 4", "machines: x"), encoding="utf-8")
    for words, code, text in (
        (("shop.yaml",), 2, "needs a study, or at least two scenarios"),
        (("study.yaml", "shop.yaml"), 2, "study.yaml is a study; compare it alone"),
        (("one.yaml",), 2, "one.yaml: alternatives: must be at least two"),
        (("bad.yaml",), 2, "bad.yaml:6:62: alternatives[1].set"),
        (("none.yaml", "shop.yaml"), 4, "none.yaml: No such file"),
        (("study.yaml", "--engine", "steam"), 2, "no engine 'steam'"),
    ):
        done = simqueue("compare", *words)
        assert (done.returncode, done.stdout) == (code, ""), words
        assert text in done.stderr
        assert "Traceback" not in done.stderr
    assert not (folder / "outputs").exists()


def test_precision_that_is_not_reached_is_exit_3(simqueue: Run, folder: Path) -> None:
    """The most days are simulated, everything is written, and the exit code says it was missed."""
    aims = "precision: {wait_mean: 0.001 s}\nmost_replications: 3"
    with_study(folder, STUDY.replace("replications: 2", aims))
    done = simqueue("compare", "study.yaml", "--no-report", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["replications"] == 3
    assert "the precision asked for is not reached: wait_mean" in done.stderr


def test_studies_are_validated_and_resolved(simqueue: Run, folder: Path) -> None:
    """`validate` takes studies beside scenarios; what `resolve` prints is a study that is valid."""
    with_study(folder)
    assert (
        simqueue("validate", "study.yaml", "shop.yaml").stdout == "study.yaml: ok\nshop.yaml: ok\n"
    )
    text = simqueue("resolve", "study.yaml").stdout
    assert "most_replications: 1000" in text
    (folder / "whole.yaml").write_text(text, encoding="utf-8")
    assert simqueue("resolve", "whole.yaml").stdout == text
    assert json.loads(simqueue("resolve", "study.yaml", "--json").stdout)["replications"] == 2
    schema = json.loads(simqueue("schema", "--study").stdout)
    assert set(schema["properties"]) >= {"study", "base", "alternatives", "vary", "robustness"}


def test_a_study_given_to_run_is_told_the_right_command(simqueue: Run, folder: Path) -> None:
    """`run study.yaml` exits 2 and names `simqueue compare`."""
    with_study(folder)
    done = simqueue("run", "study.yaml")
    assert done.returncode == 2
    assert "try: simqueue compare study.yaml" in done.stderr


def test_init_study_then_compare_works(simqueue: Run, folder: Path) -> None:
    """The command that `init --study` prints compares what it wrote."""
    done = simqueue("init", "trial", "--study")
    assert done.stdout.splitlines()[-1] == "Next: simqueue compare trial/study.yaml"
    compared = simqueue("compare", "trial/study.yaml", "-n", "2", "--no-report")
    assert compared.returncode == 0, compared.stderr
    for name in ("four more machines", "single line"):
        assert f"'{name}' against 'as it is'" in compared.stdout
