"""From a scenario with a week to the scenario of each of its days."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from simqueue.fields import Place
from simqueue.scenario.faults import ScenarioError
from simqueue.scenario.model import Scenario
from simqueue.scenario.week_spec import slug_of

CHANGES_NOT = ("week", "scenario")


@dataclass(frozen=True)
class DayKind:
    """A kind of day: how many a week and a year have, and its scenario."""

    name: str
    count: int
    a_year: float
    scenario: Scenario

    @property
    def slug(self) -> str:
        """Its name for folders."""
        return slug_of(self.name)


def days_of(scenario: Scenario) -> tuple[DayKind, ...]:
    """The kinds of days of a scenario's week, in its order; ScenarioError where one makes no sense.

    Each kind has a seed of its own, from the scenario's seed and the name of the day, so that its
    customers are others. Costs of a year are spread over all days of the year that are named.
    """
    return tuple(day_of(scenario, name) for name in scenario.week)


def day_of(scenario: Scenario, name: str) -> DayKind:
    """One kind of day; ScenarioError where it makes no sense."""
    from simqueue.scenario.load import resolve
    from simqueue.scenario.written import to_mapping

    spec = scenario.week[name]
    base = to_mapping(scenario.model_copy(update={"week": {}}))
    all_days = sum(each.a_year for each in scenario.week.values())
    economics = base["economics"]
    economics["days_per_year"] = spec.a_year
    if scenario.economics.open_days_per_year is None:
        economics["open_days_per_year"] = min(366.0, max(all_days, spec.a_year))
    base["scenario"] = f"{scenario.scenario}, {name}"
    base["seed"] = seed_of(scenario.seed, name)
    return DayKind(name, spec.count, spec.a_year, resolve(base, overrides=spec.set.items()))


def seed_of(seed: int, name: str) -> int:
    """The seed of a kind of day: the same for the same name, whatever other days there are."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def faults_of_days(scenario: Scenario) -> list[tuple[Place, str, bool]]:
    """What is wrong with the days: place in the scenario, text, whether it is about the key."""
    found: list[tuple[Place, str, bool]] = []
    for name, spec in scenario.week.items():
        found += [
            (("week", name, "set", path), "cannot be set for a day", True)
            for path in spec.set
            if path.partition(".")[0] in CHANGES_NOT
        ]
        try:
            day_of(scenario, name)
        except ScenarioError as error:
            for fault in error.faults:
                path = fault.file.removeprefix("set ")
                place: Place = ("week", name, "set", path) if path in spec.set else ("week", name)
                text = f"{fault.where}: {fault.text}" if fault.where else fault.text
                found.append((place, text, not fault.where))
    return found
