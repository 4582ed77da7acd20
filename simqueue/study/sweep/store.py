"""The folder of a sweep: each finished point on disk at once, and the table made of them all.

`sweep.json` says what was asked; `points/00017.json` holds a point; `points.csv` and
`points.parquet` hold all of them, written when every point has been tried.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from simqueue.scenario import Fault, Scenario, ScenarioError, to_yaml
from simqueue.study.files import write_all
from simqueue.study.provenance import environment
from simqueue.study.sweep.plan import SweepPlan
from simqueue.study.sweep.task import Done
from simqueue.study.tables import json_bytes

if TYPE_CHECKING:
    import pyarrow as pa

ASKED, POINTS = "sweep.json", "points"
TABLES = ("base.resolved.yaml", "points.csv", "points.parquet", "failed.csv", "provenance.json")
_OF_A_RUN = ("summary.json", "scenario.resolved.yaml")
_WORDS = {
    "simqueue": "the version of simqueue",
    "study": "the name of the study",
    "design": "the design",
    "keys": "the varied keys",
    "points": "the number of points",
    "replications": "the number of days",
    "base": "the base scenario",
    "settings": "the points",
}
_TEMPORARY = ".new-"
WRITERS = 8  # files that are synced at the same time
SYNC_S = 1.0  # how often new names are synced; one that is lost is a point done again
LOCK = ".lock"


class Store:
    """Where a sweep keeps its points."""

    def __init__(self, folder: Path, plan: SweepPlan) -> None:
        self.folder = folder
        self.plan = plan
        self.points = folder / POINTS
        self.digits = max(5, len(str(len(plan))))
        self.writers: ThreadPoolExecutor  # while the folder is open
        self.synced_at = 0.0

    @contextmanager
    def opened(self, *, restart: bool = False) -> Iterator[set[int]]:
        """Hold the folder for this sweep alone; gives the points that are in it already.

        ScenarioError when it holds another sweep or another kind of result, unless `restart` throws
        away the sweep that is there, or when another process is at work in it. OSError when nothing
        can be written.
        """
        self._refuse_foreign()
        self.points.mkdir(parents=True, exist_ok=True)
        with (self.points / LOCK).open("ab") as file:
            if not _lock(file.fileno()):
                text = "another sweep is at work in this folder; wait for it, or name another --out"
                raise ScenarioError([Fault(0, 0, "", text, str(self.folder))])
            if restart:
                self._clear()
            there = self._there()
            with ThreadPoolExecutor(WRITERS) as self.writers:
                yield there
            _sync_folder(self.points)

    def _there(self) -> set[int]:
        there = self._asked()
        if there is not None and there != self.plan.identity:
            raise ScenarioError([Fault(0, 0, "", _changed(there, self.plan), str(self.folder))])
        if there is None:
            write_all(self.folder, {ASKED: json_bytes(self.plan.identity)}, owned=())
        for left in self.points.glob(_TEMPORARY + "*"):  # by a sweep that was killed
            left.unlink(missing_ok=True)
        return {point for point in range(len(self.plan)) if self.read(point) is not None}

    def write(self, done: Iterable[Done]) -> None:
        """Put finished points on disk, to stay: each written apart, synced, renamed."""
        for _ in self.writers.map(self._put, done):  # disks are slow one by one
            pass
        if monotonic() - self.synced_at > SYNC_S:
            _sync_folder(self.points)
            self.synced_at = monotonic()

    def _put(self, done: Done) -> None:
        name = self._name(done["point"])
        temporary = self.points / f"{_TEMPORARY}{os.getpid()}-{name}"
        try:
            with temporary.open("wb") as file:
                file.write(self._content(done))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.points / name)
        finally:
            temporary.unlink(missing_ok=True)

    def read(self, point: int) -> dict[str, Any] | None:
        """A finished point; None where there is none, or none that can be read."""
        try:
            data = json.loads((self.points / self._name(point)).read_bytes())
        except (OSError, ValueError):
            return None
        of_this = isinstance(data, dict) and data.get("of") == self.plan.identity["scenarios"]
        return data if of_this and data.get("point") == point else None

    def assemble(
        self, table: pa.Table, failed: Mapping[int, str], base: Scenario, command: str
    ) -> None:
        """Write the table of all points on disk, and those that failed; all files or none."""
        from simqueue.study.sweep.table import failed_csv, table_csv, table_parquet

        files = {
            "base.resolved.yaml": to_yaml(base).encode("utf-8"),
            "points.csv": table_csv(table),
            "points.parquet": table_parquet(table),
        }
        if failed:
            files["failed.csv"] = failed_csv(self.plan, failed)
        files["provenance.json"] = json_bytes(
            {
                "simqueue": self.plan.identity["simqueue"],
                "made": datetime.now(UTC).isoformat(timespec="seconds"),
                "command": command,
                "asked": self.plan.identity,
                "environment": environment(),
            }
        )
        write_all(self.folder, files, TABLES)

    def finished(self) -> Iterator[dict[str, Any]]:
        """Every finished point, in order."""
        for point in range(len(self.plan)):
            found = self.read(point)
            if found is not None:
                yield found

    def _content(self, done: Done) -> bytes:
        return json_bytes(
            {
                "point": done["point"],
                "of": self.plan.identity["scenarios"],
                "set": self.plan.changes(done["point"]),
                "audit": done["audit"],
                "measures": done["measures"],
            }
        )

    def _name(self, point: int) -> str:
        return f"{point:0{self.digits}d}.json"

    def _asked(self) -> dict[str, Any] | None:
        """What the sweep in the folder was asked, None when there is none."""
        try:
            data = json.loads((self.folder / ASKED).read_bytes())
        except FileNotFoundError:
            return None
        except ValueError:
            data = {}
        return data if isinstance(data, dict) else {}

    def _refuse_foreign(self) -> None:
        for name in _OF_A_RUN:
            if (self.folder / name).exists():
                text = "holds the result of a run, not of a sweep; name another folder with --out"
                raise ScenarioError([Fault(0, 0, "", text, str(self.folder))])

    def _clear(self) -> None:
        """Throw away the sweep that is in the folder, and nothing else."""
        with suppress(FileNotFoundError):
            (self.folder / ASKED).unlink()
        for name in TABLES:
            (self.folder / name).unlink(missing_ok=True)
        for file in self.points.glob("[0-9]*.json"):
            file.unlink(missing_ok=True)


def _changed(there: Mapping[str, Any], plan: SweepPlan) -> str:
    """Why the sweep in the folder cannot be gone on with, and the way out."""
    other = [words for name, words in _WORDS.items() if there.get(name) != plan.identity[name]]
    what = ", ".join(other) or "a table beside the base scenario"
    if there.get("simqueue") not in (None, plan.identity["simqueue"]):
        what += f" (there {there['simqueue']}, here {plan.identity['simqueue']})"
    return (
        f"holds a sweep that differs in {what}; its points do not go with these: throw them away"
        " with --restart, or keep them and name another folder with --out"
    )


def _sync_folder(folder: Path) -> None:
    """Make sure that new names in the folder outlive a power cut, where the system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _lock(handle: int) -> bool:
    """Take the lock of an open file; it is free again when the process ends, however it ends."""
    try:
        import fcntl
    except ImportError:  # Windows: two sweeps in one folder then write the same bytes twice
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
