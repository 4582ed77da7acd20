"""Designs of sweeps: each has the property it is named for; the same study has the same points."""

from __future__ import annotations

import numpy as np
import pytest

from simqueue.scenario.study_file import Sampling
from simqueue.scenario.study_points import is_power_of_two, power_of_two_near
from simqueue.scenario.study_values import levels
from simqueue.study.sweep.columns import column
from simqueue.study.sweep.design import count, settings, uniforms

GRID = {"a": levels([1, 2]), "b": levels({"from": 0, "to": 1, "step": 0.5}), "c": levels(["x"])}


def test_a_full_grid_has_every_combination_once_the_last_key_fastest():
    """Two values, three and one make six points, in the order of nested loops."""
    found = settings(GRID, Sampling())
    assert found == [(a, b, "x") for a in (1, 2) for b in (0, 0.5, 1)]
    assert count(GRID, Sampling()) == 6


@pytest.mark.parametrize(("points", "keys"), [(7, 1), (10, 3), (100, 5)])
def test_a_latin_hypercube_has_one_point_in_each_stratum_of_each_key(points, keys):
    """Cut each axis into as many equal pieces as there are points: every piece holds one point."""
    cube = uniforms("latin_hypercube", points, keys)
    pieces = np.sort(np.floor(cube * points), axis=0)
    np.testing.assert_array_equal(pieces, np.tile(np.arange(points)[:, None], (1, keys)))


@pytest.mark.parametrize("keys", [1, 2, 5])
def test_a_sobol_sequence_has_one_point_in_each_stratum_of_each_key(keys):
    """A scrambled (t, m, s)-net in base 2 keeps one point in each of its 2^m pieces of an axis."""
    cube = uniforms("sobol", 64, keys)
    pieces = np.sort(np.floor(cube * 64), axis=0)
    np.testing.assert_array_equal(pieces, np.tile(np.arange(64)[:, None], (1, keys)))


def test_the_first_two_sobol_keys_are_balanced_in_every_elementary_rectangle():
    """Two dimensions make a (0, m, 2)-net: each of the 2^m boxes of area 2^-m holds one point."""
    m = 6
    cube = uniforms("sobol", 2**m, 2)
    for across in range(m + 1):
        boxes = np.floor(cube * [2**across, 2 ** (m - across)]).astype(int)
        assert len({tuple(box) for box in boxes.tolist()}) == 2**m


def test_a_latin_hypercube_is_no_net():
    """The rectangles tell a Latin hypercube from a Sobol sequence, so the last test can fail."""
    boxes = np.floor(uniforms("latin_hypercube", 64, 2) * 8).astype(int)
    assert len({tuple(box) for box in boxes.tolist()}) < 64


def test_levels_of_a_list_are_tried_equally_often():
    """Over 64 Sobol points a list of four values has each of them 16 times."""
    vary = {"a": levels(["p", "q", "r", "s"]), "b": levels({"from": 0.5, "to": 1.5})}
    found = settings(vary, Sampling("sobol", 64))
    assert [sum(a == name for a, _ in found) for name in "pqrs"] == [16] * 4
    assert all(0.5 <= b < 1.5 for _, b in found)


@pytest.mark.parametrize("design", ["sobol", "latin_hypercube"])
def test_the_same_design_has_the_same_points(design):
    """Drawn twice, a design is the same to the last bit, whatever was drawn in between."""
    first = uniforms(design, 16, 3)
    np.random.default_rng(5).random(100)
    np.testing.assert_array_equal(uniforms(design, 16, 3), first)


@pytest.mark.parametrize(
    ("points", "near", "balanced"),
    [(1, 1, True), (2, 2, True), (3, 2, False), (250, 256, False), (1024, 1024, True)],
)
def test_only_powers_of_two_balance_a_sobol_sequence(points, near, balanced):
    """1, 2 and 1024 are powers of two; 3 and 250 are not."""
    assert is_power_of_two(points) is balanced
    assert power_of_two_near(points) == near


@pytest.mark.parametrize(
    ("values", "cells", "unit"),
    [
        ([1, 2], (1, 2), "1"),
        ([1, 2.5], (1, 2.5), "1"),
        (["30 %", "5 %"], (0.3, 0.05), "share"),
        (["90 s", "2 min"], (90.0, 120.0), "s"),
        (["shared", "own"], ("shared", "own"), ""),
        ([1, "all"], ("1", "all"), ""),
        (["2 min", "30 %"], ("2 min", "30 %"), ""),
        ([False, {"longer_than": 8}], ("false", "{longer_than: 8}"), ""),
        ([None], ("null",), ""),
    ],
)
def test_columns_hold_numbers_of_one_unit_or_words(values, cells, unit):
    """Shares are fractions, durations seconds; what does not go together stays as written."""
    found = column("key", values)
    assert (found.cells, found.unit) == (cells, unit)
