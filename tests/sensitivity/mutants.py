"""Does comparing the engines notice a broken line? `python tests/sensitivity`.

Each engine, the rules that both ask and the log are broken one line at a time, with the compiler
off; then a fixed set of generated days is simulated. A broken engine must differ from the other
engine, broken rules and a broken log from the oracle, on some day. Slips are counted both as on a
small day and as on a large one. Nothing unbroken may differ. Breaks live in the memory of a forked
process: no file is changed.
Exit code 1 when a break is not noticed that is not known to change nothing.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from random import Random
from time import process_time
from types import ModuleType
from typing import Any, NamedTuple

os.environ["NUMBA_DISABLE_JIT"] = "1"  # before anything imports Numba

from simqueue.tables import Log, System, Trace, Workload
from tests import oracle
from tests.differential import generate, generate_behaviour, generate_stoppages
from tests.differential.test_oracle import log_difference, rows_of, trace_difference
from tests.sensitivity.breaks import Break, breaks, chosen
from tests.sensitivity.equivalent import EQUIVALENT

PACKAGE = Path(__file__).parents[2] / "simqueue"
FIRST_SEED, DAYS = 70_000, 400
PER_PART = 60
# Days on which something happens that seldom does
RARE = (71_053, 75_730, 91_983, 100_254, 103_004, 104_164)
HELD = (80_009, 80_045)  # days of which variants are made on which many wait for cards to work
MOST_CPU_S = 60.0  # of one break; longer means that the day never ends
MOST_BYTES = 4 * 2**30

REFERENCE, COMPILED, RULES, LOG = "reference engine", "compiled engine", "rules", "log"
NOT_BROKEN = ("__init__.py", "pointers.py", "memory.py", "refusals.py", "cache.py", "loader.py")
FOLDERS = {
    REFERENCE: ("engine/reference", "engine/clock.py"),
    COMPILED: ("engine/compiled",),
    RULES: ("rules",),
    LOG: ("engine/log",),
}
BROKEN = (REFERENCE, COMPILED, RULES, LOG)
FORGOTTEN = ("simqueue.engine", "simqueue.rules", "simqueue.registry")
SAME, DIFFERS, FAILS, NEVER_ENDS = range(4)
WORDS = {SAME: "NOT NOTICED", DIFFERS: "differs", FAILS: "breaks down", NEVER_ENDS: "never ends"}


class Expected(NamedTuple):
    """A generated day, and what is known of it: by the unbroken engines and by the oracle."""

    workload: Workload
    system: System
    trace: Trace
    rows: list[Any]
    records: list[dict[str, Any]]
    log: Log


def generated(n: int = DAYS) -> Iterable[tuple[Any, Any]]:
    """The days, with how they are turned into tables: half of them coarse, full of ties."""
    small = (generate.small_day, generate.to_tables)
    busy = (generate_behaviour.busy_day, generate_behaviour.to_tables)
    stopping = (generate_stoppages.stopping_day, generate_stoppages.to_tables)
    for seed in [*RARE, *range(FIRST_SEED, FIRST_SEED + n)]:
        make, to_tables = (small, busy, stopping, stopping)[seed // 2 % 4]
        yield make(Random(seed), coarse=seed % 2 == 0), to_tables
    for seed in HELD:
        day = stopping[0](Random(seed), coarse=seed % 2 == 0)
        for needed in (True, False):  # everybody needs a card, or nobody
            cards = [True] * len(day["arrival_s"]) if needed else []
            yield (
                day | {"rule": "expected_wait_items", "perception": [], "needs_card": cards},
                (stopping[1]),
            )


def expected(n: int = DAYS) -> list[Expected]:
    """What the unbroken program makes of the days."""
    from simqueue.engine import derive_log, run

    found = []
    for day, to_tables in generated(n):
        workload, system = to_tables(day)
        trace = run(workload, system)
        log = derive_log(workload, system, trace)
        found.append(Expected(workload, system, trace, *oracle.simulate(day), log))
    return found


def notices(part: str, days: Sequence[Expected]) -> bool:
    """Whether the part, as it is imported now, does something else on some day."""
    from simqueue.engine import run

    for day in days:
        if part in (COMPILED, REFERENCE):
            engine = "compiled" if part == COMPILED else "simpy"
            if not run(day.workload, day.system, engine).equals(day.trace):
                return True
        elif part == RULES:
            if trace_difference(day.rows, rows_of(run(day.workload, day.system))):
                return True
        elif any(differs(day, log) for log in logs(day)):
            return True
    return False


def differs(day: Expected, log: Log) -> bool:
    """Whether a log is not what the oracle says, or told of other lanes than the unbroken one."""
    if log_difference(day.records, log):
        return True
    told = ("lanes", "kinds", "separate_lines", "segments")
    return any(getattr(log, name) != getattr(day.log, name) for name in told)


def logs(day: Expected) -> Iterator[Log]:
    """The log of a day, with slips counted as on a small day and as on a large one."""
    from simqueue.engine import derive_log
    from simqueue.engine.log import slips

    limits = slips.MOST_LOOKED_AT
    for most in (limits, dict.fromkeys(limits, -1)):
        slips.MOST_LOOKED_AT = most
        yield derive_log(day.workload, day.system, day.trace)
    slips.MOST_LOOKED_AT = limits


class Broken(MetaPathFinder, Loader):
    """Gives out one broken module in place of the file."""

    def __init__(self, what: Break) -> None:
        self.what = what

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """The spec of the broken module, and of no other."""
        if name != self.what.module:
            return None
        return spec_from_loader(name, self, origin=str(self.what.path))

    def exec_module(self, module: ModuleType) -> None:
        """Run the broken source."""
        module.__file__ = str(self.what.path)
        exec(compile(self.what.source(), self.what.path, "exec"), module.__dict__)


def tried(part: str, what: Break | None, days: Sequence[Expected]) -> int:
    """What comes of a break (None: of the unbroken program) in a process of its own."""
    child = os.fork()
    if child == 0:
        os._exit(_try(part, what, days))
    status = os.waitpid(child, 0)[1]
    return NEVER_ENDS if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _try(part: str, what: Break | None, days: Sequence[Expected]) -> int:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_CPU_S)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    try:
        forget_modules()
        if what is not None:
            sys.meta_path.insert(0, Broken(what))
            import_module(what.module)
        _no_way_out()
        return DIFFERS if notices(part, days) else SAME
    except BaseException:  # however a broken program breaks down
        return FAILS


def _no_way_out() -> None:
    """A kernel that breaks down must not be replaced by SimPy."""
    from simqueue.engine import compiled

    def raise_it(reason: str, instead: str = "") -> None:
        raise RuntimeError(reason)

    compiled.give_way = raise_it


def forget_modules() -> None:
    """What may be broken is imported anew when it is next asked for."""
    for name in [n for n in sys.modules if f"{n}.".startswith(tuple(f"{f}." for f in FORGOTTEN))]:
        del sys.modules[name]


def breaks_of(part: str, n: int = PER_PART) -> list[Break]:
    """So many breaks of one part."""
    found: list[Break] = []
    for folder in FOLDERS[part]:
        root = PACKAGE / folder
        for path in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
            if path.name not in NOT_BROKEN:
                module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
                found += breaks(path, module)
    return chosen(found, n)


def missed_of(part: str, n: int, days: Sequence[Expected], say: Callable[[str], None]) -> int:
    """Try one part; how many breaks were not noticed that should be."""
    found = breaks_of(part, n)
    missed = known = 0
    for what in found:
        outcome = tried(part, what, days)
        if outcome == SAME and what.key in EQUIVALENT:
            known += 1
            say(f"  changes nothing  {what}\n                   ({EQUIVALENT[what.key]})")
        else:
            missed += outcome == SAME
            say(f"  {WORDS[outcome]:15}  {what}")
    say(f"{part}: {len(found)} lines broken, {len(found) - missed - known} noticed, {known} known"
        f" to change nothing, {missed} missed\n")  # fmt: skip
    return missed


def main(per_part: int = PER_PART, days: int = DAYS) -> int:
    """Break every part; 0 when all is noticed and nothing unbroken is, else 1."""
    start = process_time()
    known = expected(days)
    unbroken = {part: tried(part, None, known) for part in FOLDERS}
    for part, outcome in unbroken.items():
        told = "as expected" if outcome == SAME else f"UNBROKEN, AND {WORDS[outcome]}"
        print(f"{part}, unbroken, on {len(known)} days: {told}", flush=True)
    missed = sum(missed_of(p, per_part, known, lambda s: print(s, flush=True)) for p in BROKEN)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = process_time() - start + children.ru_utime + children.ru_stime
    print(f"{missed} missed, {cpu_s:.0f} s of CPU")
    return int(missed > 0 or any(unbroken.values()))
