"""Raw draws by name: every column has a stream of its own, so no change of parameter moves another.

Stream of a column: `SeedSequence(seed, spawn_key=(replication, crc32(column)))`. A column is a
fixed number of raw uniforms per customer; parameters act afterwards, through quantiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from simqueue.chance.seeding import Seed, states

Floats = NDArray[np.float64]
LEAST = 2.0**-54  # instead of 0, which would have no quantile

COLUMNS: dict[str, str] = {
    "day": "how busy the day is as a whole (one draw)",
    "arrival": "gap to the previous customer, in unit-rate time",
    "segment": "which customer segment he belongs to",
    "items": "size of his basket",
    "payment": "how he pays",
    "alone": "alone or in company",
    "machines": "whether he considers self-service",
    "member": "whether he is a member",
    "limit": "whether he ignores an item limit",
    "choice": "choice between equal lines",
    "choice_again": "the same when he has to choose a second time",
    "place": "where along the front he comes from",
    "perception": "misjudging a line; one column per line, 'perception:0', ...",
    "balk": "the longest line or wait he would join",
    "patience": "how long he is ready to wait",
    "jockey": "whether he would change to a shorter line",
    "service_staffed": "time at a till (express included)",
    "gap_staffed": "time from payment to the next customer at a till",
    "service_self": "time at a machine",
    "gap_self": "bagging and leaving at a machine",
    "help": "whether he needs an attendant",
    "help_at": "at which share of his transaction",
    "help_takes": "how long the help takes",
    "cashier_pace": "pace of the cashier at the n-th till of its kind (one draw per till)",
    "trainee": "whether a trainee sits at the n-th till of its kind (one draw per till)",
    "visit": "whether he goes to a station; one column per station, 'visit:deli', ...",
    "returns": "whether he goes to the returns desk after paying",
    "shopping": "how long he shops before he comes to the lanes",
    "scans": "whether he scans as he shops",
    "service_station": "time at a station or at the returns desk",
    "gap_station": "time from there to the next customer",
    "service_scan_and_go": "time at a pay point, for those who scanned as they shopped",
    "gap_scan_and_go": "leaving a pay point",
    "price_check": "whether a price must be asked for at the till",
    "price_check_at": "at which share of his transaction",
    "price_check_takes": "how long that takes",
    "age_check": "whether his age must be checked at a machine",
    "age_check_at": "at which share of his transaction",
    "age_check_takes": "how long that takes",
    "recheck": "whether staff look through what he scanned",
    "recheck_at": "at which share of his transaction",
    "recheck_takes": "how long that takes",
    "fails": "whether his transaction at a machine fails",
    "carry_cash": "whether he could pay cash when cards do not work",
    "breakdown": "times between breakdowns; a column per till of a kind, 'breakdown:staffed:1'",
    "repair": "how long the repairs take; likewise",
    "value_of_time": "how much his time is worth to him",
    "self_control": "how well he bears waiting",
    "acceptable_wait": "how long a wait he accepts",
    "felt_person": "how long waits feel to this person",
    "felt_occasion": "how long this wait felt on this occasion",
    "display_error": "error of the displayed wait",
    "judgement": "what else moves his judgement of the checkout",
    "rest": "what he thinks of the rest of the shop",
    "liking": "how he likes self-service",
    "answer": "how he answers a questionnaire",
}


_PLACES = {name: k for k, name in enumerate(COLUMNS)}

# One number or a few for the whole day, rather than one per customer.
OF_THE_DAY = frozenset({"day", "cashier_pace", "trainee", "breakdown", "repair"})
# What belongs to the person, whatever he visits.
OF_THE_PERSON = frozenset(
    {"arrival", "segment", "items", "payment", "alone", "machines", "member", "limit", "place"}
    | {"visit", "returns", "shopping", "scans", "age_check", "fails", "carry_cash", "answer"}
    | {"value_of_time", "self_control", "acceptable_wait", "felt_person", "rest", "liking"}
)
# What belongs to each visit, also when he comes a second time to the same place. All other columns
# belong to the person and the place: whichever till serves him, he needs the same time there.
OF_THE_VISIT = frozenset(
    {"choice", "choice_again", "perception", "balk", "patience", "jockey"}
    | {"felt_occasion", "display_error", "judgement"}
)


@lru_cache(maxsize=256)  # every day asks for the same
def _checksums(ending: str) -> NDArray[np.uint32]:
    """The checksums of all COLUMNS with this ending."""
    return np.array([crc32((name + ending).encode()) for name in COLUMNS], dtype=np.uint32)


class Draws:
    """The raw columns of one replication, drawn when first asked for and then kept, read-only.

    `given` replaces columns by arrays, for tests and replays.
    """

    def __init__(
        self, seed: int, replication: int, given: Mapping[str, Floats] | None = None
    ) -> None:
        self.seed = seed
        self.replication = replication
        self._given = dict(given or {})
        self._kept: dict[str, Floats] = {}
        self._met: set[str] = set()  # endings of columns, as in 'patience:at deli'
        self._states: dict[str, NDArray[np.uint64]] = {}  # of all COLUMNS with that ending

    def uniform(self, name: str, n: int) -> Floats:
        """The first n raw uniforms of a column, each in the open interval (0, 1); shape (n,).

        Raises KeyError for a column that `COLUMNS` does not name.
        """
        kept = self._kept.get(name)
        if kept is None or len(kept) < n:
            kept = self._kept[name] = self._column(name, n)
        return kept[:n]

    def _column(self, name: str, n: int) -> Floats:
        """A column as it is given, else its first n draws."""
        head = name.partition(":")[0]
        if head not in COLUMNS:
            raise KeyError(f"no column of draws named {name!r}")
        if name in self._given:
            return self._given[name]
        stream = np.random.PCG64(self._seed(name, head, name[len(head) :]))  # type: ignore[arg-type]  # any ISeedSequence will do
        values = np.random.Generator(stream).random(n)
        if np.minimum.reduce(values, initial=1.0) < LEAST:
            values = np.maximum(values, LEAST)
        values.setflags(write=False)
        return values

    def _seed(self, name: str, head: str, ending: str) -> Seed | np.random.SeedSequence:
        """What a stream begins with; as soon as it pays, for all columns of one ending together."""
        found = self._states.get(ending)
        if found is None:
            if ending and (head in OF_THE_DAY or ending not in self._met):
                self._met.add(ending)
                key = (self.replication, crc32(name.encode()))
                return np.random.SeedSequence(self.seed, spawn_key=key)
            found = states(self.seed, self.replication, _checksums(ending))
            self._states[ending] = found
        return Seed(found[_PLACES[head]])

    def normal(self, name: str, n: int) -> Floats:
        """The same column as standard normal values; shape (n,)."""
        from scipy.special import ndtri

        values: Floats = ndtri(self.uniform(name, n))
        return values


class DrawsApart(Draws):
    """The same seed, for other people: every column is one of its own, but for the day's."""

    def __init__(self, draws: Draws, name: str) -> None:
        super().__init__(draws.seed, draws.replication)
        self._draws = draws
        self._name = name

    def uniform(self, name: str, n: int) -> Floats:
        """The first n raw uniforms of the column that these people have; shape (n,)."""
        if name.partition(":")[0] in OF_THE_DAY:
            return self._draws.uniform(name, n)
        return self._draws.uniform(f"{name}:{self._name}", n)
