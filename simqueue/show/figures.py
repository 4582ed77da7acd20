"""The figures of a study, ready made, and single panels for a matplotlib axes of your own."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simqueue.show import style
from simqueue.show.figure_lanes import (
    draw_minutes_waited,
    draw_people_waiting,
    draw_tills_open,
)
from simqueue.show.figure_scores import draw_checkout_score, height_in
from simqueue.show.figure_waits import draw_wait_distribution, draw_waits_over_day
from simqueue.show.style import render_png, render_svg
from simqueue.study.study import Study

__all__ = [
    "figures",
    "plot_checkout_score",
    "plot_people_waiting",
    "plot_tills_open",
    "plot_wait_distribution",
    "plot_waits_over_day",
    "render_png",
    "render_svg",
]

Draw = Callable[[Study, Axes], None]


def figures(study: Study) -> dict[str, Figure]:
    """The figures that fit the study, by the name of their file; a theory run has fewer."""
    made = {}
    if not study.scenario.is_theory:
        made["waits_over_day"] = _alone(study, draw_waits_over_day, 4.2)
        made["lanes"] = lanes_figure(study)
    made["wait_distribution"] = _alone(study, draw_wait_distribution, 3.6)
    made["checkout_score"] = _alone(study, draw_checkout_score, height_in(study))
    return made


def _alone(study: Study, draw: Draw, height: float) -> Figure:
    with style.styled():
        figure = style.new_figure(height)
        draw(study, figure.add_subplot())
        return figure


def lanes_figure(study: Study) -> Figure:
    """Tills open and people waiting, lane by lane, one above the other on one clock.

    Where there are stations, how long people wait at each place as well.
    """
    lanes = len(study.lane.groups)
    panels: list[Draw] = [draw_tills_open, draw_people_waiting]
    if study.scenario.counters:
        panels.append(draw_minutes_waited)
    with style.styled():
        figure = style.new_figure(len(panels) * (0.85 + 0.26 * max(lanes, 2)))
        for draw, axes in zip(panels, figure.subplots(len(panels), 1, sharex=True), strict=True):
            draw(study, axes)
        return figure


def _plot(study: Study, draw: Draw, ax: Axes | None, height: float) -> Axes:
    if ax is None:
        return _alone(study, draw, height).axes[0]
    draw(study, ax)
    return ax


def plot_waits_over_day(study: Study, ax: Axes | None = None) -> Axes:
    """Actual and felt wait over the day; ValueError for a theory scenario, which has no clock."""
    _needs_clock(study)
    return _plot(study, draw_waits_over_day, ax, 4.2)


def plot_wait_distribution(study: Study, ax: Axes | None = None) -> Axes:
    """How many customers wait how long."""
    return _plot(study, draw_wait_distribution, ax, 3.6)


def plot_checkout_score(study: Study, ax: Axes | None = None) -> Axes:
    """Checkout score by segment and lane, with both uncertainties."""
    return _plot(study, draw_checkout_score, ax, height_in(study))


def plot_tills_open(study: Study, ax: Axes | None = None) -> Axes:
    """Tills open by lane and quarter hour; ValueError for a theory scenario."""
    _needs_clock(study)
    return _plot(study, draw_tills_open, ax, 2.6)


def plot_people_waiting(study: Study, ax: Axes | None = None) -> Axes:
    """People waiting by lane and quarter hour; ValueError for a theory scenario."""
    _needs_clock(study)
    return _plot(study, draw_people_waiting, ax, 2.6)


def _needs_clock(study: Study) -> None:
    if study.scenario.is_theory:
        raise ValueError("a theory scenario has no clock: there is nothing to draw over the day")
