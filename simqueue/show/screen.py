"""The first screen after a run: plain text for 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simqueue.show import words
from simqueue.show.findings import Findings, findings
from simqueue.show.happened import what_happened
from simqueue.show.precision import precision_said
from simqueue.show.reading import measured
from simqueue.show.rows import LATENT, Row, passes_scale, rows
from simqueue.show.stations import HEAD, station_rows, visit_said
from simqueue.show.stood_still import stoppages_said
from simqueue.show.targets import Verdict
from simqueue.show.theory_screen import theory_screen
from simqueue.show.trade import costs_said, segments_said, trade_said
from simqueue.study.study import Study

FEELINGS = "Feelings are forecast from published studies, not measured in your shop."
ROW_WIDTHS = (24, 12, 14, 13)
TARGET_WIDTHS = (23, 10, 15, 15, 10)
STATION_WIDTHS = (24, 9, 12, 12, 12)
NAME_LENGTH = STATION_WIDTHS[0] - 1


def first_screen(study: Study, report_path: Path | None, next_command: str) -> str:
    """What a run found: the answer, the figures with how sure they are, where to look, what next.

    `report_path` None when no report was written; `next_command` may be empty. Ends with a newline.
    """
    found = findings(study)
    parts = [title(study)]
    if study.scenario.is_theory:
        parts.append(theory_screen(study))
    else:
        parts += _shop(study, found)
    parts.append(precision_said(study))
    parts.append(_closing(study, found, report_path, next_command))
    return "\n\n".join(part for part in parts if part) + "\n"


def _shop(study: Study, found: Findings) -> list[str]:
    parts = [words.wrapped(" ".join(found.answer))]
    if found.stretch is None or not measured(study.day, "customers").mean > 0:
        return parts
    table = rows(study, found.stretch)
    parts.append(_table(table, found.column) + "\n" + words.wrapped(how_sure(study)))
    parts.append(_stations(study))
    happened = (what_happened(study), stoppages_said(study))
    parts.append("\n".join(words.wrapped(said) for said in happened if said))
    told = (words.wrapped(said) for said in (trade_said(study), costs_said(study)) if said)
    parts.append("\n".join(told))
    if found.targets:
        missed = words.wrapped(segments_said(study, found.targets))
        parts.append("\n".join(part for part in (_targets(found), missed) if part))
    return parts


def title(study: Study) -> str:
    """The scenario's name, how much was simulated, and the audit."""
    name = words.one_line(study.scenario.scenario)
    each = measured(study.day, "customers").mean
    what = "run" if study.scenario.is_theory else "simulated day"
    simulated = f"{words.counted(study.replications, what)}, {each:,.0f} customers each"
    facts = f"{simulated}   {study.audit.line()}"
    line = f"{name}{' ' * max(8, 24 - len(name))}{facts}"
    return line if len(line) <= words.WIDTH else words.wrapped(name) + "\n" + words.wrapped(facts)


def _table(table: list[Row], then: str) -> str:
    lines = [
        " " * sum(ROW_WIDTHS[:3]) + "how sure",
        _columns(ROW_WIDTHS, "", "whole day", then, "(days)", "(psychology)"),
    ]
    for row in table:
        if row.remark:
            lines.append(_columns(ROW_WIDTHS, row.label, row.remark))
        else:
            cells = (row.label, row.whole, row.then, row.days, row.psychology)
            lines.append(_columns(ROW_WIDTHS, *cells))
    return "\n".join(lines)


def _columns(widths: Sequence[int], *cells: str) -> str:
    """The cells in columns; one that is too long pushes the rest of its line to the right."""
    placed = (f"{cell:<{width - 1}} " for cell, width in zip(cells, widths, strict=False))
    return ("".join(placed) + "".join(cells[len(widths) :])).rstrip()


def how_sure(study: Study) -> str:
    """What the two kinds of ranges mean; empty where there is neither."""
    said = []
    if study.replications > 1:
        what = "run" if study.scenario.is_theory else "simulated day"
        over = words.counted(study.replications, what)
        said.append(f"(days): 95 % interval over {over}.")
    judged = next(iter(study.psychology.values()), None)
    if judged is not None:
        text = f"(psychology): 5-95 % over {judged.draws} draws from published ranges"
        if judged.customers < judged.of_customers:
            text += f", judging {judged.customers:,} of {judged.of_customers:,} customers"
        said.append(text + ".")
    if passes_scale(study):
        said.append(LATENT)
    return " ".join(said)


def _stations(study: Study) -> str:
    """The stations as a table, and what they add to a visit; empty where there are none."""
    found = station_rows(study)
    if not found:
        return ""
    shown = [(words.shortened(row.name, NAME_LENGTH), *row[1:]) for row in found]
    table = [_columns(STATION_WIDTHS, *row) for row in (HEAD, *shown)]
    return "\n".join([*table, words.wrapped(visit_said(study))]).rstrip()


def _targets(found: Findings) -> str:
    head = ("targets", "limit", "whole day", found.column, "of days", "of time")
    rows_ = [head, *(target_cells(verdict, found) for verdict in found.targets)]
    return "\n".join(_columns(TARGET_WIDTHS, *row) for row in rows_)


def target_cells(verdict: Verdict, found: Findings) -> tuple[str, str, str, str, str, str]:
    """A target as a row: what, its limit, met all day, met then, on days, of the time."""
    return (
        verdict.target.label,
        verdict.limit_text,
        verdict.word(verdict.whole),
        "" if found.is_whole_day else verdict.word(verdict.then),
        of_days(verdict),
        of_time(verdict),
    )


def of_days(verdict: Verdict) -> str:
    """On how many days the target was met; as a share where they are a hundred or more."""
    good, of = verdict.days_on_target
    if of >= 100:
        return words.share(good / of)
    return f"{good} of {of}" if of else words.DASH


def of_time(verdict: Verdict) -> str:
    """In which share of the quarter hours the target was met."""
    good, of = verdict.quarters_on_target
    return words.share(good / of) if of else words.DASH


def _closing(study: Study, found: Findings, report_path: Path | None, next_command: str) -> str:
    lines = []
    if found.where:
        lines.append(words.wrapped(f"Where to look: {found.where}"))
    lines += [words.wrapped(f"Note: {note}", indent="      ") for note in found.notes]
    if not study.scenario.is_theory:
        lines.append(FEELINGS)
    if report_path is not None:
        lines.append(f"Report: {report_path}")
    if next_command:
        lines.append(f"Next:   {next_command}")
    return "\n".join(lines)
