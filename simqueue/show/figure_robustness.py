"""The figure of robustness: both mean waits under each kind of circumstance."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simqueue.scenario.variations import ABSENT, DEMAND, KINDS, SHARE
from simqueue.show import style, words
from simqueue.show.robustness import percent
from simqueue.study.robustness import Robustness, Trial

AXIS: Final = {
    DEMAND: "customers, change",
    ABSENT: "cashiers absent",
    SHARE: "share for machines, change",
}


def robustness_figure(found: Robustness) -> Figure:
    """One panel for each kind of circumstance; everything holds where nothing is shaded."""
    planned = found.tested[0]
    kinds = [k for k in KINDS if any(_mine(t, k) for t in found.tested)]
    with style.styled():
        figure = style.new_figure(3.6)
        panels = figure.subplots(1, len(kinds), squeeze=False)[0]
        for kind, axes in zip(kinds, panels, strict=True):
            tested = [planned, *(t for t in found.tested if _mine(t, kind))]
            _draw(found, sorted(tested, key=lambda t: t.variation.level), kind, axes)
        panels[0].set_ylabel("mean wait, minutes")
        panels[0].legend(loc="upper left", frameon=False, fontsize=9, labelcolor="linecolor")
        name = style.label(found.winner, 40)
        figure.suptitle(f"How far {name!r} holds ({words.counted(found.days, 'day')} each)",
                        x=0.01, ha="left", fontsize=11, fontweight="bold")  # fmt: skip
        return figure


def _mine(tested: Trial, kind: str) -> bool:
    return tested.variation.kind == kind and not tested.variation.is_nothing


def _draw(found: Robustness, tested: list[Trial], kind: str, axes: Axes) -> None:
    levels = np.array([t.variation.level for t in tested])
    pairs = (
        (found.against, style.SOFT, [t.before for t in tested]),
        (found.winner, style.ACCENT, [t.after for t in tested]),
    )
    for name, colour, values in pairs:
        mean = np.array([v.mean for v in values]) / 60.0
        half = np.nan_to_num(np.array([v.half_width for v in values])) / 60.0
        axes.plot(levels, mean, color=colour, linewidth=1.8, marker="o", markersize=4,
                  label=style.label(name, 24))  # fmt: skip
        axes.fill_between(levels, mean - half, mean + half, color=colour, alpha=0.18, linewidth=0)
    ends = axes.get_xlim()
    for reach in found.reaches:
        if reach.kind == kind and reach.first:
            side = ends[1] if reach.tested > 0 else ends[0]
            begins = reach.level + (0.5 if kind == ABSENT else 0.0)
            axes.axvspan(begins, side, color=style.FELT, alpha=0.12, linewidth=0)
    axes.set_xlim(ends)
    axes.set_ylim(bottom=0.0)
    axes.grid(axis="y")
    axes.set_xlabel(AXIS[kind])
    if kind == ABSENT:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    else:
        axes.xaxis.set_major_formatter(FuncFormatter(lambda level, _: percent(level)))
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
