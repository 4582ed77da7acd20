"""A day with changing rates and tills: Kolmogorov's equations solved here, quarter hour by quarter.

One shared line, exponential service, arrivals by the quarter hour, a roster that goes up and down.
The state is (m, x): m people with the tills that stay, x tills finishing their last customer.
Numbers come from the forward equations, waits of arrivals from the backward equations of somebody
standing in line (first come, first served, so only those ahead of him and the roster matter).
"""

from __future__ import annotations

import numpy as np
import pytest

from simqueue import theory
from tests.theory.chains import Chain, simpson
from tests.theory.harness import agree, as_found, exponential, run, till_lane

MEAN_S = 60.0
QUARTER_S = 900.0
STEP_S = 7.5  # of the grid on which the solutions are kept and integrated
PER_HOUR = [60, 90, 150, 210, 180, 120, 90, 30]  # arrivals, by quarter hours from 08:00
ROSTER = {0: 1, 15: 3, 45: 4, 75: 1, 78: 3, 90: 2, 105: 1}  # tills by minutes from opening
MOST_TILLS = 4
MOST = 80  # people at which the chain is cut off; checked to be enough


def clock(minutes):
    """Clock time of a shop that opens at eight."""
    return f"{8 + minutes // 60:02d}:{minutes % 60:02d}"


def stretches(per_hour, roster):
    """The day cut where rate or roster may change: (from_s, to_s, arrivals per s, tills)."""
    ends_s = len(per_hour) * QUARTER_S
    cuts = sorted({q * QUARTER_S for q in range(len(per_hour))} | {60.0 * m for m in roster})
    for start, end in zip(cuts, [*cuts[1:], ends_s], strict=True):
        tills = [n for minutes, n in roster.items() if 60 * minutes <= start][-1]
        yield start, end, per_hour[int(start // QUARTER_S)] / 3600, tills


def index(m, x):
    """Place of a state in a vector."""
    return m * MOST_TILLS + x


SIZE = index(MOST, MOST_TILLS - 1) + 1


def forward_step(rate, tills, width):
    """Transition matrix of the numbers over `width` seconds."""

    def moves(m, x):
        yield (m + 1, x), rate if m < MOST else 0.0
        yield (m - 1, x), min(m, tills) / MEAN_S
        yield (m, x - 1), x / MEAN_S

    return on_grid(Chain((0, MOST_TILLS - 1), moves).transition(width), (0, MOST_TILLS - 1), moves)


def on_grid(matrix, start, moves):
    """Reorder a chain's matrix from the order of discovery to `index`."""
    places = [index(*state) for state in Chain(start, moves).states]
    found = np.eye(SIZE)
    found[np.ix_(places, places)] = matrix
    return found


def roster_change(before, after):
    """Where each state goes when the number of tills is set anew: (from, to) places.

    Down: idle tills close, then busy ones become finishing ones. Up: finishing ones reopen first
    and keep their customers; the rest are opened and take people from the line.
    """
    for m in range(MOST + 1):
        for x in range(MOST_TILLS):
            if after < before:
                finishing = max(0, min(m, before) - after)
                to = (m - finishing, min(x + finishing, MOST_TILLS - 1))
            else:
                back = min(x, after - before)
                to = (min(m + back, MOST), x - back)
            yield index(m, x), index(*to)


def backward_change(before, after):
    """The same for somebody in line: m is his place in line (1 = next), 0 = being served."""
    for m in range(MOST + 1):
        for x in range(MOST_TILLS):
            if after < before:
                to = (m, min(x + before - after, MOST_TILLS - 1))
            else:
                back = min(x, after - before)
                to = (max(0, m - (after - before - back)), x - back)
            yield index(m, x), index(*to)


def backward_step(tills, width):
    """Chances of (place in line, finishing tills) over `width`, and mean time spent in line."""

    def moves(m, x):
        if m:
            yield (m - 1, x), tills / MEAN_S  # while he waits all tills are busy
            yield (m, x - 1), x / MEAN_S

    start = (MOST, MOST_TILLS - 1)
    chain = Chain(start, moves)
    fine = 8
    in_line = np.zeros(SIZE)
    in_line[index(1, 0) :] = 1.0
    small = on_grid(chain.transition(width / fine), start, moves)
    path = [in_line]
    for _ in range(fine):
        path.append(small @ path[-1])
    return np.linalg.matrix_power(small, fine), simpson(np.array(path), width)


def waits_in_line(cuts):
    """Mean rest of the wait by moment, for each stretch: arrays (grid points, places), in order.

    After the last stretch the roster stays: somebody at place m then waits m / (tills mu) more.
    """
    last_tills = cuts[-1][3]
    rest = np.array([m * MEAN_S / last_tills for m in range(MOST + 1) for _ in range(MOST_TILLS)])
    kept = []
    after = last_tills
    for start, end, _, tills in reversed(cuts):
        if after != tills:
            jump = dict(backward_change(tills, after))
            rest = rest[[jump[k] for k in range(SIZE)]]
        step, spent = backward_step(tills, STEP_S)
        path = [rest]
        for _ in range(round((end - start) / STEP_S)):
            path.append(spent + step @ path[-1])
        rest, after = path[-1], tills
        kept.append(np.array(path[::-1]))
    return kept[::-1]


def numbers(cuts):
    """Chances of the states by moment, for each stretch: arrays (grid points, places), in order."""
    now = np.eye(1, SIZE)[0]
    kept, before = [], cuts[0][3]
    for start, end, rate, tills in cuts:
        if tills != before:
            moved = np.zeros(SIZE)
            for place, to in roster_change(before, tills):
                moved[to] += now[place]
            now = moved
        step = forward_step(rate, tills, STEP_S)
        path = [now]
        for _ in range(round((end - start) / STEP_S)):
            path.append(path[-1] @ step)
        now, before = path[-1], tills
        kept.append(np.array(path))
    assert max(path[:, index(MOST, 0) :].sum(axis=1).max() for path in kept) < 1e-9
    return kept


def solve(per_hour, roster):
    """By quarter hour: mean number waiting, and total wait and number of those who arrive then."""
    cuts = list(stretches(per_hour, roster))
    quarters = len(per_hour)
    queue_s, wait_s, arrivals = np.zeros(quarters), np.zeros(quarters), np.zeros(quarters)
    m = np.repeat(np.arange(MOST + 1), MOST_TILLS)
    x = np.tile(np.arange(MOST_TILLS), MOST + 1)
    for (start, end, rate, tills), shares, rests in zip(
        cuts, numbers(cuts), waits_in_line(cuts), strict=True
    ):
        quarter = int(start // QUARTER_S)
        place = np.where(m >= tills, m - tills + 1, 0)  # of somebody who arrives now
        found = np.minimum(place, MOST) * MOST_TILLS + x
        waits = np.sum(shares * rests[:, found], axis=1)
        queue_s[quarter] += simpson(shares @ np.maximum(0, m - tills), end - start)
        wait_s[quarter] += rate * simpson(waits, end - start)
        arrivals[quarter] += rate * (end - start)
    return queue_s / QUARTER_S, wait_s, arrivals


def a_day(per_hour, roster):
    """The same day as a scenario."""
    closes = clock(15 * len(per_hour))
    return {
        "scenario": "a changing day",
        "store": {"opens": "08:00", "closes": closes},
        "arrivals": {"per_hour": {clock(15 * q): rate for q, rate in enumerate(per_hour)}},
        "customers": [{"segment": "all", "share": 1, "items": {"fixed": 1}}],
        "lanes": [
            till_lane(
                MOST_TILLS,
                exponential(MEAN_S),
                roster={clock(minutes): tills for minutes, tills in roster.items()},
            )
        ],
        "behaviour": {"balk": "off", "renege": "off", "jockey": "off"},
    }


def check_day(replications, seed, by_quarter, whole_day):
    """Compare a simulated day with Kolmogorov's, by quarter hour and as a whole."""
    queue, wait_s, arrivals = solve(PER_HOUR, ROSTER)
    study = run(a_day(PER_HOUR, ROSTER), replications, seed)
    quarters = study.by_quarter_hour()
    assert list(quarters) == [clock(15 * q) for q in range(len(PER_HOUR))]
    for q, measures in enumerate(quarters.values()):
        agree(as_found(measures["customers"]), arrivals[q], by_quarter)
        agree(as_found(measures["wait_mean_s"]), wait_s[q] / arrivals[q], by_quarter)
        agree(as_found(measures["queue_length_mean"]), queue[q], by_quarter)
    agree(as_found(study.metrics["wait_mean_s"]), wait_s.sum() / arrivals.sum(), whole_day)
    agree(as_found(study.metrics["queue_length_mean"]), queue.mean(), whole_day)


def test_a_changing_day_follows_kolmogorov():
    """Arrivals, queue and wait of every quarter hour within 10 %, of the whole day within 4 %."""
    check_day(replications=1400, seed=71, by_quarter=0.10, whole_day=0.04)


@pytest.mark.truth
def test_a_changing_day_follows_kolmogorov_closely():
    """Arrivals, queue and wait of every quarter hour within 5 %, of the whole day within 2 %."""
    check_day(replications=7000, seed=72, by_quarter=0.05, whole_day=0.02)


def test_the_solution_settles_where_erlang_says():
    """With constant rate and tills the equations end in M/M/2: both queue and wait."""
    queue, wait_s, arrivals = solve([90] * 12, {0: 2})
    truth = theory.mmc_wait(2, 90 / 3600, MEAN_S)
    assert wait_s[-1] / arrivals[-1] == pytest.approx(truth, rel=1e-4)
    assert queue[-1] == pytest.approx(truth * 90 / 3600, rel=1e-4)


def test_the_solution_keeps_little_s_law_over_the_day():
    """All time spent in line is somebody's wait, but for what is left at closing."""
    per_hour = [60, 200, 150, 90, 10, 0.001]
    queue, wait_s, _ = solve(per_hour, {0: 2, 20: 4, 45: 1, 47: 2})
    assert queue.sum() * QUARTER_S == pytest.approx(wait_s.sum(), rel=1e-5)
