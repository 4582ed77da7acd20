"""What holds of every day's customers and of every shop compiled for them, whatever is written."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simqueue.customers import draw
from simqueue.customers.spec import ArrivalsSpec, SegmentSpec
from simqueue.engine import derive_log, run
from simqueue.shop import compile_shop
from simqueue.shop.spec import BehaviourSpec, LaneSpec, StaffingSpec
from simqueue.study.audit import audit_day
from simqueue.tables import System, Workload

EXAMPLES = settings(max_examples=120, deadline=None)
OPENS_S, LENGTH_S = 8 * 3600.0, 2 * 3600.0

per_cent = st.integers(0, 100)
clock_times = st.sampled_from(["08:00", "08:20", "08:45", "09:00", "09:30", "09:59"])


def by_clock(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One value for the day, or a table that begins at opening."""
    table = st.dictionaries(clock_times, values, max_size=3)
    return st.one_of(values, st.builds(lambda first, rest: {"08:00": first, **rest}, values, table))


@st.composite
def arrivals(draw_: st.DrawFn) -> ArrivalsSpec:
    """A table, a constant rate or a built-in shape with up to some 150 customers."""
    rate = st.one_of(st.just(0), st.integers(0, 60), st.floats(0, 60))
    written = draw_(
        st.one_of(
            st.fixed_dictionaries({"constant_per_hour": rate}),
            st.fixed_dictionaries(
                {"per_hour": by_clock(rate).filter(lambda t: isinstance(t, dict))}
            ),
            st.fixed_dictionaries(
                {"customers_per_day": st.integers(1, 100), "shape": st.just("saturday")}
            ),
        )
    )
    more = {"interpolate": draw_(st.sampled_from(["constant", "linear"])),
            "day_to_day_cv": draw_(st.sampled_from([0, 0.1, 0.6]))}  # fmt: skip
    return ArrivalsSpec.model_validate(written | more)


@st.composite
def segments(draw_: st.DrawFn) -> list[SegmentSpec]:
    """One to three segments with shares by the clock."""
    n = draw_(st.integers(1, 3))
    items = st.sampled_from(
        [{"fixed": 3}, {"half_up_to": 8, "nine_in_ten_up_to": 25, "most": 60},
         {"geometric": {"mean": 2}},
         {"bands": {"1-5": 0.5, "6-30": 0.5}}, {"about": 12}]
    )  # fmt: skip
    cash = draw_(per_cent)
    found = []
    for k in range(n):
        about = {
            "segment": f"s{k}",
            "share": draw_(by_clock(st.integers(1, 100).map(lambda x: x / 100))),
        }
        about |= {"items": draw_(by_clock(items)), "alone": draw_(per_cent) / 100}
        about |= {"self_service": draw_(per_cent) / 100}
        about |= {"pays": {"cash": cash / 100, "card": 1 - cash / 100}}
        found.append(SegmentSpec.model_validate(about))
    return found


@st.composite
def lanes(draw_: st.DrawFn) -> list[LaneSpec]:
    """One to four lanes of any kind, rosters and limits included."""
    found = []
    for k in range(draw_(st.integers(1, 4))):
        kind = draw_(st.sampled_from(["staffed", "express", "self_service"]))
        n = draw_(st.integers(0, 4))
        written: dict[str, Any] = {"lane": f"l{k}", "kind": kind}
        written["machines" if kind == "self_service" else "tills"] = n
        if kind != "self_service":
            written["line"] = draw_(st.sampled_from(["own", "shared"]))
        if kind == "express" or draw_(st.booleans()):
            written |= {"max_items": draw_(st.integers(1, 20)), "ignores_limit": 0.3}
        if draw_(st.booleans()):
            written["roster"] = draw_(by_clock(st.integers(0, n)))
        if kind == "self_service" and draw_(st.booleans()):
            written["help"] = {"chance": draw_(st.integers(1, 100)) / 100}
        if draw_(st.booleans()):
            written["capacity"] = draw_(st.integers(1, 6))
        if draw_(st.booleans()):
            written["accepts"] = {"payment": ["card"]}
        written["cashiers_differ"] = draw_(st.sampled_from([0, 0.2]))
        found.append(LaneSpec.model_validate(written))
    return found


def customers(come: ArrivalsSpec, kinds: list[SegmentSpec], seed: int) -> Workload:
    """The customers of two hours."""
    return draw(come, kinds, opens_s=OPENS_S, length_s=LENGTH_S, seed=seed, replication=0)


def shop(places: list[LaneSpec], behaviour: BehaviourSpec, workload: Workload) -> System:
    """The lanes for these customers; every fourth of them gives up after five minutes."""
    patience_s = np.where(np.arange(len(workload)) % 4 == 0, 300.0, np.inf)
    clock = {"opens_s": OPENS_S, "length_s": LENGTH_S}
    return compile_shop(places, behaviour, StaffingSpec(), workload, patience_s=patience_s, **clock)


@EXAMPLES
@given(arrivals(), segments(), st.integers(0, 2**40))
def test_customers_make_sense(come, kinds, seed):
    """Everybody comes while the doors are open, in order, with a basket, of a segment there is."""
    found = customers(come, kinds, seed)
    assert np.all(np.diff(found.arrival_s) >= 0)
    assert np.all((found.arrival_s >= 0) & (found.arrival_s < LENGTH_S))
    assert np.all(found.items >= 1)
    assert np.all((found.segment >= 0) & (found.segment < len(kinds)))
    assert set(found.payment.tolist()) <= {0, 1}
    for name in ("u_limit", "u_choice", "place"):
        values = getattr(found, name)
        assert np.all((values > 0) & (values < 1))
    assert np.all(found.value_of_time > 0)
    assert np.all(found.self_control > 0)
    assert found.equals(customers(come, kinds, seed))


@EXAMPLES
@given(arrivals(), segments(), st.integers(1, 4), st.integers(0, 10**6))
def test_more_customers_are_the_same_and_others(come, kinds, factor, seed):
    """At twice the rate and constant tables, those who came before come again, only earlier."""
    if not all(kind.share.is_constant and kind.items.is_constant for kind in kinds):
        return
    few = customers(ArrivalsSpec.model_validate({"constant_per_hour": 20}), kinds, seed)
    many = customers(ArrivalsSpec.model_validate({"constant_per_hour": 20 * factor}), kinds, seed)
    n = len(few)
    assert len(many) >= n
    assert np.allclose(many.arrival_s[:n] * factor, few.arrival_s, rtol=1e-12)
    for name, values in few.arrays().items():
        if name != "arrival_s":
            assert values.tobytes() == getattr(many, name)[:n].tobytes(), name


@EXAMPLES
@given(arrivals(), segments(), lanes(), st.booleans(), st.integers(0, 10**6))
def test_shops_make_sense(come, kinds, places, misjudged, seed):
    """Lines and servers are numbered through, every time is there and not negative."""
    workload = customers(come, kinds, seed)
    error = {"lane_choice": {"perception_error": 0.3 if misjudged else 0}}
    found = shop(places, BehaviourSpec.model_validate(error), workload)
    j, n = len(places), len(workload)
    assert found.n_servers == sum(lane.n_servers for lane in places)
    assert sorted(set(found.server_line.tolist())) == list(range(found.n_lines))
    assert np.all(np.diff(found.server_line) >= 0)
    assert np.all(np.diff(found.line_lane) >= 0)
    assert np.all(found.line_capacity >= 1)
    for name in (
        "may_use",
        "service_s",
        "gap_s",
        "before_call_s",
        "after_call_s",
        "help_s",
        "expected_us",
    ):
        values = getattr(found, name)
        assert values.shape == (j, n), name
        assert np.all(values >= 0), name
    calls = np.isfinite(found.before_call_s)
    whole = (found.before_call_s + found.after_call_s)[calls]
    assert np.allclose(whole, found.service_s[calls], rtol=1e-14)
    assert np.all(np.isfinite(found.service_s))
    assert np.all(found.server_pace > 0)
    assert found.perception.shape == ((found.n_lines, n) if misjudged else (0, 0))
    assert np.all(np.diff(found.roster_s) >= 0)
    assert set(found.roster_lane[found.roster_s == 0].tolist()) == set(range(j))
    assert np.all((found.roster_s >= 0) & (found.roster_s < found.closes_s))
    for lane in range(j):
        mine = found.roster_lane == lane
        assert np.all(found.roster_open[mine] <= places[lane].n_servers)
        assert np.all(np.diff(found.roster_open[mine]) != 0)


@settings(max_examples=80, deadline=None)
@given(arrivals(), segments(), lanes(), st.data())
def test_any_shop_can_be_run(come, kinds, places, data):
    """Whatever shop is compiled, the engine runs it and every law of the audit holds."""
    names = ("shortest_queue", "fewest_items", "expected_wait_items", "nearest", "random")
    choice = {"lane_choice": {"rule": data.draw(st.sampled_from(names))}}
    workload = customers(come, kinds, data.draw(st.integers(0, 10**6)))
    system = shop(places, BehaviourSpec.model_validate(choice), workload)
    trace = run(workload, system)
    log = derive_log(workload, system, trace)
    zero = np.zeros(len(workload))
    assert audit_day(0, trace, log, zero, zero).ok
    assert not np.isnan(log.end_s).any()  # an attendant is there all day: nobody stays for ever
