"""Stoppages in words: when nothing worked, for whom, who was told why, and what it took to recover.

An outage is told in the answer, everything else in a sentence of its own. The lines have
*recovered* when the short stretch that the outage falls into is over; a stretch in which nothing
moved for less than a hundredth of the minutes waited is not put down to it.
"""

from __future__ import annotations

from math import isnan

from simqueue.shop.stoppages import OutageSpec
from simqueue.show import words
from simqueue.show.happened import Fact
from simqueue.show.reading import clock_at, measured, n_quarters, still_part
from simqueue.show.rows import plus_minus
from simqueue.show.stretches import ShortStretch, at_tills
from simqueue.study.study import QUARTER_S, Study
from simqueue.units import clock_text

LEAST_HOURS = 0.05
MUCH_STILL = 0.1  # of the minutes waited: less is not what to look at
LEAST_STILL = 0.01  # less has nothing to do with it


def stood_still(study: Study, short: list[ShortStretch]) -> list[str]:
    """A sentence on each outage: from when to when, who left, and when the lines recovered."""
    return [_outage(study, outage, short) for outage in study.scenario.outages]


def _outage(study: Study, outage: OutageSpec, short: list[ShortStretch]) -> str:
    ends = outage.at + outage.lasts_s
    when = f"From {clock_text(outage.at)} to {clock_text(ends)}"
    said = f"{when} no {'till works' if outage.what == 'all' else 'card is taken'}"
    said += ", and people are told why" if _told(study, outage) else ", and nobody is told why"
    until = _recovered(study, outage, short)
    if until == clock_at(study, n_quarters(study)):
        said += "; the lines do not recover before closing"
    elif until:
        said += f"; the lines need until {until} to recover"
    return said + (_leavers(study) if outage.without_card == "leaves" else "") + "."


def _told(study: Study, outage: OutageSpec) -> bool:
    return outage.explained or study.scenario.experience.stoppages_explained


def _leavers(study: Study) -> str:
    """How many a day leave because no card is taken."""
    share = measured(study.day, "left_for_card_share").mean
    if isnan(share) or not share > 0:
        return ""
    lost = words.count(share * measured(study.day, "customers").mean)
    return f"; {lost} {'customer leaves his' if lost == '1' else 'customers leave their'} shopping"


def _recovered(study: Study, outage: OutageSpec, short: list[ShortStretch]) -> str:
    """The clock time at which no lane is short any more because of it; '' if none became short."""
    opens = study.scenario.opens_s
    first = int((outage.at - opens) // QUARTER_S)
    last = (outage.at + outage.lasts_s - opens) / QUARTER_S
    after = [
        s.stretch.end
        for s in at_tills(study, short)
        if s.stretch.first <= last
        and s.stretch.end > max(first, last)
        and still_part(study, s.lane, s.stretch) >= LEAST_STILL
    ]
    return clock_at(study, max(after)) if after else ""


def stoppages_said(study: Study) -> str:
    """For whom something stood still, and what went wrong, in one line; '' where nothing can."""
    parts = [fact.phrase for fact in stoppage_facts(study) if fact.phrase]
    return f"Stoppages: {'; '.join(parts)}." if parts else ""


def stoppage_facts(study: Study) -> list[Fact]:
    """Everything that is told of stoppages, what customers met first; empty where nothing can."""
    return [*_met(study), *_breakdowns(study), *_shares(study)]


def _met(study: Study) -> list[Fact]:
    """Who met a stoppage, for how long, and who was not told why."""
    share = measured(study.day, "stoppage_share")
    if isnan(share.mean):
        return []
    if not share.mean > 0:
        return [Fact("nobody sees a line or a till stand still", "met a stoppage", "0 %")]
    who = words.customers_in(share.mean)
    sees = words.verb(who, "sees", "see")
    untold = measured(study.day, "stoppage_unexplained_share")
    told = f", {_untold(untold.mean / share.mean)} told why"
    queue = measured(study.day, "stoppage_in_queue_mean_s")
    till = measured(study.day, "stoppage_at_till_mean_s")
    seconds = f"{words.duration_unit(queue.mean)} a customer in line"
    seconds += f" and {words.duration_unit(till.mean)} at the till"
    return [
        Fact(
            f"{who} {sees} the line or the till stand still{told} ({seconds})",
            "met a stoppage in line or at the till",
            words.share(share.mean),
            plus_minus(share, words.fine_share),
        ),
        Fact("", "of all, met one and were not told why", words.share(untold.mean),
             plus_minus(untold, words.fine_share)),
        Fact("", "in line while nothing moved, per customer", words.duration_unit(queue.mean),
             plus_minus(queue, words.duration)),
        Fact("", "at the till while nothing moved, per customer", words.duration_unit(till.mean),
             plus_minus(till, words.duration)),
    ]  # fmt: skip


def _untold(part: float) -> str:
    """Which part of them was told why, as the beginning of 'told why'."""
    if part >= 0.995:
        return "none of them"
    return "all of them" if part <= 0.005 else f"{words.share(1 - part)} of them"


def _breakdowns(study: Study) -> list[Fact]:
    """How often tills and machines broke down, and for how long."""
    found = []
    number, hours = measured(study.day, "breakdowns"), measured(study.day, "broken_hours")
    phrase = ""
    if not isnan(number.mean):
        value = words.count(number.mean)
        phrase = f"{value} {'breakdown' if value == '1' else 'breakdowns'} a day"
        days = plus_minus(number, words.count)
        found.append(Fact("", "breakdowns", words.count(number.mean), days))
    if hours.mean >= LEAST_HOURS:
        phrase += f"{', ' if phrase else ''}{words.hours(hours.mean)} of open tills and machines"
        phrase += " out of order"
        days = plus_minus(hours, words.hours)
        label = "open tills and machines out of order"
        found.append(Fact("", label, words.hours(hours.mean), days))
    return [Fact(phrase, *_plain(found[0])), *found[1:]] if found else []


def _plain(fact: Fact) -> tuple[str, str, str]:
    return fact.label, fact.value, fact.days


def _shares(study: Study) -> list[Fact]:
    """Checks and failures, as shares of those they can happen to."""
    lanes = [x for x in study.scenario.lanes if x.sends_failed_to is not None]
    fails = words.joined(words.one_line(lane.name) for lane in lanes) if lanes else ""
    ages = any(segment.age_check > 0 for segment in study.scenario.customers)
    checked = f"own scanning checked by staff{', or an age' if ages else ''}"
    told = (
        ("sent_on_share", "{} are sent on by a breakdown", "sent on by a breakdown"),
        (
            "price_check_share",
            "a price asked for {} of customers at tills",
            "price checks at tills",
        ),
        ("failed_share", "{} of payments at " + fails + " fail", f"payments at {fails} that fail"),
        ("recheck_share", "{} of " + checked, checked),
        ("left_for_card_share", "{} leave for want of a card", "left for want of a card"),
    )
    found = []
    for name, phrase, label in told:
        share = measured(study.day, name)
        if not isnan(share.mean):
            value = words.share(share.mean)
            days = plus_minus(share, words.fine_share)
            found.append(Fact(phrase.replace("{}", value, 1), label, value, days))
    return found
