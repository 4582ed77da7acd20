"""Figures of lanes and stations by the clock: how many tills are open, who waits, how long."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from simqueue.show import style
from simqueue.show.findings import findings
from simqueue.show.reading import n_quarters
from simqueue.study.study import Study

Floats = NDArray[np.float64]
MOST_CELLS = 64  # side by side, each with its number; of longer days a cell is half an hour or more
NAME_LENGTH = 22
READABLE = 0.30  # white letters on anything darker, dark ones on the rest
TILLS = LinearSegmentedColormap.from_list("tills", ["#ffffff", "#cfe3f1", "#0072B2"])
QUEUE = LinearSegmentedColormap.from_list("queue", ["#ffffff", "#fbd9c3", "#D55E00", "#7f2b00"])


def lane_table(study: Study, name: str) -> Floats:
    """A measure of each lane in each quarter hour, mean of days; shape (J, Q), nan = unknown."""
    n, lanes = n_quarters(study), len(study.lane.groups)
    if name not in study.lane_quarter.units:
        return np.full((lanes, n), np.nan)
    means = [study.lane_quarter.estimate(name, k).mean for k in range(lanes * n)]
    return np.reshape(means, (lanes, n))


def draw_tills_open(study: Study, axes: Axes) -> None:
    """Tills and machines open, by lane and quarter hour."""
    values = lane_table(study, "tills_open")
    _heat_map(study, axes, values, TILLS, lambda v: "" if v < 0.05 else _short(v))
    what = "Tills, machines and places at stations" if _stations(study) else "Tills and machines"
    axes.set_title(f"{what} open (empty: closed)")
    _divide(study, axes)


def draw_people_waiting(study: Study, axes: Axes) -> None:
    """People waiting, by lane and quarter hour; frames mark where the lane is short."""
    values = lane_table(study, "queue_length_mean")
    _heat_map(study, axes, values, QUEUE, lambda v: "" if v < 0.5 else _short(v))
    short = findings(study).short
    _divide(study, axes)
    for found in short:
        corner = (found.stretch.first, found.lane)
        axes.add_patch(
            Rectangle(
                corner, len(found.stretch), 1, fill=False, edgecolor=style.INK, linewidth=1.6,
                zorder=4, clip_on=False,
            )
        )  # fmt: skip
    where, what = ("there", "short") if _stations(study) else ("in the lane", "the lane is short")
    framed = f"; framed: {what}" if short else ""
    axes.set_title(f"People waiting {where}, mean (empty: fewer than half a person{framed})")


def draw_minutes_waited(study: Study, axes: Axes) -> None:
    """Mean wait by place and quarter hour of arrival, in whole minutes."""
    values = np.nan_to_num(lane_table(study, "wait_mean_s")) / 60.0
    _heat_map(study, axes, values, QUEUE, lambda v: "" if v < 0.5 else _short(v))
    axes.set_title("Wait of those who come then, mean in minutes (empty: less than half a minute)")
    _divide(study, axes)


def _stations(study: Study) -> int:
    return len(study.scenario.counters)


def _divide(study: Study, axes: Axes) -> None:
    """A line between the places to pay and the stations, where there are stations."""
    if _stations(study):
        axes.axhline(len(study.scenario.lanes), color=style.SOFT, linewidth=1.2)


def _short(value: float) -> str:
    return f"{value:.0f}" if value < 999.5 else f"{value / 1000:.0f}k"


def _luminance(colour: tuple[float, float, float, float]) -> float:
    """How bright a colour is, 0-1 (relative luminance, a plain power for sRGB's curve)."""
    red, green, blue, _ = colour
    return float(0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2)


def _cells(values: Floats) -> tuple[Floats, Floats]:
    """Edges (C + 1,) in quarter hours and means (J, C) of cells that have room for a number."""
    n = values.shape[1]
    every = next(k for k in (1, 2, 4, n) if n <= k * MOST_CELLS)
    starts = np.arange(0, n, every)
    edges = np.append(starts, n).astype(np.float64)
    sums = np.add.reduceat(np.nan_to_num(values), starts, axis=1)
    return edges, np.asarray(sums / np.diff(edges))


def _heat_map(
    study: Study,
    axes: Axes,
    values: Floats,
    colours: LinearSegmentedColormap,
    text: Callable[[float], str],
) -> None:
    lanes, n = values.shape
    edges, known = _cells(values)
    top = max(1.0, float(known.max(initial=0.0)))
    axes.pcolormesh(
        edges, np.arange(lanes + 1), known / top, cmap=colours, vmin=0.0, vmax=1.0,
        edgecolors="white", linewidth=0.4,
    )  # fmt: skip
    size = min(9.5, max(7.2, 430.0 / known.shape[1]))
    for (lane, k), value in np.ndenumerate(known):
        dark = _luminance(colours(value / top)) < READABLE
        axes.text(
            (edges[k] + edges[k + 1]) / 2, lane + 0.5, text(float(value)), ha="center",
            va="center", fontsize=size, color="white" if dark else style.INK,
        )  # fmt: skip
    axes.set_ylim(lanes, 0)
    names = [style.label(name, NAME_LENGTH) for name in study.lane.groups]
    axes.set_yticks(np.arange(lanes) + 0.5, names)
    style.clock_axis(axes, study.scenario.opens_s, n)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
