"""`python tests/sensitivity [lines per part] [days]`: what `make mutants` runs."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

TESTS = Path(__file__).parents[1]

if __name__ == "__main__":
    ours = ModuleType("tests")  # some libraries install tests of their own under this name
    ours.__path__ = [str(TESTS)]
    sys.modules["tests"] = ours
    from tests.sensitivity.mutants import main

    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
