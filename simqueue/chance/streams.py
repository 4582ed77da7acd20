"""Raw draws by name: every column has a stream of its own, so no change of parameter moves another.

Stream of a column: `SeedSequence(seed, spawn_key=(replication, crc32(column)))`. A column is a
fixed number of raw uniforms per customer; parameters act afterwards, through quantiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

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

    def uniform(self, name: str, n: int) -> Floats:
        """The first n raw uniforms of a column, each in the open interval (0, 1); shape (n,).

        Raises KeyError for a column that `COLUMNS` does not name.
        """
        if name.partition(":")[0] not in COLUMNS:
            raise KeyError(f"no column of draws named {name!r}")
        if name in self._given:
            return self._given[name][:n]
        kept = self._kept.get(name)
        if kept is None or len(kept) < n:
            key = (self.replication, crc32(name.encode()))
            generator = np.random.Generator(
                np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key))
            )
            kept = np.maximum(generator.random(n), 2.0**-54)  # 0 would have no quantile
            kept.setflags(write=False)
            self._kept[name] = kept
        return kept[:n]

    def normal(self, name: str, n: int) -> Floats:
        """The same column as standard normal values; shape (n,)."""
        from scipy.special import ndtri

        values: Floats = ndtri(self.uniform(name, n))
        return values
