"""The comparison itself: it must fail for what is wrong, and for what it could not have seen."""

from __future__ import annotations

import numpy as np
import pytest

from tests.theory.chains import Chain, simpson
from tests.theory.harness import Found, agree


def test_what_is_right_passes():
    """Within the tolerance, sharp enough, and within z: no complaint."""
    agree(Found(101.0, 0.8), 100.0, within=0.02)


@pytest.mark.parametrize(
    ("found", "complaint"),
    [
        (Found(100.0, 1.1), "too blunt"),  # right, but could not have told
        (Found(97.9, 1.0), "off by more"),
        (Found(101.0, 0.1), "z = 10"),  # within the tolerance, yet certainly wrong
    ],
)
def test_each_fault_is_found(found, complaint):
    """A blunt result, one outside the tolerance and one many errors away are all refused."""
    with pytest.raises(AssertionError, match=complaint):
        agree(found, 100.0, within=0.02)


def test_a_result_without_spread_is_refused():
    """A standard error of 0 or nan proves nothing."""
    for error in (0.0, float("nan")):
        with pytest.raises(AssertionError, match="too blunt"):
            agree(Found(100.0, error), 100.0, within=0.02)


def test_two_state_chain_by_hand():
    """On and off at rates 1 and 3: a quarter of the time on; relaxation at rate 4 from off."""
    chain = Chain((0,), lambda on: [((1 - on,), 3.0 if on else 1.0)])
    assert chain.long_run() == pytest.approx([0.75, 0.25])
    # p(on at t) = (1 - exp(-4 t)) / 4, at t = ln 2 / 4: an eighth
    assert chain.transition(0.25 * 0.6931471805599453)[0, 1] == pytest.approx(0.125)


def test_simpson_is_exact_for_cubics():
    """The integral of t cubed from 0 to 2 is 4."""
    assert simpson(np.linspace(0, 2, 5) ** 3, 2.0) == pytest.approx(4.0)
