"""How far a choice holds, in words and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf, isnan
from typing import Final

from simqueue.scenario.variations import ABSENT, DEMAND, SHARE, Variation
from simqueue.show import words
from simqueue.show.targets import TARGETS
from simqueue.study.robustness import CHOICE, Reach, Robustness, Trial

WIDTHS: Final = (26, 12, 12)
WHAT: Final = {
    DEMAND: "customers",
    ABSENT: "cashiers",
    SHARE: "share for machines",
}
SPOKEN: Final = {DEMAND: "customers", SHARE: "people who consider the machines"}


def robustness_said(found: Robustness) -> str:
    """The table of all circumstances, and how far everything holds."""
    against, winner = (words.shortened(n, 38) for n in (found.against, found.winner))
    what = f"How far {winner!r} holds, against {against!r}"
    head = _columns(("mean wait", words.shortened(against, 10), words.shortened(winner, 10),
                     "what fails"))  # fmt: skip
    rows = [_columns(row) for row in table(found)]
    told = [words.wrapped(text) for text in sentences(found)]
    return "\n".join([words.wrapped(f"{what} ({basis(found)}):"), head, *rows, *told])


def basis(found: Robustness) -> str:
    """On what it was tried."""
    return f"{words.counted(found.days, 'simulated day')} under each circumstance, the same people"


def table(found: Robustness) -> list[tuple[str, str, str, str]]:
    """A row for each circumstance: what it is, both mean waits, and what fails."""
    return [
        (
            circumstance(each.variation) + ("" if each.asked else " (tried)"),
            words.duration_unit(each.before.mean),
            words.duration_unit(each.after.mean),
            _fails(each),
        )
        for each in in_order(found.tested)
    ]


def in_order(tested: Sequence[Trial]) -> list[Trial]:
    """As planned first, then each kind of circumstance from less to more."""
    kinds = list(WHAT)

    def place(each: Trial) -> tuple[bool, int, float]:
        variation = each.variation
        return not variation.is_nothing, kinds.index(variation.kind), variation.level

    return sorted(tested, key=place)


def circumstance(variation: Variation) -> str:
    """What is different, in words."""
    level = variation.level
    if variation.is_nothing:
        return "as planned"
    if variation.kind == ABSENT:
        return f"{words.counted(int(level), 'cashier')} absent"
    return f"{WHAT[variation.kind]} {percent(level)}"


def percent(level: float) -> str:
    """A relative change with its sign.

    >>> percent(-0.1), percent(0.2157), percent(0.0)
    ('-10 %', '+22 %', '0 %')
    """
    return f"{round(100 * level):+d} %" if round(100 * level) else "0 %"


def _fails(each: Trial) -> str:
    failed = each.fails(tuple(each.margins))
    if not failed:
        return "nothing"
    more = f", {len(failed) - 1} more" if len(failed) > 1 else ""
    return _thing(failed[0]) + more


def _thing(name: str) -> str:
    """The choice or a target, as it stands in a table."""
    if name == CHOICE:
        return "no longer the better one"
    return TARGETS[name].label if name in TARGETS else name


def sentences(found: Robustness) -> list[str]:
    """How far everything holds, along each kind of circumstance."""
    told = []
    if found.is_reference:
        told.append("No alternative is better and in nothing worse: the choice is to leave it.")
    if found.failed:
        missed = words.joined(_thing(name) for name in found.failed)
        told.append(f"Fails already as planned, and is left out below: {missed}.")
    told += [reach_said(found, reach) for reach in found.reaches]
    if any(reach.kind == ABSENT for reach in found.reaches):
        told.append("Absent cashiers are missing where most tills are open; each lane keeps its"
                    " last one, and those on call stay.")  # fmt: skip
    return told


def reach_said(found: Robustness, reach: Reach) -> str:
    """One direction in a sentence, as in 'Holds up to +14 % customers'."""
    if reach.kind == ABSENT:
        return _absent_said(found, reach)
    way = "up" if reach.tested > 0 else "down"
    what = f"Holds {way} to {{}} {SPOKEN[reach.kind]}"
    if not reach.first:
        sure = abs(reach.low) >= abs(reach.tested)
        tail = "" if sure else f" (by the 95 % range over days: to {percent(reach.low)})"
        return f"{what.format(percent(reach.tested))}, as far as was tried{tail}."
    high = "beyond what was tried" if isinf(reach.high) else percent(reach.high)
    return (
        f"{what.format(percent(reach.level))} (95 % range over days: {percent(reach.low)} to"
        f" {high}); what fails first: {_thing(reach.first)}."
    )


def _absent_said(found: Robustness, reach: Reach) -> str:
    level, tested = int(reach.level), int(reach.tested)
    if not reach.first:
        return f"Holds with {words.counted(tested, 'cashier')} absent, as far as was tried."
    first = f"; what fails first: {_thing(reach.first)}."
    if level == 0:
        fewest = min(t.variation.level for t in found.tested
                     if t.variation.kind == ABSENT and not t.variation.is_nothing)  # fmt: skip
        return f"Does not hold with {words.counted(int(fewest), 'cashier')} absent{first}"
    return f"Holds with {words.counted(level, 'cashier')} absent{first}"


CSV_HEAD: Final = ("kind", "level", "asked", "what", "margin", "half_width", "unit", "holds",
                   "wait_mean_s", "wait_mean_before_s")  # fmt: skip


def csv_rows(found: Robustness) -> list[tuple[object, ...]]:
    """A row for each circumstance and each thing that should hold."""
    return [
        (each.variation.kind, each.variation.level, int(each.asked), name, margin.mean,
         "" if isnan(margin.half_width) else margin.half_width, margin.unit, int(margin.mean > 0),
         each.after.mean, each.before.mean)
        for each in in_order(found.tested)
        for name, margin in each.margins.items()
    ]  # fmt: skip


def _columns(cells: Sequence[str]) -> str:
    placed = (f"{cell:<{width - 1}} " for cell, width in zip(cells, WIDTHS, strict=False))
    return ("".join(placed) + "".join(cells[len(WIDTHS) :])).rstrip()
