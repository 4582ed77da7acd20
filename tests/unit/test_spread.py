"""Standard deviation, percentiles and maximum of groups agree with NumPy, group by group."""

import numpy as np
import pytest

from simqueue.study.spread import spread_by_group

N = 400
PERCENTS = (50, 90, 99)


@pytest.mark.parametrize("seed", range(3))
def test_spread_is_numpys_of_each_group(seed):
    """Standard deviation, percentiles and maximum of a group are NumPy's of its values alone."""
    rng = np.random.default_rng(seed)
    values = np.where(rng.random(N) < 0.1, np.nan, rng.exponential(size=N))
    values[rng.random(N) < 0.3] = 0.0
    group = rng.integers(-1, 6, N)
    group[group == 4] = 5  # one group is empty
    halves = rng.integers(0, 2, N).astype(np.int16)
    found = spread_by_group(values, [(group, 6), (halves, 2)], PERCENTS)
    for table, of, n in zip(found, (group, halves), (6, 2), strict=True):
        assert table.shape == (5, n)
        for k in range(n):
            mine = values[(of == k) & ~np.isnan(values)]
            if not len(mine):
                assert np.isnan(table[:, k]).all()
                continue
            expected = [mine.std(), *np.percentile(mine, PERCENTS), mine.max()]
            assert table[:, k] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("n", [1, 255, 256, 300])
def test_values_of_no_group_are_left_out_however_many_groups_there_are(n):
    """A value of group -1 is in no group; all others are in theirs."""
    group = np.array([-1, n - 1, -1, 0, n - 1])
    (found,) = spread_by_group(np.array([9.0, 1.0, 9.0, 2.0, 5.0]), [(group, n)], ())
    assert found[1, n - 1] == 5.0
    assert found[1, 0] == (5.0 if n == 1 else 2.0)
    assert np.count_nonzero(~np.isnan(found[1])) == min(n, 2)


def test_groups_of_nobody_have_no_spread():
    """Without a single value every number is nan."""
    (found,) = spread_by_group(np.zeros(0), [(np.zeros(0, dtype=np.int64), 3)], PERCENTS)
    assert found.shape == (5, 3)
    assert np.isnan(found).all()
