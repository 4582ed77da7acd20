"""Service models: the published formulas, typed a second time, and the means they imply."""

import pickle

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from simqueue.fields import problems_of
from simqueue.registry import choices
from simqueue.shop.services import ServiceModel, read_service
from simqueue.shop.spec import LaneSpec
from simqueue.tables.codes import Payment

ITEMS = np.array([1, 2, 5, 10, 20, 40, 100])
CARD = np.full(len(ITEMS), int(Payment.CARD))
EVEN = (np.arange(200_000) + 0.5) / 200_000
U = np.array([0.001, 0.05, 0.3, 0.5, 0.77, 0.95, 0.9999])
U_GAP = U[::-1].copy()

# Antczak, Weron, Zabawa (2020), means of the published model by items, in seconds
STAFFED_TOTAL = [24.0, 29.8, 43.1, 60.7, 89.3, 135.7, 243.9]
SELF_TOTAL = [63.4, 85.0, 129.7, 183.6, 265.7, 392.0, 672.2]


def test_antczak_staffed_is_the_published_formula():
    """By items n: ln s = 2.121935 + 0.698402 ln n + N(0, 0.4379083); then a gamma gap."""
    service, gap = read_service("antczak2020_staffed").service_s(U, U_GAP, ITEMS, CARD)
    expected = np.exp(2.121935 + 0.698402 * np.log(ITEMS) + 0.4379083 * stats.norm.ppf(U))
    np.testing.assert_allclose(service, expected, rtol=1e-12)
    np.testing.assert_allclose(gap, stats.gamma(3.074209, scale=4.830613).ppf(U_GAP), rtol=1e-6)


def test_antczak_self_service_adds_bagging_that_holds_customer_and_machine():
    """Transaction and bagging are two lognormals; both are service, and there is no gap."""
    service, gap = read_service("antczak2020_self_service").service_s(U, U_GAP, ITEMS, CARD)
    log_items = np.log(ITEMS)
    expected = np.exp(3.122328 + 0.672461 * log_items + 0.4907405 * stats.norm.ppf(U))
    expected += np.exp(3.51669 + 0.22300 * log_items + 0.4820532 * stats.norm.ppf(U_GAP))
    np.testing.assert_allclose(service, expected, rtol=1e-12)
    assert not gap.any()


@pytest.mark.parametrize(
    ("name", "published"),
    [("antczak2020_staffed", STAFFED_TOTAL), ("antczak2020_self_service", SELF_TOTAL)],
)
def test_mean_occupations_are_the_published_means(name, published):
    """The means given the items, gap included, are those of the published table."""
    found = read_service(name).mean_occupation_s(ITEMS, CARD)
    np.testing.assert_allclose(found, published, atol=0.06)


LINEAR = {"linear": {"set_up": "15 s", "per_item": "3 s", "payment": {"cash": "18 s"},
                     "noise": {"gamma": {"mean": 1.1, "cv": 0.3}}}}  # fmt: skip


@pytest.mark.parametrize(
    "written",
    ["antczak2020_staffed", "antczak2020_self_service", "us_with_bagging_staffed",
     "us_with_bagging_self_service", LINEAR, {"exponential": {"mean": "60 s"}},
     {"about": "90 s", "most": "2 min"}],
    ids=str,
)  # fmt: skip
def test_means_are_those_of_the_times_drawn(written):
    """Averaging drawn times over an even grid gives `mean_service_s` and `mean_occupation_s`."""
    model = read_service(written)
    for items, way in ((1, Payment.CASH), (17, Payment.CARD)):
        n = len(EVEN)
        u_gap = np.random.default_rng(0).permutation(EVEN)
        basket, payment = np.full(n, items), np.full(n, int(way))
        service, gap = model.service_s(EVEN, u_gap, basket, payment)
        mean = model.mean_service_s(basket[:1], payment[:1])
        assert mean.shape == (1,)
        assert service.mean() == pytest.approx(mean[0], rel=2e-4)
        occupied = model.mean_occupation_s(basket[:1], payment[:1])[0]
        assert (service + gap).mean() == pytest.approx(occupied, rel=2e-4)


def test_linear_adds_set_up_items_and_payment_and_multiplies_by_noise():
    """Ten items paid cash: (15 + 3 x 10 + 18) s without noise, by card 45 s; no gap."""
    inner = {key: value for key, value in LINEAR["linear"].items() if key != "noise"}
    model = read_service({"linear": inner})
    ways = np.array([Payment.CASH, Payment.CARD])
    service, gap = model.service_s(U[:2], U[:2], np.array([10, 10]), ways)
    np.testing.assert_array_equal(service, [63, 45])
    assert not gap.any()


def test_the_us_presets_have_the_measured_means_and_spreads():
    """Staffed: mean 181 s, sd 69 s. Machines without help: mean 160 s, log sd 0.37."""
    n = len(EVEN)
    staffed, self_service = (
        read_service(f"us_with_bagging_{kind}").service_s(EVEN, EVEN, np.ones(n), np.ones(n))[0]
        for kind in ("staffed", "self_service")
    )
    assert staffed.mean() == pytest.approx(181, rel=1e-3)
    assert staffed.std() == pytest.approx(69, rel=3e-3)
    assert self_service.mean() == pytest.approx(160, rel=1e-3)
    assert np.log(self_service).std() == pytest.approx(0.37, rel=1e-3)


def test_what_was_measured_how_decides_on_slowing_and_help():
    """Only models from tills with own lines slow down when shared; only one contains help."""
    facts = {
        name: (m.field_measured, m.measured_at_own_lines, m.includes_help)
        for name, m in ((n, ServiceModel(n)) for n in choices("service") if n != "linear")
    }
    assert facts == {
        "antczak2020_staffed": (True, True, False),
        "antczak2020_self_service": (True, False, True),
        "us_with_bagging_staffed": (True, True, False),
        "us_with_bagging_self_service": (True, False, False),
    }
    assert not read_service({"exponential": {"mean": "60 s"}}).field_measured


@pytest.mark.parametrize("written", ["antczak2020_staffed", LINEAR, {"about": "90 s"}], ids=str)
def test_a_service_model_is_written_as_it_was_read(written):
    """Writing and reading again gives an equal model; so does a trip to another process."""
    model = read_service(written)
    model.mean_service_s(ITEMS, CARD)
    assert read_service(model.written()) == model
    assert pickle.loads(pickle.dumps(model)) == model


@pytest.mark.parametrize(
    ("written", "place", "told"),
    [
        ("antczak", (), "did you mean 'antczak2020_staffed'"),
        ("linear", (), "must say its times"),
        (60, (), "must be a name such as"),
        ({"linear": {"per_item": 3}}, ("linear", "per_item"), "with a unit"),
        ({"linear": {"set_up": "3 s"}}, ("linear", "per_item"), "is missing"),
        (
            {"linear": {"per_item": "3 s", "payment": {"csh": "1 s"}}},
            ("linear", "payment", "csh"),
            "did you mean 'cash'",
        ),
        ({"linear": {"per_item": "3 s"}, "gap": "3 s"}, ("gap",), "unknown key"),
        ({"linaer": {"per_item": "3 s"}}, ("linaer",), "did you mean 'linear'"),
        ({"gamma": {"mean": "3 s"}}, ("gamma", "cv"), "is missing"),
    ],
)
def test_faulty_service_models_are_refused_at_their_place(written, place, told):
    """A wrong name or parameter is told with its place and, where possible, what was meant."""
    with pytest.raises(ValidationError) as error:
        LaneSpec.model_validate({"lane": "a", "kind": "staffed", "tills": 1, "service": written})
    (problem,) = problems_of(error.value)
    assert problem.place == ("service", *place)
    assert told in problem.text
