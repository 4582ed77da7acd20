"""The answer in sentences: every rule of the page by a day worked by hand."""

from __future__ import annotations

import pytest

from simqueue.show.findings import findings
from tests.unit.show_studies import MACHINES, STAFFED, people, same_days, shop, study_of, theory

EVERY = range(24)  # quarter hours from 08:00 to 14:00
CALM = people(0, EVERY, 0, 10)


def said(waits, scenario=None, **more):
    """The answer as one text."""
    return " ".join(findings(study_of(scenario or shop(), same_days(waits), **more)).answer)


def short_from(first, end):
    """A calm day with ten more people, waiting long, in each of these quarter hours: half do."""
    return CALM + people(0, range(first, end), 10, 10)


def test_a_day_on_which_nobody_waits():
    """Nobody waits at all: that is said, and no time is blamed."""
    assert said(CALM) == (
        "The tills cope all day: nobody waits over 5 minutes."
        " Even from 08:00 to 10:00, the busiest time, people hardly wait."
    )


def test_a_day_with_few_long_waits():
    """One of 10 in one quarter hour is 1 of 240; 400 s among 80 people are 5 s on average."""
    assert said([*people(0, EVERY, 0, 10)[1:], (0, 20, 400.0)]) == (
        "The tills cope all day: 1 customer in 240 waits over 5 minutes."
        " The longest waits are from 11:15 to 13:15: 0:05 min on average."
    )


def test_long_waits_that_are_scattered_are_not_called_coping():
    """Every third quarter hour 5 of 10 wait long, never twice in a row: 1 in 6 all the same."""
    waits = [w for q in EVERY for w in people(0, [q], 5 if q % 3 == 0 else 0, 10)]
    assert said(waits).startswith(
        "No lane is short for half an hour, yet 1 customer in 6 waits over 5 minutes."
    )


@pytest.mark.parametrize(
    ("first", "end", "sentence"),
    [
        (16, 24, "The tills cope until 12:00."),
        (0, 8, "The tills cope from 10:00 on."),
        (8, 16, "The tills cope until 10:00 and again from 12:00."),
        (8, 18, "The tills are short for 2.5 of the 6 hours."),  # 10 of 24 are more than 40 %
        (2, 22, "The tills are short nearly all day."),  # 20 of 24 are more than 80 %
        (0, 24, "The tills are short nearly all day."),
    ],
)
def test_how_much_of_the_day_is_said_first(first, end, sentence):
    """The first sentence says until and from when the tills cope, or that they hardly do."""
    assert said(short_from(first, end)).startswith(sentence)


def test_two_short_times_are_said_in_hours():
    """One hour and half an hour of six; which they are is said after."""
    text = said(short_from(4, 8) + people(0, [20, 21], 10, 10))
    assert text.startswith(
        "The tills cope for most of the day, but are short for 1.5 of the 6 hours."
    )
    assert "Also short: staffed tills 13:00-13:30 (half)." in text


def test_the_worst_stretch_is_told_with_shares():
    """10 of 20 wait long from 12:00 to 13:00; none of the others."""
    assert said(short_from(16, 20)) == (
        "The tills cope until 12:00 and again from 13:00. From 12:00 to 13:00 the staffed tills are"
        " short: half of the customers wait over 5 minutes there; nobody at other times."
    )


def test_what_chance_may_explain_is_said_with_may():
    """All the long waits on one of three days: the interval does not exclude one in ten."""
    bad, good = short_from(16, 20), CALM + people(0, range(16, 20), 0, 10)
    text = " ".join(findings(study_of(shop(), [good, good, bad])).answer)
    assert "the staffed tills may be short: 1 customer in 6 waits" in text  # 40 of 240


def test_a_single_day_is_said_as_it_was():
    """One day has no interval: no 'may', but a note that it was one day."""
    found = findings(study_of(shop(), [short_from(16, 20)]))
    assert "the staffed tills are short" in found.answer[1]
    assert found.notes == (
        "One simulated day: nothing is said about how much days differ.",
        "No roster is given for staffed: all 4 are open all day.",
    )


def test_a_lane_that_is_short_all_day_has_no_other_times():
    """Where nothing is left to compare with, nothing is compared."""
    text = said(people(0, EVERY, 9, 10))
    assert text.endswith("9 customers in 10 wait over 5 minutes there.")


def test_more_than_three_stretches_are_counted():
    """The next two are named, the others counted."""
    waits = CALM + [w for q in (0, 6, 12, 18) for w in people(0, [q, q + 1], 9 - q // 6, 10)]
    assert said(waits).endswith(
        "Also short: staffed tills 09:30-10:00 (4 in 10), staffed tills 11:00-11:30 (4 in 10)"
        " and 1 more."
    )


def test_a_shop_of_machines_is_not_said_to_have_tills():
    """Only machines: it is they that cope."""
    assert said(CALM, shop(MACHINES)).startswith("The machines cope all day")


def test_the_shops_own_limit_is_said():
    """With wait_p95 of 6 minutes 400 s are long and 350 s are not."""
    scenario = shop(more="targets: {wait_p95: 6 min}")
    assert "nobody waits over 6 minutes" in said(people(0, EVERY, 9, 10, long_s=350.0), scenario)
    assert "wait over 6 minutes" in said(people(0, EVERY, 9, 10), scenario)


def test_nobody_came():
    """An empty shop is not said to cope."""
    assert said([]) == "Nobody came to the checkouts on any of the simulated days."


@pytest.mark.parametrize(
    ("lost", "sentence"),
    [(2.0, ""), (2.4, " But 1 customer in 100 leaves without paying, 2.4 a day."),
     (96.0, " But 4 customers in 10 leave without paying, 96 a day.")],
)  # fmt: skip
def test_who_leaves_without_paying_is_said(lost, sentence):
    """Of 240 customers, 2.4 are one in a hundred: from there on short waits are no success."""
    calm = "The tills cope all day: nobody waits over 5 minutes."
    text = said(CALM, daily={"lost_baskets": [lost] * 3})
    assert text.startswith(calm)
    assert text.endswith("people hardly wait." + sentence)


def test_who_is_lost_follows_what_is_short():
    """After bad news it is no 'but'; half of 480 customers leave."""
    text = said(CALM + people(0, EVERY, 10, 10), daily={"lost_baskets": [240.0] * 3})
    assert text.endswith("there. Half of the customers leave without paying, 240 a day.")


def test_a_short_day_is_not_compared_with_itself():
    """Of one hour the busiest time is all of it: no time is named and no column repeats it."""
    scenario = shop(hours=("08:00", "09:00"))
    found = findings(study_of(scenario, same_days([(0, 1, 30.0), (0, 2, 60.0)])))
    assert found.answer[1] == "On average they wait 0:45 min."
    assert (found.column, found.stretch_words) == ("", "08:00-09:00")


def test_where_to_look_names_lane_time_share_and_staff():
    """36 waits of 400 s at the tills in the stretch, 12 at the machines: three quarters."""
    scenario = shop('{lane: staffed, kind: staffed, tills: 4, roster: {"08:00": 2, "12:30": 3}}',
                    MACHINES)  # fmt: skip
    waits = people(0, range(16, 20), 9, 10) + people(1, EVERY, 0, 10)
    waits += [(1, q, 200.0) for q in EVERY]
    found = findings(study_of(scenario, same_days(waits), busy=0.875))
    assert found.where == (
        "staffed tills 12:00-13:00, 75 % of all minutes waited;"
        " 2.5 of 4 tills are open then, occupied 88 % of the time."
    )


@pytest.mark.parametrize(
    ("lane", "text"),
    [
        ("{lane: till, kind: staffed, tills: 1}", "the till is occupied 50 %"),
        ("{lane: tills, kind: staffed, tills: 2}", "both tills are open then, occupied 50 %"),
        ("{lane: tills, kind: staffed, tills: 5}", "all 5 tills are open then, occupied 50 %"),
    ],
)
def test_all_that_is_open_is_said_as_people_say_it(lane, text):
    """The till, both, all five."""
    assert text in findings(study_of(shop(lane), same_days(short_from(16, 20)))).where


def test_without_waits_there_is_nowhere_to_look():
    """A mean below five seconds is nothing to look for."""
    found = findings(study_of(shop(), same_days(CALM), busy=0.3))
    assert found.where == (
        "nowhere for the waits, there are hardly any; what is open is occupied 30 % of the time."
    )


def test_notes_warn_of_what_must_be_known_first():
    """Interrupted, failed audit, no roster; one till without a roster is no news."""
    study = study_of(
        shop(STAFFED, "{lane: kiosk, kind: staffed, tills: 1}"),
        [CALM, CALM],
        partial=True,
        audit=("day 1: Little's law",),
    )
    assert findings(study).notes == (
        "PARTIAL: interrupted after 2 of 3 days.",
        "The audit failed: do not rely on these numbers; please report the scenario.",
        "No roster is given for staffed: all 4 are open all day.",
    )


def test_a_steady_state_has_no_time_to_look_at():
    """A theory scenario has neither answer nor stretch."""
    found = findings(study_of(theory(), same_days([(0, 0, 10.0)])))
    assert (found.answer, found.stretch, found.where, found.notes) == ((), None, "", ())
