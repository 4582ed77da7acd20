"""What the compiled engine refuses before its loop begins, with the row."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest

from simqueue.engine.compiled.refusals import refuse_bad_input
from simqueue.tables import Demand, Jockey, NoCards, Stoppages, Visits, frozen
from tests.differential.generate import to_tables
from tests.plain_day import day


def plain():
    """Three customers, a lane of two tills and one of two machines with one line."""
    return to_tables(day([1.0, 2.0, 3.0], [[1, 1], [2]]))


def changed(column, row, value):
    """A copy of a column with one value changed."""
    values = np.array(column, dtype="f8" if isinstance(value, float) else None)
    values[row] = value
    return values


def test_a_plain_day_is_not_refused():
    """Nothing is wrong with a plain day."""
    refuse_bad_input(*plain())


@pytest.mark.parametrize(
    ("column", "row", "value", "told"),
    [
        ("arrival_s", 1, 0.5, r"workload.arrival_s\[1\]: must not be earlier .* \(got 0.5 after 1"),
        ("arrival_s", 2, nan, r"workload.arrival_s\[2\]: must be finite and 0 or more \(got nan"),
        ("arrival_s", 2, inf, r"workload.arrival_s\[2\]: must be finite and 0 or more \(got inf"),
        ("arrival_s", 0, -1.0, r"workload.arrival_s\[0\]: must be finite and 0 or more"),
        ("u_choice", 1, 1.0, r"workload.u_choice\[1\]: must be 0 or more and below 1 \(got 1.0"),
        ("u_choice_again", 0, -0.1, r"workload.u_choice_again\[0\]: must be 0 or more and below 1"),
        ("place", 2, nan, r"workload.place\[2\]: must be finite"),
    ],
)
def test_a_bad_number_of_a_customer_is_refused_with_its_row(column, row, value, told):
    """Times out of order or not finite, and uniforms that are none, are named with their row."""
    workload, system = plain()
    workload = replace(workload, **{column: changed(getattr(workload, column), row, value)})
    with pytest.raises(ValueError, match=told):
        refuse_bad_input(workload, system)


@pytest.mark.parametrize(
    ("column", "row", "value", "told"),
    [
        ("service_s", (1, 2), -1.0, r"system.service_s\[1, 2\]: must be finite and 0 or more"),
        ("service_s", (0, 0), nan, r"system.service_s\[0, 0\]: must be finite .* \(got nan\)"),
        ("gap_s", (1, 0), inf, r"system.gap_s\[1, 0\]: must be finite"),
        ("before_call_s", (0, 1), nan, r"system.before_call_s\[0, 1\]: must be 0 or more, or inf"),
        ("help_s", (0, 1), -2.0, r"system.help_s\[0, 1\]: must be finite"),
        ("expected_us", (1, 1), -1, r"system.expected_us\[1, 1\]: must be finite"),
        ("patience_s", 1, nan, r"system.patience_s\[1\]: must be 0 or more, or inf"),
        ("line_lane", 2, 2, r"system.line_lane\[2\]: must be a lane from 0 to 1 \(got 2"),
        ("line_lane", 0, 1, r"system.line_lane\[1\]: must be in ascending order"),
        ("server_line", 3, 7, r"system.server_line\[3\]: must be a line below 3 \(got 7"),
        ("server_line", 0, -1, r"system.server_line\[0\]: must be a line below 3 \(got -1"),
        ("kind", 1, 9, r"system.kind\[1\]: must be 0 to 4 \(Kind\) \(got 9"),
        ("server_pace", 0, nan, r"system.server_pace\[0\]: must be finite"),
        ("roster_lane", 1, 2, r"system.roster_lane\[1\]: must be a lane below 2"),
        ("roster_open", 0, -1, r"system.roster_open\[0\]: must be 0 or more"),
        ("roster_s", 0, nan, r"system.roster_s\[0\]: must be finite"),
    ],
)
def test_a_bad_number_of_the_shop_is_refused_with_its_row(column, row, value, told):
    """Negative service and indices out of range are named with their row."""
    workload, system = plain()
    system = replace(system, **{column: changed(getattr(system, column), row, value)})
    with pytest.raises(ValueError, match=told):
        refuse_bad_input(workload, system)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"service_s": np.zeros((2, 2))}, r"system.service_s: must have the shape \(2, 3\)"),
        ({"perception": np.ones((2, 3))}, r"system.perception: must have the shape \(3, 3\)"),
        ({"jockey": Jockey(on=True)}, r"system.willing: must have the shape \(3,\) \(got \(0,\)"),
        ({"balk_rule": "longer_than"}, r"system.balk_tolerance: must have the shape \(3,\)"),
        ({"demand": Demand(on=True, lane=2)}, r"system.demand.lane: must be a lane below 2"),
        ({"demand": Demand(on=True, lane=0, walk_s=nan)}, r"system.demand.walk_s: must be finite"),
        ({"break_s": [1.0], "break_server": np.array([4])}, r"break_server\[0\]: must be a server"),
        ({"attendants_pool": np.array([-1])}, r"system.attendants_pool\[0\]: must be a pool"),
        ({"lane_pool": np.array([0, -2])}, r"system.lane_pool\[1\]: must be a pool, or -1"),
        (
            {"stoppages": Stoppages(frozen([1.0], "f8"), frozen([9], "i8"), frozen([1.0], "f8"))},
            r"system.stoppages.server\[0\]: must be a server below 4 \(got 9",
        ),
        (
            {"no_cards": NoCards(frozen([nan], "f8"), frozen([1.0], "f8"))},
            r"system.no_cards.at_s\[0\]: must be finite",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(changes, told):
    """Columns of the wrong length and numbers of things that do not exist are refused."""
    workload, system = plain()
    arrays = {name: np.array(v) if isinstance(v, list) else v for name, v in changes.items()}
    with pytest.raises(ValueError, match=told):
        refuse_bad_input(workload, replace(system, **arrays))


@pytest.mark.parametrize(
    ("after", "delay_s", "condition", "told"),
    [
        ([-1, 3, 0], [0.0, 1.0, 1.0], [0, 0, 0], r"visits.after\[1\]: must be a row, or -1, below"),
        ([-1, 0, -1], [0.0, 1.0, 0.0], [0, 0, 0], r"visits.after\[2\]: rows that come at a given"),
        ([-1, -1, 0], [0.0, 0.0, -1.0], [0, 0, 0], r"visits.delay_s\[2\]: must be finite"),
        ([-1, -1, 0], [0.0, 0.0, 1.0], [0, 0, 3], r"visits.condition\[2\]: must be 0 to 2"),
    ],
)
def test_visits_that_follow_nothing_are_refused(after, delay_s, condition, told):
    """A visit must follow one that exists, some time after it, under a known condition."""
    workload, system = plain()
    visits = Visits([0, 1, 2], [0, 0, 0], after, delay_s, condition)
    with pytest.raises(ValueError, match=told):
        refuse_bad_input(replace(workload, visits=visits), system)


@pytest.mark.parametrize("column", ["arrival_s", "u_choice", "place"])
def test_zero_with_a_sign_is_zero(column):
    """-0.0 is not below 0, though its bits say so."""
    workload, system = plain()
    values = changed(getattr(workload, column), 0, -0.0)
    refuse_bad_input(replace(workload, **{column: values}), system)
    refuse_bad_input(workload, replace(system, gap_s=np.full((2, 3), -0.0)))


def test_what_stands_where_a_customer_may_not_go_does_not_matter():
    """A lane that a customer may not use may have any time for him."""
    workload, system = plain()
    may_use = np.array([[True, True, True], [True, True, False]])
    service_s = np.full((2, 3), 10.0)
    service_s[1, 2] = nan
    refuse_bad_input(workload, replace(system, may_use=may_use, service_s=service_s))


def test_arrival_times_of_further_visits_do_not_matter():
    """Rows that follow others come when those end, whatever their arrival time says."""
    workload, system = plain()
    visits = Visits([0, 1, 0], [0, 0, 0], [-1, -1, 0], [0.0, 0.0, 5.0], [0, 0, 0])
    refuse_bad_input(replace(workload, arrival_s=[1.0, 2.0, nan], visits=visits), system)
