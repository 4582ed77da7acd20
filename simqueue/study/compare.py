"""Which alternative is better, by how much, and how sure: all measures, paired by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isinf, isnan
from typing import TYPE_CHECKING, Any, Final

from simqueue.scenario.comparable import ON_PURPOSE, same_customers, unlike
from simqueue.study.costs import counted
from simqueue.study.feelings import Feeling, feelings, once_normal
from simqueue.study.matters import Judged, judged
from simqueue.study.paired import LEVEL, Difference, days_needed, difference, together
from simqueue.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

# how a difference is judged
BETTER, WORSE, MORE, LESS = "better", "worse", "more", "less"
TOO_SMALL = "too small to matter"  # shown to be: the whole interval is
CANNOT_TELL = "cannot tell"
SAME = "the same"
GROUPINGS: Final = ("segment", "quarter", "lane")
TOTAL_COSTS: Final = ("cost_per_day", "cost_per_year")
BY_GROUP: Final = ("wait_mean_s", "wait_over_5min_share", "felt_mean_s", "checkout_csat")


class ComparisonError(ValueError):
    """Studies that cannot be compared; the text says why and what to do instead."""


@dataclass(frozen=True)
class Judgement:
    """A difference with its verdict: `word` is one of this page's constants.

    `small` says that what was found is less than what matters, though it may be real. `more_days`
    is how many further simulated days would probably settle what cannot be told, 0 when settled,
    None when no number of days would.
    """

    difference: Difference
    how: Judged
    matters: float
    word: str
    small: bool
    more_days: int | None

    @property
    def p_better(self) -> float:
        """How sure the alternative is better; nan where no side is."""
        return self.difference.chance(self.how.better)


@dataclass(frozen=True)
class Rival:
    """An alternative against the reference: every measure, and by segment, quarter hour, lane."""

    name: str
    study: Study
    measures: dict[str, Judgement]
    groups: dict[str, dict[str, dict[str, Judgement]]]  # grouping -> group -> measure
    felt: dict[str, Feeling]
    once_normal: float  # the checkout score's difference when people have got used to it
    same_customers: bool
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """Alternatives compared with the reference, which is the first of them, on the same days."""

    name: str  # of the reference
    reference: Study
    rivals: tuple[Rival, ...]
    days: int
    matters: Mapping[str, float] = field(default_factory=dict)
    title: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The alternatives, the reference first."""
        return (self.name, *(rival.name for rival in self.rivals))

    @property
    def studies(self) -> tuple[Study, ...]:
        """The studies that were compared, the reference first."""
        return (self.reference, *(rival.study for rival in self.rivals))

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """One row per alternative and measure, as in `to_pandas`."""
        return [
            {"alternative": rival.name, "measure": name, **row(judgement)}
            for rival in self.rivals
            for name, judgement in sorted(rival.measures.items())
        ]

    @cached_property
    def group_rows(self) -> list[dict[str, Any]]:
        """One row per alternative, grouping, group and measure."""
        return [
            {"alternative": rival.name, "grouping": grouping, "group": group, "measure": name,
             **row(judgement)}
            for rival in self.rivals
            for grouping, groups in rival.groups.items()
            for group, measures in groups.items()
            for name, judgement in measures.items()
        ]  # fmt: skip

    def to_pandas(self) -> pd.DataFrame:
        """A tidy table: alternative, measure, reference, mean, low, high, p_better, ..."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=["alternative", "measure", *ROW])

    def by_group(self) -> pd.DataFrame:
        """A tidy table of who gains and who loses: by segment, quarter hour and lane."""
        import pandas as pd

        columns = ["alternative", "grouping", "group", "measure", *ROW]
        return pd.DataFrame(self.group_rows, columns=columns)


ROW: Final = ("reference", "value", "mean", "low", "high", "low_all", "high_all", "n",
              "unit", "p", "p_all", "p_better", "matters", "word", "small", "more_days",
              "pairing")  # fmt: skip


def row(judgement: Judgement) -> dict[str, Any]:
    """A judgement as plain values, nan where there is none; keys are `ROW`."""
    d = judgement.difference
    return {
        "reference": d.reference, "value": d.alternative, "mean": d.mean,
        "low": d.low, "high": d.high,
        "low_all": d.mean - d.half_width_all, "high_all": d.mean + d.half_width_all,
        "n": d.n, "unit": d.unit, "p": d.p, "p_all": d.p_all, "p_better": judgement.p_better,
        "matters": judgement.matters, "word": judgement.word, "small": judgement.small,
        "more_days": judgement.more_days, "pairing": d.pairing,
    }  # fmt: skip


def plain_row(judgement: Judgement) -> dict[str, Any]:
    """The same for JSON, which knows no nan and no infinity."""
    return {key: _plain(value) for key, value in row(judgement).items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a number, text or nothing
    return None if isinstance(value, float) and (isnan(value) or isinf(value)) else value


def compare(
    studies: Sequence[Study],
    names: Sequence[str] = (),
    *,
    matters: Mapping[str, float] | None = None,
    on_purpose: Sequence[Iterable[str]] = (),
    title: str = "",
    changes: Sequence[Mapping[str, Any]] = (),
) -> Comparison:
    """Compare studies with the first of them, over the days that all have.

    `names` are the scenarios' unless given. `matters` replaces the smallest differences that
    matter. `on_purpose` says for each study which paths of its scenario were changed on purpose,
    so that customers may differ. Raises ComparisonError for fewer than two studies, or for studies
    whose days are not the same.
    """
    if len(studies) < 2:
        raise ComparisonError("compare: needs at least two studies, the first is the reference")
    known = _names(studies, names)
    meant = [*on_purpose, *[() for _ in studies]]
    _refuse_unlike(studies, known, meant)
    limits = dict(matters or {})
    felt, normal = feelings(studies), once_normal(studies)
    whole = _judged(studies, limits)
    groups = {grouping: _grouped(studies, grouping, limits) for grouping in GROUPINGS}
    rivals = tuple(
        Rival(
            known[k],
            studies[k],
            whole[k - 1],
            {grouping: found[k - 1] for grouping, found in groups.items()},
            felt[k - 1],
            normal[k - 1],
            same_customers(studies[0].scenario, studies[k].scenario),
            changes[k] if changes else {},
        )
        for k in range(1, len(studies))
    )
    days = min(study.replications for study in studies)
    return Comparison(known[0], studies[0], rivals, days, limits, title)


def _names(studies: Sequence[Study], names: Sequence[str]) -> list[str]:
    known = list(names) or [study.scenario.scenario for study in studies]
    if len(known) != len(studies):
        raise ComparisonError(f"names: must be one for each of the {len(studies)} studies")
    return [n if known.count(n) == 1 else f"{n} ({k + 1})" for k, n in enumerate(known)]


def _refuse_unlike(
    studies: Sequence[Study], names: Sequence[str], meant: Sequence[Iterable[str]]
) -> None:
    first = studies[0].scenario
    for k, study in enumerate(studies[1:], 1):
        for apart in unlike(first, study.scenario, on_purpose=meant[k]):
            way_out = " (say on_purpose if they shall differ)"
            raise ComparisonError(
                f"{names[k]}: {apart.told(repr(names[0]))}; days are compared one by one, so the"
                f" same customers must come{way_out if apart.place[0] in ON_PURPOSE else ''}"
            )


def _judged(studies: Sequence[Study], limits: Mapping[str, float]) -> list[dict[str, Judgement]]:
    """Every measure of the whole day that all studies have, for each but the first."""
    first, *others = (study.day for study in studies)
    found: list[dict[str, Judgement]] = [{} for _ in others]
    alike = len({counted(study.scenario) for study in studies}) == 1
    for name in sorted(first.units):
        if name in TOTAL_COSTS and not alike:
            continue  # what is counted differs: see simqueue.study.payoff.cost_difference
        if all(name in tally.units for tally in others):
            apart = together([difference(first, tally, name) for tally in others])
            for k, d in enumerate(apart):
                if not isnan(d.mean):
                    found[k][name] = judge(d, judged(name, limits), len(others))
    return found


def judge(d: Difference, how: Judged, alternatives: int = 1) -> Judgement:
    """What may be said of a difference, with the level held for all alternatives together."""
    matters = how.least(d.reference)
    sure = d.p_all < LEVEL
    small = abs(d.mean) < matters
    within = not isnan(d.half_width_all) and abs(d.mean) + d.half_width_all < matters
    if d.mean == 0 and d.spread == 0:
        word = SAME
    elif within:
        word = TOO_SMALL
    elif sure and how.better:
        word = BETTER if d.mean * how.better > 0 else WORSE
    elif sure:
        word = MORE if d.mean > 0 else LESS
    else:
        word = CANNOT_TELL
    more_days: int | None = 0
    if word == CANNOT_TELL:
        needed = days_needed(d, matters if matters == matters else 0.0, alternatives)
        more_days = None if needed is None else max(1, needed - d.n)
    return Judgement(d, how, matters, word, small, more_days)


def _grouped(
    studies: Sequence[Study], grouping: str, limits: Mapping[str, float]
) -> list[dict[str, dict[str, Judgement]]]:
    """Who gains and who loses: groups that all studies have, for each study but the first.

    The level is held for all groups and alternatives together, measure by measure.
    """
    first, *others = tallies = [getattr(study, grouping) for study in studies]
    shared = [g for g in first.groups if all(g in tally.groups for tally in tallies)]
    found: list[dict[str, dict[str, Judgement]]] = [{g: {} for g in shared} for _ in others]
    for name in BY_GROUP:
        if any(name not in tally.units for tally in tallies):
            continue
        places = [(k, group) for k in range(len(others)) for group in shared]
        apart = [
            difference(first, others[k], name, first.groups.index(g), others[k].groups.index(g))
            for k, g in places
        ]
        known = sum(not isnan(d.p) for d in apart)
        for (k, group), d in zip(places, together(apart), strict=True):
            if not isnan(d.mean):
                found[k][group][name] = judge(d, judged(name, limits), known)
    return found
