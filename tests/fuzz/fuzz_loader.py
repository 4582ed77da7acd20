r"""Coverage-guided fuzzing of the loader; run by hand, no part of the test suite.

`pip install atheris`, then from the top of the repository, for an hour, with the sound and the
faulty files as seeds (new inputs go to the first folder, finds to the present one as `crash-*`):

    mkdir -p build/corpus
    python tests/fuzz/fuzz_loader.py build/corpus tests/scenarios/valid tests/scenarios/invalid \
        -max_total_time=3600 -max_len=6000 -timeout=10 -rss_limit_mb=400

Every find belongs in `tests/scenarios/finds/` under a name that tells what it is: a test reads it.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import atheris
import numpy  # noqa: F401 - imported before the instrumentation, which shall not slow it down
import pydantic  # noqa: F401 - the same

sys.path.insert(0, str(Path(__file__).parents[2]))
with atheris.instrument_imports(include=["simqueue"]):
    from simqueue.scenario import ScenarioError, loads, to_yaml

HOME = Path(tempfile.mkdtemp())
A_LINE = re.compile(r"fuzz\.yaml:\d+:\d+: \S.*")


def try_one(data: bytes) -> None:
    """Either lines with a place, or a scenario that reads the same when it is written out."""
    try:
        scenario = loads(data, "fuzz.yaml", HOME)
    except ScenarioError as error:
        lines = str(error).split("\n")
        assert all(A_LINE.fullmatch(line) and line.isprintable() for line in lines), lines
        return
    text = to_yaml(scenario)
    again = loads(text.encode("utf-8"), "again", HOME)
    assert again == scenario
    assert to_yaml(again) == text


if __name__ == "__main__":
    atheris.Setup(sys.argv, try_one)
    atheris.Fuzz()
