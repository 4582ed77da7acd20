"""What names in a scenario mean, for the hover texts of an editor, where no registry says it."""

from __future__ import annotations

from typing import Final

MEANINGS: Final[dict[str, str]] = {
    "staffed": "Tills with a cashier.",
    "express": "Tills with a cashier, for small baskets only.",
    "self_service": "Machines at which customers scan and pay by themselves.",
    "scan_and_go": "Machines at which those pay who scanned as they shopped.",
    "own": "A line at every till.",
    "shared": "One line for all tills of the lane.",
    "first": "The first in the file.",
    "random": "Any of them, by chance.",
    "mean": "The mean of such services.",
    "median": "Half of such services are shorter.",
    "clock": "Patience runs by the clock.",
    "felt": "Patience runs as the wait feels.",
    "constant": "A rate holds until the next time in the table.",
    "linear": "Between two times the rate changes along a straight line.",
    "finish_line": "A till that closes serves everybody in its line.",
    "finish_current": "A till that closes serves one more; the others choose again.",
    "at_till": "Right after paying.",
    "same_day": "Later on the same day.",
    "next_day": "A day later.",
    "neutral": "Company does not matter.",
    "acts": "Company changes how long a wait feels.",
    "cash": "Notes and coins.",
    "card": "A card put into the terminal.",
    "contactless": "A card held to the terminal.",
    "phone": "A telephone held to the terminal.",
    "auto": "What fits the service times of the lane.",
    "all": "All that are installed, all day.",
    "checkouts": "When they come to the checkouts.",
    "door": "When they come into the shop.",
    "always": "At any time.",
    "busy": "Only while somebody is served there.",
    "waits": "He waits there until it works again.",
    "sent_on": "He goes to another line and begins anew.",
    "leaves": "He leaves without his shopping.",
    "off": "Does not happen.",
}

TARGETS: Final[dict[str, str]] = {
    "wait_mean": "Mean wait by the clock, as in 2 min.",
    "wait_p50": "Half of the customers wait at most this long, as in 1 min.",
    "wait_p90": "Nine in ten customers wait at most this long, as in 5 min.",
    "wait_p95": "95 in 100 customers wait at most this long, as in 6 min.",
    "wait_p99": "99 in 100 customers wait at most this long, as in 10 min.",
    "wait_max": "The longest wait of anybody, as in 15 min.",
    "felt_mean": "Mean wait as it feels, as in 3 min.",
    "waited": "Share of customers who have to wait at all, as in 50 %.",
    "wait_over_5min": "Share of customers who wait over five minutes, as in 5 %.",
    "one_in_front": "Share who find at most one person in front of them, as in 85 %.",
    "checkout_top2": "Share who are content with the checkout, as in 80 %.",
    "csat_top2": "Share who are content with the whole visit, as in 80 %.",
    "utilisation": "Share of the open time in which tills are busy, as in 85 %.",
    "reneged": "Share of customers who give up waiting, as in 1 %.",
    "balked": "Share of customers who turn away at the sight of the lines, as in 2 %.",
    "checkout_csat": "Score of the checkout from 0 to 100, as in 75.",
    "csat": "Score of the whole visit from 0 to 100, as in 78.",
    "wait_vs_benchmark": "Mean wait as a share of the benchmark_wait, as in 60 %.",
    "nps": "Net promoter score from -100 to 100, as in 40.",
    "ces": "Effort of paying on a scale from 1 to 5, as in 2.",
    "queue_length": "People who wait at the same time, on average, as in 8.",
}

# Ranges of targets that are plain numbers.
POINTS: Final[dict[str, tuple[float, float]]] = {
    "checkout_csat": (0, 100),
    "csat": (0, 100),
    "nps": (-100, 100),
    "ces": (1, 5),
    "queue_length": (0, 1_000_000),
}

# Parameters of distributions; {a} and {b} become values of the kind that is asked for.
PARAMETERS: Final[dict[str, str]] = {
    "half_up_to": "Half of the values lie up to this, as in {a}.",
    "nine_in_ten_up_to": "Nine in ten of the values lie up to this, as in {b}.",
    "about": "The mean, with a quarter of it as spread, as in {a}.",
    "fixed": "Always this value, as in {a}.",
    "most": "No value is larger than this, as in {c}.",
    "mean": "The mean, as in {a}.",
    "cv": "The spread as a share of the mean, as in 0.8.",
    "sd": "The spread (standard deviation), as in {a}.",
    "median": "Half of the values lie up to this, as in {a}.",
    "sigma": "The spread of the logarithm of the values, as in 0.7.",
    "low": "The smallest value, as in {a}.",
    "high": "The largest value, as in {b}.",
    "scale": "63 in 100 of the values lie up to this, as in {a}.",
    "shape": "Below 1 long values are frequent, above 1 values are alike, as in 1.4.",
    "stages": "The number of equal stages that follow each other, as in 3.",
    "weights": "How often each of them occurs, as in [0.3, 0.7].",
    "means": "The mean of each kind, as in [{a}, {b}].",
    "r": "The size: small numbers spread the values widely, as in 0.87.",
    "values": "The values that occur, as in [{a}, {b}].",
    "csv": "A file of values beside the scenario, with the column value, as in baskets.csv.",
}

# How each family may be written, where it has parameters of its own.
FAMILIES: Final[dict[str, str]] = {
    "bands": "{bands}",
    "exponential": "{{mean: {a}}}",
    "uniform": "{{low: {a}, high: {b}}}",
    "gamma": "{{mean: {a}, cv: 0.8}}",
    "lognormal": "{{mean: {a}, cv: 0.8}}",
    "weibull": "{{scale: {a}, shape: 1.4}}",
    "erlang": "{{mean: {a}, stages: 3}}",
    "hyperexponential": "{{weights: [0.3, 0.7], means: [{a}, {b}]}}",
    "geometric": "{{mean: {b}}}",
    "negative_binomial": "{{mean: {a}, r: 0.87}}",
    "empirical": "{{values: [{a}, {b}], weights: [0.3, 0.7]}}",
}
