"""The same shop under other circumstances."""

from __future__ import annotations

import numpy as np
import pytest

from simqueue.scenario import loads
from simqueue.scenario.study_file import RobustnessSpec
from simqueue.scenario.variations import ABSENT, DEMAND, SHARE, Variation, variations, varied
from simqueue.study.day import drawn
from tests.shops import CORNER_SHOP

SHOP = loads(CORNER_SHOP)
WITH_DESK = SHOP.replaced(
    {
        "returns_desk": {
            "servers": 1,
            "service": {"about": "2 min"},
            "arrivals": {"constant_per_hour": 10},
        }
    }
)


@pytest.mark.parametrize(
    "arrivals",
    [
        {"constant_per_hour": 60},
        {"per_hour": {"09:00": 60, "10:00": 90}},
        {"customers_per_day": 120, "shape": {"constant_per_hour": 1}},
        {"shape": {"constant_per_hour": 60}},
    ],
)
def test_more_customers_are_the_same_people_at_other_times(arrivals) -> None:
    """However arrivals are written, a tenth more customers come, the first of them the same."""
    shop = SHOP.replaced({"arrivals": arrivals})
    more = varied(shop, Variation(DEMAND, 0.5))
    before, after = (drawn(each, 0) for each in (shop, more))
    n = len(before)
    assert 1.2 * n < len(after) < 1.8 * n  # half as many again, give or take chance
    same = np.flatnonzero(before.items != after.items[:n])
    assert not len(same)


def test_who_comes_to_bring_back_becomes_more_too() -> None:
    """The desk's own arrivals are scaled with the rest."""
    desk = varied(WITH_DESK, Variation(DEMAND, 0.2)).returns_desk
    assert desk is not None
    assert desk.arrivals is not None
    assert desk.arrivals.constant_per_hour == pytest.approx(12)


def test_nothing_changed_is_the_scenario_itself() -> None:
    """A variation by nothing changes nothing."""
    assert varied(SHOP, Variation(DEMAND, 0.0)) is SHOP


def test_absent_cashiers_are_missing_at_every_hour_but_the_last_one_stays() -> None:
    """Of 1 and later 2 cashiers one is missing: 1 stays before ten, 1 after."""
    lane = varied(SHOP, Variation(ABSENT, 1)).lanes[0]
    assert [lane.roster_or_all.at(hour * 3600) for hour in (9, 10)] == [1, 1]
    assert varied(SHOP, Variation(ABSENT, 1)).lanes[1] == SHOP.lanes[1]  # machines have none


def test_cashiers_are_missing_where_most_tills_are_open() -> None:
    """Of lanes with 5 and 3 open tills two cashiers of the first are absent, then it is a tie."""
    two = SHOP.replaced({
        "lanes.staffed.tills": 5, "lanes.staffed.roster": 5,
        "add": [{"lane": "express", "kind": "express", "tills": 3, "max_items": 10}],
    })  # fmt: skip
    lanes = varied(two, Variation(ABSENT, 3)).lanes
    assert [lanes[k].roster_or_all.at(9 * 3600) for k in (0, 2)] == [2, 3]


def test_more_who_consider_the_machines_are_at_most_all() -> None:
    """Shares grow in proportion, up to everybody."""
    shares = [each.self_service for each in varied(SHOP, Variation(SHARE, 0.2)).customers]
    assert shares == pytest.approx([0.72, 1.0])


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ({"arrivals": {"trace": {"arrival_s": [1, 2], "items": [3, 4]}}}, DEMAND, "arrivals.trace"),
        ({"lanes.staffed.tills": 0, "lanes.staffed.roster": "all",
          "customers[0].self_service": 1, "customers[1].self_service": 1}, ABSENT, "with cashiers"),
        ({"lanes.self-service.machines": 0}, SHARE, "with self-service machines"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(change, kind, said) -> None:
    """A replayed day has its customers, a shop without cashiers or machines has none to miss."""
    with pytest.raises(ValueError, match=said):
        varied(SHOP.replaced(change), Variation(kind, 1))


def test_all_circumstances_of_a_study_have_their_places() -> None:
    """In the order of the kinds, with the place of each in the file."""
    spec = RobustnessSpec.model_validate({"demand": ["-10 %", 0], "absent_cashiers": [2]})
    assert list(variations(spec)) == [
        (("demand", 0), Variation(DEMAND, -0.1)),
        (("demand", 1), Variation(DEMAND, 0.0)),
        (("absent_cashiers", 0), Variation(ABSENT, 2.0)),
    ]
