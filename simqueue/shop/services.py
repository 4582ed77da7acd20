"""How long serving takes: named models from published measurements, a linear one, or any duration.

A model turns raw uniforms, items and payment into seconds at the server (`service_s`) and seconds
the server stays occupied after the customer has left (`gap_s`). All arrays have shape (N,).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema

from simqueue.chance import Dimension, Distribution, FactorDistribution
from simqueue.chance.distributions import read as read_distribution
from simqueue.chance.quantiles import gamma_quantile, normal_score
from simqueue.fields import Problem, Seconds, Spec, did_you_mean, refuse
from simqueue.registry import choices, find, register
from simqueue.tables.codes import Payment

Floats = NDArray[np.float64]
Integers = NDArray[Any]
Times = Callable[[Floats, Floats, Integers, Integers], tuple[Floats, Floats]]
Means = Callable[[Integers, Integers], tuple[Floats, Floats]]
Medians = Callable[[Integers, Integers], Floats]

HALF = np.array([0.5])
ANTCZAK = "Antczak, Weron, Zabawa (2020), IEEE Access 8:228841, eqs. 3-4"
MEIJER = "stopwatch times at one Meijer store in Ohio (github NicoleP23/Checkout-Lanes-at-Meijer)"


@dataclass(frozen=True)
class Model:
    """What a service model does: times of single customers, and their means given the items."""

    times: Times  # (u, u_gap, items, payment) -> (service_s, gap_s)
    means: Means  # (items, payment) -> the same two, averaged over chance
    medians: Medians  # (items, payment) -> service_s that half of such customers stay below
    field_measured: bool = False
    measured_at_own_lines: bool = False  # so that one line shared by all tills would be slower
    includes_help: bool = False  # the measured times contain the attendants' help


class PaymentTimes(Spec):
    """Seconds each way of paying adds."""

    cash: Seconds = Field(0.0, description="Time to pay cash, as in 18 s.")
    card: Seconds = Field(0.0, description="Time to pay with a card, as in 24 s.")
    contactless: Seconds = Field(0.0, description="Time to pay contactless, as in 13 s.")
    phone: Seconds = Field(0.0, description="Time to pay by telephone, as in 12 s.")

    def array(self) -> Floats:
        """The times in the order of the codes of Payment."""
        return np.array([getattr(self, way.name.lower()) for way in Payment])


class LinearSpec(Spec):
    """A service time that grows with the items: (set-up + per item + payment) x noise."""

    set_up: Seconds = Field(0.0, description="Time per customer whatever the basket, as in 15 s.")
    per_item: Seconds = Field(description="Time per item, as in 3 s.")
    noise: FactorDistribution = Field(
        read_distribution({"fixed": 1}, Dimension.FACTOR),
        description="Factor on single services, as in {lognormal: {mean: 1, cv: 0.3}}.",
    )
    payment: PaymentTimes = Field(
        PaymentTimes(), description="Time added by way of paying, as in {cash: 18 s, card: 13 s}."
    )


@dataclass(frozen=True)
class LogLine:
    """ln seconds = intercept + slope x ln items + a normal residual."""

    intercept: float
    slope: float
    sd: float

    def draw(self, u: Floats, items: Integers) -> Floats:
        """Seconds of each customer."""
        log_s = self.intercept + self.slope * np.log(items)
        seconds: Floats = np.exp(log_s + self.sd * normal_score(u))
        return seconds

    def mean(self, items: Integers) -> Floats:
        """Mean seconds given the items."""
        log_s = self.intercept + self.slope * np.log(items)
        seconds: Floats = np.exp(log_s + 0.5 * self.sd**2)
        return seconds

    def median(self, items: Integers) -> Floats:
        """Median seconds given the items."""
        seconds: Floats = np.exp(self.intercept + self.slope * np.log(items))
        return seconds


@register("service", source=ANTCZAK)
def antczak2020_staffed() -> Model:
    """Polish supermarkets 2018, staffed till: by items, with the gap to the next customer."""
    transaction = LogLine(2.121935, 0.698402, 0.4379083)  # Antczak et al. 2020, eq. 3
    shape, scale = 3.074209, 4.830613  # Antczak et al. 2020, eq. 3: gamma of the gap

    def times(
        u: Floats, u_gap: Floats, items: Integers, payment: Integers
    ) -> tuple[Floats, Floats]:
        return transaction.draw(u, items), scale * gamma_quantile(shape)(u_gap)

    def means(items: Integers, payment: Integers) -> tuple[Floats, Floats]:
        return transaction.mean(items), np.full(len(items), shape * scale)

    def medians(items: Integers, payment: Integers) -> Floats:
        return transaction.median(items)

    return Model(times, means, medians, field_measured=True, measured_at_own_lines=True)


@register("service", source=ANTCZAK)
def antczak2020_self_service() -> Model:
    """Polish supermarkets 2018, self-service: by items; bagging holds customer and machine."""
    transaction = LogLine(3.122328, 0.672461, 0.4907405)  # Antczak et al. 2020, eq. 4
    bagging = LogLine(3.51669, 0.22300, 0.4820532)  # eq. 4; slope as in the authors' program

    def times(
        u: Floats, u_gap: Floats, items: Integers, payment: Integers
    ) -> tuple[Floats, Floats]:
        service = transaction.draw(u, items) + bagging.draw(u_gap, items)
        return service, np.zeros(len(service))

    def means(items: Integers, payment: Integers) -> tuple[Floats, Floats]:
        return transaction.mean(items) + bagging.mean(items), np.zeros(len(items))

    def medians(items: Integers, payment: Integers) -> Floats:
        return transaction.median(items) + bagging.median(items)  # of each part, not of the sum

    return Model(times, means, medians, field_measured=True, includes_help=True)


@register("service", source=MEIJER)
def us_with_bagging_staffed() -> Model:
    """US supermarket, staffed till with bagging: mean 181 s, whatever the basket."""
    duration = _duration({"lognormal": {"mean": "181 s", "sd": "69 s"}})
    return _plain(duration, field_measured=True, measured_at_own_lines=True)


@register("service", source=MEIJER)
def us_with_bagging_self_service() -> Model:
    """US supermarket, self-service with bagging and without help: mean 160 s, any basket."""
    sigma = 0.37
    duration = _duration({"lognormal": {"median": f"{160 * math.exp(-(sigma**2) / 2)!r} s",
                                        "sigma": sigma}})  # fmt: skip
    return _plain(duration, field_measured=True)


@register("service")
def linear(spec: LinearSpec) -> Model:
    """So much per customer, per item and by payment, times noise."""
    by_payment = spec.payment.array()

    def base(items: Integers, payment: Integers) -> Floats:
        seconds: Floats = spec.set_up + spec.per_item * items + by_payment[payment]
        return seconds

    def times(
        u: Floats, u_gap: Floats, items: Integers, payment: Integers
    ) -> tuple[Floats, Floats]:
        return base(items, payment) * spec.noise.quantile(u), np.zeros(len(items))

    def means(items: Integers, payment: Integers) -> tuple[Floats, Floats]:
        return base(items, payment) * spec.noise.mean, np.zeros(len(items))

    def medians(items: Integers, payment: Integers) -> Floats:
        return base(items, payment) * spec.noise.quantile(HALF)

    return Model(times, means, medians)


def _duration(written: Mapping[str, Any]) -> Distribution:
    return read_distribution(written, Dimension.DURATION)


def _plain(duration: Distribution, **about: bool) -> Model:
    """A service time that does not depend on the items."""

    def times(
        u: Floats, u_gap: Floats, items: Integers, payment: Integers
    ) -> tuple[Floats, Floats]:
        return duration.quantile(u), np.zeros(len(u))

    def means(items: Integers, payment: Integers) -> tuple[Floats, Floats]:
        return np.full(len(items), duration.mean), np.zeros(len(items))

    def medians(items: Integers, payment: Integers) -> Floats:
        return np.repeat(duration.quantile(HALF), len(items))

    return Model(times, means, medians, **about)


@dataclass(frozen=True)
class ServiceModel:
    """The service model of a lane: a name, with parameters where it has some.

    `name` is a registered model, or the family of a distribution.
    """

    name: str
    parameters: LinearSpec | Distribution | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return ServiceModel, (self.name, self.parameters)

    @cached_property
    def _model(self) -> Model:
        if isinstance(self.parameters, Distribution):
            return _plain(self.parameters)
        given = () if self.parameters is None else (self.parameters,)
        model: Model = find("service", self.name).function(*given)
        return model

    @property
    def field_measured(self) -> bool:
        """Whether the times were measured in a shop."""
        return self._model.field_measured

    @property
    def measured_at_own_lines(self) -> bool:
        """Whether they were measured at tills with a line each."""
        return self._model.measured_at_own_lines

    @property
    def includes_help(self) -> bool:
        """Whether the measured times contain the help of attendants."""
        return self._model.includes_help

    def service_s(
        self, u: Floats, u_gap: Floats, items: Integers, payment: Integers
    ) -> tuple[Floats, Floats]:
        """Seconds at the server, and seconds it stays occupied afterwards; both (N,).

        `u` and `u_gap` are raw uniforms, `payment` codes of Payment.
        """
        return self._model.times(u, u_gap, np.asarray(items), np.asarray(payment))

    def mean_times_s(self, items: Integers, payment: Integers) -> tuple[Floats, Floats]:
        """Mean seconds at the server, and mean seconds it stays occupied afterwards; (N,) each."""
        return self._model.means(np.asarray(items), np.asarray(payment))

    def mean_service_s(self, items: Integers, payment: Integers) -> Floats:
        """Mean seconds at the server given items and payment; (N,)."""
        return self._model.means(np.asarray(items), np.asarray(payment))[0]

    def mean_occupation_s(self, items: Integers, payment: Integers) -> Floats:
        """Mean seconds a server is occupied, gap included; (N,)."""
        service, gap = self._model.means(np.asarray(items), np.asarray(payment))
        return service + gap

    def median_service_s(self, items: Integers, payment: Integers) -> Floats:
        """Median seconds at the server given items and payment; (N,)."""
        return self._model.medians(np.asarray(items), np.asarray(payment))

    def median_occupation_s(self, items: Integers, payment: Integers) -> Floats:
        """The median service and the mean gap after it, as customers may judge it; (N,)."""
        gap = self._model.means(np.asarray(items), np.asarray(payment))[1]
        return self.median_service_s(items, payment) + gap

    def written(self) -> object:
        """What a scenario file says to get this model."""
        if self.parameters is None:
            return self.name
        if isinstance(self.parameters, Distribution):
            return self.parameters.written()
        return {self.name: self.parameters.model_dump()}


def read_service(value: object, home: Path | None = None) -> ServiceModel:
    """The model named or described by a value of the file; ValueError when there is none."""
    if isinstance(value, ServiceModel):
        return value
    named = [name for name in choices("service") if name != "linear"]
    if isinstance(value, str):
        if value in named:
            return ServiceModel(value)
        if value == "linear":
            raise ValueError("must say its times, as in {linear: {set_up: 15 s, per_item: 3 s}}")
        hint = did_you_mean(value, named)
        raise ValueError(f"must be one of {', '.join(named)}, or a duration{hint}")
    if not isinstance(value, Mapping):
        raise ValueError(f"must be a name such as {named[0]}, or a duration")
    if "linear" not in value:
        return _read_duration(value, home)
    refuse(Problem((key,), "unknown key", None, False) for key in value if key != "linear")
    try:
        spec = LinearSpec.model_validate(value["linear"], context={"folder": home})
    except ValueError as error:
        raise _under("linear", error) from None
    return ServiceModel("linear", spec)


def _read_duration(value: Mapping[str, Any], home: Path | None) -> ServiceModel:
    known = [*choices("service"), *choices("distribution")]
    for key in value:
        if key not in choices("distribution") and key not in ("nine_in_ten_up_to", "most"):
            text = f"no service {str(key)!r}{did_you_mean(key, known)}"
            refuse([Problem((key,), text, None, False)])
    duration = read_distribution(value, Dimension.DURATION, home)
    return ServiceModel(duration.name, duration)


def _under(key: str, error: ValueError) -> ValueError:
    """The same faults, one level further down."""
    from pydantic import ValidationError

    from simqueue.fields import problems_of

    assert isinstance(error, ValidationError)
    try:
        refuse(Problem((key, *p.place), p.text, p.value, p.tell_value) for p in problems_of(error))
    except ValueError as told:
        return told
    raise AssertionError("a ValidationError has at least one fault")


def _validate(value: Any, info: ValidationInfo) -> ServiceModel:  # noqa: ANN401 - anything in the file
    return read_service(value, (info.context or {}).get("folder"))


Service = Annotated[
    ServiceModel,
    PlainValidator(_validate),
    PlainSerializer(ServiceModel.written),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]}),
]
