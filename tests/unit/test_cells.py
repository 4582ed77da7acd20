"""Adding up by groups agrees with doing it group by group."""

import numpy as np
import pytest

from simqueue.study.cells import Cells, spread_by_group

N = 400


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


@pytest.mark.parametrize("seed", range(3))
def test_sums_are_those_of_each_group_by_itself(seed):
    """A sum over a group is the sum over its counted customers; only lanes count stations."""
    cells, rng = some_cells(seed)
    values = rng.normal(size=N)
    sums = {name: rows[0] for name, rows in cells.sums([values]).items()}
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


@pytest.mark.parametrize("seed", range(3))
def test_spread_is_numpys_of_each_group(seed):
    """Standard deviation, percentiles and maximum of a group are NumPy's of its values alone."""
    rng = np.random.default_rng(seed)
    values = np.where(rng.random(N) < 0.1, np.nan, rng.exponential(size=N))
    group = rng.integers(-1, 6, N)
    group[group == 4] = 5  # one group is empty
    found = spread_by_group(values, group, 6, [50, 90, 99])
    for k in range(6):
        mine = values[(group == k) & ~np.isnan(values)]
        if not len(mine):
            assert all(np.isnan(column[k]) for column in found)
            continue
        expected = [mine.std(), *np.percentile(mine, [50, 90, 99]), mine.max()]
        assert [column[k] for column in found] == pytest.approx(expected, rel=1e-12)
