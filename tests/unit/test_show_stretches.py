"""When a lane is short: every rule of the page by a case worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simqueue.show.reading import Stretch
from simqueue.show.stretches import (
    bridged,
    busiest,
    covered,
    runs,
    short_stretches,
)
from simqueue.study.targets import LongWait, long_wait
from tests.unit.show_studies import MACHINES, STAFFED, people, same_days, shop, study_of

FIVE = LongWait(300.0, 0.10)
EVERY = range(24)  # quarter hours from 08:00 to 14:00


def found(waits, rule=FIVE, days=3, scenario=None):
    """Short stretches as (lane, first, end)."""
    study = study_of(scenario or shop(), same_days(waits, days))
    return [(s.lane, s.stretch.first, s.stretch.end) for s in short_stretches(study, rule)]


@pytest.mark.parametrize(
    ("targets", "rule"),
    [
        ({}, LongWait(300.0, 0.10)),
        ({"wait_p95": 360.0}, LongWait(360.0, 0.05)),
        ({"wait_p90": 240.0}, LongWait(240.0, 0.10)),
        ({"wait_p90": 240.0, "wait_p95": 360.0}, LongWait(360.0, 0.05)),
        ({"wait_over_5min": 0.02}, LongWait(300.0, 0.02)),
        ({"wait_p95": 360.0, "wait_over_5min": 0.02}, LongWait(360.0, 0.05)),
        ({"checkout_csat": 75.0}, LongWait(300.0, 0.10)),
    ],
)
def test_the_shops_own_limit_says_what_is_long(targets, rule):
    """The limit of wait_p95, else of wait_p90, else five minutes; and whom it allows to wait."""
    assert long_wait(targets) == rule


def test_a_wait_of_exactly_the_limit_is_not_long():
    """300 seconds do not exceed five minutes; 301 do."""
    assert found(people(0, EVERY, 5, 10, long_s=300.0)) == []
    assert found(people(0, EVERY, 5, 10, long_s=301.0)) == [(0, 0, 24)]


def test_a_lane_is_short_when_more_wait_long_than_allowed():
    """1 of 10 is allowed, 2 of 10 is too many."""
    assert found(people(0, EVERY, 1, 10)) == []
    assert found([*people(0, EVERY, 1, 10), *people(0, [8, 9], 1, 1)]) == [(0, 8, 10)]


def test_a_single_short_quarter_hour_is_no_stretch():
    """Half an hour is the least."""
    quiet = people(0, EVERY, 0, 10)
    assert found(quiet + people(0, [8], 9, 10)) == []
    assert found(quiet + people(0, [8, 9], 9, 10)) == [(0, 8, 10)]


def test_a_single_good_quarter_hour_does_not_interrupt():
    """Short, good, short is one stretch if it is short as a whole; two good ones part it."""
    quiet = people(0, EVERY, 0, 10)
    assert found(quiet + people(0, [8, 10], 9, 10)) == [(0, 8, 11)]
    parted = people(0, [8, 9, 12, 13], 9, 10)
    assert found(quiet + parted) == [(0, 8, 10), (0, 12, 14)]


def test_a_bridge_that_dilutes_the_stretch_does_not_hold():
    """3 of 20 and 3 of 20 with none of 100 between are 6 of 140, below one in ten."""
    waits = people(0, [8, 10], 3, 20) + people(0, [9], 0, 100)
    assert found(waits) == []


def test_few_customers_make_no_stretch():
    """19 over all days are chance, 20 count: ten on each of two days, then one of them less."""
    waits = people(0, [8, 9], 2, 5)
    assert found(waits, days=2) == [(0, 8, 10)]
    study = study_of(shop(), [waits, waits[:-1]])
    assert short_stretches(study, FIVE) == []


def test_lanes_are_judged_apart():
    """Machines where nobody waits do not hide the tills."""
    scenario = shop(STAFFED, MACHINES)
    waits = people(0, [8, 9], 5, 10) + people(1, [8, 9], 0, 1000)
    assert found(waits, scenario=scenario) == [(0, 8, 10)]


def test_the_worst_stretch_has_most_long_waits():
    """100 of 500 people are more than 9 of 10."""
    scenario = shop(STAFFED, MACHINES)
    waits = people(0, [8, 9], 9, 10) + people(1, [12, 13], 50, 250)
    study = study_of(scenario, same_days(waits))
    worst, other = short_stretches(study, FIVE)
    assert (worst.lane, worst.long_waits, worst.share.mean) == (1, 100.0, 0.2)
    assert (other.lane, other.long_waits, other.share.mean) == (0, 18.0, 0.9)


def test_other_times_leave_out_all_short_stretches_of_the_lane():
    """18 of 20 twice; elsewhere 1 of 50: so it is said, whichever stretch is looked at."""
    waits = people(0, [4, 5, 12, 13], 9, 10) + people(0, [20], 1, 50)
    stretches = short_stretches(study_of(shop(), same_days(waits)), FIVE)
    assert [s.share_otherwise for s in stretches] == [0.02, 0.02]


def test_certain_means_that_the_interval_excludes_what_is_allowed():
    """0.2 on each day is certain; 0, 0 and 0.6 have the same mean and are not; one day never is."""
    steady = study_of(shop(), same_days(people(0, [8, 9], 2, 10)))
    assert short_stretches(steady, FIVE)[0].certain
    calm, bad = people(0, [8, 9], 0, 10), people(0, [8, 9], 6, 10)
    wild = short_stretches(study_of(shop(), [calm, calm, bad]), FIVE)[0]
    assert wild.share.mean == pytest.approx(0.2)
    assert not wild.certain
    single = study_of(shop(), same_days(people(0, [8, 9], 5, 10), days=1))
    assert not short_stretches(single, FIVE)[0].certain


def test_the_busiest_time_is_where_most_minutes_are_waited():
    """Eight quarter hours that hold the waits; the first of equal ones."""
    study = study_of(shop(), same_days([(0, 15, 60.0), (0, 16, 60.0), (0, 2, 10.0)]))
    assert busiest(study) == Stretch(9, 17)


def test_without_waits_the_busiest_time_has_most_customers():
    """Nobody waits; three people come at 12:00, one at 08:00."""
    study = study_of(shop(), same_days([(0, 0, 0.0), *[(0, 16, 0.0)] * 3]))
    assert busiest(study) == Stretch(9, 17)


def test_a_short_day_is_busy_as_a_whole():
    """A day of one hour has no two busiest hours."""
    study = study_of(shop(hours=("08:00", "09:00")), same_days([(0, 1, 5.0)]))
    assert busiest(study) == Stretch(0, 4)


def test_a_day_of_a_quarter_hour_can_be_short():
    """Where the whole day is shorter than half an hour, it is enough."""
    scenario = shop(hours=("08:00", "08:15"))
    assert found(people(0, [0], 5, 10), scenario=scenario) == [(0, 0, 1)]


def test_runs_and_bridges_by_hand():
    """T F T T F F T: the first gap is filled, the second is two wide."""
    flags = np.array([1, 0, 1, 1, 0, 0, 1], dtype=bool)
    assert bridged(flags).tolist() == [True, True, True, True, False, False, True]
    assert runs(bridged(flags)) == [Stretch(0, 4)]
    assert runs(np.zeros(0, dtype=bool)) == []


def test_covered_is_the_union_of_lanes():
    """A quarter hour counts once, however many lanes are short in it."""
    scenario = shop(STAFFED, MACHINES)
    waits = people(0, [8, 9], 9, 10) + people(1, [9, 10], 9, 10)
    stretches = short_stretches(study_of(scenario, same_days(waits)), FIVE)
    assert np.flatnonzero(covered(stretches, 24)).tolist() == [8, 9, 10]
