"""What a planner writes about the lanes, the places to pay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from simqueue.chance import Dimension, DurationDistribution
from simqueue.chance.distributions import read as read_distribution
from simqueue.fields import (
    ByClock,
    Count,
    CountFrom1,
    Number,
    Problem,
    Share,
    Spec,
    Spread,
    Switch,
    Text,
    is_off,
    reads,
    refuse,
    writes,
)
from simqueue.shop.behaviour import (
    BalkSpec,
    BehaviourSpec,
    JockeySpec,
    KindName,
    LaneChoiceSpec,
    RenegeSpec,
)
from simqueue.shop.pools import Attendants, FromPool
from simqueue.shop.services import Service, ServiceModel, read_service
from simqueue.shop.staff import BreakSpec, OnDemandSpec, StaffingSpec, TraineesSpec
from simqueue.shop.stoppages import (
    AgeChecksSpec,
    Breakdowns,
    PriceChecks,
    RechecksSpec,
    SendsFailedTo,
)
from simqueue.shop.store import StoreSpec
from simqueue.tables.codes import Kind

__all__ = [
    "AcceptsSpec",
    "BalkSpec",
    "BehaviourSpec",
    "BreakSpec",
    "HelpSpec",
    "JockeySpec",
    "LaneChoiceSpec",
    "LaneSpec",
    "OnDemandSpec",
    "RenegeSpec",
    "StaffingSpec",
    "StoreSpec",
    "TraineesSpec",
]

SLOWER_WHEN_SHARED = 1.07  # 6.86 % longer services at a shared line: Wang and Zhou 2018
MACHINES = ("self_service", "scan_and_go")
_DEFAULT_SERVICE: dict[str, object] = {
    "staffed": "antczak2020_staffed",
    "express": "antczak2020_staffed",
    "self_service": "antczak2020_self_service",
    "scan_and_go": {"about": "20 s"},  # paying: 13-24 s in German grocers, Bundesbank/forsa 2023
}
_DEFAULTS: dict[str, dict[str, object]] = {
    kind: {
        "line": "shared" if kind in MACHINES else "own",
        "service": service,
        "attendants": 1 if kind in MACHINES else None,
        "age_checks": AgeChecksSpec() if kind in MACHINES else None,
        "rechecks": RechecksSpec() if kind == "scan_and_go" else None,
    }
    for kind, service in _DEFAULT_SERVICE.items()
}

_CASHIERS = ("staffed", "express")
ONLY_WITH: dict[str, tuple[str, ...]] = {
    "attendants": MACHINES,
    "help": ("self_service",),
    "age_checks": MACHINES,
    "rechecks": ("scan_and_go",),
    "sends_failed_to": MACHINES,
    "price_checks": _CASHIERS,
    "breaks": _CASHIERS,
    "trainees": _CASHIERS,
}

Way = Literal["cash", "card", "contactless", "phone"]


class HelpSpec(Spec):
    """How often customers at a machine need an attendant, and for how long."""

    chance: Share = Field(0.0, description="Share of transactions that need help, as in 20 %.")
    per_item: Share = Field(0.0, description="Chance of needing help for each item, as in 1 %.")
    takes: DurationDistribution = Field(
        read_distribution({"about": "20 s"}, Dimension.DURATION),
        description="How long an attendant takes to help, as in {about: 20 s}.",
        json_schema_extra={
            "basis": "evidence",
            "source": "20.5 s by stopwatch at one Meijer store, 18 of 37 customers helped",
        },
    )
    at: Share | None = Field(
        None, description="When in the transaction, as a share of it; drawn if empty, as in 50 %."
    )
    included: Annotated[Switch | None, reads("auto"), writes("auto")] = Field(
        None,
        description="Whether the service times contain the help already, as in yes; or auto.",
        json_schema_extra={
            "basis": "evidence",
            "source": "auto is yes for models measured with help, else no",
        },
    )

    @model_validator(mode="after")
    def _somebody(self) -> HelpSpec:
        if self.chance == 0 and self.per_item == 0:
            raise ValueError("must have a chance or a chance per_item above 0, or be off")
        return self


class AcceptsSpec(Spec):
    """Who may use a lane."""

    payment: tuple[Way, ...] | None = Field(
        None, description="The only ways of paying accepted here, as in [card, contactless]."
    )
    members: Switch = Field(False, description="Whether the lane is for members only, as in yes.")

    @field_validator("payment")
    @classmethod
    def _something(cls, value: tuple[Way, ...] | None) -> tuple[Way, ...] | None:
        if value is not None and (not value or len(set(value)) < len(value)):
            raise ValueError("must name at least one way of paying, each once")
        return value


class LaneSpec(Spec):
    """A kind of place to pay: its tills or machines, its line or lines, its service."""

    silent: ClassVar[frozenset[str]] = frozenset(
        {"tills", "machines", "attendants", "age_checks", "rechecks"}
    )

    lane: Text = Field(description="Name of the lane, as in express.")
    kind: KindName = Field(
        description="Who serves and whom, as in express: a till with a cashier, for small baskets."
    )
    tills: Count | None = Field(None, description="Number of tills, as in 12; 0 removes the lane.")
    machines: Count | None = Field(None, description="Number of self-service machines, as in 6.")
    line: Literal["own", "shared"] = Field(
        description="One line per till (own) or one for all tills of the lane, as in shared.",
        json_schema_extra={"basis": "assumption"},
    )
    roster: Annotated[ByClock[Count] | None, reads("all"), writes("all")] = Field(
        None, description='How many are open, by clock, as in {"08:00": 3, "12:00": 7}; or all.'
    )
    service: Service = Field(
        description="How long serving takes, as in antczak2020_staffed.",
        json_schema_extra={"basis": "evidence", "source": "Antczak et al. 2020"},
    )
    max_items: CountFrom1 | None = Field(
        None, description="Largest basket allowed in this lane, as in 10."
    )
    ignores_limit: Share = Field(
        0.0, description="Share of customers who ignore the limit by a few items, as in 25 %."
    )
    ignores_limit_by: Count = Field(
        3,
        description="By how many items at most they ignore it, as in 3.",
        json_schema_extra={"basis": "evidence", "source": "Trinkaus 1993: by 1 to 3 items"},
    )
    attendants: Attendants | None = Field(
        None,
        description='Attendants at the machines: a number, or by clock, as in {"08:00": 1}; or '
        "shared with others, as in {pool: floor}.",
        json_schema_extra={"basis": "assumption", "source": "makers name 4 to 6 machines each"},
    )
    help: Annotated[HelpSpec | None, reads("off"), writes("off")] = Field(
        None, description="How often attendants must help, as in {chance: 20 %}; or off."
    )
    age_checks: AgeChecksSpec | None = Field(
        None,
        description="What an age check at the machines takes, as in {takes: {about: 15 s}}; how "
        "many need one is the segments' age_check.",
    )
    rechecks: RechecksSpec | None = Field(
        None,
        description="How often staff look through what customers scanned in the shop, as in "
        "{chance: 10 %, takes: {about: 60 s}}.",
    )
    price_checks: PriceChecks = Field(
        None,
        description="How often a price must be asked for at a till, as in {chance: 2 %}; or off.",
    )
    sends_failed_to: SendsFailedTo = Field(
        None,
        description="Where customers go whose transaction fails at a machine, as in {lane: "
        "staffed, chance: 2 %}; or off.",
    )
    breakdowns: Breakdowns = Field(
        None,
        description="How often a till or machine breaks down, as in {time_between: {exponential: "
        "{mean: 40 h}}, repair: {about: 10 min}}; or off.",
    )
    cashiers_differ: Spread = Field(
        0.0,
        description="How much cashiers differ in pace, as a share of the mean, as in 0.07.",
        json_schema_extra={"source": "0.07 was measured in a Polish supermarket in 2019"},
    )
    trainees: Annotated[TraineesSpec | None, reads("off"), writes("off")] = Field(
        None, description="Cashiers who are still learning, as in {share: 20 %, pace: 1.3}; or off."
    )
    breaks: tuple[BreakSpec, ...] = Field(
        (), description='Breaks of cashiers, as in [{till: 1, at: "10:00", lasts: 15 min}].'
    )
    accepts: AcceptsSpec | None = Field(
        None,
        description="Who may use the lane, as in {payment: [card, contactless]} or {members: yes}.",
    )
    capacity: CountFrom1 | None = Field(
        None, description="Most people in a line, the one in service included, as in 10."
    )
    room: CountFrom1 | None = Field(
        None,
        description="How many people waiting there is room for before they are in the way, as in "
        "6; only measured.",
    )
    slower_when_shared: Annotated[Number | None, reads("auto"), writes("auto")] = Field(
        None,
        description="Factor on service times when tills share a line, as in 1.07; or off, or auto.",
        json_schema_extra={
            "basis": "evidence",
            "source": "auto is 1.07 for times measured at own lines (Wang, Zhou 2018), else 1",
        },
    )
    position_m: Number | None = Field(
        None, description="Where the lane begins, in metres along the front, as in 12."
    )

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: Any) -> Any:  # noqa: ANN401 - anything in the file
        """Fill in what depends on the kind of lane."""
        if not isinstance(data, Mapping):
            return data
        given = {key: value for key, value in data.items() if value is not None}
        defaults = _DEFAULTS.get(str(data.get("kind")), _DEFAULTS["staffed"])
        return {**defaults, **given}

    @field_validator("slower_when_shared", mode="before")
    @classmethod
    def _off_is_1(cls, value: object) -> object:
        return 1.0 if is_off(value) else value

    @field_validator("slower_when_shared")
    @classmethod
    def _a_factor(cls, value: float | None) -> float | None:
        if value is not None and not 0.5 <= value <= 2:
            raise ValueError("must be a factor between 0.5 and 2, off, or auto")
        return value

    @model_validator(mode="after")
    def _fits_its_kind(self) -> LaneSpec:
        machines = self.kind in MACHINES
        needed, other = ("machines", "tills") if machines else ("tills", "machines")
        problems = []
        if getattr(self, needed) is None:
            problems.append(Problem((needed,), "is missing", None, tell_value=False))
        if getattr(self, other) is not None:
            text = f"does not go with kind {self.kind}; did you mean {needed!r}?"
            problems.append(Problem((other,), text, None, tell_value=False))
        if machines and self.line == "own":
            problems.append(Problem(("line",), "must be shared: machines have one line", "own"))
        problems += [
            Problem((name,), f"goes only with kind {' or '.join(kinds)}", None, False)
            for name, kinds in ONLY_WITH.items()
            if self.kind not in kinds and getattr(self, name)
        ]
        if self.max_items is None and self.ignores_limit > 0:
            text = "goes only with max_items"
            problems.append(Problem(("ignores_limit",), text, None, tell_value=False))
        if self.kind == "express" and self.max_items is None:
            problems.append(Problem(("max_items",), "is missing", None, tell_value=False))
        refuse(problems)
        return self

    def default_of(self, name: str) -> object:
        """What the field would be if nothing were given; line, service and staff go by kind."""
        default = _DEFAULTS[self.kind].get(name)
        if name == "service":
            return read_service(default)
        if name in ("age_checks", "rechecks"):
            return default
        if name == "attendants" and default is not None:
            return ByClock.always(default)
        return default if name == "line" else super().default_of(name)

    @property
    def name(self) -> str:
        """The name of the lane."""
        return self.lane

    @property
    def kind_code(self) -> Kind:
        """The kind as the code used in tables."""
        return Kind[self.kind.upper()]

    @property
    def has_machines(self) -> bool:
        """Whether customers pay at machines rather than at tills."""
        return self.kind in MACHINES

    @property
    def n_servers(self) -> int:
        """Number of tills or machines."""
        return (self.machines if self.has_machines else self.tills) or 0

    @property
    def is_shared(self) -> bool:
        """Whether the lane has one line."""
        return self.line == "shared"

    @property
    def roster_or_all(self) -> ByClock[int]:
        """How many tills or machines are open; without a roster all of them, all day."""
        if self.roster is None or self.n_servers == 0:
            return ByClock.always(self.n_servers)
        return self.roster

    @property
    def attendants_or_none(self) -> ByClock[int]:
        """How many attendants of its own are on duty; 0 where there are none."""
        return self.attendants if isinstance(self.attendants, ByClock) else ByClock.always(0)

    @property
    def pool(self) -> str | None:
        """The pool under staffing.pools whose members come when called; None without one."""
        checks = self.price_checks
        who = self.attendants if checks is None else checks.staff
        return who.pool if isinstance(who, FromPool) else None

    @property
    def service_model(self) -> ServiceModel:
        """The service model of the lane."""
        return self.service

    @property
    def shared_factor(self) -> float:
        """The factor on service times because the lane's tills share a line; 1 if they do not."""
        if not self.is_shared or self.has_machines:
            return 1.0
        if self.slower_when_shared is not None:
            return self.slower_when_shared
        return SLOWER_WHEN_SHARED if self.service.measured_at_own_lines else 1.0

    @property
    def help_included(self) -> bool:
        """Whether the service times contain the help already."""
        if self.help is None or self.help.included is None:
            return self.service.includes_help
        return self.help.included
