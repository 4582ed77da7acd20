"""Adding up days: ratios of totals, daily values, groups taken together."""

from __future__ import annotations

from math import isnan, nan

import numpy as np
import pytest

from simqueue.study.interval import interval, ratio_interval
from simqueue.study.sheet import Title, daily, gathered, ratio
from simqueue.study.tally import Rows, Tally

TOPS = np.array([[10.0, 0.0, 6.0], [20.0, 0.0, 2.0]])  # two days, three groups
BOTTOMS = np.array([[2.0, 0.0, 3.0], [8.0, 0.0, 1.0]])


@pytest.fixture
def tally() -> Tally:
    """Two days of a ratio and of a daily measure in three groups."""
    found = Tally(("a", "b", "c"))
    for top, bottom in zip(TOPS, BOTTOMS, strict=True):
        found.add_ratio("wait_mean_s", "s", top, bottom)
        found.add_daily("wait_max_s", "s", top + 1)
    found.units["wait_max_s"] = "s"
    return found


def test_a_ratio_is_of_totals(tally):
    """The mean over days is 30 / 10 = 3, not the mean of 5 and 2.5."""
    assert tally.estimate("wait_mean_s").mean == 3.0  # the first group, unless one is named
    assert tally.estimate("wait_mean_s", 0) == ratio_interval(TOPS[:, 0], BOTTOMS[:, 0], "s")


def test_a_daily_measure_is_a_mean_of_days(tally):
    """Percentiles and extremes are averaged over days."""
    assert tally.estimate("wait_max_s", 2) == interval(np.array([7.0, 3.0]), "s")


def test_what_each_day_says(tally):
    """Day by day and group by group; nan where there was nobody."""
    assert np.array_equal(
        tally.daily("wait_mean_s"), [[5.0, nan, 2.0], [2.5, nan, 2.0]], equal_nan=True
    )
    assert tally.daily("wait_max_s").tolist() == (TOPS + 1).tolist()


def test_a_group_of_nobody_has_no_value(tally):
    """Where nobody came on any day there is no mean."""
    found = tally.estimate("wait_mean_s", 1)
    assert isnan(found.mean)
    assert found.n == 0


def test_groups_taken_together(tally):
    """Groups a and c: 16 / 5 and 22 / 9 on the two days, 38 / 14 in all."""
    found = tally.over("wait_mean_s", np.array([0, 2]))
    assert found == ratio_interval(np.array([16.0, 22.0]), np.array([5.0, 9.0]), "s")
    assert found.mean == 38 / 14


def test_all_groups_together_are_the_whole(tally):
    """Over all groups a ratio is the ratio of all totals."""
    assert tally.over("wait_mean_s", np.arange(3)).mean == TOPS.sum() / BOTTOMS.sum()


def test_all_measures_of_a_group(tally):
    """The measures come by name, with their units."""
    found = tally.estimates(2)
    assert list(found) == ["wait_mean_s", "wait_max_s"]
    assert {e.unit for e in found.values()} == {"s"}
    assert found["wait_max_s"] == tally.estimate("wait_max_s", 2)
    assert tally.estimates() == tally.estimates(0)


def test_totals_are_what_was_added(tally):
    """What was added up can be had, per day and group."""
    tops, bottoms = tally.totals("wait_mean_s")
    assert np.array_equal(tops, TOPS)
    assert np.array_equal(bottoms, BOTTOMS)


def test_tallies_do_not_share_days():
    """A new tally is empty."""
    Tally(("a",)).add_daily("x", "1", np.ones(1))
    assert Tally(("a",)).estimates() == {}


DAILY = np.random.default_rng(5).gamma(4.0, size=(37, 3))


def batched(days: np.ndarray, size: int) -> np.ndarray:
    """The means of so many days after each other, of fewer at the end."""
    return np.array([days[k : k + size].mean(axis=0) for k in range(0, len(days), size)])


@pytest.mark.parametrize(("n", "per_row"), [(7, 1), (8, 1), (9, 2), (16, 2), (17, 4), (37, 8)])
def test_a_full_table_goes_on_with_means_of_several_days(n, per_row):
    """With room for eight rows, the ninth day makes rows of two days, the 17th rows of four."""
    rows = Rows(3, most=8)
    for values in DAILY[:n]:
        rows.add(values)
    assert rows.table() == pytest.approx(batched(DAILY[:n], per_row), rel=1e-14)
    assert len(rows.table()) <= 8


def test_days_without_a_number_are_left_out_of_their_row():
    """Of two days with 4 and nothing the mean is 4; of two with nothing there is none."""
    rows = Rows(2, most=2)
    for values in ([4.0, nan], [nan, nan], [1.0, 2.0]):
        rows.add(np.array(values))
    assert np.array_equal(rows.table(), [[4.0, nan], [1.0, 2.0]], equal_nan=True)


def test_batches_change_no_ratio_and_hardly_an_interval():
    """4,096 days in 1,024 rows of four: the same ratio, and an interval of the same size."""
    days = np.random.default_rng(1).gamma(9.0, size=(2, 4096, 1))
    every, few = Tally(("all",)), Tally(("all",), most_rows=1024)
    for top, bottom in zip(*days, strict=True):
        for tally in (every, few):
            tally.add_ratio("ratio", "1", top, bottom)
    exact, found = every.estimate("ratio"), few.estimate("ratio")
    assert found.mean == pytest.approx(exact.mean, rel=1e-12)
    assert found.half_width == pytest.approx(exact.half_width, rel=0.1)
    assert (exact.n, found.n) == (4096, 1024)


def sheets(measures: list[list[str]], most_rows: int = 0) -> tuple[Tally, Tally]:
    """Days that have these measures of two groups, added as whole sheets and one by one."""
    whole, single = Tally(("a", "b"), most_rows=most_rows), Tally(("a", "b"), most_rows=most_rows)
    rng = np.random.default_rng(len(measures))
    for names in measures:
        blocks = []
        for name in names:
            top, bottom = rng.integers(0, 9, (2, 2)).astype(np.float64)
            if name.endswith("ratio"):
                blocks.append(ratio("lane", name, "s", top, bottom))
                single.add_ratio(name, "s", top, bottom)
            else:
                blocks.append(daily("lane", name, "1", top))
                single.add_daily(name, "1", top)
        found = gathered(blocks)
        whole.add(found.titles["lane"], found.numbers["lane"])
    return whole, single


@pytest.mark.parametrize("most_rows", [0, 4])
@pytest.mark.parametrize(
    "measures",
    [
        [["x", "y_ratio", "z"]] * 11,
        [["x", "y_ratio"]] * 6 + [["y_ratio", "x", "z"]] * 5,  # another order, one more
        [["x", "y_ratio", "z"]] * 5 + [["x"]] * 2 + [["x", "y_ratio", "z"]] * 3,
    ],
)
def test_whole_sheets_add_up_as_their_measures_do(measures, most_rows):
    """Days added whole give each measure what it has when it is added by itself."""
    whole, single = sheets(measures, most_rows)
    assert whole.units == single.units
    for name in single.units:
        assert whole.is_ratio(name) == single.is_ratio(name) == name.endswith("ratio")
        assert np.array_equal(whole.daily(name), single.daily(name), equal_nan=True)
        assert whole.estimates(1)[name] == single.estimates(1)[name]
    assert [x.tolist() for x in whole.totals("y_ratio")] == [
        x.tolist() for x in single.totals("y_ratio")
    ]


def test_a_sheet_tells_its_measures_one_by_one():
    """Measures come in the order of their blocks, by grouping, each with its own columns."""
    two, four = np.array([2.0, 3.0]), np.array([4.0, 5.0])
    found = gathered([
        daily("lane", "x", "1", two), ratio("day", "y", "s", two[:1], four[:1]),
        ratio("lane", "z", "s", four, two),
    ])  # fmt: skip
    told = [(*entry[:3], *(None if c is None else c.tolist() for c in entry[3:]))
            for entry in found.entries()]  # fmt: skip
    assert told == [
        ("lane", "x", "1", [2.0, 3.0], None),
        ("lane", "z", "s", [4.0, 5.0], [2.0, 3.0]),
        ("day", "y", "s", [2.0], [4.0]),
    ]


def test_days_with_the_same_titles_share_them():
    """The second day has the very titles of the first; a day that measures more has its own."""
    known = {}
    one, two, three = (
        gathered([daily("day", name, "1", np.ones(1)) for name in names], known)
        for names in ("x", "x", "xy")
    )
    assert one.titles["day"] is two.titles["day"]
    assert three.titles["day"] == (Title("x", "1", False), Title("y", "1", False))
