"""When tills and machines stand still, and when cards do not work: arrays for an engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simqueue.shop.compile_staff import midnights
from simqueue.shop.spec import LaneSpec
from simqueue.shop.stoppages import BreakdownsSpec, OutageSpec
from simqueue.tables import Kind, NoCards, Payment, Stoppages, Workload, frozen

Floats = NDArray[np.float64]
Fields = dict[str, Any]
Row = tuple[float, int, float, bool, bool, bool]
AFTER_CLOSING_S = 7_200.0  # people are served that long after closing, at most about


def stoppage_fields(
    lanes: Sequence[LaneSpec],
    outages: Sequence[OutageSpec],
    workload: Workload,
    opens_s: float,
    length_s: float,
) -> Fields:
    """Breakdowns and outages as fields of a System; what never happens is left out."""
    fields: Fields = {}
    rows = [
        *_breakdowns(lanes, workload, length_s + AFTER_CLOSING_S),
        *_outages(lanes, outages, opens_s, length_s),
    ]
    if rows:
        columns = zip(*sorted(rows), strict=True)
        names = ("at_s", "server", "lasts_s", "when_busy", "sends_on", "explained")
        dtypes = ("f8", "i8", "f8", "?", "?", "?")
        fields["stoppages"] = Stoppages(
            **{n: frozen(c, d) for n, c, d in zip(names, columns, dtypes, strict=True)}
        )
    windows = [outage for outage in outages if outage.what == "cards"]
    if windows:
        fields["no_cards"] = _no_cards(windows, opens_s, length_s)
        fields["needs_card"] = frozen(_needs_card(windows[0], workload), "?")
    return fields


def _breakdowns(lanes: Sequence[LaneSpec], workload: Workload, until_s: float) -> Iterator[Row]:
    """A row per breakdown of every till and machine; those of a kind are numbered through."""
    first, numbers = 0, dict.fromkeys(Kind, 0)
    for lane in lanes:
        spec = lane.breakdowns
        if spec is not None:
            more = (spec.when == "busy", spec.customer == "sent_on", spec.explained)
            for k in range(lane.n_servers):
                name = f"{lane.kind_code.name.lower()}:{numbers[lane.kind_code] + k + 1}"
                times = _of_one(spec, name, workload, until_s)
                yield from ((at, first + k, lasts, *more) for at, lasts in zip(*times, strict=True))
        first += lane.n_servers
        numbers[lane.kind_code] += lane.n_servers


def _of_one(
    spec: BreakdownsSpec, name: str, workload: Workload, until_s: float
) -> tuple[list[float], list[float]]:
    """When one server breaks down, and for how long each time."""
    n = int(1.2 * until_s / spec.time_between.mean) + 10
    while True:
        works = spec.time_between.quantile(workload.draws.uniform(f"breakdown:{name}", n))
        stands = spec.repair.quantile(workload.draws.uniform(f"repair:{name}", n))
        at_s = np.cumsum(works)
        if spec.when == "always":  # its time runs while it works only
            at_s[1:] += np.cumsum(stands)[:-1]
        if at_s[-1] >= until_s:
            inside = at_s < until_s
            return at_s[inside].tolist(), stands[inside].tolist()
        n *= 2


def _begins(outage: OutageSpec, opens_s: float, length_s: float) -> Iterator[float]:
    """When it begins on each day of the run, in seconds from opening."""
    for midnight_s in midnights(opens_s, length_s):
        begins = midnight_s + outage.at
        if 0 <= begins < length_s:
            yield begins


def _outages(
    lanes: Sequence[LaneSpec], outages: Sequence[OutageSpec], opens_s: float, length_s: float
) -> Iterator[Row]:
    for outage in outages:
        if outage.what == "all":
            for begins in _begins(outage, opens_s, length_s):
                for server in range(sum(lane.n_servers for lane in lanes)):
                    yield begins, server, outage.lasts_s, False, False, outage.explained


def _no_cards(windows: Sequence[OutageSpec], opens_s: float, length_s: float) -> NoCards:
    rows = sorted(
        (begins, window.lasts_s, window.explained)
        for window in windows
        for begins in _begins(window, opens_s, length_s)
    )
    at_s, lasts_s, explained = zip(*rows, strict=True) if rows else ((), (), ())
    return NoCards(
        at_s=frozen(at_s, "f8"),
        lasts_s=frozen(lasts_s, "f8"),
        explained=frozen(explained, "?"),
        leaves=windows[0].without_card == "leaves",
    )


def _needs_card(window: OutageSpec, workload: Workload) -> NDArray[np.bool_]:
    """Who pays without cash and has none with him; shape (R,)."""
    n = len(workload)
    carries = workload.draws.uniform("carry_cash", n) < (window.carry_cash or 0.0)
    return np.asarray((workload.payment != Payment.CASH) & ~carries)
