"""The table for a steady-state run: what a researcher holds against a formula."""

from __future__ import annotations

from math import isnan

from simqueue.show import words
from simqueue.show.reading import measured
from simqueue.study.interval import Estimate
from simqueue.study.study import Study
from simqueue.study.tally import Tally

MEASURES = (
    ("wait_mean_s", "wait, mean of all who joined"),
    ("wait_mean_queued_s", "wait, mean of those who waited"),
    ("wait_sd_s", "wait, standard deviation"),
    ("wait_p95_s", "wait, 95th percentile"),
    ("waited_share", "share who waited"),
    ("sojourn_mean_s", "time in system, mean"),
    ("queue_length_mean", "people waiting, time average"),
    ("people_mean", "people in system, time average"),
    ("utilisation", "utilisation"),
    ("balked_share", "share turned away"),
    ("reneged_share", "share who gave up"),
    ("changed_line_share", "share who changed line"),
    ("felt_mean_s", "wait as it feels, mean (a forecast)"),
)
ONLY_IF_ANY = ("balked_share", "reneged_share", "changed_line_share")
FULL = 0.995
LABEL_WIDTH, MEAN_WIDTH = 37, 13


def theory_screen(study: Study) -> str:
    """Means with their 95 % intervals over runs, for the whole system and for each of its lanes."""
    stations = len(study.lane.groups) > len(study.scenario.lanes)
    blocks = [_block("all lanes, stations left out" if stations else "whole system", study.day, 0)]
    if len(study.lane.groups) > 1:
        blocks += [
            _block(words.shortened(name, LABEL_WIDTH - 2), study.lane, j)
            for j, name in enumerate(study.lane.groups)
        ]
    busiest = max(
        (measured(study.lane, "utilisation", j).mean for j in range(len(study.lane.groups))),
        default=0.0,
    )
    if busiest >= FULL:
        blocks.append(
            words.wrapped(
                "Servers are occupied all the time: the queue may still grow, and then these"
                " numbers depend on the horizon."
            )
        )
    return "\n\n".join(blocks)


def _block(name: str, tally: Tally, group: int) -> str:
    lines = [name.ljust(LABEL_WIDTH) + "mean".ljust(MEAN_WIDTH) + "95 % interval over runs"]
    for measure, label in MEASURES:
        found = measured(tally, measure, group)
        if isnan(found.mean) or (measure in ONLY_IF_ANY and found.mean == 0):
            continue
        lines.append(label.ljust(LABEL_WIDTH) + _estimate(found))
    return "\n".join(lines)


def _estimate(found: Estimate) -> str:
    unit = "s" if found.unit == "s" else ""
    mean = f"{_figures(found.mean)} {unit}".strip().ljust(MEAN_WIDTH)
    if isnan(found.half_width):
        return mean.rstrip()
    return f"{mean}+- {_figures(found.half_width)} {unit}".rstrip()


def _figures(value: float) -> str:
    """Four figures, as a number people can read."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
