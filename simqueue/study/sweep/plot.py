"""A plot of a sweep: one measure over a key or over another measure, with intervals."""

from __future__ import annotations

from collections import defaultdict
from math import nan
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simqueue.study.sweep.result import Sweep

MARK = {"marker": "o", "markersize": 4, "capsize": 2, "elinewidth": 1}


def draw(
    found: Sweep, x: str, y: str, by: str | None, ax: Axes | None, options: dict[str, Any]
) -> Axes:
    """Draw it on the axes, or on new ones of pyplot."""
    from matplotlib.ticker import MaxNLocator

    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(layout="constrained")
    for label, rows in _series(found, x, y, by).items():
        xs, ys, widths = (list(part) for part in zip(*rows, strict=True))
        style = {"linestyle": "-" if _says_all(found, x, by) else "none", **MARK, **options}
        ax.errorbar(xs, ys, yerr=widths, label=label or None, **style)
    if x in found.keys and found.table.schema.field(x).type == "int64":
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel(_label(found, x))
    ax.set_ylabel(_label(found, y))
    if by is not None:
        ax.legend(title=_label(found, by))
    return ax


def _series(found: Sweep, x: str, y: str, by: str | None) -> dict[str, list[Any]]:
    """The points as (x, y, half width), sorted by x, for each value of `by`."""
    columns = found.columns(*filter(None, (x, y, by)))
    series: dict[str, list[Any]] = defaultdict(list)
    labels = columns[by] if by is not None else [""] * len(columns[y])
    widths = columns.get(f"{y} half_width", [0.0] * len(labels))
    for label, *row in zip(labels, columns[x], columns[y], widths, strict=True):
        series[str(label)].append([nan if cell is None else cell for cell in row])
    return {label: sorted(rows, key=lambda row: (str(type(row[0])), row[0]))
            for label, rows in series.items()}  # fmt: skip


def _says_all(found: Sweep, x: str, by: str | None) -> bool:
    """Whether nothing was varied beside `x` and `by`."""
    return set(found.keys) <= {x, by}


def _label(found: Sweep, name: str) -> str:
    unit = found.unit(name)
    return f"{name} ({unit})" if unit else name
