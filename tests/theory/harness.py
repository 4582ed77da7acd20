"""Simulate through the public Python interface and hold the result against the truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import yaml
from scipy.special import stdtrit

Block = dict[str, Any]
LARGEST_Z = 3.5  # about 1 in 2,000 by chance: rare over the some 100 comparisons of this folder


class Found(NamedTuple):
    """What was simulated: a mean over replications and its standard error."""

    mean: float
    error: float


def measure(
    scenario: Mapping[str, Any] | str, replications: int, seed: int, metrics: Iterable[str]
) -> dict[str, Found]:
    """Run a scenario (mapping or YAML text) and return the metrics asked for.

    `name@lane` asks for a metric of one lane, `name` for that of the whole shop.
    """
    study = run(scenario, replications, seed)
    found = {}
    for asked in metrics:
        name, _, lane = asked.partition("@")
        found[asked] = as_found((study.by_lane()[lane] if lane else study.metrics)[name])
    return found


def run(scenario: Mapping[str, Any] | str, replications: int, seed: int) -> Any:
    """The study of a scenario given as a mapping or as YAML text."""
    import simqueue as sq
    from simqueue.scenario import loads

    text = scenario if isinstance(scenario, str) else yaml.safe_dump(scenario, sort_keys=False)
    return sq.run(loads(text), replications=replications, seed=seed)


def as_found(estimate: Any) -> Found:
    """Mean and standard error of an estimate whose half width is Student's t over replications."""
    return Found(estimate.mean, estimate.half_width / stdtrit(estimate.n - 1, 0.975))


def agree(found: Found, truth: float, within: float) -> None:
    """Fail unless the truth is met within a share of it, and the test could have told.

    The power comes first: a standard error above half of the tolerance is a failure of its own, so
    no test passes by being blunt. The z bound catches small faults that the tolerance lets pass.
    """
    assert truth > 0
    said = f"simulated {found.mean:.6g} +- {found.error:.2g}, truth {truth:.6g}"
    assert 0 < found.error <= within * truth / 2, f"too blunt to tell: {said}"
    assert abs(found.mean - truth) <= within * truth, f"off by more than {within:.1%}: {said}"
    z = (found.mean - truth) / found.error
    assert abs(z) <= LARGEST_Z, f"z = {z:.1f}: {said}"


def steady(
    per_hour: float, lanes: list[Block], hours: float, warm_up: float = 3.0, **blocks: Any
) -> Block:
    """A steady-state scenario: constant arrivals, one segment, nobody balks or jockeys.

    The shop starts empty, so the warm-up is a bias of its own: choose it as many relaxation times
    long as the proof asks for (`relaxation_hours`).
    """
    behaviour = {
        "lane_choice": {"rule": "shortest_queue", "count_in_service": True, "ties": "random"},
        "balk": "off",
        "renege": "off",
        "jockey": "off",
        **blocks.pop("behaviour", {}),
    }
    return {
        "scenario": "a proof",
        "store": {"horizon": f"{hours} h", "warm_up": f"{warm_up} h"},
        "arrivals": {"constant_per_hour": per_hour},
        "customers": [{"segment": "all", "share": 1, "items": {"fixed": 1}}],
        "lanes": lanes,
        "behaviour": behaviour,
        **blocks,
    }


def exponential(mean_s: float) -> Block:
    """Exponential time with a mean in seconds."""
    return {"exponential": {"mean": f"{mean_s} s"}}


def till_lane(
    tills: int, service: Block, name: str = "tills", line: str = "shared", **more: Any
) -> Block:
    """A staffed lane."""
    return {
        "lane": name,
        "kind": "staffed",
        "tills": tills,
        "line": line,
        "service": service,
        **more,
    }


def relaxation_hours(servers: int, rho: float, mean_service_s: float) -> float:
    """Time in which M/M/c forgets an empty start by a factor e: 1/(mu (sqrt(c) - sqrt(c rho))^2).

    Source: Morse (1955) for one server, as an upper bound for several.
    """
    return mean_service_s / 3600 / (servers * (1 - rho**0.5) ** 2)
