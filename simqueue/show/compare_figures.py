"""The figures of a comparison: differences with their intervals, and who gains and who loses."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from textwrap import wrap
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator
from numpy.typing import NDArray

from simqueue.show import style, words
from simqueue.show.compare_words import scale_of, signed
from simqueue.study.compare import BETTER, WORSE, Comparison, Judgement, Rival

Floats = NDArray[np.float64]
PANELS: Final = (
    "wait_mean_s",
    "wait_p95_s",
    "wait_over_5min_share",
    "felt_mean_s",
    "checkout_csat",
    "one_in_front_share",
)
COLUMNS: Final = 3
NAME_LENGTH: Final = 24
MOST_LINES: Final = 6  # alternatives drawn over the day
# Okabe and Ito (2008), in an order in which neighbours stay apart
COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
LOOKS: Final = {BETTER: ("o", style.ACCENT, style.ACCENT), WORSE: ("D", style.FELT, style.FELT)}
OPEN_LOOK: Final = ("o", style.SOFT, "white")
WAIT: Final = "wait_mean_s"
STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)


def comparison_figures(comparison: Comparison) -> dict[str, Figure]:
    """The figures by the name of their file; a theory scenario has no hours to gain or lose.

    None where nobody came: there is nothing to draw.
    """
    if not any(name in rival.measures for rival in comparison.rivals for name in PANELS):
        return {}
    made = {"differences": differences_figure(comparison)}
    if not comparison.reference.scenario.is_theory:
        made["who_gains"] = who_figure(comparison)
    return made


def differences_figure(comparison: Comparison) -> Figure:
    """A forest plot: each alternative against the reference, one panel for each measure."""
    names = [n for n in PANELS if any(n in rival.measures for rival in comparison.rivals)]
    rows = -(-len(names) // COLUMNS)
    with style.styled():
        figure = style.new_figure(rows * (1.15 + 0.34 * len(comparison.rivals)) + 0.5)
        panels = figure.subplots(rows, min(COLUMNS, len(names)), squeeze=False)
        for k, axes in enumerate(panels.flat):
            if k < len(names):
                draw_differences(comparison, names[k], axes, named=k % COLUMNS == 0)
            else:
                axes.set_axis_off()
        base = style.label(comparison.name, 40)
        days = words.counted(comparison.days, "simulated day")
        figure.suptitle(f"Change against {base!r}, {days}, the same customers"
                        if all(r.same_customers for r in comparison.rivals)
                        else f"Change against {base!r}, {days}",
                        x=0.01, ha="left", fontsize=11, fontweight="bold")  # fmt: skip
        figure.supxlabel(
            "green: better, orange: worse, hollow: cannot be told; line: 95 % over days, thin: for"
            " all alternatives together\ngrey line below: what the psychology leaves open; shaded:"
            " too small to matter",
            fontsize=8.5, color=style.SOFT,
        )  # fmt: skip
        return figure


def draw_differences(comparison: Comparison, name: str, axes: Axes, named: bool = True) -> None:
    """One measure's differences, an alternative in each row; `named` writes their names."""
    known = [(k, r) for k, r in enumerate(comparison.rivals) if name in r.measures]
    n = len(comparison.rivals)
    axes.set_ylim(n - 0.4, -0.6)
    axes.axvline(0.0, color=style.INK, linewidth=0.8, zorder=1)
    for k, rival in known:
        _draw_row(axes, rival, name, float(k))
    names = [_two_lines(rival.name) for rival in comparison.rivals]
    axes.set_yticks(range(n), names if named else [""] * n)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    if not known:
        return
    first = known[0][1].measures[name]
    unit = first.difference.unit
    _limits(axes, [rival for _, rival in known], name, unit)
    if not isnan(first.matters):
        axes.axvspan(-first.matters, first.matters, color=style.ACCENT, alpha=0.13, linewidth=0,
                     zorder=0)  # fmt: skip
    in_unit = f", {scale_of(unit).unit}" if scale_of(unit).unit not in ("", "points") else ""
    axes.set_title(f"{first.how.label}{in_unit}", fontsize=9.5)


def _two_lines(name: str) -> str:
    """The name as it can be drawn, broken in two where it is long."""
    lines = wrap(words.one_line(name), NAME_LENGTH) or [""]
    kept = lines if len(lines) <= 2 else [lines[0], " ".join(lines[1:])]
    return "\n".join(style.label(line, NAME_LENGTH) for line in kept)


def _draw_row(axes: Axes, rival: Rival, name: str, y: float) -> None:
    judgement = rival.measures[name]
    d = judgement.difference
    marker, colour, fill = LOOKS.get(judgement.word, OPEN_LOOK)
    if not isnan(d.half_width_all) and d.half_width_all > d.half_width:
        axes.hlines(y, d.mean - d.half_width_all, d.mean + d.half_width_all, color=colour,
                    linewidth=1.0, zorder=3)  # fmt: skip
    if not isnan(d.half_width):
        axes.hlines(y, d.low, d.high, color=colour, linewidth=2.6, zorder=3)
    axes.plot([d.mean], [y], marker=marker, markersize=6.5, markeredgecolor=colour,
              markerfacecolor=fill, markeredgewidth=1.5, linestyle="", zorder=5)  # fmt: skip
    felt = rival.felt.get(name)
    if felt is not None:
        low, high = felt.around(d.mean)
        axes.hlines(y + 0.27, low, high, color=style.SOFT, linewidth=2.0, alpha=0.55, zorder=2)


def _ends(rival: Rival, name: str) -> list[float]:
    d = rival.measures[name].difference
    half = d.half_width_all if not isnan(d.half_width_all) else 0.0
    felt = rival.felt.get(name)
    psychology = [] if felt is None else list(felt.around(d.mean))
    return [d.mean - half, d.mean + half, *psychology]


def _limits(axes: Axes, rivals: Sequence[Rival], name: str, unit: str) -> None:
    """The axis holds every interval and what is too small to matter."""
    matters = rivals[0].measures[name].matters
    room = 0.0 if isnan(matters) else 1.25 * matters
    ends = [end for rival in rivals for end in _ends(rival, name) if not isnan(end)]
    low, high = min([*ends, -room]), max([*ends, room])
    if low == high:
        low, high = -1.0, 1.0
    span = high - low
    axes.set_xlim(low - 0.06 * span, high + 0.06 * span)
    if unit == "s":
        step = next((s for s in STEPS_S if span / s <= 5), STEPS_S[-1])
        axes.xaxis.set_major_locator(MultipleLocator(step) if span / step < 8 else MaxNLocator(5))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: signed(value, unit)))
    axes.tick_params(axis="x", labelsize=8.5)


def who_figure(comparison: Comparison) -> Figure:
    """Change of the mean wait over the day, and below it by kind of customer."""
    shown = comparison.rivals[:MOST_LINES]
    groups = list(comparison.rivals[0].groups["segment"])
    below = 0.9 + 0.22 * len(groups) * max(1, len(shown))
    with style.styled():
        figure = style.new_figure(3.2 + below)
        upper, lower = figure.subplots(2, 1, height_ratios=(3.2, below))
        draw_over_day(comparison, upper)
        draw_segments(comparison, lower)
        return figure


def draw_over_day(comparison: Comparison, axes: Axes) -> None:
    """How much longer or shorter the mean wait is, by quarter hour of arrival."""
    shown = comparison.rivals[:MOST_LINES]
    n = len(comparison.reference.quarter.groups)
    edges = np.arange(n + 1)
    ends: list[float] = []
    for k, rival in enumerate(shown):
        found = [measures.get(WAIT) for measures in rival.groups["quarter"].values()]
        mean, low, high = (_column(found, part) for part in ("mean", "low", "high"))
        colour = COLOURS[k]
        axes.stairs(mean, edges, color=colour, linewidth=1.8, baseline=None,
                    label=style.label(rival.name, 34))  # fmt: skip
        axes.fill_between(edges, np.append(low, low[-1]), np.append(high, high[-1]), step="post",
                          color=colour, alpha=0.18, linewidth=0)  # fmt: skip
        ends += [float(x) for x in (*low, *high, *mean) if not np.isnan(x)]
    axes.axhline(0.0, color=style.INK, linewidth=0.8)
    _seconds_axis(axes, ends)
    scenario = comparison.reference.scenario
    style.clock_axis(axes, scenario.opens_s, n)
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    axes.set_title("Change of the mean wait by time of arrival, minutes (bands: 95 % over days)")
    axes.legend(loc="best", frameon=False, fontsize=9, labelcolor="linecolor", handlelength=1.2)


def _column(found: Sequence[Judgement | None], part: str) -> Floats:
    values = [np.nan if j is None else getattr(j.difference, part) for j in found]
    return np.array(values, dtype=np.float64)


def _seconds_axis(axes: Axes, ends: Sequence[float]) -> None:
    low, high = min([*ends, -5.0]), max([*ends, 5.0])
    span = high - low
    step = next((s for s in STEPS_S if span / s <= 7), STEPS_S[-1])
    axes.set_ylim(low - 0.06 * span, high + 0.06 * span)
    axes.yaxis.set_major_locator(MultipleLocator(step) if span / step < 10 else MaxNLocator(6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: signed(value, "s")))


def draw_segments(comparison: Comparison, axes: Axes) -> None:
    """The change of the mean wait of each kind of customer, alternatives in their colours."""
    shown = comparison.rivals[:MOST_LINES]
    groups = list(comparison.rivals[0].groups["segment"])
    apart = 0.8 / max(1, len(shown))
    for g, group in enumerate(groups):
        for k, rival in enumerate(shown):
            judgement = rival.groups["segment"].get(group, {}).get(WAIT)
            if judgement is None:
                continue
            d, y = judgement.difference, g + (k - (len(shown) - 1) / 2) * apart
            if not isnan(d.half_width):
                axes.hlines(y, d.low, d.high, color=COLOURS[k], linewidth=2.2)
            sure = judgement.word in LOOKS
            axes.plot([d.mean], [y], marker="o", markersize=6, markeredgecolor=COLOURS[k],
                      markerfacecolor=COLOURS[k] if sure else "white", linestyle="")  # fmt: skip
    axes.axvline(0.0, color=style.INK, linewidth=0.8)
    axes.set_yticks(range(len(groups)), [style.label(name, NAME_LENGTH) for name in groups])
    axes.set_ylim(len(groups) - 0.45, -0.55)
    low, high = axes.get_xlim()
    step = next((s for s in STEPS_S if (high - low) / s <= 9), STEPS_S[-1])
    if (high - low) / step < 12:
        axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: signed(value, "s")))
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    axes.set_title("Change of the mean wait by kind of customer, minutes (hollow: cannot be told)")
