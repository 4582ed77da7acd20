"""The verdict on an alternative: against what, by the clock, as it feels, who, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isnan
from typing import Any, Final

from simqueue.show import words
from simqueue.show.compare_costs import cost_parts, cost_word
from simqueue.show.compare_who import opposite, who
from simqueue.show.compare_words import (
    lost_change,
    score_change,
    share_change,
    signed,
    wait_change,
)
from simqueue.show.targets import Verdict as TargetVerdict
from simqueue.show.targets import verdicts
from simqueue.study.compare import (
    BETTER,
    CANNOT_TELL,
    SAME,
    TOO_SMALL,
    WORSE,
    Comparison,
    Judgement,
    Rival,
)
from simqueue.study.study import Study
from simqueue.units import clock_text

CLOCK: Final = ("wait_mean_s", "wait_p95_s", "wait_over_5min_share")
SCORE: Final = "checkout_csat"
SCORES: Final = "points"  # its unit
LOST: Final = "lost_baskets"
NOT_CHECKED: Final = "not checked against waits timed in this shop (see: simqueue check)"
# what decides, and what is looked at when something cannot be told yet
DECIDING: Final = ("wait_mean_s", "wait_p95_s", "felt_mean_s", SCORE, "one_in_front_share")
LEAST_SAVED: Final = 1.05  # times as many days; less is told as none
_WORDS: Final = {BETTER: "better", WORSE: "worse"}


@dataclass(frozen=True)
class Verdict:
    """What is said of an alternative: one sentence, and labelled parts in their order."""

    headline: str
    parts: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """Everything as lines of text."""
        return "\n".join([self.headline, *(f"{label}: {said}" for label, said in self.parts)])

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"headline": self.headline, **dict(self.parts)}


def verdict(comparison: Comparison, rival: Rival, checked: str = "") -> Verdict:
    """The verdict on one alternative; `checked` says how a stored check of the shop came out."""
    parts: list[tuple[str, str]] = [("against", _against(comparison, rival))]
    parts += _feeling(rival, _clock(rival))
    parts += _lost(rival)
    gains, loses = (who(comparison, rival, word).text for word in (BETTER, WORSE))
    parts += [("who gains", gains), ("who loses", loses)]
    apart = opposite(rival)
    if apart:
        parts.append(("but", "; ".join(apart)))
    parts.append(("targets", _targets(comparison.reference, rival.study)))
    parts += cost_parts(comparison.reference, rival.study, comparison.matters)
    parts.append(("checked", checked or NOT_CHECKED))
    parts.append(("still open", _open(rival)))
    return Verdict(headline(comparison, rival), tuple(parts))


def headline(comparison: Comparison, rival: Rival) -> str:
    """The answer in a sentence: clock first, felt second, then what it costs."""
    name, base = (words.shortened(n, 40) for n in (rival.name, comparison.name))
    clock, felt = (_word(rival.measures.get(m)) for m in (CLOCK[0], SCORE))
    if clock == felt == CANNOT_TELL:
        said = f"{name!r} and {base!r} cannot be told apart yet"
    elif clock == felt == TOO_SMALL:
        said = f"{name!r} makes no difference to {base!r} that matters"
    elif clock == felt:
        said = f"{name!r} is {_WORDS[clock]} than {base!r}, by the clock and as it feels"
    else:
        said = f"{name!r} against {base!r}: {_side(clock)} by the clock, {_side(felt)} as it feels"
    said += _lost_word(rival)
    money = cost_word(comparison.reference, rival.study, comparison.matters)
    return f"{said}; {money}." if money else f"{said}."


def _lost_word(rival: Rival) -> str:
    """Customers lost, where their number changes by what matters; nobody asks them how it felt."""
    found = rival.measures.get(LOST)
    word = CANNOT_TELL if found is None else _word(found)
    if found is None or word not in _WORDS:
        return ""
    many = words.count(abs(found.difference.mean))
    if word == WORSE:
        return f"; but it loses {many} customers a day more"
    return f"; it loses {many} customers a day fewer"


def _word(judgement: Judgement | None) -> str:
    """Better, worse, too small to matter, or unknown, of a measure that has a better side."""
    if judgement is None:
        return CANNOT_TELL
    real = judgement.word in _WORDS
    if judgement.word in (SAME, TOO_SMALL) or (real and judgement.small):
        return TOO_SMALL
    return judgement.word if real else CANNOT_TELL


def _side(word: str) -> str:
    texts = {**_WORDS, TOO_SMALL: "no difference that matters", CANNOT_TELL: "cannot be told yet"}
    return texts[word]


def _against(comparison: Comparison, rival: Rival) -> str:
    scenario = comparison.reference.scenario
    day = f"{words.one_line(comparison.name)!r}"
    if comparison.name.casefold() != scenario.scenario.casefold():
        day += f" ({words.one_line(scenario.scenario)})"
    if not scenario.is_theory:
        closes = scenario.opens_s + scenario.length_s
        day += f", {clock_text(scenario.opens_s)} to {clock_text(closes)}"
    people = "the same customers in both"
    if not rival.same_customers:
        paths = [path for path in rival.changes if path.startswith(("arrivals", "customers"))]
        what = words.joined(paths) if paths else "arrivals or customers"
        people = f"other customers on purpose ({what})"
    runs = words.counted(comparison.days, "run" if scenario.is_theory else "simulated day")
    return f"{day}, {runs}, {people}"


def _clock(rival: Rival) -> list[tuple[str, str]]:
    told = []
    for name, label, text in (
        ("wait_mean_s", "mean wait", wait_change),
        ("wait_p95_s", "95 in 100 wait at most", wait_change),
        ("wait_over_5min_share", "wait over 5 minutes", share_change),
    ):
        found = rival.measures.get(name)
        if found is not None:
            told.append(f"{label}: {text(found)}{_remark(found)}")
    mean = rival.measures.get("wait_mean_s")
    sure = ""
    if mean is not None and not isnan(mean.p_better):
        sure = f". How sure that the mean is shorter: {words.share(mean.p_better)}"
    return [("by the clock", "; ".join(told) + sure)] if told else []


def _remark(judgement: Judgement) -> str:
    """What has to be said beside the figures; '' where they speak for themselves."""
    if judgement.word == TOO_SMALL:
        return ", too small to matter"
    if judgement.word == CANNOT_TELL:
        return ", cannot be told yet"
    return ", by too little to matter" if judgement.small and judgement.word != SAME else ""


def _feeling(rival: Rival, parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The felt part, with what days and what the psychology leave open apart."""
    told = []
    for name, label, text in (
        ("felt_mean_s", "wait as it feels", wait_change),
        (SCORE, "checkout score", score_change),
    ):
        found, felt = rival.measures.get(name), rival.felt.get(name)
        if found is None:
            continue
        said = f"{label}: {text(found)}{_remark(found)}"
        if felt is not None and found.word != SAME:
            low, high = felt.around(found.difference.mean)
            unit = found.difference.unit
            said += f", psychology {signed(low, unit)} to {signed(high, unit)}"
        told.append(said)
    if told:
        parts.append(("as it feels", "; ".join(told)))
    felt = rival.felt.get(SCORE)
    if felt is not None:
        parts.append(("forms", _forms(rival, felt.by_form)))
    return parts


def _lost(rival: Rival) -> list[tuple[str, str]]:
    """Customers lost beside the scores, which are of those who stayed; nothing where none are."""
    found, score = rival.measures.get(LOST), rival.measures.get(f"{SCORE}_all")
    if found is None or not (found.difference.reference or found.difference.alternative):
        return []
    said = f"{lost_change(found)}{_remark(found)}"
    if score is not None:
        said += f"; checkout score with them counted: {score_change(score)}{_remark(score)}"
    return [("lost", said)]


def _forms(rival: Rival, by_form: Mapping[str, float]) -> str:
    felt = rival.felt[SCORE]
    if felt.central == 0:
        return "no form of the psychology sees a difference in the checkout score"
    way = "higher" if felt.central > 0 else "lower"
    each = words.joined(f"{name} {signed(value, SCORES)}" for name, value in by_form.items())
    said = (
        f"the checkout score is {way} in {felt.forms_agreeing} of {felt.forms} forms"
        f" ({each}) and with {felt.draws_agreeing} of {felt.draws} sets of parameters"
    )
    if not isnan(rival.once_normal):
        said += f"; once people are used to it, about {signed(rival.once_normal, SCORES)}"
    return said


def _targets(reference: Study, other: Study) -> str:
    """Each target with the days on which it was met, before and after."""
    told = [
        f"{before.target.label} {before.limit_text}: {_of(after)} days, before {_of(before)}"
        for before, after in targets_of(reference, other)
    ]
    return "; ".join(told) if told else "none in the scenario"


def targets_of(reference: Study, other: Study) -> list[tuple[TargetVerdict, TargetVerdict]]:
    """How both stand to each target of the reference."""
    first = reference.scenario
    aims: dict[str, Any] = {"targets": first.targets, "benchmark_wait": first.benchmark_wait}
    same = replace(other, scenario=other.scenario.model_copy(update=aims))
    return list(zip(verdicts(reference, None), verdicts(same, None), strict=True))


def _of(verdict: TargetVerdict) -> str:
    good, of = verdict.days_on_target
    return f"{good} of {of}" if of else "not known on any of the"


def _open(rival: Rival) -> str:
    """How many more simulated days would separate the rest."""
    found = [rival.measures[name] for name in DECIDING if name in rival.measures]
    unclear = [each for each in found if each.word == CANNOT_TELL]
    if not unclear:
        return "nothing that more simulated days would tell"
    if all(each.difference.n < 2 for each in unclear):
        return "all of it: a single day says nothing of other days; simulate 20 or more"
    told = [f"{each.how.label}: {_more(each.more_days)}" for each in unclear]
    return "; ".join(told) + ". Days cannot shrink what the psychology does not know"


def _more(days: int | None) -> str:
    if days is None:
        return "no number of days would tell"
    return f"about {words.counted(_rounded(days), 'more simulated day')}"


def _rounded(days: int) -> int:
    """The number with two figures: it is a forecast."""
    digits = len(str(days)) - 2
    return days if digits <= 0 else -(-days // 10**digits) * 10**digits


def all_verdicts(comparison: Comparison, checked: str = "") -> list[Verdict]:
    """The verdict on each alternative, in their order."""
    return [verdict(comparison, rival, checked) for rival in comparison.rivals]


def in_family(comparison: Comparison) -> str:
    """How the level is held over all alternatives."""
    n = len(comparison.rivals)
    single = "Intervals: 95 %, Student t (ratios: jackknife) over paired days."
    if n == 1:
        return single
    return (
        f"{single} 'better' and 'worse' hold for all {n} alternatives together at 5 %"
        " (Holm, measure by measure)."
    )


def pairing(comparison: Comparison) -> str:
    """What it is worth that all alternatives see the same customers."""
    found = [_saved(rival) for rival in comparison.rivals if CLOCK[0] in rival.measures]
    told = [text for text in found if text]
    if not told:
        return ""
    return f"Without the same customers it would take {words.joined(told)} (mean wait)."


def _saved(rival: Rival) -> str:
    times = rival.measures[CLOCK[0]].difference.pairing
    if isnan(times) or times == float("inf"):
        return ""
    name = words.shortened(rival.name, 30)
    many = "about" if times < LEAST_SAVED else f"{words.number(times)} times"
    return f"{many} as many days for {name!r}"
