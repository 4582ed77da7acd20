"""Self-service: machines held while an attendant is awaited, a Markov chain solved here."""

from __future__ import annotations

import pytest

from simqueue import theory
from tests.theory.chains import Chain
from tests.theory.harness import agree, exponential, known_of, measure, steady

SERVICE_S, HELP_S, CHANCE = 60.0, 45.0, 0.35
MOST = 90  # people waiting at which the chain is cut off; checked to be enough


def machines_with_help(machines, attendants, rate, at_start, chance=CHANCE):
    """Chain of (calling or helped, working alone, waiting in line).

    At the start: a transaction is [call, help] with the chance, then service. At its end: service,
    then [call, help] with the chance. Both are exponential, so the numbers are Markov.
    """

    def begin(calling, working, waiting):
        """A customer steps up to a free machine."""
        if not at_start:
            yield (calling, working + 1, waiting), 1.0
            return
        yield (calling + 1, working, waiting), chance
        yield (calling, working + 1, waiting), 1 - chance

    def leave(calling, working, waiting):
        """A machine has just been left; the next in line takes it."""
        if not waiting:
            yield (calling, working, 0), 1.0
            return
        yield from begin(calling, working, waiting - 1)

    def moves(calling, working, waiting):
        helping, served = min(calling, attendants) / HELP_S, working / SERVICE_S
        if calling + working < machines:
            yield from ((to, rate * p) for to, p in begin(calling, working, waiting))
        elif waiting < MOST:
            yield (calling, working, waiting + 1), rate
        if calling and at_start:
            yield (calling - 1, working + 1, waiting), helping
        elif calling:
            yield from ((to, helping * p) for to, p in leave(calling - 1, working, waiting))
        if working:
            done = served if at_start else served * (1 - chance)
            yield from ((to, done * p) for to, p in leave(calling, working - 1, waiting))
            if not at_start:
                yield (calling + 1, working - 1, waiting), served * chance

    chain = Chain((0, 0, 0), moves)
    shares = chain.long_run()
    assert shares @ chain.values(lambda k, s, n: n == MOST) < 1e-6
    return chain, shares


@pytest.mark.parametrize(
    ("machines", "attendants", "per_second", "at_start"),
    [(4, 1, 0.0280, True), (3, 1, 0.0210, False), (5, 2, 0.0430, True)],
)
def test_machines_wait_for_their_attendant(machines, attendants, per_second, at_start):
    """Wait in line, wait for help, utilisation and sojourn are those of the chain."""
    chain, shares = machines_with_help(machines, attendants, per_second, at_start)
    waiting = shares @ chain.values(lambda k, s, n: n)
    calling = shares @ chain.values(lambda k, s, n: max(0, k - attendants))
    occupied = shares @ chain.values(lambda k, s, n: k + s)
    full = shares @ chain.values(lambda k, s, n: k + s == machines)
    lane = {
        "lane": "self-service",
        "kind": "self_service",
        "machines": machines,
        "attendants": attendants,
        "service": exponential(SERVICE_S),
        "help": {
            "chance": CHANCE,
            "takes": exponential(HELP_S),
            "at": 0 if at_start else 1,
            "included": False,
        },
    }
    replications = 40
    shop = steady(3600 * per_second, [lane], hours=53)
    names = ["wait_mean_s", "waited_share", "queue_length_mean", "utilisation", "help_calls"]
    names += ["help_wait_mean_s", "sojourn_mean_s"]
    found = measure(shop, replications, 61, names, known_of(shop))
    agree(found["wait_mean_s"], waiting / per_second, within=0.05)
    agree(found["waited_share"], full, within=0.02)
    agree(found["queue_length_mean"], waiting, within=0.05)
    agree(found["utilisation"], occupied / machines, within=0.02)
    agree(found["help_calls"], CHANCE * known_of(shop)["customers"], within=0.02)
    agree(found["help_wait_mean_s"], calling / (CHANCE * per_second), within=0.04)
    agree(found["sojourn_mean_s"], (waiting + occupied) / per_second, within=0.02)


def test_machines_without_help_are_an_ordinary_line():
    """The chain with no help needed is M/M/c, and Little's law holds at the machines."""
    chain, shares = machines_with_help(3, 1, 0.04, at_start=True, chance=0.0)
    waiting = shares @ chain.values(lambda k, s, n: n)
    assert waiting / 0.04 == pytest.approx(theory.mmc_wait(3, 0.04, SERVICE_S), rel=1e-4)


def test_attendants_for_all_never_keep_anybody_waiting():
    """With an attendant for every machine help only lengthens the transaction, at either end."""
    for at_start in (True, False):
        chain, shares = machines_with_help(3, 3, 0.02, at_start)
        occupied = shares @ chain.values(lambda k, s, n: k + s)
        assert occupied == pytest.approx(0.02 * (SERVICE_S + CHANCE * HELP_S), rel=1e-6)
