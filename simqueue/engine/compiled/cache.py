"""Where the compiled kernel is kept on disk, so that it is compiled once and never out of date.

Numba does not notice that a function called by a cached one has changed. So the folder carries a
fingerprint of everything the kernel is made of, users' own registered rules included: whatever
changes, the kernel is looked for in another folder.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import simqueue.rules  # noqa: F401 - registers them
from simqueue.registry import choices

FAMILIES = ("lane_choice", "balk", "jockey")  # whose rules are compiled into the kernel
KEPT = 8  # kernels of earlier sources that stay on disk
_HERE = Path(__file__).parent
_PACKAGE = _HERE.parent.parent


def registered() -> tuple[tuple[str, str, Callable[..., Any]], ...]:
    """The rules as they are registered now: (family, name, function)."""
    return tuple(
        (family, name, entry.function)
        for family in FAMILIES
        for name, entry in choices(family).items()
    )


def fingerprint() -> str:
    """A name for the sources of the kernel, the rules and the compiler, as they are now."""
    digest = hashlib.sha256()
    for part in _parts():
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:20]


def _parts() -> Iterator[str]:
    yield from (sys.version, platform.machine(), version("numba"), version("numpy"))
    yield version("llvmlite")
    for path in sorted([*_HERE.rglob("*.py"), *(_PACKAGE / "rules").rglob("*.py")]):
        yield path.name + path.read_text(encoding="utf-8")
    for path in (_PACKAGE / "tables" / "codes.py", _PACKAGE / "registry.py"):
        yield path.read_text(encoding="utf-8")
    entry_point = (_HERE / "kernel" / "loop.py").stat()  # Numba itself looks at these two
    yield f"{entry_point.st_mtime_ns} {entry_point.st_size}"
    for family, name, function in registered():
        yield f"{family} {name}"
        yield from _of_function(function, set())


def _of_function(function: Callable[..., Any], seen: set[int]) -> Iterator[str]:
    """What a function does: its code, and the values and functions that it refers to."""
    if not isinstance(function, FunctionType) or id(function) in seen:
        return
    seen.add(id(function))
    yield repr(function.__defaults__)
    for cell in function.__closure__ or ():
        yield from _of_value(cell.cell_contents, seen)
    yield from _of_code(function.__code__)
    for name in function.__code__.co_names:
        if name in function.__globals__:
            yield name
            yield from _of_value(function.__globals__[name], seen)


def _of_value(value: Any, seen: set[int]) -> Iterator[str]:  # noqa: ANN401 - whatever a rule uses
    if isinstance(value, FunctionType):
        yield from _of_function(value, seen)
    elif isinstance(value, ModuleType | type):
        yield value.__name__
    else:
        yield repr(value)


def _of_code(code: CodeType) -> Iterator[str]:
    yield code.co_code.hex()
    yield repr(code.co_names) + repr(code.co_varnames) + repr(code.co_freevars)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _of_code(constant)
        else:
            yield repr(constant)


def homes() -> list[Path]:
    """Folders that may hold kernels, best first: beside the code, the user's cache, temporary."""
    if sys.platform == "win32":
        cache = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        cache = Path.home() / "Library" / "Caches"
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    user = os.getuid() if hasattr(os, "getuid") else "user"
    temporary = Path(tempfile.gettempdir()) / f"simqueue-{user}"
    return [_HERE / "__pycache__", cache / "simqueue", temporary]


def found(name: str) -> Path | None:
    """The folder that already holds the kernel of that fingerprint, or None."""
    for home in homes():
        folder = home / f"kernel-{name}"
        if _is_ours(folder) and any(folder.rglob("*.nbc")):
            return folder
    return None


def folder_for(name: str) -> Path | None:
    """The folder for the kernel of that fingerprint, made if needed; None if there is none."""
    folder = found(name)
    if folder is not None:
        return folder
    for home in homes():
        folder = home / f"kernel-{name}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError:
            continue
        if _is_ours(folder):
            _forget_old(home)
            return folder
    return None


def _is_ours(folder: Path) -> bool:
    """Whether the folder exists and nobody else could have put code there."""
    try:
        status = folder.stat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):
        return folder.is_dir()
    writable_by_others = status.st_mode & 0o022
    return folder.is_dir() and status.st_uid in (os.getuid(), 0) and not writable_by_others


def _forget_old(home: Path) -> None:
    """Keep the newest kernels only."""
    folders = sorted(home.glob("kernel-*"), key=lambda folder: folder.stat().st_mtime)
    for folder in folders[:-KEPT]:
        shutil.rmtree(folder, ignore_errors=True)
