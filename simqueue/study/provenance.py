"""Where a result comes from: enough to make it again, and to say whether it is the same."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from simqueue.scenario import to_yaml
from simqueue.study.study import Study

LIBRARIES = ("numpy", "scipy", "simpy", "matplotlib", "pyarrow", "pydantic", "pyyaml")
# same scenario, seed and version: same bytes for these, whatever the engine or number of workers
PROMISED = (".csv", ".yaml", ".parquet", ".png")


def provenance(study: Study, command: str, keep: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """What made the result: version, complete scenario, seed, command, environment, checksums."""
    return {
        "simqueue": version("simqueue"),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "seed": study.scenario.seed,
        "replications": study.replications,
        "partial": study.partial,
        "keep": keep,
        "engine": study.engine,
        "environment": environment(),
        "sha256": {name: checksum(content) for name, content in sorted(files.items())},
        "scenario": to_yaml(study.scenario),
    }


def environment() -> dict[str, str]:
    """The interpreter, the kind of machine and the libraries that numbers depend on."""
    return {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        **{name: version(name) for name in LIBRARIES},
    }


def checksum(content: bytes) -> str:
    """The SHA-256 of a file's content, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def changed(recorded: Mapping[str, str], files: Mapping[str, bytes]) -> list[str]:
    """Promised files whose content is no longer what was recorded."""
    names = [name for name in recorded if name.endswith(PROMISED)]
    return [n for n in names if n not in files or checksum(files[n]) != recorded[n]]
