"""Replaying what really happened: exactly, whatever else the scenario says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simqueue.scenario import Scenario, ScenarioError, load, loads, to_mapping, to_yaml
from simqueue.show.publish import publish
from simqueue.show.rerun import rerun
from simqueue.study.day import prepared, simulate_day
from simqueue.study.run import run
from simqueue.tables import Ending, Log

SHOP = """
scenario: a log replayed
seed: 2
replications: 2
store: {opens: "08:00", closes: "12:00"}
arrivals: {trace: log.csv}
customers:
  - {segment: some, share: 50 %, items: {fixed: 6}, self_service: 50 %}
  - {segment: more, share: 50 %, items: {fixed: 30}}
lanes:
  - {lane: tills, kind: staffed, tills: 1, cashiers_differ: 0.3, service: antczak2020_staffed}
  - {lane: express, kind: express, tills: 1, max_items: 10}
  - {lane: machines, kind: self_service, machines: 2, max_items: 30, help: {chance: 90 %}}
"""


def written(folder: Path, table: str, shop: str = SHOP) -> Path:
    """The scenario and its log in a folder."""
    (folder / "log.csv").write_text(table, encoding="utf-8")
    path = folder / "shop.yaml"
    path.write_text(shop, encoding="utf-8")
    return path


def table(**columns: Any) -> str:
    """A CSV file of these columns."""
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]) + "\n"


def random_log(n: int = 150) -> dict[str, list[Any]]:
    """Arrivals and services of a day at one busy till, to a hundredth of a second."""
    rng = np.random.default_rng(5)
    return {
        "arrival_s": np.cumsum(rng.exponential(60, n)).round(2).tolist(),
        "service_s": rng.exponential(50, n).round(2).tolist(),
    }


def replayed(folder: Path, columns: dict[str, list[Any]], shop: str = SHOP) -> Log:
    """The log of a simulated day that replays these columns."""
    return simulate_day(load(written(folder, table(**columns), shop)), 0).log


def test_one_till_replays_by_lindleys_recursion(tmp_path):
    """Each waits max(0, wait + service - time between) of the one before him, and no till differs.

    The lane has cashiers who differ, a gap after each customer and a service model: the trace's
    services hold all the same.
    """
    columns = random_log()
    log = replayed(tmp_path, columns | {"lane": ["tills"] * 150})
    came, served = (np.array(columns[name]) for name in ("arrival_s", "service_s"))
    wait = np.zeros(len(came))
    for k in range(1, len(came)):
        wait[k] = max(0.0, wait[k - 1] + served[k - 1] - (came[k] - came[k - 1]))
    assert wait.max() > 300
    assert np.array_equal(log.arrival_s, came)
    assert np.allclose(log.wait_s, wait, rtol=0, atol=1e-6)
    assert np.allclose(log.end_s - log.start_s, served, rtol=0, atol=1e-6)
    assert np.all(log.lane == 0)


def test_the_lane_of_the_log_overrides_choice_limits_and_liking(tmp_path):
    """Everybody is where the log says, also with too many items, or who would not use machines."""
    lanes = ["express", "machines", "tills"] * 20
    log = replayed(
        tmp_path,
        {"arrival_s": list(range(0, 6000, 100)), "items": [50] * 60, "lane": lanes},
    )
    names = ("tills", "express", "machines")
    assert [names[lane] for lane in log.lane.tolist()] == lanes
    assert np.all(log.items == 50)
    assert np.all(log.ending == Ending.SERVED)


def test_without_a_lane_people_choose(tmp_path):
    """An empty cell leaves the choice to the customer: baskets of 50 find only one lane."""
    columns = {"arrival_s": [0, 100, 200], "items": [50, 50, 50], "lane": ["machines", "", ""]}
    assert replayed(tmp_path, columns).lane.tolist() == [2, 0, 0]


def test_services_of_the_log_hold_at_every_lane_without_help(tmp_path):
    """20 s at a till, an express till and a machine, though nine in ten would call for help."""
    n = 30
    log = replayed(
        tmp_path,
        {"arrival_s": list(range(0, 100 * n, 100)), "service_s": [20] * n,
         "lane": ["tills", "express", "machines"] * 10},
    )  # fmt: skip
    assert np.allclose(log.end_s - log.start_s, 20.0, rtol=0, atol=1e-6)
    assert np.all(log.help_wait_s == 0)


def test_patience_of_the_log_ends_a_wait(tmp_path):
    """The second waits behind 100 s and gives up after 30 s; an empty cell never gives up."""
    log = replayed(
        tmp_path,
        {"arrival_s": [0, 10, 20], "service_s": [100, 5, 5], "patience_s": ["", 30, ""],
         "lane": ["tills"] * 3},
    )  # fmt: skip
    assert log.ending.tolist() == [Ending.SERVED, Ending.RENEGED, Ending.SERVED]
    assert log.end_s[1] == 40.0
    assert log.start_s[2] == 100.0


def test_times_may_be_given_by_the_clock(tmp_path):
    """With opening at 08:00, 08:00:12 is 12 s and 9:30 is 5,400 s."""
    path = written(tmp_path, table(arrival=["08:00:12", "9:30"], items=[3, 4]))
    workload, _ = prepared(load(path), 0)
    assert workload.arrival_s.tolist() == [12.0, 5400.0]
    assert workload.items.tolist() == [3, 4]


def test_what_the_log_does_not_say_is_drawn(tmp_path):
    """Without items and services two days have the same arrivals and different baskets."""
    path = written(tmp_path, table(arrival_s=list(range(0, 9000, 30))))
    first, second = (prepared(load(path), replication)[0] for replication in (0, 1))
    assert np.array_equal(first.arrival_s, second.arrival_s)
    assert not np.array_equal(first.items, second.items)
    assert not np.array_equal(first.segment, second.segment)


def test_a_log_that_says_everything_makes_all_days_alike(tmp_path):
    """Arrivals, baskets, services and lanes given: the waits of two days are the same."""
    columns = random_log() | {"items": [3] * 150, "lane": ["tills"] * 150}
    scenario = load(written(tmp_path, table(**columns)))
    waits = [simulate_day(scenario, replication).log.wait_s for replication in (0, 1)]
    assert np.array_equal(*waits)


def test_a_log_can_be_replayed_at_the_door(tmp_path):
    """Its times are then those of the door, and people come to the lanes after shopping."""
    shop = SHOP.replace(
        "{trace: log.csv}",
        "{trace: log.csv, at: door, shopping: {fixed: 100 s, per_item: 0 s, noise: {fixed: 1}}}",
    )
    path = written(tmp_path, table(arrival_s=[0, 7], service_s=[20, 30]), shop)
    assert prepared(load(path), 0)[0].arrival_s.tolist() == [100.0, 107.0]


def test_the_resolved_scenario_needs_the_file_no_more(tmp_path):
    """The rows are part of it: gone or changed, the file changes nothing that was read."""
    path = written(tmp_path, table(**random_log(), lane=["tills", ""] * 75))
    scenario = load(path)
    before = simulate_day(scenario, 0).log
    text, mapping = to_yaml(scenario), to_mapping(scenario)
    (tmp_path / "log.csv").unlink()
    for again in (loads(text), Scenario.model_validate(mapping), scenario.replaced({})):
        assert again == scenario
        assert simulate_day(again, 0).log.equals(before)
    assert mapping["arrivals"]["trace"]["file"] == "log.csv"


def test_a_changed_file_is_another_scenario(tmp_path):
    """Read again after a change the scenario differs, so its results are not taken for the old."""
    path = written(tmp_path, table(arrival_s=[0, 100]))
    before = load(path)
    written(tmp_path, table(arrival_s=[0, 101]))
    assert load(path) != before
    assert to_yaml(load(path)) != to_yaml(before)


def test_rerun_replays_the_rows_it_was_made_of_and_notices_another_one(tmp_path):
    """A result is rebuilt without the file; with one arrival moved in its record it is not."""
    path = written(tmp_path, table(**random_log(60)))
    publish(run(load(path)), tmp_path / "out", keep="1", command="test", report=False)
    (tmp_path / "log.csv").unlink()
    assert rerun(tmp_path / "out").identical
    origin = tmp_path / "out" / "provenance.json"
    story = json.loads(origin.read_text(encoding="utf-8"))
    first = str(random_log(60)["arrival_s"][0])
    assert f"[{first}, " in story["scenario"]
    story["scenario"] = story["scenario"].replace(f"[{first}, ", "[0, ")
    origin.write_text(json.dumps(story), encoding="utf-8")
    assert not rerun(tmp_path / "out").identical


def test_the_log_of_a_busy_day_fits(tmp_path):
    """5,500 customers with all columns, and their resolved scenario can be read again."""
    n = 5_500
    rng = np.random.default_rng(1)
    columns = {
        "arrival_s": np.sort(rng.uniform(0, 14_000, n)).round(3).tolist(),
        "items": rng.integers(1, 60, n).tolist(),
        "service_s": rng.exponential(50, n).round(3).tolist(),
        "patience_s": [""] * n,
        "lane": ["tills"] * n,
    }
    scenario = load(written(tmp_path, table(**columns)))
    assert loads(to_yaml(scenario)) == scenario


@pytest.mark.parametrize(
    ("n", "digits", "told"), [(46_000, 0, "92,000"), (44_000, 9, "88,000")], ids=["rows", "size"]
)
def test_a_log_that_would_not_fit_is_refused(tmp_path, n, digits, told):
    """More values or characters than a scenario file may hold are told with their number."""
    columns = {"arrival_s": [f"{k / 9:.{digits}f}" for k in range(n)], "service_s": [1] * n}
    with pytest.raises(ScenarioError, match=r"must have at most 90,000 values") as error:
        load(written(tmp_path, table(**columns)))
    assert told in str(error.value)


def test_every_wrong_row_of_a_log_is_told_at_once(tmp_path):
    """File, line and column of each, in order of the lines; at most 20 of them."""
    path = written(tmp_path, table(arrival_s=[0, "x", 5], items=[1, 2, 0], service_s=[1, -1, 1]))
    with pytest.raises(ScenarioError) as error:
        load(path)
    told = [fault.text for fault in error.value.faults]
    assert [text.partition(":")[0] for text in told] == [
        "line 3 of log.csv, column arrival_s",
        "line 3 of log.csv, column service_s",
        "line 4 of log.csv, column items",
    ]
    many = table(arrival_s=[-1] * 500)
    with pytest.raises(ScenarioError) as error:
        load(written(tmp_path, many))
    assert len(error.value.faults) == 20


def test_a_log_beside_people_at_opening_and_stations(tmp_path):
    """Others come with luck of their own; the rows of the log keep their lanes and services."""
    shop = SHOP + (
        "stations: [{station: deli, servers: 1, service: {fixed: 60 s}}]\ninitial: {express: 2}\n"
    )
    shop = shop.replace("items: {fixed: 6},", "items: {fixed: 6}, visits: {deli: 100 %},")
    columns = random_log(80) | {"lane": ["tills"] * 80}
    day = simulate_day(load(written(tmp_path, table(**columns), shop)), 0)
    stop, rows = day.workload.visits.stop, day.workload.draws.rows
    mine = (stop == 0) & (rows.group == 0)
    assert np.all(day.log.lane[mine] == 0)
    served = day.log.end_s[mine] - day.log.start_s[mine]
    expected = np.array(columns["service_s"])[rows.number[mine]]
    assert np.allclose(served, expected, rtol=0, atol=1e-6)
    assert np.sum((stop == 0) & (rows.group == 1) & (day.log.lane == 1)) == 2
    assert 10 < np.sum(stop == 1) < 70
