"""Simulate through the public Python interface and hold the result against the truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import yaml
from scipy.special import stdtrit

Block = dict[str, Any]
LARGEST_Z = 3.5  # about 1 in 2,000 by chance: rare over the some 100 comparisons of this folder


class Found(NamedTuple):
    """What was simulated: a mean over replications and its standard error."""

    mean: float
    error: float


def measure(
    scenario: Mapping[str, Any] | str,
    replications: int,
    seed: int,
    metrics: Iterable[str],
    known: Mapping[str, float] | None = None,
) -> dict[str, Found]:
    """Run a scenario (mapping or YAML text) and return the metrics asked for.

    `name@lane` asks for a metric of one lane, `name` for that of the whole shop. `known` gives the
    exact means of some whole-shop metrics, such as the number of customers: they serve as control
    variates and make the others sharper (see `sharpened`).
    """
    study = run(scenario, replications, seed)
    found = {}
    for asked in metrics:
        name, _, lane = asked.partition("@")
        plain = as_found((study.by_lane()[lane] if lane else study.metrics)[name])
        if not known or asked in known:
            found[asked] = plain
            continue
        tally, group = (study.lane, study.lane.groups.index(lane)) if lane else (study.day, 0)
        found[asked] = sharpened(study, plain, daily_values(tally, name, group), known)
    return found


def daily_values(tally: Any, name: str, group: int) -> np.ndarray:
    """One value per replication whose mean is the metric; jackknife values where it is a ratio."""
    if not tally.is_ratio(name):
        return tally.daily(name)[:, group]
    tops, bottoms = tally.totals(name)
    top, bottom = tops[:, group], bottoms[:, group]
    without = (top.sum() - top) / (bottom.sum() - bottom)
    return len(top) * top.sum() / bottom.sum() - (len(top) - 1) * without


def sharpened(study: Any, plain: Found, daily: np.ndarray, known: Mapping[str, float]) -> Found:
    """The metric with the chance error that the known metrics explain taken out.

    Regression on control variates (Lavenberg and Welch, 1981): where by chance more customers came
    than expected, waits were longer too. Refused when it moves the plain result by more than what
    chance allows.
    """
    ones = np.ones(len(daily))
    controls = [daily_values(study.day, name, 0) - truth for name, truth in known.items()]
    design = np.column_stack([ones, *controls])
    weights, (rest,), *_ = np.linalg.lstsq(design, daily)
    variance = rest / (len(daily) - design.shape[1]) * np.linalg.inv(design.T @ design)[0, 0]
    assert abs(weights[0] - plain.mean) <= LARGEST_Z * plain.error
    return Found(float(weights[0]), float(variance**0.5))


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

    The shop starts empty, which biases the result by about exp(-warm-up / relaxation) times
    relaxation / horizon (`relaxation_hours`). With services of a minute the usual 3 hours are 15
    relaxation times of one server at 50 %, and 3 at 76 %, the busiest here: 0.1 % at most.
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


def known_of(shop: Block, rho: float | None = None) -> dict[str, float]:
    """Exact means in a steady-state scenario: customers, and utilisation where all are served."""
    hours = [float(shop["store"][name].removesuffix(" h")) for name in ("horizon", "warm_up")]
    customers = {"customers": shop["arrivals"]["constant_per_hour"] * (hours[0] - hours[1])}
    return customers if rho is None else {**customers, "utilisation": rho}


def relaxation_hours(servers: int, rho: float, mean_service_s: float) -> float:
    """Time in which M/M/c forgets an empty start by a factor e.

    1 / (sqrt(c mu) - sqrt(lambda))^2, the time of one server as fast as all together (Morse, 1955),
    but at least one service, which is what many half-idle servers need.
    """
    together = mean_service_s / (servers * (1 - rho**0.5) ** 2)
    return max(together, mean_service_s) / 3600
