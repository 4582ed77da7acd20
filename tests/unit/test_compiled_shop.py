"""What the compiled engine keeps of a shop from one day to the next."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from threading import Barrier

import numpy as np
import pytest

from simqueue.engine import run
from simqueue.engine.compiled import shop
from simqueue.engine.compiled.shop import shop_of
from simqueue.tables import Demand, NoCards, Stoppages, frozen
from tests.differential.generate import to_tables as plain_tables
from tests.differential.generate_stoppages import stopping_day, to_tables
from tests.plain_day import day


def plain():
    """Six customers, a lane of two tills and one of two machines with one line."""
    return plain_tables(day([1.0, 1.5, 2.0, 2.5, 3.0, 3.5], [[1, 1], [2]]))


def test_a_shop_is_made_once_for_all_days_there():
    """Days that differ in their customers and in who works how fast share the shop."""
    _, system = plain()
    other = replace(system, service_s=system.service_s + 1.0, server_pace=system.server_pace * 2)
    assert shop_of(other) is shop_of(system)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": np.array([1, 2])},
        {"line_capacity": np.array([1, 10, 10])},
        {"line_position_m": np.array([9.0, 5.0, 1.0])},
        {"line_lane": np.array([0, 1, 1])},
        {"server_line": np.array([0, 0, 1, 2])},
        {"lane_pool": np.array([1, 0])},
        {"roster_s": np.array([0.0, 2.0])},
        {"roster_lane": np.array([1, 0])},
        {"roster_open": np.array([1, 1])},
        {"attendants_s": np.array([1.0]), "attendants_pool": np.array([1]),
         "attendants_on": np.array([1])},
        {"shift_start_s": np.array([1.0]), "shift_end_s": np.array([9.0])},
        {"break_s": np.array([1.0]), "break_server": np.array([0]),
         "break_lasts_s": np.array([5.0])},
        {"stoppages": Stoppages(frozen([2.0], "f8"), frozen([0], "i8"), frozen([9.0], "f8"),
                                frozen([False], "?"), frozen([True], "?"), frozen([True], "?"))},
        {"no_cards": NoCards(frozen([1.0], "f8"), frozen([50.0], "f8"))},
        {"demand": Demand(on=True, lane=0, pool=3)},
    ],
    ids=lambda changes: ", ".join(changes),
)  # fmt: skip
def test_another_shop_is_not_taken_for_one_known(changes):
    """A shop that differs in one thing is another, and its days are as in the reference engine."""
    workload, system = plain()
    known = shop_of(system)
    other = replace(system, **changes)
    assert shop_of(other) is not known
    assert shop_of(system) is known
    simpy, compiled = (run(workload, other, engine) for engine in ("simpy", "compiled"))
    assert simpy.equals(compiled)


def test_a_day_leaves_the_shop_as_it_was():
    """A day that opens, closes and breaks servers does not show in what is kept."""
    workload, system = to_tables(stopping_day(Random(60_000), coarse=True))
    kept = shop_of(system)
    before, facts = kept.content.tobytes(), dict(kept.facts)
    first = run(workload, system, engine="compiled")
    assert kept.content.tobytes() == before
    assert kept.facts == facts
    assert first.equals(run(workload, system, engine="compiled"))


def test_only_so_many_shops_are_kept(monkeypatch):
    """When there is no room for another shop, the one known for longest is forgotten."""
    monkeypatch.setattr(shop, "_shops", {})
    monkeypatch.setattr(shop, "KEPT", 2)
    _, system = plain()
    systems = [replace(system, roster_open=np.array([n, 1])) for n in range(3)]
    shops = [shop_of(one) for one in systems]
    assert shop_of(systems[2]) is shops[2]
    assert shop_of(systems[1]) is shops[1]
    assert shop_of(systems[0]) is not shops[0]


def test_shops_of_several_threads_are_no_more_than_are_kept(monkeypatch):
    """Threads that make shops at the same time keep no more of them than one alone."""
    monkeypatch.setattr(shop, "_shops", {})
    monkeypatch.setattr(shop, "KEPT", 2)
    _, system = plain()
    together = Barrier(4)

    def made(system):
        together.wait()
        return real(system)

    real = shop._shop
    monkeypatch.setattr(shop, "_shop", made)
    systems = [replace(system, roster_open=np.array([n, 1])) for n in range(8)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(shop_of, systems))
    assert len(shop._shops) == 2


def test_numbers_in_another_order_of_bytes_are_other_numbers():
    """Columns that differ in their order of bytes alone do not belong to the same shop."""
    _, system = plain()
    little = replace(system, line_capacity=np.array([1, 1, 1], "<i2"))
    big = replace(system, line_capacity=np.array([256, 256, 256], ">i2"))
    assert little.line_capacity.tobytes() == big.line_capacity.tobytes()
    assert shop_of(little) is not shop_of(big)


def test_a_shop_that_cannot_be_is_refused_every_time():
    """What is refused is not kept."""
    _, system = plain()
    bad = replace(system, roster_lane=np.array([0, 7]))
    for _ in range(2):
        with pytest.raises(ValueError, match=r"system.roster_lane\[1\]"):
            shop_of(bad)
