"""Interpolation on an even grid is NumPy's, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from simqueue.chance.quantiles import evenly_interpolated


@pytest.mark.parametrize("points", [2, 7, 1_000, 40_001])
def test_an_even_grid_needs_no_search(points):
    """Inside, at every grid point, a bit beside it, at the ends and beyond: as `np.interp`."""
    rng = np.random.default_rng(points)
    grid = np.linspace(-8.3, 8.3, points)
    values = rng.normal(size=points).cumsum()
    x = np.concatenate([
        rng.normal(size=20_000), rng.uniform(-9, 9, 20_000), grid,
        np.nextafter(grid, 9), np.nextafter(grid, -9), [-9.0, 9.0, 0.0, -0.0],
    ])  # fmt: skip
    assert evenly_interpolated(grid, values)(x).tobytes() == np.interp(x, grid, values).tobytes()


@pytest.mark.parametrize("points", [2, 7, 1_000, 40_001])
def test_far_from_the_ends_of_the_steps_nothing_needs_mending(points):
    """Numbers well inside their steps, and no numbers at all: as `np.interp`."""
    rng = np.random.default_rng(points)
    grid = np.linspace(-8.3, 8.3, points)
    values = rng.normal(size=points).cumsum()
    step = rng.integers(points - 1, size=20_000)
    x = grid[step] + rng.uniform(0.1, 0.9, 20_000) * np.diff(grid)[step]
    for some in (x, x[:0]):
        found = evenly_interpolated(grid, values)(some)
        assert found.tobytes() == np.interp(some, grid, values).tobytes()
