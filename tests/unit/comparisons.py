"""Comparisons that several tests look at: a small shop, run once."""

from __future__ import annotations

from functools import cache
from typing import Any

from simqueue.scenario.load import loads
from simqueue.show.compared import Compared, of
from simqueue.study import Study, run
from simqueue.study.compare import Judgement, compare, judge
from simqueue.study.matters import Judged, judged
from simqueue.study.paired import Difference
from simqueue.study.together import run_together
from tests.shops import CORNER_SHOP

DAYS = 6
MORE = {"lanes.staffed.roster": 2}
FEWER = {"lanes.self-service.machines": 1}


@cache
def shop(*changes: tuple[str, Any]) -> Any:
    """The corner shop with changes made to it."""
    return loads(CORNER_SHOP, overrides=changes)


@cache
def studies() -> tuple[Study, Study, Study]:
    """As it is, one more till, one machine fewer: run together on the same days."""
    scenarios = [shop(), *(shop(*each.items()) for each in (MORE, FEWER))]
    as_it_is, more, fewer = run_together(scenarios, DAYS)
    return as_it_is, more, fewer


@cache
def alone() -> Study:
    """The shop with more tills, run by itself."""
    return run(shop(*MORE.items()), DAYS, keep=0)


@cache
def comparison() -> Compared:
    """The three compared, with names."""
    names = ("as it is", "both tills", "one machine")
    changes = ({}, MORE, FEWER)
    return of(compare(studies(), names, changes=changes, title="Which one?"))


def built(mean: float, half_width: float, measure: str = "wait_mean_s", **more: Any) -> Judgement:
    """A judgement on a difference made up for the purpose, of 20 days and one alternative."""
    known: dict[str, Any] = {
        "reference": 100.0, "alternative": 100.0 + mean, "mean": mean, "half_width": half_width,
        "n": 20, "unit": "s", "spread": half_width * 20**0.5 / 2.093, "pairing": 3.0,
        "half_width_all": half_width,
    }  # fmt: skip
    sure = abs(mean) > half_width
    known |= {"p": 0.001 if sure else 0.4, "p_all": 0.001 if sure else 0.4} | more
    return judge(Difference(**known), how(measure))


def how(measure: str) -> Judged:
    """How a measure is judged by default."""
    return judged(measure)
