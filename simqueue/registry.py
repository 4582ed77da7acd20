"""Everything that can be chosen by name in a scenario: one dictionary, filled by decorators."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Entry:
    """A named choice: its function, one line about it, its source and its parameters' defaults."""

    family: str
    name: str
    function: Callable[..., Any]
    summary: str
    source: str = ""
    defaults: dict[str, Any] = field(default_factory=dict)


_entries: dict[str, dict[str, Entry]] = {}


def register(family: str, name: str = "", source: str = "", **defaults: Any) -> Callable[[F], F]:  # noqa: ANN401 - parameters of any type
    """Make a function a choice of `family`; its docstring's first line says what it is."""

    def keep(function: F) -> F:
        key = name or function.__name__
        summary = (function.__doc__ or "").strip().splitlines()[0]
        entry = Entry(family, key, function, summary, source, defaults)
        _entries.setdefault(family, {})[key] = entry
        return function

    return keep


def choices(family: str) -> dict[str, Entry]:
    """All entries of a family by name, in order of registration."""
    return dict(_entries.get(family, {}))


def families() -> list[str]:
    """The families that have entries."""
    return sorted(_entries)


def modules_of_your_own() -> tuple[str, ...]:
    """Modules outside this package in which something is registered, sorted."""
    here = __name__.partition(".")[0]
    found = {e.function.__module__ for entries in _entries.values() for e in entries.values()}
    return tuple(sorted(name for name in found if name.partition(".")[0] != here))


def find(family: str, name: str) -> Entry:
    """The entry of that name; KeyError with a suggestion when there is none."""
    entries = _entries.get(family, {})
    if name not in entries:
        raise KeyError(f"no {family} named {name!r}{did_you_mean(name, entries)}")
    return entries[name]


def number(family: str, name: str) -> int:
    """The place of an entry in its family, from 0: how compiled code names it."""
    find(family, name)
    return list(choices(family)).index(name)


def dispatch(
    family: str, arguments: str, prepare: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> Callable[..., Any]:
    """One function of (number, *arguments) that calls the entry of that number.

    Flat ifs over functions that `prepare` has made ready, since that is what compiles to something
    fast; the last entry stands for any other number.
    """
    prepared = [prepare(entry.function) for entry in choices(family).values()]
    names: dict[str, Any] = {f"choice{k}": function for k, function in enumerate(prepared)}
    names["__name__"] = __name__
    last = len(prepared) - 1
    lines = [f"    if number == {k}: return choice{k}({arguments})" for k in range(last)]
    lines.append(f"    return choice{last}({arguments})")
    exec("\n".join([f"def call_{family}(number, {arguments}):", *lines]), names)
    call: Callable[..., Any] = names[f"call_{family}"]
    return call


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """'; did you mean ...' when something known looks alike, else ''."""
    close = get_close_matches(str(name), [str(k) for k in known], n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
