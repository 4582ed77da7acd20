"""Every number of the psychology with its range, its limits and its source.

`kind` says how a number is known: `evidence` (published measurements bracket it), `derived`
(arithmetic on published numbers) or `assumption` (nobody has published a usable number; the
range is a choice, made wide on purpose).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Parameter:
    """One number: its low / central / high value, what limits it, and where it comes from."""

    name: str
    low: float
    central: float
    high: float
    unit: str
    kind: str  # evidence | derived | assumption
    basis: str
    source: str = ""
    at_least: float = 0.0
    at_most: float = 1.0
    settable: bool = True


_MINUTES = [
    Parameter(
        "rho", 1.20, 1.36, 1.50, "1", "evidence",
        "felt / clock seconds of a wait of three minutes: standing, idle, in a visible queue",
        "Hornik 1984 (36 % over); Jones & Peppiatt 1996 (40 %); Fan et al. 2016 (21-30 %)",
        at_least=0.2, at_most=5.0,
    ),
    Parameter(
        "beta", 0.80, 0.95, 1.10, "1", "evidence",
        "exponent of the clock in felt time; a slope of one is not rejected in the field",
        "Stevens-type exponents, mean .90 in the laboratory; Mishalani et al. 2006 (linear)",
        at_least=0.2, at_most=2.0,
    ),
    Parameter(
        "sigma", 0.27, 0.33, 0.40, "1", "derived",
        "spread of ln(felt / clock) of answers: 84 % over-estimating needs .27, a CV of .42 .40",
        "Waseem et al. 2003; Jones & Peppiatt 1996",
        at_most=1.5,
    ),
    Parameter(
        "person_share", 0.3, 0.5, 0.7, "1", "assumption",
        "share of sigma squared that belongs to the person, not to the occasion",
    ),
    Parameter(
        "m_occupied", 0.75, 0.85, 1.00, "1", "evidence",
        "factor on waiting with something to look at; studies disagree",
        "Borges et al. 2015; Fan et al. 2016; against: Pruyn & Smidts 1998",
        at_least=0.2, at_most=1.5,
    ),
    Parameter(
        "m_progress", 0.85, 0.93, 1.00, "1", "evidence",
        "factor on waiting while the line moves, against standing still",
        "van der Bijl et al. 2011; Soman & Shi 2003 (direction)",
        at_least=0.2, at_most=1.5,
    ),
    Parameter(
        "m_inprocess", 0.60, 0.75, 1.00, "1", "evidence",
        "factor on waiting after the service has begun; weak evidence",
        "Dube-Rioux et al. 1989 (direction)",
        at_least=0.2, at_most=1.5,
    ),
    Parameter(
        "m_known", 0.80, 0.88, 1.00, "1", "evidence",
        "factor on a wait whose length is displayed; three studies find nothing",
        "Watkins et al. 2011 (-13 %); against: Hui & Zhou 1996",
        at_least=0.2, at_most=1.5,
    ),
    Parameter(
        "m_group", 0.85, 1.00, 1.15, "1", "evidence",
        "factor on waiting in company; even its sign is unknown",
        "Maister 1985 against Pruyn & Smidts 1999",
        at_least=0.2, at_most=1.5,
    ),
    Parameter(
        "kappa_lag", -0.5, 0.0, 1.0, "1", "evidence",
        "how much of an attention factor is left when people are asked a day later; negative: "
        "what passed quickly is remembered as longer",
        "Ahn, Liu & Soman 2009; Block, Hancock & Zakay 2010 (direction)",
        at_least=-1.0,
    ),
]  # fmt: skip

_TOLERANCE = [
    Parameter(
        "expected_wait_s", 150.0, 240.0, 330.0, "felt s", "assumption",
        "what people would say they expect, before they learn",
        "US shoppers, just under five minutes on average (newspaper review, 2009)",
        at_least=1.0, at_most=36000.0, settable=False,
    ),
    Parameter(
        "acceptable_wait_s", 180.0, 250.0, 360.0, "felt s", "evidence",
        "median of the longest wait people call acceptable",
        "surveys of US shoppers: about four minutes (M/A/R/C, n 13,000) to nine minutes",
        at_least=1.0, at_most=36000.0,
    ),
    Parameter(
        "acceptable_sigma", 0.35, 0.50, 0.65, "1", "derived",
        "spread of ln(acceptable wait) between persons; weak", at_most=2.0,
    ),
    Parameter(
        "acceptable_exponent", 0.0, 0.25, 0.5, "1", "assumption",
        "how the acceptable wait grows with the basket (items to this power)",
        "Maister 1985: the more valuable the service, the longer people wait (no number)",
        at_most=2.0,
    ),
    Parameter(
        "patience_ratio", 1.5, 2.0, 3.0, "1", "assumption",
        "felt wait at which people give up / acceptable wait", at_least=0.1, at_most=100.0,
    ),
]  # fmt: skip

_JUDGEMENT = [
    Parameter(
        "c0", 74.0, 77.0, 80.0, "points", "evidence",
        "checkout score when the wait feels as expected",
        "ACSI, supermarkets, speed of the checkout: 75 (2018), 78 (2024)",
        at_most=100.0,
    ),
    Parameter(
        "k", 6.0, 10.0, 15.0, "points", "assumption",
        "points won per unit of ln(reference / felt); set so that half a minute scores about 92",
        at_most=100.0,
    ),
    Parameter(
        "lambda", 0.6, 1.0, 2.0, "1", "evidence",
        "loss / gain beyond a habitual expectation; contested, below 1 in the one grocery test",
        "Caruelle et al. 2023 (< 1); for money: Walasek 2024 (1.31), Brown 2024 (1.955)",
        at_most=10.0,
    ),
    Parameter(
        "lambda_ext", 1.0, 1.7, 2.25, "1", "evidence",
        "the same beyond a wait that was displayed, thus promised",
        "Caruelle et al. 2023 (direction); Kumar, Kalwani & Dada 1997",
        at_most=10.0,
    ),
    Parameter(
        "ka", 0.0, 6.0, 20.0, "points", "assumption",
        "points lost per unit of ln(felt / acceptable) beyond the acceptable wait",
        "Pruyn & Smidts 1998 (sign)", at_most=100.0,
    ),
    Parameter(
        "pi", 0.0, 0.5, 1.0, "1", "assumption", "weight of a displayed wait in what is expected",
    ),
    Parameter(
        "fairness", 4.0, 8.0, 15.0, "points", "assumption",
        "most points lost by being overtaken: f (1 - exp(-slips / 2))",
        "Pruyn & Smidts 1993: fairness ranks first (no number)", at_most=100.0,
    ),
    Parameter(
        "picked_out", 0.0, 1.0, 3.0, "1", "assumption",
        "slips that a check of one's own scanning is worth; no study puts a number on it",
        at_most=100.0,
    ),
    Parameter(
        "explanation", 1.0, 3.0, 8.0, "points", "assumption",
        "points lost by a stoppage nobody explained",
        "Taylor 1994; Tom & Lucey 1995 (direction)", at_most=100.0,
    ),
    Parameter(
        "anxiety", 0.0, 3.0, 8.0, "points", "assumption",
        "points lost by wondering whether one picked the right line",
        "Maister 1985 (no number)", at_most=100.0,
    ),
    Parameter(
        "last_place_s", 0.0, 70.0, 100.0, "felt s", "evidence",
        "extra seconds that being last in line all the time is worth",
        "Buell 2021", at_most=3600.0,
    ),
    Parameter(
        "eps_sd", 12.0, 15.0, 20.0, "points", "assumption",
        "spread of whatever else moves a score; tied to 79 % content after up to four minutes",
        "M/A/R/C survey of US shoppers, n 13,000 (level)", at_least=0.1, at_most=100.0,
    ),
]  # fmt: skip

_OUTCOME = [
    Parameter(
        "w", 0.05, 0.20, 0.35, "1", "evidence",
        "weight of the checkout in the opinion of the whole visit",
        "van Riel et al. 2012 (explained variance up by 24 percent); Pallikkara et al. 2024: none",
    ),
    Parameter(
        "rest_mean", 76.0, 79.0, 84.0, "points", "evidence",
        "mean opinion of the rest of the visit", "ACSI, supermarkets, 2018-2023: 75.5-79",
        at_most=100.0,
    ),
    Parameter(
        "rest_sd", 12.0, 16.0, 20.0, "points", "assumption",
        "spread between persons of the opinion of the rest of the visit",
        at_least=0.1, at_most=100.0,
    ),
    Parameter(
        "rest_shift_machines", -3.0, 0.0, 3.0, "points", "assumption",
        "what using a machine adds to the opinion of the rest", at_least=-100.0, at_most=100.0,
    ),
    Parameter(
        "nps_slope", 0.06, 0.10, 0.14, "1", "assumption",
        "step of the 0-10 recommendation answer per point of satisfaction", at_most=1.0,
    ),
    Parameter(
        "nps_sd", 1.6, 2.0, 2.4, "1", "assumption",
        "spread of the 0-10 recommendation answer over all customers",
        at_least=0.8, at_most=5.0,
    ),
]  # fmt: skip

TABLE: Final[dict[str, Parameter]] = {
    p.name: p for p in [*_MINUTES, *_TOLERANCE, *_JUDGEMENT, *_OUTCOME]
}
