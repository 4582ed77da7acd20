"""The vectorised psychology against a naive twin: one customer at a time, formulas as published.

The twin imports nothing of the package's mathematics; it is given plain numbers.
"""

from __future__ import annotations

from math import exp, inf, log
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simqueue.experience import TABLE, Parameters, judge
from tests.unit.experience_days import MACHINES, TILLS, average_draws, log_of, spec_of, workload_of

PHI = NormalDist().cdf
Z = st.floats(-3.5, 3.5)
WAIT = st.one_of(st.just(0.0), st.floats(0.01, 4000.0))
SHARE = st.floats(0.0, 1.0)

CUSTOMER = st.fixed_dictionaries(
    {
        "wait": WAIT,
        "still": SHARE,
        "last": SHARE,
        "help": st.one_of(st.just(0.0), st.floats(0.1, 300.0)),
        "machine": st.booleans(),
        "alone": st.booleans(),
        "items": st.integers(1, 150),
        "slips": st.integers(0, 12),
        "halted": st.booleans(),
        "left": st.booleans(),
        "v": st.floats(0.2, 2.0),
        "g": st.floats(0.2, 2.0),
        "display": st.one_of(st.none(), st.floats(0.0, 1500.0)),
        "z": st.fixed_dictionaries(
            dict.fromkeys(
                ("felt_person", "felt_occasion", "acceptable_wait", "judgement", "rest", "liking"),
                Z,
            )
        ),
    }
)
SWITCHES = (
    "occupied", "moving", "in_process", "known", "fairness", "explanation", "anxiety",
    "last_place", "value",
)  # fmt: skip
BLOCK = st.fixed_dictionaries(
    {
        "occupied": st.booleans(),
        "stoppages_explained": st.booleans(),
        "asked": st.sampled_from(["at_till", "same_day", "next_day"]),
        "expected_wait": st.sampled_from(["60 s", "240 s", "600 s"]),
        "propositions": st.fixed_dictionaries(
            {name: st.booleans() for name in SWITCHES}
            | {"company": st.sampled_from(["neutral", "acts"])}
        ),
    }
)
NUMBERS = st.fixed_dictionaries(
    {n: st.floats(p.low, p.high) for n, p in TABLE.items() if n != "expected_wait_s"}
)


def felt_seconds(c: dict[str, Any], b: dict[str, Any], p: dict[str, float]) -> dict[str, float]:
    """P, what it would be without noise, and F(D), as the model page writes them."""
    on, kept = b["propositions"], {"at_till": 1.0, "same_day": (1 + p["kappa_lag"]) / 2}
    kappa = kept.get(b["asked"], p["kappa_lag"])

    def factor(name: str, acts: bool) -> float:
        return 1 - kappa * (1 - p[name]) if acts else 1.0

    company = factor("m_group", on["company"] == "acts" and not c["alone"])
    standing = (
        factor("m_occupied", on["occupied"] and b["occupied"])
        * factor("m_known", on["known"] and c["display"] is not None)
        * company
    )
    moving = max(0.70, standing * factor("m_progress", on["moving"]))
    standing = max(0.70, standing)
    helped = max(0.70, factor("m_inprocess", on["in_process"]) * company)
    still_s, moving_s = c["wait"] * c["still"], c["wait"] * (1 - c["still"])

    def systematic(clock: float, weighted: float) -> float:
        if clock == 0:
            return 0.0
        felt = p["rho"] * 180 * (weighted / 180) ** p["beta"]
        return clock * min(2.0, max(0.7, felt / clock))

    queue = moving_s * moving + still_s * standing
    mean = systematic(c["wait"] + c["help"], queue + c["help"] * helped)
    share = p["person_share"]
    z = share**0.5 * c["z"]["felt_person"] + (1 - share) ** 0.5 * c["z"]["felt_occasion"]
    z = min(3.0, max(-3.0, z))
    found = {"mean": mean, "felt": mean * exp(p["sigma"] * z - p["sigma"] ** 2 / 2)}
    if c["display"] is not None:
        mix = queue / c["wait"] if c["wait"] > 0 else standing
        shown = systematic(c["display"], c["display"] * mix)
        found["shown"] = shown * exp(-(p["sigma"] ** 2) / 2)
    return found


def points(
    felt: float, r: float, promise: float | None, a: float, v: float, p: dict[str, float]
) -> float:
    """Points won minus lost by a felt wait."""
    top = inf if promise is None else max(r, promise)
    won = p["k"] * max(0.0, log((r + 30) / (felt + 30)))
    lost = v * p["lambda"] * p["k"] * max(0.0, log((min(felt, top) + 30) / (r + 30)))
    if felt > top:
        lost += v * p["lambda_ext"] * p["k"] * log((felt + 30) / (top + 30))
    return won - lost - v * p["ka"] * max(0.0, log((felt + 30) / (a + 30)))


def score(c: dict[str, Any], b: dict[str, Any], p: dict[str, float], expected: float) -> Any:
    """(C without eps, felt seconds he judges by, acceptable wait)."""
    on, felt = b["propositions"], felt_seconds(c, b, p)
    a = p["acceptable_wait_s"] * exp(p["acceptable_sigma"] * c["z"]["acceptable_wait"]) * c["g"]
    if on["value"]:
        a *= (c["items"] / 12) ** p["acceptable_exponent"]
    promise = None if c["left"] else felt.get("shown")
    r = expected if promise is None else (1 - p["pi"]) * expected + p["pi"] * promise
    judged = max(felt["felt"], p["patience_ratio"] * a) if c["left"] else felt["felt"]
    total = p["c0"] + points(judged, r, promise, a, c["v"], p)
    if on["last_place"] and c["wait"] > 0:
        longer = judged + p["last_place_s"] * c["last"]
        total -= points(judged, r, promise, a, c["v"], p) - points(longer, r, promise, a, c["v"], p)
    if on["fairness"]:
        total -= p["fairness"] * (1 - exp(-c["slips"] / 2))
    stopped = (c["halted"] or c["help"] > 0) and not b["stoppages_explained"]
    if on["explanation"] and stopped:
        total -= p["explanation"]
    if on["anxiety"] and c["wait"] > 0 and not c["machine"]:
        total -= p["anxiety"]
    return total, judged, a


def package_says(c: dict[str, Any], b: dict[str, Any], p: dict[str, float]) -> Any:
    """The same customer through the package, twice, so that broadcasting is met."""
    n = 2
    block = dict(b)
    if c["display"] is not None:
        block["wait_display"] = {"rounds_to": "0 s", "error_cv": 0}
    people = workload_of(
        n,
        average_draws(n, **{name: [z] * n for name, z in c["z"].items()}),
        items=[c["items"]] * n,
        alone=[c["alone"]] * n,
        value_of_time=[c["v"]] * n,
        self_control=[c["g"]] * n,
    )
    day = log_of(
        people,
        [c["wait"]] * n,
        queue_still_s=[c["wait"] * c["still"]] * n,
        last_in_line_s=[c["wait"] * c["last"]] * n,
        help_wait_s=[c["help"]] * n,
        help_s=[5.0 * (c["help"] > 0)] * n,
        stoppage_in_queue_s=[float(c["halted"])] * n,
        slips_same_line=[c["slips"] // 2] * n,
        slips_same_kind=[c["slips"] - c["slips"] // 2] * n,
        slips_other_kind=[7] * n,
        lane=[MACHINES if c["machine"] else TILLS] * n,
        ending=[2 if c["left"] else 0] * n,
        displayed_wait_s=[np.nan if c["display"] is None else c["display"]] * n,
        separate_lines=(True, False),
    )
    return judge(people, day, spec_of(**block), Parameters(p))


@settings(max_examples=300, deadline=None)
@given(c=CUSTOMER, b=BLOCK, p=NUMBERS)
def test_every_customer_is_judged_as_by_the_published_formulas(c, b, p):
    """Felt seconds, score, satisfaction and effort agree with the naive twin for any customer."""
    expected = {"60 s": 60.0, "240 s": 240.0, "600 s": 600.0}[b["expected_wait"]]
    e = package_says(c, b, p)
    felt = felt_seconds(c, b, p)
    assert e.perception.systematic_s[1] == pytest.approx(felt["mean"], rel=1e-9)
    assert e.perception.felt_s[1] == pytest.approx(felt["felt"], rel=1e-9)
    c_sys, judged, accepts = score(c, b, p, expected)
    assert e.judgement.systematic[1] == pytest.approx(c_sys, abs=1e-7)
    assert e.judgement.judged_felt_s[1] == pytest.approx(judged, rel=1e-9)
    c_all = c_sys + p["eps_sd"] * c["z"]["judgement"]
    rest = p["rest_mean"] + p["rest_sd"] * c["z"]["rest"]
    if c["machine"]:
        rest += p["rest_shift_machines"] + 0.2 * p["rest_sd"] * c["z"]["liking"]
    satisfied = (1 - p["w"]) * rest + p["w"] * c_all
    assert e.outcome.satisfaction[1] == pytest.approx(satisfied, abs=1e-6)
    content = PHI((c_sys - 70) / p["eps_sd"])
    assert e.outcome.content_with_checkout[1] == pytest.approx(content, abs=1e-9)
    answer = NormalDist(8.31 + p["nps_slope"] * (satisfied - 78), p["nps_sd"])
    assert e.outcome.promoter[1] == pytest.approx(1 - answer.cdf(8.5), abs=1e-6)
    assert e.outcome.detractor[1] == pytest.approx(answer.cdf(6.5), abs=1e-6)
    effort = 1.8 + 0.8 * log((judged + 30) / (accepts + 30))
    effort += 0.5 * c["machine"] + 1.0 * (c["help"] > 0)
    assert e.outcome.effort[1] == pytest.approx(min(5.0, max(1.0, effort)), rel=1e-9)
