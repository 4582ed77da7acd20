"""Comparing the engines notices when a line of one of them is wrong: a sample of `make mutants`."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sensitivity.breaks import breaks

ROOT = Path(__file__).parents[2]
SAMPLE = ("2", "60")  # broken lines of each part, and days
ONE_OF_EACH = '''
"""A page of text with 3 < 4 in it."""
LIMIT = 3 + 4
def rule(a, b=1):
    """Text: a < b."""
    if a <= b and not a.x:
        a.count += 1
    a.note(b)
    return a * 2
'''


def test_broken_lines_are_noticed_and_unbroken_ones_are_not():
    """Of each engine, of the rules and of the log a few lines are broken: all are noticed."""
    if not hasattr(os, "fork"):
        pytest.skip("breaks live in forked processes")
    command = [sys.executable, str(ROOT / "tests" / "sensitivity"), *SAMPLE]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.count("as expected") == 4
    assert "0 missed" in ended.stdout


def test_a_line_is_broken_in_one_place_and_stays_python(tmp_path):
    """Each break changes one line, in the body of a function, and leaves a program."""
    module = tmp_path / "rule.py"
    module.write_text(ONE_OF_EACH)
    found = breaks(module, "rule")
    assert [one.line for one in found] == [6, 7, 8, 9]
    for one in found:
        lines, broken = ONE_OF_EACH.splitlines(), one.source().splitlines()
        assert [k + 1 for k in range(len(lines)) if lines[k] != broken[k]] == [one.line]
        ast.parse(one.source())


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("    return a < b", "    return a <= b"),
        ("    return a is None", "    return a is not None"),
        ("    return a - b", "    return a + b"),
        ("    return a or b", "    return a and b"),
        ("    return not a", "    return a"),
        ("    return a[0]", "    return a[1]"),
        ("    return a[2]", "    return a[3]"),
        ("    return True", "    return False"),
        ("    a.b(c)", "    pass"),
        ("    a.b = c", "    pass"),
        ("    a.b += c", "    a.b -= c"),
    ],
)
def test_what_a_slip_of_the_hand_makes_of_a_line(tmp_path, line, becomes):
    """Operators, numbers, words and statements each have their way of being wrong."""
    module = tmp_path / "rule.py"
    module.write_text(f"def rule(a, b, c):\n{line}\n")
    (found,) = breaks(module, "rule")
    assert found.after == becomes
