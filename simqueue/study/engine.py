"""Which engine simulates a study: by how many visits there will be."""

from __future__ import annotations

from collections.abc import Sequence

from simqueue.customers.arrivals import rate
from simqueue.engine.choice import chosen
from simqueue.scenario import Scenario


def engine_for(
    engine: str, scenarios: Sequence[Scenario], replications: int, *, workers: int = 1
) -> str:
    """The engine that simulates so many days of every scenario, ready to be called.

    `engine` is what was asked for, "auto", "simpy" or "compiled". What it takes to begin is taken
    in each of `workers` processes, which share the days. ValueError for an engine that does not
    exist.
    """
    visits = sum(expected_visits(scenario) for scenario in scenarios) * replications
    return chosen(engine, visits / workers)


def expected_visits(scenario: Scenario) -> float:
    """About how many visits to lanes and stations there are on a day."""
    segments = scenario.customers
    to_stations = sum(sum(segment.visits.values()) for segment in segments) / len(segments)
    return _expected_people(scenario) * (1.0 + to_stations)


def _expected_people(scenario: Scenario) -> float:
    arrivals = scenario.arrivals
    if arrivals.trace is not None:
        return float(len(arrivals.trace.times_s(scenario.opens_s)))
    if arrivals.customers_per_day is not None:
        return arrivals.customers_per_day
    linear = arrivals.interpolate == "linear"
    return rate(arrivals.rate_points(), scenario.opens_s, scenario.length_s, linear).total
