"""What an alternative costs beside the reference: per day, per year, what would reverse it."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, isinf, isnan
from types import MappingProxyType
from typing import Final

from simqueue.show import words
from simqueue.study.break_even import break_even
from simqueue.study.costs import n_machines, n_tills
from simqueue.study.interval import Estimate, interval
from simqueue.study.matters import judged
from simqueue.study.payoff import CostDifference, cost_difference, payback_months
from simqueue.study.study import Study

Limits = Mapping[str, float]
NONE: Final[Limits] = MappingProxyType({})
PER_DAY: Final = "cost_per_day"
MOST_TOLD = 4
LEAST_H = 0.1  # less waiting a day, of all customers together, has no price


def cost_word(reference: Study, other: Study, matters: Limits = NONE) -> str:
    """The cost in half a sentence; '' where nothing is counted."""
    found = cost_difference(reference, other)
    day = found.per_day
    if isnan(day.mean):
        return ""
    if too_small(reference, found, matters):
        return f"it costs the same a day, {_how_far(reference, other, found)}"
    if _open(day):
        return "whether it costs more cannot be told yet"
    way = "more" if day.mean > 0 else "less"
    cost = words.money(abs(day.mean), _currency(found))
    return f"it costs {cost} {way} a day, {_how_far(reference, other, found)}"


def _how_far(reference: Study, other: Study, found: CostDifference) -> str:
    """What one of them has more of although it is not counted; else that not everything is."""
    bought = (("machines", n_machines, "machine_cost"), ("tills", n_tills, "till_cost"))
    missing = [
        name
        for name, number, item in bought
        if item not in found.counted and number(reference.scenario) != number(other.scenario)
    ]
    return f"{' and '.join(missing)} not counted" if missing else "as far as counted"


def too_small(reference: Study, found: CostDifference, matters: Limits = NONE) -> bool:
    """Whether the cost differs by less than what matters, a share of what the reference costs."""
    before = sum(reference.day.estimate(name).mean for name in found.counted)
    return not abs(found.per_day.mean) >= judged(PER_DAY, matters).least(before)


def _open(found: Estimate) -> bool:
    """Whether days leave the sign open; a single day has no interval to hold zero."""
    return found.low <= 0 <= found.high


def cost_parts(reference: Study, other: Study, matters: Limits = NONE) -> list[tuple[str, str]]:
    """Cost a day and a year, what is not counted, and what would reverse the decision.

    `matters` replaces the smallest differences that matter.
    """
    found = cost_difference(reference, other)
    small = too_small(reference, found, matters)
    parts = [("cost", _cost(found, small, matters))]
    missing = dict.fromkeys(words.one_line(item.label) for item in found.not_counted)
    if missing:
        parts.append(("not counted", ", ".join(missing)))
    parts += _payback(reference, other)
    return [
        *parts,
        *([] if small else _price_of_waiting(reference, other, found)),
        *_reverses(reference, other, found, small),
    ]


def _price_of_waiting(
    reference: Study, other: Study, found: CostDifference
) -> list[tuple[str, str]]:
    """What an hour of waiting costs or saves, where one side pays and the other gains."""
    waited = _waited_more_h(reference, other)
    known = not isnan(found.per_day.mean) and not isnan(waited.mean)
    if not known or abs(waited.mean) < LEAST_H or _open(found.per_day) or _open(waited):
        return []
    waited_h = waited.mean
    price = -found.per_day.mean / waited_h
    if price <= 0:
        return []  # cheaper and shorter, or dearer and longer: nothing to weigh
    bought = f"{_currency(found)} {price:,.2f} an hour"
    if waited_h < 0:
        return [("trade-off", f"waiting is bought off at {bought} of customers' waiting: worth it"
                 " if that is what an hour of theirs is worth to the shop")]  # fmt: skip
    return [("trade-off", f"money is saved at {bought} of customers' waiting: worth it only if an"
             " hour of theirs is worth less to the shop")]  # fmt: skip


def _waited_more_h(reference: Study, other: Study) -> Estimate:
    """Hours a day that all customers together wait more in the other, over the days of both."""
    before, after = (s.day.totals("wait_mean_s")[0].sum(axis=1) for s in (reference, other))
    n = min(len(before), len(after))
    return interval((after[:n] - before[:n]) / 3600.0, "h")


def _reverses(
    reference: Study, other: Study, found: CostDifference, small: bool
) -> list[tuple[str, str]]:
    """The amounts of what is not counted that would turn the sign of what is."""
    if isnan(found.per_day.mean) or not found.not_counted:
        return []
    if small:
        return [("would reverse", "nothing is saved or lost: what is not counted decides")]
    if _open(found.per_day) or isnan(found.per_day.half_width):
        return [("would reverse", "more days first: the sign of the cost is not sure")]
    reverses = list(dict.fromkeys(e.text for e in break_even(reference, other) if e.reverses))
    if not reverses:
        return [("would reverse", "no amount of what is not counted")]
    more = len(reverses) - MOST_TOLD
    rest = f"; and {words.counted(more, 'other amount')}" if more > 0 else ""
    return [("would reverse", "; ".join(reverses[:MOST_TOLD]) + rest)]


def _payback(reference: Study, other: Study) -> list[tuple[str, str]]:
    """How soon the machines have paid for themselves; nothing where none are bought."""
    found = payback_months(reference, other)
    if not found.investment > 0 or isnan(found.months):
        return []
    if isinf(found.months):
        return [("pays back", "never: nothing is saved that is counted")]
    low, high = (f"{x:,.0f}" if isfinite(x) else "never" for x in (found.low, found.high))
    return [("pays back", f"after {found.months:,.0f} months ({low} to {high})")]


def _cost(found: CostDifference, small: bool, matters: Limits) -> str:
    day, year = found.per_day, found.per_year
    if isnan(day.mean):
        return "not counted: the scenario gives no costs"
    currency = _currency(found)
    way = "more" if day.mean > 0 else "less"
    if small:
        limit = judged(PER_DAY, matters).matters
        least = "one per cent" if isnan(limit) else words.money(limit, currency)
        return f"the same, to less than {least} ({currency} {day.mean:+,.2f} a day)"
    half = "" if isnan(day.half_width) else f" (+- {day.half_width:,.0f})"
    said = f"{words.money(abs(day.mean), currency)}{half} {way} a day"
    if _open(day):
        return f"{said}: cannot be told yet"
    if not isnan(year.mean):
        said += f", {words.money(abs(year.mean), currency)} a year"
    items = [
        f"{name.removesuffix('_cost').replace('_', ' ')} {each.mean:+,.0f}"
        for name, each in found.items.items()
        if not isnan(each.mean) and round(each.mean) != 0
    ]
    return f"{said} ({', '.join(items)})" if len(items) > 1 else said


def _currency(found: CostDifference) -> str:
    return words.shortened(found.currency, 6)
