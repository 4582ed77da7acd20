"""What people and staff do: how it is read, what it defaults to, what an engine gets of it."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from simqueue.chance import Draws
from simqueue.customers import members
from simqueue.customers.spec import SegmentSpec
from simqueue.fields import problems_of
from simqueue.shop import compile_shop
from simqueue.shop.services import read_service
from simqueue.shop.spec import BehaviourSpec, LaneSpec, StaffingSpec
from simqueue.tables import Demand, Jockey, System, Workload

HOUR, DAY = 3600.0, 86_400.0


def lane(name: str = "a", kind: str = "staffed", n: int = 1, **more: Any) -> LaneSpec:
    """A lane as a scenario writes it; everybody takes 10 s unless said otherwise."""
    servers = {"machines" if kind == "self_service" else "tills": n}
    express = {"max_items": 10} if kind == "express" else {}
    about = {"lane": name, "kind": kind, "service": {"fixed": "10 s"}}
    return LaneSpec.model_validate({**about, **servers, **express, **more})


def people(n: int = 4, **given: list[float]) -> Workload:
    """Customers a second apart with one item each, all considering machines, with given draws."""
    draws = Draws(1, 0, {name.replace("__", ":"): np.array(u) for name, u in given.items()})
    plain: dict[str, Any] = dict.fromkeys(Workload.columns(), np.zeros(n))
    plain |= {"arrival_s": np.arange(n), "considers_machines": np.ones(n)}
    plain |= dict.fromkeys(("items", "alone", "value_of_time", "self_control"), np.ones(n))
    return Workload(**plain, draws=draws)


def shop(*lanes: LaneSpec, workload: Workload | None = None, **more: Any) -> System:
    """The lanes compiled, from 08:00 to 18:00."""
    workload = people() if workload is None else workload
    behaviour = BehaviourSpec.model_validate(more.pop("behaviour", {}))
    staffing = StaffingSpec.model_validate(more.pop("staffing", {}))
    plain = {"opens_s": 8 * HOUR, "length_s": 10 * HOUR, "patience_s": np.full(len(workload), inf)}
    return compile_shop(lanes, behaviour, staffing, workload, **(plain | more))


# --- what is off ----------------------------------------------------------------------------------


def test_everything_is_off_by_default():
    """Nobody turns away or changes lines, nobody is called or rests; tills serve their line out."""
    found = shop(lane(n=2))
    assert (found.balk_rule, found.jockey, found.demand) == ("", Jockey(), Demand())
    assert not found.finish_current
    names = ("balk_tolerance", "willing", "shift_start_s", "shift_end_s", "break_s", "break_server")
    assert [len(getattr(found, name)) for name in names] == [0] * 6


def test_what_is_off_draws_nothing():
    """A shop without these asks for none of their columns, and `off` is the same as silence."""

    class Watched(Draws):
        asked: set[str]

        def uniform(self, name: str, n: int) -> Any:
            self.asked.add(name.partition(":")[0])
            return super().uniform(name, n)

    workload = people()
    watched = Watched(1, 0)
    watched.asked = set()
    object.__setattr__(workload, "draws", watched)
    off = {"balk": "off", "jockey": "off"}
    found = shop(lane(trainees="off"), workload=workload, behaviour=off,
                 staffing={"on_demand": "off"})  # fmt: skip
    segments = [SegmentSpec.model_validate({"segment": "a", "share": 1, "items": {"fixed": 1}})]
    assert not members(segments, workload).any()
    assert not watched.asked & {"balk", "jockey", "member", "trainee", "cashier_pace"}
    plain = shop(lane())
    for name, values in vars(found).items():
        if name != "choice":  # which is compared by identity
            assert np.array_equal(values, getattr(plain, name)), name


# --- turning away ---------------------------------------------------------------------------------


def test_one_tolerance_for_everybody():
    """longer_than: 8 is 8 people for each; 6 min are 360,000,000 microseconds."""
    length = shop(lane(), behaviour={"balk": {"longer_than": 8}})
    assert (length.balk_rule, length.balk_tolerance.tolist()) == ("longer_than", [8.0] * 4)
    wait = shop(lane(), behaviour={"balk": {"expected_wait_over": "6 min"}})
    assert (wait.balk_rule, wait.balk_tolerance.tolist()) == ("expected_wait_over", [3.6e8] * 4)


@pytest.mark.parametrize("length", [0, 2.5])
def test_a_plain_length_may_be_any_number(length):
    """Per till a line may have two and a half people, and some people never queue at all."""
    found = shop(lane(), behaviour={"balk": {"longer_than": length}})
    assert found.balk_tolerance.tolist() == [length] * 4


def test_drawn_lengths_are_whole_and_follow_their_column():
    """Geometric with mean 5: P(more than k) = 0.8 ** k, so u = 0.1, 0.3, 0.6, 0.9 give 1, 2, 5, 11.

    1 - 0.8 = 0.20, 1 - 0.8**2 = 0.36, 1 - 0.8**4 = 0.5904, 1 - 0.8**5 = 0.67, 1 - 0.8**10 = 0.893,
    1 - 0.8**11 = 0.914.
    """
    workload = people(4, balk=[0.1, 0.3, 0.6, 0.9])
    found = shop(
        lane(), workload=workload, behaviour={"balk": {"longer_than": {"geometric": {"mean": 5}}}}
    )
    assert found.balk_tolerance.tolist() == [1, 2, 5, 11]


def test_drawn_waits_are_whole_microseconds():
    """Uniform from 0 to 1 s at u = 0.1234567 is 123,456.7 microseconds, rounded to 123,457."""
    workload = people(2, balk=[0.1234567, 0.5])
    waits = {"uniform": {"low": "0 s", "high": "1 s"}}
    found = shop(lane(), workload=workload, behaviour={"balk": {"expected_wait_over": waits}})
    assert found.balk_tolerance.tolist() == [123_457, 500_000]


# --- changing lines -------------------------------------------------------------------------------


def test_jockeying_has_its_defaults_when_switched_on():
    """On is: shorter by 2, 5 s to walk, everybody willing."""
    for written in ("on", "yes", True, {}):
        jockey = BehaviourSpec.model_validate({"jockey": written}).jockey
        assert (jockey.shorter_by, jockey.walk, jockey.willing) == (2, 5.0, 1.0)
    assert BehaviourSpec.model_validate({"jockey": "no"}).jockey is None


def test_who_is_willing_to_change_lines():
    """Half are: those whose draw lies below 0.5."""
    jockey = {"shorter_by": 3, "walk": "8 s", "willing": "50 %"}
    workload = people(4, jockey=[0.1, 0.49, 0.5, 0.9])
    found = shop(lane(n=2), workload=workload, behaviour={"jockey": jockey})
    assert found.jockey == Jockey(on=True, shorter_by=3, walk_s=8.0)
    assert found.willing.tolist() == [True, True, False, False]


# --- cashiers -------------------------------------------------------------------------------------


def test_tills_that_close_may_finish_the_current_customer_only():
    """finish_current is handed on."""
    assert shop(lane(), staffing={"on_close": "finish_current"}).finish_current
    assert not shop(lane(), staffing={"on_close": "finish_line"}).finish_current


def test_calls_are_handed_on_with_the_lane_as_a_number():
    """Lane b is number 1; without a longest wait only the length of the lines calls."""
    written = {"lane": "b", "spare": 3, "call_above": 2.5, "walk": "30 s", "stay": "5 min"}
    found = shop(lane("a"), lane("b"), staffing={"on_demand": written})
    assert found.demand == Demand(
        on=True, lane=1, call_above=2.5, waited_over_s=inf, close_below=1, walk_s=30, stay_s=300
    )
    assert found.shift_start_s.tolist() == [0.0] * 3
    assert found.shift_end_s.tolist() == [inf] * 3


def test_calls_by_the_longest_wait_only():
    """With call_above off no length calls anybody; the other numbers are the published ones."""
    written = {"lane": "a", "spare": 1, "call_above": "off", "waited_over": "4 min"}
    demand = shop(lane(), staffing={"on_demand": written}).demand
    assert (demand.call_above, demand.waited_over_s) == (inf, 240)
    assert (demand.close_below, demand.walk_s, demand.stay_s) == (1, 60, 900)


def test_shifts_begin_at_opening_at_the_earliest_and_are_not_cut():
    """From 08:00: a shift from 06:00 has two hours left, one from 17:00 goes on until 21:00."""
    duty = {"17:00": 1, "06:00": 2, "08:00": 1}
    found = shop(lane(), staffing={"on_duty": duty, "shift": "4 h"})
    assert found.shift_start_s.tolist() == [0, 0, 0, 9 * HOUR]
    assert found.shift_end_s.tolist() == [2 * HOUR, 2 * HOUR, 4 * HOUR, 13 * HOUR]


def test_shifts_of_nobody_are_none():
    """A row of 0 cashiers adds nobody; nor does a shift that is over at opening."""
    found = shop(lane(), staffing={"on_duty": {"04:00": 3, "09:00": 0}, "shift": "4 h"})
    assert len(found.shift_start_s) == len(found.shift_end_s) == 0


def test_shifts_and_breaks_come_again_every_day():
    """In a run of 48 hours from midnight, 06:00 and 08:00 come twice; nothing begins at the end."""
    found = shop(
        lane(breaks=[{"till": 1, "at": "08:00", "lasts": "10 min"},
                     {"till": 1, "at": "00:00", "lasts": "5 min"}]),
        staffing={"on_duty": {"06:00": 1}, "shift": "30 h"}, opens_s=0.0, length_s=2 * DAY,
    )  # fmt: skip
    assert found.shift_start_s.tolist() == [6 * HOUR, 30 * HOUR]
    assert found.shift_end_s.tolist() == [36 * HOUR, 60 * HOUR]
    assert found.break_s.tolist() == [0, 8 * HOUR, DAY, DAY + 8 * HOUR]
    assert found.break_lasts_s.tolist() == [300, 600] * 2


def test_breaks_are_of_servers_in_order_of_time_then_server():
    """Till 2 of lane b is server 5: before it come two tills, two machines, and till 1 of b."""
    rest = {"at": "10:00", "lasts": "15 min"}
    found = shop(
        lane("a", n=2), lane("m", "self_service", 2),
        lane("b", n=2, line="shared", breaks=[{"till": 2, "at": "09:00", "lasts": "20 min"},
                                              {"till": 2, **rest}]),
        lane("c", n=1, breaks=[{"till": 1, **rest}]),
        lane("d", n=1, breaks=[{"till": 1, "at": "17:59", "lasts": "1 h"}]),
    )  # fmt: skip
    assert found.break_s.tolist() == [HOUR, 2 * HOUR, 2 * HOUR, 35_940]
    assert found.break_server.tolist() == [5, 5, 6, 7]
    assert found.break_lasts_s.tolist() == [1200, 900, 900, 3600]


def test_trainees_take_longer_at_the_tills_where_they_sit():
    """Draws below 0.2 are trainees, at 1.3 times the pace; each kind has a column of its own."""
    learning = {"trainees": {"share": "20 %", "pace": 1.3}}
    workload = people(4, trainee__staffed=[0.1, 0.2, 0.9, 0.19], trainee__express=[0.0])
    found = shop(lane("a", n=2, **learning), lane("x", "express", 1, **learning),
                 lane("b", n=2, **learning), lane("c", n=1), workload=workload)  # fmt: skip
    assert found.server_pace.tolist() == [1.3, 1, 1.3, 1, 1.3, 1]


def test_a_trainee_is_slower_than_that_cashier_would_be():
    """The factor comes on top of how cashiers differ, and leaves the others as they are."""
    differ = shop(lane(n=3, cashiers_differ=0.1)).server_pace
    both = shop(lane(n=3, cashiers_differ=0.1, trainees={"share": 1, "pace": 2})).server_pace
    none = shop(lane(n=3, cashiers_differ=0.1, trainees={"share": 0, "pace": 2})).server_pace
    assert np.array_equal(both, 2 * differ)
    assert np.array_equal(none, differ)


# --- members --------------------------------------------------------------------------------------


def test_members_by_the_share_of_their_segment():
    """Draws of 0.3 and 0.5: in a segment with 40 % members the first is one, with 0 % nobody."""
    written = {"share": "50 %", "items": {"fixed": 1}}
    segments = [SegmentSpec.model_validate({"segment": "a", "member": "40 %", **written}),
                SegmentSpec.model_validate({"segment": "b", **written})]  # fmt: skip
    workload = people(4, member=[0.3, 0.5, 0.3, 0.5])
    object.__setattr__(workload, "segment", np.array([0, 0, 1, 1]))
    assert members(segments, workload).tolist() == [True, False, False, False]


def test_lanes_for_members_only():
    """Only members may use such a lane, if they pay as it accepts; without members nobody may."""
    club = lane("club", accepts={"members": "yes", "payment": ["cash"]})
    are = np.array([True, False, True, False])
    found = shop(lane(), club, members=are)
    assert found.may_use.tolist() == [[True] * 4, are.tolist()]
    assert not shop(lane(), club).may_use[1].any()
    card_only = lane("club", accepts={"members": True, "payment": ["card"]})
    assert not shop(card_only, members=are).may_use.any()
    assert shop(lane("club", accepts={"members": "no"})).may_use.all()


# --- how others' services are judged --------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "median_s"),
    [
        # exp(a + b ln 10), and the mean gap of the gamma: Antczak et al. 2020, eqs. 3-4
        ("antczak2020_staffed", np.exp(2.121935) * 10**0.698402 + 3.074209 * 4.830613),
        ("antczak2020_self_service", np.exp(3.122328) * 10**0.672461 + np.exp(3.51669) * 10**0.223),
        ({"exponential": {"mean": "60 s"}}, 60 * np.log(2)),
        ({"lognormal": {"median": "50 s", "sigma": 0.8}}, 50.0),
        ({"linear": {"set_up": "10 s", "per_item": "2 s",
                     "noise": {"exponential": {"mean": 1}}}}, 30 * np.log(2)),
    ],
)  # fmt: skip
def test_services_judged_by_their_median(service, median_s):
    """The median given 10 items; the mean of all users, which another rule reads, stays a mean."""
    model, items = read_service(service), np.array([10])
    assert model.median_occupation_s(items, np.array([0])) == pytest.approx([median_s], rel=1e-6)
    workload = people(1)
    object.__setattr__(workload, "items", items)
    plain = shop(lane(service=service), workload=workload)
    median = shop(lane(service=service), workload=workload,
                  behaviour={"lane_choice": {"judged_by": "median"}})  # fmt: skip
    assert median.expected_us.tolist() == [[int(median_s * 1e6 + 0.5)]]
    assert median.expected_us < plain.expected_us
    assert median.mean_us.tolist() == plain.mean_us.tolist() == plain.expected_us[0].tolist()


def test_medians_at_a_shared_line_and_with_help():
    """40 s x 1.5 at a shared line; 40 s and, for half of the customers, 20 s of help are 50 s."""
    choice = {"lane_choice": {"judged_by": "median"}}
    forty = {"lognormal": {"median": "40 s", "sigma": 1}}
    help_ = {"chance": 0.5, "takes": {"fixed": "20 s"}, "included": "no"}
    found = shop(
        lane(n=2, line="shared", slower_when_shared=1.5, service=forty),
        lane("m", "self_service", 1, service=forty, help=help_),
        behaviour=choice,
    )
    assert found.expected_us[:, 0].tolist() == [60_000_000, 50_000_000]


def test_a_till_that_is_told_to_close_has_two_ways():
    """A third way is told with the two that exist."""
    with pytest.raises(ValidationError) as error:
        StaffingSpec.model_validate({"on_close": "finish"})
    (problem,) = problems_of(error.value)
    assert problem.text.startswith("must be one of finish_line, finish_current")
