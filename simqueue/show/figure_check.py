"""The figure of a check: how measured waits are spread among simulated ones, and what differs."""

from __future__ import annotations

from math import ceil

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MultipleLocator, PercentFormatter

from simqueue.fit.check import Check
from simqueue.fit.equivalence import DIFFERS, MATCHES, Comparison
from simqueue.show import style, words

NAME_LENGTH = 26
MOST_ROWS = 24  # lanes and hours shown; those with the fewest waits are left out
REACH_IN_MARGINS = 4.0  # an interval that goes beyond ends in an arrow
TICKS_S = (5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400)
HEADINGS = {"lane": "by lane", "hour": "by hour of joining"}
LOOKS = {MATCHES: ("o", style.ACCENT, style.ACCENT), DIFFERS: ("D", style.FELT, style.FELT)}
OPEN_LOOK = ("o", style.SOFT, "white")  # cannot tell: a hollow mark
BELOW = "the shop's waits are shorter    |    the shop's waits are longer    (lines: 90 % range)"
TITLE = "Mean wait, measured minus simulated, minutes (shaded: too little to matter)"


def check_figure(check: Check) -> Figure:
    """How the waits are spread, and below it the differences of means with the margin."""
    rows = shown_rows(check)
    places = _places(rows)
    below = 0.95 + 0.29 * (places[-1] + 1.0)
    with style.styled():
        figure = style.new_figure(3.3 + below)
        upper, lower = figure.subplots(2, 1, height_ratios=(3.1, below))
        draw_wait_curve(check, upper)
        draw_differences(check, lower)
        return figure


def shown_rows(check: Check) -> list[Comparison]:
    """All waits together, and the lanes and hours that have most waits, in their order."""
    most = sorted(range(len(check.groups)), key=lambda k: -check.groups[k].n)[:MOST_ROWS]
    return [check.whole, *(check.groups[k] for k in sorted(most))]


def draw_wait_curve(check: Check, axes: Axes) -> None:
    """Share of customers who wait at most so long: measured, and in 90 of 100 simulated studies."""
    curve = check.curve
    end = _shown_until(check)
    axes.fill_between(
        curve.wait_s, curve.low, curve.high, step="post", color=style.SOFT, alpha=0.25, linewidth=0
    )
    axes.step(curve.wait_s, curve.median, where="post", color=style.SOFT, linewidth=1.3,
              linestyle=(0, (4, 2)))  # fmt: skip
    axes.step(curve.wait_s, curve.measured, where="post", color=style.ACTUAL, linewidth=2.2)
    axes.set_xlim(0, end)
    axes.set_ylim(0, 1.02)
    _seconds_axis(axes, 0.0, end, signed=False)
    axes.yaxis.set_major_locator(MultipleLocator(0.25))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    axes.set_title("Customers who wait at most so long, minutes")
    _legend(check, axes)


def _shown_until(check: Check) -> float:
    """Where the curve ends: the last one or two in a hundred would only squeeze the rest."""
    curve = check.curve
    done = np.minimum(curve.measured, curve.low) >= 0.985
    last = int(np.argmax(done)) if bool(np.any(done)) else len(done) - 1
    return max(30.0, float(curve.wait_s[last]) * 1.05)


def _legend(check: Check, axes: Axes) -> None:
    lines = (
        (f"measured, {words.counted(check.observed, 'customer')}", style.ACTUAL),
        ("the same customers timed on simulated days:", style.SOFT),
        ("the middle one (dashed), 90 in 100 (band)", style.SOFT),
    )
    for k, (text, colour) in enumerate(lines):
        axes.annotate(
            text, (1.0, 0.06), xycoords="axes fraction",
            xytext=(-6, 14 * (len(lines) - 1 - k)), textcoords="offset points", ha="right",
            va="bottom", color=colour, fontsize=9, fontweight="bold" if k == 0 else "normal",
        )  # fmt: skip


def draw_differences(check: Check, axes: Axes) -> None:
    """Each difference with its range, on the margin that does not matter."""
    rows = shown_rows(check)
    places = _places(rows)
    limits = _limits(rows)
    axes.set_xlim(*limits)
    axes.set_ylim(places[-1] + 0.7, -0.8)
    axes.axvline(0.0, color=style.INK, linewidth=0.8, zorder=1)
    for k, (row, y) in enumerate(zip(rows, places, strict=True)):
        _draw_row(axes, row, y, limits)
        if k and row.family != rows[k - 1].family:
            axes.annotate(
                HEADINGS[row.family], (0.0, y - 0.85), xycoords=("axes fraction", "data"),
                xytext=(-6, 0), textcoords="offset points", ha="right", va="center", fontsize=9,
                color=style.SOFT, fontweight="bold", annotation_clip=False,
            )  # fmt: skip
    axes.set_yticks(places, [_name(row) for row in rows])
    axes.get_yticklabels()[0].set_fontweight("bold")
    _seconds_axis(axes, *limits, signed=True)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    axes.set_title(TITLE)
    axes.set_xlabel(BELOW, fontsize=9, color=style.SOFT)


def _places(rows: list[Comparison]) -> list[float]:
    """Vertical places, with room above the first row of lanes and of hours."""
    at, places = 0.0, []
    for k, row in enumerate(rows):
        at += 1.0 if k and row.family != rows[k - 1].family else 0.0
        places.append(at)
        at += 1.0
    return places


def _name(row: Comparison) -> str:
    name = "all waits" if row.family == "all" else style.label(row.name, NAME_LENGTH)
    return f"{name}, {row.n}"


def _limits(rows: list[Comparison]) -> tuple[float, float]:
    """The ends of the axis: hold margins and estimates, and ranges of usual length."""
    margin = max(row.margin_s for row in rows)
    most = REACH_IN_MARGINS * max(margin, 30.0)
    below = [min(-row.low_s, most) for row in rows]
    above = [min(row.high_s, most) for row in rows]
    apart = [row.difference_s for row in rows]
    low = max(1.3 * margin, -1.15 * min(apart), *below, 10.0)
    high = max(1.3 * margin, 1.15 * max(apart), *above, 10.0)
    return -1.06 * low, 1.06 * high


def _draw_row(axes: Axes, row: Comparison, y: float, limits: tuple[float, float]) -> None:
    marker, colour, fill = LOOKS.get(row.verdict, OPEN_LOOK)
    axes.add_patch(
        Rectangle((-row.margin_s, y - 0.36), 2 * row.margin_s, 0.72, color=style.ACCENT, alpha=0.16,
                  linewidth=0, zorder=0)
    )  # fmt: skip
    low, high = max(row.low_s, limits[0]), min(row.high_s, limits[1])
    axes.hlines(y, low, high, color=colour, linewidth=2.4, zorder=3)
    for end, whole, arrow in ((low, row.low_s, "<"), (high, row.high_s, ">")):
        if end != whole:
            axes.plot([end], [y], marker=arrow, markersize=6, color=colour, clip_on=False)
    axes.plot(
        [row.difference_s], [y], marker=marker, markersize=7, markeredgecolor=colour,
        markerfacecolor=fill, markeredgewidth=1.6, linestyle="", zorder=5,
    )  # fmt: skip
    axes.annotate(
        row.verdict, (1.0, y), xycoords=("axes fraction", "data"), xytext=(10, 0),
        textcoords="offset points", va="center", fontsize=9, color=colour,
        fontweight="normal" if row.verdict not in LOOKS else "bold", annotation_clip=False,
    )  # fmt: skip


def _seconds_axis(axes: Axes, low: float, high: float, signed: bool) -> None:
    """A horizontal axis of seconds with ticks at round numbers of minutes."""
    span = high - low
    step = next((s for s in TICKS_S if span / s <= 9), ceil(span / 9))
    axes.xaxis.set_major_locator(MultipleLocator(step))
    text = signed_duration if signed else words.duration
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: text(value)))


def signed_duration(seconds: float) -> str:
    """A difference in minutes and seconds with its sign.

    >>> signed_duration(75), signed_duration(-20), signed_duration(0.3)
    ('+1:15', '-0:20', '0:00')
    """
    text = words.duration(abs(seconds))
    return text if round(seconds) == 0 else ("+" if seconds > 0 else "-") + text
