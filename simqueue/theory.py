"""Queues whose waits are known by formula: a first answer without simulating, and its proof.

Rates and times may be in any unit of time, as long as all arguments of a call share it.
The offered load is arrival rate times mean service time; divided by the servers it is `rho`.
"""

from __future__ import annotations

import math
from typing import NamedTuple


class LimitedRoom(NamedTuple):
    """A line with room for a limited number of people (M/M/c/K), in the long run."""

    blocked: float  # share of arrivals who find no room
    wait_mean: float  # of those who got in, zero waits included
    number_mean: float  # people waiting or being served
    waiting_mean: float  # people waiting


class LimitedPatience(NamedTuple):
    """A line whose customers give up when their patience ends (M/M/c+M), in the long run."""

    chance_to_wait: float  # of an arriving customer
    reneged: float  # share of arrivals who give up
    wait_mean: float  # of all arrivals: until served or until giving up, zero waits included
    waiting_mean: float  # people waiting


def erlang_b(servers: int, offered_load: float) -> float:
    """Chance that an arriving customer finds all servers busy and is lost, in M/M/c/c.

    Source: Erlang (1917), B formula; computed by its recursion over servers, which cannot overflow.
    Raises ValueError for fewer than 0 servers or a negative load.

    >>> round(erlang_b(servers=2, offered_load=1.0), 12)
    0.2
    >>> round(erlang_b(servers=10, offered_load=5.0), 4)  # as in printed Erlang tables
    0.0184
    """
    _at_least("servers", servers, 0)
    _at_least("offered_load", offered_load, 0.0)
    lost = 1.0
    for k in range(1, servers + 1):
        lost = offered_load * lost / (k + offered_load * lost)
    return lost


def erlang_c(servers: int, offered_load: float) -> float:
    """Chance that an arriving customer has to wait, in M/M/c; 1 when the load is too high.

    The load is too high when it is not below the number of servers: the line then grows for ever.
    Source: Erlang (1917), C formula, from the B formula as in Cooper (1981, chapter 3).
    Raises ValueError for fewer than 1 server or a negative load.

    >>> round(erlang_c(servers=2, offered_load=1.0), 12)
    0.333333333333
    """
    _at_least("servers", servers, 1)
    if offered_load >= servers:
        return 1.0
    lost = erlang_b(servers, offered_load)
    return servers * lost / (servers - offered_load * (1.0 - lost))


def mmc_wait(servers: int, arrival_rate: float, mean_service: float) -> float:
    """Mean wait in one line before equal servers (M/M/c); infinite when the load is too high.

    Source: Erlang (1917); Cooper (1981, chapter 3). Raises ValueError for arguments out of range.
    A call centre of 50 agents, 48 calls a minute of one minute each: 20.8 seconds (Garnett,
    Mandelbaum and Reiman, 2002, table 1).

    >>> round(60 * mmc_wait(servers=50, arrival_rate=48, mean_service=1), 1)
    20.8
    """
    spare = _spare_rate(servers, arrival_rate, mean_service)
    if spare <= 0:
        return math.inf
    return erlang_c(servers, arrival_rate * mean_service) / spare


def mmc_wait_longer(
    servers: int, arrival_rate: float, mean_service: float, longer_than: float
) -> float:
    """Share of customers who wait longer than a given time in M/M/c; 1 when the load is too high.

    Source: Erlang (1917): those who wait at all wait an exponential time. Raises ValueError for
    arguments out of range.

    >>> round(mmc_wait_longer(servers=1, arrival_rate=0.5, mean_service=1, longer_than=0), 12)
    0.5
    >>> mmc_wait_longer(1, 0.5, 1, longer_than=2 * math.log(5))  # 0.5 exp(-0.5 t)
    0.1
    """
    spare = _spare_rate(servers, arrival_rate, mean_service)
    _at_least("longer_than", longer_than, 0.0)
    if spare <= 0:
        return 1.0
    return erlang_c(servers, arrival_rate * mean_service) * math.exp(-spare * longer_than)


def mmc_wait_quantile(
    servers: int, arrival_rate: float, mean_service: float, share: float
) -> float:
    """The wait that a share of customers does not exceed in M/M/c; infinite if overloaded.

    0 when that share of customers does not wait at all. Source: as `mmc_wait_longer`, solved for
    the time. Raises ValueError for arguments out of range.

    >>> round(60 * mmc_wait_quantile(50, 48, 1, share=0.9), 1)  # Garnett et al. (2002), table 1
    58.1
    >>> mmc_wait_quantile(servers=1, arrival_rate=0.5, mean_service=1, share=0.4)
    0.0
    """
    if not 0.0 <= share < 1.0:
        raise ValueError(f"theory: share: must be at least 0 and below 1 (got {share!r})")
    spare = _spare_rate(servers, arrival_rate, mean_service)
    if spare <= 0:
        return math.inf
    waiting = erlang_c(servers, arrival_rate * mean_service)
    return math.log(waiting / (1.0 - share)) / spare if waiting > 1.0 - share else 0.0


def mg1_wait(arrival_rate: float, mean_service: float, service_cv: float) -> float:
    """Mean wait before one server, whatever the shape of the service times (M/G/1).

    `service_cv` is their standard deviation as a share of their mean. Infinite when overloaded.
    Source: Pollaczek (1930) and Khinchine (1932), mean value formula. Raises ValueError for
    arguments out of range.

    >>> round(mg1_wait(arrival_rate=0.8, mean_service=1, service_cv=1), 12)  # M/M/1: rho/(1-rho)
    4.0
    """
    spare = _spare_rate(1, arrival_rate, mean_service)
    _at_least("service_cv", service_cv, 0.0)
    if spare <= 0:
        return math.inf
    rest = arrival_rate * mean_service * mean_service * (1.0 + service_cv * service_cv) / 2.0
    return rest / (1.0 - arrival_rate * mean_service)


def breakdown_wait(
    arrival_rate: float,
    mean_service: float,
    mean_up: float,
    mean_repair: float,
    *,
    service_cv: float = 1.0,
    repair_cv: float = 1.0,
    busy_only: bool = False,
) -> float:
    """Mean wait before one server that breaks down and is repaired; infinite when overloaded.

    It works for an exponential time of mean `mean_up`, also with nobody there (or, `busy_only`,
    counting only time with a customer); whoever is served then waits and goes on where he was.
    `service_cv` and `repair_cv` are standard deviations as shares of the means. The wait ends when
    service starts.
    Source: White and Christie (1958) where all times are exponential; Avi-Itzhak and Naor (1963)
    for any service and repair; with `busy_only` the formula of Pollaczek and Khinchine for services
    with their interruptions (Gaver, 1962). Raises ValueError for arguments out of range.

    >>> round(breakdown_wait(0.5, 1, mean_up=1e12, mean_repair=1), 9)  # never down: M/M/1
    1.0
    >>> round(breakdown_wait(0.5, 1, mean_up=10, mean_repair=2), 9)
    2.633333333
    >>> round(breakdown_wait(0.5, 1, mean_up=10, mean_repair=2, busy_only=True), 9)
    2.3
    """
    _spare_rate(1, arrival_rate, mean_service)
    _at_least("service_cv", service_cv, 0.0)
    _at_least("repair_cv", repair_cv, 0.0)
    _at_least("mean_repair", mean_repair, 0.0)
    if not 0.0 < mean_up < math.inf:
        raise ValueError(f"theory: mean_up: must be above 0, finite (got {mean_up!r})")
    occupied = mean_service * (1.0 + mean_repair / mean_up)  # by one customer, repairs included
    load = arrival_rate * occupied
    if load >= 1.0:
        return math.inf
    down = mean_repair / (mean_up + mean_repair)  # share of time
    if busy_only:
        down = arrival_rate * mean_service * mean_repair / mean_up
    rest_of_service = load * occupied * (1.0 + service_cv * service_cv) / 2.0
    rest_of_repair = down * mean_repair * (1.0 + repair_cv * repair_cv) / 2.0
    return (rest_of_service + rest_of_repair) / (1.0 - load)


def md1_wait(arrival_rate: float, mean_service: float) -> float:
    """Mean wait before one server when every service takes equally long (M/D/1): half of M/M/1.

    Source: Erlang (1909); Pollaczek-Khinchine with no spread. Raises ValueError for arguments out
    of range.

    >>> round(md1_wait(arrival_rate=0.8, mean_service=1), 12)
    2.0
    """
    return mg1_wait(arrival_rate, mean_service, service_cv=0.0)


def mmck(servers: int, room: int, arrival_rate: float, mean_service: float) -> LimitedRoom:
    """Share turned away, mean wait and mean numbers with room for `room` people (M/M/c/K).

    `room` counts those being served too; who finds no room leaves at once and is lost.
    Source: birth-and-death balance, Cooper (1981, chapter 3). Raises ValueError for arguments out
    of range, among them a room smaller than the number of servers.
    With one server and rho = 1 all numbers of people from 0 to `room` are equally likely:

    >>> [round(x, 12) for x in mmck(servers=1, room=3, arrival_rate=1, mean_service=1)]
    [0.25, 1.0, 1.5, 0.75]
    """
    _spare_rate(servers, arrival_rate, mean_service)
    _at_least("room", room, servers)
    load = arrival_rate * mean_service
    lost = erlang_b(servers, load)
    if lost == 0.0:
        return LimitedRoom(0.0, 0.0, load, 0.0)
    # weights relative to "all servers busy, nobody waits"; fewer people: all through Erlang's B
    fewer = 1.0 / lost - 1.0
    rho = load / servers
    # counted down from the longest line where lines grow, so that no weight exceeds 1
    scale = -(room - servers) * math.log(rho) if rho > 1.0 else 0.0
    weights = [math.exp(n * math.log(rho) + scale) for n in range(room - servers + 1)]
    total = fewer * math.exp(scale) + sum(weights)
    blocked = weights[-1] / total
    waiting = sum(n * weight for n, weight in enumerate(weights)) / total
    entering = arrival_rate * (1.0 - blocked)
    return LimitedRoom(
        blocked=blocked,
        wait_mean=waiting / entering,
        number_mean=waiting + entering * mean_service,
        waiting_mean=waiting,
    )


def erlang_a(
    servers: int, arrival_rate: float, mean_service: float, mean_patience: float
) -> LimitedPatience:
    """Chance to wait, share who give up and mean wait with exponential patience (M/M/c+M).

    Customers being served stay. Works for any load: those who give up keep the line finite.
    Source: Palm (1957); Garnett, Mandelbaum and Reiman (2002), whose table 1 has, with 50 agents,
    48 calls a minute of one minute each and 2 minutes of patience, 3.1 % abandoning after all.
    Raises ValueError for arguments out of range.

    >>> round(100 * erlang_a(50, 48, 1, mean_patience=2).reneged, 1)
    3.1
    >>> round(erlang_a(1, 1, 1, mean_patience=1).chance_to_wait, 12)  # 1 - exp(-1): N is Poisson
    0.632120558829
    """
    _spare_rate(servers, arrival_rate, mean_service)
    if not 0.0 < mean_patience < math.inf:
        raise ValueError(f"theory: mean_patience: must be above 0, finite (got {mean_patience!r})")
    load = arrival_rate * mean_service
    lost = erlang_b(servers, load)
    if lost == 0.0:
        return LimitedPatience(0.0, 0.0, 0.0, 0.0)
    # weights relative to "all servers busy, nobody waits", as in `mmck`
    fewer, busy, waiting, weight, n = 1.0 / lost - 1.0, 1.0, 0.0, 1.0, 0
    leaving = servers / mean_service
    while True:
        n += 1
        leaving += 1.0 / mean_patience
        weight *= arrival_rate / leaving
        busy += weight
        waiting += n * weight
        if arrival_rate < leaving and n * weight < 1e-18 * (fewer + busy):
            break
        if busy > 1e200:  # before it overflows
            fewer, busy, waiting, weight = (1e-200 * x for x in (fewer, busy, waiting, weight))
    waiting_mean = waiting / (fewer + busy)
    return LimitedPatience(
        chance_to_wait=busy / (fewer + busy),
        reneged=waiting_mean / mean_patience / arrival_rate,
        wait_mean=waiting_mean / arrival_rate,  # Little's law
        waiting_mean=waiting_mean,
    )


def _spare_rate(servers: int, arrival_rate: float, mean_service: float) -> float:
    """By how much all servers together are faster than customers come; checks the arguments."""
    _at_least("servers", servers, 1)
    _at_least("arrival_rate", arrival_rate, 0.0)
    if not 0.0 < mean_service < math.inf:
        raise ValueError(f"theory: mean_service: must be above 0, finite (got {mean_service!r})")
    return servers / mean_service - arrival_rate


def _at_least(name: str, value: float, least: float) -> None:
    """Raise ValueError unless the value is a number from `least` up, and finite."""
    if not least <= value < math.inf:
        raise ValueError(f"theory: {name}: must be at least {least:g}, finite (got {value!r})")
