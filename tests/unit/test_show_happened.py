"""What people and cashiers did: said when it is modelled or happened, with its numbers."""

from __future__ import annotations

import pytest

from simqueue.show.happened import facts, what_happened
from tests.unit.show_studies import same_days, shop, study_of

PEOPLE = {
    "balked": (0.0, 0.0, 0.0),
    "reneged": (0.0, 0.0, 0.0),
    "changed_line_share": (0.0, 0.0, 0.0),
}
CASHIERS = {
    "cashiers_called": (0.0, 0.0, 0.0),
    "overtime_hours": (0.0, 0.0, 0.0),
    "changeovers": (0.0, 0.0, 0.0),
}
QUIET = PEOPLE | CASHIERS
ALL_ON = """\
behaviour:
  balk: {longer_than: 6}
  renege: {patience: {about: 10 min}}
  jockey: {shorter_by: 2}
staffing:
  on_demand: {lane: staffed, call_above: 2, spare: 2}
"""
ROSTERED = '{lane: staffed, kind: staffed, tills: 4, roster: {"08:00": 2}}'


def study(more="", calls=None, **daily):
    """A study of three days with these daily values."""
    ratios = {} if calls is None else {"call_response_mean_s": calls}
    scenario = shop(ROSTERED, more=more)
    return study_of(scenario, same_days([(0, 0, 0.0)]), daily=QUIET | daily, ratios=ratios)


def test_what_is_off_and_did_not_happen_is_not_told():
    """A plain day on which everything went as planned needs no line."""
    assert what_happened(study()) == ""
    assert facts(study()) == []


def test_what_is_modelled_is_told_even_if_it_did_not_happen():
    """That nobody turned away is a result where people could have."""
    assert what_happened(study(ALL_ON)) == (
        "What happened a day: nobody turned away, nobody gave up waiting, nobody changed line;"
        " no cashier was called."
    )


def test_what_happened_is_told_even_if_it_is_off():
    """With every line full people are turned away, whatever the scenario says of balking."""
    assert what_happened(study(balked=(3.0, 0.0, 0.0))) == "What happened a day: 1 turned away."


def test_everything_in_one_sentence():
    """30, 31 and 32 turned away; 54 calls, of which 51 were answered after 3,060 s in all."""
    found = study(
        ALL_ON,
        calls=((1020.0,) * 3, (17.0,) * 3),
        balked=(30.0, 31.0, 32.0),
        reneged=(12.0, 12.0, 12.0),
        changed_line_share=(0.04, 0.04, 0.04),
        cashiers_called=(18.0,) * 3,
        overtime_hours=(0.4,) * 3,
        changeovers=(22.0,) * 3,
    )
    assert what_happened(found) == (
        "What happened a day: 31 turned away, 12 gave up waiting, 4 % changed line;"
        " 18 calls for a cashier, who came after 1:00 min (1 opened no till);"
        " 0.4 h overtime; 22 tills opened or closed."
    )
    told = {fact.label: (fact.value, fact.days) for fact in facts(found)}
    # sd of 30, 31, 32 is 1; t(2) = 4.303 / sqrt(3) = 2.5
    assert told["turned away"] == ("31", "+- 2.5")
    assert told["from a call to an open till"] == ("1:00 min", "+- 0:00")
    assert told["calls that opened no till"] == ("1", "+- 0")
    assert told["overtime"] == ("0.4 h", "+- 0 h")


@pytest.mark.parametrize(
    ("hours", "said"), [(0.04, ""), (0.06, "What happened a day: 0.1 h overtime.")]
)
def test_a_minute_of_overtime_is_no_news(hours, said):
    """Less than three minutes would be told as nothing."""
    assert what_happened(study(overtime_hours=(hours,) * 3)) == said


def test_one_is_singular():
    """One call, one till."""
    found = study(
        calls=((60.0,) * 3, (1.0,) * 3), cashiers_called=(1.0,) * 3, changeovers=(1.0,) * 3
    )
    assert what_happened(found) == (
        "What happened a day: 1 call for a cashier, who came after 1:00 min;"
        " 1 till opened or closed."
    )


def test_calls_that_nobody_answered():
    """Where nobody ever came there is no response to tell."""
    found = study(calls=((0.0,) * 3, (0.0,) * 3), cashiers_called=(2.0,) * 3)
    assert what_happened(found) == "What happened a day: 2 calls for a cashier (2 opened no till)."
