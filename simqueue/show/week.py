"""What a week leaves behind: a table by day, totals of a week and a year, and a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from importlib.metadata import version
from math import isnan
from pathlib import Path
from typing import Any, Final

from jinja2 import DictLoader, Environment, StrictUndefined

from simqueue.scenario import to_yaml
from simqueue.scenario.week import DayKind
from simqueue.show import words
from simqueue.show.compare_words import scale_of
from simqueue.show.publish import Published
from simqueue.show.screen import FEELINGS
from simqueue.study.costs import LABELS, not_counted
from simqueue.study.files import csv_bytes, write_all
from simqueue.study.interval import Estimate
from simqueue.study.provenance import checksum, environment
from simqueue.study.tables import json_bytes
from simqueue.study.week import WeekStudy

OWNED: Final = ("scenario.resolved.yaml", "summary.json", "week.csv", "report.html",
                "provenance.json")  # fmt: skip
TEMPLATE: Final = "week.html.j2"
COLUMNS: Final = (
    ("customers", "customers"),
    ("wait_mean_s", "wait"),
    ("wait_p95_s", "95 in 100"),
    ("felt_mean_s", "felt"),
    ("checkout_csat", "score"),
    ("till_hours", "till h"),
    ("cost_per_day", "cost"),
)
WIDTHS: Final = (17, 7, 10, 8, 10, 8, 7, 8)
YEAR: Final = (
    "customers",
    "till_hours",
    "attendant_hours",
    "lost_baskets",
    "cost_per_day",
    "sales",
)
YEAR_LABELS: Final = {
    "customers": "customers",
    "till_hours": "till hours",
    "attendant_hours": "attendant hours",
    "lost_baskets": "lost customers",
    "cost_per_day": "cost",
    "sales": "sales",
}


def day_folder(kind: DayKind) -> str:
    """Where the result of a kind of day lies inside that of the week."""
    return f"days/{kind.slug}"


def publish_week(week: WeekStudy, folder: Path, *, command: str, report: bool = True) -> Published:
    """Write what the days add up to, all or nothing; the days themselves are written already."""
    summary = {**week.plain(), "out": str(folder)}
    files = {
        "scenario.resolved.yaml": to_yaml(week.scenario).encode("utf-8"),
        "summary.json": json_bytes(summary),
        "week.csv": week_csv(week),
    }
    told = week_screen(week, folder if report else None)
    origin = _provenance(week, command, files)
    if report:
        files["report.html"] = week_page(week, origin).encode("utf-8")
    files["provenance.json"] = json_bytes(origin)
    write_all(folder, files, OWNED)
    return Published(folder, told, summary)


def week_csv(week: WeekStudy) -> bytes:
    """A row for each measure: of each kind of day, of the week and of the year."""
    rows: list[tuple[object, ...]] = []
    for kind, study in zip(week.kinds, week.studies, strict=True):
        rows += [(kind.name, kind.count, name, e.mean, e.half_width, e.unit)
                 for name, e in sorted(study.metrics.items()) if e.n]  # fmt: skip
    for name, days, found in (("week", week.days_a_week, week.week()),
                              ("year", week.days_a_year, week.year())):  # fmt: skip
        rows += [(f"the {name}", days, n, e.mean, e.half_width, e.unit) for n, e in found.items()]
    return csv_bytes(("day", "days", "measure", "mean", "half_width", "unit"), rows)


def week_screen(week: WeekStudy, folder: Path | None) -> str:
    """The week as text for 80 columns."""
    lines = [words.wrapped(words.one_line(week.scenario.scenario)), words.wrapped(facts(week)), ""]
    lines.append(_columns(("", "days", *(label for _, label in columns(week)))))
    lines += [_columns(row) for row in day_rows(week)]
    lines += ["", *(words.wrapped(text) for text in told(week)), FEELINGS]
    if folder is not None:
        lines.append(f"Report: {folder / 'report.html'}")
    return "\n".join(lines)


def facts(week: WeekStudy) -> str:
    """How much was simulated, and the audit."""
    days = words.joined(dict.fromkeys(str(study.replications) for study in week.studies))
    kinds = words.counted(len(week.kinds), "kind of day").replace("days", "day")
    bad = next((s.audit for s in week.studies if not s.audit.ok), week.studies[0].audit)
    kinds = kinds.replace("kind of", "kinds of") if len(week.kinds) > 1 else kinds
    return f"{kinds}, {days} simulated days of each, {week.days_a_week} days a week   {bad.line()}"


def columns(week: WeekStudy) -> list[tuple[str, str]]:
    """The measures of the table that are known."""
    known = week.week()
    return [(name, label) for name, label in COLUMNS if name in known]


def day_rows(week: WeekStudy) -> list[tuple[str, ...]]:
    """A row for each kind of day, one for the week, and one for how sure that is."""
    shown = columns(week)
    rows = []
    for kind, study in zip(week.kinds, week.studies, strict=True):
        cells = [_value(study.day.estimate(name)) for name, _ in shown]
        rows.append((words.shortened(words.one_line(kind.name), 16), f"{kind.count} x", *cells))
    found = week.week()
    rows.append(("the week", str(week.days_a_week), *(_value(found[name]) for name, _ in shown)))
    rows.append(("+- (95 %, days)", "", *(_half(found[name]) for name, _ in shown)))
    return rows


def _value(e: Estimate) -> str:
    if isnan(e.mean):
        return words.DASH
    return words.duration(e.mean) if e.unit == "s" else _amount(e.mean, e.unit)


def _half(e: Estimate) -> str:
    if isnan(e.half_width):
        return words.DASH
    return words.duration(e.half_width) if e.unit == "s" else _amount(e.half_width, e.unit)


def _amount(value: float, unit: str) -> str:
    if unit in ("1", "money", "h"):
        return f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:.1f}"
    return scale_of(unit).value(value)


def told(week: WeekStudy) -> list[str]:
    """What has to be said beside the table."""
    said = [
        "Waits of the week are means over all its customers; '95 in 100' is the mean over days."
    ]
    year, currency = week.year(), week.scenario.economics.currency
    parts = []
    for name in YEAR:
        e = year.get(name)
        if e is None or (e.mean == 0 and name == "lost_baskets"):
            continue
        money = f"{currency} " if e.unit == "money" else ""
        half = "" if isnan(e.half_width) else f" +- {_amount(e.half_width, e.unit)}"
        parts.append(f"{YEAR_LABELS[name]} {money}{_amount(e.mean, e.unit)}{half}")
    said.append(f"A year, {week.days_a_year:g} such days: {'; '.join(parts)}.")
    missing = list(dict.fromkeys(n.label for s in week.studies for n in not_counted(s.scenario)))
    if "cost_per_day" in year and missing:
        said.append(f"Not counted in the cost: {words.joined(missing)}.")
    if "cost_per_day" not in year and any(name in year for name in LABELS):
        said.append("Days count different costs, so there is no total; see week.csv for each.")
    return said


def _provenance(week: WeekStudy, command: str, files: dict[str, bytes]) -> dict[str, Any]:
    return {
        "simqueue": version("simqueue"),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "seed": week.scenario.seed,
        "week": [day_folder(kind) for kind in week.kinds],
        "environment": environment(),
        "sha256": {name: checksum(content) for name, content in sorted(files.items())},
        "scenario": to_yaml(week.scenario),
    }


def week_page(week: WeekStudy, origin: dict[str, Any]) -> str:
    """The page as text; everything that comes from the scenario is escaped."""
    return (
        _environment()
        .get_template(TEMPLATE)
        .render(
            css=_read("report.css"),
            name=words.one_line(week.scenario.scenario),
            facts=facts(week),
            head=["", "days", *(label for _, label in columns(week))],
            rows=day_rows(week),
            told=told(week),
            feelings=FEELINGS,
            days=[(words.one_line(k.name), day_folder(k) + "/report.html") for k in week.kinds],
            origin=origin,
        )
    )


def _columns(cells: Sequence[str]) -> str:
    placed = (f"{cell:<{width - 1}} " for cell, width in zip(cells, WIDTHS, strict=False))
    return ("".join(placed) + "".join(cells[len(WIDTHS) :])).rstrip()


def _read(name: str) -> str:
    return resources.files("simqueue.show").joinpath("templates", name).read_text("utf-8")


@cache
def _environment() -> Environment:
    """Everything that is put into the page is escaped; a name that is not given is an error."""
    return Environment(
        loader=DictLoader({TEMPLATE: _read(TEMPLATE)}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
