"""Who gains and who loses: kinds of customers, and stretches of the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simqueue.show import words
from simqueue.show.compare_words import scale_of
from simqueue.show.reading import Stretch, stretch_text
from simqueue.study.compare import BETTER, WORSE, Comparison, Judgement, Rival

WAIT = "wait_mean_s"
MOST_STRETCHES = 3


@dataclass(frozen=True)
class Who:
    """Customers or hours for whom the wait changes by what matters, as parts of a sentence."""

    segments: tuple[str, ...]
    hours: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of them in a sentence; 'nobody that can be told' when there are none."""
        if not self.segments and not self.hours:
            return "nobody that can be told"
        return "; ".join([*self.segments, *self.hours])


def who(comparison: Comparison, rival: Rival, word: str) -> Who:
    """Who gains (`BETTER`) or loses (`WORSE`), by the mean wait by the clock."""
    segments = [
        f"{words.one_line(name)} {_brief(measures[WAIT])}"
        for name, measures in rival.groups["segment"].items()
        if WAIT in measures and _counts(measures[WAIT], word)
    ]
    return Who(tuple(segments), tuple(_hours(comparison, rival, word)))


def opposite(rival: Rival) -> list[str]:
    """Kinds of customers who do worse in feeling though they do not wait longer, or the reverse."""
    found = []
    for name, measures in rival.groups["segment"].items():
        wait, score = measures.get(WAIT), measures.get("checkout_csat")
        if wait is None or score is None:
            continue
        if {wait.word, score.word} == {BETTER, WORSE}:
            clock = "waits less" if wait.word == BETTER else "waits longer"
            feels = "likes it less" if score.word == WORSE else "likes it more"
            found.append(f"{words.one_line(name)} {clock} and {feels}")
    return found


def _brief(judgement: Judgement) -> str:
    """The change of the wait without its interval, as in '0:29 min shorter'."""
    mean = judgement.difference.mean
    return f"{words.duration(abs(mean))} min {'shorter' if mean < 0 else 'longer'}"


def _counts(judgement: Judgement, word: str) -> bool:
    return judgement.word == word and not judgement.small


def _hours(comparison: Comparison, rival: Rival, word: str) -> list[str]:
    """The stretches in which most is gained or lost, by the clock."""
    study = comparison.reference
    flags = [
        WAIT in measures and _counts(measures[WAIT], word)
        for measures in rival.groups["quarter"].values()
    ]
    per_quarter = [
        measures[WAIT].difference.mean if WAIT in measures else 0.0
        for measures in rival.groups["quarter"].values()
    ]
    ends = np.flatnonzero(np.diff([False, *flags, False]))
    stretches = [Stretch(int(a), int(b)) for a, b in zip(ends[::2], ends[1::2], strict=True)]
    weight = {s: abs(sum(per_quarter[s.first : s.end])) for s in stretches}
    largest = sorted(stretches, key=lambda s: -weight[s])[:MOST_STRETCHES]
    told = []
    for stretch in sorted(largest, key=lambda s: s.first):
        most = max(per_quarter[stretch.first : stretch.end], key=abs)
        way = "shorter" if most < 0 else "longer"
        upto = scale_of("s").size(abs(most))
        told.append(f"{stretch_text(study, stretch)}, up to {upto} min {way}")
    return told
