"""The commands as a user types them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

FILES = {
    "scenario.resolved.yaml",
    "summary.json",
    "summary.csv",
    "by_lane.csv",
    "by_segment.csv",
    "by_quarter_hour.csv",
    "replications.csv",
    "customers.parquet",
    "days.arrow",
    "provenance.json",
    "report.html",
}
PROMISED_METRICS = [
    "customers",
    "served",
    "balked",
    "reneged",
    "reneged_share",
    "wait_mean_s",
    "wait_mean_served_s",
    "wait_mean_queued_s",
    "wait_sd_s",
    "wait_p50_s",
    "wait_p95_s",
    "wait_max_s",
    "waited_share",
    "wait_over_5min_share",
    "queue_length_mean",
    "utilisation",
    "sojourn_mean_s",
    "till_hours",
    "overtime_hours",
    "changeovers",
    "help_calls",
    "help_wait_mean_s",
    "slips_per_customer",
    "one_in_front_share",
    "self_service_share",
    "felt_mean_s",
    "felt_ratio",
    "checkout_csat",
    "checkout_top2",
    "csat",
    "csat_top2_share",
    "nps",
    "ces",
    "lost_baskets",
    "staff_cost",
]


def test_help_imports_nothing_heavy():
    """`simqueue --help` lists every command without importing numpy or anything bigger."""
    code = """
import sys
from simqueue.cli import main
sys.argv = ["simqueue", "--help"]
try:
    main()
except SystemExit:
    pass
heavy = {"numpy", "scipy", "matplotlib", "pandas", "pydantic", "simpy", "pyarrow", "yaml", "jinja2"}
print("heavy:", sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "heavy: []" in done.stdout
    for command in ("run", "validate", "resolve", "list", "rerun"):
        assert f" {command} " in done.stdout


def test_run_writes_every_promised_file_and_ends_with_the_report(simqueue, folder):
    """A run prints the first screen, names the report and leaves exactly the promised files."""
    done = simqueue("run", "shop.yaml")
    assert done.returncode == 0, done.stderr
    out = folder / "outputs" / "corner-shop"
    assert "outputs/corner-shop/report.html" in done.stdout
    assert {path.name for path in out.iterdir()} == FILES | {"figures"}
    assert {path.suffix for path in (out / "figures").iterdir()} == {".png", ".svg"}
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


def test_json_holds_every_promised_metric(simqueue):
    """`--json` prints one object on stdout, with every measure that other tools rely on."""
    done = simqueue("run", "shop.yaml", "--json", "--no-report")
    result = json.loads(done.stdout)
    assert set(PROMISED_METRICS) <= set(result["metrics"])
    assert set(result["metrics"]["wait_mean_s"]) == {"mean", "half_width", "n", "unit"}
    assert {"scenario", "replications", "engine", "seed", "metrics", "by_lane", "by_segment",
            "audit", "out"} <= set(result)  # fmt: skip
    assert result["audit"]["ok"] is True
    assert set(result["by_lane"]) == {"staffed", "self-service"}


def test_same_seed_same_bytes_other_seed_other_numbers(simqueue, folder):
    """Two runs give the same bytes in every table and picture; another seed does not."""
    for out, more in (("a", ()), ("b", ()), ("c", ("--seed", "8"))):
        assert simqueue("run", "shop.yaml", "--out", out, *more).returncode == 0
    a, b, c = (folder / name for name in "abc")
    names = [p.relative_to(a) for p in a.rglob("*") if p.is_file()]
    differing = {str(n) for n in names if (a / n).read_bytes() != (b / n).read_bytes()}
    assert differing <= {"provenance.json", "report.html", "summary.json"}
    assert (
        json.loads((a / "summary.json").read_text())["metrics"]
        == (json.loads((b / "summary.json").read_text())["metrics"])
    )
    assert (a / "summary.csv").read_bytes() != (c / "summary.csv").read_bytes()


def test_set_changes_the_scenario(simqueue):
    """`--set` reaches lanes by name, and one hour of a roster."""
    words = ("--json", "--no-report", "-n", "2")
    base = json.loads(simqueue("run", "shop.yaml", *words).stdout)["metrics"]
    more = json.loads(
        simqueue("run", "shop.yaml", "--set", "lanes.staffed.roster@09:00=2", *words).stdout
    )["metrics"]
    assert base["till_hours"]["mean"] == pytest.approx(3.0, abs=0.2)
    assert more["till_hours"]["mean"] == pytest.approx(4.0, abs=0.2)


def test_rerun_says_identical_and_notices_a_change(simqueue, folder):
    """`rerun` finds the result identical, and exits 3 naming the file when a number was touched."""
    simqueue("run", "shop.yaml", "--out", "a")
    assert "identical, byte for byte" in simqueue("rerun", "a").stdout
    story = json.loads((folder / "a" / "provenance.json").read_text())
    story["sha256"]["summary.csv"] = "0" * 64
    (folder / "a" / "provenance.json").write_text(json.dumps(story))
    again = simqueue("rerun", "a")
    assert again.returncode == 3
    assert "summary.csv" in again.stdout


def test_rerun_of_something_else_is_a_clear_error(simqueue, folder):
    """A folder without provenance is exit 4, one with a foreign file exit 2; no traceback."""
    assert simqueue("rerun", "nowhere").returncode == 4
    (folder / "provenance.json").write_text("[1, 2]")
    foreign = simqueue("rerun", ".")
    assert foreign.returncode == 2
    assert "Traceback" not in foreign.stderr


def test_resolve_is_complete_and_stable(simqueue, folder):
    """`resolve` of its own output is the same text, and running either gives the same bytes."""
    first = simqueue("resolve", "shop.yaml").stdout
    (folder / "full.yaml").write_text(first)
    assert simqueue("resolve", "full.yaml").stdout == first
    simqueue("run", "shop.yaml", "--out", "a", "--no-report")
    simqueue("run", "full.yaml", "--out", "b", "--no-report")
    for name in ("summary.csv", "customers.parquet", "scenario.resolved.yaml"):
        assert (folder / "a" / name).read_bytes() == (folder / "b" / name).read_bytes()


def test_validate_names_every_fault_with_its_place(simqueue, folder):
    """All faults of a file come at once as file:line:column, with exit 2; a good file says ok."""
    assert simqueue("validate", "shop.yaml").stdout == "shop.yaml: ok\n"
    text = (folder / "shop.yaml").read_text()
    broken = text.replace("tills: 2,", "tils: 2,").replace("share: 60 %", "share: 70 %")
    (folder / "bad.yaml").write_text(broken)
    done = simqueue("validate", "bad.yaml")
    assert done.returncode == 2
    assert "did you mean 'tills'" in done.stdout
    assert all(line.startswith("bad.yaml:") for line in done.stdout.splitlines())
    assert len(done.stdout.splitlines()) >= 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "shop.yaml", "--set", "lanes.stafed.tills=3"), "did you mean"),
        (("run", "shop.yaml", "--keep", "some"), "--keep"),
        (("run", "shop.yaml", "--engine", "warp"), "no engine 'warp'"),
        (("list", "mesure"), "did you mean 'measure'"),
        (("run", "shop.yaml", "--seed", "-1"), "seed"),
    ],
)
def test_wrong_usage_is_one_clear_line_and_exit_2(simqueue, words, said):
    """A wrong option or value is told in words, without a traceback."""
    done = simqueue(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_file_is_exit_4(simqueue):
    """A scenario that does not exist is an input failure, told in one line."""
    done = simqueue("run", "nowhere.yaml")
    assert done.returncode == 4
    assert len(done.stderr.strip().splitlines()) == 1


def test_keep_decides_whose_customers_are_written(simqueue, folder):
    """`--keep none` writes no customers and removes an earlier run's; `all` writes all."""
    import pyarrow.parquet as pq

    simqueue("run", "shop.yaml", "--out", "a", "--no-report", "--keep", "all")
    table = pq.read_table(folder / "a" / "customers.parquet")
    assert set(table["replication"].to_pylist()) == {0, 1, 2}
    simqueue("run", "shop.yaml", "--out", "a", "--no-report", "--keep", "none")
    assert not (folder / "a" / "customers.parquet").exists()


def test_list_shows_each_choice_with_its_source(simqueue):
    """`list` names every family; psychology's parameters show low, central and high."""
    everything = simqueue("list").stdout
    for family in ("lane_choice", "distribution", "service", "perception", "measure", "parameter"):
        assert f"\n{family}\n" in "\n" + everything
    assert "1.36 (1.2 to 1.5)" in simqueue("list", "parameter").stdout
