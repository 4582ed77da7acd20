"""Servers that stop, as Markov chains: truths for simulations. Nothing here knows the package.

Rates are per second.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tests.theory.chains import Chain, simpson

Move = tuple[tuple[int, ...], float]


class Halted(NamedTuple):
    """A line before servers that break down, in the long run."""

    wait_mean: float  # from joining to the start of service, of all
    waited: float
    stopped_in_line: float  # mean time in line while every server stood still
    stopped_at_till: float  # mean time in service while the server stood still


def line_with_breakdowns(
    servers: int,
    rate: float,
    mean_s: float,
    up_s: float,
    repair_s: float,
    busy_only: bool,
    most: int = 200,
) -> Halted:
    """One line; each server breaks down by itself, who is served there waits; all exponential.

    States: servers that serve, that stand still with a customer, that stand still without one, and
    people waiting.
    """

    def moves(busy: int, halted: int, empty: int, waiting: int) -> Iterator[Move]:
        idle = servers - busy - halted - empty
        if idle:
            yield (busy + 1, halted, empty, waiting), rate
            yield (busy, halted, empty + 1, waiting), 0 if busy_only else idle / up_s
        elif waiting < most:
            yield (busy, halted, empty, waiting + 1), rate
        left = (busy, halted, empty, waiting - 1) if waiting else (busy - 1, halted, empty, 0)
        yield left, busy / mean_s
        yield (busy - 1, halted + 1, empty, waiting), busy / up_s
        yield (busy + 1, halted - 1, empty, waiting), halted / repair_s
        took = (busy + 1, halted, empty - 1, waiting - 1)
        yield took if waiting else (busy, halted, empty - 1, 0), empty / repair_s

    chain = Chain((0, 0, 0, 0), moves)
    shares = chain.long_run()
    assert shares @ chain.values(lambda b, h, e, n: n == most) < 1e-9

    def mean(function) -> float:
        return float(shares @ chain.values(function))

    return Halted(
        wait_mean=mean(lambda b, h, e, n: n) / rate,
        waited=mean(lambda b, h, e, n: b + h + e == servers),
        stopped_in_line=mean(lambda b, h, e, n: n * (h + e == servers)) / rate,
        stopped_at_till=mean(lambda b, h, e, n: h) / rate,
    )


class SentOn(NamedTuple):
    """A till that breaks down beside plenty of others, in the long run; shares of all who come."""

    joined: float  # go to that till first
    sent_on: float
    lost_s: float  # mean time in service in vain, over all who come


def till_that_sends_on(
    rate: float, service_s: float, up_s: float, repair_s: float, fixed: bool
) -> SentOn:
    """Somebody goes to the till only when it is free; when it breaks he begins anew elsewhere.

    A semi-Markov process of idle, busy and broken (Cinlar, 1975, chapter 10). Services are fixed
    or exponential; somebody's service takes as long again elsewhere.
    """
    breaks = 1 / up_s
    if fixed:
        broken = -math.expm1(-breaks * service_s)
        busy_s = broken / breaks
        in_vain_s = broken / breaks - service_s * math.exp(-breaks * service_s)
    else:
        ends = breaks + 1 / service_s
        broken, busy_s, in_vain_s = breaks / ends, 1 / ends, breaks / ends**2
    comes = rate / (rate + breaks)  # rather than it breaks while idle
    idle_s = 1 / (rate + breaks)
    broken_s = (1 - comes + comes * broken) * repair_s
    idle = idle_s / (idle_s + comes * busy_s + broken_s)
    return SentOn(idle, idle * broken, idle * in_vain_s)


class Stretch(NamedTuple):
    """Means over a stretch of time: people waiting, services going on, customers held."""

    waiting: float
    serving: float
    held: float


class Day:
    """One line, exponential service, seen from opening; people in [0, most] and customers held."""

    def __init__(
        self, servers: int, rate: float, mean_s: float, most: int, cardless: float
    ) -> None:
        self.servers, self.rate, self.mean_s, self.most = servers, rate, mean_s, most
        self.cardless = cardless  # share who are held at the end of service, without cards
        self.now = np.zeros((most + 1, servers + 1))
        self.now[0, 0] = 1.0

    def moves(self, n: int, held: int, without_cards: bool) -> Iterator[Move]:
        """What happens on a usual stretch, or on one without cards."""
        serving = min(n, self.servers) - held
        held_now = self.cardless if without_cards else 0.0
        yield (n + 1, held), self.rate if n < self.most else 0.0
        yield (n, held + 1), serving / self.mean_s * held_now
        yield (n - 1, held), serving / self.mean_s * (1 - held_now)

    def goes_on(self, seconds: float, points: int = 21, without_cards: bool = False) -> Stretch:
        """Follow Kolmogorov's forward equations for a stretch."""
        chain = Chain((0, 0), lambda n, held: self.moves(n, held, without_cards))
        places = tuple(np.array(chain.states).T)
        path = [self.now[places]]
        step = chain.transition(seconds / (points - 1))
        for _ in range(points - 1):
            path.append(path[-1] @ step)
        self.now = np.zeros_like(self.now)
        self.now[places] = path[-1]
        assert abs(path[-1].sum() - 1) < 1e-9
        assert self.now[-1].sum() < 1e-9
        mean = simpson(np.array(path), seconds) / seconds
        n, held = chain.values(lambda n, held: n), chain.values(lambda n, held: held)
        served = np.minimum(n, self.servers)
        return Stretch(
            float(mean @ (n - served)), float(mean @ (served - held)), float(mean @ held)
        )

    def stands_still(self, seconds: float, stretches: int) -> list[Stretch]:
        """Nothing but arrivals, for so many stretches: all wait, those in service stay there."""
        n = np.arange(self.most + 1)
        share = self.now.sum(axis=1)
        serving = float(share @ np.minimum(n, self.servers))
        before = float(share @ n) - serving
        expected = self.rate * seconds
        ratios = np.concatenate([[1.0], expected * stretches / n[1:]])
        come = math.exp(-expected * stretches) * np.cumprod(ratios)
        self.now[:, 0] = np.convolve(share, come)[: self.most + 1]
        assert abs(self.now.sum() - 1) < 1e-9
        middles = [(k + 0.5) * expected for k in range(stretches)]
        return [Stretch(before + middle, serving, 0.0) for middle in middles]

    def cards_work_again(self) -> None:
        """Everybody held is done."""
        for held in range(1, self.servers + 1):
            self.now[: self.most + 1 - held, 0] += self.now[held:, held]
            self.now[:, held] = 0.0
