"""`simqueue.compare`: studies compared in Python, with their verdict and their plots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simqueue.scenario.study_values import AMOUNTS, matter
from simqueue.study import compare as paired
from simqueue.study.compare import Comparison, ComparisonError
from simqueue.study.matters import JUDGED
from simqueue.study.study import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simqueue.show.compare_verdict import Verdict


@dataclass(frozen=True)
class Compared(Comparison):
    """A comparison that prints itself, tells its verdicts and draws its differences."""

    def verdicts(self) -> dict[str, Verdict]:
        """The verdict on each alternative, by its name."""
        from simqueue.show.compare_verdict import all_verdicts

        return dict(zip(self.names[1:], all_verdicts(self), strict=True))

    def __str__(self) -> str:
        from simqueue.show.compare_screen import screen

        return screen(self)

    def plot(self, measure: str = "wait_mean_s", ax: Axes | None = None) -> Axes:
        """Differences of a measure with their intervals, an alternative in each row."""
        from simqueue.show.compare_figures import draw_differences

        if not any(measure in rival.measures for rival in self.rivals):
            raise KeyError(f"no measure {measure!r} in this comparison")
        return _drawn(ax, 1.2 + 0.4 * len(self.rivals), lambda axes: draw_differences(
            self, measure, axes))  # fmt: skip

    def plot_day(self, ax: Axes | None = None) -> Axes:
        """Change of the mean wait over the day; ValueError for theory scenarios."""
        from simqueue.show.compare_figures import draw_over_day

        if self.reference.scenario.is_theory:
            raise ValueError("a theory scenario has no clock: there is nothing to draw over it")
        return _drawn(ax, 3.6, lambda axes: draw_over_day(self, axes))


def _drawn(ax: Axes | None, height_in: float, draw: Any) -> Axes:  # noqa: ANN401 - a function
    from simqueue.show import style

    if ax is not None:
        draw(ax)
        return ax
    with style.styled():
        axes = style.new_figure(height_in).add_subplot()
        draw(axes)
        return axes


def compare(
    *studies: Study,
    names: Sequence[str] = (),
    matters: Mapping[str, str | float] | None = None,
    on_purpose: Iterable[str] = (),
    title: str = "",
) -> Compared:
    """Compare studies with the first one: paired by day, because the customers are the same.

    `names` are the scenarios' unless given. `matters` sets the smallest differences that matter, as
    in {"wait_mean": "10 s"}. `on_purpose` names what of the customers differs on purpose, as in
    ["arrivals.customers_per_day"]. Raises ComparisonError for fewer than two studies or for studies
    of other customers, ValueError for an unknown measure or amount in `matters`.
    """
    strange = [each for each in studies if not isinstance(each, Study)]
    if strange:
        kind = type(strange[0]).__name__
        raise ComparisonError(f"compare: needs studies, as in sq.compare(one, two) (got a {kind})")
    meant = [tuple(on_purpose) for _ in studies]
    changes = [dict.fromkeys(paths) for paths in meant]
    found = paired.compare(
        studies, names, matters=_amounts(matters or {}), on_purpose=meant, title=title,
        changes=changes,
    )  # fmt: skip
    return of(found)


def of(comparison: Comparison) -> Compared:
    """The same comparison, able to print and draw itself."""
    return Compared(**vars(comparison))


def _amounts(matters: Mapping[str, str | float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, amount in matters.items():
        if name in AMOUNTS:
            # a plain number is in the unit that the program keeps
            text = isinstance(amount, str)
            try:
                found[name] = matter(name, amount) if text else float(amount)
            except ValueError as error:
                raise ValueError(f"matters: {name}: {error} (got {amount!r})") from None
        elif name in JUDGED:
            found[name] = float(amount)
        else:
            raise ValueError(f"matters: no measure {name!r}")
    return found


__all__ = ["Compared", "ComparisonError", "compare", "of"]
