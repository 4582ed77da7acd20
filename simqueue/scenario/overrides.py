"""Changes to single values by path: `--set lanes.self-service.machines=10`, `roster@12:00=9`.

Entries of a list are addressed by their name (lane, station or segment) or as [2]; names with
spaces, dots or @ stand in double quotes. `roster@12:00` is the one hour from 12:00, `on_duty@12:00`
the shifts that begin then. `{add: 1}` shifts a number or a whole clock table. `add=[{lane: ...}]`
appends lanes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from simqueue import units
from simqueue.fields import Place, did_you_mean
from simqueue.scenario.faults import Fault, ScenarioError, shown
from simqueue.scenario.yaml import read

HOUR_S = 3600
_PART = re.compile(r'"([^"]*)"|\[(\d+)\]|([^."@\[\]]+)')
_NAMED = ("lane", "segment", "station")
_PROBE = "value"


@dataclass(frozen=True)
class Override:
    """One change: where it came from (for messages), its path and its value as plain data."""

    said: str
    path: str
    value: Any


@dataclass(frozen=True)
class Applied:
    """Data with all changes made, and the place each of them changed."""

    data: dict[str, Any]
    places: list[tuple[Place, str]]  # (place, what was said)


class _MissError(Exception):
    """A path that hits nothing."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def parsed(overrides: Iterable[str | tuple[str, Any]]) -> list[Override]:
    """The changes, from 'path=value' texts (the value in YAML) or (path, value) pairs."""
    found, faults = [], []
    for item in overrides:
        if isinstance(item, str):
            path, equals, value = item.partition("=")
            said = f"--set {item}"
            if not equals or not path.strip():
                faults.append(Fault(0, 0, "", "must be path=value", said))
                continue
            try:
                data = read(f"{_PROBE}: {value.strip() or 'null'}", said).plain()[_PROBE]
            except ScenarioError as error:
                faults += [Fault(0, 0, "", fault.text, said) for fault in error.faults]
                continue
            found.append(Override(said, path.strip(), data))
        else:
            found.append(Override(f"set {item[0]}", item[0], deepcopy(item[1])))
    if faults:
        raise ScenarioError(faults)
    return found


def apply(data: dict[str, Any], overrides: Iterable[Override]) -> Applied:
    """The data with every change made in turn; ScenarioError for paths that hit nothing."""
    places, faults = [], []
    for override in overrides:
        try:
            places.append((_set(data, override), override.said))
        except _MissError as miss:
            faults.append(Fault(0, 0, "", miss.text, override.said))
    if faults:
        raise ScenarioError(faults)
    return Applied(data, places)


def _set(data: dict[str, Any], override: Override) -> Place:
    """Make one change in place; the place it changed."""
    parts, clock = _split(override.path)
    if parts == ["add"] and clock is None:
        return _append(data, override.value)
    holder: Any = data
    place: list[str | int] = []
    for k, part in enumerate(parts[:-1]):
        key = _key(holder, part)
        place.append(key)
        below = holder[key] if isinstance(key, int) else holder.get(key)
        if not isinstance(below, (dict, list)):
            if isinstance(below, (int, float)) and not isinstance(below, bool):
                raise _MissError(
                    f"{'.'.join(map(str, parts[: k + 1]))} is a number; nothing is in it"
                )
            below = holder[key] = {}
        holder = below
    key = _key(holder, parts[-1])
    place.append(key)
    old = holder[key] if isinstance(key, int) else holder.get(key)
    if clock is not None:
        opens, closes = _hours(data)
        base = _all_servers(holder, key) if old in (None, "all") else old
        if key == "on_duty":
            holder[key] = _one_entry(base, clock, override.value)
        else:
            holder[key] = _one_hour(base, clock, override.value, opens, closes)
    elif isinstance(override.value, Mapping) and set(override.value) == {"add"}:
        base = _all_servers(holder, key) if old in (None, "all") else old
        holder[key] = _shifted(base, override.value["add"])
    else:
        holder[key] = override.value
    return tuple(place)


def _split(path: str) -> tuple[list[str | int], int | None]:
    """The parts of a path, and the clock time after @."""
    at, parts, clock = 0, [], None
    while at < len(path):
        if path[at] == "@":
            try:
                clock = units.clock(path[at + 1 :].strip('"'))
            except ValueError as error:
                raise _MissError(f"after @ {error}") from None
            break
        match = _PART.match(path, at)
        if match is None:
            raise _MissError("must be a path, as in lanes.express.tills")
        parts.append(
            int(match[2]) if match[2] is not None else (match[1] or match[3] or "").strip()
        )
        at = match.end()
        if at < len(path) and path[at] == ".":
            at += 1
    if not parts or "" in parts:
        raise _MissError("must be a path, as in lanes.express.tills")
    return parts, clock


def _key(holder: dict[str, Any] | list[Any], part: str | int) -> str | int:
    """The key or index that the part of a path means."""
    if isinstance(holder, dict):
        return _same_time(holder, str(part))
    if isinstance(part, int):
        if part >= len(holder):
            raise _MissError(f"there is no entry [{part}]; the last one is [{len(holder) - 1}]")
        return part
    names = [next((str(x[k]) for k in _NAMED if k in x), "") if isinstance(x, dict) else ""
             for x in holder]  # fmt: skip
    if part in names:
        return names.index(part)
    hint = did_you_mean(part, names) or f"; there are {', '.join(n for n in names if n)}"
    raise _MissError(f"nothing is named {part!r}{hint}")


def _same_time(holder: dict[str, Any], part: str) -> str:
    """The key of a clock table that is the same time written otherwise, else the part itself."""
    if part in holder or not units.looks_like_clock(part):
        return part
    same = [k for k in holder if units.looks_like_clock(k) and units.clock(k) == units.clock(part)]
    return same[0] if same else part


def _append(data: dict[str, Any], value: object) -> Place:
    lanes = data.setdefault("lanes", [])
    if not isinstance(value, list) or not isinstance(lanes, list):
        raise _MissError("must be a list of lanes, as in add=[{lane: ...}]")
    lanes += value
    return ("lanes", len(lanes) - len(value)) if len(value) == 1 else ("lanes",)


def _hours(data: dict[str, Any]) -> tuple[int, int]:
    """Opening and closing, as far as they can be read; 0 and 24:00 without."""
    store = data.get("store")
    hours = store if isinstance(store, dict) else {}
    found = []
    for key, without in (("opens", 0), ("closes", units.DAY_S)):
        try:
            found.append(units.clock(hours.get(key)))
        except ValueError:
            found.append(without)
    return found[0], found[1]


def _all_servers(holder: Any, key: str | int) -> object:  # noqa: ANN401 - data of any shape
    """The number of tills or machines, which an absent roster stands for."""
    if key == "roster" and isinstance(holder, dict):
        return holder.get("machines", holder.get("tills", holder.get("servers")))
    machines = isinstance(holder, dict) and holder.get("kind") in ("self_service", "scan_and_go")
    if key == "attendants" and machines:
        return 1
    return None


def _one_hour(old: object, clock: int, value: object, opens: int, closes: int) -> dict[str, Any]:
    """The clock table with another value for the hour from `clock`; what follows stays."""
    if not opens <= clock < closes:
        hours = f"{units.clock_text(opens)} to {units.clock_text(closes)}"
        raise _MissError(f"{units.clock_text(clock)} is outside opening hours, {hours}")
    table = _as_table(old, opens)
    if isinstance(value, Mapping) and set(value) == {"add"}:
        value = _plus(_at(table, clock), value["add"])
    after = clock + HOUR_S
    changed = {t: v for t, v in table.items() if not clock <= t < after}
    changed[clock] = value
    if after < closes:
        changed[after] = _at(table, after)
    return {units.clock_text(time): v for time, v in sorted(changed.items())}


def _one_entry(old: object, clock: int, value: object) -> dict[str, Any]:
    """The table of shifts with so many beginning at `clock`; the others stay as they are."""
    table = {} if old is None else _as_table(old, 0)
    if isinstance(value, Mapping) and set(value) == {"add"}:
        value = _plus(table.get(clock, 0), value["add"])
    return {units.clock_text(time): v for time, v in sorted({**table, clock: value}.items())}


def _as_table(old: object, opens: int) -> dict[int, Any]:
    if old is None:
        raise _MissError("has no value yet that could hold at other hours")
    if not isinstance(old, Mapping) or not any(units.looks_like_clock(key) for key in old):
        return {opens: old}
    try:
        return {units.clock(key): value for key, value in old.items()}
    except ValueError as error:
        raise _MissError(f"its table {error}") from None


def _at(table: Mapping[int, Any], clock: int) -> Any:  # noqa: ANN401 - a value of the table
    before = [time for time in table if time <= clock]
    return table[max(before)] if before else table[min(table)]


def _shifted(old: object, by: object) -> object:
    if isinstance(old, Mapping):
        return {key: _plus(value, by) for key, value in old.items()}
    return _plus(old, by)


def _plus(old: object, by: object) -> object:
    """The number with `by` added, at least 0."""
    for number in (old, by):
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise _MissError(f"{{add: ...}} goes with numbers only (got {shown(number)})")
    return max(0, old + by)  # type: ignore[operator]  # both were found to be numbers
