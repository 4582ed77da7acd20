"""Staff who serve several places, as Markov chains: truths for simulations.

Nothing here knows the package. Rates are per second; help, service and times between arrivals are
exponential.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from tests.theory.chains import Chain


class Machines(NamedTuple):
    """Some machines with one line: how many, room for how many people, and their customers."""

    servers: int
    room: int
    rate: float
    mean_s: float
    chance: float  # to need help at the start
    help_s: float


class AtMachines(NamedTuple):
    """What people meet at them in the long run."""

    blocked: float  # share of all who come
    wait_mean: float  # of those who got in
    help_wait_mean: float  # of those who called


Lane = tuple[int, int]  # working alone, waiting
Line = tuple[Lane, Lane]
State = tuple[Line, tuple[int, ...]]


def two_lanes_one_pool(lanes: Sequence[Machines], attendants: int) -> tuple[AtMachines, ...]:
    """Two lanes whose calls stand in one line, oldest first.

    States: of each lane those who work alone and who wait; and the lanes of those who have called,
    in order, of whom the first `attendants` are being helped.
    """

    def moves(line: Line, calls: tuple[int, ...]) -> Iterator[tuple[State, float]]:
        for j, lane in enumerate(lanes):
            working, waiting = line[j]
            there = working + calls.count(j)
            if there < lane.servers:
                yield from begins(line, calls, j, lane.rate)
            elif there + waiting < lane.room:
                yield (put(line, j, (working, waiting + 1)), calls), lane.rate
            if working:
                yield from leaves(line, calls, j, working / lane.mean_s)
        for place, j in enumerate(calls[:attendants]):
            working, waiting = line[j]
            rest = calls[:place] + calls[place + 1 :]
            yield (put(line, j, (working + 1, waiting)), rest), 1 / lanes[j].help_s

    def put(line: Line, j: int, lane: Lane) -> Line:
        return (lane, line[1]) if j == 0 else (line[0], lane)

    def begins(line: Line, calls: tuple[int, ...], j: int, rate: float) -> Iterator:
        working, waiting = line[j]
        yield (line, (*calls, j)), rate * lanes[j].chance
        yield (put(line, j, (working + 1, waiting)), calls), rate * (1 - lanes[j].chance)

    def leaves(line: Line, calls: tuple[int, ...], j: int, rate: float) -> Iterator:
        working, waiting = line[j]
        if waiting:
            yield from begins(put(line, j, (working - 1, waiting - 1)), calls, j, rate)
        else:
            yield (put(line, j, (working - 1, 0)), calls), rate

    chain = Chain((((0, 0), (0, 0)), ()), moves)
    shares = chain.long_run()

    def mean(function: Callable) -> float:
        return float(shares @ chain.values(function))

    found = []
    for j, lane in enumerate(lanes):
        full = mean(lambda line, calls, j=j, lane=lane: sum(line[j]) + calls.count(j) == lane.room)
        joins = lane.rate * (1 - full)
        waiting = mean(lambda line, calls, j=j: line[j][1])
        calling = mean(lambda line, calls, j=j: calls[attendants:].count(j))
        found.append(AtMachines(full, waiting / joins, calling / (joins * lane.chance)))
    return tuple(found)


class Shared(NamedTuple):
    """Means where one person serves a desk and, when lines grow, a till."""

    till_wait: float
    desk_wait: float
    at_till: float  # share of time for which he is missed at the desk


def till_or_desk(
    rate: float,
    mean_s: float,
    above: int,
    desk_rate: float,
    desk_s: float,
    most: int = 60,
    most_desk: int = 60,
) -> Shared:
    """One line and a till for all of the day; a second opens at once when more than `above` wait.

    Whoever opens it is the only person of the desk, and can be called only when nobody is there; he
    is back when the second till has served its last customer. When somebody joins a line anywhere,
    it is asked whether too many wait at the tills. States: people at the tills (those of the second
    till left out while it finishes); the second till (0 closed, 1 open and busy, 2 finishing);
    people at the desk.
    """
    mu = 1 / mean_s
    assert above >= 1

    def moves(n: int, second: int, desk: int) -> Iterator[tuple[tuple[int, int, int], float]]:
        up = rate if n < most else 0.0
        comes = desk_rate if desk < most_desk else 0.0
        free = second == 0 and desk == 0
        yield (n + 1, int(free and n > above) if second == 0 else second, desk), up
        yield (n, 1 if free and n - 1 > above else second, desk + 1), comes
        if second == 0:
            yield (n - 1, 0, desk), mu if n else 0.0
            yield (n, 0, desk - 1), 1 / desk_s if desk else 0.0
        elif second == 1:
            yield (n - 1, 1, desk), mu if n >= 2 else 0.0
            done = (n - 1, 0, desk) if n <= 2 else (1, 2, desk) if n == 3 else (n - 1, 1, desk)
            yield done, mu
        else:
            yield (n - 1, 2, desk), mu if n else 0.0
            yield (n, 0, desk), mu

    chain = Chain((0, 0, 0), moves)
    shares = chain.long_run()
    assert shares @ chain.values(lambda n, _, k: n == most or k == most_desk) < 1e-6
    waiting = chain.values(lambda n, second, _: max(0, n - 1 - (second == 1)))
    unserved = chain.values(lambda _, second, k: k if second else max(0, k - 1))
    missed = chain.values(lambda _, second, k: second > 0)
    return Shared(
        float(shares @ waiting) / rate, float(shares @ unserved) / desk_rate, float(shares @ missed)
    )


def waits_beyond(servers: int, arrive: float, waits: float, spots: int, rho: float) -> float:
    """Mean wait for one of `spots` places where `servers` people serve first come, first served.

    `waits` is Erlang's chance to wait; people beyond the servers are geometric with rho.
    """
    beyond = waits * rho ** (spots + 1 - servers) / (1 - rho)
    return float(np.float64(beyond) / arrive)
