"""Figures of waits: over the day, and how they are spread."""

from __future__ import annotations

from itertools import pairwise
from math import ceil

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from simqueue.show import style, words
from simqueue.show.findings import Findings, findings
from simqueue.show.reading import is_lane, lane_words, n_quarters, waits_to_pay
from simqueue.show.targets import TARGETS
from simqueue.study.study import Study
from simqueue.study.tally import Tally

Floats = NDArray[np.float64]
LEAST_DAYS = 5  # for a band of the days between the 10th and the 90th in 100
BAND = (10, 90)
BIN_STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000)
MOST_BINS = 11


def by_quarter(tally: Tally, name: str) -> tuple[Floats, Floats | None]:
    """A measure over the quarter hours: means (Q,), and the band of days (2, Q) or None."""
    means = np.array([tally.estimate(name, q).mean for q in range(len(tally.groups))])
    daily = tally.daily(name)
    if len(daily) < LEAST_DAYS:
        return means, None
    band = np.full((2, len(means)), np.nan)
    for q, values in enumerate(daily.T):
        known = values[~np.isnan(values)]
        if len(known):
            band[:, q] = np.percentile(known, BAND)
    return means, band


def draw_waits_over_day(study: Study, axes: Axes) -> None:
    """Actual and felt wait by time of arrival, the days' band, and the shop's target."""
    n = n_quarters(study)
    found = findings(study)
    highest, ends = 0.0, []
    lines = (
        ("felt_mean_s", "as it feels, mean", style.FELT),
        ("wait_mean_s", "by the clock, mean", style.ACTUAL),
    )
    for name, text, colour in lines:
        if name in study.quarter.units:
            last, top = _band_and_line(study, axes, name, colour)
            highest = max(highest, top)
            ends.append((last, text, colour))
    if "wait_p95_s" in study.quarter.units:
        p95 = by_quarter(study.quarter, "wait_p95_s")[0]
        axes.plot(np.arange(n) + 0.5, p95, color=style.SOFT, linewidth=1.2, linestyle=(0, (4, 2)))
        highest = max(highest, _highest(p95))
        ends.append((_last(p95), "95 in 100 wait at most", style.SOFT))
    limits = _wait_targets(study)
    style.minutes_axis(axes, max([highest, *(limit for limit, _ in limits)]))
    for limit, text in limits:
        axes.axhline(limit, color=style.TARGET, linewidth=1.1, linestyle=(0, (1, 1.5)))
        axes.annotate(
            text, (0, limit), xytext=(4, 4), textcoords="offset points", color=style.TARGET,
            fontsize=8.5, va="bottom", zorder=6, bbox=style.BEHIND_TEXT,
        )  # fmt: skip
    _mark_stretch(study, found, axes)
    style.clock_axis(axes, study.scenario.opens_s, n)
    style.label_at_end(axes, ends, n)
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    what = "Wait to pay" if study.scenario.counters else "Wait"
    axes.set_title(f"{what} by time of arrival, minutes")


def _band_and_line(study: Study, axes: Axes, name: str, colour: str) -> tuple[float, float]:
    """Draw a measure; its last known value, and the highest drawn."""
    means, band = by_quarter(study.quarter, name)
    at = np.arange(len(means)) + 0.5
    if band is not None:
        axes.fill_between(at, band[0], band[1], color=colour, alpha=0.18, linewidth=0)
    axes.plot(at, means, color=colour, linewidth=2.0, marker="o" if len(means) == 1 else "")
    return _last(means), max(_highest(means), 0.0 if band is None else _highest(band))


def _highest(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.max()) if known.size else 0.0


def _last(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known[-1]) if known.size else 0.0


def _wait_targets(study: Study) -> list[tuple[float, str]]:
    """Limits in seconds of targets about waits, with their words."""
    names = [n for n in ("wait_p95", "wait_p90", "wait_mean") if n in study.scenario.targets]
    return [
        (
            float(study.scenario.targets[name]),
            f"target: {TARGETS[name].label} {words.duration(study.scenario.targets[name])}",
        )
        for name in names
    ]


def _mark_stretch(study: Study, found: Findings, axes: Axes) -> None:
    """Shade the worst short stretch; nothing where the tills cope all day."""
    short = [s for s in found.short if is_lane(study, s.lane)]
    if not short:
        return
    worst = short[0]
    axes.axvspan(worst.stretch.first, worst.stretch.end, color=style.FAINT, alpha=0.5, zorder=0)
    middle = (worst.stretch.first + worst.stretch.end) / 2
    axes.annotate(
        f"{style.label(lane_words(study, worst.lane), 28)} short", (middle, axes.get_ylim()[1]),
        xytext=(0, -4), textcoords="offset points", ha="center", va="top", fontsize=8.5,
        color=style.INK,
    )  # fmt: skip


def draw_wait_distribution(study: Study, axes: Axes) -> None:
    """How many customers wait how long, those who do not wait at all apart."""
    limit = findings(study).rule.limit_s
    waits = [waits for waits in waits_to_pay(study) if len(waits)]
    where = " to pay" if study.scenario.counters else ""
    axes.set_title(f"How many customers wait how long{where}, share of all who joined a line")
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    if not waits:
        _nobody(axes)
        return
    everybody = np.concatenate(waits)
    edges = _bins(everybody, limit)
    daily = np.array([_shares(w, edges) for w in waits])
    means = _shares(everybody, edges)
    at, names = _places(edges)
    step = edges[1] - edges[0]
    late = np.array([False, *(edges >= limit - 1e-6)])
    colours = np.where(late, style.FELT, style.ACTUAL)
    axes.bar(at, means, width=0.86 * step, color=colours.tolist())
    if len(daily) >= LEAST_DAYS:
        low, high = np.percentile(daily, BAND, axis=0)
        axes.vlines(at, low, high, color=style.INK, linewidth=1.0, alpha=0.7)
        means_top = np.maximum(means, high)
    else:
        means_top = means
    for x, top, value in zip(at, means_top, means, strict=True):
        axes.annotate(
            words.share(float(value)) if value else "0", (x, top), xytext=(0, 3),
            textcoords="offset points", ha="center", va="bottom", fontsize=8.5,
        )  # fmt: skip
    axes.set_ylim(0, max(0.02, float(means_top.max())) * 1.28)
    axes.set_xticks(at, names, fontsize=9)
    axes.set_xlim(at[0] - step, at[-1] + step)
    _mark_limit(study, axes, limit, edges, float(np.mean(everybody > limit)))


def _nobody(axes: Axes) -> None:
    axes.set_xticks([])
    axes.text(0.5, 0.5, "Nobody joined a line.", ha="center", transform=axes.transAxes)


def _bins(waits: Floats, limit: float) -> Floats:
    """Edges from 0 in equal steps, of which the limit is one; shape (K + 1,).

    Steps are round, or a whole part of the limit; where waits are very much longer than the limit,
    the steps are the limit itself and the longest waits stay beyond the last edge.
    """
    reach = max(float(np.percentile(waits, 99.5)), limit * 1.2, 30.0)
    parts = [limit / k for k in range(6, 0, -1)]
    steps = [s for s in map(float, BIN_STEPS_S) if limit % s == 0] + parts
    step = next((s for s in steps if reach / s <= MOST_BINS), limit)
    bins = min(ceil(reach / step - 1e-9), MOST_BINS)
    return np.arange(bins + 1, dtype=np.float64) * step


def _shares(waits: Floats, edges: Floats) -> Floats:
    """Share with no wait, in (0, e1], (e1, e2], ..., and beyond the last edge; shape (K + 2,)."""
    place = np.searchsorted(edges, waits, side="left")  # a wait of exactly an edge stays below it
    found: Floats = np.bincount(place, minlength=len(edges) + 1) / max(1, len(waits))
    return found


def _places(edges: Floats) -> tuple[Floats, list[str]]:
    """Where the bars stand on an axis of seconds, and what is written below them."""
    step = edges[1] - edges[0]
    inner = (edges[:-1] + edges[1:]) / 2
    at = np.concatenate([[-0.8 * step], inner, [edges[-1] + 0.8 * step]])
    names = [f"{words.duration(a)}-\n{words.duration(b)}" for a, b in pairwise(edges)]
    return at, ["no\nwait", *names, f"over\n{words.duration(edges[-1])}"]


def _mark_limit(study: Study, axes: Axes, limit: float, edges: Floats, beyond: float) -> None:
    """A line at the wait limit with the share beyond it, and what the shop wants."""
    rule = findings(study).rule
    wanted = f"target: at most {words.share(rule.allowed)}"
    is_target = any(n in study.scenario.targets for n in ("wait_p95", "wait_p90", "wait_over_5min"))
    axes.axvline(limit, color=style.TARGET, linewidth=1.1, linestyle=(0, (1, 1.5)))
    text = f"{words.share(beyond)} wait over {words.duration(limit)}"
    if is_target:
        text += f"\n{wanted}"
    axes.annotate(
        text, (limit, axes.get_ylim()[1]), xytext=(5, -2), textcoords="offset points",
        color=style.TARGET, va="top", fontsize=9,
    )  # fmt: skip
