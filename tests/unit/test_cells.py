"""Adding up by groups agrees with doing it group by group."""

import numpy as np
import pytest

from simqueue.study.cells import Among, Cells, quarter_of

N = 400
GROUPINGS = ("day", "lane", "segment", "quarter", "lane_quarter")


def some_cells(seed):
    """Customers spread at random over 2 segments, 3 lanes and 4 quarter hours."""
    rng = np.random.default_rng(seed)
    return Cells(
        segment=rng.integers(0, 2, N),
        lane=rng.integers(-1, 3, N),
        quarter=rng.integers(0, 4, N),
        counted=rng.random(N) < 0.8,
        at_checkouts=rng.random(N) < 0.7,
        n_segments=2,
        n_lanes=3,
        n_quarters=4,
    ), rng


def first_sums(cells, column):
    """What one column adds up to, by grouping."""
    return {name: cells.sums([column]).of(name)[0] for name in GROUPINGS}


@pytest.mark.parametrize("seed", range(3))
def test_sums_are_those_of_each_group_by_itself(seed):
    """A sum over a group is the sum over its counted customers; only lanes count stations."""
    cells, rng = some_cells(seed)
    values = rng.normal(size=N)
    sums = first_sums(cells, values)
    mine = cells.counted & cells.at_checkouts
    assert sums["day"] == pytest.approx([values[mine].sum()])
    for k in range(3):
        assert sums["lane"][k] == pytest.approx(values[cells.counted & (cells.lane == k)].sum())
    for k in range(2):
        assert sums["segment"][k] == pytest.approx(values[mine & (cells.segment == k)].sum())
    for k in range(4):
        assert sums["quarter"][k] == pytest.approx(values[mine & (cells.quarter == k)].sum())
    both = cells.counted & (cells.lane == 2) & (cells.quarter == 3)
    assert sums["lane_quarter"][2 * 4 + 3] == pytest.approx(values[both].sum())


@pytest.mark.parametrize("everybody", [True, False])
def test_numbers_among_some_are_the_numbers_with_zeros_elsewhere(everybody):
    """Among a mask, numbers count as if the others had 0, even where those are not known."""
    cells, rng = some_cells(7)
    values, mask = rng.normal(size=N), rng.random(N) < (2 if everybody else 0.6)
    found = first_sums(cells, Among(np.where(mask, values, np.nan), mask))
    expected = first_sums(cells, np.where(mask, values, 0.0))
    for name in GROUPINGS:
        assert found[name] == pytest.approx(expected[name], rel=1e-12, abs=1e-12)


def test_a_mask_counts_and_masks_that_agree_are_added_up_once():
    """A mask has the number of its customers; a copy of it is the same column, another is not."""
    cells, rng = some_cells(8)
    mask = rng.random(N) < 0.5
    found = cells.sums([mask, mask.copy(), ~mask])
    here = cells.counted & cells.at_checkouts
    assert found.of("day").tolist() == [[(here & m).sum()] for m in (mask, mask, ~mask)]
    assert len(found.totals["day"]) == 2


def test_numbers_of_two_arrays_are_two_columns():
    """Arrays of numbers are told apart, and each adds up to its own sum."""
    cells, rng = some_cells(9)
    one, other = rng.normal(size=N), rng.normal(size=N)
    everybody = np.ones(N, dtype=bool)
    found = cells.sums([Among(one, everybody), other, Among(one, everybody), one])
    here = cells.counted & cells.at_checkouts
    totals = [x[here].sum() for x in (one, other, one, one)]
    assert found.of("day")[:, 0] == pytest.approx(totals)
    assert found.of("day", [1])[:, 0] == pytest.approx(totals[1:2])


def test_without_stations_and_with_a_line_for_everybody_nothing_changes():
    """The cells that are spared where nobody is in them do not change any sum."""
    cells, rng = some_cells(10)
    values = rng.normal(size=N)
    common = dict(vars(cells), lane=np.maximum(cells.lane, 0), at_checkouts=np.ones(N, dtype=bool))
    spared = first_sums(Cells(**common), values)
    for k in range(3):
        mine = cells.counted & (np.maximum(cells.lane, 0) == k)
        assert spared["lane"][k] == pytest.approx(values[mine].sum())
    assert spared["day"] == pytest.approx([values[cells.counted].sum()])


def test_the_quarter_hour_is_that_of_the_last_bit():
    """At a full quarter hour a new one begins, not a moment before; after closing is the last."""
    full = 900.0 * np.arange(1, 60)
    times = np.concatenate([np.nextafter(full, 0.0), full, [0.0, 60000.0, np.nan]])
    found = quarter_of(times, ~np.isnan(times), 60)
    assert found.tolist() == [*range(59), *range(1, 60), 0, 59, 0]
    assert quarter_of(times, ~np.isnan(times), 0).tolist() == [0] * len(times)
