"""Figure of the checkout score: whole shop, segments, lanes, and how sure each is."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, isnan

import numpy as np
from matplotlib.axes import Axes

from simqueue.show import style, words
from simqueue.show.reading import measured
from simqueue.show.rows import SCORE, passes_scale
from simqueue.study.interval import Estimate
from simqueue.study.study import Study
from simqueue.study.tally import Tally

LEAST_SPAN = 30.0
NAME_LENGTH = 26


@dataclass(frozen=True)
class Group:
    """A row of the figure."""

    name: str
    score: Estimate
    share: float  # of the customers; nan for the whole shop
    heading: str = ""  # written above the row


def groups(study: Study) -> list[Group]:
    """The whole shop, its segments and its lanes, as far as anybody was served there."""
    found = [Group("whole shop", measured(study.day, SCORE), float("nan"))]
    for heading, tally in (("by kind of customer", study.segment), ("by lane", study.lane)):
        rows = _rows(tally)
        if len(rows) > 1:  # a single one would repeat the whole shop
            first = rows[0]
            found.append(Group(first.name, first.score, first.share, heading))
            found += rows[1:]
    return [row for row in found if not isnan(row.score.mean)]


def _rows(tally: Tally) -> list[Group]:
    if SCORE not in tally.units:
        return []
    people = _people(tally)
    scores = [(k, tally.estimate(SCORE, k)) for k in range(len(tally.groups))]
    judged = [(k, score) for k, score in scores if not isnan(score.mean)]  # stations are not
    total = sum(people[k] for k, _ in judged)
    return [
        Group(tally.groups[k], score, people[k] / total if total else float("nan"))
        for k, score in judged
    ]


def _people(tally: Tally) -> list[float]:
    if "served" not in tally.units:
        return [0.0] * len(tally.groups)
    return [float(v) for v in np.nansum(tally.daily("served"), axis=0)]


def draw_checkout_score(study: Study, axes: Axes) -> None:
    """Scores as dots with their intervals over days; the psychology's range as a band behind."""
    rows = groups(study)
    axes.set_title("Checkout score, 0-100")
    if not rows:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "Nobody was served.", ha="center", transform=axes.transAxes)
        return
    places = _places(rows)
    low, high = _limits(study, rows)
    if passes_scale(study):
        axes.set_title("Checkout score, 0-100 (latent: it may pass either end)")
    axes.set_xlim(low, high)
    axes.set_ylim(places[-1] + 0.8, -1.3)
    _psychology_band(study, axes)
    _target(study, axes)
    for row, y in zip(rows, places, strict=True):
        _draw_row(axes, row, y)
    _name_rows(axes, rows, places)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)


def _places(rows: list[Group]) -> list[float]:
    """Vertical places, with room above the rows that have a heading."""
    at, places = 0.0, []
    for row in rows:
        at += 0.9 if row.heading else 0.0
        places.append(at)
        at += 1.0
    return places


def height_in(study: Study) -> float:
    """Height of the figure that gives each row its room."""
    rows = groups(study)
    return 1.4 + 0.27 * (len(rows) + sum(bool(row.heading) for row in rows))


def _name(row: Group) -> str:
    name = style.label(row.name, NAME_LENGTH)
    return name if isnan(row.share) else f"{name}, {words.share(row.share)}"


def _name_rows(axes: Axes, rows: list[Group], places: list[float]) -> None:
    """Names beside the axis, headings above the rows they begin."""
    headings = [(y - 0.9, row.heading) for row, y in zip(rows, places, strict=True) if row.heading]
    at = [*places, *(y for y, _ in headings)]
    axes.set_yticks(at, [*(_name(row) for row in rows), *(heading for _, heading in headings)])
    for written in axes.get_yticklabels()[len(rows) :]:
        written.set(color=style.SOFT, fontweight="bold", fontsize=9)


def _draw_row(axes: Axes, row: Group, y: float) -> None:
    width = 0.0 if isnan(row.score.half_width) else row.score.half_width
    axes.hlines(y, row.score.mean - width, row.score.mean + width, color=style.INK, linewidth=3.0)
    axes.plot([row.score.mean], [y], marker="o", markersize=7, color=style.ACTUAL, zorder=5)
    sure = f" ± {width:.1f}" if width else ""
    axes.annotate(
        f"{row.score.mean:.0f}{sure}", (row.score.mean + width, y), xytext=(8, 0),
        textcoords="offset points", va="center", fontsize=9,
    )  # fmt: skip


def _limits(study: Study, rows: list[Group]) -> tuple[float, float]:
    """The part of the scale that is shown: tens that hold everything, at least thirty points."""
    values = [row.score.mean for row in rows]
    ranged = study.psychology.get(SCORE)
    if ranged is not None:
        values += [ranged.low, ranged.high]
    if SCORE in study.scenario.targets:
        values.append(study.scenario.targets[SCORE])
    low, high = floor((min(values) - 2) / 10) * 10, ceil((max(values) + 5) / 10) * 10
    if max(values) <= 100:
        high = min(high, 100)
    while high - low < LEAST_SPAN:
        low, high = low - 5, high if high == 100 else high + 5
    return low, high


def _psychology_band(study: Study, axes: Axes) -> None:
    ranged = study.psychology.get(SCORE)
    if ranged is None:
        return
    axes.axvspan(ranged.low, ranged.high, color=style.FELT, alpha=0.13, linewidth=0, zorder=0)
    axes.annotate(
        f"whole shop, range of the psychology: {ranged.low:.0f}-{ranged.high:.0f}",
        ((ranged.low + ranged.high) / 2, axes.get_ylim()[1]), xytext=(0, -3),
        textcoords="offset points", ha="center", va="top", fontsize=8.5, color=style.FELT,
    )  # fmt: skip


def _target(study: Study, axes: Axes) -> None:
    limit = study.scenario.targets.get(SCORE)
    if limit is None:
        return
    axes.axvline(limit, color=style.TARGET, linewidth=1.1, linestyle=(0, (1, 1.5)))
    axes.annotate(
        f"target {limit:g}", (limit, axes.get_ylim()[0]), xytext=(4, 3),
        textcoords="offset points", va="bottom", fontsize=8.5, color=style.TARGET,
    )  # fmt: skip
