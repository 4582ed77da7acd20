"""Distributions: quantiles and means against SciPy and formulas; reading and writing."""

import math
import pickle
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import special, stats

from simqueue.chance.distributions import Dimension, Distribution, read
from simqueue.chance.quantiles import gamma_quantile, hyperexponential_quantile
from simqueue.fields import problems_of
from simqueue.registry import choices
from simqueue.units import LONGEST_S

FACTOR, ITEMS, DURATION = Dimension.FACTOR, Dimension.ITEMS, Dimension.DURATION
U = np.concatenate([10.0 ** np.arange(-12.0, -2), np.linspace(0.01, 0.99, 197),
                    1 - 10.0 ** np.arange(-3.0, -12, -1)])  # fmt: skip
EVEN = (np.arange(400_000) + 0.5) / 400_000  # even grid: means and shares by counting

SCIPY = [
    ({"exponential": {"mean": 3}}, stats.expon(scale=3)),
    ({"uniform": {"low": 2, "high": 5}}, stats.uniform(2, 3)),
    ({"gamma": {"mean": 4, "cv": 0.5}}, stats.gamma(4, scale=1)),
    ({"lognormal": {"median": 2, "sigma": 0.7}}, stats.lognorm(0.7, scale=2)),
    ({"weibull": {"scale": 3, "shape": 1.7}}, stats.weibull_min(1.7, scale=3)),
    ({"erlang": {"mean": 6, "stages": 3}}, stats.erlang(3, scale=2)),
    ({"half_up_to": 4, "nine_in_ten_up_to": 10},
     stats.lognorm(math.log(2.5) / stats.norm.ppf(0.9), scale=4)),
]  # fmt: skip


@pytest.mark.parametrize(("written", "known"), SCIPY, ids=lambda x: str(x)[:30])
def test_quantiles_agree_with_scipy(written, known):
    """Quantiles equal SciPy's to 1e-6, into the far tails."""
    np.testing.assert_allclose(read(written, FACTOR).quantile(U), known.ppf(U), rtol=1e-6)


@pytest.mark.parametrize(("written", "known"), SCIPY, ids=lambda x: str(x)[:30])
def test_means_agree_with_scipy(written, known):
    """Means equal SciPy's."""
    assert read(written, FACTOR).mean == pytest.approx(known.mean(), rel=1e-12)


@pytest.mark.parametrize("shape", [0.01, 0.1, 0.87, 1.0, 3.074209, 50.0, 10_000.0])
def test_the_tabulated_gamma_is_exact_to_a_millionth(shape):
    """The table of the gamma quantile is within 1e-6 of SciPy's inverse down to 1e-250."""
    exact = special.gammaincinv(shape, U)
    normal = exact > 1e-250
    assert normal.sum() > 100
    np.testing.assert_allclose(gamma_quantile(shape)(U)[normal], exact[normal], rtol=1e-6)


@pytest.mark.parametrize(
    ("weights", "means"),
    [((0.3, 0.7), (10.0, 100.0)), ((0.999, 0.001), (1.0, 1e5)), ((1, 2, 3), (5, 5, 5))],
)
def test_the_hyperexponential_quantile_inverts_its_distribution_function(weights, means):
    """Putting the quantile into the mixture of exponentials gives the u it came from."""
    x = hyperexponential_quantile(tuple(weights), tuple(map(float, means)))(U)
    w = np.array(weights) / sum(weights)
    below = (w * -np.expm1(-x[:, None] / means)).sum(axis=1)
    above = (w * np.exp(-x[:, None] / means)).sum(axis=1)
    np.testing.assert_allclose(below, U, rtol=3e-6)
    np.testing.assert_allclose(above[U < 0.999], 1 - U[U < 0.999], rtol=3e-5)


@pytest.mark.parametrize(
    ("written", "mean", "cv"),
    [
        ({"lognormal": {"mean": 5, "cv": 0.8}}, 5, 0.8),
        ({"lognormal": {"mean": 5, "sd": 4}}, 5, 0.8),
        ({"about": 20}, 20, 0.25),
        ({"gamma": {"mean": 5, "cv": 0.8}}, 5, 0.8),
        ({"erlang": {"mean": 5, "stages": 4}}, 5, 0.5),
        ({"exponential": {"mean": 5}}, 5, 1.0),
        ({"hyperexponential": {"weights": [0.5, 0.5], "means": [2, 8]}}, 5, math.sqrt(43) / 5),
    ],
)
def test_mean_and_spread_are_those_asked_for(written, mean, cv):
    """Averaging over the quantile gives the mean and the coefficient of variation in the name."""
    drawn = read(written, FACTOR)
    x = drawn.quantile(EVEN)
    assert drawn.mean == pytest.approx(mean, rel=1e-12)
    assert x.mean() == pytest.approx(mean, rel=1e-4)
    assert x.std() / x.mean() == pytest.approx(cv, rel=3e-3)


def test_half_and_nine_in_ten_are_where_the_planner_said():
    """Half of the baskets have up to 4 items, nine in ten up to 10."""
    items = read({"half_up_to": 4, "nine_in_ten_up_to": 10}, ITEMS).quantile(EVEN)
    assert np.mean(items <= 4) == pytest.approx(0.5, abs=1e-5)
    assert np.mean(items <= 10) == pytest.approx(0.9, abs=1e-5)


@pytest.mark.parametrize("name", ["exponential", "gamma", "lognormal", "negative_binomial"])
def test_most_truncates_by_renormalising(name):
    """With `most`, shares below it are those of the whole divided by the share it keeps."""
    more = {"gamma": {"cv": 0.6}, "lognormal": {"cv": 0.9}, "negative_binomial": {"r": 2}}
    inner = {"mean": 8} | more.get(name, {})
    whole = read({name: inner}, ITEMS).quantile(EVEN)
    cut = read({name: inner, "most": 12}, ITEMS).quantile(EVEN)
    assert cut.max() == 12
    for k in range(1, 13):
        expected = np.mean(whole <= k) / np.mean(whole <= 12)
        assert np.mean(cut <= k) == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize(
    "written",
    [
        {"half_up_to": 4, "nine_in_ten_up_to": 10, "most": 15},
        {"half_up_to": 22, "nine_in_ten_up_to": 48},
        {"about": 9},
        {"exponential": {"mean": 0.4}},
        {"fixed": 2.2},
        {"uniform": {"low": 0.5, "high": 7.25}},
        {"empirical": {"values": [0.5, 3, 7.1], "weights": [1, 2, 1]}},
    ],
)
def test_the_mean_of_items_counts_rounding_and_truncation(written):
    """The mean is that of the whole numbers drawn, by counting over an even grid."""
    items = read(written, ITEMS)
    drawn = items.quantile(EVEN)
    assert np.array_equal(drawn, np.round(drawn))
    assert drawn.min() >= 1
    assert items.mean == pytest.approx(drawn.mean(), rel=1e-4)
    assert items.smallest <= drawn.min()
    assert drawn.max() <= items.largest


def test_bands_are_even_within_and_have_their_shares():
    """42 % of 1-5 spread evenly over five whole numbers, 58 % of 6-10 over the next five."""
    drawn = read({"bands": {"1-5": "42 %", "6-10": 0.58}}, ITEMS)
    counts = Counter(drawn.quantile(EVEN).astype(int).tolist())
    for k in range(1, 11):
        assert counts[k] / len(EVEN) == pytest.approx((0.42 if k <= 5 else 0.58) / 5, abs=1e-5)
    assert drawn.mean == pytest.approx(0.42 * 3 + 0.58 * 8, rel=1e-12)
    assert (drawn.smallest, drawn.largest) == (1, 10)


def test_bands_of_durations_spread_over_their_seconds():
    """Half within one to five minutes, half within ten to twenty: mean 3 and 15 minutes."""
    drawn = read({"bands": {"1-5 min": 0.5, "10 min - 0:20 h": 0.5}}, DURATION)
    assert drawn.mean == pytest.approx(0.5 * 180 + 0.5 * 900)
    x = drawn.quantile(EVEN)
    assert x.min() >= 60
    assert x.max() <= 1200
    assert not np.any((x > 300.001) & (x < 599.999))


@pytest.mark.parametrize("mean", [1, 1.5, 4, 40])
def test_geometric_starts_at_1(mean):
    """P(X = k) = (1 - p)^(k - 1) p on 1, 2, 3, ... with p = 1 / mean."""
    drawn = read({"geometric": {"mean": mean}}, ITEMS)
    shares = Counter(drawn.quantile(EVEN).astype(int).tolist())
    p = 1 / mean
    for k in range(1, 8):
        assert shares[k] / len(EVEN) == pytest.approx((1 - p) ** (k - 1) * p, abs=1e-5)
    assert drawn.mean == pytest.approx(mean, rel=1e-12)


@pytest.mark.parametrize(("mean", "r"), [(13.2, 0.87), (2, 5), (1.01, 1), (500, 100)])
def test_negative_binomial_starts_at_1_with_the_mean_of_the_whole(mean, r):
    """X - 1 is negative binomial with size r and mean `mean - 1` (SciPy)."""
    drawn = read({"negative_binomial": {"mean": mean, "r": r}}, ITEMS)
    known = stats.nbinom(r, r / (r + mean - 1))
    np.testing.assert_array_equal(drawn.quantile(U), 1 + known.ppf(U))
    assert drawn.mean == mean


def test_empirical_takes_values_by_weight_in_any_order():
    """Weights 2, 1, 1 make half of the draws the first value, wherever it stands."""
    drawn = read({"empirical": {"values": [9, 1, 4], "weights": [2, 1, 1]}}, FACTOR)
    shares = Counter(drawn.quantile(EVEN).tolist())
    assert {k: v / len(EVEN) for k, v in shares.items()} == {1: 0.25, 4: 0.25, 9: 0.5}


def test_empirical_reads_a_file_of_the_folder_and_keeps_its_numbers(tmp_path):
    """A CSV file becomes values and weights, so that what is written needs no file."""
    (tmp_path / "baskets.csv").write_text("value,weight\n1,3\n7,1\n")
    drawn = read({"empirical": {"csv": "baskets.csv"}}, ITEMS, tmp_path)
    assert drawn.written() == {"empirical": {"values": [1, 7], "weights": [3, 1]}}
    assert drawn.mean == 2.5


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"value,weight\n1,x\n", "line 2 of the file"),
        (b"value\n90\n", "line 2 of the file: must be a duration with a unit"),
        (b"valu\n1\n", "the header value"),
        (b"value;weight\n1;2\n", "separate columns by commas"),
        (b"value,weight\n1\n", "line 2 of the file must have 2 columns"),
        (b"value\n", "at least one row"),
        (b"", "empty"),
        (b"value\n\xff\xfe", "UTF-8"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(tmp_path, content, told):
    """What is wrong in a CSV file is told, with the line where there is one."""
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(ValidationError) as error:
        read({"empirical": {"csv": "x.csv"}}, DURATION, tmp_path)
    assert told in problems_of(error.value)[0].text


@pytest.mark.parametrize(
    "name", ["../x.csv", "/etc/passwd", "C:\\x.csv", "a/../../x", "~/x", "out"]
)
def test_no_file_outside_the_folder_is_read(tmp_path, name):
    """Neither '..', nor absolute paths, nor a link that leads out of the folder, is followed."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "x.csv").write_text("value\n1\n")
    (home / "out").symlink_to(tmp_path / "x.csv")
    with pytest.raises(ValidationError) as error:
        read({"empirical": {"csv": name}}, ITEMS, home)
    assert "inside the scenario's folder" in problems_of(error.value)[0].text


ANY_U = np.array([2.0**-54, 1e-9, 0.03, 0.5, 0.97, 1 - 1e-9, 1 - 2.0**-53])
positive = st.floats(0.01, 1000).map(lambda x: float(f"{x:.6g}"))
cvs = st.floats(0.05, 3)
written_factors = st.one_of(
    st.builds(lambda a, b: {"half_up_to": a, "nine_in_ten_up_to": a * (1 + b)}, positive, cvs),
    st.builds(lambda x: {"about": x}, positive),
    st.builds(lambda x: {"fixed": x}, positive),
    st.builds(lambda m: {"exponential": {"mean": m}}, positive),
    st.builds(lambda a, b: {"uniform": {"low": a, "high": a + b}}, positive, positive),
    st.builds(lambda m, c: {"lognormal": {"mean": m, "cv": c}}, positive, cvs),
    st.builds(lambda m, s: {"weibull": {"scale": m, "shape": s}}, positive, st.floats(0.5, 5)),
    st.builds(lambda m, k: {"erlang": {"mean": m, "stages": k}}, positive, st.integers(1, 9)),
    st.builds(
        lambda v: {"empirical": {"values": v, "weights": [1] * len(v)}},
        st.lists(positive, min_size=1, max_size=5),
    ),
)


@settings(max_examples=60, deadline=None)
@given(written_factors, st.sampled_from([FACTOR, ITEMS]))
def test_what_is_written_reads_as_the_same_distribution(written, dimension):
    """Reading, writing and reading again changes nothing; quantiles rise and stay finite."""
    drawn = read(written, dimension)
    again = read(drawn.written(), dimension)
    assert again == drawn
    x = drawn.quantile(ANY_U)
    np.testing.assert_array_equal(again.quantile(ANY_U), x)
    assert np.all(np.isfinite(x))
    assert np.all(np.diff(x) >= 0)


def test_a_distribution_travels_to_another_process():
    """A distribution that was used already can be pickled and draws the same."""
    drawn = read({"gamma": {"mean": "60 s", "cv": 1.2}, "most": "10 min"}, DURATION)
    x = drawn.quantile(U)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(drawn)).quantile(U), x)


def test_numbers_of_durations_need_units_and_others_must_not_have_them():
    """The mean and the most of a duration have units; cv and sigma are plain numbers."""
    for written in ({"gamma": {"mean": 60, "cv": 1}}, {"gamma": {"mean": "60 s", "cv": "1 s"}},
                    {"exponential": {"mean": "60 s"}, "most": 90}):  # fmt: skip
        with pytest.raises(ValidationError):
            read(written, DURATION)
    assert read({"gamma": {"mean": "1 min", "cv": 1}}, DURATION).mean == 60


@pytest.mark.parametrize(
    "written",
    [
        {"gamma": {"mean": 1, "cv": 1e9}},
        {"lognormal": {"mean": 1, "cv": 1e30}},
        {"lognormal": {"median": 1, "sigma": 100}},
        {"half_up_to": 1e-300, "nine_in_ten_up_to": 1e4},
        {"negative_binomial": {"mean": 1e5, "r": 1e-9}},
        {"negative_binomial": {"mean": 1e5, "r": 0.1}},
        {"weibull": {"scale": 1, "shape": 1e-9}},
        {"erlang": {"mean": 1, "stages": 1e9}},
        {"erlang": {"mean": 1, "stages": 2.5}},
        {"hyperexponential": {"weights": [0, 0], "means": [1, 2]}},
        {"hyperexponential": {"weights": [1, 1], "means": [1e-9, 1e9]}},
        {"empirical": {"values": []}},
        {"empirical": {"values": [1, 2], "weights": [-1, 2]}},
        {"fixed": -1},
        {"fixed": float("nan")},
        {"fixed": 10**400},
        {"uniform": {"low": 5, "high": 5}},
        {"uniform": {"low": 5, "high": 9}, "most": 4},
        {"bands": {}},
        {"bands": {"5-1": 1}},
        {"bands": {"0-1": 1}},
        {"bands": {"1-1000000000": 1}},
        {"gamma": 3},
        {"gamma": {"mean": 1, "cv": 1}, "mst": 3},
        {"most": 3},
        {},
        [],
        "many",
    ],
)
def test_wild_or_empty_distributions_are_refused(written):
    """What no basket can follow is refused with a text, never with a crash or a huge table."""
    with pytest.raises(ValueError, match=r"must|needs|missing|unknown|spreads"):
        read(written, ITEMS)


def test_every_family_says_what_it_is():
    """Each registered distribution has a line about itself."""
    assert len(choices("distribution")) == 14
    assert all(entry.summary.endswith(".") for entry in choices("distribution").values())


def test_distributions_of_one_dimension_are_refused_in_another():
    """A distribution of items is none of durations."""
    with pytest.raises(ValueError, match="must be a distribution of duration"):
        read(read({"about": 3}, ITEMS), DURATION)
    assert isinstance(read(read({"about": 3}, ITEMS), ITEMS), Distribution)


def test_the_far_tail_ends_at_a_million_items_and_at_the_longest_time():
    """A tail that reaches beyond everything is cut where baskets and times cannot be any more."""
    wild, top = {"lognormal": {"median": 10_000, "sigma": 4}}, np.array([0.1, 1 - 1e-15])
    items = read(wild, ITEMS).quantile(top)
    assert items.tolist() == [np.ceil(items[0]), 1e6]
    timed = {"lognormal": {"median": "300 h", "sigma": 4}}
    assert read(timed, DURATION).quantile(top)[1] == LONGEST_S
