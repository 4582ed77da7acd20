"""Figures: the same bytes every time, drawn without a warning, showing the right numbers."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from simqueue.show import figure_lanes, figure_scores, figure_waits, style
from simqueue.show.figures import (
    figures,
    plot_checkout_score,
    plot_people_waiting,
    plot_tills_open,
    plot_wait_distribution,
    plot_waits_over_day,
    render_png,
    render_svg,
)
from tests.unit.show_shops import simulated
from tests.unit.show_studies import people, same_days, shop, study_of

SHOPS = ("corner", "one lane", "twelve lanes", "eight segments", "empty", "hostile", "long day")
PLOTS = (plot_waits_over_day, plot_wait_distribution, plot_checkout_score, plot_tills_open,
         plot_people_waiting)  # fmt: skip


def png_size(data):
    """Width and height that a PNG states."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", data[16:24])


@pytest.mark.parametrize("name", SHOPS)
def test_figures_are_drawn_without_a_warning(name):
    """One lane or twelve, eight kinds of customers, nobody at all, hostile names: all is drawn."""
    made = figures(simulated(name))
    assert list(made) == ["waits_over_day", "lanes", "wait_distribution", "checkout_score"]
    for figure in made.values():
        width, height = png_size(render_png(figure))
        assert width == 1440
        assert 200 < height < 3000


def test_a_steady_state_has_no_figures_over_the_day():
    """Without a clock only distributions are left; asking for more is an error."""
    assert list(figures(simulated("theory"))) == ["wait_distribution", "checkout_score"]
    for plot in (plot_waits_over_day, plot_tills_open, plot_people_waiting):
        with pytest.raises(ValueError, match="no clock"):
            plot(simulated("theory"))


def test_the_same_study_gives_the_same_bytes():
    """Drawn anew, PNG and SVG are identical; no date and no version is inside."""
    for first, second in zip(
        figures(simulated("people move")).values(),
        figures(simulated("people move")).values(),
        strict=True,
    ):
        assert render_png(first) == render_png(second)
        svg = render_svg(first)
        assert svg == render_svg(second)
        assert b"<dc:date>" not in svg
        assert b"Matplotlib" not in render_png(first) + svg


def test_every_panel_can_be_drawn_on_axes_of_ones_own():
    """The axes given are the axes returned."""
    for plot in PLOTS:
        axes = style.new_figure(3.0).add_subplot()
        assert plot(simulated("corner"), axes) is axes
        assert plot(simulated("corner")) is not axes


def test_hostile_names_are_drawn_as_text():
    """Dollars do not start a formula, and what the font lacks becomes a box."""
    assert style.label("$x$ till") == r"\$x\$ till"
    assert style.label("\U0001f9fa till\n2") == f"{style.NO_GLYPH} till 2"
    assert len(style.label("x" * 100, 20)) == 20


def test_the_band_holds_eight_of_ten_days():
    """Daily means of 0, 10, ..., 100 s: the band is 10 to 90; four days have none."""
    days = [[(0, 3, 10.0 * k)] for k in range(11)]
    means, band = figure_waits.by_quarter(study_of(shop(), days).quarter, "wait_mean_s")
    assert means[3] == pytest.approx(50.0)
    assert band[:, 3].tolist() == pytest.approx([10.0, 90.0])
    assert np.isnan(band[:, 4]).all()
    assert figure_waits.by_quarter(study_of(shop(), days[:4]).quarter, "wait_mean_s")[1] is None


def test_bars_count_each_wait_once():
    """No wait, up to an edge, beyond the last: 0 | 1, 60 | 61 | 121 and 500."""
    edges = np.array([0.0, 60.0, 120.0])
    shares = figure_waits._shares(np.array([0.0, 1.0, 60.0, 61.0, 121.0, 500.0]), edges)
    assert shares.tolist() == pytest.approx([1 / 6, 2 / 6, 1 / 6, 2 / 6])


@pytest.mark.parametrize(
    ("longest", "limit", "step", "last"),
    [
        (100.0, 360.0, 60.0, 480.0),  # 1.2 x 360 = 432 in steps of a minute
        (600.0, 360.0, 60.0, 600.0),
        (700.0, 390.0, 390 / 6, 715.0),  # 65 s: no round step divides 6:30 in fewer than 11
        (7200.0, 360.0, 360.0, 3960.0),  # eleven times the limit, longer waits beyond
        (5.0, 20.0, 5.0, 30.0),
    ],
)  # fmt: skip
def test_the_limit_is_an_edge(longest, limit, step, last):
    """So the colours tell exactly who waits longer than the shop wants."""
    edges = figure_waits._bins(np.array([longest]), limit)
    assert edges[1] == pytest.approx(step)
    assert edges[-1] == pytest.approx(last)
    assert np.isclose(edges, limit).any()
    assert len(edges) <= figure_waits.MOST_BINS + 1


def test_the_heat_map_shows_the_roster():
    """Two tills until 10:00, three after; one cell per quarter hour."""
    scenario = shop('{lane: staffed, kind: staffed, tills: 4, roster: {"08:00": 2, "10:00": 3}}')
    table = figure_lanes.lane_table(study_of(scenario, same_days([(0, 0, 1.0)])), "tills_open")
    assert table.tolist() == [[2.0] * 8 + [3.0] * 16]


def test_cells_of_long_days_hold_more_quarter_hours():
    """96 quarter hours are 48 cells of half an hour, each the mean of two; 64 stay as they are."""
    edges, means = figure_lanes._cells(np.arange(96.0)[None, :])
    assert edges.tolist() == list(range(0, 97, 2))
    assert means[0].tolist() == [2 * k + 0.5 for k in range(48)]
    assert figure_lanes._cells(np.ones((2, 64)))[1].shape == (2, 64)
    edges, means = figure_lanes._cells(np.array([[1.0, 3.0, 7.0]] * 2)[:, :3])
    assert means.tolist() == [[1.0, 3.0, 7.0]] * 2


def test_numbers_are_readable_on_every_colour():
    """White letters stand only on colours that are dark (relative luminance below 0.3)."""
    axes = plot_people_waiting(simulated("overloaded"))
    top = axes.collections[0]
    colours = top.get_cmap()(top.get_array().ravel())
    assert len(axes.texts) == len(colours)
    for text, colour in zip(axes.texts, colours, strict=True):
        luminance = float(np.dot([0.2126, 0.7152, 0.0722], colour[:3] ** 2.2))
        assert (text.get_color() == "white") == (luminance < 0.3)


def test_frames_mark_the_short_stretches():
    """A lane that is short from 10:00 to 11:00 is framed there and nowhere else."""
    study = study_of(shop(), same_days(people(0, range(24), 0, 9) + people(0, range(8, 12), 9, 9)))
    (frame,) = plot_people_waiting(study).patches
    assert (frame.get_x(), frame.get_width(), frame.get_y(), frame.get_height()) == (8, 4, 0, 1)


def test_scores_are_told_of_every_group_with_customers():
    """The whole shop, its kinds and its lanes, with their shares; one kind alone is left out."""
    rows = figure_scores.groups(simulated("corner"))
    assert [row.name for row in rows] == [
        "whole shop", "quick trip", "main shop", "staffed", "self-service",
    ]  # fmt: skip
    assert sum(row.share for row in rows[1:3]) == pytest.approx(1.0)
    assert [row.name for row in figure_scores.groups(simulated("theory"))] == ["whole shop"]
    assert figure_scores.groups(simulated("empty")) == []


def test_a_scale_beyond_100_is_explained_in_the_title():
    """The title says that the score is latent where its range passes 100, else it does not."""
    for high, said in ((104.0, True), (90.0, False)):
        study = study_of(
            shop(), same_days([(0, 0, 1.0)]), daily={"checkout_csat": [80.0] * 3},
            psychology={"checkout_csat": (70.0, high)},
        )  # fmt: skip
        axes = plot_checkout_score(study)
        assert ("latent" in axes.get_title("left")) == said
        assert axes.get_xlim()[1] == (110.0 if said else 100.0)


@pytest.mark.parametrize("highest", [0.0, 20.0, 65.0, 400.0, 5000.0, 4e5])
def test_minutes_have_few_round_ticks(highest):
    """From seconds to days at most eight ticks are inside, and the highest value fits."""
    with style.styled():
        axes = style.new_figure(3.0).add_subplot()
        style.minutes_axis(axes, highest)
        low, high = axes.get_ylim()
        ticks = [t for t in axes.get_yticks() if low <= t <= high]
    assert low == 0.0
    assert high > highest
    assert 2 <= len(ticks) <= 8
