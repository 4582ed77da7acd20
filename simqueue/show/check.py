"""What a check says: the screen, the files, and the exit code."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from simqueue.fit import Check, Comparison, Margin, check, read_observed
from simqueue.fit.check import BAND, CANNOT_TELL, DIFFERS, MATCHES, Shape
from simqueue.fit.equivalence import LEAST_TO_MATCH
from simqueue.scenario import Scenario
from simqueue.show import words
from simqueue.show.figure_check import check_figure, signed_duration
from simqueue.show.style import render_png, render_svg
from simqueue.study.files import csv_bytes, write_all
from simqueue.study.run import Progress
from simqueue.study.tables import json_bytes

DONE, MISSED = 0, 3
NAME_WIDTH = 26
FAR_S = 3600.0  # a limit beyond it says no more than that there is none
OWNED = ("check.json", "check.csv", "figures")
COLUMNS = ("group", "name", "n", "measured_s", "simulated_s", "difference_s", "low_s", "high_s",
           "margin_s", "p_match", "p_differ", "verdict")  # fmt: skip
HEADINGS = {"lane": "by lane", "hour": "by hour of joining"}
SHAPES = {
    "half_wait_at_most_s": "half wait at most",
    "nine_in_ten_wait_at_most_s": "90 in 100 wait at most",
    "wait_95_in_100_at_most_s": "95 in 100 wait at most",
    "wait_over_5min_share": "wait over 5 minutes",
    "waited_share": "have to wait at all",
}


@dataclass(frozen=True)
class Told:
    """What to print, the same for programs, and the exit code: 0 matches, 3 does not or unclear."""

    text: str
    plain: dict[str, Any]
    exit_code: int


def run_check(
    scenario: Scenario,
    observed: Path,
    out: Path | None = None,
    *,
    replications: int | None = None,
    margin: Margin | None = None,
    engine: str = "auto",
    progress: Progress | None = None,
) -> Told:
    """Check the scenario against the waits in a CSV file and write figure and numbers into `out`.

    `out` None = outputs/<scenario>-check. Raises ScenarioError for faults in the CSV file,
    DaysError for a number of replications that will not do, OSError when it cannot read or write.
    """
    found = check(scenario, read_observed(observed, scenario), replications, margin,
                  engine=engine, progress=progress)  # fmt: skip
    folder = out or Path("outputs") / f"{scenario.slug}-check"
    plain = found.plain() | {"out": str(folder)}
    figure = check_figure(found)
    files = {
        "check.json": json_bytes(plain),
        "check.csv": csv_bytes(COLUMNS, [_csv_row(c) for c in found.comparisons]),
        "figures/check.png": render_png(figure),
        "figures/check.svg": render_svg(figure),
    }
    write_all(folder, files, OWNED)
    text = f"{screen(found)}\n\nFigure: {folder / 'figures' / 'check.png'}"
    good = found.verdict == MATCHES and found.audit.ok
    return Told(text, plain, DONE if good else MISSED)


def _csv_row(c: Comparison) -> list[object]:
    row = vars(c) | {"group": c.family, "difference_s": c.difference_s}
    return [row[name] for name in COLUMNS]


def screen(found: Check) -> str:
    """The verdict in a sentence, the numbers, what would tell more."""
    scenario = words.one_line(found.scenario.scenario)
    stopwatch = (
        f"{words.counted(found.observed, 'measured wait')} of"
        f" {words.counted(found.observed_days, 'day')}"
    )
    facts = f"{words.counted(found.replications, 'simulated day')}   {found.audit.line()}"
    parts = [
        words.wrapped(f"{scenario}   against {stopwatch}   {facts}"),
        words.wrapped(answer(found)),
        _table(found),
        _shapes(found),
    ]
    closing = [words.wrapped(f"Note: {note}", indent="      ") for note in found.notes]
    if found.ignored_columns:
        names = words.joined(words.shortened(n, 20) for n in found.ignored_columns[:5])
        closing.append(words.wrapped(f"Note: columns not used: {names}.", indent="      "))
    closing.append(words.wrapped(f"What matters: {found.margin.text()}."))
    return "\n\n".join([*parts, "\n".join(closing)])


def answer(found: Check) -> str:
    """The verdict and what it rests on, and what would settle it if it is open."""
    whole = found.whole
    both = (
        f"the stopwatch says {words.duration_unit(whole.measured_s)} on average, the scenario"
        f" {words.duration_unit(whole.simulated_s)}"
    )
    matters = words.duration(whole.margin_s)
    if whole.verdict == MATCHES:
        said = f"{both}; the data allow {_range(whole)}, less than the {matters} that matter"
    elif whole.verdict == DIFFERS:
        way = "longer" if whole.difference_s > 0 else "shorter"
        by = words.duration(abs(whole.difference_s))
        said = (
            f"{both}. The shop's waits are {by} {way}: more than the {matters} that matter, and"
            " more than chance explains"
        )
    else:
        said = f"{both}, and the data allow {_range(whole)}; what matters is {matters}"
    sentences = [f"{found.verdict.upper()}: {said}."]
    apart = [words.one_line(g.name) for g in found.groups if g.verdict == DIFFERS]
    if apart:
        sentences.append(f"Not as in the scenario: {words.joined(apart)}.")
    if whole.verdict == CANNOT_TELL:
        sentences.append(_advice(found))
    return " ".join(sentence for sentence in sentences if sentence)


def _range(c: Comparison) -> str:
    """The differences that the data allow, in words."""
    high = "any time longer" if _far(c.high_s) else _way(c.high_s)
    return f"a difference from {_way(c.low_s)} to {high}"


def _way(seconds: float) -> str:
    """A difference of the shop from the scenario, as in '0:10 shorter'."""
    text = words.duration(abs(seconds))
    return text if round(seconds) == 0 else f"{text} {'longer' if seconds > 0 else 'shorter'}"


def _far(seconds: float) -> bool:
    return not isfinite(seconds) or seconds > FAR_S


def _advice(found: Check) -> str:
    """How many more days would probably tell."""
    more = found.need
    texts = []
    if found.observed < LEAST_TO_MATCH:
        texts.append(f"Fewer than {LEAST_TO_MATCH} waits are never called a match.")
    if more.observed_days:
        each = max(1, round(found.observed / found.observed_days))
        customers = words.number(float(more.observed_days * each))
        like = f"of {words.counted(each, 'customer')} each" if more.observed_days > 1 else (
            f"of {words.counted(each, 'customer')}"
        )  # fmt: skip
        total = f" ({customers} customers)" if more.observed_days > 1 else ""
        texts.append(
            f"You need about {words.counted(more.observed_days, 'more day')} {like}{total}."
        )
    if more.simulated_days:
        days = found.replications + more.simulated_days
        texts.append(f"Simulate more days, too: --replications {days}.")
    return " ".join(texts)


def _table(found: Check) -> str:
    lines = [_cells("mean wait, minutes", "waits", "measured", "simulated", "difference", "")]
    family = "all"
    for c in found.comparisons:
        if c.family != family:
            lines.append(HEADINGS[c.family])
            family = c.family
        name = "all" if c.family == "all" else "  " + words.shortened(c.name, NAME_WIDTH - 4)
        difference = f"{signed_duration(c.low_s)} to {_end(c.high_s)}"
        lines.append(
            _cells(name, f"{c.n:,}", words.duration(c.measured_s), words.duration(c.simulated_s),
                   difference, c.verdict)
        )  # fmt: skip
    return "\n".join(lines)


def _end(seconds: float) -> str:
    return "?" if _far(seconds) else signed_duration(seconds)


def _cells(name: str, n: str, measured: str, simulated: str, difference: str, verdict: str) -> str:
    numbers = f"{n:<7}{measured:<10}{simulated:<11}{difference:<17}{verdict}"
    return (name.ljust(NAME_WIDTH - 2) + numbers).rstrip()


def _shapes(found: Check) -> str:
    usual = f"{BAND[1] - BAND[0]:.0f} in 100 studies"
    lines = [_cells("how waits are spread", "", "measured", "simulated", usual, "")]
    for shape in found.shapes:
        low, high = _value(shape, shape.low), _value(shape, shape.high)
        remark = "" if shape.inside else "unusual"
        lines.append(
            _cells(SHAPES[shape.name], "", _value(shape, shape.measured),
                   _value(shape, shape.simulated), f"{low} to {high}", remark)
        )  # fmt: skip
    return "\n".join(lines)


def _value(shape: Shape, value: float) -> str:
    return words.share(value) if shape.unit == "share" else words.duration(value)
