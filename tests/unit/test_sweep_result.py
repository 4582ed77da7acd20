"""What a sweep hands over: a tidy table, a wide one, plots whose points are the table's."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pytest

mpl.use("agg")
import matplotlib.pyplot as plt
import pyarrow.parquet as pq

from simqueue.show.sweep_screen import ends, summary, sweep_screen
from simqueue.study.sweep import Sweep, sweep
from simqueue.study.sweep.task import run_points
from tests.sweep_studies import POINTS, study_in

ROSTER, MACHINES = "lanes.staffed.roster", "lanes.machines.machines"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """Two rosters and three numbers of machines."""
    folder = tmp_path_factory.mktemp("result")
    return sweep(study_in(folder), out=folder / "out", workers=1)


@pytest.fixture(autouse=True)
def no_figures_left():
    """Every test closes what it drew."""
    yield
    plt.close("all")


def test_the_table_is_tidy(found: Sweep) -> None:
    """A row for each measure of each point, and the same in the Parquet file."""
    frame = found.to_pandas()
    assert len(frame) == POINTS * len(found.measures)
    assert not frame.duplicated(["point", "measure"]).any()
    assert list(frame.columns[:3]) == ["point", ROSTER, MACHINES]
    assert pq.read_table(found.folder / "points.parquet").equals(found.table)


def test_columns_tell_their_units(found: Sweep, tmp_path: Path) -> None:
    """Seconds and shares among the keys are numbers whose unit is in the schema."""
    study = (
        "study: s\nbase: shop.yaml\nsampling: {sobol: 2}\nvary:\n"
        "  experience.expected_wait: {from: 2 min, to: 6 min}\n"
        "  lanes.machines.help.chance: {from: 10 %, to: 30 %}\n"
    )
    other = sweep(study_in(tmp_path, study), out=tmp_path / "out", workers=1)
    waits = other.columns("experience.expected_wait")["experience.expected_wait"]
    assert all(120 <= wait < 360 for wait in waits)
    assert other.unit("experience.expected_wait") == "s"
    chances = other.columns("lanes.machines.help.chance")["lanes.machines.help.chance"]
    assert all(0.1 <= chance < 0.3 for chance in chances)
    assert other.unit("lanes.machines.help.chance") == "share"
    assert (found.unit(ROSTER), found.unit("wait_mean_s")) == ("", "s")


def test_the_wide_table_has_a_row_for_each_point(found: Sweep) -> None:
    """The mean of each named measure beside the keys, in order of points."""
    wide = found.wide("wait_mean_s", "till_hours")
    assert list(wide.columns) == ["point", ROSTER, MACHINES, "wait_mean_s", "till_hours"]
    assert wide["point"].tolist() == list(range(POINTS))
    tidy = found.to_pandas().set_index(["point", "measure"])["mean"]
    assert wide["wait_mean_s"].tolist() == [tidy[k, "wait_mean_s"] for k in range(POINTS)]
    assert set(found.measures) < set(found.wide().columns)


def test_a_plot_shows_the_points_of_the_table_with_their_intervals(found: Sweep) -> None:
    """A line for each value of `by`, at the means, with bars of one half width each way."""
    ax = found.plot(MACHINES, "wait_mean_s", by=ROSTER)
    columns = found.columns(ROSTER, MACHINES, "wait_mean_s")
    rows = list(zip(*columns.values(), strict=True))
    assert len(ax.containers) == 2
    for roster, drawn in zip((1, 3), ax.containers, strict=True):
        expected = [row for row in rows if row[0] == roster]
        assert drawn[0].get_xdata().tolist() == [row[1] for row in expected]
        assert drawn[0].get_ydata().tolist() == [row[2] for row in expected]
        assert drawn[0].get_linestyle() == "-"
        bars = drawn[2][0].get_segments()
        lengths = [bar[1][1] - bar[0][1] for bar in bars]
        assert lengths == pytest.approx([2 * row[3] for row in expected])
    assert (ax.get_xlabel(), ax.get_ylabel()) == (MACHINES, "wait_mean_s (s)")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["1", "3"]


def test_points_that_differ_in_more_than_is_shown_are_not_joined(found: Sweep) -> None:
    """Without `by` the rosters are mixed: dots only. A measure may be on either axis."""
    mixed = found.plot(MACHINES, "wait_mean_s")
    assert mixed.containers[0][0].get_linestyle() == "None"
    trade = found.plot("till_hours", "wait_mean_s")
    assert len(trade.containers[0][0].get_xdata()) == POINTS
    assert trade.containers[0][0].get_linestyle() == "None"


def test_a_plot_goes_on_the_axes_that_are_given(found: Sweep) -> None:
    """Nothing new is opened, and options reach matplotlib."""
    _, ax = plt.subplots()
    assert found.plot(MACHINES, "wait_mean_s", ROSTER, ax, color="red") is ax
    assert len(plt.get_fignums()) == 1
    assert ax.containers[0][0].get_color() == "red"


@pytest.mark.parametrize("call", ["plot", "wide", "columns"])
def test_a_name_that_is_neither_key_nor_measure_is_refused(found: Sweep, call: str) -> None:
    """KeyError with what was probably meant."""
    words = (MACHINES, "wait_mean") if call == "plot" else ("wait_mean",)
    with pytest.raises(KeyError, match="did you mean 'wait_mean_s'"):
        getattr(found, call)(*words)


def test_the_screen_names_the_points_with_the_least_and_the_most(found: Sweep) -> None:
    """Lowest and highest mean of a measure are those of the table, and their settings are told."""
    waits = found.columns("wait_mean_s")["wait_mean_s"]
    low, high = waits.index(min(waits)), waits.index(max(waits))
    at = ends(found)["wait_mean_s"]
    assert (at.lowest, at.highest) == ((min(waits), low), (max(waits), high))
    told = " ".join(sweep_screen(found).split())
    for point in (low, high):
        roster, machines = found.plan.settings[point]
        assert f"point {point}: {ROSTER} = {roster}, {MACHINES} = {machines}" in told
    assert summary(found)["measures"]["wait_mean_s"]["highest"]["point"] == high


def test_the_screen_tells_points_that_failed_like_ones_together(tmp_path: Path) -> None:
    """Two points with one fault make one line; an audit that failed is not 'audit ok'."""

    def breaks(version, engine, jobs):
        done = run_points(version, engine, jobs)
        for each in done:
            if each["point"] in (1, 2):
                each["fault"] = "MemoryError: too large"
            if each["point"] == 4:
                each["audit"] = ["day 0: a law"]
        return done

    found = sweep(study_in(tmp_path), out=tmp_path / "out", workers=1, task=breaks)
    told = " ".join(sweep_screen(found).split())
    assert "and 1 point more: not simulated: MemoryError: too large" in told
    assert "audit failed: day 0: a law" in told
    assert "4 of 6 points" in told
    assert "audit ok" not in told
