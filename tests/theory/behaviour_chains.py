"""What people and cashiers do, as Markov chains and integral equations: truths for simulations.

Nothing here knows the package. Rates are per second, n counts people in service and waiting.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from tests.theory.chains import Chain

Joins = Callable[[int], float]
Move = tuple[tuple[int, ...], float]


class Balking(NamedTuple):
    """What happens to those who come where some turn away."""

    balked: float  # share of all who come
    wait_mean: float  # of those who join, in seconds
    waited: float  # share of those who join
    waiting_mean: float
    busy_mean: float


def one_line_with_balking(
    servers: int, rate: float, mean_s: float, joins: Joins, most: int = 400
) -> Balking:
    """Birth and death: one line, exponential service, who finds n people joins with `joins(n)`.

    The recursion of shares is that of any birth-death process (Kleinrock, 1975, chapter 3).
    """
    shares = [1.0]
    for n in range(1, most + 1):
        shares.append(shares[-1] * rate * joins(n - 1) * mean_s / min(n, servers))
    total = math.fsum(shares)
    share = np.array(shares) / total
    assert share[-1] < 1e-12
    n = np.arange(most + 1)
    join = np.array([joins(int(k)) for k in n])
    entering = rate * float(share @ join)
    waiting = float(share @ np.maximum(0, n - servers))
    return Balking(
        balked=1 - entering / rate,
        wait_mean=waiting / entering,  # Little (1961)
        waited=float(share[servers:] @ join[servers:]) * rate / entering,
        waiting_mean=waiting,
        busy_mean=float(share @ np.minimum(n, servers)),
    )


def fixed_service_with_balking(
    rate: float, service_s: float, joins: Callable[[np.ndarray], np.ndarray], points: int = 4000
) -> Balking:
    """M/D/1 where whoever finds x > 0 seconds of work joins with chance `joins(x)`.

    The density f of the work at hand crosses each level as often up as down (Brill, 2008):
    f(x) = rate (p0 [x < d] + integral of f joins over (x - d, x)), solved by the trapezoidal rule
    on a grid that divides the service time d. All who find the server idle join.
    """
    d, width = service_s, service_s / points
    steps = 40 * points  # forty services; the rest is checked to be nothing
    x = np.arange(steps + 1) * width
    taken = np.asarray(joins(x), dtype=float)
    f = np.zeros(steps + 1)
    f[0] = rate  # with p0 = 1 for now
    below = np.zeros(steps + 1)  # integral of f joins from 0
    weight = width / 2
    jump = rate * weight * taken[points]  # f falls by rate p0 at d; the last trapezoid is higher
    for k in range(1, steps + 1):
        known = below[k - 1] + weight * f[k - 1] * taken[k - 1] + jump * (k == points)
        left = below[k - points] if k >= points else 0.0
        idle = 1.0 if k < points else 0.0
        f[k] = rate * (idle + known - left) / (1 - rate * weight * taken[k])
        below[k] = known + weight * f[k] * taken[k]
    assert f[-1] < 1e-12 * f[0]
    mass = float(np.sum(f[1:] + f[:-1]) * weight + rate * weight)
    joined = float(below[-1])
    work = float(np.sum(f[1:] * taken[1:] * x[1:] + f[:-1] * taken[:-1] * x[:-1]) * weight)
    work += jump * d
    p0 = 1 / (1 + mass)
    entering = p0 * (1 + joined)
    return Balking(
        balked=1 - entering,
        wait_mean=p0 * work / entering,
        waited=p0 * joined / entering,
        waiting_mean=rate * p0 * work,
        busy_mean=1 - p0,
    )


class Waits(NamedTuple):
    """Mean wait of all in seconds, chance to wait, people waiting, busy share of open servers."""

    wait_mean: float
    waited: float
    waiting_mean: float
    busy_share: float


def two_lines_with_jockeying(rate: float, mean_s: float, gap: int, most: int = 150) -> Waits:
    """Two tills with own lines: newcomers join the shorter, ties at random.

    As soon as one line has `gap` people more than the other (service included), the last of the
    longer one goes over and is there at once.
    """

    def settled(a: int, b: int) -> tuple[int, int]:
        if a - b >= gap:
            return a - 1, b + 1
        return (a + 1, b - 1) if b - a >= gap else (a, b)

    def moves(a: int, b: int) -> Iterator[Move]:
        to_first = 0.5 if a == b else float(a < b)
        if a + b < most:
            yield (a + 1, b), rate * to_first
            yield (a, b + 1), rate * (1 - to_first)
        if a:
            yield settled(a - 1, b), 1 / mean_s
        if b:
            yield settled(a, b - 1), 1 / mean_s

    chain = Chain((0, 0), moves)
    shares = chain.long_run()
    assert shares @ chain.values(lambda a, b: a + b == most) < 1e-9
    waiting = float(shares @ chain.values(lambda a, b: max(0, a - 1) + max(0, b - 1)))
    delayed = float(shares @ chain.values(lambda a, b: min(a, b) > 0))
    busy = float(shares @ chain.values(lambda a, b: ((a > 0) + (b > 0)) / 2))
    return Waits(waiting / rate, delayed, waiting, busy)


class OnDemand(NamedTuple):
    """A till for all of the day and another that is opened on demand."""

    wait_mean: float
    waited: float
    waiting_mean: float
    busy_share: float  # of the open tills
    tills_open: float
    calls: float  # per second


def second_till_on_demand(rate: float, mean_s: float, above: int, most: int = 300) -> OnDemand:
    """One line; a second till opens at once when more than `above` people wait.

    It closes when a service ends there and nobody waits once it has taken the next one: at once if
    there is no next one, else after that one. Nobody else can be called until it has closed. States
    (n people at all or, while it finishes its last customer, at the first till; what the second
    till does: 0 closed, 1 open and always busy, 2 finishing).
    """
    mu = 1 / mean_s
    assert above >= 1  # else somebody could start at once at the till that is opened for him

    def moves(n: int, second: int) -> Iterator[Move]:
        up = rate if n < most else 0.0
        if second == 0:
            yield (n + 1, int(n > above)), up  # n wait after him, if anybody is served
            yield (n - 1, 0), mu if n else 0.0
        elif second == 1:
            yield (n + 1, 1), up
            yield (n - 1, 1), mu if n >= 2 else 0.0  # the first till
            # the second: idle and closed; takes the only one who waits; or goes on
            yield (n - 1, 0) if n <= 2 else (1, 2) if n == 3 else (n - 1, 1), mu
        else:
            yield (n + 1, 2), up
            yield (n - 1, 2), mu if n else 0.0
            yield (n, 0), mu

    chain = Chain((0, 0), moves)
    shares = chain.long_run()
    assert shares @ chain.values(lambda n, _: n == most) < 1e-9
    at_first = chain.values(lambda n, second: n - (second == 1))  # served or waiting, second aside
    second = chain.values(lambda _, second: second > 0)
    waiting = float(shares @ np.maximum(0, at_first - 1))
    busy = float(shares @ ((at_first > 0) + second))
    tills = 1 + float(shares @ second)
    delayed = float(shares @ (at_first > 0))
    calls = rate * float(shares @ chain.values(lambda n, second: second == 0 and n > above))
    return OnDemand(waiting / rate, delayed, waiting, busy / tills, tills, calls)
