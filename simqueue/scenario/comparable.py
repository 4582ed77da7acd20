"""Whether two scenarios can be compared day by day: the same customers, measured alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simqueue.fields import Place
from simqueue.scenario.faults import shown, where
from simqueue.scenario.model import Scenario
from simqueue.scenario.written import to_mapping

CUSTOMERS = ("arrivals", "customers")  # who comes, and when
ON_PURPOSE = CUSTOMERS  # what a study may change and still compare
# the yardstick: feelings measured by two forms, or asked at two moments, are no difference of lanes
YARDSTICK = (("experience", "model"), ("experience", "asked"), ("experience", "parameters"),
             ("experience", "propositions"), ("economics", "currency"))  # fmt: skip


@dataclass(frozen=True)
class Unlike:
    """A value that should be the same in both scenarios, and is not."""

    place: Place
    reference: object
    other: object

    def text(self, of: str) -> str:
        """What it must be, and of which scenario that is."""
        return f"must be as in {of}, {shown(self.reference)} (got {shown(self.other)})"

    def told(self, of: str) -> str:
        """The same with the place in front."""
        return f"{where(self.place)} {self.text(of)}"


def unlike(reference: Scenario, other: Scenario, on_purpose: Iterable[str] = ()) -> list[Unlike]:
    """What keeps the two from being compared: the first difference of each block.

    `on_purpose` names the paths that a study changes in `other`; customers may differ by these.
    """
    mine, theirs = to_mapping(reference), to_mapping(other)
    meant = {path.partition(".")[0].partition("@")[0].strip('" ') for path in on_purpose}
    found = []
    for block in ("seed", "store", *CUSTOMERS):
        if not (block in ON_PURPOSE and block in meant):
            found += list(_differences((block,), mine[block], theirs[block]))[:1]
    for block, key in YARDSTICK:
        found += list(_differences((block, key), mine[block][key], theirs[block][key]))[:1]
    return found


def same_customers(one: Scenario, other: Scenario) -> bool:
    """Whether the same people come at the same moments in both."""
    blocks = ("seed", "store", *CUSTOMERS)
    return all(getattr(one, block) == getattr(other, block) for block in blocks)


def _differences(place: Place, mine: Any, theirs: Any) -> Iterator[Unlike]:  # noqa: ANN401 - data of any shape
    """The smallest parts that differ."""
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        for key in {**mine, **theirs}:
            yield from _differences((*place, key), mine.get(key), theirs.get(key))
    elif isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        for k, (one, two) in enumerate(zip(mine, theirs, strict=True)):
            yield from _differences((*place, k), one, two)
    elif mine != theirs:
        yield Unlike(place, mine, theirs)
