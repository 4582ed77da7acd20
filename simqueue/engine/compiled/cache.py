"""Where the compiled kernel is kept on disk, so that it is compiled once and never out of date.

Numba does not notice that a function called by a cached one has changed. So the folder carries a
fingerprint of everything the kernel is made of, users' own registered rules included: whatever
changes, the kernel is looked for in another folder. So it is with the functions that go through a
trace (`two_ways`), each in a folder of its own. What has been written is sealed with checksums: a
file that is not as it was written is not loaded.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import simqueue.rules  # noqa: F401 - registers them
from simqueue.registry import choices

FAMILIES = ("lane_choice", "balk", "jockey")  # whose rules are compiled into the kernel
KEPT = 8  # kernels of earlier sources that stay on disk
KEPT_PASSES = 40  # and functions that go through a trace; there are some ten
KERNEL, PASS = "kernel", "pass"  # what is kept
SEALS = "seals.txt"  # checksums of the files of a folder
_HERE = Path(__file__).parent
_ENGINE = _HERE.parent
_PACKAGE = _ENGINE.parent


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


def fingerprint_of_pass(functions: Iterable[FunctionType]) -> str:
    """A name for functions that are compiled together, and for all that they are made of."""
    digest, seen = hashlib.sha256(), set[int]()
    parts = [*_compiler(), *_texts(sorted((_ENGINE / "log").glob("*.py")))]
    for function in sorted(functions, key=lambda f: (f.__module__, f.__qualname__)):
        parts += [function.__module__, function.__qualname__, *_of_function(function, seen)]
        with suppress(OSError):  # a function that was typed has no file
            parts += _texts([Path(function.__code__.co_filename)])
    compiled_by = [_ENGINE / "two_ways.py", _ENGINE / "by_address.py"]
    compiled_by += [_HERE / "options.py", _HERE / "whole.py"]
    for part in [*parts, *_texts([*compiled_by, _PACKAGE / "tables" / "codes.py"])]:
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:20]


def _compiler() -> Iterator[str]:
    yield from (sys.version, platform.machine())
    for library in ("numba", "numpy", "llvmlite"):
        try:
            yield version(library)
        except PackageNotFoundError:
            yield "none"


def _texts(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        yield path.name + path.read_text(encoding="utf-8")


def _parts() -> Iterator[str]:
    yield from _compiler()
    yield from _texts(sorted([*_HERE.rglob("*.py"), *(_PACKAGE / "rules").rglob("*.py")]))
    yield from _texts([_PACKAGE / "tables" / "codes.py", _PACKAGE / "registry.py"])
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


def found(name: str, what: str = KERNEL) -> Path | None:
    """The folder that already holds what has that fingerprint, whole, or None."""
    for home in homes():
        folder = home / f"{what}-{name}"
        if _is_ours(folder) and _is_whole(folder):
            return folder
    return None


def folder_for(name: str, what: str = KERNEL) -> Path | None:
    """The folder for what has that fingerprint, made if needed; None if there is none."""
    folder = found(name, what)
    if folder is not None:
        opened[name] = folder
        return folder
    for home in homes() if _keeps[0] else ():
        folder = home / f"{what}-{name}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError:
            continue
        if _is_ours(folder):
            _forget_old(home, what)
            _forget_broken(folder)
            opened[name] = folder
            return folder
    return None


opened: dict[str, Path] = {}  # folders that this process may have written to, by fingerprint
_keeps = [True]


@contextmanager
def nothing_kept() -> Iterator[None]:
    """For a while nothing new is kept on disk."""
    _keeps[0] = False
    try:
        yield
    finally:
        _keeps[0] = True


# Seals: no file is loaded that is not as it was when somebody had just compiled it.


def seal(folder: Path) -> None:
    """Write down the checksums of what is there: it has just been compiled."""
    lines = [f"{_checksum(path)} {path.relative_to(folder).as_posix()}" for path in _files(folder)]
    with suppress(OSError):  # a disk that is full: then it will be compiled again
        place = folder / f"{SEALS}.{os.getpid()}"
        place.write_text("\n".join(lines), encoding="utf-8")
        place.replace(folder / SEALS)


def _files(folder: Path) -> list[Path]:
    return sorted([*folder.rglob("*.nbi"), *folder.rglob("*.nbc")])


def _checksum(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:  # another process has just replaced it
        return "gone"


def _broken(folder: Path) -> Iterator[Path]:
    """Files without a seal, or with another one."""
    try:
        lines = (folder / SEALS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        lines = []
    for path in _files(folder):
        if f"{_checksum(path)} {path.relative_to(folder).as_posix()}" not in lines:
            yield path


def _is_whole(folder: Path) -> bool:
    """Whether machine code is there, and every file as it was written."""
    return any(folder.rglob("*.nbc")) and not any(_broken(folder))


def _forget_broken(folder: Path) -> None:
    """Take away what must not be loaded; a process that is about to load it compiles instead."""
    for path in list(_broken(folder)):
        with suppress(OSError):
            path.unlink()


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


def _forget_old(home: Path, what: str) -> None:
    """Keep the newest only."""
    folders = sorted(home.glob(f"{what}-*"), key=_changed)
    for folder in folders[: -KEPT if what == KERNEL else -KEPT_PASSES]:
        shutil.rmtree(folder, ignore_errors=True)


def _changed(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:  # another process has just taken it away
        return 0.0
