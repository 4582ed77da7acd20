"""What the psychology needs to know of each customer, whatever the values of its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simqueue.experience.display import displayed_wait_s
from simqueue.experience.spec import ExperienceSpec, Propositions
from simqueue.tables import Ending, Kind, Log, Workload, settled
from simqueue.tables.table import Table, column

Floats = NDArray[np.float64]

NO_WAIT_S = 1e-9  # shorter waits are rounding of event times, not waits
LUCK: Final = {
    "z_person": "felt_person",
    "z_occasion": "felt_occasion",
    "z_acceptable": "acceptable_wait",
    "z_score": "judgement",
    "z_rest": "rest",
    "z_liking": "liking",
}  # columns of a case that are draws, and how these are called


@dataclass(frozen=True, eq=False)
class Case(Table):
    """One row per customer: phases of the wait, circumstances, and who he is.

    It holds nothing that depends on a parameter, so that one case is judged with many sets of
    parameters. Waits that are not known are 0 here; `joined` tells which are known.
    """

    moving_s: NDArray[Any] = column("f8", "s", "waiting in line while it moved")
    still_s: NDArray[Any] = column("f8", "s", "waiting in line while it stood still")
    help_wait_s: NDArray[Any] = column("f8", "s", "waiting for an attendant")
    halted_s: NDArray[Any] = column("f8", "s", "standing still in service, or for nothing before")
    service_s: NDArray[Any] = column("f8", "s", "scanning, being served, being helped")
    displayed_s: NDArray[Any] = column("f8", "s", "wait he was shown; nan = none")
    expected_s: NDArray[Any] = column("f8", "felt s", "wait he would say he expects")
    acceptable_s: NDArray[Any] = column("f8", "felt s", "median acceptable wait of his segment")
    items: NDArray[Any] = column("f8", "1", "articles in the basket")
    value_of_time: NDArray[Any] = column("f8", "1", "1 = average")
    self_control: NDArray[Any] = column("f8", "1", "1 = average")
    slips: NDArray[Any] = column("f8", "1", "overtaken in the same line or kind of lane")
    picked_out: NDArray[Any] = column("f8", "1", "had his own scanning checked again")
    last_share: NDArray[Any] = column("f8", "1", "share of the wait in line with nobody behind")
    liking: NDArray[Any] = column("f8", "points", "how his segment likes self-service")
    z_person: NDArray[Any] = column("f8", "1", "how long waits feel to him")
    z_occasion: NDArray[Any] = column("f8", "1", "how long this one felt")
    z_acceptable: NDArray[Any] = column("f8", "1", "how long a wait he accepts")
    z_score: NDArray[Any] = column("f8", "1", "what else moves his judgement")
    z_rest: NDArray[Any] = column("f8", "1", "what he thinks of the rest of the shop")
    z_liking: NDArray[Any] = column("f8", "1", "how he likes it, among his segment; 0 = not there")
    joined: NDArray[Any] = column("?", "1", "stood in a line until service or leaving")
    served: NDArray[Any] = column("?", "1", "paid")
    gave_up: NDArray[Any] = column("?", "1", "left without paying")
    in_company: NDArray[Any] = column("?", "1", "does not shop alone")
    machine: NDArray[Any] = column("?", "1", "paid without a cashier")
    helped: NDArray[Any] = column("?", "1", "an attendant had to come")
    unexplained: NDArray[Any] = column("?", "1", "met a stoppage that nobody explained")
    doubts_line: NDArray[Any] = column("?", "1", "waited beside other lines of his lane")
    occupied: bool = False  # something to look at in the queue
    asked: str = "at_till"
    propositions: Propositions = field(default_factory=Propositions)
    acceptable_base_s: float = 250.0  # the parameter's value that `acceptable_s` goes with

    @property
    def clock_s(self) -> Floats:
        """All that counts as waiting, by the clock: in line, for help, at a halt; shape (N,)."""
        waited: Floats = self.moving_s + self.still_s + self.help_wait_s + self.halted_s
        return waited

    def rows(self, chosen: NDArray[Any]) -> Case:
        """The case of some customers, by index or mask."""
        at = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        found = copy(self)  # its columns are as they must be, and need not be looked at again
        vars(found).update({n: settled(v.take(at)) for n, v in self.arrays().items()})
        return found

    def sampled(self, at_most: int) -> Case:
        """At most so many customers, evenly spaced over the day."""
        if len(self) <= at_most:
            return self
        return self.rows(np.linspace(0, len(self) - 1, at_most).round().astype(np.int64))


def joined_cases(cases: Sequence[Case]) -> Case:
    """Several days in one case; they must come from one scenario.

    Raises ValueError when there is none.
    """
    if not cases:
        raise ValueError("joined_cases: needs at least one case")
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(case, name) for case in cases]) for name in cases[0].columns()
    }
    return replace(cases[0], **columns)


def prepare(
    workload: Workload,
    log: Log,
    spec: ExperienceSpec,
    *,
    expected_wait_s: Floats | None = None,
    acceptable_median_s: Floats | None = None,
    liking: Floats | None = None,
) -> Case:
    """Gather the case of one day, N customers.

    The three arrays, shape (N,), replace the scenario's values where segments differ: the wait
    they would say they expect, the median acceptable wait (both felt seconds), and the liking for
    self-service in points of the rest of the visit (0 = neutral). A workload without draws makes
    everybody average. A stoppage is a wait for help, or a halt of the line or of the till. What
    was lost at a machine that failed belongs to the visit to the till after it; the failed visit
    itself is not judged, and neither are visits to stations and to the returns desk, whose waits
    are felt all the same.
    Raises ValueError when workload and log differ in length.
    """
    n = len(log)
    if len(workload) != n:
        raise ValueError(f"prepare: {len(workload)} customers in the workload, {n} in the log")
    happened = _happened(workload, log, spec)
    return Case(
        **_person(workload, spec, acceptable_median_s),
        **_luck(workload, {"z_liking": happened["machine"]}),
        **happened,
        expected_s=_given(expected_wait_s, spec.expected_wait, n),
        liking=_given(liking, 0.0, n),
    )


def _happened(workload: Workload, log: Log, spec: ExperienceSpec) -> dict[str, Any]:
    """What a case holds of the visit itself, read from the log."""
    known = np.isfinite(log.wait_s) & ~_ended(log, Ending.FAILED)
    waited = known & (log.wait_s > NO_WAIT_S)
    wait = _only(waited, log.wait_s)
    still = np.minimum(np.maximum(log.queue_still_s, 0.0), wait)
    to_pay, helped = log.stop == 0, log.help_s > 0.0
    scans_himself = _by_lane(log, [kind == Kind.SCAN_AND_GO for kind in log.kinds])
    happened = {
        "moving_s": wait - still,
        "still_s": still,
        "help_wait_s": _only(log.help_wait_s > NO_WAIT_S, log.help_wait_s),
        "halted_s": log.stoppage_at_till_s + log.before_s,
        "service_s": log.own_scanning_s + log.served_by_staff_s + log.help_s,
        "displayed_s": _displayed(workload, log, spec),
        "slips": np.add(log.slips_same_line, log.slips_same_kind, dtype=np.float64),
        "picked_out": (scans_himself & helped).astype(np.float64),
        "last_share": np.minimum(log.last_in_line_s / (wait + ~waited), 1.0) * waited,
        "joined": known,
        "served": to_pay & _ended(log, Ending.SERVED),
        "gave_up": to_pay & (_ended(log, Ending.BALKED) | _ended(log, Ending.RENEGED)),
        "machine": scans_himself | _by_lane(log, [kind == Kind.SELF_SERVICE for kind in log.kinds]),
        "helped": helped,
        "unexplained": _unexplained(log, spec),
        "doubts_line": waited & _by_lane(log, list(log.separate_lines)),
    }
    return {name: settled(values) for name, values in happened.items()}


def _only(mask: NDArray[np.bool_], values: Floats) -> Floats:
    """The values of a mask, none of them negative, and 0 elsewhere, nan included.

    By arithmetic: choosing takes ten times as long where the mask has no pattern.
    """
    return np.asarray(np.fmax(values, 0.0) * mask)


def before_joining(
    workload: Workload, spec: ExperienceSpec, acceptable_median_s: Floats | None = None
) -> Case:
    """The case of customers who have not met any line yet: who they are, and no wait at all.

    Where there is a sign, it shows 0 for now: that it is there is known, its number is not.
    """
    n = len(workload)
    zero, no = settled(np.zeros(n)), settled(np.zeros(n, dtype=bool))
    circumstances: dict[str, Any] = dict.fromkeys(
        (
            "moving_s", "still_s", "help_wait_s", "halted_s", "service_s", "slips", "picked_out",
            "last_share", "liking",
        ),
        zero,
    )  # fmt: skip
    flags: dict[str, Any] = dict.fromkeys(
        ("joined", "served", "gave_up", "machine", "helped", "unexplained", "doubts_line"), no
    )
    return Case(
        **_person(workload, spec, acceptable_median_s),
        **_luck(workload, dict.fromkeys(("z_score", "z_rest", "z_liking"), no)),
        **circumstances,
        **flags,
        displayed_s=settled(np.full(n, np.nan if spec.wait_display is None else 0.0)),
        expected_s=settled(np.full(n, spec.expected_wait)),
    )


def _person(
    workload: Workload, spec: ExperienceSpec, acceptable_median_s: Floats | None
) -> dict[str, Any]:
    """What a case holds of the customers themselves, and of the shop, whatever happens to them."""
    base = spec.central()["acceptable_wait_s"]
    return {
        "acceptable_s": _given(acceptable_median_s, base, len(workload)),
        "items": settled(np.maximum(workload.items, 1.0)),
        "value_of_time": workload.value_of_time,
        "self_control": workload.self_control,
        "in_company": settled(~workload.alone),
        "occupied": spec.occupied,
        "asked": spec.asked,
        "propositions": spec.propositions,
        "acceptable_base_s": base,
    }


def _displayed(workload: Workload, log: Log, spec: ExperienceSpec) -> Floats:
    """What the log says was shown, else what the sign would show; nan where there is no sign."""
    if spec.wait_display is None:
        return np.full(len(log), np.nan)
    known, given = np.isfinite(log.wait_s), np.isfinite(log.displayed_wait_s)
    if given[known].all():
        return np.where(known, log.displayed_wait_s, np.nan)
    shown = displayed_wait_s(log.wait_s, spec, workload.draws)
    return np.where(given & np.isfinite(shown), log.displayed_wait_s, shown)


def _given(values: Floats | None, default: float, n: int) -> Floats:
    if values is None:
        return settled(np.full(n, default, dtype=np.float64))
    found = np.asarray(values, dtype=np.float64)
    if found.shape != (n,):
        raise ValueError(f"prepare: one value per customer needed, {n}, got shape {found.shape}")
    return found


def _luck(workload: Workload, needed: Mapping[str, NDArray[np.bool_]]) -> dict[str, Any]:
    """The draws of a case as standard normal values, 0 where the mask of who needs them is off."""
    return {z: _normal(workload, name, needed.get(z)) for z, name in LUCK.items()}


def _normal(workload: Workload, name: str, needed: NDArray[np.bool_] | None) -> Floats:
    from scipy.special import ndtri

    n = len(workload)
    if workload.draws is None or (needed is not None and not needed.any()):
        return settled(np.zeros(n))
    u = workload.draws.uniform(name, n)
    if needed is None or needed.all():
        return settled(ndtri(u))
    rows, values = np.flatnonzero(needed), np.zeros(n)
    values[rows] = ndtri(u[rows])
    return settled(values)


def _ended(log: Log, ending: Ending) -> NDArray[np.bool_]:
    return np.asarray(log.ending == int(ending))  # NumPy takes long to see that an enum is a number


def _unexplained(log: Log, spec: ExperienceSpec) -> NDArray[np.bool_]:
    """Who met a stoppage, waited for help or was sent on, and was not told why."""
    if spec.stoppages_explained:
        return np.zeros(len(log), dtype=bool)
    halts = log.stoppage_in_queue_s + log.stoppage_at_till_s
    stoppage = (halts - log.stoppage_explained_s > NO_WAIT_S) | (log.before_s > 0.0)
    return np.asarray((stoppage | (log.help_wait_s > 0.0)) & ~log.explained)


def _by_lane(log: Log, flags: Sequence[bool]) -> NDArray[np.bool_]:
    """A flag of the customer's lane; False for those who never had one."""
    if len(flags) < len(log.lanes):
        raise ValueError("prepare: the log does not say kind and arrangement of every lane")
    if not any(flags):
        return np.zeros(len(log), dtype=bool)
    return np.array([*flags, False]).take(log.lane)  # lane -1 is the last
