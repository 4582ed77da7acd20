"""How figures look, and how they become files that are the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from simqueue.show import words
from simqueue.units import clock_text

# colours of Okabe and Ito (2008), which stay apart for all kinds of colour vision
ACTUAL = "#0072B2"
FELT = "#D55E00"
ACCENT = "#009E73"
INK = "#1f2933"
SOFT = "#6b7785"
FAINT = "#d9dee4"
TARGET = "#7a1f5c"
DPI = 150
WIDTH_IN = 9.6
BEHIND_TEXT = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1.0}
NO_GLYPH = "\u25a1"  # an empty box, for what the font cannot draw

STYLE: Any = {  # names of settings that matplotlib types one by one
    "font.family": ["DejaVu Sans"],  # comes with matplotlib: the same on every machine
    "font.size": 10.0,
    "text.color": INK,
    "text.parse_math": True,
    "text.usetex": False,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.titlesize": 11.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "grid.color": FAINT,
    "grid.linewidth": 0.8,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",  # letters as outlines: no font is needed to see them
    "svg.hashsalt": "simqueue",
    "path.simplify": True,
}


@contextmanager
def styled() -> Iterator[None]:
    """The style of this page, and nothing of the user's own settings."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def new_figure(height_in: float, width_in: float = WIDTH_IN) -> Figure:
    """An empty figure that does not belong to pyplot; lay-out is fitted when it is drawn."""
    figure = Figure(figsize=(width_in, height_in), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def render_png(figure: Figure) -> bytes:
    """The figure as PNG: fixed resolution, no software or date inside."""
    with styled():
        buffer = io.BytesIO()
        draw: Callable[..., None] = FigureCanvasAgg(figure).print_png
        draw(buffer, metadata={"Software": None})
        return buffer.getvalue()


def render_svg(figure: Figure) -> bytes:
    """The figure as SVG: fixed salt for its identifiers, no date or software inside."""
    with styled():
        buffer = io.BytesIO()
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        draw: Callable[..., None] = FigureCanvasSVG(figure).print_svg
        draw(buffer, metadata=nothing)
        return buffer.getvalue()


@cache
def _drawable() -> frozenset[int]:
    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())


def label(text: str, most: int = 200) -> str:
    """A name as it can be drawn: one line, no formulas, boxes for what the font lacks."""
    known = _drawable()
    drawn = "".join(c if ord(c) in known else NO_GLYPH for c in words.shortened(text, most))
    return drawn.replace("$", r"\$")


STEPS_S = (10, 15, 30, 60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 18000, 36000, 86400)


def minutes_axis(axes: Axes, highest_s: float) -> None:
    """Scale a vertical axis of seconds from 0, with ticks at round numbers of minutes."""
    top = max(highest_s, 30.0) * 1.12
    step = next((s for s in STEPS_S if top / s <= 7), STEPS_S[-1])
    axes.set_ylim(0.0, top)
    axes.yaxis.set_major_locator(MultipleLocator(step) if top / step <= 50 else MaxNLocator(6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.duration(value)))


def clock_axis(axes: Axes, opens_s: float, n_quarters: int, quarter_s: float = 900.0) -> None:
    """An axis of quarter hours (0 to n) with ticks at whole hours of the clock."""
    hours = n_quarters * quarter_s / 3600.0
    every = 900 if hours <= 2 else 3600 * (1 if hours <= 16 else 2)
    closes_s = opens_s + n_quarters * quarter_s
    first = -(-int(opens_s) // every) * every
    ticks = range(first, int(closes_s) + 1, every)
    axes.set_xticks([(t - opens_s) / quarter_s for t in ticks], [clock_text(t) for t in ticks])
    axes.set_xlim(0, n_quarters)


def label_at_end(axes: Axes, ends: list[tuple[float, str, str]], x: float) -> None:
    """Names of lines beside their ends, (y, text, colour) each, moved apart where they touch."""
    low, high = axes.get_ylim()
    apart = 0.062 * (high - low)
    placed = low - apart
    for y, text, colour in sorted(ends):
        placed = max(y, placed + apart * (1 + text.count("\n")))
        axes.annotate(
            text, (x, placed), xytext=(6, 0), textcoords="offset points", color=colour,
            va="center", fontsize=9, fontweight="bold", annotation_clip=False,
        )  # fmt: skip
