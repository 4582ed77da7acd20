"""Small days for the tests of the experience room: what is not said is neutral."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simqueue.chance.streams import COLUMNS, Draws
from simqueue.experience.case import Case, prepare
from simqueue.experience.judging import Experience, judge
from simqueue.experience.spec import ExperienceSpec
from simqueue.tables import Ending, Kind, Log, Workload

TILLS, MACHINES = 0, 1


def average_draws(n: int, **normal: Sequence[float]) -> Draws:
    """Draws that make everybody average (z = 0), except for the columns given as z values."""
    from scipy.special import ndtr

    given = {name: np.full(n, 0.5) for name in COLUMNS}
    given |= {name: ndtr(np.asarray(z, dtype=float)) for name, z in normal.items()}
    return Draws(0, 0, given)


def workload_of(n: int, draws: Any = None, **columns: Any) -> Workload:
    """N customers with 12 items, alone, average in everything."""
    plain: dict[str, Any] = dict.fromkeys(Workload.columns(), np.zeros(n))
    plain |= {"arrival_s": np.arange(n), "items": np.full(n, 12)}
    plain |= dict.fromkeys(("alone", "value_of_time", "self_control"), np.ones(n))
    return Workload(**(plain | columns), draws=average_draws(n) if draws is None else draws)


def log_of(workload: Workload, wait_s: Sequence[float], **columns: Any) -> Log:
    """A log in which everybody was served at a till of a shared line and nothing else happened.

    The whole wait stood still unless `queue_still_s` says otherwise.
    """
    n = len(wait_s)
    zero = np.zeros(n)
    wait = np.asarray(wait_s, dtype=float)
    plain: dict[str, Any] = dict.fromkeys(Log.columns(), zero)
    plain |= {name: getattr(workload, name) for name in ("arrival_s", "segment", "items")}
    plain |= {"payment": workload.payment, "alone": workload.alone}
    plain |= {
        "wait_s": wait,
        "queue_still_s": np.nan_to_num(wait),
        "ending": np.full(n, Ending.SERVED),
        "displayed_wait_s": np.full(n, np.nan),
        "lanes": ("tills", "machines"),
        "kinds": (int(Kind.STAFFED), int(Kind.SELF_SERVICE)),
        "separate_lines": (False, False),
    }
    return Log(**(plain | columns))


def spec_of(**block: Any) -> ExperienceSpec:
    """The block of a scenario, read as from a file."""
    return ExperienceSpec.model_validate(block)


def judged(
    wait_s: Sequence[float],
    spec: ExperienceSpec | None = None,
    workload: dict[str, Any] | None = None,
    log: dict[str, Any] | None = None,
    **z: Sequence[float],
) -> Experience:
    """The experience of customers with these waits; z values of draws by column name."""
    n = len(wait_s)
    people = workload_of(n, average_draws(n, **z), **(workload or {}))
    return judge(people, log_of(people, wait_s, **(log or {})), spec or spec_of())


def case_of(
    wait_s: Sequence[float], spec: ExperienceSpec | None = None, log: dict[str, Any] | None = None
) -> Case:
    """The case of average customers with these waits."""
    people = workload_of(len(wait_s))
    return prepare(people, log_of(people, wait_s, **(log or {})), spec or spec_of())
