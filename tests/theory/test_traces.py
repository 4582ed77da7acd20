"""Traces: a replayed day is the day, and tables worked by hand come out digit by digit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv
import pytest

from simqueue.scenario import load, loads
from simqueue.study.customers import customers_table
from simqueue.study.day import Day, simulate_day
from simqueue.tables import Ending
from tests.theory.harness import Block, exponential, till_lane
from tests.theory.places import loaded

CAME = np.array([0, 8, 6, 1, 8, 3, 8, 7, 2, 3, 1, 1, 5, 6, 3, 8, 1, 2, 4, 5]).cumsum() * 60.0
SERVED = np.array([4, 1, 4, 3, 2, 4, 5, 4, 5, 3, 3, 5, 4, 1, 5, 4, 3, 3, 2, 3]) * 60.0


def shop(lanes: list[Block], arrivals: Block, **blocks: Any) -> Block:
    """A shop open for three hours in which nobody turns away."""
    return {
        "scenario": "replayed",
        "store": {"opens": "08:00", "closes": "11:00"},
        "arrivals": arrivals,
        "customers": [{"segment": "all", "share": 1, "items": {"geometric": {"mean": 8}}}],
        "lanes": lanes,
        **blocks,
    }


def columns(**lists: Any) -> Block:
    """A trace written out in the scenario."""
    return {"trace": {name: list(map(plain, values)) for name, values in lists.items()}}


def plain(value: Any) -> Any:
    """A number that YAML can write."""
    return value.item() if isinstance(value, np.generic) else value


def day_of(scenario: Block) -> Day:
    """Its first day."""
    return simulate_day(loaded(scenario, seed=241), 0)


def test_a_textbook_table_of_a_grocery_checkout():
    """Twenty customers at one checkout counter, worked by hand: Banks, Carson, Nelson and Nicol.

    Discrete-Event System Simulation, chapter 2, the single-channel queue, in whole minutes: 56
    minutes of waiting, 13 of 20 wait, 68 minutes of service; the last leaves after 86 minutes, of
    which the counter was idle for 18; 2.8 minutes is the mean wait, 6.2 the mean time spent.
    """
    log = day_of(shop([till_lane(1, exponential(60.0))],
                      columns(arrival_s=CAME, service_s=SERVED))).log  # fmt: skip
    minutes = log.wait_s / 60
    assert minutes.tolist() == [0, 0, 0, 3, 0, 0, 0, 0, 2, 4, 6, 8, 8, 6, 4, 1, 4, 5, 4, 1]
    assert minutes.sum() == 56
    assert np.sum(minutes > 0) == 13
    assert log.end_s.max() / 60 == 86
    assert (log.end_s.max() - SERVED.sum()) / 60 == 18
    assert minutes.mean() == 2.8
    assert np.mean(log.end_s - log.arrival_s) / 60 == 6.2


def test_the_same_table_with_patience():
    """Those who would wait over five minutes go after five: worked by hand.

    The tenth is served from 50 to 53. The eleventh came at 47 and is gone at 52. The twelfth came
    at 48: he is taken at 53, the moment his patience ends, and served until 58; so is the next one,
    from 58 to 62. Those of 59 and 62 start at 62 and 63; the counter is free at 68. From 70 on:
    70 to 74, 74 to 77, 77 to 80, 80 to 82, and the last is served as he comes.
    """
    log = day_of(
        shop([till_lane(1, exponential(60.0))],
             columns(arrival_s=CAME, service_s=SERVED, patience_s=[300.0] * 20)),
    ).log  # fmt: skip
    wait = (log.wait_s / 60).tolist()
    assert wait[:10] == [0, 0, 0, 3, 0, 0, 0, 0, 2, 4]
    assert wait[10:] == [5, 5, 5, 3, 1, 0, 3, 4, 3, 0]
    gone = np.flatnonzero(log.ending == Ending.RENEGED)
    assert gone.tolist() == [10]
    assert log.end_s[10] / 60 == 52


def lindley(came: np.ndarray, served: np.ndarray, patience: np.ndarray, tills: int) -> np.ndarray:
    """Waits in one line by Lindley's recursion, for several tills and with patience.

    Each is taken by the till that is free first, if he is still there (Kiefer and Wolfowitz, 1955;
    who gives up leaves the tills as they are: Baccelli, Boyer and Hebuterne, 1984).
    """
    free = np.zeros(tills)
    wait = np.zeros(len(came))
    for k, (at, takes, stays) in enumerate(zip(came, served, patience, strict=True)):
        first = int(np.argmin(free))
        offered = max(0.0, free[first] - at)
        wait[k] = min(offered, stays)
        if offered <= stays:
            free[first] = max(at, free[first]) + takes
    return wait


@pytest.mark.parametrize("tills", [1, 2, 5])
@pytest.mark.parametrize("patient", [True, False])
def test_random_traces_by_lindleys_recursion(tills, patient):
    """Waits of 400 customers with services and patience of their own, one line, to the rounding."""
    rng = np.random.default_rng(tills)
    came = np.cumsum(rng.exponential(25.0, 400))
    served = rng.gamma(0.7, 28.0 * tills / 0.7, 400)
    patience = np.full(400, np.inf) if patient else rng.exponential(60.0, 400)
    given = {} if patient else {"patience_s": patience}
    log = day_of(
        shop(
            [till_lane(tills, exponential(60.0))],
            columns(arrival_s=came, service_s=served, **given),
        )
    ).log
    wait = lindley(came, served, patience, tills)
    assert np.allclose(log.wait_s, wait, rtol=0, atol=1e-6)
    assert wait.max() > 60
    if not patient:
        assert 20 < np.sum(log.ending == Ending.RENEGED) < 250


LANES = [
    till_lane(3, exponential(100.0), name="staffed"),
    till_lane(2, exponential(40.0), name="quick", kind="express", max_items=8),
    {"lane": "machines", "kind": "self_service", "machines": 3, "service": exponential(60.0)},
]


def test_a_day_that_a_run_wrote_replays_as_it_was(tmp_path: Path):
    """The customers of a simulated day, saved as CSV and replayed: every wait and start again.

    In the replay lanes have other service models, cashiers who differ and help: the trace's times
    and lanes hold.
    """
    first = day_of(shop(LANES, {"constant_per_hour": 340}))
    table = customers_table(first)
    saved = {
        "arrival_s": table["arrival_s"], "items": table["items"],
        "lane": table["lane"].cast("string"),
        "service_s": np.asarray(table["end_s"]) - np.asarray(table["start_s"]),
    }  # fmt: skip
    pyarrow.csv.write_csv(pyarrow.table(saved), tmp_path / "customers.csv")
    other = [dict(lane) for lane in LANES]
    for lane in other:
        lane["service"] = {"fixed": "7 s"}
    other[0]["cashiers_differ"] = 0.5
    other[2] |= {"help": {"chance": "50 %"}, "attendants": 1}
    (tmp_path / "shop.yaml").write_text(yaml_of(shop(other, {"trace": "customers.csv"})))
    again = simulate_day(load(tmp_path / "shop.yaml"), 0).log
    assert len(again) == len(first.log) > 800
    for name in ("arrival_s", "items", "lane", "ending"):
        assert np.array_equal(getattr(again, name), getattr(first.log, name)), name
    for name in ("join_s", "start_s", "end_s", "wait_s"):
        assert np.allclose(getattr(again, name), getattr(first.log, name), rtol=0, atol=1e-6), name
    assert np.sum(first.log.wait_s > 0) > 200


def yaml_of(scenario: Block) -> str:
    """A scenario as text."""
    import yaml

    return yaml.safe_dump(scenario, sort_keys=False)


def test_a_replay_is_the_same_whatever_the_seed():
    """With arrivals, services, baskets, patience and lanes given, chance has nothing to say."""
    rng = np.random.default_rng(7)
    lanes = rng.choice(["staffed", "quick"], 300).tolist()
    given = columns(
        arrival_s=np.cumsum(rng.exponential(20.0, 300)), service_s=rng.exponential(60.0, 300),
        items=[3] * 300, patience_s=rng.exponential(300.0, 300), lane=lanes,
    )  # fmt: skip
    scenarios = [loads(yaml_of(shop(LANES, given, seed=seed))) for seed in (1, 2)]
    logs = [simulate_day(scenario, 0).log for scenario in scenarios]
    for name in ("wait_s", "start_s", "end_s"):
        assert np.array_equal(getattr(logs[0], name), getattr(logs[1], name), equal_nan=True)
    assert np.any(logs[0].ending == Ending.RENEGED)


@pytest.mark.parametrize("tills", [1, 3])
@pytest.mark.parametrize("at_deli", [False, True])
def test_people_at_opening_drain_as_lindley_says(tills, at_deli):
    """Twelve people there when the doors open, and sixty who come later: waits to the rounding."""
    rng = np.random.default_rng(11)
    came = np.cumsum(rng.exponential(30.0 / tills, 60))
    if at_deli:
        stations = [{"station": "deli", "servers": tills, "service": exponential(60.0)}]
        everybody = {"segment": "all", "share": 1, "items": {"fixed": 1}, "visits": {"deli": 1}}
        scenario = shop([till_lane(90, exponential(60.0))], columns(arrival_s=came),
                        stations=stations, initial={"deli": 12}, customers=[everybody])  # fmt: skip
        place = 1
    else:
        scenario = shop([till_lane(tills, exponential(60.0))], columns(arrival_s=came),
                        initial={"tills": 12})  # fmt: skip
        place = 0
    day = day_of(scenario)
    mine = np.flatnonzero(day.log.stop == place)
    assert len(mine) == 72
    assert np.array_equal(day.log.join_s[mine], [*[0.0] * 12, *came])
    served = (day.system.service_s + day.system.help_s)[place, mine]
    wait = lindley(day.log.join_s[mine], served, np.full(72, np.inf), tills)
    assert np.allclose(day.log.wait_s[mine], wait, rtol=0, atol=1e-6)
    if tills == 1:
        assert np.allclose(wait[:12], [0, *np.cumsum(served)[:11]], rtol=0, atol=1e-6)


def test_fixed_services_drain_in_whole_steps():
    """Six people at opening, two tills, a minute each: 0, 0, 1, 1, 2 and 2 minutes."""
    log = day_of(shop([till_lane(2, {"fixed": "60 s"})], columns(arrival_s=[9000.0]),
                      initial={"tills": 6})).log  # fmt: skip
    assert log.wait_s.tolist() == [0, 0, 60, 60, 120, 120, 0]
