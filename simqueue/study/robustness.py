"""How far the choice of a comparison holds: more customers, absent cashiers, fewer at machines.

The chosen lay-out and the one it is set against are simulated again under each circumstance, on the
same few days with the same people. What held as planned may fail: that the choice is the better
one, or a target of the shop. Between a circumstance under which everything holds and one under
which something fails, the limit is looked for by interpolation and by testing there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf, isnan, nan
from typing import Any, Final

from simqueue.scenario import Scenario
from simqueue.scenario.study_file import RobustnessSpec
from simqueue.scenario.variations import ABSENT, DEMAND, Variation, variations, varied
from simqueue.study.compare import BETTER, WORSE, Comparison, Rival
from simqueue.study.interval import Estimate
from simqueue.study.matters import JUDGED
from simqueue.study.paired import difference
from simqueue.study.study import Study
from simqueue.study.targets import AIMS
from simqueue.study.together import run_together

DAYS: Final = 10  # under each circumstance; enough because the days are the same ones
FURTHEST: Final = 0.5  # more customers than half as many again are not looked for
CLOSE: Final = 0.01  # the limit is looked for until it is known to a hundredth
TRIES: Final = 5
CHOICE: Final = "choice"
WAIT, SCORE = "wait_mean_s", "checkout_csat"
Tester = Callable[[Variation], "Trial"]


@dataclass(frozen=True)
class Trial:
    """One circumstance: by how much each thing that should hold does (below 0: it fails)."""

    variation: Variation
    before: Estimate  # mean wait of the lay-out it is set against
    after: Estimate  # mean wait of the chosen one
    margins: dict[str, Estimate]  # `CHOICE` or the name of a target -> margin, in its unit
    asked: bool = True  # whether the study named it; else it was tried to find the limit

    def fails(self, among: Sequence[str]) -> list[str]:
        """What does not hold, in order."""
        return [name for name in among if not self.margins[name].mean > 0]


@dataclass(frozen=True)
class Reach:
    """How far everything holds along one kind of circumstance, in one direction.

    Everything holds up to `level`; its 95 % range over days is `low` to `high`, inf where it goes
    on beyond what was tested. `first` is what fails then, '' when nothing did up to `tested`.
    """

    kind: str
    level: float
    low: float
    high: float
    first: str
    tested: float


@dataclass(frozen=True)
class Robustness:
    """The choice under all circumstances that a study asks for."""

    winner: str
    against: str
    is_reference: bool  # nothing was better: the choice is to leave things as they are
    measure: str  # by which the choice is the better one
    days: int
    seed: int
    held: tuple[str, ...]  # what holds as planned
    failed: tuple[str, ...]  # what fails already as planned
    tested: tuple[Trial, ...]
    reaches: tuple[Reach, ...]

    def plain(self) -> dict[str, Any]:
        """For JSON, which knows neither nan nor infinity."""
        return {
            "winner": self.winner,
            "against": self.against,
            "by": self.measure,
            "days": self.days,
            "holds_as_planned": list(self.held),
            "fails_as_planned": list(self.failed),
            "circumstances": [_plain_tested(each) for each in self.tested],
            "holds_up_to": [
                {"kind": r.kind, "level": _number(r.level), "low": _number(r.low),
                 "high": _number(r.high), "fails_first": r.first, "tested_to": _number(r.tested)}
                for r in self.reaches
            ],
        }  # fmt: skip


def _plain_tested(each: Trial) -> dict[str, Any]:
    return {
        "kind": each.variation.kind,
        "level": each.variation.level,
        "asked": each.asked,
        "wait_mean_before_s": _number(each.before.mean),
        "wait_mean_s": _number(each.after.mean),
        "margins": {
            name: {"mean": _number(m.mean), "half_width": _number(m.half_width), "unit": m.unit}
            for name, m in each.margins.items()
        },
    }


def _number(value: float) -> float | None:
    return None if isnan(value) or value in (inf, -inf) else float(value)


@dataclass(frozen=True)
class Choice:
    """Which lay-out a comparison speaks for, against which other, by which measure."""

    winner: Study
    against: Study
    names: tuple[str, str]
    measure: str
    is_reference: bool
    matters: float = 0.0


def chosen(comparison: Comparison) -> Choice:
    """The alternative with the shortest wait among those that are better and in nothing worse.

    Better by the clock or as it feels, by more than chance and by what matters. Without one, the
    choice is the reference, set against the alternative with the shortest wait.
    """
    good = [rival for rival in comparison.rivals if _word(rival, WAIT) != WORSE
            and _word(rival, SCORE) != WORSE
            and BETTER in (_word(rival, WAIT), _word(rival, SCORE))]  # fmt: skip
    if good:
        best = min(good, key=_wait)
        measure = WAIT if _word(best, WAIT) == BETTER else SCORE
        names = (best.name, comparison.name)
        return Choice(best.study, comparison.reference, names, measure, is_reference=False)
    best = min(comparison.rivals, key=_wait)
    matters = best.measures[WAIT].matters if WAIT in best.measures else nan
    return Choice(comparison.reference, best.study, (comparison.name, best.name), WAIT,
                  is_reference=True, matters=matters)  # fmt: skip


def _word(rival: Rival, measure: str) -> str:
    """Better or worse, where that is sure and matters; else ''."""
    found = rival.measures.get(measure)
    return "" if found is None or found.small else found.word


def _wait(rival: Rival) -> float:
    found = rival.measures.get(WAIT)
    return inf if found is None else found.difference.mean


def robustness(
    comparison: Comparison,
    spec: RobustnessSpec,
    *,
    engine: str = "auto",
    days: int = DAYS,
    progress: Callable[[Variation], None] | None = None,
) -> Robustness:
    """The choice of a comparison under every circumstance that the study asks for.

    Each is simulated on the first `days` days of the comparison, for the choice and for what it is
    set against. ValueError when a circumstance makes no sense for the shop.
    """
    choice = chosen(comparison)
    days = min(days, comparison.days)
    pair = (choice.against.scenario, choice.winner.scenario)

    def test(variation: Variation, asked: bool = False) -> Trial:
        if progress is not None:
            progress(variation)
        return _tested(choice, _pair(choice, pair, variation, days, engine), variation, asked)

    planned = test(Variation(DEMAND, 0.0), asked=True)
    held = tuple(name for name, margin in planned.margins.items() if margin.mean > 0)
    failed = tuple(name for name, margin in planned.margins.items() if margin.mean <= 0)
    found: list[Trial] = [planned]
    for _, variation in variations(spec):
        if not variation.is_nothing:
            found.append(test(variation, asked=True))
    reaches: list[Reach] = []
    for kind, side in _sides(found):
        along = [planned, *(t for t in found if _is(t.variation, kind, side))]
        more = list(_looked_for(along, kind, side, held, test)) if held else []
        found += more
        reaches.append(reach([*along, *more], kind, side, held))
    return Robustness(
        *choice.names, choice.is_reference, choice.measure, days, pair[0].seed, held, failed,
        tuple(found), tuple(reaches) if held else (),
    )  # fmt: skip


def _pair(
    choice: Choice,
    pair: tuple[Scenario, Scenario],
    variation: Variation,
    days: int,
    engine: str,
) -> list[Study]:
    """Both lay-outs on the same days; as planned they are known already."""
    if variation.is_nothing:
        known = [choice.against.records, choice.winner.records]
        if all(len(records) >= days for records in known):
            from simqueue.study.run import run

            both = zip(pair, known, strict=True)
            return [run(s, days, keep=0, engine=engine, known=records[:days])
                    for s, records in both]  # fmt: skip
    scenarios = [varied(scenario, variation) for scenario in pair]
    studies = run_together(scenarios, days, engine=engine)
    if studies[0].replications < days:
        raise KeyboardInterrupt
    return studies


def _tested(choice: Choice, studies: Sequence[Study], variation: Variation, asked: bool) -> Trial:
    against, winner = studies
    apart = difference(against.day, winner.day, choice.measure)
    better = JUDGED[choice.measure].better
    gain = better * apart.mean
    if choice.is_reference:  # it stays the choice while the other is not better by what matters
        gain = choice.matters + gain
    margins = {CHOICE: Estimate(gain, apart.half_width, apart.n, apart.unit)}
    for name, limit in winner.scenario.targets.items():
        aim = AIMS[name]
        if aim.measure not in winner.day.units:
            continue
        value = winner.day.estimate(aim.measure)
        room = limit - value.mean if aim.at_most else value.mean - limit
        if not isnan(room):
            margins[name] = Estimate(room, value.half_width, value.n, value.unit)
    before, after = (study.day.estimate(WAIT) for study in studies)
    return Trial(variation, before, after, margins, asked)


def _sides(found: Sequence[Trial]) -> list[tuple[str, int]]:
    """The kinds of circumstances that were tested, with their directions."""
    kinds = [(t.variation.kind, 1 if t.variation.level > 0 else -1) for t in found[1:]]
    return list(dict.fromkeys(kinds))


def _is(variation: Variation, kind: str, side: int) -> bool:
    return variation.kind == kind and variation.level * side > 0


def _looked_for(
    along: Sequence[Trial], kind: str, side: int, held: Sequence[str], test: Tester
) -> Iterator[Trial]:
    """More circumstances tested where the limit must lie; beyond what was asked for customers."""
    known = _in_order(along)
    if kind == ABSENT:
        return
    while kind == DEMAND and side > 0 and not _first_failure(known, held):
        level = min(FURTHEST, 2 * known[-1].variation.level)
        if level <= known[-1].variation.level:
            return
        known = _in_order([*known, test(Variation(kind, level))])
        yield known[-1]
    for _ in range(TRIES):
        k = _first_failure(known, held)
        if not k:
            return
        below, above = known[k - 1], known[k]
        apart = abs(above.variation.level - below.variation.level)
        if apart <= CLOSE:
            return
        at = min(_root(below, above, name) for name in above.fails(held))
        at = min(0.8, max(0.2, at))  # an end of the bracket would teach nothing
        level = below.variation.level + at * (above.variation.level - below.variation.level)
        made = test(Variation(kind, round(level, 4)))
        known = _in_order([*known, made])
        yield made


def _in_order(along: Sequence[Trial]) -> list[Trial]:
    return sorted(along, key=lambda each: abs(each.variation.level))


def _first_failure(known: Sequence[Trial], held: Sequence[str]) -> int:
    """The place of the first circumstance under which something fails; 0 = none does."""
    return next((k for k, each in enumerate(known) if each.fails(held)), 0)


def _root(below: Trial, above: Trial, name: str, shift: float = 0.0) -> float:
    """Where between two circumstances a margin is used up, as a share of the way.

    `shift` moves the margins by so many half widths.
    """
    mine, theirs = (t.margins[name].mean + shift * t.margins[name].half_width
                    for t in (below, above))  # fmt: skip
    return mine / (mine - theirs) if mine > theirs else 0.0


def reach(along: Sequence[Trial], kind: str, side: int, held: Sequence[str]) -> Reach:
    """How far everything holds along circumstances of one kind and direction, as planned first.

    Between tested levels margins are taken to go straight. The range is where the ends of the
    margins' 95 % intervals are used up. Numbers of cashiers are whole: the last with which
    everything holds.
    """
    known = _in_order(along)
    furthest = known[-1].variation.level
    k = _first_failure(known, held)
    if not k:
        return Reach(kind, furthest, _end(known, held, -1.0), side * inf, "", furthest)
    below, above = known[k - 1], known[k]
    names = above.fails(held)
    first = min(names, key=lambda name: _root(below, above, name))
    if kind == ABSENT:
        level = below.variation.level
        return Reach(kind, level, level, level, first, furthest)
    return Reach(kind, _end(known, held, 0.0), _end(known, held, -1.0), _end(known, held, 1.0),
                 first, furthest)  # fmt: skip


def _end(known: Sequence[Trial], held: Sequence[str], shift: float) -> float:
    """Where the first of the margins, moved by so many half widths, is used up."""
    ends = [_end_of(known, name, shift) for name in held]
    return min(ends, key=abs)


def _end_of(known: Sequence[Trial], name: str, shift: float) -> float:
    for k, each in enumerate(known):
        margin = each.margins[name]
        if margin.mean + shift * margin.half_width > 0:
            continue
        if k == 0:
            return 0.0
        below = known[k - 1].variation.level
        at = _root(known[k - 1], each, name, shift)
        return below + at * (each.variation.level - below)
    furthest = known[-1].variation.level
    return inf if furthest > 0 else -inf
