"""Laws of whole days of shops with any mix of stations, staff, failures, stoppages and behaviour.

The other laws take the engine's tables; these begin with a scenario and end with what was felt.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from simqueue.scenario import Scenario, loads
from simqueue.study.day import Day, simulate_day
from simqueue.tables import Condition, Ending, Why

Block = dict[str, Any]
EXAMPLES = settings(max_examples=30, deadline=None)


@st.composite
def shops(draw: st.DrawFn) -> Block:
    """A busy half hour with a random mix of everything that can be around the tills."""

    def maybe(block: Block) -> Block:
        return block if draw(st.booleans()) else {}

    pool = {"pool": "floor"}
    broken = {
        "breakdowns": {
            "time_between": {"exponential": {"mean": "6 min"}},
            "repair": {"about": draw(st.sampled_from(["30 s", "4 min"]))},
            "when": draw(st.sampled_from(["always", "busy"])),
            "customer": draw(st.sampled_from(["waits", "sent_on"])),
            "explained": draw(st.booleans()),
        }
    }
    checks = {"price_checks": {"chance": "20 %", "takes": {"about": "40 s"}}}
    if draw(st.booleans()):
        checks["price_checks"]["staff"] = pool
    failing = {"sends_failed_to": {"lane": "staffed", "chance": "20 %", "walk": "10 s"}}
    lanes = [
        {"lane": "staffed", "kind": "staffed", "tills": 3, **maybe({"line": "shared"}),
         **maybe(broken), **maybe(checks)},
        {"lane": "machines", "kind": "self_service", "machines": 3, "max_items": 20,
         "attendants": draw(st.sampled_from([1, pool])), "help": {"chance": "30 %"},
         "age_checks": {"takes": {"about": "15 s"}}, **maybe(broken), **maybe(failing)},
        {"lane": "scan", "kind": "scan_and_go", "machines": 1, "attendants": 1,
         "rechecks": {"chance": "30 %"}},
    ]  # fmt: skip
    door = maybe({"at": "door", "shopping": {"fixed": "2 min", "per_item": "5 s"}})
    deli = {
        "station": "deli", "servers": 1, "service": {"about": "50 s"},
        **({"at": "50 %"} if door else {}),
        **maybe({"staff": pool}), **maybe({"patience": {"about": "3 min"}}),
        **maybe({"capacity": 3}), **maybe({"balk": {"longer_than": 2}}),
    }  # fmt: skip
    scale = {"station": "scale", "servers": 2, "line": "own", "service": {"about": "10 s"}}
    outages = [
        maybe({"at": "08:10", "lasts": "3 min"}),
        maybe({"at": "08:16", "lasts": "6 min", "what": "cards", "carry_cash": "20 %",
               "without_card": draw(st.sampled_from(["waits", "leaves"]))}),
    ]  # fmt: skip
    demand = {"lane": "staffed", "call_above": 1, "walk": "20 s", "stay": "3 min"}
    desk = {"servers": 1, "service": {"about": "90 s"}, "after_paying": "20 %",
            "arrivals": {"constant_per_hour": 20}}  # fmt: skip
    spare = draw(st.sampled_from([1, pool]))
    return {
        "scenario": "any mix",
        "seed": draw(st.integers(0, 10**6)),
        "store": {"opens": "08:00", "closes": "08:30"},
        "arrivals": {"constant_per_hour": 260, **door},
        "customers": [
            {"segment": "all", "share": 1, "items": {"geometric": {"mean": 8}},
             "self_service": "60 %", "scan_and_go": "10 %", "age_check": "20 %",
             "visits": {"deli": "30 %", "scale": "40 %"}, "pays": {"cash": "40 %", "card": "60 %"}},
        ],
        "lanes": lanes,
        "stations": [deli, scale],
        "outages": [outage for outage in outages if outage],
        "staffing": {"pools": {"floor": draw(st.integers(1, 3))},
                     **maybe({"on_demand": {**demand, "spare": spare}}),
                     "on_close": draw(st.sampled_from(["finish_line", "finish_current"]))},
        "behaviour": {**maybe({"jockey": {"shorter_by": 1}}), **maybe({"balk": {"longer_than": 4}}),
                      **maybe({"renege": {"patience": {"about": "5 min"}}})},
        **maybe({"returns_desk": {**desk, **maybe({"staff": pool})}}),
        **maybe({"initial": {"staffed": 3, "deli": 2}}),
    }  # fmt: skip


def simulated(shop: Block) -> Day:
    """Its first day."""
    scenario: Scenario = loads(yaml.safe_dump(shop, sort_keys=False))
    return simulate_day(scenario, 0)


@EXAMPLES
@given(shops())
def test_every_day_passes_its_audit(shop):
    """Conservation, Little, one at a time, never idle beside a line, felt parts add up."""
    assert simulated(shop).audit().failures == ()


@EXAMPLES
@given(shops())
def test_nobody_is_in_two_places(shop):
    """The visits of one person follow each other, each begun when the one before is over."""
    day = simulated(shop)
    log, after = day.log, day.workload.visits.after
    chained = np.flatnonzero((after >= 0) & (log.ending != Ending.NOT_COME))
    assert np.all(log.customer[chained] == log.customer[after[chained]])
    ended = np.where(log.ending == Ending.BALKED, log.arrival_s, log.end_s)[
        after[chained]
    ]  # who turns away has left as he came
    walked = ended + day.workload.visits.delay_s[chained]
    assert np.array_equal(log.arrival_s[chained], walked)
    by_person: dict[int, float] = {}
    for row in np.argsort(log.arrival_s, kind="stable").tolist():
        person = int(log.customer[row])
        if log.ending[row] == Ending.NOT_COME:
            continue
        assert log.arrival_s[row] >= by_person.get(person, 0.0)
        by_person[person] = np.nanmax([log.arrival_s[row], log.end_s[row]])


@EXAMPLES
@given(shops())
def test_everybody_pays_once_or_leaves_for_a_reason(shop):
    """One visit to the checkouts of each person ends for good: paid, or gone and it is said why.

    Second ones follow failures only; the desk sees those who paid and those who came for it.
    """
    day = simulated(shop)
    log, visits = day.log, day.workload.visits
    at_tills = log.stop == 0
    final = at_tills & ~np.isin(log.ending, [Ending.FAILED, Ending.NOT_COME])
    people = np.unique(log.customer[at_tills])
    assert np.array_equal(np.sort(log.customer[final]), people)
    gone = final & np.isin(log.ending, [Ending.BALKED, Ending.RENEGED])
    assert np.all(log.why[gone] != Why.NONE)
    assert np.all(log.why[final & (log.ending == Ending.SERVED)] == Why.NONE)
    again = at_tills & (visits.condition == Condition.FAILED)
    came = again & (log.ending != Ending.NOT_COME)
    assert np.array_equal(
        np.sort(log.customer[came]), np.sort(log.customer[at_tills & (log.ending == Ending.FAILED)])
    )
    assert np.all(log.before_s[came] > 0)
    assert not log.before_s[~came].any()
    at_desk = (log.stop == 3) & (visits.after >= 0)
    paid = log.ending[visits.after[at_desk]] == Ending.SERVED
    assert np.array_equal(log.ending[at_desk] != Ending.NOT_COME, paid)


@EXAMPLES
@given(shops())
def test_unexplained_stoppages_feel_longer_than_explained_ones(shop):
    """With everything explained the same day is felt the same and judged no worse by anybody."""
    day = simulated(shop)
    told = simulated({**shop, "experience": {"stoppages_explained": True}})
    assert told.trace.equals(day.trace)
    score, better = day.experience.judgement.score, told.experience.judgement.score
    judged = ~np.isnan(score)
    assert np.array_equal(judged, ~np.isnan(better))
    assert np.all(better[judged] >= score[judged])
