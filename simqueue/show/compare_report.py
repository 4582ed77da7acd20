"""The report of a comparison: one HTML file that needs no network."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import DictLoader, Environment, StrictUndefined

from simqueue.show import words
from simqueue.show.compare_screen import matters_text, shown
from simqueue.show.compare_verdict import Verdict, in_family, pairing
from simqueue.show.compare_words import interval, said, scale_of, signed
from simqueue.show.report import Picture
from simqueue.show.robustness import basis, sentences, table
from simqueue.show.screen import FEELINGS
from simqueue.study.compare import BETTER, WORSE, Comparison, Rival
from simqueue.study.robustness import Robustness

TEMPLATE: Final = "comparison.html.j2"
CAPTIONS: Final = {
    "differences": (
        "Every alternative against the first",
        "Change of each measure. Line: 95 % interval over days; thin: for all alternatives"
        " together; grey: what the psychology leaves open; shaded: too small to matter.",
    ),
    "who_gains": (
        "Who gains and who loses",
        "Change of the mean wait by time of arrival and by kind of customer. Bands and lines: 95 %"
        " over days, each by itself.",
    ),
    "robustness": (
        "How far the choice holds",
        "Mean wait of both lay-outs when more or fewer customers come, cashiers are absent, or more"
        " or fewer consider the machines. Bands: 95 % over days. Shaded: something that holds as"
        " planned fails.",
    ),
}
LOOKS: Final = {BETTER: "met", WORSE: "missed"}


@dataclass(frozen=True)
class ReportRow:
    """A measure in the table of an alternative."""

    cells: tuple[str, ...]
    said: str
    look: str


def render_comparison(
    comparison: Comparison,
    verdicts: Sequence[Verdict],
    pictures: Mapping[str, bytes],
    origin: Mapping[str, Any],
    robustness: Robustness | None = None,
) -> str:
    """The page as text; everything that comes from scenarios is escaped."""
    rivals = [
        {"name": words.one_line(rival.name), "headline": verdict.headline,
         "rows": rows(rival), "parts": verdict.parts}
        for rival, verdict in zip(comparison.rivals, verdicts, strict=True)
    ]  # fmt: skip
    return (
        _environment()
        .get_template(TEMPLATE)
        .render(
            css=_read("report.css"),
            name=words.one_line(comparison.title or " or ".join(comparison.names)),
            base=words.one_line(comparison.name),
            facts=_facts(comparison),
            verdicts=verdicts,
            rivals=rivals,
            pictures=_pictures(pictures),
            robust=None if robustness is None else _robust(robustness),
            segment_head=[words.one_line(rival.name) for rival in comparison.rivals],
            segments=_segments(comparison),
            feelings=FEELINGS,
            trust=_trust(comparison),
            origin=origin,
        )
    )


def rows(rival: Rival) -> list[ReportRow]:
    """The main measures of an alternative beside those of the reference."""
    found = []
    for name in shown(rival):
        judgement = rival.measures[name]
        d, felt = judgement.difference, rival.felt.get(name)
        value = scale_of(d.unit).value
        psychology = ""
        if felt is not None:
            low, high = felt.around(d.mean)
            psychology = f"{signed(low, d.unit)} to {signed(high, d.unit)}"
        cells = (judgement.how.label, value(d.reference), value(d.alternative),
                 signed(d.mean, d.unit), interval(judgement), psychology)  # fmt: skip
        found.append(ReportRow(cells, said(judgement), LOOKS.get(judgement.word, "")))
    return found


def _robust(found: Robustness) -> dict[str, Any]:
    """How far the choice holds, for the page."""
    return {
        "winner": words.one_line(found.winner),
        "head": ("", *(words.one_line(n) for n in (found.against, found.winner)), "what fails"),
        "rows": table(found),
        "basis": basis(found),
        "told": sentences(found),
    }


def _facts(comparison: Comparison) -> str:
    reference = comparison.reference
    what = "run" if reference.scenario.is_theory else "simulated day"
    each = reference.day.estimate("customers").mean
    return (
        f"{len(comparison.names)} alternatives, {words.counted(comparison.days, what)} of each,"
        f" {each:,.0f} customers; {_audit(comparison)}"
    )


def _audit(comparison: Comparison) -> str:
    audits = [study.audit for study in comparison.studies]
    return next((audit for audit in audits if not audit.ok), audits[0]).line()


def _segments(comparison: Comparison) -> list[list[str]]:
    """Change of the mean wait of every kind of customer."""
    table = []
    for name in comparison.reference.segment.groups:
        cells = [words.one_line(name)]
        for rival in comparison.rivals:
            judgement = rival.groups["segment"].get(name, {}).get("wait_mean_s")
            if judgement is None:
                cells.append(words.DASH)
                continue
            change = signed(judgement.difference.mean, "s")
            cells.append(f"{change} ({interval(judgement)}) {said(judgement)}")
        table.append(cells)
    return table


def _trust(comparison: Comparison) -> list[str]:
    told = [in_family(comparison), pairing(comparison), matters_text(comparison)]
    told.append(
        "Kinds of customers and hours: 'better' and 'worse' hold for all of them and all"
        " alternatives together (Holm)."
    )
    told.append(f"Self-audit: {_audit(comparison)}.")
    return [text for text in told if text]


def _pictures(files: Mapping[str, bytes]) -> list[Picture]:
    found = []
    for name, (title, caption) in CAPTIONS.items():
        data = files.get(f"figures/{name}.png")
        if data is not None:
            source = "data:image/png;base64," + base64.b64encode(data).decode("ascii")
            found.append(Picture(title, caption, source))
    return found


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
