"""Of each measure: which side is better, and the smallest difference that matters.

The defaults are assumptions, each with its reason; a study sets its own with `matters`. They say
how large a difference must be before anybody should care, which no statistics can say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import Final

LESS, MORE, NEITHER = -1, 1, 0


@dataclass(frozen=True)
class Judged:
    """How a difference in a measure is judged: `matters` in the measure's unit, nan = not said.

    `share` is the same as a share of the reference's value, for amounts whose size only the shop
    knows. `name` is what a study file calls the measure.
    """

    label: str
    better: int
    matters: float = nan
    why: str = ""
    name: str = ""
    share: float = nan

    def least(self, reference: float) -> float:
        """The smallest difference that matters beside this value of the reference."""
        return self.share * abs(reference) if self.share == self.share else self.matters


_WAIT = "a wait is told in minutes; a sixth of one is the least that a customer might notice"
_LONG = "long waits differ by more from day to day; half a minute is seen in a line"
_SHARE = "one customer in fifty"
_RARE = "one customer in a hundred"
_SCORE = "one point of a hundred; satisfaction indices are published in whole points"
_MONEY = "one per cent of what the reference costs"

JUDGED: Final[dict[str, Judged]] = {
    "wait_mean_s": Judged("wait by the clock, mean", LESS, 10, _WAIT, "wait_mean"),
    "wait_mean_served_s": Judged("wait of those served", LESS, 10, _WAIT),
    "wait_mean_queued_s": Judged("wait of those who had to wait", LESS, 10, _WAIT),
    "wait_p50_s": Judged("half wait at most", LESS, 10, _WAIT, "wait_p50"),
    "wait_p90_s": Judged("90 in 100 wait at most", LESS, 20, _LONG, "wait_p90"),
    "wait_p95_s": Judged("95 in 100 wait at most", LESS, 30, _LONG, "wait_p95"),
    "wait_p99_s": Judged("99 in 100 wait at most", LESS, 60, _LONG, "wait_p99"),
    "wait_max_s": Judged("longest wait", LESS, 120, _LONG, "wait_max"),
    "wait_sd_s": Judged("spread of waits", LESS, 10, _WAIT),
    "waited_share": Judged("have to wait at all", LESS, 0.02, _SHARE, "waited"),
    "wait_over_5min_share": Judged("wait over 5 minutes", LESS, 0.01, _RARE, "wait_over_5min"),
    "sojourn_mean_s": Judged("from joining to having paid", LESS, 10, _WAIT),
    "help_wait_mean_s": Judged("wait for an attendant", LESS, 10, _WAIT),
    "felt_mean_s": Judged("wait as it feels, mean", LESS, 10, _WAIT, "felt_mean"),
    "felt_ratio": Judged("felt over actual wait", LESS, 0.05, "a twentieth of the wait"),
    "checkout_csat": Judged("checkout score, 0-100", MORE, 1, _SCORE, "checkout_csat"),
    "checkout_csat_all": Judged("checkout score, lost included", MORE, 1, _SCORE),
    "checkout_top2": Judged("checkout: top 2 of 5", MORE, 0.01, _RARE, "checkout_top2"),
    "checkout_top2_all": Judged("the same, lost included", MORE, 0.01, _RARE),
    "csat": Judged("visit score, 0-100", MORE, 0.5, "half a point: the checkout is a part of the"
                   " visit", "csat"),
    "csat_all": Judged("visit score, lost included", MORE, 0.5, "as the visit score"),
    "csat_top2_share": Judged("visit: top 2 of 5", MORE, 0.01, _RARE, "csat_top2"),
    "nps": Judged("net promoter score", MORE, 2,
                  "two points; a survey of 1,000 answers is off by five", "nps"),
    "nps_all": Judged("the same, lost included", MORE, 2, "as the net promoter score"),
    "ces": Judged("customer effort, 1-5", LESS, 0.05, "a twentieth of a step of the scale", "ces"),
    "one_in_front_share": Judged("one in front or fewer", MORE, 0.02, _SHARE, "one_in_front"),
    "slips_per_customer": Judged("overtaken, times a customer", LESS, 0.02, _SHARE),
    "queue_length_mean": Judged("people waiting, mean", LESS, 0.5, "half a person", "queue_length"),
    "queue_length_p95": Judged("people waiting, 95 % of the time", LESS, 2, "two people"),
    "queue_length_max": Judged("people waiting, most", LESS, 2, "two people"),
    "reneged_share": Judged("give up waiting", LESS, 0.002, "one customer in 500", "reneged"),
    "balked_share": Judged("turn away", LESS, 0.002, "one customer in 500", "balked"),
    "lost_baskets": Judged("lost customers", LESS, 1, "one basket a day", "lost_baskets"),
    "balked": Judged("customers who turn away", LESS, 1, "one customer a day"),
    "reneged": Judged("customers who give up", LESS, 1, "one customer a day"),
    "served": Judged("customers served", MORE, 1, "one customer a day"),
    "till_hours": Judged("till hours", LESS, 0.5, "half an hour of a cashier", "till_hours"),
    "attendant_hours": Judged("attendant hours", LESS, 0.5, "half an hour of an attendant"),
    "overtime_hours": Judged("overtime", LESS, 0.25, "a quarter of an hour of a cashier"),
    "idle_till_hours": Judged("idle till hours", LESS, 0.5, "half an hour of a cashier"),
    "changeovers": Judged("tills opened or closed", LESS, 1, "one change a day"),
    "help_calls": Judged("calls for help", LESS, 10, "ten calls a day"),
    "utilisation": Judged("tills occupied", NEITHER, 0.02, "two points of a hundred",
                          "utilisation"),
    "self_service_share": Judged("pay at a machine", NEITHER, 0.02, _SHARE),
    "staff_cost": Judged("staff cost", LESS, why=_MONEY, share=0.01),
    "cost_per_day": Judged("cost per day", LESS, why=_MONEY, share=0.01, name="cost"),
    "cost_per_year": Judged("cost per year", LESS, why=_MONEY, share=0.01),
    "lost_margin": Judged("margin of lost baskets", LESS, why=_MONEY, share=0.01),
    "sales": Judged("sales", MORE, why="one per mille of the reference's sales", share=0.001),
}  # fmt: skip
MEASURE_OF: Final = {judged.name: measure for measure, judged in JUDGED.items() if judged.name}


def judged(measure: str, matters: Mapping[str, float] | None = None) -> Judged:
    """How a measure is judged; `matters` (by the names of a study file, or measures) goes first.

    A measure that is not known here has no better side, and no difference of it is said to matter.
    """
    known = JUDGED.get(measure, Judged(measure.removesuffix("_s").replace("_", " "), NEITHER))
    given = matters or {}
    for name in (known.name, measure):
        if name and name in given:
            why = "as the study says"
            return Judged(known.label, known.better, given[name], why, known.name)
    return known
