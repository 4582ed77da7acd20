"""What `simqueue compare` prints: a table for each alternative, then its verdict in words."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import Final

from simqueue.show import words
from simqueue.show.compare_verdict import (
    NOT_CHECKED,
    Verdict,
    all_verdicts,
    in_family,
    pairing,
)
from simqueue.show.compare_words import interval, said, scale_of, signed
from simqueue.show.robustness import robustness_said
from simqueue.show.screen import FEELINGS
from simqueue.study.compare import Comparison, Judgement, Rival
from simqueue.study.robustness import Robustness

SHOWN: Final = (
    "wait_mean_s",
    "wait_p95_s",
    "wait_over_5min_share",
    "felt_mean_s",
    "checkout_csat",
    "one_in_front_share",
    "lost_baskets",
    "till_hours",
    "attendant_hours",
    "staff_cost",
    "cost_per_day",
)
ONLY_IF_ANY: Final = ("lost_baskets", "attendant_hours")
WIDTHS: Final = (24, 10, 10, 8, 17)
LABEL_WIDTH: Final = 15


def screen(
    comparison: Comparison,
    verdicts: Sequence[Verdict] | None = None,
    out: Path | None = None,
    checked: str = "",
    robustness: Robustness | None = None,
) -> str:
    """The whole comparison as text for 80 columns; ends without a newline."""
    known = all_verdicts(comparison, checked) if verdicts is None else verdicts
    parts = [title(comparison)]
    for rival, verdict in zip(comparison.rivals, known, strict=True):
        parts += [table(comparison, rival), told(verdict)]
    if robustness is not None:
        parts.append(robustness_said(robustness))
    parts.append(_closing(comparison, out, checked))
    return "\n\n".join(parts)


def title(comparison: Comparison) -> str:
    """The question, how much was simulated, and the audit."""
    name = words.one_line(comparison.title or " or ".join(map(repr, comparison.names)))
    scenario = comparison.reference.scenario
    what = "run" if scenario.is_theory else "simulated day"
    each = comparison.reference.day.estimate("customers").mean
    audits = [study.audit for study in comparison.studies]
    bad = next((audit for audit in audits if not audit.ok), audits[0])
    facts = (
        f"{len(comparison.names)} alternatives   {words.counted(comparison.days, what)} each,"
        f" {each:,.0f} customers a {'run' if scenario.is_theory else 'day'}   {bad.line()}"
    )
    return words.wrapped(name) + "\n" + words.wrapped(facts)


def table(comparison: Comparison, rival: Rival) -> str:
    """The main measures of an alternative beside those of the reference."""
    head = f"{words.shortened(rival.name, 38)!r} against {words.shortened(comparison.name, 38)!r}"
    lines = [words.wrapped(head)]
    lines.append(_columns("", "before", "after", "change", "(95 %, days)"))
    lines += [_row(name, rival.measures[name]) for name in shown(rival)]
    return "\n".join(lines)


def shown(rival: Rival) -> list[str]:
    """The measures of the table: those that are known, and not those of which there is nothing."""
    known = [name for name in SHOWN if name in rival.measures]
    if _all_staff(rival):
        known.remove("cost_per_day")
    return [n for n in known if n not in ONLY_IF_ANY or _any(rival.measures[n])]


def _all_staff(rival: Rival) -> bool:
    """Whether nothing but staff is counted, so that one row tells both costs."""
    costs = [rival.measures.get(name) for name in ("staff_cost", "cost_per_day")]
    staff, total = (None if j is None else (j.difference.reference, j.difference.alternative)
                    for j in costs)  # fmt: skip
    return staff is not None and staff == total


def _any(judgement: Judgement) -> bool:
    return judgement.difference.reference != 0 or judgement.difference.alternative != 0


def _row(name: str, judgement: Judgement) -> str:
    d = judgement.difference
    value = scale_of(d.unit).value
    cells = (judgement.how.label, value(d.reference), value(d.alternative),
             signed(d.mean, d.unit), interval(judgement), said(judgement))  # fmt: skip
    return _columns(*cells)


def _columns(*cells: str) -> str:
    """The cells in columns; one that is too long pushes the rest of its line to the right."""
    placed = (f"{cell:<{width - 1}} " for cell, width in zip(cells, WIDTHS, strict=False))
    return ("".join(placed) + "".join(cells[len(WIDTHS) :])).rstrip()


def told(verdict: Verdict) -> str:
    """The verdict: the answer, and its parts under each other."""
    lines = [words.wrapped(verdict.headline)]
    for label, text in verdict.parts:
        first = f"{label + ':':<{LABEL_WIDTH - 1}} "
        lines.append(words.wrapped(first + words.one_line(text), indent=" " * LABEL_WIDTH))
    return "\n".join(lines)


def _closing(comparison: Comparison, out: Path | None, checked: str) -> str:
    lines = [words.wrapped(in_family(comparison)), words.wrapped(pairing(comparison))]
    lines.append(words.wrapped(matters_text(comparison)))
    if not checked or checked == NOT_CHECKED:
        lines.append(FEELINGS)
    if any(study.partial for study in comparison.studies):
        lines.append("Interrupted: fewer days than were asked for.")
    if out is not None:
        lines.append(f"Report: {out / 'report.html'}")
    return "\n".join(line for line in lines if line)


def matters_text(comparison: Comparison) -> str:
    """The smallest differences that matter, of the measures that are shown."""
    if not comparison.rivals:
        return ""
    rival = comparison.rivals[0]
    told = []
    for name in ("wait_mean_s", "wait_p95_s", "felt_mean_s", "checkout_csat"):
        found = rival.measures.get(name)
        if found is not None and not isnan(found.matters):
            scale = scale_of(found.difference.unit)
            size = f"{scale.size(found.matters)} {scale.unit}".strip()
            told.append(f"{found.how.label} {size}")
    return f"What matters is at least: {'; '.join(told)}." if told else ""
