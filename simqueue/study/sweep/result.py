"""What a sweep found: a tidy table of every measure at every point, and plots of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simqueue.fields import did_you_mean
from simqueue.study.sweep.plan import SweepPlan

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Sweep:
    """The points of a sweep that were simulated.

    `table` is an Arrow table, a row for each measure of each point, columns as in `points.csv`;
    `failed` says of points that could not be simulated why; `unsound` of points whose audit found a
    fault, which; `partial` whether the sweep was interrupted.
    """

    plan: SweepPlan
    folder: Path
    table: pa.Table
    points: int  # simulated
    failed: Mapping[int, str] = field(default_factory=dict)
    unsound: Mapping[int, Sequence[str]] = field(default_factory=dict)
    partial: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The varied keys."""
        return self.plan.keys

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures, in order of their names."""
        return tuple(sorted(set(self.table.column("measure").to_pylist())))

    def to_pandas(self) -> pd.DataFrame:
        """The table as pandas has it: point, the keys, measure, mean, half_width, n, unit, ..."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    def wide(self, *measures: str) -> pd.DataFrame:
        """A row for each point: point, the keys, and the mean of each measure (all without names).

        KeyError for a measure that there is not.
        """
        names = measures or self.measures
        for name in names:
            self._known(name, self.measures)
        frame = self.to_pandas()
        index = ["point", *self.keys]
        means = frame.set_index([*index, "measure"])["mean"].unstack("measure")
        return means[list(names)].reset_index().rename_axis(columns=None)

    def columns(self, *names: str) -> dict[str, list[Any]]:
        """Keys or measures point by point, in order of points; a measure also as name ± half width.

        KeyError for a name that is neither.
        """
        rows = self.table.to_pylist()
        first = {row["point"]: row for row in reversed(rows)}
        points = sorted(first)
        found: dict[str, list[Any]] = {}
        for name in names:
            self._known(name, (*self.keys, *self.measures))
            if name in self.keys:
                found[name] = [first[point][name] for point in points]
                continue
            of = {row["point"]: row for row in rows if row["measure"] == name}
            found[name] = [of[point]["mean"] for point in points]
            found[f"{name} half_width"] = [of[point]["half_width"] for point in points]
        return found

    def plot(
        self, x: str, y: str, by: str | None = None, ax: Axes | None = None, **options: Any  # noqa: ANN401 - handed to matplotlib
    ) -> Axes:  # fmt: skip
        """Measure `y` over `x` (a varied key or a measure) with 95 % intervals over days.

        A line joins the points where `x` (and `by`, a key that gives a line for each of its values)
        says all that was varied; else there are dots only. Returns matplotlib axes, `ax` if given.
        KeyError for a name that is neither a key nor a measure.
        """
        from simqueue.study.sweep.plot import draw

        for name in filter(None, (x, y, by)):
            self._known(name, (*self.keys, *self.measures))
        return draw(self, x, y, by, ax, options)

    def unit(self, name: str) -> str:
        """The unit of a key or measure; '' for words and plain numbers."""
        if name in self.keys:
            about = self.table.schema.field(name).metadata or {}
            unit = about.get(b"unit", b"").decode()
        else:
            at = self.table.column("measure").to_pylist().index(name)
            unit = str(self.table.column("unit")[at].as_py())
        return "" if unit == "1" else unit

    def _known(self, name: str, names: Sequence[str]) -> None:
        if name not in names:
            raise KeyError(f"{name!r}: no such column{did_you_mean(name, names)}")
