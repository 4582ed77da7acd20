"""What people and cashiers did on an average day, beyond waiting and being served.

A fact is told when the scenario models it or when it happened all the same (people find every line
full, or a till that closes sends them to another one); overtime and changes of tills only when
there were any.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np

from simqueue.show import words
from simqueue.show.reading import measured
from simqueue.show.rows import plus_minus
from simqueue.study.interval import Estimate, interval
from simqueue.study.study import Study

LEAST_HOURS = 0.05  # three minutes; less would be told as 0


@dataclass(frozen=True)
class Fact:
    """One thing that happened: as part of a sentence, and as a row with its uncertainty."""

    phrase: str
    label: str
    value: str
    days: str = ""


def what_happened(study: Study) -> str:
    """All facts in one sentence; empty when there is nothing to tell."""
    people = ", ".join(fact.phrase for fact in _people(study))
    parts = [people, *(fact.phrase for fact in _cashiers(study) if fact.phrase)]
    said = "; ".join(part for part in parts if part)
    return f"What happened a day: {said}." if said else ""


def facts(study: Study) -> list[Fact]:
    """Everything that is told, people first."""
    return [*_people(study), *_cashiers(study)]


def _people(study: Study) -> list[Fact]:
    """Customers who turned away, gave up, changed line."""
    behaviour = study.scenario.behaviour
    told = (
        ("balked", "turned away", behaviour.balk, words.count, words.count),
        ("reneged", "gave up waiting", behaviour.renege, words.count, words.count),
        ("changed_line_share", "changed line", behaviour.jockey, words.share, words.fine_share),
    )
    found = []
    for name, label, modelled, text, width in told:
        happened = _gave_up(study) if name == "reneged" else measured(study.day, name)
        if isnan(happened.mean) or (modelled is None and happened.mean == 0):
            continue
        value = text(happened.mean)
        phrase = f"{value} {label}" if happened.mean else f"nobody {label}"
        found.append(Fact(phrase, label, value, plus_minus(happened, width)))
    return found


def _gave_up(study: Study) -> Estimate:
    """Customers a day who left a line; those who could not pay are told with the stoppages."""
    if "left_for_card_share" not in study.day.units:
        return measured(study.day, "reneged")
    without_card, _ = study.day.totals("left_for_card_share")
    return interval(study.day.daily("reneged")[:, 0] - without_card[:, 0], "1")


def _cashiers(study: Study) -> list[Fact]:
    """Cashiers who were called, hours after the roster, tills opened and closed."""
    found = _calls(study)
    over = measured(study.day, "overtime_hours")
    if over.mean >= LEAST_HOURS:
        value = words.hours(over.mean)
        found.append(Fact(f"{value} overtime", "overtime", value, plus_minus(over, words.hours)))
    changes = measured(study.day, "changeovers")
    if changes.mean > 0:
        value = words.count(changes.mean)
        label = "tills opened or closed while the doors are open"
        phrase = f"{value} {'till' if value == '1' else 'tills'} opened or closed"
        found.append(Fact(phrase, label, value, plus_minus(changes, words.count)))
    return found


def _calls(study: Study) -> list[Fact]:
    called = measured(study.day, "cashiers_called")
    modelled = study.scenario.staffing.on_demand is not None
    if isnan(called.mean) or (not modelled and called.mean == 0):
        return []
    label = "calls for a cashier"
    if called.mean == 0:
        return [Fact("no cashier was called", label, "0")]
    value = words.count(called.mean)
    came = measured(study.day, "call_response_mean_s")
    after = "" if isnan(came.mean) else f", who came after {words.duration_unit(came.mean)}"
    vain = _in_vain(study)
    opened_none = f" ({words.count(vain.mean)} opened no till)" if vain.mean > 0 else ""
    noun = "call" if value == "1" else "calls"
    phrase = f"{value} {noun} for a cashier{after}{opened_none}"
    found = [Fact(phrase, label, value, plus_minus(called, words.count))]
    if after:
        days = plus_minus(came, words.duration)
        found.append(Fact("", "from a call to an open till", words.duration_unit(came.mean), days))
    if opened_none:
        found.append(
            Fact(
                "",
                "calls that opened no till",
                words.count(vain.mean),
                plus_minus(vain, words.count),
            )
        )
    return found


def _in_vain(study: Study) -> Estimate:
    """Calls a day after which nobody was free or no till was left to open."""
    called = study.day.daily("cashiers_called")[:, 0]
    if "call_response_mean_s" not in study.day.units:
        return interval(np.zeros(0))
    _, answered = study.day.totals("call_response_mean_s")
    return interval(called - answered[:, 0])
