"""What a planner writes about opening hours; or, for steady-state runs, about how long to run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field, model_validator

from simqueue import units
from simqueue.fields import Clock, Problem, Seconds, Spec, refuse


class StoreSpec(Spec):
    """When the shop is open; or, for steady-state runs, how long to run."""

    silent: ClassVar[frozenset[str]] = frozenset({"opens", "closes", "horizon", "warm_up"})

    opens: Clock | None = Field(None, description='When the doors open, as in "08:00".')
    closes: Clock | None = Field(None, description='When the doors close, as in "21:00".')
    horizon: Seconds | None = Field(
        None, description="Instead of hours, for theory: when arrivals stop, as in 2000 h."
    )
    warm_up: Seconds | None = Field(
        None, description="For theory: customers who come earlier are left out, as in 100 h."
    )

    @model_validator(mode="before")
    @classmethod
    def _warm_up_is_known(cls, data: Any) -> Any:  # noqa: ANN401 - anything in the file
        if isinstance(data, Mapping) and data.get("horizon") is not None:
            return {"warm_up": "0 s", **{k: v for k, v in data.items() if v is not None}}
        return data

    @model_validator(mode="after")
    def _one_mode(self) -> StoreSpec:
        hours = {"opens": self.opens, "closes": self.closes}
        if self.horizon is None:
            refuse(
                Problem((name,), "is missing", None, tell_value=False)
                for name, value in hours.items()
                if value is None
            )
            if self.warm_up is not None:
                refuse([Problem(("warm_up",), "goes only with a horizon", None, False)])
            assert self.opens is not None
            assert self.closes is not None
            if self.closes <= self.opens:
                text = f'must be later than opens, "{units.clock_text(self.opens)}"'
                refuse([Problem(("closes",), text, units.clock_text(self.closes))])
            return self
        extra = [name for name, value in hours.items() if value is not None]
        refuse(Problem((name,), "does not go with a horizon", None, False) for name in extra)
        if self.horizon <= (self.warm_up or 0.0):
            text = "must be longer than the warm-up"
            refuse([Problem(("horizon",), text, units.duration_text(self.horizon))])
        return self

    @property
    def is_theory(self) -> bool:
        """Whether this is a steady-state run rather than a day of a shop."""
        return self.horizon is not None
