"""The report: one HTML file that needs no network, for the planner to show to others."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import isnan
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined

from simqueue.show import words
from simqueue.show.figure_waits import LEAST_DAYS
from simqueue.show.findings import Findings, findings
from simqueue.show.happened import facts
from simqueue.show.reading import lane_words, measured
from simqueue.show.rows import (
    LATENT,
    SCORE,
    Row,
    passes_scale,
    plus_minus,
    psychology_range,
    rows,
)
from simqueue.show.screen import FEELINGS, how_sure, target_cells
from simqueue.show.staffing_table import ABOUT, staffing_table
from simqueue.show.stations import HEAD, station_rows, visit_said
from simqueue.show.stood_still import stoppage_facts
from simqueue.show.theory_screen import theory_screen
from simqueue.show.trade import costs_said, trade_said
from simqueue.study.study import Study
from simqueue.study.tally import Tally

CAPTIONS = {
    "waits_over_day": (
        "Waits over the day",
        "Mean wait by the clock and as it feels, by time of arrival. The dashed line is the wait"
        " that 95 in 100 do not exceed.",
    ),
    "lanes": (
        "Where the queues are",
        "How many tills and machines are open, and how many people wait, in each quarter hour."
        " Framed: the lane is short.",
    ),
    "wait_distribution": (
        "How waits are spread",
        "How many customers wait how long, everything simulated taken together.",
    ),
    "checkout_score": (
        "Who is content",
        "Checkout score by kind of customer and by lane. Bars: 95 % interval over what was"
        " simulated. Shaded: what the psychology leaves open.",
    ),
}
BANDS = {  # where enough days were simulated
    "waits_over_day": " The bands hold eight of ten simulated days.",
    "wait_distribution": " The thin lines hold eight of ten simulated days.",
}
COLUMNS = (
    ("customers", "customers", words.number),
    ("wait_mean_s", "wait, mean", words.duration_unit),
    ("wait_p95_s", "95 in 100 at most", words.duration_unit),
    ("wait_over_5min_share", "over 5 minutes", words.share),
    ("felt_mean_s", "as it feels, mean", words.duration_unit),
    ("checkout_csat", "checkout score", words.points),
    ("utilisation", "occupied", words.share),
)


@dataclass(frozen=True)
class Picture:
    """A figure as it stands in the page."""

    title: str
    caption: str
    source: str


@dataclass(frozen=True)
class Tile:
    """One figure that matters, with how sure it is."""

    label: str
    value: str
    sure: tuple[str, ...]
    is_remark: bool = False  # words instead of a figure


def render_report(study: Study, pictures: Mapping[str, bytes], origin: Mapping[str, Any]) -> str:
    """The page as text; `pictures` by file name (PNG are shown), `origin` is the provenance."""
    found = findings(study)
    page = _environment().get_template("report.html.j2")
    return page.render(
        css=_read("report.css"),
        name=words.one_line(study.scenario.scenario),
        about=words.one_line(study.scenario.about),
        simulated=_simulated(study),
        answer=found.answer,
        found=found,
        where=found.where,
        happened=[] if study.scenario.is_theory else facts(study),
        stopped=[] if study.scenario.is_theory else stoppage_facts(study),
        stations={"head": ("", *HEAD[1:]), "rows": station_rows(study)},
        visit=visit_said(study),
        trade=[] if study.scenario.is_theory else _trade(study),
        staffing=staffing_table(study),
        about_staffing=ABOUT,
        tiles=tiles(study, found),
        theory=theory_screen(study) if study.scenario.is_theory else "",
        pictures=_pictures(pictures, study),
        targets=[target_cells(verdict, found) for verdict in found.targets],
        tables=_tables(study),
        sure=how_sure(study),
        feelings=FEELINGS,
        assumed=_assumed(study),
        audit=study.audit.line(),
        origin=origin,
        more=_more(study),
    )


def tiles(study: Study, found: Findings) -> list[Tile]:
    """The rows of the first screen as tiles; none in a theory scenario."""
    if found.stretch is None or not measured(study.day, "customers").mean > 0:
        return []
    return [_tile(study, row, found.stretch_words) for row in rows(study, found.stretch)]


def _tile(study: Study, row: Row, stretch: str) -> Tile:
    if row.remark:
        value, _, rest = row.remark.partition(": ")
        return Tile(row.label, value, (rest,), is_remark=True)
    sure = []
    if row.then:
        sure.append(f"{row.then} at {stretch}")
    sure.append(_over_days(study, row))
    if row.psychology:
        sure.append(f"{row.psychology} by psychology")
    if row.name == SCORE and passes_scale(study):
        sure.append(LATENT)
    return Tile(row.label, row.whole, tuple(sure))


def _over_days(study: Study, row: Row) -> str:
    """How sure a figure is over days; a single day says nothing of it."""
    if row.days:
        return f"{row.days.replace('+-', '±')} over days"
    return "one day: no interval" if study.replications == 1 else "no interval over days"


def _simulated(study: Study) -> str:
    each = measured(study.day, "customers").mean
    what = "run" if study.scenario.is_theory else "simulated day"
    return f"{words.counted(study.replications, what)}, {each:,.0f} customers each"


def _pictures(files: Mapping[str, bytes], study: Study) -> list[Picture]:
    shown = []
    for name, (title, caption) in CAPTIONS.items():
        data = files.get(f"figures/{name}.png")
        if data is not None:
            source = "data:image/png;base64," + base64.b64encode(data).decode("ascii")
            more = BANDS.get(name, "") if study.replications >= LEAST_DAYS else ""
            if name == "lanes" and study.scenario.counters:
                more = " Last: how long they wait. Below the line: stations."
            if study.scenario.is_theory:
                more = more.replace("simulated days", "runs")
            shown.append(Picture(title, caption + more, source))
    return shown


def _trade(study: Study) -> list[str]:
    """Throughput and costs in sentences."""
    return [said for said in (trade_said(study), costs_said(study)) if said]


def _tables(study: Study) -> list[dict[str, Any]]:
    """Lanes and kinds of customers, side by side in the same columns."""
    lanes = [lane_words(study, j) for j in range(len(study.lane.groups))]
    segments = [words.one_line(name) for name in study.segment.groups]
    return [
        _table("By lane and station" if study.scenario.counters else "By lane", lanes, study.lane),
        _table("By kind of customer", segments, study.segment),
    ]


def _table(title: str, names: list[str], tally: Tally) -> dict[str, Any]:
    shown = [column for column in COLUMNS if column[0] in tally.units]
    body = [
        (name, *(text(measured(tally, measure, k).mean) for measure, _, text in shown))
        for k, name in enumerate(names)
    ]
    return {"title": title, "head": ["", *(label for _, label, _ in shown)], "rows": body}


def _more(study: Study) -> list[tuple[str, str, str, str]]:
    """The other opinions that are forecast, each with both of its uncertainties."""
    wanted = (
        ("checkout_top2", "checkout: top two of five boxes", words.share, words.fine_share),
        ("csat", "visit as a whole, 0-100", words.points, words.fine_points),
        ("csat_top2_share", "visit: at least 70 of 100", words.share, words.fine_share),
        ("nps", "net promoter score", words.points, words.fine_points),
        ("ces", "effort, 1 (little) to 5", _hundredth, _hundredth),
    )
    shown = []
    for name, label, text, width in wanted:
        found = measured(study.day, name)
        if not isnan(found.mean):
            days = plus_minus(found, width).replace("+-", "±")
            shown.append((label, text(found.mean), days, psychology_range(study, name, text)))
    low, high = (measured(study.day, f"nps_survey_{end}").mean for end in ("low", "high"))
    if not isnan(low):
        wide = f"{words.points(low)} to {words.points(high)}"
        shown.append(("NPS that a survey of 100 answers would find", wide, "", ""))
    return shown


def _hundredth(value: float) -> str:
    return f"{value:.2f}"


def _assumed(study: Study) -> list[str]:
    """What a reader should know about where the numbers come from."""
    spec = study.scenario.experience
    said = [
        "Waits come from a simulation of the lanes, rosters and baskets in the scenario. Service"
        " times are published ones unless the scenario gives its own.",
        f"How waits feel and what follows is the form '{words.one_line(spec.model)}' with published"
        " parameters. Other forms can differ more than the range shown.",
        "Satisfaction counts only customers who were served; those lost are shown beside it.",
    ]
    off = [
        name
        for name, block in (
            ("turning away", study.scenario.behaviour.balk),
            ("giving up", study.scenario.behaviour.renege),
            ("changing lines", study.scenario.behaviour.jockey),
        )
        if block is None
    ]
    if off:
        said.append(f"Not modelled in this scenario: {words.joined(off)}.")
    return said


def _read(name: str) -> str:
    return resources.files("simqueue.show").joinpath("templates", name).read_text("utf-8")


@cache
def _environment() -> Environment:
    """Everything that is put into the page is escaped; a name that is not given is an error."""
    return Environment(
        loader=DictLoader({"report.html.j2": _read("report.html.j2")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
