"""CPU and memory of the whole demo run, in a process of its own.

`python benchmarks/demo.py`; exit code 1 when a target is missed or the run fails.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

SCENARIO = Path(__file__).parents[1] / "scenarios" / "supermarket.yaml"
MOST_CPU_S = 40.0
MOST_MEMORY_MB = 600.0
BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss


def demo() -> tuple[int, float]:
    """Run the demo into a folder that is thrown away: exit code, and seconds by the clock."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "simqueue", "run", str(SCENARIO), "--out", folder + "/out"]
        start = monotonic()
        code = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
        return code, monotonic() - start


def main() -> int:
    """Measure and print; 0 when the run went well and both targets are met, else 1."""
    code, elapsed_s = demo()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = used.ru_utime + used.ru_stime
    memory_mb = used.ru_maxrss * BYTES_PER_UNIT / 1e6
    for name, value, unit, most in (
        ("CPU", cpu_s, "s", MOST_CPU_S),
        ("most memory of a process", memory_mb, "MB", MOST_MEMORY_MB),
    ):
        verdict = "met" if value < most else "MISSED"
        print(f"{name:26} {value:7.1f} {unit:2}   target: under {most:g} {unit:2}   {verdict}")
    print(f"{'by the clock':26} {elapsed_s:7.1f} s")
    if code:
        print(f"the run failed with exit code {code}")
    return int(code != 0 or cpu_s >= MOST_CPU_S or memory_mb >= MOST_MEMORY_MB)


if __name__ == "__main__":
    sys.exit(main())
