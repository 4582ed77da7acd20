"""What the trade asks beside waits: throughput, machines, costs, and who is worse off than most."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from simqueue.show import words
from simqueue.show.reading import measured
from simqueue.show.rows import CURRENCY_LENGTH
from simqueue.show.targets import Verdict
from simqueue.study.costs import COSTS, LABELS, counted, not_counted
from simqueue.study.study import Study
from simqueue.study.targets import on_target

LEAST_IDLE_HOURS = 0.05
MOST_SEGMENTS = 3


def trade_said(study: Study) -> str:
    """Throughput, articles a minute, what machines take, helps, idle hours; '' if not measured."""
    parts = [_throughput(study), _machines(study), _helps(study), _idle(study)]
    said = "; ".join(part for part in parts if part)
    return f"Trade: {said}." if said else ""


def _throughput(study: Study) -> str:
    per_hour = measured(study.day, "transactions_per_till_hour").mean
    pace = measured(study.day, "items_per_minute").mean
    if isnan(per_hour):
        return ""
    said = f"{words.number(per_hour)} customers per till hour"
    return said if isnan(pace) else f"{said} at {words.number(pace)} articles a minute"


def _machines(study: Study) -> str:
    share = measured(study.day, "self_service_share").mean
    sales = measured(study.day, "self_service_sales_share").mean
    if isnan(share) or isnan(sales) or not share > 0:
        return ""
    return f"machines take {words.share(share)} of customers and {words.share(sales)} of sales"


def _helps(study: Study) -> str:
    helps = measured(study.day, "helps_per_100").mean
    after = measured(study.day, "help_wait_mean_s").mean
    if isnan(helps) or not helps > 0:
        return ""
    said = f"{words.number(helps)} calls for help per 100 there"
    return said if isnan(after) else f"{said}, answered after {words.duration_unit(after)}"


def _idle(study: Study) -> str:
    idle = measured(study.day, "idle_till_hours").mean
    return f"open tills idle for {words.hours(idle)}" if idle >= LEAST_IDLE_HOURS else ""


def costs_said(study: Study) -> str:
    """What a day and a year cost, item by item, and what is not counted; '' without any price."""
    scenario = study.scenario
    items = counted(scenario)
    total = measured(study.day, "cost_per_day").mean
    if not items or isnan(total):
        return ""
    currency = words.shortened(scenario.economics.currency, CURRENCY_LENGTH)
    costs = {name: measured(study.day, name).mean for name in COSTS if name in items}
    parts = [f"{LABELS[name]} {words.money(cost, currency)}" for name, cost in costs.items()]
    said = f"Costs a day: {', '.join(parts)}"
    if len(parts) > 1:
        said += f"; together {words.money(total, currency)}"
    year = measured(study.day, "cost_per_year").mean
    if not isnan(year):
        said += f", {words.money(year, currency)} a year"
    missing = list(dict.fromkeys(entry.label for entry in not_counted(scenario)))
    return f"{said}." + (f" Not counted: {', '.join(missing)}." if missing else "")


def segments_said(study: Study, verdicts: Sequence[Verdict]) -> str:
    """Which kinds of customers miss a target that is met on the whole; '' when none does.

    Small ones are told all the same: an average hides them.
    """
    found = [said for verdict in verdicts if (said := _missed_by(study, verdict))]
    return f"Met on the whole, missed for some: {'; '.join(found)}." if found else ""


def _missed_by(study: Study, verdict: Verdict) -> str:
    """One target with the kinds of customers that miss it, worst first."""
    target = verdict.target
    if not verdict.met or len(study.segment.groups) < 2:
        return ""
    everybody = measured(study.day, "customers").mean
    scale = (study.scenario.benchmark_wait or 1.0) if target.name == "wait_vs_benchmark" else 1.0
    missed: list[tuple[float, str]] = []
    for k, segment in enumerate(study.segment.groups):
        value = measured(study.segment, target.measure, k).mean / scale
        came = measured(study.segment, "customers", k).mean
        if isnan(value) or not came > 0 or on_target(target.name, verdict.limit, value):
            continue
        name = f"{words.one_line(segment)} ({words.share(came / everybody)} of customers)"
        worse = value if target.at_most else -value
        missed.append((worse, f"{name} {target.text(value)}"))
    told = [text for _, text in sorted(missed, reverse=True)[:MOST_SEGMENTS]]
    return f"{target.label}: {', '.join(told)}" if told else ""
