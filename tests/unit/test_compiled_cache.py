"""The kernel on disk: never out of date, wherever it can be written, and none where it cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from simqueue import registry
from simqueue.engine.compiled import cache
from simqueue.registry import register

ROOT = Path(__file__).parents[2]

# A day of three customers, in a process of its own.
DAY = """
import sys
from importlib.util import module_from_spec, spec_from_file_location
from simqueue.engine import compiled, run
def load(path):
    spec = spec_from_file_location(path, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
from dataclasses import replace
import numpy as np
from simqueue.tables import Choice, System, Workload, frozen
def day(rule="shortest_queue"):
    n = 3
    w = Workload(arrival_s=[1.0, 2.0, 3.0], segment=[0] * n, items=[1, 2, 3], payment=[0] * n,
                 alone=[True] * n, considers_machines=[True] * n, u_limit=[0.5] * n,
                 u_choice=[0.0] * n, u_choice_again=[0.0] * n, place=[0.0] * n,
                 value_of_time=[1.0] * n, self_control=[1.0] * n)
    times = np.full((1, n), 10.0)
    none = np.zeros((1, n))
    s = System(lanes=("tills",), kind=frozen([0], "i8"), line_lane=frozen([0, 0], "i8"),
               line_capacity=frozen([9, 9], "i8"), line_position_m=frozen([0, 1], "f8"),
               server_line=frozen([0, 1], "i8"), server_number=frozen([1, 2], "i8"),
               server_pace=frozen([1, 1], "f8"), may_use=frozen(np.ones((1, n)), "?"),
               service_s=times, gap_s=none, before_call_s=np.full((1, n), np.inf),
               after_call_s=none, help_s=none, expected_us=frozen(times * 1e6, "i8"),
               mean_us=frozen([10_000_000], "i8"), perception=np.zeros((0, 0)),
               patience_s=np.full(n, np.inf), roster_s=frozen([0], "f8"),
               roster_lane=frozen([0], "i8"), roster_open=frozen([2], "i8"),
               attendants_s=frozen([], "f8"), attendants_pool=frozen([], "i8"),
               attendants_on=frozen([], "i8"), closes_s=10.0,
               choice=Choice(rule=rule, ties_random=False))
    return w, s
def lines(trace):
    return trace.line[trace.event == 0].tolist()
def same(rule):
    w, s = day(rule)
    mine, theirs = run(w, s), run(w, s, engine="compiled")
    assert mine.equals(theirs), (lines(mine), lines(theirs))
    return lines(theirs)
"""


def python(script: str) -> subprocess.CompletedProcess[str]:
    """Run a script after DAY in a process of its own; must end well."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", DAY + textwrap.dedent(script)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended


@pytest.fixture
def rules(monkeypatch):
    """A registry that may be added to without anybody noticing later."""
    entries = {family: dict(found) for family, found in registry._entries.items()}
    monkeypatch.setattr(registry, "_entries", entries)


def compiled_from(source: str, name: str):
    """A function compiled from text."""
    names: dict = {}
    exec(source, names)
    return names[name]


# Never out of date


def test_the_fingerprint_stays_the_same():
    """As long as nothing changes, the kernel has one name."""
    assert cache.fingerprint() == cache.fingerprint()


def test_the_fingerprint_is_the_same_in_another_process():
    """A kernel compiled by one process is found by the next."""
    ended = python(
        """
        from simqueue.engine.compiled import cache
        print(cache.fingerprint())
        """
    )
    assert ended.stdout.strip() == cache.fingerprint()


@pytest.mark.usefixtures("rules")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def rule(line, customer, p): return 1", "def rule(line, customer, p): return 2"),
        ("def rule(line, customer, p): return line.n_waiting",
         "def rule(line, customer, p): return line.n_serving"),
        ("K = 1\ndef rule(line, customer, p): return K",
         "K = 2\ndef rule(line, customer, p): return K"),
        ("def help(x): return x + 1\ndef rule(line, customer, p): return help(1)",
         "def help(x): return x + 2\ndef rule(line, customer, p): return help(1)"),
        ("def make(k):\n  def rule(line, customer, p): return k\n  return rule\nrule = make(1)",
         "def make(k):\n  def rule(line, customer, p): return k\n  return rule\nrule = make(2)"),
        ("def rule(line, customer, p, k=1): return k",
         "def rule(line, customer, p, k=2): return k"),
        ("def rule(line, customer, p): return (lambda x: x)(1)",
         "def rule(line, customer, p): return (lambda x: x + 1)(1)"),
    ],
)  # fmt: skip
def test_a_changed_rule_of_ones_own_changes_the_fingerprint(before, after):
    """Its code, a constant, a function it calls, what it closes over: whatever changes counts."""
    prints = []
    for source in (before, after, before):
        rule = compiled_from(source, "rule")
        rule.__doc__ = "A rule."
        register("lane_choice", "own", sees="people", ties_random=False)(rule)
        prints.append(cache.fingerprint())
    assert prints[0] != prints[1]
    assert prints[0] == prints[2]


def test_a_changed_source_changes_the_fingerprint(monkeypatch, tmp_path):
    """An edited file of the rules or of the kernel counts, wherever it lies."""
    package = tmp_path / "simqueue"
    for folder in ("rules", "tables", "engine/compiled/kernel"):
        (package / folder).mkdir(parents=True)
    for name in ("registry.py", "tables/codes.py", "rules/balk.py"):
        (package / name).write_text("x = 1\n")
    for name in ("state.py", "kernel/loop.py"):
        (package / "engine/compiled" / name).write_text("x = 1\n")
    monkeypatch.setattr(cache, "_PACKAGE", package)
    monkeypatch.setattr(cache, "_HERE", package / "engine/compiled")
    seen = {cache.fingerprint()}
    for name in ("registry.py", "rules/balk.py", "engine/compiled/kernel/loop.py"):
        (package / name).write_text("x = 2\n")
        seen.add(cache.fingerprint())
    assert len(seen) == 4


# Where it is kept


@pytest.fixture
def two_homes(monkeypatch, tmp_path):
    """Two folders for kernels, both empty."""
    homes = [tmp_path / "beside", tmp_path / "user"]
    monkeypatch.setattr(cache, "homes", lambda: homes)
    return homes


def test_a_kernel_is_kept_beside_the_code(two_homes):
    """The first folder that can be written is taken, and readable by its owner only."""
    folder = cache.folder_for("abc")
    assert folder == two_homes[0] / "kernel-abc"
    assert folder.stat().st_mode & 0o077 == 0


def test_a_read_only_install_uses_the_next_folder(two_homes):
    """Where nothing can be written beside the code, the user's own cache is used."""
    two_homes[0].write_text("a file where a folder is needed\n")
    assert cache.folder_for("abc") == two_homes[1] / "kernel-abc"


def test_nowhere_to_write_is_no_error(two_homes):
    """Without any folder the kernel is compiled in every process."""
    for home in two_homes:
        home.write_text("a file where a folder is needed\n")
    assert cache.folder_for("abc") is None
    assert cache.found("abc") is None


def test_code_that_others_could_have_written_is_not_loaded(two_homes):
    """A folder that others may write to is passed over."""
    folder = two_homes[0] / "kernel-abc"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    (folder / "run.nbc").write_bytes(b"")
    assert cache.found("abc") is None
    assert cache.folder_for("abc") == two_homes[1] / "kernel-abc"


def test_an_empty_folder_holds_no_kernel(two_homes):
    """A kernel is found once its machine code is there, in a folder below."""
    folder = cache.folder_for("abc")
    assert cache.found("abc") is None
    (folder / "loop").mkdir()
    (folder / "loop" / "run.nbc").write_bytes(b"")
    cache.seal(folder)
    assert cache.found("abc") == folder
    assert cache.found("abd") is None


def test_a_file_that_is_not_as_it_was_written_is_not_loaded(two_homes):
    """One changed byte, or a file that nobody has sealed, and everything there is made anew."""
    folder = cache.folder_for("abc")
    index, code = folder / "loop.nbi", folder / "loop.nbc"
    for damage in (
        lambda: code.write_bytes(b"cods"),
        lambda: (folder / "new.nbc").write_bytes(b""),
    ):
        index.write_bytes(b"index")
        code.write_bytes(b"code")
        cache.seal(folder)
        assert cache.found("abc") == folder
        damage()
        assert cache.found("abc") is None
        before = cache._checksum(index)
        assert cache.folder_for("abc") == folder
        assert cache._checksum(index) == before  # what is whole may stay: Numba looks for the rest
        assert not list(cache._broken(folder))
    (folder / cache.SEALS).write_bytes(b"\xff\x00 no text")
    assert cache.found("abc") is None


def test_functions_that_read_a_trace_have_a_fingerprint_of_their_own():
    """It stays the same until one of them, or a function it calls, changes."""
    from simqueue.engine.two_ways import _called
    from simqueue.study.one_in_front import sees
    from simqueue.study.replay import live

    functions = _called(live, {live})
    assert sees in functions
    own = compiled_from("def sees(front, waiting, i): return 1", "sees")
    own.__module__, own.__qualname__ = sees.__module__, sees.__qualname__
    first = cache.fingerprint_of_pass(functions)
    assert cache.fingerprint_of_pass(functions) == first
    assert cache.fingerprint_of_pass(functions - {sees} | {own}) != first


def test_kernels_of_earlier_sources_are_forgotten(two_homes):
    """Only the newest few stay on disk, so that editing does not fill it."""
    for number in range(cache.KEPT + 5):
        folder = cache.folder_for(f"{number:03}")
        os.utime(folder, (number, number))
    left = sorted(path.name for path in two_homes[0].iterdir())
    assert len(left) <= cache.KEPT + 1
    assert f"kernel-{cache.KEPT + 4:03}" in left


# In processes of their own


def test_asking_for_the_kernel_imports_no_numba():
    """`is_cached` and refusals cost no import of the compiler, and are right before and after."""
    python(
        """
        compiled.is_cached()
        try:
            w, s = day()
            run(replace(w, arrival_s=[3.0, 2.0, 1.0]), s, engine="compiled")
        except ValueError as error:
            assert "arrival_s[1]" in str(error)
        assert "numba" not in sys.modules
        run(*day())
        assert "numba" not in sys.modules
        """
    )


def test_two_processes_that_start_together_both_work():
    """Both compile or load the kernel, and find the same."""
    script = DAY + "print(same('shortest_queue'), compiled.is_cached())"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    told = [process.communicate() for process in running]
    assert [out.strip() for out, _ in told] == ["[0, 1, 0] True"] * 2, told


OWN_RULE = '''
from simqueue.rules import lane_choice
@lane_choice(sees="items")
def fewest(line, customer, p):
    """Fewest items, but the last line if there are as few."""
    return weigh(line) - line.number * 1e-3
def weigh(line):
    return line.items_waiting + line.items_serving
@lane_choice()
def by_nothing(line, customer, p):
    """Divides by zero."""
    return line[0] / (line.n_servers - 1)
'''


def test_a_rule_of_ones_own_is_compiled(tmp_path):
    """A user's registered rule, with a function it calls, decides in both engines alike."""
    (tmp_path / "own.py").write_text(OWN_RULE)
    ended = python(
        f"""
        load({str(tmp_path / "own.py")!r})
        print(same("fewest"))
        for engine in ("simpy", "compiled"):
            try:
                run(*day("by_nothing"), engine=engine)
            except ZeroDivisionError:
                print("by zero")
        """
    )
    assert ended.stdout.split("\n")[1:] == ["by zero", "by zero", ""]  # errors stay errors
    assert (
        ended.stdout.split("\n")[0] == "[1, 0, 1]"
    )  # ties: the higher line; then 1 item against 2


def test_a_kernel_that_cannot_be_compiled_gives_way_to_simpy(tmp_path):
    """One clear line says so, once, and the day is simulated all the same."""
    source = OWN_RULE.replace("weigh(line) - line.number * 1e-3", "{'a': [line.number]}['a'][0]")
    source = source.replace("line.items_waiting + line.items_serving", "0")
    source = source.replace("{'a'", "eval('1') and {'a'")
    (tmp_path / "own.py").write_text(source)
    ended = python(
        f"""
        load({str(tmp_path / "own.py")!r})
        print(same("fewest"), same("fewest"), compiled.warm_up())
        """
    )
    assert ended.stdout.strip() == "[0, 0, 0] [0, 0, 0] False"
    (line,) = ended.stderr.splitlines()
    assert line.startswith("compiled engine: a rule or the kernel does not compile (")
    assert line.endswith("); simulating with SimPy instead")


@pytest.mark.truth
def test_an_edited_rule_decides_at_once(tmp_path):
    """In a new process and in the same one, the rule as it is now is the rule that is asked."""
    (tmp_path / "own.py").write_text(OWN_RULE)
    again = OWN_RULE.replace("- line.number", "+ line.number")
    (tmp_path / "again.py").write_text(again)
    script = f"""
        load({str(tmp_path / "own.py")!r})
        first = same("fewest")
        load({str(tmp_path / "again.py")!r})
        print(first, same("fewest"))
        """
    assert python(script).stdout.strip() == "[1, 0, 1] [0, 1, 0]"
    (tmp_path / "own.py").write_text(again)
    assert python(script).stdout.strip() == "[0, 1, 0] [0, 1, 0]"


# In a copy of the package, whose sources and folders can be spoilt

BY_TILL = "return load / line.n_servers if p.per_server else load"


@pytest.fixture
def copied(tmp_path):
    """A copy of the package, without anything compiled, and a way to simulate a day with it."""
    shutil.copytree(
        ROOT / "simqueue", tmp_path / "simqueue", ignore=shutil.ignore_patterns("__pycache__")
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "TMPDIR": str(tmp_path),
    }

    def day() -> tuple[str, list[str]]:
        script = DAY + "print(same('shortest_queue'), compiled.__file__, compiled.is_cached())"
        ended = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        lines, rest = ended.stdout.split("] ")
        file, kept = rest.split()
        assert Path(file).is_relative_to(tmp_path)
        return lines + "]", [kept, ended.stderr]

    return day


@pytest.mark.truth
def test_an_edited_rule_of_the_package_decides_at_once(copied, tmp_path):
    """The day after an edit goes by the edited rule, in both engines, whatever is on disk."""
    rules = tmp_path / "simqueue" / "rules" / "lane_choice.py"
    assert copied()[0] == "[0, 1, 0]"
    text = rules.read_text()
    assert text.count(BY_TILL) == 1
    rules.write_text(text.replace(BY_TILL, "return -line.number"))
    assert copied()[0] == "[1, 1, 1]"
    rules.write_text(text)
    assert copied()[0] == "[0, 1, 0]"


@pytest.mark.truth
def test_a_spoilt_file_is_compiled_anew(copied, tmp_path):
    """Machine code with a wrong byte, or cut short, is neither run nor an error."""
    assert copied() == ("[0, 1, 0]", ["True", ""])
    (code,) = (tmp_path / "simqueue").rglob("loop.run*.nbc")
    whole = code.read_bytes()
    for spoilt in (whole[:1000], whole[:5000] + b"?" + whole[5001:]):
        code.write_bytes(spoilt)
        assert copied() == ("[0, 1, 0]", ["True", ""])
        (code,) = (tmp_path / "simqueue").rglob("loop.run*.nbc")
        assert code.read_bytes() != spoilt


@pytest.mark.truth
def test_nothing_on_the_machine_can_be_written(copied, tmp_path):
    """Then the kernel is compiled in every process, and the day is the same."""
    for name in ("cache", f"simqueue-{os.getuid()}"):
        (tmp_path / name).write_text("a file where a folder is needed\n")
    (tmp_path / "simqueue/engine/compiled/__pycache__").write_text("the same\n")
    assert copied() == ("[0, 1, 0]", ["False", ""])


def test_the_registered_rules_compile_behind_one_function():
    """The registry's dispatch calls the entry of each number, and the last one for any other."""
    found = registry.choices("lane_choice")
    called = registry.dispatch("lane_choice", "line, customer, p", lambda f: lambda *_: f.__name__)
    assert [called(k, 0, 0, 0) for k in range(len(found))] == list(found)
    assert [registry.number("lane_choice", name) for name in found] == list(range(len(found)))
