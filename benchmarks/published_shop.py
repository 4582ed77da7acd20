"""The inputs of a published simulation, written as scenarios that a planner could have written.

Antczak, Weron, Zabawa (2020), IEEE Access 8:228841, doi 10.1109/ACCESS.2020.3045919. Their data
are three tables, which are not part of this project (docs/reproduction.md says where to get them):
`arrivals.csv`, `baskets_by_hour.csv` and `cashiers.csv`. Each day becomes a scenario with its CSV
files beside it. Clock times are seconds from midnight.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import yaml

from simqueue.units import DAY_S, clock_text, number_text

Points = list[tuple[int, float]]  # (clock, value), ascending
ARRIVALS, BASKETS, CASHIERS = "arrivals.csv", "baskets_by_hour.csv", "cashiers.csv"
HOUR_S = 3600
FAR_S = 1800  # nobody comes further than this from a known rate (the authors' program)
SHIFT_S = 4 * HOUR_S  # Antczak et al. 2020
CARD = 1000  # columns from here on are baskets not paid in cash, of this many items less
SEED = 2020
RUNS = 10  # of each cell (Antczak et al. 2020)

SCENARIO = """\
scenario: {title}
about: A published simulation, Antczak, Weron, Zabawa (2020), IEEE Access 8:228841
seed: {seed}
replications: {runs}

store: {{opens: "{opens}", closes: "{closes}"}}

arrivals: {{csv: {folder}/arrivals.csv, interpolate: linear}}

customers:
  - segment: everybody
    share: 100 %
    items:
{items}

lanes:
  - {{lane: tills, kind: staffed, tills: 20, line: own, roster: 0, service: antczak2020_staffed}}
  - lane: machines
    kind: self_service
    machines: 6
    max_items: 100
    service: antczak2020_self_service
    help: off

behaviour:
  lane_choice:
    rule: shortest_queue
    count_in_service: off
    per_server: off
    ties: random
    prefer: staffed

staffing:
  on_demand: {{lane: tills, call_above: 2, close_below: 1, walk: 60 s, stay: 0 s}}
  on_duty: {{{on_duty}}}
  shift: 4 h
"""


@dataclass(frozen=True)
class PublishedDay:
    """One day of the tables."""

    day: date
    rates: Points  # customers per hour at some moments
    baskets: dict[int, dict[int, float]]  # centre of an hour -> items -> how often
    cashiers: Points  # how many begin a shift

    @property
    def opens(self) -> int:
        """The full hour before the first customers may come."""
        first = next(k for k, (_, rate) in enumerate(self.rates) if rate > 0)
        begins = max(self.rates[first - 1][0], self.rates[first][0] - FAR_S)
        return begins // HOUR_S * HOUR_S

    @property
    def closes(self) -> int:
        """The full hour after the last customers have come."""
        last = max(k for k, (_, rate) in enumerate(self.rates) if rate > 0)
        ends = min(self.rates[last + 1][0], self.rates[last][0] + FAR_S)
        return -(-ends // HOUR_S) * HOUR_S

    @property
    def hours_on_duty(self) -> float:
        """Hours of all shifts that begin on this day."""
        return SHIFT_S / HOUR_S * sum(n for _, n in self.cashiers)


def read_days(data: Path) -> list[PublishedDay]:
    """The days of a folder of tables, in order; ValueError when they cannot be taken one by one."""
    rates = _by_day((when, float(row[1])) for when, row in _rows(data / ARRIVALS))
    cashiers = _by_day((when, float(row[1])) for when, row in _rows(data / CASHIERS))
    baskets: dict[date, dict[int, dict[int, float]]] = defaultdict(dict)
    with (data / BASKETS).open(newline="", encoding="utf-8") as file:
        columns = [int(name) % CARD for name in next(csv.reader(file))[1:]]
    for when, row in _rows(data / BASKETS):
        sizes: dict[int, float] = defaultdict(float)
        for items, times in zip(columns, row[1:], strict=True):
            sizes[items] += float(times)
        if any(sizes.values()):
            baskets[when.date()][_clock(when)] = dict(sizes)
    days = [
        PublishedDay(day, rates[day], baskets[day], [p for p in cashiers[day] if p[1]])
        for day in sorted(rates)
        if any(rate for _, rate in rates[day])
    ]
    for day in days:
        _check(day)
    return days


def _rows(path: Path) -> Iterator[tuple[datetime, Sequence[str]]]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            yield datetime.fromisoformat(row[0]), row


def _clock(when: datetime) -> int:
    return when.hour * HOUR_S + when.minute * 60 + when.second


def _by_day(values: Iterable[tuple[datetime, float]]) -> defaultdict[date, Points]:
    """The values of each day; of a moment given twice, the last."""
    tables: dict[date, dict[int, float]] = defaultdict(dict)
    for when, value in values:
        tables[when.date()][_clock(when)] = value
    return defaultdict(list, {day: sorted(table.items()) for day, table in tables.items()})


def _check(day: PublishedDay) -> None:
    """The program runs all days in one go: they may be run one by one if the nights are empty."""
    if day.rates[0][1] > 0 or day.rates[-1][1] > 0:
        raise ValueError(f"{day.day}: customers around midnight; the days are run one by one")
    if any(begins + SHIFT_S > DAY_S for begins, _ in day.cashiers):
        raise ValueError(f"{day.day}: a shift passes midnight; the days are run one by one")
    if not day.baskets:
        raise ValueError(f"{day.day}: no baskets")


def with_silence(rates: Points) -> Points:
    """The rates, with zeros wherever no known rate is near.

    >>> with_silence([(0, 60.0), (7200, 60.0)])
    [(0, 60.0), (1800, 60.0), (1801, 0.0), (5399, 0.0), (5400, 60.0), (7200, 60.0)]
    """
    points = rates[:1]
    for (begins, before), (ends, after) in pairwise(rates):
        if ends - begins > 2 * FAR_S:
            slope = (after - before) / (ends - begins)
            points += [
                (begins + FAR_S, before + slope * FAR_S),
                (begins + FAR_S + 1, 0.0),
                (ends - FAR_S - 1, 0.0),
                (ends - FAR_S, after - slope * FAR_S),
            ]
        points.append((ends, after))
    return points


def nearest_from(centres: Sequence[int], opens: int) -> dict[int, int]:
    """From when on each table is the nearest one: {clock: centre of its hour}.

    >>> nearest_from([1800, 5400, 16200], opens=600)
    {600: 1800, 3600: 5400, 10800: 16200}
    """
    begins = [opens, *((a + b) // 2 for a, b in pairwise(centres))]
    return dict(zip(begins, centres, strict=True))


def write_day(day: PublishedDay, folder: Path) -> Path:
    """Write a day's scenario and its CSV files into a folder; returns the scenario."""
    name = day.day.isoformat()
    (folder / name).mkdir(parents=True, exist_ok=True)
    inside = [(t, rate) for t, rate in with_silence(day.rates) if day.opens <= t <= day.closes]
    rates = [(clock_text(t), number_text(rate)) for t, rate in inside]
    _write_csv(folder / name / "arrivals.csv", ("time", "customers_per_hour"), rates)
    items = []
    for begins, centre in nearest_from(sorted(day.baskets), day.opens).items():
        file = f"{name}/baskets-{clock_text(begins).replace(':', '')}.csv"
        sizes = [(n, number_text(w)) for n, w in sorted(day.baskets[centre].items()) if w]
        _write_csv(folder / file, ("value", "weight"), sizes)
        items.append(f'      "{clock_text(begins)}": {{empirical: {{csv: {file}}}}}')
    path = folder / f"{name}.yaml"
    path.write_text(
        SCENARIO.format(
            title=f"Published shop on {name}",
            folder=name,
            seed=SEED + day.day.toordinal(),  # or all days would draw the same numbers
            runs=RUNS,
            opens=clock_text(day.opens),
            closes=clock_text(day.closes),
            items="\n".join(items),
            on_duty=_on_duty(day),
        ),
        encoding="utf-8",
    )
    return path


def _on_duty(day: PublishedDay) -> str:
    there = [(t, n) for t, n in day.cashiers if day.opens < t + SHIFT_S and t < day.closes]
    return ", ".join(f'"{clock_text(t)}": {number_text(n)}' for t, n in there)


def _write_csv(path: Path, header: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_rules(rules: Mapping[str, Mapping[str, object]], folder: Path, base: str) -> Path:
    """Write the study that says how the rules differ: {name: its block `lane_choice`}."""
    study = {
        "study": "How do customers choose a line?",
        "base": base,
        "alternatives": [
            {"name": name, "set": {"behaviour.lane_choice": dict(rule)}}
            for name, rule in rules.items()
        ],
    }
    path = folder / "rules.yaml"
    path.write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    return path
