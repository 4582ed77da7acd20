"""`simqueue check` as a user types it."""

from __future__ import annotations

import json

import pytest

ROWS = [
    f"{9 + k // 30}:{2 * (k % 30):02d},{'self-service' if k % 3 else 'staffed'}" for k in range(60)
]


@pytest.fixture
def waits(folder):
    """Writes waits.csv with sixty waits of so many seconds."""

    def write(seconds: float) -> None:
        rows = [f"{row},{seconds}" for row in ROWS]
        (folder / "waits.csv").write_text("\n".join(["time,lane,wait_s", *rows]) + "\n")

    return write


def test_check_prints_a_verdict_and_writes_figure_and_numbers(simqueue, folder, waits):
    """Waits of half an hour in an idle shop differ: exit 3, numbers, a figure, 80 columns."""
    waits(1800)
    done = simqueue("check", "shop.yaml", "--observed", "waits.csv", "-n", "40")
    assert done.returncode == 3, done.stderr
    assert "DIFFERS: the stopwatch says 30:00 min" in done.stdout
    assert "staffed" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    out = folder / "outputs" / "corner-shop-check"
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert files == {"check.json", "check.csv", "figures/check.png", "figures/check.svg"}
    assert json.loads((out / "check.json").read_text())["verdict"] == "differs"


def test_json_is_one_object_and_a_wide_margin_matches(simqueue, waits):
    """With a margin of half an hour anything short matches: exit 0, one JSON object on stdout."""
    waits(60)
    done = simqueue("check", "shop.yaml", "--observed", "waits.csv", "-n", "40", "--json",
                    "--margin", "30 min", "--out", "o")  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["verdict"] == "matches"
    assert found["out"] == "o"
    whole = found["comparisons"][0]
    assert whole["measured_s"] == 60.0
    assert whole["n"] == found["observations"] == 60
    assert -1800 < whole["low_s"] <= whole["difference_s"] <= whole["high_s"] < 1800


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--margin", "30"), 2, "--margin: must be a duration with a unit"),
        (("-n", "7"), 2, "--replications: must be from 40"),
        (("--observed", "absent.csv"), 4, "absent.csv"),
        (("--observed", "bad.csv"), 2, "bad.csv:2:1: wait_s: must not be negative"),
        (("--set", "lanes.stafed.tills=3"), 2, "did you mean"),
    ],
)
def test_wrong_usage_is_told_in_words(simqueue, folder, waits, words, code, said):
    """A wrong margin, number of days, file or row: one clear line, no traceback, the right exit."""
    waits(60)
    (folder / "bad.csv").write_text("wait_s\n-1\n")
    done = simqueue("check", "shop.yaml", "--observed", "waits.csv", *words)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
