"""What the event loop is told of the shop alone: made once, and copied for every day there.

Days of a scenario differ in their customers; lines, rosters and staff stay the same. What has been
made is found again by all that it was made of, so it is never out of date.
"""

from __future__ import annotations

from operator import attrgetter
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simqueue.engine.compiled import memory
from simqueue.engine.compiled.refusals import refuse_bad_shop
from simqueue.tables import Kind, System
from simqueue.tables.codes import Instant

Array = NDArray[Any]
MACHINES = (Kind.SELF_SERVICE, Kind.SCAN_AND_GO)
KEPT = 64  # shops; each takes some kilobytes

NUMBERS = attrgetter("demand.on", "demand.lane", "demand.pool")
COLUMNS = attrgetter(
    *("kind", "line_lane", "line_capacity", "line_position_m", "server_line", "lane_pool"),
    *("roster_s", "roster_lane", "roster_open"),
    *("attendants_s", "attendants_pool", "attendants_on"),
    *("shift_start_s", "shift_end_s", "break_s", "break_server", "break_lasts_s"),
    *("stoppages.at_s", "stoppages.lasts_s", "stoppages.server", "stoppages.when_busy"),
    *("stoppages.sends_on", "no_cards.at_s", "no_cards.lasts_s"),
)


class Shop(NamedTuple):
    """The tables of a shop in one piece of memory, and what `day` says of it.

    The agenda stands last, with what is known in advance: more is put on it during the day.
    """

    facts: dict[str, Any]
    places: dict[str, memory.Place]
    content: Array  # bytes


_shops: dict[tuple[Any, ...], Shop] = {}  # by all that they are made of
_one_at_a_time = Lock()  # whoever simulates in threads


def shop_of(system: System) -> Shop:
    """The shop of a day; ValueError for one that no day can have."""
    columns = COLUMNS(system)
    key = (NUMBERS(system), *[(x.dtype.str, x.shape, x.tobytes()) for x in columns])
    found = _shops.get(key)
    if found is None:
        refuse_bad_shop(system)
        found = _shop(system)
        with _one_at_a_time:
            if len(_shops) >= KEPT:
                del _shops[next(iter(_shops))]
            _shops[key] = found
    return found


def _shop(system: System) -> Shop:
    lanes, n_lines, n_servers = len(system.lanes), system.n_lines, system.n_servers
    pools = system.lane_pool.tolist() or list(range(lanes))
    numbers = [*pools, *system.attendants_pool.tolist(), system.demand.pool]
    n_pools = max(lanes, 1 + max(numbers))
    agenda = sorted(planned(system, n_pools), key=lambda one: one[:2])
    sizes = {"lines": n_lines, "servers": n_servers, "lanes": lanes, "pools": n_pools}
    sizes |= {"cashiers": len(system.shift_start_s), "choice": 1, "due_s": n_servers + 1}
    sizes |= {"open_lines": n_lines, "listed": n_lines, "going": n_servers}
    sizes |= {"stoppages": len(system.stoppages.at_s), "agenda": len(agenda)}
    places, size = memory.placed(sizes)
    shop = Shop(_facts(system, n_pools, len(agenda)), places, np.zeros(size, np.uint8))
    for fill in (_fill_lines, _fill_servers, _fill_staff, _fill_stoppages):
        fill(shop, system)
    _table(shop, "lanes")["pool"] = pools
    _table(shop, "agenda")[: len(agenda)] = [
        (time_s, lasts_s, rank, turn, what, who, how_many)
        for turn, (time_s, rank, what, who, how_many, lasts_s) in enumerate(agenda)
    ]
    return shop


def _table(shop: Shop, name: str) -> Array:
    """A table of the shop, to be filled."""
    return shop.places[name].of(shop.content)


def _facts(system: System, n_pools: int, n_agenda: int) -> dict[str, Any]:
    """The fields of `day`, in their order; 0 where only the day knows."""
    kinds = system.kind.tolist()
    return {
        **dict.fromkeys(memory.FACTS, 0),
        **{"soonest": -1, "line_of_last": -1},
        **{"n_lanes": len(system.lanes), "n_lines": system.n_lines, "n_servers": system.n_servers},
        **{"n_pools": n_pools, "n_cashiers": len(system.shift_start_s)},
        **{"n_agenda": n_agenda, "turn": n_agenda, "n_stoppages": len(system.stoppages.at_s)},
        "front_m": max(system.line_position_m.tolist(), default=0.0),
        "machines": any(kinds[j] in MACHINES for j in system.line_lane.tolist()),
    }


def _fill_lines(shop: Shop, system: System) -> None:
    lines, lanes, n_lanes = _table(shop, "lines"), _table(shop, "lanes"), len(system.lanes)
    lines["first"] = lines["last"] = -1
    if system.n_lines:
        number = np.arange(system.n_lines)
        lines["number"], lines["lane"] = number, system.line_lane
        lines["kind"] = system.kind[system.line_lane]
        lines["capacity"], lines["position_m"] = system.line_capacity, system.line_position_m
        lines["first_server"], lines["n_servers"] = _spans(system.server_line, number)
    if n_lanes:
        lanes["kind"] = system.kind
        lanes["n_lines"] = np.bincount(system.line_lane, minlength=n_lanes)
        server_lane = system.line_lane[system.server_line]
        lanes["first_server"], lanes["n_servers"] = _spans(server_lane, np.arange(n_lanes))


def _fill_servers(shop: Shop, system: System) -> None:
    servers = _table(shop, "servers")
    servers["cashier"] = -1
    if system.n_servers:
        servers["line"] = system.server_line
        servers["lane"] = system.line_lane[system.server_line]
    _table(shop, "due_s")[:] = np.inf


def _fill_staff(shop: Shop, system: System) -> None:
    pools, cashiers, starts = (
        _table(shop, "pools"),
        _table(shop, "cashiers"),
        system.shift_start_s,
    )
    pools["first_call"] = pools["last_call"] = -1
    cashiers["till"] = -1
    if len(starts):
        cashiers["end_s"] = system.shift_end_s
        cashiers["first_of_shift"] = np.append([True], starts[1:] > starts[:-1])


def _fill_stoppages(shop: Shop, system: System) -> None:
    stoppages = _table(shop, "stoppages")
    if len(system.stoppages.at_s):
        for name in ("lasts_s", "server", "when_busy", "sends_on"):
            stoppages[name] = getattr(system.stoppages, name)


def _spans(of: Array, every: Array) -> tuple[Array, Array]:
    """Where each number begins in an ascending column, and how often it occurs."""
    first = of.searchsorted(every)
    return first, of.searchsorted(every, side="right") - first


def planned(system: System, n_pools: int) -> list[tuple[Any, ...]]:
    """The agenda in advance: (time, rank, what, who, how many, lasts), in no order.

    Ranks within one instant: rosters and numbers on duty, shifts, breaks (docs/model.md).
    """
    roster = Instant.ROSTER * memory.PER_KIND
    shifts = roster + 2 * n_pools
    n_cashiers = len(system.shift_start_s)
    breaks = shifts + 2 * n_cashiers + system.n_servers
    stops = Instant.STOPPAGE * memory.PER_KIND
    found = [
        (time_s, roster + 2 * j, memory.SET_OPEN, j, n, 0.0)
        for time_s, j, n in _entries(system.roster_s, system.roster_lane, system.roster_open)
    ]
    found += [
        (time_s, roster + 2 * p + 1, memory.ON_DUTY, p, n, 0.0)
        for time_s, p, n in _entries(
            system.attendants_s, system.attendants_pool, system.attendants_on
        )
    ]
    found += [
        (time_s, shifts + n_cashiers + c, memory.SHIFT_BEGINS, c, 0, 0.0)
        for c, time_s in enumerate(system.shift_start_s.tolist())
    ]
    found += [
        (time_s, breaks + s, memory.BREAK_BEGINS, s, 0, lasts_s)
        for time_s, s, lasts_s in _entries(
            system.break_s, system.break_server, system.break_lasts_s
        )
    ]
    found += [
        (time_s, stops + f, memory.STOPS, f, 0, 0.0)
        for f, time_s in enumerate(system.stoppages.at_s.tolist())
    ]
    windows = _entries(system.no_cards.at_s, system.no_cards.lasts_s)
    found += [
        (time_s, stops + len(system.stoppages.at_s) + o, memory.CARDS_STOP, o, 0, lasts_s)
        for o, (time_s, lasts_s) in enumerate(windows)
    ]
    return found


def _entries(*columns: Array) -> list[tuple[Any, ...]]:
    """Rows of columns; servers and lanes as whole numbers."""
    return list(zip(*(column.tolist() for column in columns), strict=True))
