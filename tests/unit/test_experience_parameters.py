"""The numbers of the psychology, typed a second time from the literature, and their draws."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from simqueue.experience.parameter_table import TABLE
from simqueue.experience.parameters import (
    ATTENTION,
    Parameters,
    draw_parameters,
    faults,
    loss_gain_ratio,
)

# Typed by hand from the literature review, independently of the package: low, central, high.
TYPED_AGAIN = {
    "rho": (1.20, 1.36, 1.50),
    "beta": (0.80, 0.95, 1.10),
    "sigma": (0.27, 0.33, 0.40),
    "person_share": (0.3, 0.5, 0.7),
    "m_occupied": (0.75, 0.85, 1.00),
    "m_progress": (0.85, 0.93, 1.00),
    "m_inprocess": (0.60, 0.75, 1.00),
    "m_known": (0.80, 0.88, 1.00),
    "m_group": (0.85, 1.00, 1.15),
    "kappa_lag": (-0.5, 0.0, 1.0),
    "expected_wait_s": (150, 240, 330),
    "acceptable_wait_s": (180, 250, 360),
    "acceptable_sigma": (0.35, 0.50, 0.65),
    "acceptable_exponent": (0, 0.25, 0.5),
    "patience_ratio": (1.5, 2.0, 3.0),
    "c0": (74, 77, 80),
    "k": (6, 10, 15),
    "lambda": (0.6, 1.0, 2.0),
    "lambda_ext": (1.0, 1.7, 2.25),
    "ka": (0, 6, 20),
    "pi": (0, 0.5, 1),
    "fairness": (4, 8, 15),
    "explanation": (1, 3, 8),
    "anxiety": (0, 3, 8),
    "picked_out": (0, 1, 3),
    "last_place_s": (0, 70, 100),
    "eps_sd": (12, 15, 20),
    "w": (0.05, 0.20, 0.35),
    "rest_mean": (76, 79, 84),
    "rest_sd": (12, 16, 20),
    "rest_shift_machines": (-3, 0, 3),
    "nps_slope": (0.06, 0.10, 0.14),
    "nps_sd": (1.6, 2.0, 2.4),
}
ASSUMED = {
    "person_share", "expected_wait_s", "acceptable_exponent", "patience_ratio", "k", "ka", "pi",
    "fairness", "explanation", "anxiety", "picked_out", "eps_sd", "rest_sd",
    "rest_shift_machines", "nps_slope", "nps_sd",
}  # fmt: skip


def column(draws: list[Parameters], name: str) -> np.ndarray:
    """One parameter over all draws."""
    return np.array([p[name] for p in draws])


def test_every_parameter_is_typed_twice():
    """No parameter of the table escapes the second typing, and none is typed in vain."""
    assert set(TABLE) == set(TYPED_AGAIN)


@pytest.mark.parametrize("name", TYPED_AGAIN)
def test_low_central_high_agree_with_the_second_typing(name):
    """Low, central and high are the published or assumed ones."""
    parameter = TABLE[name]
    assert (parameter.low, parameter.central, parameter.high) == TYPED_AGAIN[name]


def test_the_page_for_researchers_shows_the_same_numbers():
    """docs/psychology.md gives low, central and high of every parameter as they are in force."""
    page = Path(__file__).parents[2].joinpath("docs", "psychology.md").read_text(encoding="utf-8")
    cell = r"\s*(-?[\d.]+)(?: s)?\s*\|"
    rows = re.findall(rf"^\| [^|]*?`(\w+)` \|{cell}{cell}{cell}", page, re.MULTILINE)
    shown = {name: tuple(float(v) for v in values) for name, *values in rows}
    shown["expected_wait_s"] = shown.pop("expected_wait")
    pair = re.search(r"`nps_slope`, `nps_sd` \|(.*?), (.*?)\|(.*?), (.*?)\|(.*?), (.*?)\|", page)
    assert pair is not None
    numbers = [float(v) for v in pair.groups()]
    shown |= {"nps_slope": tuple(numbers[0::2]), "nps_sd": tuple(numbers[1::2])}
    assert shown == {name: (p.low, p.central, p.high) for name, p in TABLE.items()}


def test_assumptions_are_called_assumptions():
    """Numbers nobody has published are marked so, all others name a source or a derivation."""
    assert {n for n, p in TABLE.items() if p.kind == "assumption"} == ASSUMED
    for name, parameter in TABLE.items():
        assert parameter.kind in ("evidence", "derived", "assumption")
        assert parameter.basis
        assert parameter.kind != "evidence" or parameter.source, name


def test_ranges_lie_within_the_physical_limits():
    """Low <= central <= high, inside what is physically possible."""
    for p in TABLE.values():
        assert p.at_least <= p.low <= p.central <= p.high <= p.at_most


def test_parameters_are_central_unless_given():
    """A mapping of parameters holds the central value of everything that is not replaced."""
    p = Parameters(rho=1.2).replaced(k=7)
    assert (p["rho"], p["k"], p["beta"]) == (1.2, 7.0, 0.95)
    assert set(p) == set(TABLE)
    assert len(p) == len(TABLE)
    assert repr(p) == "Parameters({'rho': 1.2, 'k': 7.0})"


def test_an_unknown_parameter_is_refused_with_a_suggestion():
    """A name that is nearly right is answered with the right one."""
    with pytest.raises(KeyError, match="did you mean 'lambda_ext'"):
        Parameters({"lamda_ext": 2.0})
    assert "did you mean 'sigma'" in faults({"sigm": 0.3})["sigm"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("rho", 0.0), ("rho", 9.0), ("pi", 1.01), ("pi", -0.01), ("w", float("nan")), ("sigma", -1.0)],
)
def test_values_beyond_the_physical_limits_are_refused(name, value):
    """Whatever lies outside the limits, nan included, is told with the limits."""
    assert "must be between" in faults({name: value})[name]


def test_values_on_the_physical_limits_are_accepted():
    """The limits themselves are allowed."""
    for p in TABLE.values():
        if p.settable:
            assert faults({p.name: p.at_least}) == faults({p.name: p.at_most}) == {}


def test_the_expectation_is_set_in_one_place_only():
    """Overriding expected_wait_s among the parameters is refused: the block has a key for it."""
    assert "expected_wait" in faults({"expected_wait_s": 200.0})["expected_wait_s"]


def test_effective_loss_gain_ratio():
    """Beyond expectation and tolerance a loss weighs (lambda k + ka) / k, 1.6 by default."""
    assert loss_gain_ratio(Parameters()) == pytest.approx((1.0 * 10 + 6) / 10)
    assert loss_gain_ratio({"lambda": 0.6, "k": 6, "ka": 0}) == pytest.approx(0.6)
    assert loss_gain_ratio({"lambda": 1.0, "k": 0, "ka": 6}) == np.inf


def test_low_and_high_are_the_5_and_95_percent_points_of_the_draws():
    """In 2,000 stratified draws 5 % lie below low, 50 % below the centre and 5 % above high."""
    draws = draw_parameters(2000, seed=3)
    for name, parameter in TABLE.items():
        values = column(draws, name)
        # a stratified sample misses a share by one draw at most; limits are met with equality
        assert np.mean(values < parameter.low) <= 0.0505
        assert np.mean(values <= parameter.low) >= 0.0495
        assert abs(np.mean(values <= parameter.central) - 0.5) <= 0.001
        assert np.mean(values > parameter.high) <= 0.0505
        assert np.mean(values >= parameter.high) >= 0.0495


def test_draws_stay_within_the_physical_limits():
    """No draw is impossible, whatever its range."""
    for p in draw_parameters(500, seed=9):
        assert all(
            TABLE[name].at_least <= value <= TABLE[name].at_most for name, value in p.items()
        )


def test_attention_factors_share_a_rank_correlation_of_one_half():
    """The four attention factors correlate by .5 in ranks, other parameters do not.

    The standard error of a rank correlation in 4,000 draws is about .015.
    """
    draws = draw_parameters(4000, seed=5)
    ranks = spearmanr(np.column_stack([column(draws, n) for n in (*ATTENTION, "rho", "k")]))
    among = ranks.statistic[:4, :4][np.triu_indices(4, 1)]
    assert np.all(np.abs(among - 0.5) < 0.06)
    assert np.all(np.abs(ranks.statistic[:4, 4:]) < 0.06)


def test_draws_depend_on_the_seed_and_on_nothing_else():
    """The same seed gives the same sets, another seed others."""
    assert [dict(p) for p in draw_parameters(5, 1)] == [dict(p) for p in draw_parameters(5, 1)]
    assert [dict(p) for p in draw_parameters(5, 1)] != [dict(p) for p in draw_parameters(5, 2)]


def test_an_override_stays_fixed_and_moves_nothing_else():
    """A number the user typed is not drawn, and the draws of all others stay what they were."""
    free, fixed = draw_parameters(20, 1), draw_parameters(20, 1, {"rho": 1.3})
    assert set(column(fixed, "rho")) == {1.3}
    for name in TABLE:
        if name != "rho":
            assert np.array_equal(column(free, name), column(fixed, name))
