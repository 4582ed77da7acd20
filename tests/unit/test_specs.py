"""The blocks of a scenario: what they derive, what they default to, what they refuse."""

import numpy as np
import pytest
from pydantic import ValidationError

from simqueue.customers.spec import ArrivalsSpec, PaysSpec, SegmentSpec, day_shapes
from simqueue.fields import ByClock, Count, Spec, Switch, problems_of
from simqueue.shop.spec import BehaviourSpec, LaneSpec, StoreSpec
from simqueue.tables.codes import Kind, Payment

PATIENCE = "{half_up_to: 8 min, nine_in_ten_up_to: 15 min}"


def lane(**more):
    """A lane with three tills, or what is given."""
    return LaneSpec.model_validate({"lane": "a", "kind": "staffed", "tills": 3} | more)


def machines(**more):
    """A self-service lane with four machines."""
    written = {"lane": "m", "kind": "self_service", "machines": 4}
    return LaneSpec.model_validate(written | more)


def told(build):
    """The texts of the faults that building something raises, with the last part of each place."""
    with pytest.raises(ValidationError) as error:
        build()
    return [(p.place[-1] if p.place else "", p.text) for p in problems_of(error.value)]


def test_a_value_by_clock_holds_until_the_next_time():
    """At 12:00 sharp the noon value is in force, a second before still the morning's."""
    table = ByClock(((28_800, 3), (43_200, 7)))
    assert [table.at(t) for t in (0, 28_800, 43_199, 43_200, 80_000)] == [3, 3, 3, 7, 7]
    assert table.values() == (3, 7)


def test_one_value_and_a_table_from_midnight_are_the_same():
    """A single value is a table with one entry at midnight."""
    assert lane(roster=2) == lane(roster={"00:00": 2})
    assert lane(roster=2).roster == ByClock.always(2)
    assert hash(lane(roster=2).roster) == hash(ByClock.always(2))


def test_clock_tables_are_sorted_by_time():
    """The order in the file does not matter."""
    written = lane(roster={"12:00": 3, "8:00": 1})
    assert written.roster == ByClock(((28_800, 1), (43_200, 3)))
    assert written.model_dump()["roster"] == {"08:00": 1, "12:00": 3}


@pytest.mark.parametrize(
    ("written", "on"),
    [("on", True), ("Yes", True), (True, True), ("off", False), ("no", False), (False, False)],
)
def test_switches_take_the_usual_words(written, on):
    """On, yes and true switch on; off, no and false switch off."""

    class Block(Spec):
        """One switch."""

        switch: Switch

    assert Block.model_validate({"switch": written}).switch is on


def test_blocks_cannot_be_changed_and_tell_all_faults_in_plain_words():
    """A block is frozen, and two faults are told together, without names of types."""

    class Block(Spec):
        """Two numbers."""

        tills: Count
        machines: Count = 0

    block = Block.model_validate({"tills": 2.0})
    with pytest.raises(ValidationError):
        block.tills = 3
    assert told(lambda: Block.model_validate({"tills": "x", "machins": 1})) == [
        ("tills", "must be a whole number of at least 0"),
        ("machins", "unknown key; did you mean 'machines'?"),
    ]


def test_lines_service_and_attendants_follow_the_kind():
    """Staffed lanes have own lines, machines share one; each has its measured service model."""
    assert (lane().line, lane().service.name, lane().attendants) == (
        "own", "antczak2020_staffed", None)  # fmt: skip
    assert (machines().line, machines().service.name) == ("shared", "antczak2020_self_service")
    assert machines().attendants == ByClock.always(1)
    express = lane(kind="express", max_items=10)
    assert (express.line, express.kind_code) == ("own", Kind.EXPRESS)
    assert (lane().kind_code, machines().kind_code) == (Kind.STAFFED, Kind.SELF_SERVICE)


def test_without_a_roster_everything_is_open():
    """No roster, or `all`, means every till or machine all day, however many there are."""
    assert lane().roster_or_all == ByClock.always(3)
    assert lane(roster="all") == lane()
    assert machines().roster_or_all == ByClock.always(4)
    assert lane(roster=2).roster_or_all == ByClock.always(2)
    assert lane().attendants_or_none == ByClock.always(0)


@pytest.mark.parametrize(
    ("more", "factor"),
    [
        ({}, 1.0),
        ({"line": "shared"}, 1.07),
        ({"line": "shared", "service": {"exponential": {"mean": "60 s"}}}, 1.0),
        ({"line": "shared", "slower_when_shared": "off"}, 1.0),
        ({"line": "shared", "slower_when_shared": 1.2}, 1.2),
        ({"slower_when_shared": 1.2}, 1.0),
        ({"line": "shared", "service": "us_with_bagging_staffed"}, 1.07),
    ],
)
def test_a_shared_line_slows_times_measured_at_own_lines(more, factor):
    """7 % slower (Wang, Zhou 2018) when shared, unless said otherwise; else not at all."""
    assert lane(**more).shared_factor == factor


@pytest.mark.parametrize(
    ("service", "included", "is_included"),
    [
        ("antczak2020_self_service", "auto", True),
        ("us_with_bagging_self_service", "auto", False),
        ({"about": "2 min"}, "auto", False),
        ({"about": "2 min"}, "yes", True),
        ("antczak2020_self_service", "no", False),
    ],
)
def test_help_is_part_of_times_that_were_measured_with_it(service, included, is_included):
    """`auto` follows the service model, yes and no overrule it."""
    helped = machines(service=service, help={"chance": "20 %", "included": included})
    assert helped.help_included is is_included


def test_machines_never_slow_down_by_sharing_their_line():
    """Self-service was measured at a shared line."""
    assert machines(slower_when_shared=1.2).shared_factor == 1.0


@pytest.mark.parametrize(
    ("build", "fault"),
    [
        (lambda: lane(kind="self_service"), ("machines", "is missing")),
        (lambda: lane(machines=2),
         ("machines", "does not go with kind staffed; did you mean 'tills'?")),
        (lambda: machines(line="own"), ("line", "must be shared: machines have one line")),
        (lambda: lane(help={"chance": 0.2}), ("help", "goes only with kind self_service")),
        (lambda: lane(kind="express"), ("max_items", "is missing")),
        (lambda: lane(slower_when_shared=7),
         ("slower_when_shared", "must be a factor between 0.5 and 2, off, or auto")),
        (lambda: lane(room=0), ("room", "must be a whole number of at least 1")),
        (lambda: lane(breakdowns=1), ("breakdowns",
         "must be a mapping, as in {time_between: {exponential: {mean: 40 h}}, "
         "repair: {about: 10 min}}")),
        (lambda: StoreSpec.model_validate({"opens": "08:00", "closes": "08:00"}),
         ("closes", 'must be later than opens, "08:00"')),
        (lambda: StoreSpec.model_validate({"opens": "08:00", "closes": "9:00", "warm_up": "1 h"}),
         ("warm_up", "goes only with a horizon")),
        (lambda: BehaviourSpec.model_validate({"renege": {"patience": "fel"}}),
         ("patience", f"must be a distribution, as in {PATIENCE}")),
        (lambda: PaysSpec.model_validate({"cash": 0.5}),
         ("", "must have shares that add up to 100 %; they add up to 50 %")),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(build, fault):
    """Keys that contradict the kind of block are told at their own place."""
    assert fault in told(build)


def test_renege_takes_a_patience_or_what_is_acceptable():
    """`felt` draws patience from the acceptable wait; off is the default."""
    assert BehaviourSpec().renege is None
    felt = BehaviourSpec.model_validate({"renege": {"patience": "felt"}}).renege
    drawn = BehaviourSpec.model_validate({"renege": {"patience": {"about": "10 min"}}}).renege
    assert felt.patience == "felt"
    assert drawn.patience.mean == 600
    assert BehaviourSpec.model_validate({"renege": "off", "balk": False}) == BehaviourSpec()


def test_payment_shares_are_in_the_order_of_the_codes():
    """Cash, card, contactless, phone."""
    pays = PaysSpec.model_validate({"phone": 0.1, "cash": 0.2, "card": 0.7})
    assert [pays.shares[way] for way in Payment] == [0.2, 0.7, 0, 0.1]


def test_segments_default_to_card_paying_customers_who_consider_machines():
    """A segment needs a name, a share and items; the rest has defaults."""
    segment = SegmentSpec.model_validate({"segment": "a", "share": 1, "items": {"fixed": 3}})
    assert (segment.alone, segment.self_service, segment.pays.card) == (0.8, 1.0, 1.0)
    assert (segment.value_of_time, segment.self_control, segment.likes_self_service) == (1, 1, 0)
    assert (segment.patience, segment.acceptable_wait, segment.expected_wait) == (None,) * 3


def test_built_in_day_shapes_are_whole_days():
    """Each shape has 96 quarter hours whose shares add up to a day, and peaks near noon."""
    assert list(day_shapes()) == [
        "monday_to_wednesday", "thursday_to_friday", "saturday", "sunday"]  # fmt: skip
    for points in day_shapes().values():
        times, per_hour = np.array(points).T
        assert np.array_equal(times, np.arange(96) * 900)
        assert per_hour.sum() / 4 == pytest.approx(1, abs=1e-4)
        assert 11 * 3600 <= times[np.argmax(per_hour)] <= 14 * 3600


def test_rate_points_are_the_table_before_scaling():
    """A table is passed on as it is; a constant rate is one point at midnight."""
    table = ArrivalsSpec.model_validate({"per_hour": {"09:00": 90, "08:00": "1 per min"}})
    assert table.rate_points() == ((28_800, 60), (32_400, 90))
    assert ArrivalsSpec.model_validate({"constant_per_hour": 5}).rate_points() == ((0, 5),)
    shape = {"customers_per_day": 100, "shape": {"per_hour": {"08:00": 1, "09:00": 2}}}
    assert ArrivalsSpec.model_validate(shape).rate_points() == ((28_800, 1), (32_400, 2))


def test_rates_from_a_file_are_kept_as_a_table(tmp_path):
    """A CSV file of rates becomes per_hour, so that the scenario is complete without the file."""
    (tmp_path / "a.csv").write_text("time,customers_per_hour\n08:00,30\n8:30,60\n")
    context = {"folder": tmp_path}
    read = ArrivalsSpec.model_validate({"csv": "a.csv"}, context=context)
    assert read == ArrivalsSpec.model_validate({"per_hour": {"08:00": 30, "08:30": 60}})
    assert read.model_dump()["per_hour"] == {"08:00": 30, "08:30": 60}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("time,customers_per_hour\n08:00,x\n", "line 2 of the file"),
        ("time,customers_per_hour\n8 h,3\n", "line 2 of the file: must be a time on the clock"),
        ("time,customers_per_hour\n08:00,3\n8:00,4\n", "line 3 of the file: 08:00 is given twice"),
        ("time,rate\n08:00,3\n", "the header time,customers_per_hour"),
    ],
)
def test_faulty_files_of_rates_are_refused_with_the_line(tmp_path, content, fault):
    """A wrong cell of a CSV file is told with its line."""
    (tmp_path / "a.csv").write_text(content)
    context = {"folder": tmp_path}
    (found,) = told(lambda: ArrivalsSpec.model_validate({"csv": "a.csv"}, context=context))
    assert found[0] == "csv"
    assert fault in found[1]
